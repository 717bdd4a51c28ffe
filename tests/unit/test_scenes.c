/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Scenes, dimmer, roster and group commands on the wire: every field in its
 * range and out of it with the code and the place that the answer must name,
 * the retained texts as the protocol shows them, and random ones that come back
 * as they were. The controls change one thing and must see it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/command.h>
#include <glow/info.h>
#include <glow/json.h>
#include <glow/scenes.h>

#include "../harness/dice.h"
#include "../harness/json_equal.h"

#define NOW           INT64_C(1700000000000000)
#define SECOND        GLOW_US_PER_S
#define SIXTY_FOUR    "0123456789012345678901234567890123456789012345678901234567890123"
#define TWO_53        "9007199254740992"
#define BEYOND_TWO_53 "9007199254740994"

static struct glow_diag diag;
static struct glow_scene scene;
static struct glow_scenes scenes, back;
static struct glow_roster roster;

static const struct glow_effect_desc *effect(const char *name)
{
	const struct glow_effect_desc *e = glow_effect_find(name, strlen(name));

	assert_non_null(e);
	return e;
}

static enum glow_code play(const char *payload)
{
	diag = (struct glow_diag){ .code = GLOW_OK };
	return glow_play_read(payload, strlen(payload), NOW, 77, &scene, &diag);
}

/* ---- scene/play ---- */

static const struct {
	const char *payload;
	enum glow_code code;
	const char *where;
} play_rows[] = {
	{ "{\"effect\":\"rainbow\"}", GLOW_OK, "" },
	{ "rainbow", GLOW_OK, "" },
	{ "{\"color\":\"red\"}", GLOW_OK, "" },
	{ "{\"effect\":\"rainbow\",\"nobody_knows\":1}", GLOW_OK, "" },
	{ "", GLOW_OUT_OF_RANGE, "effect" },
	{ "{}", GLOW_OUT_OF_RANGE, "effect" },
	{ "{\"brightness\":5}", GLOW_OUT_OF_RANGE, "effect" },
	{ "[]", GLOW_BAD_TYPE, "" },
	{ "{", GLOW_BAD_JSON, "" },
	{ "{\"effect\":\"rainbow\",\"effect\":\"fire\"}", GLOW_DUPLICATE_KEY, "effect" },
	{ "\xff", GLOW_BAD_ENCODING, "" },
	{ "auto", GLOW_OUT_OF_RANGE, "effect" },
	{ "{\"effect\":\"auto\"}", GLOW_OUT_OF_RANGE, "effect" },
	{ "{\"effect\":\"nosuch\"}", GLOW_UNKNOWN_EFFECT, "effect" },
	{ "{\"effect\":null}", GLOW_OUT_OF_RANGE, "effect" },
	{ "{\"effect\":null,\"color\":\"red\",\"id\":null,\"span\":null,\"take\":null,\"seed\":null}", GLOW_OK, "" },
	{ "{\"fx\":3}", GLOW_UNKNOWN_FIELD, "fx" },
	{ "{\"colour\":\"red\",\"dur\":3}", GLOW_UNKNOWN_FIELD, "colour" },
	{ "{\"effect\":\"none\"}", GLOW_OK, "" },
	{ "{\"color_temp\":370,\"brightness_pct\":50}", GLOW_OK, "" },
	{ "{\"color\":\"red\",\"brightness_step\":5}", GLOW_CONFLICT, "brightness_step" },
	{ "{\"playlist\":[{\"fx\":3}]}", GLOW_UNKNOWN_FIELD, "playlist.0.fx" },
	{ "{\"effect\":\"fire\",\"target\":{\"node\":[\"pi1\"]}}", GLOW_OUT_OF_RANGE, "target" },
	{ "nosuch", GLOW_UNKNOWN_EFFECT, "effect" },
	{ "off", GLOW_CONFLICT, "state" },
	{ "rainbow on", GLOW_CONFLICT, "state" },
	{ "{\"color\":\"reddish\"}", GLOW_UNKNOWN_COLOR, "color" },
	{ "{\"effect\":\"rainbow\",\"brightness\":256}", GLOW_OUT_OF_RANGE, "brightness" },
	{ "{\"effect\":\"rainbow\",\"params\":{\"nosuch\":1}}", GLOW_UNKNOWN_PARAM, "params.nosuch" },
	{ "{\"effect\":\"breathe\",\"params\":{\"period_ms\":5}}", GLOW_OUT_OF_RANGE, "params.period_ms" },
	{ "{\"params\":{\"period_ms\":500}}", GLOW_UNKNOWN_PARAM, "params.period_ms" },
	{ "{\"color\":\"red\",\"params\":{\"period_ms\":500}}", GLOW_UNKNOWN_PARAM, "params.period_ms" },

	{ "{\"effect\":\"rainbow\",\"state\":\"ON\"}", GLOW_CONFLICT, "state" },
	{ "{\"effect\":\"rainbow\",\"transition\":1}", GLOW_CONFLICT, "transition" },
	{ "{\"effect\":\"rainbow\",\"flash\":1}", GLOW_CONFLICT, "flash" },
	{ "{\"pixels\":[\"red\"]}", GLOW_CONFLICT, "pixels" },
	{ "{\"leds\":{\"all\":1}}", GLOW_CONFLICT, "leds" },
	{ "{\"effect\":\"rainbow\",\"at_us\":1}", GLOW_CONFLICT, "at_us" },
	{ "{\"effect\":\"rainbow\",\"ttl_s\":1}", GLOW_CONFLICT, "ttl_s" },
	{ "{\"effect\":\"rainbow\",\"priority\":1}", GLOW_CONFLICT, "priority" },
	{ "{\"id\":\"x\",\"clear\":true}", GLOW_CONFLICT, "clear" },

	{ "{\"effect\":\"fire\",\"id\":\"" SIXTY_FOUR "\"}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"id\":\"" SIXTY_FOUR "4\"}", GLOW_OUT_OF_RANGE, "id" },
	{ "{\"effect\":\"fire\",\"id\":\"\"}", GLOW_OUT_OF_RANGE, "id" },
	{ "{\"effect\":\"fire\",\"id\":7}", GLOW_BAD_TYPE, "id" },
	{ "{\"effect\":\"fire\",\"duration_s\":0.1}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"duration_s\":31536000}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"duration_s\":0.09}", GLOW_OUT_OF_RANGE, "duration_s" },
	{ "{\"effect\":\"fire\",\"duration_s\":31536001}", GLOW_OUT_OF_RANGE, "duration_s" },
	{ "{\"effect\":\"fire\",\"duration_s\":\"9\"}", GLOW_BAD_TYPE, "duration_s" },
	{ "{\"effect\":\"fire\",\"duration_s\":1,\"start_us\":" TWO_53 "}", GLOW_OUT_OF_RANGE, "duration_s" },
	{ "{\"effect\":\"fire\",\"fade_ms\":60000}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"fade_ms\":60001}", GLOW_OUT_OF_RANGE, "fade_ms" },
	{ "{\"effect\":\"fire\",\"fade_ms\":-1}", GLOW_OUT_OF_RANGE, "fade_ms" },
	{ "{\"effect\":\"fire\",\"fade_ms\":0.5}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"start_us\":" TWO_53 "}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"start_us\":-" TWO_53 "}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"start_us\":" BEYOND_TWO_53 "}", GLOW_OUT_OF_RANGE, "start_us" },
	{ "{\"effect\":\"fire\",\"start_us\":1.5}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"seed\":4294967295}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"seed\":4294967296}", GLOW_OUT_OF_RANGE, "seed" },
	{ "{\"effect\":\"fire\",\"span\":\"node\"}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"span\":\"nodes\"}", GLOW_OUT_OF_RANGE, "span" },
	{ "{\"effect\":\"fire\",\"span\":1}", GLOW_BAD_TYPE, "span" },
	{ "{\"effect\":\"fire\",\"take\":false}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"take\":0}", GLOW_BAD_TYPE, "take" },
	{ "{\"effect\":\"fire\",\"loop\":\"yes\"}", GLOW_BAD_TYPE, "loop" },
	{ "{\"effect\":\"fire\",\"absent\":true}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"absent\":\"yes\"}", GLOW_BAD_TYPE, "absent" },
	{ "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":9,\"absent\":true}]}", GLOW_CONFLICT,
	  "playlist.0.absent" },

	{ "{\"effect\":\"fire\",\"target\":{\"nodes\":[\"pi1\",\"pi2\"]}}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"target\":{\"groups\":[\"shelf\"]}}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"target\":null}", GLOW_OK, "" },
	{ "{\"effect\":\"fire\",\"target\":\"all\"}", GLOW_BAD_TYPE, "target" },
	{ "{\"effect\":\"fire\",\"target\":{}}", GLOW_OUT_OF_RANGE, "target" },
	{ "{\"effect\":\"fire\",\"target\":{\"nodes\":[\"a\"],\"groups\":[\"b\"]}}", GLOW_CONFLICT, "target" },
	{ "{\"effect\":\"fire\",\"target\":{\"nodes\":[]}}", GLOW_OUT_OF_RANGE, "target.nodes" },
	{ "{\"effect\":\"fire\",\"target\":{\"groups\":\"shelf\"}}", GLOW_BAD_TYPE, "target.groups" },
	{ "{\"effect\":\"fire\",\"target\":{\"nodes\":[\"pi1\",\"Pi2\"]}}", GLOW_OUT_OF_RANGE, "target.nodes.1" },
	{ "{\"effect\":\"fire\",\"target\":{\"nodes\":[\"pi1\",2]}}", GLOW_BAD_TYPE, "target.nodes.1" },

	{ "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":9}]}", GLOW_OK, "" },
	{ "{\"playlist\":[{\"color\":\"red\",\"duration_s\":9},{\"effect\":\"fire\",\"duration_s\":1}],\"loop\":true,"
	  "\"duration_s\":60}",
	  GLOW_OK, "" },
	{ "{\"playlist\":[]}", GLOW_OUT_OF_RANGE, "playlist" },
	{ "{\"playlist\":{}}", GLOW_BAD_TYPE, "playlist" },
	{ "{\"playlist\":[7]}", GLOW_BAD_TYPE, "playlist.0" },
	{ "{\"playlist\":[{\"effect\":\"fire\"}]}", GLOW_BAD_TYPE, "playlist.0.duration_s" },
	{ "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":0}]}", GLOW_OUT_OF_RANGE, "playlist.0.duration_s" },
	{ "{\"playlist\":[{\"duration_s\":1}]}", GLOW_OUT_OF_RANGE, "playlist.0.effect" },
	{ "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":1},{\"effect\":\"auto\",\"duration_s\":1}]}",
	  GLOW_OUT_OF_RANGE, "playlist.1.effect" },
	{ "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":1},{\"effect\":\"fire\",\"duration_s\":1},"
	  "{\"effect\":\"breathe\",\"duration_s\":1,\"params\":{\"period_ms\":5}}]}",
	  GLOW_OUT_OF_RANGE, "playlist.2.params.period_ms" },
	{ "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":1,\"state\":\"ON\"}]}", GLOW_CONFLICT,
	  "playlist.0.state" },
	{ "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":1,\"target\":{}}]}", GLOW_CONFLICT, "playlist.0.target" },
	{ "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":1,\"target\":null}]}", GLOW_OK, "" },
	{ "{\"playlist\":[{\"playlist\":[],\"duration_s\":1}]}", GLOW_CONFLICT, "playlist.0.playlist" },
	{ "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":1}],\"effect\":\"fire\"}", GLOW_CONFLICT, "effect" },
	{ "{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":1}],\"brightness\":9}", GLOW_CONFLICT, "brightness" },
};

