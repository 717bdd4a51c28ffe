/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A running glow-tasks: shows on each board what runs on its node of a Docker swarm. */

#include <stdint.h>

#include <glow/mqtt.h>

/** Values as the program's table of options reads them. */
struct glow_tasks_run_cfg {
	const char *prefix;
	const char *engine; /**< unix:///path or http://host[:port] */
	uint32_t poll_s;    /**< how often it is asked while nothing happens */
	int brightness, priority;
	struct glow_mqtt_cfg mqtt; /**< topics and client id are filled in by the running program */
};

/** Runs until SIGTERM, or SIGINT or SIGHUP where these were not ignored before. Returns the exit
 * status (sysexits.h); what went wrong has been logged. */
int glow_tasks_run(const struct glow_tasks_run_cfg *cfg);

/** --doctor: one line for broker and engine, on standard output. Returns 0 when all is well, EX_UNAVAILABLE otherwise.
 */
int glow_tasks_doctor(const struct glow_tasks_run_cfg *cfg);
