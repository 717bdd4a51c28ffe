/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* What the lights of all nodes, and of each group, come to: one message for whoever wants to know whether a room is lit
 * without hearing every node. Only nodes that are online and have told their state count. It is ON where one of them
 * is; brightness is the mean of those that are, colour and effect are those of more than half of them, else of one of
 * them. Where none is ON, all of them count. */

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <glow/message.h>
#include <glow/publish.h>

#include "members.h"

/** Nodes change together, so what one says waits so long for the others; and so long from one message to the next. */
#define GLOW_LIGHTS_GATHER_NS INT64_C(50000000)
#define GLOW_LIGHTS_EVERY_NS  INT64_C(250000000)

/** Who is ahead in counting those for and against: whoever has more than half, if somebody has. */
struct glow_light_vote {
	const struct glow_member *who;
	uint32_t lead;
};

/** What some lights come to. */
struct glow_light_tally {
	uint32_t n;
	uint64_t brightness;
	struct glow_light_vote color, effect;
};
struct glow_light_sum {
	struct glow_light_tally all, on;
};

/** Counts one, if it is online and has told its state. The sum points to it. */
void glow_light_sum_add(struct glow_light_sum *sum, const struct glow_member *one);

/** The sum as a state. */
cJSON *glow_light_sum_write(const struct glow_light_sum *sum);

/** The caller's storage; the members are the module's. */
struct glow_lights {
	struct glow_publisher out;
	const struct glow_members *members; /**< borrowed */
	struct glow_light_of {
		char group[GLOW_NAME_SIZE]; /**< "": all */
		bool wanted;                /**< a node has it */
		uint32_t kept;              /**< hash of what the broker keeps of it; 0: nothing */
		struct glow_light_sum sum;
	} * v; /**< all first, then by name */
	uint32_t n, room;
	char preset[GLOW_ID_MAX + 1];   /**< that shows; "" for none */
	char above[GLOW_TOPIC_MAX + 1]; /**< where all's is said as well, for a cluster above; "" for none */
	bool regroup;                   /**< groups may be others */
	struct glow_raw due;            /**< when it is worked out anew; GLOW_NEVER */
	struct glow_raw again;          /**< not before */
};

void glow_lights_init(struct glow_lights *l, const struct glow_publisher *out, const struct glow_members *members);
void glow_lights_fini(struct glow_lights *l);

/** What the broker keeps of a group ("": of all), as long as another conductor may be the one to say it. */
void glow_lights_hear(struct glow_lights *l, const char *group, const struct glow_message *m);

/** The connection to the broker ended: what it keeps is heard anew. */
void glow_lights_disconnected(struct glow_lights *l);

/** A node's light is another; or a node came, went, or has other groups. */
void glow_lights_changed(struct glow_lights *l, struct glow_raw now);
void glow_lights_regroup(struct glow_lights *l, struct glow_raw now);

/** Another preset shows ("" for none), which belongs to what all lights come to. */
void glow_lights_preset(struct glow_lights *l, const char *preset, struct glow_raw now);

/** Publishes what is another than before, and empties the topics of groups that are no more: for the leader. */
void glow_lights_tick(struct glow_lights *l, struct glow_raw now);
