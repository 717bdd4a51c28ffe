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

#include <glow/node.h>
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

/* A board that shows blue when idle and has let its light go. */
static void arrive_with(const char *node, const char *group, struct glow_shape shape)
{
	struct glow_info info = { .board = "virtual", .shape = shape, .fps = 60, .idle = "blue" };
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

static void arrive(const char *node, const char *group)
{
	arrive_with(node, group, (struct glow_shape){ GLOW_SHAPE_ROW, 8 });
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
		if (!glow_rgb_equal(glow_linear_rgb(frame.px[i]), c))
			return false;
	return frame.n == 8;
}

static const char *label(const char *id, int64_t t_us)
{
	static char text[GLOW_WATCH_LABEL_SIZE];

	glow_watch_label(&watch, node(id), t_us, text, sizeof(text));
	return text;
}

static const char *headline(int64_t t_us)
{
	static char text[GLOW_HEADLINE_SIZE];

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
	assert_string_equal(label("pi1", START), "no state yet");
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

/* One that has let go and has nothing to show says OFF, from the same facts that are drawn. */
static void a_light_is_dark(void **state)
{
	char *text;
	struct glow_info info = { .id = "pi1",
				  .board = "virtual",
				  .shape = { GLOW_SHAPE_ROW, 8 },
				  .fps = 60,
				  .idle = "off",
				  .brightness_limit = 255 };

	(void)state;
	arrive("pi1", "");
	assert_int_equal(glow_watch_layer(&watch, node("pi1"), START), GLOW_LAYER_IDLE);
	text = glow_json_finish(glow_info_write(&info));
	hear_of("pi1", "info", text);
	free(text);
	for (int k = 0; k < 2; k++) { /* a node of an older version says ON */
		hear_of("pi1", "state", k ? AUTO : "{\"state\":\"OFF\",\"dark\":true,\"effect\":\"auto\"}");
		assert_int_equal(glow_watch_layer(&watch, node("pi1"), START), GLOW_LAYER_OFF);
		assert_string_equal(label("pi1", START), "off: nothing to show");
	}
	hear_of("pi1", "state", "{\"state\":\"OFF\",\"effect\":\"auto\"}");
	assert_string_equal(label("pi1", START), "off");
	hear_of("pi1", "state", "{\"state\":\"OFF\",\"dark\":true,\"effect\":\"auto\"}");
	hear("scene/current", SCENES RED_SCENE NO_TARGET SCENE_TAIL "]}");
	conduct();
	assert_true(shows("pi1", START, RED));
	assert_string_equal(label("pi1", START), "scene: solid #ff0000");
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

#define PLACE(rev, at, offset)                                                          \
	"{\"rev\":" rev ",\"effective_us\":" at ",\"offset\":" offset ",\"pixels\":16," \
	"\"board\":0,\"boards\":2}"

/* True when the node shows the part of a rainbow that begins at `offset` of 16 pixels. */
static bool shows_part(const char *id, int64_t t_us, uint32_t offset)
{
	const struct glow_effect_desc *rainbow = glow_effect_find("rainbow", 7);
	struct glow_env env = { .shape = { GLOW_SHAPE_ROW, 8 }, .brightness_limit = 255 };
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
	watch.nodes[0]->stats.messages.in_dropped = 3;
	watch.nodes[0]->stats.messages.in_replaced = 100; /* nothing is lost by these */
	watch.conductor.messages.out_dropped = 4;
	assert_string_equal(headline(START),
			    "shelf leads, term 3 · 1 of 1 nodes online · clocks within 31 µs · 7 messages dropped");
	memset(&watch.nodes[0]->stats.messages, 0, sizeof(watch.nodes[0]->stats.messages));
	memset(&watch.conductor.messages, 0, sizeof(watch.conductor.messages));
	watch.nodes[0]->info.slots_a_frame = 2;
	assert_string_equal(headline(START),
			    "shelf leads, term 3 · 1 of 1 nodes online · clocks within 31 µs · 1 draws fewer frames");
	watch.nodes[0]->info.slots_a_frame = 1;
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

static struct glow_node *node_create(const char *id, struct glow_shape shape)
{
	struct glow_node_cfg cfg = {
		.out = { "my/glow", "", { &watch, overhear } },
		.idle = "blue breathe 60%",
		.info = { .board = "virtual",
			  .shape = shape,
			  .fps = 60,
			  .idle = "blue breathe 60%",
			  .brightness_limit = 200 },
		.env = { .shape = shape, .brightness_limit = 200 },
	};
	struct glow_node *bridge;
	struct glow_diag diag;

	snprintf(cfg.info.id, sizeof(cfg.info.id), "%s", id);
	assert_int_equal(glow_node_create(&cfg, START, &bridge, &diag), 0);
	glow_node_connected(bridge, START);
	glow_node_start(bridge, START);
	glow_node_clock_stepped(bridge, START, 0, UINT64_C(0x0123456789abcdef));
	return bridge;
}

/* Both hear it, as from the broker; of the roster the node hears its place. */
static void both(struct glow_node *bridge, const char *topic, const char *payload, int64_t now_us)
{
	struct glow_message m = { .topic = topic, .payload = payload, .len = strlen(payload) };

	glow_watch_message(&watch, &m);
	if (strcmp(topic, "my/glow/roster") == 0) {
		m.topic = "my/glow/node/pi1/place";
		m.payload = PLACE("1", "1700000004000000", "0");
		m.len = strlen(m.payload);
	}
	glow_node_message(bridge, &m, now_us);
}

static bool alike(struct glow_node *bridge, const char *id, int64_t now_us, struct glow_frame *ret_shown)
{
	glow_node_tick(bridge, now_us);
	glow_watch_tick(&watch, now_us);
	glow_node_render(bridge, now_us, ret_shown);
	glow_watch_render(&watch, node(id), now_us, &frame);
	return frame.n == ret_shown->n && memcmp(frame.px, ret_shown->px, frame.n * sizeof(frame.px[0])) == 0;
}

/* What the LEDs get and what is drawn, for two seconds. Returns how many different pictures there were. */
static int compare(struct glow_node *bridge, const char *id, int64_t *now_us)
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
	static const struct glow_shape shapes[] = { { GLOW_SHAPE_ROW, 8 },
						    { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS },
						    { GLOW_SHAPE_ROW, 144 } };
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
	for (size_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++) {
		struct glow_node *bridge = node_create("pi1", shapes[k]);
		int64_t now_us = START;

		conduct();
		assert_true(compare(bridge, "pi1", &now_us) > 20);
		for (size_t step = 0; step < sizeof(steps) / sizeof(steps[0]); step++) {
			both(bridge, steps[step][0], steps[step][1], now_us);
			assert_true(compare(bridge, "pi1", &now_us) > 20);
		}
		/* Control: what only the node hears tells them apart. */
		glow_node_message(bridge, &unheard, now_us);
		assert_false(alike(bridge, "pi1", now_us, &shown));
		glow_node_destroy(bridge);
		glow_watch_fini(&watch);
		glow_watch_init(&watch, "my/glow");
		glow_watch_tick(&watch, START - SECOND);
	}
}

/* Everything drawn in each form; what is drawn holds what the model says. Inlined, gcc 12 takes the text for a dangling
 * pointer. */
__attribute__((noinline)) static char *drawn(int form)
{
	const struct glow_watch_screen screen = { .columns = 80,
						  .rows = 24,
						  .colors = form == 2 ? 256 : 1 << 24,
						  .broker = "mqtt://b",
						  .notes = "",
						  .connected = true,
						  .trouble = "" };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	if (form == 0)
		glow_watch_text(&watch, START, false, out);
	else if (form == 1)
		glow_watch_svg(&watch, START, out);
	else
		glow_watch_screen(&watch, START, &screen, out);
	fclose(out);
	return text;
}

static void drawings(void **state)
{
	(void)state;
	arrive("pi1", "");
	hear_of("pi2", "availability", "online");
	hear_of("pi1", "error", "{\"status\":\"error\",\"field\":\"brightness\",\"message\":\"must be 0..255\"}");
	for (int form = 0; form < 4; form++) {
		char *text = drawn(form);

		assert_non_null(strstr(text, "pi1"));
		assert_non_null(strstr(text, "idle: blue"));
		assert_null(strstr(text, "idle: red")); /* control */
		if (form != 1)
			assert_non_null(strstr(text, "pi1: brightness: must be 0..255"));
		assert_int_equal(strstr(text, "\033") != NULL, form >= 2);
		free(text);
	}
}

static void refusals_are_told(void **state)
{
	(void)state;
	hear("conductor/error", "{\"status\":\"error\",\"field\":\"effect\",\"message\":\"is none\"}");
	assert_string_equal(watch.last_error, "conductor: effect: is none");
	hear("conductor/error", "{broken");
	hear("conductor/error", "{\"status\":\"error\"}");
	hear("conductor/error", "");
	assert_string_equal(watch.last_error, "conductor: effect: is none");
	hear_of("pi1", "error", "{\"status\":\"error\",\"field\":\"\",\"message\":\"must be an object\"}");
	assert_string_equal(watch.last_error, "pi1: must be an object");
}

/* ---- windows of every size, and of some where there is room ---- */

enum { WIDEST = 130, HIGHEST = 40 };

/* The screen as somebody sees it: without what only colours it. */
static char *seen(const struct glow_watch_screen *screen)
{
	char *text = NULL, *to;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	glow_watch_screen(&watch, START, screen, out);
	fclose(out);
	to = text;
	for (const char *from = text; *from;) {
		if (*from == '\033')
			from += strcspn(from, "mK") + 1;
		else
			*to++ = *from++;
	}
	*to = '\0';
	return text;
}

static bool fits(const char *text, int columns, int rows)
{
	while (rows-- > 0) {
		char line[WIDEST * 4];
		size_t len = strcspn(text, "\n");

		assert_true(len < sizeof(line));
		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		if (glow_fit_columns(line) > columns)
			return false;
		if (!text[len])
			return true;
		text += len + 1;
	}
	return false;
}

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		if ((at == text || strchr(" \n", at[-1])) && strchr(" \n", at[len]))
			return true;
	return false;
}

/* True when each word of `text` with a digit is one of `whole`, where nothing had to be cut: what was cut
 * has an ellipsis. Counts of what is not shown are not in there, nor how many LEDs a block is. */
static bool numbers_are_whole(const char *text, const char *whole, bool ascii)
{
	const char *end;

	for (; *text; text = end + strspn(end, " \n")) {
		char word[300];

		end = text + strcspn(text, " \n");
		snprintf(word, sizeof(word), "%.*s", (int)(end - text), text);
		if (!strpbrk(word, "0123456789") || strstr(word, ascii ? "~" : "…") || strchr(word, '+') ||
		    strncmp(word, "1:", 2) == 0 || strncmp(end, " LEDs", 5) == 0 || strncmp(end, " more", 5) == 0 ||
		    strncmp(end, " board", 6) == 0)
			continue;
		if (!has_word(whole, word))
			return false;
	}
	return true;
}

/* Boards that are drawn, each with its dot, and those that are only counted. */
static int boards(const char *text, bool ascii)
{
	const char *on = ascii ? "+ " : "● ", *off = ascii ? "- " : "○ ";
	int n = 0;

	for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		const char *first = line + strspn(line, " ");
		int hidden, end = 0;

		if (strncmp(first, on, strlen(on)) == 0 || strncmp(first, off, strlen(off)) == 0)
			n++;
		else if ((sscanf(first, "%d more board%n", &hidden, &end) == 1 && end) ||
			 (sscanf(first, "%d board%n", &hidden, &end) == 1 && end) ||
			 (first[0] == '+' && sscanf(first, "%d", &hidden) == 1))
			n += hidden;
	}
	return n;
}

static bool all_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text > 0x7e || (*text < ' ' && *text != '\n'))
			return false;
	return true;
}

