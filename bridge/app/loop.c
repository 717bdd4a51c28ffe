/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What node and conductor do alike stands here once. A program brings its state machine and a table
 * of what it does; it never sees a descriptor. */

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/diag.h>
#include <glow/info.h>
#include <glow/log.h>
#include <glow/loop.h>
#include <glow/traffic.h>

#define GOODBYE_MS 1200                         /* of the two seconds in which a program has to end */
enum { TOPICS_MAX = 16 + 3 * GLOW_GROUPS_MAX }; /* a node with all its groups has the most */
enum { WISHES_MAX = 8 };

/* A turn at the mail ends after so much of it, whichever comes first, and everything else that is due has its turn:
 * then a flood costs a frame at most an eighth of its time at 60 a second, and a thousand messages that come together
 * are drawn sixteen times, not a thousand. What waits keeps the descriptor readable. After a full turn the mail rests
 * for as long: a loop in real time that is never idle starves the network thread and all else on one processor, and the
 * kernel stops it for 50 ms of each second. */
#define TURN_US   2000
#define COUNTS_NS INT64_C(1000000000)
enum { TURN_MESSAGES = 64 };

/* Those that end a program. All but the first stay ignored where they were at the start: so nohup and a shell's & say
 * that a logout and a Ctrl-C are not meant for us. */
static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* ---- messages ---- */

void glow_loop_publish(void *ctx, const struct glow_message *message)
{
	struct glow_loop *loop = ctx;
	int r = glow_mqtt_publish(loop->mqtt, message);

	if (r == -EMSGSIZE)
		glow_error("%s: too large to send, %zu bytes", message->topic, message->len);
}

void glow_loop_follow(void *ctx, const char *topic, bool on)
{
	struct glow_loop *loop = ctx;

	if (!glow_mqtt_follow(loop->mqtt, topic, on))
		glow_error("%s: too many topics are followed already", topic);
}

void glow_loop_discard(void *ctx, const struct glow_message *message)
{
	(void)ctx;
	(void)message;
}

/* Retained news that were to be sent and gave way to newer ones are no loss. */
static bool lost_more(const struct glow_mqtt_counts *now, const struct glow_mqtt_counts *then)
{
	return now->in_dropped > then->in_dropped || now->out_dropped > then->out_dropped ||
	       now->in_replaced > then->in_replaced;
}

/* What was lost is told, a line a second at most while it is more and more. */
static void watch_counts(struct glow_loop *loop)
{
	struct glow_mqtt_counts now, *then = &loop->counts;
	int64_t ns = glow_mono_now().ns;

	glow_mqtt_counts(loop->mqtt, &now);
	if (now.asked_again > then->asked_again)
		glow_info("some of what the broker keeps was dropped, and asked for again: %" PRIu64 " topics",
			  now.asked_again - then->asked_again);
	then->asked_again = now.asked_again;
	if (!lost_more(&now, then) || ns - loop->counts_ns < COUNTS_NS)
		return;
	glow_warning("too much at once: %" PRIu64 " messages dropped that came, %" PRIu64
		     " that were to be sent; %" PRIu64
		     " gave way to newer ones. Who publishes so much? mosquitto_sub -v shows it; send less often",
		     now.in_dropped - then->in_dropped, now.out_dropped - then->out_dropped,
		     now.in_replaced + now.out_replaced - then->in_replaced - then->out_replaced);
	loop->counts = now;
	loop->counts_ns = ns;
}

void glow_loop_settle(struct glow_loop *loop)
{
	watch_counts(loop);
	glow_log_settle();
}

/* A turn; true when there may be more. *ret_ns: how long it took. */
static bool take_turn(struct glow_loop *loop, int64_t *ret_ns)
{
	int64_t begin_ns = glow_mono_now().ns;
	struct glow_mqtt_event event;

	*ret_ns = 0;
	for (int k = 0; k < TURN_MESSAGES && *ret_ns < TURN_US * INT64_C(1000); k++) {
		if (!glow_mqtt_next(loop->mqtt, &event))
			return false;
		glow_complaints_event(&loop->complaints, &event);
		loop->cfg.role->event(loop->cfg.ctx, &event);
		*ret_ns = glow_mono_now().ns - begin_ns;
	}
	return true;
}

static int on_mqtt(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct glow_loop *loop = userdata;
	const struct glow_loop_role *role = loop->cfg.role;
	int64_t took_ns;
	bool more;

	(void)fd;
	(void)revents;
	if (role->before)
		role->before(loop->cfg.ctx);
	more = take_turn(loop, &took_ns);
	role->after(loop->cfg.ctx);
	watch_counts(loop);
	if (more) {
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
		glow_timer_at(&loop->rest, (struct glow_mono){ glow_mono_now().ns + took_ns });
	}
	return 0;
}

static void rested(void *ctx)
{
	struct glow_loop *loop = ctx;

	sd_event_source_set_enabled(loop->mail, SD_EVENT_ON);
}

