/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The estimator: from the ring of probes to a line. */

#include <glow/sync.h>

/** Probes in a group. A group's minima are the unit of the fit. */
#define GLOW_GROUP 8

/** What is known of the slope without the samples. */
struct glow_prior {
	double rate, sigma;
};

void glow_filter_add(struct glow_filter *f, struct glow_sample sample);

/** The bounds that the newest `n` samples (or what there is) put on theta at L = at_ns, if its slope is `rate`. An
 * error of the slope shifts them by as much as builds up within glow_filter_span(). */
void glow_filter_bounds(const struct glow_filter *f, uint32_t n, double rate, int64_t at_ns, int64_t *ret_low_ns,
			int64_t *ret_high_ns);

/** Nanoseconds from the oldest to the newest of these samples. */
double glow_filter_span(const struct glow_filter *f, uint32_t n);

/** The line at the newest sample's t4, from at least four samples. `rate` is the present slope, by which the
 * samples of a group are compared. Returns true when the slope is measured, false when it is the prior's. */
bool glow_filter_fit(const struct glow_filter *f, double rate, struct glow_prior prior, struct glow_line *ret_line);
