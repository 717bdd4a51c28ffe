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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/pins.h>

#include "blinkt.h"
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

/* Up to 8 bits. */
static void send_bits(struct glow_pins *to, const char *bits)
{
	uint8_t byte = 0;

	for (size_t k = 0; bits[k]; k++)
		byte |= (uint8_t)((bits[k] == '1') << (7 - k));
	assert_int_equal(to->ops->send(to, &byte, strlen(bits)), 0);
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

	send_bits(pins, "0110100");
	assert_wire("0110100");
	assert_false(fake_kernel.wire.clock);
	assert_false(fake_kernel.wire.data);
	/* DAT changed four times, CLK rose and fell seven times, and nothing was said twice. */
	snprintf(path, sizeof(path), "%s/value", data);
	assert_string_equal(fake_kernel_read(path), "1010");
	snprintf(path, sizeof(path), "%s/value", clock);
	assert_string_equal(fake_kernel_read(path), "10101010101010");

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

	/* Only class/gpio is mounted: its links lead out of the mount. */
	fake_kernel_add_file("sys/class/gpio/gpiochip512/base", "512\n");
	assert_int_equal(open_pins(), -ENODEV);
	assert_says("lead nowhere");
	fake_kernel_add_file("sys/class/gpio/gpiochip512/label", "pinctrl-bcm2711\n");
	assert_int_equal(look(), -ENOENT); /* the control: found, though without its export */
}

static void test_no_sysfs(void **state)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();

	(void)state;
	cfg.sysfs = "/nowhere/sys";
	assert_int_equal(glow_pins_open(&cfg, &pins, &diag), -ENODEV);
	assert_says("no sysfs at /nowhere/sys");
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

/* AppArmor refuses what access() allows, at once and for good: no waiting for udev. */
static void test_confined(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel.confined = true;
	assert_int_equal(look(), -EPERM);
	assert_says("AppArmor");
	assert_says("--sysfs /host/sys");
	assert_int_equal(open_pins(), -EPERM);
	assert_says("AppArmor");
	assert_int_equal(fake_kernel.naps, 0);
	fake_kernel.confined = false;
	assert_int_equal(look(), 0);
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
	send_bits(pins, "1");
	assert_wire("1");
	glow_pins_close(pins);
	assert_string_equal(fake_kernel_read("sys/class/gpio/gpio535/direction"), "low");
	assert_string_equal(fake_kernel_read("sys/class/gpio/gpio536/direction"), "");
}

/* A second bridge leaves the first one's lines alone, and gets them when it ends. */
/* promise: one-bridge-a-board */
static void test_two_bridges(void **state)
{
	struct glow_pins *first;

	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	assert_int_equal(open_pins(), 0);
	first = pins;
	send_bits(first, "1");
	assert_int_equal(open_pins(), -EBUSY);
	assert_says("another glow-bridge drives GPIO 23");
	assert_int_equal(fake_kernel.wire.n, 1);
	send_bits(first, "0");
	glow_pins_close(first);
	assert_int_equal(open_pins(), 0);
	glow_pins_close(pins);
}

/* Two bridges start at once: we export the line, the other one locks it first. It is the other's then. */
static void test_a_race_lost(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel.thief = true;
	assert_int_equal(open_pins(), -EBUSY);
	assert_string_equal(fake_kernel_read("sys/class/gpio/gpio535/direction"), "in\n"); /* still there, untouched */
	close(fake_kernel.thief_fd);
	fake_kernel.thief = false;
	assert_int_equal(open_pins(), 0);
	glow_pins_close(pins);
}

/* A process that dies with the lines in hand, as one that is killed does. */
static void test_after_a_crash(void **state)
{
	int ready[2], hold[2];
	char byte;
	pid_t pid;

	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	assert_int_equal(pipe(ready) | pipe(hold), 0);
	pid = fork();
	if (pid == 0) {
		close(hold[1]);
		byte = open_pins() == 0 ? '1' : '0';
		dup2(ready[1], STDOUT_FILENO);
		putchar(byte);
		fflush(stdout);
		if (read(hold[0], &byte, 1) < 0) /* until the test lets go */
			_exit(1);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, '1');
	assert_int_equal(open_pins(), -EBUSY);
	close(hold[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_string_equal(fake_kernel_read("sys/class/gpio/gpio535/direction"), "low"); /* still exported */
	assert_int_equal(open_pins(), 0);
	glow_pins_close(pins);
	close(ready[0]);
	close(ready[1]);
	close(hold[0]);
}

/* Every edge of CLK is a write, DAT's only where it changes. */
/* promise: frame-cost */
static void test_writes_of_a_frame(void **state)
{
	static const struct glow_rgb colors[] = { { 0, 0, 0 }, { 255, 255, 255 }, { 1, 85, 170 } };
	struct glow_board *board;
	struct glow_frame frame;

	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	assert_int_equal(open_pins(), 0);
	assert_int_equal(glow_blinkt_create(pins, &board), 0);
	glow_frame_fill(&frame, 8, GLOW_DARK);
	assert_int_equal(glow_board_show(board, &frame, (struct glow_stamp){ 0 }), 0); /* the first is longer */
	for (size_t k = 0; k < sizeof(colors) / sizeof(colors[0]); k++) {
		const struct fake_wire *wire = &fake_kernel.wire;
		int changes = 0;

		glow_frame_fill(&frame, 8, glow_linear_of(colors[k]));
		fake_kernel.wire.n = 0;
		fake_kernel.value_writes = 0;
		assert_int_equal(glow_board_show(board, &frame, (struct glow_stamp){ 0 }), 0);
		assert_int_equal(wire->n, 324);
		for (size_t i = 1; i < wire->n; i++)
			changes += wire->bits[i] != wire->bits[i - 1];
		assert_true(changes >= 2);
		assert_int_equal(fake_kernel.value_writes, 2 * 324 + changes);
	}
	glow_board_close(board);
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
		cmocka_unit_test_setup_teardown(test_no_sysfs, init, fini),
		cmocka_unit_test_setup_teardown(test_read_only, init, fini),
		cmocka_unit_test_setup_teardown(test_udev_is_late, init, fini),
		cmocka_unit_test_setup_teardown(test_no_permission, init, fini),
		cmocka_unit_test_setup_teardown(test_held_by_a_driver, init, fini),
		cmocka_unit_test_setup_teardown(test_exported_before, init, fini),
		cmocka_unit_test_setup_teardown(test_confined, init, fini),
		cmocka_unit_test_setup_teardown(test_two_bridges, init, fini),
		cmocka_unit_test_setup_teardown(test_a_race_lost, init, fini),
		cmocka_unit_test_setup_teardown(test_after_a_crash, init, fini),
		cmocka_unit_test_setup_teardown(test_writes_of_a_frame, init, fini),
		cmocka_unit_test_setup_teardown(test_auto, init, fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
