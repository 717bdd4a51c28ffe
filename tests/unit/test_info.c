/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What a node says of itself, there and back, and in the words that other programs look for. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/discovery.h>
#include <glow/info.h>
#include <glow/json.h>

static struct glow_info info, back;
static struct glow_diag diag;

static int setup(void **state)
{
	(void)state;
	memset(&info, 0, sizeof(info));
	info = (struct glow_info){
		.id = "pi-2",
		.groups = { "shelf", "upper-row" },
		.n_groups = 2,
		.board = "blinkt",
		.model = "Blinkt!",
		.shape = { GLOW_SHAPE_ROW, 8 },
		.backend = "gpiod:pinctrl-bcm2711",
		.version = "1.2.3",
		.fps = 50,
		.slots_a_frame = 4,
		.idle = "rainbow 40%",
		.reverse = true,
		.time_offset_ms = -12,
		.brightness_limit = 200,
		.current_limit_ma = 250,
		.flash_limit = true,
		.problem = "i2c-dev is \"not\" loaded",
	};
	diag = (struct glow_diag){ .code = GLOW_OK };
	return 0;
}

static cJSON *printed(cJSON *tree)
{
	char *text = glow_json_finish(tree);
	cJSON *again = glow_json_parse(text, strlen(text), &diag);

	assert_non_null(again);
	assert_true(strlen(text) < 262144);
	free(text);
	return again;
}

static enum glow_code read_text(const char *text)
{
	cJSON *tree = glow_json_parse(text, strlen(text), &diag);
	enum glow_code code = glow_info_read(tree, &back, &diag);

	assert_non_null(tree);
	cJSON_Delete(tree);
	return code;
}

static void there_and_back(void)
{
	cJSON *tree = printed(glow_info_write(&info));

	assert_int_equal(glow_info_read(tree, &back, &diag), GLOW_OK);
	cJSON_Delete(tree);
}

static bool same(const struct glow_info *a, const struct glow_info *b)
{
	for (unsigned k = 0; k < a->n_groups; k++)
		if (strcmp(a->groups[k], b->groups[k]) != 0)
			return false;
	return strcmp(a->id, b->id) == 0 && a->n_groups == b->n_groups && strcmp(a->board, b->board) == 0 &&
	       a->shape.kind == b->shape.kind && a->shape.pixels == b->shape.pixels &&
	       strcmp(a->backend, b->backend) == 0 && strcmp(a->version, b->version) == 0 && a->fps == b->fps &&
	       a->slots_a_frame == b->slots_a_frame && strcmp(a->idle, b->idle) == 0 && a->reverse == b->reverse &&
	       a->time_offset_ms == b->time_offset_ms && a->brightness_limit == b->brightness_limit &&
	       a->current_limit_ma == b->current_limit_ma && a->flash_limit == b->flash_limit &&
	       strcmp(a->problem, b->problem) == 0;
}

