/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One suite for every row of boards.def: open changes nothing, show shows, close
 * changes nothing and gives everything back; and for all alike, dark at both ends, or not. Each board is the real one
 * down to its system calls, behind which a fake kernel stands with all the hardware it
 * can be. What a board's wires mean the suite does not know; it knows that
 * different frames must look different, and the same frame always the same.
 * That a red LED is red is for the golden test of the board to say. The suite
 * returns its complaint, so that the controls can check that a board that breaks the contract gets one. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/board.h>

#include "fake_kernel.h"

static const char *const names[] = {
#define X(name) #name,
#include "boards.def"
#undef X
};

/* The roads to a chip on I2C and to two lines; a board that takes none of them takes all in its stride. */
static const struct road {
	const char *i2c, *gpio;
} roads[] = { { "auto", "sysfs" }, { "dev", "sysfs" }, { "leds", "sysfs" }, { "gpio", "sysfs" }, { "auto", "spi" } };
enum { ROADS = sizeof(roads) / sizeof(roads[0]) };

/* All that can be seen of a board from outside, whatever it is: what it said last on each way. */
struct picture {
	size_t clocks;
	uint8_t bits[FAKE_CLOCKS_MAX];
	uint8_t output[FAKE_OUTPUTS];
	int led[FAKE_OUTPUTS];
	char line[512], screen[512]; /* of the file of --virtual-out, and on standard output */
};

static struct picture seen;

static int init(void **state)
{
	(void)state;
	fake_kernel_init();
	memset(&seen, 0, sizeof(seen));
	return 0;
}

static int fini(void **state)
{
	(void)state;
	fake_kernel_fini();
	return 0;
}

static void plug_in(void)
{
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	fake_kernel_add_i2c();
	fake_kernel_add_leds(true);
	fake_kernel_add_spi("glow-blinkt");
}

/* Where a file of the fake kernel's directory is. */
static void path_of(const char *file, char ret_path[96])
{
	snprintf(ret_path, 96, "%s/%s", fake_kernel.root, file);
}

/* Keeps the last line of a file, without the times in front of an array, and empties the file. */
static void take_line(const char *file, char ret_line[512])
{
	const char *text = fake_kernel_read(file), *last = text;
	char path[96];

	if (!*text)
		return;
	for (const char *at = text; *at; at++)
		if (*at == '[' || (*at == '\n' && at[1]))
			last = at + 1;
	snprintf(ret_line, 512, "%s", last);
	path_of(file, path);
	assert_int_equal(truncate(path, 0), 0);
}

static const struct picture *look(void)
{
	struct fake_wire *wire = &fake_kernel.wire;

	assert_true(wire->n < FAKE_CLOCKS_MAX);
	if (wire->n) {
		memcpy(seen.bits, wire->bits, wire->n);
		seen.clocks = wire->n;
	}
	wire->n = 0;
	fake_kernel.chip.n = 0;
	for (int k = 0; k < FAKE_OUTPUTS; k++)
		seen.output[k] = fake_sn3218_light(&fake_kernel.chip, k + 1);
	memcpy(seen.led, fake_kernel.led, sizeof(seen.led));
	take_line("frames", seen.line);
	take_line("screen", seen.screen);
	return &seen;
}

/* Of the clocks only the last count: more may go before a frame that mends the chain. */
static bool same(const struct picture *a, const struct picture *b)
{
	size_t n = a->clocks < b->clocks ? a->clocks : b->clocks;

	return (n || a->clocks == b->clocks) && memcmp(a->bits + a->clocks - n, b->bits + b->clocks - n, n) == 0 &&
	       memcmp(a->output, b->output, sizeof(a->output)) == 0 && memcmp(a->led, b->led, sizeof(a->led)) == 0 &&
	       strcmp(a->line, b->line) == 0 && strcmp(a->screen, b->screen) == 0;
}

static int open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* Frame 0 is dark. The next light one LED of those that are easily mixed up, the last two the first one in other
 * colours. */
enum { PLACES = 4, FRAMES = 1 + PLACES + 2 };

