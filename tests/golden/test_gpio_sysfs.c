/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The pins over sysfs files, against a fake kernel: which files, which order on
 * the wire, and what people are told when it does not work. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/pins.h>

#include "fake_kernel.h"

static struct glow_pins *pins;
static struct glow_diag diag;

static int init(void **state)
{
	(void)state;
	fake_kernel_init();
	memset(&diag, 0, sizeof(diag));
	return 0;
}

static int fini(void **state)
{
	(void)state;
	fake_kernel_fini();
	return 0;
}

static int open_pins(void)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();

	return glow_pins_open(&cfg, &pins, &diag);
}

static int look(void)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();

	return glow_pins_open(&cfg, NULL, &diag);
}

static void assert_says(const char *words)
{
	if (!strstr(diag.what, words))
		fail_msg("\"%s\" does not say \"%s\"", diag.what, words);
}

static void clock_bits(const char *bits)
{
	for (; *bits; bits++)
		assert_int_equal(pins->ops->clock(pins, *bits == '1'), 0);
}

static void assert_wire(const char *bits)
{
	assert_int_equal(fake_kernel.wire.n, strlen(bits));
	for (size_t k = 0; bits[k]; k++)
		assert_int_equal(fake_kernel.wire.bits[k], bits[k] == '1');
}

/* The two lines under the chip `home`, and what is written to them. */
static void check_lines(const char *data, const char *clock)
{
	char path[128];

	assert_int_equal(look(), 0);
	snprintf(path, sizeof(path), "%s/value", data);
	assert_string_equal(fake_kernel_read(path), ""); /* looking claims nothing */
	assert_int_equal(open_pins(), 0);
	snprintf(path, sizeof(path), "%s/direction", data);
	assert_string_equal(fake_kernel_read(path), "low");
	snprintf(path, sizeof(path), "%s/direction", clock);
	assert_string_equal(fake_kernel_read(path), "low");

	clock_bits("0110100");
	assert_wire("0110100");
	assert_int_equal(pins->ops->idle(pins), 0);
	assert_false(fake_kernel.wire.clock);
	assert_false(fake_kernel.wire.data);
	/* DAT changed four times, CLK fell and rose seven times and fell once more. */
	snprintf(path, sizeof(path), "%s/value", data);
	assert_string_equal(fake_kernel_read(path), "1010");
	snprintf(path, sizeof(path), "%s/value", clock);
	assert_string_equal(fake_kernel_read(path), "010101010101010");

	glow_pins_close(pins);
	assert_string_equal(fake_kernel_read(path), "");
	assert_string_equal(fake_kernel.wire.clock ? "high" : "low", "low");
}

static void test_base_512(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	check_lines("sys/class/gpio/gpio535", "sys/class/gpio/gpio536");
}

static void test_base_0(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2835\n", 0);
	check_lines("sys/class/gpio/gpio23", "sys/class/gpio/gpio24");
}

/* Linux 6.17: a directory of its own for the chip, the chip's own numbers. */
static void test_chip_directory(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-rp1\n", -1);
	check_lines("sys/class/gpio/chip0/gpio23", "sys/class/gpio/chip0/gpio24");
}

static void test_chip_among_others(void **state)
{
	(void)state;
	fake_kernel_add_file("sys/class/gpio/gpiochip504/label", "raspberrypi-exp-gpio\n");
	fake_kernel_add_file("sys/class/gpio/gpiochip504/base", "504\n");
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	assert_int_equal(open_pins(), 0);
	assert_string_equal(pins->backend, "sysfs:512");
	glow_pins_close(pins);
}

static void test_wrong_label(void **state)
{
	struct glow_board_cfg cfg;

	(void)state;
	fake_kernel_add_gpio("some-other-chip\n", 512);
	assert_int_equal(open_pins(), -ENODEV);
	assert_says("some-other-chip");
	assert_says("--gpio-chip");
	cfg = fake_kernel_cfg();
	cfg.gpio_chip = "pinctrl-bcm2711";
	assert_int_equal(glow_pins_open(&cfg, &pins, &diag), -ENODEV);
	assert_says("pinctrl-bcm2711");
	assert_says("some-other-chip");
	cfg.gpio_chip = "some-other-chip";
	assert_int_equal(glow_pins_open(&cfg, &pins, &diag), 0);
	glow_pins_close(pins);
}

