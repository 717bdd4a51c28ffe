/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What boards of somebody's choice would show of an effect in text: a cluster in the model's memory, drawn by the code
 * that drives LEDs. No I/O; times are cluster time. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <glow/ctl.h>
#include <glow/watch.h>

#include "effect_file.h"

#define GLOW_PREVIEW_BOARDS 64

/** Boards, in the order of the strip. */
struct glow_preview_boards {
	unsigned n;
	struct {
		char id[24]; /**< "2-blinkt" */
		struct glow_shape shape;
	} v[GLOW_PREVIEW_BOARDS];
};

/** Reads "blinkt:5,piglow,60:2": boards by their names or, of a strip, by their pixels, and how many. A line break
 * counts as a comma. */
enum glow_code glow_preview_boards_read(const char *list, struct glow_preview_boards *ret_boards,
					struct glow_diag *diag);

struct glow_preview {
	struct glow_watch watch;
	struct glow_watch_limiter *limiters; /**< one for each board */
	const char *file;                    /**< borrowed */
	char name[GLOW_ID_MAX + 1];          /**< of its effect */
	struct glow_ctl_options options;     /**< what is played: parameters and span */
	const char *words;                   /**< and the words behind the effect's name, "orange 40%"; borrowed */
	int64_t start_us;
	uint32_t seed;
	struct glow_script_cost cost;        /**< of the text that shows */
	char mistake[GLOW_EFFECT_FILE_SAID]; /**< why the file does not show, or not as it was asked for; "" when it
						  does */
};

/** Dark boards, and no text yet. False without memory; glow_preview_fini() in both cases. Of the options `params` and
 * `span` are looked at. The process has one preview at a time, as it has one table of effects. */
bool glow_preview_init(struct glow_preview *p, const char *file, const struct glow_preview_boards *boards,
		       const struct glow_ctl_options *options, const char *words, int64_t now_us, uint32_t seed);

/** What the file says now: NULL where it cannot be read, for the reason in diag. A text that can be used takes the
 * place of the one before at once and goes on where that was, as on a node; any other changes nothing but the mistake.
 * Where parameters or words do not go with the text it shows without these. The exit status: 0, or what kind of
 * mistake. */
int glow_preview_take(struct glow_preview *p, const char *text, size_t len, const struct glow_diag *diag,
		      int64_t now_us);

/** The gauges of all boards. */
void glow_preview_meters(struct glow_preview *p, const uint16_t meter[GLOW_METERS]);

/** Draws the boards as at t_us, which does not fall. Of the screen columns, rows, colours and ascii are looked at. */
void glow_preview_draw(struct glow_preview *p, int64_t t_us, struct glow_watch_screen screen, FILE *out);

void glow_preview_fini(struct glow_preview *p);