static void ignored(void **state)
{
	(void)state;
	arrive("pi1", "");
	hear_of("pi1", "error", "{\"status\":\"ok\",\"node\":\"pi1\",\"ignored\":[\"bri\",\"on\"]}");
	assert_string_equal(watch.last_error, "pi1: ignored bri, which says nothing here");
	hear_of("pi1", "error", "{\"status\":\"error\",\"field\":\"x\",\"message\":\"no\"}"); /* control */
	assert_string_equal(watch.last_error, "pi1: x: no");
}

/* A cluster with all that is long: names, scenes, errors, a piglow and rows, a dark board, an offline one. */
static void crowd(int n)
{
	static const struct glow_shape shapes[] = {
		{ GLOW_SHAPE_ROW, 8 }, { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS }, { GLOW_SHAPE_ROW, 144 },
		{ GLOW_SHAPE_ROW, 8 }, { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS }, { GLOW_SHAPE_ROW, 1000 }
	};

	conduct();
	hear("conductor/availability", "online");
	hear("scene/current", SCENES RED_SCENE NO_TARGET SCENE_TAIL "]}");
	hear("dim/current", "{\"brightness\":51,\"until_us\":null}");
	for (int k = 1; k <= n; k++) {
		struct glow_info info = { .board = "virtual",
					  .shape = shapes[k % 6],
					  .fps = 60,
					  .idle = "progress 73%",
					  .brightness_limit = 255 };
		char stats[160], *text;

		snprintf(info.id, sizeof(info.id), k % 4 ? "pi%d" : "raspberry-pi-in-the-kitchen-%d", k);
		if (k % 5 == 4)
			snprintf(info.problem, sizeof(info.problem), "no gpiochip with 54 lines: is this a Pi?");
		text = glow_json_finish(glow_info_write(&info));
		hear_of(info.id, "info", text);
		free(text);
		hear_of(info.id, "state",
			k % 3 ? AUTO : "{\"state\":\"ON\",\"effect\":\"progress\",\"brightness\":128}");
		hear_of(info.id, "availability", k % 7 ? "online" : "offline");
		snprintf(stats, sizeof(stats),
			 "{\"fps\":60,\"sync\":{\"state\":\"tracking\",\"offset_us\":3,\"error_us\":%d}}",
			 31 + 1234 * k);
		hear_of(info.id, "stats", stats);
	}
	if (n > 0)
		hear_of("pi1", "error", "{\"field\":\"brightness\",\"message\":\"must be 0..255, got 4711\"}");
	glow_watch_tick(&watch, START);
}

