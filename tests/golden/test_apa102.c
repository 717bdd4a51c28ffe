/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A strip's bytes on a fake SPI bus: the words of test_blinkt, which come from the datasheet, in other orders and
 * lengths. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/board.h>

#include "apa102.h"
#include "fake_kernel.h"

static struct glow_board_cfg cfg;
static struct glow_board *board;
static struct glow_diag diag;

static int init(void **state)
{
	(void)state;
	fake_kernel_init();
	fake_kernel_add_spi("soc");
	memset(&diag, 0, sizeof(diag));
	cfg = fake_kernel_cfg();
	return 0;
}

static int fini(void **state)
{
	(void)state;
	fake_kernel_fini();
	return 0;
}

static void show(struct glow_rgb color)
{
	struct glow_frame frame;

	glow_frame_fill(&frame, board->shape.pixels, glow_linear_of(color));
	fake_kernel.wire.n = 0;
	fake_kernel.spi_messages = 0;
	assert_int_equal(glow_board_show(board, &frame, (struct glow_stamp){ 0 }), 0);
}

/* Light of level 128 is 0.21586, of 64 0.05127: at brightness 31 bytes of 255, 55 and 13. */
static void test_orders(void **state)
{
	static const struct {
		const char *order;
		uint32_t word;
	} rows[] = { { "bgr", 0xFF0D37FF }, { "brg", 0xFF0DFF37 }, { "gbr", 0xFF370DFF },
		     { "grb", 0xFF37FF0D }, { "rbg", 0xFFFF0D37 }, { "rgb", 0xFFFF370D } };
	uint32_t words[8];

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		fake_kernel.wire.n = 0;
		cfg.color_order = rows[k].order;
		assert_int_equal(glow_board_open("apa102", &cfg, &board, &diag), 0);
		show((struct glow_rgb){ 255, 128, 64 });
		assert_int_equal(fake_wire_leds(&fake_kernel.wire, words, 8), 8);
		for (int i = 0; i < 8; i++)
			assert_int_equal(words[i], rows[k].word);
		glow_board_close(board);
	}
}

/* Of full light 100, 50 and 25 %: bytes of 255, 128 and 64 at brightness 31. What others draw is not its business. */
static void test_white_balance(void **state)
{
	uint32_t words[8];

	(void)state;
	cfg.white = (struct glow_linear){ 65535, 32768, 16384 };
	assert_int_equal(glow_board_open("apa102", &cfg, &board, &diag), 0);
	show(GLOW_WHITE);
	assert_int_equal(fake_wire_leds(&fake_kernel.wire, words, 8), 8);
	assert_int_equal(words[0], 0xFF4080FF);
	assert_int_equal(words[7], 0xFF4080FF);
	glow_board_close(board);
	fake_kernel.wire.n = 0;
	cfg.white = GLOW_DARK; /* control */
	assert_int_equal(glow_board_open("apa102", &cfg, &board, &diag), 0);
	show(GLOW_WHITE);
	assert_int_equal(fake_wire_leds(&fake_kernel.wire, words, 8), 8);
	assert_int_equal(words[0], 0xFFFFFFFF);
	glow_board_close(board);
	fake_kernel.wire.n = 0;
	cfg.white = (struct glow_linear){ 65535, 32768, 16384 };
	assert_int_equal(glow_board_open("piglow", &cfg, &board, &diag), -EINVAL);
	assert_string_equal(diag.what, "a PiGlow has no LEDs of three colours: leave --white-balance away");
	assert_int_equal(glow_board_open("virtual", &cfg, &board, &diag), -EINVAL);
}

