/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Deletion is an absence, and an absence has two causes: somebody emptied the topic, or the broker has
 * lost all it kept. What else we keep there tells them apart. Our own announcement
 * is believed to be kept only when it has come back from the broker. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/discovery.h>
#include <glow/hash.h>
#include <glow/herald.h>
#include <glow/json.h>
#include <glow/log.h>

static uint32_t hash_of(const void *payload, size_t len)
{
	uint32_t hash = glow_fnv1a(GLOW_FNV_START, payload, len);

	return hash ? hash : 1;
}

void glow_herald_init(struct glow_herald *h, const struct glow_publisher *out, const char *id, const char *keepsake,
		      uint32_t seed)
{
	*h = (struct glow_herald){ .out = *out, .seed = seed, .due = { GLOW_NEVER }, .news = { GLOW_NEVER } };
	h->told = glow_discovery_hash(&(struct glow_discovery){ .prefix = "" });
	glow_discovery_topic(h->any, "+", out->prefix, id);
	snprintf(h->keepsake, sizeof(h->keepsake), "%s", keepsake);
	if (!out->discovery[0])
		return;
	glow_discovery_topic(h->own, out->discovery, out->prefix, id);
	glow_topic_make(h->birth, out->discovery, "status", NULL, NULL);
}

void glow_herald_fini(struct glow_herald *h)
{
	cJSON_Delete(h->parts);
	h->parts = NULL;
}

bool glow_herald_topic(const struct glow_herald *h, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	/* A prefix of one level is among any. */
	bool apart = strchr(h->out.discovery, '/') != NULL;
	const char *const topics[] = { h->any, h->birth, apart ? h->own : "" };

	if (k >= sizeof(topics) / sizeof(topics[0]) || !topics[k][0])
		return false;
	snprintf(ret_topic, GLOW_TOPIC_MAX + 1, "%s", topics[k]);
	return true;
}

/* ---- what is heard ---- */

/* So much later, that not all do so at once. */
static int64_t roll_ns(struct glow_herald *h)
{
	uint64_t wait_us = (uint64_t)glow_dice(h->seed, h->rolls++, 0) * (GLOW_HERALD_SPREAD_NS / 1000) >> 32;

	return (int64_t)wait_us * 1000;
}

static void hear_birth(struct glow_herald *h, const struct glow_message *m, struct glow_raw now)
{
	if (m->retained || !glow_message_says(m, "online")) /* an old one asks nothing */
		return;
	h->deleted = false;
	h->due.ns = glow_sooner(h->due.ns, now.ns + roll_ns(h));
}

static void note_deleted(struct glow_herald *h)
{
	if (!h->deleted)
		glow_info("%s was deleted: announced again when Home Assistant or this program starts again", h->own);
	h->deleted = true;
	h->due.ns = GLOW_NEVER;
}

/* Which components an announcement has. One that has a platform alone is a component no more. */
static cJSON *parts_of(const struct glow_message *m)
{
	struct glow_diag diag;
	cJSON *parts = cJSON_CreateObject(), *tree = m->len ? glow_json_parse(m->payload, m->len, &diag) : NULL;
	const cJSON *all = glow_json_get(tree, "components");

	for (const cJSON *one = cJSON_IsObject(all) ? all->child : NULL; one; one = one->next) {
		const char *platform = cJSON_GetStringValue(glow_json_get(one, "platform"));

		if (platform && cJSON_GetArraySize(one) > 1)
			cJSON_AddStringToObject(parts, one->string, platform);
	}
	cJSON_Delete(tree);
	return parts;
}

static void hear_own(struct glow_herald *h, const struct glow_message *m)
{
	cJSON_Delete(h->parts);
	h->parts = parts_of(m);
	h->kept = m->len ? hash_of(m->payload, m->len) : 0;
	if (!h->kept)
		note_deleted(h);
	else
		h->deleted = false;
}

