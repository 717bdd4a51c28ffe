/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The log: one line an event on standard error. Text lines are "level: message" (with the
 * syslog prefix <N> when systemd reads them), JSON lines {"t":"…","level":"…","message":"…"}.
 * Thread-safe: each line is one write. Never given a secret. Level and form are set once, before
 * there are threads; apart from them, and from what is counted here, nothing below app/ that can change is global.
 *
 * Nobody waits for it. What one place has to say beyond 20 lines, and one a second after them, is left out and counted:
 * "…; and 4711 more like it". A line that standard error does not take at once, because nobody reads it, is lost; how
 * many were is told as soon as it is read again. */

#include <stdint.h>

enum glow_log_level { GLOW_LOG_ERROR, GLOW_LOG_WARNING, GLOW_LOG_INFO, GLOW_LOG_DEBUG };

/** One place that logs. All zero at first; the log's own. */
struct glow_log_site {
	struct glow_log_site *next; /**< the places of which something was left out */
	int64_t paid_ms;            /**< until then its lines so far have used up its rate */
	uint32_t left_out;
	enum glow_log_level level;
	char last[240]; /**< what was left out last */
};

/** Sets level and format ("error" … "debug"; "text" or "json"); 0, or -EINVAL for an unknown word. */
int glow_log_setup(const char *level, const char *format);

void glow_log_at(struct glow_log_site *site, enum glow_log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** Tells now of what was left out so far. To be called every few seconds; at exit() it comes by itself. */
void glow_log_settle(void);

#define glow_log(level, ...)                                      \
	do {                                                      \
		static struct glow_log_site glow_log_site_;       \
		glow_log_at(&glow_log_site_, level, __VA_ARGS__); \
	} while (0)

#define glow_error(...)   glow_log(GLOW_LOG_ERROR, __VA_ARGS__)
#define glow_warning(...) glow_log(GLOW_LOG_WARNING, __VA_ARGS__)
#define glow_info(...)    glow_log(GLOW_LOG_INFO, __VA_ARGS__)
#define glow_debug(...)   glow_log(GLOW_LOG_DEBUG, __VA_ARGS__)