static void test_play_rows(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(play_rows) / sizeof(play_rows[0]); k++) {
		enum glow_code code = play(play_rows[k].payload);

		if (code != play_rows[k].code || strcmp(diag.where, play_rows[k].where) != 0)
			fail_msg("%s: %s at \"%s\": %s", play_rows[k].payload, glow_code_name(code), diag.where,
				 diag.what);
		assert_int_equal(code, diag.code);
		if (code == GLOW_OK)
			glow_scene_fini(&scene);
		else
			assert_true(diag.what[0] != '\0' && !scene.entries && !scene.target.ids);
	}
}

static void test_defaults(void **state)
{
	(void)state;
	assert_int_equal(play("{\"effect\":\"breathe\"}"), GLOW_OK);
	assert_string_equal(scene.id, "main");
	assert_int_equal(scene.target.kind, GLOW_TARGET_ALL);
	assert_true(scene.cluster && scene.take && !scene.playlist && !scene.loop);
	assert_true(scene.start_us == NOW && scene.end_us == GLOW_NEVER && scene.fade_us == 0);
	assert_int_equal(scene.seed, 77);
	assert_int_equal(scene.n_entries, 1);
	assert_ptr_equal(scene.entries[0].effect, effect("breathe"));
	assert_int_equal(scene.entries[0].brightness, 255);
	assert_true(glow_rgb_equal(scene.entries[0].color, GLOW_WHITE));
	assert_int_equal(scene.entries[0].params.v[glow_param_find(effect("breathe"), "period_ms")],
			 effect("breathe")->params[glow_param_find(effect("breathe"), "period_ms")].def);
	assert_int_equal(scene.entries[0].duration_us, 0);
	glow_scene_fini(&scene);
}

static void test_values(void **state)
{
	(void)state;
	assert_int_equal(
		play("{\"effect\":\"breathe\",\"params\":{\"period_ms\":3000},\"color\":\"#010203\",\"brightness\":9,"
		     "\"target\":{\"groups\":[\"shelf\",\"kitchen\"]},\"span\":\"node\",\"start_us\":1700000005000000,"
		     "\"duration_s\":2.5,\"fade_ms\":250,\"seed\":4000000000,\"id\":\"a b\",\"take\":false}"),
		GLOW_OK);
	assert_string_equal(scene.id, "a b");
	assert_int_equal(scene.target.kind, GLOW_TARGET_GROUPS);
	assert_int_equal(scene.target.n, 2);
	assert_string_equal(scene.target.ids[1], "kitchen");
	assert_false(scene.cluster || scene.take);
	assert_true(scene.start_us == NOW + 5 * SECOND && scene.end_us == NOW + 7 * SECOND + SECOND / 2);
	assert_int_equal(scene.fade_us, 250000);
	assert_true(scene.seed == 4000000000);
	assert_int_equal(scene.entries[0].params.v[glow_param_find(effect("breathe"), "period_ms")], 3000);
	assert_true(glow_rgb_equal(scene.entries[0].color, (struct glow_rgb){ 1, 2, 3 }));
	assert_int_equal(scene.entries[0].brightness, 9);
	glow_scene_fini(&scene);
}

