/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What it takes to prove something of a broker: envoys, topics that no cluster has, and words. Topics are given
 * without what is before them: <prefix>-probe/<client id>/. */

#include <glow/ctl.h>
#include <glow/envoy.h>

#include "findings.h"

#define GLOW_PROVING_ENVOYS 6
#define GLOW_PROVING_WHERE  (GLOW_PREFIX_MAX + 80)

struct glow_proving;

struct glow_proof {
	const char *about;
	void (*prove)(struct glow_proving *p);
	const char *means; /**< what it means for a cluster where it is not so */
	const char *cure;
};

struct glow_proving {
	const struct glow_ctl_options *o;
	struct glow_findings *found;
	const struct glow_proof *proof; /**< the present one */
	const char *broker[2];          /**< the second is the first where there is one address only */
	bool two;                       /**< there are two addresses */
	char client[64], where[GLOW_PROVING_WHERE];
	struct glow_envoy envoys[GLOW_PROVING_ENVOYS]; /**< of the present proof */
	struct glow_envoy hung, watch;                 /**< of all of it */
	int64_t hung_ms, told_ms;                      /**< 0: not yet */
	unsigned patience_ms;                          /**< so long is waited for what has to come */
	unsigned n_ids;
	char why[GLOW_MQTT_WHY];
};

/** How an envoy comes; NULL for none. The three lists of struct glow_mqtt_cfg have one topic each. */
struct glow_manners {
	const char *live, *kept, *wished, *will;
	const char *id; /**< a client id that others may have too */
	unsigned keepalive_s;
};

/** An envoy to the first or second address; NULL after saying that it failed. It ends with the proof. */
struct glow_envoy *glow_proving_send(struct glow_proving *p, int at, struct glow_manners manners);

/** The same into `ret_envoy`, for longer, and without a word: 0, or negative with p->why. */
int glow_proving_try(struct glow_proving *p, int at, struct glow_manners manners, struct glow_envoy *ret_envoy);

/** Publishes; false after saying that it failed. `e` may be NULL, which has been said. */
bool glow_proving_say(struct glow_proving *p, struct glow_envoy *e, struct glow_envoy_post post);

/** The same without a word: as glow_envoy_publish(), with p->why. */
int glow_proving_say_or(struct glow_proving *p, struct glow_envoy *e, struct glow_envoy_post post);

/** The next message within so many ms, its topic as above; false when there is none. */
bool glow_proving_hear(struct glow_proving *p, struct glow_envoy *e, unsigned wait_ms,
		       struct glow_envoy_heard *ret_heard);

/** Waits for the next one; true when it has just this text. */
bool glow_proving_hear_text(struct glow_proving *p, struct glow_envoy *e, const char *text,
			    struct glow_envoy_heard *ret_heard);

/** How many retained messages a new subscriber of `filter` gets, who leaves after `most`. */
unsigned glow_proving_count(struct glow_proving *p, int at, const char *filter, unsigned most);

/** The same at the second address, again and again until there are as many as are `wanted`: a cluster of brokers may
 * need a moment. *ret_tries: how many it took. */
unsigned glow_proving_count_patiently(struct glow_proving *p, const char *filter, unsigned wanted, int *ret_tries);

/** Findings of the present proof: it holds; it holds with a flaw; it does not, which is followed by what that means. */
void glow_proving_well(struct glow_proving *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void glow_proving_note(struct glow_proving *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void glow_proving_fail(struct glow_proving *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Ends the envoys of a proof. */
void glow_proving_part(struct glow_proving *p);
