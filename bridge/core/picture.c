/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Layers to LEDs. Each layer is projected onto the board's LEDs as soon as it
 * is drawn, so fades, dimming and limits work on what the LEDs really show. */

#include <string.h>

#include <glow/limiter.h>
#include <glow/picture.h>
#include <glow/time.h>

void glow_look_init(struct glow_look *look, const struct glow_effect_desc *effect, int64_t start_us)
{
	memset(look, 0, offsetof(struct glow_look, paint) + offsetof(struct glow_frame, px));
	look->effect = effect;
	if (effect)
		glow_params_default(effect, &look->params);
	look->color = GLOW_WHITE;
	look->brightness = 255;
	look->on = true;
	look->start_us = start_us;
}

/* What LED i shows of an effect's colour. */
static struct glow_rgb project(const struct glow_effect_desc *effect, struct glow_shape shape, uint32_t i,
			       struct glow_rgb c)
{
	uint8_t level = c.r;

	if (!effect->levels || !glow_shape_mono(shape))
		return glow_shape_project(shape, i, c);
	level = c.g > level ? c.g : level;
	level = c.b > level ? c.b : level;
	return (struct glow_rgb){ level, level, level };
}

static void render_effect(const struct glow_look *look, const struct glow_env *env, struct glow_place place,
			  int64_t t_us, struct glow_frame *ret_frame)
{
	struct glow_moment m = {
		.t_us = t_us - look->start_us,
		.wall_us = t_us + env->wall_offset_us,
		.seed = look->seed,
		.total = place.total,
		.color = look->color,
	};
	/* A bar on one board follows the board's own axis; on a longer strip it is the strip's. */
	bool bar = look->effect->bar && place.total == env->shape.pixels;
	bool reverse = place.reverse != env->reverse;

	memcpy(m.meter, env->meter, sizeof(m.meter));
	for (uint32_t i = 0; i < env->shape.pixels; i++) {
		uint32_t at = i, len = env->shape.pixels;

		if (bar) {
			glow_shape_bar(env->shape, i, &at, &len);
			m.total = len;
		}
		if (reverse)
			at = len - 1 - at;
		ret_frame->px[i] = project(look->effect, env->shape, i,
					   look->effect->render(&look->params, &m, bar ? at : place.offset + at));
	}
}

/* A board mounted the other way round shows its own pixels mirrored too; a
 * PiGlow's LEDs have names, and keep them. */
static void show_paint(const struct glow_look *look, const struct glow_env *env, struct glow_frame *ret_frame)
{
	if (!env->reverse || glow_shape_mono(env->shape)) {
		glow_frame_copy(ret_frame, &look->paint);
		return;
	}
	for (uint32_t i = 0; i < ret_frame->n; i++)
		ret_frame->px[i] = look->paint.px[ret_frame->n - 1 - i];
}

void glow_look_render(const struct glow_look *look, const struct glow_env *env, struct glow_place place, int64_t t_us,
		      struct glow_frame *ret_frame)
{
	if (!look->on || !look->effect || look->brightness == 0) {
		glow_frame_fill(ret_frame, env->shape.pixels, GLOW_BLACK);
		return;
	}
	ret_frame->n = env->shape.pixels;
	if (look->painted)
		show_paint(look, env, ret_frame);
	else
		render_effect(look, env, place, t_us, ret_frame);
	glow_frame_scale(ret_frame, look->brightness);
}

/* The layer that shows beneath the notice: the light unless it is auto, else the scene, else the idle display. */
static const struct glow_look *base_look(const struct glow_picture *pic)
{
	if (pic->light && pic->light->effect)
		return pic->light;
	return pic->scene ? pic->scene : pic->idle;
}

static struct glow_place own_place(const struct glow_env *env)
{
	return (struct glow_place){ .offset = 0, .total = env->shape.pixels };
}

void glow_picture_base(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
		       struct glow_frame *ret_frame)
{
	const struct glow_look *base = base_look(pic);

	if (!base || (pic->light && !pic->light->on))
		glow_frame_fill(ret_frame, env->shape.pixels, GLOW_BLACK);
	else
		glow_look_render(base, env, base == pic->scene ? pic->scene_place : own_place(env), t_us, ret_frame);
	if (pic->light && base != pic->light)
		glow_frame_scale(ret_frame, pic->light->brightness);
	if (pic->fade_from && t_us < pic->fade_end_us) {
		int64_t gone = t_us - pic->fade_start_us, length = pic->fade_end_us - pic->fade_start_us;

		glow_frame_fade(ret_frame, pic->fade_from, gone <= 0 ? 0 : (uint32_t)(gone * 65536 / length));
	}
}

bool glow_picture_render(const struct glow_picture *pic, const struct glow_env *env, int64_t t_us,
			 struct glow_frame *ret_frame)
{
	if (pic->notice)
		glow_look_render(pic->notice, env, own_place(env), t_us, ret_frame);
	else
		glow_picture_base(pic, env, t_us, ret_frame);
	glow_frame_scale(ret_frame, env->brightness_limit);
	return glow_current_limit(env->shape, env->current_limit_ma, ret_frame);
}

/* The gauge's first parameter row named `source` says which meter it shows. */
static uint32_t look_meters(const struct glow_look *look)
{
	int row = glow_param_find(look->effect, "source");

	if (row < 0 || look->params.v[row] >= GLOW_METERS)
		return 0;
	return UINT32_C(1) << look->params.v[row];
}

enum glow_pace glow_picture_pace(const struct glow_picture *pic, int64_t t_us, uint32_t *ret_meters)
{
	const struct glow_look *look = pic->notice ? pic->notice : base_look(pic);
	bool covered = !pic->notice && pic->light && (!pic->light->on || pic->light->brightness == 0);
	bool dark = !look || !look->on || look->brightness == 0 || covered;
	bool fading = !pic->notice && pic->fade_from && t_us < pic->fade_end_us;
	bool drawn = !dark && look->effect && !look->painted;

	if (ret_meters)
		*ret_meters = drawn ? look_meters(look) : 0;
	if (fading)
		return GLOW_ANIMATED;
	return drawn ? look->effect->pace : GLOW_STILL;
}
