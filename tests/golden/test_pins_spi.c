/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The pins by the overlay glow-blinkt, against a fake kernel: one message a frame, which road `auto` takes, and what
 * people are told when it does not work. The control of the wire is in test_blinkt: a wrong bit is no frame. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <glow/pins.h>
#include <glow/spi.h>

#include "apa102.h"
#include "blinkt.h"
#include "fake_kernel.h"

static struct glow_board_cfg cfg;
static struct glow_pins *pins;
static struct glow_diag diag;

static int init(void **state)
{
	(void)state;
	fake_kernel_init();
	memset(&diag, 0, sizeof(diag));
	cfg = fake_kernel_cfg();
	cfg.gpio = "auto";
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
	return glow_pins_open(&cfg, &pins, &diag);
}

static void assert_says(const char *words)
{
	if (!strstr(diag.what, words))
		fail_msg("\"%s\" does not say \"%s\"", diag.what, words);
}

static void test_one_message_a_frame(void **state)
{
	const struct glow_rgb color = { 255, 128, 0 };
	struct glow_board *board;
	struct glow_frame frame;
	uint8_t wire[GLOW_APA102_BYTES(8)];
	uint32_t words[8];

	(void)state;
	fake_kernel_add_spi("glow-blinkt");
	assert_int_equal(open_pins(), 0);
	assert_string_equal(pins->backend, "spi:/dev/spidev10.0");
	assert_int_equal(glow_blinkt_create(pins, &board), 0);
	glow_frame_fill(&frame, 8, GLOW_DARK);
	assert_int_equal(glow_board_show(board, &frame, (struct glow_stamp){ 0 }), 0); /* the first is longer */
	glow_frame_fill(&frame, 8, glow_linear_of(color));
	fake_kernel.wire.n = 0;
	fake_kernel.spi_messages = 0;
	assert_int_equal(glow_board_show(board, &frame, (struct glow_stamp){ 0 }), 0);
	assert_int_equal(fake_kernel.spi_messages, 1);
	assert_int_equal(fake_kernel.wire.n, 328); /* 324, and zeros to a whole byte */
	glow_apa102_encode(&frame, &glow_apa102_bgr, wire);
	for (size_t k = 0; k < fake_kernel.wire.n; k++)
		assert_int_equal(fake_kernel.wire.bits[k], wire[k / 8] >> (7 - k % 8) & 1);
	assert_int_equal(fake_wire_leds(&fake_kernel.wire, words, 8), 8);
	assert_false(fake_kernel.wire.clock || fake_kernel.wire.data);
	glow_board_close(board);
}

/* The overlay has the lines, so `auto` goes no other way where it is, and every other where it is not. */
static void test_auto(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel_add_spi("somebody-elses");
	assert_int_equal(open_pins(), 0);
	assert_string_equal(pins->backend, "sysfs:512");
	glow_pins_close(pins);
	fake_kernel_fini();
	init(NULL);
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel_add_spi("glow-blinkt");
	assert_int_equal(open_pins(), 0);
	assert_string_equal(pins->backend, "spi:/dev/spidev10.0");
	glow_pins_close(pins);
	fake_kernel.spi_error = EACCES;
	assert_int_equal(open_pins(), -EACCES); /* and not the files of sysfs, which the kernel would refuse */
	assert_says("group spi");
	cfg.pin_clock = 25;
	assert_int_equal(open_pins(), 0);
	assert_string_equal(pins->backend, "sysfs:512");
	glow_pins_close(pins);
}

static void test_looking_claims_nothing(void **state)
{
	struct glow_pins *first;

	(void)state;
	fake_kernel_add_spi("glow-blinkt");
	assert_int_equal(open_pins(), 0);
	first = pins;
	assert_int_equal(glow_pins_open(&cfg, NULL, &diag), 0); /* beside a bridge that runs */
	assert_int_equal(open_pins(), -EBUSY);
	assert_says("another glow-bridge sends to /dev/spidev10.0");
	glow_pins_close(first);
	assert_int_equal(open_pins(), 0);
	glow_pins_close(pins);
	assert_int_equal(fake_kernel.spi_messages, 0);
}

