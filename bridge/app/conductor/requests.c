/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Every request goes the same way: it is read as a whole, carried out, published
 * and answered, or it is refused and nothing has changed. What is retained of it is
 * the result and not the request, since a retained request would be carried out
 * again at every connection.
 *
 * A command for many nodes is not kept here at all. The nodes have it already and
 * wait for the instant, which goes out at .../apply together with the command, for
 * those that missed it. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glow/hash.h>
#include <glow/info.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/nearest.h>
#include <glow/time.h>
#include <glow/topics.h>

#include "addressees.h"
#include "place_store.h"
#include "requests.h"
#include "scene_store.h"

#define RETAINED_MAX 262144
#define RELAY_MAX_US (60 * GLOW_US_PER_S) /* further ahead no command can be */
#define TEXT_MARGIN  2048                 /* what ends and revisions may add to the text of scenes */

static const struct glow_dim full_light = { .brightness = 255, .until_us = GLOW_NEVER };

int glow_requests_init(struct glow_requests *r, const struct glow_publisher *out, struct glow_members *members,
		       uint32_t seed)
{
	*r = (struct glow_requests){ .out = *out, .members = members, .seed = seed, .dim = full_light };
	return glow_scene_store_init(&r->scenes);
}

void glow_requests_fini(struct glow_requests *r)
{
	glow_scenes_fini(&r->scenes);
	glow_changes_fini(&r->changes);
}

/* ---- what is said ---- */

/* Many requests that come together are told of together: what is said is what came of them. */
void glow_requests_scenes_changed(struct glow_requests *r)
{
	r->scenes.edition.rev++;
	r->said.scenes_stale = true;
}

void glow_requests_set_dim(struct glow_requests *r, struct glow_dim dim)
{
	dim.edition = r->dim.edition;
	dim.above = r->dim.above;
	dim.edition.rev++;
	r->dim = dim;
	r->said.dim_stale = true;
}

void glow_requests_say(struct glow_requests *r)
{
	if (r->said.scenes_stale && r->before_scenes)
		r->before_scenes(r->ctx);
	if (r->said.scenes_stale)
		glow_publish_tree(&r->out, "scene", "current", NULL, glow_scenes_write(&r->scenes), 1, true);
	if (r->said.dim_stale)
		glow_publish_tree(&r->out, "dim", "current", NULL, glow_dim_write(&r->dim), 1, true);
	r->said.scenes_stale = r->said.dim_stale = false;
}

void glow_requests_say_soon(struct glow_requests *r, struct glow_time now)
{
	if (now.us < r->said.again_us || !(r->said.scenes_stale || r->said.dim_stale))
		return;
	glow_requests_say(r);
	r->said.again_us = now.us + GLOW_SAID_EVERY_US;
}

/* When all nodes can have the scenes that are asked for now. */
static int64_t soonest_us(const struct glow_requests *r, struct glow_time now, int64_t ahead_us)
{
	return (now.us > r->said.again_us ? now.us : r->said.again_us) + ahead_us;
}

int64_t glow_requests_instant(const struct glow_requests *r, struct glow_time now, int64_t ahead_us)
{
	int64_t soonest = soonest_us(r, now, ahead_us);

	return soonest > r->last_at_us ? soonest : r->last_at_us; /* behind the commands that wait */
}

void glow_requests_answer(const struct glow_requests *r, const struct glow_message *m, const struct glow_diag *diag,
			  cJSON *tree)
{
	char refusals[GLOW_TOPIC_MAX + 1];

	glow_topic_of(refusals, r->out.prefix, GLOW_TOPIC_CONDUCTOR_ERROR, GLOW_OF_CLUSTER, NULL);
	glow_publish_answer(&r->out, m, diag, tree, refusals);
}

/* To play or stop the scene of that id, as far as one was named. */
static cJSON *answer_of(const struct glow_diag *diag, const char *id)
{
	cJSON *tree = glow_answer_write(NULL, diag);

	if (id[0])
		cJSON_AddStringToObject(tree, "id", id);
	return tree;
}

