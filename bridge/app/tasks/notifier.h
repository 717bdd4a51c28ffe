/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Says on the boards what the swarm looks like: a notice for each node that has one, when its picture changes and again
 * and again, so that a notice of which nothing more is heard runs out. Which boards there are it knows from the infos
 * of nodes. No I/O, no clock. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/time.h>
#include <glow/topics.h>

#include "swarm.h"

/** Pixels of a board that are used; a command has no room for more. */
#define GLOW_NOTIFIER_PIXELS 256

struct glow_notifier_cfg {
	const char *prefix; /**< borrowed */
	struct glow_outbox outbox;
	uint32_t again_s; /**< an unchanged picture is said again after so long; a notice lasts three times that */
	int brightness, priority;
};

/** A node of the broker or of the swarm, or both. */
struct glow_notifier_node {
	char id[GLOW_ID_MAX + 1];
	uint32_t pixels;    /**< of its board; 0: none that can show tasks */
	bool lacking;       /**< that it has none was told */
	bool shows;         /**< our notice lies on it, as far as we know */
	bool heard;         /**< of in the swarm's latest word */
	uint32_t picture;   /**< hash of what it was told last */
	struct glow_raw at; /**< and when */
};

struct glow_notifier {
	struct glow_notifier_cfg cfg;
	struct glow_notifier_node *v;
	size_t n, room;
};

void glow_notifier_init(struct glow_notifier *n, const struct glow_notifier_cfg *cfg);
void glow_notifier_fini(struct glow_notifier *n);

/** The k-th topic to subscribe, all of them retained; false behind the last. */
bool glow_notifier_topic(const struct glow_notifier *n, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1]);

/** Hears an info. True when it makes the swarm worth showing again: a board has come, or is another. */
bool glow_notifier_message(struct glow_notifier *n, const struct glow_message *m);

/** A connection is there: what was said before may be lost. */
void glow_notifier_connected(struct glow_notifier *n);

/** Says what this picture changes. A node that is in the swarm and has no board is named in the log, once. */
void glow_notifier_show(struct glow_notifier *n, const struct glow_swarm *swarm, struct glow_raw now);

/** Takes all notices back. */
void glow_notifier_clear(struct glow_notifier *n);
