/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A running conductor: the state machine of glow/conductor.h with a broker and a clock around it. */

#include <glow/conductor.h>
#include <glow/mqtt.h>

/** Values as the program's table of options reads them. */
struct glow_conductor_run_cfg {
	struct glow_conductor_cfg conductor; /**< boot, seed, outbox and lead are filled in by the running program */
	struct glow_mqtt_cfg mqtt;           /**< topics, client ids and will likewise */
	const char *metrics;                 /**< where they can be scraped, glow/scrape.h; "": nowhere */
	const char *time_zone; /**< of local time, which nodes take from the conductor; "": the machine's */
};

/** Runs until SIGTERM, or SIGINT or SIGHUP where these were not ignored before. Returns the exit
 * status (sysexits.h); what went wrong has been logged. */
int glow_conductor_run(const struct glow_conductor_run_cfg *cfg);

/** --doctor: one line for each thing a conductor needs, on standard output, and
 * who leads. Returns 0 when all is well, EX_UNAVAILABLE otherwise. */
int glow_conductor_doctor(const struct glow_conductor_run_cfg *cfg);
