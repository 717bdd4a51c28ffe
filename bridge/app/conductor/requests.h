/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The lighting desk of the cluster: what people ask of all nodes together, and
 * what plays. It checks, answers, keeps scenes and master dimmer retained, and
 * gives group commands their instant. It works on cluster time alone; that
 * there is such a time, and a right to speak for the cluster, is the
 * conductor's business (glow/conductor.h). */

#include <stdbool.h>
#include <stdint.h>

#include <glow/command.h>
#include <glow/message.h>
#include <glow/publish.h>
#include <glow/scenes.h>
#include <glow/topics.h>

struct glow_requests {
	struct glow_publisher out;
	uint32_t seed, rolls; /**< for the dice of scenes that bring none */
	struct glow_scenes scenes;
	struct glow_dim dim;
	int64_t last_at_us;          /**< the latest instant given to a command for many that asked for none */
	struct glow_command command; /**< scratch: too large for a small stack */
};

int glow_requests_init(struct glow_requests *d, const struct glow_publisher *out, uint32_t seed);
void glow_requests_fini(struct glow_requests *d);

/** While another conductor leads, or none: what the broker keeps. Something broken is logged and skipped. */
void glow_requests_restore_scenes(struct glow_requests *d, const struct glow_message *m);
void glow_requests_restore_dim(struct glow_requests *d, const struct glow_message *m);

/** We lead from now on: moves what plays to this timeline, and publishes everything.
 * On a `fresh` timeline nobody knows when a passing dim would end: it ends. */
void glow_requests_open(struct glow_requests *d, uint64_t clock_id, uint32_t term, bool fresh, int64_t now_us);

/** What is asked of the leader. `lead_us` is how far ahead an instant must be for every node to hear of it in time. */
void glow_requests_play(struct glow_requests *d, const struct glow_message *m, int64_t now_us, int64_t lead_us);
void glow_requests_stop(struct glow_requests *d, const struct glow_message *m, int64_t now_us, int64_t lead_us);
void glow_requests_dim(struct glow_requests *d, const struct glow_message *m, int64_t now_us);
void glow_requests_command(struct glow_requests *d, const struct glow_message *m, enum glow_command_kind kind,
			   int64_t now_us, int64_t lead_us);

/** Lets time pass: scenes and a passing dim end. */
void glow_requests_tick(struct glow_requests *d, int64_t now_us);

/** When glow_requests_tick() has something to do; GLOW_NEVER. */
int64_t glow_requests_next(const struct glow_requests *d);