static void test_there_and_back(void **state)
{
	(void)state;
	there_and_back();
	assert_true(same(&info, &back));
	info.shape = (struct glow_shape){ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
	assert_false(same(&info, &back));
	there_and_back();
	assert_true(same(&info, &back));
	info.shape = (struct glow_shape){ GLOW_SHAPE_ROW, GLOW_PIXELS_MAX };
	info.n_groups = 0;
	info.problem[0] = '\0';
	info.reverse = info.flash_limit = false;
	info.current_limit_ma = 0;
	there_and_back();
	assert_true(same(&info, &back));
}

/* ---- the table of effects ---- */

static void check_number(const cJSON *object, const char *name, int32_t value)
{
	const cJSON *item = glow_json_get(object, name);

	assert_true(cJSON_IsNumber(item));
	assert_int_equal(item->valueint, value);
}

static void check_string(const cJSON *object, const char *name, const char *value)
{
	const cJSON *item = glow_json_get(object, name);

	assert_true(cJSON_IsString(item));
	assert_string_equal(item->valuestring, value);
}

static void check_choices(const cJSON *p, const struct glow_param_desc *row)
{
	const cJSON *choices = glow_json_get(p, "choices");

	for (int k = 0; row->choices[k]; k++)
		assert_string_equal(cJSON_GetArrayItem(choices, k)->valuestring, row->choices[k]);
	assert_int_equal(cJSON_GetArraySize(choices), row->max + 1);
	check_string(p, "default", row->choices[row->def]);
}

static void check_param(const cJSON *p, const struct glow_param_desc *row)
{
	static const char *const types[] = { "int", "bool", "color", "choice", "text" };
	const cJSON *def = glow_json_get(p, "default");

	check_string(p, "name", row->name);
	check_string(p, "type", types[row->type]);
	check_string(p, "unit", row->unit);
	check_string(p, "what", row->what);
	switch (row->type) {
	case GLOW_PARAM_INT:
		check_number(p, "min", row->min);
		check_number(p, "max", row->max);
		check_number(p, "default", row->def);
		break;
	case GLOW_PARAM_BOOL:
		assert_int_equal(cJSON_IsTrue(def), row->def);
		break;
	case GLOW_PARAM_COLOR:
		assert_int_equal(cJSON_IsNull(def), row->def == GLOW_LIGHT_COLOR);
		break;
	case GLOW_PARAM_CHOICE:
		check_choices(p, row);
		break;
	case GLOW_PARAM_TEXT:
		check_string(p, "default", row->text);
		break;
	}
}

static void test_effects(void **state)
{
	cJSON *tree = printed(glow_info_write(&info));
	const cJSON *effects = glow_json_get(tree, "effects"), *one = effects->child;
	bool solid = false, identify = false, automatic = false;

	(void)state;
	assert_int_equal(cJSON_GetArraySize(effects), glow_effect_count());
	for (size_t k = 0; k < glow_effect_count(); k++, one = one->next) {
		const struct glow_effect_desc *e = glow_effect_at(k);
		const cJSON *params = glow_json_get(one, "params");

		check_string(one, "name", e->name);
		check_string(one, "what", e->what);
		assert_int_equal(cJSON_GetArraySize(params), e->n_params);
		for (int j = 0; j < e->n_params; j++)
			check_param(cJSON_GetArrayItem(params, j), &e->params[j]);
		solid = solid || strcmp(e->name, "solid") == 0;
		identify = identify || strcmp(e->name, "identify") == 0;
		automatic = automatic || strcmp(e->name, "auto") == 0;
	}
	assert_true(solid && identify && !automatic);
	cJSON_Delete(tree);
}

/* Either the catalog itself, or its name. A reader takes nothing else for a name. */
static void test_catalog(void **state)
{
	static const char *const bad[] = { "\"\"",
					   "\"0123456789abcde\"",
					   "\"0123456789abcdef0\"",
					   "\"0123456789abcdeF\"",
					   "\"../../../node/pi\"",
					   "[]",
					   "7" };
	char text[80];
	cJSON *tree;

	(void)state;
	there_and_back();
	assert_string_equal(back.catalog, "");
	memcpy(info.catalog, "0123456789abcdef", sizeof(info.catalog));
	tree = printed(glow_info_write(&info));
	check_string(tree, "effects_hash", info.catalog);
	assert_null(glow_json_get(tree, "effects"));
	cJSON_Delete(tree);
	there_and_back();
	assert_string_equal(back.catalog, info.catalog);
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		snprintf(text, sizeof(text), "{\"id\":\"pi1\",\"effects_hash\":%s}", bad[k]);
		assert_int_equal(read_text(text), GLOW_OK);
		assert_string_equal(back.catalog, "");
	}
}

/* All but the texts that somebody configured: a thousand of them are half a megabyte. */
static void test_small(void **state)
{
	char *whole = glow_json_finish(glow_info_write(&info)), *small;

	(void)state;
	memcpy(info.catalog, "0123456789abcdef", sizeof(info.catalog));
	small = glow_json_finish(glow_info_write(&info));
	assert_true(strlen(small) < 512);
	assert_true(strlen(whole) > 8000); /* the control */
	free(small);
	free(whole);
}

static void test_words(void **state)
{
	cJSON *tree = printed(glow_info_write(&info));
	const cJSON *limits = glow_json_get(tree, "limits"), *leds = glow_json_get(tree, "leds");

	(void)state;
	check_string(tree, "shape", "blinkt");
	check_number(tree, "pixels", 8);
	check_number(tree, "fps", 50);
	check_number(tree, "time_offset_ms", -12);
	assert_true(cJSON_IsTrue(glow_json_get(tree, "reverse")));
	check_number(limits, "brightness", 200);
	check_number(limits, "current_ma", 250);
	assert_true(cJSON_IsTrue(glow_json_get(limits, "flash")));
	assert_int_equal(cJSON_GetArraySize(leds), glow_shape_led_names(info.shape));
	for (int k = 0; k < cJSON_GetArraySize(leds); k++)
		assert_string_equal(cJSON_GetArrayItem(leds, k)->valuestring,
				    glow_shape_led_name(info.shape, (uint32_t)k));
	assert_int_equal(cJSON_GetArraySize(glow_json_get(tree, "groups")), 2);
	assert_non_null(glow_json_get(tree, "problem"));
	cJSON_Delete(tree);
	info.problem[0] = '\0';
	tree = printed(glow_info_write(&info));
	assert_null(glow_json_get(tree, "problem"));
	cJSON_Delete(tree);
}

