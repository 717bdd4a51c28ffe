/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Texts that a conductor keeps for everybody under names that people give, retained: presets and schedules. What the
 * broker keeps is the truth while we do not lead; to one that has lost all, the next leader says them again. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/diag.h>
#include <glow/message.h>
#include <glow/publish.h>
#include <glow/time.h>
#include <glow/topics.h>

/** What is kept, and how much of it. */
struct glow_shelf_rules {
	enum glow_topic_kind kind; /**< of the retained topic */
	const char *what;          /**< for people: "preset" */
	uint32_t most;
	size_t one, all; /**< bytes: of one, of all together */
	enum glow_code unknown;
	/** Whether a text has the form of one; diag where not. */
	enum glow_code (*read)(const char *text, size_t len, struct glow_diag *diag);
};

struct glow_kept {
	char name[GLOW_ID_MAX + 1];
	char *text; /**< as it is retained; NULL: the broker keeps something else there */
	size_t len;
	bool heard; /**< from the broker, on this connection */
	bool due;   /**< it has to be said again */
};

struct glow_shelf {
	const struct glow_shelf_rules *rules;
	struct glow_publisher out;
	struct glow_kept *v; /**< by name */
	uint32_t n, room;
	size_t size; /**< bytes of all texts */
	uint32_t n_due;
	int64_t due_us; /**< when more of them may be said */
};

/** Empty. What `out` borrows and the rules have to outlive it. */
void glow_shelf_init(struct glow_shelf *s, const struct glow_shelf_rules *rules, const struct glow_publisher *out);
void glow_shelf_fini(struct glow_shelf *s);

/** The one of that name whose text can be read; NULL with diag, which names the nearest. */
const struct glow_kept *glow_shelf_find(const struct glow_shelf *s, const char *name, struct glow_diag *diag);

/** The names of those that can be read, sorted, so many at most; the caller's to free(). NULL for none. */
char (*glow_shelf_names(const struct glow_shelf *s, uint32_t most, uint32_t *ret_n))[GLOW_ID_MAX + 1];

/** Keeps a text, which is the shelf's from then on, also after an error, and publishes it. */
enum glow_code glow_shelf_put(struct glow_shelf *s, const char *name, char *text, struct glow_diag *diag);

/** Clears it everywhere, also where it cannot be read. */
enum glow_code glow_shelf_remove(struct glow_shelf *s, const char *name, struct glow_diag *diag);

/** What the broker keeps of that name, while we do not lead. What cannot be read, or is one too many, is passed over
 * with a line in the log. */
void glow_shelf_restore(struct glow_shelf *s, const char *name, const struct glow_message *m);

/** The connection is gone: on the next one the broker has to tell all again. */
void glow_shelf_disconnected(struct glow_shelf *s);

/** We lead from now on. `kept`: this broker has kept what a conductor said, so what it did not tell of has been
 * removed; else it has lost all, and that is said again. */
void glow_shelf_open(struct glow_shelf *s, bool kept, struct glow_time now);

/** Says again what is due, a little at a time, since all that waits together has to fit in a messenger; and when there
 * is more; GLOW_NEVER. */
void glow_shelf_tick(struct glow_shelf *s, struct glow_time now);
struct glow_time glow_shelf_next(const struct glow_shelf *s);
