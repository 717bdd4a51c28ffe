/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The log: one line an event on standard error. Text lines are "level: message" (with the
 * syslog prefix <N> when systemd reads them), JSON lines {"t":"…","level":"…","message":"…"}.
 * Thread-safe: each line is one write. Never given a secret. Level and form are set once, before
 * there are threads; apart from them nothing below app/ that can change is global. */

enum glow_log_level { GLOW_LOG_ERROR, GLOW_LOG_WARNING, GLOW_LOG_INFO, GLOW_LOG_DEBUG };

/** Sets level and format ("error" … "debug"; "text" or "json"); 0, or -EINVAL for an unknown word. */
int glow_log_setup(const char *level, const char *format);

void glow_log(enum glow_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define glow_error(...)   glow_log(GLOW_LOG_ERROR, __VA_ARGS__)
#define glow_warning(...) glow_log(GLOW_LOG_WARNING, __VA_ARGS__)
#define glow_info(...)    glow_log(GLOW_LOG_INFO, __VA_ARGS__)
#define glow_debug(...)   glow_log(GLOW_LOG_DEBUG, __VA_ARGS__)
