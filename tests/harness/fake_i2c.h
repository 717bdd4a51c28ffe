/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* An SN3218 as its datasheet describes it, with a log of what was written, and
 * two ways to it: behind the seam of glow/i2c.h, and on two wires. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/i2c.h>

#define FAKE_OUTPUTS    18
#define FAKE_WRITES_MAX 64

struct fake_write {
	uint8_t reg, len, data[32];
};

struct fake_sn3218 {
	uint8_t reg[0x16];    /**< 0x00..0x15 as last written */
	uint8_t active[0x16]; /**< the same as last latched */
	struct fake_write log[FAKE_WRITES_MAX];
	size_t n;
};

/** A write of consecutive registers; aborts the test on a register the chip has not. */
void fake_sn3218_write(struct fake_sn3218 *chip, uint8_t reg, const uint8_t *data, size_t len);

/** The light at output 1..18: its PWM value, 0 when it is not enabled or the chip sleeps. */
uint8_t fake_sn3218_light(const struct fake_sn3218 *chip, int output);

/** A bus with that chip on it. The storage is the test's; close() only notes itself. */
struct fake_i2c {
	struct glow_i2c bus;
	struct fake_sn3218 chip;
	bool closed;
	size_t fail_at; /**< the write of that number fails with -EREMOTEIO; 0 for none */
};

void fake_i2c_init(struct fake_i2c *f);

/** The chip's end of the two wires. A level is true when nobody pulls. */
struct fake_wires {
	struct fake_sn3218 *chip;
	uint8_t addr;       /**< its address; 0 for nobody there */
	bool sda, scl;      /**< what the master lets go */
	bool pulls_sda;     /**< the chip acknowledges, or was cut short doing so */
	bool taking_part;   /**< between a START with its address and the STOP */
	bool acknowledging; /**< from the fall of the eighth clock to that of the ninth */
	int bits;           /**< of the byte so far */
	uint8_t byte[40];
	size_t n; /**< bytes since the START */
	unsigned starts, stops, edges;
	int64_t shortest_ns; /**< between two edges */
	int64_t last_ns;
};

/** Both wires idle, with `chip` at `addr`. */
void fake_wires_init(struct fake_wires *w, struct fake_sn3218 *chip, uint8_t addr);

/** The master pulls or lets go. Aborts the test when both wires change at once. */
void fake_wires_set(struct fake_wires *w, bool sda, bool scl);

/** The level of SDA. */
bool fake_wires_sda(const struct fake_wires *w);
