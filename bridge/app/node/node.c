/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Each concern is a part with a header of its own: layers (what shows), orders (what it is told), texts (effects that
 * the cluster has written itself), conducted (whether somebody leads), voice (what is said) and offer (what effects
 * there are). What one of them makes another do is here; the topics are in listening.c, one row each. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/json.h>
#include <glow/limiter.h>
#include <glow/log.h>
#include <glow/time.h>
#include <glow/timing.h>

#include "listening.h"
#include "parts.h"

/* ---- what shows ---- */

uint32_t glow_node_turn(const struct glow_node *n)
{
	struct glow_picture pic = glow_layers_picture(&n->layers);
	uint32_t steps = glow_picture_steps(&pic), pixels = n->layers.env.shape.pixels;

	return !steps || steps <= GLOW_TURN_STEPS / pixels ? pixels
	       : steps < GLOW_TURN_STEPS                   ? GLOW_TURN_STEPS / steps
							   : 1;
}

void glow_node_draw(const struct glow_node *n, int64_t t_us, uint32_t from, uint32_t count, struct glow_frame *frame)
{
	static struct glow_frame part;
	struct glow_picture pic = glow_layers_picture(&n->layers);
	struct glow_env env = n->layers.env;

	env.from = from;
	env.count = count;
	glow_picture_draw(&pic, &env, t_us, &part);
	frame->n = part.n;
	for (uint32_t i = from; i < part.n && i < from + count; i++)
		frame->px[i] = part.px[i];
}

void glow_node_finish(struct glow_node *n, int64_t t_us, struct glow_frame *ret_frame)
{
	bool limited = glow_current_limit(n->layers.env.shape, n->layers.env.current_limit_ma, ret_frame);

	if (n->cfg.lost_indicator && glow_conducted_lost(&n->conductor, t_us))
		glow_conducted_mark(n->layers.env.shape, ret_frame);
	n->held_back = n->cfg.info.flash_limit && glow_flash_limit(&n->flash, n->layers.env.shape, t_us, ret_frame);
	limited = limited || n->held_back;

	if (limited != n->limited) {
		n->limited = limited;
		n->voice.stale = true;
	}
}

