/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A will comes late, when the broker gives a connection up; beacons stop at once. So both count. */

#include <glow/time.h>
#include <glow/timing.h>

#include "conducted.h"

void glow_conducted_init(struct glow_conducted *c, int64_t now_us)
{
	*c = (struct glow_conducted){ .beacon_us = now_us - GLOW_BEACON_SILENT_US };
}

void glow_conducted_hear(struct glow_conducted *c, enum glow_topic_kind kind, const struct glow_message *m,
			 int64_t now_us)
{
	if (kind == GLOW_TOPIC_CONDUCTOR_BEACON) {
		c->beacon_us = m->retained ? c->beacon_us : now_us; /* what somebody had kept is no sign of life */
	} else {
		c->online = glow_message_says(m, "online");
		c->known = m->len > 0;
	}
}

void glow_conducted_disconnected(struct glow_conducted *c)
{
	c->connected = c->online = false;
}

bool glow_conducted_leads(const struct glow_conducted *c, int64_t now_us)
{
	return c->connected && c->online && now_us < c->beacon_us + GLOW_BEACON_SILENT_US;
}

bool glow_conducted_lost(const struct glow_conducted *c, int64_t now_us)
{
	return !c->connected || (c->known && !glow_conducted_leads(c, now_us));
}

void glow_conducted_mark(struct glow_shape shape, struct glow_frame *frame)
{
	const struct glow_linear dim = glow_linear_of(glow_shape_project(shape, 0, (struct glow_rgb){ 16, 0, 0 }));

	if (frame->px[0].r < dim.r)
		frame->px[0] = dim;
}

int64_t glow_conducted_silent(const struct glow_conducted *c)
{
	return c->known ? c->beacon_us + GLOW_BEACON_SILENT_US : GLOW_NEVER;
}
