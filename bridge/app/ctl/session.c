/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include <glow/clock.h>
#include <glow/command.h>
#include <glow/json.h>
#include <glow/traffic.h>

#include "progress.h"
#include "shipped.h"

enum { LEAVES_MAX = GLOW_WATCH_TOPICS };

#define LOOK_MS 250 /* while something is waited for, its line is drawn so often */

#define SINGLY      16  /* infos are asked for one by one, no more */
#define QUIET_MS    50  /* without a retained message after those that were waited for */
#define PATIENCE_MS 500 /* and before them */

__attribute__((format(printf, 1, 0))) static void complain_in_words(const char *format, va_list args)
{
	fflush(stdout);
	glow_progress_clear();
	fputs("glowctl: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int glow_ctl_fail(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_in_words(format, args);
	va_end(args);
	return status;
}

int glow_ctl_fail_silence(const struct glow_ctl_session *s, const char *format, ...)
{
	va_list args;

	if (s->lost[0])
		return glow_ctl_fail(EX_UNAVAILABLE, "%s", s->lost);
	va_start(args, format);
	complain_in_words(format, args);
	va_end(args);
	return EX_UNAVAILABLE;
}

void glow_ctl_warn_limits(const struct glow_mqtt_limits *limits)
{
	char text[GLOW_MQTT_WHY];

	for (unsigned k = 0; glow_mqtt_limits_say(limits, k, text); k++)
		glow_ctl_fail(0, "%s", text);
}

int glow_ctl_fail_open(const struct glow_ctl_options *o, int error, const char *why)
{
	if (error == -EINVAL)
		return glow_ctl_fail(EX_USAGE, "--broker %s: %s", o->common.broker, why);
	return glow_ctl_fail(EX_OSERR, "cannot start: %s", why);
}

int glow_ctl_fail_diag(const struct glow_diag *diag)
{
	return glow_ctl_fail(EX_DATAERR, "%s%s%s", diag->where, diag->where[0] ? ": " : "", diag->what);
}

void glow_ctl_client_id(char ret_client[64])
{
	uint32_t dice = 0;

	if (getrandom(&dice, sizeof(dice), GRND_NONBLOCK) != sizeof(dice))
		dice = (uint32_t)glow_mono_now().ns;
	snprintf(ret_client, 64, "glowctl-%d-%08x", (int)getpid(), dice);
}

/* What the model of what shows has no use for, or only in part: the texts as they are kept. */
static bool is_kept(const struct glow_ctl_session *s, const struct glow_topic *topic)
{
	switch (topic->kind) {
	case GLOW_TOPIC_PRESET:
	case GLOW_TOPIC_SCHEDULE:
	case GLOW_TOPIC_TEXT:
	case GLOW_TOPIC_ROSTER_WANTED:
	case GLOW_TOPIC_SCENE_CURRENT:
	case GLOW_TOPIC_DIM_CURRENT:
		return true;
	case GLOW_TOPIC_STATE:
		return s->keeps_lights && topic->of == GLOW_OF_NODE;
	default:
		return false;
	}
}

static void hear_kept(struct glow_ctl_session *s, const struct glow_message *m)
{
	struct glow_topic topic = glow_topic_parse(s->options->common.prefix, m->topic);
	char *text = is_kept(s, &topic) ? strndup(m->payload, m->len) : NULL;
	const char *leaf;

	if (!text)
		return;
	leaf = m->topic + strlen(s->options->common.prefix) + 1;
	cJSON_DeleteItemFromObjectCaseSensitive(s->kept, leaf);
	if (m->len > 0)
		cJSON_AddStringToObject(s->kept, leaf, text);
	free(text);
}

/* What it can do without is none; what was asked for since is. */
static bool is_no_news(const struct glow_mqtt_event *event)
{
	return (event->kind == GLOW_MQTT_WISH_REFUSED && !event->message.topic) || event->kind == GLOW_MQTT_DROPPED;
}

/* The next event within that time; false for none. What comes all the time is no reason to stay longer. */
static bool next_event(struct glow_ctl_session *s, int64_t end_ms, struct glow_mqtt_event *ret_event)
{
	struct pollfd fd = { .fd = glow_mqtt_fd(s->mqtt), .events = POLLIN };

	if (glow_mono_ms() > end_ms)
		return false;
	while (!glow_mqtt_next(s->mqtt, ret_event) || is_no_news(ret_event)) {
		int64_t left_ms = end_ms - glow_mono_ms();

		if (left_ms <= 0 || poll(&fd, 1, (int)(left_ms < LOOK_MS ? left_ms : LOOK_MS)) < 0)
			return false;
		glow_progress_tick();
	}
	if (ret_event->kind == GLOW_MQTT_CONNECTED)
		glow_ctl_warn_limits(&ret_event->limits);
	if (ret_event->kind == GLOW_MQTT_MESSAGE) {
		glow_watch_message(&s->watch, &ret_event->message);
		hear_kept(s, &ret_event->message);
	}
	s->refused = s->refused || ret_event->kind == GLOW_MQTT_REFUSED;
	if (ret_event->kind != GLOW_MQTT_MESSAGE && ret_event->kind != GLOW_MQTT_CONNECTED)
		snprintf(s->lost, sizeof(s->lost), "%s", ret_event->why);
	return true;
}

static int wait_connected(struct glow_ctl_session *s)
{
	const char *broker = s->options->common.broker;
	int64_t end_ms = glow_mono_ms() + s->patience_ms;
	struct glow_mqtt_event event;

	glow_progress_say("waiting for %s", broker);
	while (next_event(s, end_ms, &event)) {
		if (event.kind == GLOW_MQTT_MESSAGE) {
			/* What a broker keeps comes to an end, however slow the network is. */
			if (event.message.retained && s->patience_ms == GLOW_CTL_CONNECT_MS)
				end_ms = glow_mono_ms() + s->patience_ms;
			continue;
		}
		glow_progress_end();
		if (event.kind == GLOW_MQTT_CONNECTED)
			snprintf(s->broker, sizeof(s->broker), "%s", event.why);
		s->limits = event.limits;
		return event.kind == GLOW_MQTT_CONNECTED ? 0 : glow_ctl_fail(EX_UNAVAILABLE, "%s", event.why);
	}
	glow_progress_end();
	return glow_ctl_fail(EX_UNAVAILABLE, "%s does not answer", broker);
}

/* How many of the last ones a broker may refuse: those of a watch. */
static size_t wishes_of(const char *const *leaves, size_t n)
{
	size_t first = 0, must = GLOW_WATCH_TOPICS - GLOW_WATCH_WISHES;

	while (first < must && leaves != glow_watch_topics + first)
		first++;
	return first < must ? n - (must - first) : 0;
}

void glow_ctl_tick(struct glow_ctl_session *s)
{
	const struct glow_watch *w = &s->watch;
	int64_t utc_us = glow_mono_now().ns / 1000 + glow_wall_minus_mono_us();

	glow_watch_tick(&s->watch, w->has_beacon ? w->beacon.time_us
						 : utc_us - (w->conductor.has_utc ? w->conductor.utc_offset_us : 0));
}

static int open_within(struct glow_ctl_session *s, const char *const *leaves, size_t n_leaves)
{
	const struct glow_ctl_options *o = s->options;
	struct glow_mqtt_cfg cfg = glow_common_mqtt(&o->common);
	char topics[LEAVES_MAX][GLOW_TOPIC_MAX + 1], why[GLOW_MQTT_WHY];
	const char *list[LEAVES_MAX], *answers = s->answers;
	size_t wishes = wishes_of(leaves, n_leaves);
	int64_t begin_ms = glow_mono_ms();
	int r;

	s->kept = cJSON_CreateObject();
	glow_watch_init(&s->watch, o->common.prefix);
	glow_ctl_tick(s); /* so that the roster is in force before nodes are heard of */
	glow_ctl_client_id(s->client);
	glow_topic_make(s->answers, o->common.prefix, "answer", s->client, "1");
	for (size_t k = 0; k < n_leaves; k++) {
		glow_topic_make(topics[k], o->common.prefix, leaves[k], NULL, NULL);
		list[k] = topics[k];
	}
	cfg.client_id = s->client;
	cfg.sort = glow_traffic_sort;
	cfg.inbox_max = GLOW_CTL_INBOX;
	cfg.topics = &answers;
	cfg.n_topics = 1;
	cfg.retained_topics = list;
	cfg.n_retained_topics = n_leaves - wishes;
	cfg.wished_topics = list + n_leaves - wishes;
	cfg.n_wished_topics = wishes;
	r = glow_mqtt_open(&cfg, &s->mqtt, why);
	r = r < 0 ? glow_ctl_fail_open(o, r, why) : wait_connected(s);
	s->took_ms = glow_mono_ms() - begin_ms;
	return r;
}

int glow_ctl_open(struct glow_ctl_session *s, const struct glow_ctl_options *o, const char *const *leaves,
		  size_t n_leaves)
{
	*s = (struct glow_ctl_session){ .options = o, .patience_ms = GLOW_CTL_CONNECT_MS };
	return open_within(s, leaves, n_leaves);
}

int glow_ctl_open_lights(struct glow_ctl_session *s, const struct glow_ctl_options *o, const char *const *leaves,
			 size_t n_leaves)
{
	*s = (struct glow_ctl_session){ .options = o, .patience_ms = GLOW_CTL_CONNECT_MS, .keeps_lights = true };
	return open_within(s, leaves, n_leaves);
}

int glow_ctl_open_soon(struct glow_ctl_session *s, const struct glow_ctl_options *o, const char *const *leaves,
		       size_t n_leaves)
{
	*s = (struct glow_ctl_session){ .options = o, .patience_ms = GLOW_CTL_SOON_MS };
	return open_within(s, leaves, n_leaves);
}

bool glow_ctl_next(struct glow_ctl_session *s, int64_t wait_ms, struct glow_message *ret_message)
{
	struct glow_mqtt_event event;

	if (!next_event(s, glow_mono_ms() + wait_ms, &event) || event.kind != GLOW_MQTT_MESSAGE)
		return false;
	*ret_message = event.message;
	return true;
}

bool glow_ctl_wait(struct glow_ctl_session *s, int64_t wait_ms, bool (*done)(const struct glow_watch *watch))
{
	int64_t end_ms = glow_mono_ms() + wait_ms;
	struct glow_message message;

	while (!done(&s->watch) && glow_ctl_next(s, end_ms - glow_mono_ms(), &message))
		;
	glow_progress_end();
	return done(&s->watch);
}

/* Of how many there is no info; `own`: none by their own word. */
static size_t unknown(const struct glow_watch *w, bool own)
{
	size_t n = 0;

	for (size_t k = 0; k < w->n_nodes; k++)
		n += !(own ? w->nodes[k]->own_info : w->nodes[k]->has_info);
	return n;
}

static void ask_info(struct glow_ctl_session *s, const char *id)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_make(topic, s->options->common.prefix, "node", id, "info");
	glow_mqtt_follow(s->mqtt, topic, true);
}

