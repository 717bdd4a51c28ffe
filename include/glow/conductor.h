/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A conductor's state machine: leads a cluster, or stands by to. Messages and
 * the passing of time go in, messages and the wish for the lead come out. No
 * I/O, no clock: every call says what time it is on this machine's oscillator,
 * so a test can run an hour in a millisecond. One thread at a time. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/calendar.h>
#include <glow/diag.h>
#include <glow/message.h>
#include <glow/time.h>
#include <glow/topics.h>

struct glow_conductor_cfg {
	const char *prefix;
	const char *discovery; /**< Home Assistant's prefix; "" announces nothing */
	const char *page;      /**< address of the page for people; NULL or "" for none */
	const char *node;      /**< id of this conductor, for people */
	const char *order;     /**< "b,a": nodes that come first on the strip; the others follow by name */
	const char *reverse;   /**< "a,b": nodes that hang the other way round */
	const char *uplink;    /**< "hall/east": prefix of the cluster above and our name there; NULL or "" for none */
	const char *gap;       /**< "a=3": pixels left free behind a node */
	bool metrics;          /**< somebody wants glow_conductor_metrics(): what nodes say of themselves is heard */
	uint32_t grace_s;      /**< how long a node that went offline keeps its place */
	uint32_t boot;         /**< random and not 0: this process */
	uint64_t seed;         /**< random: clock ids and waits come from it */
	uint64_t secret;       /**< random: the numbers of probes come from it, which nobody may guess */
	int64_t built_us;      /**< when this program was built: a wall clock before that is unset */
	const char *boot_preset; /**< shown when a timeline begins anew; "" for none */
	/** Where the sun rises for schedules; NULL: nobody knows. Local time for them; offset_s NULL: UTC. */
	const struct glow_calendar_place *place;
	struct glow_calendar_zone zone;
	struct glow_outbox outbox;
	/** Asks for the lead, or gives it back: glow_mqtt_lead(). Called with outbox.ctx. */
	void (*lead)(void *ctx, bool lead);
};

struct glow_conductor;

/** How far a reader has come in the metrics; all zero at their beginning. */
struct glow_metrics_at {
	uint32_t row;
	bool begun;
	char node[GLOW_ID_MAX + 1];
};
/** Bytes that one metric may take beside its nodes', and more than a node's line. */
#define GLOW_METRICS_ROOM 2048

/** -EINVAL with diag, whose `where` is the option, for a list that cannot be read; -ENOMEM. Texts of cfg may go
 * afterwards. */
int glow_conductor_create(const struct glow_conductor_cfg *cfg, struct glow_raw now, const struct glow_wall *wall,
			  struct glow_conductor **ret_conductor, struct glow_diag *diag);
void glow_conductor_destroy(struct glow_conductor *c);

/** What the messenger tells: connected with every subscription acknowledged and
 * all retained messages delivered, under the lead id or our own; disconnected; an attempt failed. */
void glow_conductor_connected(struct glow_conductor *c, struct glow_raw now, bool leading);
void glow_conductor_disconnected(struct glow_conductor *c, struct glow_raw now);
void glow_conductor_failed(struct glow_conductor *c, struct glow_raw now);

/** The largest packet that the broker of this connection takes, bytes; before glow_conductor_connected(). */
void glow_conductor_packet_max(struct glow_conductor *c, uint32_t bytes);

/** A message of a subscribed topic; message->at says when it arrived. */
void glow_conductor_message(struct glow_conductor *c, const struct glow_message *message, struct glow_raw now);

/** A message of a subscribed topic that was dropped before it came here, without its payload: whoever wants an answer
 * hears that we are busy. */
void glow_conductor_dropped(struct glow_conductor *c, const struct glow_message *m, bool replaced);

/** What the messenger has not passed on so far, for conductor/info. That is published by glow_conductor_wall(), if
 * anything is new. */
void glow_conductor_counts(struct glow_conductor *c, const struct glow_mqtt_counts *counts);

/** The wall clock was looked at. */
void glow_conductor_wall(struct glow_conductor *c, struct glow_raw now, const struct glow_wall *wall);

/** Lets time pass. */
void glow_conductor_tick(struct glow_conductor *c, struct glow_raw now);

/** The next instant at which glow_conductor_tick() has something to do. */
struct glow_raw glow_conductor_next(const struct glow_conductor *c);

/** Publishes `offline` if we lead, for a clean end (a clean DISCONNECT sends no will). */
void glow_conductor_goodbye(struct glow_conductor *c);

/** The metrics as Prometheus reads them (text format 0.0.4), piece by piece: writes what follows `at` and returns how
 * many bytes, of GLOW_METRICS_ROOM at least; 0 at the end. Needs cfg.metrics. */
size_t glow_conductor_metrics(const struct glow_conductor *c, struct glow_raw now, struct glow_metrics_at *at,
			      char *ret_text, size_t room);

/** The topics to subscribe, for struct glow_mqtt_cfg: the k-th one, and false behind the last. *ret_retained: its
 * retained messages are wanted too. The last GLOW_CONDUCTOR_LEAD_TOPICS, and of those with retained messages the last
 * GLOW_CONDUCTOR_LEAD_RETAINED, are the leader's alone: what nodes ask the time by and are told of their places is most
 * of the traffic, and a standby has no use for it. */
#define GLOW_CONDUCTOR_LEAD_TOPICS   2
#define GLOW_CONDUCTOR_LEAD_RETAINED 1
bool glow_conductor_topic(const struct glow_conductor_cfg *cfg, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1],
			  bool *ret_retained);

/** The topics that a broker may refuse, for `wished_topics` there: the k-th one, and false behind the last. */
bool glow_conductor_wish(const struct glow_conductor *c, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1]);
