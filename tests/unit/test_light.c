/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A light as its users meet it: who asks for light gets some, a state never says ON in the dark, and what a state says
 * can be sent back. Random commands and scenes on boards of several kinds, judged by what is published and by the
 * LEDs. Then Home Assistant's light, as its documentation tells of it, lives with such a node. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/node.h>
#include <glow/params.h>
#include <glow/state.h>
#include <glow/time.h>

#include "../harness/dice.h"
#include "../harness/outbox.h"

#define START  INT64_C(1700000000000000)
#define SECOND GLOW_US_PER_S
#define SET    "glow/node/pi1/set"
#define STATE  "glow/node/pi1/state"
#define ERROR  "glow/node/pi1/error"
#define SCENES "glow/scene/current"

static struct dice dice;
static int64_t now;

/* ---- a node ---- */

static const struct board {
	struct glow_shape shape;
	const char *idle;
	bool reverse;
} boards[] = {
	{ { GLOW_SHAPE_ROW, 8 }, "off", false },
	{ { GLOW_SHAPE_ROW, 8 }, "white 40%", true },
	{ { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS }, "black", false },
	{ { GLOW_SHAPE_ROW, 3 }, "0%", false },
};
enum { N_BOARDS = sizeof(boards) / sizeof(boards[0]) };

static struct glow_node *create(const struct board *board)
{
	const struct glow_node_cfg cfg = {
		.out = { "glow", "", outbox },
		.idle = board->idle,
		.info = { .id = "pi1", .board = "virtual", .shape = board->shape, .fps = 60 },
		.env = { .shape = board->shape, .reverse = board->reverse, .brightness_limit = 255 },
	};
	struct glow_node *node;
	struct glow_diag diag;

	assert_int_equal(glow_node_create(&cfg, now, &node, &diag), 0);
	return node;
}

static void start(struct glow_node *node)
{
	glow_node_clock_stepped(node, now, 0, 0xa1);
	glow_node_start(node, now);
	glow_node_connected(node, now);
}

static void tell(struct glow_node *node, const char *topic, const char *payload, bool retained)
{
	struct glow_message m = { .topic = topic, .payload = payload, .len = strlen(payload), .retained = retained };

	glow_node_message(node, &m, now);
	glow_node_tick(node, now);
}

static void pass(struct glow_node *node, int64_t us)
{
	int64_t end = now + us;

	for (int64_t next; (next = glow_node_next(node)) < end; glow_node_tick(node, now))
		now = next > now ? next : now + 1;
	now = end;
	glow_node_tick(node, now);
}

static bool is_lit(struct glow_node *node)
{
	static struct glow_frame frame;
	bool lit = false;

	glow_node_render(node, now, &frame);
	for (uint32_t i = 0; i < frame.n; i++)
		lit = lit || frame.px[i].r || frame.px[i].g || frame.px[i].b;
	return lit;
}

/* The latest state as a tree of the caller's. */
static cJSON *state_tree(void)
{
	struct glow_diag diag;

	return glow_json_parse(last(STATE), strlen(last(STATE)), &diag);
}

static const char *word(const cJSON *tree, const char *name)
{
	const cJSON *item = glow_json_get(tree, name);

	return cJSON_IsString(item) ? item->valuestring : "";
}

/* What the cluster plays: one white scene for all, in `after_s` seconds and for `length_s`, where 0 is none. */
static struct {
	char text[400];
	int64_t start_us;
} scenes;

static void play(struct glow_node *node, int after_s, int length_s, int brightness, const char *take)
{
	size_t n = (size_t)snprintf(scenes.text, sizeof(scenes.text),
				    "{\"clock_id\":\"00000000000000a1\",\"term\":1,\"rev\":1,\"scenes\":[");

	scenes.start_us = glow_floor_div(now, SECOND) * SECOND + after_s * SECOND;
	if (length_s)
		n += (size_t)snprintf(
			scenes.text + n, sizeof(scenes.text) - n,
			"{\"id\":\"x\",\"effect\":\"solid\",\"brightness\":%d,\"take\":%s,\"start_us\":%lld,"
			"\"end_us\":%lld}",
			brightness, take, (long long)scenes.start_us, (long long)(scenes.start_us + length_s * SECOND));
	snprintf(scenes.text + n, sizeof(scenes.text) - n, "]}");
	tell(node, SCENES, scenes.text, true);
}

