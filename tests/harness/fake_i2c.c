/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fake_i2c.h"

static void write_register(struct fake_sn3218 *chip, uint8_t reg, uint8_t value)
{
	switch (reg) {
	case 0x16:
		memcpy(chip->active + 1, chip->reg + 1, sizeof(chip->reg) - 1);
		break;
	case 0x17:
		memset(chip->reg, 0, sizeof(chip->reg));
		memset(chip->active, 0, sizeof(chip->active));
		break;
	default:
		if (reg >= sizeof(chip->reg))
			abort();
		chip->reg[reg] = value;
		chip->active[0] = chip->reg[0]; /* shutdown needs no update */
	}
}

void fake_sn3218_write(struct fake_sn3218 *chip, uint8_t reg, const uint8_t *data, size_t len)
{
	struct fake_write *entry = &chip->log[chip->n++];

	if (chip->n > FAKE_WRITES_MAX || len < 1 || len > sizeof(entry->data))
		abort();
	entry->reg = reg;
	entry->len = (uint8_t)len;
	memcpy(entry->data, data, len);
	for (size_t k = 0; k < len; k++)
		write_register(chip, (uint8_t)(reg + k), data[k]);
}

uint8_t fake_sn3218_light(const struct fake_sn3218 *chip, int output)
{
	bool enabled = chip->active[0x13 + (output - 1) / 6] >> (output - 1) % 6 & 1;

	return chip->active[0] & 1 && enabled ? chip->active[output] : 0;
}

static int bus_write(struct glow_i2c *bus, uint8_t reg, const uint8_t *data, size_t len)
{
	struct fake_i2c *f = (struct fake_i2c *)bus;

	if (f->fail_at && f->chip.n + 1 == f->fail_at)
		return -EREMOTEIO;
	fake_sn3218_write(&f->chip, reg, data, len);
	return 0;
}

static void bus_close(struct glow_i2c *bus)
{
	((struct fake_i2c *)bus)->closed = true;
}

static const struct glow_i2c_ops ops = { .write = bus_write, .close = bus_close };

void fake_i2c_init(struct fake_i2c *f)
{
	memset(f, 0, sizeof(*f));
	f->bus.ops = &ops;
	strcpy(f->bus.backend, "fake");
}

void fake_wires_init(struct fake_wires *w, struct fake_sn3218 *chip, uint8_t addr)
{
	*w = (struct fake_wires){ .chip = chip, .addr = addr, .sda = true, .scl = true, .shortest_ns = INT64_MAX };
}

bool fake_wires_sda(const struct fake_wires *w)
{
	return w->sda && !w->pulls_sda;
}

static void on_start(struct fake_wires *w)
{
	w->starts++;
	w->taking_part = w->addr != 0;
	w->bits = 0;
	w->n = 0;
}

/* A register number alone is a question: it writes nothing. */
static void on_stop(struct fake_wires *w)
{
	w->stops++;
	if (w->taking_part && w->n > 2)
		fake_sn3218_write(w->chip, w->byte[1], w->byte + 2, w->n - 2);
	w->taking_part = false;
}

static void on_clock_rise(struct fake_wires *w)
{
	if (!w->taking_part || w->acknowledging)
		return;
	if (w->n == sizeof(w->byte))
		abort();
	w->byte[w->n] = (uint8_t)(w->byte[w->n] << 1 | fake_wires_sda(w));
	w->bits++;
}

static void on_clock_fall(struct fake_wires *w)
{
	w->pulls_sda = false;
	if (w->acknowledging) {
		w->acknowledging = false;
		w->bits = 0;
	} else if (w->taking_part && w->bits == 8) {
		w->n++;
		w->taking_part = w->byte[0] == w->addr << 1;
		w->acknowledging = w->pulls_sda = w->taking_part;
	}
}

static void note_time(struct fake_wires *w)
{
	struct timespec ts;
	int64_t ns;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ns = (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
	if (w->edges++ && ns - w->last_ns < w->shortest_ns)
		w->shortest_ns = ns - w->last_ns;
	w->last_ns = ns;
}

void fake_wires_set(struct fake_wires *w, bool sda, bool scl)
{
	bool before = fake_wires_sda(w), rises = scl && !w->scl, falls = !scl && w->scl;

	if (sda != w->sda && scl != w->scl)
		abort();
	if (sda != w->sda || scl != w->scl)
		note_time(w);
	w->sda = sda;
	w->scl = scl;
	if (rises)
		on_clock_rise(w);
	else if (falls)
		on_clock_fall(w);
	else if (scl && before && !fake_wires_sda(w))
		on_start(w);
	else if (scl && !before && fake_wires_sda(w))
		on_stop(w);
}
