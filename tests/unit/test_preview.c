/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Effects in text on boards that are nowhere: which boards, what they show, and what is said of mistakes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <cmocka.h>

#include "../../bridge/app/ctl/preview.h"
#include "../harness/flash.h"

#define START INT64_C(1700000000000000)

static struct glow_preview preview;
static struct glow_preview_boards boards;
static struct glow_diag diag;
static int64_t latest_us; /* when something was drawn last */

/* ---- which boards ---- */

static void boards_by_name_and_by_length(void **state)
{
	(void)state;
	assert_int_equal(glow_preview_boards_read("blinkt:2,piglow\n60:2", &boards, &diag), GLOW_OK);
	assert_int_equal(boards.n, 5);
	assert_string_equal(boards.v[1].id, "2-blinkt");
	assert_string_equal(boards.v[2].id, "3-piglow");
	assert_string_equal(boards.v[4].id, "5-strip");
	assert_int_equal(boards.v[0].shape.pixels, 8);
	assert_int_equal(boards.v[2].shape.kind, GLOW_SHAPE_PIGLOW);
	assert_int_equal(boards.v[4].shape.pixels, 60);
	assert_int_equal(glow_preview_boards_read("1:64", &boards, &diag), GLOW_OK);
	assert_int_equal(glow_preview_boards_read("4096", &boards, &diag), GLOW_OK);
}

static void boards_that_are_none(void **state)
{
	static const char *const lists[] = { "",
					     ",",
					     "blinkt,",
					     "apa102",
					     "virtual",
					     "4097",
					     "0",
					     "-1",
					     "1:65",
					     "63:32,1:33",
					     "blinkt:0",
					     "blinkt:",
					     "blinkt:2x",
					     "blinkt:-1",
					     "60:2:2",
					     " 60",
					     "blnkt",
					     "6e1",
					     "99999999999999999999",
					     "blinkt:99999999999999999999" };

	(void)state;
	for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++)
		if (glow_preview_boards_read(lists[k], &boards, &diag) == GLOW_OK)
			fail_msg("\"%s\" is %u boards", lists[k], boards.n);
	glow_preview_boards_read("blnkt:3", &boards, &diag);
	assert_non_null(strstr(diag.what, "\"blnkt:3\"; did you mean \"blinkt\"?"));
	assert_non_null(strstr(diag.what, "piglow"));
}

/* ---- what they show ---- */

static void open_with(const char *list, struct glow_ctl_options options, const char *words)
{
	latest_us = START;
	assert_int_equal(glow_preview_boards_read(list, &boards, &diag), GLOW_OK);
	assert_true(glow_preview_init(&preview, "some/beam.glow", &boards, &options, words, START, 7));
}

static void open_on(const char *list)
{
	open_with(list, (struct glow_ctl_options)GLOW_CTL_OPTIONS_NONE, "");
}

static int close_all(void **state)
{
	(void)state;
	glow_preview_fini(&preview);
	memset(&preview, 0, sizeof(preview));
	return 0;
}

static int takes(const char *text)
{
	return glow_preview_take(&preview, text, strlen(text), NULL, START);
}

/* What is drawn, without colours. */
static char *drawn(int64_t t_us, int columns, int rows)
{
	const struct glow_watch_screen screen = { .columns = columns, .rows = rows, .colors = 256 };
	char *text, *to;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	latest_us = t_us;
	glow_preview_draw(&preview, t_us, screen, out);
	fclose(out);
	to = text;
	for (const char *from = text; *from;) {
		if (*from == '\033')
			from += strcspn(from, "mK") + 1;
		else
			*to++ = *from++;
	}
	*to = '\0';
	return text;
}

static bool says(const char *what)
{
	char *text = drawn(latest_us, 100, 24);
	bool found = strstr(text, what);

	free(text);
	return found;
}

/* Pixel i of board k. */
static struct glow_rgb shown(size_t k, uint32_t i, int64_t t_us)
{
	static struct glow_frame frame;
	const struct glow_watched *node = preview.watch.nodes[k];

	glow_watch_tick(&preview.watch, t_us);
	glow_watch_render(&preview.watch, node, t_us, &frame);
	return glow_watch_pixel(node->info.shape, &frame, i);
}

