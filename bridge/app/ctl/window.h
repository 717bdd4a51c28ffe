/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The terminal of a command that goes on until it is told to end: a picture that is drawn again and again, or, where
 * there are no colours, lines. */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <systemd/sd-event.h>

struct glow_window {
	sd_event *loop;
	int colors;                         /**< 0: lines; else 256, or 1<<24 */
	bool ascii;                         /**< it shows no more than that */
	int columns, rows;                  /**< while it is drawn */
	void (*draw)(void *ctx, FILE *out); /**< the picture, without a line break at its end; NULL: there is none */
	void *ctx;
};

/** Blocks the signals that end it, so it comes before any thread, and looks at the terminal; `plain` wants lines. The
 * loop is for its users' sources too. A negative errno without memory; glow_window_fini() in both cases. */
int glow_window_init(struct glow_window *win, bool plain);

/** Runs the loop until SIGINT or SIGTERM, or for `for_s` seconds (0 and less: no limit). Meanwhile the picture is drawn
 * `fps` times a second on the terminal's other screen, as large as the window is then. A negative errno. */
int glow_window_run(struct glow_window *win, int64_t for_s, int64_t fps);

void glow_window_fini(struct glow_window *win);
