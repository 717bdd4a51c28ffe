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

#include "requests.h"
#include "scene_store.h"

#define RETAINED_MAX 262144
#define TEXT_MARGIN  2048 /* what ends and revisions may add to the text of scenes */

int glow_requests_init(struct glow_requests *d, const struct glow_publisher *out, uint32_t seed)
{
	*d = (struct glow_requests){ .out = *out, .seed = seed, .dim = { .brightness = 255, .until_us = GLOW_NEVER } };
	return glow_scene_store_init(&d->scenes);
}

void glow_requests_fini(struct glow_requests *d)
{
	glow_scenes_fini(&d->scenes);
}

/* ---- what is said ---- */

static void publish_scenes(struct glow_requests *d)
{
	glow_publish_tree(&d->out, "scene", "current", NULL, glow_scenes_write(&d->scenes), 1, true);
}

static void scenes_changed(struct glow_requests *d)
{
	d->scenes.rev++;
	publish_scenes(d);
}

static void publish_dim(struct glow_requests *d)
{
	glow_publish_tree(&d->out, "dim", "current", NULL, glow_dim_write(&d->dim), 1, true);
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
static bool fits(const struct glow_requests *d, struct glow_scene *scene)
{
	const struct glow_scenes alone = { .n = 1, .v = scene };

	return length(&d->scenes) + length(&alone) + TEXT_MARGIN <= RETAINED_MAX;
}

static enum glow_code play(struct glow_requests *d, struct glow_scene *scene, int64_t now_us, struct glow_diag *diag)
{
	if (!fits(d, scene))
		return glow_diag_set(diag, GLOW_TOO_LARGE, "", "too much plays already: %u scenes", d->scenes.n);
	if (!glow_scene_store_play(&d->scenes, scene, now_us))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "", "%d scenes play already", GLOW_SCENES_MAX);
	return GLOW_OK;
}

void glow_requests_play(struct glow_requests *d, const struct glow_message *m, int64_t now_us, int64_t lead_us)
{
	struct glow_diag diag;
	struct glow_scene scene;
	cJSON *tree;
	char id[GLOW_SCENE_ID_MAX + 1];
	int64_t start_us = 0;

	if (glow_command_clears(m))
		return;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK &&
	    glow_play_read(m->payload, m->len, now_us + lead_us, glow_dice(d->seed, d->rolls++, 0), &scene, &diag) ==
		    GLOW_OK) {
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
	glow_publish_answer(&d->out, m, &diag, tree, NULL);
}

void glow_requests_stop(struct glow_requests *d, const struct glow_message *m, int64_t now_us, int64_t lead_us)
{
	struct glow_diag diag;
	struct glow_stop stop = { .all = true };
	int64_t end_us = 0;
	cJSON *tree;

	if (glow_command_clears(m))
		return;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK &&
	    glow_stop_read(m->payload, m->len, &stop, &diag) == GLOW_OK) {
		end_us = now_us + lead_us + stop.fade_us;
		if (glow_scene_store_stop(&d->scenes, stop.all ? NULL : stop.id, end_us, stop.fade_us) > 0) {
			glow_scene_store_tidy(&d->scenes, now_us);
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
	glow_publish_answer(&d->out, m, &diag, tree, NULL);
}

/* (term, rev) only ever rises, unless somebody begins anew on another clock. */
static bool newer(const struct glow_scenes *a, const struct glow_scenes *b)
{
	if (a->clock_id != b->clock_id || a->term != b->term)
		return a->clock_id != b->clock_id || a->term > b->term;
	return a->rev >= b->rev;
}

void glow_requests_restore_scenes(struct glow_requests *d, const struct glow_message *m)
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
		glow_scene_store_take(&d->scenes, &scenes);
	else
		glow_scenes_fini(&scenes);
	cJSON_Delete(tree);
}

/* ---- the master dimmer ---- */

void glow_requests_dim(struct glow_requests *d, const struct glow_message *m, int64_t now_us)
{
	struct glow_diag diag;
	struct glow_dim dim;

	if (glow_command_clears(m))
		return;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK &&
	    glow_dim_read(m->payload, m->len, &dim, &diag) == GLOW_OK) {
		if (dim.until_us > now_us) {
			d->dim = dim;
			publish_dim(d);
		} else {
			glow_diag_set(&diag, GLOW_OUT_OF_RANGE, "until_us", "is over already");
		}
	}
	glow_publish_answer(&d->out, m, &diag, glow_answer_write(NULL, &diag), NULL);
}

void glow_requests_restore_dim(struct glow_requests *d, const struct glow_message *m)
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

static enum glow_code read_command(struct glow_requests *d, const cJSON *tree, enum glow_command_kind kind,
				   int64_t now_us, struct glow_diag *diag)
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

static void publish_apply(struct glow_requests *d, const struct glow_message *m, enum glow_command_kind kind,
			  const cJSON *command, int64_t at_us)
{
	struct glow_apply apply = { .notify = kind == GLOW_COMMAND_NOTIFY, .at_us = at_us, .command = command };
	char topic[GLOW_TOPIC_MAX + 1], *text;

	apply.of = apply.seed = glow_command_hash(m->topic, m->payload, m->len);
	apply_topic(m->topic, topic);
	text = glow_json_finish(glow_apply_write(&apply));
	if (text)
		glow_publish_text(&d->out, topic, text, 1, false);
	free(text);
}

void glow_requests_command(struct glow_requests *d, const struct glow_message *m, enum glow_command_kind kind,
			   int64_t now_us, int64_t lead_us)
{
	struct glow_diag diag;
	cJSON *command = NULL, *tree;
	/* The way to the nodes may have become shorter: commands stay in their order all the same. */
	int64_t at_us = now_us + lead_us > d->last_at_us ? now_us + lead_us : d->last_at_us;

	if (m->len == 0) /* a question for the nodes' states, which they answer themselves */
		return;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK)
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
	glow_publish_answer(&d->out, m, &diag, tree, NULL);
	cJSON_Delete(command);
}

/* ---- time ---- */

void glow_requests_open(struct glow_requests *d, uint64_t clock_id, uint32_t term, bool fresh, int64_t now_us)
{
	if (d->scenes.clock_id != clock_id) {
		glow_scene_store_move(&d->scenes, clock_id, now_us);
		d->scenes.rev++;
	}
	d->scenes.term = term;
	d->last_at_us = now_us;
	if (glow_scene_store_tidy(&d->scenes, now_us))
		d->scenes.rev++;
	if (fresh && d->dim.until_us != GLOW_NEVER)
		d->dim = (struct glow_dim){ .brightness = 255, .until_us = GLOW_NEVER };
	publish_scenes(d);
	publish_dim(d);
}

void glow_requests_tick(struct glow_requests *d, int64_t now_us)
{
	if (glow_scene_store_tidy(&d->scenes, now_us))
		scenes_changed(d);
	if (d->dim.until_us <= now_us) {
		d->dim = (struct glow_dim){ .brightness = 255, .until_us = GLOW_NEVER };
		publish_dim(d);
	}
}

int64_t glow_requests_next(const struct glow_requests *d)
{
	int64_t scenes_us = glow_scene_store_next(&d->scenes);

	return scenes_us < d->dim.until_us ? scenes_us : d->dim.until_us;
}