static void test_broken(void **state)
{
	static const struct {
		const char *text;
		enum glow_code code;
	} table[] = {
		{ "{\"id\":\"pi1\"}", GLOW_OK },
		{ "{\"id\":\"pi1\",\"groups\":[\"ok\",5,\"Not\"],\"limits\":{},\"more\":1}", GLOW_OK },
		{ "{\"id\":\"pi1\",\"groups\":7,\"limits\":7}", GLOW_OK },
		{ "{}", GLOW_OUT_OF_RANGE },
		{ "[]", GLOW_OUT_OF_RANGE },
		{ "7", GLOW_OUT_OF_RANGE },
		{ "{\"id\":7}", GLOW_OUT_OF_RANGE },
		{ "{\"id\":\"Pi1\"}", GLOW_OUT_OF_RANGE },
		{ "{\"id\":\"a/b\"}", GLOW_OUT_OF_RANGE },
		/* 64 letters: not to be taken for the node with the first 63. */
		{ "{\"id\":\"0123456789012345678901234567890123456789012345678901234567890123\"}", GLOW_OUT_OF_RANGE },
		{ "{\"id\":\"pi1\",\"pixels\":0}", GLOW_OUT_OF_RANGE },
		{ "{\"id\":\"pi1\",\"pixels\":4097}", GLOW_OUT_OF_RANGE },
		{ "{\"id\":\"pi1\",\"pixels\":\"8\"}", GLOW_BAD_TYPE },
		{ "{\"id\":\"pi1\",\"fps\":241}", GLOW_OUT_OF_RANGE },
		{ "{\"id\":\"pi1\",\"limits\":{\"brightness\":256}}", GLOW_OUT_OF_RANGE },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		enum glow_code code = read_text(table[k].text);

		if (code != table[k].code)
			fail_msg("%s gives %s", table[k].text, glow_code_name(code));
	}
	read_text("{\"id\":\"pi1\"}");
	assert_int_equal(back.shape.pixels, 8);
	assert_int_equal(back.fps, 60);
	assert_int_equal(back.slots_a_frame, 1);
	assert_int_equal(back.brightness_limit, 255);
	read_text("{\"id\":\"pi1\",\"groups\":[\"ok\",5,\"Not\"]}");
	assert_int_equal(back.n_groups, 1);
}

/* ---- groups ---- */

/* A text that is too long ends with a whole character, so that it can be said again. */
static void test_cut(void **state)
{
	(void)state;
	assert_int_equal(read_text("{\"id\":\"a\",\"board\":\"x€€€€€€€€€€€\"}"), GLOW_OK);
	assert_string_equal(back.board, "x€€€€€€€€€€");
	cJSON_Delete(printed(glow_info_write(&back)));
}

static void test_groups(void **state)
{
	static const char *const bad[] = { "a,", ",a", "a,,b", ",", "A", "a b", "a, b", "-a", "a/b", "+", "\xc3\xa9" };
	char many[GLOW_GROUPS_MAX * 4 + 8] = "g0", longest[GLOW_ID_MAX + 2];

	(void)state;
	assert_true(glow_groups_parse("", &info));
	assert_int_equal(info.n_groups, 0);
	assert_true(glow_groups_parse("shelf", &info));
	assert_int_equal(info.n_groups, 1);
	assert_true(glow_groups_parse("shelf,row-2,3", &info));
	assert_int_equal(info.n_groups, 3);
	assert_string_equal(info.groups[0], "shelf");
	assert_string_equal(info.groups[1], "row-2");
	assert_string_equal(info.groups[2], "3");
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
		if (glow_groups_parse(bad[k], &info))
			fail_msg("\"%s\"", bad[k]);
	for (int k = 1; k < GLOW_GROUPS_MAX; k++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), ",g%d", k);
	assert_true(glow_groups_parse(many, &info));
	assert_int_equal(info.n_groups, GLOW_GROUPS_MAX);
	assert_false(glow_groups_parse(strcat(many, ",x"), &info));
	memset(longest, 'x', sizeof(longest));
	longest[GLOW_ID_MAX] = '\0';
	assert_true(glow_groups_parse(longest, &info));
	longest[GLOW_ID_MAX] = 'x';
	longest[GLOW_ID_MAX + 1] = '\0';
	assert_false(glow_groups_parse(longest, &info));
}

/* ---- stats, answers, discovery ---- */

