/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A scene is the same where id, start and dice are. What the root has said before and the rack has not any more was
 * ended here, so it is not begun again; `above`, which is kept with the scenes and the dimmer, tells a conductor that
 * has just come how far another had got. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/json.h>
#include <glow/log.h>

#include "relay.h"
#include "scene_store.h"

#define FAR_US (60 * GLOW_US_PER_S) /* no roster is for later: one that says so is another timeline's */

void glow_relay_init(struct glow_relay *relay, const char *rack)
{
	*relay = (struct glow_relay){ .has_scenes = false };
	snprintf(relay->rack, sizeof(relay->rack), "%s", rack);
}

void glow_relay_fini(struct glow_relay *relay)
{
	glow_scenes_fini(&relay->scenes);
	glow_roster_fini(&relay->roster);
	glow_roster_fini(&relay->next);
}

static bool equal(const struct glow_edition *a, const struct glow_edition *b)
{
	return a->clock_id == b->clock_id && a->term == b->term && a->rev == b->rev;
}

/* An uplink that is back brings once more what is retained. */
static bool is_news(const struct glow_edition *fresh, const struct glow_edition *before)
{
	return !equal(fresh, before) && !glow_edition_before(fresh, before);
}

/* ---- scenes ---- */

static bool same(const struct glow_scene *a, const struct glow_scene *b)
{
	return a->start_us == b->start_us && a->seed == b->seed && strcmp(a->id, b->id) == 0;
}

static struct glow_scene *find(const struct glow_scenes *scenes, const struct glow_scene *of)
{
	for (uint32_t k = 0; k < scenes->n; k++)
		if (same(&scenes->v[k], of))
			return &scenes->v[k];
	return NULL;
}

/* Somebody has played that id in the rack, for a later instant. */
static bool outdone(const struct glow_scenes *own, const struct glow_scene *root)
{
	for (uint32_t k = 0; k < own->n; k++)
		if (!own->v[k].above && strcmp(own->v[k].id, root->id) == 0 && own->v[k].start_us > root->start_us)
			return true;
	return false;
}

/* For some of the rack's nodes. Which of them have a group is theirs to know. */
static bool concerns(const struct glow_relay *relay, const struct glow_target *target)
{
	return target->kind == GLOW_TARGET_GROUPS || glow_target_has(target, relay->rack, NULL, 0);
}

static struct glow_within within(const struct glow_relay *relay, const struct glow_scene *root)
{
	struct glow_place place;

	if (!root->cluster || !glow_roster_place(&relay->roster, &root->target, relay->rack, &place))
		return (struct glow_within){ 0 };
	return (struct glow_within){ place.offset, place.total, place.reverse };
}

/* False without memory, and then there is none. */
static bool copy_scene(const struct glow_scene *from, struct glow_scene *ret_scene)
{
	struct glow_scene copy = *from;

	copy.entries = calloc(from->n_entries + 1, sizeof(*copy.entries));
	copy.target.ids = calloc(from->target.n + 1, sizeof(*copy.target.ids));
	if (!copy.entries || !copy.target.ids) {
		glow_scene_fini(&copy);
		return false;
	}
	memcpy(copy.entries, from->entries, from->n_entries * sizeof(*copy.entries));
	if (from->target.n > 0)
		memcpy(copy.target.ids, from->target.ids, from->target.n * sizeof(*copy.target.ids));
	*ret_scene = copy;
	return true;
}

static void begin(const struct glow_relay *relay, struct glow_requests *r, const struct glow_scene *root,
		  struct glow_time now)
{
	struct glow_scene scene;
	struct glow_diag diag;

	if (!copy_scene(root, &scene))
		return;
	scene.above = true;
	scene.within = within(relay, root);
	scene.size = 0;
	if (scene.target.kind == GLOW_TARGET_NODES) {
		scene.target.kind = GLOW_TARGET_ALL;
		scene.target.n = 0;
	}
	if (glow_requests_room(r, &scene, now, &diag) == GLOW_OK) {
		glow_requests_begin(r, &scene, now);
		return;
	}
	glow_warning("scene %s of the root does not begin here: %s", scene.id, diag.what);
	glow_scene_fini(&scene);
}

/* Ends as it does there, unless it ends here before. */
static void end(struct glow_scene *own, const struct glow_scene *root)
{
	if (own->end_us < root->end_us)
		return;
	own->end_us = root->end_us;
	own->fade_us = root->fade_us;
}

static void drop_gone(struct glow_scenes *own, const struct glow_scenes *root)
{
	for (uint32_t k = own->n; k-- > 0;)
		if (own->v[k].above && !find(root, &own->v[k]))
			glow_scene_store_drop(own, k);
}

/* Carries out what differs from `before`. */
static void take_scenes(const struct glow_relay *relay, struct glow_requests *r, const struct glow_scenes *before,
			struct glow_time now)
{
	drop_gone(&r->scenes, &relay->scenes);
	for (uint32_t k = 0; k < relay->scenes.n; k++) {
		const struct glow_scene *root = &relay->scenes.v[k];
		struct glow_scene *own = find(&r->scenes, root);

		if (own)
			end(own, root);
		else if (concerns(relay, &root->target) && !find(before, root) && !outdone(&r->scenes, root))
			begin(relay, r, root, now);
	}
}

/* Where the rack lies on the root's strip. */
static bool place_scenes(const struct glow_relay *relay, struct glow_requests *r)
{
	bool changed = false;

	for (uint32_t k = 0; k < r->scenes.n; k++) {
		struct glow_scene *own = &r->scenes.v[k];
		const struct glow_scene *root = own->above ? find(&relay->scenes, own) : NULL;
		struct glow_within is;

		if (!root)
			continue;
		is = within(relay, root);
		changed = changed || is.begin != own->within.begin || is.total != own->within.total ||
			  is.reverse != own->within.reverse;
		own->within = is;
	}
	return changed;
}