void glow_ctl_read_infos(struct glow_ctl_session *s)
{
	const struct glow_watch *w = &s->watch;
	struct glow_message message;
	int64_t since_ms, patience_ms = PATIENCE_MS + s->took_ms; /* the way may be long */
	size_t missing;
	bool all;

	glow_ctl_tick(s); /* a roster may be due by now */
	missing = unknown(w, false);
	all = w->stage.roster.n_kinds == 0 || !glow_watch_led(w) || missing > SINGLY;
	if (!all && missing == 0)
		return;
	if (all)
		ask_info(s, "+");
	for (size_t k = 0; !all && k < w->n_nodes; k++)
		if (!w->nodes[k]->has_info)
			ask_info(s, w->nodes[k]->id);
	/* Nobody says which comes last. */
	for (since_ms = glow_mono_ms(); glow_mono_ms() - since_ms < patience_ms && !s->lost[0];)
		if (glow_ctl_next(s, QUIET_MS, &message) && message.retained) {
			since_ms = glow_mono_ms();
			patience_ms = PATIENCE_MS;
		} else if (glow_mono_ms() - since_ms >= QUIET_MS && w->n_nodes > 0 && unknown(w, all) == 0) {
			return;
		}
}

static bool all_reported(const struct glow_watch *w)
{
	unsigned online = 0, reported = 0;

	for (size_t k = 0; k < w->n_nodes; k++) {
		online += w->nodes[k]->online;
		reported += w->nodes[k]->online && w->nodes[k]->has_stats;
	}
	glow_progress_say("%u of %u nodes have reported, which they do every ten seconds", reported, online);
	return reported == online;
}

