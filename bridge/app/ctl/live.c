/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl watch: the cluster live in a terminal. */

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sysexits.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/log.h>

#include "cluster_clock.h"
#include "rows.h"
#include "session.h"

#define PLAIN_EVERY_US 5000000

struct viewer {
	const struct glow_ctl_options *options;
	struct glow_watch watch;
	struct glow_cluster_clock clock;
	struct glow_mqtt *mqtt;
	sd_event *loop;
	sd_event_source *probe;
	int colors;
	char trouble[200];
};

static const struct glow_option rows[] = {
	CTL_INT("for-s", for_s, 0, 86400, "S", "leave after so many seconds; 0 stays"),
	{ .name = "svg",
	  .type = GLOW_OPT_STRING,
	  .arg = "FILE",
	  .help = "when leaving, draw the cluster into this file",
	  CTL_AT(svg) },
	{ .name = "fps",
	  .type = GLOW_OPT_INT,
	  .def = "30",
	  .min = 1,
	  .max = 60,
	  .arg = "N",
	  .help = "how often the screen is drawn in a second",
	  CTL_AT(fps) },
	CTL_SWITCH("plain", plain, "no", "no colours and no screen: lines of text every five seconds"),
};

/* Enough colours for the terminal we have; NO_COLOR and --plain win. */
static int terminal_colors(bool plain)
{
	const char *truecolor = getenv("COLORTERM"), *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if (plain || (none && none[0]) || !isatty(STDOUT_FILENO) || !term || strcmp(term, "dumb") == 0)
		return 0;
	return truecolor && (strcmp(truecolor, "truecolor") == 0 || strcmp(truecolor, "24bit") == 0) ? 1 << 24 : 256;
}

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

static void take(struct viewer *v, const struct glow_mqtt_event *event)
{
	struct glow_raw now = glow_raw_now();

	v->trouble[0] = '\0';
	if (event->kind == GLOW_MQTT_MESSAGE) {
		glow_watch_message(&v->watch, &event->message);
		glow_cluster_clock_message(&v->clock, &event->message);
		if (glow_watch_led(&v->watch))
			glow_sync_follow(&v->clock.sync, now, v->watch.conductor.leader);
	} else if (event->kind == GLOW_MQTT_CONNECTED) {
		glow_sync_connected(&v->clock.sync, now);
	} else {
		snprintf(v->trouble, sizeof(v->trouble), "%s", event->why);
		glow_sync_disconnected(&v->clock.sync, now);
	}
}

static int on_mqtt(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct viewer *v = userdata;
	struct glow_mqtt_event event;

	(void)source;
	(void)fd;
	(void)revents;
	while (glow_mqtt_next(v->mqtt, &event))
		take(v, &event);
	return on_probe(v->probe, 0, v); /* what came may have moved the next probe */
}

/* Lets time pass to the present, and tells it. */
static int64_t pass(struct viewer *v)
{
	int64_t now_us = glow_cluster_clock_now(&v->clock);
	int64_t utc_us = glow_mono_now().ns / 1000 + glow_wall_minus_mono_us();

	v->watch.wall_offset_us = utc_us - now_us + glow_tz_offset_s(utc_us) * GLOW_US_PER_S;
	glow_watch_tick(&v->watch, now_us);
	return now_us;
}

static void compose_screen(struct viewer *v, FILE *out)
{
	const struct glow_common_options *common = &v->options->common;

	fprintf(out, " \033[1mglowswarm\033[0m \033[2m%s  %s/#  Ctrl-C leaves\033[0m\033[K\n\033[K\n", common->broker,
		common->prefix);
	glow_watch_text(&v->watch, pass(v), v->colors, out);
	if (v->trouble[0])
		fprintf(out, " \033[31m%s; trying again\033[0m\033[K\n", v->trouble);
}

/* The lines that fit: one more would scroll the screen with every picture. */
static size_t fitting(const char *text)
{
	struct winsize size = { 0 };
	const char *end = text;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row < 2)
		return strlen(text);
	for (int left = size.ws_row - 1; left > 0 && *end; left--)
		end += strcspn(end, "\n") + 1;
	return (size_t)(end - text);
}

/* Written at once, so that no half of a picture is seen. */
static void draw_screen(struct viewer *v)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	compose_screen(v, out);
	if (fclose(out) == 0)
		fprintf(stdout, "\033[H%.*s\033[J", (int)fitting(text), text);
	free(text);
	fflush(stdout);
}