/* ---- random commands ---- */

static const char *any_color(void)
{
	static const char *const colors[] = { "red", "#00ff00", "white", "#010203" };

	return colors[dice_roll(&dice, 4)];
}

static bool one_in(uint32_t n)
{
	return dice_roll(&dice, n) == 0;
}

static void add_params(cJSON *tree, const struct glow_effect_desc *effect)
{
	struct glow_params params;

	glow_params_default(effect, &params);
	for (int k = 0; k < effect->n_params; k++) {
		const struct glow_param_desc *row = &effect->params[k];

		if (row->type == GLOW_PARAM_TEXT)
			snprintf(params.text, sizeof(params.text), "sos \"%u\\", dice_roll(&dice, 1000));
		else if (row->type == GLOW_PARAM_COLOR)
			params.v[k] = dice_roll(&dice, 2) ? row->def : glow_rgb_pack((struct glow_rgb){ 1, 2, 3 });
		else
			params.v[k] = (int32_t)dice_between(&dice, row->min, row->max);
	}
	cJSON_AddItemToObject(tree, "params", glow_params_write(effect, &params));
}

static void add_paint(cJSON *tree, struct glow_shape shape)
{
	cJSON *list;

	if (glow_shape_mono(shape) || dice_roll(&dice, 3) == 0) {
		list = cJSON_AddObjectToObject(tree, "leds");
		cJSON_AddNumberToObject(list, glow_shape_led_name(shape, dice_roll(&dice, 3)), dice_roll(&dice, 256));
		return;
	}
	list = cJSON_AddArrayToObject(tree, "pixels");
	for (uint32_t i = dice_roll(&dice, shape.pixels + 1); i > 0; i--)
		cJSON_AddItemToArray(list, cJSON_CreateString(any_color()));
}

/* Good for the board, whatever its light shows. */
static cJSON *any_command(struct glow_shape shape)
{
	static const uint8_t levels[] = { 0, 1, 128, 255 };
	cJSON *tree = cJSON_CreateObject();
	const struct glow_effect_desc *effect = glow_effect_at(dice_roll(&dice, (uint32_t)glow_effect_count()));

	if (one_in(2))
		cJSON_AddStringToObject(tree, "state", one_in(3) ? "OFF" : "ON");
	if (one_in(3))
		cJSON_AddNumberToObject(tree, "brightness", levels[dice_roll(&dice, 4)]);
	if (one_in(4))
		cJSON_AddStringToObject(tree, "color", any_color());
	if (one_in(3)) {
		cJSON_AddStringToObject(tree, "effect", "auto");
	} else if (one_in(3)) {
		cJSON_AddStringToObject(tree, "effect", effect->name);
		if (one_in(2))
			add_params(tree, effect);
	} else if (one_in(4)) {
		add_paint(tree, shape);
	}
	if (one_in(4))
		cJSON_AddNumberToObject(tree, "transition", 0.5 + dice_roll(&dice, 3));
	if (one_in(8))
		cJSON_AddNumberToObject(tree, "flash", 1.5);
	if (one_in(8))
		cJSON_AddBoolToObject(tree, "dark", one_in(2));
	return tree;
}

/* ---- who asks for light gets some ---- */

static bool asks_for_light(const cJSON *command)
{
	const cJSON *level = glow_json_get(command, "brightness");
	const char *state = word(command, "state"), *effect = word(command, "effect");
	bool dark = cJSON_IsTrue(glow_json_get(command, "dark")) && (!*effect || strcmp(effect, "auto") == 0) &&
		    !glow_json_get(command, "pixels") && !glow_json_get(command, "leds");

	if (strcmp(state, "OFF") == 0 || (level && level->valuedouble == 0))
		return false;
	return *state || (level && !dark);
}

/* An effect may be dark for a while, and a picture as black as it was painted. With this test's colours and levels
 * solid is not, nor are the idle display and a scene that runs. */
