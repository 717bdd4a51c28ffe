/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The lines that the virtual board writes, to the byte, and what it does when the disk is full. */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/board.h>

#define LINES 16

struct bench {
	char path[64];
	struct glow_board_cfg cfg;
	struct glow_board *board;
	char text[256 * 1024];
	char *line[LINES];
	int n_lines;
};

static int make_bench(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	int fd;

	strcpy(b->path, "/tmp/glow-virtual-XXXXXX");
	fd = mkstemp(b->path);
	if (fd < 0)
		return -1;
	close(fd);
	b->cfg = (struct glow_board_cfg){ .virtual_out = b->path, .shape = { GLOW_SHAPE_ROW, 3 } };
	*state = b;
	return 0;
}

static int drop_bench(void **state)
{
	struct bench *b = *state;

	unlink(b->path);
	free(b);
	return 0;
}

static int open_board(struct bench *b, struct glow_diag *diag)
{
	return glow_board_open("virtual", &b->cfg, &b->board, diag);
}

static void start(struct bench *b)
{
	struct glow_diag diag;

	assert_int_equal(open_board(b, &diag), 0);
}

/* Reads the file as lines; the text after the last newline must be empty. */
static void read_lines(struct bench *b)
{
	FILE *f = fopen(b->path, "r");
	size_t n = fread(b->text, 1, sizeof(b->text) - 1, f);
	char *end;

	fclose(f);
	b->text[n] = '\0';
	b->n_lines = 0;
	for (char *line = b->text; *line; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		*end = '\0';
		assert_true(b->n_lines < LINES);
		b->line[b->n_lines++] = line;
	}
}

/* The number after `key`, and the text behind it. */
static const char *parse_number(const char *text, const char *key, int64_t *ret_number)
{
	char *end;

	*ret_number = 0;
	if (strncmp(text, key, strlen(key)) != 0)
		return "";
	*ret_number = strtoll(text + strlen(key), &end, 10);
	return end;
}

/* Splits a line into its two times and the rest. */
static const char *parse(const char *line, int64_t *ret_t_us, int64_t *ret_mono_ns)
{
	const char *rest = parse_number(line, "{\"t_us\":", ret_t_us);

	rest = parse_number(rest, ",\"mono_ns\":", ret_mono_ns);
	return *rest ? rest + 1 : rest;
}

static int64_t now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void assert_line(const char *line, int64_t t_us, const char *rest)
{
	int64_t t, mono;

	assert_string_equal(parse(line, &t, &mono), rest);
	assert_int_equal(t, t_us);
}

static void test_pixels(void **state)
{
	static const struct glow_rgb colors[2][3] = { { { 0x01, 0x23, 0x45 }, { 0xff, 0x00, 0xab }, { 0, 0, 0 } },
						      { { 0x01, 0x23, 0x45 }, { 0xff, 0x00, 0xab }, { 0, 0, 1 } } };
	struct glow_frame frame = { .n = 3 }, other = { .n = 3 };
	struct bench *b = *state;
	int64_t before, after, t, mono;

	for (int i = 0; i < 3; i++) {
		frame.px[i] = glow_linear_of(colors[0][i]);
		other.px[i] = glow_linear_of(colors[1][i]);
	}
	start(b);
	before = now(CLOCK_MONOTONIC);
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ 1760000000016666 }), 0);
	after = now(CLOCK_MONOTONIC);
	assert_int_equal(glow_board_show(b->board, &other, (struct glow_stamp){ -1 }), 0);
	glow_board_close(b->board);
	read_lines(b);
	assert_int_equal(b->n_lines, 4);
	assert_line(b->line[1], 1760000000016666, "\"pixels\":[\"012345\",\"ff00ab\",\"000000\"]}");
	assert_line(b->line[2], -1, "\"pixels\":[\"012345\",\"ff00ab\",\"000001\"]}");
	parse(b->line[1], &t, &mono);
	assert_true(before <= mono && mono <= after);
	/* The control: another colour order is another line. */
	assert_string_not_equal(parse(b->line[1], &t, &mono), "\"pixels\":[\"452301\",\"ab00ff\",\"000000\"]}");
}