static void check_window(const struct glow_watch_screen *screen, int n, const char *whole)
{
	char *text = seen(screen);

	if (!fits(text, screen->columns - 1, screen->rows) || !numbers_are_whole(text, whole, screen->ascii) ||
	    boards(text, screen->ascii) != n || (screen->ascii && !all_ascii(text)))
		fail_msg("%d x %d, %d nodes:\n%s", screen->columns, screen->rows, n, text);
	free(text);
}

static void every_window(int n, bool ascii, bool connected)
{
	struct glow_watch_screen screen = {
		.colors = 256,
		.ascii = ascii,
		.broker = "mqtt://127.0.0.1:18883",
		.notes = "dashboard: http://localhost:8080\nssh -L 8080:localhost:8080 pi@host\n",
		.connected = connected,
		.trouble = "cannot reach 127.0.0.1:18883: Connection refused"
	};
	char *whole;

	screen.columns = 240;
	screen.rows = 200;
	whole = seen(&screen);
	for (screen.columns = 10; screen.columns <= WIDEST; screen.columns += screen.columns < 45 ? 1 : 7)
		for (screen.rows = 1; screen.rows <= HIGHEST; screen.rows += screen.rows < 12 ? 1 : 6)
			check_window(&screen, n, whole);
	free(whole);
}

