/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl set, notify and identify: commands for lights. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/json.h>

#include "rows.h"
#include "session.h"
#include "targets.h"

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

/* " on 3 nodes" of a conductor's answer. */
static void tell_count(const cJSON *answers)
{
	const cJSON *nodes = glow_json_get(answers->child, "nodes");

	if (!cJSON_IsNumber(nodes))
		puts(" on every node");
	else if (nodes->valuedouble == 0)
		puts(", but no node of these is online");
	else
		printf(" on %d node%s\n", nodes->valueint, nodes->valueint == 1 ? "" : "s");
}

static void tell(const struct glow_ctl_session *s, const char *target, const cJSON *answers)
{
	const cJSON *at = instant(answers);
	char clock[16];

	if (at) {
		glow_ctl_time_text(&s->watch, (int64_t)at->valuedouble, clock);
		printf("%s: ok, at %s", target, clock);
		tell_count(answers);
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

/* One node's own word; for all who is there, and for a group what groups they are in. */
static int open_for(struct glow_ctl_session *s, const struct glow_ctl_options *o, const char *target)
{
	static const char *const many[] = { "conductor/+", "node/+/availability", "node/+/info" };
	const char *slash = strchr(target, '/'), *id = slash ? slash + 1 : target;
	char own[GLOW_TOPIC_MAX + 1];
	const char *one[] = { "conductor/+", own };

	glow_topic_make(own, "node", id, "availability", NULL);
	if (!glow_ctl_target_is_many(target))
		return glow_ctl_open(s, o, one, CTL_N(one));
	return glow_ctl_open(s, o, many, strcmp(target, "all") == 0 ? 2 : 3);
}

/* A node that is not there cannot answer, nor can a group's; but for a group there may be a conductor. */
static int check_target(struct glow_ctl_session *s, const char *target)
{
	bool many = glow_ctl_target_is_many(target);

	if (s->options->force || strcmp(target, "all") == 0)
		return 0;
	if (!many && s->watch.n_nodes == 0) /* it alone was listened for */
		return glow_ctl_targets_check(s, target);
	if (many && !glow_watch_led(&s->watch) && !glow_ctl_targets_know(&s->watch, target))
		return glow_ctl_targets_fail(&s->watch, target);
	return 0;
}

static int send(const struct glow_ctl_options *o, const char *target, const char *topic, const char *payload)
{
	struct glow_ctl_session s;
	int status = open_for(&s, o, target);
	cJSON *answers = NULL;

	if (status == 0)
		status = check_target(&s, target);
	if (status == 0) {
		answers = glow_ctl_ask(&s, topic, payload, answerers(&s.watch, target));
		tell(&s, target, answers);
		if (cJSON_GetArraySize(answers) == 0)
			status = nobody(&s, target);
		else
			status = glow_ctl_complain(answers);
	}
	cJSON_Delete(answers);
	return glow_ctl_close(&s, status);
}

/* Ids are in lower case; some type them as a host's name is written. */
static int no_target(const struct glow_ctl_options *o, const char *word)
{
	char topic[GLOW_TOPIC_MAX + 1], lower[GLOW_ID_MAX + 8];
	size_t n = 0;

	for (; word[n] && n < sizeof(lower) - 1; n++)
		lower[n] = (char)tolower((unsigned char)word[n]);
	lower[n] = '\0';
	if (!word[n] && glow_ctl_target(o->common.prefix, lower, "set", topic))
		return glow_ctl_fail(EX_USAGE, "\"%s\" is no target; did you mean \"%s\"?", word, lower);
	return glow_ctl_fail(EX_USAGE, "\"%s\" is no target: a node's id, group/ID, or all", word);
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
		return no_target(o, target);
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
	CTL_FORCE,
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
	.spots = "@targets @looks|on|off|toggle|auto",
	.run = run_set,
};

static const struct glow_option notify_rows[] = {
	CTL_PARAM,
	GLOW_ROW_INT("ttl-s", NULL, 1, 86400, "S", NULL, ttl_s, "how long it stays; 5 when not given"),
	GLOW_ROW_INT("priority", NULL, 0, 9, "N", NULL, priority, "the highest shows; 5 when not given"),
	GLOW_ROW_STRING("id", NULL, "ID", NULL, id, "name of the notice; a later one of that name replaces it"),
	GLOW_ROW_SWITCH("clear", "no", NULL, clear, "remove the notice of that id"),
	CTL_FORCE,
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
	.spots = "@targets @looks",
	.run = run_notify,
};

static const struct glow_option identify_rows[] = {
	GLOW_ROW_INT("ttl-s", NULL, 1, 86400, "S", NULL, ttl_s, "for so many seconds; 5 when not given"),
	CTL_FORCE,
};

const struct glow_subcommand glow_ctl_identify = {
	.name = "identify",
	.args_doc = "TARGET",
	.summary = "make a node stand out, so that a person finds it",
	.doc = TARGET_DOC,
	.examples = "glowctl identify pi3 --ttl-s 30",
	.options = identify_rows,
	.n_options = CTL_N(identify_rows),
	.spots = "@targets",
	.run = run_identify,
};
