/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* When the first frame shows, and which: on a board that remembers the colours it was given, one letter each. */

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

#define RED_LIGHT                                                                      \
	"{\"state\":\"ON\",\"effect\":\"solid\",\"color\":\"red\",\"brightness\":255," \
	"\"clock_id\":\"00000000000000a1\",\"start_us\":1600000000000000,\"since_us\":1600000000000000}"
#define MOVING_LIGHT "{\"state\":\"ON\",\"effect\":\"rainbow\",\"clock_id\":\"00000000000000a1\"}"

static struct glow_show show;
static struct glow_clock here;
static bool has_time;

/* ---- the board ---- */

static char shown[100]; /* w, r, l, b: that colour; d: dark; m: many, or another */

static char letter(const struct glow_frame *f)
{
	static const struct {
		struct glow_rgb color;
		char letter;
	} known[] = { { GLOW_WHITE, 'w' }, { RED, 'r' }, { LIME, 'l' }, { BLUE, 'b' }, { GLOW_BLACK, 'd' } };

	for (uint32_t i = 1; i < f->n; i++)
		if (!glow_linear_equal(f->px[i], f->px[0]))
			return 'm';
	for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
		if (glow_linear_equal(f->px[0], glow_linear_of(known[k].color)))
			return known[k].letter;
	return 'm';
}

static int note_show(struct glow_board *board, const struct glow_frame *frame_shown, struct glow_stamp stamp)
{
	size_t n = strlen(shown);

	(void)board;
	(void)stamp;
	if (n + 1 < sizeof(shown))
		shown[n] = letter(frame_shown);
	return 0;
}

static void no_close(struct glow_board *board)
{
	(void)board;
}

static const struct glow_board_desc noting = { .name = "noting", .show = note_show, .close = no_close };
static struct glow_board board = { .desc = &noting, .shape = { GLOW_SHAPE_ROW, 8 } };

/* ---- what happens, as run.c passes it on ---- */

static void settle(void)
{
	glow_opening_look(&show.opening, node, has_time, now);
	assert_int_equal(glow_show_changed(&show, now), 0);
}

static void begin(const char *idle)
{
	cfg.idle = idle;
	create();
	here = (struct glow_clock){ .sync = NULL };
	show = (struct glow_show){ .node = node,
				   .painter = { .board = &board, .clock = &here, .fps = 60, .cpu_percent = 100 } };
	has_time = false;
	memset(shown, 0, sizeof(shown));
	glow_opening_begin(&show.opening, now);
	settle();
	assert_string_equal(shown, "");
}

static void hear(const char *topic, const char *payload)
{
	glow_node_message(node,
			  &(struct glow_message){
				  .topic = topic, .payload = payload, .len = strlen(payload), .retained = true },
			  now);
	settle();
}

static void connected(void)
{
	glow_opening_connected(&show.opening, node, now);
	glow_opening_look(&show.opening, node, has_time, now);
	glow_node_connected(node, now);
	settle();
}

static void time_comes(void)
{
	glow_node_clock_stepped(node, now, 7 * SECOND, OURS);
	glow_show_shift(&show, 7 * SECOND);
	now += 7 * SECOND;
	has_time = true;
	settle();
}

static void pass_by(int64_t us)
{
	int64_t end = now + us;

	while (show.target_us <= end) {
		now = show.target_us;
		glow_opening_look(&show.opening, node, has_time, now);
		assert_int_equal(glow_show_due(&show, now), 0);
	}
	now = end;
}

/* The first that was shown is that, and nothing was before `us` from now. */
static void expect_after(int64_t us, char first)
{
	pass_by(us - 1);
	assert_string_equal(shown, "");
	pass_by(1);
	assert_int_equal(shown[0], first);
}

/* ---- the broker ---- */

static void test_restored(void **state)
{
	(void)state;
	begin("white");
	hear(STATE, RED_LIGHT);
	assert_string_equal(shown, "");
	connected();
	pass_by(5 * SECOND);
	assert_string_equal(shown, "r"); /* no idle display before it */
}

static void test_nothing_to_restore(void **state)
{
	(void)state;
	begin("white");
	connected();
	assert_string_equal(shown, "w");
}

