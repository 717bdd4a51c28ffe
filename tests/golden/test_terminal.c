/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What the terminal board prints, to the byte, on a pseudo-terminal and into a file. */

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include <glow/board.h>

#define DOT    "\302\267 "
#define CIRCLE "\342\227\217 "

/* Standard output goes to the pseudo-terminal's or pipe's other end while a board is open. */
struct screen {
	int ours, theirs, stdout_before;
	char text[4096];
};

static void open_terminal(struct screen *s, unsigned short columns)
{
	s->ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(s->ours >= 0);
	assert_int_equal(grantpt(s->ours), 0);
	assert_int_equal(unlockpt(s->ours), 0);
	s->theirs = open(ptsname(s->ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(s->theirs >= 0);
	ioctl(s->theirs, TIOCSWINSZ, &(struct winsize){ .ws_col = columns, .ws_row = 24 });
}

static void open_pipe(struct screen *s)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	s->ours = ends[0];
	s->theirs = ends[1];
}

static void read_screen(struct screen *s)
{
	struct pollfd ready = { .fd = s->ours, .events = POLLIN };
	size_t n = 0;

	while (poll(&ready, 1, 0) > 0 && ready.revents & POLLIN)
		n += (size_t)read(s->ours, s->text + n, sizeof(s->text) - 1 - n);
	s->text[n] = '\0';
	close(s->ours);
	close(s->theirs);
}

/* Opens a board of three pixels, shows one frame, closes it. */
static void run(struct screen *s, enum glow_shape_kind shape)
{
	struct glow_board_cfg cfg = { .shape = { shape, shape == GLOW_SHAPE_PIGLOW ? GLOW_PIGLOW_LEDS : 3 } };
	struct glow_frame frame = { 3, { { 65535, 0, 0 }, GLOW_DARK, { 20, 14146, 65535 } } };
	struct glow_board *board;
	struct glow_diag diag;
	int opened, shown = -1;

	if (shape == GLOW_SHAPE_PIGLOW)
		glow_frame_fill(&frame, 18, glow_linear_of(GLOW_WHITE));
	fflush(stdout);
	s->stdout_before = dup(STDOUT_FILENO);
	dup2(s->theirs, STDOUT_FILENO);
	opened = glow_board_open("terminal", &cfg, &board, &diag);
	if (opened == 0) {
		shown = glow_board_show(board, &frame, (struct glow_stamp){ 0 });
		glow_board_close(board);
	}
	dup2(s->stdout_before, STDOUT_FILENO);
	close(s->stdout_before);
	assert_int_equal(opened, 0);
	assert_int_equal(shown, 0);
	read_screen(s);
}

static void set_environment(const char *colorterm, const char *no_color)
{
	setenv("COLORTERM", colorterm, 1);
	setenv("NO_COLOR", no_color, 1);
}

static void test_truecolor(void **state)
{
	struct screen s;

	(void)state;
	set_environment("truecolor", "");
	open_terminal(&s, 80);
	run(&s, GLOW_SHAPE_ROW);
	assert_string_equal(s.text,
			    "\033[?25l"
			    "\r\033[0m" DOT "\033[0m" DOT "\033[0m" DOT "\033[0m\033[K"
			    "\r\033[38;2;255;0;0m" CIRCLE "\033[0m" DOT "\033[38;2;1;128;255m" CIRCLE "\033[0m\033[K"
			    "\r\033[0m" DOT "\033[0m" DOT "\033[0m" DOT "\033[0m\033[K"
			    "\033[?25h\r\n");
}

static void test_256_colors(void **state)
{
	struct screen s;

	(void)state;
	set_environment("", "");
	open_terminal(&s, 80);
	run(&s, GLOW_SHAPE_ROW);
	/* 16 + 36*5, and 16 + 36*0 + 6*2 + 5: the nearest to 128 is 135 */
	assert_non_null(strstr(s.text, "\r\033[38;5;196m" CIRCLE "\033[0m" DOT "\033[38;5;33m" CIRCLE "\033[0m\033[K"));
	assert_null(strstr(s.text, "38;2;"));
}

static void test_no_color(void **state)
{
	struct screen s;

	(void)state;
	set_environment("truecolor", "1");
	open_terminal(&s, 80);
	run(&s, GLOW_SHAPE_ROW);
	assert_non_null(strstr(s.text, "\rff0000 000000 0180ff \033[0m\033[K"));
	assert_null(strstr(s.text, "\033[38"));
}

static void test_narrow(void **state)
{
	struct screen s;

	(void)state;
	set_environment("", "1");
	open_terminal(&s, 15);
	run(&s, GLOW_SHAPE_ROW);
	assert_non_null(strstr(s.text, "\rff0000 000000 \033[0m\033[K"));
}

static void test_not_a_terminal(void **state)
{
	struct screen s;

	(void)state;
	set_environment("truecolor", "");
	open_pipe(&s);
	run(&s, GLOW_SHAPE_ROW);
	assert_string_equal(s.text, "000000 000000 000000 \nff0000 000000 0180ff \n000000 000000 000000 \n");
}

/* A PiGlow at full level shows each LED in its own colour: the first is red. */
static void test_piglow(void **state)
{
	const struct glow_shape shape = { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
	char expected[18 * 7 + 2], *end = expected;
	struct screen s;

	(void)state;
	for (uint32_t i = 0; i < 18; i++) {
		struct glow_rgb c = glow_shape_led_color(shape, i);

		end += sprintf(end, "%02x%02x%02x ", c.r, c.g, c.b);
	}
	sprintf(end, "\n");
	open_pipe(&s);
	run(&s, GLOW_SHAPE_PIGLOW);
	assert_non_null(strstr(s.text, expected));
	assert_null(strstr(s.text, "ffffff ffffff"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_truecolor), cmocka_unit_test(test_256_colors),
		cmocka_unit_test(test_no_color),  cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_piglow),    cmocka_unit_test(test_not_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
