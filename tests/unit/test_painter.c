/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Drawing on the virtual board, whose file says what was written, and on one that does as it is told. */

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/log.h>
#include <glow/time.h>

#include "../../bridge/app/node/painter.h"

#define RED  ((struct glow_rgb){ 255, 0, 0 })
#define BLUE ((struct glow_rgb){ 0, 0, 255 })
#define HOUR (3600 * GLOW_US_PER_S)

static struct glow_clock here; /* the time since this machine started */
static struct glow_board_cfg board_cfg;
static struct glow_painter painter;
static struct glow_diag diag;
static char dir[32], out[64], log_file[64];
static int stderr_before;

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/painter-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(out, sizeof(out), "%s/out", dir);
	snprintf(log_file, sizeof(log_file), "%s/log", dir);
	here = (struct glow_clock){ .sync = NULL };
	board_cfg = (struct glow_board_cfg){ .virtual_out = out, .shape = { GLOW_SHAPE_ROW, 4 } };
	painter = (struct glow_painter){
		.name = "virtual", .board_cfg = &board_cfg, .clock = &here, .fps = 60, .cpu_percent = 100
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_painter_close(&painter);
	unlink(out);
	unlink(log_file);
	return rmdir(dir);
}

static int lines_with(const char *path, const char *part)
{
	FILE *file = fopen(path, "r");
	char line[400];
	int n = 0;

	while (file && fgets(line, sizeof(line), file))
		n += strstr(line, part) != NULL;
	if (file)
		fclose(file);
	return n;
}

static void open_board(void)
{
	assert_int_equal(glow_painter_open(&painter, &diag), 0);
}

static int show(struct glow_rgb c, int64_t t_us)
{
	static struct glow_frame frame;

	glow_frame_fill(&frame, painter.board->shape.pixels, glow_linear_of(c));
	return glow_painter_show(&painter, &frame, t_us);
}

static int64_t now_us(void)
{
	return glow_clock_time(&here, glow_instant_now()).us;
}

/* ---- a board that does as it is told ---- */

static int shown, closed, show_error, show_work_us;

static int64_t cpu_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void work(int us)
{
	for (int64_t end = cpu_us() + us; cpu_us() < end;)
		;
}

static int told_show(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	(void)board;
	(void)frame;
	(void)stamp;
	shown++;
	work(show_work_us);
	return show_error;
}

static void told_close(struct glow_board *board)
{
	(void)board;
	closed++;
}

static const struct glow_board_desc told_desc = { .name = "told", .show = told_show, .close = told_close };

static struct glow_board *told_board(unsigned fps_max, uint32_t latency_us)
{
	static struct glow_board board;

	shown = closed = show_error = show_work_us = 0;
	board = (struct glow_board){
		.desc = &told_desc, .shape = { GLOW_SHAPE_ROW, 4 }, .fps_max = fps_max, .latency_us = latency_us
	};
	return &board;
}

/* ---- writing ---- */

static void test_equal_frames(void **state)
{
	(void)state;
	open_board();
	assert_int_equal(lines_with(out, "\"000000\""), 1);
	assert_int_equal(show(RED, 2), 0);
	assert_int_equal(show(RED, 3), 0);
	assert_int_equal(painter.frames, 1);
	assert_int_equal(show(BLUE, 4), 0);
	assert_int_equal(show(RED, 5), 0);
	assert_int_equal(painter.frames, 3);
	assert_int_equal(lines_with(out, "\"t_us\":2,"), 1);
	assert_int_equal(lines_with(out, "\"t_us\":3,"), 0);
	assert_int_equal(lines_with(out, "\"t_us\":5,"), 1);
	glow_painter_close(&painter);
	assert_null(painter.board);
	assert_int_equal(lines_with(out, "\"000000\""), 2); /* dark at the end */
	glow_painter_close(&painter);                       /* there is nothing to close */
	/* What a board shows that comes back is unknown, whatever it showed before. */
	for (int keep = 0; keep < 2; keep++) {
		board_cfg.keep = keep;
		open_board();
		assert_int_equal(show(RED, 6 + keep), 0);
		glow_painter_close(&painter);
	}
	assert_int_equal(lines_with(out, "\"t_us\":6,"), 1);
	assert_int_equal(lines_with(out, "\"t_us\":7,"), 1);
	assert_int_equal(lines_with(out, "\"000000\""), 4);
}

