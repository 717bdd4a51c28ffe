/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
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

bool glow_answer_topic_allowed(const char *prefix, const char *topic)
{
	const char *rest = below(prefix, topic);

	if (topic[0] == '\0' || topic[0] == '$' || strpbrk(topic, "+#") || strcmp(topic, prefix) == 0)
		return false;
	return !rest || (strncmp(rest, "answer/", 7) == 0 && rest[7]);
}

enum glow_topic_kind glow_topic_kind(const char *prefix, const char *topic)
{
	const char *rest = below(prefix, topic), *last = rest ? strrchr(rest, '/') : NULL;

	if (!last)
		return GLOW_TOPIC_OTHER;
	if (strcmp(last, "/set") == 0)
		return GLOW_TOPIC_SET;
	if (strcmp(last, "/notify") == 0)
		return GLOW_TOPIC_NOTIFY;
	if (strcmp(last, "/state") == 0)
		return GLOW_TOPIC_STATE;
	return GLOW_TOPIC_OTHER;
}
