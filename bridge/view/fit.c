/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What does not fit is shortened here and nowhere else, so that a number is either
 * whole or gone: half of one reads as another. Everything counts characters,
 * since each that glow_fit_clean() lets through takes exactly one column. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <glow/fit.h>

bool glow_fit_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		const char *value = getenv(names[k]);

		if (value && value[0])
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

/* The next character; -1 for a byte that begins none. Moves past it. */
static int32_t take_character(const char **at)
{
	const unsigned char *c = (const unsigned char *)*at;
	int more = c[0] < 0x80 ? 0 : c[0] >= 0xc2 && c[0] < 0xe0 ? 1 : c[0] >= 0xe0 && c[0] < 0xf0 ? 2 : -1;
	int32_t code = more == 1 ? c[0] & 0x1f : more == 2 ? c[0] & 0x0f : c[0];

	(*at)++;
	for (int k = 1; k <= more; k++) {
		if ((c[k] & 0xc0) != 0x80)
			return -1;
		code = code << 6 | (c[k] & 0x3f);
	}
	*at += more > 0 ? more : 0;
	return more < 0 ? -1 : code;
}

/* Latin letters and signs, dashes, quotation marks and dots: all of one column. */
static bool is_plain(int32_t code)
{
	return (code >= ' ' && code < 0x7f) || (code >= 0xa0 && code < 0x300 && code != 0xad) ||
	       (code >= 0x2010 && code <= 0x2027);
}

static const char *in_ascii(int32_t code)
{
	switch (code) {
	case 0xb1:
		return "+-";
	case 0xb5:
		return "u";
	case 0xb7:
		return "-";
	case 0x2026:
		return "~";
	default:
		return "?";
	}
}

void glow_fit_clean(const char *text, bool ascii, char *ret_text, size_t size)
{
	size_t n = 0;

	while (*text) {
		const char *from = text;
		int32_t code = take_character(&text);
		size_t len = (size_t)(text - from);

		if (!is_plain(code) || (ascii && code > 0x7f)) {
			from = is_plain(code) ? in_ascii(code) : "?";
			len = strlen(from);
		}
		if (n + len >= size)
			break;
		memcpy(ret_text + n, from, len);
		n += len;
	}
	ret_text[n] = '\0';
}

static bool begins(char c)
{
	return (c & 0xc0) != 0x80;
}

int glow_fit_columns(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += begins(*text);
	return n;
}

/* Where the character of that column begins. */
static size_t byte_of(const char *text, int column)
{
	size_t at = 0;

	for (; text[at]; at++)
		if (begins(text[at]) && column-- == 0)
			break;
	return at;
}

static bool is_unit(const char *word)
{
	static const char *const units[] = { "µs", "us", "ms", "s" };
	size_t len = strcspn(word, " ");

	for (size_t k = 0; k < sizeof(units) / sizeof(units[0]); k++)
		if (len == strlen(units[k]) && strncmp(word, units[k], len) == 0)
			return true;
	return false;
}

/* The last place not beyond `end` where a text may be broken; 0 for none. */
static size_t last_break(const char *text, size_t end)
{
	size_t found = 0;
	int depth = 0;

	for (size_t at = 0; at <= end && text[at]; at++) {
		depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
		if (at > 0 && text[at] == ' ' && depth <= 0 && !is_unit(text + at + 1))
			found = at;
	}
	return found;
}

/* Inside a word: the part of a number that is left would read as another number. */
static size_t before_number(const char *text, size_t end)
{
	while (end > 0 && strchr("0123456789.:#%", text[end - 1]))
		end--;
	return end;
}

static const char *ellipsis(bool ascii)
{
	return ascii ? "~" : "…";
}

void glow_fit(char text[GLOW_FIT_SIZE], int columns, bool ascii)
{
	size_t end, at;

	if (glow_fit_columns(text) <= columns)
		return;
	if (columns < 1) {
		text[0] = '\0';
		return;
	}
	end = byte_of(text, columns - 1);
	at = last_break(text, end);
	if (at == 0)
		at = before_number(text, end);
	memmove(text + at, ellipsis(ascii), strlen(ellipsis(ascii)) + 1);
}

void glow_fit_name(const char *name, int columns, char *ret_text, size_t size)
{
	int n = glow_fit_columns(name), tail = (columns - 1) / 2;

	if (n <= columns)
		snprintf(ret_text, size, "%s", name);
	else
		snprintf(ret_text, size, "%.*s…%s", (int)byte_of(name, columns - 1 - tail), name,
			 name + byte_of(name, n - tail));
}

int glow_fit_wrap(const char *text, int columns, bool ascii, int most, char (*ret_lines)[GLOW_FIT_SIZE])
{
	int n = 0;

	while (*text && n < most) {
		size_t end = byte_of(text, columns), at = last_break(text, end);
		char *line = ret_lines[n++];

		if (!text[end] || at == 0)
			at = !text[end] ? end : strcspn(text, " ");
		if (n == most)
			at = strlen(text);
		snprintf(line, GLOW_FIT_SIZE, "%.*s", (int)at, text);
		glow_fit(line, columns, ascii);
		text += at + strspn(text + at, " ");
	}
	return n;
}

/* How many lines the kept parts take. They are also written if `ret_lines` is not NULL. */
static int lay(const struct glow_fit_part *parts, size_t n, const char *separator, int columns, bool ascii,
	       char (*ret_lines)[GLOW_FIT_SIZE])
{
	int gap = glow_fit_columns(separator), used = 0, lines = 0;
	char text[GLOW_FIT_SIZE];

	for (size_t k = 0; k < n; k++) {
		bool joined;

		if (parts[k].keep < 0)
			continue;
		snprintf(text, sizeof(text), "%s", parts[k].text);
		glow_fit(text, columns, ascii);
		joined = lines > 0 && used + gap + glow_fit_columns(text) <= columns;
		used = glow_fit_columns(text) + (joined ? used + gap : 0);
		if (!joined && ret_lines)
			ret_lines[lines][0] = '\0';
		lines += !joined;
		if (ret_lines)
			snprintf(ret_lines[lines - 1] + strlen(ret_lines[lines - 1]),
				 GLOW_FIT_SIZE - strlen(ret_lines[lines - 1]), "%s%s", joined ? separator : "", text);
	}
	return lines;
}

/* False when no part is left. */
static bool drop_least(struct glow_fit_part *parts, size_t n)
{
	struct glow_fit_part *least = NULL;

	for (size_t k = 0; k < n; k++)
		if (parts[k].keep >= 0 && (!least || parts[k].keep <= least->keep))
			least = &parts[k];
	if (least)
		least->keep = -1;
	return least;
}

int glow_fit_parts(struct glow_fit_part *parts, size_t n, const char *separator, int columns, bool ascii, int most,
		   char (*ret_lines)[GLOW_FIT_SIZE])
{
	while (lay(parts, n, separator, columns, ascii, NULL) > most && drop_least(parts, n))
		;
	return lay(parts, n, separator, columns, ascii, ret_lines);
}
