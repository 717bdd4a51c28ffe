/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The PiGlow's registers, byte by byte, and each LED by its name. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "fake_i2c.h"
#include "piglow.h"

/* From the board's schematic: which output of the SN3218 feeds which LED. */
static const struct {
	const char *name;
	int output;
} wiring[GLOW_PIGLOW_LEDS] = {
	{ "arm1.red", 7 },    { "arm1.orange", 8 }, { "arm1.yellow", 9 },  { "arm1.green", 6 },   { "arm1.blue", 5 },
	{ "arm1.white", 10 }, { "arm2.red", 18 },   { "arm2.orange", 17 }, { "arm2.yellow", 16 }, { "arm2.green", 14 },
	{ "arm2.blue", 12 },  { "arm2.white", 11 }, { "arm3.red", 1 },     { "arm3.orange", 2 },  { "arm3.yellow", 3 },
	{ "arm3.green", 4 },  { "arm3.blue", 15 },  { "arm3.white", 13 },
};

struct bench {
	struct fake_i2c fake;
	struct glow_board *board;
};

static void set_up(struct bench *b)
{
	struct glow_leds *leds;

	fake_i2c_init(&b->fake);
	assert_int_equal(glow_leds_open_sn3218(&b->fake.bus, &leds), 0);
	assert_int_equal(glow_piglow_create(leds, &b->board), 0);
}

static int show(struct bench *b, const uint8_t levels[GLOW_PIGLOW_LEDS])
{
	struct glow_frame frame = { .n = GLOW_PIGLOW_LEDS };

	for (int i = 0; i < GLOW_PIGLOW_LEDS; i++)
		frame.px[i] = glow_linear_of((struct glow_rgb){ levels[i], levels[i], levels[i] });
	b->fake.chip.n = 0;
	return glow_board_show(b->board, &frame, (struct glow_stamp){ 0 });
}

static bool log_is(const struct fake_sn3218 *chip, const struct fake_write *writes, size_t n)
{
	for (size_t k = 0; k < chip->n && k < n; k++)
		if (chip->log[k].reg != writes[k].reg || chip->log[k].len != writes[k].len ||
		    memcmp(chip->log[k].data, writes[k].data, writes[k].len) != 0)
			return false;
	return chip->n == n;
}

/* True when `level` shines at `output` and all others are dark; output 0 for all dark. */
static bool only(const struct fake_sn3218 *chip, int output, uint8_t level)
{
	for (int k = 1; k <= FAKE_OUTPUTS; k++)
		if (fake_sn3218_light(chip, k) != (k == output ? level : 0))
			return false;
	return true;
}

static int led_of(const char *name)
{
	const struct glow_shape shape = { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };

	for (uint32_t k = 0; k < glow_shape_led_names(shape); k++)
		for (int i = 0; i < GLOW_PIGLOW_LEDS; i++)
			if (strcmp(glow_shape_led_name(shape, k), name) == 0 &&
			    glow_shape_led_in(shape, k, (uint32_t)i))
				return i;
	fail_msg("no LED is called %s", name);
	return -1;
}

static void test_start(void **state)
{
	static const struct fake_write start[] = {
		{ 0x00, 1, { 1 } },
		{ 0x13, 3, { 0x3F, 0x3F, 0x3F } },
		{ 0x01, 18, { 0 } },
		{ 0x16, 1, { 0xFF } },
	};
	static const uint8_t dark[GLOW_PIGLOW_LEDS];
	struct fake_write wrong[4];
	struct bench b;

	(void)state;
	set_up(&b);
	assert_int_equal(b.fake.chip.n, 0); /* it shows what it showed */
	assert_int_equal(show(&b, dark), 0);
	assert_true(log_is(&b.fake.chip, start, 4));
	assert_true(only(&b.fake.chip, 0, 0));
	assert_int_equal(b.board->shape.kind, GLOW_SHAPE_PIGLOW);
	assert_int_equal(b.board->shape.pixels, 18);

	memcpy(wrong, start, sizeof(wrong));
	wrong[1].data[1] ^= 0x20;
	assert_false(log_is(&b.fake.chip, wrong, 4));
	assert_false(log_is(&b.fake.chip, start, 3));
	glow_board_close(b.board);
}

/* Level 128 is 0.21586 of full light: 55 of 255. The block is in the order of
 * the registers 0x01..0x12. */
/* promise: wire */
static void test_frame(void **state)
{
	static const uint8_t levels[18] = { 255, 0, 0, 0, 0, 128, 0, 255, 0, 0, 0, 0, 128, 0, 0, 0, 0, 255 };
	static const struct fake_write frame[] = {
		{ 0x01, 18, { 55, 0, 0, 0, 0, 0, 255, 0, 0, 55, 0, 0, 255, 0, 0, 0, 255, 0 } },
		{ 0x16, 1, { 0xFF } },
	};
	struct fake_write flipped[2];
	struct bench b;

	(void)state;
	set_up(&b);
	assert_int_equal(show(&b, (const uint8_t[18]){ 0 }), 0); /* which starts the chip */
	assert_int_equal(show(&b, levels), 0);
	assert_true(log_is(&b.fake.chip, frame, 2));
	for (int byte = 0; byte < 18; byte++) {
		memcpy(flipped, frame, sizeof(flipped));
		flipped[0].data[byte] ^= 1;
		assert_false(log_is(&b.fake.chip, flipped, 2));
	}
	glow_board_close(b.board);
}

