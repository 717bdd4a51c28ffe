/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Layers, transitions and limits with effects made for this test, whose colours
 * say where and when a pixel was drawn. Each expectation is followed by one
 * that must not hold, so that a picture that never changes cannot pass. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/limiter.h>
#include <glow/picture.h>
#include <glow/time.h>

#define START  INT64_C(1700000000000000)
#define SECOND GLOW_US_PER_S
#define RED    ((struct glow_rgb){ 255, 0, 0 })
#define GREEN  ((struct glow_rgb){ 0, 255, 0 })
#define BLUE   ((struct glow_rgb){ 0, 0, 255 })

static struct glow_rgb draw_color(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	(void)p;
	(void)i;
	return m->color;
}

/* Red tells the place, green the length, blue tenths of a second since the start. */
static struct glow_rgb draw_place(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	(void)p;
	return (struct glow_rgb){ (uint8_t)i, (uint8_t)m->total, (uint8_t)glow_floor_div(m->t_us, SECOND / 10) };
}

/* One level for all channels, so that every LED of a PiGlow shows it. */
static struct glow_rgb draw_level(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	uint8_t v = (uint8_t)(10 + i);

	(void)p;
	(void)m;
	return (struct glow_rgb){ v, v, v };
}

static struct glow_rgb draw_wall(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	(void)p;
	(void)i;
	return (struct glow_rgb){ (uint8_t)(m->wall_us / SECOND % 60), (uint8_t)(m->meter[GLOW_METER_LOAD] / 10),
				  (uint8_t)m->seed };
}

static const struct glow_effect_desc still = { .name = "still", .pace = GLOW_STILL, .render = draw_color };
static const struct glow_effect_desc place = { .name = "place", .pace = GLOW_ANIMATED, .render = draw_place };
static const struct glow_effect_desc bar = { .name = "bar", .pace = GLOW_STILL, .bar = true, .render = draw_level };
static const struct glow_effect_desc bar_place = { .name = "bar-place", .bar = true, .render = draw_place };
static const struct glow_effect_desc level = { .name = "level", .pace = GLOW_STILL, .render = draw_level };
static const struct glow_effect_desc wall = { .name = "wall", .pace = GLOW_SECONDS, .render = draw_wall };
static struct glow_env env;
static struct glow_look idle, light, notice;
static struct glow_scene_entry entry[4];
static struct glow_scene scene;
static struct glow_scene_layer layer;
static struct glow_picture pic;
static struct glow_frame frame, other;

static int setup(void **state)
{
	(void)state;
	env = (struct glow_env){ .shape = { GLOW_SHAPE_ROW, 8 }, .brightness_limit = 255 };
	glow_look_init(&idle, &still, START);
	glow_look_init(&light, NULL, START);
	glow_look_init(&notice, &still, START);
	idle.color = RED;
	light.color = BLUE;
	notice.color = GLOW_WHITE;
	pic = (struct glow_picture){ .idle = &idle, .light = &light };
	entry[0] = (struct glow_scene_entry){ .effect = &still, .color = GREEN, .brightness = 255 };
	scene = (struct glow_scene){
		.start_us = START - SECOND, .end_us = GLOW_NEVER, .n_entries = 1, .entries = entry
	};
	layer = (struct glow_scene_layer){ &scene, { .offset = 0, .total = 8 } };
	return 0;
}

static void play(const struct glow_effect_desc *effect)
{
	entry[0].effect = effect;
	scene.start_us = START;
	pic.scenes = &layer;
	pic.n_scenes = 1;
}

static bool shows(struct glow_rgb c)
{
	glow_picture_render(&pic, &env, START + SECOND, &frame);
	for (uint32_t i = 0; i < frame.n; i++)
		if (!glow_rgb_equal(glow_linear_rgb(frame.px[i]), c))
			return false;
	return frame.n == env.shape.pixels;
}

static void own_light(const struct glow_effect_desc *effect)
{
	glow_look_init(&light, effect, START);
	light.color = BLUE;
}

/* ---- layers ---- */

