/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <sysexits.h>

#include <glow/json.h>

#include "rows.h"
#include "session.h"

static const struct glow_option rows[] = {
	GLOW_ROW_INT("fade-ms", NULL, 0, 60000, "MS", NULL, fade_ms, "cross-fade for so long; a second by default"),
};

static int undo(struct glow_ctl_session *s, const char *payload)
{
	cJSON *answer = NULL;
	int status = glow_ctl_ask_conductor(s, "undo", NULL, payload, &answer);
	const char *undone = cJSON_GetStringValue(glow_json_get(answer, "undone"));

	if (status == 0) {
		glow_ctl_tell_skipped(answer,
				      "stays as it is: somebody else has changed it since, or it is not online");
		printf("undone: %s\n", undone ? undone : "the last change");
	}
	cJSON_Delete(answer);
	return status;
}

static int run(const void *values, int n_words, char *const words[])
{
	static const char *const topics[] = { "conductor/+" };
	struct glow_ctl_session s;
	struct glow_diag diag;
	char *payload;
	int status;

	if (n_words > 0)
		return glow_ctl_fail(EX_USAGE, "undo takes back the last change, whatever it was, not \"%s\"",
				     words[0]);
	payload = glow_ctl_fade_payload(values, &diag);
	if (!payload)
		return glow_ctl_fail_diag(&diag);
	status = glow_ctl_open(&s, values, topics, CTL_N(topics));
	if (status == 0)
		status = undo(&s, payload);
	free(payload);
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_undo = {
	.name = "undo",
	.args_doc = "",
	.summary = "take back the last change of lights, scenes or dimmer",
	.doc = "The last ten changes that went through the conductor (presets, scenes, the dimmer, commands for a "
	       "group or "
	       "for all) can be taken back, the newest first. A light that somebody has changed since is left alone "
	       "and named. Requests of one kind that follow each other within a second are one change.",
	.examples = "glowctl undo\nglowctl undo --fade-ms 0",
	.options = rows,
	.n_options = CTL_N(rows),
	.run = run,
};
