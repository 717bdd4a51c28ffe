/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A board drawn in one line of the terminal, which it updates in place:
 * coloured circles, or hexadecimal colours where NO_COLOR asks for none. When
 * standard output is no terminal, each frame is a line of text. The program's
 * log goes to standard error, so the two never mix in a pipe. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "virtual.h"

#define LED_MAX   32 /* bytes for one LED: colour sequence, glyph, gap */
#define FRAME_MAX 32 /* bytes around them */

#define HIDE_CURSOR "\033[?25l"
#define SHOW_CURSOR "\033[?25h"
#define PLAIN       "\033[0m"
#define ERASE_REST  "\033[K"
#define DARK_LED    PLAIN "\302\267 " /* U+00B7: a dark LED is a dot, so that the board keeps its outline */
#define LIT_LED     "\342\227\217 "   /* U+25CF */

extern const struct glow_board_desc glow_board_terminal;

struct style {
	char *(*put_led)(char *to, struct glow_rgb c);
	uint32_t columns; /* of one LED, with its gap */
};

struct terminal {
	struct glow_board board;
	const struct style *style;
	bool in_place; /* standard output is a terminal */
	char text[];
};

static char *put_truecolor(char *to, struct glow_rgb c)
{
	if (glow_rgb_equal(c, GLOW_BLACK))
		return stpcpy(to, DARK_LED);
	return to + sprintf(to, "\033[38;2;%d;%d;%dm" LIT_LED, c.r, c.g, c.b);
}

/* The 6x6x6 cube of the 256 colours has the levels 0, 95, 135, 175, 215, 255. */
static int cube(uint8_t v)
{
	if (v < 48)
		return 0;
	return v < 115 ? 1 : (v - 35) / 40;
}

static char *put_256_colors(char *to, struct glow_rgb c)
{
	if (glow_rgb_equal(c, GLOW_BLACK))
		return stpcpy(to, DARK_LED);
	return to + sprintf(to, "\033[38;5;%dm" LIT_LED, 16 + 36 * cube(c.r) + 6 * cube(c.g) + cube(c.b));
}

static char *put_hex(char *to, struct glow_rgb c)
{
	return to + sprintf(to, "%02x%02x%02x ", c.r, c.g, c.b);
}

static const struct style truecolor = { put_truecolor, 2 };
static const struct style colors256 = { put_256_colors, 2 };
static const struct style hex = { put_hex, 7 };

static const struct style *choose_style(bool in_place)
{
	const char *no_color = getenv("NO_COLOR"), *depth = getenv("COLORTERM");

	if (!in_place || (no_color && no_color[0]))
		return &hex;
	if (depth && (strcmp(depth, "truecolor") == 0 || strcmp(depth, "24bit") == 0))
		return &truecolor;
	return &colors256;
}

/* How many LEDs fit: a line that wraps could not be updated in place. */
static uint32_t visible(const struct terminal *t)
{
	struct winsize size;
	uint32_t fit;

	if (!t->in_place || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return t->board.shape.pixels;
	fit = size.ws_col / t->style->columns;
	return t->board.shape.pixels < fit ? t->board.shape.pixels : fit;
}

static int write_all(const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(STDOUT_FILENO, text, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int show(struct glow_board *board, const struct glow_frame *frame, struct glow_stamp stamp)
{
	struct terminal *t = (struct terminal *)board;
	uint32_t n = visible(t);
	char *to = t->text;

	(void)stamp;
	if (t->in_place)
		to = stpcpy(to, "\r");
	for (uint32_t i = 0; i < n; i++)
		to = t->style->put_led(to, glow_linear_rgb(glow_shape_seen(board->shape, i, frame->px[i])));
	to = stpcpy(to, t->in_place ? PLAIN ERASE_REST : "\n");
	return write_all(t->text, (size_t)(to - t->text));
}

static void terminal_close(struct glow_board *board)
{
	struct terminal *t = (struct terminal *)board;

	if (t->in_place)
		write_all(SHOW_CURSOR "\n", strlen(SHOW_CURSOR "\n"));
	free(t);
}

static int terminal_probe(const struct glow_board_cfg *cfg, struct glow_diag *diag)
{
	(void)cfg;
	(void)diag;
	return 0;
}

static int terminal_open(const struct glow_board_cfg *cfg, struct glow_board **ret_board, struct glow_diag *diag)
{
	struct glow_shape shape;
	struct terminal *t;
	int r = glow_virtual_shape(cfg, &shape, diag);

	if (r < 0)
		return r;
	t = calloc(1, sizeof(*t) + (size_t)shape.pixels * LED_MAX + FRAME_MAX);
	if (!t)
		return -ENOMEM;
	t->board.desc = &glow_board_terminal;
	t->board.shape = shape;
	strcpy(t->board.backend, "terminal");
	t->board.to = "standard output";
	t->in_place = isatty(STDOUT_FILENO);
	t->style = choose_style(t->in_place);
	r = t->in_place ? write_all(HIDE_CURSOR, strlen(HIDE_CURSOR)) : 0;
	if (r < 0) {
		glow_diag_set(diag, GLOW_OUT_OF_RANGE, "board", "cannot write to standard output: %s", strerror(-r));
		free(t);
		return r;
	}
	*ret_board = &t->board;
	return 0;
}

const struct glow_board_desc glow_board_terminal = {
	.name = "terminal",
	.title = "Terminal",
	.what = "drawn in one line on standard output",
	.probe = terminal_probe,
	.open = terminal_open,
	.show = show,
	.close = terminal_close,
};