bool glow_ctl_wait_reports(struct glow_ctl_session *s, int64_t wait_ms)
{
	return glow_ctl_wait(s, wait_ms, all_reported);
}

cJSON *glow_ctl_ask(struct glow_ctl_session *s, const char *topic, const char *payload, int n)
{
	const struct glow_message ask = { .topic = topic,
					  .payload = payload,
					  .len = strlen(payload),
					  .qos = 1,
					  .response_topic = s->answers,
					  .correlation = s->client,
					  .correlation_len = strlen(s->client) };
	cJSON *answers = cJSON_CreateArray(), *answer = NULL;
	int64_t end_ms = glow_mono_ms() + GLOW_CTL_ANSWER_MS;
	struct glow_message message;
	struct glow_diag diag;

	glow_mqtt_publish(s->mqtt, &ask);
	glow_progress_say("waiting for answers");
	/* A conductor is no node: its answer names none. */
	while ((!answer || (glow_json_get(answer, "node") && cJSON_GetArraySize(answers) < n)) &&
	       glow_ctl_next(s, end_ms - glow_mono_ms(), &message)) {
		cJSON *heard;

		if (strcmp(message.topic, s->answers) != 0)
			continue;
		heard = glow_json_parse(message.payload, message.len, &diag);
		if (heard)
			cJSON_AddItemToArray(answers, answer = heard);
	}
	glow_progress_end();
	return answers;
}

