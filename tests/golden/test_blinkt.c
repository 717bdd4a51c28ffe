/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The Blinkt!'s wire, clock by clock. The golden words are worked out from the
 * APA102's datasheet and the sRGB formula, not taken from our output. */

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "apa102.h"
#include "blinkt.h"
#include "fake_pins.h"
#include "vgpio/leds.h"

#define CLOCKS 324

struct bench {
	struct fake_pins fake;
	struct glow_board *board;
};

static void create(struct bench *b)
{
	fake_pins_init(&b->fake);
	assert_int_equal(glow_blinkt_create(&b->fake.pins, &b->board), 0);
}

static void show(struct bench *b, const struct glow_rgb px[8])
{
	struct glow_frame frame = { .n = 8 };

	for (int i = 0; i < 8; i++)
		frame.px[i] = glow_linear_of(px[i]);
	b->fake.wire.n = 0;
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ 0 }), 0);
}

/* Forgets all but the last frame. */
static void keep_last(struct fake_wire *wire)
{
	memmove(wire->bits, wire->bits + wire->n - CLOCKS, CLOCKS);
	wire->n = CLOCKS;
}

/* Behind its first frame. */
static void set_up(struct bench *b)
{
	create(b);
	show(b, (const struct glow_rgb[8]){ 0 });
}

/* True when the wire carried 32 zeros, the eight words with their top bit
 * first, 36 zeros, and nothing else. */
static bool wire_is(const struct fake_wire *wire, const uint32_t words[8])
{
	uint8_t expected[CLOCKS] = { 0 };

	for (int i = 0; i < 8; i++)
		for (int bit = 0; bit < 32; bit++)
			expected[32 + 32 * i + bit] = words[i] >> (31 - bit) & 1;
	return wire->n == CLOCKS && memcmp(wire->bits, expected, CLOCKS) == 0;
}

static const uint32_t dark[8] = { 0xE0000000, 0xE0000000, 0xE0000000, 0xE0000000,
				  0xE0000000, 0xE0000000, 0xE0000000, 0xE0000000 };

/* Light of level 128 is 0.21586: times 255*31 that is 1706.4, which fits in a
 * byte from brightness 7 on; 11*155 comes nearest. Level 1 is 0.000304, that is
 * 2.4. Level 64 is 0.05127, that is 405.3: 3*135. */
static const struct glow_rgb colors[8] = { { 255, 0, 0 },     { 0, 255, 0 },    { 0, 0, 255 }, { 255, 255, 255 },
					   { 128, 128, 128 }, { 255, 128, 64 }, { 1, 1, 1 },   { 0, 0, 64 } };
static const uint32_t golden[8] = { 0xFF0000FF, 0xFF00FF00, 0xFFFF0000, 0xFFFFFFFF,
				    0xEB9B9B9B, 0xFF0D37FF, 0xE1020202, 0xE3870000 };

/* promise: wire */
static void test_frame(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	show(&b, colors);
	assert_true(wire_is(&b.fake.wire, golden));
	glow_board_close(b.board);
}

static void test_a_wrong_wire_is_seen(void **state)
{
	uint32_t swapped[8];
	struct bench b;

	(void)state;
	set_up(&b);
	show(&b, colors);
	for (size_t k = 0; k < CLOCKS; k++) {
		b.fake.wire.bits[k] ^= 1;
		assert_false(wire_is(&b.fake.wire, golden));
		b.fake.wire.bits[k] ^= 1;
	}
	for (int i = 0; i < 8; i++)
		swapped[i] = (golden[i] & 0xFF00FF00) | (golden[i] & 0xFF) << 16 | (golden[i] >> 16 & 0xFF);
	assert_false(wire_is(&b.fake.wire, swapped));
	b.fake.wire.n++;
	assert_false(wire_is(&b.fake.wire, golden));
	glow_board_close(b.board);
}