static int open_mqtt(struct glow_loop *loop, const struct glow_loop_cfg *cfg)
{
	struct glow_mqtt_cfg mqtt = cfg->mqtt;
	char names[TOPICS_MAX][GLOW_TOPIC_MAX + 1], why[GLOW_MQTT_WHY];
	char wishes[WISHES_MAX][GLOW_TOPIC_MAX + 1];
	const char *topics[TOPICS_MAX], *retained[TOPICS_MAX], *wished[WISHES_MAX];
	bool keeps;
	int r;

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
	mqtt.without_own = true; /* a leader's beacons would wake it twice each */
	mqtt.retained_topics = retained;
	mqtt.wished_topics = wished;
	r = glow_mqtt_open(&mqtt, &loop->mqtt, why);
	if (r == -EINVAL)
		glow_error("--broker %s: %s", mqtt.broker, why);
	else if (r < 0)
		glow_error("cannot start: %s", why);
	return r == -EINVAL ? EX_USAGE : r < 0 ? EX_OSERR : 0;
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
	if (!trouble)
		trouble = glow_complaints_trouble(&loop->complaints);
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
		glow_error("cannot start: %s", glow_lack_text(-r));
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

/* ---- what can wait ---- */

#define ASIDE_RESTS 4

static void aside_turn(struct glow_aside *aside)
{
	int64_t begin_ns = glow_mono_now().ns, end_ns;

	aside->wanted = aside->turn(aside->ctx);
	aside->rests = true;
	sd_event_source_set_enabled(aside->source, SD_EVENT_OFF);
	end_ns = glow_mono_now().ns;
	glow_timer_at(&aside->timer, (struct glow_mono){ end_ns + ASIDE_RESTS * (end_ns - begin_ns) });
}

static void aside_ring(void *ctx)
{
	struct glow_aside *aside = ctx;

	if (!aside->rests) {
		aside_turn(aside);
		return;
	}
	aside->rests = false;
	sd_event_source_set_enabled(aside->source, SD_EVENT_ON);
	glow_timer_at(&aside->timer, aside->wanted);
}

static int on_aside(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)fd;
	(void)revents;
	aside_turn(userdata);
	return 0;
}

int glow_loop_aside(struct glow_loop *loop, struct glow_aside *aside, int fd, struct glow_mono (*turn)(void *ctx),
		    void *ctx)
{
	int r;

	*aside = (struct glow_aside){ .turn = turn, .ctx = ctx, .wanted = { GLOW_NEVER } };
	if (glow_loop_timer(loop, &aside->timer, aside_ring, aside) != 0)
		return EX_OSERR;
	r = sd_event_add_io(loop->event, &aside->source, fd, EPOLLIN, on_aside, aside);
	if (r >= 0)
		r = sd_event_source_set_priority(aside->source, SD_EVENT_PRIORITY_IDLE);
	if (r >= 0)
		r = sd_event_source_set_floating(aside->source, true); /* the loop's, not ours to free */
	sd_event_source_unref(aside->source);
	return r < 0 ? EX_OSERR : 0;
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
	int r;

	*loop = (struct glow_loop){ .wall_fd = -1, .health_fd = -1 };
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&set);
	for (size_t k = 0; k < SIGNALS; k++)
		if (ends_us(signals[k]))
			sigaddset(&set, signals[k]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	r = sd_event_new(&loop->event);
	if (r < 0)
		glow_error("cannot start: %s", glow_lack_text(-r));
	return r < 0 ? EX_OSERR : 0;
}

/* Goes before mail and timers. Those two take turns, so that neither a flood stops the picture nor a board
 * that is slower than its frames the mail. */
static int add_first(int r, sd_event_source *source)
{
	if (r >= 0)
		r = sd_event_source_set_priority(source, SD_EVENT_PRIORITY_IMPORTANT);
	if (r >= 0)
		r = sd_event_source_set_floating(source, true); /* the loop's, not ours to free */
	sd_event_source_unref(source);
	return r;
}

static int add_signal(struct glow_loop *loop, int number)
{
	sd_event_source *source = NULL;
	int r = sd_event_add_signal(loop->event, &source, number, on_signal, loop);

	return add_first(r, source);
}

static int add_io(struct glow_loop *loop, int fd, sd_event_io_handler_t handler)
{
	sd_event_source *source = NULL;
	int r = fd < 0 ? 0 : sd_event_add_io(loop->event, &source, fd, EPOLLIN, handler, loop);

	return source ? add_first(r, source) : r;
}

static int add_sources(struct glow_loop *loop)
{
	int r = sd_event_add_io(loop->event, &loop->mail, glow_mqtt_fd(loop->mqtt), EPOLLIN, on_mqtt, loop);

	if (glow_loop_timer(loop, &loop->rest, rested, loop) != 0)
		return EX_OSERR;
	for (size_t k = 0; k < SIGNALS && r >= 0; k++)
		if (ends_us(signals[k]))
			r = add_signal(loop, signals[k]);
	if (r >= 0)
		r = add_io(loop, loop->wall_fd, on_wall_set);
	if (r >= 0)
		r = add_io(loop, loop->health_fd, on_health);
	if (r >= 0)
		r = sd_event_set_watchdog(loop->event, true);
	if (r < 0)
		glow_error("cannot start: %s", glow_lack_text(-r));
	return r < 0 ? EX_OSERR : 0;
}

int glow_loop_open(struct glow_loop *loop, const struct glow_loop_cfg *cfg)
{
	int status;

	loop->cfg = *cfg;
	glow_complaints_init(&loop->complaints, cfg->what, cfg->id, &cfg->mqtt);
	loop->health_fd = glow_health_listen(cfg->health, cfg->id);
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
	glow_log_settle();
	if (!glow_mqtt_close(loop->mqtt, GOODBYE_MS)) {
		glow_debug("the network did not let go in time");
		_exit(status);
	}
	if (loop->health_fd >= 0)
		close(loop->health_fd);
	if (loop->wall_fd >= 0)
		close(loop->wall_fd);
	sd_event_source_unref(loop->mail);
	sd_event_unref(loop->event);
}
