/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <string.h>

#include "swarm_node.h"

/* Wishes, what is retained, the rest. What begins with a * is every node's. */
static const char *const wanted[3][SWARM_TOPICS] = {
	{ "*@EFFECTS@", "*effect", "node/@ID@/place" },
	{ "*conductor/+", "*scene/current", "*dim/current", "node/@ID@/state" },
	{ "time/reply/@ID@", "time/adopt/request/@ID@", "node/@ID@/set", "node/@ID@/notify", "*all/set", "*all/notify",
	  "*all/apply", "*group/@GROUP@/set", "*group/@GROUP@/notify", "*group/@GROUP@/apply" },
};

static bool is_common(const char *from)
{
	return *from == '*';
}

static void name_topic(const struct swarm_node *n, const char *from, bool grouped, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	const char *mark = strchr(from += is_common(from), '@'), *end = mark ? strchr(mark + 1, '@') + 1 : "";
	char group[16] = "", share[48] = "";

	snprintf(group, sizeof(group), "g%u", n->number % n->swarm->groups);
	if (grouped)
		snprintf(share, sizeof(share), "$share/%032x/", n->number);
	snprintf(ret_topic, GLOW_TOPIC_MAX + 1, "%s%s/%.*s%s%s", share, n->swarm->prefix,
		 mark ? (int)(mark - from) : GLOW_TOPIC_MAX, from,
		 !mark            ? ""
		 : mark[1] == 'I' ? n->id
		 : mark[1] == 'G' ? group
				  : n->swarm->effects,
		 end);
}

bool swarm_topics_grouped(const struct swarm_node *n)
{
	return n->backoff.crowd >= GLOW_CROWDED;
}

/* What all have of what is kept. */
static size_t name_kept(const struct swarm_node *n, bool grouped, char (*ret_names)[GLOW_TOPIC_MAX + 1])
{
	size_t count = 0;

	for (size_t row = 0; row < SWARM_LIVE; row++)
		for (size_t k = 0; k < SWARM_TOPICS && wanted[row][k]; k++)
			if (is_common(wanted[row][k]))
				name_topic(n, wanted[row][k], grouped, ret_names[count++]);
	return count;
}

size_t swarm_topics(const struct swarm_node *n, char ret_names[SWARM_TOPICS][GLOW_TOPIC_MAX + 1], size_t *ret_live)
{
	bool live = n->asked == SWARM_LIVE, grouped = live && swarm_topics_grouped(n);
	size_t count = 0;

	*ret_live = 0;
	if (n->asked > SWARM_LIVE)
		return name_kept(n, false, ret_names);
	for (const char *from; count < SWARM_TOPICS && (from = wanted[n->asked][count]); count++)
		name_topic(n, from, grouped && is_common(from), ret_names[count]);
	*ret_live = live ? count : 0;
	return grouped ? count + name_kept(n, true, ret_names + count) : count;
}
