/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Presets as they are read and written: what is not their form is refused by its place, and what shows comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/json.h>
#include <glow/preset.h>
#include <glow/state.h>

static struct glow_diag diag;
static struct glow_command scratch;

static enum glow_code form(const char *text)
{
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);
	struct glow_preset preset;
	enum glow_code code = tree ? glow_preset_read(tree, &preset, &diag) : diag.code;

	if (tree && code == GLOW_OK)
		glow_preset_fini(&preset);
	cJSON_Delete(tree);
	return code;
}

static enum glow_code check(const char *text)
{
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);
	struct glow_preset preset;
	enum glow_code code = glow_preset_read(tree, &preset, &diag);

	assert_int_equal(code, GLOW_OK);
	code = glow_preset_check(&preset, &scratch, &diag);
	glow_preset_fini(&preset);
	cJSON_Delete(tree);
	return code;
}

#define SCENE(more) "{\"id\":\"main\",\"effect\":\"rainbow\"," more "}"

static void test_form(void **state)
{
	static const struct {
		const char *text, *where;
		enum glow_code code;
	} rows[] = {
		{ "{\"lights\":{}}", "", GLOW_OK },
		{ "{\"scenes\":[]}", "", GLOW_OK },
		{ "{\"title\":\"G\xc3\xbcte\",\"lights\":{\"pi1\":{\"state\":\"ON\"}},\"scenes\":[" SCENE(
			  "\"start_us\":0") "],\"later\":1}",
		  "", GLOW_OK },
		{ "[]", "", GLOW_BAD_TYPE },
		{ "{}", "", GLOW_BAD_TYPE },
		{ "{\"lights\":[]}", "lights", GLOW_BAD_TYPE },
		{ "{\"lights\":{\"Pi 1\":{}}}", "lights", GLOW_OUT_OF_RANGE },
		{ "{\"lights\":{\"pi1\":1}}", "lights.pi1", GLOW_BAD_TYPE },
		{ "{\"scenes\":{}}", "scenes", GLOW_BAD_TYPE },
		{ "{\"scenes\":[" SCENE("\"seed\":1") "]}", "scenes.0", GLOW_BAD_TYPE },
		{ "{\"scenes\":[" SCENE("\"start_us\":-1") "]}", "scenes.0", GLOW_OUT_OF_RANGE },
		{ "{\"scenes\":[" SCENE("\"start_us\":0,\"end_us\":-1") "]}", "scenes.0", GLOW_OUT_OF_RANGE },
		{ "{\"scenes\":[" SCENE("\"start_us\":9007199254740992") "]}", "scenes.0", GLOW_OUT_OF_RANGE },
		{ "{\"lights\":{},\"title\":1}", "title", GLOW_BAD_TYPE },
		{ "{\"lights\":{},\"title\":\"a\\u0007\"}", "title", GLOW_OUT_OF_RANGE },
		{ "{\"lights\":{},\"title\":\"a\\u0085\"}", "title", GLOW_OUT_OF_RANGE },
		{ "{\"lights\":{},\"title\":\"a\\u202eb\"}", "title", GLOW_OUT_OF_RANGE },
		{ "{\"lights\":{},\"title\":\"a\\u2067b\"}", "title", GLOW_OUT_OF_RANGE },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		assert_int_equal(form(rows[k].text), rows[k].code);
		if (rows[k].code != GLOW_OK)
			assert_string_equal(diag.where, rows[k].where);
	}
}

static void test_too_many_lights(void **state)
{
	char text[32 * GLOW_PRESET_LIGHTS_MAX + 64], *at = text;

	(void)state;
	at += sprintf(at, "{\"lights\":{\"a\":{}");
	for (int k = 1; k < GLOW_PRESET_LIGHTS_MAX; k++)
		at += sprintf(at, ",\"n%d\":{}", k);
	strcpy(at, "}}");
	assert_int_equal(form(text), GLOW_OK);
	strcpy(at, ",\"b\":{}}}");
	assert_int_equal(form(text), GLOW_OUT_OF_RANGE);
}

