/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "rows.h"
#include "session.h"

static const struct glow_option rows[] = {
	GLOW_ROW_INT("fade-ms", NULL, 0, 60000, "MS", NULL, fade_ms, "let it fade for so long"),
};

static int run(const void *values, int n_words, char *const words[])
{
	const struct glow_ctl_options *o = values;
	struct glow_ctl_session s;
	struct glow_diag diag;
	cJSON *answer = NULL;
	char *payload;
	int status;

	if (n_words > 1)
		return glow_ctl_fail(EX_USAGE, "stop takes one id, or none for all scenes");
	payload = glow_ctl_stop_payload(o, n_words ? words[0] : NULL, &diag);
	status = glow_ctl_open(&s, o, NULL, 0);
	if (status == 0)
		status = glow_ctl_ask_conductor(&s, "scene", "stop", payload, &answer);
	if (status == 0)
		printf("%s: stopped\n", n_words ? words[0] : "all scenes");
	cJSON_Delete(answer);
	free(payload);
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_stop = {
	.name = "stop",
	.args_doc = "[ID]",
	.summary = "end it again",
	.doc = "Without ID all scenes end. Beneath them the nodes' idle displays show again.",
	.examples = "glowctl stop\nglowctl stop main --fade-ms 2000",
	.options = rows,
	.n_options = CTL_N(rows),
	.spots = "@scenes",
	.run = run,
};