static void test_words(void **state)
{
	(void)state;
	assert_int_equal(play("auto"), GLOW_OUT_OF_RANGE);
	assert_string_equal(diag.what, "a scene cannot be auto");
	assert_int_equal(play("40%"), GLOW_OUT_OF_RANGE);
	assert_string_equal(diag.what, "a scene needs an effect, a color or a playlist");
	assert_int_equal(play("red 40%"), GLOW_OK);
	assert_ptr_equal(scene.entries[0].effect, effect("solid"));
	assert_true(glow_rgb_equal(scene.entries[0].color, (struct glow_rgb){ 255, 0, 0 }));
	assert_int_equal(scene.entries[0].brightness, 102);
	glow_scene_fini(&scene);
	assert_int_equal(play("cpu"), GLOW_OK);
	assert_ptr_equal(scene.entries[0].effect, effect("gauge"));
	glow_scene_fini(&scene);
}

static void test_playlist(void **state)
{
	(void)state;
	assert_int_equal(
		play("{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":9.5},{\"color\":\"red\",\"brightness\":7,"
		     "\"duration_s\":0.1}],\"loop\":true,\"fade_ms\":1000}"),
		GLOW_OK);
	assert_true(scene.playlist && scene.loop && scene.n_entries == 2);
	assert_int_equal(scene.entries[0].duration_us, 9500000);
	assert_ptr_equal(scene.entries[1].effect, effect("solid"));
	assert_int_equal(scene.entries[1].brightness, 7);
	assert_int_equal(scene.entries[1].duration_us, 100000);
	assert_true(scene.end_us == GLOW_NEVER);
	glow_scene_fini(&scene);
	assert_int_equal(play("{\"playlist\":[{\"effect\":\"fire\",\"duration_s\":5}]}"), GLOW_OK);
	assert_true(scene.playlist && !scene.loop && glow_scene_end(&scene) == NOW + 5 * SECOND);
	glow_scene_fini(&scene);
	/* `loop` is a playlist's. */
	assert_int_equal(play("{\"effect\":\"fire\",\"loop\":true}"), GLOW_OK);
	assert_false(scene.loop || scene.playlist);
	glow_scene_fini(&scene);
}

static void test_sizes(void **state)
{
	static char text[GLOW_COMMAND_MAX + 2];

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, "fire", 4);
	assert_int_equal(glow_play_read(text, GLOW_COMMAND_MAX, NOW, 0, &scene, &diag), GLOW_OK);
	glow_scene_fini(&scene);
	assert_int_equal(glow_play_read(text, GLOW_COMMAND_MAX + 1, NOW, 0, &scene, &diag), GLOW_TOO_LARGE);
	for (int n = GLOW_PLAYLIST_MAX; n <= GLOW_PLAYLIST_MAX + 1; n++) {
		size_t at = (size_t)sprintf(text, "{\"playlist\":[");

		for (int k = 0; k < n; k++)
			at += (size_t)sprintf(text + at, "%s{\"color\":\"red\",\"duration_s\":1}", k ? "," : "");
		sprintf(text + at, "]}");
		assert_int_equal(play(text), n <= GLOW_PLAYLIST_MAX ? GLOW_OK : GLOW_OUT_OF_RANGE);
		if (n <= GLOW_PLAYLIST_MAX)
			glow_scene_fini(&scene);
	}
	assert_string_equal(diag.what, "must have 1..128 entries, got 129");
	for (int n = GLOW_TARGETS_MAX; n <= GLOW_TARGETS_MAX + 1; n++) {
		size_t at = (size_t)sprintf(text, "{\"effect\":\"fire\",\"target\":{\"nodes\":[");

		for (int k = 0; k < n; k++)
			at += (size_t)sprintf(text + at, "%s\"n%d\"", k ? "," : "", k);
		sprintf(text + at, "]}}");
		assert_int_equal(play(text), n <= GLOW_TARGETS_MAX ? GLOW_OK : GLOW_OUT_OF_RANGE);
		if (n <= GLOW_TARGETS_MAX)
			glow_scene_fini(&scene);
	}
}

/* ---- scene/stop and dim/set ---- */

/* What is ignored is named, by its path; a scene that is kept is read without a word. */
static void test_ignored(void **state)
{
	static const char payload[] =
		"{\"colour\":1,\"target\":{\"nodes\":[\"pi1\"],\"node\":2},\"fx\":null,\"playlist\":["
		"{\"effect\":\"fire\",\"duration_s\":1},"
		"{\"color\":{\"r\":1,\"g\":2,\"b\":3,\"w\":4},\"color_temp\":300,\"sx\":9,\"duration_s\":1}]}";
	static const char *const want[] = { "colour", "playlist.1.sx", "playlist.1.color.w", "playlist.1.color_temp",
					    "target.node" };
	const char *path = NULL;
	struct glow_stop stop;

	(void)state;
	assert_int_equal(glow_play_read(payload, strlen(payload), NOW, 0, &scene, &diag), GLOW_OK);
	for (size_t k = 0; k < sizeof(want) / sizeof(want[0]); k++) {
		path = glow_diag_ignored(&diag, path);
		assert_non_null(path);
		assert_string_equal(path, want[k]);
	}
	assert_null(glow_diag_ignored(&diag, path));
	glow_scene_fini(&scene);
	assert_int_equal(glow_stop_read("{\"id\":\"a\",\"x\":1}", 16, &stop, &diag), GLOW_OK);
	assert_string_equal(diag.ignored, "x");
	assert_int_equal(glow_stop_read("{\"id\":\"a\"}", 10, &stop, &diag), GLOW_OK); /* control */
	assert_null(glow_diag_ignored(&diag, NULL));
}

static void test_stop(void **state)
{
	static const struct {
		const char *payload;
		enum glow_code code;
		bool all;
		const char *id;
		int64_t fade_us;
	} rows[] = {
		{ "", GLOW_OK, true, "", 0 },
		{ "{}", GLOW_OK, true, "", 0 },
		{ " \n", GLOW_OK, true, "", 0 },
		{ "\xef\xbb\xbf{\"id\":\"main\"}", GLOW_OK, false, "main", 0 },
		{ "{\"fade_ms\":500}", GLOW_OK, true, "", 500000 },
		{ "{\"id\":\"main\"}", GLOW_OK, false, "main", 0 },
		{ "{\"id\":\"main\",\"fade_ms\":60000,\"x\":1}", GLOW_OK, false, "main", 60000000 },
		{ "{\"id\":\"\"}", GLOW_OUT_OF_RANGE, false, "id", 0 },
		{ "{\"id\":null,\"fade_ms\":null}", GLOW_OK, true, "", 0 },
		{ "{\"id\":7}", GLOW_BAD_TYPE, false, "id", 0 },
		{ "{\"scene\":\"main\"}", GLOW_UNKNOWN_FIELD, false, "scene", 0 },
		{ "{\"fade_ms\":60001}", GLOW_OUT_OF_RANGE, false, "fade_ms", 0 },
		{ "[]", GLOW_BAD_TYPE, false, "", 0 },
		{ "main", GLOW_BAD_JSON, false, "", 0 },
	};
	static char large[GLOW_COMMAND_MAX + 1];
	struct glow_stop stop;

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		enum glow_code code = glow_stop_read(rows[k].payload, strlen(rows[k].payload), &stop, &diag);
		bool right = code == rows[k].code;

		if (code == GLOW_OK)
			right = right && stop.all == rows[k].all && strcmp(stop.id, rows[k].id) == 0 &&
				stop.fade_us == rows[k].fade_us;
		else
			right = right && strcmp(diag.where, rows[k].id) == 0;
		if (!right)
			fail_msg("%s: %s", rows[k].payload, glow_code_name(code));
	}
	memset(large, ' ', sizeof(large));
	assert_int_equal(glow_stop_read(large, sizeof(large), &stop, &diag), GLOW_TOO_LARGE);
}

