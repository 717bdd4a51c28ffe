/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The regression weights samples by their delay beyond the least and forgets the
 * oldest until the residuals change sign about as often as chance has it. */
#include <math.h>
#include <string.h>

#include "rival.h"

enum { LEAST = 6 };

void rival_init(struct rival *r, enum rival_kind kind)
{
	memset(r, 0, sizeof(*r));
	r->kind = kind;
}

static void remember(struct rival *r, struct rival_sample s)
{
	if (r->n == RIVAL_SAMPLES)
		memmove(r->sample, r->sample + 1, sizeof(r->sample[0]) * (size_t)--r->n);
	r->sample[r->n++] = s;
}

/* A line through samples first..n-1; the residuals go to ret_residual. */
static void regress(struct rival *r, int first, double *ret_residual)
{
	const struct rival_sample *newest = &r->sample[r->n - 1];
	double least = INFINITY, mean = 0, sw = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, mx, my;
	double w[RIVAL_SAMPLES], x[RIVAL_SAMPLES], y[RIVAL_SAMPLES];

	for (int k = first; k < r->n; k++)
		least = fmin(least, r->sample[k].delay_ns);
	for (int k = first; k < r->n; k++)
		mean += (r->sample[k].delay_ns - least) / (r->n - first);
	for (int k = first; k < r->n; k++) {
		double d = 1 + 10 * (r->sample[k].delay_ns - least) / fmax(mean, 1e3);

		w[k] = 1 / (d * d);
		x[k] = (double)(r->sample[k].l_ns - newest->l_ns);
		y[k] = (double)(r->sample[k].theta_ns - newest->theta_ns);
		sw += w[k];
		sx += w[k] * x[k];
		sy += w[k] * y[k];
	}
	mx = sx / sw;
	my = sy / sw;
	for (int k = first; k < r->n; k++) {
		sxx += w[k] * (x[k] - mx) * (x[k] - mx);
		sxy += w[k] * (x[k] - mx) * (y[k] - my);
	}
	r->rate = sxx > 0 ? sxy / sxx : 0;
	r->l_ns = newest->l_ns;
	r->theta_ns = newest->theta_ns + llround(my - r->rate * mx);
	for (int k = first; k < r->n; k++)
		ret_residual[k] = y[k] - my - r->rate * (x[k] - mx);
}

/* Too few changes of sign: the samples do not lie on a line. */
static bool bent(const double *residual, int first, int n)
{
	int runs = 1;

	for (int k = first + 1; k < n; k++)
		runs += (residual[k] < 0) != (residual[k - 1] < 0);
	return runs < (n - first) / 2.0 - 0.8 * sqrt(n - first);
}

void rival_add(struct rival *r, int64_t t1, int64_t t2, int64_t t3, int64_t t4)
{
	double residual[RIVAL_SAMPLES];
	int first = 0;

	remember(r, (struct rival_sample){
			    .l_ns = t1 + (t4 - t1) / 2,
			    .theta_ns = t2 - t1 - ((t2 - t1) - (t3 - t4)) / 2,
			    .delay_ns = (double)((t4 - t1) - (t3 - t2)),
		    });
	if (r->kind == RIVAL_LAST || r->n < 3) {
		r->l_ns = r->sample[r->n - 1].l_ns;
		r->theta_ns = r->sample[r->n - 1].theta_ns;
		return;
	}
	do
		regress(r, first++, residual);
	while (r->n - first >= LEAST && bent(residual, first - 1, r->n));
	/* What was dropped stays dropped. */
	first--;
	memmove(r->sample, r->sample + first, sizeof(r->sample[0]) * (size_t)(r->n - first));
	r->n -= first;
}

bool rival_valid(const struct rival *r)
{
	return r->n > 0;
}

int64_t rival_now(const struct rival *r, int64_t l_ns)
{
	return l_ns + r->theta_ns + llround(r->rate * (double)(l_ns - r->l_ns));
}
