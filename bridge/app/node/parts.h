/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What a node is made of, each part with a header of its own, for node.c and what it has let go of. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/flash.h>
#include <glow/node.h>

#include "conducted.h"
#include "layers.h"
#include "offer.h"
#include "orders.h"
#include "texts.h"
#include "voice.h"

struct glow_node {
	struct glow_node_cfg cfg;
	struct glow_layers layers;
	struct glow_orders orders;
	struct glow_conducted conductor;
	struct glow_offer offer;
	struct glow_texts texts;
	struct glow_voice voice;
	struct glow_flash flash;
	bool restored;          /* or too late for that */
	bool state_waits;       /* the retained state does, for a text */
	bool start_waits;       /* the first frame is due, but for that */
	bool scenes_new;        /* perhaps with effects that this program lacks, which has to be said */
	int64_t scenes_said_us; /* by then, whether or not their texts have come */
	bool limited;           /* some limit changed the last picture */
	bool held_back;         /* the flash limit did: what was asked for is still to come */
};

static inline int64_t glow_later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/** Follows the texts that scenes need. True when one is not here yet. */
bool glow_node_ask_for_texts(struct glow_node *n);

/** The scenes may be others, with effects that this node lacks. */
void glow_node_scenes_came(struct glow_node *n, int64_t now_us);
