/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Which instants of a node are drawn. Time goes in with every call and the next instant comes out, so that a test can
 * run an hour in a moment; only the board is real. All times are those of pictures. One thread. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/node.h>

#include "opening.h"
#include "painter.h"

struct glow_show {
	struct glow_node *node; /**< borrowed */
	struct glow_painter painter;
	struct glow_opening opening;
	int64_t target_us; /**< the next instant that matters; GLOW_NEVER */
	bool is_slot;      /**< a frame slot, drawn whatever else has changed */
	int64_t drawn_us;  /**< the last picture's instant */
	uint32_t revision; /**< and which it was */
	int64_t ready_us;  /**< the earliest instant for another picture, after one out of turn */
	uint32_t begun;    /**< pixels of the slot's picture that are drawn already; 0: none is on its way */
};

/** Something came from outside by now_us: draws the slot that was due by then, lets time pass to now_us, and draws what
 * it changes at once. Beyond one such picture in the time of a frame they wait for their turn, so that no flood of
 * commands drives a board faster than its rate. 0, or a negative errno when the board failed. */
int glow_show_changed(struct glow_show *s, int64_t now_us);

/** The target's time has come. Of a picture that takes long a part is drawn, and the target stays until it is complete;
 * now_us is what time it is, a little before or after. As glow_show_changed(). */
int glow_show_due(struct glow_show *s, int64_t now_us);

/** Draws now_us, whatever the board was given before. As glow_show_changed(). */
int glow_show_again(struct glow_show *s, int64_t now_us);

/** When to wake up for the target: early by what the board takes. GLOW_NEVER. */
int64_t glow_show_wake_us(const struct glow_show *s);

/** The clock of pictures jumped. */
void glow_show_shift(struct glow_show *s, int64_t delta_us);
