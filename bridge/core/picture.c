/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Layers to LEDs. Each layer is projected onto the board's LEDs and made linear light
 * as soon as it is drawn, so fades, dimming and limits work on what the LEDs really show. */

#include <string.h>

#include <glow/limiter.h>
#include <glow/picture.h>
#include <glow/time.h>

void glow_look_init(struct glow_look *look, const struct glow_effect_desc *effect, int64_t start_us)
{
	memset(look, 0, offsetof(struct glow_look, paint) + offsetof(struct glow_paint, px));
	look->effect = effect;
	if (effect)
		glow_params_default(effect, &look->params);
	look->color = GLOW_WHITE;
	look->brightness = 255;
	look->on = true;
	look->start_us = start_us;
}

/* What LED i of one colour shows of an effect's colour. */
static struct glow_rgb project(const struct glow_effect_desc *effect, struct glow_shape shape, uint32_t i,
			       struct glow_rgb c)
{
	uint8_t level = c.r;

	if (!effect->levels)
		return glow_shape_project(shape, i, c);
	level = c.g > level ? c.g : level;
	level = c.b > level ? c.b : level;
	return (struct glow_rgb){ level, level, level };
}

/* Behind the last pixel that is drawn. */
static uint32_t last(const struct glow_env *env)
{
	uint32_t end = env->from + env->count;

	return env->count && end < env->shape.pixels ? end : env->shape.pixels;
}

static void render_effect(const struct glow_look *look, const struct glow_env *env, struct glow_place place,
			  int64_t t_us, struct glow_frame *ret_frame)
{
	struct glow_room room;
	struct glow_moment m = {
		.t_us = t_us - look->start_us,
		.wall_us = t_us + env->wall_offset_us,
		.seed = look->seed,
		.total = place.total,
		.color = look->color,
		.shape = env->shape,
		.offset = place.offset,
		.board = place.board,
		.boards = place.boards,
		.room = &room,
	};
	/* A bar on one board follows the board's own axis; on a longer strip it is the strip's. */
	bool bar = look->effect->bar && place.total == env->shape.pixels;
	bool reverse = place.reverse != env->reverse, mono = glow_shape_mono(env->shape);
	uint32_t at, len = env->shape.pixels;
	struct glow_rgb c = GLOW_BLACK;
	struct glow_linear light = GLOW_DARK;

	memcpy(m.meter, env->meter, sizeof(m.meter));
	if (bar) {
		glow_shape_bar(env->shape, 0, &at, &len);
		m.total = len;
	}
	glow_effect_begin(look->effect, &look->params, &m);
	if (env->count)
		glow_frame_fill(ret_frame, env->shape.pixels, GLOW_DARK);
	for (uint32_t i = env->from, end = last(env); i < end; i++) {
		at = i;
		if (bar)
			glow_shape_bar(env->shape, i, &at, &len);
		if (reverse)
			at = len - 1 - at;
		if (!look->effect->even || i == env->from) {
			c = look->effect->render(&look->params, &m, bar ? at : place.offset + at);
			light = glow_linear_of(c);
		}
		ret_frame->px[i] = mono ? glow_linear_of(project(look->effect, env->shape, i, c)) : light;
	}
}

/* A board mounted the other way round shows its own pixels mirrored too; a
 * PiGlow's LEDs have names, and keep them. */
static void show_paint(const struct glow_look *look, const struct glow_env *env, struct glow_frame *ret_frame)
{
	bool reverse = env->reverse && !glow_shape_mono(env->shape);

	for (uint32_t i = 0; i < ret_frame->n; i++)
		ret_frame->px[i] = glow_linear_of(look->paint.px[reverse ? ret_frame->n - 1 - i : i]);
}

void glow_look_render(const struct glow_look *look, const struct glow_env *env, struct glow_place place, int64_t t_us,
		      struct glow_frame *ret_frame)
{
	if (!look->on || !look->effect || look->brightness == 0) {
		glow_frame_fill(ret_frame, env->shape.pixels, GLOW_DARK);
		return;
	}
	ret_frame->n = env->shape.pixels;
	if (look->painted)
		show_paint(look, env, ret_frame);
	else
		render_effect(look, env, place, t_us, ret_frame);
	glow_frame_scale(ret_frame, look->brightness);
}

static struct glow_place own_place(const struct glow_env *env)
{
	return (struct glow_place){ .offset = 0, .total = env->shape.pixels };
}

static void draw_idle(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
		      struct glow_frame *ret_frame)
{
	if (pic->idle)
		glow_look_render(pic->idle, env, own_place(env), t_us, ret_frame);
	else
		glow_frame_fill(ret_frame, env->shape.pixels, GLOW_DARK);
}

/* ---- scenes ---- */

