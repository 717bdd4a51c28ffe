/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The cluster as others see it: the test says what nodes and conductor publish,
 * and looks at what is drawn. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/bridge.h>
#include <glow/json.h>
#include <glow/watch.h>

#define START  INT64_C(1700000000000000)
#define SECOND GLOW_US_PER_S
#define RED    ((struct glow_rgb){ 255, 0, 0 })
#define LIME   ((struct glow_rgb){ 0, 255, 0 })
#define BLUE   ((struct glow_rgb){ 0, 0, 255 })

#define AUTO       "{\"state\":\"ON\",\"effect\":\"auto\",\"since_us\":0}"
#define NO_TARGET  ""
#define SCENES     "{\"clock_id\":\"0123456789abcdef\",\"term\":3,\"rev\":1,\"scenes\":["
#define SCENE_TAIL ",\"start_us\":1700000000000000,\"end_us\":1700000010000000,\"fade_ms\":0,\"seed\":7,\"take\":true}"
#define RED_SCENE                                                                                                   \
	"{\"id\":\"main\",\"effect\":\"solid\",\"params\":{},\"color\":{\"r\":255,\"g\":0,\"b\":0},\"brightness\":" \
	"255,\"span\":\"cluster\""

static struct glow_watch watch;
static struct glow_frame frame;

static int setup(void **state)
{
	(void)state;
	glow_watch_init(&watch, "my/glow");
	glow_watch_tick(&watch, START - SECOND);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	glow_watch_fini(&watch);
	return 0;
}

/* `topic` is what follows the prefix. */
static void hear(const char *topic, const char *payload)
{
	char whole[GLOW_TOPIC_MAX + 1];
	struct glow_message m = { .topic = whole, .payload = payload, .len = strlen(payload) };

	snprintf(whole, sizeof(whole), "my/glow/%s", topic);
	glow_watch_message(&watch, &m);
}

static void hear_of(const char *node, const char *leaf, const char *payload)
{
	char topic[100];

	snprintf(topic, sizeof(topic), "node/%s/%s", node, leaf);
	hear(topic, payload);
}

/* A Blinkt! that shows blue when idle and has let its light go. */
static void arrive(const char *node, const char *group)
{
	struct glow_info info = { .board = "virtual", .shape = { GLOW_SHAPE_BLINKT, 8 }, .fps = 60, .idle = "blue" };
	char *text;

	snprintf(info.id, sizeof(info.id), "%s", node);
	assert_true(glow_groups_parse(group, &info));
	info.brightness_limit = 255;
	text = glow_json_finish(glow_info_write(&info));
	hear_of(node, "info", text);
	free(text);
	hear_of(node, "state", AUTO);
	hear_of(node, "availability", "online");
}

static const struct glow_watched *node(const char *id)
{
	const struct glow_watched *found = glow_watch_find(&watch, id);

	assert_non_null(found);
	return found;
}

/* The conductor's timeline, which scenes are on. */
static void conduct(void)
{
	struct glow_conductor_info info = { .id = "shelf",
					    .leading = true,
					    .leader = { UINT64_C(0x0123456789abcdef), 3, 9 },
					    .nodes = 2,
					    .version = "1" };
	char *text = glow_json_finish(glow_conductor_info_write(&info));

	hear("conductor/info", text);
	free(text);
}

/* Time only ever goes on. */
static bool shows(const char *id, int64_t t_us, struct glow_rgb c)
{
	glow_watch_tick(&watch, t_us);
	glow_watch_render(&watch, node(id), t_us, &frame);
	for (uint32_t i = 0; i < frame.n; i++)
		if (!glow_rgb_equal(frame.px[i], c))
			return false;
	return frame.n == 8;
}

static const char *label(const char *id, int64_t t_us)
{
	static char text[160];

	glow_watch_label(&watch, node(id), t_us, text, sizeof(text));
	return text;
}

