/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Two-sided grouped minima (docs/sync.md). A group's least u and greatest v bound
 * theta from both sides; their middle y is a measurement and their distance d
 * says how much queueing is left in it. Groups are weighed by d against the
 * best of the window and a line is laid through. How far back the window
 * reaches is found by intersecting confidence intervals: farther as long as
 * the longer window does not contradict the shorter ones. */
#include "filter.h"
#include "number.h"

#define GROUPS     (GLOW_SYNC_RING / GLOW_GROUP)
#define SHORT_NS   6e9 /* less history than this tells nothing of the slope */
#define SCALE_NS   1e3 /* the clocks' own grain: no spread of d is taken for less */
#define NOISE      0.175
#define CONFIDENCE 1.5

/* Windows in groups of eight: half an octave apart, 32 to 768 probes. */
static const uint32_t windows[] = { 4, 6, 8, 12, 16, 24, 32, 48, 64, 96 };

struct group {
	double x, y, d; /* ns; x relative to the newest t4, y to the newest u */
};

struct fit {
	double value, sigma, rate, rate_sigma;
	bool measured;
};

void glow_filter_add(struct glow_filter *f, struct glow_sample sample)
{
	f->ring[f->next] = sample;
	f->next = (f->next + 1) % GLOW_SYNC_RING;
	if (f->count < GLOW_SYNC_RING)
		f->count++;
}

/* The k-th newest. */
static const struct glow_sample *sample(const struct glow_filter *f, uint32_t k)
{
	return &f->ring[(f->next + GLOW_SYNC_RING - 1 - k) % GLOW_SYNC_RING];
}

/* The bounds of theta - ref_ns at L = at_ns. */
struct bounds {
	double low, high;
};

static struct bounds bound(const struct glow_sample *p, double rate, int64_t at_ns, int64_t ref_ns)
{
	return (struct bounds){
		.low = (double)(p->v_ns - ref_ns) - rate * (double)(p->t4_ns - at_ns),
		.high = (double)(p->u_ns - ref_ns) - rate * (double)(p->t1_ns - at_ns),
	};
}

/* What samples first..first+n-1 say together; n > 0. */
static struct bounds bounds(const struct glow_filter *f, uint32_t first, uint32_t n, double rate, int64_t at_ns,
			    int64_t ref_ns)
{
	struct bounds all = bound(sample(f, first), rate, at_ns, ref_ns);

	for (uint32_t k = first + 1; k < first + n; k++) {
		struct bounds one = bound(sample(f, k), rate, at_ns, ref_ns);

		all.low = glow_max(all.low, one.low);
		all.high = glow_min(all.high, one.high);
	}
	return all;
}

void glow_filter_bounds(const struct glow_filter *f, uint32_t n, double rate, int64_t at_ns, int64_t *ret_low_ns,
			int64_t *ret_high_ns)
{
	int64_t ref = sample(f, 0)->u_ns;
	struct bounds b = bounds(f, 0, n < f->count ? n : f->count, rate, at_ns, ref);

	*ret_low_ns = ref + glow_ns(b.low);
	*ret_high_ns = ref + glow_ns(b.high);
}

double glow_filter_span(const struct glow_filter *f, uint32_t n)
{
	return (double)(sample(f, 0)->t4_ns - sample(f, (n < f->count ? n : f->count) - 1)->t1_ns);
}

static struct group group(const struct glow_filter *f, uint32_t first, uint32_t n, double rate)
{
	const struct glow_sample *newest = sample(f, 0);
	struct bounds b;
	double x = 0;

	for (uint32_t k = first; k < first + n; k++)
		x += (double)(sample(f, k)->t1_ns - newest->t4_ns) / n;
	b = bounds(f, first, n, rate, newest->t4_ns + glow_ns(x), newest->u_ns);
	return (struct group){ x, (b.low + b.high) / 2, b.high - b.low };
}

/* Puts d into the ascending sorted[0..n-1]. */
static void insert(double *sorted, uint32_t n, double d)
{
	for (; n > 0 && sorted[n - 1] > d; n--)
		sorted[n] = sorted[n - 1];
	sorted[n] = d;
}

/* The distance from the least d to the median. */
static double spread_of(const struct group *g, uint32_t n, double *ret_least)
{
	double sorted[GROUPS];
	uint32_t k = 0;

	do
		insert(sorted, k, g[k].d);
	while (++k < n);
	*ret_least = sorted[0];
	return glow_max(SCALE_NS, sorted[n / 2] - sorted[0]);
}

static double weight(const struct group *g, double least, double spread)
{
	double excess = 1 + (g->d - least) / spread;

	return 1 / (excess * excess);
}

/* Without a slope of its own: the group with least queueing, and the prior's slope. Theta lies between that group's
 * bounds, however much the others were queued. */
