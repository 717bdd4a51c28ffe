/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A node's timers and events around what it shows (show.c): each of them lets time pass there, and the
 * one timer for pictures is set to what comes next. */

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/log.h>
#include <glow/loop.h>
#include <glow/meter.h>
#include <glow/node.h>
#include <glow/node_run.h>

#include "device.h"
#include "opening.h"
#include "setup.h"
#include "show.h"
#include "timekeeper.h"

#define BOARD_RETRY_S  5
#define STATS_US       (10 * GLOW_US_PER_S)
#define STATS_GAUGE_US (2 * GLOW_US_PER_S)
#define WALL_STEP_US   1000 /* civil time to the millisecond: finer would redraw for nothing */

/* When stats were last told. */
struct told {
	uint64_t frames;
	int64_t ns;
	unsigned slots_a_frame;
};

struct run {
	const struct glow_node_run_cfg *cfg;
	struct glow_loop loop;
	struct glow_timer frame_timer, probe_timer, stats_timer, board_timer, device_timer;
	struct glow_info info;
	struct glow_node *node;
	struct glow_device device;
	struct glow_show show;
	struct glow_timekeeper time;
	struct glow_clock clock;
	struct glow_meters meters;
	struct told told;
	bool gauge_shows;
};

static int64_t now_us(const struct run *r)
{
	return glow_clock_time(&r->clock, glow_instant_now()).us;
}

/* ---- the board ---- */

/* Tells what is wrong with the board, or that nothing is; and tries again where something is. */
static void set_problem(struct run *r, const char *what)
{
	glow_painter_set_problem(&r->show.painter, what, BOARD_RETRY_S);
	if (r->node)
		glow_node_problem(r->node, what, r->show.painter.board ? r->show.painter.board->backend : "none");
	if (what[0] || !r->show.painter.board)
		glow_timer_in(&r->board_timer, BOARD_RETRY_S * GLOW_US_PER_S);
}

static void board_failed(struct run *r, int error)
{
	char what[160];

	snprintf(what, sizeof(what), "cannot write to the board: %s", strerror(-error));
	set_problem(r, what);
}

/* ---- drawing ---- */

static void read_gauges(struct run *r)
{
	glow_meters_read(&r->meters);
	glow_node_meters(r->node, r->meters.permille);
}

/* A gauge that has just come up wants fresh values, and from now on more often. */
static int watch_gauges(struct run *r)
{
	uint32_t meters;
	int error = 0;

	glow_node_pace(r->node, r->show.drawn_us, &meters);
	if (meters && !r->gauge_shows) {
		read_gauges(r);
		error = glow_show_changed(&r->show, now_us(r));
		glow_timer_in(&r->stats_timer, STATS_GAUGE_US);
	}
	r->gauge_shows = meters != 0;
	return error;
}

/* After anything has happened, with what came of drawing it: when to wake next. */
static void schedule(struct run *r, int error)
{
	struct glow_mono wake = { GLOW_NEVER };
	int more = watch_gauges(r);

	if (error || more) {
		board_failed(r, error ? error : more);
		glow_show_changed(&r->show, now_us(r)); /* there is something to say */
	}
	if (r->show.target_us != GLOW_NEVER)
		wake = glow_clock_mono(&r->clock, glow_instant_now(),
				       (struct glow_time){ glow_show_wake_us(&r->show) });
	glow_timer_at(&r->frame_timer, wake);
}

/* Something came from outside at this moment: show what it changes. */
static void redraw_now(void *ctx)
{
	struct run *r = ctx;

	schedule(r, glow_show_changed(&r->show, now_us(r)));
}

static void look_at_opening(struct run *r, int64_t t_us)
{
	glow_opening_look(&r->show.opening, r->node, glow_timekeeper_valid(&r->time), t_us);
}

static void on_frame(void *ctx)
{
	struct run *r = ctx;

	look_at_opening(r, r->show.target_us);
	schedule(r, glow_show_due(&r->show, now_us(r)));
}

/* ---- cluster time ---- */