static void test_stats(void **state)
{
	struct glow_stats stats = { .fps = 60,
				    .late = 2,
				    .dropped = 3,
				    .write_us = 800,
				    .frame_cpu_us = 900,
				    .slots_a_frame = 2,
				    .temperature_c = 48.26 };
	uint16_t meter[GLOW_METERS] = { 0 };
	cJSON *tree;

	(void)state;
	for (int k = 0; k < GLOW_METERS; k++)
		stats.meter[k] = (uint16_t)(k * 111 + 7);
	tree = printed(glow_stats_write(&stats));
	check_number(tree, "fps", 60);
	check_number(tree, "late", 2);
	check_number(tree, "dropped", 3);
	check_number(tree, "write_us", 800);
	check_number(tree, "frame_cpu_us", 900);
	check_number(tree, "slots_a_frame", 2);
	assert_true(fabs(glow_json_get(tree, "temperature")->valuedouble - 48.3) < 1e-9);
	assert_true(cJSON_IsObject(glow_json_get(tree, "sync")));
	glow_stats_read_meters(tree, meter);
	assert_memory_equal(meter, stats.meter, sizeof(meter));
	cJSON_Delete(tree);
	stats.temperature_c = NAN;
	tree = printed(glow_stats_write(&stats));
	assert_true(cJSON_IsNull(glow_json_get(tree, "temperature")));
	cJSON_Delete(tree);
	/* What is no reading leaves the old one. */
	tree = cJSON_Parse("{\"gauges\":{\"cpu\":101,\"memory\":\"5\",\"load\":-1,\"network\":50}}");
	glow_stats_read_meters(tree, meter);
	assert_int_equal(meter[GLOW_METER_CPU], 7);
	assert_int_equal(meter[GLOW_METER_LOAD], 3 * 111 + 7);
	assert_int_equal(meter[GLOW_METER_NETWORK], 500);
	cJSON_Delete(tree);
}

static void test_stats_sync(void **state)
{
	static const char tracking[] = "\"sync\":{\"state\":\"tracking\",\"offset_us\":-12,\"error_us\":8}";
	static const char unsynced[] = "\"sync\":{\"state\":\"unsynced\",\"offset_us\":null,\"error_us\":null}";
	struct glow_stats stats = { .sync = { "tracking", true, -12, 8 } };
	char *text = glow_json_finish(glow_stats_write(&stats));

	(void)state;
	assert_non_null(strstr(text, tracking));
	assert_null(strstr(text, unsynced));
	free(text);
	stats.sync = (struct glow_stats_sync){ 0 };
	text = glow_json_finish(glow_stats_write(&stats));
	assert_non_null(strstr(text, unsynced));
	free(text);
	/* A node that holds out without time knows its state, but no figures. */
	stats.sync = (struct glow_stats_sync){ "acquire", false, 5, 5 };
	text = glow_json_finish(glow_stats_write(&stats));
	assert_non_null(strstr(text, "{\"state\":\"acquire\",\"offset_us\":null,\"error_us\":null}"));
	free(text);
}

static bool same_stats(const struct glow_stats *a, const struct glow_stats *b)
{
	return a->fps == b->fps && a->late == b->late && a->dropped == b->dropped && a->write_us == b->write_us &&
	       a->frame_cpu_us == b->frame_cpu_us && a->slots_a_frame == b->slots_a_frame &&
	       memcmp(a->meter, b->meter, sizeof(a->meter)) == 0 &&
	       (isnan(a->temperature_c) ? isnan(b->temperature_c) : a->temperature_c == b->temperature_c) &&
	       strcmp(a->sync.state, b->sync.state) == 0 && a->sync.valid == b->sync.valid &&
	       a->sync.offset_us == b->sync.offset_us && a->sync.error_us == b->sync.error_us &&
	       memcmp(&a->messages, &b->messages, sizeof(a->messages)) == 0;
}

static void test_stats_read(void **state)
{
	struct glow_stats stats = {
		.fps = 60,
		.late = 5000000000,
		.dropped = 3,
		.write_us = 800,
		.frame_cpu_us = 4000000000,
		.slots_a_frame = 4,
		.temperature_c = 48.5,
		.meter = { 7, 118, 229, 340, 451 },
		.sync = { "holdover", true, INT64_C(-5000000000), 4000000000 },
		.messages = { 5, 6, 7000000000, 8, 9 },
	};
	static const struct glow_stats none = { .temperature_c = NAN };
	struct glow_stats got;
	cJSON *tree = printed(glow_stats_write(&stats));

	(void)state;
	glow_stats_read(tree, &got);
	assert_true(same_stats(&stats, &got));
	got.sync.error_us--; /* the control */
	assert_false(same_stats(&stats, &got));
	cJSON_Delete(tree);
	stats.temperature_c = NAN;
	stats.sync = (struct glow_stats_sync){ .state = "unsynced" };
	stats.messages = (struct glow_mqtt_counts){ 0 };
	tree = printed(glow_stats_write(&stats));
	glow_stats_read(tree, &got);
	assert_true(same_stats(&stats, &got));
	cJSON_Delete(tree);
	/* What is odd counts as missing. */
	tree = cJSON_Parse("{\"fps\":-1,\"late\":\"x\",\"write_us\":1e12,\"slots_a_frame\":0,\"frame_cpu_us\":-1,"
			   "\"temperature\":\"hot\",\"gauges\":7,"
			   "\"messages\":{\"in_dropped\":-1,\"out_dropped\":\"x\"},"
			   "\"sync\":{\"state\":7,\"offset_us\":true,\"error_us\":null}}");
	glow_stats_read(tree, &got);
	assert_true(same_stats(&none, &got));
	cJSON_Delete(tree);
	tree = cJSON_Parse("[]");
	glow_stats_read(tree, &got);
	assert_true(same_stats(&none, &got));
	cJSON_Delete(tree);
}

