/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Commands as the contract words them: every field in its range and out of it,
 * with the code and the path that the answer must name; every shorthand; and
 * what an accepted command does to a light. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/command.h>
#include <glow/hash.h>
#include <glow/json.h>
#include <glow/time.h>

#include "../harness/json_equal.h"

#define NOW    INT64_C(1700000000000000)
#define SECOND GLOW_US_PER_S
#define RED    ((struct glow_rgb){ 255, 0, 0 })
#define GREEN  ((struct glow_rgb){ 0, 255, 0 })
#define BLUE   ((struct glow_rgb){ 0, 0, 255 })

static const struct glow_shape blinkt = { GLOW_SHAPE_ROW, 8 };
static const struct glow_shape piglow = { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };

static struct glow_command cmd;
static struct glow_diag diag;
static struct glow_look look;

static const struct glow_effect_desc *effect(const char *name)
{
	const struct glow_effect_desc *e = glow_effect_find(name, strlen(name));

	assert_non_null(e);
	return e;
}

static enum glow_code read_for(enum glow_command_kind kind, struct glow_shape shape,
			       const struct glow_effect_desc *current, const char *payload)
{
	struct glow_command_ctx ctx = {
		.kind = kind, .shape = shape, .current = current, .now_us = NOW, .strict = true
	};
	cJSON *tree;
	enum glow_code code;

	diag = (struct glow_diag){ .code = GLOW_OK };
	tree = glow_command_tree(payload, strlen(payload), &diag);
	if (!tree)
		return diag.code;
	code = glow_command_read(tree, &ctx, &cmd, &diag);
	assert_int_equal(code, diag.code);
	cJSON_Delete(tree);
	return code;
}

static enum glow_code set(const char *payload)
{
	return read_for(GLOW_COMMAND_SET, blinkt, effect("solid"), payload);
}

static enum glow_code notify(const char *payload)
{
	return read_for(GLOW_COMMAND_NOTIFY, blinkt, NULL, payload);
}

/* ---- refusals ---- */

enum who { SET, NOTIFY, SET_PIGLOW, SET_AUTO, SET_BREATHE, SET_ANY };

/* As a conductor checks what is for many nodes, whose boards and lights it does not look at. */
static enum glow_code set_any(const char *payload)
{
	struct glow_command_ctx ctx = { .kind = GLOW_COMMAND_SET, .now_us = NOW, .any = true, .strict = true };
	cJSON *tree;
	enum glow_code code;

	diag = (struct glow_diag){ .code = GLOW_OK };
	tree = glow_command_tree(payload, strlen(payload), &diag);
	code = tree ? glow_command_read(tree, &ctx, &cmd, &diag) : diag.code;
	cJSON_Delete(tree);
	return code;
}

static enum glow_code read_as(enum who who, const char *payload)
{
	switch (who) {
	case NOTIFY:
		return notify(payload);
	case SET_PIGLOW:
		return read_for(GLOW_COMMAND_SET, piglow, effect("solid"), payload);
	case SET_AUTO:
		return read_for(GLOW_COMMAND_SET, blinkt, NULL, payload);
	case SET_BREATHE:
		return read_for(GLOW_COMMAND_SET, blinkt, effect("breathe"), payload);
	case SET_ANY:
		return set_any(payload);
	case SET:
		break;
	}
	return set(payload);
}

#define AT_60S_LATER   "1700000060000000"
#define AT_60S_TOO_FAR "1700000060000001"
#define SIXTY_FOUR     "0123456789012345678901234567890123456789012345678901234567890123"
#define SIXTY_THREE    "012345678901234567890123456789012345678901234567890123456789012"

