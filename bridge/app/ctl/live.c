/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl watch: the cluster live in a terminal. */

#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/diag.h>
#include <glow/log.h>
#include <glow/traffic.h>

#include "cluster_clock.h"
#include "rows.h"
#include "session.h"
#include "window.h"

#define PLAIN_EVERY_US 5000000
#define NOTES_EVERY_US 1000000
#define NOTES_SIZE     2048
#define TURN_US        2000 /* of messages, then the others have a turn: the screen, the probe, a signal */

struct viewer {
	const struct glow_ctl_options *options;
	struct glow_watch watch;
	struct glow_cluster_clock clock;
	struct glow_mqtt *mqtt;
	struct glow_window window;
	sd_event_source *probe;
	bool connected, ever_connected;
	char trouble[GLOW_MQTT_WHY]; /* why there is no connection, as far as we know */
	char notes[NOTES_SIZE];
};

static const struct glow_option rows[] = {
	GLOW_ROW_INT("for-s", NULL, 0, 86400, "S", NULL, for_s, "leave after so many seconds; 0 stays"),
	GLOW_ROW_STRING("svg", NULL, "FILE", NULL, svg, "when leaving, draw the cluster into this file"),
	GLOW_ROW_INT("fps", "30", 1, 60, "N", NULL, fps, "how often the screen is drawn in a second"),
	GLOW_ROW_STRING("note-file", NULL, "FILE", NULL, note_file,
			"show its lines above the boards; it is read again every second"),
	GLOW_ROW_SWITCH("plain", "no", NULL, plain, "no colours and no screen: lines of text every five seconds"),
};

static int on_probe(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct viewer *v = userdata;
	int64_t next_us = glow_cluster_clock_probe(&v->clock, v->mqtt);

	(void)usec;
	if (next_us == GLOW_NEVER)
		return sd_event_source_set_enabled(source, SD_EVENT_OFF);
	sd_event_source_set_time_relative(source, (uint64_t)next_us);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* Without a screen each trouble is printed once, when it happens. */
static void take_trouble(struct viewer *v, const char *why)
{
	if (!v->window.colors && strcmp(v->trouble, why) != 0)
		glow_ctl_fail(0, "%s; trying again", why);
	snprintf(v->trouble, sizeof(v->trouble), "%s", why);
	v->connected = false;
	glow_sync_disconnected(&v->clock.follower.sync, glow_raw_now());
}

static void take(struct viewer *v, const struct glow_mqtt_event *event)
{
	struct glow_raw now = glow_raw_now();

	if (event->kind == GLOW_MQTT_MESSAGE) {
		glow_watch_message(&v->watch, &event->message);
		glow_cluster_clock_message(&v->clock, &event->message);
		if (glow_watch_led(&v->watch))
			glow_sync_follow(&v->clock.follower.sync, now, v->watch.conductor.leader);
	} else if (event->kind == GLOW_MQTT_CONNECTED) {
		v->connected = v->ever_connected = true;
		v->trouble[0] = '\0';
		if (!v->window.colors)
			glow_ctl_warn_limits(&event->limits);
		glow_sync_connected(&v->clock.follower.sync, now);
	} else if (event->kind != GLOW_MQTT_WISH_REFUSED && event->kind != GLOW_MQTT_DROPPED) {
		take_trouble(v, event->why);
	}
}

static int on_mqtt(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct viewer *v = userdata;
	int64_t end_ns = glow_mono_now().ns + TURN_US * 1000;
	struct glow_mqtt_event event;

	(void)source;
	(void)fd;
	(void)revents;
	while (glow_mono_now().ns < end_ns && glow_mqtt_next(v->mqtt, &event))
		take(v, &event);
	return on_probe(v->probe, 0, v); /* what came may have moved the next probe */
}

/* Lets time pass to the present and returns it. */
static int64_t pass(struct viewer *v)
{
	int64_t now_us = glow_cluster_clock_now(&v->clock);
	int64_t utc_us = glow_mono_now().ns / 1000 + glow_wall_minus_mono_us();

	v->watch.wall_offset_us = utc_us - now_us + glow_tz_offset_s(utc_us) * GLOW_US_PER_S;
	glow_watch_tick(&v->watch, now_us);
	return now_us;
}

static void draw(void *ctx, FILE *out)
{
	struct viewer *v = ctx;
	const struct glow_watch_screen screen = { .columns = v->window.columns,
						  .rows = v->window.rows,
						  .colors = v->window.colors,
						  .ascii = v->window.ascii,
						  .broker = v->options->common.broker,
						  .notes = v->notes,
						  .connected = v->connected,
						  .trouble = v->trouble };

	glow_watch_screen(&v->watch, pass(v), &screen, out);
}

/* Plain lines begin with the first connection; until then there is only trouble to report. */
static void print(struct viewer *v)
{
	if (!v->ever_connected)
		return;
	if (v->notes[0])
		printf("%s%s", v->notes, v->notes[strlen(v->notes) - 1] == '\n' ? "" : "\n");
	glow_watch_text(&v->watch, pass(v), v->window.ascii, stdout);
	if (!v->connected)
		printf("as it was heard of last: %s; trying again\n", v->trouble);
	fputc('\n', stdout);
	fflush(stdout);
}

/* A file that cannot be read for a moment keeps its last text. */
static int read_notes(struct viewer *v)
{
	FILE *in = fopen(v->options->note_file, "r");
	size_t n;

	if (!in)
		return -errno;
	n = fread(v->notes, 1, sizeof(v->notes) - 1, in);
	v->notes[n] = '\0';
	fclose(in);
	return 0;
}

static int on_notes(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)usec;
	read_notes(userdata);
	return sd_event_source_set_time_relative(source, NOTES_EVERY_US);
}

