/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a node says of its light: the retained state topic. It carries all that
 * another program needs to draw the node, and it is a command too: what is
 * published can be restored from. */

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/command.h>
#include <glow/diag.h>
#include <glow/picture.h>

enum glow_showing { GLOW_SHOWS_IDLE, GLOW_SHOWS_SCENE, GLOW_SHOWS_LIGHT, GLOW_SHOWS_NOTICE };

/** "idle", "scene", "light", "notice". */
const char *glow_showing_name(enum glow_showing showing);

struct glow_state {
	struct glow_look light;
	int64_t since_us;  /**< when a command last changed the light */
	uint64_t clock_id; /**< the timeline that the times here are on; 0: this node's own */
	enum glow_showing showing;
	bool dark; /**< the light is auto and ON, and has nothing to show (glow_picture_dark()): it says OFF */
	bool limited;
	char problem[320];      /**< why the board is dark, "" when it is well; nothing is restored from it */
	unsigned slots_a_frame; /**< as of info, for those who do not read that; nor from it */
	bool fading;
	int64_t fade_start_us, fade_end_us;
	struct glow_frame fade_from; /**< the picture a running transition started from */
	bool has_notice;             /**< the notice on top */
	struct glow_look notice;
	char notice_id[GLOW_NOTICE_ID_MAX + 1];
	uint8_t notice_priority;
	int64_t notice_start_us, notice_end_us;
};

/** The members of a state that a command passes over: they tell of what was, and there is no asking for it. All
 * others are fields of a command. Ends with NULL. */
extern const char *const glow_state_only[];

cJSON *glow_state_write(const struct glow_state *state, struct glow_shape shape);

/** Reads what glow_state_write() wrote; fields that are missing get defaults. */
enum glow_code glow_state_read(const cJSON *tree, struct glow_shape shape, struct glow_state *ret_state,
			       struct glow_diag *diag);
