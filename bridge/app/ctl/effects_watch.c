/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* glowctl effects watch: a file is put on every save. One question is open at a time, so that it is clear which save an
 * answer is for; of several saves meanwhile the last counts. What nobody answered is asked again when there is
 * somebody: the broker is back, or a conductor leads. */

#include "effects.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <glow/effect_text.h>
#include <glow/json.h>

#include "effect_file.h"
#include "rows.h"
#include "saves.h"
#include "session.h"
#include "window.h"

struct putter {
	struct glow_ctl_session session;
	struct glow_window window; /* in which nothing is drawn: lines say what happens */
	struct glow_saves saves;
	sd_event_source *silence; /* on while a question is open */
	const char *path;
	char name[GLOW_ID_MAX + 1], topic[GLOW_TOPIC_MAX + 1], set_topic[GLOW_TOPIC_MAX + 1];
	char *text;     /* of the latest save; NULL: it could not be read */
	char *asked[2]; /* the texts that were asked to be put last, the latest first */
	unsigned n_asked;
	uint64_t rev;  /* of the cluster's text that was heard last */
	bool open;     /* a question is */
	bool due;      /* there is something to ask */
	bool lamented; /* that nobody answers this save */
	bool connected;
	bool hinted; /* how it is shown */
	int status;  /* of the latest save */
};

/* ---- what is said ---- */

static void say_put(struct putter *p, const cJSON *at)
{
	char clock[16] = "now on";

	if (cJSON_IsNumber(at))
		glow_ctl_time_text(&p->session.watch, (int64_t)at->valuedouble, clock);
	printf("%s: put, in force from %s%s%s\n", p->name, clock, p->hinted ? "" : "; glowctl play ",
	       p->hinted ? "" : p->name);
	fflush(stdout);
	p->hinted = true;
	p->status = 0;
}

/* ---- putting ---- */

static bool is_mine(const struct putter *p, const char *text, size_t len)
{
	for (int k = 0; k < 2; k++)
		if (p->asked[k] && strlen(p->asked[k]) == len && memcmp(p->asked[k], text, len) == 0)
			return true;
	return false;
}

static void publish(struct putter *p)
{
	char correlation[16];
	const struct glow_message ask = { .topic = p->set_topic,
					  .payload = p->text,
					  .len = strlen(p->text),
					  .qos = 1,
					  .response_topic = p->session.answers,
					  .correlation = correlation,
					  .correlation_len = (size_t)snprintf(correlation, sizeof(correlation), "%u",
									      ++p->n_asked) };

	glow_mqtt_publish(p->session.mqtt, &ask);
	if (!is_mine(p, p->text, strlen(p->text))) {
		free(p->asked[1]);
		p->asked[1] = p->asked[0];
		p->asked[0] = strdup(p->text);
	}
	p->due = false;
	p->open = true;
	sd_event_source_set_time_relative(p->silence, GLOW_CTL_ANSWER_MS * UINT64_C(1000));
	sd_event_source_set_enabled(p->silence, SD_EVENT_ONESHOT);
}

static void ask(struct putter *p)
{
	if (p->due && p->connected && !p->open)
		publish(p);
}

static void close_question(struct putter *p)
{
	p->open = false;
	sd_event_source_set_enabled(p->silence, SD_EVENT_OFF);
}

static int on_silence(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct putter *p = userdata;

	(void)source;
	(void)usec;
	close_question(p);
	p->due = true;
	if (!p->lamented)
		p->status = glow_ctl_fail(EX_UNAVAILABLE,
					  "%s is not put: no conductor answered within %d s; it is put when one does",
					  p->name, GLOW_CTL_ANSWER_MS / 1000);
	p->lamented = true;
	ask(p);
	return 0;
}

static void on_saved(void *ctx)
{
	struct putter *p = ctx;
	struct glow_diag diag;
	const char *fault;
	size_t len;

	free(p->text);
	p->text = glow_effect_file_read(p->path, &len, &diag);
	if (!p->text)
		strncat(diag.what, "; it is put once it can be read", sizeof(diag.what) - strlen(diag.what) - 1);
	fault = p->text ? glow_effect_file_fault(p->text, len) : diag.what;
	p->due = !fault;
	p->lamented = false;
	if (fault)
		p->status = glow_effect_file_complain(p->text ? EX_DATAERR : EX_NOINPUT, p->path, "", fault);
	else if (!p->connected)
		p->status = glow_ctl_fail(EX_UNAVAILABLE, "%s is not put: %s; it is put when the broker is back",
					  p->name, p->session.lost);
	ask(p);
}

/* ---- what is heard ---- */

static void take_answer(struct putter *p, const struct glow_message *m)
{
	char correlation[16];
	struct glow_diag diag;
	cJSON *tree;
	const cJSON *field, *message;
	int len = snprintf(correlation, sizeof(correlation), "%u", p->n_asked);

	if (!p->open || m->correlation_len != (size_t)len || memcmp(m->correlation, correlation, (size_t)len) != 0)
		return;
	close_question(p);
	tree = glow_json_parse(m->payload, m->len, &diag);
	field = glow_json_get(tree, "field");
	message = glow_json_get(tree, "message");
	if (cJSON_IsString(message))
		p->status =
			glow_effect_file_complain(EX_DATAERR, p->path, cJSON_IsString(field) ? field->valuestring : "",
						  message->valuestring);
	else
		say_put(p, glow_json_get(tree, "at_us"));
	cJSON_Delete(tree);
	ask(p);
}

