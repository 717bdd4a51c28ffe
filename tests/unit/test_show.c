/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Which instants are drawn, on a board that counts. The hour passes as the test says. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/log.h>
#include <glow/time.h>

#include "../../bridge/app/node/show.h"
#include "../harness/lone_node.h"

#define MS     INT64_C(1000)
#define PERIOD 16666

static struct glow_show show;
static struct glow_clock here;

/* ---- a board that counts ---- */

enum { DRAWN_MAX = 4096 };
static int64_t drawn[DRAWN_MAX];
static int n_drawn;
static struct glow_rgb first_pixel;

static int count_show(struct glow_board *board, const struct glow_frame *shown, struct glow_stamp stamp)
{
	(void)board;
	assert_true(n_drawn < DRAWN_MAX);
	drawn[n_drawn++] = stamp.t_us;
	first_pixel = glow_linear_rgb(shown->px[0]);
	return 0;
}

static void no_close(struct glow_board *board)
{
	(void)board;
}

static const struct glow_board_desc counting = { .name = "counting", .show = count_show, .close = no_close };
static struct glow_board board = { .desc = &counting, .shape = { GLOW_SHAPE_ROW, 8 } };

/* What was due by then, each at its instant. */
static void pass_to(int64_t us)
{
	while (show.target_us <= us) {
		now = show.target_us > now ? show.target_us : now;
		assert_int_equal(glow_show_due(&show, show.target_us), 0);
		assert_true(show.target_us > now); /* it never spins */
	}
	now = us;
}

static int start(void **state)
{
	int r = setup(state);

	create();
	online();
	here = (struct glow_clock){ .sync = NULL };
	show = (struct glow_show){ .node = node,
				   .painter = { .board = &board, .clock = &here, .fps = 60, .cpu_percent = 100 } };
	assert_int_equal(glow_show_changed(&show, now), 0);
	pass_to(START + SECOND);
	n_drawn = 0;
	return r;
}

/* As the loop does it with what came together. */
static void say(const char *payload)
{
	glow_node_message(node, &(struct glow_message){ .topic = SET, .payload = payload, .len = strlen(payload) },
			  now);
	assert_int_equal(glow_show_changed(&show, now), 0);
}

static void still(void **state)
{
	(void)state;
	pass_to(START + 3600 * SECOND);
	assert_int_equal(n_drawn, 0);
}

/* At once, at that very instant; and so is the next one that comes a frame later. */
static void a_lone_command(void **state)
{
	(void)state;
	pass_to(now + 5 * MS + 7);
	say("red");
	assert_int_equal(n_drawn, 1);
	assert_int_equal(drawn[0], now);
	pass_to(now + PERIOD);
	assert_int_equal(n_drawn, 1);
	say("blue");
	assert_int_equal(n_drawn, 2);
	assert_int_equal(drawn[1], now);
}

/* A thousand in a second: a picture each frame's time, and in the end the last of them. */
static void a_thousand(const char *what)
{
	int64_t begin = now;
	char text[60];

	for (int k = 0; k < 1000; k++) {
		snprintf(text, sizeof(text), "{%s\"color\":{\"r\":%d,\"g\":%d,\"b\":9}}", what, k % 256, k / 256);
		pass_to(begin + k * MS);
		say(text);
	}
	pass_to(begin + SECOND);
	for (int k = 1; k < n_drawn; k++)
		assert_true(drawn[k] - drawn[k - 1] >= PERIOD);
}

/* promise: no-faster-than-fps */
static void a_flood_on_a_still_picture(void **state)
{
	(void)state;
	a_thousand("");
	assert_int_equal(n_drawn, 61); /* 0, 16666, ... 999960 */
	assert_int_equal(drawn[60] - drawn[0], 60 * PERIOD);
	assert_true(first_pixel.r == 999 % 256 && first_pixel.g == 999 / 256 && first_pixel.b == 9);
}

/* Slots alone are 60, and commands add one to them at most. */
/* promise: no-faster-than-fps */
static void a_flood_on_a_moving_one(void **state)
{
	(void)state;
	say("breathe");
	pass_to(now + SECOND);
	n_drawn = 0;
	pass_to(now + SECOND);
	assert_in_range(n_drawn, 50, 60); /* the control; at the turning points two pictures are alike */
	n_drawn = 0;
	say("{\"effect\":\"breathe\",\"params\":{\"period_ms\":1000}}");
	pass_to(now + PERIOD);
	a_thousand("\"effect\":\"breathe\",");
	assert_in_range(n_drawn, 2, 62);
}

/* A slot so soon after a command's picture is left out, and those after it are where they always are. */
static void back_on_the_grid(void **state)
{
	int64_t slot;

	(void)state;
	say("rainbow");
	pass_to(now + SECOND);
	slot = drawn[n_drawn - 1];
	pass_to(slot + 4 * MS);
	n_drawn = 0;
	say("rainbow 50%");
	pass_to(slot + 100 * MS);
	assert_int_equal(drawn[0], slot + 4 * MS);
	assert_int_equal(glow_slot_time(glow_slot_at(drawn[1], 60), 60), drawn[1]);
	assert_in_range(drawn[1] - slot, 2 * PERIOD, 2 * PERIOD + 2);
	assert_in_range(drawn[2] - drawn[1], PERIOD, PERIOD + 1);
}

