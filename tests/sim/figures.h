/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Numbers to take percentiles of. */

struct figures {
	double *value;
	int n, room;
};

void figures_add(struct figures *f, double value);
void figures_free(struct figures *f);

/** The p-quantile, p from 0 to 1, nearest rank; sorts the values. NAN without any. */
double figures_at(struct figures *f, double p);