/* What scene k shows. Where the light let go for it, the light's transition is its opening cross-fade. */
static bool look_at_scene(const struct glow_picture *pic, uint32_t k, int64_t t_us, struct glow_scene_view *ret_view)
{
	const struct glow_scene *scene = pic->scenes[k].scene;

	if (!glow_scene_at(scene, t_us, ret_view))
		return false;
	if (pic->fade_from && t_us < pic->fade_end_us && pic->fade_start_us == scene->start_us &&
	    pic->fade_end_us == scene->start_us + scene->fade_us && glow_scene_end(scene) - t_us > scene->fade_us)
		ret_view->cover = 65536;
	return true;
}

/* The idle display shows in place of an effect that this program does not know, or that is too much for this board. */
static void draw_entry(const struct glow_picture *pic, const struct glow_scene_layer *layer, int entry,
		       int64_t begin_us, const struct glow_env *env, int64_t t_us, struct glow_frame *ret_frame)
{
	const struct glow_scene_entry *e = &layer->scene->entries[entry];
	struct glow_look look;

	if (!e->effect || !glow_effect_fits(e->effect, env->shape.pixels)) {
		draw_idle(pic, env, t_us, ret_frame);
		return;
	}
	glow_look_init(&look, e->effect, begin_us);
	look.params = e->params;
	look.color = e->color;
	look.brightness = e->brightness;
	look.seed = glow_scene_seed(layer->scene, entry);
	glow_look_render(&look, env, layer->place, t_us, ret_frame);
}

static void draw_scene(const struct glow_picture *pic, const struct glow_scene_layer *layer,
		       const struct glow_scene_view *view, const struct glow_env *env, int64_t t_us,
		       struct glow_frame *ret_frame)
{
	struct glow_frame from;

	draw_entry(pic, layer, view->entry, view->begin_us, env, t_us, ret_frame);
	if (view->from < 0)
		return;
	draw_entry(pic, layer, view->from, view->from_us, env, t_us, &from);
	glow_frame_fade(ret_frame, &from, view->part);
}

/* The lowest scene that can be seen: the topmost that covers all, or the first of them. */
static uint32_t lowest_scene(const struct glow_picture *pic, int64_t t_us, bool *ret_covers)
{
	struct glow_scene_view view;

	for (uint32_t k = pic->n_scenes; k-- > 0;) {
		*ret_covers = look_at_scene(pic, k, t_us, &view) && view.cover == 65536;
		if (*ret_covers)
			return k;
	}
	*ret_covers = false;
	return 0;
}

static void draw_scenes(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
			struct glow_frame *ret_frame)
{
	struct glow_scene_view view;
	bool covered;
	uint32_t k = lowest_scene(pic, t_us, &covered);

	if (!covered)
		draw_idle(pic, env, t_us, ret_frame);
	for (; k < pic->n_scenes; k++) {
		struct glow_frame under;

		if (!look_at_scene(pic, k, t_us, &view) || view.cover == 0)
			continue;
		if (view.cover < 65536)
			glow_frame_copy(&under, ret_frame);
		draw_scene(pic, &pic->scenes[k], &view, env, t_us, ret_frame);
		if (view.cover < 65536)
			glow_frame_fade(ret_frame, &under, view.cover);
	}
}

const struct glow_scene *glow_picture_scene(const struct glow_picture *pic, int64_t t_us)
{
	struct glow_scene_view view;

	for (uint32_t k = pic->n_scenes; k-- > 0;)
		if (glow_scene_at(pic->scenes[k].scene, t_us, &view))
			return pic->scenes[k].scene;
	return NULL;
}

/* ---- nothing to show ---- */

static bool look_is_off(const struct glow_look *look)
{
	return !look || !look->on || look->brightness == 0;
}

/* An effect that this program does not know is as light as the idle display in its place. */
static bool gives_light(const struct glow_picture *pic, const struct glow_scene *scene)
{
	for (uint32_t k = 0; k < scene->n_entries; k++)
		if (scene->entries[k].effect ? scene->entries[k].brightness > 0 : !look_is_off(pic->idle))
			return true;
	return false;
}

bool glow_picture_dark(const struct glow_picture *pic, int64_t t_us)
{
	if (!pic->light || !pic->light->on || pic->light->effect)
		return false;
	for (uint32_t k = pic->n_scenes; k-- > 0;) {
		const struct glow_scene *scene = pic->scenes[k].scene;

		if (scene->start_us - GLOW_SCENE_SOON_US > t_us || glow_scene_end(scene) <= t_us)
			continue;
		if (gives_light(pic, scene))
			return false;
		if (scene->start_us <= t_us) /* it hides what lies beneath it */
			return true;
	}
	return look_is_off(pic->idle);
}

/* ---- the picture ---- */

/* True when nothing beneath the light can be seen: it has a picture of its own, or is dark. */
static bool light_covers(const struct glow_look *light)
{
	return light && (light->effect || !light->on || light->brightness == 0);
}

