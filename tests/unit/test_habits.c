/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* The foreign names: none is ours, each leads to a field that we have, and each example is a good command. The
 * documents show the same table. And what is said of fields that nobody knows. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include <glow/command.h>
#include <glow/habits.h>
#include <glow/json.h>

static struct glow_diag diag;
static struct glow_command command;

static enum glow_code read_text(enum glow_command_kind kind, const char *payload)
{
	struct glow_command_ctx ctx = { .kind = kind, .shape = { GLOW_SHAPE_ROW, 8 }, .strict = true };
	cJSON *tree = glow_command_tree(payload, strlen(payload), &diag);
	enum glow_code code = tree ? glow_command_read(tree, &ctx, &command, &diag) : diag.code;

	cJSON_Delete(tree);
	return code;
}

static bool is_field(const char *name)
{
	const char *field;

	for (size_t k = 0; (field = glow_command_field(GLOW_COMMAND_SET, k)); k++)
		if (strcmp(field, name) == 0)
			return true;
	return false;
}

/* promise: habits-are-understood */
static void test_table(void **state)
{
	const struct glow_habit *habit, *before = NULL;

	(void)state;
	for (size_t k = 0; (habit = glow_habit_at(k)); k++, before = habit) {
		char payload[80], meant[80];

		assert_false(is_field(habit->name));
		assert_true(is_field(habit->here));
		assert_true(!before || strcasecmp(before->name, habit->name) < 0);
		snprintf(payload, sizeof(payload), "{\"%s\":1}", habit->name);
		assert_int_equal(read_text(GLOW_COMMAND_SET, payload), GLOW_UNKNOWN_FIELD);
		assert_string_equal(diag.where, habit->name);
		snprintf(meant, sizeof(meant), "did you mean \"%s\"?", habit->here);
		assert_non_null(strstr(diag.what, meant));
		assert_non_null(strstr(diag.what, habit->send));
		if (read_text(GLOW_COMMAND_SET, habit->send) != GLOW_OK || diag.ignored[0])
			fail_msg("%s: %s", habit->send, diag.what);
		assert_non_null(strstr(habit->send, habit->here));
	}
	assert_true(before != NULL);
	assert_null(glow_habit_find("brightness"));
	assert_string_equal(glow_habit_find("dimmer")->here, "brightness_pct");
}

/* Exactly these rows, one below the other. */
/* promise: habits-are-understood */
static void test_document(void **state)
{
	static char page[65536], want[16384];
	const struct glow_habit *habit;
	size_t n = 0, len;
	FILE *f = fopen(GLOW_HABITS_PAGE, "r");

	(void)state;
	assert_non_null(f);
	len = fread(page, 1, sizeof(page) - 1, f);
	fclose(f);
	page[len] = '\0';
	n += (size_t)snprintf(want, sizeof(want), "\n| field | from | here | for example |\n|---|---|---|---|\n");
	for (size_t k = 0; (habit = glow_habit_at(k)); k++)
		n += (size_t)snprintf(want + n, sizeof(want) - n, "| `%s` | %s | `%s` | `%s` |\n", habit->name,
				      habit->from, habit->here, habit->send);
	snprintf(want + n, sizeof(want) - n, "\n");
	if (!strstr(page, want)) {
		fputs(want, stderr); /* too long for a message */
		fail_msg("%s does not have this table", GLOW_HABITS_PAGE);
	}
	want[n - 3] = '?'; /* the control */
	assert_null(strstr(page, want));
}

static void test_nearest(void **state)
{
	static const struct {
		const char *name, *meant;
	} table[] = {
		{ "Brightness", "brightness" }, { "brigthness", "brightness" }, { "colr", "color" },
		{ "STATE", "state" },           { "efect", "effect" },          { "power", "state" },
		{ "Bri", "brightness" },
	};
	char payload[80], meant[80];

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(table[0]); k++) {
		snprintf(payload, sizeof(payload), "{\"%s\":1}", table[k].name);
		assert_int_equal(read_text(GLOW_COMMAND_SET, payload), GLOW_UNKNOWN_FIELD);
		snprintf(meant, sizeof(meant), "did you mean \"%s\"?", table[k].meant);
		assert_non_null(strstr(diag.what, meant));
	}
	/* Nothing near: then what there is, and of a notice that is more. */
	assert_int_equal(read_text(GLOW_COMMAND_SET, "{\"quux\":1}"), GLOW_UNKNOWN_FIELD);
	assert_non_null(strstr(diag.what, "there are state, brightness"));
	assert_null(strstr(diag.what, "ttl_s"));
	assert_int_equal(read_text(GLOW_COMMAND_NOTIFY, "{\"quux\":1}"), GLOW_UNKNOWN_FIELD);
	assert_non_null(strstr(diag.what, "ttl_s"));
}

/* promise: never-ok-for-nothing */
static void test_ignored(void **state)
{
	const char *path;

	(void)state;
	assert_int_equal(read_text(GLOW_COMMAND_SET,
				   "{\"bri\":1,\"state\":\"ON\",\"\":2,\"gone\":null,\"seed\":3,\"dark\":true}"),
			 GLOW_OK);
	path = glow_diag_ignored(&diag, NULL);
	assert_string_equal(path, "bri");
	path = glow_diag_ignored(&diag, path);
	assert_string_equal(path, "\"\"");
	assert_null(glow_diag_ignored(&diag, path));
	assert_int_equal(read_text(GLOW_COMMAND_SET,
				   "{\"color\":\"red\",\"color_temp\":1,\"brightness\":3,\"brightness_step\":4}"),
			 GLOW_OK);
	assert_string_equal(diag.ignored, "brightness_step");
	assert_string_equal(glow_diag_ignored(&diag, diag.ignored), "color_temp");
	assert_int_equal(command.has, GLOW_HAS_COLOR | GLOW_HAS_BRIGHTNESS);
	assert_int_equal(read_text(GLOW_COMMAND_SET, "{\"state\":\"ON\"}"), GLOW_OK); /* each for itself */
	assert_null(glow_diag_ignored(&diag, NULL));
}

/* However many and long they are. */
static void test_ignored_many(void **state)
{
	char payload[3000] = "{\"state\":\"ON\"";
	const char *path = NULL, *last = NULL;
	size_t n = strlen(payload);

	(void)state;
	for (int k = 0; k < 40; k++)
		n += (size_t)snprintf(payload + n, sizeof(payload) - n, ",\"%d%.*s\":1", k, k * 3,
				      "€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€€");
	snprintf(payload + n, sizeof(payload) - n, "}");
	assert_int_equal(read_text(GLOW_COMMAND_SET, payload), GLOW_OK);
	while ((path = glow_diag_ignored(&diag, path))) {
		assert_true(glow_utf8_valid(path, strlen(path)));
		last = path;
	}
	assert_string_equal(last, "…");
	assert_true(last + strlen(last) + 1 < diag.ignored + sizeof(diag.ignored));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),   cmocka_unit_test(test_document),     cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_ignored), cmocka_unit_test(test_ignored_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
