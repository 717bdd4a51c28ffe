/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Pimoroni PiGlow: 18 LEDs of one colour each behind an SN3218 on I2C.
 *
 * The chip has 18 8-bit PWM registers that take effect together when its
 * update register is written, so a frame is two transfers of 210 bit times:
 * 2.1 ms at 100 kHz. Which LED sits at which output follows the board's
 * wiring, not its arms; `outputs` is that wiring. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "piglow.h"

extern const struct glow_board_desc glow_board_piglow;

/* The SN3218's registers. */
enum { RUN = 0x00, PWM = 0x01, ENABLE = 0x13, UPDATE = 0x16, RESET = 0x17 };

/* The output, from 1 as in the datasheet, of LED i = 6*(arm-1) + tip to centre. */
static const uint8_t outputs[GLOW_PIGLOW_LEDS] = {
	0x07, 0x08, 0x09, 0x06, 0x05, 0x0A, /* arm 1, at the top: red orange yellow green blue white */
	0x12, 0x11, 0x10, 0x0E, 0x0C, 0x0B, /* arm 2, to the right */
	0x01, 0x02, 0x03, 0x04, 0x0F, 0x0D, /* arm 3, to the left */
};

struct piglow {
	struct glow_board board;
	struct glow_i2c *bus;
	bool keep;
};

static int write_one(struct piglow *p, uint8_t reg, uint8_t value)
{
	return p->bus->ops->write(p->bus, reg, &value, 1);
}

static int write_pwm(struct piglow *p, const uint8_t pwm[GLOW_PIGLOW_LEDS])
{
	int r = p->bus->ops->write(p->bus, PWM, pwm, GLOW_PIGLOW_LEDS);

	return r < 0 ? r : write_one(p, UPDATE, 0xFF);
}

static int show_dark(struct piglow *p)
{
	return write_pwm(p, (const uint8_t[GLOW_PIGLOW_LEDS]){ 0 });
}

static int show(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	uint8_t pwm[GLOW_PIGLOW_LEDS];

	(void)stamp;
	for (uint32_t i = 0; i < GLOW_PIGLOW_LEDS; i++)
		pwm[outputs[i] - 1] = glow_gamma8(frame->px[i].r);
	return write_pwm((struct piglow *)board, pwm);
}

/* From any state to running, every output enabled and dark. */
static int start(struct piglow *p)
{
	static const uint8_t every_output[3] = { 0x3F, 0x3F, 0x3F };
	int r = write_one(p, RESET, 0xFF);

	if (r == 0)
		r = write_one(p, RUN, 1);
	if (r == 0)
		r = p->bus->ops->write(p->bus, ENABLE, every_output, sizeof(every_output));
	return r < 0 ? r : show_dark(p);
}

static void piglow_close(struct glow_board *board)
{
	struct piglow *p = (struct piglow *)board;

	if (!p)
		return;
	if (!p->keep)
		show_dark(p);
	glow_i2c_close(p->bus);
	free(p);
}

int glow_piglow_create(struct glow_i2c *bus, bool keep, struct glow_board **ret_board)
{
	struct piglow *p = calloc(1, sizeof(*p));
	int r;

	if (!p) {
		glow_i2c_close(bus);
		return -ENOMEM;
	}
	p->board.desc = &glow_board_piglow;
	p->board.shape = (struct glow_shape){ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
	memcpy(p->board.backend, bus->backend, sizeof(p->board.backend));
	p->bus = bus;
	p->keep = keep;
	r = start(p);
	if (r < 0) {
		glow_i2c_close(bus);
		free(p);
		return r;
	}
	*ret_board = &p->board;
	return 0;
}

static int piglow_bus(const struct glow_board_cfg *cfg, struct glow_i2c **ret_bus, struct glow_diag *diag)
{
	if (strcmp(cfg->i2c, "auto") != 0 && strcmp(cfg->i2c, "dev") != 0) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c",
			      "this build has no road called %s to a PiGlow; use --i2c dev", cfg->i2c);
		return -EOPNOTSUPP;
	}
	return glow_i2c_open_dev(cfg, GLOW_SN3218_ADDR, ret_bus, diag);
}

/* Opening the bus asks whether the chip acknowledges and writes nothing to it. */
static int piglow_probe(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	struct glow_i2c *bus;
	int r = piglow_bus(cfg, &bus, diag);

	if (r == 0)
		glow_i2c_close(bus);
	return r;
}

static int piglow_open(const struct glow_board_cfg *cfg, struct glow_board **ret_board, struct glow_diag *diag)
{
	struct glow_i2c *bus;
	int r = piglow_bus(cfg, &bus, diag);

	if (r < 0)
		return r;
	r = glow_piglow_create(bus, cfg->keep, ret_board);
	if (r < 0)
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "board", "writing to the PiGlow failed: %s", strerror(-r));
	return r;
}

const struct glow_board_desc glow_board_piglow = {
	.name = "piglow",
	.what = "Pimoroni PiGlow: 18 LEDs in three arms, on I2C",
	.hardware = true,
	.probe = piglow_probe,
	.open = piglow_open,
	.show = show,
	.close = piglow_close,
};
