/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The layers keep facts and times; nothing in here is drawn or counted down. So a clock that jumps
 * is a matter of adding to times, and a fade from an old picture needs one stored frame. */

#include <string.h>

#include <glow/time.h>

#include "layers.h"

#define SETTLE_US (GLOW_US_PER_S / 2) /* the cross-fade after the clock stepped */

struct glow_picture glow_layers_picture(const struct glow_layers *l)
{
	const struct glow_notice *notice = glow_notices_top(&l->notices);

	return (struct glow_picture){
		.idle = &l->idle,
		.light = &l->light,
		.scenes = l->scenes,
		.n_scenes = l->n_scenes,
		.notice = notice ? &notice->look : NULL,
		.fade_from = l->fade.running ? &l->fade.from : NULL,
		.fade_start_us = l->fade.start_us,
		.fade_end_us = l->fade.end_us,
	};
}

enum glow_showing glow_layers_showing(const struct glow_layers *l)
{
	struct glow_picture pic = glow_layers_picture(l);

	if (pic.notice)
		return GLOW_SHOWS_NOTICE;
	if (l->light.effect || !l->light.on)
		return GLOW_SHOWS_LIGHT;
	return glow_picture_scene(&pic, l->now_us) ? GLOW_SHOWS_SCENE : GLOW_SHOWS_IDLE;
}

bool glow_layers_dark(const struct glow_layers *l)
{
	struct glow_picture pic = glow_layers_picture(l);

	return l->started && glow_picture_dark(&pic, l->now_us);
}

bool glow_layers_timeless(const struct glow_layers *l)
{
	struct glow_picture pic = glow_layers_picture(l);

	return glow_stage_timeless(&l->stage) && !pic.notice &&
	       glow_picture_pace(&pic, &l->env, l->now_us, NULL) == GLOW_STILL;
}

bool glow_layers_placed(const struct glow_layers *l)
{
	for (uint32_t k = 0; k < l->n_scenes; k++)
		if (l->scenes[k].scene->cluster && l->scenes[k].place.boards == 0)
			return false;
	return true;
}

bool glow_layers_lit(const struct glow_layers *l)
{
	return l->light.on && !glow_layers_dark(l);
}

void glow_layers_state(const struct glow_layers *l, struct glow_state *ret_state)
{
	const struct glow_notice *notice = glow_notices_top(&l->notices);

	ret_state->light = l->light;
	ret_state->since_us = l->since_us;
	ret_state->clock_id = l->light_clock;
	ret_state->showing = glow_layers_showing(l);
	ret_state->dark = glow_layers_dark(l);
	ret_state->fading = l->fade.running;
	if (l->fade.running) {
		ret_state->fade_start_us = l->fade.start_us;
		ret_state->fade_end_us = l->fade.end_us;
		glow_frame_copy(&ret_state->fade_from, &l->fade.from);
	}
	ret_state->has_notice = notice != NULL;
	if (notice) {
		ret_state->notice = notice->look;
		memcpy(ret_state->notice_id, notice->id, sizeof(notice->id));
		ret_state->notice_priority = notice->priority;
		ret_state->notice_end_us = notice->end_us;
	}
}

/* ---- life ---- */

enum glow_code glow_layers_init(struct glow_layers *l, const struct glow_env *env, const char *idle, int64_t now_us,
				struct glow_diag *diag)
{
	memset(l, 0, sizeof(*l));
	l->env = *env;
	l->stage_next_us = GLOW_NEVER;
	l->since_us = l->now_us = now_us;
	glow_stage_init(&l->stage);
	glow_look_init(&l->light, NULL, now_us);
	return glow_command_idle(idle, env->shape, now_us, &l->idle, diag);
}

void glow_layers_fini(struct glow_layers *l)
{
	glow_stage_fini(&l->stage);
}

/* ---- what commands do ---- */

static void start_fade(struct glow_layers *l, int64_t now_us, int64_t length_us)
{
	struct glow_picture pic = glow_layers_picture(l);
	struct glow_frame from; /* the picture may itself be drawn from l->fade.from */

	l->fade.running = length_us > 0;
	if (!l->fade.running)
		return;
	glow_picture_base(&pic, &l->env, now_us, &from);
	glow_frame_copy(&l->fade.from, &from);
	l->fade.start_us = now_us;
	l->fade.end_us = now_us + length_us;
}

