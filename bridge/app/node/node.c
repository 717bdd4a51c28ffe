/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A command is parsed against the light as it is, and only a command that is good as a whole touches
 * anything. One that has to wait is parsed again when its time has come, so there is one way for a
 * command to take effect.
 *
 * A command for many waits for the conductor's word when they shall take it up together. Where
 * that does not come, each node acts by itself: later and not quite together, but it acts. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/flash.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/node.h>
#include <glow/time.h>
#include <glow/timing.h>

#include "conducted.h"
#include "layers.h"
#include "offer.h"
#include "pending.h"
#include "voice.h"

struct glow_node {
	struct glow_node_cfg cfg;
	struct glow_layers layers;
	struct glow_pending pending;
	struct glow_conducted conductor;
	struct glow_offer offer;
	struct glow_voice voice;
	struct glow_flash flash;
	bool restored;   /* or too late for that */
	bool accepted;   /* a command: what was retained is old news */
	bool scenes_new; /* perhaps with effects that this program lacks, which has to be said */
	bool limited;    /* some limit changed the last picture */
	bool held_back;  /* the flash limit did: what was asked for is still to come */
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* ---- what shows ---- */

void glow_node_render(struct glow_node *n, int64_t t_us, struct glow_frame *ret_frame)
{
	struct glow_picture pic = glow_layers_picture(&n->layers);
	bool limited = glow_picture_render(&pic, &n->layers.env, t_us, ret_frame);

	if (n->cfg.lost_indicator && glow_conducted_lost(&n->conductor, t_us))
		glow_conducted_mark(n->layers.env.shape, ret_frame);
	n->held_back = n->cfg.info.flash_limit && glow_flash_limit(&n->flash, n->layers.env.shape, t_us, ret_frame);
	limited = limited || n->held_back;

	if (limited != n->limited) {
		n->limited = limited;
		n->voice.stale = true;
	}
}

enum glow_pace glow_node_pace(const struct glow_node *n, int64_t t_us, uint32_t *ret_meters)
{
	struct glow_picture pic = glow_layers_picture(&n->layers);
	enum glow_pace pace = glow_picture_pace(&pic, &n->layers.env, t_us, ret_meters);

	return n->held_back ? GLOW_ANIMATED : pace;
}

uint32_t glow_node_revision(const struct glow_node *n)
{
	return n->layers.revision;
}

void glow_node_meters(struct glow_node *n, const uint16_t meter[GLOW_METERS])
{
	struct glow_picture pic = glow_layers_picture(&n->layers);
	uint32_t shown;

	glow_picture_pace(&pic, &n->layers.env, GLOW_NEVER, &shown);
	if (shown)
		n->layers.revision++;
	memcpy(n->layers.env.meter, meter, sizeof(n->layers.env.meter));
}

void glow_node_wall_offset(struct glow_node *n, int64_t offset_us)
{
	if (n->layers.env.wall_offset_us != offset_us)
		n->layers.revision++;
	n->layers.env.wall_offset_us = offset_us;
}

void glow_node_clock_stepped(struct glow_node *n, int64_t now_us, int64_t delta_us, uint64_t clock_id)
{
	glow_layers_clock_stepped(&n->layers, &n->cfg.info, now_us, delta_us, clock_id);
	glow_pending_shift(&n->pending, delta_us);
	glow_flash_clock_stepped(&n->flash, delta_us);
	n->voice.again_us += delta_us;
	n->conductor.beacon_us += delta_us;
	glow_offer_shift(&n->offer, delta_us);
	n->scenes_new = true;
	n->voice.stale = true;
}

/* ---- what is said ---- */

void glow_node_goodbye(struct glow_node *n)
{
	if (n->voice.stale)
		glow_voice_state(&n->voice, &n->layers, n->limited, n->layers.now_us);
	glow_voice_availability(&n->voice, "offline");
}

void glow_node_stats(struct glow_node *n, const struct glow_stats *stats)
{
	glow_voice_stats(&n->voice, stats);
}

void glow_node_problem(struct glow_node *n, const char *problem, const char *backend)
{
	struct glow_info *info = &n->cfg.info;
	char *texts[2] = { info->problem, info->backend };
	const char *news[2] = { problem ? problem : "", backend };
	size_t sizes[2] = { sizeof(info->problem), sizeof(info->backend) };
	bool changed = false;

	for (int k = 0; k < 2; k++) {
		changed = changed || strcmp(texts[k], news[k]) != 0;
		snprintf(texts[k], sizes[k], "%s", news[k]);
	}
	if (!changed)
		return;
	glow_voice_info(&n->voice);
	n->voice.stale = true;
}

/* ---- commands ---- */

/* Checks a payload against the light as it is at now_us. */
static enum glow_code read_command(const struct glow_node *n, enum glow_command_kind kind, const char *payload,
				   size_t len, int64_t now_us, struct glow_command *ret_command, struct glow_diag *diag)
{
	struct glow_command_ctx ctx = {
		.kind = kind,
		.shape = n->layers.env.shape,
		.current = kind == GLOW_COMMAND_SET ? n->layers.light.effect : NULL,
		.now_us = now_us,
		.strict = true,
	};
	cJSON *tree = glow_command_tree(payload, len, diag);

	if (!tree)
		return diag->code;
	glow_command_read(tree, &ctx, ret_command, diag);
	cJSON_Delete(tree);
	return diag->code;
}

static void apply(struct glow_node *n, struct glow_command *command, enum glow_command_kind kind, int64_t now_us,
		  uint32_t seed)
{
	glow_command_resolve(command, glow_layers_lit(&n->layers), n->layers.light.brightness);
	if (kind == GLOW_COMMAND_SET)
		glow_layers_set(&n->layers, command, now_us, seed);
	else
		glow_layers_notify(&n->layers, command, now_us, seed);
	n->voice.stale = true;
}

/* At once, when its time has come, or right after what came before it. *ret_at_us is its own time, 0 for none. */
static enum glow_code accept(struct glow_node *n, const struct glow_message *m, struct glow_command *command,
			     enum glow_command_kind kind, bool many, int64_t now_us, int64_t *ret_at_us,
			     struct glow_diag *diag)
{
	const struct glow_waiting *after = glow_pending_last_for_many(&n->pending, kind);
	bool waits = command->has & GLOW_HAS_AT && command->at_us > now_us;
	uint32_t of = glow_command_hash(m->topic, m->payload, m->len);

