/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is said to a conductor and what it says itself, each input given to all
 * readers: refused with words, or good, in range, and the same after it is
 * written and read again. A scene that was taken can be asked about any time. */

#include <glow/scenes.h>
#include <glow/timing.h>

#include "fuzz.h"

#define NOW INT64_C(1700000000123456)

/* ---- scenes ---- */

static void check_scene(const struct glow_scene *scene)
{
	static const int64_t from_start[] = { -1, 0, 1, 49999, 100000, 3600000000 };
	static const int64_t times[] = { -GLOW_JSON_INT_MAX, 0, NOW, GLOW_JSON_INT_MAX, GLOW_NEVER };
	struct glow_scene_view view;

	CHECK(scene->id[0] && glow_utf8_valid(scene->id, strlen(scene->id)));
	CHECK(scene->n_entries >= 1 && (scene->playlist || scene->n_entries == 1));
	CHECK((scene->target.kind == GLOW_TARGET_ALL) == (scene->target.n == 0));
	for (size_t k = 0; k < 11; k++) {
		int64_t t = k < 6 ? scene->start_us + from_start[k] : times[k - 6];

		CHECK(glow_scene_next(scene, t) > t || t == GLOW_NEVER);
		if (!glow_scene_at(scene, t, &view))
			continue;
		CHECK(view.entry >= 0 && view.entry < (int)scene->n_entries && view.from < (int)scene->n_entries);
		CHECK(view.begin_us <= t && view.cover <= 65536 && view.part <= 65536);
	}
}

static void check_picture(const struct glow_scene *scene)
{
	static struct glow_frame frame;
	static struct glow_look idle;
	struct glow_env env = { .shape = { GLOW_SHAPE_ROW, 8 }, .brightness_limit = 255 };
	struct glow_scene_layer layer = { scene, { .offset = GLOW_STRIP_MAX - 8, .total = GLOW_STRIP_MAX } };
	struct glow_picture pic = { .idle = &idle, .scenes = &layer, .n_scenes = 1 };

	glow_look_init(&idle, &glow_effect_solid, 0);
	for (int k = 0; k < 4; k++) {
		int64_t t = scene->start_us + k * INT64_C(777777);

		glow_picture_render(&pic, &env, t, &frame);
		glow_picture_pace(&pic, &env, t, NULL);
		CHECK(frame.n == 8);
	}
}

static void try_scenes(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_scenes scenes;
	cJSON *copy;
	char *text;

	if (glow_scenes_read(tree, &scenes, &diag) != GLOW_OK) {
		check_refusal(&diag);
		CHECK(!scenes.v);
		return;
	}
	for (uint32_t k = 0; k < scenes.n; k++) {
		check_scene(&scenes.v[k]);
		check_picture(&scenes.v[k]);
	}
	copy = check_again(glow_scenes_write(&scenes), &text);
	glow_scenes_fini(&scenes);
	CHECK(glow_scenes_read(copy, &scenes, &diag) == GLOW_OK);
	cJSON_Delete(copy);
	check_same_text(text, glow_scenes_write(&scenes));
	glow_scenes_fini(&scenes);
}

static void try_play(const char *payload, size_t len)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_scene scene;
	struct glow_scenes scenes = { .n = 1, .v = &scene };
	char *text;

	if (glow_play_read(payload, len, NOW, 7, &scene, &diag) != GLOW_OK) {
		check_refusal(&diag);
		return;
	}
	check_scene(&scene);
	check_picture(&scene);
	for (uint32_t k = 0; k < scene.n_entries; k++)
		CHECK(scene.entries[k].effect);
	/* What a conductor took it can keep. */
	cJSON *tree = check_again(glow_scenes_write(&scenes), &text);
	try_scenes(tree);
	cJSON_Delete(tree);
	free(text);
	glow_scene_fini(&scene);
}

/* ---- the rest ---- */

static void try_stop_and_dim(const char *payload, size_t len)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_stop stop;
	struct glow_dim dim, back;
	char *text;

	if (glow_stop_read(payload, len, &stop, &diag) != GLOW_OK)
		check_refusal(&diag);
	else
		CHECK(stop.all == !stop.id[0] && stop.fade_us >= 0 && stop.fade_us <= 60000000);
	diag.code = GLOW_OK;
	if (glow_dim_read(payload, len, &dim, &diag) != GLOW_OK) {
		check_refusal(&diag);
		return;
	}
	text = glow_json_finish(glow_dim_write(&dim));
	CHECK(glow_dim_read(text, strlen(text), &back, &diag) == GLOW_OK);
	CHECK(back.brightness == dim.brightness && back.until_us == dim.until_us);
	free(text);
}

static void try_apply(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_apply apply;
	cJSON *copy;
	char *text;

	if (glow_apply_read(tree, &apply, &diag) != GLOW_OK) {
		check_refusal(&diag);
		return;
	}
	copy = check_again(glow_apply_write(&apply), &text);
	CHECK(glow_apply_read(copy, &apply, &diag) == GLOW_OK);
	check_same_text(text, glow_apply_write(&apply));
	cJSON_Delete(copy);
}

static void try_conductor(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_conductor_info info;
	struct glow_beacon beacon;
	cJSON *copy;
	char *text;

	if (glow_conductor_info_read(tree, &info, &diag) != GLOW_OK) {
		check_refusal(&diag);
	} else {
		copy = check_again(glow_conductor_info_write(&info), &text);
		CHECK(glow_conductor_info_read(copy, &info, &diag) == GLOW_OK);
		check_same_text(text, glow_conductor_info_write(&info));
		cJSON_Delete(copy);
	}
	diag.code = GLOW_OK;
	if (glow_beacon_read(tree, &beacon, &diag) != GLOW_OK) {
		check_refusal(&diag);
		return;
	}
	copy = check_again(glow_beacon_write(&beacon), &text);
	CHECK(glow_beacon_read(copy, &beacon, &diag) == GLOW_OK);
	check_same_text(text, glow_beacon_write(&beacon));
	cJSON_Delete(copy);
}

void fuzz_scene(const uint8_t *data, size_t size)
{
	struct glow_diag diag = { .code = GLOW_OK };
	char *text = exact_copy(data, size);
	cJSON *tree;

	try_play(text, size);
	try_stop_and_dim(text, size);
	tree = glow_json_parse(text, size, &diag);
	if (tree) {
		try_scenes(tree);
		try_apply(tree);
		try_conductor(tree);
	}
	cJSON_Delete(tree);
	free(text);
}
