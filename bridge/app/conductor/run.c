/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* One timer, set to the next instant at which the state machine wants to be asked. What is exact here is
 * not when the loop runs but what it stamps: a probe is dated by the thread that received it,
 * and its answer by the one that sends it. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>

#include <glow/clock.h>
#include <glow/conductor_run.h>
#include <glow/log.h>
#include <glow/loop.h>
#include <glow/scrape.h>
#include <glow/topics.h>
#include <glow/zone.h>

#define WALL_US (10 * GLOW_US_PER_S) /* how often the wall clock is looked at */
#define INBOX   (16 << 20)           /* a thousand nodes introduce themselves at once */

struct run {
	const struct glow_conductor_run_cfg *cfg;
	uint32_t boot;
	struct glow_loop loop;
	struct glow_timer timer, wall_timer;
	struct glow_conductor *conductor;
	struct glow_scrape *scrape; /* NULL: nobody wants metrics, or the port cannot be had */
	struct glow_aside aside;
	int scrape_lack; /* why, as it was told last */
};

/* ---- the state machine and its deadline ---- */

static void advance(void *ctx)
{
	struct run *r = ctx;
	struct glow_raw next;

	glow_conductor_tick(r->conductor, glow_raw_now());
	next = glow_conductor_next(r->conductor);
	glow_timer_at(&r->timer, glow_raw_mono(glow_instant_now(), next));
}

static void want_lead(void *ctx, bool lead)
{
	struct glow_loop *loop = ctx;

	glow_debug(lead ? "asking for the lead" : "giving the lead back");
	glow_mqtt_lead(loop->mqtt, lead);
}

/* ---- what happens outside ---- */

static void on_event(void *ctx, const struct glow_mqtt_event *event)
{
	struct run *r = ctx;
	struct glow_raw now = glow_raw_now();

	switch (event->kind) {
	case GLOW_MQTT_CONNECTED:
		glow_info("connected to %s, %s", event->why, event->leading ? "to lead" : "standing by");
		glow_conductor_packet_max(r->conductor, event->limits.packet_max);
		glow_conductor_connected(r->conductor, now, event->leading);
		break;
	case GLOW_MQTT_DISCONNECTED:
		if (!event->wanted)
			glow_warning("lost the broker: %s", event->why);
		glow_conductor_disconnected(r->conductor, now);
		break;
	case GLOW_MQTT_FAILED:
		glow_warning("%s; trying again", event->why);
		glow_conductor_failed(r->conductor, now);
		break;
	case GLOW_MQTT_MESSAGE:
		glow_conductor_message(r->conductor, &event->message, now);
		break;
	case GLOW_MQTT_DROPPED:
		glow_conductor_dropped(r->conductor, &event->message, event->replaced);
		break;
	case GLOW_MQTT_REFUSED:
	case GLOW_MQTT_WISH_REFUSED:
	case GLOW_MQTT_UNSENT:
		break;
	}
}

/* ---- metrics ---- */

static size_t next_metrics(void *ctx, void *place, char *ret_text, size_t room)
{
	_Static_assert(sizeof(struct glow_metrics_at) <= GLOW_SCRAPE_PLACE, "room for it");
	struct run *r = ctx;

	return glow_conductor_metrics(r->conductor, glow_raw_now(), place, ret_text, room);
}

static struct glow_mono turn_scrape(void *ctx)
{
	struct run *r = ctx;

	glow_scrape_turn(r->scrape, glow_mono_now());
	return glow_scrape_next(r->scrape);
}

/* The cluster's time does not depend on who looks: a port that cannot be had now is tried again. */
static void open_scrape(struct run *r)
{
	const struct glow_scrape_text text = { .ctx = r, .next = next_metrics };
	int error;

	if (!r->cfg->metrics[0] || r->scrape)
		return;
	error = glow_scrape_open(r->cfg->metrics, &text, &r->scrape);
	if (error < 0 && error != r->scrape_lack)
		glow_error("--metrics %s: %s; trying again", r->cfg->metrics, strerror(-error));
	r->scrape_lack = error;
	if (error < 0)
		return;
	glow_info("metrics at http://%s/metrics", r->cfg->metrics);
	if (glow_loop_aside(&r->loop, &r->aside, glow_scrape_fd(r->scrape), turn_scrape, r) != 0)
		glow_error("--metrics %s: nobody will be answered", r->cfg->metrics);
}

static void look_at_wall(void *ctx)
{
	struct run *r = ctx;
	struct glow_wall wall = glow_wall_now();
	struct glow_mqtt_counts counts;

	glow_loop_settle(&r->loop);
	glow_mqtt_counts(r->loop.mqtt, &counts);
	glow_conductor_counts(r->conductor, &counts);
	glow_conductor_wall(r->conductor, glow_raw_now(), &wall);
	open_scrape(r);
	glow_timer_in(&r->wall_timer, WALL_US);
	advance(r);
}

