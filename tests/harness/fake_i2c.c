/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