static const struct {
	enum who who;
	const char *payload;
	enum glow_code code;
	const char *where;
} rows[] = {
	{ SET_ANY, "{}", GLOW_OK, "" },
	{ SET_ANY, "{\"leds\":{\"arm1.red\":9,\"left\":3,\"all\":1}}", GLOW_OK, "" },
	{ SET_ANY, "{\"leds\":{\"arm4\":9}}", GLOW_UNKNOWN_LED, "leds.arm4" },
	{ SET_ANY, "{\"leds\":{\"left\":256}}", GLOW_OUT_OF_RANGE, "leds.left" },
	{ SET_ANY, "{\"pixels\":{\"4095\":\"red\"}}", GLOW_OK, "" },
	{ SET_ANY, "{\"pixels\":{\"4096\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.4096" },
	{ SET_ANY, "{\"pixels\":[\"red\",\"x\"]}", GLOW_UNKNOWN_COLOR, "pixels.1" },
	{ SET_ANY, "{\"pixels\":[],\"leds\":{}}", GLOW_CONFLICT, "leds" },
	{ SET_ANY, "{\"params\":{\"period_ms\":3000}}", GLOW_OK, "" },
	{ SET_ANY, "{\"params\":{}}", GLOW_OK, "" },
	{ SET_ANY, "{\"params\":{\"floor\":3,\"period_ms\":3000}}", GLOW_OK, "" },
	{ SET_ANY, "{\"params\":{\"floor\":300}}", GLOW_OUT_OF_RANGE, "params.floor" },
	{ SET_ANY, "{\"params\":{\"source\":\"sun\"}}", GLOW_OUT_OF_RANGE, "params.source" },
	{ SET_ANY, "{\"params\":{\"nosuch\":1}}", GLOW_UNKNOWN_PARAM, "params" },
	{ SET_ANY, "{\"params\":{\"floor\":3,\"source\":\"cpu\"}}", GLOW_UNKNOWN_PARAM, "params" },
	{ SET_ANY, "{\"color\":\"red\",\"params\":{\"period_ms\":3000}}", GLOW_OK, "" },
	{ SET_ANY, "{\"effect\":\"solid\",\"params\":{\"period_ms\":3000}}", GLOW_UNKNOWN_PARAM, "params.period_ms" },
	{ SET_ANY, "{\"effect\":\"auto\",\"params\":{\"period_ms\":3000}}", GLOW_UNKNOWN_PARAM, "params.period_ms" },
	{ SET_ANY, "{\"effect\":\"nova\"}", GLOW_UNKNOWN_EFFECT, "effect" },
	{ SET_ANY, "{\"at_us\":" AT_60S_TOO_FAR "}", GLOW_OUT_OF_RANGE, "at_us" },
	{ SET_ANY, "rainbow 40%", GLOW_OK, "" },

	{ SET, "{}", GLOW_OK, "" },
	{ SET, "", GLOW_OK, "" },
	{ SET, "{\"nobody_knows\":{\"this\":[1]},\"Brightness\":\"x\"}", GLOW_UNKNOWN_FIELD, "nobody_knows" },
	{ SET, "{\"nobody_knows\":{\"this\":[1]},\"brightness\":1}", GLOW_OK, "" },
	{ SET, "{\"nobody_knows\":null}", GLOW_OK, "" },
	{ SET, "{\"since_us\":1,\"limited\":true}", GLOW_OK, "" },
	{ SET, "[]", GLOW_BAD_TYPE, "" },
	{ SET, "[{\"state\":\"ON\"}]", GLOW_BAD_TYPE, "" },
	{ SET, "{", GLOW_BAD_JSON, "" },
	{ SET, "{\"state\":\"ON\"} ON", GLOW_BAD_JSON, "" },
	{ SET, "{\"state\":\"ON\",\"state\":\"OFF\"}", GLOW_DUPLICATE_KEY, "state" },
	{ SET, "{\"a\":[[[[[[[[1]]]]]]]]}", GLOW_TOO_DEEP, "" },
	{ SET, "{\"effect\":\"\xff\"}", GLOW_BAD_ENCODING, "" },

	{ SET, "{\"state\":\"ON\"}", GLOW_OK, "" },
	{ SET, "{\"state\":\"OFF\"}", GLOW_OK, "" },
	{ SET, "{\"state\":\"on\"}", GLOW_OK, "" },
	{ SET, "{\"state\":\"Toggle\"}", GLOW_OK, "" },
	{ SET_ANY, "{\"state\":\"TOGGLE\"}", GLOW_OK, "" },
	{ NOTIFY, "{\"state\":\"TOGGLE\"}", GLOW_OUT_OF_RANGE, "state" },
	{ SET, "{\"state\":\"ON \"}", GLOW_OUT_OF_RANGE, "state" },
	{ SET, "{\"state\":\"\"}", GLOW_OUT_OF_RANGE, "state" },
	{ SET, "{\"state\":true}", GLOW_BAD_TYPE, "state" },
	{ SET, "{\"state\":null}", GLOW_OK, "" },

	{ SET, "{\"brightness\":0}", GLOW_OK, "" },
	{ SET, "{\"brightness\":255.0}", GLOW_OK, "" },
	{ SET, "{\"brightness\":256}", GLOW_OUT_OF_RANGE, "brightness" },
	{ SET, "{\"brightness\":-1}", GLOW_OUT_OF_RANGE, "brightness" },
	{ SET, "{\"brightness\":1e999}", GLOW_OUT_OF_RANGE, "brightness" },
	{ SET, "{\"brightness\":127.5}", GLOW_OK, "" },
	{ SET, "{\"brightness\":255.5}", GLOW_OUT_OF_RANGE, "brightness" },
	{ SET, "{\"brightness_pct\":100}", GLOW_OK, "" },
	{ SET, "{\"brightness_pct\":100.1}", GLOW_OUT_OF_RANGE, "brightness_pct" },
	{ SET, "{\"brightness_pct\":\"50%\"}", GLOW_BAD_TYPE, "brightness_pct" },
	{ SET, "{\"brightness_pct\":999,\"brightness\":3}", GLOW_OK, "" },
	{ SET, "{\"brightness_step\":-255}", GLOW_OK, "" },
	{ SET, "{\"brightness_step\":256}", GLOW_OUT_OF_RANGE, "brightness_step" },
	{ NOTIFY, "{\"brightness_step\":5}", GLOW_CONFLICT, "brightness_step" },
	{ SET, "{\"brightness\":\"128\"}", GLOW_BAD_TYPE, "brightness" },
	{ SET, "{\"brightness\":true}", GLOW_BAD_TYPE, "brightness" },

	{ SET, "{\"color\":{\"r\":1,\"g\":2,\"b\":3}}", GLOW_OK, "" },
	{ SET, "{\"color\":\"#f80\"}", GLOW_OK, "" },
	{ SET, "{\"color\":{\"h\":360,\"s\":100}}", GLOW_OK, "" },
	{ SET, "{\"color\":{\"h\":361,\"s\":100}}", GLOW_OUT_OF_RANGE, "color.h" },
	{ SET, "{\"color\":{\"h\":10}}", GLOW_BAD_TYPE, "color.s" },
	{ SET, "{\"color\":{\"x\":0.3,\"y\":1.5}}", GLOW_OUT_OF_RANGE, "color.y" },
	{ SET, "{\"color\":{\"hex\":\"ff8800\"}}", GLOW_OK, "" },
	{ SET, "{\"color\":{\"hex\":\"orange\"}}", GLOW_UNKNOWN_COLOR, "color.hex" },
	{ SET, "{\"color\":{\"hex\":7}}", GLOW_BAD_TYPE, "color.hex" },
	{ SET, "{\"color\":null}", GLOW_OK, "" },
	{ SET, "{\"color_temp\":153}", GLOW_OK, "" },
	{ SET, "{\"color_temp\":24}", GLOW_OUT_OF_RANGE, "color_temp" },
	{ SET, "{\"color_temp\":\"warm\"}", GLOW_BAD_TYPE, "color_temp" },
	{ SET, "{\"color_temp_kelvin\":2700}", GLOW_OK, "" },
	{ SET, "{\"color_temp_kelvin\":300}", GLOW_OUT_OF_RANGE, "color_temp_kelvin" },
	{ SET, "{\"color\":\"red\",\"color_temp\":1}", GLOW_OK, "" },
	{ SET, "{\"color\":\"DarkOrange\"}", GLOW_OK, "" },
	{ SET, "{\"color\":\"colour\"}", GLOW_UNKNOWN_COLOR, "color" },
	{ SET, "{\"color\":\"#ff88\"}", GLOW_UNKNOWN_COLOR, "color" },
	{ SET, "{\"color\":7}", GLOW_BAD_TYPE, "color" },
	{ SET, "{\"color\":[255,0,0]}", GLOW_BAD_TYPE, "color" },
	{ SET, "{\"color\":{\"r\":1,\"g\":2}}", GLOW_BAD_TYPE, "color.b" },
	{ SET, "{\"color\":{\"r\":300,\"g\":2,\"b\":3}}", GLOW_OUT_OF_RANGE, "color.r" },

	{ SET, "{\"effect\":\"rainbow\"}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"solid\"}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"auto\"}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"None\"}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"off\"}", GLOW_OK, "" },
	{ SET, "{\"effect\":null}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"null\"}", GLOW_UNKNOWN_EFFECT, "effect" },
	{ SET, "{\"effect\":\"binary-clock\"}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"binary_clock\"}", GLOW_UNKNOWN_EFFECT, "effect" },
	{ SET, "{\"effect\":\"Rainbow\"}", GLOW_UNKNOWN_EFFECT, "effect" },
	{ SET, "{\"effect\":\"\"}", GLOW_UNKNOWN_EFFECT, "effect" },
	{ SET, "{\"effect\":5}", GLOW_BAD_TYPE, "effect" },
	{ NOTIFY, "{\"effect\":\"auto\"}", GLOW_OUT_OF_RANGE, "effect" },
	{ NOTIFY, "{\"effect\":\"identify\"}", GLOW_OK, "" },

	{ SET, "{\"effect\":\"breathe\",\"params\":{}}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"breathe\",\"params\":{\"period_ms\":2000,\"floor\":100}}", GLOW_OK, "" },
	{ SET_BREATHE, "{\"params\":{\"period_ms\":1000}}", GLOW_OK, "" },
	{ SET_BREATHE, "{\"params\":{\"period_ms\":60000.0}}", GLOW_OK, "" },
	{ SET_BREATHE, "{\"params\":{\"period_ms\":999}}", GLOW_OUT_OF_RANGE, "params.period_ms" },
	{ SET_BREATHE, "{\"params\":{\"period_ms\":60001}}", GLOW_OUT_OF_RANGE, "params.period_ms" },
	{ SET_BREATHE, "{\"params\":{\"period_ms\":\"2000\"}}", GLOW_BAD_TYPE, "params.period_ms" },
	{ SET_BREATHE, "{\"params\":{\"period_ms\":2000.5}}", GLOW_OK, "" },
	{ SET_BREATHE, "{\"params\":{\"period_ms\":null}}", GLOW_OK, "" },
	{ SET_BREATHE, "{\"params\":{\"speed\":null}}", GLOW_UNKNOWN_PARAM, "params.speed" },
	{ SET_BREATHE, "{\"params\":{\"period_ms\":2000,\"speed\":1}}", GLOW_UNKNOWN_PARAM, "params.speed" },
	{ SET_BREATHE, "{\"params\":{\"Floor\":1}}", GLOW_UNKNOWN_PARAM, "params.Floor" },
	{ SET_BREATHE, "{\"params\":{\"color\":null}}", GLOW_OK, "" },
	{ SET_BREATHE, "{\"params\":{\"color\":\"red\"}}", GLOW_OK, "" },
	{ SET_BREATHE, "{\"params\":{\"color\":\"rd\"}}", GLOW_UNKNOWN_COLOR, "params.color" },
	{ SET_BREATHE, "{\"params\":{\"color\":{\"r\":1,\"g\":1,\"b\":999}}}", GLOW_OUT_OF_RANGE, "params.color.b" },
	{ SET_BREATHE, "{\"params\":[]}", GLOW_BAD_TYPE, "params" },
	{ SET_BREATHE, "{\"params\":null}", GLOW_OK, "" },
	{ SET_BREATHE, "{\"effect\":\"solid\",\"params\":{\"period_ms\":2000}}", GLOW_UNKNOWN_PARAM,
	  "params.period_ms" },
	{ SET, "{\"params\":{\"period_ms\":2000}}", GLOW_UNKNOWN_PARAM, "params.period_ms" },
	{ SET_AUTO, "{\"params\":{\"period_ms\":2000}}", GLOW_UNKNOWN_PARAM, "params.period_ms" },
	{ SET_AUTO, "{\"params\":{}}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"blink\",\"params\":{\"background\":null}}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"chase\",\"params\":{\"reverse\":true}}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"chase\",\"params\":{\"reverse\":1}}", GLOW_BAD_TYPE, "params.reverse" },
	{ SET, "{\"effect\":\"gauge\",\"params\":{\"source\":\"load\"}}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"gauge\",\"params\":{\"source\":\"disk\"}}", GLOW_OUT_OF_RANGE, "params.source" },
	{ SET, "{\"effect\":\"gauge\",\"params\":{\"source\":0}}", GLOW_BAD_TYPE, "params.source" },
	{ SET, "{\"effect\":\"morse\",\"params\":{\"text\":\"SOS ~!\"}}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"morse\",\"params\":{\"text\":\"" SIXTY_THREE "\"}}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"morse\",\"params\":{\"text\":\"" SIXTY_FOUR "\"}}", GLOW_OUT_OF_RANGE, "params.text" },
	{ SET, "{\"effect\":\"morse\",\"params\":{\"text\":\"caf\xc3\xa9\"}}", GLOW_OUT_OF_RANGE, "params.text" },
	{ SET, "{\"effect\":\"morse\",\"params\":{\"text\":\"a\\nb\"}}", GLOW_OUT_OF_RANGE, "params.text" },
	{ SET, "{\"effect\":\"morse\",\"params\":{\"text\":\"\x7f\"}}", GLOW_OUT_OF_RANGE, "params.text" },
	{ SET, "{\"effect\":\"morse\",\"params\":{\"text\":1}}", GLOW_BAD_TYPE, "params.text" },

	{ SET, "{\"transition\":6553}", GLOW_OK, "" },
	{ SET, "{\"transition\":6553.01}", GLOW_OUT_OF_RANGE, "transition" },
	{ SET, "{\"transition\":null}", GLOW_OK, "" },
	{ SET, "{\"transition\":-1}", GLOW_OUT_OF_RANGE, "transition" },
	{ SET, "{\"transition\":\"1\"}", GLOW_BAD_TYPE, "transition" },
	{ SET, "{\"flash\":10}", GLOW_OK, "" },
	{ SET, "{\"flash\":61}", GLOW_OUT_OF_RANGE, "flash" },
	{ SET, "{\"flash\":\"short\"}", GLOW_BAD_TYPE, "flash" },

	{ SET, "{\"pixels\":[]}", GLOW_OK, "" },
	{ SET, "{\"pixels\":[\"red\",{\"r\":1,\"g\":2,\"b\":3}]}", GLOW_OK, "" },
	{ SET, "{\"pixels\":[\"red\",1]}", GLOW_BAD_TYPE, "pixels.1" },
	{ SET, "{\"pixels\":[\"red\",\"blu\"]}", GLOW_UNKNOWN_COLOR, "pixels.1" },
	{ SET, "{\"pixels\":[{\"r\":1}]}", GLOW_BAD_TYPE, "pixels.0.g" },
	{ SET, "{\"pixels\":[0,0,0,0,0,0,0,0,0]}", GLOW_BAD_TYPE, "pixels.0" },
	{ SET, "{\"pixels\":[\"red\",\"red\",\"red\",\"red\",\"red\",\"red\",\"red\",\"red\"]}", GLOW_OK, "" },
	{ SET, "{\"pixels\":[\"red\",\"red\",\"red\",\"red\",\"red\",\"red\",\"red\",\"red\",\"red\"]}",
	  GLOW_OUT_OF_RANGE, "pixels" },
	{ SET, "{\"pixels\":\"red\"}", GLOW_BAD_TYPE, "pixels" },
	{ SET, "{\"pixels\":{\"0\":\"#f00\",\"3-5\":\"blue\",\"*\":\"black\"}}", GLOW_OK, "" },
	{ SET, "{\"pixels\":{\"0-7\":\"red\"}}", GLOW_OK, "" },
	{ SET, "{\"pixels\":{\"8\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.8" },
	{ SET, "{\"pixels\":{\"0-8\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.0-8" },
	{ SET, "{\"pixels\":{\"5-3\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.5-3" },
	{ SET, "{\"pixels\":{\"-1\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.-1" },
	{ SET, "{\"pixels\":{\"1-\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.1-" },
	{ SET, "{\"pixels\":{\"1--2\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.1--2" },
	{ SET, "{\"pixels\":{\"1 \":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.1 " },
	{ SET, "{\"pixels\":{\"\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels." },
	{ SET, "{\"pixels\":{\"0x1\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.0x1" },
	{ SET, "{\"pixels\":{\"4294967296\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.4294967296" },
	{ SET, "{\"pixels\":{\"18446744073709551616\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.18446744073709551616" },
	{ SET, "{\"pixels\":{\"0-99999999999999999999\":\"red\"}}", GLOW_OUT_OF_RANGE,
	  "pixels.0-99999999999999999999" },
	{ SET, "{\"pixels\":{\"*\":1}}", GLOW_BAD_TYPE, "pixels.*" },
	{ SET, "{\"pixels\":{\"0\":\"x\"}}", GLOW_UNKNOWN_COLOR, "pixels.0" },
	{ SET_PIGLOW, "{\"pixels\":{\"17\":\"red\"}}", GLOW_OK, "" },
	{ SET_PIGLOW, "{\"pixels\":{\"18\":\"red\"}}", GLOW_OUT_OF_RANGE, "pixels.18" },

	{ SET, "{\"leds\":{\"left\":0,\"right\":255,\"all\":1}}", GLOW_OK, "" },
	{ SET, "{\"leds\":{}}", GLOW_OK, "" },
	{ SET, "{\"leds\":{\"red\":1}}", GLOW_UNKNOWN_LED, "leds.red" },
	{ SET, "{\"leds\":{\"Left\":1}}", GLOW_UNKNOWN_LED, "leds.Left" },
	{ SET, "{\"leds\":{\"left\":256}}", GLOW_OUT_OF_RANGE, "leds.left" },
	{ SET, "{\"leds\":{\"left\":\"255\"}}", GLOW_BAD_TYPE, "leds.left" },
	{ SET, "{\"leds\":[1,2]}", GLOW_BAD_TYPE, "leds" },
	{ SET_PIGLOW, "{\"leds\":{\"arm1\":3,\"arm2.white\":4,\"red\":5}}", GLOW_OK, "" },
	{ SET_PIGLOW, "{\"leds\":{\"left\":3}}", GLOW_UNKNOWN_LED, "leds.left" },
	{ SET_PIGLOW, "{\"leds\":{\"arm4\":3}}", GLOW_UNKNOWN_LED, "leds.arm4" },

	{ SET, "{\"at_us\":0}", GLOW_OK, "" },
	{ SET, "{\"at_us\":-5}", GLOW_OK, "" },
	{ SET, "{\"at_us\":" AT_60S_LATER "}", GLOW_OK, "" },
	{ SET, "{\"at_us\":" AT_60S_TOO_FAR "}", GLOW_OUT_OF_RANGE, "at_us" },
	{ SET, "{\"at_us\":1e300}", GLOW_OUT_OF_RANGE, "at_us" },
	{ SET, "{\"at_us\":0.5}", GLOW_OK, "" },
	{ SET, "{\"at_us\":\"now\"}", GLOW_BAD_TYPE, "at_us" },

	{ NOTIFY, "{\"ttl_s\":0.1}", GLOW_OK, "" },
	{ NOTIFY, "{\"ttl_s\":86400}", GLOW_OK, "" },
	{ NOTIFY, "{\"ttl_s\":0.05}", GLOW_OUT_OF_RANGE, "ttl_s" },
	{ NOTIFY, "{\"ttl_s\":86401}", GLOW_OUT_OF_RANGE, "ttl_s" },
	{ NOTIFY, "{\"ttl_s\":\"5\"}", GLOW_BAD_TYPE, "ttl_s" },
	{ NOTIFY, "{\"priority\":9}", GLOW_OK, "" },
	{ NOTIFY, "{\"priority\":10}", GLOW_OUT_OF_RANGE, "priority" },
	{ NOTIFY, "{\"priority\":-1}", GLOW_OUT_OF_RANGE, "priority" },
	{ NOTIFY, "{\"priority\":1.5}", GLOW_OK, "" },
	{ NOTIFY, "{\"id\":\"x\"}", GLOW_OK, "" },
	{ NOTIFY, "{\"id\":\"" SIXTY_FOUR "\"}", GLOW_OK, "" },
	{ NOTIFY, "{\"id\":\"" SIXTY_FOUR "x\"}", GLOW_OUT_OF_RANGE, "id" },
	{ NOTIFY, "{\"id\":\"\"}", GLOW_OUT_OF_RANGE, "id" },
	{ NOTIFY, "{\"id\":1}", GLOW_BAD_TYPE, "id" },
	{ NOTIFY, "{\"id\":\"x\",\"clear\":true}", GLOW_OK, "" },
	{ NOTIFY, "{\"clear\":false}", GLOW_OK, "" },
	{ NOTIFY, "{\"clear\":true}", GLOW_CONFLICT, "clear" },
	{ NOTIFY, "{\"id\":\"x\",\"clear\":1}", GLOW_BAD_TYPE, "clear" },
	{ SET, "{\"absent\":1}", GLOW_BAD_TYPE, "absent" },
	{ NOTIFY, "{\"brightness\":256}", GLOW_OUT_OF_RANGE, "brightness" },
	/* A set knows nothing of a notice's fields, and so ignores them. */
	{ SET, "{\"ttl_s\":\"x\",\"priority\":99,\"id\":5,\"clear\":0,\"state\":\"ON\"}", GLOW_OK, "" },
	{ SET, "{\"ttl_s\":\"x\",\"priority\":99,\"id\":5,\"clear\":0}", GLOW_UNKNOWN_FIELD, "ttl_s" },

	{ SET, "{\"pixels\":[],\"leds\":{}}", GLOW_CONFLICT, "leds" },
	{ SET, "{\"effect\":\"auto\",\"color\":\"red\"}", GLOW_OK, "" },
	{ SET, "{\"effect\":\"auto\",\"pixels\":[]}", GLOW_CONFLICT, "effect" },
	{ SET, "{\"effect\":\"auto\",\"leds\":{}}", GLOW_CONFLICT, "effect" },
	{ SET, "{\"effect\":\"auto\",\"brightness\":9,\"state\":\"ON\",\"transition\":1}", GLOW_OK, "" },

	{ SET, "{\"seed\":4294967295}", GLOW_OK, "" },
	{ SET, "{\"seed\":4294967296}", GLOW_OUT_OF_RANGE, "seed" },
	{ SET, "{\"seed\":\"x\"}", GLOW_BAD_TYPE, "seed" },
	{ SET, "{\"dark\":false}", GLOW_OK, "" },
	{ SET, "{\"dark\":1}", GLOW_BAD_TYPE, "dark" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		enum glow_code code = read_as(rows[k].who, rows[k].payload);

		if (code != rows[k].code || strcmp(diag.where, rows[k].where) != 0)
			fail_msg("%s\ngives %s at \"%s\", not %s at \"%s\"", rows[k].payload, glow_code_name(code),
				 diag.where, glow_code_name(rows[k].code), rows[k].where);
		assert_int_equal(code == GLOW_OK, diag.what[0] == '\0');
	}
}