/* That they were taken is kept even where nothing came of it. */
static void say_scenes(struct glow_requests *r, const struct glow_edition *above, struct glow_time now)
{
	r->scenes.above = *above;
	glow_scene_store_tidy(&r->scenes, now);
	glow_requests_scenes_changed(r);
	glow_requests_say_soon(r, now);
}

bool glow_relay_hear_scenes(struct glow_relay *relay, struct glow_requests *r, const struct glow_message *m,
			    struct glow_time now, struct glow_diag *diag)
{
	struct glow_scenes fresh, before = relay->scenes;
	cJSON *tree = glow_json_parse(m->payload, m->len, diag);
	bool good = tree && glow_scenes_read(tree, &fresh, diag) == GLOW_OK;

	cJSON_Delete(tree);
	if (!good)
		return false;
	if (relay->has_scenes && !is_news(&fresh.edition, &before.edition)) {
		glow_scenes_fini(&fresh);
		return true;
	}
	relay->scenes = fresh;
	relay->has_scenes = true;
	if (r) {
		take_scenes(relay, r, &before, now);
		say_scenes(r, &fresh.edition, now);
	}
	glow_scenes_fini(&before);
	return true;
}

/* ---- the dimmer ---- */

static void take_dim(const struct glow_relay *relay, struct glow_requests *r, bool is_new)
{
	r->dim.above = relay->dim.edition;
	glow_requests_set_dim(r, is_new ? relay->dim : r->dim);
}

bool glow_relay_hear_dim(struct glow_relay *relay, struct glow_requests *r, const struct glow_message *m,
			 struct glow_diag *diag)
{
	struct glow_dim fresh = { .brightness = 255 }, before = relay->dim;
	bool had = relay->has_dim;

	if (glow_dim_read(m->payload, m->len, &fresh, diag) != GLOW_OK)
		return false;
	if (had && !is_news(&fresh.edition, &before.edition))
		return true;
	relay->dim = fresh;
	relay->has_dim = true;
	/* Where another conductor above says the same again, that is no new word. */
	if (r)
		take_dim(relay, r, !had || fresh.brightness != before.brightness || fresh.until_us != before.until_us);
	return true;
}

/* ---- the roster ---- */

bool glow_relay_hear_roster(struct glow_relay *relay, const struct glow_message *m, struct glow_diag *diag)
{
	struct glow_roster fresh;
	cJSON *tree = glow_json_parse(m->payload, m->len, diag);
	bool good = tree && glow_roster_read(tree, &fresh, diag) == GLOW_OK;

	cJSON_Delete(tree);
	if (!good)
		return false;
	if (glow_edition_before(&fresh.edition, &relay->roster.edition)) {
		glow_roster_fini(&fresh);
		return true;
	}
	glow_roster_fini(&relay->next);
	relay->next = fresh;
	return true;
}

static bool has_next(const struct glow_relay *relay)
{
	return relay->next.edition.rev > 0;
}

static bool take_roster(struct glow_relay *relay, struct glow_time now)
{
	if (!has_next(relay) || (relay->next.effective_us > now.us && relay->next.effective_us < now.us + FAR_US))
		return false;
	glow_roster_fini(&relay->roster);
	relay->roster = relay->next;
	relay->next = (struct glow_roster){ .n = 0 };
	return true;
}

/* ---- time ---- */

void glow_relay_open(struct glow_relay *relay, struct glow_requests *r, struct glow_time now)
{
	static const struct glow_scenes none = { .n = 0 };
	bool fresh = relay->has_scenes && !equal(&relay->scenes.edition, &r->scenes.above);

	take_roster(relay, now);
	if (fresh)
		take_scenes(relay, r, &none, now);
	if (place_scenes(relay, r) || fresh)
		say_scenes(r, &relay->scenes.edition, now);
	if (relay->has_dim && !equal(&relay->dim.edition, &r->dim.above))
		take_dim(relay, r, true);
}

void glow_relay_tick(struct glow_relay *relay, struct glow_requests *r, struct glow_time now)
{
	if (take_roster(relay, now) && place_scenes(relay, r))
		say_scenes(r, &relay->scenes.edition, now);
}

struct glow_time glow_relay_next(const struct glow_relay *relay)
{
	return (struct glow_time){ has_next(relay) ? relay->next.effective_us : GLOW_NEVER };
}

/* ---- commands for many ---- */

enum glow_lit glow_relay_apply(struct glow_requests *r, const struct glow_topic *topic, const struct glow_message *m,
			       struct glow_time now, bool *ret_good, struct glow_diag *diag)
{
	cJSON *tree = glow_json_parse(m->payload, m->len, diag);
	struct glow_message out = { .payload = m->payload, .len = m->len, .qos = 1 };
	char name[GLOW_TOPIC_MAX + 1];
	enum glow_lit made = GLOW_LIT_UNKNOWN;
	struct glow_apply apply;

	*ret_good = tree && glow_apply_read(tree, &apply, diag) == GLOW_OK;
	if (*ret_good) {
		glow_topic_of(name, r->out.prefix, GLOW_TOPIC_APPLY, topic->of, topic->id);
		out.topic = name;
		r->out.outbox.publish(r->out.outbox.ctx, &out);
		made = glow_requests_relayed(r, topic, &apply, now);
	}
	cJSON_Delete(tree);
	return made;
}
