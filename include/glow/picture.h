/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a node shows at an instant, from its layers: idle display, scene, the
 * node's own light, the notice on top, and the limits. Pure, so that the
 * bridge, the terminal view and a browser draw the same bytes from the same facts. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/effect.h>
#include <glow/frame.h>
#include <glow/shape.h>

/** What one layer shows. */
struct glow_look {
	const struct glow_effect_desc *effect; /**< NULL is "auto": lets what is beneath show */
	struct glow_params params;
	struct glow_rgb color;
	uint8_t brightness;
	bool on;      /**< off is dark, not transparent */
	bool painted; /**< `paint` replaces the effect's picture (effect is then `solid`) */
	uint32_t seed;
	int64_t start_us;        /**< cluster time at which the effect's t_us is 0 */
	struct glow_frame paint; /**< pixels before brightness; levels on a mono shape */
};

/** Where a board lies on the strip an effect runs along. */
struct glow_place {
	uint32_t offset, total; /**< this board's pixel 0 is number `offset` of `total` */
	bool reverse;           /**< this board is mounted the other way round */
};

/** What a picture depends on besides its looks and the time. */
struct glow_env {
	struct glow_shape shape;
	bool reverse;           /**< local configuration */
	int64_t wall_offset_us; /**< local civil time minus cluster time */
	uint16_t meter[GLOW_METERS];
	uint8_t brightness_limit;  /**< full brightness shines as this, 0..255 */
	uint32_t current_limit_ma; /**< 0: none */
};

/** The layers; NULL where there is none. */
struct glow_picture {
	const struct glow_look *idle, *scene, *light, *notice;
	struct glow_place scene_place;
	const struct glow_frame *fade_from; /**< NULL unless a transition runs beneath the notice */
	int64_t fade_start_us, fade_end_us;
};

/** Starts a look: on, full brightness, white, the given effect with defaults. */
void glow_look_init(struct glow_look *look, const struct glow_effect_desc *effect, int64_t start_us);

/** One layer alone, with its brightness. An auto look gives black. */
void glow_look_render(const struct glow_look *look, const struct glow_env *env, struct glow_place place, int64_t t_us,
		      struct glow_frame *ret_frame);

/** Everything beneath the notice, transition included; what a new transition starts from. */
void glow_picture_base(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
		       struct glow_frame *ret_frame);

/** The whole picture with limits: what the LEDs get. Returns true while the
 * current limit changes it. */
bool glow_picture_render(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
			 struct glow_frame *ret_frame);

/** The fastest pace among the layers that can be seen at t_us (a running
 * transition is GLOW_ANIMATED). `ret_meters`, where not NULL, gets a bit for
 * each meter that a visible layer shows. */
enum glow_pace glow_picture_pace(const struct glow_picture *pic, int64_t t_us, uint32_t *ret_meters);
