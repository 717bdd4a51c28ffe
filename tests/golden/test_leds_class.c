/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A PiGlow through the LEDs of dtoverlay=piglow, against a fake kernel: what is
 * written, what is not, and what people are told when it does not work. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/leds.h>

#include "fake_kernel.h"

static struct glow_board_cfg cfg;
static struct glow_leds *leds;
static struct glow_diag diag;

static int init(void **state)
{
	(void)state;
	fake_kernel_init();
	memset(&diag, 0, sizeof(diag));
	cfg = fake_kernel_cfg();
	cfg.i2c = "leds";
	return 0;
}

static int fini(void **state)
{
	(void)state;
	fake_kernel_fini();
	return 0;
}

static int open_leds(void)
{
	return glow_leds_open_class(&cfg, &leds, &diag);
}

static void assert_says(const char *words)
{
	if (!strstr(diag.what, words))
		fail_msg("\"%s\" does not say \"%s\"", diag.what, words);
}

/* How many LEDs are written for these levels. */
static int writes(const uint8_t levels[GLOW_SN3218_OUTPUTS])
{
	fake_kernel.led_writes = 0;
	assert_int_equal(leds->ops->show(leds, levels), 0);
	return fake_kernel.led_writes;
}

static void test_only_changes(void **state)
{
	uint8_t levels[GLOW_SN3218_OUTPUTS] = { 0 };

	(void)state;
	fake_kernel_add_leds(false);
	assert_int_equal(glow_leds_open_class(&cfg, NULL, &diag), 0);
	assert_int_equal(fake_kernel.led_writes + fake_kernel.trigger_writes, 0);

	assert_int_equal(open_leds(), 0);
	assert_string_equal(leds->backend, "leds:piglow");
	assert_int_equal(leds->fps_max, 30);
	assert_int_equal(leds->latency_us, 10000);
	assert_int_equal(fake_kernel.trigger_writes, 0);
	assert_int_equal(writes(levels), 18); /* nobody knows what they were */
	assert_int_equal(writes(levels), 0);
	levels[6] = 200;
	assert_int_equal(writes(levels), 1);
	for (int k = 0; k < GLOW_SN3218_OUTPUTS; k++)
		assert_int_equal(fake_kernel.led[k], k == 6 ? 200 : 0);
	levels[17] = levels[6] = 1;
	assert_int_equal(writes(levels), 2);
	glow_leds_close(leds);
}

static void test_triggers(void **state)
{
	(void)state;
	fake_kernel_add_leds(true);
	assert_int_equal(open_leds(), 0);
	assert_int_equal(fake_kernel.trigger_writes, 18);
	glow_leds_close(leds);
}

static void test_scale(void **state)
{
	uint8_t levels[GLOW_SN3218_OUTPUTS] = { 255, 128, 1 };

	(void)state;
	fake_kernel_add_leds(false);
	fake_kernel_add_file("sys/class/leds/piglow:red:led1/max_brightness", "15\n");
	fake_kernel_add_file("sys/class/leds/piglow:orange:led2/max_brightness", "1\n");
	assert_int_equal(open_leds(), 0);
	writes(levels);
	assert_int_equal(fake_kernel.led[0], 15);
	assert_int_equal(fake_kernel.led[1], 1);
	assert_int_equal(fake_kernel.led[2], 1);
	glow_leds_close(leds);
}

/* From the overlay, whose numbers are the chip's outputs: output and colour of arm 1 to 3, tip to centre. */
static void test_each_led(void **state)
{
	static const int output[GLOW_PIGLOW_LEDS] = { 7, 8, 9, 6, 5, 10, 18, 17, 16, 14, 12, 11, 1, 2, 3, 4, 15, 13 };
	struct glow_board *board;

	(void)state;
	fake_kernel_add_leds(false);
	assert_int_equal(glow_board_open("piglow", &cfg, &board, &diag), 0);
	assert_int_equal(board->fps_max, 30);
	assert_int_equal(board->latency_us, 10000);
	for (int i = 0; i < GLOW_PIGLOW_LEDS; i++) {
		struct glow_frame frame;

		glow_frame_fill(&frame, GLOW_PIGLOW_LEDS, GLOW_DARK);
		frame.px[i] = glow_linear_of((struct glow_rgb){ 200, 200, 200 });
		assert_int_equal(glow_board_show(board, &frame, (struct glow_stamp){ 0 }), 0);
		for (int k = 0; k < FAKE_OUTPUTS; k++)
			assert_int_equal(fake_kernel.led[k], k == output[i] - 1 ? 147 : 0);
	}
	glow_board_close(board);
	assert_int_equal(fake_kernel.led[output[17] - 1], 0);
}

