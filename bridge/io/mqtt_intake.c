/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Paho acknowledges what it reads before it shows it, so nothing can be left with the broker but what is not read. */

#include "mqtt_intake.h"

#include <stdlib.h>
#include <string.h>

void glow_intake_reset(struct glow_intake *in)
{
	free(in->held);
	in->held = NULL;
	in->held_ms = 0;
	memset(in->lost, 0, sizeof(in->lost));
	memset(in->again, 0, sizeof(in->again));
	in->some_lost = in->asking = false;
}

/* What we subscribed to as it is published comes with the flag of whoever publishes it. */
static bool is_replay(const struct glow_mqtt_cfg *cfg, const struct glow_message *message)
{
	bool replay = message->retained;

	for (size_t k = 0; replay && k < cfg->n_topics; k++)
		replay = !glow_filter_matches(cfg->topics[k], message->topic);
	return replay;
}

static void put(struct glow_intake *in, struct glow_mail *mail)
{
	const struct glow_mqtt_cfg *cfg = in->cfg;
	enum glow_lane lane = GLOW_LANE_COMMAND;
	uint64_t key = 0;

	if (mail && cfg->sort)
		lane = cfg->sort(cfg->prefix, GLOW_WAY_IN, &mail->event.message, &key);
	glow_mailbox_put(in->box, mail, lane, key);
}

bool glow_intake_put(struct glow_intake *in, struct glow_mail *mail)
{
	const struct glow_message *message = mail ? &mail->event.message : NULL;
	bool replay = mail && is_replay(in->cfg, message);
	bool room = mail && (replay || message->len == 0) && glow_mailbox_has_room(in->box, mail);

	/* That something was cleared cannot be asked for later: it has this room while there is some. */
	if (mail)
		mail->kept = replay || room;
	if (replay && !room && !in->leaving)
		in->held = mail;
	else
		put(in, mail);
	return replay;
}

bool glow_intake_has_room(struct glow_intake *in, int64_t now_ms)
{
	struct glow_mail *mail = in->held;

	if (!mail)
		return true;
	in->held_ms = in->held_ms ? in->held_ms : now_ms;
	if (!in->leaving && now_ms - in->held_ms < GLOW_INTAKE_HOLD_MS && !glow_mailbox_has_room(in->box, mail))
		return false;
	in->held = NULL;
	in->held_ms = 0;
	put(in, mail);
	return true;
}

/* The k-th filter of those that bring what is kept; NULL behind the last. */
static const char *filter_of(const struct glow_intake *in, size_t k)
{
	const struct glow_mqtt_cfg *cfg = in->cfg;
	size_t n_retained = cfg->n_retained_topics - (in->leads ? 0 : cfg->n_lead_retained);

	if (k < cfg->n_wished_topics)
		return cfg->wished_topics[k];
	k -= cfg->n_wished_topics;
	return k < n_retained ? cfg->retained_topics[k] : NULL;
}

void glow_intake_lost(void *ctx, const char *topic)
{
	struct glow_intake *in = ctx;
	const char *filter;

	for (size_t k = 0; k < GLOW_INTAKE_FILTERS && (filter = filter_of(in, k)); k++)
		if (!in->lost[k] && glow_filter_matches(filter, topic))
			in->some_lost = in->lost[k] = true;
	if (glow_follows_lost(in->follows, topic))
		in->some_lost = true;
}

/* True once it is time. */
static bool is_due(struct glow_intake *in, int64_t now_ms)
{
	if (!in->some_lost || in->held)
		return false;
	if (in->wait_ms == 0 || now_ms - in->ask_ms > GLOW_INTAKE_LAST_MS) { /* the first time, or the first for long */
		in->wait_ms = GLOW_INTAKE_FIRST_MS;
		in->ask_ms = now_ms + in->wait_ms;
	}
	return now_ms >= in->ask_ms && glow_mailbox_is_calm(in->box);
}

/* The first filter of this round that is still to be asked for; NULL behind the last. */
static const char *next_filter(const struct glow_intake *in, size_t *ret_k)
{
	const char *filter;

	for (size_t k = 0; k < GLOW_INTAKE_FILTERS && (filter = filter_of(in, k)); k++) {
		*ret_k = k;
		if (in->again[k])
			return filter;
	}
	return NULL;
}

/* What is lost from here on is for the next round, which is further away. How many follows are to be asked for. */
static int begin_round(struct glow_intake *in, int64_t now_ms)
{
	memcpy(in->again, in->lost, sizeof(in->again));
	memset(in->lost, 0, sizeof(in->lost));
	in->some_lost = false;
	in->wait_ms = 2 * in->wait_ms < GLOW_INTAKE_LAST_MS ? 2 * in->wait_ms : GLOW_INTAKE_LAST_MS;
	in->ask_ms = now_ms + in->wait_ms;
	return glow_follows_again(in->follows);
}

int glow_intake_ask(struct glow_intake *in, struct glow_link *link, int64_t now_ms)
{
	char why[GLOW_MQTT_WHY];
	const char *filter;
	int n = !in->asking && is_due(in, now_ms) ? begin_round(in, now_ms) : 0, r;
	size_t k = 0;

	filter = in->held ? NULL : next_filter(in, &k);
	if (!filter)
		return n;
	in->again[k] = false;
	r = glow_link_ask(link, filter, k >= in->cfg->n_wished_topics, why);
	in->asking = next_filter(in, &k);
	return r < 0 ? r : n + 1;
}