static void test_size(void **state)
{
	char text[GLOW_COMMAND_MAX + 2];

	(void)state;
	memset(text, ' ', sizeof(text));
	text[0] = '{';
	text[GLOW_COMMAND_MAX - 1] = '}';
	text[GLOW_COMMAND_MAX] = '\0';
	assert_int_equal(set(text), GLOW_OK);
	text[GLOW_COMMAND_MAX] = ' ';
	text[GLOW_COMMAND_MAX + 1] = '\0';
	assert_int_equal(set(text), GLOW_TOO_LARGE);
	text[0] = 'x'; /* whatever it is */
	assert_int_equal(set(text), GLOW_TOO_LARGE);
}

/* What is named back is UTF-8 too, however long the name was that somebody made up. */
static void test_path_encoding(void **state)
{
	char payload[400];

	(void)state;
	for (int pad = 0; pad < 4; pad++) {
		static const char *const forms[] = { "{\"pixels\":{\"%.*s%s\":\"red\"}}", "{\"leds\":{\"%.*s%s\":1}}",
						     "{\"params\":{\"%.*s%s\":1}}" };
		const char *euros = "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82"
				    "\xac\xe2\x82\xac"
				    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82"
				    "\xac\xe2\x82\xac"
				    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82"
				    "\xac\xe2\x82\xac"
				    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82"
				    "\xac\xe2\x82\xac"
				    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82"
				    "\xac\xe2\x82\xac";

		for (size_t k = 0; k < sizeof(forms) / sizeof(forms[0]); k++) {
			snprintf(payload, sizeof(payload), forms[k], pad, "xxxx", euros);
			assert_int_not_equal(set(payload), GLOW_OK);
			assert_true(strlen(diag.where) > 80);
			assert_true(glow_utf8_valid(diag.where, strlen(diag.where)));
			assert_true(glow_utf8_valid(diag.what, strlen(diag.what)));
		}
	}
}