/* It may be about to start, and keep a light. */
static void test_no_broker(void **state)
{
	(void)state;
	begin("white");
	expect_after(2 * SECOND, 'w');
}

static void test_late_broker(void **state)
{
	(void)state;
	begin("white");
	pass_by(2 * SECOND - 1);
	hear(STATE, RED_LIGHT);
	connected();
	pass_by(5 * SECOND);
	assert_string_equal(shown, "r");
	/* The control: later than that is too late. */
	glow_node_destroy(node);
	begin("white");
	pass_by(2 * SECOND);
	hear(STATE, RED_LIGHT);
	connected();
	pass_by(SECOND);
	assert_string_equal(shown, "wr");
}

static void test_turned_away(void **state)
{
	(void)state;
	begin("white");
	glow_opening_refused(node, now);
	settle();
	assert_string_equal(shown, "w");
	glow_opening_refused(node, now);
	pass_by(5 * SECOND);
	assert_string_equal(shown, "w");
	hear(STATE, RED_LIGHT); /* somebody has put it right */
	connected();
	pass_by(SECOND);
	assert_string_equal(shown, "wr");
}

/* ---- the time ---- */

static void begin_conducted(const char *idle, const char *light)
{
	begin(idle);
	hear("glow/conductor/availability", "online");
	if (light)
		hear(STATE, light);
}

static void test_still(void **state)
{
	(void)state;
	begin_conducted("rainbow", RED_LIGHT);
	connected();
	assert_string_equal(shown, "r");
	forget();
	time_comes();
	pass_by(SECOND / 5);
	assert_true(said(STATE, "\"red\"") || said(STATE, "\"r\":255"));
	assert_false(said(STATE, "fade_from")); /* nothing leads over to what is the same */
	pass_by(5 * SECOND);
	assert_string_equal(shown, "r");
}

static void test_still_idle(void **state)
{
	static const char *const lights[] = { NULL, "{\"effect\":\"auto\"}" };

	(void)state;
	for (int k = 0; k < 2; k++) {
		begin_conducted("white", lights[k]);
		connected();
		assert_string_equal(shown, "w");
		time_comes();
		pass_by(5 * SECOND);
		assert_string_equal(shown, "w");
		glow_node_destroy(node);
	}
	begin_conducted("white", "{\"state\":\"OFF\"}");
	connected();
	assert_true(glow_node_started(node));
}

static void expect_time_first(void)
{
	connected();
	pass_by(SECOND);
	assert_string_equal(shown, "");
	time_comes();
	assert_int_not_equal(shown[0], 0);
}

/* ... which is awaited for two seconds from the connection on. */
static void expect_no_longer(void)
{
	pass_by(SECOND);
	connected();
	expect_after(2 * SECOND, 'm');
}

static void test_moving(void **state)
{
	(void)state;
	begin_conducted("white", MOVING_LIGHT);
	expect_time_first();
	glow_node_destroy(node);
	begin_conducted("white", MOVING_LIGHT);
	expect_no_longer();
	glow_node_destroy(node);
	begin_conducted("rainbow", NULL);
	expect_time_first();
	glow_node_destroy(node);
	/* The controls: without a conductor there is none to come, and with it nothing more. */
	begin("white");
	hear(STATE, MOVING_LIGHT);
	connected();
	assert_string_equal(shown, "m");
	glow_node_destroy(node);
	begin_conducted("white", MOVING_LIGHT);
	has_time = true;
	connected();
	assert_string_equal(shown, "m");
}

/* It is the whole strip, from an instant on. */
static void place(int64_t effective_us)
{
	char text[200];

	snprintf(text, sizeof(text),
		 "{\"rev\":1,\"effective_us\":%lld,\"offset\":0,\"pixels\":8,\"board\":0,\"boards\":1}",
		 (long long)effective_us);
	hear("glow/node/pi1/place", text);
}

/* Whether it plays by now, and takes the light, is a matter of time. */
static void test_scene(void **state)
{
	(void)state;
	begin_conducted("white", RED_LIGHT);
	place(0);
	play(OURS, scene("lime", 0, ",\"take\":true"));
	expect_time_first();
	pass_by(SECOND);
	assert_string_equal(shown, "l");
	glow_node_destroy(node);
	/* The control: where none plays the topic says so. */
	begin_conducted("white", RED_LIGHT);
	play(OURS, "");
	connected();
	assert_string_equal(shown, "r");
}

