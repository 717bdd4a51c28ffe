/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What people set of the strip while the conductor runs, and what they call its boards: P/roster/set asks for it, and
 * P/roster/wanted is what the conductor keeps of it. It beats the conductor's options, node by node and value by value,
 * until it is reset. Both topics have one form, so the one can be sent to the other. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/diag.h>
#include <glow/roster.h>
#include <glow/scene.h>
#include <glow/title.h>

/** As many as a conductor keeps, of 172 bytes each. */
#define GLOW_WANTED_MAX 10000

struct glow_wanted_node {
	char id[GLOW_NAME_SIZE];
	bool has_reverse, reverse;
	bool has_gap;
	uint32_t gap;
	char title[GLOW_TITLE_MAX + 1]; /**< "": none */
};

struct glow_wanted {
	struct glow_edition edition;
	bool has_order;
	uint32_t n_order;
	char (*order)[GLOW_NAME_SIZE]; /**< who comes first, each once; the others follow by name */
	uint32_t n;
	struct glow_wanted_node *nodes; /**< by id, each with something that is wanted of it */
};

void glow_wanted_fini(struct glow_wanted *w);

/** What is wanted of that node; NULL for nothing. */
const struct glow_wanted_node *glow_wanted_find(const struct glow_wanted *w, const char *id);

/** The payload of P/roster/set, or with an empty `was` that of P/roster/wanted: an object of `order`, `nodes` and
 * `reset`. What it says, applied to `was`, is a new whole, the caller's to glow_wanted_fini(), with the edition that
 * the payload has. `ret_absent`: it may name nodes that nobody knows. Otherwise diag says what is wrong and there is
 * nothing to free. */
enum glow_code glow_wanted_read(const char *payload, size_t len, const struct glow_wanted *was,
				struct glow_wanted *ret_wanted, bool *ret_absent, struct glow_diag *diag);
cJSON *glow_wanted_write(const struct glow_wanted *w);
