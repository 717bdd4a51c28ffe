/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The loop. There is one timer, set to the next instant at which anything
 * changes: a frame slot while something moves, else the end of a notice or a
 * transition, a command's time, a state to publish, else nothing. It is set
 * earlier by the board's own write time, so that the last bit of a frame, not
 * the first, falls on its slot; what is drawn is always the instant itself and
 * never "now". A still picture therefore costs no wake-up at all. */

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/daemon.h>
#include <glow/health.h>
#include <glow/json.h>
#include <glow/limiter.h>
#include <glow/log.h>
#include <glow/meter.h>
#include <glow/node_run.h>
#include <glow/sync.h>
#include <glow/timing.h>
#include <glow/topics.h>

#define RESTORE_WAIT_US (2 * GLOW_US_PER_S) /* how long the first frame waits for a retained state */
#define BOARD_RETRY_US  (5 * GLOW_US_PER_S)
#define STATS_US        (10 * GLOW_US_PER_S)
#define STATS_GAUGE_US  (2 * GLOW_US_PER_S)
#define WRITES          9
#define LATE_US         1000
#define WALL_STEP_US    1000            /* civil time to the millisecond: finer would redraw for nothing */
#define SYNC_WAIT_US    RESTORE_WAIT_US /* and from there on for cluster time, where there is a conductor */
#define NODE_TOPICS     8
#define MAX_TOPICS      (NODE_TOPICS + 3 * GLOW_GROUPS_MAX)

struct node {
	const struct glow_node_run_cfg *cfg;
	sd_event *loop;
	sd_event_source *frame_timer, *probe_timer, *stats_timer, *board_timer;
	struct glow_node *bridge;
	struct glow_mqtt *mqtt;
	struct glow_board *board;
	struct glow_clock clock;
	struct glow_sync sync;
	struct glow_conductor_info conductor; /* as last said; leader.boot 0: never */
	struct glow_meters meters;
	struct glow_info info;
	struct glow_frame shown;
	int64_t target_us; /* the instant the frame timer stands for */
	bool target_is_slot;
	int64_t drawn_us; /* the last instant drawn */
	uint32_t drawn_revision;
	int64_t start_deadline_us;
	uint32_t took_us[WRITES], write_us; /* the latest writes, and their median */
	struct glow_stats stats;
	uint64_t frames, frames_before;
	int64_t stats_ns;
	bool gauge_shows;
	int wall_fd, health_fd;
	char problem[320];
	bool said_connected;
};

static int64_t now_us(const struct node *n)
{
	return glow_clock_time(&n->clock, glow_instant_now()).us;
}

/* ---- the board ---- */

static void set_problem(struct node *n, const char *what)
{
	if (strcmp(n->problem, what) != 0) {
		if (what[0])
			glow_error("%s: %s; trying again every %d s", n->cfg->board, what,
				   (int)(BOARD_RETRY_US / GLOW_US_PER_S));
		else if (n->board)
			glow_info("board %s through %s", n->board->desc->name, n->board->backend);
		snprintf(n->problem, sizeof(n->problem), "%s", what);
	}
	if (n->bridge)
		glow_node_problem(n->bridge, what, n->board ? n->board->backend : "none");
}

static void retry_board_later(struct node *n)
{
	sd_event_source_set_time_relative(n->board_timer, BOARD_RETRY_US);
	sd_event_source_set_enabled(n->board_timer, SD_EVENT_ONESHOT);
}

static void board_failed(struct node *n, int error)
{
	char what[160];

	snprintf(what, sizeof(what), "cannot write to the board: %s", strerror(-error));
	glow_board_close(n->board);
	n->board = NULL;
	set_problem(n, what);
	retry_board_later(n);
}

static int open_board(struct node *n, struct glow_diag *diag)
{
	int r = glow_board_open(n->cfg->board, &n->cfg->board_cfg, &n->board, diag);

	if (r < 0)
		return r;
	glow_frame_fill(&n->shown, n->board->shape.pixels, GLOW_BLACK); /* as open() leaves it */
	set_problem(n, "");
	if (n->board->note)
		glow_warning("%s", n->board->note);
	return 0;
}