	*ret_at_us = waits ? command->at_us : 0;
	if (waits)
		after = NULL;
	if (waits || after)
		glow_pending_keep(&n->pending, m, kind, *ret_at_us, after, diag);
	else
		apply(n, command, kind, now_us, of);
	if (diag->code != GLOW_OK)
		return diag->code;
	if (many)
		glow_pending_done(&n->pending, of, n->layers.changes, now_us);
	n->accepted = true;
	return GLOW_OK;
}

/* What was good when it came may not fit the light any more, e.g. a parameter of an effect that
 * no longer runs: then it is refused now. A held one is not held any longer, and waits for its own time if it has one.
 */
static void take_effect(struct glow_node *n, struct glow_waiting *one)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_message asked = { .topic = "a waiting command" };
	struct glow_command command;
	bool by_itself = one->held, waits;
	int64_t at_us = one->at_us;

	if (by_itself)
		asked = one->asked;
	read_command(n, one->kind, one->payload, one->len, at_us, &command, &diag);
	waits = by_itself && diag.code == GLOW_OK && command.has & GLOW_HAS_AT && command.at_us > at_us;
	if (waits)
		one->at_us = command.at_us;
	else if (diag.code == GLOW_OK)
		apply(n, &command, one->kind, at_us, one->seed);
	if (by_itself)
		glow_pending_done(&n->pending, one->of, n->layers.changes, at_us);
	if (by_itself || diag.code != GLOW_OK || (one->by_word && diag.ignored[0]))
		glow_voice_answer(&n->voice, &asked, &diag, waits ? one->at_us : 0);
	one->held = false;
	if (!waits)
		glow_pending_remove(one);
}

/* No place is left: what has waited longest takes effect now, so that the newest has its place and is the last.
 * False where all wait for instants of their own. */
static bool make_room(struct glow_node *n, int64_t now_us)
{
	struct glow_waiting *one = glow_pending_first_untimed(&n->pending);

	if (!one)
		return false;
	one->at_us = glow_sooner(one->at_us, now_us);
	take_effect(n, one);
	return true;
}

static bool hold(struct glow_node *n, const struct glow_message *m, const struct glow_command *command,
		 enum glow_command_kind kind, int64_t now_us)
{
	bool timed = command->has & GLOW_HAS_AT;

	return glow_pending_hold(&n->pending, m, kind, timed, now_us) ||
	       (!timed && make_room(n, now_us) && glow_pending_hold(&n->pending, m, kind, timed, now_us));
}