static void test_init(void **state)
{
	(void)state;
	memset(&light, 0xa5, sizeof(light));
	glow_look_init(&light, &still, START);
	assert_ptr_equal(light.effect, &still);
	assert_true(light.on && !light.painted && light.brightness == 255 && light.seed == 0);
	assert_true(glow_rgb_equal(light.color, GLOW_WHITE));
	assert_int_equal(light.start_us, START);
	assert_int_equal(light.params.v[0], 0);
}

static void test_order(void **state)
{
	(void)state;
	assert_true(shows(RED));
	assert_false(shows(GREEN));
	play(&still);
	assert_true(shows(GREEN));
	own_light(&still);
	assert_true(shows(BLUE));
	pic.notice = &notice;
	assert_true(shows(GLOW_WHITE));
	pic.notice = NULL;
	glow_look_init(&light, NULL, START);
	assert_true(shows(GREEN));
	pic.n_scenes = 0;
	assert_true(shows(RED));
	pic = (struct glow_picture){ 0 };
	assert_true(shows(GLOW_BLACK));
}

/* OFF is dark whatever plays beneath; a notice still shows. */
static void test_off(void **state)
{
	(void)state;
	play(&still);
	light.on = false;
	assert_true(shows(GLOW_BLACK));
	pic.notice = &notice;
	assert_true(shows(GLOW_WHITE));
	pic.notice = NULL;
	own_light(&still);
	light.on = false;
	assert_true(shows(GLOW_BLACK));
	light.on = true;
	assert_true(shows(BLUE));
	entry[0].brightness = 0;
	glow_look_init(&light, NULL, START);
	assert_true(shows(GLOW_BLACK));
}

static void test_brightness(void **state)
{
	(void)state;
	light.brightness = 128; /* of an auto light: dims what shows */
	assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
	play(&still);
	entry[0].brightness = 64;
	glow_picture_render(&pic, &env, START + SECOND, &frame); /* factors of light, one upon the other */
	assert_int_equal(frame.px[0].g, ((uint32_t)glow_gamma16(64) * glow_gamma16(128) + 32767) / 65535);
	own_light(&still);
	light.brightness = 100;
	assert_true(shows((struct glow_rgb){ 0, 0, 100 }));
	light.brightness = 1;
	light.color = (struct glow_rgb){ 0, 0, 3 };
	assert_true(shows((struct glow_rgb){ 0, 0, 1 }));
	light.brightness = 0;
	assert_true(shows(GLOW_BLACK));
	/* The light's brightness is not the notice's. */
	pic.notice = &notice;
	assert_true(shows(GLOW_WHITE));
	notice.brightness = 10;
	assert_true(shows((struct glow_rgb){ 10, 10, 10 }));
}

static void test_paint(void **state)
{
	(void)state;
	own_light(&place);
	light.painted = true;
	glow_paint_fill(&light.paint, 8, GREEN);
	light.paint.px[0] = RED;
	light.brightness = 51;
	glow_picture_render(&pic, &env, START, &frame);
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[0]), (struct glow_rgb){ 51, 0, 0 }));
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[7]), (struct glow_rgb){ 0, 51, 0 }));
	env.reverse = true;
	glow_picture_render(&pic, &env, START, &frame);
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[7]), (struct glow_rgb){ 51, 0, 0 }));
	assert_false(glow_linear_equal(frame.px[0], frame.px[7]));
}

/* ---- time and place ---- */

static void test_moment(void **state)
{
	(void)state;
	own_light(&place);
	light.start_us = START - 12 * SECOND / 10;
	glow_picture_render(&pic, &env, START, &frame);
	for (uint32_t i = 0; i < 8; i++)
		assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[i]), (struct glow_rgb){ (uint8_t)i, 8, 12 }));
	light.start_us = START + SECOND / 10; /* not begun yet: time is negative */
	glow_picture_render(&pic, &env, START, &frame);
	assert_int_equal(frame.px[0].b, 65535);
	own_light(&wall);
	light.seed = 77;
	env.wall_offset_us = 7 * SECOND;
	env.meter[GLOW_METER_LOAD] = 420;
	glow_picture_render(&pic, &env, INT64_C(60) * SECOND, &frame);
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[0]), (struct glow_rgb){ 7, 42, 77 }));
	glow_picture_render(&pic, &env, INT64_C(61) * SECOND, &frame);
	assert_int_equal(glow_linear_rgb(frame.px[0]).r, 8);
}

