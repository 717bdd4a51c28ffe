/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <glow/shape.h>

/* The colours of a PiGlow arm from the tip to the centre. */
static const struct {
	const char *name;
	struct glow_rgb color;
} arm[GLOW_PIGLOW_ARM] = {
	{ "red", { 255, 0, 0 } },   { "orange", { 255, 128, 0 } }, { "yellow", { 255, 255, 0 } },
	{ "green", { 0, 255, 0 } }, { "blue", { 0, 0, 255 } },     { "white", { 255, 255, 255 } },
};

static const char *const piglow_names[] = {
	"all",        "red",        "orange",      "yellow",      "green",       "blue",        "white",
	"arm1",       "arm2",       "arm3",        "arm1.red",    "arm1.orange", "arm1.yellow", "arm1.green",
	"arm1.blue",  "arm1.white", "arm2.red",    "arm2.orange", "arm2.yellow", "arm2.green",  "arm2.blue",
	"arm2.white", "arm3.red",   "arm3.orange", "arm3.yellow", "arm3.green",  "arm3.blue",   "arm3.white",
};
enum { NAME_ALL, NAME_COLOR, NAME_ARM = NAME_COLOR + GLOW_PIGLOW_ARM, NAME_LED = NAME_ARM + 3 };

static const char *const blinkt_names[] = { "all", "left", "right" };

const char *glow_shape_name(struct glow_shape shape)
{
	return shape.kind == GLOW_SHAPE_PIGLOW ? "piglow" : "blinkt";
}

struct glow_rgb glow_shape_led_color(struct glow_shape shape, uint32_t i)
{
	return glow_shape_mono(shape) ? arm[i % GLOW_PIGLOW_ARM].color : GLOW_WHITE;
}

struct glow_linear glow_shape_seen(struct glow_shape shape, uint32_t i, struct glow_linear c)
{
	if (!glow_shape_mono(shape))
		return c;
	return glow_linear_filter(glow_linear_of(arm[i % GLOW_PIGLOW_ARM].color), c);
}

struct glow_rgb glow_shape_project(struct glow_shape shape, uint32_t i, struct glow_rgb c)
{
	if (!glow_shape_mono(shape))
		return c;

	struct glow_rgb led = arm[i % GLOW_PIGLOW_ARM].color;
	const uint8_t want[3] = { c.r, c.g, c.b }, has[3] = { led.r, led.g, led.b };
	uint32_t level = 255;

	for (int k = 0; k < 3; k++) {
		uint32_t share = has[k] ? (want[k] * UINT32_C(255) + has[k] / 2) / has[k] : 255;

		if (share < level)
			level = share;
	}
	return (struct glow_rgb){ (uint8_t)level, (uint8_t)level, (uint8_t)level };
}

void glow_shape_bar(struct glow_shape shape, uint32_t i, uint32_t *ret_at, uint32_t *ret_len)
{
	bool mono = glow_shape_mono(shape);

	*ret_at = mono ? GLOW_PIGLOW_ARM - 1 - i % GLOW_PIGLOW_ARM : i;
	*ret_len = mono ? GLOW_PIGLOW_ARM : shape.pixels;
}

uint32_t glow_shape_led_names(struct glow_shape shape)
{
	return glow_shape_mono(shape) ? sizeof(piglow_names) / sizeof(piglow_names[0])
				      : sizeof(blinkt_names) / sizeof(blinkt_names[0]);
}

const char *glow_shape_led_name(struct glow_shape shape, uint32_t k)
{
	return glow_shape_mono(shape) ? piglow_names[k] : blinkt_names[k];
}

bool glow_shape_led_in(struct glow_shape shape, uint32_t k, uint32_t i)
{
	if (k == NAME_ALL)
		return true;
	if (!glow_shape_mono(shape))
		return (k == 1) == (i < shape.pixels / 2); /* the middle of an odd row counts as right */
	if (k < NAME_ARM)
		return i % GLOW_PIGLOW_ARM == k - NAME_COLOR;
	if (k < NAME_LED)
		return i / GLOW_PIGLOW_ARM == k - NAME_ARM;
	return i == k - NAME_LED;
}
