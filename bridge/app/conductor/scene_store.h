/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The scenes that play, as the conductor keeps them for everybody: what is asked
 * for becomes entries with a start and an end, from which the nodes draw by the time
 * alone. An entry lies on top of earlier ones. `v` has room for GLOW_SCENES_MAX of
 * them. Times are cluster time. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/scenes.h>

/** No scenes yet; -ENOMEM. glow_scenes_fini() frees it. */
int glow_scene_store_init(struct glow_scenes *s);

/** Replaces all scenes by those that were read, at most GLOW_SCENES_MAX; `read` is empty then. */
void glow_scene_store_take(struct glow_scenes *s, struct glow_scenes *read);

/** Adds a scene, which belongs to the store from now on. One of the same id goes on until the new one has
 * faded in over it. A scene of an id that is there finds room always, any other wherever one has been replaced;
 * false when there are too many; then the scene is still the caller's. */
bool glow_scene_store_play(struct glow_scenes *s, struct glow_scene *scene, struct glow_time now);

/** Makes room for a scene of that id: of those that another of their id has replaced one goes, of this id first, the
 * oldest of them where the next one shows already. Then the last of this id. False when nothing can be spared. */
bool glow_scene_store_yield(struct glow_scenes *s, const char *id, struct glow_time now);

/** Takes the k-th out. */
void glow_scene_store_drop(struct glow_scenes *s, uint32_t k);

/** Whether glow_scene_store_play() would find room for a scene of that id. */
bool glow_scene_store_takes(const struct glow_scenes *s, const char *id);

/** Removes the lowest scene of those that end by end_us, though it may still show; false when none does. */
bool glow_scene_store_hasten(struct glow_scenes *s, int64_t end_us);

/** Ends the scenes of an id, or all (NULL), at end_us at the latest, with a fade before it; returns how many there
 * were. */
uint32_t glow_scene_store_stop(struct glow_scenes *s, const char *id, int64_t end_us, int64_t fade_us);

/** Lets time pass: removes what has ended; true when something changed. */
bool glow_scene_store_tidy(struct glow_scenes *s, struct glow_time now);

/** An effect has gone (`is` is NULL; scenes keep its name), has come (`was` is NULL) or is another from now on. */
void glow_scene_store_effect(struct glow_scenes *s, const struct glow_effect_desc *was,
			     const struct glow_effect_desc *is);

/** When glow_scene_store_tidy() has something to do; GLOW_NEVER. */
struct glow_time glow_scene_store_next(const struct glow_scenes *s);

/** Moves all scenes to another timeline, on which the time is `now`: what has not begun there begins at once. */
void glow_scene_store_move(struct glow_scenes *s, uint64_t clock_id, struct glow_time now);
