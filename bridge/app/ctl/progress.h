/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a command waits for, as a line on the terminal once that has taken a second. There is one terminal, so there is
 * one line. Nothing is written where standard error is none: logs and pipes get results only. */

#include <stdint.h>

/** From now on this is waited for; said again, its time goes on. */
void glow_progress_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Time passes: to be called a few times a second while waiting. */
void glow_progress_tick(void);

/** Something else is about to be printed: takes the line away until the next tick. */
void glow_progress_clear(void);

/** It has come, or will not. */
void glow_progress_end(void);
