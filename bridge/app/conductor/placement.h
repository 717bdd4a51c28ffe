/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Where nodes lie on the cluster's strip, as --order, --reverse and --gap say, and what people set since
 * (glow/wanted.h). They name nodes by id, whether they are there or not. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/diag.h>
#include <glow/scene.h>
#include <glow/wanted.h>

/** What is said of one node. */
struct glow_placement_row {
	char id[GLOW_NAME_SIZE];
	uint32_t rank; /**< its number in --order, from 0; UINT32_MAX: behind all of these, by name */
	uint32_t gap;  /**< pixels left free behind it */
	bool reverse;  /**< it hangs the other way round */
};

/** The caller's storage; its members are the module's. */
struct glow_placement {
	struct glow_placement_row *rows; /**< of the nodes that are named, each once, by id */
	uint32_t n;
	struct glow_placement_row *options; /**< the options' alone, once something else was wanted; NULL before */
	uint32_t n_options;
};

/** From lists as they are on the command line: "b,a", "b", "a=3"; NULL or "" is an empty one. The first
 * mention counts for the order, the last for a gap. -EINVAL with diag, whose `where` is the option, for a
 * list that cannot be read; -ENOMEM. Then there is nothing to free. */
int glow_placement_init(struct glow_placement *p, const char *order, const char *reverse, const char *gap,
			struct glow_diag *diag);
void glow_placement_fini(struct glow_placement *p);

/** What people want beats the options: an order as a whole, all else node by node. False without memory, and nothing
 * has changed. Rows that were asked for before are no longer valid. */
bool glow_placement_want(struct glow_placement *p, const struct glow_wanted *wanted);

/** What is said of that node; never NULL, since there is a place for a node that no list names.
 * Valid until glow_placement_want() or glow_placement_fini(). */
const struct glow_placement_row *glow_placement_of(const struct glow_placement *p, const char *id);