static int places(struct glow_shape shape)
{
	return shape.pixels < PLACES ? (int)shape.pixels : PLACES;
}

static int show(const struct glow_board_desc *desc, struct glow_board *board, int k)
{
	const uint32_t n = board->shape.pixels, at[1 + PLACES] = { 0, 0, n - 1, n / 2, 1 };
	const struct glow_linear white = { 65535, 65535, 65535 }, other[] = { { 0, 65535, 0 }, { 0, 0, 65535 } };
	int other_k = k - places(board->shape) - 1;
	struct glow_frame frame;

	glow_frame_fill(&frame, n, GLOW_DARK);
	if (other_k >= 0)
		frame.px[0] = other[other_k];
	else if (k)
		frame.px[at[k]] = glow_shape_mono(board->shape) ? white : (struct glow_linear){ 65535, 0, 0 };
	return desc->show(board, &frame, (struct glow_stamp){ 0 });
}

static bool describes_itself(const struct glow_board_desc *desc, const struct glow_board *board,
			     const struct glow_board_cfg *cfg)
{
	struct glow_shape shape = glow_board_shape(desc, cfg);

	return board->desc == glow_board_find(desc->name) && board->backend[0] && desc->title && desc->title[0] &&
	       desc->what && desc->what[0] && shape.kind == board->shape.kind && shape.pixels == board->shape.pixels;
}

/* Twice, and the second time in another order: what came before must not matter. */
static const char *conform_show(const struct glow_board_desc *desc, struct glow_board *board)
{
	static struct picture pictures[FRAMES];
	int frames = 1 + places(board->shape) + (glow_shape_mono(board->shape) ? 0 : 2);

	for (int k = 0; k < frames; k++) {
		if (show(desc, board, k) < 0)
			return "does not show";
		pictures[k] = *look();
		for (int j = 0; j < k; j++)
			if (same(&pictures[j], &pictures[k]))
				return "shows two frames alike";
	}
	for (int k = frames - 1; k >= 0; k--)
		for (int times = 0; times < 2; times++)
			if (show(desc, board, k) < 0 || !same(look(), &pictures[k]))
				return "shows something else";
	return show(desc, board, 1) < 0 ? "does not show" : NULL;
}

static const char *conform(const struct glow_board_desc *desc, const struct glow_board_cfg *cfg)
{
	static struct picture before_it;
	struct glow_board *board;
	struct glow_diag diag;
	const char *complaint;
	int before = open_files();

	before_it = *look();
	if (desc->probe(cfg, &diag) != 0)
		return "does not see itself";
	if (desc->open(cfg, &board, &diag) != 0)
		return "does not open";
	complaint = same(look(), &before_it) ? NULL : "changes something when it opens";
	if (!complaint)
		complaint = describes_itself(desc, board, cfg) ? conform_show(desc, board) : "does not describe itself";
	before_it = *look();
	desc->close(board);
	if (!complaint && !same(look(), &before_it))
		complaint = "changes something when it closes";
	if (!complaint && open_files() != before)
		complaint = "leaves a file open";
	return complaint;
}

/* All the hardware there is, the road to it, and standard output in a file, where the terminal board draws. Returns
 * what it was. */
