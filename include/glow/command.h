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
};

struct glow_command {
	uint32_t has;
	bool on;
	uint8_t brightness;
	struct glow_rgb color;
	const struct glow_effect_desc *named; /**< GLOW_HAS_EFFECT: as given; NULL is auto */
	const struct glow_effect_desc
		*effect;     /**< what will run: the named one, the present one, or solid for a colour */
	uint32_t params_set; /**< bit k: params.v[k] (or the text) was given */
	struct glow_params params;
	int64_t transition_us, flash_us, at_us, ttl_us;
	uint8_t priority;
	bool clear;
	bool absent; /**< for a conductor: whether or not it knows of anybody whom it is for */
	char id[GLOW_NOTICE_ID_MAX + 1];
	/** pixels, or leds as levels in all three channels: LED i where paint_set[i]. */
	struct glow_frame paint;
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
};

/** The words of a shorthand as the JSON command they stand for (the caller's,
 * cJSON_Delete()). NULL with diag for an unknown word. No words give an empty object. */
cJSON *glow_shorthand_expand(const char *text, size_t len, struct glow_diag *diag);

/** Payload to tree, whichever form: first byte '{' or '[' is JSON, the rest shorthand. */
cJSON *glow_command_tree(const char *payload, size_t len, struct glow_diag *diag);

/** Checks a whole tree; ret_command is complete on GLOW_OK and undefined otherwise. */
enum glow_code glow_command_read(const cJSON *tree, const struct glow_command_ctx *ctx,
				 struct glow_command *ret_command, struct glow_diag *diag);

/** A copy of a command without the members that no command has, so that it fits
 * into another message whatever it came with (the caller's, cJSON_Delete()). */
cJSON *glow_command_copy(const cJSON *tree);

/** Changes a look as a checked command says, at cluster time now_us; `seed` is
 * for a new effect's dice. Transition, flash, times and notice fields are the caller's. */
void glow_command_apply(const struct glow_command *command, struct glow_shape shape, int64_t now_us, uint32_t seed,
			struct glow_look *look);

/** The idle display that a payload describes: what a node shows while nothing
 * else does, and what others draw for it. It has no start of its own, every node
 * counts from the epoch; what names no effect is solid. On an error *ret_look is
 * solid white. `now_us` is for checking at_us. */
enum glow_code glow_command_idle(const char *payload, struct glow_shape shape, int64_t now_us,
				 struct glow_look *ret_look, struct glow_diag *diag);

/** Seed and identity of a command: FNV-1a of topic, NUL, payload. */
uint32_t glow_command_hash(const char *topic, const void *payload, size_t len);