static void test_answers(void **state)
{
	char *text = glow_json_finish(glow_answer_write("pi1", &diag));

	(void)state;
	assert_string_equal(text, "{\"status\":\"ok\",\"node\":\"pi1\"}");
	free(text);
	glow_diag_set(&diag, GLOW_OUT_OF_RANGE, "brightness", "must be 0..255, got %d", 300);
	text = glow_json_finish(glow_answer_write("pi1", &diag));
	assert_string_equal(text,
			    "{\"status\":\"error\",\"node\":\"pi1\",\"code\":\"out_of_range\",\"field\":\"brightness\","
			    "\"message\":\"must be 0..255, got 300\"}");
	free(text);
	/* A conductor is no node. */
	text = glow_json_finish(glow_answer_write(NULL, &diag));
	assert_string_equal(text, "{\"status\":\"error\",\"code\":\"out_of_range\",\"field\":\"brightness\","
				  "\"message\":\"must be 0..255, got 300\"}");
	free(text);
	diag.code = GLOW_OK;
	text = glow_json_finish(glow_answer_write(NULL, &diag));
	assert_string_equal(text, "{\"status\":\"ok\"}");
	free(text);
}

static void test_diag_inside(void **state)
{
	char deep[80];

	(void)state;
	glow_diag_set(&diag, GLOW_CONFLICT, "params.x", "is wrong");
	assert_int_equal(glow_diag_inside(&diag, "playlist.2"), GLOW_CONFLICT);
	assert_string_equal(diag.where, "playlist.2.params.x");
	assert_string_equal(diag.what, "is wrong");
	glow_diag_set(&diag, GLOW_BAD_TYPE, "", "must be an object");
	glow_diag_inside(&diag, "scenes.0");
	assert_string_equal(diag.where, "scenes.0");
	/* Cut, and not inside a character. */
	memset(deep, 'x', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	glow_diag_set(&diag, GLOW_BAD_TYPE, "0123456789abc\xe2\x82\xac", "no");
	glow_diag_inside(&diag, deep);
	assert_int_equal(strlen(diag.where), 79 + 1 + 13);
}

static void test_codes(void **state)
{
	static const char *const names[GLOW_N_CODES] = {
		"ok",
		"bad_json",
		"too_large",
		"too_deep",
		"duplicate_key",
		"bad_type",
		"out_of_range",
		"unknown_effect",
		"unknown_param",
		"unknown_led",
		"unknown_color",
		"bad_encoding",
		"conflict",
		"retained",
		"unknown_field",
		"unknown_target",
		"busy",
		"bad_effect",
		"unknown_preset",
		"unknown_schedule",
	};

	(void)state;
	for (int k = 0; k < GLOW_N_CODES; k++)
		assert_string_equal(glow_code_name((enum glow_code)k), names[k]);
}

/* Long texts are cut between characters. */
static void test_diag_cut(void **state)
{
	char text[1000];

	(void)state;
	for (size_t pad = 0; pad < 4; pad++) {
		memset(text, 'x', pad);
		for (size_t k = pad; k + 3 < sizeof(text); k += 3)
			memcpy(text + k, "\xe2\x82\xac", 4);
		glow_diag_set(&diag, GLOW_BAD_TYPE, text, "%s", text);
		assert_true(glow_utf8_valid(diag.where, strlen(diag.where)));
		assert_true(glow_utf8_valid(diag.what, strlen(diag.what)));
		assert_true(strlen(diag.where) >= sizeof(diag.where) - 4);
		assert_true(strlen(diag.what) >= sizeof(diag.what) - 4);
	}
	glow_diag_set(&diag, GLOW_BAD_TYPE, "\xe2\x82\xac", "caf\xc3\xa9"); /* what fits is left alone */
	assert_string_equal(diag.where, "\xe2\x82\xac");
	assert_string_equal(diag.what, "caf\xc3\xa9");
}

static void test_discovery(void **state)
{
	char topic[GLOW_TOPIC_MAX + 1];
	cJSON *tree = printed(glow_discovery_write(&info, &(struct glow_discovery){ .prefix = "home/glow" }));
	const cJSON *light = glow_json_get(glow_json_get(tree, "components"), "light"), *list;
	const cJSON *button = glow_json_get(glow_json_get(tree, "components"), "identify");
	const cJSON *problem = glow_json_get(glow_json_get(tree, "components"), "problem");
	bool automatic = false;

	(void)state;
	glow_discovery_topic(topic, "homeassistant", "home/glow", "pi-2");
	assert_string_equal(topic, "homeassistant/device/home-glow-pi-2/config");
	check_string(glow_json_get(tree, "availability")->child, "topic", "home/glow/node/pi-2/availability");
	check_string(tree, "state_topic", "home/glow/node/pi-2/state");
	check_string(glow_json_get(tree, "device"), "model", "Blinkt!");
	check_string(glow_json_get(tree, "device"), "via_device", "home-glow-cluster");
	assert_null(glow_json_get(glow_json_get(tree, "device"), "configuration_url"));
	check_string(light, "platform", "light");
	check_string(light, "schema", "json");
	check_string(light, "command_topic", "home/glow/node/pi-2/set");
	check_string(light, "state_topic", "home/glow/node/pi-2/state");
	list = glow_json_get(light, "effect_list");
	assert_int_equal(cJSON_GetArraySize(list), glow_effect_count() + 2);
	assert_string_equal(list->child->valuestring, "off");
	for (const cJSON *e = list->child; e; e = e->next)
		automatic = automatic || strcmp(e->valuestring, "auto") == 0;
	assert_true(automatic);
	check_string(button, "command_topic", "home/glow/node/pi-2/notify");
	check_string(problem, "platform", "binary_sensor");
	check_string(problem, "device_class", "problem");
	check_string(problem, "state_topic", "home/glow/node/pi-2/info");
	assert_string_not_equal(glow_json_get(light, "unique_id")->valuestring,
				glow_json_get(button, "unique_id")->valuestring);
	cJSON_Delete(tree);
	strcpy(info.model, "Strip of 8"); /* another board of the same shape */
	tree = printed(
		glow_discovery_write(&info, &(struct glow_discovery){ .prefix = "home/glow", .page = "http://x" }));
	check_string(glow_json_get(tree, "device"), "configuration_url", "http://x");
	check_string(glow_json_get(tree, "device"), "model", "Strip of 8");
	cJSON_Delete(tree);
}

static bool offers(const struct glow_effect_list *texts, const char *effect)
{
	cJSON *tree = glow_discovery_write(&info, &(struct glow_discovery){ .prefix = "glow", .texts = texts });
	const cJSON *light = glow_json_get(glow_json_get(tree, "components"), "light");
	bool found = false;

	for (const cJSON *e = glow_json_get(light, "effect_list")->child; e; e = e->next)
		found = found || strcmp(e->valuestring, effect) == 0;
	cJSON_Delete(tree);
	return found;
}

static uint32_t hash_of(const struct glow_effect_list *texts)
{
	return glow_discovery_hash(&(struct glow_discovery){ .prefix = "glow", .texts = texts });
}

/* Texts are among the effects, and what is being tried is no news. */
static void test_discovery_texts(void **state)
{
	struct glow_effect_list texts = { .n = 3, .v = { { "aurora", 1 }, { "try-it", 2 }, { "plasma", 3 } } };
	uint32_t before = hash_of(&texts);

	(void)state;
	assert_true(offers(&texts, "aurora") && offers(&texts, "plasma"));
	assert_false(offers(&texts, "try-it"));
	assert_false(offers(NULL, "aurora"));
	texts.n = 0;
	assert_int_not_equal(hash_of(&texts), before);
	texts.n = 1;
	assert_int_equal(hash_of(&texts), before);
	texts.v[0].rev = 9; /* another text of the same name is offered already */
	assert_int_equal(hash_of(&texts), before);
}

/* Home Assistant passes over an announcement whose topic has anything but letters, digits, '_' and '-' in the id. */
static void test_discovery_ids(void **state)
{
	static const char *const cases[][2] = {
		{ "glow", "glow" },
		{ "home/Glow_2", "home-Glow_2" },
		{ "a.b", "a_b" },
		{ "a b$c", "a_b_c" },
		{ "g\xc3\xbcte/\xc3\x89t\xc3\xa9", "gute-Ete" },
		{ "\xc3\x97", "_" },
		{ "\xe2\x82\xac", "_" },
		{ "\xf0\x9f\x92\xa1x", "_x" },
	};
	char topic[GLOW_TOPIC_MAX + 1], wanted[GLOW_TOPIC_MAX + 1], prefix[GLOW_PREFIX_MAX + 1];
	cJSON *tree;

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		glow_discovery_topic(topic, "ha", cases[k][0], "pi-2");
		snprintf(wanted, sizeof(wanted), "ha/device/%s-pi-2/config", cases[k][1]);
		assert_string_equal(topic, wanted);
	}
	tree = printed(glow_discovery_write(&info, &(struct glow_discovery){ .prefix = "g\xc3\xbcte" }));
	assert_string_equal(glow_json_get(glow_json_get(tree, "device"), "identifiers")->child->valuestring,
			    "gute-pi-2");
	check_string(glow_json_get(tree, "availability")->child, "topic",
		     "g\xc3\xbcte/node/pi-2/availability"); /* topics keep it */
	cJSON_Delete(tree);
	memset(prefix, 'p', sizeof(prefix) - 1);
	prefix[sizeof(prefix) - 1] = '\0';
	glow_discovery_topic(topic, prefix, prefix, prefix + GLOW_PREFIX_MAX - GLOW_ID_MAX); /* the longest names fit */
	assert_string_equal(topic + strlen(topic) - 7, "/config");
}

