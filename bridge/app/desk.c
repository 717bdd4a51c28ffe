/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glow/hash.h>
#include <glow/info.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/time.h>

#include "desk.h"
#include "programme.h"

#define RETAINED_MAX 262144
#define TEXT_MARGIN  2048 /* what ends and revisions may add to the text of scenes */

int glow_desk_init(struct glow_desk *d, const char *prefix, const char *discovery, struct glow_outbox outbox,
		   uint32_t seed)
{
	*d = (struct glow_desk){ .prefix = prefix,
				 .discovery = discovery,
				 .outbox = outbox,
				 .seed = seed,
				 .dim = { .brightness = 255, .until_us = GLOW_NEVER } };
	return glow_programme_init(&d->scenes);
}

void glow_desk_fini(struct glow_desk *d)
{
	glow_scenes_fini(&d->scenes);
}

/* ---- what is said ---- */

/* Publishes a tree and deletes it. */
static void publish(struct glow_desk *d, const char *topic, cJSON *tree, bool retained)
{
	char *text = glow_json_finish(tree);
	struct glow_message m = { .topic = topic, .payload = text, .qos = 1, .retained = retained };

	if (!text)
		return;
	m.len = strlen(text);
	d->outbox.publish(d->outbox.ctx, &m);
	free(text);
}

static void publish_scenes(struct glow_desk *d)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_make(topic, d->prefix, "scene", "current", NULL);
	publish(d, topic, glow_scenes_write(&d->scenes), true);
}

static void scenes_changed(struct glow_desk *d)
{
	d->scenes.rev++;
	publish_scenes(d);
}

static void publish_dim(struct glow_desk *d)
{
	char topic[GLOW_TOPIC_MAX + 1];

	glow_topic_make(topic, d->prefix, "dim", "current", NULL);
	publish(d, topic, glow_dim_write(&d->dim), true);
}

/* Sends an answer, if one is wanted, and deletes it; a refusal is told of in the log. */
static void answer(struct glow_desk *d, const struct glow_message *asked, const struct glow_diag *diag, cJSON *tree)
{
	char *text = glow_json_finish(tree);
	struct glow_message m = { .topic = asked->response_topic,
				  .payload = text,
				  .qos = 1,
				  .correlation = asked->correlation,
				  .correlation_len = asked->correlation_len };

	if (diag->code != GLOW_OK)
		glow_warning("%s rejected: %s %s: %s", asked->topic, glow_code_name(diag->code), diag->where,
			     diag->what);
	if (text && m.topic && glow_answer_topic_allowed(d->prefix, d->discovery, m.topic)) {
		m.len = strlen(text);
		d->outbox.publish(d->outbox.ctx, &m);
	}
	free(text);
}

/* A retained command would come back at every reconnect. */
static bool passing(const struct glow_message *m, struct glow_diag *diag)
{
	diag->code = GLOW_OK;
	if (m->retained)
		glow_diag_set(diag, GLOW_RETAINED, "",
			      "commands must not be retained: clear it with an empty retained one");
	return !m->retained;
}

/* Somebody clears a retained command: the cure, not the fault. */
static bool clears(const struct glow_message *m)
{
	return m->retained && m->len == 0;
}

/* ---- scenes ---- */

static size_t length(const struct glow_scenes *scenes)
{
	char *text = glow_json_finish(glow_scenes_write(scenes));
	size_t n = text ? strlen(text) : RETAINED_MAX;

	free(text);
	return n;
}

/* True when what plays and this scene make a message that everybody takes. */
static bool fits(const struct glow_desk *d, struct glow_scene *scene)
{
	const struct glow_scenes alone = { .n = 1, .v = scene };

	return length(&d->scenes) + length(&alone) + TEXT_MARGIN <= RETAINED_MAX;
}

static enum glow_code play(struct glow_desk *d, struct glow_scene *scene, int64_t now_us, struct glow_diag *diag)
{
	if (!fits(d, scene))
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "too much plays already: %u scenes", d->scenes.n);
	if (!glow_programme_play(&d->scenes, scene, now_us))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "", "%d scenes play already", GLOW_SCENES_MAX);
	return GLOW_OK;
}

