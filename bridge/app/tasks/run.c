/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The engine's events say that something happens, and that soon; what is true its documents say. So events do no more
 * than move the next question forward. */

#include <stdio.h>
#include <sys/random.h>
#include <sysexits.h>

#include <glow/clock.h>
#include <glow/log.h>
#include <glow/loop.h>
#include <glow/tasks_run.h>

#include "engine.h"
#include "notifier.h"

#define S_NS      INT64_C(1000000000)
#define SOON_NS   S_NS        /* between two questions while something happens */
#define LIVELY_NS (10 * S_NS) /* so long after an event: tasks follow it */
#define MOST_S    60          /* between two when the engine does not answer */
#define RESTS     4           /* times as long as a question took it is let alone at least */

struct run {
	const struct glow_tasks_run_cfg *cfg;
	struct glow_loop loop;
	struct glow_timer timer;
	struct glow_engine *engine;
	struct glow_notifier notifier;
	bool connected, asking, answered, broken; /* answered: by now, ever; broken: told that it does not answer */
	unsigned wait_s;                          /* until it is asked again when it fails */
	struct glow_mono lively, next;            /* until then something happens; when it is asked */
	struct glow_mono asked;                   /* when it was */
};

/* ---- when ---- */

static void ask_at(struct run *r, struct glow_mono when)
{
	r->next = when;
	glow_timer_at(&r->timer, when);
}

/* A second after the latest answer, so that nothing can make it more often. */
static void ask_soon(struct run *r)
{
	struct glow_mono when = { glow_mono_now().ns + SOON_NS };

	if (!r->asking && !r->broken && when.ns < r->next.ns)
		ask_at(r, when);
}

static void ask(void *ctx)
{
	struct run *r = ctx;

	glow_loop_settle(&r->loop);
	r->asking = true;
	r->asked = glow_mono_now();
	glow_engine_ask(r->engine);
}

/* ---- the engine ---- */

static void tell_answer(struct run *r, const struct glow_swarm *swarm)
{
	if (r->broken)
		glow_info("%s answers again", r->cfg->engine);
	else if (!r->answered)
		glow_info("%s tells of %zu nodes", r->cfg->engine, swarm->n);
	r->answered = true;
	r->broken = false;
	r->wait_s = 0;
}

/* What takes an engine long is asked of it less often. */
static int64_t pause_ns(const struct run *r, const struct glow_swarm *swarm, struct glow_mono now)
{
	bool soon = swarm->moving || now.ns < r->lively.ns;
	int64_t least_ns = RESTS * (now.ns - r->asked.ns), ns = soon ? SOON_NS : r->cfg->poll_s * S_NS;

	return ns > least_ns ? ns : least_ns;
}

static void on_failed(void *ctx, const char *why)
{
	struct run *r = ctx;

	r->asking = false;
	r->wait_s = r->wait_s == 0 ? 1 : 2 * r->wait_s < MOST_S ? 2 * r->wait_s : MOST_S;
	ask_at(r, (struct glow_mono){ glow_mono_now().ns + r->wait_s * S_NS });
	if (!r->broken)
		glow_warning("%s; trying again, and notices run out by themselves", why);
	r->broken = true;
}

static void on_answer(void *ctx, const struct glow_swarm_text *text)
{
	struct run *r = ctx;
	struct glow_mono now = glow_mono_now();
	struct glow_wall wall = glow_wall_now();
	struct glow_swarm swarm;
	struct glow_diag diag;
	char why[GLOW_ENGINE_WHY];

	if (!glow_swarm_read(&swarm, text, (glow_raw_now().ns + wall.offset_ns) / 1000, &diag)) {
		snprintf(why, sizeof(why), "%.100s: what it says of its %.20s %.200s", r->cfg->engine, diag.where,
			 diag.what);
		on_failed(r, why);
		return;
	}
	r->asking = false;
	tell_answer(r, &swarm);
	if (r->connected)
		glow_notifier_show(&r->notifier, &swarm, glow_raw_now());
	glow_engine_listen(r->engine);
	ask_at(r, (struct glow_mono){ now.ns + pause_ns(r, &swarm, now) });
	glow_swarm_fini(&swarm);
}