/* Messages that change nothing, each heard before the timer: every slot is drawn all the same. */
static void a_timer_that_never_has_its_turn(void **state)
{
	int64_t begin;

	(void)state;
	say("rainbow");
	pass_to(now + SECOND);
	begin = now;
	n_drawn = 0;
	for (now = begin; now < begin + SECOND; now += 50)
		assert_int_equal(glow_show_changed(&show, now), 0);
	assert_in_range(n_drawn, 59, 60);
	for (int k = 0; k < n_drawn; k++)
		assert_int_equal(glow_slot_time(glow_slot_at(drawn[k], 60), 60), drawn[k]);
}

/* A second that begins just after such a picture is shown late, not left out. */
static void a_clock_ticks_on(void **state)
{
	int64_t second = START + 5 * SECOND;

	(void)state;
	say("binary-clock");
	pass_to(second - 5 * MS);
	n_drawn = 0;
	say("binary-clock 50%");
	assert_int_equal(n_drawn, 1);
	pass_to(second + 500 * MS);
	assert_int_equal(n_drawn, 2);
	assert_int_equal(drawn[1], second - 5 * MS + PERIOD);
}

/* A rate of its own keeps to that. */
/* promise: no-faster-than-fps */
static void a_slow_board(void **state)
{
	(void)state;
	board.fps_max = 10;
	a_thousand("");
	board.fps_max = 0;
	assert_int_equal(n_drawn, 11);
}

/* Nor does one that has to leave out slots: they are those of all nodes, and a lone command is shown at once. */
/* promise: slots-are-common, no-faster-than-fps */
static void a_slow_node(void **state)
{
	(void)state;
	say("rainbow");
	pass_to(now + SECOND);
	show.painter.governor.doublings = 2;
	show.painter.governor.calm = 0;
	pass_to(now + PERIOD); /* what was planned before */
	n_drawn = 0;
	pass_to(now + SECOND / 2);
	assert_in_range(n_drawn, 7, 8);
	for (int k = 0; k < n_drawn; k++)
		assert_int_equal(glow_slot_time(glow_slot_at(drawn[k], 60) / 4 * 4, 60), drawn[k]);
	pass_to(now + 5 * MS);
	n_drawn = 0;
	say("red");
	assert_int_equal(n_drawn, 1);
	assert_int_equal(drawn[0], now);
	pass_to(now + SECOND);
	assert_int_equal(n_drawn, 1); /* a still picture is a still picture */
}

/* ---- what takes long ---- */

static int n_pixels;

static struct glow_rgb heavy_render(const struct glow_params *p, const struct glow_moment *m, uint32_t i)
{
	(void)p;
	n_pixels++;
	return (struct glow_rgb){ (uint8_t)(m->t_us / 1000), (uint8_t)i, 9 };
}

/* Two pixels of it are a turn. */
static const struct glow_effect_desc heavy = {
	.name = "heavy", .what = "dear", .pace = GLOW_ANIMATED, .steps = GLOW_TURN_STEPS / 2, .render = heavy_render
};

static void begin_heavy(void)
{
	if (!glow_effect_find("heavy", 5))
		assert_true(glow_effect_add(&heavy));
	say("{\"effect\":\"heavy\"}");
	assert_true(n_pixels > 0);
	n_drawn = n_pixels = 0;
}

/* A picture is as many turns as its steps are, and none is driven to the board before the last of them. */
static void a_dear_picture(void **state)
{
	struct glow_frame whole;
	int64_t slot;

	(void)state;
	begin_heavy();
	slot = now = show.target_us;
	for (int turn = 1; turn <= 4; turn++) {
		assert_int_equal(n_drawn, 0);
		assert_int_equal(show.target_us, slot);
		assert_int_equal(glow_show_due(&show, now + turn), 0);
		assert_int_equal(n_pixels, 2 * turn);
	}
	assert_int_equal(n_drawn, 1);
	assert_int_equal(drawn[0], slot);
	assert_true(show.target_us > slot);
	glow_node_render(node, slot, &whole);
	assert_true(glow_frame_equal(&whole, &show.painter.shown));
}

/* What is said meanwhile is not held up, and no picture is made of two. */
static void a_change_of_a_dear_picture(void **state)
{
	struct glow_frame whole;
	int64_t slot;

	(void)state;
	begin_heavy();
	slot = now = show.target_us;
	assert_int_equal(glow_show_due(&show, now), 0);
	now += MS;
	say("{\"brightness\":100}");
	assert_int_equal(n_drawn, 1);
	glow_node_render(node, drawn[0], &whole);
	assert_true(glow_frame_equal(&whole, &show.painter.shown));
	assert_true(show.target_us >= slot);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, start, teardown)
	const struct CMUnitTest tests[] = {
		T(still),
		T(a_lone_command),
		T(a_flood_on_a_still_picture),
		T(a_flood_on_a_moving_one),
		T(back_on_the_grid),
		T(a_timer_that_never_has_its_turn),
		T(a_clock_ticks_on),
		T(a_slow_board),
		T(a_slow_node),
		T(a_dear_picture),
		T(a_change_of_a_dear_picture),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
