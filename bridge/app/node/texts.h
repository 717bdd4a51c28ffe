/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Which of the cluster's texts a node keeps, and the messages that wait for one. A node knows from the list which there
 * are, and follows those only that it was told to show: the others cost it a name and a number each. What names a text
 * that is not here waits until it comes, for a second at most, and everything behind it too, so that the
 * order stays. Times are those of pictures. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/library.h>
#include <glow/message.h>
#include <glow/publish.h>
#include <glow/topics.h>

/** Messages that wait, and how long each. */
#define GLOW_TEXTS_HELD_MAX 16
#define GLOW_TEXTS_HELD_US  GLOW_US_PER_S

/** A message that waits; what it points to lies in `memory`. */
struct glow_held {
	struct glow_message m;
	char *memory;
	int64_t until_us;
};

struct glow_texts {
	struct glow_library library;
	const struct glow_publisher *out;
	size_t n_followed;
	char followed[GLOW_EFFECT_TEXTS_MAX][GLOW_SCRIPT_NAME_SIZE];
	size_t n_held;
	struct glow_held held[GLOW_TEXTS_HELD_MAX]; /**< in their order */
};

/** `out` is borrowed; `changed` as glow_library_init() has it. */
void glow_texts_init(struct glow_texts *t, const struct glow_publisher *out,
		     void (*changed)(void *ctx, const struct glow_effect_desc *was, const struct glow_effect_desc *is),
		     void *ctx);
void glow_texts_fini(struct glow_texts *t);

/** The list, a text, or one that is gone. What is wrong with it is in diag. */
enum glow_code glow_texts_message(struct glow_texts *t, const struct glow_topic *topic, const struct glow_message *m,
				  int64_t now_us, struct glow_diag *diag);

/** The broker does not let us read that topic. */
void glow_texts_refused(struct glow_texts *t, const struct glow_topic *topic);

/** Follows the texts that a payload names and that are not here. True when there is one. */
bool glow_texts_ask(struct glow_texts *t, const char *payload, size_t len);

/** Of the texts that are followed, those are dropped for which `used` says no: on the next connection they need not
 * come again. */
void glow_texts_tidy(struct glow_texts *t, bool (*used)(void *ctx, const char *name), void *ctx);

/** Keeps a message that waits, after those that wait already; false where there is no room. */
bool glow_texts_hold(struct glow_texts *t, const struct glow_message *m, int64_t now_us);

/** The message that has waited enough: its texts are here, or its time is over. It is the caller's, to be given to
 * glow_held_free(). False when there is none. */
bool glow_texts_release(struct glow_texts *t, int64_t now_us, struct glow_held *ret_held);
void glow_held_free(struct glow_held *held);

/** Why a command is refused that names an effect which is not known, if that is for a text; else diag stays. */
void glow_texts_explain(const struct glow_texts *t, const char *payload, size_t len, struct glow_diag *diag);

/** When glow_texts_release() or the library has something; GLOW_NEVER. */
int64_t glow_texts_next(const struct glow_texts *t);

/** The clock jumped, and is that of clock_id from now on. */
void glow_texts_clock_stepped(struct glow_texts *t, int64_t delta_us, uint64_t clock_id, int64_t now_us);
