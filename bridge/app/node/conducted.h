/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a node hears of the conductor, and what follows from it. Times are those of pictures. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/frame.h>
#include <glow/message.h>
#include <glow/shape.h>
#include <glow/topics.h>

struct glow_conducted {
	bool connected; /**< we, to the broker; the node sets it */
	bool online, known;
	int64_t beacon_us; /**< the latest */
};

/** Nothing is heard yet. */
void glow_conducted_init(struct glow_conducted *c, int64_t now_us);

/** Its availability, or a beacon. */
void glow_conducted_hear(struct glow_conducted *c, enum glow_topic_kind kind, const struct glow_message *m,
			 int64_t now_us);

/** The connection to the broker is lost, which says again who is online when we are back. */
void glow_conducted_disconnected(struct glow_conducted *c);

/** We are connected; it is online, and was heard a moment ago. */
bool glow_conducted_leads(const struct glow_conducted *c, int64_t now_us);

/** The broker is away, or a conductor that there was. */
bool glow_conducted_lost(const struct glow_conducted *c, int64_t now_us);

/** Marks a picture with one dim red pixel, the first, unless that shines brighter anyway. */
void glow_conducted_mark(struct glow_shape shape, struct glow_frame *frame);

/** When it will be missed, if nothing more is heard of it; GLOW_NEVER where there was none. */
int64_t glow_conducted_silent(const struct glow_conducted *c);