static enum glow_code read_dim(const char *payload, struct glow_dim *ret_dim)
{
	return glow_dim_read(payload, strlen(payload), ret_dim, &diag);
}

static void test_dim(void **state)
{
	static const struct {
		const char *payload;
		enum glow_code code;
		const char *where;
		uint8_t brightness;
		int64_t until_us;
	} rows[] = {
		{ "{\"brightness\":128,\"until_us\":null}", GLOW_OK, "", 128, GLOW_NEVER },
		{ "{\"brightness\":0}", GLOW_OK, "", 0, GLOW_NEVER },
		{ "{\"brightness\":255,\"until_us\":1700000000000000}", GLOW_OK, "", 255, NOW },
		{ "40%", GLOW_OK, "", 102, GLOW_NEVER },
		{ "\r\n\t {\"brightness\":128}", GLOW_OK, "", 128, GLOW_NEVER },
		{ "\"brightness\":128}", GLOW_BAD_JSON, "", 0, 0 },
		{ "off", GLOW_OK, "", 0, GLOW_NEVER },
		{ "on", GLOW_OK, "", 255, GLOW_NEVER },
		{ "on 40%", GLOW_OK, "", 102, GLOW_NEVER },
		{ "{\"state\":\"OFF\",\"brightness\":7}", GLOW_OK, "", 0, GLOW_NEVER },
		{ "", GLOW_BAD_TYPE, "brightness", 0, 0 },
		{ "{}", GLOW_BAD_TYPE, "brightness", 0, 0 },
		{ "{\"brightness\":256}", GLOW_OUT_OF_RANGE, "brightness", 0, 0 },
		{ "{\"brightness\":-1}", GLOW_OUT_OF_RANGE, "brightness", 0, 0 },
		{ "{\"brightness\":null}", GLOW_BAD_TYPE, "brightness", 0, 0 }, /* as if it were not there */
		{ "{\"brightness\":1,\"until_us\":\"x\"}", GLOW_BAD_TYPE, "until_us", 0, 0 },
		{ "{\"brightness\":1,\"until_us\":" BEYOND_TWO_53 "}", GLOW_OUT_OF_RANGE, "until_us", 0, 0 },
		{ "{\"state\":\"on\"}", GLOW_OK, "", 255, GLOW_NEVER },
		{ "{\"state\":\"Off\",\"brightness\":null}", GLOW_OK, "", 0, GLOW_NEVER },
		{ "{\"state\":\"x\"}", GLOW_OUT_OF_RANGE, "state", 0, 0 },
		{ "toggle", GLOW_OUT_OF_RANGE, "state", 0, 0 },
		{ "{\"brightness\":82.5}", GLOW_OK, "", 83, GLOW_NEVER },
		{ "{\"brightness_pct\":50}", GLOW_OK, "", 128, GLOW_NEVER },
		{ "{\"brightness_pct\":101}", GLOW_OUT_OF_RANGE, "brightness_pct", 0, 0 },
		{ "{\"brightness_step\":1}", GLOW_CONFLICT, "brightness_step", 0, 0 },
		{ "{\"bri\":1}", GLOW_UNKNOWN_FIELD, "bri", 0, 0 },
		{ "red 40%", GLOW_CONFLICT, "color", 0, 0 },
		{ "rainbow", GLOW_CONFLICT, "effect", 0, 0 },
		{ "101%", GLOW_OUT_OF_RANGE, "brightness", 0, 0 },
		{ "[]", GLOW_BAD_TYPE, "", 0, 0 },
	};
	struct glow_dim dim;
	char *text;

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		enum glow_code code = glow_dim_read(rows[k].payload, strlen(rows[k].payload), &dim, &diag);
		bool right = code == rows[k].code;

		if (code == GLOW_OK)
			right = right && dim.brightness == rows[k].brightness && dim.until_us == rows[k].until_us;
		else
			right = right && strcmp(diag.where, rows[k].where) == 0;
		if (!right)
			fail_msg("%s: %s at \"%s\"", rows[k].payload, glow_code_name(code), diag.where);
	}
	assert_int_equal(read_dim("{\"brightness\":10,\"brightness_pct\":90}", &dim), GLOW_OK);
	assert_true(dim.brightness == 10 && strcmp(diag.ignored, "brightness_pct") == 0);
	assert_int_equal(read_dim("{\"state\":\"OFF\",\"brightness\":200}", &dim), GLOW_OK);
	assert_true(dim.brightness == 0 && strcmp(diag.ignored, "brightness") == 0);
	assert_int_equal(read_dim("{\"state\":\"ON\",\"brightness\":200}", &dim), GLOW_OK);
	assert_string_equal(diag.ignored, "");
	assert_int_equal(read_dim("{\"state\":5}", &dim), GLOW_BAD_TYPE);
	text = glow_json_finish(glow_dim_write(&(struct glow_dim){ 40, GLOW_NEVER }));
	assert_string_equal(text, "{\"brightness\":40,\"until_us\":null}");
	free(text);
	text = glow_json_finish(glow_dim_write(&(struct glow_dim){ 0, NOW }));
	assert_string_equal(text, "{\"brightness\":0,\"until_us\":1700000000000000}");
	assert_int_equal(glow_dim_read(text, strlen(text), &dim, &diag), GLOW_OK);
	assert_true(dim.brightness == 0 && dim.until_us == NOW);
	free(text);
}

/* ---- scene/current ---- */

static enum glow_code read_current(const char *text)
{
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);
	enum glow_code code = tree ? glow_scenes_read(tree, &back, &diag) : diag.code;

	cJSON_Delete(tree);
	return code;
}

#define HEAD "{\"clock_id\":\"0123456789abcdef\",\"term\":3,\"rev\":17,\"scenes\":["

/* As the protocol words it. */
static void test_current_text(void **state)
{
	static char names[1][GLOW_NAME_SIZE] = { "pi1" };
	struct glow_scene_entry one = { .color = { 255, 128, 0 }, .brightness = 200 };
	struct glow_scene_entry two[2];
	struct glow_scene list[2];
	char *text;

	(void)state;
	one.effect = effect("breathe");
	glow_params_default(one.effect, &one.params);
	two[0] = two[1] =
		(struct glow_scene_entry){ .effect = effect("solid"), .color = GLOW_WHITE, .brightness = 255 };
	two[0].duration_us = 1500000;
	two[1].duration_us = 100000;
	list[0] = (struct glow_scene){ .id = "main",
				       .cluster = true,
				       .take = true,
				       .start_us = NOW,
				       .end_us = GLOW_NEVER,
				       .fade_us = 250000,
				       .seed = 4000000000,
				       .n_entries = 1,
				       .entries = &one };
	list[1] = (struct glow_scene){ .id = "list",
				       .target = { GLOW_TARGET_NODES, 1, names },
				       .playlist = true,
				       .loop = true,
				       .start_us = -1,
				       .end_us = NOW,
				       .n_entries = 2,
				       .entries = two };
	scenes = (struct glow_scenes){ { UINT64_C(0x0123456789abcdef), 3, 17 }, 2, list };
	text = glow_json_finish(glow_scenes_write(&scenes));
	assert_string_equal(
		text, HEAD
		"{\"id\":\"main\",\"effect\":\"breathe\",\"params\":{\"color\":null,\"period_ms\":4000,\"floor\":5},"
		"\"color\":\"#ff8000\",\"brightness\":200,\"target\":null,\"span\":\"cluster\","
		"\"start_us\":1700000000000000,\"end_us\":null,\"fade_ms\":250,\"seed\":4000000000,\"take\":true},"
		"{\"id\":\"list\",\"playlist\":[{\"effect\":\"solid\",\"params\":{},\"color\":\"#ffffff\","
		"\"brightness\":255,\"duration_us\":1500000},{\"effect\":\"solid\",\"params\":{},"
		"\"color\":\"#ffffff\",\"brightness\":255,\"duration_us\":100000}],\"loop\":true,"
		"\"target\":{\"nodes\":[\"pi1\"]},\"span\":\"node\",\"start_us\":-1,"
		"\"end_us\":1700000000000000,\"fade_ms\":0,\"seed\":0,\"take\":false}]}");
	free(text);
	scenes.n = 0;
	text = glow_json_finish(glow_scenes_write(&scenes));
	assert_string_equal(text, HEAD "]}");
	assert_int_equal(read_current(text), GLOW_OK);
	assert_int_equal(back.n, 0);
	glow_scenes_fini(&back);
	free(text);
}