static int begin(const struct road *road, struct glow_board_cfg *ret_cfg)
{
	static char frames[96];
	char screen[96];
	int out, fd;

	path_of("frames", frames);
	path_of("screen", screen);
	*ret_cfg = fake_kernel_cfg();
	ret_cfg->virtual_out = frames;
	ret_cfg->i2c = road->i2c;
	ret_cfg->gpio = road->gpio;
	plug_in();
	look();
	memset(&seen, 0, sizeof(seen)); /* what was there before */
	fflush(stdout);
	out = dup(STDOUT_FILENO);
	fd = open(screen, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	return out;
}

static void end(int out)
{
	dup2(out, STDOUT_FILENO);
	close(out);
}

static const char *run(const struct glow_board_desc *desc, const struct road *road)
{
	struct glow_board_cfg cfg;
	int out = begin(road, &cfg);
	const char *complaint = conform(desc, &cfg);

	end(out);
	return complaint;
}

static void test_conformance(void **state)
{
	(void)state;
	for (size_t k = 0; k < glow_board_count() * ROADS; k++) {
		const struct glow_board_desc *desc = glow_board_at(k / ROADS);
		const struct road *road = &roads[k % ROADS];
		const char *complaint = run(desc, road);

		if (complaint)
			fail_msg("%s by --i2c %s --gpio %s %s", desc->name, road->i2c, road->gpio, complaint);
	}
}

/* Opens the board, whatever it showed, shows frame k, or none where that is negative, and closes it. What could be
 * seen after each step. */
static void live(const char *name, struct glow_board_cfg *cfg, bool keep, int k, struct picture ret_seen[3])
{
	struct glow_board *board;
	struct glow_diag diag;

	cfg->keep = keep;
	assert_int_equal(glow_board_open(name, cfg, &board, &diag), 0);
	ret_seen[0] = *look();
	if (k >= 0)
		assert_int_equal(show(board->desc, board, k), 0);
	ret_seen[1] = *look();
	glow_board_close(board);
	ret_seen[2] = *look();
}

/* Told to keep, from one life to the next nothing changes; else it is dark at both ends. */
static const char *both_ends(const char *name, const struct road *road)
{
	static struct picture lit[3], dark[3], kept[3], cleared[3];
	struct glow_board_cfg cfg;
	int out = begin(road, &cfg);

	live(name, &cfg, true, 0, dark);
	live(name, &cfg, true, 1, lit);
	live(name, &cfg, true, -1, kept);
	live(name, &cfg, false, 1, cleared);
	end(out);
	if (same(&lit[1], &dark[1]))
		return "shows nothing";
	if (!same(&lit[0], &dark[1]) || !same(&lit[2], &lit[1]) || !same(&kept[0], &lit[1]) || !same(&kept[2], &lit[1]))
		return "does not keep";
	return same(&cleared[0], &dark[1]) && same(&cleared[1], &lit[1]) && same(&cleared[2], &dark[1])
		       ? NULL
		       : "does not clear";
}

/* promise: dark-on-exit, dark-at-the-start, no-dark-gap */
static void test_both_ends(void **state)
{
	(void)state;
	for (size_t k = 0; k < glow_board_count() * ROADS; k++) {
		const char *name = glow_board_at(k / ROADS)->name;
		const struct road *road = &roads[k % ROADS];
		const char *complaint = both_ends(name, road);

		if (complaint)
			fail_msg("%s by --i2c %s --gpio %s %s", name, road->i2c, road->gpio, complaint);
	}
	glow_board_close(NULL);
}

/* The lists that people and the build see are the rows of boards.def. */
static void test_lists(void **state)
{
	char choices[256] = "auto", others[256];

	(void)state;
	assert_int_equal(glow_board_count(), sizeof(names) / sizeof(names[0]));
	glow_board_without_hardware(others, sizeof(others));
	for (size_t k = 0; k < glow_board_count(); k++) {
		const struct glow_board_desc *desc = glow_board_at(k);
		char option[64];

		assert_string_equal(desc->name, names[k]);
		assert_ptr_equal(glow_board_find(desc->name), desc);
		snprintf(choices + strlen(choices), sizeof(choices) - strlen(choices), "|%s", desc->name);
		snprintf(option, sizeof(option), "--board %s", desc->name);
		assert_int_equal(!strstr(others, option), desc->hardware);
		assert_true(glow_board_meant(desc, desc->name));
		assert_int_equal(glow_board_meant(desc, "auto"), desc->hardware && !desc->named);
		assert_false(glow_board_meant(desc, names[(k + 1) % glow_board_count()]));
	}
	assert_string_equal(glow_board_choices, choices);
}

/* The hardware goes away under an open board: showing fails at once with
 * -ENODEV, closing gives back what it can, and the board opens again when it is back. */
static void lose(const struct glow_board_desc *desc, const struct road *road)
{
	static struct picture opened;
	struct glow_board_cfg cfg = fake_kernel_cfg();
	struct glow_board *board;
	struct glow_diag diag;
	int before = open_files();

	cfg.i2c = road->i2c;
	cfg.gpio = road->gpio;
	plug_in();
	assert_int_equal(glow_board_open(desc->name, &cfg, &board, &diag), 0);
	fake_kernel.gone = true;
	assert_int_equal(show(desc, board, 1), -ENODEV);
	assert_int_equal(show(desc, board, 1), -ENODEV);
	glow_board_close(board);
	assert_int_equal(open_files(), before);
	diag.what[0] = '\0';
	assert_true(glow_board_open(desc->name, &cfg, &board, &diag) < 0);
	assert_true(strlen(diag.what) > 20);
	assert_int_equal(open_files(), before);
	fake_kernel.gone = false;
	look();
	assert_int_equal(glow_board_open(desc->name, &cfg, &board, &diag), 0);
	opened = *look();
	assert_int_equal(show(desc, board, 0), 0);
	assert_true(same(look(), &opened));
	assert_int_equal(show(desc, board, 1), 0);
	assert_false(same(look(), &opened));
	glow_board_close(board);
}

static void test_disappears(void **state)
{
	(void)state;
	for (size_t k = 0; k < glow_board_count() * ROADS; k++)
		if (glow_board_at(k / ROADS)->hardware)
			lose(glow_board_at(k / ROADS), &roads[k % ROADS]);
}

/* The controls: boards that do what the suite must not let pass. */
static const struct glow_board_desc *right;
static struct glow_frame late;

static int show_nothing(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	struct glow_frame dark;

	glow_frame_fill(&dark, frame->n, GLOW_DARK);
	return right->show(board, &dark, stamp);
}

/* The frame before; the first it shows at once, or it would not be known to be late. */
static int show_late(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	int r = right->show(board, late.n == frame->n ? &late : frame, stamp);

	glow_frame_copy(&late, frame);
	return r;
}

/* Every LED in the colour of the brightest. */
static int show_everywhere(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	struct glow_frame all;

	glow_frame_fill(&all, frame->n, GLOW_DARK);
	for (uint32_t i = 0; i < frame->n; i++)
		if (!glow_linear_equal(frame->px[i], GLOW_DARK))
			glow_frame_fill(&all, frame->n, frame->px[i]);
	return right->show(board, &all, stamp);
}

/* Lights stay on until they are lit again: right at first, wrong as soon as frames come in another order. */
static int show_more(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	for (uint32_t i = 0; i < frame->n && late.n == frame->n; i++)
		if (!glow_linear_equal(frame->px[i], GLOW_DARK))
			late.px[i] = frame->px[i];
	if (late.n != frame->n)
		glow_frame_copy(&late, frame);
	return right->show(board, &late, stamp);
}

static int probe_nothing(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	(void)cfg;
	(void)diag;
	return -ENODEV;
}

static int open_leaking(const struct glow_board_cfg *cfg, struct glow_board **ret_board, struct glow_diag *diag)
{
	assert_true(dup(STDERR_FILENO) >= 0);
	return right->open(cfg, ret_board, diag);
}

static int open_lit(const struct glow_board_cfg *cfg, struct glow_board **ret_board, struct glow_diag *diag)
{
	int r = right->open(cfg, ret_board, diag);

	return r < 0 ? r : show(right, *ret_board, 2);
}

static void close_dark(struct glow_board *board)
{
	show(right, board, 0);
	right->close(board);
}

static void expect_complaint(struct glow_board_desc wrong, const char *complaint)
{
	late.n = 0;
	assert_string_equal(run(&wrong, &roads[0]), complaint);
}

static void test_a_broken_board_is_seen(void **state)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();

	(void)state;
	for (size_t k = 0; k < glow_board_count(); k++) {
		struct glow_board_desc wrong = *glow_board_at(k);

		right = glow_board_at(k);
		wrong.show = show_nothing;
		expect_complaint(wrong, "shows two frames alike");
		wrong.show = show_late;
		expect_complaint(wrong, "shows two frames alike");
		wrong.show = show_everywhere;
		if (glow_board_shape(right, &cfg).pixels > 1)
			expect_complaint(wrong, "shows two frames alike");
		wrong.show = show_more;
		expect_complaint(wrong, "shows something else");
		wrong = *right;
		wrong.probe = probe_nothing;
		expect_complaint(wrong, "does not see itself");
		wrong = *right;
		wrong.open = open_leaking;
		expect_complaint(wrong, "leaves a file open");
		wrong.open = open_lit;
		expect_complaint(wrong, "changes something when it opens");
		wrong = *right;
		wrong.close = close_dark;
		expect_complaint(wrong, "changes something when it closes");
		wrong = *right;
		wrong.title = "";
		expect_complaint(wrong, "does not describe itself");
		wrong = *right;
		wrong.shape = glow_board_shape(right, &cfg);
		wrong.shape.pixels++;
		expect_complaint(wrong, "does not describe itself");
	}
}

