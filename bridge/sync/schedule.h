/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* When to probe. A burst at first, then once a second, seldom when all is calm; and more seldom than that among very
 * many. */

#include <glow/sync.h>

void glow_schedule_burst(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns);
/** The burst without its hurried first group, for one that has the time. */
void glow_schedule_resume(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns);

/** One probe, somewhere within the least interval, and then as before. */
void glow_schedule_ask(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns);

void glow_schedule_stop(struct glow_schedule *c);

/** A probe goes out: sets when the next is due. */
void glow_schedule_sent(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns);

/** An answer came after so long: a burst need not hesitate. `hurry`: there is no time yet, so the next probe of its
 * first group need not wait long. */
void glow_schedule_answered(struct glow_schedule *c, const struct glow_sync_cfg *cfg, bool hurry, int64_t rtt_ns,
			    int64_t now_ns);

/** All is well: after five minutes of that the interval doubles. */
void glow_schedule_calm(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns);

/** Something is wrong: back to the shortest interval, and the next probe comes within it. */
void glow_schedule_hurry(struct glow_schedule *c, const struct glow_sync_cfg *cfg, int64_t now_ns);

/** How long without a reply means that nobody answers. */
int64_t glow_schedule_patience(const struct glow_schedule *c);