void glow_desk_play(struct glow_desk *d, const struct glow_message *m, int64_t now_us, int64_t lead_us)
{
	struct glow_diag diag;
	struct glow_scene scene;
	cJSON *tree;
	char id[GLOW_SCENE_ID_MAX + 1];
	int64_t start_us = 0;

	if (clears(m))
		return;
	if (passing(m, &diag) && glow_play_read(m->payload, m->len, now_us + lead_us, glow_dice(d->seed, d->rolls++, 0),
						&scene, &diag) == GLOW_OK) {
		memcpy(id, scene.id, sizeof(id));
		start_us = scene.start_us;
		if (play(d, &scene, now_us, &diag) == GLOW_OK)
			scenes_changed(d);
		else
			glow_scene_fini(&scene);
	}
	tree = glow_answer_write(NULL, &diag);
	if (diag.code == GLOW_OK) {
		cJSON_AddStringToObject(tree, "id", id);
		glow_json_add_int(tree, "start_us", start_us);
	}
	answer(d, m, &diag, tree);
}

void glow_desk_stop(struct glow_desk *d, const struct glow_message *m, int64_t now_us, int64_t lead_us)
{
	struct glow_diag diag;
	struct glow_stop stop = { .all = true };
	int64_t end_us = 0;
	cJSON *tree;

	if (clears(m))
		return;
	if (passing(m, &diag) && glow_stop_read(m->payload, m->len, &stop, &diag) == GLOW_OK) {
		end_us = now_us + lead_us + stop.fade_us;
		if (glow_programme_stop(&d->scenes, stop.all ? NULL : stop.id, end_us, stop.fade_us) > 0) {
			glow_programme_tidy(&d->scenes, now_us);
			scenes_changed(d);
		} else if (!stop.all) {
			glow_diag_set(&diag, GLOW_OUT_OF_RANGE, "id", "no scene %s plays", stop.id);
		}
	}
	tree = glow_answer_write(NULL, &diag);
	if (diag.code == GLOW_OK) {
		glow_json_add_int(tree, "at_us", end_us);
		if (!stop.all)
			cJSON_AddStringToObject(tree, "id", stop.id);
	}
	answer(d, m, &diag, tree);
}

/* (term, rev) only ever rises, unless somebody begins anew on another clock. */
static bool newer(const struct glow_scenes *a, const struct glow_scenes *b)
{
	if (a->clock_id != b->clock_id || a->term != b->term)
		return a->clock_id != b->clock_id || a->term > b->term;
	return a->rev >= b->rev;
}

void glow_desk_restore_scenes(struct glow_desk *d, const struct glow_message *m)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_scenes scenes;
	cJSON *tree;

	if (m->len == 0)
		return;
	tree = glow_json_parse(m->payload, m->len, &diag);
	if (!tree || glow_scenes_read(tree, &scenes, &diag) != GLOW_OK)
		glow_warning("the retained scenes are broken and were skipped: %s %s", diag.where, diag.what);
	else if (scenes.n <= GLOW_SCENES_MAX && newer(&scenes, &d->scenes))
		glow_programme_take(&d->scenes, &scenes);
	else
		glow_scenes_fini(&scenes);
	cJSON_Delete(tree);
}

/* ---- the master dimmer ---- */

void glow_desk_dim(struct glow_desk *d, const struct glow_message *m, int64_t now_us)
{
	struct glow_diag diag;
	struct glow_dim dim;

	if (clears(m))
		return;
	if (passing(m, &diag) && glow_dim_read(m->payload, m->len, &dim, &diag) == GLOW_OK) {
		if (dim.until_us > now_us) {
			d->dim = dim;
			publish_dim(d);
		} else {
			glow_diag_set(&diag, GLOW_OUT_OF_RANGE, "until_us", "is over already");
		}
	}
	answer(d, m, &diag, glow_answer_write(NULL, &diag));
}

