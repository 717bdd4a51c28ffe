/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The clock that others read: continuous pieces of straight line. */

#include <glow/sync.h>

int64_t glow_output_now(const struct glow_output *o, int64_t l_ns);
int64_t glow_output_when(const struct glow_output *o, int64_t s_ns);

/** From l_ns on (or from the last bend, if that is later) make for `line`, without a step. */
void glow_output_slew(struct glow_output *o, int64_t l_ns, const struct glow_line *line, double late_rate);

/** The same, as gently as others can follow: at that pace, or within 200 s. */
void glow_output_ease(struct glow_output *o, int64_t l_ns, const struct glow_line *line, double late_rate, double pace);

/** From l_ns on be on `line`; returns how far that was. */
int64_t glow_output_step(struct glow_output *o, int64_t l_ns, const struct glow_line *line, double late_rate);

/** theta of a line at l_ns. */
int64_t glow_line_theta(const struct glow_line *line, int64_t l_ns);

/** One sigma of a line at l_ns, grown since it was measured. */
double glow_line_sigma(const struct glow_line *line, int64_t l_ns);