static void test_from_above(void **state)
{
	static const char *const broken[] = { "\"within\":{\"begin\":-1}", "\"within\":{\"pixels\":16777217}",
					      "\"within\":{\"begin\":\"x\"}" };
	char text[300], *written;

	(void)state;
	assert_int_equal(read_current("{\"clock_id\":\"0123456789abcdef\",\"term\":3,\"rev\":17,"
				      "\"above\":{\"clock_id\":\"0123456789abcdef\",\"term\":1,\"rev\":2},\"scenes\":["
				      "{\"id\":\"a\",\"effect\":\"fire\",\"start_us\":5,"
				      "\"within\":{\"begin\":8,\"pixels\":40,\"reverse\":true}},"
				      "{\"id\":\"b\",\"effect\":\"fire\",\"start_us\":5,\"within\":{}},"
				      "{\"id\":\"c\",\"effect\":\"fire\",\"start_us\":5,\"within\":null}]}"),
			 GLOW_OK);
	assert_true(back.above.term == 1 && back.above.rev == 2);
	assert_true(back.v[0].above && back.v[0].within.begin == 8 && back.v[0].within.total == 40 &&
		    back.v[0].within.reverse);
	assert_true(back.v[1].above && back.v[1].within.total == 0);
	assert_false(back.v[2].above);
	written = glow_json_finish(glow_scenes_write(&back));
	assert_non_null(
		strstr(written, "\"rev\":17,\"above\":{\"clock_id\":\"0123456789abcdef\",\"term\":1,\"rev\":2}"));
	assert_non_null(strstr(written, "\"within\":{\"begin\":8,\"pixels\":40,\"reverse\":true}"));
	free(written);
	glow_scenes_fini(&back);
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++) {
		snprintf(text, sizeof(text), HEAD "{\"id\":\"a\",\"effect\":\"fire\",\"start_us\":5,%s}]}", broken[k]);
		assert_int_not_equal(read_current(text), GLOW_OK);
	}
}

/* A newer program may have effects and parameters that this one lacks. */
/* promise: grows-only */
static void test_lenient(void **state)
{
	(void)state;
	assert_int_equal(read_current(
				 HEAD
				 "{\"id\":\"a\",\"effect\":\"nova\",\"params\":{\"size\":3},\"color\":\"#010203\","
				 "\"brightness\":9,\"start_us\":5},"
				 "{\"id\":\"b\",\"effect\":\"breathe\",\"params\":{\"period_ms\":3000,\"shape\":[1]},"
				 "\"start_us\":5,\"mood\":1}],\"more\":{}}"),
			 GLOW_OK);
	assert_int_equal(back.n, 2);
	assert_null(back.v[0].entries[0].effect);
	assert_int_equal(back.v[0].entries[0].brightness, 9);
	assert_int_equal(back.v[1].entries[0].params.v[glow_param_find(effect("breathe"), "period_ms")], 3000);
	assert_true(back.v[1].end_us == GLOW_NEVER && back.v[1].take && back.v[1].cluster);
	glow_scenes_fini(&back);
	/* What people ask is not passed over. */
	assert_int_equal(play("{\"effect\":\"breathe\",\"params\":{\"shape\":[1]}}"), GLOW_UNKNOWN_PARAM);
	assert_int_equal(play("{\"effect\":\"nova\"}"), GLOW_UNKNOWN_EFFECT);
}

/* promise: broken-is-passed-over */
static void test_broken_current(void **state)
{
	static const struct {
		const char *text, *where;
		enum glow_code code;
	} rows[] = {
		{ "[]", "", GLOW_BAD_TYPE },
		{ "{}", "clock_id", GLOW_BAD_TYPE },
		{ "{\"clock_id\":\"0123456789abcdef\"}", "scenes", GLOW_BAD_TYPE },
		{ "{\"clock_id\":\"0123456789abcdef\",\"term\":-1,\"scenes\":[]}", "term", GLOW_OUT_OF_RANGE },
		{ HEAD "7]}", "scenes.0", GLOW_BAD_TYPE },
		{ HEAD "{\"id\":\"a\",\"effect\":\"fire\"}]}", "scenes.0", GLOW_BAD_TYPE },
		{ HEAD "{\"effect\":\"fire\",\"start_us\":1}]}", "scenes.0.id", GLOW_BAD_TYPE },
		{ HEAD "{\"id\":\"a\",\"start_us\":1}]}", "scenes.0.effect", GLOW_OUT_OF_RANGE },
		{ HEAD
		  "{\"id\":\"a\",\"start_us\":1,\"effect\":\"fire\"},{\"id\":\"b\",\"start_us\":1,\"effect\":\"fire\","
		  "\"params\":7}]}",
		  "scenes.1.params", GLOW_BAD_TYPE },
		{ HEAD "{\"id\":\"a\",\"start_us\":1,\"effect\":\"fire\",\"fade_ms\":60001}]}", "scenes.0.fade_ms",
		  GLOW_OUT_OF_RANGE },
		{ HEAD "{\"id\":\"a\",\"start_us\":1,\"playlist\":[{\"effect\":\"fire\",\"duration_us\":0}]}]}",
		  "scenes.0.playlist.0.duration_us", GLOW_OUT_OF_RANGE },
		{ HEAD "{\"id\":\"a\",\"start_us\":1,\"playlist\":[{\"effect\":\"fire\",\"duration_s\":1}]}]}",
		  "scenes.0.playlist.0.duration_us", GLOW_BAD_TYPE },
		{ HEAD "{\"id\":\"a\",\"start_us\":1,\"effect\":\"fire\",\"target\":{\"nodes\":[\"\"]}}]}",
		  "scenes.0.target.nodes.0", GLOW_OUT_OF_RANGE },
	};
	static char many[GLOW_SCENES_MAX * 64 + 128];
	size_t at = (size_t)sprintf(many, HEAD);

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
		if (read_current(rows[k].text) != rows[k].code || strcmp(diag.where, rows[k].where) != 0)
			fail_msg("%s: %s at \"%s\"", rows[k].text, glow_code_name(diag.code), diag.where);
	for (int k = 0; k <= GLOW_SCENES_MAX; k++)
		at += (size_t)sprintf(many + at, "%s{\"id\":\"%d\",\"color\":\"red\",\"start_us\":1}", k ? "," : "", k);
	sprintf(many + at, "]}");
	assert_int_equal(read_current(many), GLOW_OUT_OF_RANGE);
	memmove(many + strlen(HEAD), strchr(many, '}') + 2, strlen(strchr(many, '}') + 2) + 1); /* one less is good */
	assert_int_equal(read_current(many), GLOW_OK);
	assert_int_equal(back.n, GLOW_SCENES_MAX);
	glow_scenes_fini(&back);
}

