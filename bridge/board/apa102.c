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
	bool torn; /* the chain may wait for the rest of a frame */
	uint8_t wire[];
};

static uint32_t level(uint16_t linear, uint32_t brightness)
{
	uint32_t unit = 257 * brightness;
	uint32_t v = (31u * linear + unit / 2) / unit;

	return linear && v == 0 ? 1 : v;
}

static void encode_pixel(struct glow_linear c, const struct glow_apa102_order *order, uint8_t *ret_bytes)
{
	uint16_t r = c.r, g = c.g, b = c.b;
	uint16_t top = r > g ? r : g;
	uint32_t brightness = 1;

	if (glow_linear_equal(c, GLOW_DARK)) {
		ret_bytes[0] = 0xE0;
		memset(ret_bytes + 1, 0, 3);
		return;
	}
	top = top > b ? top : b;
	while (level(top, brightness) > 255) /* ends at 31: level(65535, 31) is 255 */
		brightness++;
	ret_bytes[0] = (uint8_t)(0xE0 | brightness);
	ret_bytes[1 + order->b] = (uint8_t)level(b, brightness);
	ret_bytes[1 + order->g] = (uint8_t)level(g, brightness);
	ret_bytes[1 + order->r] = (uint8_t)level(r, brightness);
}

const struct glow_apa102_order glow_apa102_bgr = { .b = 0, .g = 1, .r = 2 };
const uint8_t glow_apa102_mend[GLOW_APA102_MEND_CLOCKS / 8];

size_t glow_apa102_encode(const struct glow_frame *frame, const struct glow_apa102_order *order, uint8_t *ret_bytes)
{
	memset(ret_bytes, 0, GLOW_APA102_BYTES(frame->n));
	for (uint32_t i = 0; i < frame->n; i++)
		encode_pixel(frame->px[i], order, ret_bytes + 4 + (size_t)4 * i);
	return GLOW_APA102_CLOCKS(frame->n);
}

static int show(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	struct strip *s = (struct strip *)board;
	size_t clocks = glow_apa102_encode(frame, &s->order, s->wire);
	int r = s->torn ? s->spi->ops->write(s->spi, glow_apa102_mend, sizeof(glow_apa102_mend)) : 0;

	(void)stamp;
	if (r == 0)
		r = s->spi->ops->write(s->spi, s->wire, (clocks + 7) / 8);
	s->torn = r < 0;
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
