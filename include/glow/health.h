/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* --healthcheck: asks a running program through an abstract socket whether its loop turns and its board can be
 * written. */

#include <stdbool.h>

/** What the program is: a node and a conductor of one name may run here beside each other. */
enum glow_health_of { GLOW_HEALTH_NODE, GLOW_HEALTH_CONDUCTOR, GLOW_HEALTH_TASKS };

/** Opens the listening socket (non-blocking, close-on-exec) of the program of that id, of which 80 bytes count:
 * @glow-<id> of a node, @glow-conductor-<id>, @glow-tasks-<id>. Returns the descriptor or a negative errno
 * (-EADDRINUSE: the same runs already here). */
int glow_health_listen(enum glow_health_of of, const char *id);

/** Answers one waiting asker: "ok\n" or the given reason. */
void glow_health_answer(int fd, bool healthy, const char *reason);

/** The asking side: 0 healthy, 1 not (reason printed to standard output),
 * within two seconds. The value is the exit status. */
int glow_health_ask(enum glow_health_of of, const char *id);
