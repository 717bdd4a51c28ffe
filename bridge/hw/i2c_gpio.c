/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* I2C by hand, on two open-drain GPIO lines: for places that may write sysfs
 * and have no device node. Pins 3 and 5 of a Raspberry Pi have their resistors
 * on the board, so nothing is missing but the controller, whose pins these are.
 *
 * SDA changes while SCL is low, and each line changes in a step of its own:
 * changing SDA while SCL is high is a START or a STOP. After each step nothing
 * moves for 2 µs, which keeps SCL below 250 kHz; there is no lowest speed. The
 * chips meant here take part in writes only and never hold SCL.
 *
 * A line that fails makes the rest of the transfer do nothing: the first error
 * is kept, so that the steps can be written down one after the other. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glow/i2c.h>

#include "gpio_drain.h"

#define STEP_NS    2000
#define DATA_MAX   32
#define FREE_AFTER 9 /* clocks until a chip that was cut short lets go of SDA */

struct gpio_bus {
	struct glow_i2c bus;
	struct glow_drain *drain;
	uint8_t addr;
	bool high[2]; /* what we let go */
	int error;
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* No sleep is this short. */
static void hold_still(void)
{
	int64_t end = now_ns() + STEP_NS;

	while (now_ns() < end)
		;
}

static void set(struct gpio_bus *b, enum glow_drain_line line, bool high)
{
	if (b->error || b->high[line] == high)
		return;
	b->error = b->drain->ops->set(b->drain, line, high);
	if (b->error)
		return;
	b->high[line] = high;
	hold_still();
}

static bool is_high(struct gpio_bus *b, enum glow_drain_line line)
{
	int level = b->error ? 0 : b->drain->ops->get(b->drain, line);

	if (level < 0)
		b->error = level;
	return level > 0;
}

static void start(struct gpio_bus *b)
{
	set(b, GLOW_SDA, true);
	set(b, GLOW_SCL, true);
	set(b, GLOW_SDA, false);
	set(b, GLOW_SCL, false);
}

static void stop(struct gpio_bus *b)
{
	set(b, GLOW_SDA, false);
	set(b, GLOW_SCL, true);
	set(b, GLOW_SDA, true);
}

static void send_bit(struct gpio_bus *b, bool bit)
{
	set(b, GLOW_SDA, bit);
	set(b, GLOW_SCL, true);
	set(b, GLOW_SCL, false);
}

/* True when the chip acknowledges: it pulls SDA low during the ninth clock. */
static bool send_byte(struct gpio_bus *b, uint8_t byte)
{
	bool high;

	for (int bit = 7; bit >= 0; bit--)
		send_bit(b, byte >> bit & 1);
	set(b, GLOW_SDA, true);
	set(b, GLOW_SCL, true);
	high = is_high(b, GLOW_SDA);
	set(b, GLOW_SCL, false);
	return !high;
}

static int transfer(struct gpio_bus *b, uint8_t reg, const uint8_t *data, size_t len)
{
	bool acknowledged;

	b->error = 0;
	start(b);
	acknowledged = send_byte(b, (uint8_t)(b->addr << 1)) && send_byte(b, reg);
	for (size_t k = 0; k < len && acknowledged; k++)
		acknowledged = send_byte(b, data[k]);
	stop(b);
	if (b->error)
		return b->error;
	return acknowledged ? 0 : -EREMOTEIO;
}

static int bus_write(struct glow_i2c *bus, uint8_t reg, const uint8_t *data, size_t len)
{
	return len < 1 || len > DATA_MAX ? -EINVAL : transfer((struct gpio_bus *)bus, reg, data, len);
}

static void bus_close(struct glow_i2c *bus)
{
	struct gpio_bus *b = (struct gpio_bus *)bus;

	b->drain->ops->close(b->drain);
	free(b);
}

static const struct glow_i2c_ops ops = { .write = bus_write, .close = bus_close };

/* A chip that was left in the middle of an acknowledgement holds SDA until SCL
 * moves on. True when both lines are high in the end, as an idle bus is. */
static bool make_idle(struct gpio_bus *b)
{
	for (int k = 0; k < FREE_AFTER && !is_high(b, GLOW_SDA); k++) {
		set(b, GLOW_SCL, false);
		set(b, GLOW_SCL, true);
	}
	return is_high(b, GLOW_SDA) && is_high(b, GLOW_SCL);
}

static int ask(struct gpio_bus *b, const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	int r;

	if (!make_idle(b) && !b->error) {
		glow_diag_set(
			diag, GLOW_OUT_OF_RANGE, "i2c",
			"GPIO %u or %u stays low, so this is no I2C bus: check --pin-sda, --pin-scl and the board",
			cfg->pin_sda, cfg->pin_scl);
		return -ENODEV;
	}
	r = b->error ? b->error : transfer(b, 0, NULL, 0);
	if (r == -EREMOTEIO) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c",
			      "no device acknowledged at 0x%02x on GPIO %u and %u: check that the board sits right on "
			      "the header",
			      b->addr, cfg->pin_sda, cfg->pin_scl);
		return -ENODEV;
	}
	if (r < 0)
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "i2c", "driving GPIO %u and %u failed: %s", cfg->pin_sda,
			      cfg->pin_scl, strerror(-r));
	return r;
}

int glow_i2c_open_gpio(const struct glow_board_cfg *cfg, uint8_t addr, struct glow_i2c **ret_bus,
		       struct glow_diag *diag)
{
	struct gpio_bus *b = calloc(1, sizeof(*b));
	int r;

	if (!b)
		return -ENOMEM;
	b->bus.ops = &ops;
	b->addr = addr;
	b->high[GLOW_SDA] = b->high[GLOW_SCL] = true;
	r = glow_drain_open(cfg, &b->drain, diag);
	if (r < 0) {
		free(b);
		return r;
	}
	snprintf(b->bus.backend, sizeof(b->bus.backend), "i2c-gpio:%.54s", b->drain->backend);
	r = ask(b, cfg, diag);
	if (r < 0) {
		bus_close(&b->bus);
		return r;
	}
	*ret_bus = &b->bus;
	return 0;
}
