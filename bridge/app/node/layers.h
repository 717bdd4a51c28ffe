/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a node shows, layer over layer: the idle display, the cluster's scenes, the node's own light with the
 * transition to it, and notices. Commands, scenes and time change them; glow/picture.h draws them.
 * No messages and no clock in here: every call says what time it is on the clock of pictures. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/command.h>
#include <glow/info.h>
#include <glow/message.h>
#include <glow/picture.h>
#include <glow/stage.h>
#include <glow/state.h>

#include "notices.h"

/** A transition from the picture that was. */
struct glow_fade {
	bool running;
	int64_t start_us, end_us;
	struct glow_frame from;
};

struct glow_layers {
	struct glow_env env;
	struct glow_look idle, light;
	uint64_t light_clock; /**< the timeline that the light's times are on: until it is settled, perhaps not ours */
	int64_t since_us;     /**< when a command or a scene last changed the light */
	uint32_t changes;     /**< of the light, by commands and scenes */
	bool started;         /**< the first frame is due */
	struct glow_fade fade;
	struct glow_notices notices;
	struct glow_stage stage;
	struct glow_scene_layer scenes[GLOW_SCENES_MAX]; /**< of the stage those for this node, as of stage_revision */
	uint32_t n_scenes, stage_revision;
	int64_t stage_next_us; /**< when the stage next changes by time */
	int64_t now_us;        /**< up to here time has passed */
	uint32_t revision;     /**< rises when the picture may have changed by anything but time */
};

/** Shows `idle`, a shorthand. GLOW_OK, or what diag says is wrong with it. */
enum glow_code glow_layers_init(struct glow_layers *l, const struct glow_env *env, const char *idle, int64_t now_us,
				struct glow_diag *diag);
void glow_layers_fini(struct glow_layers *l);

/** Checked commands take effect at now_us; `seed` is for the dice of their effects. A light that is switched on, or
 * told how bright it shall be, gives light: where it would stay auto with nothing to show, it becomes solid. */
void glow_layers_set(struct glow_layers *l, const struct glow_command *command, int64_t now_us, uint32_t seed);
void glow_layers_notify(struct glow_layers *l, const struct glow_command *command, int64_t now_us, uint32_t seed);

/** The light as it was before a restart. Its times say nothing on another timeline than theirs: once it is
 * known which one that is, and the first frame is due, they are made good. */
void glow_layers_restore(struct glow_layers *l, const struct glow_state *state, int64_t now_us);

/** The first frame is due. */
void glow_layers_start(struct glow_layers *l, int64_t now_us);

/** One of the cluster's messages that the stage takes; true when the scenes may have changed. */
bool glow_layers_stage(struct glow_layers *l, const struct glow_info *info, enum glow_topic_kind kind,
		       const struct glow_message *m, int64_t now_us, struct glow_diag *diag);

/** An effect has gone (`is` is NULL), has come (`was` is NULL), or is another from now on: what shows it goes on with
 * that one, its parameters as glow_params_carry() has them. A light whose effect is gone, or too much for this board,
 * lets go, and a notice ends. True when that happened. */
bool glow_layers_effect(struct glow_layers *l, const struct glow_info *info, const struct glow_effect_desc *was,
			const struct glow_effect_desc *is, int64_t now_us);

/** Whether light or notices show it. */
bool glow_layers_show(const struct glow_layers *l, const char *effect);

/** Lets time pass for what the cluster shows: before a command of that instant, so that "older" means the same on
 * every node. True when a scene took the light away. */
bool glow_layers_pass(struct glow_layers *l, const struct glow_info *info, int64_t t_us);

/** Ends notices and the transition whose time is over; true when there was one. */
bool glow_layers_expire(struct glow_layers *l, int64_t t_us);

/** When one of the two above has something to do, or the answer to the two below changes by time; GLOW_NEVER. */
int64_t glow_layers_next(const struct glow_layers *l);

/** The clock jumped at now_us (before the jump) by delta_us, and is that of clock_id from now on. As
 * glow_node_clock_stepped(). */
void glow_layers_clock_stepped(struct glow_layers *l, const struct glow_info *info, int64_t now_us, int64_t delta_us,
			       uint64_t clock_id);

/** The picture is the same whatever time it is, also on another timeline. */
bool glow_layers_timeless(const struct glow_layers *l);

/** The board has a place on the strip of each scene that runs along one. */
bool glow_layers_placed(const struct glow_layers *l);

/** They as a picture, which points into them. */
struct glow_picture glow_layers_picture(const struct glow_layers *l);

/** Which of them is seen. */
enum glow_showing glow_layers_showing(const struct glow_layers *l);

/** The light is ON and there is nothing that it could show: OFF to the world. Not before the first frame, when the
 * scenes may still have to come. */
bool glow_layers_dark(const struct glow_layers *l);

/** The light is ON, and is so to the world. */
bool glow_layers_lit(const struct glow_layers *l);

/** They as the state topic tells of them; `limited` is not theirs to know. */
void glow_layers_state(const struct glow_layers *l, struct glow_state *ret_state);
