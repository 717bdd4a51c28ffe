/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One suite for every board: open makes it dark, show shows, close makes it
 * dark and gives everything back. Each board is the real one down to its
 * system calls, behind which a fake kernel stands; an onlooker counts the
 * LEDs that are lit. The suite returns its complaint, so that the controls can
 * check that a board that breaks the contract gets one. */

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

#define BLINKT_CLOCKS 324

struct subject {
	const char *name;
	void (*plug_in)(void); /* makes the hardware be there; NULL for none */
	int (*lit)(void);      /* how many LEDs shine */
	const char *i2c;       /* the road, where there are several; NULL for "auto" */
};

static int init(void **state)
{
	(void)state;
	fake_kernel_init();
	return 0;
}

static int fini(void **state)
{
	(void)state;
	fake_kernel_fini();
	return 0;
}

static void plug_in_gpio(void)
{
	fake_kernel_add_gpio("pinctrl-bcm2711\n", 512);
}

static void plug_in_leds(void)
{
	fake_kernel_add_leds(true);
}

/* The chain shows the frame that ended last; afterwards the wire is a new one. */
static int lit_blinkt(void)
{
	struct fake_wire *wire = &fake_kernel.wire;
	uint32_t words[8];
	int n, lit = 0;

	if (wire->n > BLINKT_CLOCKS) {
		memmove(wire->bits, wire->bits + wire->n - BLINKT_CLOCKS, BLINKT_CLOCKS);
		wire->n = BLINKT_CLOCKS;
	}
	n = fake_wire_leds(wire, words, 8);

	for (int i = 0; i < n; i++)
		lit += (words[i] & 0xFFFFFF) != 0;
	wire->n = 0;
	return n == 8 ? lit : -1;
}

static int lit_piglow(void)
{
	int lit = 0;

	for (int k = 1; k <= FAKE_OUTPUTS; k++)
		lit += fake_sn3218_light(&fake_kernel.chip, k) != 0;
	return lit;
}

static int lit_leds(void)
{
	int lit = 0;

	for (int k = 0; k < FAKE_OUTPUTS; k++)
		lit += fake_kernel.led[k] != 0;
	return lit;
}

static int count(const char *text, const char *word)
{
	int n = 0;

	for (const char *at = text; (at = strstr(at, word)); at++)
		n++;
	return n;
}

/* Of the eight colours in the last line of a file, how many are red and not black. */
static int lit_in_last_line(const char *file, const char *red, const char *black)
{
	const char *text = fake_kernel_read(file), *last = text;

	for (const char *at = text; *at; at++)
		if (*at == '\n' && at[1])
			last = at + 1;
	return count(last, red) + count(last, black) == 8 ? count(last, red) : -1;
}

static int lit_virtual(void)
{
	return lit_in_last_line("frames", "\"ff0000\"", "\"000000\"");
}

static int lit_terminal(void)
{
	return lit_in_last_line("screen", "ff0000 ", "000000 ");
}

static const struct subject subjects[] = {
	{ "piglow", fake_kernel_add_i2c, lit_piglow },
	{ "blinkt", plug_in_gpio, lit_blinkt },
	{ "virtual", NULL, lit_virtual },
	{ "terminal", NULL, lit_terminal },
};

/* The other roads to a board of the above. */
static const struct subject roads[] = {
	{ "piglow", plug_in_leds, lit_leds, "leds" },
	{ "piglow", plug_in_gpio, lit_piglow, "gpio" },
};

static int open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static int show(const struct glow_board_desc *desc, struct glow_board *board, uint32_t lit)
{
	struct glow_frame frame;

	glow_frame_fill(&frame, board->shape.pixels, GLOW_BLACK);
	for (uint32_t i = 0; i < lit; i++)
		frame.px[i] = (struct glow_rgb){ 255, 0, 0 };
	return desc->show(board, &frame, (struct glow_stamp){ 0 });
}

static const char *conform_open(const struct subject *s, const struct glow_board_desc *desc, struct glow_board *board)
{
	static const uint32_t frames[] = { 3, 3, 8, 1 };

	if (board->desc != glow_board_find(desc->name) || !board->backend[0] || board->shape.pixels < 8)
		return "does not describe itself";
	if (s->lit() != 0)
		return "is not dark after open";
	for (size_t k = 0; k < sizeof(frames) / sizeof(frames[0]); k++) {
		if (show(desc, board, frames[k]) < 0)
			return "does not show";
		if (s->lit() != (int)frames[k])
			return "shows something else";
	}
	return NULL;
}

static const char *conform(const struct subject *s, const struct glow_board_desc *desc,
			   const struct glow_board_cfg *cfg)
{
	struct glow_board *board;
	struct glow_diag diag;
	const char *complaint;
	int before = open_files();

	if (desc->probe(cfg, &diag) != 0)
		return "does not see itself";
	if (desc->open(cfg, &board, &diag) != 0)
		return "does not open";
	complaint = conform_open(s, desc, board);
	desc->close(board);
	if (!complaint && s->lit() != 0)
		complaint = "is not dark after close";
	if (!complaint && open_files() != before)
		complaint = "leaves a file open";
	desc->close(NULL);
	return complaint;
}