void glow_node_render(struct glow_node *n, int64_t t_us, struct glow_frame *ret_frame)
{
	struct glow_picture pic = glow_layers_picture(&n->layers);

	glow_picture_draw(&pic, &n->layers.env, t_us, ret_frame);
	glow_node_finish(n, t_us, ret_frame);
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

void glow_node_slots(struct glow_node *n, unsigned slots_a_frame)
{
	if (n->cfg.info.slots_a_frame == slots_a_frame)
		return;
	n->cfg.info.slots_a_frame = slots_a_frame;
	glow_voice_info(&n->voice);
	n->voice.stale = true;
}

/* ---- what the conductor says ---- */

static void say_unknown(struct glow_node *n, const char *scene, const struct glow_scene_entry *entry)
{
	const struct glow_message asked = { .topic = "scene/current" };
	const struct glow_library_entry *text = glow_library_find(&n->texts.library, entry->unknown);
	bool too_much = entry->effect != NULL;
	struct glow_diag diag = { .code = GLOW_OK };
	char where[80];

	snprintf(where, sizeof(where), "%s.effect", scene);
	glow_diag_set(&diag, GLOW_UNKNOWN_EFFECT, where, "this node %s%s%.200s, and shows its idle display instead",
		      too_much ? "has too many pixels for the text of the scene" : "lacks an effect of the scene",
		      text && text->why[0] ? ": " : "", text ? text->why : "");
	glow_voice_answer(&n->voice, &asked, &diag, 0);
}

/* Says which scenes have an effect that this node cannot show: of a newer program, or a text. */
static void report_unknown(struct glow_node *n)
{
	n->scenes_new = false;
	for (uint32_t j = 0; j < n->layers.n_scenes; j++) {
		const struct glow_scene *scene = n->layers.scenes[j].scene;
		uint32_t k = 0;

		while (k < scene->n_entries && scene->entries[k].effect &&
		       glow_effect_fits(scene->entries[k].effect, n->layers.env.shape.pixels))
			k++;
		if (k < scene->n_entries)
			say_unknown(n, scene->id, &scene->entries[k]);
	}
}

/* Follows the texts that scenes need. True when one is not here yet. */
bool glow_node_ask_for_texts(struct glow_node *n)
{
	const struct glow_stage_kept *now = &n->layers.stage.kept, *next = &n->layers.stage.next_kept;
	bool waits = glow_texts_ask(&n->texts, now->payload, now->payload ? now->len : 0);

	return glow_texts_ask(&n->texts, next->payload, next->payload ? next->len : 0) || waits;
}

void glow_node_scenes_came(struct glow_node *n, int64_t now_us)
{
	n->scenes_new = true;
	n->scenes_said_us = glow_node_ask_for_texts(n) ? now_us + GLOW_TEXTS_HELD_US : now_us;
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

bool glow_node_placed(const struct glow_node *n)
{
	return glow_layers_placed(&n->layers);
}

bool glow_node_texts_here(struct glow_node *n)
{
	return n->texts.n_held == 0 && !glow_node_ask_for_texts(n);
}

void glow_node_clock_stepped(struct glow_node *n, int64_t now_us, int64_t delta_us, uint64_t clock_id)
{
	glow_layers_clock_stepped(&n->layers, &n->cfg.info, now_us, delta_us, clock_id);
	glow_pending_shift(&n->orders.pending, delta_us);
	glow_flash_clock_stepped(&n->flash, delta_us);
	n->voice.again_us += delta_us;
	n->conductor.beacon_us += delta_us;
	glow_offer_shift(&n->offer, delta_us);
	glow_texts_clock_stepped(&n->texts, delta_us, clock_id, now_us + delta_us);
	glow_node_scenes_came(n, now_us + delta_us);
	n->voice.stale = true;
}

/* ---- the effects that the cluster has as texts ---- */

/* One has come, gone, or is another from now on. */
static void effect_changed(void *ctx, const struct glow_effect_desc *was, const struct glow_effect_desc *is)
{
	const struct glow_message asked = { .topic = "effect" };
	struct glow_node *n = ctx;
	uint32_t before = n->layers.stage.revision;
	struct glow_diag diag = { .code = GLOW_OK };

	if (glow_layers_effect(&n->layers, &n->cfg.info, was, is, n->layers.now_us)) {
		glow_diag_set(&diag, GLOW_UNKNOWN_EFFECT, "effect",
			      "the text \"%s\" showed here, and is %s: the light lets go", was->name,
			      is ? "too much for this board now" : "gone");
		glow_voice_answer(&n->voice, &asked, &diag, 0);
	}
	n->voice.stale = true;
	if (n->layers.stage.revision != before)
		glow_node_scenes_came(n, n->layers.now_us);
}

const struct glow_effect_list *glow_node_texts(const struct glow_node *n)
{
	return &n->texts.library.list;
}

/* What shows, or is to show, may not be forgotten. */
static bool is_used(void *ctx, const char *name)
{
	const struct glow_node *n = ctx;
	const struct glow_stage_kept *now = &n->layers.stage.kept, *next = &n->layers.stage.next_kept;
	bool used = glow_layers_show(&n->layers, name);

	used |= now->payload && glow_library_word(now->payload, now->len, name);
	used |= next->payload && glow_library_word(next->payload, next->len, name);
	return used || glow_pending_names(&n->orders.pending, name);
}

/* ---- the catalog of effects ---- */

void glow_node_refused(struct glow_node *n, const char *topic)
{
	if (glow_topic_kind(n->cfg.out.prefix, topic) != GLOW_TOPIC_CATALOG)
		return;
	n->cfg.info.catalog[0] = '\0'; /* so that the info has it in it */
	glow_voice_info(&n->voice);
}

/* ---- life ---- */

int glow_node_create(const struct glow_node_cfg *cfg, int64_t now_us, struct glow_node **ret_node,
		     struct glow_diag *diag)
{
	struct glow_node *n = calloc(1, sizeof(*n));
	int r;

	if (!n)
		return -ENOMEM;
	n->cfg = *cfg;
	n->voice = (struct glow_voice){ .cfg = &n->cfg, .conductor = &n->conductor };
	n->orders = (struct glow_orders){
		.layers = &n->layers, .voice = &n->voice, .conductor = &n->conductor, .texts = &n->texts
	};
	glow_texts_init(&n->texts, &n->cfg.out, effect_changed, n);
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
	glow_pending_fini(&n->orders.pending);
	glow_layers_fini(&n->layers);
	glow_texts_fini(&n->texts);
	glow_offer_fini(&n->offer);
	free(n);
}

void glow_node_start(struct glow_node *n, int64_t now_us)
{
	n->start_waits = n->state_waits;
	if (n->layers.started || n->start_waits)
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
	if (n->state_waits) /* else what it says would be lost with us */
		n->voice.stale = true;
	else
		glow_voice_state(&n->voice, &n->layers, n->limited, now_us);
	glow_voice_availability(&n->voice, "online");
	glow_offer_connected(&n->offer, now_us);
}

void glow_node_disconnected(struct glow_node *n)
{
	glow_conducted_disconnected(&n->conductor);
	glow_offer_disconnected(&n->offer, n->layers.now_us);
	glow_texts_tidy(&n->texts, is_used, n);
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

	t_us = glow_later(t_us, n->layers.now_us);
	glow_library_tick(&n->texts.library, t_us);
	glow_listening_release(n, t_us);
	while ((due = glow_pending_due(&n->orders.pending, t_us))) {
		pass(n, glow_later(due->at_us, n->layers.now_us));
		glow_orders_carry_out(&n->orders, due);
	}
	pass(n, t_us);
	n->voice.stale |= glow_layers_expire(&n->layers, t_us);
	if (n->cfg.lost_indicator &&
	    glow_conducted_lost(&n->conductor, t_us) != glow_conducted_lost(&n->conductor, n->layers.now_us))
		n->layers.revision++;
	n->layers.now_us = t_us;
	if (n->scenes_new && n->conductor.connected && (t_us >= n->scenes_said_us || !glow_node_ask_for_texts(n)))
		report_unknown(n);
	glow_offer_tick(&n->offer, t_us);
	n->voice.stale |= glow_voice_outdated(&n->voice, &n->layers);
	if (n->voice.stale && !n->state_waits && t_us >= n->voice.again_us)
		glow_voice_state(&n->voice, &n->layers, n->limited, t_us);
}

int64_t glow_node_next(const struct glow_node *n)
{
	int64_t next = glow_sooner(glow_pending_next(&n->orders.pending), glow_layers_next(&n->layers));

	if (n->cfg.lost_indicator && !glow_conducted_lost(&n->conductor, n->layers.now_us))
		next = glow_sooner(next, glow_conducted_silent(&n->conductor));
	next = glow_sooner(glow_sooner(next, n->offer.at_us), glow_texts_next(&n->texts));
	if (n->scenes_new && n->conductor.connected)
		next = glow_sooner(next, n->scenes_said_us);
	if (n->voice.stale && !n->state_waits)
		next = glow_sooner(next, n->voice.again_us);
	return next;
}
