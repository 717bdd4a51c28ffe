/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <math.h>
#include <stdlib.h>

#include "figures.h"

void figures_add(struct figures *f, double value)
{
	if (f->n == f->room) {
		f->room = 2 * f->room + 1024;
		f->value = realloc(f->value, sizeof(*f->value) * (unsigned)f->room);
	}
	f->value[f->n++] = value;
}

void figures_free(struct figures *f)
{
	free(f->value);
	*f = (struct figures){ 0 };
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double figures_at(struct figures *f, double p)
{
	if (f->n == 0)
		return NAN;
	qsort(f->value, (unsigned)f->n, sizeof(*f->value), compare);
	return f->value[(int)lround(p * (f->n - 1))];
}
