/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* --doctor: why is it dark? Looks at each thing that is needed, in the order in
 * which a person would mend them, and says the cure where one is missing. */

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <glow/clock.h>
#include <glow/meter.h>
#include <glow/node.h>
#include <glow/topics.h>

#include "doctor.h"

bool glow_doctor_say(bool fine, const char *what, const char *how)
{
	printf("%s  %-8s %s\n", fine ? "ok  " : "FAIL", what, how);
	return fine;
}

int glow_doctor_verdict(bool fine)
{
	puts(fine ? "all is well" : "something is missing: mend the lines marked FAIL from the top");
	return fine ? 0 : EX_UNAVAILABLE;
}

static bool check_board(const struct glow_node_cfg *cfg)
{
	char line[512];

	for (size_t k = 0; k < glow_board_count(); k++) {
		const struct glow_board_desc *desc = glow_board_at(k);
		bool asked = strcmp(cfg->board, desc->name) == 0;
		struct glow_diag diag = { .what = "" };
		int r;

		if (!asked && (strcmp(cfg->board, "auto") != 0 || !desc->hardware))
			continue;
		r = desc->probe(&cfg->board_cfg, &diag);
		if (r == 0)
			snprintf(line, sizeof(line), "%s is here", desc->name);
		else
			snprintf(line, sizeof(line), "%s: %s", desc->name, diag.what);
		/* With `auto` one board is enough: the others are not missed. */
		if (asked)
			return glow_doctor_say(r == 0, "board", line);
		if (r == 0)
			return glow_doctor_say(true, "board", line);
		printf("      %-8s %s\n", "", line);
	}
	return glow_doctor_say(false, "board", "none found; see above, or try --board virtual or --board terminal");
}

bool glow_doctor_broker(const struct glow_mqtt_cfg *cfg, const char *node)
{
	struct glow_mqtt_cfg mqtt = *cfg;
	char why[160] = "", line[512], client[GLOW_TOPIC_MAX + 1];

	snprintf(client, sizeof(client), "%.200s-doctor", node); /* not the own id: that would end its connection */
	mqtt.client_id = client;
	if (glow_mqtt_check(&mqtt, why) < 0)
		return glow_doctor_say(false, "broker", why);
	snprintf(line, sizeof(line), "%s lets us in", mqtt.broker);
	return glow_doctor_say(true, "broker", line);
}

bool glow_doctor_name(const char *node, const char *name)
{
	char line[512];

	if (glow_id_valid(node))
		return glow_doctor_say(true, "name", name);
	snprintf(line, sizeof(line), "\"%s\" cannot be an id: use --node with a-z, 0-9 and '-'", node);
	return glow_doctor_say(false, "name", line);
}

bool glow_doctor_clock(int64_t built_us)
{
	struct glow_wall wall = glow_wall_now();
	bool set = (glow_raw_now().ns + wall.offset_ns) / 1000 > built_us;

	if (!set)
		return glow_doctor_say(
			false, "clock",
			"the wall clock is unset; let timesyncd or chrony set it (a Pi has no clock chip)");
	return glow_doctor_say(true, "clock",
			       wall.synchronised ? "the wall clock is set, and kept right" : "the wall clock is set");
}

static bool check_names(const struct glow_node_cfg *cfg)
{
	char line[512];

	snprintf(line, sizeof(line), "%s/node/%s", cfg->prefix, cfg->node);
	return glow_doctor_name(cfg->node, line);
}

static void say_sensors(const struct glow_node_cfg *cfg)
{
	struct glow_meters meters;
	char line[160];

	glow_meters_init(&meters, cfg->sysfs);
	glow_meters_read(&meters);
	if (isnan(meters.temperature_c))
		snprintf(line, sizeof(line), "no temperature sensor below %s/class/thermal; that gauge reads 0",
			 cfg->sysfs);
	else
		snprintf(line, sizeof(line), "%.1f degrees Celsius", meters.temperature_c);
	glow_doctor_say(true, "sensors", line);
}

int glow_node_doctor(const struct glow_node_cfg *cfg)
{
	const int64_t built_us = INT64_C(1735689600) * GLOW_US_PER_S; /* 2025-01-01: no clock of ours is older */
	bool fine = check_names(cfg);

	fine = glow_doctor_broker(&cfg->mqtt, cfg->node) && fine;
	fine = check_board(cfg) && fine;
	fine = glow_doctor_clock(built_us) && fine;
	say_sensors(cfg);
	return glow_doctor_verdict(fine);
}
