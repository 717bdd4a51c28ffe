/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Where each node lies, told to each alone (P/node/<id>/place): on the strip of all, and on that of each target
 * for which a scene plays along its nodes. A node is told again when that is another place, and not otherwise:
 * what the broker keeps is read before we lead. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/publish.h>
#include <glow/roster.h>
#include <glow/scenes.h>
#include <glow/time.h>

/** So many are told at once, and the next ones so long after them: half of what a broker on a small machine passes on.
 */
#define GLOW_PLACES_AT_ONCE  200
#define GLOW_PLACES_EVERY_US 20000

/** How much later the last of so many nodes is told than the first. */
static inline int64_t glow_places_us(uint32_t nodes)
{
	return nodes / GLOW_PLACES_AT_ONCE * (int64_t)GLOW_PLACES_EVERY_US;
}

/** Whether a scene runs along a strip of its own target. */
static inline bool glow_places_own(const struct glow_scene *scene)
{
	return scene->cluster && scene->target.kind != GLOW_TARGET_ALL;
}

struct glow_place_row {
	char id[GLOW_NAME_SIZE];
	struct glow_places places; /**< as the node was told, or with `due` is to be; of 0 boards: none */
	bool due;
};

struct glow_place_store {
	struct glow_publisher out;
	struct glow_place_row *v; /**< by id, but for those that were heard since they were laid out */
	uint32_t n, room;
	uint32_t next;                                /**< of the rows from there on some may be due */
	struct glow_raw again;                        /**< when they may be told */
	struct glow_edition laid;                     /**< of the roster by which they lie; rev 0: none */
	bool in_vain;                                 /**< there was no memory: they are to be laid out again */
	uint32_t targets[GLOW_SCENES_MAX], n_targets; /**< glow_target_key() of those that they were laid out for */
};

/** What `out` borrows has to outlive the store. */
void glow_place_store_init(struct glow_place_store *s, const struct glow_publisher *out);
void glow_place_store_fini(struct glow_place_store *s);

/** The broker keeps that place of a node, before we lead. What is broken is as none, and told again. */
void glow_place_store_hear(struct glow_place_store *s, const char *id, const struct glow_message *m);

/** Somebody else cleared the place of a node while we lead. True where the node has one, which it is to be told again:
 * by the next glow_place_store_lay(). */
bool glow_place_store_cleared(struct glow_place_store *s, const char *id);

/** The connection, or an attempt at one, has ended: what the broker keeps is heard anew. */
void glow_place_store_lost(struct glow_place_store *s);

/** These are the places, in that reign, by the roster and for the scenes. Those that differ from what nodes know are to
 * be told, and so that nobody has one who is not in the roster; the first of them are told at once. Cheap where neither
 * the roster nor the scenes' targets are others than before. Without memory it says so, and `in_vain` is set. */
void glow_place_store_lay(struct glow_place_store *s, const struct glow_roster *roster,
			  const struct glow_edition *reign, const struct glow_scenes *scenes);

/** Tells the next ones where that is due. */
void glow_place_store_tick(struct glow_place_store *s, struct glow_raw now);

/** Whether the nodes of this target have been told their places on its strip, or are among those that wait to be. */
bool glow_place_store_has(const struct glow_place_store *s, const struct glow_target *target);

/** How many are still to be told. */
uint32_t glow_place_store_waiting(const struct glow_place_store *s);

/** When glow_place_store_tick() has something to do; GLOW_NEVER. */
struct glow_raw glow_place_store_next(const struct glow_place_store *s);