/* A frame that the LEDs cannot tell from the last one is none: not in the count, nor in the time that a write takes. */
static void test_no_write(void **state)
{
	(void)state;
	painter.board = told_board(0, 0);
	assert_int_equal(show(RED, 2), 0);
	assert_int_equal(painter.frames, 1);
	show_error = 1;
	assert_int_equal(show(BLUE, 3), 0);
	assert_int_equal(shown, 2);
	assert_int_equal(painter.frames, 1);
	assert_non_null(painter.board);
	assert_int_equal(show(BLUE, 4), 0);
	assert_int_equal(shown, 2);
}

/* The painter itself keeps it from the board. */
static void test_equal_frames_told(void **state)
{
	(void)state;
	painter.board = told_board(0, 0);
	show(RED, 1);
	show(RED, 2);
	assert_int_equal(shown, 1);
	show(BLUE, 3);
	assert_int_equal(shown, 2);
}

static void test_error(void **state)
{
	(void)state;
	painter.board = told_board(0, 0);
	assert_int_equal(show(RED, 1), 0);
	assert_int_equal(closed, 0);
	show_error = -ENODEV;
	assert_int_equal(show(BLUE, 2), -ENODEV);
	assert_null(painter.board);
	assert_int_equal(closed, 1);
	assert_int_equal(painter.frames, 1);
}

static void test_open_error(void **state)
{
	(void)state;
	board_cfg.virtual_out = "/nowhere/at/all";
	assert_int_equal(glow_painter_open(&painter, &diag), -ENOENT);
	assert_null(painter.board);
	assert_non_null(strstr(diag.what, "/nowhere/at/all"));
	board_cfg.virtual_out = "/dev/full"; /* opens, and takes no dark frame */
	assert_int_equal(glow_painter_open(&painter, &diag), -ENOSPC);
	assert_null(painter.board);
	assert_non_null(strstr(diag.what, "writing to /dev/full failed: "));
	board_cfg.virtual_out = out;
	open_board();
	assert_non_null(painter.board);
}

/* ---- how long it takes ---- */

static void test_write_time(void **state)
{
	(void)state;
	painter.board = told_board(0, 250);
	assert_int_equal(glow_painter_lead_us(&painter), 250);
	show(RED, 1);
	assert_int_equal(painter.write_us, painter.took_us[0]);
	/* Of 9 the median: however long the last one took, and however slow one was. */
	for (int k = 0; k < 8; k++)
		painter.took_us[k] = 500;
	painter.took_us[3] = 1000000;
	painter.took_us[8] = UINT32_MAX;
	painter.frames = 8;
	show(BLUE, 2);
	assert_true(painter.took_us[8] < UINT32_MAX);
	assert_int_equal(painter.write_us, 500);
	assert_int_equal(glow_painter_lead_us(&painter), 750);
	painter.took_us[0] = UINT32_MAX;
	show(RED, 3);
	assert_true(painter.took_us[0] < UINT32_MAX); /* the tenth replaces the first */
	painter.board = NULL;
	assert_int_equal(glow_painter_lead_us(&painter), painter.write_us);
}

static void test_few_writes(void **state)
{
	(void)state;
	painter.board = told_board(0, 0);
	painter.frames = 2;
	painter.took_us[0] = 1000000;
	painter.took_us[1] = 1000000;
	show(RED, 1);
	assert_int_equal(painter.write_us, 1000000); /* of three, and not of nine with noughts among them */
}