static void take_command(struct glow_node *n, const struct glow_message *m, enum glow_command_kind kind, bool many,
			 int64_t now_us)
{
	struct glow_diag diag;
	struct glow_command command;
	bool conducted = many && glow_conducted_leads(&n->conductor, now_us);
	struct glow_message asked = *m;
	int64_t at_us = 0;

	if (glow_command_clears(m))
		return;
	if (conducted && m->len > 0) /* who asked hears of it from the conductor, once */
		asked.response_topic = NULL;
	if (glow_command_refuse_retained(m, &diag) == GLOW_OK && m->len == 0) {
		n->voice.stale = true; /* a question for the state */
	} else if (diag.code == GLOW_OK &&
		   read_command(n, kind, m->payload, m->len, now_us, &command, &diag) == GLOW_OK) {
		if ((many && glow_pending_came(&n->pending, m, &command, now_us)) ||
		    (conducted && hold(n, m, &command, kind, now_us))) {
			n->accepted = true;
			return;
		}
		accept(n, m, &command, kind, many, now_us, &at_us, &diag);
	}
	glow_voice_answer(&n->voice, &asked, &diag, diag.code == GLOW_OK ? at_us : 0);
}

static bool for_many(const struct glow_topic *topic)
{
	return topic->of == GLOW_OF_GROUP || topic->of == GLOW_OF_ALL;
}

static void take_light(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m,
		       int64_t now_us)
{
	take_command(n, m, topic->kind == GLOW_TOPIC_SET ? GLOW_COMMAND_SET : GLOW_COMMAND_NOTIFY, for_many(topic),
		     now_us);
}

static void apply_word(struct glow_node *n, const struct glow_apply *word, int64_t now_us)
{
	bool clocked = n->layers.stage.clock_id != 0;
	int r = glow_pending_apply(&n->pending, word, clocked, n->layers.changes, now_us);

	if (r == -ENOSPC && make_room(n, now_us))
		r = glow_pending_apply(&n->pending, word, clocked, n->layers.changes, now_us);
	n->accepted |= r == 0;
	if (r < 0)
		glow_warning("no room for a command for many nodes");
}

static void take_apply(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m,
		       int64_t now_us)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_apply word;
	cJSON *tree = m->retained ? NULL : glow_json_parse(m->payload, m->len, &diag);

	(void)topic;
	if (tree && glow_apply_read(tree, &word, &diag) == GLOW_OK)
		apply_word(n, &word, now_us);
	else if (!m->retained)
		glow_warning("%s: %s %s", m->topic, diag.where, diag.what);
	cJSON_Delete(tree);
}

/* ---- what the conductor says ---- */

/* Says which scenes have an effect of a newer program than this one. */
static void report_unknown(struct glow_node *n)
{
	const struct glow_message asked = { .topic = "scene/current" };
	struct glow_diag diag;
	char where[80];

	n->scenes_new = false;
	for (uint32_t j = 0; j < n->layers.n_scenes; j++) {
		const struct glow_scene *scene = n->layers.scenes[j].scene;

		if (glow_scene_known(scene))
			continue;
		snprintf(where, sizeof(where), "%s.effect", scene->id);
		glow_diag_set(&diag, GLOW_UNKNOWN_EFFECT, where,
			      "this node lacks an effect of the scene and shows its idle display instead");
		glow_voice_answer(&n->voice, &asked, &diag, 0);
	}
}

static void take_stage(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m,
		       int64_t now_us)
{
	struct glow_diag diag;
	bool changed = glow_layers_stage(&n->layers, &n->cfg.info, topic->kind, m, now_us, &diag);

	if (diag.code != GLOW_OK)
		glow_warning("%s is broken and was skipped: %s %s", m->topic, diag.where, diag.what);
	n->scenes_new |= changed && topic->kind == GLOW_TOPIC_SCENE_CURRENT;
}

static void hear_conductor(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m,
			   int64_t now_us)
{
	bool was_lost = glow_conducted_lost(&n->conductor, now_us);

	glow_conducted_hear(&n->conductor, topic->kind, m, now_us);
	n->layers.revision += n->cfg.lost_indicator && glow_conducted_lost(&n->conductor, now_us) != was_lost;
}

bool glow_node_has_conductor(const struct glow_node *n)
{
	return n->conductor.online;
}

/* With the indicator beacons show as well. */
bool glow_node_timeless(const struct glow_node *n)
{
	return !n->cfg.lost_indicator && glow_layers_timeless(&n->layers);
}