/* ---- the place ---- */

static void begin_scene(const char *more)
{
	begin_conducted("white", NULL);
	play(OURS, scene("lime", 0, more));
	connected();
	time_comes();
}

/* On the strip that is laid out for it, not on one of its own. */
/* promise: first-frame */
static void test_place(void **state)
{
	(void)state;
	begin_scene("");
	pass_by(SECOND);
	assert_string_equal(shown, "");
	place(now + SECOND / 4);
	expect_after(SECOND / 4, 'l');
	glow_node_destroy(node);
	/* ... for two seconds from the connection on. */
	begin_scene("");
	expect_after(2 * SECOND, 'l');
	glow_node_destroy(node);
	/* The controls: of a scene that every node plays alike it needs none, and of one that is not for it. */
	begin_scene(",\"span\":\"node\"");
	assert_string_equal(shown, "l");
	glow_node_destroy(node);
	begin_scene(",\"target\":{\"nodes\":[\"pi2\"]}");
	assert_string_equal(shown, "w");
}

/* ---- effects in text ---- */

#define TEXTS "glow/effect"
#define OWN   "glow/effect/own"

static void text_comes(void)
{
	hear(OWN, "{\"name\":\"own\",\"text\":\"blue\",\"rev\":1}");
}

static void begin_own_scene(void)
{
	unfollow();
	begin_conducted("white", NULL);
	hear(TEXTS, "{\"rev\":1,\"effects\":{\"own\":1}}");
	play(OURS, "{\"id\":\"main\",\"effect\":\"own\",\"start_us\":0,\"span\":\"node\",\"fade_ms\":0}");
	connected();
	time_comes();
	pass_by(SECOND);
	assert_string_equal(shown, "");
}

/* promise: first-frame */
static void test_text(void **state)
{
	(void)state;
	/* A light to restore. */
	begin("white");
	hear(TEXTS, "{\"rev\":1,\"effects\":{\"own\":1}}");
	hear(STATE, "{\"state\":\"ON\",\"effect\":\"own\",\"brightness\":255}");
	connected();
	assert_string_equal(shown, "");
	text_comes();
	pass_by(SECOND);
	assert_string_equal(shown, "b");
	glow_node_destroy(node);
	/* A scene; and one whose text never comes. */
	begin_own_scene();
	text_comes();
	assert_string_equal(shown, "b");
	glow_node_destroy(node);
	begin_own_scene();
	expect_after(SECOND, 'w');
}

static void test_dimmer(void **state)
{
	(void)state;
	begin_conducted("white", RED_LIGHT);
	hear("glow/dim/current", "{\"brightness\":0,\"until_us\":1700000001000000}");
	expect_time_first();
	pass_by(SECOND);
	assert_string_equal(shown, "r");
	glow_node_destroy(node);
	/* The control: without an end. */
	begin_conducted("white", RED_LIGHT);
	hear("glow/dim/current", "{\"brightness\":100}");
	connected();
	assert_string_equal(shown, "m");
}

static void test_lost_indicator(void **state)
{
	(void)state;
	cfg.lost_indicator = true;
	begin_conducted("white", RED_LIGHT);
	beacon();
	expect_time_first();
}

/* A command may put a still picture in the place of one that moves; a notice ends by time. */
static void test_command(void **state)
{
	(void)state;
	begin_conducted("white", MOVING_LIGHT);
	connected();
	tell(NOTIFY, "{\"effect\":\"solid\",\"color\":\"red\"}");
	settle();
	assert_string_equal(shown, "");
	glow_node_destroy(node);
	begin_conducted("white", MOVING_LIGHT);
	connected();
	tell(SET, "blue");
	settle();
	assert_string_equal(shown, "b");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_restored),    T(test_nothing_to_restore),
		T(test_no_broker),   T(test_late_broker),
		T(test_turned_away), T(test_still),
		T(test_still_idle),  T(test_moving),
		T(test_scene),       T(test_dimmer),
		T(test_command),     T(test_lost_indicator),
		T(test_place),       T(test_text),
	};

	glow_log_setup("error", "text");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
