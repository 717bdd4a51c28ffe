/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* The way up from a rack: to the cluster above it, the root's, a rack is one node. This part asks the root's conductor
 * for the time, as that node and on the rack's own broker, which is bridged to the root's; says what the rack is; and
 * knows how the uplink is doing. What the rack makes of the time and of what else the root says is no business of this
 * part. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/follower.h>
#include <glow/info.h>
#include <glow/message.h>
#include <glow/publish.h>
#include <glow/time.h>
#include <glow/timing.h>
#include <glow/topics.h>

/** So long no beacon: the uplink is lost. */
#define GLOW_UPLINK_SILENT_NS INT64_C(2500000000)
/** Twice a second is asked for the time. */
#define GLOW_UPLINK_PROBE_NS INT64_C(500000000)
/** Lost so often within a minute, it flaps. */
#define GLOW_UPLINK_FLAPS 3

/** So many that led before are known. */
#define GLOW_UPLINK_KIN 4

enum glow_uplink_state {
	GLOW_UPLINK_WAITING,   /**< nothing was heard of a root that leads */
	GLOW_UPLINK_MEASURING, /**< its time is not known well yet */
	GLOW_UPLINK_FOLLOWING,
	GLOW_UPLINK_LOST,    /**< it has fallen silent: the rack goes on by itself */
	GLOW_UPLINK_REFUSED, /**< it leads back to this rack: nobody follows himself */
	GLOW_N_UPLINK_STATES
};

/** The caller's storage. Others may read `on`, `state`, `prefix`, `rack` and `follower.sync`. */
struct glow_uplink {
	bool on; /**< there is one; else no function but those that say so may be called */
	char prefix[GLOW_PREFIX_MAX + 1], rack[GLOW_ID_MAX + 1];
	enum glow_uplink_state state;
	struct glow_publisher out; /**< its prefix is the root's */
	struct glow_follower follower;
	uint32_t boot;
	bool speaks; /**< the rack is led here: who stands by hears, and says nothing */
	bool has_root, loops;
	struct glow_conductor_info root;
	struct glow_raw silent; /**< when the root is, unless a beacon comes; GLOW_NEVER while it is */
	struct glow_raw stats;  /**< when it is said how well the time is known */
	uint32_t losses;
	int64_t lost_ns[GLOW_UPLINK_FLAPS]; /**< the latest, in turn */
	enum glow_topic_kind broken;        /**< of the topic that could not be read last; GLOW_TOPIC_OTHER for none */
	char broken_why[160];
	uint32_t kin[GLOW_UPLINK_KIN], n_kin; /**< boots of those who led this rack before, the latest in turn */
	bool twin;                            /**< there is another rack of this name: */
	struct glow_raw twin_until, again;    /**< so long that counts; and when ours is said once more, GLOW_NEVER */
	uint32_t said;                        /**< hash of the info as it was said last; 0: not yet */
};

/** Takes --uplink apart: "hall/east" is the rack east below the prefix hall. False for what is none. */
bool glow_uplink_split(const char *text, char ret_prefix[GLOW_PREFIX_MAX + 1], char ret_rack[GLOW_ID_MAX + 1]);

/** `text` as in glow_uplink_split(), or "" for none. */
void glow_uplink_init(struct glow_uplink *u, const char *text, const struct glow_outbox *outbox, uint32_t boot);

/** The topics to subscribe: the k-th, false behind the last. *ret_retained: its retained messages are wanted too. */
bool glow_uplink_topic(const char *text, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1], bool *ret_retained);

/** The rack is led here, or no more: asks for the time, or not. */
void glow_uplink_speak(struct glow_uplink *u, struct glow_raw now, bool speaks);

/** What is heard of the root, by topic. */
void glow_uplink_hear_info(struct glow_uplink *u, const struct glow_message *m, struct glow_raw now);
void glow_uplink_hear_beacon(struct glow_uplink *u, const struct glow_message *m, struct glow_raw now);
/** True when the time is known better now. */
bool glow_uplink_hear_reply(struct glow_uplink *u, const struct glow_message *m);
/** A root's conductor that has just come asks for the time: `sync` is the rack's. */
void glow_uplink_hear_adopt(struct glow_uplink *u, const struct glow_message *m, const struct glow_sync *sync,
			    struct glow_raw now);
/** That one leads this rack while we stand by: what it has said above is not another's. */
void glow_uplink_kin(struct glow_uplink *u, uint32_t boot);

/** Somebody says what the rack of this name is. */
void glow_uplink_hear_twin(struct glow_uplink *u, const struct glow_message *m, struct glow_raw now);

/** A message of that topic could not be read (diag), or could be (NULL). */
void glow_uplink_read(struct glow_uplink *u, const struct glow_topic *topic, const struct glow_diag *diag);

/** Says what the rack is, if it is something else than before, and how well it knows the time, where that is due. */
void glow_uplink_say(struct glow_uplink *u, const struct glow_info *info);
void glow_uplink_say_stats(struct glow_uplink *u, const struct glow_sync *sync, struct glow_raw now);

/** Lets time pass: asks for the time, and notices silence. */
void glow_uplink_tick(struct glow_uplink *u, struct glow_raw now);
struct glow_raw glow_uplink_next(const struct glow_uplink *u);

/** As conductor/info has it. */
const char *glow_uplink_state_name(enum glow_uplink_state state);

/** How far the time that the rack gives (sync) is ahead of the root's, and one sigma of what is known of that; false
 * while nothing is. */
bool glow_uplink_off(const struct glow_uplink *u, const struct glow_sync *sync, struct glow_raw now,
		     int64_t *ret_off_ns, uint32_t *ret_error_ns);

/** How it is doing, for conductor/info. */
void glow_uplink_report(const struct glow_uplink *u, struct glow_raw now, struct glow_uplink_info *ret_info);