static const cJSON *part(const cJSON *tree, const char *key)
{
	return glow_json_get(glow_json_get(tree, "components"), key);
}

/* A parameter is one entity whatever effects have it, and there while one of them shows. */
static void test_params_discovery(void **state)
{
	cJSON *tree = printed(glow_discovery_write(&info, &(struct glow_discovery){ .prefix = "glow" }));
	const cJSON *period = part(tree, "param-period_ms"), *width = part(tree, "param-width"), *needs;

	(void)state;
	check_string(period, "platform", "number");
	check_string(period, "name", "Period");
	check_number(period, "min", 300);
	check_number(period, "max", 600000);
	check_string(period, "command_template", "{\"params\":{\"period_ms\":{{ value | int }}}}");
	needs = glow_json_get(period, "availability");
	assert_int_equal(cJSON_GetArraySize(needs), 2);
	check_string(needs->child->next, "topic", "glow/node/pi-2/state");
	assert_non_null(strstr(glow_json_get(needs->child->next, "value_template")->valuestring, "'blink', "));
	check_string(width, "unit_of_measurement", "%"); /* of a candle it is something else: */
	check_string(part(tree, "param-width-candle"), "name", "Width of candle");
	check_string(part(tree, "param-palette"), "platform", "select");
	check_string(part(tree, "param-palette-plasma"), "platform", "select");
	check_string(part(tree, "param-reverse"), "platform", "switch");
	check_string(part(tree, "param-text"), "platform", "text");
	assert_null(part(tree, "param-color"));
	cJSON_Delete(tree);
}