static const char *headline(int64_t t_us)
{
	static char text[512];

	glow_watch_tick(&watch, t_us);
	glow_watch_headline(&watch, t_us, text, sizeof(text));
	return text;
}

static void nodes(void **state)
{
	(void)state;
	arrive("pi10", "");
	arrive("pi2", "shelf");
	assert_int_equal(watch.n_nodes, 2);
	assert_string_equal(watch.nodes[0]->id, "pi2"); /* as people count */
	assert_true(shows("pi2", START, BLUE));
	assert_false(shows("pi2", START, RED)); /* control */
	assert_string_equal(label("pi2", START), "idle: blue");
	assert_string_equal(headline(START), "no conductor · 2 of 2 nodes online");
	hear_of("pi2", "availability", "offline");
	assert_true(shows("pi2", START, GLOW_BLACK));
	assert_string_equal(label("pi2", START), "offline");
	assert_string_equal(headline(START), "no conductor · 1 of 2 nodes online");
}

static void nonsense_is_passed_over(void **state)
{
	static const char *const topics[] = { "node/pi1",       "node/pi1/info/x", "node/PI/info",   "node//info",
					      "node/pi1/other", "conductor",       "conductor/info", "scene/current",
					      "roster",         "dim/current",     "other" };

	(void)state;
	for (size_t k = 0; k < sizeof(topics) / sizeof(topics[0]); k++) {
		hear(topics[k], "{broken");
		hear(topics[k], "{}");
		hear(topics[k], "");
	}
	glow_watch_message(&watch, &(struct glow_message){ .topic = "my/glowing/x", .payload = "", .len = 0 });
	glow_watch_message(&watch, &(struct glow_message){ .topic = "my/glow", .payload = "", .len = 0 });
	assert_false(glow_watch_led(&watch));
	assert_int_equal(watch.stage.scenes.n, 0);
	assert_int_equal(watch.stage.dim.brightness, 255);
}

static void forgotten_nodes_go(void **state)
{
	(void)state;
	arrive("pi1", "");
	arrive("pi2", "");
	hear_of("pi1", "state", "");
	assert_string_equal(label("pi1", START), "…");
	hear_of("pi1", "info", "");
	assert_int_equal(watch.n_nodes, 2); /* online still */
	hear_of("pi1", "availability", "");
	assert_int_equal(watch.n_nodes, 1);
	assert_null(glow_watch_find(&watch, "pi1"));
	assert_non_null(glow_watch_find(&watch, "pi2"));
	hear_of("pi3", "info", "");      /* never heard of */
	hear("time/reply/x-0", "bytes"); /* nobody's that is a node */
	hear("node/pi3/set", "red");
	assert_int_equal(watch.n_nodes, 1);
}

static void a_scene_shows(void **state)
{
	(void)state;
	arrive("pi1", "");
	hear("scene/current", SCENES RED_SCENE NO_TARGET SCENE_TAIL "]}");
	assert_true(shows("pi1", START - 1, BLUE));
	assert_true(shows("pi1", START, BLUE)); /* nobody's clock is known yet */
	conduct();
	assert_true(shows("pi1", START, RED));
	assert_string_equal(label("pi1", START), "scene: solid #ff0000");
	hear_of("pi1", "state", "{\"state\":\"ON\",\"effect\":\"solid\",\"color\":{\"r\":0,\"g\":255,\"b\":0}}");
	assert_true(shows("pi1", START, LIME)); /* the node's own light hides it */
	assert_string_equal(label("pi1", START), "solid #00ff00");
	hear_of("pi1", "state", AUTO);
	hear("scene/current", "{broken");
	assert_true(shows("pi1", START + 10 * SECOND - 1, RED));
	assert_true(shows("pi1", START + 10 * SECOND, BLUE)); /* its end */
	hear("scene/current", "");
	assert_int_equal(watch.stage.scenes.n, 0);
}

