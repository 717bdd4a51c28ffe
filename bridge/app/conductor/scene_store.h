/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The scenes that play, as the conductor keeps them for everybody: what is
 * asked for becomes entries with a start and an end, and the nodes do the rest
 * by the time alone. Entries are on top of earlier ones. `v` holds room for
 * GLOW_SCENES_MAX of them. Times are cluster time. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/scenes.h>

/** An empty programme; -ENOMEM. glow_scenes_fini() frees it. */
int glow_scene_store_init(struct glow_scenes *s);

/** Becomes a copy of what was read, which is emptied. */
void glow_scene_store_take(struct glow_scenes *s, struct glow_scenes *read);

/** Adds a scene, which is the programme's from now on. One of the same id goes on until the new
 * one has faded in over it. False when there are too many: then nothing has changed and the scene is still the
 * caller's. */
bool glow_scene_store_play(struct glow_scenes *s, struct glow_scene *scene, int64_t now_us);

/** Ends the scenes of an id, or all (NULL), at end_us with a fade before it; how many there were. */
uint32_t glow_scene_store_stop(struct glow_scenes *s, const char *id, int64_t end_us, int64_t fade_us);

/** Lets time pass: removes what has ended; true when something changed. */
bool glow_scene_store_tidy(struct glow_scenes *s, int64_t now_us);

/** When glow_scene_store_tidy() has something to do; GLOW_NEVER. */
int64_t glow_scene_store_next(const struct glow_scenes *s);

/** Moves the programme to another timeline, on which it is now_us: what was still to come there begins now. */
void glow_scene_store_move(struct glow_scenes *s, uint64_t clock_id, int64_t now_us);
