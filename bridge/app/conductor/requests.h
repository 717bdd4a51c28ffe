/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What people ask of all nodes together: scenes, the master dimmer, and commands
 * for many nodes. Each request is checked and answered; scenes and dimmer are kept
 * retained, and a command gets the instant at which all nodes carry it out. Only
 * cluster time and who is a member are needed here. That there is such a time, and a right to speak for
 * the cluster, is a matter of leadership.h. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/command.h>
#include <glow/message.h>
#include <glow/publish.h>
#include <glow/scenes.h>
#include <glow/time.h>

#include "changes.h"
#include "members.h"

/** Scenes and dimmer are published at most every 20 ms; the latest always. */
#define GLOW_SAID_EVERY_US 20000

/** What has changed since it was published, and when it may be again. */
struct glow_said {
	bool scenes_stale, dim_stale;
	int64_t again_us;
};

struct glow_requests {
	struct glow_publisher out;
	struct glow_members *members; /**< borrowed */
	uint32_t seed, rolls;         /**< for the dice of scenes that bring none */
	struct glow_scenes scenes;
	struct glow_dim dim;
	struct glow_said said;
	/** The latest instant given to a command for many nodes; an at_us of its own does not count. */
	int64_t last_at_us;
	void (*before_scenes)(void *ctx); /**< they are about to be published; NULL */
	/** Whether the nodes of a target know their places on its strip, or wait to be told; NULL: they do not. */
	bool (*has_places)(void *ctx, const struct glow_target *target);
	uint32_t (*waiting)(void *ctx); /**< how many nodes are still to be told of their places; NULL: none */
	void *ctx;
	struct glow_changes changes; /**< what was before the last requests */
	struct glow_command command; /**< scratch: too large for a small stack */
};

/** Nothing plays, and nothing is dimmed; -ENOMEM. What `out` borrows and the members have to outlive it. `seed`: for
 * scenes that bring none. */
int glow_requests_init(struct glow_requests *r, const struct glow_publisher *out, struct glow_members *members,
		       uint32_t seed);
void glow_requests_fini(struct glow_requests *r);

/** What the broker keeps, read while we do not lead. What is broken is logged and skipped. */
void glow_requests_restore_scenes(struct glow_requests *r, const struct glow_message *m);
void glow_requests_restore_dim(struct glow_requests *r, const struct glow_message *m);

/** We lead from now on: moves what plays to this timeline, and publishes scenes and dimmer.
 * On a `fresh` timeline nobody knows when a passing dim would end, so it ends now. */
void glow_requests_open(struct glow_requests *r, uint64_t clock_id, uint32_t term, bool fresh, struct glow_time now);

/** What is asked of the leader, by topic; an answer is published where one is wanted, and what comes of it by
 * glow_requests_tick(). `ahead_us` is how far
 * ahead an instant must be for every node to hear of it in time (deliveries.h). */
void glow_requests_play(struct glow_requests *r, const struct glow_message *m, struct glow_time now, int64_t ahead_us);
void glow_requests_stop(struct glow_requests *r, const struct glow_message *m, struct glow_time now, int64_t ahead_us);
void glow_requests_dim(struct glow_requests *r, const struct glow_message *m, struct glow_time now);

/** What is known of whether lights are ON. */
enum glow_lit { GLOW_LIT_UNKNOWN, GLOW_LIT_NONE, GLOW_LIT_SOME };

/** A command for many nodes. TOGGLE becomes OFF where some of them are lit (`lit`), and ON where none is; where that is
 * not known it stays as it is, and each node toggles its own light. Returns what the command, as far as it was
 * good and says so, makes of all these lights from its instant on. */
enum glow_lit glow_requests_command(struct glow_requests *r, const struct glow_message *m, enum glow_command_kind kind,
				    struct glow_time now, int64_t ahead_us, enum glow_lit lit);

/** A command for many that was ordered elsewhere, at that instant, and is on its way to the nodes: `topic` tells whose.
 * As if it had been asked for here: it can be taken back, what is asked next comes after it, and returns the same. */
enum glow_lit glow_requests_relayed(struct glow_requests *r, const struct glow_topic *topic,
				    const struct glow_apply *apply, struct glow_time now);

/** How many nodes have to be told their places before these scenes begin, where one of them runs along a strip that is
 * not that of all: of the nodes that are online those of a strip that is new, with these scenes or with one that was
 * begun and not published since, and those that wait already. */
uint32_t glow_requests_aimed(const struct glow_requests *r, const struct glow_scenes *scenes);

/** Whether a scene finds room beside what plays. */
enum glow_code glow_requests_room(struct glow_requests *r, struct glow_scene *scene, struct glow_time now,
				  struct glow_diag *diag);

/** Lets a scene begin for which there is room; it is the store's from now on. */
void glow_requests_begin(struct glow_requests *r, struct glow_scene *scene, struct glow_time now);

/** When all nodes can have what is asked for now. */
int64_t glow_requests_instant(const struct glow_requests *r, struct glow_time now, int64_t ahead_us);

/** An answer to who asked; and a refusal to everybody, since not every client can ask for an answer. */
void glow_requests_answer(const struct glow_requests *r, const struct glow_message *m, const struct glow_diag *diag,
			  cJSON *tree);

/** For the director, who changes scenes and dimmer with other things: the scenes have changed; the dimmer is to; and
 * what has changed is published, unless something was just now. */
void glow_requests_scenes_changed(struct glow_requests *r);
void glow_requests_set_dim(struct glow_requests *r, struct glow_dim dim);
void glow_requests_say_soon(struct glow_requests *r, struct glow_time now);

/** Lets time pass: scenes and a passing dim end, and what has changed is published. */
void glow_requests_tick(struct glow_requests *r, struct glow_time now);

/** What has changed is published now, however soon after the last. */
void glow_requests_say(struct glow_requests *r);

/** When glow_requests_tick() has something to do; GLOW_NEVER. */
struct glow_time glow_requests_next(const struct glow_requests *r);