static bool must_be_lit(const cJSON *state)
{
	const char *effect = word(state, "effect");
	bool waits = scenes.start_us > now && scenes.start_us <= now + GLOW_SCENE_SOON_US;

	if (strcmp(word(state, "state"), "ON") != 0 || glow_json_get(state, "pixels") || glow_json_get(state, "leds"))
		return false;
	return strcmp(effect, "solid") == 0 || (strcmp(effect, "auto") == 0 && !waits);
}

static const char *lit_wrongly(struct glow_node *node)
{
	cJSON *state = state_tree();
	bool dark = cJSON_IsTrue(glow_json_get(state, "dark")), off = strcmp(word(state, "state"), "OFF") == 0;
	const char *wrong = NULL;

	if (must_be_lit(state) && !is_lit(node))
		wrong = "dark";
	if (off && is_lit(node))
		wrong = "lit";
	if (dark && (!off || strcmp(word(state, "effect"), "auto") != 0))
		wrong = "no light that has let go";
	cJSON_Delete(state);
	return wrong;
}

/* ---- there and back ---- */

/* What a state says of the light itself, beside times. */
static cJSON *essence(void)
{
	static const char *const others[] = { "start_us",    "since_us", "fade_from", "fade_from16", "fade_start_us",
					      "fade_end_us", "notice",   "showing",   "limited" };
	cJSON *tree = state_tree();

	for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
		cJSON_DeleteItemFromObjectCaseSensitive(tree, others[k]);
	return tree;
}

static bool is_same(const cJSON *want)
{
	cJSON *got = essence();
	bool same = cJSON_Compare(want, got, true);

	cJSON_Delete(got);
	return same;
}

/* The same state after it was sent to the node itself, to one that is new, and given to one that restarts. */
static void there_and_back(struct glow_node *node, const struct board *board)
{
	cJSON *want = essence();
	char *text = strdup(last(STATE));

	for (int way = 0; way < 3; way++) {
		struct glow_node *other = way ? create(board) : node;

		if (way == 2)
			tell(other, STATE, text, true);
		if (way) {
			tell(other, SCENES, scenes.text, true);
			start(other);
		}
		if (way < 2)
			tell(other, SET, text, false);
		pass(other, SECOND / 10);
		if (count(ERROR) || !is_same(want))
			fail_msg("way %d: %s%s of %s", way, last(ERROR), last(STATE), text);
		if (way)
			glow_node_destroy(other);
	}
	free(text);
	cJSON_Delete(want);
}

/* Scenes begin and end at whole seconds, transitions at three quarters; nothing is looked at near those. */
static void live(const struct board *board)
{
	struct glow_node *node;

	now = START + SECOND / 4;
	scenes.text[0] = '\0';
	scenes.start_us = 0;
	node = create(board);
	start(node);
	for (int k = 0; k < 150; k++) {
		cJSON *command = any_command(board->shape);
		char *text = cJSON_PrintUnformatted(command);

		if (one_in(6))
			play(node, (int)dice_roll(&dice, 12), one_in(3) ? 0 : 1 + (int)dice_roll(&dice, 20),
			     one_in(4) ? 0 : 200, one_in(2) ? "true" : "false");
		pass(node, dice_between(&dice, 1, 4) * SECOND);
		tell(node, SET, text, false);
		if (count(ERROR) || (asks_for_light(command) && !said(STATE, "\"state\":\"ON\"")))
			fail_msg("%s%s after %s", last(ERROR), last(STATE), text);
		if (one_in(2))
			pass(node, 4 * SECOND); /* transitions and flashes are over */
		if (!said(STATE, "\"fade_from\"") && !said(STATE, "\"notice\"") && lit_wrongly(node))
			fail_msg("%s: %s after %s", lit_wrongly(node), last(STATE), text);
		there_and_back(node, board);
		pass(node, SECOND - 3 * SECOND / 10);
		cJSON_free(text);
		cJSON_Delete(command);
		forget();
	}
	glow_node_destroy(node);
}

