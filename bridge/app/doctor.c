/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* --doctor: why is it dark? Looks at each thing a node needs, in the order in
 * which a person would mend them, and says the cure where one is missing. */

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <glow/clock.h>
#include <glow/meter.h>
#include <glow/node.h>
#include <glow/topics.h>

static bool say(bool fine, const char *what, const char *how)
{
	printf("%s  %-8s %s\n", fine ? "ok  " : "FAIL", what, how);
	return fine;
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
			return say(r == 0, "board", line);
		if (r == 0)
			return say(true, "board", line);
		printf("      %-8s %s\n", "", line);
	}
	return say(false, "board", "none found; see above, or try --board virtual or --board terminal");
}

static bool check_broker(const struct glow_node_cfg *cfg)
{
	struct glow_mqtt_cfg mqtt = cfg->mqtt;
	char why[160] = "", line[512], client[GLOW_TOPIC_MAX + 1];

	snprintf(client, sizeof(client), "%.200s-doctor",
		 cfg->node); /* not the node's own id: that would end its connection */
	mqtt.client_id = client;
	if (glow_mqtt_check(&mqtt, why) < 0)
		return say(false, "broker", why);
	snprintf(line, sizeof(line), "%s lets us in", mqtt.broker);
	return say(true, "broker", line);
}

static bool check_names(const struct glow_node_cfg *cfg)
{
	char line[512];

	snprintf(line, sizeof(line), "%s/node/%s", cfg->prefix, cfg->node);
	if (glow_id_valid(cfg->node) && glow_prefix_valid(cfg->prefix))
		return say(true, "name", line);
	snprintf(line, sizeof(line), "\"%s\" cannot be a node id: use --node with a-z, 0-9 and '-'", cfg->node);
	return say(false, "name", line);
}

static bool check_clock(void)
{
	int64_t now = glow_wall_minus_mono_us() + glow_mono_now().ns / 1000;
	const int64_t built = INT64_C(1735689600) * GLOW_US_PER_S; /* 2025-01-01: no clock of ours is older */

	return say(now > built, "clock",
		   now > built ? "the wall clock is set"
			       : "the wall clock is unset; let timesyncd or chrony set it (a Pi has no clock chip)");
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
	say(true, "sensors", line);
}

int glow_node_doctor(const struct glow_node_cfg *cfg)
{
	bool fine = check_names(cfg);

	fine = check_broker(cfg) && fine;
	fine = check_board(cfg) && fine;
	fine = check_clock() && fine;
	say_sensors(cfg);
	puts(fine ? "all is well" : "something is missing: mend the lines marked FAIL from the top");
	return fine ? 0 : EX_UNAVAILABLE;
}