/* Nothing plugged in: hardware boards are not here and say why. */
static void test_absent(void **state)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();
	struct glow_board *board;
	struct glow_diag diag;

	(void)state;
	for (size_t k = 0; k < glow_board_count(); k++) {
		const struct glow_board_desc *desc = glow_board_at(k);

		diag.what[0] = '\0';
		assert_int_equal(desc->probe(&cfg, &diag), desc->hardware ? -ENODEV : 0);
		if (!desc->hardware)
			continue;
		assert_true(strlen(diag.what) > 20);
		diag.what[0] = '\0';
		assert_int_equal(glow_board_open(desc->name, &cfg, &board, &diag), -ENODEV);
		assert_true(strlen(diag.what) > 20);
	}
}

static void expect_auto(const struct glow_board_cfg *cfg, const char *name, const char *backend)
{
	struct glow_board *board;
	struct glow_diag diag;

	assert_int_equal(glow_board_open("auto", cfg, &board, &diag), 0);
	assert_string_equal(board->desc->name, name);
	assert_string_equal(board->backend, backend);
	glow_board_close(board);
}

static void test_auto(void **state)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();
	struct glow_board *board;
	struct glow_diag diag;
	char backend[96];

	(void)state;
	assert_int_equal(glow_board_open("auto", &cfg, &board, &diag), -ENODEV);
	assert_non_null(strstr(diag.what, "piglow: "));
	assert_non_null(strstr(diag.what, "dtparam=i2c_arm=on"));
	assert_non_null(strstr(diag.what, "; blinkt: "));
	assert_non_null(strstr(diag.what, "no sysfs GPIO"));

	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
	expect_auto(&cfg, "blinkt", "sysfs:512");
	fake_kernel_add_i2c();
	snprintf(backend, sizeof(backend), "i2c-dev:%s", fake_kernel.i2c_bus);
	expect_auto(&cfg, "piglow", backend);
	fake_kernel.transfer_error = EREMOTEIO; /* a bus without a PiGlow on it */
	expect_auto(&cfg, "blinkt", "sysfs:512");
}

static void test_mistakes(void **state)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();
	struct glow_board *board;
	struct glow_diag diag;

	(void)state;
	assert_null(glow_board_find("blink"));
	assert_int_equal(glow_board_open("blink", &cfg, &board, &diag), -EINVAL);
	assert_non_null(strstr(diag.what, "blink"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lists, init, fini),
		cmocka_unit_test_setup_teardown(test_conformance, init, fini),
		cmocka_unit_test_setup_teardown(test_both_ends, init, fini),
		cmocka_unit_test_setup_teardown(test_disappears, init, fini),
		cmocka_unit_test_setup_teardown(test_a_broken_board_is_seen, init, fini),
		cmocka_unit_test_setup_teardown(test_absent, init, fini),
		cmocka_unit_test_setup_teardown(test_auto, init, fini),
		cmocka_unit_test_setup_teardown(test_mistakes, init, fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