static void test_random(void **state)
{
	(void)state;
	for (int k = 0; k < N_BOARDS; k++)
		live(&boards[k]);
}

/* The controls: a difference is one, darkness is seen as such, and the commands do ask for light. */
static void test_noticed(void **state)
{
	struct glow_node *node;
	cJSON *was;

	(void)state;
	now = START;
	node = create(&boards[0]);
	start(node);
	assert_false(is_lit(node));
	tell(node, SET, "{\"effect\":\"morse\",\"params\":{\"text\":\"one\"}}", false);
	pass(node, SECOND);
	was = essence();
	assert_true(is_same(was));
	tell(node, SET, "{\"params\":{\"text\":\"two\"}}", false);
	pass(node, SECOND);
	assert_false(is_same(was));
	cJSON_Delete(was);
	tell(node, SET, "red", false);
	assert_true(is_lit(node));
	was = cJSON_Parse("{\"state\":\"ON\"}");
	assert_true(asks_for_light(was));
	cJSON_Delete(was);
	was = cJSON_Parse("{\"state\":\"ON\",\"brightness\":0}");
	assert_false(asks_for_light(was));
	cJSON_Delete(was);
	glow_node_destroy(node);
	forget();
}

/* ---- Home Assistant ----
 *
 * Its MQTT light with the JSON schema, of which the documentation says what it sends and reads:
 * https://www.home-assistant.io/integrations/light.mqtt/ and, for what a scene keeps and sends back,
 * https://www.home-assistant.io/integrations/scene/ */

/* What it knows of the light: only of one that is on it keeps more than that. */
struct view {
	bool on;
	int brightness, r, g, b;
	char effect[32];
};

static struct {
	struct glow_node *node;
	struct view view;
	int brightness; /* the last that was not 0, which it does not take up */
	int heard;      /* of what the node has sent */
} ha;

/* What a service call may bring; what is NULL or negative is not sent. */
struct call {
	int brightness;
	const char *effect, *color, *flash;
	double transition;
};
static const struct call plain = { .brightness = -1, .transition = -1 };

static void ha_hear(const char *payload)
{
	struct glow_diag diag;
	cJSON *state = glow_json_parse(payload, strlen(payload), &diag);
	const cJSON *color = glow_json_get(state, "color"), *level = glow_json_get(state, "brightness");

	assert_string_equal(word(state, "color_mode"), "rgb");
	if (level->valuedouble > 0)
		ha.brightness = (int)level->valuedouble;
	ha.view = (struct view){ .on = strcmp(word(state, "state"), "ON") == 0 };
	if (ha.view.on) {
		ha.view.brightness = ha.brightness;
		ha.view.r = (int)glow_json_get(color, "r")->valuedouble;
		ha.view.g = (int)glow_json_get(color, "g")->valuedouble;
		ha.view.b = (int)glow_json_get(color, "b")->valuedouble;
		snprintf(ha.view.effect, sizeof(ha.view.effect), "%s", word(state, "effect"));
	}
	cJSON_Delete(state);
}

static void ha_wait(int64_t us)
{
	pass(ha.node, us);
	for (; ha.heard < n_sent; ha.heard++)
		if (strcmp(sent[ha.heard].topic, STATE) == 0)
			ha_hear(sent[ha.heard].payload);
	if (count(ERROR))
		fail_msg("%s", last(ERROR));
	forget();
	ha.heard = 0;
}

/* A member is quoted where it is a text. */
static void ha_send(const char *state, struct call call)
{
	char text[300];
	size_t n = (size_t)snprintf(text, sizeof(text), "{\"state\": \"%s\"", state);

	if (call.color)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ", \"color\": %s", call.color);
	if (call.transition >= 0)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ", \"transition\": %.1f", call.transition);
	if (call.flash)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ", \"flash\": %d",
				      strcmp(call.flash, "long") == 0 ? 10 : 2);
	if (call.brightness >= 0)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ", \"brightness\": %d", call.brightness);
	if (call.effect)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ", \"effect\": \"%s\"", call.effect);
	snprintf(text + n, sizeof(text) - n, "}");
	tell(ha.node, SET, text, false);
	ha_wait(SECOND);
}

