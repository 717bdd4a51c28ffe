/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Commands that wait: for their own time, or, when they are for many nodes, for the conductor to
 * say when. A command is kept as the bytes it came in, with a copy of what its answer needs. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/command.h>
#include <glow/diag.h>
#include <glow/message.h>
#include <glow/scenes.h>

#define GLOW_PENDING_MAX  256
#define GLOW_UNPAIRED_MAX 256

/** How long a command for many nodes waits for the conductor's word. */
#define GLOW_HOLD_US GLOW_US_PER_S

struct glow_waiting {
	char *payload; /**< NULL marks a free place */
	size_t len;
	enum glow_command_kind kind;
	int64_t at_us;
	uint64_t order; /**< rises with each arrival */
	uint64_t after; /**< `order` of the held one that it comes right after, at the same instant; 0: of none */
	uint32_t of;    /**< glow_command_hash() of the command, by which an `apply` names it */
	uint32_t seed;  /**< for the dice of its effect: the same, or what the conductor said */
	bool timed;     /**< at an instant of its own, which is kept to */
	bool for_many;  /**< as soon as all have it: what is for one node waits for it */
	bool held;      /**< the conductor has not said when */
	bool by_word;   /**< it has, and its form of the command is what is kept */
	struct glow_message asked; /**< held: for the answer; its strings and correlation are in `memory` */
	char *memory;
};

/** A command for many and its `apply`, of which only one has come: the `apply`, or a command
 * that took effect without waiting any longer. */
struct glow_unpaired {
	uint32_t of;
	bool done;        /**< it took effect */
	uint32_t changes; /**< done: how often the light had changed by then */
	int64_t until_us; /**< then it is forgotten */
};

/** All zero is none. */
struct glow_pending {
	struct glow_waiting v[GLOW_PENDING_MAX];
	unsigned n; /**< places from here on are free; each frame looks through those before */
	struct glow_unpaired unpaired[GLOW_UNPAIRED_MAX];
	uint64_t order;
};

void glow_pending_fini(struct glow_pending *p);

/** Keeps a command until at_us, or right after another one. GLOW_BUSY with diag when there is no room. */
enum glow_code glow_pending_keep(struct glow_pending *p, const struct glow_message *m, enum glow_command_kind kind,
				 int64_t at_us, const struct glow_waiting *after, struct glow_diag *diag);

/** True for a relative command for many whose `apply` came before it, even long before: it would do the same a second
 * time. */
bool glow_pending_came(struct glow_pending *p, const struct glow_message *m, const struct glow_command *command,
		       int64_t now_us);

/** Holds a command for many until the conductor's word, for GLOW_HOLD_US at most. True when it is held, or that word
 * came first, less than that ago, and it waits already. `timed`: it names an instant of its own. */
bool glow_pending_hold(struct glow_pending *p, const struct glow_message *m, enum glow_command_kind kind, bool timed,
		       int64_t now_us);

/** The conductor's word. Its form of the command replaces ours, which says the same. `changes` is how often
 * the light has changed: a command that took effect here by itself is not repeated over a later one, and a relative one
 * not at all: the conductor's TOGGLE comes as ON or OFF where it knows its nodes, which is good to follow. What is held
 * still and came before it is due no later, in the order of arrival: the newest wins. Without a common clock
 * (`clocked`) it is due at once. 0; 1 when there is nothing more to do; -ENOSPC; -ENOMEM. */
int glow_pending_apply(struct glow_pending *p, const struct glow_apply *apply, bool clocked, uint32_t changes,
		       int64_t now_us);

/** A command for many took effect by itself: should its `apply` still come, that is known. */
void glow_pending_done(struct glow_pending *p, uint32_t of, uint32_t changes, int64_t at_us);

/** The latest for many of that kind; NULL for none. */
const struct glow_waiting *glow_pending_last_for_many(const struct glow_pending *p, enum glow_command_kind kind);

/** The one that is due at t_us, the first of several; of one instant the one that came first. NULL for none. */
struct glow_waiting *glow_pending_due(struct glow_pending *p, int64_t t_us);

/** The one that is due first of those that have no instant of their own, to be carried out early where there is no
 * place for another. NULL for none. */
struct glow_waiting *glow_pending_first_untimed(struct glow_pending *p);

/** Whether one of them has that word. */
bool glow_pending_names(const struct glow_pending *p, const char *word);

/** Frees its place. */
void glow_pending_remove(struct glow_waiting *one);

/** When the next is due; GLOW_NEVER. */
int64_t glow_pending_next(const struct glow_pending *p);

/** The clock jumped: what counts from an arrival here moves with it; the times that others gave are the cluster's. */
void glow_pending_shift(struct glow_pending *p, int64_t delta_us);
