/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <glow/log.h>
#include <glow/time.h>

#include "opening.h"

#define WAIT_S 2

void glow_opening_begin(struct glow_opening *o, int64_t now_us)
{
	o->until_us = now_us + WAIT_S * GLOW_US_PER_S;
}

void glow_opening_connected(struct glow_opening *o, const struct glow_node *node, int64_t now_us)
{
	o->met_broker = true;
	o->conducted = glow_node_has_conductor(node);
	glow_opening_begin(o, now_us);
}

void glow_opening_refused(struct glow_node *node, int64_t now_us)
{
	if (glow_node_started(node))
		return;
	glow_info("the broker does not let us in: showing the idle display");
	glow_node_start(node, now_us);
}

/* What the first frame waits for, the first of these that is not here; NULL: nothing more. */
static const char *awaited(const struct glow_opening *o, struct glow_node *node, bool has_time)
{
	if (!o->met_broker)
		return "broker";
	if (!glow_node_texts_here(node))
		return "text of an effect";
	if (!o->conducted)
		return NULL;
	if (!has_time && !glow_node_timeless(node))
		return "cluster time";
	if (!glow_node_placed(node))
		return "place on the strip";
	return NULL;
}

void glow_opening_look(struct glow_opening *o, struct glow_node *node, bool has_time, int64_t now_us)
{
	const char *missing;

	if (glow_node_started(node))
		return;
	glow_node_tick(node, now_us); /* a place may come into force now */
	missing = awaited(o, node, has_time);
	if (missing && now_us < o->until_us)
		return;
	if (missing)
		glow_info("no %s within %d s: showing what there is", missing, WAIT_S);
	glow_node_start(node, now_us);
}