/* ---- random ones ---- */

static void any_entry(struct dice *d, struct glow_scene_entry *e)
{
	e->effect = glow_effect_at(dice_roll(d, (uint32_t)glow_effect_count()));
	glow_params_default(e->effect, &e->params);
	for (int k = 0; k < e->effect->n_params; k++) {
		const struct glow_param_desc *row = &e->effect->params[k];

		if (row->type != GLOW_PARAM_TEXT)
			e->params.v[k] = (int32_t)dice_between(d, row->min, row->max);
		else
			snprintf(e->params.text, sizeof(e->params.text), "\"%u\\ ~", dice_roll(d, 1000));
	}
	e->color = glow_rgb_unpack((int32_t)dice_roll(d, 0x1000000));
	e->brightness = (uint8_t)dice_roll(d, 256);
}

static void any_scene(struct dice *d, struct glow_scene *s)
{
	*s = (struct glow_scene){
		.target.kind = (enum glow_target_kind)dice_roll(d, 3),
		.cluster = dice_roll(d, 2),
		.take = dice_roll(d, 2),
		.playlist = dice_roll(d, 2),
		.start_us = dice_between(d, -GLOW_JSON_INT_MAX, GLOW_JSON_INT_MAX),
		.fade_us = dice_between(d, 0, 60000) * 1000,
		.seed = (uint32_t)dice_next(d),
	};
	snprintf(s->id, sizeof(s->id), "s\xc3\xa4\"%u", dice_roll(d, 1000000));
	s->loop = s->playlist && dice_roll(d, 2);
	s->end_us = dice_roll(d, 2) ? GLOW_NEVER : dice_between(d, -GLOW_JSON_INT_MAX, GLOW_JSON_INT_MAX);
	s->n_entries = s->playlist ? 1 + dice_roll(d, 5) : 1;
	s->entries = calloc(s->n_entries, sizeof(s->entries[0]));
	for (uint32_t k = 0; k < s->n_entries; k++) {
		any_entry(d, &s->entries[k]);
		s->entries[k].duration_us = s->playlist ? dice_between(d, 1, 31536000 * SECOND) : 0;
	}
	s->target.n = s->target.kind == GLOW_TARGET_ALL ? 0 : 1 + dice_roll(d, 4);
	s->target.ids = calloc(4, sizeof(s->target.ids[0]));
	for (uint32_t k = 0; k < s->target.n; k++)
		snprintf(s->target.ids[k], sizeof(s->target.ids[k]), "pi-%u", dice_roll(d, 100));
}

static bool same_entry(const struct glow_scene_entry *a, const struct glow_scene_entry *b)
{
	return a->effect == b->effect && memcmp(&a->params, &b->params, sizeof(a->params)) == 0 &&
	       glow_rgb_equal(a->color, b->color) && a->brightness == b->brightness && a->duration_us == b->duration_us;
}

static bool same_scene(const struct glow_scene *a, const struct glow_scene *b)
{
	bool same = strcmp(a->id, b->id) == 0 && a->target.kind == b->target.kind && a->target.n == b->target.n &&
		    a->cluster == b->cluster && a->take == b->take && a->playlist == b->playlist &&
		    a->loop == b->loop && a->start_us == b->start_us && a->end_us == b->end_us &&
		    a->fade_us == b->fade_us && a->seed == b->seed && a->n_entries == b->n_entries;

	for (uint32_t k = 0; same && k < a->target.n; k++)
		same = strcmp(a->target.ids[k], b->target.ids[k]) == 0;
	for (uint32_t k = 0; same && k < a->n_entries; k++)
		same = same_entry(&a->entries[k], &b->entries[k]);
	return same;
}

/* One thing of a scene becomes another. */
static void spoil(struct dice *d, struct glow_scene *s)
{
	struct glow_scene_entry *e = &s->entries[dice_roll(d, s->n_entries)];

	switch (dice_roll(d, 9)) {
	case 0:
		s->id[0]++;
		break;
	case 1:
		s->cluster = !s->cluster;
		break;
	case 2:
		s->take = !s->take;
		break;
	case 3:
		s->start_us ^= 1;
		break;
	case 4:
		s->fade_us += 1000;
		break;
	case 5:
		s->seed ^= 0x80000000;
		break;
	case 6:
		e->brightness ^= 1;
		break;
	case 7:
		e->color.g ^= 1;
		break;
	default:
		e->effect = e->effect == glow_effect_at(0) ? glow_effect_at(1) : glow_effect_at(0);
		break;
	}
}

static void test_there_and_back(void **state)
{
	struct dice d;

	(void)state;
	dice_init(&d);
	for (int round = 0; round < 1000; round++) {
		char *text;

		scenes = (struct glow_scenes){ .edition = { dice_next(&d), (uint32_t)dice_next(&d) } };
		scenes.edition.rev = (uint64_t)dice_between(&d, 0, GLOW_JSON_INT_MAX);
		scenes.n = dice_roll(&d, 4);
		scenes.v = calloc(4, sizeof(scenes.v[0]));
		for (uint32_t k = 0; k < scenes.n; k++)
			any_scene(&d, &scenes.v[k]);
		text = glow_json_finish(glow_scenes_write(&scenes));
		if (read_current(text) != GLOW_OK)
			fail_msg("%s: %s: %s", text, diag.where, diag.what);
		free(text);
		assert_true(back.edition.clock_id == scenes.edition.clock_id &&
			    back.edition.term == scenes.edition.term && back.edition.rev == scenes.edition.rev);
		assert_int_equal(back.n, scenes.n);
		for (uint32_t k = 0; k < scenes.n; k++) {
			assert_true(same_scene(&scenes.v[k], &back.v[k]));
			spoil(&d, &back.v[k]);
			assert_false(same_scene(&scenes.v[k], &back.v[k]));
		}
		glow_scenes_fini(&back);
		glow_scenes_fini(&scenes);
	}
}

/* A text that ends anywhere is refused, and nothing of it is left behind (the leak checker looks). */
static void test_cut(void **state)
{
	struct dice d;
	char *text;
	size_t len;

	(void)state;
	dice_init(&d);
	scenes = (struct glow_scenes){ .n = 2, .v = calloc(2, sizeof(scenes.v[0])) };
	any_scene(&d, &scenes.v[0]);
	any_scene(&d, &scenes.v[1]);
	text = glow_json_finish(glow_scenes_write(&scenes));
	len = strlen(text);
	assert_int_equal(read_current(text), GLOW_OK);
	glow_scenes_fini(&back);
	for (size_t n = 0; n < len; n++) {
		cJSON *tree = glow_json_parse(text, n, &diag);

		assert_null(tree);
	}
	free(text);
	glow_scenes_fini(&scenes);
}

/* ---- roster ---- */

static enum glow_code read_roster(const char *text)
{
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);
	enum glow_code code = tree ? glow_roster_read(tree, &roster, &diag) : diag.code;

	cJSON_Delete(tree);
	return code;
}

#define ROSTER_TEXT                                                                                                  \
	"{\"rev\":5,\"effective_us\":1700000000000000,\"pixels\":29,\"nodes\":[{\"id\":\"pi1\",\"groups\":[],"       \
	"\"pixels\":8,\"offset\":0,\"reverse\":false,\"gap\":3},{\"id\":\"pi2\",\"groups\":[\"shelf\",\"kitchen\"]," \
	"\"pixels\":18,\"offset\":11,\"reverse\":true,\"gap\":0}]}"