static void a_scene_has_a_target(void **state)
{
	(void)state;
	arrive("pi1", "shelf,red");
	arrive("pi2", "shelf");
	conduct();
	hear("scene/current", SCENES RED_SCENE ",\"target\":{\"nodes\":[\"pi2\"]}" SCENE_TAIL "]}");
	assert_true(shows("pi1", START, BLUE));
	assert_true(shows("pi2", START, RED));
	hear("scene/current", SCENES RED_SCENE ",\"target\":{\"groups\":[\"red\"]}" SCENE_TAIL "]}");
	assert_true(shows("pi1", START, RED));
	assert_true(shows("pi2", START, BLUE));
}

static void the_dimmer_lies_over_all(void **state)
{
	(void)state;
	arrive("pi1", "");
	hear("dim/current", "{\"brightness\":51,\"until_us\":1700000005000000}");
	assert_true(shows("pi1", START, (struct glow_rgb){ 0, 0, 51 }));
	assert_string_equal(headline(START), "no conductor · dimmed to 20% · 1 of 1 nodes online");
	assert_true(shows("pi1", START + 5 * SECOND, BLUE));
	hear("dim/current", "{\"brightness\":0,\"until_us\":null}");
	assert_true(shows("pi1", START + 5 * SECOND, GLOW_BLACK));
}

#define ROSTER(rev, at, first, second)                                                              \
	"{\"rev\":" rev ",\"effective_us\":" at ",\"pixels\":16,\"nodes\":[{\"id\":\"" first        \
	"\",\"groups\":[],\"pixels\":8,\"offset\":0,\"reverse\":false,\"gap\":0},{\"id\":\"" second \
	"\",\"groups\":[],\"pixels\":8,\"offset\":8,\"reverse\":false,\"gap\":0}]}"

/* True when the node shows the part of a rainbow that begins at `offset` of 16 pixels. */
static bool shows_part(const char *id, int64_t t_us, uint32_t offset)
{
	const struct glow_effect_desc *rainbow = glow_effect_find("rainbow", 7);
	struct glow_env env = { .shape = { GLOW_SHAPE_BLINKT, 8 }, .brightness_limit = 255 };
	struct glow_frame expected;
	struct glow_look look;

	glow_look_init(&look, rainbow, START);
	look.seed = 7;
	glow_look_render(&look, &env, (struct glow_place){ .offset = offset, .total = 16 }, t_us, &expected);
	glow_watch_tick(&watch, t_us);
	glow_watch_render(&watch, node(id), t_us, &frame);
	return frame.n == 8 && memcmp(frame.px, expected.px, 8 * sizeof(frame.px[0])) == 0;
}

static void a_roster_makes_one_strip(void **state)
{
	int64_t t = START + 1234567;

	(void)state;
	arrive("pi1", "");
	arrive("pi2", "");
	conduct();
	hear("roster", ROSTER("1", "1699999999000000", "pi1", "pi2"));
	hear("scene/current",
	     SCENES "{\"id\":\"main\",\"effect\":\"rainbow\",\"params\":{},\"color\":{\"r\":255,\"g\":255,"
		    "\"b\":255},\"brightness\":255,\"span\":\"cluster\"" SCENE_TAIL "]}");
	assert_true(shows_part("pi1", t, 0));
	assert_true(shows_part("pi2", t, 8));
	assert_false(shows_part("pi2", t, 0)); /* control */
	hear("roster", ROSTER("2", "1700000002000000", "pi2", "pi1"));
	assert_true(shows_part("pi1", t, 0)); /* not yet */
	assert_int_equal(glow_watch_entry(&watch, "pi2")->offset, 8);
	assert_true(shows_part("pi1", START + 2 * SECOND, 8));
	assert_true(shows_part("pi2", START + 2 * SECOND, 0));
	assert_null(glow_watch_entry(&watch, "pi3"));
}

