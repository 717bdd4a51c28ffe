/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Effects in text as they come from outside, those of docs/effects-in-text.md, whose every example is one, and those
 * that are shipped in effects/. */

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/picture.h>
#include <glow/written.h>

static struct glow_diag diag;

static void refused(const char *name, const char *text, const char *where, const char *what)
{
	assert_null(glow_written_compile(name, text, strlen(text), &diag));
	assert_int_equal(diag.code, GLOW_BAD_EFFECT);
	assert_string_equal(diag.where, where);
	assert_non_null(strstr(diag.what, what));
}

static void test_refusals(void **state)
{
	static char large[GLOW_SCRIPT_MAX + 2];

	(void)state;
	refused("mine", "1 +\n  wvae(x)", "2:3", "did you mean \"wave\"?");
	refused("rainbow", "1", "name", "\"rainbow\" is a built-in effect");
	refused("Mine", "1", "name", "small letters");
	memset(large, '#', sizeof(large) - 1);
	refused("mine", large, "", "at most 4096 bytes");
}

/* Colours and brightness of a board as a node draws them. */
static void test_drawn(void **state)
{
	static const char text[] = "rgb(board_i / 4, board, boards / 4) * color";
	struct glow_script *script = glow_written_compile("mine", text, strlen(text), &diag);
	struct glow_env env = { .shape = { GLOW_SHAPE_ROW, 4 }, .brightness_limit = 255 };
	struct glow_place place = { .offset = 4, .total = 12, .board = 1, .boards = 3 };
	struct glow_frame frame;
	struct glow_look look;

	(void)state;
	assert_non_null(script);
	glow_look_init(&look, glow_script_effect(script), 0);
	glow_look_render(&look, &env, place, 0, &frame);
	for (uint32_t i = 0; i < 4; i++) {
		struct glow_rgb want = { (uint8_t)((i * 255 + 2) / 4), 255, 191 };
		assert_true(glow_linear_equal(frame.px[i], glow_linear_of(want)));
	}
	place.reverse = true;
	glow_look_render(&look, &env, place, 0, &frame);
	assert_int_equal(frame.px[0].r, glow_gamma16(191));
	free(script);
}

/* ---- files ---- */

static char file[65536];

static size_t read_file(const char *path)
{
	FILE *in = fopen(path, "r");
	size_t n;

	assert_non_null(in);
	n = fread(file, 1, sizeof(file) - 1, in);
	file[n] = '\0';
	fclose(in);
	return n;
}

/* It has light at some time on eight pixels, on a PiGlow and on forty. */
static void check_light(const struct glow_effect_desc *effect)
{
	static const struct glow_shape shapes[] = { { GLOW_SHAPE_ROW, 8 },
						    { GLOW_SHAPE_PIGLOW, 18 },
						    { GLOW_SHAPE_ROW, 40 } };
	struct glow_look look;

	glow_look_init(&look, effect, 0);
	for (size_t s = 0; s < 3; s++) {
		struct glow_env env = { .shape = shapes[s],
					.brightness_limit = 255,
					.meter = { 500, 500, 500, 500, 500 } };
		struct glow_frame frame;
		uint32_t light = 0;

		for (int64_t t_us = 0; t_us < 120000000; t_us += 500000) {
			glow_look_render(&look, &env, (struct glow_place){ .total = shapes[s].pixels }, t_us, &frame);
			for (uint32_t i = 0; i < frame.n; i++)
				light += frame.px[i].r + frame.px[i].g + frame.px[i].b;
		}
		if (light == 0)
			fail_msg("%s stays dark on %s of %u", effect->name, glow_shape_name(shapes[s]),
				 shapes[s].pixels);
	}
}

static void check_text(const char *name, const char *text, size_t len)
{
	struct glow_script *script = glow_written_compile(name, text, len, &diag);

	if (!script)
		fail_msg("%s: %s: %s\n%.*s", name, diag.where, diag.what, (int)len, text);
	check_light(glow_script_effect(script));
	free(script);
}

/* A block "glow-error" is a text, "---" and what is said of it. */
static void check_mistake(const char *text, const char *end)
{
	const char *line = strstr(text, "---\n");
	char told[512];

	assert_true(line && line < end);
	assert_null(glow_written_compile("mine", text, (size_t)(line - text), &diag));
	snprintf(told, sizeof(told), "%s: %s\n", diag.where, diag.what);
	line += 4;
	if (strlen(told) != (size_t)(end - line) || memcmp(told, line, strlen(told)) != 0)
		fail_msg("the page tells %.*s, but it is %s", (int)(end - line), line, told);
}

