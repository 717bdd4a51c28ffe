/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl: the cluster from the command line. So far: watch it. */

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/config.h>
#include <glow/log.h>
#include <glow/options.h>
#include <glow/watch.h>

struct options {
	struct glow_common_options common;
	char *svg;
	int64_t for_s, fps;
	bool plain;
};

#define PLAIN_EVERY_US 5000000

#define AT(field) .offset = offsetof(struct options, field)

static const char watch[] = "watch";

static const struct glow_option rows[] = {
	GLOW_BROKER_ROWS(struct options),
	{ .name = "for-s",
	  .type = GLOW_OPT_INT,
	  .def = "0",
	  .max = 86400,
	  .arg = "S",
	  .group = watch,
	  AT(for_s),
	  .help = "leave after so many seconds; 0 stays" },
	{ .name = "svg",
	  .type = GLOW_OPT_STRING,
	  .def = "",
	  .arg = "FILE",
	  .group = watch,
	  AT(svg),
	  .help = "when leaving, draw the cluster into this file" },
	{ .name = "fps",
	  .type = GLOW_OPT_INT,
	  .def = "30",
	  .min = 1,
	  .max = 60,
	  .arg = "N",
	  .group = watch,
	  AT(fps),
	  .help = "how often the screen is drawn in a second" },
	{ .name = "plain",
	  .type = GLOW_OPT_BOOL,
	  .def = "no",
	  .group = watch,
	  AT(plain),
	  .help = "no colours and no screen: lines of text every five seconds" },
	GLOW_LOG_ROWS(struct options, "warning"),
};

static const struct glow_program program = {
	.name = "glowctl",
	.summary = "the LED boards of a cluster from the command line",
	.doc = "watch: draws every node of the cluster live, from what the nodes say of themselves.",
	.args_doc = "watch",
	.options = rows,
	.n_options = sizeof(rows) / sizeof(rows[0]),
};

struct viewer {
	const struct options *options;
	struct glow_watch watch;
	struct glow_mqtt *mqtt;
	sd_event *loop;
	struct glow_clock clock;
	int colors;
	char trouble[200];
};

static int64_t now_us(const struct viewer *v)
{
	return glow_clock_time(&v->clock, glow_instant_now()).us;
}

/* Enough colours for the terminal we have; NO_COLOR and --plain win. */
static int terminal_colors(bool plain)
{
	const char *truecolor = getenv("COLORTERM"), *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if (plain || (none && none[0]) || !isatty(STDOUT_FILENO) || !term || strcmp(term, "dumb") == 0)
		return 0;
	return truecolor && (strcmp(truecolor, "truecolor") == 0 || strcmp(truecolor, "24bit") == 0) ? 1 << 24 : 256;
}

static int on_mqtt(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct viewer *v = userdata;
	struct glow_mqtt_event event;

	(void)source;
	(void)fd;
	(void)revents;
	while (glow_mqtt_next(v->mqtt, &event)) {
		v->trouble[0] = '\0';
		if (event.kind == GLOW_MQTT_MESSAGE)
			glow_watch_message(&v->watch, &event.message);
		else if (event.kind != GLOW_MQTT_CONNECTED)
			snprintf(v->trouble, sizeof(v->trouble), "%s", event.why);
	}
	return 0;
}

static void draw_screen(const struct viewer *v)
{
	fputs("\033[H", stdout);
	fprintf(stdout, "\033[1mglowswarm\033[0m \033[2m%s  %s/#  Ctrl-C leaves\033[0m\033[K\n\033[K\n",
		v->options->common.broker, v->options->common.prefix);
	glow_watch_text(&v->watch, now_us(v), v->colors, stdout);
	if (v->trouble[0])
		fprintf(stdout, "\033[31m%s; trying again\033[0m\033[K\n", v->trouble);
	fprintf(stdout, "\033[2mtry: mosquitto_pub -L %s/%s/all/set -m 'red breathe'\033[0m\033[K\n\033[J",
		v->options->common.broker, v->options->common.prefix);
	fflush(stdout);
}

