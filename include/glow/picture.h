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
#include <glow/roster.h>
#include <glow/scene.h>
#include <glow/shape.h>
#include <glow/time.h>

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
	struct glow_paint paint; /**< pixels before brightness; levels on a mono shape */
};

/** What a picture depends on besides its looks and the time. */
struct glow_env {
	struct glow_shape shape;
	bool reverse;           /**< local configuration */
	int64_t wall_offset_us; /**< local civil time minus cluster time */
	uint16_t meter[GLOW_METERS];
	uint8_t brightness_limit;  /**< full brightness shines as this, 0..255 */
	uint32_t current_limit_ma; /**< 0: none */
	uint8_t blackout;          /**< the master dimmer, as darkness: 0 is full light, 255 none */
	uint32_t from, count;      /**< only these pixels are drawn, the others dark; all where count is 0 */
};

/** A scene that is for this node, and where this board lies on its strip. */
struct glow_scene_layer {
	const struct glow_scene *scene;
	struct glow_place place;
};

/** No transition is longer. */
#define GLOW_FADE_MAX_US (6553 * GLOW_US_PER_S)

/** The layers; NULL where there is none. Of the scenes the last that shows is on
 * top; what it does not cover (a cross-fade) lets the next one down show, at last the idle display.
 * A transition that begins with a scene, and is as long as its opening cross-fade, takes the place of that. */
struct glow_picture {
	const struct glow_look *idle, *light, *notice;
	const struct glow_scene_layer *scenes;
	uint32_t n_scenes;
	const struct glow_frame *fade_from; /**< NULL unless a transition runs beneath the notice */
	int64_t fade_start_us, fade_end_us; /**< at most GLOW_FADE_MAX_US apart */
};

/** Starts a look: on, full brightness, white, the given effect with defaults. */
void glow_look_init(struct glow_look *look, const struct glow_effect_desc *effect, int64_t start_us);

/** One layer alone, with its brightness. An auto look gives black. */
void glow_look_render(const struct glow_look *look, const struct glow_env *env, struct glow_place place, int64_t t_us,
		      struct glow_frame *ret_frame);

/** Everything beneath the notice, transition included; what a new transition starts from. */
void glow_picture_base(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
		       struct glow_frame *ret_frame);

/** The topmost scene that runs at t_us, whether or not the light lets it show; NULL for none. */
const struct glow_scene *glow_picture_scene(const struct glow_picture *pic, int64_t t_us);

/** A scene counts as light so long before its start. */
#define GLOW_SCENE_SOON_US (5 * GLOW_US_PER_S)

/** True while the light is ON and auto and there is nothing that it could let show: the idle display is off, and of
 * the scenes none that gives light runs or starts within GLOW_SCENE_SOON_US. By these facts, not by pixels: what is
 * black for a while, or because somebody chose so, is something to show. */
bool glow_picture_dark(const struct glow_picture *pic, int64_t t_us);

/** No more than this many steps (glow/script.h) does a pixel of the picture take. */
uint32_t glow_picture_steps(const struct glow_picture *pic);

/** The whole picture before the current limit, pixel for pixel: parts of it (`from` and `count` of the environment) put
 * together are it. */
void glow_picture_draw(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
		       struct glow_frame *ret_frame);

/** The whole picture with limits: what the LEDs get. Returns true while the
 * current limit changes it. */
bool glow_picture_render(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
			 struct glow_frame *ret_frame);

/** The fastest pace among the layers that can be seen at t_us (a running
 * transition or cross-fade is GLOW_ANIMATED). `ret_meters`, where not NULL, gets a
 * bit for each meter that a visible layer shows. */
enum glow_pace glow_picture_pace(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
				 uint32_t *ret_meters);
