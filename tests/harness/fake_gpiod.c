/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_gpiod.h"
#include "fake_kernel.h"

enum { SDA = 2, SCL = 3, DATA = 23, CLOCK = 24 };

struct fake_gpiod fake_gpiod;

static int fail(int error)
{
	errno = error;
	return -1;
}

unsigned fake_gpiod_held(void)
{
	unsigned n = 0;

	for (int k = 0; k < FAKE_LINES; k++)
		n += fake_gpiod.held[k];
	return n;
}

int fake_gpiod_open(const char *path, char *ret_label, size_t size)
{
	FILE *f;

	if (fake_gpiod.open_error)
		return fail(fake_gpiod.open_error);
	f = fopen(path, "r");
	if (!f)
		return -1;
	ret_label[fread(ret_label, 1, size - 1, f)] = '\0';
	ret_label[strcspn(ret_label, "\n")] = '\0';
	fclose(f);
	fake_gpiod.chips++;
	return 0;
}

static void set_level(unsigned offset, bool level)
{
	struct fake_wires *w = &fake_kernel.i2c_wires;

	switch (offset) {
	case DATA:
		fake_wire_set_data(&fake_kernel.wire, level);
		break;
	case CLOCK:
		fake_wire_set_clock(&fake_kernel.wire, level);
		break;
	case SDA:
		fake_wires_set(w, level, w->scl);
		break;
	case SCL:
		fake_wires_set(w, w->sda, level);
		break;
	}
}

int fake_gpiod_claim(unsigned offset, bool drain, bool level)
{
	if (offset >= FAKE_LINES)
		return fail(EINVAL);
	if (fake_gpiod.held[offset] || fake_gpiod.busy[offset])
		return fail(EBUSY);
	fake_gpiod.held[offset] = true;
	fake_gpiod.drain[offset] = drain;
	set_level(offset, level);
	return 0;
}

void fake_gpiod_release(unsigned offset)
{
	fake_gpiod.held[offset] = false;
}

/* In one call the order of the lines is the driver's affair, so it aborts where
 * the order would matter: DAT with a rise of CLK, and SDA with SCL. */
int fake_gpiod_set(size_t n, const unsigned *offsets, const bool *levels)
{
	const struct fake_wire *wire = &fake_kernel.wire;
	bool data_changes = false, clock_rises = false;

	fake_gpiod.sets++;
	fake_gpiod.lines_set += (unsigned)n;
	if (fake_kernel.gone)
		return fail(ENODEV);
	for (size_t k = 0; k < n; k++) {
		if (!fake_gpiod.held[offsets[k]] || (n > 1 && fake_gpiod.drain[offsets[k]]))
			abort();
		data_changes |= offsets[k] == DATA && levels[k] != wire->data;
		clock_rises |= offsets[k] == CLOCK && levels[k] && !wire->clock;
	}
	if (data_changes && clock_rises)
		abort();
	for (size_t k = 0; k < n; k++)
		set_level(offsets[k], levels[k]);
	return 0;
}

int fake_gpiod_get(unsigned offset)
{
	fake_gpiod.gets++;
	if (fake_kernel.gone)
		return fail(ENODEV);
	return offset == SDA ? fake_wires_sda(&fake_kernel.i2c_wires) : fake_kernel.i2c_wires.scl;
}