static void test_not_there(void **state)
{
	char path[128];

	(void)state;
	assert_int_equal(open_leds(), -ENODEV);
	assert_says("dtoverlay=piglow");
	fake_kernel_add_leds(false);
	snprintf(path, sizeof(path), "%s/class/leds/piglow:white:led13", fake_kernel.sys);
	assert_int_equal(rename(path, fake_kernel.i2c_bus), 0);
	assert_int_equal(open_leds(), -ENODEV);
	assert_int_equal(rename(fake_kernel.i2c_bus, path), 0);
	assert_int_equal(open_leds(), 0);
	glow_leds_close(leds);
}

static void test_not_allowed(void **state)
{
	(void)state;
	fake_kernel_add_leds(false);
	fake_kernel.read_only = true;
	assert_int_equal(open_leds(), -EROFS);
	assert_says("read-write");
	fake_kernel.read_only = false;
	fake_kernel.confined = true;
	assert_int_equal(open_leds(), -EPERM);
	assert_says("AppArmor");
	fake_kernel.confined = false;
	fake_kernel.denied_opens = 1;
	assert_int_equal(open_leds(), -EACCES);
	assert_says("udev rule");
	assert_int_equal(open_leds(), 0);
	glow_leds_close(leds);
}

/* What a failed write left is unknown, so it is written again. */
static void test_disappears(void **state)
{
	static const uint8_t dark[GLOW_SN3218_OUTPUTS] = { 0 }, lit[GLOW_SN3218_OUTPUTS] = { 9 };

	(void)state;
	fake_kernel_add_leds(false);
	assert_int_equal(open_leds(), 0);
	assert_int_equal(writes(dark), 18);
	fake_kernel.gone = true;
	assert_int_equal(leds->ops->show(leds, lit), -ENODEV);
	fake_kernel.gone = false;
	assert_int_equal(writes(lit), 1);
	assert_int_equal(fake_kernel.led[0], 9);
	glow_leds_close(leds);
}

/* The bus comes first; where the kernel's driver has the chip, its LEDs are the way. */
static void test_auto(void **state)
{
	struct glow_board *board;

	(void)state;
	cfg.i2c = "auto";
	fake_kernel_add_i2c();
	fake_kernel_add_leds(false);
	assert_int_equal(glow_board_open("piglow", &cfg, &board, &diag), 0);
	assert_non_null(strstr(board->backend, "i2c-dev:"));
	glow_board_close(board);
	fake_kernel.slave_error = EBUSY;
	assert_int_equal(glow_board_open("piglow", &cfg, &board, &diag), 0);
	assert_string_equal(board->backend, "leds:piglow");
	glow_board_close(board);
	fake_kernel.read_only = true; /* the refusal of the road that is there */
	assert_int_equal(glow_board_open("piglow", &cfg, &board, &diag), -EROFS);
	assert_says("read-only");
	cfg.i2c = "dev";
	assert_int_equal(glow_board_open("piglow", &cfg, &board, &diag), -EBUSY);
	assert_says("--i2c leds");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_only_changes, init, fini),
		cmocka_unit_test_setup_teardown(test_triggers, init, fini),
		cmocka_unit_test_setup_teardown(test_scale, init, fini),
		cmocka_unit_test_setup_teardown(test_each_led, init, fini),
		cmocka_unit_test_setup_teardown(test_not_there, init, fini),
		cmocka_unit_test_setup_teardown(test_not_allowed, init, fini),
		cmocka_unit_test_setup_teardown(test_disappears, init, fini),
		cmocka_unit_test_setup_teardown(test_auto, init, fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