static void test_groups_discovery(void **state)
{
	static char groups[GLOW_DISCOVERY_GROUPS + 1][GLOW_ID_MAX + 1];
	struct glow_discovery d = { .prefix = "glow",
				    .groups = (const char(*)[GLOW_ID_MAX + 1]) groups,
				    .n_groups = 2 };
	uint32_t with, without;
	cJSON *tree;

	(void)state;
	for (int k = 0; k <= GLOW_DISCOVERY_GROUPS; k++)
		snprintf(groups[k], sizeof(groups[k]), "g%03d", k);
	tree = printed(glow_discovery_cluster_write("1", &d));
	check_string(part(tree, "group-g001"), "state_topic", "glow/group/g001/state");
	check_string(part(tree, "group-g001"), "command_topic", "glow/group/g001/set");
	assert_null(part(tree, "group-g002"));
	cJSON_Delete(tree);
	with = glow_discovery_hash(&d);
	d.n_groups = 1;
	assert_int_not_equal(glow_discovery_hash(&d), with);
	d.n_groups = GLOW_DISCOVERY_GROUPS;
	with = glow_discovery_hash(&d);
	d.n_groups++;
	assert_int_equal(glow_discovery_hash(&d), with);
	tree = printed(glow_discovery_cluster_write("1", &d));
	assert_non_null(part(tree, "group-g063"));
	assert_null(part(tree, "group-g064"));
	cJSON_Delete(tree);
	d.n_groups = 0;
	without = glow_discovery_hash(&d);
	assert_int_equal(glow_discovery_hash(&(struct glow_discovery){ .prefix = "other" }), without);
}