/* ---- the catalog of effects ---- */

bool glow_node_wish(const struct glow_node *n, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	glow_topic_of(ret_topic, n->cfg.out.prefix, GLOW_TOPIC_CATALOG, GLOW_OF_CLUSTER, n->offer.name);
	return k == 0;
}

void glow_node_refused(struct glow_node *n, const char *topic)
{
	if (glow_topic_kind(n->cfg.out.prefix, topic) != GLOW_TOPIC_CATALOG)
		return;
	n->cfg.info.catalog[0] = '\0'; /* so that the info has it in it */
	glow_voice_info(&n->voice);
}

/* ---- what comes back after a restart ---- */

static void restore(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m, int64_t now_us)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_state *state;
	cJSON *tree;

	(void)topic;
	if (n->restored || n->accepted || m->len == 0)
		return;
	tree = glow_json_parse(m->payload, m->len, &diag);
	state = malloc(sizeof(*state));
	if (tree && state && glow_state_read(tree, n->layers.env.shape, state, &diag) == GLOW_OK) {
		glow_layers_restore(&n->layers, state, now_us);
		n->restored = true;
		glow_info("light restored: %s", state->light.effect ? state->light.effect->name : "auto");
	} else {
		glow_warning("the retained state is broken and was skipped: %s %s", diag.where, diag.what);
	}
	free(state);
	cJSON_Delete(tree);
}

/* ---- events ---- */

/* Every topic that a node listens to. Those of a group stand for each of its groups. */
static const struct row {
	enum glow_topic_kind kind;
	enum glow_topic_of of;
	bool retained;
	void (*take)(struct glow_node *n, const struct glow_topic *topic, const struct glow_message *m, int64_t now_us);
} rows[] = {
	{ GLOW_TOPIC_SET, GLOW_OF_NODE, false, take_light },
	{ GLOW_TOPIC_NOTIFY, GLOW_OF_NODE, false, take_light },
	{ GLOW_TOPIC_CONDUCTOR_BEACON, GLOW_OF_CLUSTER, false, hear_conductor },
	{ GLOW_TOPIC_SET, GLOW_OF_ALL, false, take_light },
	{ GLOW_TOPIC_SET, GLOW_OF_GROUP, false, take_light },
	{ GLOW_TOPIC_NOTIFY, GLOW_OF_ALL, false, take_light },
	{ GLOW_TOPIC_NOTIFY, GLOW_OF_GROUP, false, take_light },
	{ GLOW_TOPIC_APPLY, GLOW_OF_ALL, false, take_apply },
	{ GLOW_TOPIC_APPLY, GLOW_OF_GROUP, false, take_apply },
	{ GLOW_TOPIC_CONDUCTOR_AVAILABILITY, GLOW_OF_CLUSTER, true, hear_conductor },
	{ GLOW_TOPIC_ROSTER, GLOW_OF_CLUSTER, true, take_stage },
	{ GLOW_TOPIC_SCENE_CURRENT, GLOW_OF_CLUSTER, true, take_stage },
	{ GLOW_TOPIC_DIM_CURRENT, GLOW_OF_CLUSTER, true, take_stage },
	{ GLOW_TOPIC_STATE, GLOW_OF_NODE, true, restore },
};
enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

bool glow_node_topic(const struct glow_node *n, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1], bool *ret_retained)
{
	const struct glow_info *info = &n->cfg.info;

	for (size_t j = 0; j < N_ROWS; j++) {
		bool group = rows[j].of == GLOW_OF_GROUP;
		size_t times = group ? info->n_groups : 1;

		if (k < times) {
			glow_topic_of(ret_topic, n->cfg.out.prefix, rows[j].kind, rows[j].of,
				      group ? info->groups[k] : info->id);
			*ret_retained = rows[j].retained;
			return true;
		}
		k -= times;
	}
	return false;
}

void glow_node_message(struct glow_node *n, const struct glow_message *message, int64_t now_us)
{
	struct glow_topic topic = glow_topic_parse(n->cfg.out.prefix, message->topic);

	if (topic.kind == GLOW_TOPIC_CATALOG)
		glow_offer_message(&n->offer, message, later(now_us, n->layers.now_us));
	for (size_t k = 0; k < N_ROWS; k++)
		if (rows[k].kind == topic.kind && rows[k].of == topic.of) {
			rows[k].take(n, &topic, message, later(now_us, n->layers.now_us));
			return;
		}
}

