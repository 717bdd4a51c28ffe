/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One table takes topics apart, for whoever receives: a kind, and the id in it. An id that is not valid
 * makes no topic of ours, so nobody behind this file has to look at one again. */

#include <stdio.h>
#include <string.h>

#include <glow/topics.h>

static bool id_char(char c, bool inside)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (inside && c == '-');
}

bool glow_id_valid(const char *id)
{
	size_t n = strnlen(id, GLOW_ID_MAX + 1);

	if (n == 0 || n > GLOW_ID_MAX)
		return false;
	for (size_t k = 0; k < n; k++)
		if (!id_char(id[k], k > 0 && k < n - 1))
			return false;
	return true;
}

bool glow_prefix_valid(const char *prefix)
{
	size_t n = strnlen(prefix, GLOW_PREFIX_MAX + 1);

	if (n == 0 || n > GLOW_PREFIX_MAX || prefix[0] == '$' || prefix[0] == '/' || prefix[n - 1] == '/')
		return false;
	for (size_t k = 0; k < n; k++)
		if (prefix[k] == '+' || prefix[k] == '#' || (unsigned char)prefix[k] <= ' ' || prefix[k] == 0x7f ||
		    (prefix[k] == '/' && prefix[k + 1] == '/'))
			return false;
	return true;
}

void glow_topic_make(char ret_topic[GLOW_TOPIC_MAX + 1], const char *prefix, const char *a, const char *b,
		     const char *c)
{
	snprintf(ret_topic, GLOW_TOPIC_MAX + 1, "%s%s%s%s%s%s%s", prefix, a ? "/" : "", a ? a : "", b ? "/" : "",
		 b ? b : "", c ? "/" : "", c ? c : "");
}

void glow_client_id(char ret_id[GLOW_TOPIC_MAX + 1], const char *prefix, const char *node)
{
	snprintf(ret_id, GLOW_TOPIC_MAX + 1, "%s-%s", prefix, node);
	for (char *c = ret_id; *c; c++)
		if (*c == '/')
			*c = '-';
}

/* What follows "prefix/", or NULL when the topic is another's. */
static const char *below(const char *prefix, const char *topic)
{
	size_t n = strlen(prefix);

	return strncmp(topic, prefix, n) == 0 && topic[n] == '/' ? topic + n + 1 : NULL;
}

bool glow_answer_topic_allowed(const char *prefix, const char *discovery, const char *topic)
{
	const char *rest = below(prefix, topic);

	if (topic[0] == '\0' || topic[0] == '$' || strpbrk(topic, "+#") || strcmp(topic, prefix) == 0)
		return false;
	if (discovery[0] && (below(discovery, topic) || strcmp(topic, discovery) == 0))
		return false;
	return !rest || (strncmp(rest, "answer/", 7) == 0 && rest[7]);
}