/* Its form may be good while an effect has gone. */
static void test_check(void **state)
{
	(void)state;
	assert_int_equal(check("{\"lights\":{\"pi1\":{\"effect\":\"rainbow\"}},\"scenes\":[" SCENE(
				 "\"start_us\":0") "]}"),
			 GLOW_OK);
	assert_int_equal(check("{\"lights\":{\"pi1\":{\"effect\":\"rainbwo\"}}}"), GLOW_UNKNOWN_EFFECT);
	assert_string_equal(diag.where, "lights.pi1.effect");
	assert_int_equal(check("{\"scenes\":[{\"id\":\"m\",\"effect\":\"gone\",\"start_us\":0}]}"),
			 GLOW_UNKNOWN_EFFECT);
	assert_string_equal(diag.where, "scenes.0.effect");
	assert_non_null(strstr(diag.what, "\"gone\""));
	assert_int_equal(check("{\"lights\":{\"pi1\":{\"state\":\"TOGGLE\"}}}"), GLOW_OUT_OF_RANGE);
	assert_string_equal(diag.where, "lights.pi1");
	assert_int_equal(check("{\"lights\":{\"pi1\":{\"brightness\":256}}}"), GLOW_OUT_OF_RANGE);
}

/* A state without what tells of its past. */
static void test_light(void **state)
{
	static const char said[] =
		"{\"state\":\"ON\",\"color_mode\":\"rgb\",\"color\":{\"r\":1,\"g\":2,\"b\":3},"
		"\"brightness\":4,\"effect\":\"larson\",\"params\":{\"period_ms\":2000},\"start_us\":5,"
		"\"seed\":6,\"since_us\":7,\"clock_id\":\"00000000000000a1\",\"showing\":\"light\","
		"\"fade_from\":[\"#000000\"],\"limited\":false,\"problem\":\"x\"}";
	char *text = glow_json_finish(glow_preset_light(said, strlen(said)));

	(void)state;
	for (int k = 0; glow_state_only[k]; k++)
		assert_null(strstr(text, glow_state_only[k]));
	for (const char *const *part =
		     (const char *const[]){ "\"ON\"", "\"b\":3", "larson", "2000", "\"seed\":6", NULL };
	     *part; part++)
		assert_non_null(strstr(text, *part));
	free(text);
	assert_null(glow_preset_light("", 0));
	assert_null(glow_preset_light("{\"effect\":\"larson\"}", 19));
	assert_null(glow_preset_light("[1]", 3));
}

static struct glow_scene scene(const char *id, int64_t start_us, int64_t end_us)
{
	struct glow_scene s = { .start_us = start_us, .end_us = end_us };

	snprintf(s.id, sizeof(s.id), "%s", id);
	return s;
}

static void test_scenes(void **state)
{
	struct glow_scene v[] = { scene("a", 100, GLOW_NEVER), scene("b", 100, 900), scene("c", 700, 1700),
				  scene("d", 100, 400), scene("a", 450, GLOW_NEVER) };
	struct glow_scenes all = { .n = 5, .v = v }, now;

	(void)state;
	assert_true(glow_preset_scenes(&all, 500, &now));
	assert_int_equal(now.n, 3); /* the first a gives way, d is over */
	assert_string_equal(now.v[0].id, "b");
	assert_int_equal(now.v[0].start_us, 0);
	assert_int_equal(now.v[0].end_us, 800);
	assert_string_equal(now.v[1].id, "c");
	assert_int_equal(now.v[1].start_us, 200);
	assert_int_equal(now.v[1].end_us, 1200);
	assert_string_equal(now.v[2].id, "a");
	assert_int_equal(now.v[2].start_us, 0);
	assert_true(now.v[2].end_us == GLOW_NEVER);
	free(now.v);
}

static enum glow_code asked(const char *text, struct glow_preset_asked *ret)
{
	return glow_preset_asked("evening", text, strlen(text), ret, &diag);
}

