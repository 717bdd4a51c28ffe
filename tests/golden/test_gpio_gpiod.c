/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The pins over the GPIO character devices, with either generation of libgpiod:
 * how many system calls a frame takes, and what people are told when it does not work. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/i2c.h>

#include "blinkt.h"
#include "fake_gpiod.h"
#include "fake_kernel.h"

static struct glow_board_cfg cfg;
static struct glow_pins *pins;
static struct glow_diag diag;

static int init(void **state)
{
	(void)state;
	fake_kernel_init();
	memset(&fake_gpiod, 0, sizeof(fake_gpiod));
	memset(&diag, 0, sizeof(diag));
	cfg = fake_kernel_cfg();
	cfg.gpio = "gpiod";
	return 0;
}

static int fini(void **state)
{
	(void)state;
	assert_int_equal(fake_gpiod.chips, 0);
	assert_int_equal(fake_gpiod_held(), 0);
	fake_kernel_fini();
	return 0;
}

static void plug_in(void)
{
	fake_kernel_add_file("dev/gpiochip0", "raspberrypi-exp-gpio\n");
	fake_kernel_add_file("dev/gpiochip4", "pinctrl-bcm2711\n");
}

static int open_pins(void)
{
	return glow_pins_open(&cfg, &pins, &diag);
}

static void assert_says(const char *words)
{
	if (!strstr(diag.what, words))
		fail_msg("\"%s\" does not say \"%s\"", diag.what, words);
}

static unsigned changes(const struct fake_wire *wire)
{
	unsigned n = 0;

	for (size_t k = 1; k < wire->n; k++)
		n += wire->bits[k] != wire->bits[k - 1];
	return n;
}

static int show(struct glow_board *board, struct glow_rgb color)
{
	struct glow_frame frame;

	glow_frame_fill(&frame, 8, glow_linear_of(color));
	fake_kernel.wire.n = 0;
	fake_gpiod.sets = fake_gpiod.lines_set = 0;
	return glow_board_show(board, &frame, (struct glow_stamp){ 0 });
}

/* Two calls a clock, whatever the picture. With version 2 only CLK's half of
 * them and DAT's changes reach the lines; version 1 sets both each time. */
/* promise: frame-cost */
static void test_calls_of_a_frame(void **state)
{
	static const struct glow_rgb colors[] = { { 0, 0, 0 }, { 255, 255, 255 }, { 1, 85, 170 } };
	struct glow_board *board;

	(void)state;
	plug_in();
	assert_int_equal(open_pins(), 0);
	assert_string_equal(pins->backend, "gpiod:pinctrl-bcm2711");
	assert_int_equal(glow_blinkt_create(pins, &board), 0);
	assert_int_equal(show(board, GLOW_BLACK), 0); /* the first is longer */
	for (size_t k = 0; k < sizeof(colors) / sizeof(colors[0]); k++) {
		assert_int_equal(show(board, colors[k]), 0);
		assert_int_equal(fake_kernel.wire.n, 324);
		assert_int_equal(fake_gpiod.sets, 2 * 324);
		assert_true(changes(&fake_kernel.wire) >= 2);
		assert_int_equal(fake_gpiod.lines_set, GENERATION == 1 ? 2 * 648 : 648 + changes(&fake_kernel.wire));
		assert_false(fake_kernel.wire.clock || fake_kernel.wire.data);
	}
	assert_int_equal(pins->ops->send(pins, NULL, 0), 0); /* idle lines are left alone */
	assert_int_equal(fake_gpiod.sets, 648);
	glow_board_close(board);
}

/* promise: looking-takes-nothing */
static void test_looking_claims_nothing(void **state)
{
	(void)state;
	plug_in();
	assert_int_equal(glow_pins_open(&cfg, NULL, &diag), 0);
	assert_says("dtoverlay=glow-blinkt"); /* it works, and there is a better road */
	assert_int_equal(fake_gpiod_held(), 0);
	assert_int_equal(open_pins(), 0);
	assert_int_equal(fake_gpiod_held(), 2);
	glow_pins_close(pins);
}

static void test_no_chip(void **state)
{
	(void)state;
	assert_int_equal(open_pins(), -ENODEV);
	assert_says("no /dev/gpiochip*");
	fake_kernel_add_file("dev/gpiochip0", "raspberrypi-exp-gpio\n");
	assert_int_equal(open_pins(), -ENODEV);
	assert_says("raspberrypi-exp-gpio");
	assert_says("--gpio-chip");
	cfg.gpio_chip = "raspberrypi-exp-gpio";
	assert_int_equal(open_pins(), 0);
	glow_pins_close(pins);
}

