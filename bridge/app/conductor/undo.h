/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Somebody wants back what was before the last change that we ordered. Each light gets a command of its own, and there
 * may be thousands: they are told a part at a time, early enough for the last of them, and all change at one instant.
 * Who asked is answered when all are told. Times are cluster time. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/time.h>

#include "changes.h"
#include "director.h"
#include "requests.h"

/** What a turn takes at most: of the lights' states, each with what a message needs besides. */
#define GLOW_UNDO_PART     65536
#define GLOW_UNDO_ENVELOPE 256
#define GLOW_UNDO_EVERY_US 20000

/** The caller's storage. */
struct glow_undo {
	struct glow_requests *requests; /**< borrowed */
	bool under_way;
	struct glow_change change; /**< that is taken back */
	uint32_t next;             /**< of its lights, the first that is not told yet */
	int64_t fade_us, again_us;
	struct glow_shown shown;
	struct glow_message asked; /**< what the answer needs of the request; in `memory` */
	char *memory;
};

void glow_undo_init(struct glow_undo *u, struct glow_requests *requests);

/** Without a word. */
void glow_undo_fini(struct glow_undo *u);

/** Somebody wants the last change undone; tells the first part, and answers if that was all. */
void glow_undo_ask(struct glow_undo *u, const struct glow_message *m, struct glow_time now, int64_t ahead_us);

/** Tells the next part when it is time, and when that is; GLOW_NEVER. */
void glow_undo_tick(struct glow_undo *u, struct glow_time now);
struct glow_time glow_undo_next(const struct glow_undo *u);

/** We lead no more, or are leaving: the rest is not told, and that is answered. */
void glow_undo_drop(struct glow_undo *u);