static uint32_t online(const struct glow_requests *r, const struct glow_target *target)
{
	return glow_addressees_online(r->members, &target, 1);
}

/* ---- scenes ---- */

/* Bytes of a scene's text, counted once. */
static size_t size_of(struct glow_scene *scene)
{
	const struct glow_scenes alone = { .n = 1, .v = scene };
	char *text = scene->size ? NULL : glow_json_finish(glow_scenes_write(&alone));

	if (!scene->size)
		scene->size = text ? (uint32_t)strlen(text) : RETAINED_MAX;
	free(text);
	return scene->size;
}

/* True when this scene fits into a message that every broker takes, beside all that play (`id` NULL) or
 * all but those of an id. */
static bool fits(const struct glow_requests *r, struct glow_scene *scene, const char *id)
{
	size_t size = size_of(scene) + TEXT_MARGIN;

	for (uint32_t k = 0; k < r->scenes.n; k++)
		if (!id || strcmp(r->scenes.v[k].id, id) != 0)
			size += size_of(&r->scenes.v[k]);
	return size <= RETAINED_MAX;
}

enum glow_code glow_requests_room(struct glow_requests *r, struct glow_scene *scene, struct glow_time now,
				  struct glow_diag *diag)
{
	glow_scene_store_tidy(&r->scenes, now);
	if (!fits(r, scene, scene->id))
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "too much plays already: %u scenes", r->scenes.n);
	if (!glow_scene_store_takes(&r->scenes, scene->id))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "", "%d scenes play already", GLOW_SCENES_MAX);
	return GLOW_OK;
}

void glow_requests_begin(struct glow_requests *r, struct glow_scene *scene, struct glow_time now)
{
	while (!fits(r, scene, NULL) && glow_scene_store_yield(&r->scenes, scene->id, now))
		;
	glow_scene_store_play(&r->scenes, scene, now);
}

/* The targets of scenes that run along strips of their own which are new to the nodes; true where there are such
 * scenes. */
static bool add_new(const struct glow_requests *r, const struct glow_scenes *scenes,
		    const struct glow_target *targets[GLOW_SCENES_MAX], uint32_t *n)
{
	bool any = false;

	for (uint32_t k = 0; k < scenes->n && k < GLOW_SCENES_MAX; k++) {
		const struct glow_scene *scene = &scenes->v[k];

		if (!glow_places_own(scene))
			continue;
		any = true;
		if (!r->has_places || !r->has_places(r->ctx, &scene->target))
			targets[(*n)++] = &scene->target;
	}
	return any;
}

uint32_t glow_requests_aimed(const struct glow_requests *r, const struct glow_scenes *scenes)
{
	const struct glow_target *targets[2 * GLOW_SCENES_MAX];
	uint32_t n = 0;

	if (!add_new(r, scenes, targets, &n))
		return 0;
	add_new(r, &r->scenes, targets, &n);
	return glow_addressees_online(r->members, targets, n) + (r->waiting ? r->waiting(r->ctx) : 0);
}

/* Who did not say when it is to start gets it as soon as all know their places on its strip. */
static void leave_time(const struct glow_requests *r, struct glow_scene *scene, int64_t soonest)
{
	const struct glow_scenes alone = { .n = 1, .v = scene };
	int64_t later_us = scene->start_us == soonest ? glow_places_us(glow_requests_aimed(r, &alone)) : 0;

	scene->start_us += later_us;
	if (scene->end_us != GLOW_NEVER)
		scene->end_us += later_us;
}

static enum glow_code play(struct glow_requests *r, const char *topic, struct glow_scene *scene, struct glow_time now,
			   struct glow_diag *diag)
{
	const char *field = scene->target.kind == GLOW_TARGET_NODES ? "target.nodes" : "target.groups";
	const struct glow_scenes begin = { .n = 1, .v = scene };
	struct glow_ordered ordered = { topic, now, scene->start_us, .begin = &begin, .before = &r->scenes };