/* Ours is what names us as its origin: another program may have a device of that name. */
static bool is_ours(const struct glow_message *m)
{
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(m->payload, m->len, &diag);
	const cJSON *name = glow_json_get(glow_json_get(tree, "origin"), "name");
	bool ours = cJSON_IsString(name) && strcmp(name->valuestring, GLOW_DISCOVERY_ORIGIN) == 0;

	cJSON_Delete(tree);
	return ours;
}

static void hear_stray(struct glow_herald *h, const struct glow_message *m)
{
	if (m->retained && m->len && h->n_strays < GLOW_HERALD_STRAYS && is_ours(m))
		snprintf(h->strays[h->n_strays++], sizeof(h->strays[0]), "%s", m->topic);
}

bool glow_herald_message(struct glow_herald *h, const struct glow_message *m, struct glow_raw now)
{
	const char *below = strchr(m->topic, '/');

	if (strcmp(m->topic, h->keepsake) == 0) {
		h->remembers = h->remembers || (m->retained && m->len);
		return false;
	}
	if (h->own[0] && strcmp(m->topic, h->birth) == 0)
		hear_birth(h, m, now);
	else if (h->own[0] && strcmp(m->topic, h->own) == 0)
		hear_own(h, m);
	else if (below && strcmp(below, h->any + 1) == 0)
		hear_stray(h, m);
	else
		return false;
	return true;
}

void glow_herald_connected(struct glow_herald *h)
{
	h->connected = true;
	if (h->had && !h->kept && h->remembers)
		note_deleted(h);
}

void glow_herald_disconnected(struct glow_herald *h)
{
	h->had = h->kept != 0;
	h->connected = h->remembers = false;
	h->kept = 0;
	h->n_strays = 0;
}

/* ---- what is said ---- */

static void take_back(struct glow_herald *h)
{
	while (h->n_strays > 0) {
		const char *topic = h->strays[--h->n_strays];

		glow_info("%s was announced by an earlier run: taken back", topic);
		glow_publish_text(&h->out, topic, "", 1, true);
	}
}

/* What is merely left out, Home Assistant keeps. */
static void remove_parts(const struct glow_herald *h, cJSON *tree)
{
	cJSON *all = cJSON_GetObjectItemCaseSensitive(tree, "components");

	for (const cJSON *one = h->parts && all ? h->parts->child : NULL; one; one = one->next)
		if (!glow_json_get(all, one->string))
			cJSON_AddStringToObject(cJSON_AddObjectToObject(all, one->string), "platform",
						one->valuestring);
}

void glow_herald_announce(struct glow_herald *h, cJSON *tree)
{
	char *text;

	remove_parts(h, tree);
	text = glow_json_finish(tree);
	take_back(h);
	if (text && h->own[0] && !h->deleted && hash_of(text, strlen(text)) != h->kept)
		glow_publish_text(&h->out, h->own, text, 1, true);
	free(text);
}

void glow_herald_offer(struct glow_herald *h, uint32_t hash, struct glow_raw now)
{
	if (!h->own[0] || hash == h->told)
		return;
	h->told = hash;
	if (h->news.ns == GLOW_NEVER)
		h->news.ns = (h->quiet.ns > now.ns ? h->quiet.ns : now.ns) + roll_ns(h);
}

bool glow_herald_asked(struct glow_herald *h, struct glow_raw now)
{
	bool asked = h->due.ns <= now.ns, news = h->news.ns <= now.ns;

	if (asked) {
		h->due.ns = GLOW_NEVER;
		h->kept = 0; /* it is said again, kept or not */
	}
	if (news) {
		h->news.ns = GLOW_NEVER;
		h->quiet.ns = now.ns + GLOW_HERALD_QUIET_NS;
	}
	return (asked || news) && h->connected;
}

struct glow_raw glow_herald_next(const struct glow_herald *h)
{
	return (struct glow_raw){ glow_sooner(h->due.ns, h->news.ns) };
}