/* promise: dark-at-the-start */
static void test_dark_at_both_ends(void **state)
{
	struct bench *b = *state;
	int64_t before = now(CLOCK_REALTIME) / 1000, t, mono;
	struct glow_frame frame;

	start(b);
	glow_frame_fill(&frame, 3, glow_linear_of(GLOW_WHITE));
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ 7 }), 0);
	glow_board_close(b->board);
	read_lines(b);
	assert_int_equal(b->n_lines, 3);
	for (int k = 0; k < 3; k += 2) {
		assert_string_equal(parse(b->line[k], &t, &mono), "\"pixels\":[\"000000\",\"000000\",\"000000\"]}");
		assert_true(before <= t && t <= now(CLOCK_REALTIME) / 1000);
	}
}

/* Instants for which 32 bits of seconds, or all 64 of microseconds, are just too few or just enough. */
static void test_late(void **state)
{
	const int64_t late_us[] = { INT64_C(2147483648000000), INT64_C(4294967296000000), INT64_MAX };
	struct bench *b = *state;
	struct glow_frame frame;

	start(b);
	for (int k = 0; k < 3; k++) {
		glow_frame_fill(&frame, 3, glow_linear_of(k % 2 ? GLOW_BLACK : GLOW_WHITE));
		assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ late_us[k] }), 0);
	}
	glow_board_close(b->board);
	read_lines(b);
	assert_line(b->line[1], late_us[0], "\"pixels\":[\"ffffff\",\"ffffff\",\"ffffff\"]}");
	assert_line(b->line[2], late_us[1], "\"pixels\":[\"000000\",\"000000\",\"000000\"]}");
	assert_non_null(strstr(b->line[3], ":9223372036854775807,"));
	assert_null(strstr(b->line[2], ":9223372036854775807,")); /* control */
}

/* A frame like the one before is no line, and a board that is dark ends without one. */
static void test_only_changes(void **state)
{
	struct bench *b = *state;
	struct glow_frame frame;

	start(b);
	for (int k = 0; k < 6; k++) {
		/* dark dark, white white, dark dark */
		glow_frame_fill(&frame, 3, glow_linear_of(k / 2 == 1 ? GLOW_WHITE : GLOW_BLACK));
		assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ k }), k < 2 || k % 2);
	}
	glow_board_close(b->board);
	read_lines(b);
	assert_int_equal(b->n_lines, 3);
	assert_line(b->line[1], 2, "\"pixels\":[\"ffffff\",\"ffffff\",\"ffffff\"]}");
	assert_line(b->line[2], 4, "\"pixels\":[\"000000\",\"000000\",\"000000\"]}");
}

static void test_levels(void **state)
{
	static const uint8_t levels[18] = { 0, 1, 9, 10, 99, 100, 255, 200, 20, 2 };
	struct glow_frame frame = { .n = 18 };
	struct bench *b = *state;

	for (int i = 0; i < 18; i++)
		frame.px[i] = glow_linear_of((struct glow_rgb){ levels[i], levels[i], levels[i] });
	b->cfg.shape = (struct glow_shape){ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
	b->cfg.keep = true;
	start(b);
	assert_int_equal(b->board->shape.pixels, 18);
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ 7 }), 0);
	glow_board_close(b->board);
	read_lines(b);
	assert_int_equal(b->n_lines, 1);
	assert_line(b->line[0], 7, "\"leds\":[0,1,9,10,99,100,255,200,20,2,0,0,0,0,0,0,0,0]}");
}

/* Beside what is seen, what a wire carries; a frame that only a wire can tell from the last is a line of its own. */
static void test_wire(void **state)
{
	struct bench *b = *state;
	struct glow_frame frame = { 3, { { 65535, 14146, 0 }, { 20, 3, 0 }, { 40, 0, 0 } } };

	b->cfg.virtual_wire = true;
	start(b);
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ 7 }), 0);
	frame.px[2].r = 45; /* still nearest to sRGB 2, and 5 of 7905 */
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ 8 }), 1);
	frame.px[2].r = 46;
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ 9 }), 0);
	glow_board_close(b->board);
	read_lines(b);
	assert_int_equal(b->n_lines, 4);
	assert_line(b->line[1], 7,
		    "\"pixels\":[\"ff8000\",\"010000\",\"020000\"],\"wire\":[\"1fff3700\",\"01020100\",\"01050000\"]}");
	assert_line(b->line[2], 9,
		    "\"pixels\":[\"ff8000\",\"010000\",\"020000\"],\"wire\":[\"1fff3700\",\"01020100\",\"01060000\"]}");
}

