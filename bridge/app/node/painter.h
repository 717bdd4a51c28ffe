/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The board, and when to draw on it: frame slots, how long the board takes, what it shows
 * already. It draws what it is given; what a picture is, is not its business. One thread. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/board.h>
#include <glow/clock.h>
#include <glow/effect.h>
#include <glow/frame.h>

#include "governor.h"

enum { GLOW_PAINTER_WRITES = 9 };

struct glow_painter {
	const char *name;                                /**< of the board, or "auto"; borrowed */
	const struct glow_board_cfg *board_cfg;          /**< borrowed */
	const struct glow_clock *clock;                  /**< borrowed */
	unsigned fps;                                    /**< as configured; a slow road has less */
	struct glow_board *board;                        /**< NULL: missing or broken */
	struct glow_frame shown;                         /**< as last written; of no pixels before the first */
	uint32_t took_us[GLOW_PAINTER_WRITES], write_us; /**< the latest writes, and their median */
	uint64_t frames, late, dropped;                  /**< since start; late by more than a millisecond */
	char problem[320];                               /**< why there is no board; "" when all is well */

	unsigned cpu_percent; /**< of a frame's time: what a picture may take of the processor */
	struct glow_governor governor;
	int64_t begun_ns; /**< this thread's processor time at glow_painter_begin() */
	int64_t spent_ns; /**< and what the picture took before glow_painter_pause() */
};

/** Opens the board, which is dark until its first frame, or shows what it showed where that is to stay. Tells the log
 * once of each new problem, and of its end. 0, or a negative errno with diag. */
int glow_painter_open(struct glow_painter *p, struct glow_diag *diag);

/** The board is to be tried again after `retry_s`: `what` is the problem, for the log and for info. */
void glow_painter_set_problem(struct glow_painter *p, const char *what, int retry_s);

/** Makes the LEDs dark, unless they are to stay. */
void glow_painter_close(struct glow_painter *p);

/** A picture is about to be drawn: what it takes of the processor from here on counts as its cost. */
void glow_painter_begin(struct glow_painter *p);

/** It is not done yet; begin goes on with it. */
void glow_painter_pause(struct glow_painter *p);

/** It is given up; the next begin is that of another. */
void glow_painter_drop(struct glow_painter *p);

/** Shows the frame of instant t_us, unless the board shows it already. On an error the board is closed and the
 * negative errno returned; the problem is the caller's to set. */
int glow_painter_show(struct glow_painter *p, const struct glow_frame *frame, int64_t t_us);

/** The next instant after t_us that has to be drawn for time alone; GLOW_NEVER. */
int64_t glow_painter_next(const struct glow_painter *p, enum glow_pace pace, int64_t t_us);

/** The time from one frame to the next: of a slot at the board's rate, or of as many as the governor gives a picture.
 */
int64_t glow_painter_period_us(const struct glow_painter *p);

/** The slot to draw in place of that of t_us, now that it is now_us: a later one when t_us was missed, so that
 * a slow board shows the present and no queue of old pictures. Counts what was missed. */
int64_t glow_painter_slot(struct glow_painter *p, int64_t t_us, int64_t now_us);

/** How long before its instant a frame has to be begun. */
uint32_t glow_painter_lead_us(const struct glow_painter *p);