static const char *trouble(void *ctx)
{
	(void)ctx;
	return NULL; /* that it answers is all there is to ask */
}

static bool topic(void *ctx, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1], bool *ret_retained)
{
	struct run *r = ctx;
	struct glow_conductor_cfg cfg = r->cfg->conductor;

	cfg.boot = r->boot;
	return glow_conductor_topic(&cfg, k, ret_topic, ret_retained);
}

static bool wish(void *ctx, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	struct run *r = ctx;

	return glow_conductor_wish(r->conductor, k, ret_topic);
}

static const struct glow_loop_role role = {
	.event = on_event,
	.after = advance,
	.wall_set = look_at_wall,
	.trouble = trouble,
	.topic = topic,
	.wish = wish,
};

/* ---- life ---- */

static int create_conductor(struct run *r, struct glow_outbox outbox)
{
	struct glow_conductor_cfg cfg = r->cfg->conductor;
	struct glow_wall wall = glow_wall_now();
	struct glow_diag diag = { .what = "" };
	int error;

	while (r->boot == 0)
		if (getrandom(&r->boot, sizeof(r->boot), 0) < 0)
			return EX_OSERR;
	cfg.boot = r->boot;
	if (getrandom(&cfg.seed, sizeof(cfg.seed), 0) < 0 || getrandom(&cfg.secret, sizeof(cfg.secret), 0) < 0)
		return EX_OSERR;
	cfg.outbox = outbox;
	cfg.lead = want_lead;
	cfg.zone.offset_s = glow_zone_offset_s;
	error = glow_conductor_create(&cfg, glow_raw_now(), &wall, &r->conductor, &diag);
	if (error == -EINVAL)
		glow_error("%s: %s", diag.where, diag.what);
	else if (error < 0)
		glow_error("%s", strerror(-error));
	return error == -EINVAL ? EX_USAGE : error < 0 ? EX_OSERR : 0;
}

static int open_loop(struct run *r)
{
	const char *prefix = r->cfg->conductor.prefix;
	char will[GLOW_TOPIC_MAX + 1], own[GLOW_TOPIC_MAX + 1], lead[GLOW_TOPIC_MAX + 1], nonce[24];
	struct glow_loop_cfg cfg = { .role = &role,
				     .ctx = r,
				     .what = "conductor",
				     .id = r->cfg->conductor.node,
				     .health = GLOW_HEALTH_CONDUCTOR,
				     .last_words = "leaving",
				     .mqtt = r->cfg->mqtt };

	snprintf(nonce, sizeof(nonce), "conductor-%08x", r->boot);
	glow_client_id(own, prefix, nonce);
	glow_client_id(lead, prefix, "conductor");
	glow_topic_of(will, prefix, GLOW_TOPIC_CONDUCTOR_AVAILABILITY, GLOW_OF_CLUSTER, NULL);
	cfg.mqtt.client_id = own;
	cfg.mqtt.lead_id = lead;
	cfg.mqtt.n_lead_topics = GLOW_CONDUCTOR_LEAD_TOPICS;
	cfg.mqtt.n_lead_retained = GLOW_CONDUCTOR_LEAD_RETAINED;
	cfg.mqtt.will_topic = will;
	cfg.mqtt.will_payload = "offline";
	cfg.mqtt.inbox_max = INBOX;
	return glow_loop_open(&r->loop, &cfg);
}

static int setup(struct run *r)
{
	int status;

	glow_zone_use(r->cfg->time_zone);
	status = create_conductor(r, (struct glow_outbox){ .ctx = &r->loop, .publish = glow_loop_publish });
	if (status == 0)
		status = glow_loop_timer(&r->loop, &r->timer, advance, r);
	if (status == 0)
		status = glow_loop_timer(&r->loop, &r->wall_timer, look_at_wall, r);
	if (status)
		return status;
	glow_timer_in(&r->wall_timer, WALL_US);
	status = open_loop(r);
	if (status == 0)
		open_scrape(r);
	return status;
}

static void teardown(struct run *r, int status)
{
	glow_loop_stopping();
	if (r->conductor && r->loop.mqtt)
		glow_conductor_goodbye(r->conductor);
	glow_loop_close(&r->loop, status);
	glow_scrape_close(r->scrape);
	glow_conductor_destroy(r->conductor);
}

int glow_conductor_run(const struct glow_conductor_run_cfg *cfg)
{
	struct run run = { .cfg = cfg };
	int status = glow_loop_init(&run.loop);

	if (status)
		return status;
	status = setup(&run);
	if (status == 0) {
		advance(&run);
		status = glow_loop_run(&run.loop);
	}
	teardown(&run, status);
	return status;
}
