/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Whether the other side of a connection is still there. A cable that is out, a router that forgot us and a broker that
 * hangs say nothing; Paho notices by its pings alone, and after two and a half times its keepalive. */

#include <stdbool.h>
#include <stdint.h>

/** A ping leaves after the keepalive; its answer may take so long. Ours is 10 s at most, so the bound is 14 s. */
#define GLOW_ALIVE_GRACE_MS 4000

/** Of one connection. Times are this machine's, in milliseconds; it may have slept between two looks. */
struct glow_alive {
	unsigned keepalive_ms;
	uint64_t bytes; /**< heard when last looked */
	int64_t looked_ms;
	unsigned silent_ms;
};

/** 0: the broker wants no keepalive, so nothing may be heard for ever. */
void glow_alive_start(struct glow_alive *a, unsigned keepalive_s, int64_t now_ms);

/** `bytes` were heard since the beginning. False once nothing was for keepalive and grace: the time is counted in which
 * we could have heard it. */
bool glow_alive_look(struct glow_alive *a, uint64_t bytes, int64_t now_ms);

/** Look again within so many milliseconds; often enough for Paho's pings as well. */
int glow_alive_next_ms(const struct glow_alive *a);

/** Has the kernel ask after the other side, and give up what it does not acknowledge, where a broker wants a keepalive
 * that is longer than ours. */
void glow_alive_tune(int fd);
