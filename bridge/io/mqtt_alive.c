/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "mqtt_alive.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define LOOKS    8    /* in a keepalive */
#define LEAST_MS 600  /* from one to the next: beacons, sent or heard twice a second, are looks already */
#define NEVER_MS 1000 /* between two looks where there is no keepalive */

#define PROBE_IDLE_S 5
#define PROBE_S      3
#define UNACKED_MS   10000 /* ends unanswered probes as well */

void glow_alive_start(struct glow_alive *a, unsigned keepalive_s, int64_t now_ms)
{
	*a = (struct glow_alive){ .keepalive_ms = keepalive_s * 1000, .looked_ms = now_ms };
}

static unsigned step_ms(const struct glow_alive *a)
{
	unsigned ms = a->keepalive_ms / LOOKS, least_ms = a->keepalive_ms / 4;

	if (least_ms > LEAST_MS)
		least_ms = LEAST_MS;
	return a->keepalive_ms == 0 ? NEVER_MS : ms > least_ms ? ms : least_ms;
}

static unsigned limit_ms(const struct glow_alive *a)
{
	return a->keepalive_ms + GLOW_ALIVE_GRACE_MS;
}

bool glow_alive_look(struct glow_alive *a, uint64_t bytes, int64_t now_ms)
{
	int64_t passed_ms = now_ms - a->looked_ms;
	/* Stopped for a while, or starved, we heard nothing and sent no ping either. */
	unsigned most_ms = 2 * step_ms(a);

	a->looked_ms = now_ms;
	if (bytes != a->bytes)
		a->silent_ms = 0;
	else
		a->silent_ms += passed_ms < most_ms ? (unsigned)passed_ms : most_ms;
	a->bytes = bytes;
	return a->keepalive_ms == 0 || a->silent_ms < limit_ms(a);
}

int glow_alive_next_ms(const struct glow_alive *a)
{
	unsigned left_ms = a->silent_ms < limit_ms(a) ? limit_ms(a) - a->silent_ms : 0;

	return (int)(a->keepalive_ms && left_ms < step_ms(a) ? left_ms : step_ms(a));
}

void glow_alive_tune(int fd)
{
	static const int on = 1, idle_s = PROBE_IDLE_S, every_s = PROBE_S, unacked_ms = UNACKED_MS;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every_s, sizeof(every_s));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacked_ms, sizeof(unacked_ms));
}