static void test_roster(void **state)
{
	char *text;

	(void)state;
	assert_int_equal(read_roster(ROSTER_TEXT), GLOW_OK);
	assert_true(roster.edition.rev == 5 && roster.effective_us == NOW && roster.pixels == 29 && roster.n == 2);
	assert_string_equal(roster.nodes[0].id, "pi1");
	assert_int_equal(roster.nodes[0].n_groups, 0);
	assert_int_equal(roster.nodes[0].gap, 3);
	assert_string_equal(roster.nodes[1].groups[1], "kitchen");
	assert_int_equal(roster.nodes[1].offset, 11);
	assert_true(roster.nodes[1].reverse && !roster.nodes[0].reverse);
	text = glow_json_finish(glow_roster_write(&roster));
	assert_string_equal(text, ROSTER_TEXT);
	roster.nodes[0].gap++; /* the control */
	free(text);
	text = glow_json_finish(glow_roster_write(&roster));
	assert_string_not_equal(text, ROSTER_TEXT);
	free(text);
	glow_roster_fini(&roster);
	assert_null(roster.nodes);
	assert_int_equal(read_roster("{\"rev\":0,\"effective_us\":0,\"pixels\":0,\"nodes\":[]}"), GLOW_OK);
	glow_roster_fini(&roster);
}

/* Above 500 nodes what reads as nothing is left out. */
static void test_short_roster(void **state)
{
	static const char node[] =
		"{\"id\":\"pi1\",\"groups\":[],\"pixels\":8,\"offset\":0,\"reverse\":false,\"gap\":0}";
	struct glow_roster many = { .n = 501, .nodes = calloc(501, sizeof(*many.nodes)) };
	char *text;

	(void)state;
	assert_non_null(many.nodes);
	for (uint32_t k = 0; k < 501; k++) {
		snprintf(many.nodes[k].id, sizeof(many.nodes[k].id), "pi%u", k + 1);
		many.nodes[k].pixels = 8;
	}
	many.nodes[1].gap = 3;
	many.nodes[2].reverse = true;
	glow_roster_lay(&many);
	text = glow_json_finish(glow_roster_write(&many));
	assert_non_null(strstr(text, "[{\"id\":\"pi1\",\"pixels\":8,\"offset\":0},"));
	assert_non_null(strstr(text, "{\"id\":\"pi2\",\"pixels\":8,\"offset\":8,\"gap\":3},"));
	assert_non_null(strstr(text, "{\"id\":\"pi3\",\"pixels\":8,\"offset\":19,\"reverse\":true},"));
	assert_int_equal(read_roster(text), GLOW_OK);
	assert_true(glow_roster_alike(&roster, &many));
	glow_roster_fini(&roster);
	free(text);
	many.n = 500; /* the control */
	text = glow_json_finish(glow_roster_write(&many));
	assert_non_null(strstr(text, node));
	many.n = 501;
	free(text);
	glow_roster_fini(&many);
}

#define KIND_A "{\"board\":\"a\"}"
#define KIND_B "{\"board\":\"b\",\"limits\":{\"flash\":true}}"

/* Kinds are told once, and a node's is that of the one before unless it says which. */
static void test_kinds(void **state)
{
	static const uint32_t kinds[] = { 1, 1, 2, 0, 0, 1 };
	struct glow_roster many = { .n = 6, .nodes = calloc(6, sizeof(*many.nodes)), .n_kinds = 2 };
	char *text;

	(void)state;
	assert_non_null(many.nodes);
	for (uint32_t k = 0; k < 6; k++)
		many.nodes[k] = (struct glow_roster_node){ .id = "pi", .pixels = 8, .kind = kinds[k] };
	many.kinds[0] = strdup(KIND_A);
	many.kinds[1] = strdup(KIND_B);
	glow_roster_lay(&many);
	text = glow_json_finish(glow_roster_write(&many));
	assert_non_null(strstr(text, "\"kinds\":[" KIND_A "," KIND_B "],\"nodes\":["));
	assert_non_null(strstr(text, "\"offset\":0,\"reverse\":false,\"gap\":0,\"kind\":1},"));
	assert_non_null(strstr(text, "\"offset\":8,\"reverse\":false,\"gap\":0},"));
	assert_non_null(strstr(text, "\"gap\":0,\"kind\":2},"));
	assert_non_null(strstr(text, "\"gap\":0,\"kind\":0},"));
	assert_int_equal(read_roster(text), GLOW_OK);
	free(text);
	assert_true(glow_roster_alike(&roster, &many));
	roster.kinds[1][2] = 'c';
	assert_false(glow_roster_alike(&roster, &many)); /* the control */
	roster.kinds[1][2] = 'b';
	roster.nodes[3].kind = 1;
	assert_false(glow_roster_alike(&roster, &many));
	glow_roster_fini(&roster);
	glow_roster_fini(&many);
}

/* What a reader cannot use it passes over, and the roster is good all the same. */
static void test_odd_kinds(void **state)
{
	static const struct {
		const char *kinds, *kind;
		uint32_t n, of;
	} rows[] = {
		{ "[" KIND_A "," KIND_B "]", "2", 2, 2 },
		{ "[" KIND_A "," KIND_B "]", "3", 2, 0 },
		{ "[" KIND_A "," KIND_B "]", "-1", 2, 0 },
		{ "[" KIND_A "," KIND_B "]", "\"b\"", 2, 0 },
		{ "[" KIND_A ",7," KIND_B "]", "1", 1, 1 },
		{ "[" KIND_A ",7," KIND_B "]", "3", 1, 0 },
		{ "7", "1", 0, 0 },
	};
	char text[2000];

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		snprintf(
			text, sizeof(text),
			"{\"rev\":1,\"effective_us\":0,\"pixels\":8,\"kinds\":%s,\"nodes\":[{\"id\":\"a\",\"pixels\":8,"
			"\"offset\":0,\"kind\":%s}]}",
			rows[k].kinds, rows[k].kind);
		assert_int_equal(read_roster(text), GLOW_OK);
		if (roster.n_kinds != rows[k].n || roster.nodes[0].kind != rows[k].of)
			fail_msg("%s: %u kinds, %u", text, roster.n_kinds, roster.nodes[0].kind);
		glow_roster_fini(&roster);
	}
	memset(text, 'x', sizeof(text));
	snprintf(text, sizeof(text),
		 "{\"rev\":1,\"effective_us\":0,\"pixels\":0,\"nodes\":[],\"kinds\":[{\"a\":\"%*s\"}]}", GLOW_KIND_MAX,
		 "");
	assert_int_equal(read_roster(text), GLOW_OK);
	assert_int_equal(roster.n_kinds, 0); /* nobody fills a conductor's memory with it */
	glow_roster_fini(&roster);
}

#define R      "{\"rev\":1,\"effective_us\":0,\"pixels\":16,\"nodes\":["
#define R_FIT  R "{\"id\":\"a\",\"pixels\":8,\"offset\":0},"
#define R_LONG "{\"rev\":1,\"effective_us\":0,\"pixels\":16777216,\"nodes\":["