	if (!scene->absent && glow_addressees_check(r->members, &scene->target, field, diag) != GLOW_OK)
		return diag->code;
	if (glow_requests_room(r, scene, now, diag) != GLOW_OK)
		return diag->code;
	glow_changes_note(&r->changes, r->members, &ordered);
	glow_requests_begin(r, scene, now);
	glow_requests_scenes_changed(r);
	return GLOW_OK;
}

static bool stop_concerns(const struct glow_requests *r, const struct glow_stop *stop)
{
	for (uint32_t k = 0; k < r->scenes.n; k++)
		if (stop->all || strcmp(r->scenes.v[k].id, stop->id) == 0)
			return true;
	return false;
}

/* Returns when they have ended. What does not play has ended already. */
static int64_t stop_scenes(struct glow_requests *r, const char *topic, const struct glow_stop *stop,
			   struct glow_time now, int64_t ahead_us, uint32_t *ret_n)
{
	const struct glow_ordered ordered = { topic, now, .before = &r->scenes };
	int64_t end_us = soonest_us(r, now, ahead_us) + stop->fade_us;

	if (stop_concerns(r, stop))
		glow_changes_note(&r->changes, r->members, &ordered);
	*ret_n = glow_scene_store_stop(&r->scenes, stop->all ? NULL : stop->id, end_us, stop->fade_us);
	if (*ret_n > 0) {
		glow_scene_store_tidy(&r->scenes, now);
		glow_requests_scenes_changed(r);
	}
	return end_us;
}

/* To play nothing, in place of what plays under that id. */
static void play_none(struct glow_requests *r, const struct glow_message *m, const struct glow_stop *stop,
		      struct glow_diag *diag, struct glow_time now, int64_t ahead_us)
{
	int64_t end_us = 0;
	uint32_t n;
	cJSON *tree;

	if (diag->code == GLOW_OK && glow_command_refuse_retained(m, diag) == GLOW_OK)
		end_us = stop_scenes(r, m->topic, stop, now, ahead_us, &n);
	tree = answer_of(diag, stop->id);
	if (diag->code == GLOW_OK)
		glow_json_add_int(tree, "at_us", end_us);
	glow_requests_say_soon(r, now);
	glow_requests_answer(r, m, diag, tree);
}

void glow_requests_play(struct glow_requests *r, const struct glow_message *m, struct glow_time now, int64_t ahead_us)
{
	struct glow_diag diag;
	struct glow_scene scene = { .id = "" };
	struct glow_stop stop;
	cJSON *tree;
	char id[GLOW_SCENE_ID_MAX + 1];
	int64_t start_us = soonest_us(r, now, ahead_us);
	uint32_t nodes = 0;

	if (glow_command_clears(m))
		return;
	diag.code = GLOW_OK;
	if (glow_play_ends(m->payload, m->len, &stop, &diag)) {
		play_none(r, m, &stop, &diag, now, ahead_us);
		return;
	}
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK)
		glow_play_read(m->payload, m->len, start_us, glow_dice(r->seed, r->rolls++, 0), &scene, &diag);
	memcpy(id, scene.id, sizeof(id)); /* of a rejected one too, where it could be read */
	if (diag.code == GLOW_OK) {
		leave_time(r, &scene, start_us);
		start_us = scene.start_us;
		nodes = online(r, &scene.target);
		if (play(r, m->topic, &scene, now, &diag) != GLOW_OK)
			glow_scene_fini(&scene);
	}
	tree = answer_of(&diag, id);
	if (diag.code == GLOW_OK) {
		glow_json_add_int(tree, "start_us", start_us);
		glow_json_add_int(tree, "nodes", nodes);
	}
	glow_requests_say_soon(r, now); /* before the answer: whoever hears ok may rely on it */
	glow_requests_answer(r, m, &diag, tree);
}

