/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/hash.h>
#include <glow/json.h>
#include <glow/rank.h>
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

/* Where the group is, or would have to go. */
static uint32_t place(const struct glow_lights *l, const char *group, bool *ret_found)
{
	return glow_rank(l->v, l->n, sizeof(*l->v), offsetof(struct glow_light_of, group), group, ret_found);
}

static bool make_room(struct glow_lights *l)
{
	uint32_t room = l->room ? 2 * l->room : 8;
	struct glow_light_of *v;

	if (l->n < l->room)
		return true;
	v = realloc(l->v, room * sizeof(*v));
	if (!v)
		return false;
	l->v = v;
	l->room = room;
	return true;
}

/* NULL where there is no memory. */
static struct glow_light_of *entry(struct glow_lights *l, const char *group)
{
	bool found;
	uint32_t k = place(l, group, &found);

	if (found)
		return &l->v[k];
	if (!make_room(l))
		return NULL;
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

static void vote(struct glow_light_vote *v, const struct glow_member *one, bool agrees)
{
	if (v->lead == 0)
		*v = (struct glow_light_vote){ one, 1 };
	else if (agrees)
		v->lead++;
	else
		v->lead--;
}

static void tally(struct glow_light_tally *t, const struct glow_member *one)
{
	const struct glow_member *color = t->color.who, *effect = t->effect.who;

	t->n++;
	t->brightness += one->light.brightness;
	vote(&t->color, one, color && glow_rgb_equal(color->light.color, one->light.color));
	vote(&t->effect, one, effect && strcmp(effect->light.effect, one->light.effect) == 0);
}

void glow_light_sum_add(struct glow_light_sum *sum, const struct glow_member *one)
{
	if (!one->online || !one->told)
		return;
	tally(&sum->all, one);
	if (one->on)
		tally(&sum->on, one);
}

static void add_tally(cJSON *tree, const struct glow_light_tally *t)
{
	struct glow_rgb rgb = t->color.who->light.color;
	cJSON *color;

	cJSON_AddStringToObject(tree, "color_mode", "rgb");
	color = cJSON_AddObjectToObject(tree, "color");
	glow_json_add_int(color, "r", rgb.r);
	glow_json_add_int(color, "g", rgb.g);
	glow_json_add_int(color, "b", rgb.b);
	glow_json_add_int(tree, "brightness", (int64_t)((t->brightness + t->n / 2) / t->n));
	cJSON_AddStringToObject(tree, "effect", t->effect.who->light.effect);
}

cJSON *glow_light_sum_write(const struct glow_light_sum *sum)
{
	cJSON *tree = cJSON_CreateObject();

	cJSON_AddStringToObject(tree, "state", sum->on.n ? "ON" : "OFF");
	if (sum->all.n)
		add_tally(tree, sum->on.n ? &sum->on : &sum->all);
	glow_json_add_int(tree, "nodes", sum->all.n);
	glow_json_add_int(tree, "on", sum->on.n);
	return tree;
}

static void add_up(struct glow_lights *l)
{
	const struct glow_members *m = l->members;
	bool found;

	for (uint32_t k = 0; k < l->n; k++)
		l->v[k].sum = (struct glow_light_sum){ .all.n = 0 };
	for (uint32_t k = 0; k < m->n; k++)
		for (uint32_t g = 0; g <= m->v[k].n_groups; g++) {
			uint32_t at = place(l, g == 0 ? "" : m->v[k].groups[g - 1], &found);

			if (found)
				glow_light_sum_add(&l->v[at].sum, &m->v[k]);
		}
}

/* ---- what is said ---- */

static void topic_of(const struct glow_lights *l, const struct glow_light_of *of, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	glow_topic_of(ret_topic, l->out.prefix, GLOW_TOPIC_STATE, of->group[0] ? GLOW_OF_GROUP : GLOW_OF_ALL,
		      of->group);
}

static void publish(struct glow_lights *l, struct glow_light_of *of)
{
	char topic[GLOW_TOPIC_MAX + 1], *text;
	cJSON *tree = glow_light_sum_write(&of->sum);
	uint32_t hash;

	if (!of->group[0] && l->preset[0])
		cJSON_AddStringToObject(tree, "preset", l->preset);
	text = glow_json_finish(tree);
	hash = text ? hash_of(text, strlen(text)) : of->kept;
	topic_of(l, of, topic);
	if (hash != of->kept)
		glow_publish_text(&l->out, topic, text, 1, true);
	if (hash != of->kept && !of->group[0] && l->above[0])
		glow_publish_text(&l->out, l->above, text, 1, true);
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

void glow_lights_preset(struct glow_lights *l, const char *preset, struct glow_raw now)
{
	if (strcmp(l->preset, preset) == 0)
		return;
	snprintf(l->preset, sizeof(l->preset), "%s", preset);
	glow_lights_changed(l, now);
}

void glow_lights_regroup(struct glow_lights *l, struct glow_raw now)
{
	l->regroup = true;
	glow_lights_changed(l, now);
}

void glow_lights_tick(struct glow_lights *l, struct glow_raw now)
{
	uint32_t n = 0;

	if (now.ns < l->due.ns)
		return;
	l->due.ns = GLOW_NEVER;
	l->again.ns = now.ns + GLOW_LIGHTS_EVERY_NS;
	if (l->regroup)
		regroup(l);
	l->regroup = false;
	add_up(l);
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