static bool places(uint32_t first, int step, uint32_t total)
{
	glow_picture_render(&pic, &env, START, &frame);
	for (uint32_t i = 0; i < 8; i++)
		if (glow_linear_rgb(frame.px[i]).r != (uint8_t)(first + (uint32_t)((int)i * step)) ||
		    glow_linear_rgb(frame.px[i]).g != total)
			return false;
	return true;
}

/* Where a board lies on the strip, and either end up: two reversals cancel. */
static void test_place(void **state)
{
	(void)state;
	play(&place);
	assert_true(places(0, 1, 8));
	layer.place = (struct glow_place){ .offset = 16, .total = 40 };
	assert_true(places(16, 1, 40));
	env.reverse = true;
	assert_true(places(23, -1, 40));
	assert_false(places(16, 1, 40));
	layer.place.reverse = true;
	assert_true(places(16, 1, 40));
	env.reverse = false;
	assert_true(places(23, -1, 40));
	/* The node's own light knows only its own board. */
	own_light(&place);
	assert_true(places(0, 1, 8));
	env.reverse = true;
	assert_true(places(7, -1, 8));
}

static void test_bar(void **state)
{
	(void)state;
	env.shape = (struct glow_shape){ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
	own_light(&bar);
	glow_picture_render(&pic, &env, START, &frame);
	for (uint32_t i = 0; i < 18; i++)
		assert_int_equal(glow_linear_rgb(frame.px[i]).r, 10 + 5 - i % 6); /* along the arms, from the centre */
	env.reverse = true;
	glow_picture_render(&pic, &env, START, &frame);
	for (uint32_t i = 0; i < 18; i++)
		assert_int_equal(glow_linear_rgb(frame.px[i]).r, 10 + i % 6);
	env.reverse = false;
	own_light(&level); /* no bar: along the wire */
	glow_picture_render(&pic, &env, START, &frame);
	for (uint32_t i = 0; i < 18; i++)
		assert_int_equal(glow_linear_rgb(frame.px[i]).r, 10 + i);
	/* On a longer strip a bar follows the strip. */
	glow_look_init(&light, NULL, START);
	play(&bar);
	layer.place = (struct glow_place){ .offset = 8, .total = 26 };
	glow_picture_render(&pic, &env, START, &frame);
	for (uint32_t i = 0; i < 18; i++)
		assert_int_equal(glow_linear_rgb(frame.px[i]).r, 10 + 8 + i);
}

static void test_bar_row(void **state)
{
	(void)state;
	own_light(&bar_place);
	assert_true(places(0, 1, 8));
	env.reverse = true;
	assert_true(places(7, -1, 8));
}

/* ---- transitions ---- */

static void test_fade(void **state)
{
	static struct glow_frame from;

	(void)state;
	own_light(&still);
	glow_frame_fill(&from, 8, glow_linear_of(RED));
	pic.fade_from = &from;
	pic.fade_start_us = START;
	pic.fade_end_us = START + 2 * SECOND;
	glow_picture_render(&pic, &env, START - 1, &frame);
	assert_true(glow_frame_equal(&frame, &from));
	glow_picture_render(&pic, &env, START, &frame);
	assert_true(glow_frame_equal(&frame, &from));
	assert_true(shows((struct glow_rgb){ 128, 0, 128 })); /* a second later: half way */
	glow_picture_render(&pic, &env, START + SECOND / 16, &frame);
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[0]), (struct glow_rgb){ 247, 0, 8 }));
	glow_picture_render(&pic, &env, START + 2 * SECOND - 1, &frame);
	assert_true(frame.px[0].r <= 1 && frame.px[0].b >= 65532);
	glow_picture_render(&pic, &env, START + 2 * SECOND, &frame);
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[0]), BLUE));
	glow_picture_render(&pic, &env, START + 600 * SECOND, &frame);
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[0]), BLUE));
	assert_false(glow_frame_equal(&frame, &from));
	light.on = false; /* a fade to dark */
	assert_true(shows((struct glow_rgb){ 128, 0, 0 }));
	pic.fade_end_us = START + 60 * SECOND; /* the longest */
	glow_picture_render(&pic, &env, START + 30 * SECOND, &frame);
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[0]), (struct glow_rgb){ 128, 0, 0 }));
}

