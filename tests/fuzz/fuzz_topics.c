/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Topics are taken apart and put together again, and what may be an id, a prefix, or a place for answers is that by
 * rules written a second time. The input: a prefix, a topic, and Home Assistant's prefix, one a line. The topic is
 * taken for an id as well. */

#include <ctype.h>

#include <glow/discovery.h>
#include <glow/info.h>
#include <glow/topics.h>

#include "fuzz.h"

static char lines[3][1000];
static int n_lines;

static void take(const char *line, size_t len)
{
	(void)len;
	snprintf(lines[n_lines++], sizeof(lines[0]), "%s", line);
}

static bool id_looks_valid(const char *id)
{
	size_t n = strlen(id);

	return n >= 1 && n <= GLOW_ID_MAX && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && id[0] != '-' &&
	       id[n - 1] != '-';
}

static bool prefix_looks_valid(const char *prefix)
{
	size_t n = strlen(prefix);

	for (const char *c = prefix; *c; c++)
		if (iscntrl((unsigned char)*c))
			return false;
	return n >= 1 && n <= GLOW_PREFIX_MAX && !strpbrk(prefix, "+# ") && prefix[0] != '$' && prefix[0] != '/' &&
	       prefix[n - 1] != '/' && !strstr(prefix, "//");
}

static void check_parse(const char *prefix, const char *topic)
{
	struct glow_topic t = glow_topic_parse(prefix, topic);
	char back[GLOW_TOPIC_MAX + 1];

	CHECK(glow_topic_kind(prefix, topic) == t.kind);
	CHECK(!t.id[0] || glow_id_valid(t.id));
	if (t.kind == GLOW_TOPIC_OTHER)
		return;
	glow_topic_of(back, prefix, t.kind, t.of, t.id);
	CHECK(strcmp(back, topic) == 0);
}

static void check_make(const char *prefix, const char *id)
{
	char topic[GLOW_TOPIC_MAX + 1];

	for (int kind = GLOW_TOPIC_OTHER; kind <= GLOW_TOPIC_ADOPT_REPLY; kind++)
		for (int of = GLOW_OF_CLUSTER; of <= GLOW_OF_ALL; of++) {
			struct glow_topic t;

			glow_topic_of(topic, prefix, (enum glow_topic_kind)kind, (enum glow_topic_of)of, id);
			t = glow_topic_parse(prefix, topic);
			CHECK(topic[0] ? (int)t.kind == kind && (int)t.of == of : t.kind == GLOW_TOPIC_OTHER);
			CHECK(!t.id[0] || strcmp(t.id, id) == 0);
		}
}

/* Where answers may go no topic of ours is, nor one of Home Assistant's. */
static void check_answers(const char *prefix, const char *discovery, const char *topic)
{
	size_t n = strlen(discovery);

	if (!glow_answer_topic_allowed(prefix, discovery, topic))
		return;
	CHECK(topic[0] && topic[0] != '$' && !strpbrk(topic, "+#"));
	CHECK(glow_topic_kind(prefix, topic) == GLOW_TOPIC_OTHER);
	CHECK(n == 0 || strncmp(topic, discovery, n) != 0 || (topic[n] && topic[n] != '/'));
}

static void check_names(const char *prefix, const char *discovery, const char *id)
{
	char text[GLOW_TOPIC_MAX + 1], *config;

	glow_client_id(text, prefix, id);
	CHECK(!strchr(text, '/') && strlen(text) == strlen(prefix) + 1 + strlen(id));
	if (!prefix_looks_valid(discovery))
		return;
	glow_discovery_topic(text, discovery, prefix, id);
	config = text + strlen(discovery);
	CHECK(strncmp(config, "/device/", 8) == 0);
	config += 8;
	CHECK(strspn(config, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
	      strcspn(config, "/"));
	CHECK(strcmp(config + strcspn(config, "/"), "/config") == 0);
}

void fuzz_topics(const uint8_t *data, size_t size)
{
	memset(lines, 0, sizeof(lines));
	n_lines = 0;
	fuzz_lines(data, size, 3, take);
	CHECK(glow_id_valid(lines[1]) == id_looks_valid(lines[1]));
	CHECK(glow_prefix_valid(lines[0]) == prefix_looks_valid(lines[0]));
	if (!glow_prefix_valid(lines[0]))
		return;
	check_parse(lines[0], lines[1]);
	check_answers(lines[0], prefix_looks_valid(lines[2]) ? lines[2] : "", lines[1]);
	if (!glow_id_valid(lines[1]))
		return;
	check_make(lines[0], lines[1]);
	check_names(lines[0], lines[2], lines[1]);
}
