/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Names that people get wrong, and what each refusal says they meant. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <glow/command.h>
#include <glow/meant.h>
#include <glow/scenes.h>

static const struct glow_shape blinkt = { GLOW_SHAPE_ROW, 8 };
static const struct glow_shape piglow = { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };

static const struct glow_effect_desc *effect(const char *name)
{
	return glow_effect_find(name, strlen(name));
}

static void test_effect(void **state)
{
	(void)state;
	assert_string_equal(glow_meant_effect("rainbwo"), "rainbow");
	assert_string_equal(glow_meant_effect("Rainbow"), "rainbow");
	assert_string_equal(glow_meant_effect("atuo"), "auto");
	assert_null(glow_meant_effect("rad")); /* a colour is no effect */
	assert_null(glow_meant_effect("frobnicate"));
	for (size_t k = 0; k < glow_effect_count(); k++)
		assert_string_equal(glow_meant_effect(glow_effect_at(k)->name), glow_effect_at(k)->name);
}

static void test_color(void **state)
{
	(void)state;
	assert_string_equal(glow_meant_color("rad"), "red");
	assert_string_equal(glow_meant_color("yelow"), "yellow");
	assert_string_equal(glow_meant_color("yellowgren"), "yellowgreen"); /* the last of the table */
	assert_null(glow_meant_color("rainbwo"));
}

static void test_word(void **state)
{
	(void)state;
	assert_string_equal(glow_meant_word("rainbwo"), "rainbow");
	assert_string_equal(glow_meant_word("rad"), "red");
	assert_string_equal(glow_meant_word("memry"), "memory");
	assert_string_equal(glow_meant_word("netwrok"), "network");
	assert_string_equal(glow_meant_word("atuo"), "auto");
	assert_string_equal(glow_meant_word("togle"), "toggle");
	assert_string_equal(glow_meant_word("yellowgren"), "yellowgreen");
	assert_null(glow_meant_word("frobnicate"));
}

static void test_param(void **state)
{
	(void)state;
	assert_string_equal(glow_meant_param(effect("rainbow"), "perid_ms"), "period_ms");
	assert_null(glow_meant_param(effect("rainbow"), "txet"));
	assert_string_equal(glow_meant_param(NULL, "txet"), "text");
	assert_string_equal(glow_meant_param(NULL, "perid_ms"), "period_ms");
	assert_null(glow_meant_param(NULL, "frobnicate"));
}

static void test_led(void **state)
{
	(void)state;
	assert_string_equal(glow_meant_led(blinkt, "lfet"), "left");
	assert_string_equal(glow_meant_led(piglow, "arm1.rad"), "arm1.red");
	assert_null(glow_meant_led(blinkt, "arm1.red"));
}

/* ---- what is said of it ---- */

static struct glow_diag diag;

static void refused(const char *payload, bool any)
{
	static struct glow_command command;
	const struct glow_command_ctx ctx = { .shape = piglow, .current = effect("rainbow"), .any = any };
	cJSON *tree = glow_command_tree(payload, strlen(payload), &diag);

	assert_true(!tree || glow_command_read(tree, &ctx, &command, &diag) != GLOW_OK);
	cJSON_Delete(tree);
}

/* promise: mistakes-are-named */
static void test_commands(void **state)
{
	static const struct {
		const char *payload, *where, *meant;
	} rows[] = {
		{ "rainbwo", "effect", "rainbow" },
		{ "rad", "effect", "red" },
		{ "red brethe", "effect", "breathe" },
		{ "{\"effect\":\"rainbwo\"}", "effect", "rainbow" },
		{ "{\"color\":\"rad\"}", "color", "red" },
		{ "{\"pixels\":[\"bleu\"]}", "pixels.0", "blue" },
		{ "{\"pixels\":{\"0-3\":\"bleu\"}}", "pixels.0-3", "blue" },
		{ "{\"params\":{\"perid_ms\":900}}", "params.perid_ms", "period_ms" },
		{ "{\"effect\":\"morse\",\"params\":{\"color\":\"gren\"}}", "params.color", "green" },
		{ "{\"leds\":{\"arm4\":9}}", "leds.arm4", "arm1" },
	};
	char end[64];

	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		refused(rows[k].payload, false);
		assert_string_equal(diag.where, rows[k].where);
		snprintf(end, sizeof(end), "; did you mean \"%s\"?", rows[k].meant);
		assert_non_null(strstr(diag.what, end));
		assert_int_equal(strlen(strstr(diag.what, end)), strlen(end));
	}
	refused("frobnicate", false); /* what is near nothing */
	assert_null(strstr(diag.what, "mean"));
	refused("{\"effect\":\"frobnicate\"}", false);
	assert_null(strstr(diag.what, "mean"));
	refused("{\"color\":\"#12345\"}", false);
	assert_null(strstr(diag.what, "mean"));
}

/* Where nothing is near, the parameters are told. */
static void test_params_there_are(void **state)
{
	(void)state;
	refused("{\"effect\":\"rainbow\",\"params\":{\"tempo\":1}}", false);
	assert_string_equal(diag.where, "params.tempo");
	assert_non_null(strstr(diag.what, "; it has "));
	for (int k = 0; k < effect("rainbow")->n_params; k++)
		assert_non_null(strstr(diag.what, effect("rainbow")->params[k].name));
	refused("{\"effect\":\"rainbow\",\"params\":{\"perid_ms\":1}}", false);
	assert_null(strstr(diag.what, "it has"));
}

/* A command for many nodes may be any effect's. */
static void test_params_of_any(void **state)
{
	(void)state;
	refused("{\"params\":{\"perid_ms\":900}}", true);
	assert_string_equal(diag.what, "no effect has these parameters; did you mean \"period_ms\"?");
	refused("{\"params\":{\"text\":\"sos\",\"value\":3}}", true); /* each is good, but not together */
	assert_string_equal(diag.what, "no effect has these parameters");
}

static void test_scene(void **state)
{
	static const char payload[] = "{\"playlist\":[{\"effect\":\"rainbwo\",\"duration_s\":1}]}";
	struct glow_scene scene;

	(void)state;
	assert_int_equal(glow_play_read(payload, strlen(payload), 0, 0, &scene, &diag), GLOW_UNKNOWN_EFFECT);
	assert_string_equal(diag.where, "playlist.0.effect");
	assert_non_null(strstr(diag.what, "did you mean \"rainbow\"?"));
}

/* The addition is cut like every text, and nothing is added for NULL. */
static void test_diag(void **state)
{
	char text[2 * sizeof(diag.what)];

	(void)state;
	glow_diag_set(&diag, GLOW_UNKNOWN_EFFECT, "effect", "is none");
	assert_int_equal(glow_diag_meant(&diag, NULL), GLOW_UNKNOWN_EFFECT);
	assert_string_equal(diag.what, "is none");
	assert_int_equal(glow_diag_meant(&diag, "red"), GLOW_UNKNOWN_EFFECT);
	assert_string_equal(diag.what, "is none; did you mean \"red\"?");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	glow_diag_set(&diag, GLOW_UNKNOWN_EFFECT, "effect", "%s", text);
	glow_diag_meant(&diag, "red");
	assert_int_equal(strlen(diag.what), sizeof(diag.what) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_effect),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_param),
		cmocka_unit_test(test_led),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_params_there_are),
		cmocka_unit_test(test_params_of_any),
		cmocka_unit_test(test_scene),
		cmocka_unit_test(test_diag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
