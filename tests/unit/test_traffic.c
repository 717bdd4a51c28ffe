/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Which lane a message waits in, and which of two commands may go because the other follows: by hand, and at random
 * beside what the commands do. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/command.h>
#include <glow/traffic.h>

#include "../harness/dice.h"

static uint64_t key;

static enum glow_lane sort(enum glow_way way, const char *topic, const char *payload, bool retained)
{
	const struct glow_message m = {
		.topic = topic, .payload = payload, .len = strlen(payload), .retained = retained
	};

	return glow_traffic_sort("glow", way, &m, &key);
}

static uint64_t key_in(const char *topic, const char *payload)
{
	sort(GLOW_WAY_IN, topic, payload, false);
	return key;
}

/* promise: bounded-queues */
static void test_lanes(void **state)
{
	static const struct {
		const char *topic;
		enum glow_lane in, out;
		bool retained;
	} cases[] = {
		{ "glow/time/request/pi1", GLOW_LANE_CLOCK, GLOW_LANE_CLOCK, false },
		{ "glow/time/reply/pi1", GLOW_LANE_CLOCK, GLOW_LANE_REPORT, false },
		{ "glow/time/request/x-4711", GLOW_LANE_REPORT, GLOW_LANE_REPORT, false },
		{ "glow/time/reply/x-4711", GLOW_LANE_REPORT, GLOW_LANE_REPORT, false },
		{ "glow/time/request/x/4711", GLOW_LANE_REPORT, GLOW_LANE_REPORT, false },
		{ "glow/time/reply/x/4711", GLOW_LANE_REPORT, GLOW_LANE_REPORT, false },
		{ "glow/time/adopt/request/pi1", GLOW_LANE_CLOCK, GLOW_LANE_CLOCK, false },
		{ "glow/time/adopt/reply/0011aabb", GLOW_LANE_CLOCK, GLOW_LANE_CLOCK, false },
		{ "glow/conductor/beacon", GLOW_LANE_CLOCK, GLOW_LANE_CLOCK, false },
		{ "glow/conductor/info", GLOW_LANE_CLOCK, GLOW_LANE_CLOCK, true },
		{ "glow/conductor/availability", GLOW_LANE_CLOCK, GLOW_LANE_CLOCK, true },
		{ "glow/node/pi1/availability", GLOW_LANE_REPORT, GLOW_LANE_CLOCK, true },
		{ "glow/node/pi1/set", GLOW_LANE_COMMAND, GLOW_LANE_COMMAND, false },
		{ "glow/all/notify", GLOW_LANE_COMMAND, GLOW_LANE_COMMAND, false },
		{ "glow/group/shelf/apply", GLOW_LANE_COMMAND, GLOW_LANE_COMMAND, false },
		{ "glow/scene/play", GLOW_LANE_COMMAND, GLOW_LANE_COMMAND, false },
		{ "glow/scene/stop", GLOW_LANE_COMMAND, GLOW_LANE_COMMAND, false },
		{ "glow/scene/current", GLOW_LANE_COMMAND, GLOW_LANE_COMMAND, true },
		{ "glow/dim/set", GLOW_LANE_COMMAND, GLOW_LANE_COMMAND, false },
		{ "glow/dim/current", GLOW_LANE_COMMAND, GLOW_LANE_COMMAND, true },
		{ "glow/roster", GLOW_LANE_REPORT, GLOW_LANE_COMMAND, true },
		{ "glow/node/pi1/place", GLOW_LANE_REPORT, GLOW_LANE_REPORT, true },
		{ "glow/answer/glowctl-1/1", GLOW_LANE_COMMAND, GLOW_LANE_COMMAND, false },
		{ "elsewhere", GLOW_LANE_COMMAND, GLOW_LANE_COMMAND, false },
		{ "glow/node/pi1/info", GLOW_LANE_REPORT, GLOW_LANE_REPORT, true },
		{ "glow/node/pi1/state", GLOW_LANE_REPORT, GLOW_LANE_REPORT, true },
		{ "glow/node/pi1/stats", GLOW_LANE_REPORT, GLOW_LANE_CLOCK, false },
		{ "glow/node/pi1/error", GLOW_LANE_REPORT, GLOW_LANE_REPORT, false },
		{ "glow/conductor/error", GLOW_LANE_REPORT, GLOW_LANE_REPORT, false },
		{ "glow/effects/0123456789abcdef", GLOW_LANE_REPORT, GLOW_LANE_REPORT, true },
		{ "homeassistant/device/glow-pi1/config", GLOW_LANE_REPORT, GLOW_LANE_REPORT, true },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		if (sort(GLOW_WAY_IN, cases[k].topic, "{}", cases[k].retained) != cases[k].in)
			fail_msg("%s arrives in another lane", cases[k].topic);
		if (sort(GLOW_WAY_OUT, cases[k].topic, "{}", cases[k].retained) != cases[k].out)
			fail_msg("%s leaves in another lane", cases[k].topic);
		assert_int_equal(key != 0, cases[k].retained);
	}
}