static void draw(const struct viewer *v)
{
	if (v->colors) {
		draw_screen(v);
		return;
	}
	glow_watch_text(&v->watch, now_us(v), 0, stdout);
	fputc('\n', stdout);
	fflush(stdout);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct viewer *v = userdata;

	(void)usec;
	v->clock.wall_us = glow_wall_minus_mono_us();
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

static int write_svg(const struct viewer *v)
{
	FILE *out = fopen(v->options->svg, "w");

	if (!out) {
		glow_error("--svg %s: %m", v->options->svg);
		return EX_CANTCREAT;
	}
	glow_watch_svg(&v->watch, now_us(v), out);
	if (fclose(out) != 0) {
		glow_error("--svg %s: %m", v->options->svg);
		return EX_IOERR;
	}
	return 0;
}

static int open_mqtt(struct viewer *v)
{
	static const char *const leaves[] = { "info", "state", "availability", "stats", "error" };
	enum { N = sizeof(leaves) / sizeof(leaves[0]) };
	const struct options *o = v->options;
	char topics[N][GLOW_TOPIC_MAX + 1], client[64], why[160];
	const char *list[N];
	struct glow_mqtt_cfg cfg = glow_common_mqtt(&o->common);

	for (int k = 0; k < N; k++) {
		glow_topic_make(topics[k], o->common.prefix, "node", "+", leaves[k]);
		list[k] = topics[k];
	}
	snprintf(client, sizeof(client), "glowctl-%d", getpid());
	cfg.client_id = client;
	cfg.retained_topics = list;
	cfg.n_retained_topics = N;
	if (glow_mqtt_open(&cfg, &v->mqtt, why) < 0) {
		glow_error("--broker %s: %s", o->common.broker, why);
		return EX_USAGE;
	}
	return 0;
}

static int add_sources(struct viewer *v)
{
	sd_event_source *tick;
	int r = sd_event_add_signal(v->loop, NULL, SIGINT, on_signal, v);

	if (r >= 0)
		r = sd_event_add_signal(v->loop, NULL, SIGTERM, on_signal, v);
	if (r >= 0)
		r = sd_event_add_io(v->loop, NULL, glow_mqtt_fd(v->mqtt), EPOLLIN, on_mqtt, v);
	if (r >= 0 && v->options->for_s)
		r = sd_event_add_time_relative(v->loop, NULL, CLOCK_MONOTONIC, (uint64_t)v->options->for_s * 1000000, 0,
					       leave, v);
	if (r >= 0)
		r = sd_event_add_time_relative(v->loop, &tick, CLOCK_MONOTONIC, v->colors ? 0 : PLAIN_EVERY_US, 1,
					       on_tick, v);
	if (r >= 0)
		r = sd_event_source_set_enabled(tick, SD_EVENT_ON);
	return r < 0 ? EX_OSERR : 0;
}

static int run_watch(const struct options *o)
{
	static struct viewer v;
	sigset_t signals;
	int status;

	v.options = o;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	v.clock.wall_us = glow_wall_minus_mono_us();
	v.colors = terminal_colors(o->plain);
	glow_watch_init(&v.watch, o->common.prefix);
	status = sd_event_new(&v.loop) < 0 ? EX_OSERR : open_mqtt(&v);
	if (status == 0)
		status = add_sources(&v);
	if (status == 0) {
		if (v.colors)
			fputs("\033[?25l\033[2J", stdout);
		sd_event_loop(v.loop);
		if (v.colors)
			fputs("\033[?25h\n", stdout);
		else
			draw(&v);
		if (o->svg[0])
			status = write_svg(&v);
	}
	fflush(stdout);
	if (!glow_mqtt_close(v.mqtt, 500))
		_exit(status);
	glow_watch_fini(&v.watch);
	sd_event_unref(v.loop);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	struct glow_config config;
	int status = glow_config_read(&config, &program, &options, argc, argv);

	if (status)
		return status;
	glow_log_setup(options.common.log_level, options.common.log_format);
	if (config.first_arg != argc - 1 || strcmp(argv[config.first_arg], "watch") != 0) {
		fprintf(stderr, "glowctl: say what to do: glowctl watch (glowctl --help tells more)\n");
		status = EX_USAGE;
	} else if (!glow_prefix_valid(options.common.prefix)) {
		fprintf(stderr, "glowctl: --prefix %s: must be levels of a topic without wildcards\n",
			options.common.prefix);
		status = EX_USAGE;
	} else {
		status = run_watch(&options);
	}
	glow_config_free(&config);
	return status;
}