static void test_notice(void **state)
{
	static struct glow_frame from;

	(void)state;
	own_light(&place);
	glow_frame_fill(&from, 8, glow_linear_of(RED));
	pic.fade_from = &from;
	pic.fade_start_us = START;
	pic.fade_end_us = START + 2 * SECOND;
	pic.notice = &notice;
	notice.color = (struct glow_rgb){ 1, 0, 0 };
	assert_true(shows((struct glow_rgb){ 1, 0, 0 })); /* opaque, the fade is beneath */
	glow_picture_base(&pic, &env, START + SECOND, &other);
	assert_false(glow_frame_equal(&frame, &other));
	notice.on = false; /* a notice may be dark */
	assert_true(shows(GLOW_BLACK));
	/* Afterwards the picture is what it would have been without. */
	pic.notice = NULL;
	for (int64_t t = START; t < START + 5 * SECOND; t += SECOND / 10) {
		glow_picture_render(&pic, &env, t, &frame);
		glow_picture_base(&pic, &env, t, &other);
		assert_true(glow_frame_equal(&frame, &other));
	}
	assert_int_equal(glow_linear_rgb(frame.px[0]).b, 49);
}

/* ---- scenes ---- */

static struct glow_scene_entry lower_entry[2];
static struct glow_scene lower;
static struct glow_scene_layer layers[2];

/* Blue beneath, green on top, from START on; the top one fades for two seconds. */
static void two_scenes(void)
{
	lower_entry[0] = (struct glow_scene_entry){ .effect = &still, .color = BLUE, .brightness = 255 };
	lower = (struct glow_scene){
		.start_us = START - 60 * SECOND, .end_us = GLOW_NEVER, .n_entries = 1, .entries = lower_entry
	};
	scene.start_us = START;
	scene.end_us = START + 10 * SECOND;
	scene.fade_us = 2 * SECOND;
	layers[0] = (struct glow_scene_layer){ &lower, { .total = 8 } };
	layers[1] = (struct glow_scene_layer){ &scene, { .total = 8 } };
	pic.scenes = layers;
	pic.n_scenes = 2;
}

static bool shows_at(int64_t t_us, struct glow_rgb c)
{
	glow_picture_render(&pic, &env, t_us, &frame);
	return glow_rgb_equal(glow_linear_rgb(frame.px[0]), c) && glow_rgb_equal(glow_linear_rgb(frame.px[7]), c);
}

static void test_scenes(void **state)
{
	(void)state;
	two_scenes();
	assert_true(shows_at(START - 1, BLUE));
	assert_true(shows_at(START, BLUE));
	assert_true(shows_at(START + SECOND, (struct glow_rgb){ 0, 128, 128 }));
	assert_true(shows_at(START + 2 * SECOND, GREEN));
	assert_true(shows_at(START + 9 * SECOND, (struct glow_rgb){ 0, 128, 128 }));
	assert_true(shows_at(START + 10 * SECOND, BLUE));
	/* Without the lower one the idle display comes through. */
	pic.scenes = &layers[1];
	pic.n_scenes = 1;
	assert_true(shows_at(START + SECOND, (struct glow_rgb){ 128, 128, 0 }));
	assert_true(shows_at(START + 10 * SECOND, RED));
	pic.idle = NULL;
	assert_true(shows_at(START + SECOND, (struct glow_rgb){ 0, 128, 0 }));
	/* The order of the list decides, not the start. */
	layers[0] = layers[1];
	layers[1].scene = &lower;
	pic.scenes = layers;
	pic.n_scenes = 2;
	assert_true(shows_at(START + SECOND, BLUE));
	/* An auto light's brightness holds for all of it. */
	light.brightness = 64;
	assert_true(shows_at(START + SECOND, (struct glow_rgb){ 0, 0, 64 }));
}