static void who_leads(void **state)
{
	(void)state;
	arrive("pi1", "");
	conduct();
	assert_string_equal(headline(START), "no conductor · 1 of 1 nodes online"); /* what is retained may be old */
	hear("conductor/availability", "online");
	assert_true(glow_watch_led(&watch));
	assert_string_equal(headline(START), "shelf leads, term 3 · 1 of 1 nodes online");
	hear_of("pi1", "stats", "{\"fps\":60,\"sync\":{\"state\":\"tracking\",\"offset_us\":3,\"error_us\":31}}");
	assert_string_equal(headline(START), "shelf leads, term 3 · 1 of 1 nodes online · clocks within 31 µs");
	hear("scene/current", SCENES RED_SCENE NO_TARGET SCENE_TAIL "]}");
	assert_string_equal(headline(START),
			    "shelf leads, term 3 · main: solid #ff0000 · 1 of 1 nodes online · clocks within 31 µs");
	hear("conductor/availability", "offline");
	assert_false(glow_watch_led(&watch));
}

static void how_well_a_clock_is_known(void **state)
{
	char text[40];

	(void)state;
	arrive("pi1", "");
	glow_watch_sync(node("pi1"), text, sizeof(text));
	assert_string_equal(text, "");
	hear_of("pi1", "stats", "{\"fps\":60,\"sync\":{\"state\":\"holdover\",\"offset_us\":3,\"error_us\":2345}}");
	glow_watch_sync(node("pi1"), text, sizeof(text));
	assert_string_equal(text, "holdover ±2.3 ms");
	hear_of("pi1", "stats", "{\"fps\":60,\"sync\":{\"state\":\"unsynced\",\"offset_us\":null,\"error_us\":null}}");
	glow_watch_sync(node("pi1"), text, sizeof(text));
	assert_string_equal(text, "own clock");
}

/* ---- a node beside its picture ---- */

static void overhear(void *ctx, const struct glow_message *message)
{
	glow_watch_message(ctx, message);
}

static struct glow_bridge *node_create(const char *id, struct glow_shape shape)
{
	struct glow_bridge_cfg cfg = {
		.prefix = "my/glow",
		.discovery = "",
		.idle = "blue breathe 60%",
		.info = { .board = "virtual",
			  .shape = shape,
			  .fps = 60,
			  .idle = "blue breathe 60%",
			  .brightness_limit = 200 },
		.env = { .shape = shape, .brightness_limit = 200 },
		.outbox = { .ctx = &watch, .publish = overhear },
	};
	struct glow_bridge *bridge;
	struct glow_diag diag;

	snprintf(cfg.info.id, sizeof(cfg.info.id), "%s", id);
	assert_int_equal(glow_bridge_create(&cfg, START, &bridge, &diag), 0);
	glow_bridge_connected(bridge, START);
	glow_bridge_start(bridge, START);
	glow_bridge_clock_stepped(bridge, START, 0, UINT64_C(0x0123456789abcdef));
	return bridge;
}

/* Both hear it, as from the broker. */
static void both(struct glow_bridge *bridge, const char *topic, const char *payload, int64_t now_us)
{
	struct glow_message m = { .topic = topic, .payload = payload, .len = strlen(payload) };

	glow_bridge_message(bridge, &m, now_us);
	glow_watch_message(&watch, &m);
}

static bool alike(struct glow_bridge *bridge, const char *id, int64_t now_us, struct glow_frame *ret_shown)
{
	glow_bridge_tick(bridge, now_us);
	glow_watch_tick(&watch, now_us);
	glow_bridge_render(bridge, now_us, ret_shown);
	glow_watch_render(&watch, node(id), now_us, &frame);
	return frame.n == ret_shown->n && memcmp(frame.px, ret_shown->px, frame.n * sizeof(frame.px[0])) == 0;
}

