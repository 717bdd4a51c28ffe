/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The overlay that gives a Blinkt!'s lines to the kernel, as the roads see it that find them busy. */

#include <stdbool.h>

#include <glow/board.h>
#include <glow/diag.h>

/** True when cfg's lines are the overlay's and it is there; then diag says so, and what to do. */
bool glow_gpio_overlay_says(const struct glow_board_cfg *cfg, struct glow_diag *diag);