static void test_scene_on_top(void **state)
{
	(void)state;
	assert_null(glow_picture_scene(&pic, START));
	two_scenes();
	assert_ptr_equal(glow_picture_scene(&pic, START - 1), &lower);
	assert_ptr_equal(glow_picture_scene(&pic, START), &scene);
	assert_ptr_equal(glow_picture_scene(&pic, START + 10 * SECOND), &lower);
	assert_null(glow_picture_scene(&pic, lower.start_us - 1));
}

/* Time of each entry counts from its own beginning, and its dice are its own. */
static void test_playlist(void **state)
{
	(void)state;
	play(&place);
	entry[1] = (struct glow_scene_entry){ .effect = &still, .color = BLUE, .brightness = 100 };
	entry[0].duration_us = entry[1].duration_us = 3 * SECOND;
	scene.n_entries = 2;
	scene.playlist = scene.loop = true;
	assert_true(places(0, 1, 8));
	glow_picture_render(&pic, &env, START + 29 * SECOND / 10, &frame);
	assert_int_equal(glow_linear_rgb(frame.px[0]).b, 29);
	assert_true(shows_at(START + 3 * SECOND, (struct glow_rgb){ 0, 0, 100 }));
	glow_picture_render(&pic, &env, START + 7 * SECOND, &frame);
	assert_int_equal(glow_linear_rgb(frame.px[0]).b, 10);
	/* The old entry runs on while it fades. */
	scene.fade_us = SECOND;
	glow_picture_render(&pic, &env, START + 35 * SECOND / 10, &frame);
	assert_int_equal(glow_linear_rgb(frame.px[0]).b, (35 + 100 + 1) / 2);
	assert_int_equal(glow_linear_rgb(frame.px[7]).r, 4);
	entry[0].effect = &wall;
	entry[1].effect = &wall;
	entry[1].brightness = 255;
	scene.fade_us = 0;
	scene.seed = 5;
	glow_picture_render(&pic, &env, START, &frame);
	assert_int_equal(glow_linear_rgb(frame.px[0]).b, 5);
	glow_picture_render(&pic, &env, START + 3 * SECOND, &frame);
	assert_int_equal(glow_linear_rgb(frame.px[0]).b, (uint8_t)glow_scene_seed(&scene, 1));
}

/* In place of what this program does not know the idle display shows. */
static void test_unknown_effect(void **state)
{
	(void)state;
	two_scenes();
	entry[0].effect = NULL;
	entry[0].brightness = 10;
	assert_true(shows_at(START + 5 * SECOND, RED));
	assert_true(shows_at(START + SECOND, (struct glow_rgb){ 128, 0, 128 }));
	pic.idle = NULL;
	assert_true(shows_at(START + 5 * SECOND, GLOW_BLACK));
	assert_int_equal(glow_picture_pace(&pic, &env, START + 5 * SECOND, NULL), GLOW_STILL);
	idle.effect = &wall;
	pic.idle = &idle;
	assert_int_equal(glow_picture_pace(&pic, &env, START + 5 * SECOND, NULL), GLOW_SECONDS);
}

/* The master dimmer lies over notices too, and beneath the limits. */
static void test_blackout(void **state)
{
	(void)state;
	env.blackout = 255 - 100;
	assert_true(shows((struct glow_rgb){ 100, 0, 0 }));
	pic.notice = &notice;
	assert_true(shows((struct glow_rgb){ 100, 100, 100 }));
	env.brightness_limit = 51;
	glow_picture_render(&pic, &env, START, &frame);
	assert_int_equal(frame.px[0].b, ((uint32_t)glow_gamma16(100) * glow_gamma16(51) + 32767) / 65535);
	env.brightness_limit = 255;
	env.current_limit_ma = 250;
	assert_false(
		glow_picture_render(&pic, &env, START, &frame)); /* dimmed so far that the limit has nothing to do */
	env.blackout = 254;
	assert_true(shows((struct glow_rgb){ 1, 1, 1 }));
	env.blackout = 255;
	assert_true(shows(GLOW_BLACK));
	notice.effect = &place;
	assert_int_equal(glow_picture_pace(&pic, &env, START, NULL), GLOW_STILL);
	env.blackout = 254;
	assert_int_equal(glow_picture_pace(&pic, &env, START, NULL), GLOW_ANIMATED);
	/* What a transition starts from is not dimmed twice. */
	pic.notice = NULL;
	glow_picture_base(&pic, &env, START, &frame);
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[0]), RED));
}