/* The chain of LEDs itself must fail a wire that real LEDs would not show. */
static void test_leds_refuse_a_wrong_end(void **state)
{
	uint32_t words[8];
	struct bench b;

	(void)state;
	set_up(&b);
	show(&b, colors);
	assert_int_equal(fake_wire_leds(&b.fake.wire, words, 8), 8);
	assert_memory_equal(words, golden, sizeof(words));
	b.fake.wire.n--;
	assert_int_equal(fake_wire_leds(&b.fake.wire, words, 8), -1);
	b.fake.wire.n++;
	memset(b.fake.wire.bits + CLOCKS - 36, 1, 36);
	assert_int_equal(fake_wire_leds(&b.fake.wire, words, 8), -1);
	glow_board_close(b.board);
}

static void test_pixel_order(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	for (int i = 0; i < 8; i++) {
		struct glow_rgb px[8] = { 0 };
		uint32_t words[8];

		px[i] = GLOW_WHITE;
		memcpy(words, dark, sizeof(words));
		words[i] = 0xFFFFFFFF;
		show(&b, px);
		assert_true(wire_is(&b.fake.wire, words));
		words[i] = 0xE0000000;
		words[7 - i] = 0xFFFFFFFF;
		assert_false(wire_is(&b.fake.wire, words));
	}
	glow_board_close(b.board);
}

static void assert_idle(const struct bench *b)
{
	assert_false(b->fake.wire.data);
	assert_false(b->fake.wire.clock);
}

static void test_life(void **state)
{
	struct bench b;

	(void)state;
	create(&b);
	assert_int_equal(b.fake.wire.n, 0); /* it shows what it showed */
	assert_int_equal(b.board->shape.kind, GLOW_SHAPE_ROW);
	assert_int_equal(b.board->shape.pixels, 8);
	assert_string_equal(b.board->backend, "fake");
	show(&b, colors);
	assert_int_equal(b.fake.wire.n, GLOW_APA102_MEND_CLOCKS + CLOCKS);
	for (size_t k = 0; k < GLOW_APA102_MEND_CLOCKS; k++)
		assert_int_equal(b.fake.wire.bits[k], 0);
	keep_last(&b.fake.wire);
	assert_true(wire_is(&b.fake.wire, golden));
	assert_idle(&b);
	b.fake.wire.n = 0;
	glow_board_close(b.board);
	assert_true(wire_is(&b.fake.wire, dark));
	assert_idle(&b);
	assert_true(b.fake.closed);
}

static void test_keep(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b);
	show(&b, colors);
	b.fake.wire.n = 0;
	b.board->keep = true;
	glow_board_close(b.board);
	assert_int_equal(b.fake.wire.n, 0);
	assert_true(b.fake.closed);
}

static void test_failing_pins(void **state)
{
	struct glow_frame frame;
	struct bench b;

	(void)state;
	set_up(&b);
	glow_frame_fill(&frame, 8, glow_linear_of(GLOW_WHITE));
	for (size_t at = 1; at <= CLOCKS; at += 50) {
		b.fake.wire.n = 0;
		b.fake.fail_at = at;
		assert_int_equal(glow_board_show(b.board, &frame, (struct glow_stamp){ 0 }), -EIO);
		b.fake.fail_at = 0;
		show(&b, colors);
		assert_int_equal(b.fake.wire.n, GLOW_APA102_MEND_CLOCKS + CLOCKS);
		keep_last(&b.fake.wire);
		assert_true(wire_is(&b.fake.wire, golden));
		show(&b, (const struct glow_rgb[8]){ { 0 } });
		show(&b, colors);
		assert_true(wire_is(&b.fake.wire, golden)); /* and no more than that */
	}
	glow_board_close(b.board);
}

/* ---- one that was killed within a frame ---- */

static void clock_into(struct vgpio_leds *leds, const uint8_t *bits, size_t n)
{
	for (size_t k = 0; k < n; k++)
		vgpio_leds_clock(leds, bits[k], (int64_t)k);
}

/* Dark is on show, white is cut off after `cut` clocks, and `after` follows: whether golden is on show then, and no
 * pixel was anything but dark or white before, except for the one that was cut. */
