/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "progress.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include <glow/clock.h>

#define PATIENCE_MS 1000

static struct {
	char what[200]; /* "": nothing */
	int64_t since_ms;
	bool shown;
} line;

void glow_progress_say(const char *format, ...)
{
	va_list args;

	if (!line.what[0])
		line.since_ms = glow_mono_ms();
	va_start(args, format);
	vsnprintf(line.what, sizeof(line.what), format, args);
	va_end(args);
}

void glow_progress_tick(void)
{
	int64_t waited_ms = glow_mono_ms() - line.since_ms;

	if (!line.what[0] || waited_ms < PATIENCE_MS || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K%s ... %d s", line.what, (int)(waited_ms / 1000));
	fflush(stderr);
	line.shown = true;
}

void glow_progress_clear(void)
{
	if (line.shown)
		fputs("\r\033[K", stderr);
	line.shown = false;
}

void glow_progress_end(void)
{
	glow_progress_clear();
	line.what[0] = '\0';
}
