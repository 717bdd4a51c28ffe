/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What node and conductor do alike stands here once. A program brings its state machine and a table
 * of what it does; it never sees a descriptor. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/hash.h>
#include <glow/health.h>
#include <glow/info.h>
#include <glow/log.h>
#include <glow/loop.h>
#include <glow/traffic.h>

#define GOODBYE_MS 1200                         /* of the two seconds in which a program has to end */
enum { TOPICS_MAX = 16 + 3 * GLOW_GROUPS_MAX }; /* a node with all its groups has the most */
enum { WISHES_MAX = 8 };

/* Those that end a program. All but the first stay ignored where they were at the start: so nohup and a shell's & say
 * that a logout and a Ctrl-C are not meant for us. */
static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* ---- messages ---- */

void glow_loop_publish(void *ctx, const struct glow_message *message)
{
	struct glow_loop *loop = ctx;
	int r = glow_mqtt_publish(loop->mqtt, message);

	if (r == -EAGAIN)
		glow_warning("too much to send: %s was dropped", message->topic);
	else if (r == -EMSGSIZE)
		glow_error("%s: too large to send, %zu bytes", message->topic, message->len);
}

void glow_loop_discard(void *ctx, const struct glow_message *message)
{
	(void)ctx;
	(void)message;
}

/* Once: a state is said twenty times a second, and a broker may come back as often. */
static void complain(struct glow_loop *loop, const char *key, const char *text)
{
	uint32_t hash = glow_fnv1a(GLOW_FNV_START, key, strlen(key));

	for (unsigned k = 0; k < loop->n_told; k++)
		if (loop->told[k] == hash)
			return;
	if (loop->n_told == GLOW_LOOP_TOLD)
		return;
	loop->told[loop->n_told++] = hash;
	glow_error("%s", text);
}

/* What the broker takes and what not. */
static void tell_broker(struct glow_loop *loop, const struct glow_mqtt_event *event)
{
	char text[GLOW_MQTT_WHY];

	if (event->kind == GLOW_MQTT_REFUSED || event->kind == GLOW_MQTT_UNSENT)
		complain(loop, event->message.topic, event->why);
	for (unsigned k = 0; event->kind == GLOW_MQTT_CONNECTED && glow_mqtt_limits_say(&event->limits, k, text); k++)
		complain(loop, text, text);
}

static int on_mqtt(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct glow_loop *loop = userdata;
	const struct glow_loop_role *role = loop->cfg.role;
	struct glow_mqtt_event event;

	(void)source;
	(void)fd;
	(void)revents;
	if (role->before)
		role->before(loop->cfg.ctx);
	while (glow_mqtt_next(loop->mqtt, &event)) {
		tell_broker(loop, &event);
		role->event(loop->cfg.ctx, &event);
	}
	role->after(loop->cfg.ctx);
	return 0;
}

static int open_mqtt(struct glow_loop *loop, const struct glow_loop_cfg *cfg)
{
	struct glow_mqtt_cfg mqtt = cfg->mqtt;
	char names[TOPICS_MAX][GLOW_TOPIC_MAX + 1], why[GLOW_MQTT_WHY];
	char wishes[WISHES_MAX][GLOW_TOPIC_MAX + 1];
	const char *topics[TOPICS_MAX], *retained[TOPICS_MAX], *wished[WISHES_MAX];
	bool keeps;

	for (size_t k = 0; k < TOPICS_MAX && cfg->role->topic(cfg->ctx, k, names[k], &keeps); k++) {
		if (keeps)
			retained[mqtt.n_retained_topics++] = names[k];
		else
			topics[mqtt.n_topics++] = names[k];
	}
	while (cfg->role->wish && mqtt.n_wished_topics < WISHES_MAX &&
	       cfg->role->wish(cfg->ctx, mqtt.n_wished_topics, wishes[mqtt.n_wished_topics])) {
		wished[mqtt.n_wished_topics] = wishes[mqtt.n_wished_topics];
		mqtt.n_wished_topics++;
	}
	mqtt.sort = glow_traffic_sort;
	mqtt.topics = topics;
	mqtt.retained_topics = retained;
	mqtt.wished_topics = wished;
	if (glow_mqtt_open(&mqtt, &loop->mqtt, why) < 0) {
		glow_error("--broker %s: %s", mqtt.broker, why);
		return EX_USAGE;
	}
	return 0;
}

/* ---- what else happens ---- */

static int on_wall_set(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct glow_loop *loop = userdata;

	(void)source;
	(void)revents;
	glow_wall_watch_again(fd);
	loop->cfg.role->wall_set(loop->cfg.ctx);
	return 0;
}

