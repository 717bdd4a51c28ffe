/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a node says of itself, below node/<id>/, and to those who ask it. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/diag.h>
#include <glow/message.h>
#include <glow/node.h>

#include "conducted.h"
#include "layers.h"

/** All zero but for the first two, which are borrowed. */
struct glow_voice {
	const struct glow_node_cfg *cfg;
	const struct glow_conducted *conductor; /**< where it is known whether anybody hears */
	bool stale;                             /**< what was said of the light holds no more */
	enum glow_showing showing;              /**< as said last */
	bool dark;
	int64_t again_us; /**< the earliest next time */
};

/** The light has another top, or is dark or not, since it was said. */
bool glow_voice_outdated(const struct glow_voice *v, const struct glow_layers *layers);

void glow_voice_state(struct glow_voice *v, const struct glow_layers *layers, bool limited, int64_t now_us);
void glow_voice_info(const struct glow_voice *v);
void glow_voice_availability(const struct glow_voice *v, const char *value);
void glow_voice_stats(const struct glow_voice *v, const struct glow_stats *stats);

/** Answers the asker, and tells everybody when it is a rejection. at_us: when it happens; 0 for now. */
void glow_voice_answer(const struct glow_voice *v, const struct glow_message *asked, const struct glow_diag *diag,
		       int64_t at_us);
