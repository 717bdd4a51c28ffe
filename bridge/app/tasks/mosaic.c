/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "mosaic.h"

#define FIRST_HUE (UINT32_C(65536) * 40 / 360) /* of those that no red is near */
#define HUES      (UINT32_C(65536) * 280 / 360)
#define STARTING  128 /* of 255, as sRGB: a fifth of the light */

static const struct glow_rgb failed = { 255, 0, 0 }, ending = { 96, 96, 96 }, drained = { 96, 48, 0 },
			     lost = { 96, 0, 0 };

struct glow_rgb glow_mosaic_color(uint32_t service)
{
	return glow_rgb_hue((uint16_t)(FIRST_HUE + service % HUES), 255);
}

static struct glow_rgb color_of(const struct glow_swarm_place *place)
{
	switch (place->look) {
	case GLOW_SWARM_FAILED:
		return failed;
	case GLOW_SWARM_ENDS:
		return ending;
	case GLOW_SWARM_STARTS:
		return glow_rgb_scale(glow_mosaic_color(place->service), STARTING);
	case GLOW_SWARM_RUNS:
		break;
	}
	return glow_mosaic_color(place->service);
}

bool glow_mosaic_paint(const struct glow_swarm_node *node, uint32_t n, struct glow_rgb *ret_pixels)
{
	const struct glow_rgb ground = node->state == GLOW_SWARM_LOST      ? lost
				       : node->state == GLOW_SWARM_DRAINED ? drained
									   : GLOW_BLACK;
	size_t places = node->state == GLOW_SWARM_LOST ? 0 : node->n, at = n;
	enum glow_swarm_look shown = GLOW_SWARM_RUNS;

	for (uint32_t k = 0; k < n; k++)
		ret_pixels[k] = ground;
	for (size_t k = 0; k < places; k++) {
		size_t pixel = places <= n ? k : k * n / places;

		if (pixel == at && node->places[k].look <= shown)
			continue;
		at = pixel;
		shown = node->places[k].look;
		ret_pixels[pixel] = color_of(&node->places[k]);
	}
	return places > 0 || node->state != GLOW_SWARM_READY;
}