static void assert_shown(size_t k, uint32_t i, struct glow_rgb c)
{
	struct glow_rgb is = shown(k, i, START);

	if (!glow_rgb_equal(is, c))
		fail_msg("%u of board %zu is #%02x%02x%02x", i, k, is.r, is.g, is.b);
}

static void boards_are_one_strip(void **state)
{
	(void)state;
	open_on("3:2");
	assert_shown(0, 0, GLOW_BLACK);
	assert_int_equal(takes("# halves\nif x < 0.5 then #800 else #080"), 0);
	assert_shown(0, 2, (struct glow_rgb){ 0x88, 0, 0 });
	assert_shown(1, 0, (struct glow_rgb){ 0, 0x88, 0 });
	assert_true(says("halves · "));
}

static void or_each_alike(void **state)
{
	struct glow_ctl_options options = GLOW_CTL_OPTIONS_NONE;
	char span[] = "node";

	(void)state;
	options.span = span;
	open_with("3:2", options, "");
	assert_int_equal(takes("if x < 0.5 then #800 else #080"), 0);
	assert_shown(0, 2, (struct glow_rgb){ 0, 0x88, 0 });
	assert_shown(1, 0, (struct glow_rgb){ 0x88, 0, 0 });
}

/* Boards stand in the order in which they were named. */
static void in_their_order(void **state)
{
	(void)state;
	open_on("1:9,piglow,blinkt");
	assert_int_equal(takes("if i < 9 then #888 else if i < 27 then black else #080"), 0);
	assert_shown(8, 0, (struct glow_rgb){ 0x88, 0x88, 0x88 });
	assert_shown(9, 0, GLOW_BLACK);
	assert_string_equal(preview.watch.nodes[10]->id, "11-blinkt");
	assert_shown(10, 7, (struct glow_rgb){ 0, 0x88, 0 });
}

#define PARAMS "param part 0..100 = 50 %\nif x < part then color else black"

static void parameters_and_words(void **state)
{
	struct glow_ctl_options options = GLOW_CTL_OPTIONS_NONE;
	char part[] = "part=100";

	(void)state;
	options.params = part;
	options.for_s = 3;
	open_with("2", options, "#080");
	assert_int_equal(takes(PARAMS), 0);
	assert_shown(0, 1, (struct glow_rgb){ 0, 0x88, 0 });
	assert_true(says("part 100 %"));
	/* For this text it is too much: it shows all the same, as it is by itself. */
	assert_int_equal(takes("param part 0..50 = 40 %\nif x < part then #00f else black"), EX_DATAERR);
	assert_string_equal(preview.mistake, "params.part: must be 0..50, got 100");
	assert_shown(0, 1, GLOW_BLACK);
	assert_true(says("part 40 %"));
	assert_int_equal(takes(PARAMS), 0);
	assert_string_equal(preview.mistake, "");
}

/* ---- mistakes ---- */

static void the_last_good_one_goes_on(void **state)
{
	(void)state;
	open_on("blinkt");
	assert_int_equal(takes("#800"), 0);
	assert_false(says("beam.glow:"));
	assert_int_equal(takes("#800\nwvae(x)"), EX_DATAERR);
	assert_true(says("some/beam.glow:2:1: "));
	assert_shown(0, 0, (struct glow_rgb){ 0x88, 0, 0 });
	glow_diag_set(&diag, GLOW_BAD_EFFECT, "", "is away");
	assert_int_equal(glow_preview_take(&preview, NULL, 0, &diag, START), EX_NOINPUT);
	assert_true(says("some/beam.glow: is away"));
	assert_shown(0, 0, (struct glow_rgb){ 0x88, 0, 0 });
	assert_int_equal(takes("#080"), 0);
	assert_false(says("beam.glow:"));
	assert_shown(0, 0, (struct glow_rgb){ 0, 0x88, 0 });
}

/* It goes on where it was, as on a node. */
static void a_change_keeps_the_start(void **state)
{
	(void)state;
	open_on("1");
	assert_int_equal(takes("if t < 10 then #800 else #080"), 0);
	shown(0, 0, START + 20 * GLOW_US_PER_S);
	glow_preview_take(&preview, "if t < 15 then #800 else #088", 29, NULL, START + 20 * GLOW_US_PER_S);
	assert_true(glow_rgb_equal(shown(0, 0, START + 20 * GLOW_US_PER_S), (struct glow_rgb){ 0, 0x88, 0x88 }));
}