static void test_late(void **state)
{
	(void)state;
	painter.board = told_board(0, 0);
	show(RED, now_us() + HOUR);
	assert_int_equal(painter.late, 0);
	show(BLUE, now_us() - HOUR);
	assert_int_equal(painter.late, 1);
	show(BLUE, now_us() - HOUR); /* not drawn, so not late */
	assert_int_equal(painter.late, 1);
}

/* ---- slots ---- */

static void test_slot(void **state)
{
	const int64_t t_us = glow_slot_time(100, 60);

	(void)state;
	painter.board = told_board(0, 0);
	assert_int_equal(glow_painter_slot(&painter, t_us, t_us + 1), t_us);
	assert_int_equal(glow_painter_slot(&painter, t_us, glow_slot_time(101, 60) - 1), t_us);
	assert_int_equal(glow_painter_slot(&painter, t_us, t_us - 5000), t_us);
	assert_int_equal(painter.dropped, 0);
	assert_int_equal(glow_painter_slot(&painter, t_us, glow_slot_time(101, 60)), glow_slot_time(101, 60));
	assert_int_equal(painter.dropped, 1);
	assert_int_equal(glow_painter_slot(&painter, t_us, glow_slot_time(103, 60) + 7), glow_slot_time(103, 60));
	assert_int_equal(painter.dropped, 4);
	/* A slow road has fewer to miss. */
	painter.board = told_board(20, 0);
	assert_int_equal(glow_painter_slot(&painter, 0, 149999), 100000);
	assert_int_equal(painter.dropped, 6);
	painter.governor.doublings = 1;
	assert_int_equal(glow_painter_slot(&painter, 0, 299999), 200000);
	assert_int_equal(painter.dropped, 8);
	assert_int_equal(glow_painter_slot(&painter, 0, 99999), 0);
	assert_int_equal(glow_painter_slot(&painter, 50000, 99999), 50000); /* planned before it had to be slower */
	assert_int_equal(painter.dropped, 8);
}

static void test_next(void **state)
{
	const int64_t t_us = 1700000000000000;

	(void)state;
	assert_int_equal(glow_painter_next(&painter, GLOW_ANIMATED, t_us), GLOW_NEVER); /* no board */
	assert_int_equal(glow_painter_next(&painter, GLOW_SECONDS, t_us), GLOW_NEVER);
	painter.board = told_board(0, 0);
	assert_int_equal(glow_painter_next(&painter, GLOW_STILL, t_us), GLOW_NEVER);
	assert_int_equal(glow_painter_next(&painter, GLOW_SECONDS, t_us), t_us + GLOW_US_PER_S);
	assert_int_equal(glow_painter_next(&painter, GLOW_SECONDS, t_us - 1), t_us);
	assert_int_equal(glow_painter_next(&painter, GLOW_SECONDS, -1), 0);
	assert_int_equal(glow_painter_next(&painter, GLOW_ANIMATED, t_us), t_us + 16666);
	assert_int_equal(glow_painter_next(&painter, GLOW_ANIMATED, t_us + 16665), t_us + 16666);
	assert_int_equal(glow_painter_next(&painter, GLOW_ANIMATED, t_us + 16666), t_us + 33333);
	painter.board = told_board(20, 0);
	assert_int_equal(glow_painter_next(&painter, GLOW_ANIMATED, t_us), t_us + 50000);
	assert_int_equal(glow_painter_next(&painter, GLOW_SECONDS, t_us), t_us + GLOW_US_PER_S);
	painter.board = told_board(200, 0); /* more than is asked for */
	assert_int_equal(glow_painter_next(&painter, GLOW_ANIMATED, t_us), t_us + 16666);
	assert_int_equal(glow_painter_period_us(&painter), 16666);
}