static int on_lines(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)usec;
	print(userdata);
	return sd_event_source_set_time_relative(source, PLAIN_EVERY_US);
}

static int write_svg(struct viewer *v)
{
	FILE *out = fopen(v->options->svg, "w");

	if (!out) {
		glow_error("--svg %s: %m", v->options->svg);
		return EX_CANTCREAT;
	}
	glow_watch_svg(&v->watch, pass(v), out);
	if (fclose(out) != 0) {
		glow_error("--svg %s: %m", v->options->svg);
		return EX_IOERR;
	}
	return 0;
}

static int open_mqtt(struct viewer *v)
{
	const struct glow_ctl_options *o = v->options;
	char topics[GLOW_WATCH_TOPICS][GLOW_TOPIC_MAX + 1], client[64], why[GLOW_MQTT_WHY];
	const char *list[GLOW_WATCH_TOPICS], *reply = v->clock.reply;
	struct glow_mqtt_cfg cfg = glow_common_mqtt(&o->common);
	int r;

	for (int k = 0; k < GLOW_WATCH_TOPICS; k++) {
		glow_topic_make(topics[k], o->common.prefix, glow_watch_topics[k], NULL, NULL);
		list[k] = topics[k];
	}
	glow_ctl_client_id(client);
	cfg.client_id = client;
	cfg.sort = glow_traffic_sort;
	cfg.inbox_max = GLOW_CTL_INBOX;
	cfg.topics = &reply;
	cfg.n_topics = 1;
	cfg.retained_topics = list;
	cfg.n_retained_topics = GLOW_WATCH_TOPICS - GLOW_WATCH_WISHES;
	cfg.wished_topics = list + GLOW_WATCH_TOPICS - GLOW_WATCH_WISHES;
	cfg.n_wished_topics = GLOW_WATCH_WISHES;
	r = glow_mqtt_open(&cfg, &v->mqtt, why);
	return r < 0 ? glow_ctl_fail_open(o, r, why) : 0;
}

/* A timer that repeats. */
static int add_timer(struct viewer *v, uint64_t first_us, sd_event_time_handler_t handler)
{
	sd_event_source *source = NULL;
	int r = sd_event_add_time_relative(v->window.loop, &source, CLOCK_MONOTONIC, first_us, 0, handler, v);

	return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ON);
}

static int add_sources(struct viewer *v)
{
	sd_event *loop = v->window.loop;
	int r = sd_event_add_io(loop, NULL, glow_mqtt_fd(v->mqtt), EPOLLIN, on_mqtt, v);

	if (r >= 0)
		r = sd_event_add_time_relative(loop, &v->probe, CLOCK_MONOTONIC, 0, 1, on_probe, v);
	if (r >= 0 && !v->window.colors)
		r = add_timer(v, PLAIN_EVERY_US, on_lines);
	if (r >= 0 && v->options->note_file)
		r = add_timer(v, NOTES_EVERY_US, on_notes);
	return r;
}

static int show(struct viewer *v)
{
	int r = add_sources(v);

	if (r >= 0)
		r = glow_window_run(&v->window, v->options->for_s, v->options->fps);
	if (r >= 0 && !v->window.colors)
		print(v);
	return r < 0 ? glow_ctl_fail_open(v->options, r, glow_lack_text(-r)) : 0;
}

/* The end of the view. Nothing is drawn of a cluster that we are not connected to. */
static int finish(struct viewer *v)
{
	if (v->connected)
		return v->options->svg ? write_svg(v) : 0;
	if (!v->trouble[0])
		return glow_ctl_fail(EX_UNAVAILABLE, "%s has not answered yet", v->options->common.broker);
	return glow_ctl_fail(EX_UNAVAILABLE, "%s", v->trouble);
}

static int start(struct viewer *v)
{
	int r = glow_window_init(&v->window, v->options->plain);

	v->window.draw = draw;
	v->window.ctx = v;
	if (r < 0)
		return glow_ctl_fail_open(v->options, r, glow_lack_text(-r));
	if (v->options->note_file && read_notes(v) < 0)
		return glow_ctl_fail(EX_NOINPUT, "--note-file %s: %m", v->options->note_file);
	return open_mqtt(v);
}

static int run(const void *values, int n_words, char *const words[])
{
	static struct viewer v;
	uint32_t seed = (uint32_t)glow_mono_now().ns ^ (uint32_t)getpid() << 16;
	int status;

	(void)n_words;
	(void)words;
	v.options = values;
	glow_watch_init(&v.watch, v.options->common.prefix);
	glow_cluster_clock_init(&v.clock, v.options->common.prefix, seed);
	status = start(&v);
	if (status == 0)
		status = show(&v);
	if (status == 0)
		status = finish(&v);
	if (!glow_mqtt_close(v.mqtt, 500))
		_exit(status);
	glow_watch_fini(&v.watch);
	glow_window_fini(&v.window);
	return status;
}

const struct glow_subcommand glow_ctl_watch = {
	.name = "watch",
	.summary = "show the cluster live in this terminal",
	.doc = "Draws every node by the code that drives its LEDs, from what the nodes and the conductor say, on the "
	       "cluster's clock. Keeps 10,000 nodes, and counts who is beyond. What a node's flash limit holds back "
	       "is drawn here all "
	       "the same: --plain draws nothing that flashes.",
	.examples = "glowctl watch\nglowctl watch --plain --for-s 10\nglowctl watch --for-s 3 --svg cluster.svg",
	.options = rows,
	.n_options = CTL_N(rows),
	.run = run,
};
