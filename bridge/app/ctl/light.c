/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl set, notify and identify: commands for lights. */

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/json.h>

#include "rows.h"
#include "session.h"

#define TARGET_DOC "TARGET is a node's id, group/ID, or all. "

static int by_name(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

/* "pi1, pi2, pi10" of the nodes that took it; false when there are none. */
static bool tell_nodes(const cJSON *answers)
{
	const char **names = calloc((size_t)cJSON_GetArraySize(answers) + 1, sizeof(*names));
	const cJSON *answer;
	size_t n = 0;

	cJSON_ArrayForEach(answer, answers)
	{
		const cJSON *node = glow_json_get(answer, "node"), *status = glow_json_get(answer, "status");

		if (names && cJSON_IsString(node) && cJSON_IsString(status) && strcmp(status->valuestring, "ok") == 0)
			names[n++] = node->valuestring;
	}
	if (n)
		qsort(names, n, sizeof(*names), by_name);
	for (size_t k = 0; k < n; k++)
		printf("%s%s", k ? ", " : "", names[k]);
	free(names);
	return n > 0;
}

/* The instant that the conductor named, or NULL. */
static const cJSON *instant(const cJSON *answers)
{
	const cJSON *answer;

	cJSON_ArrayForEach(answer,
			   answers) if (cJSON_IsNumber(glow_json_get(answer, "at_us"))) return glow_json_get(answer,
													     "at_us");
	return NULL;
}

static void tell(const struct glow_ctl_session *s, const char *target, const cJSON *answers)
{
	const cJSON *at = instant(answers);
	char clock[16];

	if (at) {
		glow_ctl_time_text(&s->watch, (int64_t)at->valuedouble, clock);
		printf("%s: ok, at %s on every node\n", target, clock);
	} else if (tell_nodes(answers)) {
		printf(glow_ctl_target_is_many(target) ? ": ok, each by itself since no conductor leads\n" : ": ok\n");
	}
}

static int nobody(const struct glow_ctl_session *s, const char *target)
{
	return glow_ctl_fail_silence(s, "%s: no answer within %d s; glowctl nodes tells who is there", target,
				     GLOW_CTL_ANSWER_MS / 1000);
}

static bool in_group(const struct glow_info *info, const char *group)
{
	for (unsigned k = 0; k < info->n_groups; k++)
		if (strcmp(info->groups[k], group) == 0)
			return true;
	return false;
}

/* How many answers to expect where no conductor answers for all. */
static int answerers(const struct glow_watch *w, const char *target)
{
	int n = 0;

	if (!glow_ctl_target_is_many(target))
		return 1;
	for (size_t k = 0; k < w->n_nodes; k++)
		n += w->nodes[k]->online &&
		     (strcmp(target, "all") == 0 || in_group(&w->nodes[k]->info, strchr(target, '/') + 1));
	return n;
}

static int send(const struct glow_ctl_options *o, const char *target, const char *topic, const char *payload)
{
	static const char *const topics[] = { "conductor/+", "node/+/availability", "node/+/info" };
	/* Only their infos tell who is in a group; one node or all needs less. */
	size_t n_topics = !glow_ctl_target_is_many(target) ? 1 : strcmp(target, "all") == 0 ? 2 : 3;
	struct glow_ctl_session s;
	int status = glow_ctl_open(&s, o, topics, n_topics);
	cJSON *answers = NULL;

	if (status == 0) {
		answers = glow_ctl_ask(&s, topic, payload, answerers(&s.watch, target));
		tell(&s, target, answers);
		if (cJSON_GetArraySize(answers) == 0)
			status = nobody(&s, target);
		else if (glow_ctl_complain(answers) > 0)
			status = EX_DATAERR;
	}
	cJSON_Delete(answers);
	return glow_ctl_close(&s, status);
}

typedef char *payload_fn(const struct glow_ctl_options *o, const char *text, struct glow_diag *diag);

/* `words` follow the target; `leaf` is the topic's last level. */
static int command(const struct glow_ctl_options *o, const char *target, const char *leaf, const char *text,
		   payload_fn *make)
{
	char topic[GLOW_TOPIC_MAX + 1], *payload;
	struct glow_diag diag;
	int status;

	if (!glow_ctl_target(o->common.prefix, target, leaf, topic))
		return glow_ctl_fail(EX_USAGE, "\"%s\" is no target: a node's id, group/ID, or all", target);
	payload = make(o, text, &diag);
	status = payload ? send(o, target, topic, payload) : glow_ctl_fail_diag(&diag);
	free(payload);
	return status;
}

static int run_set(const void *values, int n_words, char *const words[])
{
	int status = 0;
	char *text = n_words > 1 ? glow_ctl_text(n_words - 1, words + 1, &status) : NULL;

	if (!text)
		return status ? status : glow_ctl_fail(EX_USAGE, "set whom to what? for example: glowctl set pi1 red");
	status = command(values, words[0], "set", text, glow_ctl_set_payload);
	free(text);
	return status;
}

static int run_notify(const void *values, int n_words, char *const words[])
{
	const struct glow_ctl_options *o = values;
	int status = 0;
	char *text = n_words > 1 ? glow_ctl_text(n_words - 1, words + 1, &status) : NULL;

	if (!text && (status || n_words == 0 || !o->clear))
		return status ? status
			      : glow_ctl_fail(EX_USAGE,
					      "notify whom of what? for example: glowctl notify all red blink");
	if (o->clear && !o->id)
		status = glow_ctl_fail(EX_USAGE, "--clear wants the notice's --id");
	else
		status = command(o, words[0], "notify", text ? text : "", glow_ctl_notify_payload);
	free(text);
	return status;
}

static int run_identify(const void *values, int n_words, char *const words[])
{
	if (n_words != 1)
		return glow_ctl_fail(EX_USAGE, "identify whom? for example: glowctl identify pi3");
	return command(values, words[0], "notify", glow_effect_identify.name, glow_ctl_notify_payload);
}

static const struct glow_option set_rows[] = {
	CTL_PARAM,
	GLOW_ROW_INT("fade-ms", NULL, 0, 6553000, "MS", NULL, fade_ms, "cross-fade from what shows now"),
};

const struct glow_subcommand glow_ctl_set = {
	.name = "set",
	.args_doc = "TARGET LIGHT...",
	.summary = "set a node's own light, a group's, or all",
	.doc = TARGET_DOC
	"LIGHT is words (on, off, toggle, auto, a colour, an effect, a gauge, a percentage) or a JSON object; "
	"- reads it from standard input. A light that is not auto hides the scene. Groups change at "
	"one instant when a conductor leads.",
	.examples = "glowctl set pi1 red breathe\n"
		    "glowctl set group/shelf rainbow 40% --fade-ms 1500\n"
		    "glowctl set pi5 '{\"leds\":{\"arm1\":200,\"blue\":90}}'\n"
		    "glowctl set all auto",
	.options = set_rows,
	.n_options = CTL_N(set_rows),
	.run = run_set,
};

static const struct glow_option notify_rows[] = {
	CTL_PARAM,
	GLOW_ROW_INT("ttl-s", NULL, 1, 86400, "S", NULL, ttl_s, "how long it stays; 5 when not given"),
	GLOW_ROW_INT("priority", NULL, 0, 9, "N", NULL, priority, "the highest shows; 5 when not given"),
	GLOW_ROW_STRING("id", NULL, "ID", NULL, id, "name of the notice; a later one of that name replaces it"),
	GLOW_ROW_SWITCH("clear", "no", NULL, clear, "remove the notice of that id"),
};

const struct glow_subcommand glow_ctl_notify = {
	.name = "notify",
	.args_doc = "TARGET LIGHT...",
	.summary = "lay a notice over what shows, for a while",
	.doc = TARGET_DOC "LIGHT is as for set. When the notice ends, what was beneath is back in phase.",
	.examples = "glowctl notify all orange blink --ttl-s 3\n"
		    "glowctl notify pi2 red --id disk --ttl-s 3600 --priority 8\n"
		    "glowctl notify pi2 --id disk --clear",
	.options = notify_rows,
	.n_options = CTL_N(notify_rows),
	.run = run_notify,
};

static const struct glow_option identify_rows[] = {
	GLOW_ROW_INT("ttl-s", NULL, 1, 86400, "S", NULL, ttl_s, "for so many seconds; 5 when not given"),
};

const struct glow_subcommand glow_ctl_identify = {
	.name = "identify",
	.args_doc = "TARGET",
	.summary = "make a node stand out, so that a person finds it",
	.doc = TARGET_DOC,
	.examples = "glowctl identify pi3 --ttl-s 30",
	.options = identify_rows,
	.n_options = CTL_N(identify_rows),
	.run = run_identify,
};
