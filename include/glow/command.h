/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What people and programs ask of a light: the set and notify payloads, JSON
 * and shorthand. One parser for commands from the network, the idle display of
 * the configuration, a retained state and the command line. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/diag.h>
#include <glow/effect.h>
#include <glow/frame.h>
#include <glow/picture.h>
#include <glow/shape.h>

/** Largest set, notify, play, stop or dim payload. */
#define GLOW_COMMAND_MAX   8192
#define GLOW_NOTICE_ID_MAX 64

enum glow_command_kind { GLOW_COMMAND_SET, GLOW_COMMAND_NOTIFY };

/** Fields present in a command. */
enum {
	GLOW_HAS_STATE = 1 << 0,
	GLOW_HAS_BRIGHTNESS = 1 << 1,
	GLOW_HAS_COLOR = 1 << 2,
	GLOW_HAS_EFFECT = 1 << 3,
	GLOW_HAS_PARAMS = 1 << 4,
	GLOW_HAS_TRANSITION = 1 << 5,
	GLOW_HAS_FLASH = 1 << 6,
	GLOW_HAS_PIXELS = 1 << 7,
	GLOW_HAS_LEDS = 1 << 8,
	GLOW_HAS_AT = 1 << 9,
	GLOW_HAS_TTL = 1 << 10,
	GLOW_HAS_PRIORITY = 1 << 11,
	GLOW_HAS_ID = 1 << 12,
	GLOW_HAS_CLEAR = 1 << 13,
	GLOW_HAS_SEED = 1 << 14,
	GLOW_HAS_DARK = 1 << 15,
	GLOW_HAS_STEP = 1 << 16, /**< brightness_step, and no brightness */
};

struct glow_command {
	uint32_t has;
	bool on, toggle; /**< the state: when it is to be toggled, `on` is false */
	uint8_t brightness;
	int16_t step; /**< of the brightness */
	struct glow_rgb color;
	const struct glow_effect_desc *named; /**< GLOW_HAS_EFFECT: as given; NULL is auto */
	const struct glow_effect_desc
		*effect;     /**< what will run: the named one, the present one, or solid for a colour */
	uint32_t params_set; /**< bit k: params.v[k] (or the text) was given */
	struct glow_params params;
	int64_t transition_us, flash_us, at_us, ttl_us;
	uint32_t seed; /**< GLOW_HAS_SEED: of the dice of the effect that this starts */
	bool dark;     /**< lets go and is not OFF, though it says so, but content with nothing to show */
	uint8_t priority;
	bool clear;
	bool absent; /**< for a conductor: whether or not it knows of anybody whom it is for */
	char id[GLOW_NOTICE_ID_MAX + 1];
	/** pixels, or leds as levels in all three channels: LED i where paint_set[i]. */
	struct glow_paint paint;
	uint8_t paint_set[GLOW_PIXELS_MAX];
};

/** What a command is checked against. */
struct glow_command_ctx {
	enum glow_command_kind kind;
	struct glow_shape shape;
	const struct glow_effect_desc *current; /**< the light's effect now; NULL: auto */
	int64_t now_us;                         /**< cluster time, for at_us */
	/** For many nodes at once: what depends on a board (LED names, the number of pixels) or on the
	 * present effect (params without effect) is good when it is good for some node. Shape and
	 * current effect are not looked at then, and the command is good for checking only, not to be applied. */
	bool any;
	/** From people, or in their words: an object of which no field is known is GLOW_UNKNOWN_FIELD, and what
	 * diag says was ignored is meant for them (glow/habits.h). Otherwise what is not known is passed over. */
	bool strict;
};

/** The words of a shorthand as the JSON command they stand for (the caller's,
 * cJSON_Delete()). NULL with diag for an unknown word. No words give an empty object. */
cJSON *glow_shorthand_expand(const char *text, size_t len, struct glow_diag *diag);

/** Payload to tree, whichever form: what begins with '{' or '[' is JSON, the rest shorthand. White space and byte order
 * marks before either are passed over. Brackets, braces and double quotes are in no word, so text with these that
 * does not begin as JSON is bad_json. */
cJSON *glow_command_tree(const char *payload, size_t len, struct glow_diag *diag);

/** Checks a whole tree; ret_command is complete on GLOW_OK and undefined otherwise. A field that is null is not there.
 * Of fields that say the same (`color` before `color_temp_kelvin` and `color_temp`, `brightness` before
 * `brightness_pct` and `brightness_step`) the first one counts and the others are ignored. */
enum glow_code glow_command_read(const cJSON *tree, const struct glow_command_ctx *ctx,
				 struct glow_command *ret_command, struct glow_diag *diag);

/** The name of field k, from 0, that a command of that kind may have; NULL when there are no more. A notice may have
 * them all. */
const char *glow_command_field(enum glow_command_kind kind, size_t k);

/** A copy of a command without the members that no command of its kind has, or that are null, so that it fits
 * into another message whatever it came with (the caller's, cJSON_Delete()). */
cJSON *glow_command_copy(const cJSON *tree, enum glow_command_kind kind);

/** Puts the tree of a checked command into the plain words that every program knows: ON, OFF or TOGGLE, a whole
 * `brightness`, a `color` of a name or of r, g and b, an `effect` by its own name. */
void glow_command_plain(cJSON *tree, const struct glow_command *command);

/** Whether what the command does depends on what the light is: TOGGLE, or a brightness_step. Such a one must not be
 * carried out twice. */
bool glow_command_relative(const cJSON *tree);

/** Makes a relative command absolute, for a light that says it is `on`, at that brightness. A light that is off steps
 * up from 0; one that steps down to 0 is switched off and keeps its level. */
void glow_command_resolve(struct glow_command *command, bool on, uint8_t brightness);

/** Changes a look as a checked command says, at cluster time now_us; `seed` is
 * for a new effect's dice where the command brings none. Brightness 0 is OFF and leaves the look's brightness as it
 * was. Transition, flash, times and notice fields are the caller's. */
void glow_command_apply(const struct glow_command *command, struct glow_shape shape, int64_t now_us, uint32_t seed,
			struct glow_look *look);

/** The idle display that a payload describes: what a node shows while nothing
 * else does, and what others draw for it. It has no start of its own, every node
 * counts from the epoch; what names no effect is solid, and solid black is OFF. What is relative is out of range. On an
 * error *ret_look is solid white. `now_us` is for checking at_us. */
enum glow_code glow_command_idle(const char *payload, struct glow_shape shape, int64_t now_us,
				 struct glow_look *ret_look, struct glow_diag *diag);

/** Seed and identity of a command: FNV-1a of topic, NUL, payload. */
uint32_t glow_command_hash(const char *topic, const void *payload, size_t len);
