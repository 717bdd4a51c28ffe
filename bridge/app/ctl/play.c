/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/json.h>

#include "rows.h"
#include "session.h"

static const struct glow_option rows[] = {
	CTL_PARAM,
	GLOW_ROW_CHOICE("span", NULL, "cluster|node", NULL, span, "one strip across all boards, or every board alike"),
	CTL_SPOT("node", "@nodes", "ID,...", nodes, "on these nodes only"),
	CTL_SPOT("group", "@groups", "ID,...", groups, "on the nodes of these groups only"),
	GLOW_ROW_INT("fade-ms", NULL, 0, 60000, "MS", NULL, fade_ms, "cross-fade at the beginning and the end"),
	GLOW_ROW_INT("for-s", NULL, 1, 31536000, "S", NULL, for_s, "end by itself after so many seconds"),
	CTL_SPOT("id", "@scenes", "ID", id,
		 "name of the scene (main by default); a later one of that name replaces it"),
	GLOW_ROW_SWITCH("take", "yes", NULL, take, "make lights that were set earlier let go, so that the scene shows"),
	CTL_FORCE,
};

/* How many nodes it is for: as the answer says. An older conductor does not; then all that it knows, or -1 where only
 * it could tell. */
static int node_count(const struct glow_ctl_session *s, const char *payload, const cJSON *answer)
{
	const cJSON *nodes = glow_json_get(answer, "nodes");

	if (cJSON_IsNumber(nodes))
		return nodes->valueint;
	return strstr(payload, "\"target\"") ? -1 : (int)s->watch.conductor.nodes;
}

/* Makes "main: rainbow from 12:00:03.250 on 5 nodes" of the answer. */
static void tell(const struct glow_ctl_session *s, const char *payload, const cJSON *answer)
{
	const cJSON *id = glow_json_get(answer, "id"), *start = glow_json_get(answer, "start_us");
	int nodes = node_count(s, payload, answer);
	char name[80], clock[16];

	glow_ctl_scene_name(payload, name, sizeof(name));
	printf("%s: %s", cJSON_IsString(id) ? id->valuestring : "main", name);
	if (cJSON_IsNumber(start)) {
		glow_ctl_time_text(&s->watch, (int64_t)start->valuedouble, clock);
		printf(" from %s", clock);
	}
	if (nodes > 0)
		printf(" on %d node%s", nodes, nodes == 1 ? "" : "s");
	puts(nodes == 0 ? ", but no node of these is online" : "");
}

static int play(const struct glow_ctl_options *o, const char *payload)
{
	static const char *const topics[] = { "conductor/+" };
	struct glow_ctl_session s;
	int status = glow_ctl_open(&s, o, topics, 1);
	cJSON *answer = NULL;

	if (status == 0)
		status = glow_ctl_ask_conductor(&s, "scene", "play", payload, &answer);
	if (status == 0)
		tell(&s, payload, answer);
	cJSON_Delete(answer);
	return glow_ctl_close(&s, status);
}

static int run(const void *values, int n_words, char *const words[])
{
	const struct glow_ctl_options *o = values;
	struct glow_diag diag;
	int status = 0;
	char *text = glow_ctl_text(n_words, words, &status), *payload;

	if (!text)
		return status ? status : glow_ctl_fail(EX_USAGE, "play what? for example: glowctl play rainbow");
	payload = glow_ctl_play_payload(o, text, &diag);
	status = payload ? play(o, payload) : glow_ctl_fail_diag(&diag);
	free(payload);
	free(text);
	return status;
}

const struct glow_subcommand glow_ctl_play = {
	.name = "play",
	.args_doc = "SCENE...",
	.summary = "play an animation across the cluster",
	.doc = "SCENE is words (an effect, a colour, a percentage for the brightness) or a JSON object, which may also "
	       "hold a playlist; - reads it from standard input. All boards are one strip unless --span=node says "
	       "otherwise, and every node draws it in phase from the instant that the conductor answers with.",
	.examples = "glowctl play rainbow 40%\n"
		    "glowctl play larson red --param period_ms=3000 --fade-ms 1000\n"
		    "glowctl play fire --node pi4,pi5 --span node --for-s 60\n"
		    "glowctl play '{\"playlist\":[{\"effect\":\"plasma\",\"duration_s\":20},"
		    "{\"effect\":\"sparkle\",\"duration_s\":10}],\"loop\":true}'\n"
		    "glowctl play - <evening.json",
	.options = rows,
	.n_options = CTL_N(rows),
	.spots = "@looks",
	.run = run,
};