/* A choice of presets, of so many at most; and a node's title as its name. */
static void test_names_discovery(void **state)
{
	static char presets[GLOW_DISCOVERY_PRESETS + 1][GLOW_ID_MAX + 1];
	struct glow_discovery d = { .prefix = "glow", .presets = (const char(*)[GLOW_ID_MAX + 1]) presets };
	const cJSON *options;
	uint32_t hash = glow_discovery_hash(&d);
	cJSON *tree;

	(void)state;
	for (int k = 0; k <= GLOW_DISCOVERY_PRESETS; k++)
		snprintf(presets[k], sizeof(presets[k]), "p%03d", k);
	strcpy(presets[0], "off"); /* would be the choice of none */
	d.n_presets = GLOW_DISCOVERY_PRESETS + 1;
	assert_int_not_equal(glow_discovery_hash(&d), hash);
	tree = printed(glow_discovery_cluster_write("1", &d));
	options = glow_json_get(part(tree, "preset"), "options");
	assert_int_equal(cJSON_GetArraySize(options), GLOW_DISCOVERY_PRESETS);
	assert_string_equal(options->child->valuestring, "off");
	assert_string_equal(options->child->next->valuestring, "p001");
	check_string(part(tree, "preset"), "command_topic", "glow/scene/play");
	check_string(part(tree, "preset"), "state_topic", "glow/all/state");
	check_string(part(tree, "undo"), "command_topic", "glow/undo");
	cJSON_Delete(tree);

	d = (struct glow_discovery){ .prefix = "glow", .title = "" };
	assert_int_equal(glow_discovery_hash(&d), hash);
	d.title = "K\xc3\xbc"
		  "che";
	assert_int_not_equal(glow_discovery_hash(&d), hash);
	tree = printed(glow_discovery_write(&info, &d));
	check_string(glow_json_get(tree, "device"), "name", d.title);
	check_string(part(tree, "light"), "command_topic", "glow/node/pi-2/set");
	cJSON_Delete(tree);
}

static void test_cluster_discovery(void **state)
{
	cJSON *tree = printed(glow_discovery_cluster_write("1.2.3", &(struct glow_discovery){ .prefix = "home/glow" }));
	cJSON *node = printed(glow_discovery_write(&info, &(struct glow_discovery){ .prefix = "home/glow" }));
	const cJSON *all = glow_json_get(tree, "components"), *light = glow_json_get(all, "light");
	const cJSON *dimmer = glow_json_get(all, "dimmer");
	char topic[GLOW_TOPIC_MAX + 1];

	(void)state;
	glow_discovery_topic(topic, "homeassistant", "home/glow", GLOW_DISCOVERY_CLUSTER);
	assert_string_equal(topic, "homeassistant/device/home-glow-cluster/config");
	assert_string_equal(glow_json_get(glow_json_get(tree, "device"), "identifiers")->child->valuestring,
			    "home-glow-cluster");
	/* What a node does by itself needs no conductor. */
	assert_null(glow_json_get(tree, "availability"));
	assert_null(glow_json_get(light, "availability"));
	assert_null(glow_json_get(glow_json_get(all, "identify"), "availability"));
	check_string(glow_json_get(dimmer, "availability")->child, "topic", "home/glow/conductor/availability");
	check_string(glow_json_get(glow_json_get(all, "stop"), "availability")->child, "topic",
		     "home/glow/conductor/availability");
	check_string(light, "command_topic", "home/glow/all/set");
	check_string(light, "state_topic", "home/glow/all/state");
	assert_null(glow_json_get(glow_json_get(tree, "device"), "via_device")); /* it is that itself */
	check_string(dimmer, "platform", "number");
	check_string(dimmer, "command_topic", "home/glow/dim/set");
	check_string(dimmer, "state_topic", "home/glow/dim/current");
	check_number(dimmer, "max", 255);
	check_string(glow_json_get(all, "identify"), "command_topic", "home/glow/all/notify");
	check_string(glow_json_get(all, "stop"), "command_topic", "home/glow/scene/stop");
	for (const cJSON *a = all->child; a; a = a->next)
		for (const cJSON *b = all->child; b != a; b = b->next)
			assert_string_not_equal(glow_json_get(a, "unique_id")->valuestring,
						glow_json_get(b, "unique_id")->valuestring);
	cJSON_Delete(tree);
	cJSON_Delete(node);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(test_there_and_back),
		T(test_effects),
		T(test_words),
		T(test_broken),
		T(test_cut),
		T(test_groups),
		T(test_stats),
		T(test_answers),
		T(test_codes),
		T(test_diag_cut),
		T(test_discovery),
		T(test_names_discovery),
		T(test_stats_sync),
		T(test_stats_read),
		T(test_diag_inside),
		T(test_cluster_discovery),
		T(test_discovery_texts),
		T(test_discovery_ids),
		T(test_catalog),
		T(test_small),
		T(test_params_discovery),
		T(test_groups_discovery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
