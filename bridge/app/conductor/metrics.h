/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a conductor knows, in Prometheus' text format 0.0.4: of itself, and as long as it leads of the cluster and each
 * node. So of two conductors that are scraped one tells of the nodes. No text that people write is among it, and
 * nothing of how the broker is reached. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/conductor.h>
#include <glow/message.h>

#include "leadership.h"
#include "members.h"
#include "requests.h"
#include "text_store.h"
#include "uplink.h"

/** What happened since the start, and is known nowhere else. */
struct glow_metrics {
	uint64_t connects, failures, reigns;
	uint64_t answers[GLOW_N_CODES];
	bool connected;
};

/** Where all the rest is looked up. Borrowed. */
struct glow_metrics_view {
	const struct glow_metrics *metrics;
	const struct glow_leadership *leadership;
	const struct glow_members *members;
	const struct glow_requests *requests;
	const struct glow_text_store *texts;
	const struct glow_uplink *uplink;
	struct glow_raw now;
};

/** The topics that only metrics need: the k-th one, and false behind the last. */
bool glow_metrics_topic(const char *prefix, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1]);

/** The next piece of the text, behind what `at` says, which is zero at its beginning: whole lines, as many as there is
 * room for. Returns how many bytes; 0 at the end. `room` is GLOW_METRICS_ROOM at least. Nodes may come and go between
 * two pieces: each that stays is told once. */
size_t glow_metrics_write(const struct glow_metrics_view *v, struct glow_metrics_at *at, char *ret_text, size_t room);
