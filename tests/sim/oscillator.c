/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "oscillator.h"

#define SECOND_NS INT64_C(1000000000)
#define TURN      6.283185307179586

static void new_rate(struct oscillator *o)
{
	const struct oscillator_cfg *c = &o->cfg;
	double t = (double)o->t_ns / 1e9;

	o->walked += random_normal(&o->dice, 0, c->walk);
	o->rate = o->constant + o->walked;
	if (c->warm_s > 0)
		o->rate += o->exposure * c->warm_ppm * 1e-6 * exp(-t / c->warm_s);
	if (c->sine_s > 0)
		o->rate += c->sine_ppm * 1e-6 * sin(TURN * (t / c->sine_s + o->phase));
	if (c->step_at_s > 0 && t >= c->step_at_s)
		o->rate += o->exposure * c->step_ppm * 1e-6;
}

void oscillator_init(struct oscillator *o, const struct oscillator_cfg *cfg, uint64_t seed, uint64_t which)
{
	*o = (struct oscillator){ .cfg = *cfg, .dice = random_of(seed, which) };
	o->constant = random_between(&o->dice, -cfg->spread_ppm, cfg->spread_ppm) * 1e-6;
	o->phase = random_unit(&o->dice);
	o->exposure = random_between(&o->dice, -1, 1);
	o->l_ns = (int64_t)random_between(&o->dice, 1e10, 1e13); /* up for some hours */
	new_rate(o);
}

int64_t oscillator_at(struct oscillator *o, int64_t t_ns)
{
	while (t_ns - o->t_ns >= SECOND_NS) {
		o->l_ns += SECOND_NS + llround(o->rate * 1e9);
		o->t_ns += SECOND_NS;
		new_rate(o);
	}
	return o->l_ns + (t_ns - o->t_ns) + llround(o->rate * (double)(t_ns - o->t_ns));
}

int64_t oscillator_when(struct oscillator *o, int64_t now_ns, int64_t l_ns)
{
	int64_t left = l_ns - oscillator_at(o, now_ns);

	return left > 0 ? now_ns + left - llround(o->rate * (double)left) : now_ns;
}