static const char *scene_id(void *ctx, size_t k)
{
	const struct glow_scenes *scenes = ctx;

	return k < scenes->n ? scenes->v[k].id : NULL;
}

static enum glow_code plays_not(struct glow_requests *r, const char *id, struct glow_diag *diag)
{
	glow_diag_set(diag, GLOW_OUT_OF_RANGE, "id", "no scene \"%s\" plays", id);
	return glow_diag_meant(diag, glow_nearest(id, scene_id, &r->scenes));
}

void glow_requests_stop(struct glow_requests *r, const struct glow_message *m, struct glow_time now, int64_t ahead_us)
{
	struct glow_diag diag;
	struct glow_stop stop = { .all = true };
	int64_t end_us = 0;
	uint32_t n;
	cJSON *tree;

	if (glow_command_clears(m))
		return;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK &&
	    glow_stop_read(m->payload, m->len, &stop, &diag) == GLOW_OK) {
		end_us = stop_scenes(r, m->topic, &stop, now, ahead_us, &n);
		if (n == 0 && !stop.all)
			plays_not(r, stop.id, &diag);
	}
	tree = answer_of(&diag, stop.id);
	if (diag.code == GLOW_OK)
		glow_json_add_int(tree, "at_us", end_us);
	glow_requests_say_soon(r, now); /* before the answer: whoever hears ok may rely on it */
	glow_requests_answer(r, m, &diag, tree);
}

void glow_requests_restore_scenes(struct glow_requests *r, const struct glow_message *m)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_scenes scenes;
	cJSON *tree;

	if (m->len == 0)
		return;
	tree = glow_json_parse(m->payload, m->len, &diag);
	if (!tree || glow_scenes_read(tree, &scenes, &diag) != GLOW_OK)
		glow_warning("the retained scenes are broken and were skipped: %s %s", diag.where, diag.what);
	else if (scenes.n <= GLOW_SCENES_MAX && scenes.edition.rev <= GLOW_REV_MAX &&
		 !glow_edition_before(&scenes.edition, &r->scenes.edition))
		glow_scene_store_take(&r->scenes, &scenes);
	else
		glow_scenes_fini(&scenes);
	cJSON_Delete(tree);
}

/* ---- the master dimmer ---- */

void glow_requests_dim(struct glow_requests *r, const struct glow_message *m, struct glow_time now)
{
	struct glow_diag diag;
	struct glow_dim dim;

	if (glow_command_clears(m))
		return;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK &&
	    glow_dim_read(m->payload, m->len, &dim, &diag) == GLOW_OK) {
		const struct glow_ordered ordered = { m->topic, now, .dim = &r->dim };

		if (dim.until_us > now.us) {
			glow_changes_note(&r->changes, r->members, &ordered);
			glow_requests_set_dim(r, dim);
		} else {
			glow_diag_set(&diag, GLOW_OUT_OF_RANGE, "until_us", "is over already");
		}
	}
	glow_requests_say_soon(r, now);
	glow_requests_answer(r, m, &diag, glow_answer_write(NULL, &diag));
}

void glow_requests_restore_dim(struct glow_requests *r, const struct glow_message *m)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_dim dim;

	if (m->len == 0)
		return;
	if (glow_dim_read(m->payload, m->len, &dim, &diag) != GLOW_OK)
		glow_warning("the retained dimmer is broken and was skipped: %s %s", diag.where, diag.what);
	else if (dim.edition.rev <= GLOW_REV_MAX && !glow_edition_before(&dim.edition, &r->dim.edition))
		r->dim = dim;
}

/* ---- commands for many nodes at one instant ---- */

/* The group that a topic names, or all; it lies in the topic. */
static struct glow_target whom(struct glow_topic *topic)
{
	if (topic->of != GLOW_OF_GROUP)
		return (struct glow_target){ .kind = GLOW_TARGET_ALL };
	return (struct glow_target){ .kind = GLOW_TARGET_GROUPS, .n = 1, .ids = &topic->id };
}

