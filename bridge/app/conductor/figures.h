/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* How a node is doing, as it says itself: its stats, and of its info and its refusals what metrics tell. Nothing else
 * in a conductor goes by it. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/info.h>
#include <glow/topics.h>

struct glow_figures {
	bool told; /**< the stats are of the time in which it is online */
	struct glow_stats stats;
	bool described; /**< so are these: */
	char board[32], version[32];
	bool problem;        /**< its board is dark */
	uint64_t rejections; /**< of commands, as far as they were heard here */
};

/** What one of the node's topics says: stats, info or error. What is broken, and every other, changes nothing. */
void glow_figures_hear(struct glow_figures *f, enum glow_topic_kind kind, const void *payload, size_t len);