static const char *text_of(const cJSON *answer, const char *name)
{
	const cJSON *item = glow_json_get(answer, name);

	return cJSON_IsString(item) ? item->valuestring : "";
}

static void warn_of(const char *node, const char *ignored)
{
	glow_ctl_fail(0, "%s%signored %s, which says nothing here", node, node[0] ? ": " : "", ignored);
}

void glow_ctl_warn_ignored(const struct glow_diag *diag)
{
	for (const char *path = NULL; (path = glow_diag_ignored(diag, path));)
		warn_of("", path);
}

/* What may help against a rejection, which goes behind it. */
static void write_hint(const char *code, const char *message, char *ret_hint, size_t room)
{
	char name[GLOW_SCRIPT_NAME_SIZE];

	ret_hint[0] = '\0';
	if (strcmp(code, glow_code_name(GLOW_UNKNOWN_TARGET)) == 0)
		snprintf(ret_hint, room, " (--force does it all the same)");
	else if (strcmp(code, glow_code_name(GLOW_UNKNOWN_EFFECT)) == 0 && glow_shipped_quoted(message, name))
		snprintf(ret_hint, room, "; glowctl effects put %s brings the one that is shipped", name);
}

/* The exit status that a rejection makes, which it prints, as it does what was ignored. */
static int complain(const cJSON *answer)
{
	const char *node = text_of(answer, "node"), *field = text_of(answer, "field"), *code = text_of(answer, "code");
	const char *message = text_of(answer, "message");
	const cJSON *path;
	char hint[100];

	cJSON_ArrayForEach(path, glow_json_get(answer, "ignored"))
		warn_of(node, cJSON_IsString(path) ? path->valuestring : "");
	if (strcmp(text_of(answer, "status"), "ok") == 0)
		return 0;
	write_hint(code, message, hint, sizeof(hint));
	return glow_ctl_fail(strcmp(code, glow_code_name(GLOW_BUSY)) == 0 ? EX_TEMPFAIL : EX_DATAERR, "%s%s%s%s%s%s",
			     node, node[0] ? ": " : "", field, field[0] ? ": " : "", message, hint);
}