static void a_name_that_is_taken(void **state)
{
	struct glow_ctl_options options = GLOW_CTL_OPTIONS_NONE;

	(void)state;
	glow_preview_boards_read("1", &boards, &diag);
	assert_true(glow_preview_init(&preview, "rainbow.glow", &boards, &options, "", START, 7));
	assert_int_equal(takes("#800"), EX_DATAERR);
	assert_string_equal(preview.mistake, "rainbow.glow: \"rainbow\" is a built-in effect; take another name");
}

static void too_much_for_a_long_board(void **state)
{
	(void)state;
	open_on("8,4096");
	assert_int_equal(takes("0.5 * sum(k, 0, 40, noise(k + x, x))"), EX_DATAERR);
	assert_non_null(strstr(preview.mistake, "2-strip is dark: "));
	assert_false(glow_rgb_equal(shown(0, 3, START), GLOW_BLACK));
	assert_shown(1, 3, GLOW_BLACK);
}

/* ---- flashes ---- */

/* Of a text that is to flash ten times a second, two seconds drawn. */
static bool strobe_is_safe(void)
{
	struct flash_meter meter;

	flash_meter_init(&meter);
	for (int k = 0; k < 60; k++) {
		int64_t t_us = START + (int64_t)k * 33333;
		char *text = drawn(t_us, 80, 24);

		free(text);
		flash_meter_feed(&meter, t_us, flash_light_of(shown(0, 0, t_us)));
	}
	return flash_meter_safe(&meter);
}

/* promise: flash-limit */
static void previews_do_not_flash(void **state)
{
	(void)state;
	open_on("blinkt");
	assert_int_equal(takes("if cycle(0.1) < 0.5 then white else black"), 0);
	assert_false(says("flash limit"));
	assert_true(strobe_is_safe());
	assert_true(says("the flash limit holds it back"));
	preview.watch.nodes[0]->limiter = NULL; /* the control */
	assert_false(strobe_is_safe());
}

/* ---- the window ---- */

static void it_fits_into_every_window(void **state)
{
	(void)state;
	open_on("blinkt:3,piglow,200");
	assert_int_equal(takes("# a\n" PARAMS), 0);
	assert_int_equal(takes("wvae(x)"), EX_DATAERR);
	for (int columns = 1; columns < 130; columns += columns < 30 ? 1 : 9)
		for (int rows = 1; rows < 30; rows += rows < 8 ? 1 : 7) {
			char *text = drawn(START, columns, rows);
			int lines = 1;

			for (char *line = text; *line; line += strcspn(line, "\n"), line += *line != '\0') {
				char one[2000];

				snprintf(one, sizeof(one), "%.*s", (int)strcspn(line, "\n"), line);
				lines += line[strlen(one)] == '\n';
				if (columns > 5 && glow_fit_columns(one) >= columns)
					fail_msg("%d x %d:\n%s", columns, rows, text);
			}
			if (lines > rows || (rows > 2 && columns > 60 && !strstr(text, "wvae")))
				fail_msg("%d x %d:\n%s", columns, rows, text);
			free(text);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boards_by_name_and_by_length),
		cmocka_unit_test(boards_that_are_none),
		cmocka_unit_test_teardown(boards_are_one_strip, close_all),
		cmocka_unit_test_teardown(or_each_alike, close_all),
		cmocka_unit_test_teardown(in_their_order, close_all),
		cmocka_unit_test_teardown(parameters_and_words, close_all),
		cmocka_unit_test_teardown(the_last_good_one_goes_on, close_all),
		cmocka_unit_test_teardown(a_change_keeps_the_start, close_all),
		cmocka_unit_test_teardown(a_name_that_is_taken, close_all),
		cmocka_unit_test_teardown(too_much_for_a_long_board, close_all),
		cmocka_unit_test_teardown(previews_do_not_flash, close_all),
		cmocka_unit_test_teardown(it_fits_into_every_window, close_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
