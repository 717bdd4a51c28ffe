/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What this machine is doing, for gauges and stats. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/effect.h>

struct glow_meters {
	const char *sysfs; /**< root of the sysfs for temperature and network */
	uint64_t cpu_busy, cpu_total;
	uint64_t net_bytes;
	int64_t last_ns;                /**< CLOCK_MONOTONIC of the last reading, 0 before the first */
	uint16_t permille[GLOW_METERS]; /**< of a full bar */
	double temperature_c;           /**< NAN where the machine has no sensor */
	double load1;
	double network_mbit_s;
};

void glow_meters_init(struct glow_meters *meters, const char *sysfs);

/** Reads everything once. CPU and network are means since the last call. Full
 * bars: cpu and memory 100 %, temperature 30..85 degrees Celsius, load one per
 * core, network 100 Mbit/s on a logarithmic scale from 1 kbit/s. A source that
 * is missing reads 0. Never fails. */
void glow_meters_read(struct glow_meters *meters);

/** A radio that saves power sleeps between beacons, so what is sent alone may arrive 100 ms late. A container
 * has a network of its own, in which there is no radio. */
enum glow_wifi { GLOW_WIFI_UNSEEN, GLOW_WIFI_AWAKE, GLOW_WIFI_SLEEPS };

/** What the Wi-Fi interfaces say that this program sees; one that sleeps is enough. */
enum glow_wifi glow_wifi_look(void);
