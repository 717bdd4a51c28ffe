/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* An effect's parameters on the wire: their values, as `params` of a command, a state or a scene
 * gives them, and their table, as info and --list-effects show it. Both follow the rows of
 * glow/effect.h. */

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/diag.h>
#include <glow/effect.h>

/** Reads an object of values. Each member is checked against the row of its name; its value (or the
 * text) goes into *params and bit k of *ret_set says that row k was given. Rows that are not given
 * keep what *params has. A name without a row is unknown_param, and so is every name when `effect`
 * is NULL (auto). After an error *params and *ret_set hold what was read before it. */
enum glow_code glow_params_read(const cJSON *object, const struct glow_effect_desc *effect, struct glow_params *params,
				uint32_t *ret_set, struct glow_diag *diag);

/** GLOW_UNKNOWN_PARAM with diag: there is no effect that takes all of these. One whose name is nearly that of some
 * effect's was perhaps meant to be that. */
enum glow_code glow_params_unknown(const cJSON *params, struct glow_diag *diag);

/** The value of every row; {} for no effect. */
cJSON *glow_params_write(const struct glow_effect_desc *effect, const struct glow_params *params);

/** One row of the table: name, type, range or choices, default, unit, and what it is. */
cJSON *glow_param_describe(const struct glow_param_desc *row);

/** "200..60000 ms (4000)": a row's range, unit and default for people. */
void glow_param_range(const struct glow_param_desc *row, char *ret_text, size_t size);