static void test_by_path(void **state)
{
	char path[96];

	(void)state;
	plug_in();
	snprintf(path, sizeof(path), "%s/dev/gpiochip0", fake_kernel.root);
	cfg.gpio_chip = path;
	assert_int_equal(open_pins(), 0);
	assert_string_equal(pins->backend, "gpiod:raspberrypi-exp-gpio");
	glow_pins_close(pins);
	cfg.gpio_chip = "/nowhere/gpiochip0";
	assert_int_equal(open_pins(), -ENODEV);
	assert_says("/nowhere/gpiochip0");
}

static void test_not_allowed(void **state)
{
	(void)state;
	plug_in();
	fake_gpiod.open_error = EACCES;
	assert_int_equal(open_pins(), -EACCES);
	assert_says("group gpio");
	fake_gpiod.open_error = EPERM;
	assert_int_equal(open_pins(), -EPERM);
	assert_says("--device");
	assert_says("--gpio sysfs");
	fake_gpiod.open_error = 0;
	assert_int_equal(open_pins(), 0);
	glow_pins_close(pins);
}

/* Busy until the other program is gone; nothing stays claimed meanwhile. */
static void test_busy(void **state)
{
	(void)state;
	plug_in();
	for (unsigned line = 23; line <= 24; line++) {
		fake_gpiod.busy[line] = true;
		assert_int_equal(open_pins(), -EBUSY);
		assert_says("line 23 or 24");
		assert_says("gpioinfo");
		assert_int_equal(fake_gpiod_held(), 0);
		fake_gpiod.busy[line] = false;
	}
	assert_int_equal(open_pins(), 0);
	glow_pins_close(pins);
	cfg.pin_clock = 60;
	assert_int_equal(open_pins(), -EINVAL);
	assert_says("no line 23 or 60");
}

static void test_chip_disappears(void **state)
{
	struct glow_board *board;

	(void)state;
	plug_in();
	assert_int_equal(open_pins(), 0);
	assert_int_equal(glow_blinkt_create(pins, &board), 0);
	fake_kernel.gone = true;
	assert_int_equal(show(board, GLOW_WHITE), -ENODEV);
	assert_int_equal(fake_gpiod.sets, 1); /* it does not go on */
	glow_board_close(board);
	fake_kernel.gone = false;
	assert_int_equal(open_pins(), 0);
	assert_int_equal(glow_blinkt_create(pins, &board), 0);
	assert_int_equal(show(board, GLOW_WHITE), 0);
	glow_board_close(board);
}

static void test_i2c(void **state)
{
	static const uint8_t block[3] = { 0x81, 0x00, 0xFF };
	struct glow_i2c *bus;

	(void)state;
	plug_in();
	fake_gpiod.busy[3] = true;
	assert_int_equal(glow_i2c_open_gpio(&cfg, 0x54, &bus, &diag), -EBUSY);
	assert_says("line 2 or 3");
	assert_int_equal(fake_gpiod_held(), 0);
	fake_gpiod.busy[3] = false;
	assert_int_equal(glow_i2c_open_gpio(&cfg, 0x54, &bus, &diag), 0);
	assert_string_equal(bus->backend, "i2c-gpio:gpiod:pinctrl-bcm2711");
	assert_true(fake_gpiod.drain[2] && fake_gpiod.drain[3]);
	assert_int_equal(fake_kernel.chip.n, 0);
	assert_int_equal(bus->ops->write(bus, 0x01, block, 3), 0);
	assert_int_equal(fake_kernel.chip.n, 1);
	assert_memory_equal(fake_kernel.chip.reg + 1, block, 3);
	assert_int_equal(fake_gpiod.sets, fake_kernel.i2c_wires.edges);
	assert_true(fake_kernel.i2c_wires.shortest_ns >= 2000); /* calls that take no time are slowed down */
	fake_kernel.gone = true;
	assert_int_equal(bus->ops->write(bus, 0x01, block, 3), -ENODEV);
	glow_i2c_close(bus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_calls_of_a_frame, init, fini),
		cmocka_unit_test_setup_teardown(test_looking_claims_nothing, init, fini),
		cmocka_unit_test_setup_teardown(test_no_chip, init, fini),
		cmocka_unit_test_setup_teardown(test_by_path, init, fini),
		cmocka_unit_test_setup_teardown(test_not_allowed, init, fini),
		cmocka_unit_test_setup_teardown(test_busy, init, fini),
		cmocka_unit_test_setup_teardown(test_chip_disappears, init, fini),
		cmocka_unit_test_setup_teardown(test_i2c, init, fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
