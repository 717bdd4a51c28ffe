/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The kernel as the floor hw sees it, in a temporary directory: sysfs GPIO
 * whose export makes a line's directory and whose value files are two wires,
 * an I2C bus with an SN3218, which is also on two GPIO lines, the SPI device of the
 * overlay glow-blinkt on the same two wires, and the LEDs of dtoverlay=piglow. The linker puts it between the code
 * under test and libc (open, write, pread, access, glob, ioctl, nanosleep); the files are real ones, only what a file
 * cannot do is done here. */

#include <stdbool.h>

#include "fake_i2c.h"
#include "fake_pins.h"

#define FAKE_SPI_BUFFER 64 /* bytes that one message may have */

struct fake_kernel {
	char root[64]; /**< the temporary directory; its "sys" is the sysfs */
	char sys[80];
	char i2c_bus[80]; /**< "root/i2c-1"; there only after fake_kernel_add_i2c() */

	unsigned data_line, clock_line; /**< sysfs numbers of the two lines */
	unsigned sda_line, scl_line;
	unsigned claimed_line; /**< held by a driver: EBUSY; 0 for none */
	bool thief;            /**< another process locks each line between its export and what follows */
	int thief_fd;          /**< its lock on the last line, for the test to close */
	bool read_only;        /**< EROFS */
	bool confined;         /**< as by AppArmor: EACCES, whatever access() says */
	bool gone;             /**< the hardware was unbound: every write and transfer fails with ENODEV */
	int denied_opens;      /**< so many opens of a line's files fail with EACCES */
	unsigned calls;        /**< of open(), write(), pread(), access(), ioctl() and nanosleep() */
	int naps;              /**< calls of nanosleep(), which does not sleep here */
	int value_writes;      /**< to the value files */
	bool last_denied;
	struct fake_wire wire;
	struct fake_wires i2c_wires;

	int spi_error;      /**< errno of opening the SPI device, or 0 */
	int spi_messages;   /**< ioctls that are messages */
	size_t spi_longest; /**< bytes of the longest of them */

	int led[FAKE_OUTPUTS]; /**< brightness of piglow:*:led<k+1> */
	int led_writes, trigger_writes;

	int open_error;     /**< errno of opening the I2C bus, or 0 */
	int slave_error;    /**< errno of choosing the address, or 0 */
	int transfer_error; /**< errno of each transfer, or 0 */
	uint8_t addr;       /**< the address chosen */
	int questions;      /**< transfers of a register number alone */
	int transfers;      /**< ioctls that are transfers */
	struct fake_sn3218 chip;
};

extern struct fake_kernel fake_kernel;

/** A kernel without GPIO and I2C; fini removes its directory. */
void fake_kernel_init(void);
void fake_kernel_fini(void);

/** Makes root/<path> with `text` in it, and the directories on the way. */
void fake_kernel_add_file(const char *path, const char *text);

/** Reads root/<path>; "" when it is not there. */
const char *fake_kernel_read(const char *path);

/** A GPIO chip in the layout with a base (up to Linux 6.16), or with base -1 in the later one. */
void fake_kernel_add_gpio(const char *label, int base);
void fake_kernel_add_i2c(void);

/** What the overlay of this name makes: /dev/spidev10.0. */
void fake_kernel_add_spi(const char *overlay);

/** What dtoverlay=piglow makes; `triggered` when a trigger has them all. */
void fake_kernel_add_leds(bool triggered);

/** What the code under test gets to know of all this. */
struct glow_board_cfg fake_kernel_cfg(void);
