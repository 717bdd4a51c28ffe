/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A node's tasks as pixels: one each, in the colour of its service. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/color.h>

#include "swarm.h"

/** The colour of a service: any hue but reds, which are for what fails. */
struct glow_rgb glow_mosaic_color(uint32_t service);

/** Paints a row of `n` pixels, 1 or more. Where there are more places than pixels, neighbours share one, which shows
 * what wants most attention. False, and all black, where there is nothing to tell: a node without tasks that is ready.
 */
bool glow_mosaic_paint(const struct glow_swarm_node *node, uint32_t n, struct glow_rgb *ret_pixels);
