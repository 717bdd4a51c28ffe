/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* sim_sync [--headline | seeds]: how far apart the nodes' clocks are, in a simulated
 * cluster that runs the bridge's own clock filter (docs/sync.md). Prints what came out
 * beside what was aimed at, and fails when a figure misses its limit or a control meets it.
 * Seeds are fixed, so that every run is the same: 1 to 20, or 1 to 3 for the headline. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study.h"

struct effort effort = { 20, 1800, false };

static int judged, missed;
static char complaints[500];

void judge(const char *what, double got, double limit, double control)
{
	bool fine = got <= limit, caught = control > limit;
	size_t len = strlen(complaints);

	judged++;
	if (fine && caught)
		return;
	missed++;
	if (!fine)
		snprintf(complaints + len, sizeof(complaints) - len, "\n    FAILED: %s %g, the limit is %g", what, got,
			 limit);
	else
		snprintf(complaints + len, sizeof(complaints) - len,
			 "\n    FAILED: the control of %s is %g, within the limit %g", what, control, limit);
}

void end_row(void)
{
	printf("%s\n", complaints[0] ? complaints : "  ok");
	complaints[0] = '\0';
	fflush(stdout);
}

double skew_us(struct world *w)
{
	int64_t low = INT64_MAX, high = INT64_MIN;

	for (int m = 0; m < w->cfg.nodes; m++) {
		int64_t s = world_time(w, m);

		low = s < low ? s : low;
		high = s > high ? s : high;
	}
	return (double)(high - low) / 1e3;
}

double peak_us(struct world *w, int64_t until)
{
	double peak = 0;

	for (int64_t t = w->t_ns; t <= until; t += SEC / 10) {
		world_run(w, t);
		peak = fmax(peak, skew_us(w));
	}
	return peak;
}

double worst(trial_fn *trial, const struct world_cfg *cfg)
{
	double most = 0;

	for (int seed = 1; seed <= effort.seeds; seed++)
		most = fmax(most, trial(cfg, seed));
	return most;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--headline") == 0)
		effort = (struct effort){ 3, 900, true };
	else if (argc > 1)
		effort.seeds = (int)strtol(argv[1], NULL, 10);
	if (effort.seeds < 3) {
		fputs("usage: sim_sync [--headline | seeds], of which there must be three\n", stderr);
		return 64;
	}
	printf("seeds 1 to %d, %d s each\n\n", effort.seeds, effort.seconds);
	study_steady();
	study_cold_start();
	study_holdover();
	study_conductors();
	study_faults();
	study_hierarchy();
	printf("\n%d judgements, each with its control; %d failed\n", judged, missed);
	return missed ? EXIT_FAILURE : EXIT_SUCCESS;
}