/* A frame that a strip cannot tell from the last one is not sent, unless it is dark or the last one was lost. */
static void test_only_changes(void **state)
{
	struct glow_frame frame;

	(void)state;
	assert_int_equal(glow_board_open("apa102", &cfg, &board, &diag), 0);
	show((struct glow_rgb){ 2, 0, 0 }); /* 40 of 65535: 4.8 of 7905 */
	glow_frame_fill(&frame, 8, (struct glow_linear){ 41, 0, 0 });
	assert_int_equal(glow_board_show(board, &frame, (struct glow_stamp){ 0 }), 1);
	assert_int_equal(fake_kernel.spi_messages, 1);
	glow_frame_fill(&frame, 8, (struct glow_linear){ 46, 0, 0 });
	assert_int_equal(glow_board_show(board, &frame, (struct glow_stamp){ 0 }), 0);
	fake_kernel.gone = true;
	glow_frame_fill(&frame, 8, (struct glow_linear){ 60, 0, 0 });
	assert_true(glow_board_show(board, &frame, (struct glow_stamp){ 0 }) < 0);
	fake_kernel.gone = false;
	assert_int_equal(glow_board_show(board, &frame, (struct glow_stamp){ 0 }), 0);
	show(GLOW_BLACK);
	show(GLOW_BLACK);
	assert_int_equal(fake_kernel.spi_messages, 1);
	fake_kernel.wire.n = 0;
	glow_board_close(board);
}

/* As long as said: the end of the frame grows with it, and messages are as long as the kernel takes. */
static void test_lengths(void **state)
{
	static const uint32_t lengths[] = { 1, 2, 7, 33, 60 };
	uint32_t words[61];

	(void)state;
	for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
		uint32_t n = lengths[k];
		size_t bytes = GLOW_APA102_BYTES(n);

		fake_kernel.wire.n = 0;
		cfg.shape = (struct glow_shape){ GLOW_SHAPE_ROW, n };
		assert_int_equal(glow_board_open("apa102", &cfg, &board, &diag), 0);
		assert_int_equal(board->shape.pixels, n);
		show(GLOW_WHITE);
		assert_int_equal(fake_wire_leds(&fake_kernel.wire, words, 61), n);
		assert_int_equal(fake_kernel.wire.n, 8 * bytes);
		assert_int_equal(fake_kernel.spi_messages, (bytes + FAKE_SPI_BUFFER - 1) / FAKE_SPI_BUFFER);
		fake_kernel.wire.n -= 8; /* control: a frame without its end is none */
		assert_int_equal(fake_wire_leds(&fake_kernel.wire, words, 61), -1);
		glow_board_close(board);
	}
}

/* What the bus carries in a second bounds the frames. */
static void test_frame_rate(void **state)
{
	(void)state;
	cfg.shape.pixels = 60;
	assert_int_equal(glow_board_open("apa102", &cfg, &board, &diag), 0);
	assert_int_equal(board->fps_max, 4000000 / (32 + 32 * 60 + 32 + 30));
	fake_kernel.wire.n = 0;
	glow_board_close(board);
	fake_kernel.wire.n = 0;
	cfg.spi_hz = 1000;
	assert_int_equal(glow_board_open("apa102", &cfg, &board, &diag), 0);
	assert_int_equal(board->fps_max, 1);
	fake_kernel.wire.n = 0;
	glow_board_close(board);
}

static void test_only_by_name(void **state)
{
	const struct glow_board_desc *desc = glow_board_find("apa102");

	(void)state;
	assert_false(glow_board_meant(desc, "auto"));
	assert_true(glow_board_meant(desc, "apa102"));
	assert_int_equal(glow_board_open("auto", &cfg, &board, &diag), -ENODEV);
	assert_null(strstr(diag.what, "apa102"));
	fake_kernel.spi_error = ENOENT;
	cfg.spi = "/dev/spidev7.0";
	assert_int_equal(glow_board_open("apa102", &cfg, &board, &diag), -ENODEV);
	assert_non_null(strstr(diag.what, "no /dev/spidev7.0: set dtparam=spi=on"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_orders, init, fini),
		cmocka_unit_test_setup_teardown(test_lengths, init, fini),
		cmocka_unit_test_setup_teardown(test_white_balance, init, fini),
		cmocka_unit_test_setup_teardown(test_only_changes, init, fini),
		cmocka_unit_test_setup_teardown(test_frame_rate, init, fini),
		cmocka_unit_test_setup_teardown(test_only_by_name, init, fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
