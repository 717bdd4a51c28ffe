/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/catalog.h>
#include <glow/json.h>
#include <glow/meter.h>
#include <glow/node_run.h>

#include "../doctor.h"
#include "setup.h"

/* Of the boards that `auto` may find the idle display had to suit one, now it has to suit this. */
static bool check_found(const struct glow_node_run_cfg *cfg, const struct glow_board_desc *desc, const char *line,
			const char *better)
{
	struct glow_diag diag = { .what = "" };
	char why[512];

	glow_doctor_say(true, "board", line);
	if (better[0] && !glow_doctor_swarm())
		glow_doctor_note("board", better);
	if (glow_setup_idle(cfg, desc, &diag) == 0)
		return true;
	snprintf(why, sizeof(why), "--idle %s does not suit this board: %s", cfg->idle, diag.what);
	return glow_doctor_say(false, "idle", why);
}

static bool check_board(const struct glow_node_run_cfg *cfg)
{
	char line[512], others[160];

	for (size_t k = 0; k < glow_board_count(); k++) {
		const struct glow_board_desc *desc = glow_board_at(k);
		bool asked = strcmp(cfg->board, desc->name) == 0;
		struct glow_diag diag = { .what = "" };
		int r;

		if (!glow_board_meant(desc, cfg->board))
			continue;
		r = desc->probe(&cfg->board_cfg, &diag);
		if (r == 0)
			snprintf(line, sizeof(line), "%s is here", desc->name);
		else
			snprintf(line, sizeof(line), "%s: %s", desc->name, diag.what);
		/* With `auto` one board is enough: the others are not missed. */
		if (r == 0)
			return check_found(cfg, desc, line, diag.what);
		if (asked)
			return glow_doctor_say(false, "board", line);
		printf("      %-8s %s\n", "", line);
	}
	glow_board_without_hardware(others, sizeof(others));
	snprintf(line, sizeof(line), "none found; see above, or try %s", others);
	return glow_doctor_say(false, "board", line);
}

static void say_name(const struct glow_node_run_cfg *cfg)
{
	char line[512];

	snprintf(line, sizeof(line), "%s/node/%s", cfg->prefix, cfg->node);
	glow_doctor_say(true, "name", line);
}

/* The largest of what every node says, which brokers with older rules refuse besides. */
static bool check_limits(const struct glow_node_run_cfg *cfg)
{
	char name[GLOW_CATALOG_NAME_LEN + 1], topic[GLOW_TOPIC_MAX + 1], *text = glow_json_finish(glow_catalog_write());
	char own[GLOW_TOPIC_MAX + 1];
	const struct glow_doctor_patient patient = { .what = "node", .id = cfg->node, .own = own };
	struct glow_message catalog = { .topic = topic, .payload = text, .qos = 1, .retained = true };
	bool fine;

	if (!text)
		return false;
	catalog.len = strlen(text);
	glow_catalog_name(text, catalog.len, name);
	glow_topic_of(topic, cfg->prefix, GLOW_TOPIC_CATALOG, GLOW_OF_CLUSTER, name);
	glow_topic_of(own, cfg->prefix, GLOW_TOPIC_ERROR, GLOW_OF_NODE, cfg->node);
	fine = glow_doctor_limits(&cfg->mqtt, &patient, &catalog,
				  "its rules are older than this program: until its acl is written anew (secrets.sh), "
				  "each node's info has the effects in it");
	free(text);
	return fine;
}

static void say_sensors(const struct glow_node_run_cfg *cfg)
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

static void say_wifi(const struct glow_node_run_cfg *cfg)
{
	static const char *const seen[] = {
		[GLOW_WIFI_UNSEEN] =
			"no radio to be seen (in a container there never is); --wifi-power-save tells of one",
		[GLOW_WIFI_AWAKE] = "the radio does not save power",
		[GLOW_WIFI_SLEEPS] = "the radio saves power: clock probes wake it",
	};
	char line[160];

	snprintf(line, sizeof(line), "power save is %s, as configured", cfg->wifi_power_save);
	glow_doctor_say(true, "wifi", strcmp(cfg->wifi_power_save, "auto") == 0 ? seen[glow_wifi_look()] : line);
}

int glow_node_doctor(const struct glow_node_run_cfg *cfg)
{
	bool fine, disputed;

	say_name(cfg);
	fine = glow_doctor_broker(&cfg->mqtt, cfg->node, &disputed) && check_limits(cfg);
	fine = check_board(cfg) && fine;
	fine = glow_doctor_clock(GLOW_WALL_LEAST_S * GLOW_US_PER_S, disputed) && fine;
	say_sensors(cfg);
	say_wifi(cfg);
	return glow_doctor_verdict(fine);
}