/* The brightness of an auto light holds for what shows through it. */
void glow_picture_base(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
		       struct glow_frame *ret_frame)
{
	const struct glow_look *light = pic->light;

	if (light_covers(light)) {
		glow_look_render(light, env, own_place(env), t_us, ret_frame);
	} else {
		draw_scenes(pic, env, t_us, ret_frame);
		glow_frame_scale(ret_frame, light ? light->brightness : 255);
	}
	if (pic->fade_from && t_us < pic->fade_end_us) {
		int64_t gone = t_us - pic->fade_start_us, length = pic->fade_end_us - pic->fade_start_us;

		glow_frame_fade(ret_frame, pic->fade_from, gone <= 0 ? 0 : (uint32_t)(gone * 65536 / length));
	}
}

/* The dearest entry and a cross-fade from another like it. */
static uint32_t scene_steps(const struct glow_scene *scene)
{
	uint32_t most = 0;

	for (uint32_t k = 0; k < scene->n_entries; k++)
		if (scene->entries[k].effect && scene->entries[k].effect->steps > most)
			most = scene->entries[k].effect->steps;
	return 2 * most;
}

static uint32_t look_steps(const struct glow_look *look)
{
	return look && look->effect ? look->effect->steps : 0;
}

uint32_t glow_picture_steps(const struct glow_picture *pic)
{
	uint32_t steps = look_steps(pic->idle);

	if (pic->notice)
		return look_steps(pic->notice);
	if (light_covers(pic->light))
		return look_steps(pic->light);
	for (uint32_t k = 0; k < pic->n_scenes; k++)
		steps += scene_steps(pic->scenes[k].scene);
	return steps;
}

void glow_picture_draw(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
		       struct glow_frame *ret_frame)
{
	if (env->blackout == 255)
		glow_frame_fill(ret_frame, env->shape.pixels, GLOW_DARK);
	else if (pic->notice)
		glow_look_render(pic->notice, env, own_place(env), t_us, ret_frame);
	else
		glow_picture_base(pic, env, t_us, ret_frame);
	glow_frame_scale(ret_frame, 255 - env->blackout);
	glow_frame_scale(ret_frame, env->brightness_limit);
}

bool glow_picture_render(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
			 struct glow_frame *ret_frame)
{
	glow_picture_draw(pic, env, t_us, ret_frame);
	return glow_current_limit(env->shape, env->current_limit_ma, ret_frame);
}

/* ---- pace ---- */

/* What the visible layers add up to. */
struct motion {
	enum glow_pace pace;
	uint32_t meters;
};

static void move(struct motion *m, enum glow_pace pace)
{
	if (pace > m->pace)
		m->pace = pace;
}

static void move_effect(struct motion *m, const struct glow_effect_desc *effect, const struct glow_params *params)
{
	int row = glow_param_with(effect, GLOW_ROLE_METER);

	move(m, effect->pace);
	m->meters |= effect->meters;
	if (row >= 0 && params->v[row] < GLOW_METERS)
		m->meters |= UINT32_C(1) << params->v[row];
}

static void move_look(struct motion *m, const struct glow_look *look)
{
	if (look && look->on && look->effect && look->brightness > 0 && !look->painted)
		move_effect(m, look->effect, &look->params);
}

static void move_entry(struct motion *m, const struct glow_picture *pic, const struct glow_scene_entry *entry)
{
	if (!entry->effect)
		move_look(m, pic->idle);
	else if (entry->brightness > 0)
		move_effect(m, entry->effect, &entry->params);
}

static void move_scenes(struct motion *m, const struct glow_picture *pic, int64_t t_us)
{
	struct glow_scene_view view;
	bool covered;

	for (uint32_t k = lowest_scene(pic, t_us, &covered); k < pic->n_scenes; k++) {
		const struct glow_scene *scene = pic->scenes[k].scene;

		if (!glow_scene_at(scene, t_us, &view))
			continue;
		if (view.fading)
			move(m, GLOW_ANIMATED);
		move_entry(m, pic, &scene->entries[view.entry]);
		if (view.from >= 0)
			move_entry(m, pic, &scene->entries[view.from]);
	}
	if (!covered)
		move_look(m, pic->idle);
}

enum glow_pace glow_picture_pace(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
				 uint32_t *ret_meters)
{
	const struct glow_look *light = pic->light;
	struct motion m = { GLOW_STILL, 0 };

	if (env->blackout == 255) {
		/* Nothing of it can be seen. */
	} else if (pic->notice) {
		move_look(&m, pic->notice);
	} else {
		if (light_covers(light))
			move_look(&m, light);
		else
			move_scenes(&m, pic, t_us);
		if (pic->fade_from && t_us < pic->fade_end_us)
			move(&m, GLOW_ANIMATED);
	}
	if (ret_meters)
		*ret_meters = m.meters;
	return m.pace;
}
