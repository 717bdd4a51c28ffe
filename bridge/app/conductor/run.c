/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The loop: one timer, set to the next instant at which the state machine wants
 * to be asked. What is exact here is not when the loop runs but what it stamps:
 * a probe is dated by the thread that received it, and its answer by the one that sends it. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/conductor_run.h>
#include <glow/daemon.h>
#include <glow/health.h>
#include <glow/log.h>
#include <glow/topics.h>

#define WALL_US (10 * GLOW_US_PER_S) /* how often the wall clock is looked at */
#define INBOX   (16 << 20)           /* a thousand nodes introduce themselves at once */
#define TOPICS  24

struct conduct {
	const struct glow_conductor_run_cfg *cfg;
	uint32_t boot;
	sd_event *loop;
	sd_event_source *timer, *wall_timer;
	struct glow_conductor *conductor;
	struct glow_mqtt *mqtt;
	int wall_fd, health_fd;
};

/* ---- the state machine and its deadline ---- */

static void advance(struct conduct *c)
{
	struct glow_raw next;
	struct glow_mono wake;

	glow_conductor_tick(c->conductor, glow_raw_now());
	next = glow_conductor_next(c->conductor);
	if (next.ns == GLOW_NEVER) {
		sd_event_source_set_enabled(c->timer, SD_EVENT_OFF);
		return;
	}
	wake = glow_raw_mono(glow_instant_now(), next);
	sd_event_source_set_time(c->timer, wake.ns < 0 ? 0 : (uint64_t)(wake.ns / 1000 + 1));
	sd_event_source_set_enabled(c->timer, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	advance(userdata);
	return 0;
}

static void publish(void *ctx, const struct glow_message *message)
{
	struct conduct *c = ctx;
	int r = glow_mqtt_publish(c->mqtt, message);

	if (r == -EAGAIN)
		glow_warning("too much to send: %s was dropped", message->topic);
	else if (r == -EMSGSIZE)
		glow_error("%s: too large to send, %zu bytes", message->topic, message->len);
}

static void want_lead(void *ctx, bool lead)
{
	struct conduct *c = ctx;

	glow_debug(lead ? "asking for the lead" : "giving the lead back");
	glow_mqtt_lead(c->mqtt, lead);
}

/* ---- what happens outside ---- */

static void on_event(struct conduct *c, const struct glow_mqtt_event *event)
{
	struct glow_raw now = glow_raw_now();

	switch (event->kind) {
	case GLOW_MQTT_CONNECTED:
		glow_info("connected to %s, %s", c->cfg->mqtt.broker, event->leading ? "to lead" : "standing by");
		glow_conductor_connected(c->conductor, now, event->leading);
		break;
	case GLOW_MQTT_DISCONNECTED:
		glow_debug("%s", event->why);
		glow_conductor_disconnected(c->conductor, now);
		break;
	case GLOW_MQTT_FAILED:
		glow_warning("%s; trying again", event->why);
		glow_conductor_failed(c->conductor, now);
		break;
	case GLOW_MQTT_MESSAGE:
		glow_conductor_message(c->conductor, &event->message, now);
		break;
	}
}

static int on_mqtt(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct conduct *c = userdata;
	struct glow_mqtt_event event;

	(void)source;
	(void)fd;
	(void)revents;
	while (glow_mqtt_next(c->mqtt, &event))
		on_event(c, &event);
	advance(c);
	return 0;
}

static void look_at_wall(struct conduct *c)
{
	struct glow_wall wall = glow_wall_now();

	glow_conductor_wall(c->conductor, glow_raw_now(), &wall);
	advance(c);
}

static int on_wall_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)usec;
	look_at_wall(userdata);
	sd_event_source_set_time_relative(source, WALL_US);
	return 0;
}

static int on_wall_set(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)revents;
	glow_wall_watch_again(fd);
	look_at_wall(userdata);
	return 0;
}

static int on_health(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)revents;
	(void)userdata;
	glow_health_answer(fd, true, "");
	return 0;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	struct conduct *c = userdata;

	(void)source;
	glow_info("signal %u: leaving", info->ssi_signo);
	sd_event_exit(c->loop, 0);
	return 0;
}

/* ---- life ---- */

static void discard(void *ctx, const struct glow_message *message)
{
	(void)ctx;
	(void)message;
}

static int create_conductor(struct conduct *c, void (*take)(void *ctx, const struct glow_message *message))
{
	struct glow_conductor_cfg cfg = c->cfg->conductor;
	struct glow_wall wall = glow_wall_now();
	struct glow_diag diag = { .what = "" };
	int r = -EIO;

	while (c->boot == 0)
		if (getrandom(&c->boot, sizeof(c->boot), 0) < 0)
			return EX_OSERR;
	cfg.boot = c->boot;
	if (getrandom(&cfg.seed, sizeof(cfg.seed), 0) < 0)
		return EX_OSERR;
	cfg.outbox = (struct glow_outbox){ .ctx = c, .publish = take };
	cfg.lead = want_lead;
	r = glow_conductor_create(&cfg, glow_raw_now(), &wall, &c->conductor, &diag);
	if (r == -EINVAL)
		glow_error("%s: %s", diag.where, diag.what);
	return r == -EINVAL ? EX_USAGE : r < 0 ? EX_OSERR : 0;
}

