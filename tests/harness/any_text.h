/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Effects in text that dice write: valid, with every function, input and operator, and numbers of every size. */

#include <glow/script.h>

#include "dice.h"

/** Writes a text that compiles, unless it is too large for that, which is rare. Returns its length. */
size_t any_text(struct dice *d, char ret_text[GLOW_SCRIPT_MAX + 1]);

/** A moment of any time, length, seed and board; without a room. */
struct glow_moment any_moment(struct dice *d);

/** Parameters in their ranges. */
void any_params(struct dice *d, const struct glow_effect_desc *e, struct glow_params *ret_params);

/** Continues a hash with what the effect draws at `times` moments; or with the mistake of a text that does not compile.
 */
uint32_t hash_effect(struct dice *d, const struct glow_effect_desc *e, int times, uint32_t hash);
uint32_t hash_text(struct dice *d, const char *text, size_t len, uint32_t hash, bool *ret_compiles);