/* A start in the future says nothing either. */
static void settle(struct glow_layers *l, int64_t now_us)
{
	if (l->light_clock != l->stage.clock_id || l->light.start_us > now_us)
		l->light.start_us = now_us;
	if (l->since_us > now_us)
		l->since_us = now_us;
	l->light_clock = l->stage.clock_id;
}

/* Whoever asked for light gets some. */
static void give_light(struct glow_layers *l, const struct glow_command *command, int64_t now_us, uint32_t seed)
{
	struct glow_picture pic = glow_layers_picture(l);
	bool asked = command->has & (GLOW_HAS_STATE | GLOW_HAS_BRIGHTNESS) && !command->dark;

	if (!asked || !glow_picture_dark(&pic, now_us))
		return;
	l->light.effect = &glow_effect_solid;
	glow_params_default(l->light.effect, &l->light.params);
	l->light.start_us = now_us;
	l->light.seed = seed;
}

void glow_layers_set(struct glow_layers *l, const struct glow_command *command, int64_t now_us, uint32_t seed)
{
	const uint32_t extras = GLOW_HAS_AT | GLOW_HAS_FLASH | GLOW_HAS_TRANSITION | GLOW_HAS_SEED | GLOW_HAS_DARK;

	if (command->has & ~extras) {
		settle(l, now_us);
		start_fade(l, now_us, command->transition_us);
		glow_command_apply(command, l->env.shape, now_us, seed, &l->light);
		give_light(l, command, now_us, seed);
		l->since_us = now_us;
		l->changes++;
	}
	if (command->flash_us > 0)
		glow_notices_flash(&l->notices, &l->light, command->flash_us, now_us);
	l->revision++;
}

void glow_layers_notify(struct glow_layers *l, const struct glow_command *command, int64_t now_us, uint32_t seed)
{
	glow_notices_take(&l->notices, command, l->env.shape, now_us, seed);
	l->revision++;
}

static void settle_restored(struct glow_layers *l, int64_t now_us)
{
	if (l->started && (l->stage.clock_id || !l->light_clock)) /* else its own timeline may come yet */
		settle(l, now_us);
}

void glow_layers_start(struct glow_layers *l, int64_t now_us)
{
	l->started = true;
	l->revision++;
	settle_restored(l, now_us);
}

void glow_layers_restore(struct glow_layers *l, const struct glow_state *state, int64_t now_us)
{
	l->light = state->light;
	l->since_us = state->since_us;
	l->light_clock = state->clock_id;
	l->revision++;
	settle_restored(l, now_us);
}

/* ---- what the cluster shows ---- */

/* Takes up what of the stage is for this node, where that has changed by a message or by time. */
static void update_scenes(struct glow_layers *l, const struct glow_info *info, int64_t t_us)
{
	if (l->stage.revision != l->stage_revision) {
		l->n_scenes = glow_stage_layers(&l->stage, info, NULL, l->scenes);
		l->env.blackout = glow_stage_blackout(&l->stage);
		l->stage_revision = l->stage.revision;
	} else if (t_us < l->stage_next_us) {
		return;
	}
	l->stage_next_us = glow_stage_next(&l->stage, t_us);
	l->revision++;
}

bool glow_layers_stage(struct glow_layers *l, const struct glow_info *info, enum glow_topic_kind kind,
		       const struct glow_message *m, int64_t now_us, struct glow_diag *diag)
{
	uint32_t before = l->stage.revision;

	diag->code = GLOW_OK;
	if (glow_stage_message(&l->stage, kind, m->payload, m->len, now_us, diag) != GLOW_OK)
		return false;
	update_scenes(l, info, now_us);
	l->stage_next_us = glow_stage_next(&l->stage, now_us); /* a place may be for later, and change nothing yet */
	return l->stage.revision != before;
}

/* False when it has to go. */
static bool show_instead(struct glow_look *look, const struct glow_effect_desc *was, const struct glow_effect_desc *is,
			 uint32_t pixels)
{
	if (!was || look->effect != was)
		return true;
	look->effect = is;
	if (!is || !glow_effect_fits(is, pixels))
		return false;
	glow_params_carry(was, is, &look->params);
	return true;
}

