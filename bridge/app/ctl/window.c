/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "window.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <glow/fit.h>

/* Enough colours for the terminal we have; NO_COLOR and --plain win. */
static int terminal_colors(bool plain)
{
	const char *truecolor = getenv("COLORTERM"), *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if (plain || (none && none[0]) || !isatty(STDOUT_FILENO) || !term || strcmp(term, "dumb") == 0)
		return 0;
	return truecolor && (strcmp(truecolor, "truecolor") == 0 || strcmp(truecolor, "24bit") == 0) ? 1 << 24 : 256;
}

int glow_window_init(struct glow_window *win, bool plain)
{
	sigset_t signals;

	*win = (struct glow_window){ .colors = terminal_colors(plain), .ascii = !glow_fit_utf8() };
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGWINCH);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return sd_event_new(&win->loop);
}

/* Written at once, so that no half of a picture is seen. */
static void draw(struct glow_window *win)
{
	struct winsize size = { 0 };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_row || !size.ws_col)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	win->columns = size.ws_col;
	win->rows = size.ws_row;
	win->draw(win->ctx, out);
	if (fclose(out) == 0)
		fprintf(stdout, "\033[H%s\033[J", text);
	free(text);
	fflush(stdout);
}

struct frames {
	struct glow_window *win;
	uint64_t every_us;
};

static int on_frame(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct frames *frames = userdata;

	(void)usec;
	draw(frames->win);
	return sd_event_source_set_time_relative(source, frames->every_us);
}

static int on_end(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct glow_window *win = userdata;

	(void)source;
	(void)usec;
	return sd_event_exit(win->loop, 0);
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)info;
	return on_end(source, 0, userdata);
}

/* Clears what the terminal made of the old picture when its size changed. */
static int on_resize(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	struct glow_window *win = userdata;

	(void)source;
	(void)info;
	if (win->colors && win->draw) {
		fputs("\033[2J", stdout);
		draw(win);
	}
	return 0;
}

/* Before all else that happens. */
static int add_signal(struct glow_window *win, int signal, sd_event_signal_handler_t handler)
{
	sd_event_source *source;
	int r = sd_event_add_signal(win->loop, &source, signal, handler, win);

	if (r >= 0)
		r = sd_event_source_set_priority(source, SD_EVENT_PRIORITY_IMPORTANT);
	if (r >= 0)
		r = sd_event_source_set_floating(source, true); /* the loop's, not ours to free */
	if (r >= 0)
		sd_event_source_unref(source);
	return r;
}

static int add_sources(struct glow_window *win, int64_t for_s)
{
	int r = add_signal(win, SIGINT, on_signal);

	if (r >= 0)
		r = add_signal(win, SIGTERM, on_signal);
	if (r >= 0)
		r = add_signal(win, SIGWINCH, on_resize);
	if (r >= 0 && for_s > 0)
		r = sd_event_add_time_relative(win->loop, NULL, CLOCK_MONOTONIC, (uint64_t)for_s * 1000000, 0, on_end,
					       win);
	return r;
}

/* The other screen, no cursor, and no second line for a long one. */
static int run_drawn(struct glow_window *win, int64_t fps)
{
	struct frames frames = { .win = win, .every_us = 1000000 / (uint64_t)fps };
	sd_event_source *timer = NULL;
	int r = sd_event_add_time_relative(win->loop, &timer, CLOCK_MONOTONIC, 0, 1, on_frame, &frames);

	if (r >= 0)
		r = sd_event_source_set_enabled(timer, SD_EVENT_ON);
	if (r >= 0) {
		fputs("\033[?1049h\033[?25l\033[?7l\033[2J", stdout);
		r = sd_event_loop(win->loop);
		fputs("\033[?7h\033[?25h\033[?1049l", stdout);
	}
	sd_event_source_unref(timer);
	return r;
}

int glow_window_run(struct glow_window *win, int64_t for_s, int64_t fps)
{
	int r = add_sources(win, for_s);

	if (r >= 0)
		r = win->colors && win->draw ? run_drawn(win, fps) : sd_event_loop(win->loop);
	fflush(stdout);
	return r;
}

void glow_window_fini(struct glow_window *win)
{
	sd_event_unref(win->loop);
}
