/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* When a device is announced to Home Assistant, and when no more. Whoever deletes it there
 * empties its topic: then it stays away until Home Assistant starts again and asks by its birth message, or
 * until the program starts again. What an earlier run announced under another discovery prefix is
 * found and taken back. No I/O, no clock: messages, time and a seed go in. */

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/message.h>
#include <glow/publish.h>
#include <glow/time.h>
#include <glow/topics.h>

/** After a birth message everybody announces: each at a random instant within so long. */
#define GLOW_HERALD_SPREAD_NS INT64_C(5000000000)

/** Texts and groups of the cluster change the announcement once in so long, at most. */
#define GLOW_HERALD_QUIET_NS INT64_C(60000000000)

/** Announcements under other prefixes that are taken back at one connection, at most. */
#define GLOW_HERALD_STRAYS 4

/** The caller's storage; the members are the module's. */
struct glow_herald {
	struct glow_publisher out;
	char own[GLOW_TOPIC_MAX + 1];      /**< where it is announced; "" for nowhere */
	char any[GLOW_TOPIC_MAX + 1];      /**< the same under any prefix of one level */
	char birth[GLOW_TOPIC_MAX + 1];    /**< where Home Assistant says that it has started */
	char keepsake[GLOW_TOPIC_MAX + 1]; /**< a retained topic that tells whether the broker remembers us */
	uint32_t seed, rolls;
	bool connected;
	bool remembers; /**< the broker had the keepsake on this connection */
	bool had;       /**< the broker had the announcement on the connection before */
	bool deleted;   /**< somebody emptied the topic: nothing is announced */
	uint32_t kept;  /**< hash of the announcement that the broker keeps; 0 for none */
	cJSON *parts;   /**< its components, {name: platform}; NULL: none is known */
	struct glow_raw due;
	uint32_t told;         /**< what it was made of, glow_discovery_hash() */
	struct glow_raw news;  /**< when it is announced that this is another; GLOW_NEVER */
	struct glow_raw quiet; /**< not before */
	char strays[GLOW_HERALD_STRAYS][GLOW_TOPIC_MAX + 1];
	unsigned n_strays;
};

/** For the device `id` (glow_discovery_topic()); the strings of `out` must outlive it. `keepsake` is a retained topic
 * that this program publishes and hears: without it, a missing announcement is no sign that somebody deleted it. `seed`
 * is random. */
void glow_herald_init(struct glow_herald *h, const struct glow_publisher *out, const char *id, const char *keepsake,
		      uint32_t seed);

void glow_herald_fini(struct glow_herald *h);

/** The topics to subscribe, for `wished` of struct glow_mqtt_cfg: the k-th one, false behind the last. */
bool glow_herald_topic(const struct glow_herald *h, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1]);

/** Hears a message. True when it was for the herald alone. */
bool glow_herald_message(struct glow_herald *h, const struct glow_message *m, struct glow_raw now);

/** What the broker keeps has been heard; the connection is gone. */
void glow_herald_connected(struct glow_herald *h);
void glow_herald_disconnected(struct glow_herald *h);

/** Announces the device, unless somebody has deleted it or the broker has just this; takes back what is announced
 * elsewhere. Components that it had and has no more are told once without anything but their platform, by which Home
 * Assistant removes them. Deletes the tree. */
void glow_herald_announce(struct glow_herald *h, cJSON *tree);

/** What the device offers is this, glow_discovery_hash(). Where it is another than before, the device is announced
 * again in a while. */
void glow_herald_offer(struct glow_herald *h, uint32_t hash, struct glow_raw now);

/** True once when the answer to a birth message is due, or something else is to be told: the caller announces, if it is
 * the one to do so. */
bool glow_herald_asked(struct glow_herald *h, struct glow_raw now);

/** When glow_herald_asked() has something to say; GLOW_NEVER. */
struct glow_raw glow_herald_next(const struct glow_herald *h);