/* Local civil time minus the time of pictures, the same on all nodes where the conductor knows it. */
static void update_wall_offset(struct run *r)
{
	int64_t offset_us;

	if (!glow_timekeeper_civil(&r->time, &offset_us)) {
		struct glow_instant now = glow_instant_now();
		int64_t here_us = glow_floor_div(now.mono.ns, 1000) + glow_wall_minus_mono_us();

		offset_us = here_us - glow_clock_time(&r->clock, now).us - r->clock.late_us +
			    (int64_t)glow_tz_offset_s(here_us) * GLOW_US_PER_S;
	}
	glow_node_wall_offset(r->node, glow_floor_div(offset_us + WALL_STEP_US / 2, WALL_STEP_US) * WALL_STEP_US);
}

/* The clock of pictures became another at the instant `at`, when it showed old_us. */
static void clock_changed(struct run *r, struct glow_instant at, int64_t old_us)
{
	int64_t delta_us = glow_clock_time(&r->clock, at).us - old_us;

	glow_show_shift(&r->show, delta_us);
	glow_info("the clock of pictures moved by %.3f s", (double)delta_us / 1e6);
	glow_node_clock_stepped(r->node, old_us, delta_us, glow_timekeeper_clock_id(&r->time));
	update_wall_offset(r);
	look_at_opening(r, old_us + delta_us);
}

static void schedule_probe(struct run *r)
{
	glow_timer_at(&r->probe_timer, glow_raw_mono(glow_instant_now(), glow_sync_next_probe(&r->time.follower.sync)));
}

/* The network thread sends it, and says in it when it did. */
static void on_probe(void *ctx)
{
	struct run *r = ctx;

	glow_timekeeper_probe(&r->time, glow_raw_now());
	schedule_probe(r);
}

static void on_wall_set(void *ctx)
{
	struct run *r = ctx;
	struct glow_instant at = glow_instant_now();
	int64_t old_us = glow_clock_time(&r->clock, at).us;

	r->clock.wall_us = glow_wall_minus_mono_us();
	if (glow_timekeeper_valid(&r->time)) /* cluster time follows nobody's wall clock */
		update_wall_offset(r);
	else
		clock_changed(r, at, old_us);
	redraw_now(r);
}

/* ---- the broker ---- */

static void schedule_device(struct run *r)
{
	glow_timer_at(&r->device_timer, glow_raw_mono(glow_instant_now(), glow_herald_next(&r->device.herald)));
}

/* The timer's clock and the herald's run apart by some ppm, so it may ring a little early, and once more. */
static void on_device(void *ctx)
{
	struct run *r = ctx;

	glow_device_tick(&r->device, glow_raw_now());
	schedule_device(r);
}

static void hear(struct run *r, const struct glow_message *m, struct glow_instant at, int64_t now)
{
	if (!glow_device_message(&r->device, m, at.raw)) {
		glow_node_message(r->node, m, now);
		if (glow_topic_kind(r->cfg->prefix, m->topic) != GLOW_TOPIC_TEXTS)
			return;
		glow_device_texts(&r->device, at.raw);
	}
	schedule_device(r);
}

static void on_message(struct run *r, const struct glow_message *m)
{
	struct glow_instant at = glow_instant_now();
	int64_t old_us = glow_clock_time(&r->clock, at).us;

	switch (glow_timekeeper_message(&r->time, m, at.raw)) {
	case GLOW_TIME_FOREIGN:
		hear(r, m, at, old_us);
		break;
	case GLOW_TIME_STEPPED:
		clock_changed(r, at, old_us);
		break;
	case GLOW_TIME_CONDUCTOR:
		update_wall_offset(r);
		glow_mqtt_crowd(r->loop.mqtt, r->time.conductor.nodes);
		break;
	case GLOW_TIME_SAME:
		break;
	}
}

