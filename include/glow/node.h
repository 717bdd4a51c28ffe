/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* A node's state machine: messages and the passing of time go in, a picture
 * and messages come out. No I/O, no clock: every call says what time it is, so
 * a test can run an hour in a millisecond. All times are cluster time. */

#include <stdbool.h>
#include <stdint.h>

#include <glow/effect_text.h>
#include <glow/info.h>
#include <glow/message.h>
#include <glow/picture.h>
#include <glow/publish.h>
#include <glow/topics.h>

/** State is published at most every 50 ms; the last one always. */
#define GLOW_STATE_EVERY_US 50000

struct glow_node_cfg {
	struct glow_publisher out; /**< its strings must outlive the node */
	const char *idle;          /**< the idle display, a shorthand */
	struct glow_info info;
	struct glow_env env;
	uint32_t dice;       /**< another for each node: spreads what many of them might do at one instant */
	bool lost_indicator; /**< one dim pixel while the broker or the conductor is away */
};

struct glow_node;

/** Allocates everything that is ever needed but the payloads of waiting
 * commands. -EINVAL with diag when the idle display is no command. */
int glow_node_create(const struct glow_node_cfg *cfg, int64_t now_us, struct glow_node **ret_node,
		     struct glow_diag *diag);
void glow_node_destroy(struct glow_node *n);

/** The broker accepted every subscription: says who we are and what we show.
 * Ends the wait for a retained state; whether the first frame still has to wait for
 * cluster time is the caller's to say, by glow_node_start(). */
void glow_node_connected(struct glow_node *n, int64_t now_us);
void glow_node_disconnected(struct glow_node *n);

/** The topics to subscribe, for struct glow_mqtt_cfg: the k-th one, false behind the
 * last. Those with *ret_retained want the retained messages too. */
bool glow_node_topic(const struct glow_node *n, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1], bool *ret_retained);

/** How many topics are every node's, or every one's of a group: of those that are not retained the last ones,
 * `n_common_topics` there; of those that are, and of those that may be refused, the first ones. */
struct glow_node_common {
	size_t topics, retained, wished;
};
struct glow_node_common glow_node_common(const struct glow_node *n);

/** The topics that a broker may refuse, for `wished_topics` there: the k-th one, false behind the last. */
bool glow_node_wish(const struct glow_node *n, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1]);

/** A message of a subscribed topic; others are ignored. */
void glow_node_message(struct glow_node *n, const struct glow_message *message, int64_t now_us);

/** A message of a subscribed topic that was dropped before it came here, without its payload: whoever wants an answer
 * hears that we are busy. */
void glow_node_dropped(struct glow_node *n, const struct glow_message *message, bool replaced, int64_t now_us);

/** The texts that the cluster has (glow/effect_text.h), as last told. */
const struct glow_effect_list *glow_node_texts(const struct glow_node *n);

/** The broker does not let us read a topic that we asked for. */
void glow_node_wish_refused(struct glow_node *n, const char *topic);

/** The broker does not let us publish there. Without the catalog (glow/catalog.h) info tells the effects. */
void glow_node_refused(struct glow_node *n, const char *topic);

/** The first frame need not wait any longer for a retained state, cluster time or a place. */
void glow_node_start(struct glow_node *n, int64_t now_us);
bool glow_node_started(const struct glow_node *n);

/** The conductor says that it is online; its beacon may be missing yet. */
bool glow_node_has_conductor(const struct glow_node *n);

/** Its picture is the same whatever time it is, also on another timeline. */
bool glow_node_timeless(const struct glow_node *n);

/** This board has its place on the strip of every scene that it has a part in. */
bool glow_node_placed(const struct glow_node *n);

/** No message waits for an effect in text, and those of scenes are here; asks the broker for what is missing. */
bool glow_node_texts_here(struct glow_node *n);

/** Lets time pass to t_us: waiting commands take effect, notices and
 * transitions end, state is published. Time never goes back: an instant before the
 * latest counts as that, here and for messages. */
void glow_node_tick(struct glow_node *n, int64_t t_us);

/** The next instant at which glow_node_tick() has something to do; GLOW_NEVER if none. */
int64_t glow_node_next(const struct glow_node *n);

/** Steps of effects in text (glow/script.h) that are drawn without a look at what else there is to do: a million
 * instructions, 4 ms at the 4 ns of a Pi 3B (docs/hardware.md). */
#define GLOW_TURN_STEPS 50000u

/** How many pixels of the picture that is, as it stands; at least 1, at most all. */
uint32_t glow_node_turn(const struct glow_node *n);

/** Draws pixels `from` and the next, `count` of them, of the picture at t_us; the frame's others stay as they are. When
 * all are there, glow_node_finish() makes of them what glow_node_render() draws at once. */
void glow_node_draw(const struct glow_node *n, int64_t t_us, uint32_t from, uint32_t count, struct glow_frame *frame);
void glow_node_finish(struct glow_node *n, int64_t t_us, struct glow_frame *ret_frame);

/** Draws the node's picture at t_us. */
void glow_node_render(struct glow_node *n, int64_t t_us, struct glow_frame *ret_frame);

/** How fast the picture changes by time alone, and which meters it shows. */
enum glow_pace glow_node_pace(const struct glow_node *n, int64_t t_us, uint32_t *ret_meters);

/** Rises when the picture may have changed by anything but the passing of time:
 * while it stays, only frame slots need drawing. */
uint32_t glow_node_revision(const struct glow_node *n);

/** New readings for gauges. */
void glow_node_meters(struct glow_node *n, const uint16_t meter[GLOW_METERS]);

/** Local civil time minus cluster time has changed. */
void glow_node_wall_offset(struct glow_node *n, int64_t offset_us);

/** The clock that all times here are read from jumped at now_us (before the jump) by delta_us, and is from now on
 * that of the timeline clock_id (0: the wall clock). What this node runs by itself goes on as
 * if nothing happened; what it shares with others (scenes, the idle display) is where
 * they are, and a short cross-fade leads there. */
void glow_node_clock_stepped(struct glow_node *n, int64_t now_us, int64_t delta_us, uint64_t clock_id);

/** The board's condition for info: NULL or "" when it is well. */
void glow_node_problem(struct glow_node *n, const char *problem, const char *backend);

/** How many slots pass from one frame to the next, for info: 1 when each is drawn. */
void glow_node_slots(struct glow_node *n, unsigned slots_a_frame);

void glow_node_stats(struct glow_node *n, const struct glow_stats *stats);

/** Publishes the state where it still waits for its turn, and `offline`: for a clean end, since a
 * clean DISCONNECT sends no will. */
void glow_node_goodbye(struct glow_node *n);