static enum glow_code read_command(struct glow_requests *r, const cJSON *tree, enum glow_command_kind kind,
				   const struct glow_target *target, struct glow_time now, struct glow_diag *diag)
{
	struct glow_command_ctx ctx = { .kind = kind, .now_us = now.us, .any = true, .strict = true };

	if (!tree || glow_command_read(tree, &ctx, &r->command, diag) != GLOW_OK)
		return diag->code;
	return r->command.absent ? GLOW_OK : glow_addressees_check(r->members, target, "", diag);
}

/* ".../set" and ".../notify" become ".../apply". */
static void apply_topic(const char *command, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	size_t n = (size_t)(strrchr(command, '/') - command);

	memcpy(ret_topic, command, n);
	memcpy(ret_topic + n, "/apply", sizeof("/apply"));
}

static void publish_apply(struct glow_requests *r, const struct glow_message *m, enum glow_command_kind kind,
			  const cJSON *command, int64_t at_us)
{
	struct glow_apply apply = { .notify = kind == GLOW_COMMAND_NOTIFY, .at_us = at_us, .command = command };
	char topic[GLOW_TOPIC_MAX + 1], *text;

	apply.of = apply.seed = glow_command_hash(m->topic, m->payload, m->len);
	apply_topic(m->topic, topic);
	text = glow_json_finish(glow_apply_write(&apply));
	if (text)
		glow_publish_text(&r->out, topic, text, 1, false);
	free(text);
}

/* Puts the tree into the words that every node knows. */
static void decide(struct glow_command *command, cJSON *tree, enum glow_lit lit)
{
	if (command->toggle && lit != GLOW_LIT_UNKNOWN) {
		command->toggle = false;
		command->on = lit == GLOW_LIT_NONE;
	}
	glow_command_plain(tree, command);
}

static enum glow_lit makes(const struct glow_command *command)
{
	const uint32_t lights =
		GLOW_HAS_BRIGHTNESS | GLOW_HAS_COLOR | GLOW_HAS_EFFECT | GLOW_HAS_PIXELS | GLOW_HAS_LEDS;

	if (command->has & GLOW_HAS_AT || command->toggle)
		return GLOW_LIT_UNKNOWN;
	if (command->has & GLOW_HAS_BRIGHTNESS && command->brightness == 0)
		return GLOW_LIT_NONE;
	if (command->has & GLOW_HAS_STATE)
		return command->on ? GLOW_LIT_SOME : GLOW_LIT_NONE;
	return command->has & lights ? GLOW_LIT_SOME : GLOW_LIT_UNKNOWN;
}

/* What only flashes, or says nothing, changes no light. */
static void note_command(struct glow_requests *r, const char *topic, const struct glow_target *target,
			 struct glow_time now, int64_t at_us)
{
	const uint32_t extras = GLOW_HAS_AT | GLOW_HAS_FLASH | GLOW_HAS_TRANSITION | GLOW_HAS_SEED | GLOW_HAS_DARK;
	const struct glow_ordered ordered = { topic, now, at_us, .target = target };

	if (r->command.has & ~extras)
		glow_changes_note(&r->changes, r->members, &ordered);
}

enum glow_lit glow_requests_command(struct glow_requests *r, const struct glow_message *m, enum glow_command_kind kind,
				    struct glow_time now, int64_t ahead_us, enum glow_lit lit)
{
	struct glow_topic topic = glow_topic_parse(r->out.prefix, m->topic);
	const struct glow_target target = whom(&topic);
	struct glow_diag diag;
	cJSON *command = NULL, *tree;
	/* Commands stay in their order, even where the way to the nodes has become shorter. */
	int64_t at_us = now.us + ahead_us > r->last_at_us ? now.us + ahead_us : r->last_at_us;
	enum glow_lit made = GLOW_LIT_UNKNOWN;