static void test_asked(void **state)
{
	struct glow_preset_asked a;

	(void)state;
	assert_int_equal(asked(" ", &a), GLOW_OK);
	assert_true(a.removes);
	assert_int_equal(asked("{}", &a), GLOW_OK);
	assert_true(!a.removes && a.saves && a.lights && a.scenes && !a.has_title);
	glow_preset_asked_fini(&a);
	assert_int_equal(asked("{\"target\":{\"groups\":[\"shelf\"]},\"title\":\"A\"}", &a), GLOW_OK);
	assert_true(a.saves && a.lights && !a.scenes && a.has_title && a.target.n == 1);
	glow_preset_asked_fini(&a);
	assert_int_equal(asked("{\"only\":\"scenes\"}", &a), GLOW_OK);
	assert_true(a.saves && !a.lights && a.scenes);
	glow_preset_asked_fini(&a);
	assert_int_equal(asked("{\"name\":\"evening\",\"lights\":{}}", &a), GLOW_OK);
	assert_true(!a.saves);
	glow_preset_asked_fini(&a);
	assert_int_equal(asked("{\"name\":\"morning\",\"lights\":{}}", &a), GLOW_OUT_OF_RANGE);
	assert_int_equal(asked("{\"only\":\"light\"}", &a), GLOW_OUT_OF_RANGE);
	assert_int_equal(asked("{\"only\":\"scenes\",\"target\":{\"nodes\":[\"a\"]}}", &a), GLOW_CONFLICT);
	assert_int_equal(asked("{\"lights\":{},\"target\":{\"nodes\":[\"a\"]}}", &a), GLOW_CONFLICT);
	assert_int_equal(asked("{\"lihgts\":{}}", &a), GLOW_UNKNOWN_FIELD);
	assert_non_null(strstr(diag.what, "lights"));
	assert_int_equal(asked("{\"lights\":{},\"lights\":{}}", &a), GLOW_DUPLICATE_KEY);
	assert_int_equal(asked("[]", &a), GLOW_BAD_TYPE);
}

static void test_fade(void **state)
{
	int64_t us;

	(void)state;
	assert_int_equal(glow_preset_fade("", 0, &us, &diag), GLOW_OK);
	assert_int_equal(us, GLOW_US_PER_S);
	assert_int_equal(glow_preset_fade("{\"transition\":0.25}", 19, &us, &diag), GLOW_OK);
	assert_int_equal(us, 250000);
	assert_int_equal(glow_preset_fade("{\"transition\":61}", 17, &us, &diag), GLOW_OUT_OF_RANGE);
	assert_int_equal(glow_preset_fade("{\"fade\":1}", 10, &us, &diag), GLOW_UNKNOWN_FIELD);
	assert_int_equal(glow_preset_fade("1", 1, &us, &diag), GLOW_BAD_TYPE);
}

static bool played(const char *payload, struct glow_preset_played *ret)
{
	return glow_preset_played(payload, strlen(payload), ret, &diag);
}

/* In place of a scene; what is none is left to whoever reads scenes. */
static void test_played(void **state)
{
	struct glow_preset_played p;

	(void)state;
	assert_true(played("{\"preset\":\"evening\",\"fade_ms\":250}", &p) && diag.code == GLOW_OK);
	assert_string_equal(p.name, "evening");
	assert_int_equal(p.fade_us, 250000);
	assert_true(played("{\"preset\":null}", &p) && diag.code == GLOW_OK);
	assert_string_equal(p.name, "");
	assert_int_equal(p.fade_us, GLOW_US_PER_S);
	assert_true(played("{\"preset\":\"evening\",\"effect\":\"fire\"}", &p));
	assert_int_equal(diag.code, GLOW_CONFLICT);
	assert_true(played("{\"preset\":\"no id\"}", &p) && diag.code != GLOW_OK);
	assert_true(played("{\"preset\":7}", &p) && diag.code == GLOW_BAD_TYPE);
	assert_true(played("{\"preset\":\"x\",\"fade_ms\":60001}", &p) && diag.code == GLOW_OUT_OF_RANGE);
	assert_false(played("fire", &p) || played("{\"effect\":\"fire\"}", &p) || played("{\"preset\"", &p));
	assert_false(played("{\"effect\":\"morse\",\"params\":{\"text\":\"preset\"}}", &p));
	assert_false(played("[\"preset\"]", &p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),  cmocka_unit_test(test_too_many_lights), cmocka_unit_test(test_check),
		cmocka_unit_test(test_light), cmocka_unit_test(test_scenes),          cmocka_unit_test(test_asked),
		cmocka_unit_test(test_fade),  cmocka_unit_test(test_played),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