static void it_fits_into_every_window(void **state)
{
	static const int counts[] = { 0, 1, 5, 30 };

	(void)state;
	for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
		crowd(counts[k]);
		for (int form = 0; form < 4; form++)
			every_window(counts[k], form & 1, form & 2);
		glow_watch_fini(&watch);
		glow_watch_init(&watch, "my/glow");
		glow_watch_tick(&watch, START - SECOND);
	}
}

/* What the checks of windows are worth: each sees what it is there for. */
static void the_checks_of_windows_see(void **state)
{
	const struct glow_watch_screen screen = { .columns = 40,
						  .rows = 10,
						  .colors = 256,
						  .broker = "mqtt://b",
						  .notes = "",
						  .connected = true,
						  .trouble = "" };
	char *text;

	(void)state;
	crowd(5);
	text = seen(&screen);
	assert_true(fits(text, 39, 10));
	assert_false(fits(text, 30, 10));
	assert_false(fits(text, 39, 4));
	assert_int_equal(boards(text, false), 5);
	assert_false(all_ascii(text));
	assert_true(numbers_are_whole(text, text, false));
	assert_true(numbers_are_whole("a 1234", "1234 b", false));
	assert_false(numbers_are_whole("a 123", "1234 b", false));
	assert_false(numbers_are_whole("23 a", "1234 b", false));
	assert_false(numbers_are_whole("of 8 nodes", "of 5 nodes", false));
	*strstr(text, "● ") = 'x';
	assert_int_equal(boards(text, false), 4);
	free(text);
}

/* A strip that shows a rainbow. */
static void lay_strip(uint32_t pixels)
{
	arrive_with("strip", "", (struct glow_shape){ GLOW_SHAPE_ROW, pixels });
	hear_of("strip", "state", "{\"state\":\"ON\",\"effect\":\"rainbow\",\"brightness\":255,\"since_us\":0}");
}