/* ---- drawing ---- */

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Of the latest writes. A mean would start frames early for a while after a single slow one. */
static uint32_t median(const uint32_t *values, size_t count)
{
	uint32_t sorted[WRITES];

	memcpy(sorted, values, count * sizeof(sorted[0]));
	qsort(sorted, count, sizeof(sorted[0]), ascending);
	return sorted[count / 2];
}

static void measure(struct node *n, struct glow_mono before, int64_t t_us)
{
	struct glow_instant after = glow_instant_now();
	uint32_t took_us = (uint32_t)((after.mono.ns - before.ns) / 1000);

	n->took_us[n->frames % WRITES] = took_us;
	n->write_us = median(n->took_us, n->frames < WRITES ? (size_t)n->frames + 1 : WRITES);
	if (glow_clock_time(&n->clock, after).us > t_us + LATE_US)
		n->stats.late++;
	n->frames++;
}

/* Shows the picture of instant t_us, unless the board shows it already. */
static void draw(struct node *n, int64_t t_us)
{
	static struct glow_frame frame;
	struct glow_mono before;
	int r;

	n->drawn_us = t_us;
	n->drawn_revision = glow_node_revision(n->bridge);
	if (!n->board || !glow_node_started(n->bridge))
		return;
	glow_node_render(n->bridge, t_us, &frame);
	if (glow_frame_equal(&frame, &n->shown))
		return;
	before = glow_mono_now();
	r = glow_board_show(n->board, &frame, (struct glow_stamp){ .t_us = t_us });
	if (r < 0) {
		board_failed(n, r);
		return;
	}
	measure(n, before, t_us);
	glow_frame_copy(&n->shown, &frame);
}

/* Draws an instant that is no frame slot, if anything but time has changed the
 * picture: animations stay on their grid whatever is said or refused meanwhile. */
static void draw_change(struct node *n, int64_t t_us)
{
	if (glow_node_revision(n->bridge) != n->drawn_revision)
		draw(n, t_us);
}

/* The slots of a slow road are among those of a fast one where the one rate divides the other. */
static unsigned frame_rate(const struct node *n)
{
	unsigned most = n->board ? n->board->fps_max : 0;

	return most && most < n->cfg->fps ? most : n->cfg->fps;
}

static int64_t next_frame(const struct node *n, int64_t t_us)
{
	if (!n->board || !glow_node_started(n->bridge))
		return GLOW_NEVER;
	switch (glow_node_pace(n->bridge, t_us, NULL)) {
	case GLOW_ANIMATED:
		return glow_slot_time(glow_slot_at(t_us, frame_rate(n)) + 1, frame_rate(n));
	case GLOW_SECONDS:
		return (glow_floor_div(t_us, GLOW_US_PER_S) + 1) * GLOW_US_PER_S;
	case GLOW_STILL:
		break;
	}
	return GLOW_NEVER;
}

static void read_gauges(struct node *n);

/* After anything has happened up to t_us: when to wake next, and for what. */
static void schedule(struct node *n, int64_t t_us)
{
	int64_t instant = glow_node_next(n->bridge), frame = next_frame(n, t_us);
	struct glow_mono wake;
	uint32_t meters, lead_us;

	n->target_us = frame < instant ? frame : instant;
	n->target_is_slot = frame <= instant && frame != GLOW_NEVER;
	if (!glow_node_started(n->bridge) && n->start_deadline_us < n->target_us) {
		n->target_us = n->start_deadline_us;
		n->target_is_slot = false;
	}
	glow_node_pace(n->bridge, t_us, &meters);
	if (meters && !n->gauge_shows) {
		read_gauges(n);
		draw_change(n, t_us);
		sd_event_source_set_time_relative(n->stats_timer, STATS_GAUGE_US);
	}
	n->gauge_shows = meters != 0;
	if (n->target_us == GLOW_NEVER) {
		sd_event_source_set_enabled(n->frame_timer, SD_EVENT_OFF);
		return;
	}
	lead_us = n->write_us + (n->board ? n->board->latency_us : 0);
	wake = glow_clock_mono(&n->clock, glow_instant_now(), (struct glow_time){ n->target_us - lead_us });
	sd_event_source_set_time(n->frame_timer, wake.ns < 0 ? 0 : (uint64_t)(wake.ns / 1000));
	sd_event_source_set_enabled(n->frame_timer, SD_EVENT_ONESHOT);
}