static void test_refusals(void **state)
{
	(void)state;
	cfg.gpio = "spi";
	assert_int_equal(open_pins(), -ENODEV);
	assert_says("put dtoverlay=glow-blinkt into config.txt");
	fake_kernel_add_spi("glow-blinkt");
	cfg.pin_data = 5;
	assert_int_equal(open_pins(), -ENODEV);
	assert_says("for GPIO 23 and 24, not 5 and 24");
	cfg.pin_data = 23;
	fake_kernel.spi_error = ENOENT; /* a container sees the host's sysfs and not its devices */
	assert_int_equal(open_pins(), -ENODEV);
	assert_says("--device /dev/spidev10.0");
	fake_kernel.spi_error = EPERM;
	assert_int_equal(open_pins(), -EPERM);
	assert_says("--device /dev/spidev10.0");
	fake_kernel.spi_error = 0;
	assert_int_equal(open_pins(), 0);
	glow_pins_close(pins);
}

/* Who has the lines, said to those who find them busy. */
static void test_busy_lines(void **state)
{
	(void)state;
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel.claimed_line = 536;
	cfg.gpio = "sysfs";
	assert_int_equal(open_pins(), -EBUSY);
	assert_says("GPIO 24 is held by another program");
	fake_kernel_add_spi("glow-blinkt");
	assert_int_equal(open_pins(), -EBUSY);
	assert_says("the overlay glow-blinkt has GPIO 23 and 24: use --gpio spi");
	assert_says("/dev/spidev10.0");
	assert_says("service of a swarm cannot");
}

/* A message has a longest length; what is longer goes out as several. */
static void test_long_frames(void **state)
{
	uint8_t bytes[3 * FAKE_SPI_BUFFER + 1];
	struct glow_spi *spi;

	(void)state;
	fake_kernel_add_spi("any");
	for (size_t k = 0; k < sizeof(bytes); k++)
		bytes[k] = (uint8_t)(37 * k + 5);
	assert_int_equal(glow_spi_open_dev(&cfg, "/dev/spidev10.0", 1000000, &spi, &diag), 0);
	assert_int_equal(spi->ops->write(spi, bytes, sizeof(bytes)), 0);
	assert_int_equal(fake_kernel.spi_messages, 4);
	assert_int_equal(fake_kernel.spi_longest, FAKE_SPI_BUFFER);
	assert_int_equal(fake_kernel.wire.n, 8 * sizeof(bytes));
	for (size_t k = 0; k < fake_kernel.wire.n; k++)
		assert_int_equal(fake_kernel.wire.bits[k], bytes[k / 8] >> (7 - k % 8) & 1);
	/* Where sysfs does not say how long it may be, the kernel does: by refusing, and nothing is out then. */
	fake_kernel.wire.n = 0;
	fake_kernel.spi_messages = 0;
	spi->chunk = sizeof(bytes);
	assert_int_equal(spi->ops->write(spi, bytes, sizeof(bytes)), 0);
	assert_true(fake_kernel.spi_messages > 4); /* control: more than it takes */
	assert_int_equal(fake_kernel.wire.n, 8 * sizeof(bytes));
	for (size_t k = 0; k < fake_kernel.wire.n; k++)
		assert_int_equal(fake_kernel.wire.bits[k], bytes[k / 8] >> (7 - k % 8) & 1);
	glow_spi_close(spi);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_message_a_frame, init, fini),
		cmocka_unit_test_setup_teardown(test_auto, init, fini),
		cmocka_unit_test_setup_teardown(test_looking_claims_nothing, init, fini),
		cmocka_unit_test_setup_teardown(test_refusals, init, fini),
		cmocka_unit_test_setup_teardown(test_busy_lines, init, fini),
		cmocka_unit_test_setup_teardown(test_long_frames, init, fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