/* Brightness 0 is its way to say off. */
static void ha_turn_on(struct call call)
{
	if (call.brightness == 0)
		ha_send("OFF", (struct call){ .brightness = -1, .transition = call.transition });
	else
		ha_send("ON", call);
}

static void ha_toggle(void)
{
	ha_send(ha.view.on ? "OFF" : "ON", plain);
}

/* A scene sends what it kept, if that is not so already. */
static void ha_restore(const struct view *kept)
{
	char color[60];

	if (memcmp(kept, &ha.view, sizeof(*kept)) == 0)
		return;
	if (!kept->on) {
		ha_send("OFF", plain);
		return;
	}
	snprintf(color, sizeof(color), "{\"r\": %d, \"g\": %d, \"b\": %d}", kept->r, kept->g, kept->b);
	ha_send("ON",
		(struct call){
			.brightness = kept->brightness, .effect = kept->effect, .color = color, .transition = -1 });
}

static void ha_begin(const struct board *board)
{
	now = START + SECOND / 4;
	memset(&ha, 0, sizeof(ha));
	ha.node = create(board);
	start(ha.node);
	ha_wait(SECOND);
}

static void ha_end(void)
{
	glow_node_destroy(ha.node);
	forget();
}

/* What it believes is so; light that is asked for comes at the first touch. */
static void expect(bool on, int brightness, const char *effect)
{
	if (ha.view.on != on || (on && (ha.view.brightness != brightness || strcmp(ha.view.effect, effect) != 0)) ||
	    is_lit(ha.node) != on)
		fail_msg("on %d, brightness %d, effect %s, lit %d", ha.view.on, ha.view.brightness, ha.view.effect,
			 is_lit(ha.node));
}

static void test_first_contact(void **state)
{
	struct call half = plain;

	(void)state;
	half.brightness = 128;
	for (int way = 0; way < 3; way++) {
		ha_begin(&boards[0]);
		expect(false, 0, "");
		if (way == 0)
			ha_toggle();
		else
			ha_turn_on(way == 1 ? plain : half);
		expect(true, way == 2 ? 128 : 255, "solid");
		ha_toggle();
		expect(false, 0, "");
		ha_toggle();
		expect(true, way == 2 ? 128 : 255, "solid");
		ha_end();
	}
	/* The control: with an idle display a fresh node is on, and toggled off. */
	ha_begin(&boards[1]);
	expect(true, 255, "auto");
	ha_toggle();
	expect(false, 0, "");
	ha_turn_on(half);
	expect(true, 128, "auto");
	ha_end();
}

static void test_slider(void **state)
{
	struct call call = plain;

	(void)state;
	ha_begin(&boards[0]);
	call.brightness = 70;
	ha_turn_on(call);
	call.brightness = 0;
	call.transition = 0.5;
	ha_turn_on(call);
	expect(false, 0, "");
	ha_turn_on(plain);
	expect(true, 70, "solid");
	/* Who writes to the topic himself may say 0 with ON. */
	tell(ha.node, SET, "{\"state\":\"ON\",\"brightness\":0}", false);
	ha_wait(SECOND);
	expect(false, 0, "");
	ha_toggle();
	expect(true, 70, "solid");
	ha_end();
}

/* Scenes of the cluster come and go, and a light that has let go says what it shows. */
static void test_let_go(void **state)
{
	struct call call = plain;

	(void)state;
	ha_begin(&boards[0]);
	play(ha.node, 2, 3, 200, "true");
	ha_wait(SECOND / 10);
	assert_true(ha.view.on && !is_lit(ha.node)); /* about to start */
	ha_wait(2 * SECOND);
	expect(true, 255, "auto");
	ha_wait(3 * SECOND);
	expect(false, 0, "");
	ha_toggle();
	expect(true, 255, "solid");
	/* One that is chosen in its list of effects while nothing plays has to be light as well. */
	call.effect = "auto";
	ha_turn_on(call);
	expect(true, 255, "solid");
	/* The next scene takes the light all the same. */
	play(ha.node, 2, 3, 200, "true");
	ha_wait(3 * SECOND);
	expect(true, 255, "auto");
	ha_wait(3 * SECOND);
	expect(false, 0, "");
	/* One that is an hour away is no light yet, and becomes it shortly before. */
	play(ha.node, 3600, 3, 200, "true");
	ha_wait(SECOND);
	expect(false, 0, "");
	pass(ha.node, 3600 * SECOND - GLOW_SCENE_SOON_US - 2 * SECOND);
	ha_wait(SECOND / 10);
	assert_false(ha.view.on);
	ha_wait(SECOND);
	assert_true(ha.view.on);
	ha_end();
}