/* What editors and templates leave before a payload, and JSON that lost its beginning or its end. */
static void test_blank_and_broken(void **state)
{
	static const char *const before[] = {
		" ", "\n", "\r\n", "\t", "\xef\xbb\xbf", "\xef\xbb\xbf\n ", "\n\xef\xbb\xbf"
	};
	static const char *const broken[] = {
		"{\"color\":\"red\"",        "{\"color\":\"red",      "\"color\":\"red\"}",
		"x{\"color\":\"red\"}",      "'{\"color\":\"red\"}'", "\"red\"",
		"color={\"r\":255}",         "{'color':'red'}",       "}",
		"\n {\"color\":{\"r\":255}", "red \"blink\""
	};
	char text[80];

	(void)state;
	for (size_t k = 0; k < sizeof(before) / sizeof(before[0]); k++) {
		snprintf(text, sizeof(text), "%s{\"color\":\"red\"}", before[k]);
		assert_int_equal(set(text), GLOW_OK);
		assert_true(cmd.has == GLOW_HAS_COLOR && memcmp(&cmd.color, &RED, sizeof(RED)) == 0);
		snprintf(text, sizeof(text), "%sred 40%%", before[k]);
		assert_int_equal(set(text), GLOW_OK);
		assert_int_equal(cmd.has, GLOW_HAS_COLOR | GLOW_HAS_BRIGHTNESS);
	}
	for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++)
		if (set(broken[k]) != GLOW_BAD_JSON)
			fail_msg("%s: %s", broken[k], glow_code_name(diag.code));
	assert_int_equal(set("red 'blink'"), GLOW_UNKNOWN_EFFECT); /* control: words that are none */
	assert_int_equal(set("\xef\xbb red"), GLOW_BAD_ENCODING);
	assert_int_equal(set("\"\xff"), GLOW_BAD_ENCODING);
}

