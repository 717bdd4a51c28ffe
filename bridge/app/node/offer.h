/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The broker keeps one catalog of effects for all nodes of a version (glow/catalog.h). Each of
 * them watches that it is there, and publishes it where it is not, after a while that is another
 * for each: the first to do so spares the others. Times are those of pictures. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glow/catalog.h>
#include <glow/message.h>
#include <glow/publish.h>

/** The longest wait. */
#define GLOW_OFFER_WITHIN_US INT64_C(5000000)

struct glow_offer {
	const struct glow_publisher *out;
	char *text; /**< this program's catalog, `len` bytes and a NUL */
	size_t len;
	char name[GLOW_CATALOG_NAME_LEN + 1];
	uint32_t dice, thrown; /**< the node's own, and how often */
	bool connected, there; /**< the broker has it, as far as we know */
	/** How often in a row the broker ended the connection at once when we published it, and did not have it
	 * afterwards: a Mosquitto 2.0.11 without a limit of queued messages does that where its rules refuse something.
	 */
	unsigned drops;
	int64_t at_us;   /**< when to publish it; GLOW_NEVER while there is no need */
	int64_t said_us; /**< when we did; GLOW_NEVER for not yet */
};

/** 0 or -ENOMEM. `out` is borrowed. */
int glow_offer_init(struct glow_offer *offer, const struct glow_publisher *out, uint32_t dice);
void glow_offer_fini(struct glow_offer *offer);

/** What the broker keeps at its name: before glow_offer_connected() what was there, later what changed. Anything but
 * the catalog itself counts as absent. */
void glow_offer_message(struct glow_offer *offer, const struct glow_message *m, int64_t now_us);

/** Everything that the broker keeps has arrived. */
void glow_offer_connected(struct glow_offer *offer, int64_t now_us);
void glow_offer_disconnected(struct glow_offer *offer, int64_t now_us);

/** Whether the broker hangs up on it, for all we know: then it is not tried again. */
bool glow_offer_dropped(const struct glow_offer *offer);

/** Publishes it when its time has come. */
void glow_offer_tick(struct glow_offer *offer, int64_t now_us);

/** The clock jumped. */
void glow_offer_shift(struct glow_offer *offer, int64_t delta_us);