static void test_each_led_by_name(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	for (int k = 0; k < GLOW_PIGLOW_LEDS; k++) {
		uint8_t levels[GLOW_PIGLOW_LEDS] = { 0 };

		levels[led_of(wiring[k].name)] = 200;
		assert_int_equal(show(&b, levels), 0);
		assert_true(only(&b.fake.chip, wiring[k].output, 147));
		assert_false(only(&b.fake.chip, wiring[(k + 1) % GLOW_PIGLOW_LEDS].output, 147));
		assert_false(only(&b.fake.chip, wiring[k].output, 200));
	}
	glow_board_close(b.board);
}

/* Steps of 257 from a third on; below one step, what has a third of the brightest LED's light. */
static void test_dark_end(void **state)
{
	static const struct {
		uint16_t light[3];
		uint8_t level[3];
	} rows[] = {
		{ { 65535, 257, 86 }, { 255, 1, 1 } }, { { 65535, 385, 85 }, { 255, 1, 0 } },
		{ { 386, 128, 20 }, { 2, 1, 0 } },     { { 20, 7, 6 }, { 1, 1, 0 } },
		{ { 1, 0, 0 }, { 1, 0, 0 } },          { { 0, 0, 0 }, { 0, 0, 0 } },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		struct glow_frame frame = { .n = GLOW_PIGLOW_LEDS };
		uint8_t levels[GLOW_PIGLOW_LEDS];

		for (int i = 0; i < 3; i++)
			frame.px[6 * i].r = rows[k].light[i];
		glow_piglow_levels(&frame, levels);
		for (int i = 0; i < 3; i++)
			assert_int_equal(levels[6 * i], rows[k].level[i]);
		assert_int_equal(levels[1], 0);
	}
}

/* A picture that is dimmed up and up: no LED goes back, whatever its share of the brightest is (which below 32 of 65535
 * is rounded too roughly to tell). */
static void test_rises(void **state)
{
	uint8_t last[GLOW_PIGLOW_LEDS] = { 0 };

	(void)state;
	for (uint32_t light = 0; light < 65536; light++) {
		struct glow_frame frame = { .n = GLOW_PIGLOW_LEDS };
		uint8_t levels[GLOW_PIGLOW_LEDS];

		for (uint32_t i = 0; i < GLOW_PIGLOW_LEDS; i++)
			frame.px[i].r = (uint16_t)((light * (2 * i + 1) + 17) / 35);
		glow_piglow_levels(&frame, levels);
		for (int i = 0; light > 31 && i < GLOW_PIGLOW_LEDS; i++)
			assert_true(levels[i] >= last[i]);
		memcpy(last, levels, sizeof(last));
	}
	assert_int_equal(last[17], 255);
	assert_int_equal(last[0], 7);
}

static void test_end(void **state)
{
	static const struct fake_write off[] = { { 0x01, 18, { 0 } }, { 0x16, 1, { 0xFF } } };
	static const uint8_t levels[GLOW_PIGLOW_LEDS] = { 255 };
	struct bench b;

	(void)state;
	set_up(&b);
	show(&b, levels);
	b.fake.chip.n = 0;
	glow_board_close(b.board);
	assert_true(log_is(&b.fake.chip, off, 2));
	assert_true(only(&b.fake.chip, 0, 0));
	assert_true(b.fake.closed);

	set_up(&b);
	show(&b, levels);
	b.board->keep = true;
	glow_board_close(b.board);
	assert_true(only(&b.fake.chip, wiring[0].output, 255));
	assert_true(b.fake.closed);
}

/* A frame is seen all at once or not at all. */
static void test_failing_bus(void **state)
{
	static const uint8_t levels[GLOW_PIGLOW_LEDS] = { 255 };
	struct bench b;

	(void)state;
	for (size_t at = 1; at <= 4; at++) { /* which the first frame has */
		set_up(&b);
		b.fake.fail_at = at;
		assert_int_equal(show(&b, levels), -EREMOTEIO);
		assert_true(only(&b.fake.chip, 0, 0));
		b.fake.fail_at = 0;
		assert_int_equal(show(&b, levels), 0);
		assert_int_equal(b.fake.chip.n, 4); /* whatever it may have forgotten meanwhile */
		assert_true(only(&b.fake.chip, wiring[0].output, 255));
		assert_int_equal(show(&b, (const uint8_t[GLOW_PIGLOW_LEDS]){ 0 }), 0);
		assert_int_equal(b.fake.chip.n, 2);
		glow_board_close(b.board);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_each_led_by_name),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_dark_end),
		cmocka_unit_test(test_rises),
		cmocka_unit_test(test_failing_bus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