static void test_bad_rosters(void **state)
{
	static const struct {
		const char *text, *where;
		enum glow_code code;
	} rows[] = {
		{ R_FIT "{\"id\":\"b\",\"pixels\":8,\"offset\":8}]}", "", GLOW_OK },
		{ R_LONG "{\"id\":\"b\",\"pixels\":4096,\"offset\":16773120}]}", "", GLOW_OK },
		{ "[]", "", GLOW_BAD_TYPE },
		{ "{\"effective_us\":0,\"pixels\":16,\"nodes\":[]}", "rev", GLOW_BAD_TYPE },
		{ "{\"rev\":1,\"pixels\":16,\"nodes\":[]}", "effective_us", GLOW_BAD_TYPE },
		{ "{\"rev\":1,\"effective_us\":0,\"nodes\":[]}", "pixels", GLOW_BAD_TYPE },
		{ "{\"rev\":1,\"effective_us\":0,\"pixels\":16777217,\"nodes\":[]}", "pixels", GLOW_OUT_OF_RANGE },
		{ "{\"rev\":1,\"effective_us\":0,\"pixels\":16,\"nodes\":{}}", "nodes", GLOW_BAD_TYPE },
		{ R "1]}", "nodes.0", GLOW_BAD_TYPE },
		{ R_FIT "{\"id\":\"B\",\"pixels\":8,\"offset\":8}]}", "nodes.1.id", GLOW_OUT_OF_RANGE },
		{ R_FIT "{\"pixels\":8,\"offset\":8}]}", "nodes.1.id", GLOW_BAD_TYPE },
		{ R_FIT "{\"id\":\"b\",\"offset\":8}]}", "nodes.1.pixels", GLOW_BAD_TYPE },
		{ R_FIT "{\"id\":\"b\",\"pixels\":0,\"offset\":8}]}", "nodes.1.pixels", GLOW_OUT_OF_RANGE },
		{ R_FIT "{\"id\":\"b\",\"pixels\":8,\"offset\":9}]}", "nodes.1.offset", GLOW_OUT_OF_RANGE },
		{ R_FIT "{\"id\":\"b\",\"pixels\":8,\"offset\":17}]}", "nodes.1.offset", GLOW_OUT_OF_RANGE },
		{ R_FIT "{\"id\":\"b\",\"pixels\":8,\"offset\":8,\"gap\":-1}]}", "nodes.1.gap", GLOW_OUT_OF_RANGE },
		{ R_FIT "{\"id\":\"b\",\"pixels\":8,\"offset\":8,\"gap\":16777201}]}", "nodes.1.offset",
		  GLOW_OUT_OF_RANGE },
		{ R_FIT "{\"id\":\"b\",\"pixels\":8,\"offset\":8,\"groups\":[\"-\"]}]}", "nodes.1.groups",
		  GLOW_OUT_OF_RANGE },
		{ R_FIT "{\"id\":\"b\",\"pixels\":8,\"offset\":8,\"groups\":\"x\"}]}", "nodes.1.groups",
		  GLOW_BAD_TYPE },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		diag = (struct glow_diag){ .code = GLOW_OK };
		if (read_roster(rows[k].text) != rows[k].code || strcmp(diag.where, rows[k].where) != 0)
			fail_msg("%s: %s at \"%s\": %s", rows[k].text, glow_code_name(diag.code), diag.where,
				 diag.what);
		glow_roster_fini(&roster); /* does no harm after a refusal */
	}
}

/* ---- apply ---- */

static void test_apply(void **state)
{
	static const char command[] =
		"{\"effect\":\"rainbow\",\"params\":{\"period_ms\":900},\"at_us\":1700000000000000}";
	struct glow_apply apply = { true, NOW, 0xbeef, 4000000000, cJSON_Parse(command) }, got;
	char *text = glow_json_finish(glow_apply_write(&apply));
	cJSON *tree;

	(void)state;
	assert_string_equal(
		text, "{\"kind\":\"notify\",\"at_us\":1700000000000000,\"of\":\"0000beef\",\"seed\":4000000000,"
		      "\"cmd\":{\"effect\":\"rainbow\",\"params\":{\"period_ms\":900},\"at_us\":1700000000000000}}");
	tree = glow_json_parse(text, strlen(text), &diag);
	assert_int_equal(glow_apply_read(tree, &got, &diag), GLOW_OK);
	assert_true(got.notify && got.at_us == NOW && got.of == 0xbeef && got.seed == 4000000000);
	assert_true(json_equal(got.command, apply.command));
	assert_false(json_equal(got.command, tree)); /* the control */
	cJSON_Delete(tree);
	free(text);
	cJSON_Delete((cJSON *)apply.command);
}

/* What nobody knows is left out: it might be nested too deep for one level more. */
static void test_apply_deep(void **state)
{
	static const char deep[] = "{\"color\":\"red\",\"x\":[[[[[[[1]]]]]]]}";
	cJSON *command = glow_json_parse(deep, strlen(deep), &diag), *tree;
	struct glow_apply apply = { .command = command };
	char *text;

	(void)state;
	assert_non_null(command);
	text = glow_json_finish(glow_apply_write(&apply));
	tree = glow_json_parse(text, strlen(text), &diag);
	assert_non_null(tree);
	assert_int_equal(glow_apply_read(tree, &apply, &diag), GLOW_OK);
	assert_int_equal(cJSON_GetArraySize(apply.command), 1);
	cJSON_Delete(tree);
	cJSON_Delete(command);
	free(text);
}

static void test_bad_apply(void **state)
{
	static const char good[] = "{\"kind\":\"set\",\"at_us\":1,\"of\":\"00000001\",\"seed\":1,\"cmd\":{}}";
	static const struct {
		const char *name, *value, *where;
		enum glow_code code;
	} rows[] = {
		{ "kind", "\"play\"", "kind", GLOW_OUT_OF_RANGE },   { "kind", "1", "kind", GLOW_OUT_OF_RANGE },
		{ "at_us", "\"1\"", "at_us", GLOW_BAD_TYPE },        { "of", "\"0000000g\"", "of", GLOW_OUT_OF_RANGE },
		{ "of", "\"000000001\"", "of", GLOW_OUT_OF_RANGE },  { "of", "1", "of", GLOW_OUT_OF_RANGE },
		{ "seed", "4294967296", "seed", GLOW_OUT_OF_RANGE }, { "cmd", "[]", "cmd", GLOW_BAD_TYPE },
		{ "seed", "null", "seed", GLOW_BAD_TYPE },
	};
	struct glow_apply got;
	cJSON *tree = cJSON_Parse(good);

	(void)state;
	assert_int_equal(glow_apply_read(tree, &got, &diag), GLOW_OK);
	assert_false(got.notify);
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		cJSON *bad = cJSON_Duplicate(tree, true);

		cJSON_ReplaceItemInObjectCaseSensitive(bad, rows[k].name, cJSON_Parse(rows[k].value));
		if (glow_apply_read(bad, &got, &diag) != rows[k].code || strcmp(diag.where, rows[k].where) != 0)
			fail_msg("%s: %s at \"%s\"", rows[k].name, glow_code_name(diag.code), diag.where);
		cJSON_Delete(bad);
	}
	cJSON_Delete(tree);
	tree = cJSON_Parse("[]");
	assert_int_equal(glow_apply_read(tree, &got, &diag), GLOW_BAD_TYPE);
	cJSON_Delete(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_play_rows),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_playlist),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_ignored),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_dim),
		cmocka_unit_test(test_current_text),
		cmocka_unit_test(test_from_above),
		cmocka_unit_test(test_lenient),
		cmocka_unit_test(test_broken_current),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_roster),
		cmocka_unit_test(test_short_roster),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_odd_kinds),
		cmocka_unit_test(test_bad_rosters),
		cmocka_unit_test(test_apply),
		cmocka_unit_test(test_apply_deep),
		cmocka_unit_test(test_bad_apply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
