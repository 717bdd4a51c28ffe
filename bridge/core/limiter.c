/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Gamma stands between a brightness and its current, so how far to dim has no formula: halving the
 * range finds it with at most eight estimates, and none in the usual case of a frame within the limit. */

#include <glow/limiter.h>

enum { BLINKT_IDLE_UA = 1000, BLINKT_CHANNEL_UA = 20000, PIGLOW_LED_UA = 23000 };
enum { LIGHT_MOST_MA = 750 }; /* what a Pi's own supply and header can spare */

uint32_t glow_current_default_ma(struct glow_shape shape)
{
	uint32_t idle_ma = shape.pixels * BLINKT_IDLE_UA / 1000, light_ma = shape.pixels * 242 / 8;

	if (glow_shape_mono(shape))
		return 104;
	if (shape.pixels <= 8)
		return 250;
	return idle_ma + (light_ma < LIGHT_MOST_MA ? light_ma : LIGHT_MOST_MA);
}

/* The frame's current if it were dimmed. */
static uint64_t current_at(struct glow_shape shape, const struct glow_frame *f, uint8_t brightness)
{
	bool mono = glow_shape_mono(shape);
	uint64_t light = 0; /* sum of linear light, 65535 = one channel at full */

	for (uint32_t i = 0; i < f->n; i++) {
		light += glow_gamma16(glow_scale8(f->px[i].r, brightness));
		if (!mono)
			light += (uint64_t)glow_gamma16(glow_scale8(f->px[i].g, brightness)) +
				 glow_gamma16(glow_scale8(f->px[i].b, brightness));
	}
	if (mono)
		return light * PIGLOW_LED_UA / 65535;
	return light * BLINKT_CHANNEL_UA / 65535 + (uint64_t)f->n * BLINKT_IDLE_UA;
}

uint64_t glow_current_ua(struct glow_shape shape, const struct glow_frame *f)
{
	return current_at(shape, f, 255);
}

bool glow_current_limit(struct glow_shape shape, uint32_t limit_ma, struct glow_frame *f)
{
	uint64_t limit_ua = (uint64_t)limit_ma * 1000;
	uint32_t low = 0, high = 255; /* brightness known to fit, known not to */

	if (limit_ma == 0 || glow_current_ua(shape, f) <= limit_ua)
		return false;
	while (high - low > 1) {
		uint32_t middle = (low + high) / 2;

		if (current_at(shape, f, (uint8_t)middle) <= limit_ua)
			low = middle;
		else
			high = middle;
	}
	glow_frame_scale(f, (uint8_t)low);
	return true;
}