/* ---- shorthand ---- */

static const struct {
	const char *words, *json;
} shorthands[] = {
	{ "", "{}" },
	{ " \t\r\n", "{}" },
	{ "on", "{\"state\":\"ON\"}" },
	{ "off", "{\"state\":\"OFF\"}" },
	{ "OFF", "{\"state\":\"OFF\"}" },
	{ "TOGGLE", "{\"state\":\"TOGGLE\"}" },
	{ "toggle 40%", "{\"state\":\"TOGGLE\",\"brightness\":102}" },
	{ "auto", "{\"effect\":\"auto\"}" },
	{ "red", "{\"color\":\"red\"}" },
	{ "  Red\n", "{\"color\":\"red\"}" },
	{ "#ff8800", "{\"color\":\"#ff8800\"}" },
	{ "#F80", "{\"color\":\"#f80\"}" },
	{ "rainbow", "{\"effect\":\"rainbow\"}" },
	{ "binary-clock", "{\"effect\":\"binary-clock\"}" },
	{ "rainbow 40%", "{\"effect\":\"rainbow\",\"brightness\":102}" },
	{ "40% rainbow", "{\"effect\":\"rainbow\",\"brightness\":102}" },
	{ "red breathe", "{\"color\":\"red\",\"effect\":\"breathe\"}" },
	{ "breathe red 50%", "{\"color\":\"red\",\"effect\":\"breathe\",\"brightness\":128}" },
	{ "0%", "{\"brightness\":0}" },
	{ "1%", "{\"brightness\":3}" },
	{ "100%", "{\"brightness\":255}" },
	{ "progress 70%", "{\"effect\":\"progress\",\"params\":{\"value\":70}}" },
	{ "progress 70% 40%", "{\"effect\":\"progress\",\"params\":{\"value\":70},\"brightness\":102}" },
	{ "40% progress 70%", "{\"effect\":\"progress\",\"params\":{\"value\":70},\"brightness\":102}" },
	{ "progress blue 70%", "{\"effect\":\"progress\",\"color\":\"blue\",\"params\":{\"value\":70}}" },
	{ "progress", "{\"effect\":\"progress\"}" },
	{ "cpu", "{\"effect\":\"gauge\",\"params\":{\"source\":\"cpu\"}}" },
	{ "memory", "{\"effect\":\"gauge\",\"params\":{\"source\":\"memory\"}}" },
	{ "temperature", "{\"effect\":\"gauge\",\"params\":{\"source\":\"temperature\"}}" },
	{ "load", "{\"effect\":\"gauge\",\"params\":{\"source\":\"load\"}}" },
	{ "network", "{\"effect\":\"gauge\",\"params\":{\"source\":\"network\"}}" },
	{ "cpu 40%", "{\"effect\":\"gauge\",\"params\":{\"source\":\"cpu\"},\"brightness\":102}" },
	{ "gauge 40%", "{\"effect\":\"gauge\",\"params\":{\"value\":40,\"source\":\"number\"}}" },
	{ "gauge 40% 100%",
	  "{\"effect\":\"gauge\",\"params\":{\"value\":40,\"source\":\"number\"},\"brightness\":255}" },
	{ "gauge", "{\"effect\":\"gauge\"}" },
	{ "gauge cpu", "{\"effect\":\"gauge\",\"params\":{\"source\":\"cpu\"}}" },
	{ "on red on", "{\"state\":\"ON\",\"color\":\"red\"}" },
};

static void test_shorthands(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(shorthands) / sizeof(shorthands[0]); k++) {
		const char *words = shorthands[k].words;
		cJSON *got = glow_shorthand_expand(words, strlen(words), &diag);
		cJSON *want = cJSON_Parse(shorthands[k].json);
		char *text = cJSON_PrintUnformatted(got);

		if (!json_equal(got, want))
			fail_msg("\"%s\" is %s, not %s", words, text, shorthands[k].json);
		/* The control: one member more is another command. */
		cJSON_AddNumberToObject(want, "more", 1);
		assert_false(json_equal(got, want));
		/* The expansion is a command that can be passed on, and a good one. */
		assert_int_equal(set(text), GLOW_OK);
		cJSON_Delete(got);
		cJSON_Delete(want);
		free(text);
	}
}

