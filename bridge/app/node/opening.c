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

void glow_opening_look(struct glow_opening *o, struct glow_node *node, bool has_time, int64_t now_us)
{
	bool ready = o->met_broker && (has_time || !o->conducted || glow_node_timeless(node));

	if (glow_node_started(node) || (!ready && now_us < o->until_us))
		return;
	if (!ready)
		glow_info("no %s within %d s: showing the idle display", o->met_broker ? "cluster time" : "broker",
			  WAIT_S);
	glow_node_start(node, now_us);
}