static void draw(struct viewer *v)
{
	if (v->colors) {
		draw_screen(v);
		return;
	}
	glow_watch_text(&v->watch, pass(v), 0, stdout);
	fputc('\n', stdout);
	fflush(stdout);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct viewer *v = userdata;

	(void)usec;
	draw(v);
	sd_event_source_set_time_relative(source, v->colors ? 1000000 / (uint64_t)v->options->fps : PLAIN_EVERY_US);
	return 0;
}

static int leave(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct viewer *v = userdata;

	(void)source;
	(void)usec;
	return sd_event_exit(v->loop, 0);
}

static int on_signal(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)info;
	return leave(source, 0, userdata);
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
	char topics[GLOW_WATCH_TOPICS][GLOW_TOPIC_MAX + 1], client[64], why[160];
	const char *list[GLOW_WATCH_TOPICS], *reply = v->clock.reply;
	struct glow_mqtt_cfg cfg = glow_common_mqtt(&o->common);

	for (int k = 0; k < GLOW_WATCH_TOPICS; k++) {
		glow_topic_make(topics[k], o->common.prefix, glow_watch_topics[k], NULL, NULL);
		list[k] = topics[k];
	}
	glow_ctl_client_id(client);
	cfg.client_id = client;
	cfg.inbox_max = GLOW_CTL_INBOX;
	cfg.topics = &reply;
	cfg.n_topics = 1;
	cfg.retained_topics = list;
	cfg.n_retained_topics = GLOW_WATCH_TOPICS;
	if (glow_mqtt_open(&cfg, &v->mqtt, why) < 0)
		return glow_ctl_fail(EX_USAGE, "--broker %s: %s", o->common.broker, why);
	return 0;
}

static int add_sources(struct viewer *v)
{
	sd_event_source *tick;
	int r = sd_event_add_signal(v->loop, NULL, SIGINT, on_signal, v);

	if (r >= 0)
		r = sd_event_add_signal(v->loop, NULL, SIGTERM, on_signal, v);
	if (r >= 0)
		r = sd_event_add_time_relative(v->loop, &v->probe, CLOCK_MONOTONIC, 0, 1, on_probe, v);
	if (r >= 0)
		r = sd_event_add_io(v->loop, NULL, glow_mqtt_fd(v->mqtt), EPOLLIN, on_mqtt, v);
	if (r >= 0 && v->options->for_s > 0)
		r = sd_event_add_time_relative(v->loop, NULL, CLOCK_MONOTONIC, (uint64_t)v->options->for_s * 1000000, 0,
					       leave, v);
	if (r >= 0)
		r = sd_event_add_time_relative(v->loop, &tick, CLOCK_MONOTONIC, v->colors ? 0 : PLAIN_EVERY_US, 1,
					       on_tick, v);
	if (r >= 0)
		r = sd_event_source_set_enabled(tick, SD_EVENT_ON);
	return r < 0 ? EX_OSERR : 0;
}

static void show(struct viewer *v)
{
	if (v->colors)
		fputs("\033[?25l\033[?7l\033[2J", stdout); /* no cursor, and no second line for a long one */
	sd_event_loop(v->loop);
	if (v->colors)
		fputs("\033[?7h\033[?25h\n", stdout);
	else
		draw(v);
}

static int run(const void *values, int n_words, char *const words[])
{
	static struct viewer v;
	uint32_t seed = (uint32_t)glow_mono_now().ns ^ (uint32_t)getpid() << 16;
	sigset_t signals;
	int status;

	(void)n_words;
	(void)words;
	v.options = values;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	v.colors = terminal_colors(v.options->plain);
	glow_watch_init(&v.watch, v.options->common.prefix);
	glow_cluster_clock_init(&v.clock, v.options->common.prefix, seed);
	status = sd_event_new(&v.loop) < 0 ? EX_OSERR : open_mqtt(&v);
	if (status == 0)
		status = add_sources(&v);
	if (status == 0) {
		show(&v);
		if (v.options->svg)
			status = write_svg(&v);
	}
	fflush(stdout);
	if (!glow_mqtt_close(v.mqtt, 500))
		_exit(status);
	glow_watch_fini(&v.watch);
	sd_event_unref(v.loop);
	return status;
}

const struct glow_subcommand glow_ctl_watch = {
	.name = "watch",
	.summary = "show the cluster live in this terminal",
	.doc = "Draws every node by the code that drives its LEDs, from what the nodes and the conductor say, on the "
	       "cluster's clock.",
	.examples = "glowctl watch\nglowctl watch --plain --for-s 10\nglowctl watch --for-s 3 --svg cluster.svg",
	.options = rows,
	.n_options = CTL_N(rows),
	.run = run,
};