/* Somebody else may write the same text. After a broken connection it is heard again. */
static void take_text(struct putter *p, const struct glow_message *m)
{
	struct glow_effect_text text;
	struct glow_diag diag;
	cJSON *tree = m->len ? glow_json_parse(m->payload, m->len, &diag) : NULL;

	if (m->len == 0)
		printf("%s: removed by somebody else; the next save puts it again\n", p->name);
	if (tree && glow_effect_text_read(tree, &text, &diag) == GLOW_OK && text.rev != p->rev) {
		p->rev = text.rev;
		if (!is_mine(p, text.text, text.len))
			printf("%s: changed by somebody else, so it is no more what %s says; the next save puts that "
			       "again\n",
			       p->name, p->path);
	}
	fflush(stdout);
	cJSON_Delete(tree);
}

static void take_message(struct putter *p, const struct glow_message *m)
{
	glow_watch_message(&p->session.watch, m); /* which keeps the time */
	if (strcmp(m->topic, p->session.answers) == 0)
		take_answer(p, m);
	else if (strcmp(m->topic, p->topic) == 0)
		take_text(p, m);
}

/* A question that was open when the connection ended may have got lost. */
static void take_trouble(struct putter *p, const char *why)
{
	bool news = p->connected || p->open;

	p->due = p->due || p->open;
	p->connected = false;
	close_question(p);
	snprintf(p->session.lost, sizeof(p->session.lost), "%s", why);
	if (news)
		p->status = glow_ctl_fail(p->due ? EX_UNAVAILABLE : p->status, "%s; trying again", why);
}

static int on_mqtt(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct putter *p = userdata;
	struct glow_mqtt_event event;

	(void)source;
	(void)fd;
	(void)revents;
	if (!glow_mqtt_next(p->session.mqtt, &event))
		return 0;
	switch (event.kind) {
	case GLOW_MQTT_MESSAGE:
		take_message(p, &event.message);
		break;
	case GLOW_MQTT_CONNECTED:
		p->connected = true;
		printf("%s is back\n", event.why);
		fflush(stdout);
		ask(p);
		break;
	case GLOW_MQTT_REFUSED:
	case GLOW_MQTT_UNSENT:
		close_question(p);
		p->status = glow_effect_file_complain(EX_UNAVAILABLE, p->path, "", event.why);
		break;
	case GLOW_MQTT_DISCONNECTED:
	case GLOW_MQTT_FAILED:
		take_trouble(p, event.why);
		break;
	default:
		break;
	}
	return 0;
}

/* ---- the whole ---- */

static int start(struct putter *p)
{
	sd_event *loop = p->window.loop;
	int r = sd_event_add_io(loop, NULL, glow_mqtt_fd(p->session.mqtt), EPOLLIN, on_mqtt, p);

	if (r >= 0)
		r = sd_event_add_time_relative(loop, &p->silence, CLOCK_MONOTONIC, 0, 1000, on_silence, p);
	if (r >= 0)
		r = sd_event_source_set_enabled(p->silence, SD_EVENT_OFF);
	if (r >= 0)
		r = glow_saves_init(&p->saves, loop, p->path, on_saved, p);
	return r < 0 ? glow_ctl_fail(EX_OSERR, "%s cannot be watched: %s", p->path, strerror(-r)) : 0;
}

static int watch(struct putter *p, const struct glow_ctl_options *o)
{
	const char *prefix = o->common.prefix, *topics[] = { "conductor/+", p->topic + strlen(prefix) + 1 };
	int status, r;

	glow_topic_of(p->topic, prefix, GLOW_TOPIC_TEXT, GLOW_OF_CLUSTER, p->name);
	glow_topic_of(p->set_topic, prefix, GLOW_TOPIC_TEXT_SET, GLOW_OF_CLUSTER, p->name);
	status = glow_ctl_open(&p->session, o, topics, CTL_N(topics));
	if (status == 0)
		status = start(p);
	if (status)
		return status;
	p->connected = true;
	on_saved(p);
	r = glow_window_run(&p->window, o->for_s, 1);
	return r < 0 ? glow_ctl_fail(EX_OSERR, "cannot go on: %s", strerror(-r)) : p->status;
}

int glow_ctl_effects_watch(const struct glow_ctl_options *o, const char *path)
{
	static struct putter p;
	int status;

	p.path = path;
	glow_effect_file_name(path, p.name);
	if (!glow_effect_text_named(p.name))
		return glow_ctl_fail(EX_DATAERR, "%s: %s", path, GLOW_EFFECT_FILE_MISNAMED);
	status = glow_window_init(&p.window, true);
	status = status < 0 ? glow_ctl_fail(EX_OSERR, "cannot start: %s", strerror(-status)) : watch(&p, o);
	glow_saves_fini(&p.saves);
	sd_event_source_unref(p.silence);
	glow_window_fini(&p.window);
	free(p.text);
	free(p.asked[0]);
	free(p.asked[1]);
	return p.session.mqtt ? glow_ctl_close(&p.session, status) : status;
}
