/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The texts of the cluster, as the conductor keeps them for everybody: what people ask for at effect/<name>/set is
 * compiled, published with the instant at which all take it, and put on the list. What the broker keeps is the truth
 * while we do not lead: there a text that this program cannot read is passed over with a line in the log, but
 * stays on the list where it was on it, since a newer conductor may have put it there. Times are cluster time. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/library.h>
#include <glow/message.h>
#include <glow/publish.h>
#include <glow/time.h>

struct glow_text_store {
	struct glow_publisher out;
	struct glow_library library; /**< its list is what we publish, or what the broker keeps */
	uint64_t clock_id;
	bool there; /**< the broker has the list, on this connection */
};

/** No texts. The rest as glow_library_init() has it: scenes that are kept have to follow. */
void glow_text_store_init(struct glow_text_store *s, const struct glow_publisher *out,
			  void (*changed)(void *ctx, const struct glow_effect_desc *was,
					  const struct glow_effect_desc *is),
			  void *ctx);
void glow_text_store_fini(struct glow_text_store *s);

/** What the broker keeps, while we do not lead: the list, and a text by its name. */
void glow_text_store_restore(struct glow_text_store *s, const char *name, const struct glow_message *m);

/** The connection is gone: on the next one the broker has to tell all again. */
void glow_text_store_disconnected(struct glow_text_store *s);

/** We lead from now on, on this timeline: publishes what the broker lacks. */
void glow_text_store_open(struct glow_text_store *s, uint64_t clock_id, struct glow_time now);

/** Somebody wants another text of that name, or none; answers. All take it `ahead_us` from now where there is one
 * already. */
void glow_text_store_set(struct glow_text_store *s, const char *name, const struct glow_message *m,
			 struct glow_time now, int64_t ahead_us);