/* Something came from outside at this moment: show what it changes at once. */
static void redraw_now(struct node *n)
{
	int64_t t_us = now_us(n);

	if (t_us < n->drawn_us) /* a slot is drawn a little ahead of its time */
		t_us = n->drawn_us;
	glow_node_tick(n->bridge, t_us);
	draw_change(n, t_us);
	schedule(n, t_us);
}

static int on_frame(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct node *n = userdata;
	int64_t t_us = n->target_us, now = now_us(n);

	(void)source;
	(void)usec;
	if (n->target_is_slot && now > t_us) {
		int64_t k = glow_slot_at(t_us, frame_rate(n)), k_now = glow_slot_at(now, frame_rate(n));

		if (k_now > k) { /* too late for that slot: the picture of the present one, not a queue of old ones */
			n->stats.dropped += (uint64_t)(k_now - k);
			t_us = glow_slot_time(k_now, frame_rate(n));
		}
	}
	if (!glow_node_started(n->bridge) && t_us >= n->start_deadline_us) {
		glow_info("no %s within %d s: showing the idle display", n->said_connected ? "cluster time" : "broker",
			  (int)(RESTORE_WAIT_US / GLOW_US_PER_S));
		glow_node_start(n->bridge, t_us);
	}
	glow_node_tick(n->bridge, t_us);
	if (n->target_is_slot)
		draw(n, t_us);
	else
		draw_change(n, t_us);
	schedule(n, t_us);
	return 0;
}

/* ---- cluster time ---- */

/* Local civil time minus the time of pictures, the same on all nodes where the conductor knows it. */
static void update_wall_offset(struct node *n)
{
	struct glow_instant now = glow_instant_now();
	int64_t here_us = glow_floor_div(now.mono.ns, 1000) + glow_wall_minus_mono_us();
	int64_t offset_us = here_us - glow_clock_time(&n->clock, now).us - n->clock.late_us +
			    (int64_t)glow_tz_offset_s(here_us) * GLOW_US_PER_S;

	if (glow_sync_valid(&n->sync) && n->conductor.has_utc)
		offset_us = n->conductor.utc_offset_us + (int64_t)n->conductor.tz_offset_s * GLOW_US_PER_S;
	glow_node_wall_offset(n->bridge, glow_floor_div(offset_us + WALL_STEP_US / 2, WALL_STEP_US) * WALL_STEP_US);
}

/* The clock of pictures became another at the instant `at`, when it showed old_us. */
static void clock_changed(struct node *n, struct glow_instant at, int64_t old_us)
{
	int64_t delta_us = glow_clock_time(&n->clock, at).us - old_us;

	n->drawn_us += delta_us;
	n->start_deadline_us += delta_us;
	glow_info("the clock of pictures moved by %.3f s", (double)delta_us / 1e6);
	glow_node_clock_stepped(n->bridge, old_us, delta_us,
				glow_sync_valid(&n->sync) ? glow_sync_leader(&n->sync).clock_id : 0);
	update_wall_offset(n);
	if (glow_sync_valid(&n->sync) && n->said_connected)
		glow_node_start(n->bridge, old_us + delta_us);
}

static void take_time(struct node *n, const struct glow_message *m)
{
	struct glow_instant at = glow_instant_now();
	int64_t old_us = glow_clock_time(&n->clock, at).us, step_ns;
	bool had_time = glow_sync_valid(&n->sync);
	struct glow_time_reply reply;

	if (!glow_reply_read(m->payload, m->len, false, &reply) || !glow_sync_reply(&n->sync, &reply, m->at, &step_ns))
		return;
	if (step_ns || glow_sync_valid(&n->sync) != had_time)
		clock_changed(n, at, old_us);
}