void glow_desk_restore_dim(struct glow_desk *d, const struct glow_message *m)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_dim dim;

	if (m->len == 0)
		return;
	if (glow_dim_read(m->payload, m->len, &dim, &diag) == GLOW_OK)
		d->dim = dim;
	else
		glow_warning("the retained dimmer is broken and was skipped: %s %s", diag.where, diag.what);
}

/* ---- commands for many nodes at one instant ---- */

static enum glow_code read_command(struct glow_desk *d, const cJSON *tree, enum glow_command_kind kind, int64_t now_us,
				   struct glow_diag *diag)
{
	struct glow_command_ctx ctx = { .kind = kind, .now_us = now_us, .any = true };

	return tree ? glow_command_read(tree, &ctx, &d->command, diag) : diag->code;
}

/* ".../set" and ".../notify" become ".../apply". */
static void apply_topic(const char *command, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	size_t n = (size_t)(strrchr(command, '/') - command);

	memcpy(ret_topic, command, n);
	memcpy(ret_topic + n, "/apply", sizeof("/apply"));
}

static void publish_apply(struct glow_desk *d, const struct glow_message *m, enum glow_command_kind kind,
			  const cJSON *command, int64_t at_us)
{
	struct glow_apply apply = { .notify = kind == GLOW_COMMAND_NOTIFY, .at_us = at_us, .command = command };
	char topic[GLOW_TOPIC_MAX + 1];

	apply.of = apply.seed = glow_command_hash(m->topic, m->payload, m->len);
	apply_topic(m->topic, topic);
	publish(d, topic, glow_apply_write(&apply), false);
}

void glow_desk_command(struct glow_desk *d, const struct glow_message *m, enum glow_command_kind kind, int64_t now_us,
		       int64_t lead_us)
{
	struct glow_diag diag;
	cJSON *command = NULL, *tree;
	/* The way to the nodes may have become shorter: commands stay in their order all the same. */
	int64_t at_us = now_us + lead_us > d->last_at_us ? now_us + lead_us : d->last_at_us;

	if (m->len == 0) /* a question for the nodes' states, which they answer themselves */
		return;
	if (passing(m, &diag))
		command = glow_command_tree(m->payload, m->len, &diag);
	if (diag.code == GLOW_OK && read_command(d, command, kind, now_us, &diag) == GLOW_OK) {
		d->last_at_us = at_us;
		if (d->command.has & GLOW_HAS_AT && d->command.at_us > at_us)
			at_us = d->command.at_us;
		cJSON_DeleteItemFromObjectCaseSensitive(command, "at_us");
		publish_apply(d, m, kind, command, at_us);
	}
	tree = glow_answer_write(NULL, &diag);
	if (diag.code == GLOW_OK)
		glow_json_add_int(tree, "at_us", at_us);
	answer(d, m, &diag, tree);
	cJSON_Delete(command);
}

/* ---- time ---- */

void glow_desk_open(struct glow_desk *d, uint64_t clock_id, uint32_t term, bool fresh, int64_t now_us)
{
	if (d->scenes.clock_id != clock_id) {
		glow_programme_move(&d->scenes, clock_id, now_us);
		d->scenes.rev++;
	}
	d->scenes.term = term;
	d->last_at_us = now_us;
	if (glow_programme_tidy(&d->scenes, now_us))
		d->scenes.rev++;
	if (fresh && d->dim.until_us != GLOW_NEVER)
		d->dim = (struct glow_dim){ .brightness = 255, .until_us = GLOW_NEVER };
	publish_scenes(d);
	publish_dim(d);
}

void glow_desk_tick(struct glow_desk *d, int64_t now_us)
{
	if (glow_programme_tidy(&d->scenes, now_us))
		scenes_changed(d);
	if (d->dim.until_us <= now_us) {
		d->dim = (struct glow_dim){ .brightness = 255, .until_us = GLOW_NEVER };
		publish_dim(d);
	}
}

int64_t glow_desk_next(const struct glow_desk *d)
{
	int64_t scenes_us = glow_programme_next(&d->scenes);

	return scenes_us < d->dim.until_us ? scenes_us : d->dim.until_us;
}
