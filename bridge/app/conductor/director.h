/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Lights and scenes together, from one instant on: what a preset asks for, and what was before a change. */

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/diag.h>
#include <glow/preset.h>
#include <glow/scenes.h>
#include <glow/time.h>

#include "requests.h"

struct glow_shown {
	int64_t at_us;
	uint32_t nodes; /**< whose lights are set */
	cJSON *skipped; /**< array of ids, the caller's: not online, too long for a command, or changed by others */
};

/** Shows a preset, whose effects are all known, with that fade; its scenes are used up. */
void glow_director_show(struct glow_requests *r, struct glow_preset *preset, int64_t fade_us, struct glow_time now,
			int64_t ahead_us, struct glow_shown *ret_shown);

/** Of that, the lights alone, at an instant that is known: adds to `shown` whose lights are set and who was skipped. */
void glow_director_lights(struct glow_requests *r, const cJSON *lights, int64_t fade_us, struct glow_shown *shown);

/** Whether that very scene plays, and will go on. */
bool glow_director_goes_on(const struct glow_requests *r, const struct glow_scene *scene);

/** The answer that tells of it. What was skipped stays the caller's, and has to outlive the tree. */
cJSON *glow_director_answer(const struct glow_diag *diag, const struct glow_shown *shown);
