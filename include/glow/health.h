/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* --healthcheck: asks a running program through the abstract socket
 * @glow-<id> whether its loop turns and its board can be written. */

#include <stdbool.h>

/** Opens the listening socket (non-blocking, close-on-exec); returns the
 * descriptor or a negative errno (-EADDRINUSE: the same node runs already here). */
int glow_health_listen(const char *id);

/** Answers one waiting asker: "ok\n" or the given reason. */
void glow_health_answer(int fd, bool healthy, const char *reason);

/** The asking side: 0 healthy, 1 not (reason printed to standard output),
 * within two seconds. The value is the exit status. */
int glow_health_ask(const char *id);
