/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A connection of ours for Paho, which has no function to take one. */

#include "mqtt_stream.h"

/** The next connect() of this thread, whatever it asks for, gets this connection, a name that is looked up until then
 * is not, and the first poll() after it that would wait does not. `fd` must be connected and not block; it is ours no
 * more. What Paho reads from it is told to `follow`, which is cleared first and has to live until glow_socket_forget().
 */
void glow_socket_lend(int fd, struct glow_stream *follow);

/** Under which descriptor it was taken; -1 when it was not, and then it is closed. */
int glow_socket_taken(void);

/** The connection has ended: its descriptor may be another's. */
void glow_socket_forget(void);
