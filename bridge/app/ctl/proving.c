/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "proving.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <glow/clock.h>

#define SAID      700
#define QUIET_MS  500 /* nothing retained comes any more */
#define PATIENT_S 60  /* a keepalive that no proof outlasts */

static void full_topic(const struct glow_proving *p, const char *topic, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	snprintf(ret_topic, GLOW_TOPIC_MAX + 1, "%s%s", p->where, topic);
}

int glow_proving_try(struct glow_proving *p, int at, struct glow_manners manners, struct glow_envoy *ret_envoy)
{
	char live[GLOW_TOPIC_MAX + 1], kept[GLOW_TOPIC_MAX + 1], wished[GLOW_TOPIC_MAX + 1], will[GLOW_TOPIC_MAX + 1],
		id[100];
	const char *topics = live, *retained = kept, *wishes = wished;
	struct glow_mqtt_cfg cfg = glow_common_mqtt(&p->o->common);

	full_topic(p, manners.live ? manners.live : "", live);
	full_topic(p, manners.kept ? manners.kept : "", kept);
	full_topic(p, manners.wished ? manners.wished : "", wished);
	full_topic(p, manners.will ? manners.will : "", will);
	if (manners.id)
		snprintf(id, sizeof(id), "%s-%s", p->client, manners.id);
	else
		snprintf(id, sizeof(id), "%s-%u", p->client, ++p->n_ids);
	cfg.broker = p->broker[at];
	cfg.client_id = id;
	cfg.keepalive_s = manners.keepalive_s ? manners.keepalive_s : PATIENT_S;
	cfg.will_topic = manners.will ? will : NULL;
	cfg.will_payload = "offline";
	cfg.topics = &topics;
	cfg.n_topics = manners.live != NULL;
	cfg.retained_topics = &retained;
	cfg.n_retained_topics = manners.kept != NULL;
	cfg.wished_topics = &wishes;
	cfg.n_wished_topics = manners.wished != NULL;
	return glow_envoy_send(ret_envoy, &cfg, p->why);
}

struct glow_envoy *glow_proving_send(struct glow_proving *p, int at, struct glow_manners manners)
{
	for (struct glow_envoy *e = p->envoys; e < p->envoys + GLOW_PROVING_ENVOYS; e++) {
		if (e->pid > 0)
			continue;
		if (glow_proving_try(p, at, manners, e) == 0)
			return e;
		glow_proving_fail(p, "%s", p->why);
		return NULL;
	}
	glow_proving_fail(p, "too many connections at once");
	return NULL;
}

int glow_proving_say_or(struct glow_proving *p, struct glow_envoy *e, struct glow_envoy_post post)
{
	char topic[GLOW_TOPIC_MAX + 1], response[GLOW_TOPIC_MAX + 1];

	full_topic(p, post.topic, topic);
	post.topic = topic;
	if (post.response_topic) {
		full_topic(p, post.response_topic, response);
		post.response_topic = response;
	}
	return glow_envoy_publish(e, &post, p->why);
}

bool glow_proving_say(struct glow_proving *p, struct glow_envoy *e, struct glow_envoy_post post)
{
	if (!e)
		return false;
	if (glow_proving_say_or(p, e, post) == 0)
		return true;
	glow_proving_fail(p, "%s", p->why);
	return false;
}

static void strip(const struct glow_proving *p, char *topic)
{
	size_t len = strlen(p->where);

	if (strncmp(topic, p->where, len) == 0)
		memmove(topic, topic + len, strlen(topic + len) + 1);
}

bool glow_proving_hear(struct glow_proving *p, struct glow_envoy *e, unsigned wait_ms,
		       struct glow_envoy_heard *ret_heard)
{
	int reason;

	if (glow_envoy_hear(e, wait_ms, ret_heard, &reason, p->why) <= 0)
		return false;
	strip(p, ret_heard->topic);
	strip(p, ret_heard->response_topic);
	return true;
}

unsigned glow_proving_count(struct glow_proving *p, int at, const char *filter, unsigned most)
{
	struct glow_envoy e;
	struct glow_envoy_heard heard;
	unsigned n = 0;

	if (glow_proving_try(p, at, (struct glow_manners){ .kept = filter }, &e) < 0)
		return 0;
	while (n < most && glow_proving_hear(p, &e, QUIET_MS, &heard))
		n += heard.retained;
	glow_envoy_end(&e, GLOW_ENVOY_GOODBYE);
	return n;
}

bool glow_proving_hear_text(struct glow_proving *p, struct glow_envoy *e, const char *text,
			    struct glow_envoy_heard *ret_heard)
{
	return glow_proving_hear(p, e, p->patience_ms, ret_heard) && strcmp(ret_heard->text, text) == 0;
}

unsigned glow_proving_count_patiently(struct glow_proving *p, const char *filter, unsigned wanted, int *ret_tries)
{
	int64_t end_ms = glow_mono_ms() + p->patience_ms;
	unsigned most = wanted > 0 ? wanted : 1, n = glow_proving_count(p, 1, filter, most);

	for (*ret_tries = 1; n != wanted && glow_mono_ms() < end_ms; (*ret_tries)++)
		n = glow_proving_count(p, 1, filter, most);
	return n;
}

void glow_proving_part(struct glow_proving *p)
{
	for (struct glow_envoy *e = p->envoys; e < p->envoys + GLOW_PROVING_ENVOYS; e++)
		glow_envoy_end(e, GLOW_ENVOY_GOODBYE);
}

#define WORDS(text)                                            \
	do {                                                   \
		va_list args;                                  \
                                                               \
		va_start(args, format);                        \
		vsnprintf((text), sizeof(text), format, args); \
		va_end(args);                                  \
	} while (0)

void glow_proving_well(struct glow_proving *p, const char *format, ...)
{
	char text[SAID];

	WORDS(text);
	glow_findings_add(p->found, GLOW_FINDING_WELL, p->proof->about, false, NULL, "%s", text);
}

void glow_proving_note(struct glow_proving *p, const char *format, ...)
{
	char text[SAID];

	WORDS(text);
	glow_findings_add(p->found, GLOW_FINDING_NOTE, p->proof->about, false, NULL, "%s", text);
}

void glow_proving_fail(struct glow_proving *p, const char *format, ...)
{
	char text[SAID];

	WORDS(text);
	glow_findings_add(p->found, GLOW_FINDING_TROUBLE, p->proof->about, false, p->proof->cure, "%s; %s", text,
			  p->proof->means);
}