bool glow_layers_effect(struct glow_layers *l, const struct glow_info *info, const struct glow_effect_desc *was,
			const struct glow_effect_desc *is, int64_t now_us)
{
	bool gone = false;

	if (!show_instead(&l->light, was, is, l->env.shape.pixels)) {
		gone = true;
		l->light.effect = NULL;
		l->changes++;
	}
	for (int k = 0; k < GLOW_NOTICES_MAX; k++)
		if (l->notices.v[k].end_us && !show_instead(&l->notices.v[k].look, was, is, l->env.shape.pixels)) {
			gone = true;
			l->notices.v[k].end_us = 0;
		}
	glow_stage_effects_changed(&l->stage);
	update_scenes(l, info, now_us);
	l->revision++;
	return gone;
}

bool glow_layers_show(const struct glow_layers *l, const char *effect)
{
	bool show = l->light.effect && strcmp(l->light.effect->name, effect) == 0;

	for (int k = 0; k < GLOW_NOTICES_MAX; k++) {
		const struct glow_notice *one = &l->notices.v[k];

		show |= one->end_us && one->look.effect && strcmp(one->look.effect->name, effect) == 0;
	}
	return show;
}

/* At its start a scene lets go what was lit before it, so that it can be seen. */
static bool let_go(struct glow_layers *l, const struct glow_scene *scene, int64_t t_us)
{
	if (!scene->take || !l->light.on || !l->light.effect || scene->start_us > t_us ||
	    l->since_us >= scene->start_us || glow_scene_end(scene) <= t_us)
		return false;
	start_fade(l, scene->start_us, scene->fade_us);
	l->light.effect = NULL;
	l->light.painted = false;
	l->since_us = scene->start_us;
	l->changes++;
	l->revision++;
	return true;
}

bool glow_layers_pass(struct glow_layers *l, const struct glow_info *info, int64_t t_us)
{
	bool taken = false;

	glow_stage_tick(&l->stage, t_us);
	update_scenes(l, info, t_us);
	for (uint32_t k = 0; l->started && k < l->n_scenes; k++)
		taken |= let_go(l, l->scenes[k].scene, t_us);
	return taken;
}

/* ---- time ---- */

bool glow_layers_expire(struct glow_layers *l, int64_t t_us)
{
	bool ended = glow_notices_expire(&l->notices, t_us);

	if (l->fade.running && l->fade.end_us <= t_us) {
		l->fade.running = false;
		ended = true;
	}
	l->revision += ended;
	return ended;
}

/* When a scene that is to come begins to count as light. */
static int64_t dark_next(const struct glow_layers *l)
{
	int64_t next = GLOW_NEVER;

	if (!glow_layers_dark(l))
		return next;
	for (uint32_t k = 0; k < l->n_scenes; k++) {
		int64_t soon_us = l->scenes[k].scene->start_us - GLOW_SCENE_SOON_US;

		if (soon_us > l->now_us)
			next = glow_sooner(next, soon_us);
	}
	return next;
}

int64_t glow_layers_next(const struct glow_layers *l)
{
	int64_t next = glow_sooner(glow_sooner(l->stage_next_us, dark_next(l)), glow_notices_next(&l->notices));

	return l->fade.running ? glow_sooner(next, l->fade.end_us) : next;
}

void glow_layers_clock_stepped(struct glow_layers *l, const struct glow_info *info, int64_t now_us, int64_t delta_us,
			       uint64_t clock_id)
{
	bool settled = l->light_clock == l->stage.clock_id;
	bool jumps = (!settled || (!l->light.effect && l->light.on)) && !glow_layers_timeless(l);

	if (l->started && jumps && !l->fade.running)
		start_fade(l, now_us, SETTLE_US);
	if (settled) {
		l->light.start_us += delta_us;
		l->since_us += delta_us;
		l->light_clock = clock_id;
	}
	l->fade.start_us += delta_us;
	l->fade.end_us += delta_us;
	l->now_us += delta_us;
	glow_notices_shift(&l->notices, delta_us);
	glow_stage_clock(&l->stage, clock_id, now_us + delta_us);
	l->stage_next_us = l->now_us; /* whatever it was, it was by another clock */
	update_scenes(l, info, l->now_us);
	settle_restored(l, l->now_us);
}