static void on_connected(struct run *r, const char *broker)
{
	int64_t now = now_us(r);

	glow_info("connected to %s as %s", broker, r->info.id);
	glow_sync_connected(&r->time.follower.sync, glow_raw_now());
	glow_opening_connected(&r->show.opening, r->node, now);
	look_at_opening(r, now);
	glow_device_connected(&r->device);
	glow_node_connected(r->node, now);
}

static void on_event(void *ctx, const struct glow_mqtt_event *event)
{
	struct run *r = ctx;

	switch (event->kind) {
	case GLOW_MQTT_CONNECTED:
		on_connected(r, event->why);
		break;
	case GLOW_MQTT_DISCONNECTED:
		glow_warning("lost the broker: %s; the picture goes on", event->why);
		glow_sync_disconnected(&r->time.follower.sync, glow_raw_now());
		glow_herald_disconnected(&r->device.herald);
		glow_node_disconnected(r->node);
		break;
	case GLOW_MQTT_FAILED:
		glow_warning("%s; trying again", event->why);
		if (event->refused)
			glow_opening_refused(r->node, now_us(r));
		break;
	case GLOW_MQTT_MESSAGE:
		on_message(r, &event->message);
		break;
	case GLOW_MQTT_REFUSED:
		glow_node_refused(r->node, event->message.topic);
		break;
	case GLOW_MQTT_DROPPED:
		glow_node_dropped(r->node, &event->message, event->replaced, now_us(r));
		break;
	case GLOW_MQTT_WISH_REFUSED:
		if (event->message.topic)
			glow_node_wish_refused(r->node, event->message.topic);
		break;
	case GLOW_MQTT_UNSENT:
		break;
	}
}

static void before_events(void *ctx)
{
	struct run *r = ctx;

	glow_node_tick(r->node, now_us(r));
}

/* What came together is drawn together: a slow board must not fall behind a fast sender. */
static void after_events(void *ctx)
{
	struct run *r = ctx;

	look_at_opening(r, now_us(r));
	schedule_probe(r);
	redraw_now(r);
}

static bool topic(void *ctx, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1], bool *ret_retained)
{
	struct run *r = ctx;
	size_t n = 0;

	*ret_retained = false;
	while (glow_timekeeper_topic(&r->time, n, ret_topic))
		if (n++ == k)
			return true;
	return glow_node_topic(r->node, k - n, ret_topic, ret_retained);
}

static bool wish(void *ctx, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	struct run *r = ctx;

	size_t n = 0;

	while (glow_node_wish(r->node, n, ret_topic))
		if (n++ == k)
			return true;
	return glow_device_topic(&r->device, k - n, ret_topic);
}

/* ---- other events ---- */

/* Log and info hear of it with the stats, and not of all that came and went between them. */
static void tell_slots(struct run *r, const struct glow_stats *stats)
{
	if (stats->slots_a_frame == r->told.slots_a_frame)
		return;
	if (stats->slots_a_frame > 1)
		glow_warning("a frame takes %.1f ms of the processor: drawing one in %u, so that it stays below "
			     "%u %% (--cpu-limit)",
			     stats->frame_cpu_us / 1e3, stats->slots_a_frame, r->cfg->cpu_percent);
	else
		glow_info("drawing every frame again");
	r->told.slots_a_frame = stats->slots_a_frame;
	glow_node_slots(r->node, stats->slots_a_frame);
}

static void on_stats(void *ctx)
{
	struct run *r = ctx;
	struct glow_raw now = glow_raw_now();
	struct glow_stats stats = { .late = r->show.painter.late,
				    .dropped = r->show.painter.dropped,
				    .write_us = r->show.painter.write_us,
				    .frame_cpu_us = glow_governor_cost_us(&r->show.painter.governor),
				    .slots_a_frame = glow_governor_slots(&r->show.painter.governor) };
	int64_t ns = glow_mono_now().ns;
	double seconds = (double)(ns - r->told.ns) / 1e9;

	glow_loop_settle(&r->loop);
	read_gauges(r);
	update_wall_offset(r);
	glow_sync_temperature(&r->time.follower.sync, now, r->meters.temperature_c);
	glow_timekeeper_stats(&r->time, now, &stats.sync);
	glow_mqtt_counts(r->loop.mqtt, &stats.messages);
	stats.fps = seconds > 0 ? (unsigned)lround((double)(r->show.painter.frames - r->told.frames) / seconds) : 0;
	memcpy(stats.meter, r->meters.permille, sizeof(stats.meter));
	stats.temperature_c = r->meters.temperature_c;
	r->told.frames = r->show.painter.frames;
	r->told.ns = ns;
	glow_node_stats(r->node, &stats);
	tell_slots(r, &stats);
	glow_timer_in(&r->stats_timer, r->gauge_shows ? STATS_GAUGE_US : STATS_US);
	schedule_probe(r);
	redraw_now(r);
}

