/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <string.h>

#include "swarm_node.h"

/* Wishes, what is retained, the rest. What begins with a * is every node's. */
static const char *const wanted[3][SWARM_TOPICS] = {
	{ "@EFFECTS@", "effect", "node/@ID@/place" },
	{ "conductor/+", "scene/current", "dim/current", "node/@ID@/state" },
	{ "time/reply/@ID@", "time/adopt/request/@ID@", "node/@ID@/set", "node/@ID@/notify", "*all/set", "*all/notify",
	  "*all/apply", "*group/@GROUP@/set", "*group/@GROUP@/notify", "*group/@GROUP@/apply" },
};

static void name_topic(const struct swarm_node *n, const char *from, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	bool common = *from == '*', grouped = common && n->backoff.crowd >= GLOW_CROWDED;
	const char *mark = strchr(from += common, '@'), *end = mark ? strchr(mark + 1, '@') + 1 : "";
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

size_t swarm_topics(const struct swarm_node *n, char ret_names[SWARM_TOPICS][GLOW_TOPIC_MAX + 1])
{
	size_t count = 0;

	for (; count < SWARM_TOPICS && wanted[n->asked][count]; count++)
		name_topic(n, wanted[n->asked][count], ret_names[count]);
	return count;
}