/* A new conductor asks what time it was. */
static void give_time(struct node *n, const struct glow_message *m)
{
	struct glow_sync_report report;
	struct glow_time_request request;
	struct glow_time_reply reply;
	uint8_t bytes[GLOW_ADOPT_REPLY_SIZE];
	char topic[GLOW_TOPIC_MAX + 1], boot[9];
	struct glow_message out = { .topic = topic, .payload = bytes, .aging = { GLOW_REPLY_T3 } };
	struct glow_raw now = glow_raw_now();

	if (!glow_sync_valid(&n->sync) || !glow_request_read(m->payload, m->len, &request))
		return;
	glow_sync_report(&n->sync, now, &report);
	reply = (struct glow_time_reply){ .seq = request.seq,
					  .t1_ns = request.t1_ns,
					  .t2_ns = glow_sync_now(&n->sync, m->at),
					  .t3_ns = glow_sync_now(&n->sync, now),
					  .leader = glow_sync_leader(&n->sync),
					  .sigma_ns = report.error_ns,
					  .rate_ppb = report.rate_ppb,
					  .state = (uint8_t)report.state };
	out.len = glow_reply_write(&reply, true, bytes);
	snprintf(boot, sizeof(boot), "%08x", n->conductor.leader.boot);
	glow_topic_make(topic, n->cfg->prefix, "time/adopt/reply", boot, NULL);
	glow_mqtt_publish(n->mqtt, &out);
}

static void take_conductor(struct node *n, const struct glow_message *m)
{
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree = m->len ? glow_json_parse(m->payload, m->len, &diag) : NULL;
	struct glow_conductor_info info;

	if (tree && glow_conductor_info_read(tree, &info, &diag) == GLOW_OK) {
		n->conductor = info;
		if (info.leading)
			glow_sync_follow(&n->sync, glow_raw_now(), info.leader);
		update_wall_offset(n);
	} else if (m->len) {
		glow_warning("%s is broken and was skipped: %s %s", m->topic, diag.where, diag.what);
	}
	cJSON_Delete(tree);
}

