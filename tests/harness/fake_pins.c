/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake_pins.h"
#include "gpio_clock.h"

void fake_wire_set_data(struct fake_wire *w, bool level)
{
	w->data = level;
}

void fake_wire_set_clock(struct fake_wire *w, bool level)
{
	if (level && !w->clock) {
		if (w->n == FAKE_CLOCKS_MAX)
			abort();
		w->bits[w->n++] = w->data;
	}
	w->clock = level;
}

static uint32_t word_at(const uint8_t *bits)
{
	uint32_t word = 0;

	for (int k = 0; k < 32; k++)
		word = word << 1 | bits[k];
	return word;
}

int fake_wire_leds(const struct fake_wire *w, uint32_t *ret_words, int max)
{
	size_t at = 0, end;
	int n = 0;

	while (at < w->n && !w->bits[at])
		at++;
	if (at < 32)
		return -1;
	for (; at < w->n && w->bits[at]; at += 32) {
		if (at + 32 > w->n || n == max)
			return -1;
		ret_words[n] = word_at(w->bits + at);
		if (ret_words[n++] >> 29 != 7)
			return -1;
	}
	for (end = at; end < w->n; end++)
		if (w->bits[end])
			return -1;
	return end - at >= 32 + ((size_t)n + 1) / 2 ? n : -1;
}

static int pins_clock(struct glow_pins *pins, bool data)
{
	struct fake_pins *f = (struct fake_pins *)pins;

	if (f->fail_at && f->wire.n + 1 == f->fail_at)
		return -EIO;
	fake_wire_set_clock(&f->wire, false);
	fake_wire_set_data(&f->wire, data);
	fake_wire_set_clock(&f->wire, true);
	return 0;
}

static int pins_idle(struct glow_pins *pins)
{
	struct fake_pins *f = (struct fake_pins *)pins;

	fake_wire_set_clock(&f->wire, false);
	fake_wire_set_data(&f->wire, false);
	return 0;
}

static int pins_send(struct glow_pins *pins, const uint8_t *bits, size_t clocks)
{
	return glow_gpio_clock_out(pins, pins_clock, pins_idle, bits, clocks);
}

static void pins_close(struct glow_pins *pins)
{
	((struct fake_pins *)pins)->closed = true;
}

static const struct glow_pins_ops ops = { .send = pins_send, .close = pins_close };

void fake_pins_init(struct fake_pins *f)
{
	memset(f, 0, sizeof(*f));
	f->pins.ops = &ops;
	strcpy(f->pins.backend, "fake");
}