int glow_ctl_complain(const cJSON *answers)
{
	const cJSON *answer;
	int status = 0;

	cJSON_ArrayForEach(answer, answers)
	{
		int one = complain(answer);

		if (status != EX_DATAERR && one)
			status = one;
	}
	return status;
}

int glow_ctl_ask_conductor(struct glow_ctl_session *s, const char *a, const char *b, const char *payload,
			   cJSON **ret_answer)
{
	char topic[GLOW_TOPIC_MAX + 1];
	cJSON *answers;
	int status;

	glow_topic_make(topic, s->options->common.prefix, a, b, NULL);
	answers = glow_ctl_ask(s, topic, payload, 1);
	*ret_answer = cJSON_DetachItemFromArray(answers, 0);
	cJSON_Delete(answers);
	if (!*ret_answer)
		return glow_ctl_fail_silence(s,
					     "no conductor answered within %d s: is glow-conductor running? glowctl "
					     "nodes tells",
					     GLOW_CTL_ANSWER_MS / 1000);
	status = complain(*ret_answer);
	if (status == 0)
		return 0;
	cJSON_Delete(*ret_answer);
	*ret_answer = NULL;
	return status;
}

void glow_ctl_tell_skipped(const cJSON *answer, const char *why)
{
	const cJSON *list = glow_json_get(answer, "skipped");

	for (const cJSON *id = list ? list->child : NULL; id; id = id->next)
		if (cJSON_IsString(id))
			fprintf(stderr, "glowctl: %s %s\n", id->valuestring, why);
}

void glow_ctl_pause(struct glow_ctl_session *s)
{
	if (!glow_mqtt_close(s->mqtt, 1000))
		_exit(EX_UNAVAILABLE);
	s->mqtt = NULL;
}

int glow_ctl_close(struct glow_ctl_session *s, int status)
{
	fflush(stdout);
	glow_progress_end();
	if (!glow_mqtt_close(s->mqtt, 1000))
		_exit(status);
	glow_watch_fini(&s->watch);
	cJSON_Delete(s->kept);
	return status;
}

void glow_ctl_time_text(const struct glow_watch *watch, int64_t t_us, char ret_text[16])
{
	int64_t utc_us = t_us + (watch->conductor.has_utc ? watch->conductor.utc_offset_us : 0);
	time_t seconds = (time_t)glow_floor_div(utc_us, GLOW_US_PER_S);
	char clock[9];
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	snprintf(ret_text, 16, "%s.%03d", clock, (int)(glow_floor_mod(utc_us, GLOW_US_PER_S) / 1000));
}

/* One byte more than a command may have is enough for the receiver to say that it is too large. */
static char *read_stdin(int *ret_status)
{
	char *text = calloc(1, GLOW_COMMAND_MAX + 2);
	size_t n = text ? fread(text, 1, GLOW_COMMAND_MAX + 1, stdin) : 0;

	if (!text || ferror(stdin) || strlen(text) != n) {
		free(text);
		*ret_status = glow_ctl_fail(EX_NOINPUT, "cannot read a command from standard input");
		return NULL;
	}
	return text;
}

char *glow_ctl_text(int n_words, char *const words[], int *ret_status)
{
	char *text = NULL;
	size_t size;
	FILE *out;

	if (n_words == 1 && strcmp(words[0], "-") == 0)
		return read_stdin(ret_status);
	out = n_words > 0 ? open_memstream(&text, &size) : NULL;
	for (int k = 0; out && k < n_words; k++)
		fprintf(out, "%s%s", k ? " " : "", words[k]);
	if (out && fclose(out) != 0) {
		free(text);
		text = NULL;
	}
	if (!text && n_words > 0)
		*ret_status = glow_ctl_fail(EX_OSERR, "out of memory");
	return text;
}