/* Runs the suite with standard output in a file, where the terminal board draws. */
static const char *run(const struct subject *s, const struct glow_board_desc *desc, bool keep)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();
	char frames[96], screen[96];
	const char *complaint;
	int out, fd;

	snprintf(frames, sizeof(frames), "%s/frames", fake_kernel.root);
	snprintf(screen, sizeof(screen), "%s/screen", fake_kernel.root);
	cfg.virtual_out = frames;
	cfg.keep = keep;
	if (s->i2c)
		cfg.i2c = s->i2c;
	if (s->plug_in)
		s->plug_in();
	fake_kernel.chip.n = 0;
	fake_kernel.wire.n = 0;
	fflush(stdout);
	out = dup(STDOUT_FILENO);
	fd = open(screen, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	complaint = conform(s, desc, &cfg);
	dup2(out, STDOUT_FILENO);
	close(out);
	return complaint;
}

static void test_conformance(void **state)
{
	(void)state;
	assert_int_equal(glow_board_count(), sizeof(subjects) / sizeof(subjects[0]));
	for (size_t k = 0; k < glow_board_count(); k++) {
		const struct glow_board_desc *desc = glow_board_at(k);
		const char *complaint;

		assert_string_equal(desc->name, subjects[k].name);
		assert_ptr_equal(glow_board_find(desc->name), desc);
		complaint = run(&subjects[k], desc, false);
		if (complaint)
			fail_msg("%s %s", desc->name, complaint);
	}
}

static void test_every_road(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(roads) / sizeof(roads[0]); k++) {
		const char *complaint = run(&roads[k], glow_board_find(roads[k].name), false);

		if (complaint)
			fail_msg("%s by --i2c %s %s", roads[k].name, roads[k].i2c, complaint);
		assert_string_equal(run(&roads[k], glow_board_find(roads[k].name), true), "is not dark after close");
	}
}

/* The hardware goes away under an open board: showing fails at once with
 * -ENODEV, closing gives back what it can, and the board opens again when it is back. */
static void lose(const struct subject *s)
{
	struct glow_board_cfg cfg = fake_kernel_cfg();
	struct glow_board *board;
	struct glow_diag diag;
	int before = open_files();

	cfg.i2c = s->i2c ? s->i2c : "auto";
	s->plug_in();
	fake_kernel.chip.n = 0;
	assert_int_equal(glow_board_open(s->name, &cfg, &board, &diag), 0);
	fake_kernel.gone = true;
	assert_int_equal(show(board->desc, board, 3), -ENODEV);
	assert_int_equal(show(board->desc, board, 3), -ENODEV);
	glow_board_close(board);
	assert_int_equal(open_files(), before);
	diag.what[0] = '\0';
	assert_true(glow_board_open(s->name, &cfg, &board, &diag) < 0);
	assert_true(strlen(diag.what) > 20);
	assert_int_equal(open_files(), before);
	fake_kernel.gone = false;
	fake_kernel.chip.n = 0;
	assert_int_equal(glow_board_open(s->name, &cfg, &board, &diag), 0);
	assert_int_equal(s->lit(), 0);
	assert_int_equal(show(board->desc, board, 3), 0);
	assert_int_equal(s->lit(), 3);
	glow_board_close(board);
}

static void test_disappears(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(subjects) / sizeof(subjects[0]); k++)
		if (subjects[k].plug_in)
			lose(&subjects[k]);
	for (size_t k = 0; k < sizeof(roads) / sizeof(roads[0]); k++)
		lose(&roads[k]);
}

/* The controls: boards that do what the suite must not let pass. */
static const struct glow_board_desc *right;

static int show_nothing(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	struct glow_frame dark;

	glow_frame_fill(&dark, frame->n, GLOW_BLACK);
	return right->show(board, &dark, stamp);
}

static int show_late(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	static struct glow_frame before;
	int r = right->show(board, before.n == frame->n ? &before : frame, stamp);

	glow_frame_copy(&before, frame);
	return r;
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

static void test_a_broken_board_is_seen(void **state)
{
	(void)state;
	for (size_t k = 0; k < glow_board_count(); k++) {
		struct glow_board_desc wrong;

		right = glow_board_at(k);
		assert_string_equal(run(&subjects[k], right, true), "is not dark after close");
		wrong = *right;
		wrong.show = show_nothing;
		assert_string_equal(run(&subjects[k], &wrong, false), "shows something else");
		wrong.show = show_late;
		assert_string_equal(run(&subjects[k], &wrong, false), "shows something else");
		wrong = *right;
		wrong.probe = probe_nothing;
		assert_string_equal(run(&subjects[k], &wrong, false), "does not see itself");
		wrong = *right;
		wrong.open = open_leaking;
		assert_string_equal(run(&subjects[k], &wrong, false), "leaves a file open");
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

	plug_in_gpio();
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
		cmocka_unit_test_setup_teardown(test_conformance, init, fini),
		cmocka_unit_test_setup_teardown(test_every_road, init, fini),
		cmocka_unit_test_setup_teardown(test_disappears, init, fini),
		cmocka_unit_test_setup_teardown(test_a_broken_board_is_seen, init, fini),
		cmocka_unit_test_setup_teardown(test_absent, init, fini),
		cmocka_unit_test_setup_teardown(test_auto, init, fini),
		cmocka_unit_test_setup_teardown(test_mistakes, init, fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
