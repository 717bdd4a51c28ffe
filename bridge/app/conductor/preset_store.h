/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The presets of the cluster, as the conductor keeps them for everybody: retained texts at preset/<name>. What the
 * broker keeps is the truth while we do not lead; to one that has lost all, the next leader says them again. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/message.h>
#include <glow/preset.h>
#include <glow/time.h>
#include <glow/topics.h>

#include "director.h"
#include "requests.h"

struct glow_kept_preset {
	char name[GLOW_ID_MAX + 1];
	char *text; /**< as it is retained; NULL: the broker keeps something else there */
	size_t len;
	bool heard; /**< from the broker, on this connection */
	bool due;   /**< it has to be said again */
};

struct glow_preset_store {
	struct glow_requests *requests; /**< borrowed: what shows, and whoever shows it */
	struct glow_kept_preset *v;     /**< by name */
	uint32_t n, room;
	size_t size; /**< bytes of all texts */
	uint32_t n_due;
	int64_t due_us;              /**< when more of them may be said */
	struct glow_command command; /**< scratch */
};

/** None. The requests have to outlive it. */
void glow_preset_store_init(struct glow_preset_store *s, struct glow_requests *requests);
void glow_preset_store_fini(struct glow_preset_store *s);

/** What the broker keeps of that name, while we do not lead. What cannot be read, or is one too many, is passed over
 * with a line in the log. */
void glow_preset_store_restore(struct glow_preset_store *s, const char *name, const struct glow_message *m);

/** The connection is gone: on the next one the broker has to tell all again. */
void glow_preset_store_disconnected(struct glow_preset_store *s);

/** We lead from now on. `kept`: this broker has kept what a conductor said, so a preset that it did not tell of has
 * been removed; else it has lost them, and they are said again. */
void glow_preset_store_open(struct glow_preset_store *s, bool kept, struct glow_time now);

/** Says again what is due, a little at a time, since all that waits together has to fit in a messenger; and when there
 * is more; GLOW_NEVER. */
void glow_preset_store_tick(struct glow_preset_store *s, struct glow_time now);
struct glow_time glow_preset_store_next(const struct glow_preset_store *s);

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