static bool comes_out_whole(size_t cut, const uint8_t *after, size_t n_after)
{
	uint8_t frame[CLOCKS] = { 0 };
	struct vgpio_leds leds;
	int torn = 0;

	vgpio_leds_init(&leds, 8);
	for (int i = 0; i < 8; i++)
		memset(frame + 32 + (size_t)32 * i, 1, 3);
	clock_into(&leds, frame, CLOCKS);
	memset(frame + 32, 1, 256);
	clock_into(&leds, frame, cut);
	clock_into(&leds, after, n_after - 1);
	for (int i = 0; i < 8; i++)
		torn += leds.shown[i] != dark[i] && leds.shown[i] != 0xFFFFFFFF;
	clock_into(&leds, after + n_after - 1, 1);
	return torn <= 1 && memcmp(leds.shown, golden, sizeof(golden)) == 0;
}

/* promise: no-dark-gap */
static void test_killed_within_a_frame(void **state)
{
	const struct fake_wire *wire;
	struct bench b;
	int torn = 0;

	(void)state;
	create(&b);
	show(&b, colors);
	wire = &b.fake.wire;
	for (size_t cut = 0; cut <= CLOCKS; cut++)
		assert_true(comes_out_whole(cut, wire->bits, wire->n));
	for (size_t cut = 0; cut <= CLOCKS; cut++) /* the control: without what mends the chain */
		torn += !comes_out_whole(cut, wire->bits + GLOW_APA102_MEND_CLOCKS, CLOCKS);
	assert_in_range(torn, 8 * 31, CLOCKS);
	glow_board_close(b.board);
}

/* What a word makes of a channel, in units of 1/(255*31) of full light. */
static unsigned light(const uint8_t *word, int channel)
{
	return word[3 - channel] * (word[0] & 0x1Fu);
}

static double wanted(int level)
{
	double v = level / 255.0;

	return 255 * 31 * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
}

static void encode_one(struct glow_rgb c, uint8_t ret_word[4])
{
	struct glow_frame frame = { .n = 1, .px = { glow_linear_of(c) } };
	uint8_t bytes[GLOW_APA102_BYTES(1)];

	assert_int_equal(glow_apa102_encode(&frame, &glow_apa102_bgr, bytes), 32 + 32 + 33);
	memcpy(ret_word, bytes + 4, 4);
}

/* Grey, and each channel alone: every level at least as bright as the one
 * below, off by half a step of its brightness at most (and the 0.1 that the
 * 16-bit table may round), never dark when it should not be. */
/* promise: every-shade */
static void test_light(void **state)
{
	(void)state;
	for (int mask = 1; mask < 8; mask++) {
		unsigned before[3] = { 0 };

		for (int v = 0; v < 256; v++) {
			uint8_t word[4], level = (uint8_t)v;

			encode_one((struct glow_rgb){ mask & 1 ? level : 0, mask & 2 ? level : 0,
						      mask & 4 ? level : 0 },
				   word);
			assert_int_equal(word[0] >> 5, 7);
			for (int ch = 0; ch < 3; ch++) {
				double want = mask >> ch & 1 ? wanted(v) : 0;

				assert_true(light(word, ch) >= before[ch]);
				assert_true(fabs(light(word, ch) - want) <= (word[0] & 0x1F) / 2.0 + 0.1);
				assert_true(want == 0 || light(word, ch) > 0);
				before[ch] = light(word, ch);
			}
		}
		for (int ch = 0; ch < 3; ch++)
			assert_int_equal(before[ch], mask >> ch & 1 ? 255 * 31 : 0);
	}
}

/* The low end is why the brightness bits are used: of the 64 darkest greys all
 * but a few differ. Control: with a fixed brightness of 31 most are alike. */
/* promise: every-shade */
static void test_low_end(void **state)
{
	unsigned ours = 0, fixed = 0, last = 0;
	long last_fixed = 0;

	(void)state;
	for (int v = 1; v < 64; v++) {
		uint8_t word[4];

		encode_one((struct glow_rgb){ (uint8_t)v, (uint8_t)v, (uint8_t)v }, word);
		ours += light(word, 0) != last;
		last = light(word, 0);
		fixed += lround(wanted(v) / 31) != last_fixed;
		last_fixed = lround(wanted(v) / 31);
	}
	assert_int_equal(ours, 63);
	assert_true(fixed < 20);
}

