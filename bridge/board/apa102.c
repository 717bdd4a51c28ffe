/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A strip of APA102, SK9822 or DotStar pixels on a hardware SPI bus: data on
 * MOSI, clock on SCLK, no chip select.
 *
 * A frame starts with 32 zeros. Each pixel keeps the first 32 bits that start
 * with 111 and hands on what follows half a clock late, so n pixels need n/2
 * clocks more; the SK9822 shows a frame only when 32 zeros follow it. 32 and n/2
 * zeros do both. They must not be ones, as some drivers send: an SK9822 then
 * shows each frame only with the next one. */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <glow/board.h>
#include <glow/spi.h>

#include "apa102.h"

extern const struct glow_board_desc glow_board_apa102;

struct strip {
	struct glow_board board;
	struct glow_spi *spi;
	struct glow_apa102_order order;
	bool torn;  /* the chain may wait for the rest of a frame */
	bool known; /* the pixels are lit as `wire` says */
	uint8_t wire[];
};

/* Light in steps of a brightness, as 32.32 bits: 255*31 steps of brightness 1 are 65535. */
#define STEPS(brightness) (uint32_t)((UINT64_C(255 * 31) << 32) / 65535 / (brightness))
#define ONE               (UINT64_C(1) << 32)

enum { BRIGHTEST = 31, FINER = 8 }; /* so many brightnesses more than the least give nine tenths of all levels */

static const uint32_t steps[1 + BRIGHTEST] = {
	0,         STEPS(1),  STEPS(2),  STEPS(3),  STEPS(4),  STEPS(5),  STEPS(6),  STEPS(7),
	STEPS(8),  STEPS(9),  STEPS(10), STEPS(11), STEPS(12), STEPS(13), STEPS(14), STEPS(15),
	STEPS(16), STEPS(17), STEPS(18), STEPS(19), STEPS(20), STEPS(21), STEPS(22), STEPS(23),
	STEPS(24), STEPS(25), STEPS(26), STEPS(27), STEPS(28), STEPS(29), STEPS(30), STEPS(31),
};

static uint8_t level(uint16_t light, uint16_t top, uint32_t brightness)
{
	uint64_t exact = (uint64_t)light * steps[brightness];
	uint32_t v = (uint32_t)((exact + ONE / 2) >> 32);

	return (uint8_t)(v > 0 ? v : exact >= ONE / 3 || light == top);
}

/* The smallest at which a light is below 255.5 steps. */
static uint32_t least_brightness(uint16_t top)
{
	return 1 + (uint32_t)((uint64_t)top * ((STEPS(1) * 2 + 510) / 511) >> 32);
}

/* Of the least and the next few, the first of those that come nearest to one light. */
static uint32_t finest_brightness(uint16_t light)
{
	uint32_t least = least_brightness(light), found = least;
	uint64_t wanted = (uint64_t)light * steps[1], least_error = UINT64_MAX;

	for (uint32_t b = least; b <= BRIGHTEST && b <= least + FINER && least_error > ONE / 2; b++) {
		uint64_t shown = (uint64_t)level(light, light, b) * b << 32;
		uint64_t error = wanted > shown ? wanted - shown : shown - wanted;

		if (error < least_error) {
			least_error = error;
			found = b;
		}
	}
	return found;
}

static void encode_pixel(struct glow_linear c, const struct glow_apa102_order *order, uint8_t *ret_bytes)
{
	uint16_t top = c.r > c.g ? c.r : c.g;
	uint32_t brightness;
	bool one_light;

	top = top > c.b ? top : c.b;
	one_light = (c.r == top || c.r == 0) && (c.g == top || c.g == 0) && (c.b == top || c.b == 0);
	if (top == 0)
		brightness = 0;
	else
		brightness = one_light ? finest_brightness(top) : least_brightness(top);
	ret_bytes[0] = (uint8_t)(0xE0 | brightness);
	ret_bytes[1 + order->b] = c.b ? level(c.b, top, brightness) : 0;
	ret_bytes[1 + order->g] = c.g ? level(c.g, top, brightness) : 0;
	ret_bytes[1 + order->r] = c.r ? level(c.r, top, brightness) : 0;
}