static int count(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

/* The colours of all blocks of a picture in their order; returns how many. */
static uint32_t blocks_of(const char *text, struct glow_rgb *ret_colors)
{
	struct glow_rgb ink = GLOW_BLACK;
	uint32_t n = 0;

	for (; *text; text++) {
		unsigned r, g, b;

		if (sscanf(text, "\033[38;2;%u;%u;%um", &r, &g, &b) == 3)
			ink = (struct glow_rgb){ (uint8_t)r, (uint8_t)g, (uint8_t)b };
		else if (strncmp(text, "█", strlen("█")) == 0)
			ret_colors[n++] = ink;
	}
	return n;
}

/* True when these are the LEDs' colours at t_us, each of so many LEDs the brightest there. */
static bool are_leds(const struct glow_rgb *colors, uint32_t n, uint32_t each, int64_t t_us)
{
	glow_watch_render(&watch, node("strip"), t_us, &frame);
	if (n != (frame.n + each - 1) / each)
		return false;
	for (uint32_t k = 0; k < n; k++) {
		struct glow_rgb most = GLOW_BLACK;

		for (uint32_t i = k * each; i < (k + 1) * each && i < frame.n; i++) {
			struct glow_rgb c = glow_watch_pixel(node("strip")->info.shape, &frame, i);

			most.r = c.r > most.r ? c.r : most.r;
			most.g = c.g > most.g ? c.g : most.g;
			most.b = c.b > most.b ? c.b : most.b;
		}
		if (!glow_rgb_equal(colors[k], most))
			return false;
	}
	return true;
}

/* Each LED where there is room, else a block for so many, in lines below one name. */
static void a_long_row_is_wrapped(void **state)
{
	static const struct {
		int columns, rows;
		uint32_t pixels, each;
		int lines;
	} cases[] = {
		{ 80, 24, 40, 1, 0 },    { 80, 24, 60, 1, 1 },    { 80, 24, 144, 1, 2 },    { 80, 24, 1000, 1, 14 },
		{ 80, 24, 4096, 3, 18 }, { 40, 20, 144, 1, 4 },   { 40, 20, 1000, 3, 10 },  { 40, 20, 4096, 9, 13 },
		{ 130, 40, 144, 1, 2 },  { 130, 40, 1000, 1, 8 }, { 130, 40, 4096, 1, 33 }, { 80, 3, 144, 3, 0 },
	};
	static struct glow_rgb colors[GLOW_PIXELS_MAX];

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		const struct glow_watch_screen screen = { .columns = cases[k].columns,
							  .rows = cases[k].rows,
							  .colors = 1 << 24,
							  .broker = "mqtt://b",
							  .notes = "",
							  .connected = true,
							  .trouble = "" };
		char mark[16], *text = NULL, *plain;
		size_t size;
		uint32_t n;
		FILE *out = open_memstream(&text, &size);

		lay_strip(cases[k].pixels);
		assert_non_null(out);
		glow_watch_screen(&watch, START, &screen, out);
		fclose(out);
		n = blocks_of(text, colors);
		free(text);
		plain = seen(&screen);
		snprintf(mark, sizeof(mark), " 1:%u", cases[k].each);
		if (!are_leds(colors, n, cases[k].each, START) || count(plain, "strip") != 1 ||
		    count(plain, screen.columns < 60 ? "\n  █" : "\n   █") != cases[k].lines ||
		    (cases[k].each > 1) != (strstr(plain, mark) != NULL))
			fail_msg("%u LEDs in %d x %d:\n%s", cases[k].pixels, screen.columns, screen.rows, plain);
		assert_false(are_leds(colors, n, cases[k].each, START + SECOND)); /* the control */
		free(plain);
	}
}

static void check_dots(const char *text, int width, int height)
{
	for (; (text = strchr(text, 'M')); text++) {
		int x, y;

		assert_int_equal(sscanf(text, "M%d %dh0", &x, &y), 2);
		assert_true(x > 0 && x < width && y > 0 && y < height);
	}
}

static void a_picture_has_each_led(void **state)
{
	static const uint32_t pixels[] = { 144, 1000, GLOW_PIXELS_MAX };
	int width, height;
	char *text;

	(void)state;
	for (size_t k = 0; k < sizeof(pixels) / sizeof(pixels[0]); k++) {
		lay_strip(pixels[k]);
		text = drawn(1);
		assert_int_equal(count(text, "h0"), pixels[k]);
		assert_int_equal(count(text, "strip"), 1);
		assert_int_equal(sscanf(strstr(text, "viewBox"), "viewBox=\"0 0 %d %d\"", &width, &height), 2);
		assert_true(height < width);
		check_dots(text, width, height);
		free(text);
	}
}

