/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glow-conductor: options in, one conductor out. */

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include <glow/conductor_run.h>
#include <glow/config.h>
#include <glow/health.h>
#include <glow/log.h>
#include <glow/names.h>
#include <glow/options.h>
#include <glow/time.h>

struct options {
	struct glow_common_options common;
	char *discovery, *page, *node;
	char *order, *reverse, *gap, *uplink;
	int64_t grace_s;
	char *time_zone, *place, *boot_preset, *metrics;
};

#define GLOW_OPTIONS struct options

static const char broker[] = "Broker", strip[] = "Strip";

static const struct glow_option rows[] = {
	GLOW_BROKER_ROWS,
	GLOW_ROW_READ("discovery", "homeassistant", "TOPIC", broker, discovery, glow_names_read_discovery,
		      "prefix of Home Assistant's discovery; off for none"),
	GLOW_ROW_READ("page", "", "URL", broker, page, glow_names_read_page,
		      "address of the web page, to which Home Assistant links"),
	GLOW_ROW_READ("node", NULL, "ID", broker, node, glow_names_read_conductor,
		      "name of this conductor (default: the host name in lower case)"),
	GLOW_ROW_READ("uplink", "", "TOPIC/NAME", broker, uplink, glow_names_read_uplink,
		      "cluster above, which this one follows as a rack: its prefix and our name there, hall/east"),

	GLOW_ROW_READ("order", "", "ID,ID", strip, order, glow_names_read_order,
		      "nodes that come first on the strip; the others follow by name"),
	GLOW_ROW_READ("reverse", "", "ID,ID", strip, reverse, glow_names_read_order,
		      "nodes that hang the other way round"),
	GLOW_ROW_READ("gap", "", "ID=N,…", strip, gap, glow_names_read_gap, "pixels left free behind a node"),
	GLOW_ROW_READ("time-zone", "", "ZONE", strip, time_zone, glow_names_read_zone,
		      "local time of the cluster's clocks, Europe/Berlin (default: this machine's)"),
	GLOW_ROW_READ("place", "", "LAT,LON", strip, place, glow_names_read_place,
		      "where the sun rises and sets for schedules, in degrees: 52.52,13.40"),
	GLOW_ROW_READ("boot-preset", "", "NAME", strip, boot_preset, glow_names_read_preset,
		      "what shows when the whole cluster starts, 5 s after the conductor"),
	GLOW_ROW_INT("grace-s", "60", 0, 86400, "S", strip, grace_s,
		     "how long a node that went offline keeps its place"),

	GLOW_ROW_READ("metrics", "off", "ADDR:PORT", "Metrics", metrics, glow_names_read_metrics,
		      "where Prometheus finds them: 127.0.0.1:9464; off for nowhere"),

	GLOW_LOG_ROWS("info"),

	GLOW_ROW_VERB("doctor", "say what is missing, and how to mend it"),
	GLOW_ROW_VERB("check-config", "check options and environment, and do nothing"),
	GLOW_ROW_VERB("print-config", "every value and where it came from"),
	GLOW_ROW_VERB("healthcheck", "ask the running conductor of this name whether it is well"),
};

static const struct glow_program program = {
	.name = "glow-conductor",
	.summary = "give a cluster of LED boards one clock and one animation",
	.doc = "Keeps the cluster's time, the order of its boards and the scenes that play on all of them together. "
	       "Of several, one leads and the others stand by to take over.",
	.options = rows,
	.n_options = sizeof(rows) / sizeof(rows[0]),
};

/* NULL for an empty text; any other has been read already. */
static const struct glow_calendar_place *place_of(const char *text)
{
	static struct glow_calendar_place place;

	return glow_names_place(text, &place) ? &place : NULL;
}

static struct glow_conductor_run_cfg conduct_cfg(const struct options *o)
{
	struct glow_conductor_run_cfg cfg = {
		.conductor = { .prefix = o->common.prefix,
			       .discovery = strcmp(o->discovery, "off") == 0 ? "" : o->discovery,
			       .page = o->page,
			       .node = o->node,
			       .order = o->order,
			       .reverse = o->reverse,
			       .gap = o->gap,
			       .uplink = o->uplink,
			       .metrics = strcmp(o->metrics, "off") != 0,
			       .grace_s = (uint32_t)o->grace_s,
			       .place = place_of(o->place),
			       .boot_preset = o->boot_preset,
			       .built_us = GLOW_BUILT_S * GLOW_US_PER_S },
		.metrics = strcmp(o->metrics, "off") == 0 ? "" : o->metrics,
		.time_zone = o->time_zone,
		.mqtt = glow_common_mqtt(&o->common),
	};

	cfg.mqtt.keepalive_s = 3; /* a leader that hangs is soon missed */
	return cfg;
}

static int run_verb(const struct glow_config *config, const struct glow_conductor_run_cfg *cfg)
{
	const char *verb = config->verb;

	if (strcmp(verb, "print-config") == 0) {
		glow_config_print(config, stdout);
		return 0;
	}
	if (strcmp(verb, "healthcheck") == 0)
		return glow_health_ask(GLOW_HEALTH_CONDUCTOR, cfg->conductor.node);
	if (strcmp(verb, "doctor") == 0)
		return glow_conductor_doctor(cfg);
	puts("the configuration is fine"); /* --check-config */
	return 0;
}

/* Nobody follows himself. */
static int check_uplink(const struct options *o)
{
	const char *uplink = o->uplink, *prefix = o->common.prefix;
	size_t n = strlen(prefix);

	if (strncmp(uplink, prefix, n) != 0 || uplink[n] != '/' || strchr(uplink + n + 1, '/'))
		return 0;
	glow_error("--uplink %s: %s is this cluster's own prefix; that of the cluster above has to be another: hall/%s",
		   uplink, prefix, uplink + n + 1);
	return EX_USAGE;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct glow_config config;
	struct glow_conductor_run_cfg cfg;
	int status;

	if (!glow_config_read(&config, &program, &options, argc, argv, &status))
		return status;
	glow_log_setup(options.common.log_level, options.common.log_format);
	if (!config.verb || strcmp(config.verb, "print-config") != 0)
		status = glow_names_settle(&config, &options.node, glow_names_read_conductor);
	cfg = conduct_cfg(&options);
	if (!status && (!config.verb || strcmp(config.verb, "print-config") != 0))
		status = check_uplink(&options);
	if (!status)
		status = config.verb ? run_verb(&config, &cfg) : glow_conductor_run(&cfg);
	glow_config_free(&config);
	return status;
}