/* ---- limits ---- */

/* promise: current-limit */
static void test_limits(void **state)
{
	(void)state;
	pic.notice = &notice;
	assert_false(glow_picture_render(&pic, &env, START, &frame));
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[0]), GLOW_WHITE));
	env.brightness_limit = 100;
	assert_false(glow_picture_render(&pic, &env, START, &frame));
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[0]), (struct glow_rgb){ 100, 100, 100 }));
	env.brightness_limit = 255;
	env.current_limit_ma = 250;
	assert_true(glow_picture_render(&pic, &env, START, &frame));
	assert_true(glow_current_ua(env.shape, &frame) <= 250000);
	assert_true(frame.px[0].r > 100);
	notice.color = GREEN; /* 168 mA */
	assert_false(glow_picture_render(&pic, &env, START, &frame));
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[0]), GREEN));
	/* The base is before limits. */
	pic.notice = NULL;
	env.brightness_limit = 10;
	glow_picture_base(&pic, &env, START, &frame);
	assert_true(glow_rgb_equal(glow_linear_rgb(frame.px[0]), RED));
}

/* ---- pace ---- */

static enum glow_pace pace(void)
{
	return glow_picture_pace(&pic, &env, START + SECOND, NULL);
}

static void test_pace(void **state)
{
	static struct glow_frame from;

	(void)state;
	assert_int_equal(pace(), GLOW_STILL);
	play(&place);
	assert_int_equal(pace(), GLOW_ANIMATED);
	light.on = false;
	assert_int_equal(pace(), GLOW_STILL);
	light.on = true;
	light.brightness = 0; /* nothing of the scene can be seen */
	assert_int_equal(pace(), GLOW_STILL);
	own_light(&wall);
	assert_int_equal(pace(), GLOW_SECONDS);
	pic.notice = &notice; /* hides what moves beneath */
	assert_int_equal(pace(), GLOW_STILL);
	notice.effect = &place;
	assert_int_equal(pace(), GLOW_ANIMATED);
	pic.notice = NULL;
	own_light(&place);
	light.painted = true;
	assert_int_equal(pace(), GLOW_STILL);
	pic.fade_from = &from;
	pic.fade_start_us = START;
	pic.fade_end_us = START + SECOND + 1;
	assert_int_equal(pace(), GLOW_ANIMATED);
	pic.fade_end_us = START + SECOND;
	assert_int_equal(pace(), GLOW_STILL);
	pic = (struct glow_picture){ 0 };
	assert_int_equal(pace(), GLOW_STILL);
}

static uint32_t meters(void)
{
	uint32_t bits = 0xdead;

	glow_picture_pace(&pic, &env, START, &bits);
	return bits;
}

static void test_meters(void **state)
{
	(void)state;
	assert_int_equal(meters(), 0);
	own_light(glow_effect_find("gauge", 5));
	assert_int_equal(glow_param_find(light.effect, "source"), 0);
	light.params.v[0] = GLOW_METER_TEMPERATURE;
	assert_int_equal(meters(), 1 << GLOW_METER_TEMPERATURE);
	light.params.v[0] = GLOW_METERS; /* a number that comes with the command */
	assert_int_equal(meters(), 0);
	light.params.v[0] = GLOW_METER_CPU;
	light.on = false;
	assert_int_equal(meters(), 0);
	light.on = true;
	pic.notice = &notice;
	assert_int_equal(meters(), 0);
}

static enum glow_pace pace_at(int64_t t_us, uint32_t *ret_meters)
{
	return glow_picture_pace(&pic, &env, t_us, ret_meters);
}