static void on_board_retry(void *ctx)
{
	struct run *r = ctx;
	struct glow_diag diag = { .what = "" };

	if (glow_painter_open(&r->show.painter, &diag) < 0) {
		set_problem(r, diag.what);
		return;
	}
	set_problem(r, "");
	schedule(r, glow_show_again(&r->show, now_us(r)));
}

static const char *trouble(void *ctx)
{
	struct run *r = ctx;

	return r->show.painter.board ? NULL : r->show.painter.problem;
}

static const struct glow_loop_role role = {
	.event = on_event,
	.before = before_events,
	.after = after_events,
	.wall_set = on_wall_set,
	.trouble = trouble,
	.topic = topic,
	.wish = wish,
};

/* ---- life ---- */

static int open_loop(struct run *r)
{
	const struct glow_node_common common = glow_node_common(r->node);
	char client[GLOW_TOPIC_MAX + 1], will[GLOW_TOPIC_MAX + 1];
	struct glow_loop_cfg cfg = { .role = &role,
				     .ctx = r,
				     .what = "node",
				     .id = r->info.id,
				     .health = GLOW_HEALTH_NODE,
				     .last_words = r->cfg->board_cfg.keep ? "leaving with the light on"
									  : "going dark and leaving",
				     .mqtt = r->cfg->mqtt };

	glow_client_id(client, r->cfg->prefix, r->info.id);
	glow_topic_of(will, r->cfg->prefix, GLOW_TOPIC_AVAILABILITY, GLOW_OF_NODE, r->info.id);
	cfg.mqtt.client_id = client;
	cfg.mqtt.will_topic = will;
	cfg.mqtt.will_payload = "offline";
	cfg.mqtt.n_common_topics = common.topics;
	cfg.mqtt.n_common_retained = common.retained;
	cfg.mqtt.n_common_wished = common.wished;
	return glow_loop_open(&r->loop, &cfg);
}

static int add_timers(struct run *r)
{
	int status = glow_loop_timer(&r->loop, &r->frame_timer, on_frame, r);

	if (status == 0)
		status = glow_loop_timer(&r->loop, &r->probe_timer, on_probe, r);
	if (status == 0)
		status = glow_loop_timer(&r->loop, &r->stats_timer, on_stats, r);
	if (status == 0)
		status = glow_loop_timer(&r->loop, &r->device_timer, on_device, r);
	return status ? status : glow_loop_timer(&r->loop, &r->board_timer, on_board_retry, r);
}

/* Opens the board. One that is missing or busy is tried again for ever and
 * told of in info, but a board that was to be found, and a file that cannot be written, end the start. */
static int first_board(struct run *r)
{
	struct glow_diag diag = { .what = "" };
	const struct glow_board_desc *desc = glow_board_find(r->cfg->board);
	char others[160];
	int error = glow_painter_open(&r->show.painter, &diag);

	if (error == 0)
		return 0;
	if (desc && desc->hardware) {
		set_problem(r, diag.what);
		return 0;
	}
	glow_error("%s%s", desc ? "" : "no board found: ", diag.what);
	glow_board_without_hardware(others, sizeof(others));
	if (!desc)
		glow_error("to try Glowswarm without one: %s", others);
	return desc ? EX_CANTCREAT : EX_UNAVAILABLE;
}

