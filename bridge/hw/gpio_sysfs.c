/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The road to the pins over the files of sysfs, the only one that needs no
 * device node. The files stay open, and an edge is one write of one byte:
 * 648 of CLK a Blinkt! frame, and DAT only when it changes, about 100 times.
 * That takes 5 ms on a Pi 3 and 16 ms on a Pi Zero.
 *
 * An open-drain line is let go by making it an input, and pulled low by making
 * it an output at low level, which sysfs does in one step. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <glow/pins.h>

#include "gpio_clock.h"
#include "gpio_drain.h"
#include "gpio_sysfs_line.h"
#include "sysfs.h"

enum { DATA, CLOCK };

struct sysfs_pins {
	struct glow_pins pins;
	struct glow_sysfs_pair pair;
	bool level[2]; /* as last written */
};

struct sysfs_drain {
	struct glow_drain drain;
	struct glow_sysfs_pair pair;
};

static int set(struct sysfs_pins *p, int line, bool level)
{
	int r = level == p->level[line] ? 0 : glow_sysfs_write(p->pair.line[line].value_fd, level ? "1" : "0");

	if (r == 0)
		p->level[line] = level;
	return r;
}

static int pins_clock(struct glow_pins *pins, bool data)
{
	struct sysfs_pins *p = (struct sysfs_pins *)pins;
	int r = set(p, CLOCK, false);

	if (r == 0)
		r = set(p, DATA, data);
	return r < 0 ? r : set(p, CLOCK, true);
}

static int pins_idle(struct glow_pins *pins)
{
	struct sysfs_pins *p = (struct sysfs_pins *)pins;
	int r = set(p, CLOCK, false);

	return r < 0 ? r : set(p, DATA, false);
}

static int pins_send(struct glow_pins *pins, const uint8_t *bits, size_t clocks)
{
	return glow_gpio_clock_out(pins, pins_clock, pins_idle, bits, clocks);
}

static void pins_close(struct glow_pins *pins)
{
	struct sysfs_pins *p = (struct sysfs_pins *)pins;

	glow_sysfs_pair_close(&p->pair);
	free(p);
}

static const struct glow_pins_ops pins_ops = { .send = pins_send, .close = pins_close };

int glow_pins_open_sysfs(const struct glow_board_cfg *cfg, struct glow_pins **ret_pins, struct glow_diag *diag)
{
	const unsigned pins[2] = { [DATA] = cfg->pin_data, [CLOCK] = cfg->pin_clock };
	struct sysfs_pins *p;
	int r;

	if (!ret_pins)
		return glow_sysfs_pair_look(cfg, diag);
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	r = glow_sysfs_pair_open(cfg, pins, "low", &p->pair, diag);
	if (r < 0) {
		free(p);
		return r;
	}
	p->pins.ops = &pins_ops;
	snprintf(p->pins.backend, sizeof(p->pins.backend), "sysfs:%s", p->pair.chip.name);
	*ret_pins = &p->pins;
	return 0;
}

static int drain_set(struct glow_drain *drain, enum glow_drain_line line, bool high)
{
	struct sysfs_drain *d = (struct sysfs_drain *)drain;

	return glow_sysfs_write(d->pair.line[line].direction_fd, high ? "in" : "low");
}

static int drain_get(struct glow_drain *drain, enum glow_drain_line line)
{
	struct sysfs_drain *d = (struct sysfs_drain *)drain;
	char level;
	ssize_t n = pread(d->pair.line[line].value_fd, &level, 1, 0);

	if (n < 0)
		return -errno;
	return n == 1 && level == '1';
}

static void drain_close(struct glow_drain *drain)
{
	struct sysfs_drain *d = (struct sysfs_drain *)drain;

	glow_sysfs_pair_close(&d->pair);
	free(d);
}

static const struct glow_drain_ops drain_ops = { .set = drain_set, .get = drain_get, .close = drain_close };

int glow_drain_open_sysfs(const struct glow_board_cfg *cfg, struct glow_drain **ret_drain, struct glow_diag *diag)
{
	const unsigned pins[2] = { [GLOW_SDA] = cfg->pin_sda, [GLOW_SCL] = cfg->pin_scl };
	struct sysfs_drain *d = calloc(1, sizeof(*d));
	int r;

	if (!d)
		return -ENOMEM;
	r = glow_sysfs_pair_open(cfg, pins, "in", &d->pair, diag);
	if (r < 0) {
		free(d);
		return r;
	}
	d->drain.ops = &drain_ops;
	snprintf(d->drain.backend, sizeof(d->drain.backend), "sysfs:%s", d->pair.chip.name);
	*ret_drain = &d->drain;
	return 0;
}