static void texts_are_shortened_at_words(void **state)
{
	static const struct {
		const char *text;
		int columns;
		bool ascii;
		const char *want;
	} cases[] = {
		{ "rainbow 40%", 11, false, "rainbow 40%" },
		{ "rainbow 40%", 10, false, "rainbow…" },
		{ "rainbow 40%", 6, false, "rainb…" },
		{ "rainbow 40%", 6, true, "rainb~" },
		{ "sparkle (2 of 3)", 14, false, "sparkle…" },
		{ "clocks within 31 µs", 18, false, "clocks within…" },
		{ "12345", 4, false, "…" },
		{ "http://localhost:8080", 20, false, "http://localhost…" },
		{ "x", 0, false, "" },
	};
	char text[GLOW_FIT_SIZE];

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		snprintf(text, sizeof(text), "%s", cases[k].text);
		glow_fit(text, cases[k].columns, cases[k].ascii);
		assert_string_equal(text, cases[k].want);
	}
	glow_fit_name("raspberry-pi-12", 9, text, sizeof(text));
	assert_string_equal(text, "rasp…i-12");
	glow_fit_clean("±31 µs · a\033[2Jb\n\xff…", true, text, sizeof(text));
	assert_string_equal(text, "+-31 us - a?[2Jb??~");
	glow_fit_clean("±31 µs · 明\xc3", false, text, sizeof(text));
	assert_string_equal(text, "±31 µs · ??");
}

static void the_locale_tells_of_utf8(void **state)
{
	(void)state;
	setenv("LANG", "de_DE.UTF-8", 1);
	unsetenv("LC_CTYPE");
	unsetenv("LC_ALL");
	assert_true(glow_fit_utf8());
	setenv("LC_ALL", "C", 1);
	assert_false(glow_fit_utf8());
	setenv("LC_ALL", "C.utf8", 1);
	assert_true(glow_fit_utf8());
	unsetenv("LC_ALL");
	unsetenv("LANG");
	assert_false(glow_fit_utf8());
}

/* Its whole reason is told below the boards, however little room there is beside it. */
static void a_board_with_a_problem_is_dark(void **state)
{
	static const char problem[] = "no gpiochip with 54 lines or more in /dev: is this a Raspberry Pi, and does the "
				      "container have its devices? GLOW_GPIO=sysfs may help where there are none";
	const struct glow_watch_screen screen = { .columns = 80,
						  .rows = 24,
						  .colors = 256,
						  .broker = "mqtt://b",
						  .notes = "",
						  .connected = true,
						  .trouble = "" };
	char *text, part[400], whole[400] = "";
	struct glow_info info;

	(void)state;
	arrive("pi1", "");
	arrive("pi2", "");
	assert_true(shows("pi1", START, (struct glow_rgb){ 0, 0, 255 })); /* the control */
	info = node("pi1")->info;
	snprintf(info.problem, sizeof(info.problem), "%s", problem);
	text = glow_json_finish(glow_info_write(&info));
	hear_of("pi1", "info", text);
	free(text);
	assert_true(shows("pi1", START, GLOW_BLACK));
	assert_true(shows("pi2", START, (struct glow_rgb){ 0, 0, 255 }));
	snprintf(part, sizeof(part), "dark: %s", problem);
	assert_string_equal(label("pi1", START), part);
	text = seen(&screen);
	for (char *word = strtok(strstr(text, "pi1 is dark"), " \n"); word; word = strtok(NULL, " \n"))
		snprintf(whole + strlen(whole), sizeof(whole) - strlen(whole), "%s ", word);
	snprintf(part, sizeof(part), "pi1 is dark: %s ", problem);
	assert_string_equal(whole, part);
	free(text);
}

/* Why there is nothing to see. */
static void an_empty_view_says_why(void **state)
{
	struct glow_watch_screen screen = {
		.columns = 80, .rows = 24, .colors = 256, .broker = "mqtt://b:1", .notes = "", .trouble = ""
	};
	char *text;

	(void)state;
	text = seen(&screen);
	assert_non_null(strstr(text, "connecting to mqtt://b:1"));
	assert_null(strstr(text, "nodes"));
	free(text);
	screen.trouble = "cannot reach b:1: Connection refused";
	text = seen(&screen);
	assert_non_null(strstr(text, "cannot reach b:1: Connection refused; trying again"));
	assert_null(strstr(text, "has said anything"));
	free(text);
	screen.connected = true;
	text = seen(&screen);
	assert_non_null(strstr(text, "neither a node nor a conductor has said anything below my/glow/"));
	assert_null(strstr(text, "cannot reach"));
	free(text);
	conduct();
	text = seen(&screen);
	assert_non_null(strstr(text, "no node has said anything"));
	free(text);
}