static struct fit best(const struct group *g, uint32_t n, double spread, struct glow_prior prior)
{
	const struct group *b = g;

	for (uint32_t k = 1; k < n; k++)
		b = g[k].d < b->d ? &g[k] : b;
	return (struct fit){
		.value = b->y - prior.rate * b->x,
		.sigma = glow_hypot(glow_min(spread, glow_max(SCALE_NS, b->d / 2)), prior.sigma * b->x),
		.rate = prior.rate,
		.rate_sigma = prior.sigma,
	};
}

/* Weighted least squares; the prior is one more measurement of the slope. */
static struct fit line(const struct group *g, uint32_t n, double least, double spread, struct glow_prior prior)
{
	double sw = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, residual = 0, r, mx, my, ridge, rate;

	for (uint32_t k = 0; k < n; k++) {
		double w = weight(&g[k], least, spread);

		sw += w;
		sx += w * g[k].x;
		sy += w * g[k].y;
	}
	mx = sx / sw;
	my = sy / sw;
	for (uint32_t k = 0; k < n; k++) {
		double w = weight(&g[k], least, spread), x = g[k].x - mx;

		sxx += w * x * x;
		sxy += w * x * (g[k].y - my - prior.rate * x);
	}
	/* The residual is taken about the line of the samples alone, as if there were no prior. */
	for (uint32_t k = 0; k < n; k++) {
		double off = g[k].y - my - (prior.rate + sxy / sxx) * (g[k].x - mx);

		residual += weight(&g[k], least, spread) * off * off;
	}
	r = glow_max(residual / sw, NOISE * NOISE * spread * spread);
	ridge = sxx + r / (prior.sigma * prior.sigma);
	rate = prior.rate + sxy / ridge;
	return (struct fit){
		.value = my - rate * mx,
		.sigma = __builtin_sqrt(r / sw + r * mx * mx / ridge),
		.rate = rate,
		.rate_sigma = __builtin_sqrt(r / ridge),
		.measured = true,
	};
}

/* The fit of the n newest groups. After a storm one good group may tell more than the line through all. */
static struct fit fit(const struct group *g, uint32_t n, struct glow_prior prior)
{
	double least, spread = spread_of(g, n, &least);
	struct fit one = best(g, n, spread, prior), all;

	if (g[0].x - g[n - 1].x < SHORT_NS)
		return one;
	all = line(g, n, least, spread, prior);
	return one.sigma < all.sigma ? one : all;
}

/* The widest window that no shorter one contradicts. */
static struct fit widest(const struct group *g, uint32_t n, struct glow_prior prior)
{
	struct fit chosen = fit(g, windows[0], prior);
	double low = chosen.value - CONFIDENCE * chosen.sigma, high = chosen.value + CONFIDENCE * chosen.sigma;

	for (uint32_t k = 1; k < sizeof(windows) / sizeof(windows[0]) && windows[k] <= n; k++) {
		struct fit f = fit(g, windows[k], prior);

		low = glow_max(low, f.value - CONFIDENCE * f.sigma);
		high = glow_min(high, f.value + CONFIDENCE * f.sigma);
		if (low > high)
			break;
		chosen = f;
	}
	return chosen;
}

/* Newest first; the oldest samples that do not fill a group are left out. */
static uint32_t group_all(const struct glow_filter *f, uint32_t size, double rate, struct group *ret_groups)
{
	uint32_t n = 0;

	do {
		ret_groups[n] = group(f, n * size, size, rate);
		n++;
	} while ((n + 1) * size <= f->count);
	return n;
}

bool glow_filter_fit(const struct glow_filter *f, double rate, struct glow_prior prior, struct glow_line *ret_line)
{
	uint32_t size = f->count < windows[0] * GLOW_GROUP ? f->count / windows[0] : GLOW_GROUP, n;
	const struct glow_sample *newest = sample(f, 0), *oldest = sample(f, f->count - 1);
	struct group groups[GROUPS];
	struct fit result;

	n = group_all(f, size, rate, groups);
	/* A little history is used whole: there is nothing to choose between. */
	if (size < GLOW_GROUP || (double)(newest->t4_ns - oldest->t1_ns) < SHORT_NS)
		result = fit(groups, n, prior);
	else
		result = widest(groups, n, prior);
	*ret_line = (struct glow_line){
		.l_ns = newest->t4_ns,
		.theta_ns = newest->u_ns + glow_ns(result.value),
		.rate = glow_clamp(result.rate, GLOW_RATE_MAX),
		.sigma_ns = CONFIDENCE * result.sigma, /* the intersection lets a window be off by as much */
		.rate_sigma = result.rate_sigma,
	};
	return result.measured;
}