static int on_health(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct glow_loop *loop = userdata;
	const char *trouble = loop->cfg.role->trouble(loop->cfg.ctx);

	(void)source;
	(void)revents;
	glow_health_answer(fd, !trouble, trouble ? trouble : "");
	return 0;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	struct glow_loop *loop = userdata;

	(void)source;
	glow_info("signal %u: %s", info->ssi_signo, loop->cfg.last_words);
	sd_event_exit(loop->event, 0);
	return 0;
}

/* ---- timers ---- */

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct glow_timer *timer = userdata;

	(void)source;
	(void)usec;
	timer->ring(timer->ctx);
	return 0;
}

int glow_loop_timer(struct glow_loop *loop, struct glow_timer *timer, void (*ring)(void *ctx), void *ctx)
{
	int r;

	*timer = (struct glow_timer){ .ring = ring, .ctx = ctx };
	r = sd_event_add_time(loop->event, &timer->source, CLOCK_MONOTONIC, 0, 1, on_timer, timer);
	if (r >= 0)
		r = sd_event_source_set_enabled(timer->source, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_source_set_floating(timer->source, true); /* the loop's, not ours to free */
	if (r >= 0)
		sd_event_source_unref(timer->source);
	else
		glow_error("event loop: %s", strerror(-r));
	return r < 0 ? EX_OSERR : 0;
}

void glow_timer_at(struct glow_timer *timer, struct glow_mono when)
{
	if (when.ns == GLOW_NEVER) {
		sd_event_source_set_enabled(timer->source, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time(timer->source, when.ns < 0 ? 0 : (uint64_t)(when.ns + 999) / 1000); /* not before */
	sd_event_source_set_enabled(timer->source, SD_EVENT_ONESHOT);
}

void glow_timer_in(struct glow_timer *timer, int64_t us)
{
	sd_event_source_set_time_accuracy(timer->source, 0); /* systemd's own: wakes up together with others */
	sd_event_source_set_time_relative(timer->source, (uint64_t)us);
	sd_event_source_set_enabled(timer->source, SD_EVENT_ONESHOT);
}

/* ---- life ---- */

static bool ends_us(int number)
{
	struct sigaction action;

	return number == SIGTERM || sigaction(number, NULL, &action) < 0 || action.sa_handler != SIG_IGN;
}

int glow_loop_init(struct glow_loop *loop)
{
	sigset_t set;

	*loop = (struct glow_loop){ .wall_fd = -1, .health_fd = -1 };
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&set);
	for (size_t k = 0; k < SIGNALS; k++)
		if (ends_us(signals[k]))
			sigaddset(&set, signals[k]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return sd_event_new(&loop->event) < 0 ? EX_OSERR : 0;
}

static int add_sources(struct glow_loop *loop)
{
	int r = sd_event_add_io(loop->event, NULL, glow_mqtt_fd(loop->mqtt), EPOLLIN, on_mqtt, loop);

	for (size_t k = 0; k < SIGNALS && r >= 0; k++)
		if (ends_us(signals[k]))
			r = sd_event_add_signal(loop->event, NULL, signals[k], on_signal, loop);
	if (r >= 0 && loop->wall_fd >= 0)
		r = sd_event_add_io(loop->event, NULL, loop->wall_fd, EPOLLIN, on_wall_set, loop);
	if (r >= 0 && loop->health_fd >= 0)
		r = sd_event_add_io(loop->event, NULL, loop->health_fd, EPOLLIN, on_health, loop);
	if (r >= 0)
		r = sd_event_set_watchdog(loop->event, true);
	if (r < 0)
		glow_error("event loop: %s", strerror(-r));
	return r < 0 ? EX_OSERR : 0;
}

int glow_loop_open(struct glow_loop *loop, const struct glow_loop_cfg *cfg)
{
	int status;

	loop->cfg = *cfg;
	loop->health_fd = glow_health_listen(cfg->health_id);
	if (loop->health_fd == -EADDRINUSE)
		glow_warning("another %s %s runs on this machine: --healthcheck asks that one", cfg->what, cfg->id);
	loop->wall_fd = glow_wall_watch_open();
	status = open_mqtt(loop, cfg);
	return status ? status : add_sources(loop);
}

int glow_loop_run(struct glow_loop *loop)
{
	int r;

	sd_notify(0, "READY=1");
	r = sd_event_loop(loop->event);
	if (r < 0)
		glow_error("event loop: %s", strerror(-r));
	return r == -ENOMEM ? EX_OSERR : r < 0 ? EX_SOFTWARE : 0;
}

void glow_loop_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void glow_loop_close(struct glow_loop *loop, int status)
{
	if (!glow_mqtt_close(loop->mqtt, GOODBYE_MS)) {
		glow_debug("the network did not let go in time");
		_exit(status);
	}
	if (loop->health_fd >= 0)
		close(loop->health_fd);
	if (loop->wall_fd >= 0)
		close(loop->wall_fd);
	sd_event_unref(loop->event);
}