static int open_mqtt(struct conduct *c)
{
	struct glow_mqtt_cfg cfg = c->cfg->mqtt;
	struct glow_conductor_cfg conductor = c->cfg->conductor;
	char names[TOPICS][GLOW_TOPIC_MAX + 1], will[GLOW_TOPIC_MAX + 1], why[160];
	char own[GLOW_TOPIC_MAX + 1], lead[GLOW_TOPIC_MAX + 1], nonce[24];
	const char *topics[TOPICS], *retained[TOPICS];
	bool keeps;

	conductor.boot = c->boot;
	for (size_t k = 0; k < TOPICS && glow_conductor_topic(&conductor, k, names[k], &keeps); k++)
		if (keeps)
			retained[cfg.n_retained_topics++] = names[k];
		else
			topics[cfg.n_topics++] = names[k];
	cfg.topics = topics;
	cfg.retained_topics = retained;
	snprintf(nonce, sizeof(nonce), "conductor-%08x", c->boot);
	glow_client_id(own, conductor.prefix, nonce);
	glow_client_id(lead, conductor.prefix, "conductor");
	cfg.client_id = own;
	cfg.lead_id = lead;
	glow_topic_make(will, conductor.prefix, "conductor", "availability", NULL);
	cfg.will_topic = will;
	cfg.will_payload = "offline";
	cfg.inbox_max = INBOX;
	if (glow_mqtt_open(&cfg, &c->mqtt, why) < 0) {
		glow_error("--broker %s: %s", cfg.broker, why);
		return EX_USAGE;
	}
	return 0;
}

/* Everything the loop listens to. */
static int add_sources(struct conduct *c)
{
	int r = glow_daemon_handle_signals(c->loop, on_signal, c);

	if (r >= 0)
		r = sd_event_add_time(c->loop, &c->timer, CLOCK_MONOTONIC, 0, 1, on_timer, c);
	if (r >= 0)
		r = sd_event_add_time_relative(c->loop, &c->wall_timer, CLOCK_MONOTONIC, WALL_US, 0, on_wall_timer, c);
	if (r >= 0)
		r = sd_event_source_set_enabled(c->wall_timer, SD_EVENT_ON);
	if (r >= 0)
		r = sd_event_add_io(c->loop, NULL, glow_mqtt_fd(c->mqtt), EPOLLIN, on_mqtt, c);
	if (r >= 0 && c->wall_fd >= 0)
		r = sd_event_add_io(c->loop, NULL, c->wall_fd, EPOLLIN, on_wall_set, c);
	if (r >= 0 && c->health_fd >= 0)
		r = sd_event_add_io(c->loop, NULL, c->health_fd, EPOLLIN, on_health, c);
	if (r >= 0)
		r = sd_event_set_watchdog(c->loop, true);
	if (r < 0)
		glow_error("event loop: %s", strerror(-r));
	return r < 0 ? EX_OSERR : 0;
}

/* Its name among those of @glow-<…>: a node of the same id may run here too. */
static void health_id(const char *node, char ret_id[96])
{
	snprintf(ret_id, 96, "conductor-%s", node);
}

int glow_conductor_health(const char *node)
{
	char id[96];

	health_id(node, id);
	return glow_health_ask(id);
}

static int check_names(const struct glow_conductor_run_cfg *cfg)
{
	return glow_daemon_names(cfg->conductor.node, cfg->conductor.prefix, cfg->conductor.discovery);
}

static int setup(struct conduct *c)
{
	int status = check_names(c->cfg);
	char id[96];

	if (status == 0)
		status = create_conductor(c, publish);
	if (status == 0)
		status = open_mqtt(c);
	if (status)
		return status;
	health_id(c->cfg->conductor.node, id);
	c->health_fd = glow_health_listen(id);
	if (c->health_fd == -EADDRINUSE)
		glow_warning("another conductor %s runs on this machine: --healthcheck asks that one",
			     c->cfg->conductor.node);
	c->wall_fd = glow_wall_watch_open();
	return add_sources(c);
}

int glow_conductor_check(const struct glow_conductor_run_cfg *cfg)
{
	struct conduct c = { .cfg = cfg };
	int status = check_names(cfg);

	if (status == 0)
		status = create_conductor(&c, discard);
	glow_conductor_destroy(c.conductor);
	if (status == 0 && !glow_mqtt_uri_valid(cfg->mqtt.broker)) {
		glow_error("--broker must be mqtt://host[:port] or mqtts://host[:port]");
		status = EX_USAGE;
	}
	if (status == 0)
		puts("the configuration is fine");
	return status;
}

static void teardown(struct conduct *c, int status)
{
	sd_notify(0, "STOPPING=1");
	if (c->conductor && c->mqtt)
		glow_conductor_goodbye(c->conductor);
	glow_daemon_hang_up(c->mqtt, status);
	glow_conductor_destroy(c->conductor);
	if (c->health_fd >= 0)
		close(c->health_fd);
	if (c->wall_fd >= 0)
		close(c->wall_fd);
	sd_event_source_unref(c->timer);
	sd_event_source_unref(c->wall_timer);
	sd_event_unref(c->loop);
}

int glow_conductor_run(const struct glow_conductor_run_cfg *cfg)
{
	struct conduct c = { .cfg = cfg, .wall_fd = -1, .health_fd = -1 };
	int status;

	glow_daemon_block_signals();
	if (sd_event_new(&c.loop) < 0)
		return EX_OSERR;
	status = setup(&c);
	if (status == 0) {
		sd_notify(0, "READY=1");
		advance(&c);
		if (sd_event_loop(c.loop) < 0)
			status = EX_SOFTWARE;
	}
	teardown(&c, status);
	return status;
}