static void schedule_probe(struct node *n)
{
	struct glow_raw due = glow_sync_next_probe(&n->sync);
	struct glow_mono wake = glow_raw_mono(glow_instant_now(), due);

	if (due.ns == GLOW_NEVER) {
		sd_event_source_set_enabled(n->probe_timer, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time(n->probe_timer, wake.ns < 0 ? 0 : (uint64_t)(wake.ns / 1000));
	sd_event_source_set_enabled(n->probe_timer, SD_EVENT_ONESHOT);
}

/* The network thread sends it, and says in it when it did. */
static int on_probe(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct node *n = userdata;
	struct glow_time_request request;
	uint8_t bytes[GLOW_REQUEST_SIZE];
	char topic[GLOW_TOPIC_MAX + 1];
	struct glow_message m = {
		.topic = topic, .payload = bytes, .len = sizeof(bytes), .aging = { GLOW_REQUEST_T1 }
	};

	(void)source;
	(void)usec;
	glow_sync_probe(&n->sync, glow_raw_now(), &request);
	if (request.s1_ns)
		m.aging[1] = GLOW_REQUEST_S1;
	glow_request_write(&request, bytes);
	glow_topic_make(topic, n->cfg->prefix, "time/request", n->info.id, NULL);
	glow_mqtt_publish(n->mqtt, &m);
	schedule_probe(n);
	return 0;
}

/* ---- the broker ---- */

static void outbox_publish(void *ctx, const struct glow_message *message)
{
	struct node *n = ctx;

	if (glow_mqtt_publish(n->mqtt, message) == -EAGAIN)
		glow_warning("too much to send: %s was dropped", message->topic);
}

static void on_message(struct node *n, const struct glow_message *m)
{
	switch (glow_topic_kind(n->cfg->prefix, m->topic)) {
	case GLOW_TOPIC_TIME_REPLY:
		take_time(n, m);
		break;
	case GLOW_TOPIC_ADOPT_REQUEST:
		give_time(n, m);
		break;
	case GLOW_TOPIC_CONDUCTOR_INFO:
		take_conductor(n, m);
		break;
	default:
		glow_node_message(n->bridge, m, now_us(n));
		break;
	}
}

/* Where a conductor is online, the first frame waits for its time: it is right then, not corrected later. */
static void on_connected(struct node *n)
{
	int64_t now = now_us(n);

	glow_info("connected to %s as %s", n->cfg->mqtt.broker, n->info.id);
	n->said_connected = true;
	glow_sync_connected(&n->sync, glow_raw_now());
	if (!glow_node_has_conductor(n->bridge) || glow_sync_valid(&n->sync))
		glow_node_start(n->bridge, now);
	else if (!glow_node_started(n->bridge))
		n->start_deadline_us = now + SYNC_WAIT_US;
	glow_node_connected(n->bridge, now);
}

static void on_event(struct node *n, const struct glow_mqtt_event *event)
{
	switch (event->kind) {
	case GLOW_MQTT_CONNECTED:
		on_connected(n);
		break;
	case GLOW_MQTT_DISCONNECTED:
		glow_warning("lost the broker: %s; the picture goes on", event->why);
		glow_sync_disconnected(&n->sync, glow_raw_now());
		glow_node_disconnected(n->bridge);
		break;
	case GLOW_MQTT_FAILED:
		glow_warning("%s; trying again", event->why);
		break;
	case GLOW_MQTT_MESSAGE:
		on_message(n, &event->message);
		break;
	}
}

static int on_mqtt(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct node *n = userdata;
	struct glow_mqtt_event event;

	(void)source;
	(void)fd;
	(void)revents;
	glow_node_tick(n->bridge, now_us(n));
	/* What came together is drawn together: a slow board must not fall behind a fast sender. */
	while (glow_mqtt_next(n->mqtt, &event))
		on_event(n, &event);
	schedule_probe(n);
	redraw_now(n);
	return 0;
}

/* ---- measurements ---- */

static void read_gauges(struct node *n)
{
	glow_meters_read(&n->meters);
	glow_node_meters(n->bridge, n->meters.permille);
}

static void report_sync(struct node *n)
{
	struct glow_stats_sync *sync = &n->stats.sync;
	struct glow_sync_report report;

	glow_sync_report(&n->sync, glow_raw_now(), &report);
	snprintf(sync->state, sizeof(sync->state), "%s", glow_sync_state_name(report.state));
	sync->valid = report.valid;
	sync->offset_us = report.offset_ns / 1000;
	sync->error_us = report.error_ns / 1000;
}

static int on_stats(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct node *n = userdata;
	int64_t ns = glow_mono_now().ns;
	double seconds = (double)(ns - n->stats_ns) / 1e9;

	(void)usec;
	read_gauges(n);
	update_wall_offset(n);
	glow_sync_temperature(&n->sync, glow_raw_now(), n->meters.temperature_c);
	report_sync(n);
	n->stats.fps = seconds > 0 ? (unsigned)lround((double)(n->frames - n->frames_before) / seconds) : 0;
	n->stats.write_us = n->write_us;
	memcpy(n->stats.meter, n->meters.permille, sizeof(n->stats.meter));
	n->stats.temperature_c = n->meters.temperature_c;
	n->frames_before = n->frames;
	n->stats_ns = ns;
	glow_node_stats(n->bridge, &n->stats);
	schedule_probe(n);
	redraw_now(n);
	sd_event_source_set_time_relative(source, (uint64_t)(n->gauge_shows ? STATS_GAUGE_US : STATS_US));
	return 0;
}

/* ---- other events ---- */

static int on_board_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct node *n = userdata;
	struct glow_diag diag = { .what = "" };

	(void)source;
	(void)usec;
	if (open_board(n, &diag) < 0) {
		set_problem(n, diag.what);
		retry_board_later(n);
		return 0;
	}
	draw(n, now_us(n));
	redraw_now(n);
	return 0;
}

static int on_wall_set(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct node *n = userdata;
	struct glow_instant at = glow_instant_now();
	int64_t old_us = glow_clock_time(&n->clock, at).us;

	(void)source;
	(void)revents;
	glow_wall_watch_again(fd);
	n->clock.wall_us = glow_wall_minus_mono_us();
	if (glow_sync_valid(&n->sync)) /* cluster time follows nobody's wall clock */
		update_wall_offset(n);
	else
		clock_changed(n, at, old_us);
	redraw_now(n);
	return 0;
}

static int on_health(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct node *n = userdata;

	(void)source;
	(void)revents;
	glow_health_answer(fd, n->board != NULL, n->problem);
	return 0;
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	struct node *n = userdata;

	(void)source;
	glow_info("signal %u: going dark and leaving", info->ssi_signo);
	sd_event_exit(n->loop, 0);
	return 0;
}

/* ---- life ---- */

static int fill_info(struct node *n, const struct glow_board_desc *board)
{
	const struct glow_node_run_cfg *cfg = n->cfg;
	struct glow_info *info = &n->info;

	snprintf(info->id, sizeof(info->id), "%s", cfg->node);
	if (!glow_groups_parse(cfg->groups ? cfg->groups : "", info)) {
		glow_error("--groups %s: must be at most %d ids of a-z, 0-9 and '-', separated by commas", cfg->groups,
			   GLOW_GROUPS_MAX);
		return EX_USAGE;
	}
	snprintf(info->board, sizeof(info->board), "%s", board->name);
	snprintf(info->model, sizeof(info->model), "%s", board->title);
	snprintf(info->backend, sizeof(info->backend), "%s", n->board ? n->board->backend : "none");
	snprintf(info->version, sizeof(info->version), "%s", GLOW_VERSION);
	snprintf(info->idle, sizeof(info->idle), "%s", cfg->idle);
	snprintf(info->problem, sizeof(info->problem), "%s", n->problem);
	info->shape = glow_board_shape(board, &cfg->board_cfg);
	info->fps = cfg->fps;
	info->reverse = cfg->reverse;
	info->time_offset_ms = cfg->time_offset_ms;
	info->brightness_limit = cfg->brightness_limit;
	info->current_limit_ma = (uint32_t)(cfg->current_limit_ma < 0 ? 0 : cfg->current_limit_ma);
	if (cfg->current_limit_ma < 0 && board->hardware)
		info->current_limit_ma = glow_current_default_ma(info->shape);
	info->flash_limit = cfg->flash_limit;
	return 0;
}

static void discard(void *ctx, const struct glow_message *message)
{
	(void)ctx;
	(void)message;
}

static int create_bridge(struct node *n, void (*publish)(void *ctx, const struct glow_message *message),
			 struct glow_diag *diag)
{
	struct glow_node_cfg cfg = {
		.prefix = n->cfg->prefix,
		.discovery = n->cfg->discovery ? n->cfg->discovery : "",
		.idle = n->cfg->idle,
		.info = n->info,
		.env = { .shape = n->info.shape,
			 .reverse = n->cfg->reverse,
			 .wall_offset_us = (int64_t)glow_tz_offset_s(now_us(n)) * GLOW_US_PER_S,
			 .brightness_limit = n->info.brightness_limit,
			 .current_limit_ma = n->info.current_limit_ma },
		.lost_indicator = n->cfg->lost_indicator,
		.outbox = { .ctx = n, .publish = publish },
	};

	return glow_node_create(&cfg, now_us(n), &n->bridge, diag);
}

/* What create_bridge() returned, said and as an exit status. */
static int exit_status(const struct node *n, int r, const struct glow_diag *diag)
{
	if (r == -EINVAL) {
		glow_error("--idle %s: %s", n->cfg->idle, diag->what);
		return EX_USAGE;
	}
	return r < 0 ? EX_OSERR : 0;
}

static int open_mqtt(struct node *n)
{
	struct glow_mqtt_cfg cfg = n->cfg->mqtt;
	static const char *const commands[] = { "set", "notify", "apply" };
	static const char *const kept[] = { "conductor/info", "conductor/availability", "roster", "scene/current",
					    "dim/current" };
	enum { N_KEPT = sizeof(kept) / sizeof(kept[0]) };
	char names[MAX_TOPICS][GLOW_TOPIC_MAX + 1], kept_names[N_KEPT + 1][GLOW_TOPIC_MAX + 1];
	char client[GLOW_TOPIC_MAX + 1], will[GLOW_TOPIC_MAX + 1], why[160];
	const char *topics[MAX_TOPICS], *retained[N_KEPT + 1];
	size_t count = 0;
	const char *prefix = n->cfg->prefix, *id = n->info.id;

	glow_topic_make(names[count++], prefix, "node", id, "set");
	glow_topic_make(names[count++], prefix, "node", id, "notify");
	glow_topic_make(names[count++], prefix, "conductor/beacon", NULL, NULL);
	glow_topic_make(names[count++], prefix, "time/reply", id, NULL);
	glow_topic_make(names[count++], prefix, "time/adopt/request", id, NULL);
	for (size_t c = 0; c < sizeof(commands) / sizeof(commands[0]); c++) {
		glow_topic_make(names[count++], prefix, "all", commands[c], NULL);
		for (unsigned g = 0; g < n->info.n_groups; g++)
			glow_topic_make(names[count++], prefix, "group", n->info.groups[g], commands[c]);
	}
	for (size_t k = 0; k < count; k++)
		topics[k] = names[k];
	for (size_t k = 0; k < N_KEPT; k++)
		glow_topic_make(kept_names[k], prefix, kept[k], NULL, NULL);
	glow_topic_make(kept_names[N_KEPT], prefix, "node", id, "state");
	for (size_t k = 0; k <= N_KEPT; k++)
		retained[k] = kept_names[k];
	glow_topic_make(will, prefix, "node", n->info.id, "availability");
	glow_client_id(client, prefix, n->info.id);
	cfg.client_id = client;
	cfg.will_topic = will;
	cfg.will_payload = "offline";
	cfg.topics = topics;
	cfg.n_topics = count;
	cfg.retained_topics = retained;
	cfg.n_retained_topics = N_KEPT + 1;
	if (glow_mqtt_open(&cfg, &n->mqtt, why) < 0) {
		glow_error("--broker %s: %s", cfg.broker, why);
		return EX_USAGE;
	}
	return 0;
}

/* Everything the loop listens to. */
static int add_sources(struct node *n)
{
	int r = glow_daemon_handle_signals(n->loop, on_signal, n);

	if (r >= 0)
		r = sd_event_add_time(n->loop, &n->frame_timer, CLOCK_MONOTONIC, 0, 1, on_frame, n);
	if (r >= 0)
		r = sd_event_add_time(n->loop, &n->probe_timer, CLOCK_MONOTONIC, 0, 1, on_probe, n);
	if (r >= 0)
		r = sd_event_source_set_enabled(n->probe_timer, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_time_relative(n->loop, &n->stats_timer, CLOCK_MONOTONIC, STATS_GAUGE_US, 0, on_stats,
					       n);
	if (r >= 0)
		r = sd_event_source_set_enabled(n->stats_timer, SD_EVENT_ON);
	if (r >= 0)
		r = sd_event_add_time_relative(n->loop, &n->board_timer, CLOCK_MONOTONIC, BOARD_RETRY_US, 0,
					       on_board_retry, n);
	if (r >= 0)
		r = sd_event_source_set_enabled(n->board_timer, n->board ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
	if (r >= 0)
		r = sd_event_add_io(n->loop, NULL, glow_mqtt_fd(n->mqtt), EPOLLIN, on_mqtt, n);
	if (r >= 0 && n->wall_fd >= 0)
		r = sd_event_add_io(n->loop, NULL, n->wall_fd, EPOLLIN, on_wall_set, n);
	if (r >= 0 && n->health_fd >= 0)
		r = sd_event_add_io(n->loop, NULL, n->health_fd, EPOLLIN, on_health, n);
	if (r >= 0)
		r = sd_event_set_watchdog(n->loop, true);
	if (r < 0)
		glow_error("event loop: %s", strerror(-r));
	return r < 0 ? EX_OSERR : 0;
}

/* Opens the board. One that is missing or busy is tried again for ever and
 * told of in info, but a board that was to be found, and a file that cannot be written, end the start. */
static int first_board(struct node *n)
{
	struct glow_diag diag = { .what = "" };
	const struct glow_board_desc *desc = glow_board_find(n->cfg->board);
	char others[160];
	int r = open_board(n, &diag);

	if (r == 0)
		return 0;
	if (desc && desc->hardware) {
		set_problem(n, diag.what);
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

static int check_names(const struct glow_node_run_cfg *cfg)
{
	/* The client id of the leading conductor, and the cluster's device in Home Assistant. */
	static const char *const taken[] = { "conductor", GLOW_DISCOVERY_CLUSTER };

	for (size_t k = 0; k < sizeof(taken) / sizeof(taken[0]); k++)
		if (strcmp(cfg->node, taken[k]) == 0) {
			glow_error("--node %s: that is a name of the cluster's own", cfg->node);
			return EX_USAGE;
		}
	return glow_daemon_names(cfg->node, cfg->prefix, cfg->discovery);
}

static int setup(struct node *n)
{
	struct glow_diag diag;
	int status = check_names(n->cfg);

	if (status == 0)
		status = first_board(n);
	if (status == 0)
		status = fill_info(n, n->board ? n->board->desc : glow_board_find(n->cfg->board));
	if (status == 0)
		status = exit_status(n, create_bridge(n, outbox_publish, &diag), &diag);
	if (status)
		return status;
	n->health_fd = glow_health_listen(n->info.id);
	if (n->health_fd == -EADDRINUSE)
		glow_warning("another node %s runs on this machine: --healthcheck asks that one", n->info.id);
	n->wall_fd = glow_wall_watch_open();
	glow_meters_init(&n->meters, n->cfg->sysfs);
	glow_meters_read(&n->meters);
	n->stats_ns = glow_mono_now().ns;
	n->start_deadline_us = now_us(n) + RESTORE_WAIT_US;
	status = open_mqtt(n);
	return status ? status : add_sources(n);
}

/* Of the boards that `auto` may find, the idle display has to suit one. */
static int check_idle(struct node *n)
{
	struct glow_diag diag;
	int r = -EINVAL, status = 0;

	for (size_t k = 0; k < glow_board_count() && r == -EINVAL && status == 0; k++) {
		if (!glow_board_meant(glow_board_at(k), n->cfg->board))
			continue;
		status = fill_info(n, glow_board_at(k));
		if (status == 0)
			r = create_bridge(n, discard, &diag);
	}
	glow_node_destroy(n->bridge);
	return status ? status : exit_status(n, r, &diag);
}

int glow_node_check(const struct glow_node_run_cfg *cfg)
{
	static struct node n;
	int status = check_names(cfg);

	n = (struct node){ .cfg = cfg };
	if (status == 0)
		status = check_idle(&n);
	if (status == 0 && !glow_mqtt_uri_valid(cfg->mqtt.broker)) {
		glow_error("--broker must be mqtt://host[:port] or mqtts://host[:port]");
		status = EX_USAGE;
	}
	if (status == 0)
		puts("the configuration is fine");
	return status;
}

/* Dark first, then the goodbye: the network may take its time. */
static void teardown(struct node *n, int status)
{
	sd_notify(0, "STOPPING=1");
	glow_board_close(n->board);
	if (n->bridge)
		glow_node_goodbye(n->bridge);
	glow_daemon_hang_up(n->mqtt, status);
	glow_node_destroy(n->bridge);
	if (n->health_fd >= 0)
		close(n->health_fd);
	if (n->wall_fd >= 0)
		close(n->wall_fd);
	sd_event_unref(n->loop);
}

int glow_node_run(const struct glow_node_run_cfg *cfg)
{
	static struct node node;
	struct node *n = &node;
	int status;

	*n = (struct node){ .cfg = cfg, .wall_fd = -1, .health_fd = -1 };
	glow_daemon_block_signals();
	glow_sync_init(&n->sync, &(struct glow_sync_cfg){ .seed = (uint32_t)glow_raw_now().ns,
							  .power_save = glow_wifi_sleeps() });
	n->clock = (struct glow_clock){ .sync = &n->sync,
					.wall_us = glow_wall_minus_mono_us(),
					.late_us = (int64_t)cfg->time_offset_ms * 1000 };
	if (sd_event_new(&n->loop) < 0)
		return EX_OSERR;
	status = setup(n);
	if (status == 0) {
		be_punctual();
		sd_notify(0, "READY=1");
		redraw_now(n);
		if (sd_event_loop(n->loop) < 0)
			status = EX_SOFTWARE;
	}
	teardown(n, status);
	return status;
}
