/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Presets on the wire: what shows, kept under a name to be shown again. A light is in the words of a light command,
 * a scene in those of scene/current, with times that count from the instant at which the preset is applied. JSON to
 * struct and back. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/command.h>
#include <glow/diag.h>
#include <glow/scenes.h>
#include <glow/title.h>
#include <glow/topics.h>

#define GLOW_PRESETS_MAX       1000
#define GLOW_PRESET_MAX        131072  /**< bytes of one */
#define GLOW_PRESETS_BYTES     4194304 /**< of all together */
#define GLOW_PRESET_LIGHTS_MAX 512

struct glow_preset {
	char title[GLOW_TITLE_MAX + 1]; /**< for people; "" for none */
	const cJSON *lights;       /**< object of nodes' ids and commands, borrowed; NULL: leaves all as they are */
	bool has_scenes;           /**< false: leaves what plays as it is */
	struct glow_scenes scenes; /**< those that play then, and no others; start_us and end_us are relative */
};

/** Reads the form of a preset: lights are objects at nodes' ids, scenes are as glow_scene_list_read() has them, and
 * times are not before 0. On GLOW_OK the preset is the caller's to glow_preset_fini(), before the tree. */
enum glow_code glow_preset_read(const cJSON *tree, struct glow_preset *ret_preset, struct glow_diag *diag);
void glow_preset_fini(struct glow_preset *preset);

/** Whether this program can show all that is in it: every light is a command that some board can carry out and that
 * depends on nothing, and every effect is known. `scratch` is large. */
enum glow_code glow_preset_check(const struct glow_preset *preset, struct glow_command *scratch,
				 struct glow_diag *diag);

/** A preset as it is kept. `lights` (taken over) and `scenes` may be NULL; "" is no title. */
cJSON *glow_preset_write(const char *name, const char *title, cJSON *lights, const struct glow_scenes *scenes);

/** What shows a light as its state says it is: the state without what tells of its past. The caller's; NULL where the
 * text is no state. Applied, what moves begins anew, with the same dice. */
cJSON *glow_preset_light(const char *state, size_t len);

/** Of the scenes that play at an instant those that are not about to give way to another, as a preset has them: what
 * runs begins at 0, what is to come as much later, and each plays as long as it was to play. The caller's; its
 * memory is shared with `scenes` but for the array, so free() that alone. False when out of memory. */
bool glow_preset_scenes(const struct glow_scenes *scenes, int64_t now_us, struct glow_scenes *ret_scenes);

/** preset/<name>/set: to remove it, to save what shows, or what to keep. */
struct glow_preset_asked {
	bool removes, saves;
	bool lights, scenes; /**< what to save */
	bool has_title;
	char title[GLOW_TITLE_MAX + 1];
	struct glow_target target; /**< whose lights */
	cJSON *tree;               /**< the whole, for glow_preset_read() */
};

/** A blank payload removes. On GLOW_OK glow_preset_asked_fini() frees. */
enum glow_code glow_preset_asked(const char *name, const char *payload, size_t len, struct glow_preset_asked *ret_asked,
				 struct glow_diag *diag);
void glow_preset_asked_fini(struct glow_preset_asked *asked);

/** True for a payload of scene/play that has a `preset` in place of a scene: {"preset":"evening","fade_ms":500}, for
 * those who choose both at one topic; null is none, which takes it back. Where it is wrong, diag says so. */
struct glow_preset_played {
	char name[GLOW_ID_MAX + 1]; /**< "": none */
	int64_t fade_us;
};
bool glow_preset_played(const char *payload, size_t len, struct glow_preset_played *ret_played, struct glow_diag *diag);

/** preset/<name>/apply and undo: a blank payload or {"transition":seconds}, a second where it does not say. */
enum glow_code glow_preset_fade(const char *payload, size_t len, int64_t *ret_fade_us, struct glow_diag *diag);
