/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The SN3218: 18 outputs with an 8-bit PWM register each, that take effect
 * together when the update register is written. So a frame is two transfers of
 * 210 bit times in all, 2.1 ms at 100 kHz, and is seen at once or not at all.
 *
 * What starts the chip goes before its first frame and not to its reset, so that one that shines shines on until then.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <glow/leds.h>

enum { RUN = 0x00, PWM = 0x01, ENABLE = 0x13, UPDATE = 0x16 };

struct sn3218 {
	struct glow_leds leds;
	struct glow_i2c *bus;
	bool started;
};

static int write_one(struct sn3218 *s, uint8_t reg, uint8_t value)
{
	return s->bus->ops->write(s->bus, reg, &value, 1);
}

/* From any state to running, every output enabled and, after the frame, lit. */
static int start(struct sn3218 *s)
{
	static const uint8_t every_output[3] = { 0x3F, 0x3F, 0x3F };
	int r = write_one(s, RUN, 1);

	return r < 0 ? r : s->bus->ops->write(s->bus, ENABLE, every_output, sizeof(every_output));
}

static int show(struct glow_leds *leds, const uint8_t levels[GLOW_SN3218_OUTPUTS])
{
	struct sn3218 *s = (struct sn3218 *)leds;
	int r = s->started ? 0 : start(s);

	if (r == 0)
		r = s->bus->ops->write(s->bus, PWM, levels, GLOW_SN3218_OUTPUTS);
	if (r == 0)
		r = write_one(s, UPDATE, 0xFF);
	s->started = r == 0;
	return r;
}

static void sn3218_close(struct glow_leds *leds)
{
	struct sn3218 *s = (struct sn3218 *)leds;

	glow_i2c_close(s->bus);
	free(s);
}

static const struct glow_leds_ops ops = { .show = show, .close = sn3218_close };

int glow_leds_open_sn3218(struct glow_i2c *bus, struct glow_leds **ret_leds)
{
	struct sn3218 *s = calloc(1, sizeof(*s));

	if (!s) {
		glow_i2c_close(bus);
		return -ENOMEM;
	}
	s->leds.ops = &ops;
	memcpy(s->leds.backend, bus->backend, sizeof(s->leds.backend));
	s->bus = bus;
	*ret_leds = &s->leds;
	return 0;
}