/* Frames on time also on a busy Pi: ahead of ordinary processes, and never
 * waiting for a page that was swapped out. Where we may not, it goes without;
 * the threads of the network stay ordinary. */
static void be_punctual(void)
{
	const struct sched_param priority = { .sched_priority = 10 };
	bool ahead = sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority) == 0;
	struct rlimit limit = { 0, 0 };
	bool locked = false;

	/* Under a limit a later allocation would fail for being locked too. */
	if (geteuid() == 0 || (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY))
		locked = mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;

	glow_debug("real-time scheduling: %s, memory locked: %s", ahead ? "yes" : "not allowed",
		   locked ? "yes" : "not allowed");
}

static void describe(struct run *r)
{
	const struct glow_board *board = r->show.painter.board;

	glow_setup_info(r->cfg, board ? board->desc : glow_board_find(r->cfg->board), &r->info);
	if (board)
		memcpy(r->info.backend, board->backend, sizeof(r->info.backend));
	memcpy(r->info.problem, r->show.painter.problem, sizeof(r->info.problem));
}

static bool radio_sleeps(const struct glow_node_run_cfg *cfg)
{
	return strcmp(cfg->wifi_power_save, "auto") == 0 ? glow_wifi_look() == GLOW_WIFI_SLEEPS
							 : strcmp(cfg->wifi_power_save, "on") == 0;
}

static int setup(struct run *r)
{
	const struct glow_outbox outbox = { .ctx = &r->loop, .publish = glow_loop_publish, .follow = glow_loop_follow };
	const struct glow_publisher out = { r->cfg->prefix, r->cfg->discovery ? r->cfg->discovery : "", outbox };
	const struct glow_sync_cfg sync = { .seed = (uint32_t)glow_raw_now().ns, .power_save = radio_sleeps(r->cfg) };
	int status = add_timers(r);

	if (status == 0)
		status = first_board(r);
	if (status)
		return status;
	describe(r);
	status = glow_setup_node(r->cfg, &r->info, outbox, now_us(r), &r->node);
	if (status)
		return status;
	r->show.node = r->node;
	glow_timekeeper_init(&r->time, &sync, r->cfg->prefix, r->info.id, outbox);
	glow_device_init(&r->device, &out, &r->info, r->cfg->page, glow_node_texts(r->node), sync.seed);
	glow_meters_init(&r->meters, r->cfg->sysfs);
	glow_meters_read(&r->meters);
	r->told.ns = glow_mono_now().ns;
	r->told.slots_a_frame = 1;
	glow_timer_in(&r->stats_timer, STATS_GAUGE_US);
	glow_opening_begin(&r->show.opening, now_us(r));
	return open_loop(r);
}

/* Dark first, then the goodbye: the network may take its time. */
static void teardown(struct run *r, int status)
{
	glow_loop_stopping();
	glow_painter_close(&r->show.painter);
	if (r->node)
		glow_node_goodbye(r->node);
	glow_loop_close(&r->loop, status);
	glow_node_destroy(r->node);
	glow_device_fini(&r->device);
}

int glow_node_run(const struct glow_node_run_cfg *cfg)
{
	static struct run run; /* too large for a stack */
	struct run *r = &run;
	int status;

	*r = (struct run){ .cfg = cfg };
	r->show.painter = (struct glow_painter){ .name = cfg->board,
						 .board_cfg = &cfg->board_cfg,
						 .clock = &r->clock,
						 .fps = cfg->fps,
						 .cpu_percent = cfg->cpu_percent };
	r->clock = (struct glow_clock){ .sync = &r->time.follower.sync,
					.wall_us = glow_wall_minus_mono_us(),
					.late_us = (int64_t)cfg->time_offset_ms * 1000 };
	status = glow_loop_init(&r->loop);
	if (status)
		return status;
	status = setup(r);
	if (status == 0) {
		be_punctual();
		redraw_now(r);
		status = glow_loop_run(&r->loop);
	}
	teardown(r, status);
	return status;
}
