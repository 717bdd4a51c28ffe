/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <string.h>

#include <glow/complaints.h>
#include <glow/hash.h>
#include <glow/log.h>

#define NODES "bridge-" /* accounts of single nodes begin so */

void glow_account_hint(const char *what, const char *id, const char *username, char ret_hint[GLOW_ACCOUNT_HINT])
{
	bool node = strcmp(what, "node") == 0;
	const char *right = node ? NODES : "conductor", *of = node ? id : "";

	if (!username || !username[0])
		snprintf(ret_hint, GLOW_ACCOUNT_HINT, "; it came without an account: --username %s%.40s", right, of);
	else if (strncmp(username, NODES, strlen(NODES)) == 0 && strcmp(username + strlen(NODES), of) != 0)
		snprintf(ret_hint, GLOW_ACCOUNT_HINT,
			 "; its account %.50s is that of the node %.40s: this is the %s %.40s, and wants %s%.40s",
			 username, username + strlen(NODES), what, id, right, of);
	else
		snprintf(ret_hint, GLOW_ACCOUNT_HINT, "; is %.60s the account of a %s in the broker's rules?", username,
			 what);
}

void glow_complaints_init(struct glow_complaints *c, const char *what, const char *id, const struct glow_mqtt_cfg *mqtt)
{
	const char *will = mqtt->will_topic ? mqtt->will_topic : "", *end = strrchr(will, '/');

	*c = (struct glow_complaints){ .n_told = 0 };
	snprintf(c->own, sizeof(c->own), "%.*s", end ? (int)(end + 1 - will) : 0, will);
	glow_account_hint(what, id, mqtt->username, c->hint);
}

/* True for what was not told, or not for long. */
static bool is_news(struct glow_complaints *c, const char *key)
{
	uint32_t hash = glow_fnv1a(GLOW_FNV_START, key, strlen(key));
	unsigned k = 0;
	bool news;

	while (k < c->n_told && c->told[k] != hash)
		k++;
	news = k == c->n_told;
	if (news && c->n_told < GLOW_COMPLAINTS_MAX)
		c->n_told++;
	else if (news)
		k--;
	memmove(c->told + 1, c->told, k * sizeof(c->told[0]));
	c->told[0] = hash;
	return news;
}

static bool is_own(const struct glow_complaints *c, const char *topic)
{
	return c->own[0] && strncmp(topic, c->own, strlen(c->own)) == 0;
}

static void take_refusal(struct glow_complaints *c, const struct glow_mqtt_event *event)
{
	bool own = is_own(c, event->message.topic), news = is_news(c, event->message.topic);
	char text[sizeof(c->trouble)];

	snprintf(text, sizeof(text), "%s%s", event->why, own ? c->hint : "");
	/* The log lets each place say so much: that many answers are refused must not silence what is ours. */
	if (own && news)
		glow_error("%s", text);
	else if (news)
		glow_warning("%s", text);
	if (own)
		memcpy(c->trouble, text, sizeof(text));
}

static void take_limits(struct glow_complaints *c, const struct glow_mqtt_limits *limits)
{
	char text[GLOW_MQTT_WHY];

	c->trouble[0] = '\0';
	for (unsigned k = 0; glow_mqtt_limits_say(limits, k, text); k++)
		if (is_news(c, text))
			glow_error("%s", text);
}

void glow_complaints_event(struct glow_complaints *c, const struct glow_mqtt_event *event)
{
	if (event->kind == GLOW_MQTT_CONNECTED)
		take_limits(c, &event->limits);
	else if (event->kind == GLOW_MQTT_REFUSED)
		take_refusal(c, event);
	else if (event->kind == GLOW_MQTT_UNSENT && is_news(c, event->message.topic))
		glow_error("%s", event->why);
	else if (event->kind == GLOW_MQTT_WISH_REFUSED && is_news(c, event->why))
		glow_warning("%s; going on without it", event->why);
}

const char *glow_complaints_trouble(const struct glow_complaints *c)
{
	return c->trouble[0] ? c->trouble : NULL;
}