static void test_no_sysfs_gpio(void **state)
{
	(void)state;
	assert_int_equal(open_pins(), -ENODEV);
	assert_says("no sysfs GPIO");
	assert_says(fake_kernel.sys);
	assert_int_equal(look(), -ENODEV);
}

static void test_read_only(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel.read_only = true;
	assert_int_equal(look(), -EROFS);
	assert_says("read-write");
	assert_int_equal(open_pins(), -EROFS);
	assert_says("read-write");
	fake_kernel.read_only = false;
	assert_int_equal(look(), 0);
}

static void test_udev_is_late(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel.denied_opens = 3;
	assert_int_equal(open_pins(), 0);
	assert_int_equal(fake_kernel.naps, 3);
	glow_pins_close(pins);
}

static void test_no_permission(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel.denied_opens = 1000;
	assert_int_equal(open_pins(), -EACCES);
	assert_says("group gpio");
	assert_int_equal(fake_kernel.naps, 50); /* half a second in all */
	/* what it had exported is given back */
	assert_string_equal(fake_kernel_read("sys/class/gpio/gpio535/direction"), "");
}

static void test_held_by_a_driver(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel.claimed_line = 536;
	assert_int_equal(open_pins(), -EBUSY);
	assert_says("GPIO 24 is held");
	assert_string_equal(fake_kernel_read("sys/class/gpio/gpio535/direction"), "");
}

/* A line that somebody exported before us is used and stays exported. */
static void test_exported_before(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel_add_file("sys/class/gpio/gpio535/direction", "in\n");
	fake_kernel_add_file("sys/class/gpio/gpio535/value", "");
	assert_int_equal(open_pins(), 0);
	clock_bits("1");
	assert_wire("1");
	glow_pins_close(pins);
	assert_string_equal(fake_kernel_read("sys/class/gpio/gpio535/direction"), "low");
	assert_string_equal(fake_kernel_read("sys/class/gpio/gpio536/direction"), "");
}

/* `auto` ends at sysfs where there is no /dev/gpiochip, and tells the refusal that can be cured. */
static void test_auto(void **state)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();

	(void)state;
	cfg.gpio = "auto";
	cfg.gpio_chip = "a-label-that-no-real-chip-has";
	assert_int_equal(glow_pins_open(&cfg, &pins, &diag), -ENODEV);
	fake_kernel_add_gpio("a-label-that-no-real-chip-has\n", 512);
	fake_kernel.claimed_line = 535;
	assert_int_equal(glow_pins_open(&cfg, &pins, &diag), -EBUSY);
	assert_says("GPIO 23 is held");
	fake_kernel.claimed_line = 0;
	assert_int_equal(glow_pins_open(&cfg, &pins, &diag), 0);
	assert_string_equal(pins->backend, "sysfs:512");
	glow_pins_close(pins);
	cfg.gpio = "gpiod";
	assert_int_equal(glow_pins_open(&cfg, &pins, &diag), -ENODEV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_base_512, init, fini),
		cmocka_unit_test_setup_teardown(test_base_0, init, fini),
		cmocka_unit_test_setup_teardown(test_chip_directory, init, fini),
		cmocka_unit_test_setup_teardown(test_chip_among_others, init, fini),
		cmocka_unit_test_setup_teardown(test_wrong_label, init, fini),
		cmocka_unit_test_setup_teardown(test_no_sysfs_gpio, init, fini),
		cmocka_unit_test_setup_teardown(test_read_only, init, fini),
		cmocka_unit_test_setup_teardown(test_udev_is_late, init, fini),
		cmocka_unit_test_setup_teardown(test_no_permission, init, fini),
		cmocka_unit_test_setup_teardown(test_held_by_a_driver, init, fini),
		cmocka_unit_test_setup_teardown(test_exported_before, init, fini),
		cmocka_unit_test_setup_teardown(test_auto, init, fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