static void test_wire_of_levels(void **state)
{
	struct bench *b = *state;
	struct glow_frame frame = { 18,
				    { { 65535, 65535, 65535 }, { 257, 257, 257 }, { 86, 86, 86 }, { 85, 85, 85 } } };

	b->cfg.shape = (struct glow_shape){ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
	b->cfg.virtual_wire = true;
	start(b);
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ 7 }), 0);
	glow_board_close(b->board);
	read_lines(b);
	assert_line(b->line[1], 7,
		    "\"leds\":[255,13,4,4,0,0,0,0,0,0,0,0,0,0,0,0,0,0],"
		    "\"wire\":[255,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}");
}

/* The longest board, the widest numbers: the sanitizer watches the buffer. */
static void test_longest(void **state)
{
	struct bench *b = *state;
	struct glow_frame frame;

	b->cfg.shape.pixels = GLOW_PIXELS_MAX;
	b->cfg.virtual_wire = true;
	start(b);
	glow_frame_fill(&frame, GLOW_PIXELS_MAX, glow_linear_of(GLOW_WHITE));
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ INT64_MIN }), 0);
	glow_board_close(b->board);
	read_lines(b);
	assert_int_equal(b->n_lines, 3);
	assert_int_equal(strlen(strstr(b->line[1], "\"pixels\"")),
			 strlen("\"pixels\":[],\"wire\":[]}") + (size_t)20 * GLOW_PIXELS_MAX - 2);
}

static void test_nowhere(void **state)
{
	struct bench *b = *state;
	struct glow_frame frame;

	b->cfg.virtual_out = "";
	start(b);
	glow_frame_fill(&frame, 3, glow_linear_of(GLOW_WHITE));
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ 0 }), 0);
	glow_board_close(b->board);
}

static void test_refusals(void **state)
{
	struct bench *b = *state;
	struct glow_diag diag;

	b->cfg.virtual_out = "/nowhere/frames";
	assert_int_equal(open_board(b, &diag), -ENOENT);
	assert_non_null(strstr(diag.what, "/nowhere/frames"));
	assert_non_null(strstr(diag.what, "directory"));

	b->cfg.virtual_out = "/dev/full";
	assert_int_equal(open_board(b, &diag), -ENOSPC);
	assert_non_null(strstr(diag.what, "No space left"));

	b->cfg.virtual_out = NULL;
	b->cfg.shape.pixels = 0;
	assert_int_equal(open_board(b, &diag), -EINVAL);
	assert_string_equal(diag.what, "must be 1..4096, got 0");
	b->cfg.shape.pixels = GLOW_PIXELS_MAX + 1;
	assert_int_equal(open_board(b, &diag), -EINVAL);
}

static void limit_file_size(rlim_t size)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = size;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* A file that cannot grow stands for a full disk: the kernel takes the first
 * part of the line and refuses the rest. The size right after is the control
 * that there was a first part to take back. */
static void test_full_disk(void **state)
{
	struct bench *b = *state;
	struct glow_frame frame;
	struct stat before, after;
	struct rlimit unlimited;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &unlimited);
	start(b);
	glow_frame_fill(&frame, 3, glow_linear_of(GLOW_WHITE));
	stat(b->path, &before);
	limit_file_size((rlim_t)before.st_size + 10);
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ 1 }), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &unlimited);
	stat(b->path, &after);
	assert_int_equal(after.st_size, before.st_size);
	assert_int_equal(glow_board_show(b->board, &frame, (struct glow_stamp){ 2 }), 0);
	glow_board_close(b->board);
	read_lines(b);
	assert_int_equal(b->n_lines, 3);
	assert_line(b->line[1], 2, "\"pixels\":[\"ffffff\",\"ffffff\",\"ffffff\"]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pixels, make_bench, drop_bench),
		cmocka_unit_test_setup_teardown(test_dark_at_both_ends, make_bench, drop_bench),
		cmocka_unit_test_setup_teardown(test_late, make_bench, drop_bench),
		cmocka_unit_test_setup_teardown(test_only_changes, make_bench, drop_bench),
		cmocka_unit_test_setup_teardown(test_levels, make_bench, drop_bench),
		cmocka_unit_test_setup_teardown(test_wire, make_bench, drop_bench),
		cmocka_unit_test_setup_teardown(test_wire_of_levels, make_bench, drop_bench),
		cmocka_unit_test_setup_teardown(test_longest, make_bench, drop_bench),
		cmocka_unit_test_setup_teardown(test_nowhere, make_bench, drop_bench),
		cmocka_unit_test_setup_teardown(test_refusals, make_bench, drop_bench),
		cmocka_unit_test_setup_teardown(test_full_disk, make_bench, drop_bench),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