static void test_bad_shorthands(void **state)
{
	static const struct {
		const char *words;
		enum glow_code code;
		const char *where;
	} table[] = {
		{ "reddish", GLOW_UNKNOWN_EFFECT, "effect" },
		{ "red nonsense", GLOW_UNKNOWN_EFFECT, "effect" },
		{ "binary_clock", GLOW_UNKNOWN_EFFECT, "effect" },
		{ "number", GLOW_UNKNOWN_EFFECT, "effect" },
		{ "70", GLOW_UNKNOWN_EFFECT, "effect" },
		{ "#ff88", GLOW_UNKNOWN_COLOR, "color" },
		{ "#", GLOW_UNKNOWN_COLOR, "color" },
		{ "101%", GLOW_OUT_OF_RANGE, "brightness" },
		{ "-1%", GLOW_OUT_OF_RANGE, "brightness" },
		{ "+5%", GLOW_OUT_OF_RANGE, "brightness" },
		{ "%", GLOW_OUT_OF_RANGE, "brightness" },
		{ "5%%", GLOW_OUT_OF_RANGE, "brightness" },
		{ "1.5%", GLOW_OUT_OF_RANGE, "brightness" },
		{ "99999999999%", GLOW_OUT_OF_RANGE, "brightness" },
		{ "progress 101%", GLOW_OUT_OF_RANGE, "params.value" },
		{ "on off", GLOW_CONFLICT, "state" },
		{ "on toggle", GLOW_CONFLICT, "state" },
		{ "red blue", GLOW_CONFLICT, "color" },
		{ "rainbow fire", GLOW_CONFLICT, "effect" },
		{ "auto rainbow", GLOW_CONFLICT, "effect" },
		{ "cpu rainbow", GLOW_CONFLICT, "effect" },
		{ "cpu memory", GLOW_CONFLICT, "params.source" },
		{ "40% 50%", GLOW_CONFLICT, "brightness" },
		{ "progress 30% progress 40%", GLOW_CONFLICT, "params.value" },
		{ "auto red", GLOW_CONFLICT, "effect" },
		{ "r\xc3\xa9z", GLOW_UNKNOWN_EFFECT, "effect" },
		{ "\xff", GLOW_BAD_ENCODING, "" },
		{ SIXTY_FOUR "x", GLOW_UNKNOWN_EFFECT, "effect" },
		{ SIXTY_FOUR SIXTY_FOUR, GLOW_UNKNOWN_EFFECT, "effect" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		enum glow_code code = set(table[k].words);

		if (code != table[k].code || strcmp(diag.where, table[k].where) != 0)
			fail_msg("\"%s\" gives %s at \"%s\"", table[k].words, glow_code_name(code), diag.where);
	}
	assert_null(glow_shorthand_expand("red\0blue", 8, &diag));
	assert_int_equal(diag.code, GLOW_BAD_ENCODING);
}

/* ---- what was read ---- */

static void test_values(void **state)
{
	(void)state;
	assert_int_equal(set("{\"state\":\"OFF\",\"brightness\":12,\"color\":\"#010203\",\"effect\":\"breathe\","
			     "\"params\":{\"floor\":7},\"transition\":1.5,\"flash\":0.25,\"at_us\":5}"),
			 GLOW_OK);
	assert_int_equal(cmd.has, GLOW_HAS_STATE | GLOW_HAS_BRIGHTNESS | GLOW_HAS_COLOR | GLOW_HAS_EFFECT |
					  GLOW_HAS_PARAMS | GLOW_HAS_TRANSITION | GLOW_HAS_FLASH | GLOW_HAS_AT);
	assert_false(cmd.on);
	assert_int_equal(cmd.brightness, 12);
	assert_int_equal(glow_rgb_pack(cmd.color), 0x010203);
	assert_ptr_equal(cmd.named, effect("breathe"));
	assert_ptr_equal(cmd.effect, effect("breathe"));
	assert_int_equal(cmd.params_set, 1 << glow_param_find(cmd.effect, "floor"));
	assert_int_equal(cmd.params.v[glow_param_find(cmd.effect, "floor")], 7);
	assert_int_equal(cmd.transition_us, 1500000);
	assert_int_equal(cmd.flash_us, 250000);
	assert_int_equal(cmd.at_us, 5);
	assert_int_equal(notify("{\"ttl_s\":0.5,\"priority\":3,\"id\":\"door\",\"clear\":false}"), GLOW_OK);
	assert_int_equal(cmd.has, GLOW_HAS_TTL | GLOW_HAS_PRIORITY | GLOW_HAS_ID | GLOW_HAS_CLEAR);
	assert_int_equal(cmd.ttl_us, 500000);
	assert_int_equal(cmd.priority, 3);
	assert_string_equal(cmd.id, "door");
	assert_false(cmd.clear);
	assert_int_equal(set("{}"), GLOW_OK);
	assert_int_equal(cmd.has, 0);
}

static void test_hash(void **state)
{
	(void)state;
	/* FNV-1a-32 of "t", NUL, "p". */
	assert_int_equal(glow_command_hash("t", "p", 1), glow_fnv1a(GLOW_FNV_START, "t\0p", 3));
	assert_int_not_equal(glow_command_hash("t", "p", 1), glow_command_hash("tp", "", 0));
}

/* ---- what it does ---- */

static void apply(struct glow_shape shape, int64_t now_us, uint32_t seed, const char *payload)
{
	if (read_for(GLOW_COMMAND_SET, shape, look.effect, payload) != GLOW_OK)
		fail_msg("%s: %s %s", payload, diag.where, diag.what);
	glow_command_apply(&cmd, shape, now_us, seed, &look);
}

static void begin(const char *payload)
{
	glow_look_init(&look, NULL, NOW - 100 * SECOND);
	apply(blinkt, NOW - 50 * SECOND, 1, payload);
}

static int32_t param(const char *name)
{
	int k = glow_param_find(look.effect, name);

	assert_true(k >= 0);
	return look.params.v[k];
}

static void test_apply_color(void **state)
{
	(void)state;
	begin("red");
	assert_ptr_equal(look.effect, effect("solid"));
	assert_true(glow_rgb_equal(look.color, RED));
	/* An effect with a colour parameter goes on, in the new colour. */
	begin("{\"effect\":\"breathe\",\"params\":{\"color\":\"green\",\"period_ms\":2000}}");
	assert_int_equal(param("color"), 0x008000);
	apply(blinkt, NOW, 2, "blue");
	assert_ptr_equal(look.effect, effect("breathe"));
	assert_int_equal(param("color"), GLOW_LIGHT_COLOR);
	assert_int_equal(param("period_ms"), 2000);
	assert_true(glow_rgb_equal(look.color, BLUE));
	assert_int_equal(look.start_us, NOW - 50 * SECOND);
	assert_int_equal(look.seed, 1);
	/* One without turns to solid. */
	assert_int_equal(glow_param_with(effect("rainbow"), GLOW_ROLE_COLOR), -1);
	begin("rainbow");
	apply(blinkt, NOW, 2, "blue");
	assert_ptr_equal(look.effect, effect("solid"));
	/* Unless it is named as well. */
	begin("rainbow");
	apply(blinkt, NOW, 2, "{\"color\":\"blue\",\"effect\":\"rainbow\"}");
	assert_ptr_equal(look.effect, effect("rainbow"));
	assert_true(glow_rgb_equal(look.color, BLUE));
}

static void test_apply_params(void **state)
{
	(void)state;
	begin("{\"effect\":\"breathe\",\"params\":{\"period_ms\":2000}}");
	assert_int_equal(param("floor"), 5);
	apply(blinkt, NOW, 2, "{\"params\":{\"floor\":20}}"); /* changes only what is named */
	assert_int_equal(param("period_ms"), 2000);
	assert_int_equal(param("floor"), 20);
	assert_int_equal(look.start_us, NOW - 50 * SECOND);
	apply(blinkt, NOW, 2, "blink"); /* another effect: defaults, from its start */
	assert_int_equal(param("period_ms"), 1000);
	assert_int_equal(look.start_us, NOW);
	assert_int_equal(look.seed, 2);
	apply(blinkt, NOW + 1, 3, "breathe");
	assert_int_equal(param("period_ms"), 4000);
	assert_int_equal(param("floor"), 5);
	begin("{\"effect\":\"morse\",\"params\":{\"text\":\"SOS\"}}");
	assert_string_equal(look.params.text, "SOS");
	apply(blinkt, NOW, 2, "{\"params\":{\"unit_ms\":300}}");
	assert_string_equal(look.params.text, "SOS");
	apply(blinkt, NOW, 2, "morse");
	assert_string_equal(look.params.text, "GLOW");
}

static void test_apply_state(void **state)
{
	(void)state;
	begin("{\"effect\":\"breathe\",\"brightness\":70,\"color\":\"red\"}");
	apply(blinkt, NOW, 2, "off");
	assert_false(look.on);
	assert_ptr_equal(look.effect, effect("breathe"));
	apply(blinkt, NOW, 2, "on"); /* shows what it showed */
	assert_true(look.on);
	assert_ptr_equal(look.effect, effect("breathe"));
	assert_int_equal(look.brightness, 70);
	assert_true(glow_rgb_equal(look.color, RED));
	assert_int_equal(look.start_us, NOW - 50 * SECOND);
	apply(blinkt, NOW, 2, "{\"state\":\"OFF\",\"effect\":\"rainbow\"}");
	assert_false(look.on);
	apply(blinkt, NOW, 2, "on");
	assert_ptr_equal(look.effect, effect("rainbow"));
}

static void test_apply_auto(void **state)
{
	(void)state;
	begin("red");
	apply(blinkt, NOW, 2, "auto");
	assert_null(look.effect);
	apply(blinkt, NOW, 2, "40%"); /* dims what shows, and stays auto */
	assert_null(look.effect);
	assert_int_equal(look.brightness, 102);
	apply(blinkt, NOW, 2, "off");
	assert_null(look.effect);
	apply(blinkt, NOW, 2, "on");
	assert_null(look.effect);
	apply(blinkt, NOW, 2, "blue");
	assert_ptr_equal(look.effect, effect("solid"));
}

/* A state and a picture may say auto and a colour: that is kept for later. */
static void test_apply_auto_and_color(void **state)
{
	(void)state;
	begin("breathe");
	apply(blinkt, NOW, 2, "{\"state\":\"ON\",\"effect\":\"auto\",\"color\":\"red\",\"brightness\":9}");
	assert_null(look.effect);
	assert_true(look.on && look.brightness == 9 && glow_rgb_equal(look.color, RED));
}

/* 0 is OFF, and what ON comes back to is the last level. */
static void test_apply_brightness(void **state)
{
	static const char *const dark[] = { "0%", "{\"brightness\":0}", "{\"state\":\"ON\",\"brightness\":0}",
					    "{\"color\":\"red\",\"brightness\":0}" };

	(void)state;
	for (size_t k = 0; k < sizeof(dark) / sizeof(dark[0]); k++) {
		begin("{\"color\":\"red\",\"brightness\":70}");
		apply(blinkt, NOW, 2, dark[k]);
		assert_true(!look.on && look.brightness == 70);
		apply(blinkt, NOW, 2, "on");
		assert_true(look.on && look.brightness == 70 && glow_rgb_equal(look.color, RED));
		/* The control: any other level lights an OFF light, unless it shall stay OFF. */
		apply(blinkt, NOW, 2, "off");
		apply(blinkt, NOW, 2, "{\"state\":\"OFF\",\"brightness\":1}");
		assert_true(!look.on && look.brightness == 1);
		apply(blinkt, NOW, 2, "{\"brightness\":2}");
		assert_true(look.on && look.brightness == 2);
	}
}

static void test_apply_seed(void **state)
{
	(void)state;
	begin("fire");
	apply(blinkt, NOW, 7, "{\"effect\":\"fire\"}");
	assert_int_equal(look.seed, 7);
	apply(blinkt, NOW, 7, "{\"effect\":\"fire\",\"seed\":4294967295}");
	assert_int_equal(look.seed, UINT32_MAX);
	apply(blinkt, NOW, 8, "{\"brightness\":9,\"seed\":5}"); /* starts nothing */
	assert_int_equal(look.seed, UINT32_MAX);
}

/* The state of a light that has nothing to show; whoever changes one thing in it means that. */
static void test_apply_dark(void **state)
{
	static const struct {
		const char *words;
		bool dark, on;
		const char *effect;
	} table[] = {
		{ "{\"state\":\"OFF\",\"dark\":true,\"effect\":\"auto\",\"brightness\":9,\"color\":\"red\"}", true,
		  true, NULL },
		{ "{\"state\":\"OFF\",\"dark\":true}", true, true, NULL },
		{ "{\"dark\":true}", true, true, NULL },
		{ "{\"state\":\"OFF\",\"dark\":false}", false, false, "breathe" },
		{ "{\"state\":\"ON\",\"dark\":true,\"effect\":\"auto\"}", false, true, NULL },
		{ "{\"state\":\"OFF\",\"dark\":true,\"effect\":\"fire\"}", false, false, "fire" },
		{ "{\"dark\":true,\"pixels\":[\"red\"]}", false, true, "solid" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		begin("breathe");
		apply(blinkt, NOW, 2, table[k].words);
		assert_int_equal(cmd.dark, table[k].dark);
		assert_int_equal(look.on, table[k].on);
		assert_ptr_equal(look.effect, table[k].effect ? effect(table[k].effect) : NULL);
	}
}

static void test_idle_black(void **state)
{
	(void)state;
	assert_int_equal(glow_command_idle("black", blinkt, NOW, &look, &diag), GLOW_OK);
	assert_false(look.on);
	assert_int_equal(glow_command_idle("0%", blinkt, NOW, &look, &diag), GLOW_OK);
	assert_false(look.on);
	assert_int_equal(glow_command_idle("black fire", blinkt, NOW, &look, &diag), GLOW_OK);
	assert_true(look.on);
}

/* ---- painting ---- */

/* A letter a pixel: r g b, w white, k black, ? anything else. */
static bool painted(const char *letters)
{
	static const char names[] = "rgbwk";
	static const int32_t colors[] = { 0xff0000, 0x00ff00, 0x0000ff, 0xffffff, 0 };

	if (!look.painted || look.effect != effect("solid") || look.paint.n != strlen(letters))
		return false;
	for (uint32_t i = 0; i < look.paint.n; i++) {
		char got = '?';

		for (int k = 0; k < 5; k++)
			if (colors[k] == glow_rgb_pack(look.paint.px[i]))
				got = names[k];
		if (got != letters[i])
			return false;
	}
	return true;
}

static void test_paint_over_solid(void **state)
{
	(void)state;
	begin("red");
	apply(blinkt, NOW, 2, "{\"pixels\":[\"lime\",\"blue\"]}");
	assert_true(painted("gbrrrrrr"));
	assert_false(painted("gbkkkkkk"));
	apply(blinkt, NOW, 2, "{\"pixels\":{\"7\":\"white\"}}"); /* over the last picture */
	assert_true(painted("gbrrrrrw"));
	apply(blinkt, NOW, 2, "50%");
	assert_true(painted("gbrrrrrw"));
	apply(blinkt, NOW, 2, "off");
	apply(blinkt, NOW, 2, "on");
	assert_true(painted("gbrrrrrw"));
	apply(blinkt, NOW, 2, "blue"); /* ends with the next colour */
	assert_false(look.painted);
	apply(blinkt, NOW, 2, "{\"pixels\":[\"red\"]}");
	assert_true(painted("rbbbbbbb"));
	apply(blinkt, NOW, 2, "solid"); /* or effect, were it the same */
	assert_false(look.painted);
	apply(blinkt, NOW, 2, "{\"color\":\"lime\",\"pixels\":[\"red\"]}");
	assert_true(painted("rggggggg"));
	apply(blinkt, NOW, 2, "{\"effect\":\"solid\",\"pixels\":[\"blue\"]}");
	assert_true(painted("bggggggg"));
}

static void test_paint_over_effect(void **state)
{
	(void)state;
	begin("rainbow");
	apply(blinkt, NOW, 2, "{\"pixels\":{\"3-5\":\"blue\"}}");
	assert_true(painted("kkkbbbkk"));
	apply(blinkt, NOW, 2, "{\"pixels\":{\"0\":\"red\"}}");
	assert_true(painted("rkkbbbkk"));
	apply(blinkt, NOW, 2, "{\"effect\":\"rainbow\",\"pixels\":[\"lime\"]}");
	assert_true(painted("gkkkkkkk"));
	apply(blinkt, NOW, 2, "fire");
	assert_false(look.painted);
	assert_ptr_equal(look.effect, effect("fire"));
	begin("auto");
	apply(blinkt, NOW, 2, "{\"pixels\":[\"red\"]}");
	assert_true(painted("rkkkkkkk"));
}

static void test_paint_ranges(void **state)
{
	(void)state;
	begin("rainbow");
	apply(blinkt, NOW, 2, "{\"pixels\":{\"0\":\"red\",\"3-5\":\"blue\",\"*\":\"white\"}}");
	assert_true(painted("rwwbbbww"));
	apply(blinkt, NOW, 2, "{\"pixels\":{\"0-7\":\"black\",\"4\":\"lime\"}}");
	assert_true(painted("kkkkgkkk"));
	apply(blinkt, NOW, 2, "{\"pixels\":[]}");
	assert_true(painted("kkkkgkkk"));
}

static void test_leds_on_a_row(void **state)
{
	(void)state;
	begin("red");
	apply(blinkt, NOW, 2, "{\"leds\":{\"left\":0}}");
	assert_true(painted("kkkkrrrr"));
	apply(blinkt, NOW, 2, "{\"leds\":{\"left\":255,\"right\":0}}");
	assert_true(painted("rrrrkkkk"));
	begin("rainbow");
	apply(blinkt, NOW, 2, "{\"leds\":{\"right\":255}}");
	assert_true(painted("kkkkwwww"));
	apply(blinkt, NOW, 2, "{\"leds\":{\"right\":128}}");
	assert_int_equal(look.paint.px[7].r, 128);
}

/* A letter a LED: '*' full, '.' dark, '?' between. */
static bool lit(const char *leds)
{
	for (uint32_t i = 0; i < 18; i++) {
		struct glow_rgb c = look.paint.px[i];

		if (c.g != c.r || c.b != c.r || leds[i] != (c.r == 255 ? '*' : c.r ? '?' : '.'))
			return false;
	}
	return look.painted && look.paint.n == 18;
}

static void test_piglow(void **state)
{
	(void)state;
	glow_look_init(&look, effect("rainbow"), 0);
	apply(piglow, NOW, 2, "{\"leds\":{\"red\":255,\"arm2\":10,\"arm3.white\":255}}");
	assert_true(lit("*.....??????*....*"));
	assert_false(lit("*.....*.....*....*"));
	apply(piglow, NOW, 2, "{\"leds\":{\"all\":0,\"blue\":255}}");
	assert_true(lit("....*.....*.....*."));
	/* A colour for a LED of another colour lights as much of it as there is. */
	apply(piglow, NOW, 2,
	      "{\"pixels\":{\"*\":\"black\",\"0\":\"red\",\"1\":\"red\",\"2\":\"yellow\",\"5\":\"white\"}}");
	assert_true(lit("*.*..*............"));
	/* Over solid: what the LEDs showed of its colour. */
	glow_look_init(&look, effect("solid"), 0);
	look.color = RED;
	apply(piglow, NOW, 2, "{\"leds\":{\"arm1.blue\":255}}");
	assert_true(lit("*...*.*.....*....."));
}

/* Refused commands are read whole before anything is touched: reading does not know the light. */
/* promise: whole-or-not */
static void test_whole_or_not(void **state)
{
	struct glow_look before;

	(void)state;
	begin("{\"effect\":\"breathe\",\"color\":\"lime\"}");
	before = look;
	assert_int_equal(read_for(GLOW_COMMAND_SET, blinkt, look.effect,
				  "{\"color\":\"red\",\"brightness\":1,\"effect\":\"blink\",\"params\":{\"duty\":1}}"),
			 GLOW_OUT_OF_RANGE);
	assert_memory_equal(&before, &look, sizeof(look));
	assert_true(glow_rgb_equal(look.color, GREEN));
}

/* What is for many is tried on every effect; what one of them takes and ignores is named all the same. */
static void test_any_ignores(void **state)
{
	(void)state;
	assert_int_equal(set_any("{\"params\":{\"color\":{\"r\":1,\"g\":2,\"b\":3,\"w\":4}}}"), GLOW_OK);
	assert_string_equal(diag.ignored, "params.color.w");
	assert_int_equal(set_any("{\"params\":{\"color\":{\"r\":1,\"g\":2,\"b\":3}}}"), GLOW_OK);
	assert_string_equal(diag.ignored, "");
}

/* What goes into another message: every field that a command has, as it was, and nothing else. */
static void test_copy(void **state)
{
	cJSON *tree = cJSON_Parse("{\"state\":\"ON\",\"brightness\":12,\"color\":{\"r\":1,\"g\":2,\"b\":3},"
				  "\"effect\":\"fire\",\"params\":{\"x\":[1]},\"transition\":0.25,\"flash\":3,"
				  "\"pixels\":[\"red\"],\"leds\":{\"all\":9},\"at_us\":1700000000123457,\"ttl_s\":1.5,"
				  "\"priority\":9,\"id\":\"x\",\"clear\":false}");
	cJSON *copy = glow_command_copy(tree, GLOW_COMMAND_NOTIFY);
	char *text;

	(void)state;
	assert_int_equal(cJSON_GetArraySize(copy), 14);
	text = glow_json_finish(copy);
	assert_non_null(strstr(text, "\"at_us\":1700000000123457,"));
	copy = cJSON_Parse(text);
	assert_true(json_equal(tree, copy));
	cJSON_Delete(copy);
	free(text);
	cJSON_AddNumberToObject(tree, "Brightness", 1);
	copy = glow_command_copy(tree, GLOW_COMMAND_NOTIFY);
	assert_int_equal(cJSON_GetArraySize(copy), 14);
	cJSON_Delete(copy);
	copy = glow_command_copy(tree, GLOW_COMMAND_SET); /* without ttl_s, priority, id, clear */
	assert_int_equal(cJSON_GetArraySize(copy), 10);
	cJSON_Delete(copy);
	cJSON_Delete(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_path_encoding),
		cmocka_unit_test(test_blank_and_broken),
		cmocka_unit_test(test_shorthands),
		cmocka_unit_test(test_bad_shorthands),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_apply_color),
		cmocka_unit_test(test_apply_params),
		cmocka_unit_test(test_apply_state),
		cmocka_unit_test(test_apply_auto),
		cmocka_unit_test(test_apply_auto_and_color),
		cmocka_unit_test(test_apply_brightness),
		cmocka_unit_test(test_apply_seed),
		cmocka_unit_test(test_apply_dark),
		cmocka_unit_test(test_idle_black),
		cmocka_unit_test(test_paint_over_solid),
		cmocka_unit_test(test_paint_over_effect),
		cmocka_unit_test(test_paint_ranges),
		cmocka_unit_test(test_leds_on_a_row),
		cmocka_unit_test(test_piglow),
		cmocka_unit_test(test_whole_or_not),
		cmocka_unit_test(test_any_ignores),
		cmocka_unit_test(test_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
