/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a node is told to do: commands as they come, as they wait (pending.h), and as they take effect, with the answers
 * to who asked. Times are those of pictures. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/topics.h>

#include "conducted.h"
#include "layers.h"
#include "pending.h"
#include "texts.h"
#include "voice.h"

/** What is pointed to is the node's. All zero but for that is no order. */
struct glow_orders {
	struct glow_layers *layers;
	struct glow_voice *voice;
	const struct glow_conducted *conductor;
	const struct glow_texts *texts;
	struct glow_pending pending;
	bool accepted; /**< one of them: what was retained is old news */
};

/** True for a topic of a group or of all. */
bool glow_orders_many(const struct glow_topic *topic);

/** `set` or `notify`: takes effect, waits for its time or the conductor's word, or is refused. */
void glow_orders_take(struct glow_orders *o, const struct glow_topic *topic, const struct glow_message *m,
		      int64_t now_us);

/** The conductor's word. */
void glow_orders_apply(struct glow_orders *o, const struct glow_message *m, int64_t now_us);

/** Carries out one that is due, glow_pending_due(). */
void glow_orders_carry_out(struct glow_orders *o, struct glow_waiting *one);
