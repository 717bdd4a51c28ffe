/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Light is linear in current, so how far to dim is one division. */

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

/* Linear light of the whole frame; 65535 is one channel or LED at full. */
static uint64_t light_of(struct glow_shape shape, const struct glow_frame *f)
{
	bool mono = glow_shape_mono(shape);
	uint64_t light = 0;

	for (uint32_t i = 0; i < f->n; i++)
		light += mono ? f->px[i].r : (uint32_t)f->px[i].r + f->px[i].g + f->px[i].b;
	return light;
}

static uint32_t channel_ua(struct glow_shape shape)
{
	return glow_shape_mono(shape) ? PIGLOW_LED_UA : BLINKT_CHANNEL_UA;
}

static uint64_t idle_ua(struct glow_shape shape, const struct glow_frame *f)
{
	return glow_shape_mono(shape) ? 0 : (uint64_t)f->n * BLINKT_IDLE_UA;
}

uint64_t glow_current_ua(struct glow_shape shape, const struct glow_frame *f)
{
	return light_of(shape, f) * channel_ua(shape) / 65535 + idle_ua(shape, f);
}

/* Rounds down, so that many channels do not add up to more than there is. */
static void dim(struct glow_frame *f, uint32_t part)
{
	for (uint32_t i = 0; i < f->n; i++) {
		struct glow_linear *px = &f->px[i];

		*px = (struct glow_linear){ (uint16_t)(px->r * part >> 16), (uint16_t)(px->g * part >> 16),
					    (uint16_t)(px->b * part >> 16) };
	}
}

bool glow_current_limit(struct glow_shape shape, uint32_t limit_ma, struct glow_frame *f)
{
	uint64_t limit_ua = (uint64_t)limit_ma * 1000, idle = idle_ua(shape, f), light, room;

	if (limit_ma == 0 || glow_current_ua(shape, f) <= limit_ua)
		return false;
	light = light_of(shape, f);
	room = limit_ua > idle ? (limit_ua - idle) * 65535 / channel_ua(shape) : 0;
	dim(f, room < light ? (uint32_t)((room << 16) / light) : 65535);
	return true;
}
