/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The texts of a cluster (glow/effect_text.h) as effects of this program: compiled as they come, known by their names
 * (glow/effect.h), and changed at the instant that all agree on. No I/O; times are cluster time. A text takes its bytes
 * and 45 kB compiled, at most (the usual one 2 kB); while one is compiled, some 300 kB more are in use. One library a
 * process, since the table of effects is the process's. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/diag.h>
#include <glow/effect.h>
#include <glow/effect_text.h>
#include <glow/time.h>

/** An instant further ahead is no change that anybody asked for: then it happens at once. */
#define GLOW_LIBRARY_AHEAD_US (60 * GLOW_US_PER_S)

/** A text that compiled. */
struct glow_library_text {
	const struct glow_effect_desc *effect;
	char *text; /**< `len` bytes and a NUL */
	size_t len;
	uint64_t rev;
};

struct glow_library_entry {
	char name[GLOW_SCRIPT_NAME_SIZE];
	struct glow_library_text *now;  /**< in force; NULL for none */
	struct glow_library_text *next; /**< takes its place at at_us; NULL for none */
	int64_t at_us;
	char why[440]; /**< why the text `why_rev` cannot be used here; "" when it can */
	uint64_t why_rev;
};

struct glow_library {
	struct glow_effect_list list; /**< as last told */
	bool has_list;
	uint64_t clock_id; /**< the timeline of the times that are given; 0: none */
	size_t n;
	struct glow_library_entry v[GLOW_EFFECT_TEXTS_MAX];
	uint32_t revision; /**< rises with every change of texts or list */
	void *ctx;
	/** An effect has come (`was` is NULL), gone (`is` is NULL) or changed: whatever points to `was` has to be made
	 * to point to `is` before this returns. NULL: nothing points to any. */
	void (*changed)(void *ctx, const struct glow_effect_desc *was, const struct glow_effect_desc *is);
};

/** An empty one. The room is the caller's, and does not move. */
void glow_library_init(struct glow_library *lib,
		       void (*changed)(void *ctx, const struct glow_effect_desc *was,
				       const struct glow_effect_desc *is),
		       void *ctx);

/** Its effects are gone, without a word: nobody draws any more. */
void glow_library_fini(struct glow_library *lib);

/** Compiles a text: the caller's, glow_library_text_free(). NULL with GLOW_BAD_EFFECT, `where` being "line:column". */
struct glow_library_text *glow_library_compile(const char *name, const char *text, size_t len, uint64_t rev,
					       struct glow_diag *diag);
void glow_library_text_free(struct glow_library_text *text);

/** The payload of `effect`; an empty one is an empty list. What it does not name any more goes. One that cannot be read
 * changes nothing. */
enum glow_code glow_library_list(struct glow_library *lib, const void *payload, size_t len, struct glow_diag *diag);

/** The payload of effect/<name>; an empty one takes it away. A text that cannot be used here takes that of before
 * away as well, and the entry tells why; one that is no such message at all changes nothing. */
enum glow_code glow_library_message(struct glow_library *lib, const char *name, const void *payload, size_t len,
				    int64_t now_us, struct glow_diag *diag);

/** Takes a compiled text, which is the library's then: in place of the one of its name at at_us, at once where there is
 * none. False, and nothing has happened, where there is no room or its name cannot be taken. */
bool glow_library_take(struct glow_library *lib, const char *name, struct glow_library_text *text, int64_t at_us,
		       int64_t now_us);

/** Takes a text away. */
void glow_library_drop(struct glow_library *lib, const char *name);

/** The text of that name cannot be had for a reason that is not its own. */
void glow_library_fail(struct glow_library *lib, const char *name, const char *why);

/** Times given from now on are on this timeline: what waited for an instant of another happens at once. */
void glow_library_clock(struct glow_library *lib, uint64_t clock_id, int64_t now_us);

/** Lets time pass: texts change. And the next instant at which one does; GLOW_NEVER. */
void glow_library_tick(struct glow_library *lib, int64_t t_us);
int64_t glow_library_next(const struct glow_library *lib);

const struct glow_library_entry *glow_library_find(const struct glow_library *lib, const char *name);

/** The latest text of an entry, whether or not it is in force yet; NULL for none. */
const struct glow_library_text *glow_library_latest(const struct glow_library_entry *entry);

/** Of the texts that the list names and that are not here, the k-th one that is found in a payload as a word in small
 * or capital letters; NULL behind the last. What cannot be used here counts as here. */
const char *glow_library_missing(const struct glow_library *lib, const char *payload, size_t len, size_t k);

/** Whether a payload has the word, in small or capital letters. */
bool glow_library_word(const char *payload, size_t len, const char *word);
