/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glow-tasks: options in, one picture of a swarm out. */

#include <stdio.h>
#include <string.h>

#include <glow/config.h>
#include <glow/health.h>
#include <glow/log.h>
#include <glow/names.h>
#include <glow/options.h>
#include <glow/tasks_run.h>

struct options {
	struct glow_common_options common;
	char *engine;
	int64_t poll_s, brightness, priority;
};

#define GLOW_OPTIONS struct options

static const char swarm[] = "Swarm", notices[] = "Notices";

static const struct glow_option rows[] = {
	GLOW_BROKER_ROWS,
	GLOW_ROW_READ("engine", "unix:///var/run/docker.sock", "ADDRESS", swarm, engine, glow_names_read_engine,
		      "a manager's Docker engine, or a filter before it: unix:///path or http://host[:port]"),
	GLOW_ROW_INT("poll-s", "10", 1, 3600, "S", swarm, poll_s,
		     "how often it is asked while nothing happens; each second while something does"),
	GLOW_ROW_INT("brightness", "128", 1, 255, "N", notices, brightness, "of the notices"),
	GLOW_ROW_INT("priority", "2", 0, 9, "N", notices, priority, "of the notices; others have 5"),
	GLOW_LOG_ROWS("info"),
	GLOW_ROW_VERB("doctor", "say what is missing, and how to mend it"),
	GLOW_ROW_VERB("check-config", "check options and environment, and do nothing"),
	GLOW_ROW_VERB("print-config", "every value and where it came from"),
	GLOW_ROW_VERB("healthcheck", "ask the running program whether it is well"),
};

static const struct glow_program program = {
	.name = "glow-tasks",
	.summary = "show on each node's LED board the tasks of a Docker swarm",
	.doc = "One pixel a task, in the colour of its service: dim while it starts, bright while it runs, red when it "
	       "failed, grey when it ends. A node that is drained is amber, one that is lost dark red. Run one, for "
	       "the "
	       "whole swarm.",
	.options = rows,
	.n_options = sizeof(rows) / sizeof(rows[0]),
};

static struct glow_tasks_run_cfg tasks_cfg(const struct options *o)
{
	return (struct glow_tasks_run_cfg){ .prefix = o->common.prefix,
					    .engine = o->engine,
					    .poll_s = (uint32_t)o->poll_s,
					    .brightness = (int)o->brightness,
					    .priority = (int)o->priority,
					    .mqtt = glow_common_mqtt(&o->common) };
}

static int run_verb(const struct glow_config *config, const struct glow_tasks_run_cfg *cfg)
{
	const char *verb = config->verb;

	if (strcmp(verb, "print-config") == 0) {
		glow_config_print(config, stdout);
		return 0;
	}
	if (strcmp(verb, "healthcheck") == 0)
		return glow_health_ask(GLOW_HEALTH_TASKS, cfg->prefix);
	if (strcmp(verb, "doctor") == 0)
		return glow_tasks_doctor(cfg);
	puts("the configuration is fine"); /* --check-config */
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct glow_config config;
	struct glow_tasks_run_cfg cfg;
	int status;

	if (!glow_config_read(&config, &program, &options, argc, argv, &status))
		return status;
	glow_log_setup(options.common.log_level, options.common.log_format);
	cfg = tasks_cfg(&options);
	status = config.verb ? run_verb(&config, &cfg) : glow_tasks_run(&cfg);
	glow_config_free(&config);
	return status;
}
