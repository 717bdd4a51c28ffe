/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Scenes and roster on the wire: what people ask of the conductor (scene/play,
 * scene/stop, dim/set) and what it keeps retained (scene/current, roster,
 * dim/current). JSON to struct and back; memory is the struct's, freed by the _fini functions. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/diag.h>
#include <glow/roster.h>
#include <glow/scene.h>

/** P/scene/current. The last entry that targets a node shows on it. */
struct glow_scenes {
	struct glow_edition edition;
	uint32_t n;
	struct glow_scene *v;
	struct glow_edition above; /**< what was taken last of those above; clock_id 0: nothing was */
};

void glow_scene_fini(struct glow_scene *scene);
void glow_scenes_fini(struct glow_scenes *scenes);

/** The payload of scene/play, JSON or shorthand, checked as a whole. Where it does not say, the scene
 * starts at `start_us` (cluster time) with `seed`, its id is "main", it takes the lights over, spans the
 * cluster, and is white at full brightness. On GLOW_OK the scene is the caller's to glow_scene_fini();
 * otherwise diag says what is wrong and there is nothing to free. */
enum glow_code glow_play_read(const char *payload, size_t len, int64_t start_us, uint32_t seed,
			      struct glow_scene *ret_scene, struct glow_diag *diag);

/** The payload of scene/stop: empty, blank or {} is all scenes. */
struct glow_stop {
	bool all;
	char id[GLOW_SCENE_ID_MAX + 1];
	int64_t fade_us;
};
enum glow_code glow_stop_read(const char *payload, size_t len, struct glow_stop *ret_stop, struct glow_diag *diag);

/** True for a payload of scene/play whose `effect` is "none", or that is this word, in any case: it ends the scene of
 * its `id` ("main"), with `fade_ms`. What else it says is not looked at; where these are wrong, diag says so. */
bool glow_play_ends(const char *payload, size_t len, struct glow_stop *ret_stop, struct glow_diag *diag);

/** dim/set, and dim/current, which is the same: {"brightness":0-255,"until_us":null or time}.
 * "40%", "off" (0) and "on" (255) are shorthand. */
struct glow_dim {
	uint8_t brightness;
	int64_t until_us;            /**< then it is 255 again; GLOW_NEVER */
	struct glow_edition edition; /**< dim/current; what people ask for has none */
	struct glow_edition above;   /**< what was taken last of the dimmer above; clock_id 0: nothing was */
};
enum glow_code glow_dim_read(const char *payload, size_t len, struct glow_dim *ret_dim, struct glow_diag *diag);
cJSON *glow_dim_write(const struct glow_dim *dim);

/** scene/current. Reading is lenient where another program may know more: an unknown effect becomes NULL, an
 * unknown parameter is passed over; a scene that is broken otherwise fails the whole with diag.
 * A written scene reads back equal. */
cJSON *glow_scenes_write(const struct glow_scenes *scenes);
enum glow_code glow_scenes_read(const cJSON *tree, struct glow_scenes *ret_scenes, struct glow_diag *diag);

/** Its list of scenes alone, without an edition. Reading needs `scenes` empty; on an error there is nothing to free. */
cJSON *glow_scene_list_write(const struct glow_scenes *scenes);
enum glow_code glow_scene_list_read(const cJSON *list, struct glow_scenes *scenes, struct glow_diag *diag);

/** `target` as a scene has it: {"nodes":[ids]} or {"groups":[ids]}; NULL or null leaves it as it is. `kept`: what else
 * the object says is passed over in silence. target->ids is the caller's to free(), also after an error. */
enum glow_code glow_target_read(const cJSON *item, bool kept, struct glow_target *target, struct glow_diag *diag);

/** roster. One of more than GLOW_ROSTER_SHORT nodes leaves out what reads as nothing: `reverse` false, `gap` 0 and
 * no `groups`. Only such a one has kinds. */
#define GLOW_ROSTER_SHORT 500
cJSON *glow_roster_write(const struct glow_roster *roster);
/** Leaves out the last nodes until it has at most so many bytes when it is written, and lays it out again. */
void glow_roster_fit(struct glow_roster *roster, size_t bytes);
enum glow_code glow_roster_read(const cJSON *tree, struct glow_roster *ret_roster, struct glow_diag *diag);
void glow_roster_fini(struct glow_roster *roster);

/** apply: a group's command with the instant at which it takes effect. */
struct glow_apply {
	bool notify;
	int64_t at_us;
	uint32_t of; /**< glow_command_hash() of the command's topic and payload */
	uint32_t seed;
	const cJSON *command; /**< reading: borrowed from the tree; writing: a tree that the writer copies */
};
cJSON *glow_apply_write(const struct glow_apply *apply);
enum glow_code glow_apply_read(const cJSON *tree, struct glow_apply *ret_apply, struct glow_diag *diag);
