/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Asks the engine as the running program does, once. */

#include <stdio.h>

#include <glow/tasks_run.h>
#include <glow/topics.h>

#include "../doctor.h"
#include "engine.h"

static void on_failed(void *ctx, const char *why)
{
	sd_event *loop = ctx;

	glow_doctor_say(false, "engine", why);
	sd_event_exit(loop, 1);
}

static void on_answer(void *ctx, const struct glow_swarm_text *text)
{
	sd_event *loop = ctx;
	struct glow_swarm swarm;
	struct glow_diag diag;
	char line[400];
	bool fine = glow_swarm_read(&swarm, text, 0, &diag);

	if (fine)
		snprintf(line, sizeof(line), "it tells of %zu nodes", swarm.n);
	else
		snprintf(line, sizeof(line), "what it says of its %.20s %.200s", diag.where, diag.what);
	glow_swarm_fini(&swarm);
	sd_event_exit(loop, !glow_doctor_say(fine, "engine", line));
}

static void on_event(void *ctx)
{
	(void)ctx;
}

static bool check_engine(const char *address)
{
	static const struct glow_engine_role role = { .answered = on_answer, .failed = on_failed, .event = on_event };
	struct glow_engine *engine = NULL;
	sd_event *loop = NULL;
	bool fine = false;

	if (sd_event_new(&loop) >= 0 && glow_engine_open(loop, address, &role, loop, &engine) == 0) {
		glow_engine_ask(engine);
		fine = sd_event_loop(loop) == 0;
	}
	glow_engine_close(engine);
	sd_event_unref(loop);
	return fine;
}

int glow_tasks_doctor(const struct glow_tasks_run_cfg *cfg)
{
	char info[GLOW_TOPIC_MAX + 1];
	const char *topics[] = { info };
	struct glow_mqtt_cfg mqtt = cfg->mqtt;
	bool disputed, reached;

	glow_topic_of(info, cfg->prefix, GLOW_TOPIC_INFO, GLOW_OF_NODE, "+");
	mqtt.topics = topics;
	mqtt.n_topics = 1;
	reached = glow_doctor_broker(&mqtt, "tasks", &disputed);
	return glow_doctor_verdict(check_engine(cfg->engine) && reached);
}