/* Whoever makes nodes up, and catalogs, fills no memory. */
/* promise: watch-is-bounded */
static void made_up_nodes_fill_no_memory(void **state)
{
	char id[16], text[64], name[GLOW_CATALOG_NAME_LEN + 1], topic[64];

	(void)state;
	watch.most = 1000;
	for (int k = 0; k < 1000; k++) {
		snprintf(id, sizeof(id), "n%d", k);
		hear_of(id, "availability", "online");
	}
	assert_int_equal(watch.n_nodes, 1000);
	assert_string_equal(headline(START), "no conductor · 1000 of 1000 nodes online"); /* the control */
	hear_of("one-too-many", "availability", "online");
	assert_null(glow_watch_find(&watch, "one-too-many"));
	assert_string_equal(headline(START), "no conductor · 1000 of 1000 nodes online · 1 more is not shown");
	hear_of("one-too-many", "stats", "{}");
	hear_of("two-too-many", "availability", "online");
	assert_string_equal(headline(START), "no conductor · 1000 of 1000 nodes online · 2 more are not shown");
	hear_of("n999", "availability", "");
	hear_of("one-too-many", "availability", "online"); /* the control */
	assert_non_null(glow_watch_find(&watch, "one-too-many"));
	assert_string_equal(headline(START), "no conductor · 1000 of 1000 nodes online");
	for (int k = 1; k < 1000; k++)
		assert_true(strverscmp(watch.nodes[k - 1]->id, watch.nodes[k]->id) < 0);

	for (int k = 0; k < 2 * GLOW_CATALOGS_MAX; k++) {
		snprintf(text, sizeof(text), "[{\"name\":\"e%d\",\"what\":\"\",\"params\":[]}]", k);
		glow_catalog_name(text, strlen(text), name);
		snprintf(topic, sizeof(topic), "effects/%s", name);
		hear(topic, text);
		assert_int_equal(glow_catalogs_find(&watch.catalogs, name) != NULL, k < GLOW_CATALOGS_MAX);
	}
}

#define KIND                                                                                                      \
	"{\"board\":\"virtual\",\"shape\":\"blinkt\",\"version\":\"7\",\"idle\":\"lime\",\"fps\":60,\"limits\":{" \
	"\"brightness\":255,\"current_ma\":0,\"flash\":true}}"
#define KINDS(pixels, kinds, kind)                                             \
	"{\"rev\":1,\"effective_us\":0,\"pixels\":" pixels ",\"kinds\":" kinds \
	",\"nodes\":[{\"id\":\"pi1\",\"groups\":["                             \
	"\"shelf\"],\"pixels\":" pixels ",\"offset\":0,\"kind\":" kind "}]}"
#define SLOW "{\"state\":\"ON\",\"effect\":\"auto\",\"since_us\":0,\"slots_a_frame\":2}"

/* A node of which the roster tells what it is needs no info to be drawn; whatever comes first. */
static void a_roster_tells_of_kinds(void **state)
{
	uint32_t before;

	(void)state;
	hear_of("pi1", "availability", "online");
	hear_of("pi1", "state", SLOW);
	hear_of("pi2", "state", AUTO);
	assert_false(node("pi1")->has_info);
	assert_string_equal(label("pi1", START), "no state yet");
	hear("roster", KINDS("8", "[" KIND "]", "1"));
	assert_true(shows("pi1", START, LIME));
	assert_string_equal(label("pi1", START), "idle: lime");
	assert_string_equal(node("pi1")->info.version, "7");
	assert_string_equal(node("pi1")->info.groups[0], "shelf");
	assert_int_equal(node("pi1")->info.slots_a_frame, 2);
	assert_string_equal(headline(START), "no conductor · 1 of 2 nodes online · 1 draws fewer frames");
	assert_false(node("pi2")->has_info); /* the roster has it not */
	hear_of("pi1", "state", "{\"state\":\"ON\",\"effect\":\"auto\",\"since_us\":0,\"problem\":\"no chip\"}");
	assert_string_equal(label("pi1", START), "dark: no chip");
	assert_int_equal(node("pi1")->info.slots_a_frame, 1);
	hear("roster", KINDS("16", "[" KIND "]", "1")); /* not for a new roster */
	assert_string_equal(label("pi1", START), "dark: no chip");
	assert_int_equal(node("pi1")->info.shape.pixels, 16);
	assert_true(node("pi1")->has_state); /* nobody would say it again */
	hear_of("pi1", "state", "{\"state\":\"ON\",\"effect\":\"solid\",\"pixels\":[\"red\"],\"since_us\":0}");
	assert_true(node("pi1")->has_state);
	hear("roster", KINDS("2", "[" KIND "]", "1"));
	assert_true(node("pi1")->has_state); /* a picture is read again for the length that the board has */
	hear_of("pi1", "state",
		"{\"state\":\"ON\",\"effect\":\"solid\",\"pixels\":[\"red\",\"red\",\"lime\"],\"since_us\":0}");
	before = node("pi1")->state_revision;
	hear("roster", KINDS("3", "[" KIND "]", "1"));
	assert_int_not_equal(node("pi1")->state_revision, before); /* of three: it was not for the board of two */
	hear("roster", KINDS("3", "[" KIND "]", "0"));
	assert_false(node("pi1")->has_info); /* of no kind any more: its own info tells */
	assert_true(node("pi1")->has_state);
	/* What it says itself goes before. */
	arrive("pi1", "");
	assert_true(shows("pi1", START, BLUE));
	hear("roster", KINDS("9", "[" KIND "]", "1"));
	assert_true(shows("pi1", START, BLUE));
	hear_of("pi1", "state", SLOW);
	assert_int_equal(node("pi1")->info.slots_a_frame, 1);
	/* And when all that it said is cleared it is gone, whatever the roster has. */
	hear_of("pi1", "info", "");
	hear_of("pi1", "state", "");
	hear_of("pi1", "availability", "");
	assert_null(glow_watch_find(&watch, "pi1"));
	/* One that comes later is known at once. */
	hear_of("pi1", "availability", "online");
	assert_int_equal(node("pi1")->info.shape.pixels, 9);
	hear_of("pi1", "state", AUTO);
	assert_string_equal(label("pi1", START), "idle: lime");
	hear_of("pi1", "availability", "");
	hear_of("pi1", "state", "");
	assert_null(glow_watch_find(&watch, "pi1"));
}

