/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The presets of the cluster, as the conductor keeps them for everybody: texts at preset/<name>. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/preset.h>
#include <glow/time.h>
#include <glow/topics.h>

#include "director.h"
#include "requests.h"
#include "shelf.h"

struct glow_preset_store {
	struct glow_requests *requests; /**< borrowed: what shows, and whoever shows it */
	struct glow_shelf shelf;        /**< what is kept; restored, opened and ticked by whoever owns the store */
	struct glow_command command;    /**< scratch */
};

/** None. The requests, which are initialised, have to outlive it; glow_shelf_fini() ends it. */
void glow_preset_store_init(struct glow_preset_store *s, struct glow_requests *requests);

/** Somebody wants to save what shows under that name, to keep something there, or to remove it; answers. */
void glow_preset_store_set(struct glow_preset_store *s, const char *name, const struct glow_message *m,
			   struct glow_time now);

/** Somebody wants the preset to be shown; answers. */
void glow_preset_store_apply(struct glow_preset_store *s, const char *name, const struct glow_message *m,
			     struct glow_time now, int64_t ahead_us);

/** The same without anybody asking at a topic: fills diag. `topic` is what undoing tells of. */
void glow_preset_store_show(struct glow_preset_store *s, const char *name, const char *topic, int64_t fade_us,
			    struct glow_time now, int64_t ahead_us, struct glow_shown *ret_shown,
			    struct glow_diag *diag);
