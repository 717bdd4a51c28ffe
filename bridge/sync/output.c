/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What others read must not jump and must have an inverse, so it is made of straight lines that meet: a
 * new measurement bends the line, and the error that remains is worked off by a slope of its own. The
 * inverse is found by iteration, which is quick because every slope is within a thousandth of 1. */

#include "output.h"
#include "number.h"

#define SLEW_TAU_NS 4e9   /* an error is made up in this time, */
#define SLEW_MAX    1e-3  /* but no faster than this */
#define EASE_TAU_NS 200e9 /* where many follow, no slower than this */
#define LATE_NS     10e9  /* so long without a measurement, the mean slope is the better guess */
#define WANDER      1e-7  /* how far a crystal in a quiet room may have moved from its slope */

/* What S has gained on L, x ns after the last bend. */
static int64_t gain(const struct glow_output *o, int64_t x)
{
	double t = (double)x, early = glow_min(t, LATE_NS);
	double slew = glow_clamp(o->slew_rate * glow_max(t, 0), __builtin_fabs(o->slew_ns));

	return glow_ns(o->rate * early + o->late_rate * (t - early) + slew);
}

int64_t glow_output_now(const struct glow_output *o, int64_t l_ns)
{
	int64_t x = l_ns - o->l_ns;

	return o->s_ns + x + gain(o, x);
}

int64_t glow_output_when(const struct glow_output *o, int64_t s_ns)
{
	int64_t ahead, x;

	if (__builtin_sub_overflow(s_ns, o->s_ns, &ahead) || ahead > GLOW_SPAN_NS || ahead < -GLOW_SPAN_NS)
		ahead = s_ns > o->s_ns ? GLOW_SPAN_NS : -GLOW_SPAN_NS;
	/* Each turn leaves a thousandth of the error. */
	x = ahead;
	for (int turn = 0; turn < 8; turn++)
		x = ahead - gain(o, x);
	return o->l_ns + x;
}

/* Bends towards the line; returns the error that is to be made up. */
static double bend(struct glow_output *o, int64_t l_ns, const struct glow_line *line, double late_rate)
{
	int64_t at = l_ns > o->l_ns ? l_ns : o->l_ns, s_ns = glow_output_now(o, at);
	double error = (double)(at + glow_line_theta(line, at) - s_ns);

	*o = (struct glow_output){
		.l_ns = at, .s_ns = s_ns, .rate = line->rate, .late_rate = late_rate, .slew_ns = error
	};
	return error;
}

void glow_output_slew(struct glow_output *o, int64_t l_ns, const struct glow_line *line, double late_rate)
{
	double error = bend(o, l_ns, line, late_rate);

	o->slew_rate = glow_clamp(error / SLEW_TAU_NS, SLEW_MAX);
}

void glow_output_ease(struct glow_output *o, int64_t l_ns, const struct glow_line *line, double late_rate, double pace)
{
	double error = bend(o, l_ns, line, late_rate);
	double tau = glow_min(__builtin_fabs(error) / pace, EASE_TAU_NS);

	o->slew_rate = glow_clamp(error / glow_max(tau, SLEW_TAU_NS), SLEW_MAX);
}

int64_t glow_output_step(struct glow_output *o, int64_t l_ns, const struct glow_line *line, double late_rate)
{
	int64_t from = glow_output_now(o, l_ns);

	*o = (struct glow_output){
		.l_ns = l_ns,
		.s_ns = l_ns + glow_line_theta(line, l_ns),
		.rate = line->rate,
		.late_rate = late_rate,
	};
	return o->s_ns - from;
}

int64_t glow_line_theta(const struct glow_line *line, int64_t l_ns)
{
	return line->theta_ns + glow_ns(line->rate * (double)(l_ns - line->l_ns));
}

double glow_line_sigma(const struct glow_line *line, int64_t l_ns)
{
	double age = (double)(l_ns - line->l_ns);

	return glow_hypot(line->sigma_ns, glow_hypot(line->rate_sigma, WANDER) * age);
}
