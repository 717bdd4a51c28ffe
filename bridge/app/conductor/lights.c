/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/hash.h>
#include <glow/json.h>
#include <glow/topics.h>

#include "lights.h"

void glow_lights_init(struct glow_lights *l, const struct glow_publisher *out, const struct glow_members *members)
{
	*l = (struct glow_lights){ .out = *out, .members = members, .due = { GLOW_NEVER }, .again = { INT64_MIN } };
}

void glow_lights_fini(struct glow_lights *l)
{
	free(l->v);
	l->v = NULL;
	l->n = l->room = 0;
}

/* ---- which there are ---- */

/* The place of that group; NULL where there is no memory. */
static struct glow_light_of *entry(struct glow_lights *l, const char *group)
{
	uint32_t k = 0, room = l->room ? 2 * l->room : 8;
	struct glow_light_of *v;

	while (k < l->n && strcmp(l->v[k].group, group) < 0)
		k++;
	if (k < l->n && strcmp(l->v[k].group, group) == 0)
		return &l->v[k];
	if (l->n == l->room) {
		v = realloc(l->v, room * sizeof(*v));
		if (!v)
			return NULL;
		l->v = v;
		l->room = room;
	}
	memmove(&l->v[k + 1], &l->v[k], (l->n++ - k) * sizeof(*l->v));
	l->v[k] = (struct glow_light_of){ .wanted = false };
	snprintf(l->v[k].group, sizeof(l->v[k].group), "%s", group);
	return &l->v[k];
}

static void want(struct glow_lights *l, const char *group)
{
	struct glow_light_of *of = entry(l, group);

	if (of)
		of->wanted = true;
}

static void regroup(struct glow_lights *l)
{
	uint32_t n;
	char(*groups)[GLOW_NAME_SIZE] = glow_members_groups(l->members, &n);

	for (uint32_t k = 0; k < l->n; k++)
		l->v[k].wanted = false;
	want(l, "");
	for (uint32_t k = 0; k < n; k++)
		want(l, groups[k]);
	free(groups);
}

static uint32_t hash_of(const void *payload, size_t len)
{
	uint32_t hash = glow_fnv1a(GLOW_FNV_START, payload, len);

	return len == 0 ? 0 : hash ? hash : 1;
}

void glow_lights_hear(struct glow_lights *l, const char *group, const struct glow_message *m)
{
	struct glow_light_of *of = entry(l, group);

	if (of)
		of->kept = hash_of(m->payload, m->len);
}

void glow_lights_disconnected(struct glow_lights *l)
{
	for (uint32_t k = 0; k < l->n; k++)
		l->v[k].kept = 0;
}

/* ---- what it comes to ---- */

/* Who is ahead in counting those for and against; that is whoever has more than half, if somebody has. */
struct vote {
	const struct glow_member *who;
	uint32_t lead;
};

static void count(struct vote *vote, const struct glow_member *one, bool agrees)
{
	if (vote->lead == 0)
		*vote = (struct vote){ one, 1 };
	else
		vote->lead += agrees ? 1 : UINT32_MAX;
}

struct sum {
	uint32_t nodes, on, counted;
	uint64_t brightness;
	struct vote color, effect;
};

static bool counts(const struct glow_member *one, const char *group)
{
	return one->online && one->told && glow_members_belongs(one, group);
}

static void add(struct sum *sum, const struct glow_member *one)
{
	const struct glow_member *color = sum->color.who, *effect = sum->effect.who;

	sum->counted++;
	sum->brightness += one->light.brightness;
	count(&sum->color, one, color && glow_rgb_equal(color->light.color, one->light.color));
	count(&sum->effect, one, effect && strcmp(effect->light.effect, one->light.effect) == 0);
}

static struct sum add_up(const struct glow_members *m, const char *group)
{
	struct sum sum = { .nodes = 0 };

	for (uint32_t k = 0; k < m->n; k++)
		if (counts(&m->v[k], group)) {
			sum.nodes++;
			sum.on += m->v[k].on;
		}
	for (uint32_t k = 0; k < m->n; k++)
		if (counts(&m->v[k], group) && (m->v[k].on || sum.on == 0))
			add(&sum, &m->v[k]);
	return sum;
}

cJSON *glow_lights_write(const struct glow_members *members, const char *group)
{
	struct sum sum = add_up(members, group);
	cJSON *tree = cJSON_CreateObject(), *color;
	struct glow_rgb rgb;

	cJSON_AddStringToObject(tree, "state", sum.on ? "ON" : "OFF");
	if (sum.counted) {
		rgb = sum.color.who->light.color;
		cJSON_AddStringToObject(tree, "color_mode", "rgb");
		color = cJSON_AddObjectToObject(tree, "color");
		glow_json_add_int(color, "r", rgb.r);
		glow_json_add_int(color, "g", rgb.g);
		glow_json_add_int(color, "b", rgb.b);
		glow_json_add_int(tree, "brightness", (int64_t)((sum.brightness + sum.counted / 2) / sum.counted));
		cJSON_AddStringToObject(tree, "effect", sum.effect.who->light.effect);
	}
	glow_json_add_int(tree, "nodes", sum.nodes);
	glow_json_add_int(tree, "on", sum.on);
	return tree;
}

/* ---- what is said ---- */

static void topic_of(const struct glow_lights *l, const struct glow_light_of *of, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	glow_topic_of(ret_topic, l->out.prefix, GLOW_TOPIC_STATE, of->group[0] ? GLOW_OF_GROUP : GLOW_OF_ALL,
		      of->group);
}

static void publish(struct glow_lights *l, struct glow_light_of *of)
{
	char topic[GLOW_TOPIC_MAX + 1];
	char *text = glow_json_finish(glow_lights_write(l->members, of->group[0] ? of->group : NULL));
	uint32_t hash = text ? hash_of(text, strlen(text)) : of->kept;

	topic_of(l, of, topic);
	if (hash != of->kept)
		glow_publish_text(&l->out, topic, text, 1, true);
	of->kept = hash;
	free(text);
}

static void take_back(struct glow_lights *l, const struct glow_light_of *of)
{
	char topic[GLOW_TOPIC_MAX + 1];

	topic_of(l, of, topic);
	if (of->kept)
		glow_publish_text(&l->out, topic, "", 1, true);
}

void glow_lights_changed(struct glow_lights *l, struct glow_raw now)
{
	int64_t soon_ns = now.ns + GLOW_LIGHTS_GATHER_NS;

	if (l->due.ns == GLOW_NEVER)
		l->due.ns = soon_ns > l->again.ns ? soon_ns : l->again.ns;
}

void glow_lights_tick(struct glow_lights *l, struct glow_raw now)
{
	uint32_t n = 0;

	if (now.ns < l->due.ns)
		return;
	l->due.ns = GLOW_NEVER;
	l->again.ns = now.ns + GLOW_LIGHTS_EVERY_NS;
	regroup(l);
	for (uint32_t k = 0; k < l->n; k++) {
		if (l->v[k].wanted) {
			publish(l, &l->v[k]);
			l->v[n++] = l->v[k];
		} else {
			take_back(l, &l->v[k]);
		}
	}
	l->n = n;
}