static void on_engine_event(void *ctx)
{
	struct run *r = ctx;

	r->lively.ns = glow_mono_now().ns + LIVELY_NS;
	ask_soon(r);
}

static const struct glow_engine_role engine_role = { .answered = on_answer,
						     .failed = on_failed,
						     .event = on_engine_event };

/* ---- the broker ---- */

static void on_event(void *ctx, const struct glow_mqtt_event *event)
{
	struct run *r = ctx;

	switch (event->kind) {
	case GLOW_MQTT_CONNECTED:
		glow_info("connected to %s", event->why);
		r->connected = true;
		glow_notifier_connected(&r->notifier);
		ask_soon(r);
		break;
	case GLOW_MQTT_DISCONNECTED:
		glow_warning("lost the broker: %s", event->why);
		r->connected = false;
		break;
	case GLOW_MQTT_FAILED:
		glow_warning("%s; trying again", event->why);
		break;
	case GLOW_MQTT_MESSAGE:
		if (glow_notifier_message(&r->notifier, &event->message))
			ask_soon(r);
		break;
	case GLOW_MQTT_DROPPED:
	case GLOW_MQTT_REFUSED:
	case GLOW_MQTT_WISH_REFUSED:
	case GLOW_MQTT_UNSENT:
		break;
	}
}

static void nothing(void *ctx)
{
	(void)ctx;
}

static const char *trouble(void *ctx)
{
	(void)ctx;
	return NULL; /* that it answers is all there is to ask */
}

static bool topic(void *ctx, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1], bool *ret_retained)
{
	struct run *r = ctx;

	*ret_retained = true;
	return glow_notifier_topic(&r->notifier, k, ret_topic);
}

static const struct glow_loop_role role = {
	.event = on_event, .after = nothing, .wall_set = nothing, .trouble = trouble, .topic = topic
};

/* ---- life ---- */

static int open_loop(struct run *r)
{
	char id[GLOW_TOPIC_MAX + 1], nonce[24];
	struct glow_loop_cfg cfg = { .role = &role,
				     .ctx = r,
				     .what = "picture of a swarm for",
				     .id = r->cfg->prefix,
				     .health = GLOW_HEALTH_TASKS,
				     .last_words = "taking the notices back and leaving",
				     .mqtt = r->cfg->mqtt };
	uint32_t dice;

	if (getrandom(&dice, sizeof(dice), 0) < 0)
		return EX_OSERR;
	snprintf(nonce, sizeof(nonce), "tasks-%08x", dice); /* a node may be called "tasks" */
	glow_client_id(id, r->cfg->prefix, nonce);
	cfg.mqtt.client_id = id;
	return glow_loop_open(&r->loop, &cfg);
}

static int setup(struct run *r)
{
	const struct glow_notifier_cfg cfg = { .prefix = r->cfg->prefix,
					       .outbox = { .ctx = &r->loop, .publish = glow_loop_publish },
					       .again_s = r->cfg->poll_s,
					       .brightness = r->cfg->brightness,
					       .priority = r->cfg->priority };
	int status = glow_loop_timer(&r->loop, &r->timer, ask, r);

	glow_notifier_init(&r->notifier, &cfg);
	if (status == 0 && glow_engine_open(r->loop.event, r->cfg->engine, &engine_role, r, &r->engine) < 0) {
		glow_error("cannot start: no memory");
		status = EX_OSERR;
	}
	return status ? status : open_loop(r);
}

static void teardown(struct run *r, int status)
{
	glow_loop_stopping();
	if (r->loop.mqtt)
		glow_notifier_clear(&r->notifier);
	glow_engine_close(r->engine);
	glow_loop_close(&r->loop, status);
	glow_notifier_fini(&r->notifier);
}

int glow_tasks_run(const struct glow_tasks_run_cfg *cfg)
{
	struct run run = { .cfg = cfg };
	int status = glow_loop_init(&run.loop);

	if (status)
		return status;
	status = setup(&run);
	if (status == 0) {
		ask_at(&run, glow_mono_now());
		status = glow_loop_run(&run.loop);
	}
	teardown(&run, status);
	return status;
}