static void a_kind_that_is_none(void **state)
{
	(void)state;
	hear_of("pi1", "availability", "online");
	hear("roster", KINDS("8", "[" KIND "]", "0"));
	assert_false(node("pi1")->has_info);
	hear("roster", KINDS("8", "[{\"fps\":0}]", "1"));
	assert_false(node("pi1")->has_info);
	hear("roster", KINDS("4097", "[" KIND "]", "1"));
	assert_false(node("pi1")->has_info);
	hear("roster", KINDS("4096", "[" KIND "]", "1")); /* the control */
	assert_true(node("pi1")->has_info);
}

/* A state that comes before the info waits for it. */
static void a_state_waits(void **state)
{
	(void)state;
	hear_of("pi1", "state", "{\"state\":\"ON\",\"effect\":\"solid\",\"color\":{\"r\":255,\"g\":0,\"b\":0}}");
	hear_of("pi1", "state", "{\"state\":\"ON\",\"effect\":\"solid\",\"color\":{\"r\":0,\"g\":255,\"b\":0}}");
	hear_of("pi1", "availability", "online");
	assert_non_null(node("pi1")->untold);
	hear_of("pi1", "info", "{\"id\":\"pi1\",\"pixels\":8,\"shape\":\"blinkt\"}");
	assert_true(shows("pi1", START, LIME));
	assert_null(node("pi1")->untold);
	hear_of("pi2", "state", AUTO);
	hear_of("pi2", "state", "");
	hear_of("pi2", "info", "{\"id\":\"pi2\",\"pixels\":8,\"shape\":\"blinkt\"}");
	assert_false(node("pi2")->has_state); /* it was cleared meanwhile */
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nodes),
		TEST(nonsense_is_passed_over),
		TEST(forgotten_nodes_go),
		TEST(made_up_nodes_fill_no_memory),
		TEST(a_scene_shows),
		TEST(a_light_is_dark),
		TEST(a_scene_has_a_target),
		TEST(the_dimmer_lies_over_all),
		TEST(a_roster_makes_one_strip),
		TEST(a_roster_tells_of_kinds),
		TEST(a_kind_that_is_none),
		TEST(a_state_waits),
		TEST(who_leads),
		TEST(how_well_a_clock_is_known),
		TEST(it_draws_what_the_leds_show),
		TEST(drawings),
		TEST(refusals_are_told),
		TEST(ignored),
		TEST(it_fits_into_every_window),
		TEST(the_checks_of_windows_see),
		TEST(a_long_row_is_wrapped),
		TEST(a_picture_has_each_led),
		TEST(texts_are_shortened_at_words),
		TEST(the_locale_tells_of_utf8),
		TEST(an_empty_view_says_why),
		TEST(a_board_with_a_problem_is_dark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
