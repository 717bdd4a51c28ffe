/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* When the first frame shows: as soon as it can be the right one, and two seconds after the start or the connection in
 * any case.
 *
 * A broker may keep a light to restore, so nothing shows before one has let us in and what it keeps is here. Nor while
 * none is reached or nobody listens at its port: so it is where a broker is about to start. One that turns us away by
 * its own word, until people change something, gives us no light, and there is nothing more to wait for.
 *
 * Where a conductor is online, what depends on the time waits for the cluster's: scenes, and all that moves. A still
 * light or idle display does not. And a scene that runs along the strip of several boards waits for this board's place
 * on it: one without a place would be the whole strip. All times are those of pictures. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/node.h>

struct glow_opening {
	int64_t until_us; /**< glow_opening_look() wants to be asked then */
	bool met_broker;
	bool conducted; /**< a conductor was online when we met it */
};

/** From now on the first frame is awaited. */
void glow_opening_begin(struct glow_opening *o, int64_t now_us);

/** The broker let us in, and what it keeps was delivered. */
void glow_opening_connected(struct glow_opening *o, const struct glow_node *node, int64_t now_us);

/** It turned us away. */
void glow_opening_refused(struct glow_node *node, int64_t now_us);

/** Something has happened, or time has passed, to now_us; `has_time`: it is the cluster's. Before the first frame lets
 * the node's time pass, and starts it where that frame is due. */
void glow_opening_look(struct glow_opening *o, struct glow_node *node, bool has_time, int64_t now_us);
