/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Pimoroni PiGlow: 18 LEDs of one colour each behind an SN3218 on I2C. Which
 * LED sits at which output follows the board's wiring, not its arms; `outputs`
 * is that wiring, and the only thing here that all roads to the chip share. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "piglow.h"

extern const struct glow_board_desc glow_board_piglow;

/* The output, from 1 as in the datasheet, of LED i = 6*(arm-1) + tip to centre. */
static const uint8_t outputs[GLOW_PIGLOW_LEDS] = {
	0x07, 0x08, 0x09, 0x06, 0x05, 0x0A, /* arm 1, at the top: red orange yellow green blue white */
	0x12, 0x11, 0x10, 0x0E, 0x0C, 0x0B, /* arm 2, to the right */
	0x01, 0x02, 0x03, 0x04, 0x0F, 0x0D, /* arm 3, to the left */
};

struct piglow {
	struct glow_board board;
	struct glow_leds *leds;
	bool known;                         /* the LEDs are lit as `shown` says */
	uint8_t shown[GLOW_SN3218_OUTPUTS]; /* by its outputs */
};

#define STEP 257 /* of light, 65535/255 */

void glow_piglow_levels(const struct glow_frame *frame, uint8_t ret_levels[GLOW_PIGLOW_LEDS])
{
	uint16_t least = 0;

	for (uint32_t i = 0; i < GLOW_PIGLOW_LEDS; i++)
		least = frame->px[i].r > least ? frame->px[i].r : least;
	least = least < STEP ? least : STEP;
	for (uint32_t i = 0; i < GLOW_PIGLOW_LEDS; i++) {
		uint32_t light = frame->px[i].r, level = (light + STEP / 2) / STEP;

		ret_levels[i] = (uint8_t)(level > 0 ? level : light > 0 && 3 * light >= least);
	}
}

static int show(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	struct piglow *p = (struct piglow *)board;
	uint8_t levels[GLOW_PIGLOW_LEDS], by_output[GLOW_SN3218_OUTPUTS];
	int r;

	(void)stamp;
	glow_piglow_levels(frame, levels);
	for (uint32_t i = 0; i < GLOW_PIGLOW_LEDS; i++)
		by_output[outputs[i] - 1] = levels[i];
	if (p->known && memcmp(by_output, p->shown, sizeof(by_output)) == 0)
		return 1;
	memcpy(p->shown, by_output, sizeof(by_output));
	r = p->leds->ops->show(p->leds, by_output);
	p->known = r == 0 && !glow_frame_dark(frame);
	return r;
}

static void piglow_close(struct glow_board *board)
{
	struct piglow *p = (struct piglow *)board;

	glow_leds_close(p->leds);
	free(p);
}

int glow_piglow_create(struct glow_leds *leds, struct glow_board **ret_board)
{
	struct piglow *p = calloc(1, sizeof(*p));

	if (!p) {
		glow_leds_close(leds);
		return -ENOMEM;
	}
	p->board.desc = &glow_board_piglow;
	p->board.shape = (struct glow_shape){ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
	memcpy(p->board.backend, leds->backend, sizeof(p->board.backend));
	p->board.fps_max = leds->fps_max;
	p->board.latency_us = leds->latency_us;
	p->leds = leds;
	*ret_board = &p->board;
	return 0;
}

/* The chip behind a bus. Opening the bus asks whether it acknowledges and
 * writes nothing to it, so that alone is a look (ret_leds NULL). */
static int over_bus(int (*open_bus)(const struct glow_board_cfg *, uint8_t, struct glow_i2c **, struct glow_diag *),
		    const struct glow_board_cfg *cfg, struct glow_leds **ret_leds, struct glow_diag *diag)
{
	struct glow_i2c *bus;
	int r = open_bus(cfg, GLOW_SN3218_ADDR, &bus, diag);

	if (r < 0)
		return r;
	if (!ret_leds) {
		glow_i2c_close(bus);
		return 0;
	}
	return glow_leds_open_sn3218(bus, ret_leds);
}

/* By cfg->i2c. `auto` goes from the bus to the kernel's own LEDs, never to the
 * bare pins: those it would take from the I2C controller. */
static int open_leds(const struct glow_board_cfg *cfg, struct glow_leds **ret_leds, struct glow_diag *diag)
{
	struct glow_diag other;
	int r, r_class;

	if (strcmp(cfg->i2c, "gpio") == 0)
		return over_bus(glow_i2c_open_gpio, cfg, ret_leds, diag);
	if (strcmp(cfg->i2c, "leds") == 0)
		return glow_leds_open_class(cfg, ret_leds, diag);
	r = over_bus(glow_i2c_open_dev, cfg, ret_leds, diag);
	if (r == 0 || strcmp(cfg->i2c, "dev") == 0)
		return r;
	r_class = glow_leds_open_class(cfg, ret_leds, &other);
	if (r_class == -ENODEV) /* No overlay, so the bus is the road to mend. */
		return r;
	if (r_class < 0)
		*diag = other;
	return r_class;
}

static int piglow_probe(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	return open_leds(cfg, NULL, diag);
}

static int piglow_open(const struct glow_board_cfg *cfg, struct glow_board **ret_board, struct glow_diag *diag)
{
	struct glow_leds *leds;
	int r = open_leds(cfg, &leds, diag);

	if (r < 0)
		return r;
	r = glow_piglow_create(leds, ret_board);
	if (r == 0 && strcmp(cfg->i2c, "gpio") == 0)
		(*ret_board)->note = "the I2C controller has lost its two pins to --i2c gpio until the next boot";
	return 0;
}

const struct glow_board_desc glow_board_piglow = {
	.name = "piglow",
	.title = "PiGlow",
	.what = "Pimoroni PiGlow: 18 LEDs in three arms, on I2C",
	.shape = { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS },
	.hardware = true,
	.probe = piglow_probe,
	.open = piglow_open,
	.show = show,
	.close = piglow_close,
};