/* A dark channel beside a bright one keeps its light too. */
static void test_mixed_colours(void **state)
{
	(void)state;
	for (int hue = 0; hue < 65536; hue += 97) {
		struct glow_rgb c = glow_rgb_scale(glow_rgb_hue((uint16_t)hue, 200), (uint8_t)(1 + hue % 255));
		uint8_t word[4];
		int level[3];

		level[0] = c.r;
		level[1] = c.g;
		level[2] = c.b;
		encode_one(c, word);
		for (int ch = 0; ch < 3; ch++) {
			double step = word[0] & 0x1F, want = wanted(level[ch]);
			bool is_1 = word[3 - ch] == 1; /* from a third of a step on */

			assert_true(fabs(light(word, ch) - want) <= step / (is_1 ? 1.5 : 2.0) + 0.1);
			assert_int_equal(light(word, ch) > 0, want >= step / 3);
		}
	}
}

static void encode_light(struct glow_linear c, uint8_t ret_word[4])
{
	struct glow_frame frame = { .n = 1, .px = { c } };
	uint8_t bits[GLOW_APA102_BYTES(1)];

	glow_apa102_encode(&frame, &glow_apa102_bgr, bits);
	memcpy(ret_word, bits + 4, 4);
}

/* The least light there is, which is an eighth of the wire's least; and in colour only that which it has most of. */
static void test_never_dark(void **state)
{
	static const struct {
		struct glow_linear light;
		uint8_t word[4];
	} rows[] = {
		{ { 1, 0, 0 }, { 0xE1, 0, 0, 1 } },        { { 1, 1, 1 }, { 0xE1, 1, 1, 1 } },
		{ { 1, 2, 1 }, { 0xE1, 0, 1, 0 } },        { { 3, 0, 2 }, { 0xE1, 0, 0, 1 } },
		{ { 0, 0, 3 }, { 0xE1, 1, 0, 0 } },        { { 20, 3, 2 }, { 0xE1, 0, 1, 2 } },
		{ GLOW_DARK, { 0xE0, 0, 0, 0 } },          { { 65535, 20, 0 }, { 0xFF, 0, 0, 255 } },
		{ { 65535, 86, 0 }, { 0xFF, 0, 1, 255 } },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		uint8_t word[4];

		encode_light(rows[k].light, word);
		assert_memory_equal(word, rows[k].word, 4);
	}
}

/* One light, alone or in several channels, never falls while it rises, and is as near as nine brightnesses come. */
static bool rises(uint32_t mask, bool control)
{
	unsigned last = 0;

	for (uint32_t v = 0; v < 65536; v++) {
		uint16_t l = (uint16_t)v;
		uint8_t word[4];
		unsigned got;

		encode_light((struct glow_linear){ mask & 1 ? l : 0, mask & 2 ? l : 0, mask & 4 ? l : 0 }, word);
		if (control && v % 1000 == 999)
			word[0]--;
		got = light(word, mask & 1 ? 0 : mask & 2 ? 1 : 2);
		if (got < last || fabs(got - v * 7905.0 / 65535) > (word[0] & 0x1F) / 2.0 + 1)
			return false;
		last = got;
	}
	return last == 255 * 31;
}

/* promise: every-shade */
static void test_one_light(void **state)
{
	(void)state;
	for (uint32_t mask = 1; mask < 8; mask++)
		assert_true(rises(mask, false));
	assert_false(rises(7, true));
}

/* ---- a brightness fade of any colour ---- */

struct fall {
	unsigned strongest; /* how often the strongest channel lost light */
	unsigned other, at_a_step;
	double worst; /* in steps of the channel that lost it */
};

typedef void encode_fn(struct glow_linear c, uint8_t ret_word[4]);

