/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Whoever follows the conductor's clock: a node, a conductor that stands by, glowctl, a
 * browser. Probes go out as messages, their answers come in. The estimator is glow/sync.h. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/sync.h>
#include <glow/timing.h>
#include <glow/topics.h>

struct glow_follower {
	struct glow_sync sync; /**< for everything but probes and answers, the caller's to use */
	char topic[GLOW_TOPIC_MAX + 1];
	uint8_t bytes[GLOW_REQUEST_SIZE];
};

/** `asker` is what the topics end in: a node's id, c-<boot> of a conductor, or x/<random> of one who only looks.
 * Answers come at prefix/time/reply/<asker>. */
void glow_follower_init(struct glow_follower *f, const struct glow_sync_cfg *cfg, const char *prefix,
			const char *asker);

/** The probe that is due, if one is: to be sent now. It lies in the follower until the next call. */
bool glow_follower_probe(struct glow_follower *f, struct glow_raw now, struct glow_message *ret_message);

/** A message of the answers' topic; m->at is when it arrived. As glow_sync_reply(). */
bool glow_follower_reply(struct glow_follower *f, const struct glow_message *m, int64_t *ret_step_ns);

/** Tells a new conductor, whose boot is `asker` and whose request `m` is, what time it was by `sync` when that came.
 * Says nothing where `sync` does not know the time or the request cannot be read. */
void glow_follower_adopt(const struct glow_sync *sync, const char *prefix, uint32_t asker, const struct glow_message *m,
			 struct glow_raw now, const struct glow_outbox *outbox);
