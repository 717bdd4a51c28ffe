/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A connection of ours for Paho, which has no function to take one. */

/** The next connect() of this thread, whatever it asks for, gets this connection,
 * and a name that is looked up until then is not. `fd` must not block; it is ours no more. */
void glow_socket_lend(int fd);

/** Under which descriptor it was taken; -1 when it was not, and then it is closed. */
int glow_socket_taken(void);