void glow_node_dropped(struct glow_node *n, const struct glow_message *message, bool replaced, int64_t now_us)
{
	struct glow_topic topic = glow_topic_parse(n->cfg.out.prefix, message->topic);
	bool elsewhere = for_many(&topic) && glow_conducted_leads(&n->conductor, later(now_us, n->layers.now_us));

	if (!elsewhere && (topic.kind == GLOW_TOPIC_SET || topic.kind == GLOW_TOPIC_NOTIFY))
		glow_publish_busy(&n->cfg.out, message, n->cfg.info.id, replaced);
}

int glow_node_create(const struct glow_node_cfg *cfg, int64_t now_us, struct glow_node **ret_node,
		     struct glow_diag *diag)
{
	struct glow_node *n = calloc(1, sizeof(*n));
	int r;

	if (!n)
		return -ENOMEM;
	n->cfg = *cfg;
	n->voice = (struct glow_voice){ .cfg = &n->cfg, .conductor = &n->conductor };
	glow_conducted_init(&n->conductor, now_us);
	r = glow_offer_init(&n->offer, &n->cfg.out, cfg->dice);
	if (r == 0 && glow_layers_init(&n->layers, &cfg->env, cfg->idle, now_us, diag) != GLOW_OK)
		r = -EINVAL;
	if (r < 0)
		glow_node_destroy(n);
	else
		*ret_node = n;
	return r;
}

void glow_node_destroy(struct glow_node *n)
{
	if (!n)
		return;
	glow_pending_fini(&n->pending);
	glow_layers_fini(&n->layers);
	glow_offer_fini(&n->offer);
	free(n);
}

void glow_node_start(struct glow_node *n, int64_t now_us)
{
	if (n->layers.started)
		return;
	glow_layers_start(&n->layers, now_us);
	n->voice.stale = true;
}

bool glow_node_started(const struct glow_node *n)
{
	return n->layers.started;
}

void glow_node_connected(struct glow_node *n, int64_t now_us)
{
	n->conductor.connected = true;
	n->layers.revision += n->cfg.lost_indicator;
	n->restored = true;
	snprintf(n->cfg.info.catalog, sizeof(n->cfg.info.catalog), "%s",
		 glow_offer_dropped(&n->offer) ? "" : n->offer.name);
	glow_voice_info(&n->voice);
	glow_voice_state(&n->voice, &n->layers, n->limited, now_us);
	glow_voice_availability(&n->voice, "online");
	glow_offer_connected(&n->offer, now_us);
}

void glow_node_disconnected(struct glow_node *n)
{
	glow_conducted_disconnected(&n->conductor);
	glow_offer_disconnected(&n->offer, n->layers.now_us);
	n->layers.revision += n->cfg.lost_indicator;
}

/* Lets time pass to t_us for scenes, notices and the transition. */
static void pass(struct glow_node *n, int64_t t_us)
{
	n->voice.stale |= glow_layers_pass(&n->layers, &n->cfg.info, t_us);
}

void glow_node_tick(struct glow_node *n, int64_t t_us)
{
	struct glow_waiting *due;

	t_us = later(t_us, n->layers.now_us);
	while ((due = glow_pending_due(&n->pending, t_us))) {
		pass(n, later(due->at_us, n->layers.now_us));
		take_effect(n, due);
	}
	pass(n, t_us);
	n->voice.stale |= glow_layers_expire(&n->layers, t_us);
	if (n->cfg.lost_indicator &&
	    glow_conducted_lost(&n->conductor, t_us) != glow_conducted_lost(&n->conductor, n->layers.now_us))
		n->layers.revision++;
	n->layers.now_us = t_us;
	if (n->scenes_new && n->conductor.connected)
		report_unknown(n);
	glow_offer_tick(&n->offer, t_us);
	n->voice.stale |= glow_voice_outdated(&n->voice, &n->layers);
	if (n->voice.stale && t_us >= n->voice.again_us)
		glow_voice_state(&n->voice, &n->layers, n->limited, t_us);
}

int64_t glow_node_next(const struct glow_node *n)
{
	int64_t next = glow_sooner(glow_pending_next(&n->pending), glow_layers_next(&n->layers));

	if (n->cfg.lost_indicator && !glow_conducted_lost(&n->conductor, n->layers.now_us))
		next = glow_sooner(next, glow_conducted_silent(&n->conductor));
	next = glow_sooner(next, n->offer.at_us);
	if (n->voice.stale)
		next = glow_sooner(next, n->voice.again_us);
	return next;
}