const struct glow_apa102_order glow_apa102_bgr = { .b = 0, .g = 1, .r = 2 };
const uint8_t glow_apa102_mend[GLOW_APA102_MEND_CLOCKS / 8];

size_t glow_apa102_encode(const struct glow_frame *frame, const struct glow_apa102_order *order, uint8_t *ret_bytes)
{
	memset(ret_bytes, 0, GLOW_APA102_BYTES(frame->n));
	for (uint32_t i = 0; i < frame->n; i++) {
		uint8_t *bytes = ret_bytes + 4 + (size_t)4 * i;

		if (i > 0 && glow_linear_equal(frame->px[i], frame->px[i - 1]))
			memcpy(bytes, bytes - 4, 4);
		else
			encode_pixel(frame->px[i], order, bytes);
	}
	return GLOW_APA102_CLOCKS(frame->n);
}

static int show(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	struct strip *s = (struct strip *)board;
	uint8_t next[GLOW_APA102_BYTES(GLOW_PIXELS_MAX)];
	size_t len = (glow_apa102_encode(frame, &s->order, next) + 7) / 8;
	int r;

	(void)stamp;
	if (s->known && memcmp(next, s->wire, len) == 0)
		return 1;
	memcpy(s->wire, next, len);
	r = s->torn ? s->spi->ops->write(s->spi, glow_apa102_mend, sizeof(glow_apa102_mend)) : 0;
	if (r == 0)
		r = s->spi->ops->write(s->spi, s->wire, len);
	s->torn = r < 0;
	s->known = r == 0 && !glow_frame_dark(frame);
	return r;
}

static void strip_close(struct glow_board *board)
{
	struct strip *s = (struct strip *)board;

	glow_spi_close(s->spi);
	free(s);
}

/* "bgr" and the like. */
static struct glow_apa102_order order_of(const char *word)
{
	return (struct glow_apa102_order){ .r = (uint8_t)(strchr(word, 'r') - word),
					   .g = (uint8_t)(strchr(word, 'g') - word),
					   .b = (uint8_t)(strchr(word, 'b') - word) };
}

static struct strip *create(const struct glow_board_cfg *cfg)
{
	struct strip *s = calloc(1, sizeof(*s) + GLOW_APA102_BYTES(cfg->shape.pixels));
	unsigned fps = (unsigned)(cfg->spi_hz / GLOW_APA102_CLOCKS(cfg->shape.pixels));

	if (!s)
		return NULL;
	s->board.desc = &glow_board_apa102;
	s->board.shape = (struct glow_shape){ GLOW_SHAPE_ROW, cfg->shape.pixels };
	s->board.fps_max = fps > 0 ? fps : 1;
	s->order = order_of(cfg->color_order);
	s->torn = true;
	return s;
}

/* Nothing can be read from a strip, so its bus is all that can be looked for. */
static int apa102_probe(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	return glow_spi_open_dev(cfg, cfg->spi, cfg->spi_hz, NULL, diag);
}

static int apa102_open(const struct glow_board_cfg *cfg, struct glow_board **ret_board, struct glow_diag *diag)
{
	struct strip *s = create(cfg);
	int r = s ? glow_spi_open_dev(cfg, cfg->spi, cfg->spi_hz, &s->spi, diag) : -ENOMEM;

	if (r < 0) {
		free(s);
		return r;
	}
	memcpy(s->board.backend, s->spi->backend, sizeof(s->board.backend));
	*ret_board = &s->board;
	return 0;
}

const struct glow_board_desc glow_board_apa102 = {
	.name = "apa102",
	.title = "APA102 strip",
	.what = "a strip of --pixels APA102, SK9822 or DotStar on the SPI bus of --spi",
	.hardware = true,
	.named = true,
	.probe = apa102_probe,
	.open = apa102_open,
	.show = show,
	.close = strip_close,
};