/* Of what is retained the newest counts, whatever it says; of its own topic. */
static void test_keys_out(void **state)
{
	uint64_t first;

	(void)state;
	sort(GLOW_WAY_OUT, "glow/node/pi1/state", "a", true);
	first = key;
	sort(GLOW_WAY_OUT, "glow/node/pi1/state", "b", true);
	assert_int_equal(key, first);
	sort(GLOW_WAY_OUT, "glow/node/pi2/state", "b", true);
	assert_int_not_equal(key, first);
	sort(GLOW_WAY_OUT, "glow/node/pi1/set", "{\"brightness\":1}", false);
	assert_int_equal(key, 0);
}

/* promise: each-acts-once */
static void test_same_key(void **state)
{
	static const char *const pairs[][3] = {
		{ "glow/node/pi1/set", "{\"brightness\":1}", "{\"brightness\":255}" },
		{ "glow/node/pi1/set", "{\"state\":\"ON\",\"brightness\":9}", "{\"state\":\"ON\",\"brightness\":10}" },
		{ "glow/node/pi2/set", "{\"color\":\"#ff0000\"}", "{\"color\":\"#00Ff0f\"}" },
		{ "glow/node/pi1/set", "{ \"color\" : \"#ff0000\" , \"effect\":\"fire\"}",
		  "{ \"color\" : \"#ff0001\" , \"effect\":\"fire\"}" },
		{ "glow/node/pi1/set", "{\"pixels\":{\"0-2\":\"#ff0000\"}}", "{\"pixels\":{\"0-2\":\"#ff0000\"}}" },
		{ "glow/dim/set", "{\"brightness\":10}", "{\"brightness\":20}" },
		{ "glow/dim/set", "{\"brightness\":0}", "{\"brightness\":0}" },
		{ "glow/scene/play", "{\"id\":\"a\",\"effect\":\"rainbow\",\"brightness\":7}",
		  "{\"id\":\"a\",\"effect\":\"rainbow\",\"brightness\":8}" },
		{ "glow/scene/play", "{\"playlist\":[{\"color\":\"red\",\"duration_s\":1}]}",
		  "{\"playlist\":[{\"color\":\"red\",\"duration_s\":1}]}" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++) {
		if (!key_in(pairs[k][0], pairs[k][1]))
			fail_msg("%s has no key", pairs[k][1]);
		if (key_in(pairs[k][0], pairs[k][1]) != key_in(pairs[k][0], pairs[k][2]))
			fail_msg("%s and %s have different keys", pairs[k][1], pairs[k][2]);
	}
}

/* promise: each-acts-once */
static void test_other_key(void **state)
{
	static const char *const pairs[][2] = {
		{ "{\"brightness\":1}", "{\"brightness\":0}" }, /* which leaves the level as it was */
		{ "{\"brightness\":1}", "{\"brightness\":256}" },
		{ "{\"brightness\":1}", "{\"brightness\":1000}" },
		{ "{\"brightness\":1}", "{\"brightness\":-1}" },
		{ "{\"brightness\":1}", "{\"brightness\":1.5}" },
		{ "{\"brightness\":1}", "{\"brightness\":\"1\"}" },
		{ "{\"brightness\":1}", "{\"brightness\":1,\"state\":\"ON\"}" },
		{ "{\"state\":\"ON\"}", "{\"state\":\"OFF\"}" },
		{ "{\"color\":\"#ff0000\"}", "{\"color\":\"#f00\"}" },
		{ "{\"color\":\"#ff0000\"}", "{\"color\":\"#ff000g\"}" },
		{ "{\"color\":\"#ff0000\"}", "{\"color\":\"red\"}" },
		{ "{\"effect\":\"fire\"}", "{\"effect\":\"rainbow\"}" },
		{ "{\"effect\":\"fire\",\"params\":{\"a\":1}}", "{\"effect\":\"fire\",\"params\":{\"a\":2}}" },
		{ "{\"transition\":1}", "{\"transition\":10}" },
		{ "{\"pixels\":{\"0\":\"#ff0000\"}}", "{\"pixels\":{\"0\":\"#ff0001\"}}" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++)
		if (key_in("glow/node/pi1/set", pairs[k][0]) == key_in("glow/node/pi1/set", pairs[k][1]))
			fail_msg("%s and %s have the same key", pairs[k][0], pairs[k][1]);
	assert_int_not_equal(key_in("glow/node/pi1/set", pairs[0][0]), key_in("glow/node/pi2/set", pairs[0][0]));
}

/* promise: each-acts-once */
static void test_no_key(void **state)
{
	static const char *const cases[][2] = {
		{ "glow/node/pi1/set", "{\"state\":\"TOGGLE\"}" },
		{ "glow/node/pi1/set", "{\"state\":\"on\"}" }, /* good, but unusual */
		{ "glow/node/pi1/set", "{\"brightness_step\":10}" },
		{ "glow/node/pi1/set", "{\"brightness\":1,\"flash\":2}" },
		{ "glow/node/pi1/set", "{\"brightness\":1,\"at_us\":0}" },
		{ "glow/node/pi1/set", "{\"brightness\":1,\"nonsense\":0}" },
		{ "glow/node/pi1/set", "{\"brightness\":1}x" },
		{ "glow/node/pi1/set", "{\"brightness\":1" },
		{ "glow/node/pi1/set", "{\"brightness\"" },
		{ "glow/node/pi1/set", "{\"brightness" },
		{ "glow/node/pi1/set", "{\"" },
		{ "glow/node/pi1/set", "{" },
		{ "glow/node/pi1/set", "{}" },
		{ "glow/node/pi1/set", "" },
		{ "glow/node/pi1/set", "red" },
		{ "glow/node/pi1/set", "[1]" },
		{ "glow/node/pi1/set", "{\"effect\":\"fi\\u0072e\"}" },
		{ "glow/node/pi1/set", "{\"effect\":\"f\xc3\xbcr\"}" },
		{ "glow/node/pi1/set", "{\"brightness\":\n1}" },
		{ "glow/all/set", "{\"brightness\":1}" }, /* the nodes and the conductor have it each */
		{ "glow/group/g/set", "{\"brightness\":1}" },
		{ "glow/all/notify", "{\"color\":\"#ff0000\"}" },
		{ "glow/all/apply", "{\"brightness\":1}" },
		{ "glow/scene/play", "{\"effect\":\"fire\",\"start_us\":1}" },
		{ "glow/scene/play", "{\"effect\":\"fire\",\"duration_s\":1}" },
		{ "glow/scene/stop", "{\"id\":\"a\"}" },
		{ "glow/dim/set", "{\"brightness\":1,\"until_us\":9}" },
		{ "glow/node/pi1/state", "{\"brightness\":1}" },
		{ "other/all/set", "{\"brightness\":1}" },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
		if (key_in(cases[k][0], cases[k][1]))
			fail_msg("%s %s has a key", cases[k][0], cases[k][1]);
	sort(GLOW_WAY_IN, "glow/node/pi1/set", "{\"brightness\":1}", true); /* refused */
	assert_int_equal(key, 0);
	assert_int_not_equal(key_in("glow/node/pi1/set", "{\"brightness\":1}"), 0); /* the control */
}

/* ---- at random ---- */

static const char *const members[] = {
	"\"brightness\":%u",
	"\"color\":\"#%06x\"",
	"\"state\":\"ON\"",
	"\"state\":\"OFF\"",
	"\"effect\":\"fire\"",
	"\"effect\":\"solid\"",
	"\"effect\":\"auto\"",
	"\"effect\":\"rainbow\"",
	"\"effect\":\"rainbow\",\"params\":{\"period_ms\":900}",
	"\"params\":{\"period_ms\":700}",
	"\"brightness_pct\":50",
	"\"brightness\":0",
	"\"color_temp\":300",
	"\"color\":\"blue\"",
	"\"transition\":1",
	"\"pixels\":[\"#112233\",\"#445566\"]",
	"\"pixels\":{\"1\":\"red\"}",
	"\"leds\":{\"0\":9}",
	"\"state\":\"TOGGLE\"",
	"\"brightness_step\":-5",
};
enum { N_MEMBERS = sizeof(members) / sizeof(members[0]) };

static void roll_command(struct dice *dice, uint32_t which, char text[512])
{
	size_t n = 0;

	for (uint32_t k = 0; k < N_MEMBERS; k++) {
		if (!(which >> k & 1))
			continue;
		n += (size_t)snprintf(text + n, 512 - n, "%c", n ? ',' : '{');
		if (k == 0)
			n += (size_t)snprintf(text + n, 512 - n, members[k], dice_roll(dice, 300));
		else if (k == 1)
			n += (size_t)snprintf(text + n, 512 - n, members[k], dice_roll(dice, 1 << 24));
		else
			n += (size_t)snprintf(text + n, 512 - n, "%s", members[k]);
	}
	snprintf(text + n, 512 - n, "}");
}

static enum glow_code carry_out(const char *text, struct glow_look *look)
{
	static struct glow_command command;
	const struct glow_shape shape = { GLOW_SHAPE_ROW, 8 };
	const struct glow_command_ctx ctx = {
		.kind = GLOW_COMMAND_SET, .shape = shape, .current = look->effect, .strict = true
	};
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree = glow_command_tree(text, strlen(text), &diag);

	if (tree && glow_command_read(tree, &ctx, &command, &diag) == GLOW_OK)
		glow_command_apply(&command, shape, 1, 1, look);
	cJSON_Delete(tree);
	return diag.code;
}

static bool equal_looks(const struct glow_look *a, const struct glow_look *b)
{
	if (a->effect != b->effect || !glow_rgb_equal(a->color, b->color) || a->brightness != b->brightness ||
	    a->on != b->on || a->painted != b->painted)
		return false;
	for (int k = 0; a->effect && k < a->effect->n_params; k++)
		if (a->params.v[k] != b->params.v[k])
			return false;
	for (uint32_t k = 0; a->painted && k < a->paint.n; k++)
		if (!glow_rgb_equal(a->paint.px[k], b->paint.px[k]))
			return false;
	return true;
}

/* Some command of few members. */
static uint32_t roll_members(struct dice *dice)
{
	uint32_t which = 0;

	for (uint32_t n = 1 + dice_roll(dice, 3); n > 0; n--)
		which |= UINT32_C(1) << dice_roll(dice, dice_roll(dice, 2) ? 4 : N_MEMBERS);
	return which;
}

/* promise: each-acts-once */
static void test_at_random(void **state)
{
	static struct glow_look both, alone;
	struct dice dice;
	int same = 0, differ = 0;

	(void)state;
	dice_init(&dice);
	for (int k = 0; k < 30000; k++) {
		char before[512], first[512], second[512];
		uint32_t which = roll_members(&dice);
		enum glow_code code;

		glow_look_init(&both, NULL, 0);
		for (uint32_t n = dice_roll(&dice, 3); n > 0; n--) {
			roll_command(&dice, roll_members(&dice), before);
			carry_out(before, &both);
		}
		alone = both;
		roll_command(&dice, which, first);
		roll_command(&dice, which, second);
		code = carry_out(first, &both);
		if (carry_out(second, &both) == carry_out(second, &alone) && equal_looks(&both, &alone) &&
		    (code == GLOW_OK) == (carry_out(second, &alone) == GLOW_OK))
			same++;
		else if (differ++, key_in("glow/node/pi1/set", first) == key_in("glow/node/pi1/set", second) && key)
			fail_msg("%s and %s have the same key, and without the first the second does something else",
				 first, second);
	}
	assert_true(same > 300 && differ > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lanes),     cmocka_unit_test(test_keys_out), cmocka_unit_test(test_same_key),
		cmocka_unit_test(test_other_key), cmocka_unit_test(test_no_key),   cmocka_unit_test(test_at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
