/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "link.h"

#define BEACON_NS INT64_C(102400000) /* 100 time units of 802.11 */
#define AWAKE_NS  INT64_C(20000000)

/* What was measured, or told of such networks: docs/sync.md. */
const struct link_cfg link_wired = {
	.base_ms = 0.2, .jitter_ms = 0.06, .tail_p = 0.02, .tail_ms = 1.5, .stall_p = 0.0005, .stall_ms = { 20, 200 }
};
const struct link_cfg link_wifi = {
	.base_ms = 1, .jitter_ms = 0.8, .tail_p = 0.1, .tail_ms = 8, .stall_p = 0.005, .stall_ms = { 20, 200 }
};
const struct link_cfg link_bad = {
	.base_ms = 1.5, .jitter_ms = 3, .tail_p = 0.25, .tail_ms = 25, .stall_p = 0.02, .stall_ms = { 50, 400 }
};
/* What a bridge sends up may wait until what it sent before is acknowledged: Mosquitto sets no TCP_NODELAY there. */
const struct link_cfg link_uplink = {
	.base_ms = 0.2, .jitter_ms = 0.06, .tail_p = 0.02, .tail_ms = 1.5, .stall_p = 0.05, .stall_ms = { 20, 60 }
};
const struct link_cfg link_leg = { .base_ms = 0.04, .jitter_ms = 0.03, .tail_p = 0.05, .tail_ms = 2 };

void link_init(struct link *l, const struct link_cfg *cfg, bool up, uint64_t seed, uint64_t which)
{
	*l = (struct link){ .cfg = *cfg, .dice = random_of(seed, which), .up = up };
}

static double jitter(struct link *l)
{
	double mean = l->cfg.jitter_ms;

	switch (l->cfg.shape) {
	case GAMMA:
		return random_gamma(&l->dice, mean);
	case LOGNORMAL:
		return random_lognormal(&l->dice, mean);
	case NORMAL:
		return fabs(random_normal(&l->dice, mean, mean / 2));
	default:
		return random_exponential(&l->dice, mean);
	}
}

static double delay_ms(struct link *l, int64_t now_ns)
{
	const struct link_cfg *c = &l->cfg;
	double ms = c->base_ms + jitter(l);

	if (random_unit(&l->dice) < c->tail_p)
		ms += random_exponential(&l->dice, c->tail_ms);
	if (random_unit(&l->dice) < c->stall_p)
		ms += random_between(&l->dice, c->stall_ms[0], c->stall_ms[1]);
	if (l->up)
		ms += c->asymmetry_ms;
	if (c->floor_at_s > 0 && (double)now_ns > c->floor_at_s * 1e9)
		ms += c->floor_ms;
	return ms;
}

int64_t link_arrival(struct link *l, int64_t now_ns)
{
	int64_t arrival = now_ns + llround(delay_ms(l, now_ns) * 1e6);

	/* Asleep, the radio hears of what came for it at the next beacon. Sending wakes it, and
	 * what comes back within a moment finds it awake: `last_ns` of this direction is set by both. */
	if (l->cfg.power_save && !l->up && now_ns > l->last_ns + AWAKE_NS)
		arrival += BEACON_NS - now_ns % BEACON_NS;
	if (arrival < l->last_ns)
		arrival = l->last_ns;
	l->last_ns = arrival;
	return arrival;
}