	if (m->len == 0) /* asks for the nodes' states, which they answer themselves */
		return made;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK)
		command = glow_command_tree(m->payload, m->len, &diag);
	if (diag.code == GLOW_OK && read_command(r, command, kind, &target, now, &diag) == GLOW_OK) {
		r->last_at_us = at_us;
		if (r->command.has & GLOW_HAS_AT && r->command.at_us > at_us)
			at_us = r->command.at_us;
		cJSON_DeleteItemFromObjectCaseSensitive(command, "at_us");
		cJSON_DeleteItemFromObjectCaseSensitive(command, "absent");
		decide(&r->command, command, lit);
		publish_apply(r, m, kind, command, at_us);
		if (kind == GLOW_COMMAND_SET) {
			note_command(r, m->topic, &target, now, at_us);
			made = makes(&r->command);
		}
	}
	tree = glow_answer_write(NULL, &diag);
	if (diag.code == GLOW_OK) {
		glow_json_add_int(tree, "at_us", at_us);
		glow_json_add_int(tree, "nodes", online(r, &target));
	}
	glow_requests_answer(r, m, &diag, tree);
	cJSON_Delete(command);
	return made;
}

enum glow_lit glow_requests_relayed(struct glow_requests *r, const struct glow_topic *topic,
				    const struct glow_apply *apply, struct glow_time now)
{
	struct glow_command_ctx ctx = { .kind = apply->notify ? GLOW_COMMAND_NOTIFY : GLOW_COMMAND_SET,
					.now_us = now.us,
					.any = true };
	struct glow_topic of = *topic;
	const struct glow_target target = whom(&of);
	char set[GLOW_TOPIC_MAX + 1];
	struct glow_diag diag;

	if (apply->at_us > r->last_at_us && apply->at_us < now.us + RELAY_MAX_US)
		r->last_at_us = apply->at_us;
	if (apply->notify || glow_command_read(apply->command, &ctx, &r->command, &diag) != GLOW_OK)
		return GLOW_LIT_UNKNOWN;
	glow_topic_of(set, r->out.prefix, GLOW_TOPIC_SET, topic->of, topic->id);
	note_command(r, set, &target, now, apply->at_us);
	return makes(&r->command);
}

/* ---- time ---- */

void glow_requests_open(struct glow_requests *r, uint64_t clock_id, uint32_t term, bool fresh, struct glow_time now)
{
	if (r->scenes.edition.clock_id != clock_id) {
		glow_scene_store_move(&r->scenes, clock_id, now);
		r->scenes.edition.rev++;
	}
	r->scenes.edition.term = term;
	r->last_at_us = now.us;
	glow_changes_fini(&r->changes); /* another may have ordered since */
	if (glow_scene_store_tidy(&r->scenes, now))
		r->scenes.edition.rev++;
	r->dim.edition.clock_id = clock_id;
	r->dim.edition.term = term;
	if (fresh && r->dim.until_us != GLOW_NEVER)
		glow_requests_set_dim(r, full_light);
	r->said = (struct glow_said){ .scenes_stale = true, .dim_stale = true };
	glow_requests_say_soon(r, now);
}

void glow_requests_tick(struct glow_requests *r, struct glow_time now)
{
	if (glow_scene_store_tidy(&r->scenes, now))
		glow_requests_scenes_changed(r);
	if (r->dim.until_us <= now.us)
		glow_requests_set_dim(r, full_light);
	glow_requests_say_soon(r, now);
}

struct glow_time glow_requests_next(const struct glow_requests *r)
{
	int64_t next_us = glow_sooner(glow_scene_store_next(&r->scenes).us, r->dim.until_us);

	if (r->said.scenes_stale || r->said.dim_stale)
		next_us = glow_sooner(next_us, r->said.again_us);
	return (struct glow_time){ next_us };
}
