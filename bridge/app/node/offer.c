/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glow/hash.h>
#include <glow/json.h>
#include <glow/time.h>
#include <glow/topics.h>

#include "offer.h"

#define DROPPED_US GLOW_US_PER_S /* a connection that ends so soon after ended because of it, or by chance */
#define DROPS_MAX  2             /* which is not so twice */

int glow_offer_init(struct glow_offer *offer, const struct glow_publisher *out, uint32_t dice)
{
	*offer = (struct glow_offer){ .out = out,
				      .text = glow_json_finish(glow_catalog_write()),
				      .dice = dice,
				      .at_us = GLOW_NEVER,
				      .said_us = GLOW_NEVER };
	if (!offer->text)
		return -ENOMEM;
	offer->len = strlen(offer->text);
	glow_catalog_name(offer->text, offer->len, offer->name);
	return 0;
}

void glow_offer_fini(struct glow_offer *offer)
{
	free(offer->text);
	offer->text = NULL;
}

bool glow_offer_dropped(const struct glow_offer *offer)
{
	return offer->drops >= DROPS_MAX;
}

static void plan(struct glow_offer *offer, int64_t now_us)
{
	int64_t wait_us = glow_dice(offer->dice, offer->thrown, 0) * GLOW_OFFER_WITHIN_US / UINT32_MAX;

	offer->at_us = GLOW_NEVER;
	if (offer->there || glow_offer_dropped(offer) || !offer->connected)
		return;
	offer->thrown++;
	offer->at_us = now_us + wait_us;
}

void glow_offer_message(struct glow_offer *offer, const struct glow_message *m, int64_t now_us)
{
	offer->there = m->len == offer->len && memcmp(m->payload, offer->text, m->len) == 0;
	if (offer->there)
		offer->drops = 0;
	plan(offer, now_us);
}

void glow_offer_connected(struct glow_offer *offer, int64_t now_us)
{
	offer->connected = true;
	plan(offer, now_us);
}

void glow_offer_disconnected(struct glow_offer *offer, int64_t now_us)
{
	if (offer->said_us != GLOW_NEVER)
		offer->drops = now_us - offer->said_us < DROPPED_US ? offer->drops + 1 : 0;
	offer->said_us = GLOW_NEVER;
	offer->connected = offer->there = false;
	offer->at_us = GLOW_NEVER;
}

void glow_offer_tick(struct glow_offer *offer, int64_t now_us)
{
	char topic[GLOW_TOPIC_MAX + 1];

	if (now_us < offer->at_us)
		return;
	offer->there = true;
	offer->at_us = GLOW_NEVER;
	offer->said_us = now_us;
	glow_topic_of(topic, offer->out->prefix, GLOW_TOPIC_CATALOG, GLOW_OF_CLUSTER, offer->name);
	glow_publish_text(offer->out, topic, offer->text, 1, true);
}

void glow_offer_shift(struct glow_offer *offer, int64_t delta_us)
{
	if (offer->at_us != GLOW_NEVER)
		offer->at_us += delta_us;
	if (offer->said_us != GLOW_NEVER)
		offer->said_us += delta_us;
}