/* Animations leave slots out, and nothing else does. */
static void test_next_of_a_slow_one(void **state)
{
	const int64_t t_us = 1700000000000000;

	(void)state;
	painter.board = told_board(0, 0);
	painter.governor.doublings = 2;
	assert_int_equal(glow_painter_next(&painter, GLOW_ANIMATED, t_us), t_us + 66666);
	assert_int_equal(glow_painter_next(&painter, GLOW_ANIMATED, t_us + 16666), t_us + 66666);
	assert_int_equal(glow_painter_next(&painter, GLOW_ANIMATED, t_us + 66666), t_us + 133333);
	assert_int_equal(glow_painter_next(&painter, GLOW_ANIMATED, t_us - 1), t_us);
	assert_int_equal(glow_painter_next(&painter, GLOW_SECONDS, t_us), t_us + GLOW_US_PER_S);
	assert_int_equal(glow_painter_next(&painter, GLOW_STILL, t_us), GLOW_NEVER);
	assert_int_equal(glow_painter_period_us(&painter), 66666);
}

/* ---- what it takes of the processor ---- */

/* Drawing counts as well as writing, and a frame that needs no writing; what was before begin() does not, and neither
 * does waiting. */
static void test_cost(void **state)
{
	(void)state;
	painter.board = told_board(0, 0);
	for (int k = 0; k < 9; k++) {
		glow_painter_begin(&painter);
		work(k % 3 ? 2000 : 0);
		show_work_us = k % 3 ? 0 : 2000;
		show(k % 2 ? RED : BLUE, k);
		assert_true(painter.governor.cost_us[k] >= 2000);
	}
	assert_int_equal(painter.governor.n, 9);
	work(100000);
	glow_painter_begin(&painter);
	show(BLUE, 9); /* as it is shown */
	assert_int_equal(painter.governor.n, 10);
	assert_int_equal(painter.frames, 9);
	assert_true(painter.governor.cost_us[0] < 100000);
}

/* A frame may take 1 % of a slot, 167 us, and takes 2000: every 16th slot. Another board may be faster. */
static void test_slows_down(void **state)
{
	(void)state;
	painter.cpu_percent = 1;
	painter.board = told_board(0, 0);
	show_work_us = 2000;
	for (int k = 0; k < 5; k++) {
		assert_int_equal(painter.governor.doublings, 0);
		glow_painter_begin(&painter);
		show(k % 2 ? RED : BLUE, k);
	}
	assert_true(painter.governor.doublings >= 4);
	painter.board = NULL;
	open_board();
	assert_int_equal(painter.governor.doublings, 0);
}

/* ---- what is said of the board ---- */

static void capture(void)
{
	int fd = open(log_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	stderr_before = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	glow_log_setup("info", "text");
}

static void release(void)
{
	dup2(stderr_before, STDERR_FILENO);
	close(stderr_before);
	glow_log_setup("error", "text");
}

static void test_problem(void **state)
{
	(void)state;
	capture();
	glow_painter_set_problem(&painter, "no such chip", 5);
	glow_painter_set_problem(&painter, "no such chip", 5);
	glow_painter_set_problem(&painter, "no such bus", 5);
	release();
	assert_int_equal(lines_with(log_file, "virtual: no such chip; trying again every 5 s"), 1);
	assert_int_equal(lines_with(log_file, "no such bus"), 1);
	assert_string_equal(painter.problem, "no such bus");
	capture();
	open_board(); /* which is the end of it */
	glow_painter_set_problem(&painter, "", 5);
	release();
	assert_string_equal(painter.problem, "");
	assert_int_equal(lines_with(log_file, "board virtual through virtual"), 1);
}

/* Where there was none, nothing is said of its end. */
static void test_no_problem(void **state)
{
	(void)state;
	capture();
	open_board();
	release();
	assert_int_equal(lines_with(log_file, ""), 0);
	glow_painter_close(&painter);
	capture();
	glow_painter_set_problem(&painter, "no such chip", 5);
	release();
	assert_int_equal(lines_with(log_file, ""), 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_equal_frames),
		T(test_equal_frames_told),
		T(test_no_write),
		T(test_error),
		T(test_open_error),
		T(test_write_time),
		T(test_few_writes),
		T(test_late),
		T(test_slot),
		T(test_next),
		T(test_next_of_a_slow_one),
		T(test_cost),
		T(test_slows_down),
		T(test_problem),
		T(test_no_problem),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