/* Nothing to show is a matter of what there is, not of how it looks. */
static void test_dark(void **state)
{
	(void)state;
	assert_false(glow_picture_dark(&pic, START)); /* the idle display */
	idle.brightness = 0;
	assert_true(glow_picture_dark(&pic, START));
	idle.brightness = 255;
	idle.on = false;
	assert_true(glow_picture_dark(&pic, START));
	light.on = false; /* that is OFF */
	assert_false(glow_picture_dark(&pic, START));
	own_light(&still);
	light.color = GLOW_BLACK; /* that is chosen */
	assert_false(glow_picture_dark(&pic, START));
	own_light(NULL);
	play(&still);
	entry[0].color = GLOW_BLACK;
	scene.end_us = START + 2 * SECOND;
	assert_true(glow_picture_dark(&pic, START - GLOW_SCENE_SOON_US - 1));
	assert_false(glow_picture_dark(&pic, START - GLOW_SCENE_SOON_US));
	assert_false(glow_picture_dark(&pic, START + 2 * SECOND - 1));
	assert_true(glow_picture_dark(&pic, START + 2 * SECOND));
	entry[0].effect = NULL; /* the idle display shows in its place */
	assert_true(glow_picture_dark(&pic, START));
	idle.on = true;
	assert_false(glow_picture_dark(&pic, START));
	entry[0].effect = &still;
	entry[0].brightness = 0; /* hides the idle display, once it runs */
	assert_false(glow_picture_dark(&pic, START - 1));
	assert_true(glow_picture_dark(&pic, START));
	pic.light = NULL;
	assert_false(glow_picture_dark(&pic, START));
}

/* A cross-fade is animated from its first instant to its last, whatever shows in it. */
static void test_scene_pace(void **state)
{
	uint32_t bits;

	(void)state;
	two_scenes();
	assert_int_equal(pace_at(START - 1, NULL), GLOW_STILL);
	assert_int_equal(pace_at(START, NULL), GLOW_ANIMATED);
	assert_int_equal(pace_at(START + 2 * SECOND - 1, NULL), GLOW_ANIMATED);
	assert_int_equal(pace_at(START + 2 * SECOND, NULL), GLOW_STILL);
	assert_int_equal(pace_at(START + 8 * SECOND - 1, NULL), GLOW_STILL);
	assert_int_equal(pace_at(START + 8 * SECOND, NULL), GLOW_ANIMATED);
	assert_int_equal(pace_at(START + 10 * SECOND, NULL), GLOW_STILL);
	/* What is covered neither moves nor measures. */
	lower_entry[0].effect = glow_effect_find("gauge", 5);
	glow_params_default(lower_entry[0].effect, &lower_entry[0].params);
	lower_entry[0].params.v[0] = GLOW_METER_LOAD;
	pace_at(START - 1, &bits);
	assert_int_equal(bits, 1 << GLOW_METER_LOAD);
	pace_at(START + SECOND, &bits);
	assert_int_equal(bits, 1 << GLOW_METER_LOAD);
	pace_at(START + 5 * SECOND, &bits);
	assert_int_equal(bits, 0);
	idle.effect = &place;
	assert_int_equal(pace_at(START - 1, NULL), GLOW_STILL);
	own_light(&still);
	assert_int_equal(pace_at(START, NULL), GLOW_STILL);
	/* Between two entries. */
	setup(NULL);
	play(&still);
	entry[1] = entry[0];
	entry[0].duration_us = entry[1].duration_us = 3 * SECOND;
	scene.n_entries = 2;
	scene.playlist = scene.loop = true;
	scene.fade_us = SECOND;
	scene.start_us = START - 60 * SECOND;
	assert_int_equal(pace_at(START, NULL), GLOW_ANIMATED);
	assert_int_equal(pace_at(START + SECOND - 1, NULL), GLOW_ANIMATED);
	assert_int_equal(pace_at(START + SECOND, NULL), GLOW_STILL);
	entry[0].effect = &wall;
	assert_int_equal(pace_at(START + SECOND, NULL), GLOW_SECONDS);
	entry[0].brightness = 0;
	assert_int_equal(pace_at(START + SECOND, NULL), GLOW_STILL);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(test_init),       T(test_order),          T(test_off),      T(test_brightness),
		T(test_paint),      T(test_moment),         T(test_place),    T(test_bar),
		T(test_bar_row),    T(test_fade),           T(test_notice),   T(test_limits),
		T(test_pace),       T(test_meters),         T(test_scenes),   T(test_scene_on_top),
		T(test_playlist),   T(test_unknown_effect), T(test_blackout), T(test_dark),
		T(test_scene_pace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