/* One row a topic; "+" is the level that becomes the id. */
static const struct row {
	const char *pattern;
	enum glow_topic_kind kind;
	enum glow_topic_of of;
} rows[] = {
	{ "node/+/set", GLOW_TOPIC_SET, GLOW_OF_NODE },
	{ "node/+/notify", GLOW_TOPIC_NOTIFY, GLOW_OF_NODE },
	{ "node/+/state", GLOW_TOPIC_STATE, GLOW_OF_NODE },
	{ "node/+/availability", GLOW_TOPIC_AVAILABILITY, GLOW_OF_NODE },
	{ "node/+/info", GLOW_TOPIC_INFO, GLOW_OF_NODE },
	{ "node/+/stats", GLOW_TOPIC_STATS, GLOW_OF_NODE },
	{ "node/+/error", GLOW_TOPIC_ERROR, GLOW_OF_NODE },
	{ "node/+/place", GLOW_TOPIC_PLACE, GLOW_OF_NODE },
	{ "group/+/set", GLOW_TOPIC_SET, GLOW_OF_GROUP },
	{ "group/+/notify", GLOW_TOPIC_NOTIFY, GLOW_OF_GROUP },
	{ "group/+/apply", GLOW_TOPIC_APPLY, GLOW_OF_GROUP },
	{ "group/+/state", GLOW_TOPIC_STATE, GLOW_OF_GROUP },
	{ "all/set", GLOW_TOPIC_SET, GLOW_OF_ALL },
	{ "all/notify", GLOW_TOPIC_NOTIFY, GLOW_OF_ALL },
	{ "all/apply", GLOW_TOPIC_APPLY, GLOW_OF_ALL },
	{ "all/state", GLOW_TOPIC_STATE, GLOW_OF_ALL },
	{ "scene/play", GLOW_TOPIC_SCENE_PLAY, GLOW_OF_CLUSTER },
	{ "scene/stop", GLOW_TOPIC_SCENE_STOP, GLOW_OF_CLUSTER },
	{ "scene/current", GLOW_TOPIC_SCENE_CURRENT, GLOW_OF_CLUSTER },
	{ "dim/set", GLOW_TOPIC_DIM_SET, GLOW_OF_CLUSTER },
	{ "dim/current", GLOW_TOPIC_DIM_CURRENT, GLOW_OF_CLUSTER },
	{ "roster", GLOW_TOPIC_ROSTER, GLOW_OF_CLUSTER },
	{ "roster/set", GLOW_TOPIC_ROSTER_SET, GLOW_OF_CLUSTER },
	{ "roster/wanted", GLOW_TOPIC_ROSTER_WANTED, GLOW_OF_CLUSTER },
	{ "effects/+", GLOW_TOPIC_CATALOG, GLOW_OF_CLUSTER },
	{ "effect", GLOW_TOPIC_TEXTS, GLOW_OF_CLUSTER },
	{ "effect/+", GLOW_TOPIC_TEXT, GLOW_OF_CLUSTER },
	{ "effect/+/set", GLOW_TOPIC_TEXT_SET, GLOW_OF_CLUSTER },
	{ "preset/+", GLOW_TOPIC_PRESET, GLOW_OF_CLUSTER },
	{ "preset/+/set", GLOW_TOPIC_PRESET_SET, GLOW_OF_CLUSTER },
	{ "preset/+/apply", GLOW_TOPIC_PRESET_APPLY, GLOW_OF_CLUSTER },
	{ "undo", GLOW_TOPIC_UNDO, GLOW_OF_CLUSTER },
	{ "schedule/+", GLOW_TOPIC_SCHEDULE, GLOW_OF_CLUSTER },
	{ "schedule/+/set", GLOW_TOPIC_SCHEDULE_SET, GLOW_OF_CLUSTER },
	{ "conductor/availability", GLOW_TOPIC_CONDUCTOR_AVAILABILITY, GLOW_OF_CLUSTER },
	{ "conductor/info", GLOW_TOPIC_CONDUCTOR_INFO, GLOW_OF_CLUSTER },
	{ "conductor/beacon", GLOW_TOPIC_CONDUCTOR_BEACON, GLOW_OF_CLUSTER },
	{ "conductor/error", GLOW_TOPIC_CONDUCTOR_ERROR, GLOW_OF_CLUSTER },
	{ "time/request/+", GLOW_TOPIC_TIME_REQUEST, GLOW_OF_NODE },
	{ "time/reply/+", GLOW_TOPIC_TIME_REPLY, GLOW_OF_NODE },
	{ "time/request/x/+", GLOW_TOPIC_TIME_REQUEST, GLOW_OF_VIEWER },
	{ "time/reply/x/+", GLOW_TOPIC_TIME_REPLY, GLOW_OF_VIEWER },
	{ "time/adopt/request/+", GLOW_TOPIC_ADOPT_REQUEST, GLOW_OF_NODE },
	{ "time/adopt/reply/+", GLOW_TOPIC_ADOPT_REPLY, GLOW_OF_CLUSTER },
};

/* True when what is below the prefix has the row's form; then the id is filled. */
static bool fits(const char *pattern, const char *rest, char ret_id[GLOW_ID_MAX + 1])
{
	const char *plus = strchr(pattern, '+'), *id;
	size_t before = plus ? (size_t)(plus - pattern) : 0, n;

	ret_id[0] = '\0';
	if (!plus)
		return strcmp(pattern, rest) == 0;
	if (strncmp(pattern, rest, before) != 0)
		return false;
	id = rest + before;
	n = strcspn(id, "/");
	if (n > GLOW_ID_MAX || strcmp(plus + 1, id + n) != 0)
		return false;
	memcpy(ret_id, id, n);
	ret_id[n] = '\0';
	return glow_id_valid(ret_id);
}

struct glow_topic glow_topic_parse(const char *prefix, const char *topic)
{
	const char *rest = below(prefix, topic);
	struct glow_topic t;

	for (size_t k = 0; rest && k < sizeof(rows) / sizeof(rows[0]); k++) {
		if (!fits(rows[k].pattern, rest, t.id))
			continue;
		t.kind = rows[k].kind;
		t.of = rows[k].of;
		return t;
	}
	return (struct glow_topic){ .kind = GLOW_TOPIC_OTHER };
}

void glow_topic_of(char ret_topic[GLOW_TOPIC_MAX + 1], const char *prefix, enum glow_topic_kind kind,
		   enum glow_topic_of of, const char *id)
{
	ret_topic[0] = '\0';
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		const char *pattern = rows[k].pattern, *plus = strchr(pattern, '+');

		if (rows[k].kind != kind || rows[k].of != of)
			continue;
		if (plus)
			snprintf(ret_topic, GLOW_TOPIC_MAX + 1, "%s/%.*s%s%s", prefix, (int)(plus - pattern), pattern,
				 id, plus + 1);
		else
			snprintf(ret_topic, GLOW_TOPIC_MAX + 1, "%s/%s", prefix, pattern);
		return;
	}
}

enum glow_topic_kind glow_topic_kind(const char *prefix, const char *topic)
{
	return glow_topic_parse(prefix, topic).kind;
}