/* What the LEDs get and what is drawn, for two seconds. Returns how many different pictures there were. */
static int compare(struct glow_bridge *bridge, const char *id, int64_t *now_us)
{
	static struct glow_frame shown, before;
	int64_t end = *now_us + 2 * SECOND;
	int different = 0;

	for (before.n = 0; *now_us < end; *now_us += 33333) {
		assert_true(alike(bridge, id, *now_us, &shown));
		different += before.n != shown.n || memcmp(before.px, shown.px, shown.n * sizeof(shown.px[0])) != 0;
		before = shown;
	}
	return different;
}

static void it_draws_what_the_leds_show(void **state)
{
	static const struct glow_shape shapes[] = { { GLOW_SHAPE_BLINKT, 8 }, { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS } };
	static const char *const steps[][2] = {
		{ "my/glow/scene/current",
		  SCENES "{\"id\":\"main\",\"effect\":\"plasma\",\"params\":{},\"color\":{\"r\":255,"
			 "\"g\":255,\"b\":255},\"brightness\":180,\"span\":\"cluster\"" SCENE_TAIL "]}" },
		{ "my/glow/roster", ROSTER("1", "1700000004000000", "pi1", "pi2") },
		{ "my/glow/dim/current", "{\"brightness\":120,\"until_us\":1700000007000000}" },
		{ "my/glow/node/pi1/set", "{\"effect\":\"fire\",\"transition\":1}" },
		{ "my/glow/node/pi1/notify", "{\"color\":\"red\",\"effect\":\"breathe\",\"ttl_s\":1}" },
		{ "my/glow/node/pi1/set", "auto" },
	};

	static const struct glow_message unheard = { .topic = "my/glow/dim/current", .payload = "30%", .len = 3 };
	static struct glow_frame shown;

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct glow_bridge *bridge = node_create("pi1", shapes[k]);
		int64_t now_us = START;

		conduct();
		assert_true(compare(bridge, "pi1", &now_us) > 20);
		for (size_t step = 0; step < sizeof(steps) / sizeof(steps[0]); step++) {
			both(bridge, steps[step][0], steps[step][1], now_us);
			assert_true(compare(bridge, "pi1", &now_us) > 20);
		}
		/* Control: what only the node hears tells them apart. */
		glow_bridge_message(bridge, &unheard, now_us);
		assert_false(alike(bridge, "pi1", now_us, &shown));
		glow_bridge_destroy(bridge);
		glow_watch_fini(&watch);
		glow_watch_init(&watch, "my/glow");
		glow_watch_tick(&watch, START - SECOND);
	}
}

/* Everything drawn in both forms; the terminal's lines hold what the model says. */
static void drawings(void **state)
{
	static const int colors[] = { 0, 256, 1 << 24 };
	char *text;
	size_t size;

	(void)state;
	arrive("pi1", "");
	hear_of("pi2", "availability", "online");
	hear_of("pi1", "error", "{\"status\":\"error\",\"field\":\"brightness\",\"message\":\"must be 0..255\"}");
	for (int k = 0; k < 4; k++) {
		FILE *out = open_memstream(&text, &size);

		if (k < 3)
			glow_watch_text(&watch, START, colors[k], out);
		else
			glow_watch_svg(&watch, START, out);
		fclose(out);
		assert_non_null(strstr(text, "pi1"));
		assert_non_null(strstr(text, "idle: blue"));
		assert_null(strstr(text, "idle: red")); /* control */
		if (k < 3)
			assert_non_null(strstr(text, "pi1: brightness: must be 0..255"));
		assert_int_equal(strstr(text, "\033") != NULL, k == 1 || k == 2);
		free(text);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nodes),
		TEST(nonsense_is_passed_over),
		TEST(forgotten_nodes_go),
		TEST(a_scene_shows),
		TEST(a_scene_has_a_target),
		TEST(the_dimmer_lies_over_all),
		TEST(a_roster_makes_one_strip),
		TEST(who_leads),
		TEST(how_well_a_clock_is_known),
		TEST(it_draws_what_the_leds_show),
		TEST(drawings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