static void test_flash_and_transition(void **state)
{
	struct call call = plain;

	(void)state;
	ha_begin(&boards[0]);
	call.flash = "short";
	ha_turn_on(call);
	assert_true(ha.view.on);
	ha_wait(2 * SECOND);
	expect(true, 255, "solid");
	call = plain;
	call.transition = 6553; /* its longest */
	ha_send("OFF", call);
	assert_true(!ha.view.on && is_lit(ha.node)); /* on its way */
	ha_wait(6553 * SECOND);
	expect(false, 0, "");
	ha_end();
}

/* Its word for no effect at all, and what other clients send besides: a dark light toggles and steps from OFF. */
static void test_other_words(void **state)
{
	static const char *const ways[] = { "TOGGLE", "{\"state\":\"toggle\"}", "{\"brightness_step\":30}",
					    "{\"state\":\"TOGGLE\",\"dark\":true}" /* into a state that was heard */ };
	struct call call = plain;

	(void)state;
	for (size_t k = 0; k < sizeof(ways) / sizeof(ways[0]); k++) {
		ha_begin(&boards[0]);
		tell(ha.node, SET, ways[k], false);
		ha_wait(SECOND);
		expect(true, k == 2 ? 30 : 255, "solid");
		call.effect = "rainbow";
		ha_turn_on(call);
		call.effect = "off";
		ha_turn_on(call);
		expect(true, k == 2 ? 30 : 255, "solid");
		tell(ha.node, SET, k == 2 ? "{\"brightness_step\":-30}" : ways[k], false);
		ha_wait(SECOND);
		expect(false, 0, "");
		ha_toggle();
		expect(true, k == 2 ? 30 : 255, "solid");
		ha_end();
	}
}

/* Keeps a scene, changes the light at will, and has the scene back, whatever it was. */
/* promise: home-assistant */
static void test_ha_scenes(void **state)
{
	static const char *const colors[] = { NULL, "{\"r\": 255, \"g\": 0, \"b\": 0}",
					      "{\"r\": 9, \"g\": 8, \"b\": 7}" };
	int n_auto = 0, n_off = 0;

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct view kept;

		ha_begin(&boards[1]);
		for (int round = 0; round < 300; round++) {
			const struct glow_effect_desc *e =
				glow_effect_at(dice_roll(&dice, (uint32_t)glow_effect_count()));
			struct call call = { .brightness = (int)dice_between(&dice, -1, 255),
					     .color = colors[dice_roll(&dice, 3)],
					     .effect = one_in(2)   ? NULL
						       : one_in(3) ? "auto"
								   : e->name,
					     .transition = one_in(3) ? 0.5 : -1 };

			if (one_in(4))
				ha_toggle();
			else
				ha_turn_on(call);
			if (round % 5 == 0)
				kept = ha.view;
			if (round % 5 != 4)
				continue;
			ha_restore(&kept);
			assert_memory_equal(&kept, &ha.view, sizeof(kept));
			n_auto += strcmp(kept.effect, "auto") == 0;
			n_off += !kept.on;
		}
		ha_end();
	}
	assert_true(n_auto > 3 && n_off > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),        cmocka_unit_test(test_noticed),
		cmocka_unit_test(test_first_contact), cmocka_unit_test(test_slider),
		cmocka_unit_test(test_let_go),        cmocka_unit_test(test_flash_and_transition),
		cmocka_unit_test(test_other_words),   cmocka_unit_test(test_ha_scenes),
	};

	dice_init(&dice);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