static void test_page(void **state)
{
	int texts = 0, mistakes = 0;
	const char *at;

	(void)state;
	read_file(GLOW_TEXT_PAGE);
	for (at = file; (at = strstr(at, "```glow"));) {
		const char *text = strchr(at, '\n') + 1, *end = strstr(text, "```");
		bool good = text[-2] == 'w';

		if (good)
			check_text("mine", text, (size_t)(end - text));
		else
			check_mistake(text, end);
		texts += good;
		mistakes += !good;
		at = end + 3;
	}
	assert_true(texts >= 5);
	assert_true(mistakes >= 3);
}

/* Whether the page has the word as a piece of a text, as `word`, `word(…)` or, for keywords, between others. */
static bool is_on_page(const char *word, bool keyword)
{
	size_t n = strlen(word);

	for (const char *at = file + 1; (at = strstr(at, word)); at++)
		if ((at[-1] == '`' || (keyword && at[-1] == ' ')) && strchr(keyword ? "` " : "`(", at[n]))
			return true;
	return false;
}

static void test_page_words(void **state)
{
	(void)state;
	read_file(GLOW_TEXT_PAGE);
	for (int kind = GLOW_SCRIPT_KEYWORDS; kind <= GLOW_SCRIPT_FUNCTIONS; kind++)
		for (size_t k = 0; glow_script_word((enum glow_script_words)kind, k); k++)
			if (!is_on_page(glow_script_word((enum glow_script_words)kind, k),
					kind == GLOW_SCRIPT_KEYWORDS))
				fail_msg("docs/effects-in-text.md lacks %s",
					 glow_script_word((enum glow_script_words)kind, k));
	assert_false(is_on_page("wvae", false));
}

/* Appends a parameter's row of the text, "param period 6..120 = 20 s "…"", as the page has it. */
static void put_param(char *row, size_t size, const char *line)
{
	const char *name = line + 6, *rest = strchr(name, ' ');
	size_t n = strlen(row), len = strcspn(rest, "\"\n");

	while (rest[len - 1] == ' ')
		len--;
	snprintf(row + n, size - n, "%s`%.*s`%.*s", row[n - 1] == ' ' && row[n - 2] == '|' ? "" : ", ",
		 (int)(rest - name), name, (int)len, rest);
}

/* The row of a shipped text in the page's table: its name, what one sees, the parameters. */
static void row_of(const char *name, const char *text, char *ret_row, size_t size)
{
	snprintf(ret_row, size, "| [%s](../effects/%s.glow) | %.*s | ", name, name, (int)strcspn(text + 2, "\n"),
		 text + 2);
	for (const char *at = text; (at = strstr(at, "\nparam ")); at++)
		put_param(ret_row, size, at + 1);
	snprintf(ret_row + strlen(ret_row), size - strlen(ret_row), " |\n");
}

static void check_row(const char *page, const char *name, const char *text)
{
	char row[1024];

	row_of(name, text, row, sizeof(row));
	if (!strstr(page, row))
		fail_msg("docs/effects-in-text.md lacks the row\n%s", row);
}

static void test_shipped(void **state)
{
	static char page[sizeof(file)];
	DIR *dir = opendir(GLOW_EFFECTS);
	struct dirent *entry;
	int n = 0;

	(void)state;
	assert_non_null(dir);
	read_file(GLOW_TEXT_PAGE);
	memcpy(page, file, sizeof(page));
	while ((entry = readdir(dir))) {
		char path[512], name[256];
		size_t len;

		snprintf(name, sizeof(name), "%s", entry->d_name);
		if (entry->d_name[0] == '.' || !strstr(name, ".glow"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", GLOW_EFFECTS, entry->d_name);
		*strstr(name, ".glow") = '\0';
		len = read_file(path);
		check_text(name, file, len);
		check_row(page, name, file);
		n++;
	}
	closedir(dir);
	assert_int_equal(n, 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),   cmocka_unit_test(test_drawn),   cmocka_unit_test(test_page),
		cmocka_unit_test(test_page_words), cmocka_unit_test(test_shipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