static void see(const uint8_t before[4], const uint8_t now[4], struct glow_linear c, struct fall *fall)
{
	const uint16_t of[3] = { c.r, c.g, c.b };
	uint16_t top = c.r > c.g ? c.r : c.g;

	top = top > c.b ? top : c.b;
	for (int ch = 0; ch < 3; ch++) {
		unsigned was = light(before, ch), is = light(now, ch);
		double step = before[0] > now[0] ? before[0] & 0x1F : now[0] & 0x1F;

		if (is >= was)
			continue;
		fall->strongest += of[ch] == top;
		fall->other += of[ch] != top;
		fall->at_a_step += before[0] != now[0];
		fall->worst = (was - is) / step > fall->worst ? (was - is) / step : fall->worst;
	}
}

/* From where the wire has light to show, at three of 65535, up to all of it. */
static void fade_up(struct glow_rgb color, encode_fn *encode, struct fall *fall)
{
	struct glow_linear to = glow_linear_of(color);
	uint8_t before[4] = { 0xE0, 0, 0, 0 }, now[4];

	for (uint32_t part = 0; part <= 65536; part += 128) {
		struct glow_linear c = glow_linear_mix(GLOW_DARK, to, part);

		if (c.r < 3 && c.g < 3 && c.b < 3)
			continue;
		encode(c, now);
		see(before, now, c, fall);
		memcpy(before, now, 4);
	}
}

/* Whatever brightness comes nearest for the three: no level of light is worse, and they flicker. */
static void encode_nearest(struct glow_linear c, uint8_t ret_word[4])
{
	const double want[3] = { c.b * 7905.0 / 65535, c.g * 7905.0 / 65535, c.r * 7905.0 / 65535 };
	double least = 1e9;

	for (int b = 1; b <= 31; b++) {
		double worst = 0;

		for (int ch = 0; ch < 3; ch++) {
			double p = floor(want[ch] / b + 0.5);

			worst = fmax(worst, p > 255 ? 1e9 : fabs(p * b - want[ch]));
		}
		if (worst >= least)
			continue;
		least = worst;
		ret_word[0] = (uint8_t)(0xE0 | b);
		for (int ch = 0; ch < 3; ch++)
			ret_word[1 + ch] = (uint8_t)floor(want[ch] / b + 0.5);
	}
}

static void encode_noise(struct glow_linear c, uint8_t ret_word[4])
{
	encode_light(c, ret_word);
	for (int ch = 1; ch < 4; ch++)
		ret_word[ch] = (uint8_t)(ret_word[ch] - (c.r % 64 == 63 && ret_word[ch] > 1));
}

static struct fall fade_all(encode_fn *encode, int by)
{
	struct fall fall = { 0 };

	for (int r = 0; r < 256; r += by)
		for (int g = 0; g < 256; g += by)
			for (int b = 0; b < 256; b += by)
				fade_up((struct glow_rgb){ (uint8_t)r, (uint8_t)g, (uint8_t)b }, encode, &fall);
	return fall;
}

/* promise: fades-up */
static void test_fades(void **state)
{
	struct fall fall = fade_all(encode_light, 17), nearest = fade_all(encode_nearest, 51);
	struct fall noise = fade_all(encode_noise, 51);

	(void)state;
	assert_int_equal(fall.strongest, 0);
	assert_int_equal(fall.other, fall.at_a_step);
	assert_true(fall.worst < 1);
	assert_true(noise.strongest > 0 && noise.other > noise.at_a_step);
	assert_true(nearest.other > 4 * fade_all(encode_light, 51).other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_a_wrong_wire_is_seen),
		cmocka_unit_test(test_pixel_order),
		cmocka_unit_test(test_leds_refuse_a_wrong_end),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_light),
		cmocka_unit_test(test_failing_pins),
		cmocka_unit_test(test_killed_within_a_frame),
		cmocka_unit_test(test_low_end),
		cmocka_unit_test(test_mixed_colours),
		cmocka_unit_test(test_never_dark),
		cmocka_unit_test(test_one_light),
		cmocka_unit_test(test_fades),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
