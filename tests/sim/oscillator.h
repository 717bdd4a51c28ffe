/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A crystal: local time L as a function of true time. Piecewise straight, a new rate each second. */

#include <stdint.h>

#include "random.h"

struct oscillator_cfg {
	double spread_ppm;          /**< the constant part is drawn from +- this */
	double walk;                /**< random walk of the rate, per root of a second */
	double warm_ppm, warm_s;    /**< +- this dies away after the start */
	double sine_ppm, sine_s;    /**< the room's temperature: amplitude and period, the phase is drawn */
	double step_ppm, step_at_s; /**< +- this, at once: a fan starts */
};

struct oscillator {
	struct oscillator_cfg cfg;
	struct dice dice;
	int64_t t_ns, l_ns; /**< since the last new rate */
	double rate, constant, walked, phase, exposure;
};

void oscillator_init(struct oscillator *o, const struct oscillator_cfg *cfg, uint64_t seed, uint64_t which);

/** L at true time t_ns, which must not be before the second of the last call. */
int64_t oscillator_at(struct oscillator *o, int64_t t_ns);

/** When L will be l_ns, if the present rate stays; never before now_ns. */
int64_t oscillator_when(struct oscillator *o, int64_t now_ns, int64_t l_ns);
