/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/clock.h>
#include <glow/scenes.h>

#include "rows.h"
#include "session.h"

static const struct glow_option rows[] = {
	GLOW_ROW_INT("for-s", NULL, 1, 31536000, "S", NULL, for_s, "then full light again"),
};

static bool has_beacon(const struct glow_watch *watch)
{
	return watch->has_beacon;
}

/* The conductor's beacon gives cluster time well enough for the end of a dimmer. */
static int cluster_time(struct glow_ctl_session *s, int64_t *ret_us)
{
	if (!glow_ctl_wait(s, GLOW_CTL_ANSWER_MS, has_beacon))
		return glow_ctl_fail_silence(s, "no conductor is there to tell the time: is glow-conductor running?");
	*ret_us = s->watch.beacon.time_us;
	return 0;
}

static int dim(struct glow_ctl_session *s, const char *text, int64_t now_us)
{
	struct glow_diag diag;
	char *payload = glow_ctl_dim_payload(s->options, text, now_us, &diag), until[16] = "";
	cJSON *answer = NULL;
	struct glow_dim dim;
	int status;

	if (!payload)
		return glow_ctl_fail_diag(&diag);
	glow_ctl_warn_ignored(&diag);
	status = glow_ctl_ask_conductor(s, "dim", "set", payload, &answer);
	if (status == 0 && glow_dim_read(payload, strlen(payload), &dim, &diag) == GLOW_OK) {
		if (dim.until_us != GLOW_NEVER)
			glow_ctl_time_text(&s->watch, dim.until_us, until);
		printf("dimmed to %u%%%s%.8s\n", (dim.brightness * 100U + 127) / 255, until[0] ? " until " : "", until);
	}
	cJSON_Delete(answer);
	free(payload);
	return status;
}

static int run(const void *values, int n_words, char *const words[])
{
	static const char *const topics[] = { "conductor/+" };
	const struct glow_ctl_options *o = values;
	struct glow_ctl_session s;
	int64_t now_us = 0;
	int status;

	if (n_words != 1)
		return glow_ctl_fail(EX_USAGE, "dim to what? for example: glowctl dim 40%%");
	status = glow_ctl_open(&s, o, topics, 1);
	if (status == 0 && o->for_s > 0)
		status = cluster_time(&s, &now_us);
	if (status == 0)
		status = dim(&s, words[0], now_us);
	return glow_ctl_close(&s, status);
}

const struct glow_subcommand glow_ctl_dim = {
	.name = "dim",
	.args_doc = "PERCENT|off|on",
	.summary = "dim everything, whatever it shows",
	.doc = "The master dimmer lies over scenes, lights and notices alike; off is dark, on is full light.",
	.examples = "glowctl dim 40%\nglowctl dim off --for-s 3600\nglowctl dim on",
	.options = rows,
	.n_options = CTL_N(rows),
	.spots = "on|off",
	.run = run,
};
