/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A text to words. Lines matter: the end of one ends a statement, unless a bracket is open or the line cannot be
 * complete. */

#include <string.h>

#include <glow/hash.h>

#include "compile.h"

const char *const glow_script_keywords[KEYS + 1] = { "param", "let", "def", "if", "then", "else",
						     "and",   "or",  "not", "on", "off",  NULL };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* What stands at byte k, 0 behind the end. */
static char at(const struct glow_script_work *w, size_t k)
{
	return k < w->len ? w->text[k] : '\0';
}

bool glow_script_is(const struct glow_script_work *w, uint32_t word, unsigned sign)
{
	return w->words[word].kind == WORD_SIGN && w->words[word].key == sign;
}

bool glow_script_is_key(const struct glow_script_work *w, uint32_t word, enum keyword key)
{
	const struct name *name = &w->names[w->words[word].key];

	return w->words[word].kind == WORD_NAME && name->meaning == MEANS_KEYWORD && name->key == key;
}

/* ---- names ---- */

static uint16_t find_in(const char *const *names, const char *name)
{
	uint16_t k = 0;

	while (names[k] && strcmp(names[k], name) != 0)
		k++;
	return k;
}

/* What a name means before a text gives it a meaning. */
static void look_up(struct name *name, const char *text)
{
	name->key = find_in(glow_script_keywords, text);
	name->meaning = MEANS_KEYWORD;
	if (name->key < KEYS)
		return;
	for (name->key = 0; name->key < INPUTS; name->key++)
		if (strcmp(glow_script_inputs[name->key].name, text) == 0) {
			name->meaning = MEANS_INPUT;
			return;
		}
	for (name->key = 0; glow_script_function(name->key); name->key++)
		if (strcmp(glow_script_function(name->key), text) == 0) {
			name->meaning = MEANS_FUNCTION;
			return;
		}
	name->meaning = strcmp(text, "color") == 0 ? MEANS_LIGHT : MEANS_NOTHING;
}

/* The number of a name; each is in the table once. */
static uint16_t intern(struct glow_script_work *w, size_t from, size_t len)
{
	uint32_t slot = glow_fnv1a(GLOW_FNV_START, w->text + from, len) % (2 * NAMES_MAX);
	char *copy = w->pool + w->pool_len;
	uint16_t k;

	memcpy(copy, w->text + from, len);
	copy[len] = '\0';
	for (; (k = w->name_slots[slot]); slot = (slot + 1) % (2 * NAMES_MAX)) {
		if (strcmp(w->pool + w->names[k - 1].at, copy) == 0)
			return (uint16_t)(k - 1);
		if (glow_script_is_too_long(w, from)) /* names may be chosen so that all want one place */
			return 0;
	}
	k = (uint16_t)w->n_names++;
	w->name_slots[slot] = (uint16_t)(k + 1);
	w->names[k] = (struct name){ .at = (uint16_t)w->pool_len };
	w->pool_len += (uint32_t)len + 1;
	look_up(&w->names[k], copy);
	return k;
}

static size_t lex_name(struct glow_script_work *w, size_t from, struct word *word)
{
	size_t end = from;

	while (is_letter(at(w, end)) || is_digit(at(w, end)))
		end++;
	if (end - from >= GLOW_SCRIPT_WORD_SIZE) {
		glow_script_fail(w, from, "a name has at most %d letters, this one has %d", GLOW_SCRIPT_WORD_SIZE - 1,
				 (int)(end - from));
		return end;
	}
	word->kind = WORD_NAME;
	word->key = intern(w, from, end - from);
	return end;
}

/* ---- numbers, colours and texts ---- */

/* Digits behind the point, in 1/65536 and rounded; ten of them say all. */
static int32_t fraction(const char *digits, size_t n)
{
	uint64_t v = 0, scale = 1;

	for (size_t k = 0; k < n && k < 10; k++) {
		v = v * 10 + (uint64_t)(digits[k] - '0');
		scale *= 10;
	}
	return (int32_t)((v * 65536 + scale / 2) / scale);
}

static size_t lex_number(struct glow_script_work *w, size_t from, struct word *word)
{
	size_t end = from, point;
	int64_t whole = 0, sum;

	for (; is_digit(at(w, end)); end++)
		whole = whole < 100000000 ? whole * 10 + (at(w, end) - '0') : whole;
	point = end;
	if (at(w, end) == '.' && is_digit(at(w, end + 1)))
		for (end++; is_digit(at(w, end)); end++)
			;
	sum = whole * 65536 + (end > point ? fraction(w->text + point + 1, end - point - 1) : 0);
	word->kind = WORD_NUMBER;
	word->number = sum > INT32_MAX ? -1 : (int32_t)sum;
	word->whole = end == point ? (int32_t)whole : -1;
	if (is_letter(at(w, end)) || (at(w, end) == '.' && at(w, end + 1) != '.'))
		glow_script_fail(w, end, "this is no part of a number; a number is as 2 or 0.25");
	return end;
}

/* A '#' begins a colour if three or six digits follow, and else a comment. */
static size_t color_end(const struct glow_script_work *w, size_t from)
{
	size_t end = from + 1;

	while (is_hex(at(w, end)))
		end++;
	return (end == from + 4 || end == from + 7) && !is_letter(at(w, end)) ? end : from;
}

static size_t lex_color(struct glow_script_work *w, size_t from, struct word *word)
{
	size_t end = color_end(w, from);
	struct glow_rgb color = GLOW_BLACK;

	glow_color_parse(w->text + from, end - from, &color);
	word->kind = WORD_COLOR;
	word->number = glow_rgb_pack(color);
	return end;
}

static size_t lex_text(struct glow_script_work *w, size_t from, struct word *word)
{
	size_t end = from + 1;

	while (at(w, end) != '"' && at(w, end) != '\n' && end < w->len)
		end++;
	if (at(w, end) != '"')
		glow_script_fail(w, from, "the text that begins here has no \" at its end");
	else if (end - from - 1 >= GLOW_SCRIPT_WHAT_SIZE)
		glow_script_fail(w, from, "an explanation has at most %d bytes, this one has %d",
				 GLOW_SCRIPT_WHAT_SIZE - 1, (int)(end - from - 1));
	word->kind = WORD_TEXT;
	word->at = (uint16_t)(from + 1);
	word->len = (uint8_t)(end - from - 1);
	return end + 1;
}

/* ---- signs ---- */

static size_t lex_sign(struct glow_script_work *w, size_t from, struct word *word)
{
	static const struct {
		char text[3];
		uint8_t sign;
	} pairs[] = { { "<=", SIGN_AT_MOST },
		      { ">=", SIGN_AT_LEAST },
		      { "==", SIGN_EQUAL },
		      { "!=", SIGN_UNEQUAL },
		      { "..", SIGN_TO } };

	word->kind = WORD_SIGN;
	for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++)
		if (at(w, from) == pairs[k].text[0] && at(w, from + 1) == pairs[k].text[1]) {
			word->key = pairs[k].sign;
			return from + 2;
		}
	word->key = (unsigned char)at(w, from);
	if (at(w, from) == '.')
		glow_script_fail(w, from, "a number begins with a digit: 0.5, not .5");
	else if (!memchr("+-*/()<>=,%", at(w, from), 11))
		glow_script_fail(w, from, "this sign means nothing here");
	return from + 1;
}

/* ---- lines ---- */

/* Whether a line cannot end here, because its last word asks for more. */
static bool goes_on(const struct glow_script_work *w)
{
	static const uint8_t keys[] = { KEY_IF, KEY_THEN, KEY_ELSE, KEY_AND, KEY_OR, KEY_NOT };
	uint32_t last = w->n_words - 1;

	if (w->n_words == 0 || w->words[last].kind == WORD_LINE)
		return true;
	if (w->words[last].kind == WORD_SIGN)
		return w->words[last].key != ')' && w->words[last].key != '%';
	for (size_t k = 0; k < sizeof(keys); k++)
		if (glow_script_is_key(w, last, (enum keyword)keys[k]))
			return true;
	return false;
}

/* A line that begins with these goes on with the one before. */
static void join(struct glow_script_work *w)
{
	uint32_t last = w->n_words - 1;

	if (w->n_words < 2 || w->words[last - 1].kind != WORD_LINE)
		return;
	if (!glow_script_is_key(w, last, KEY_THEN) && !glow_script_is_key(w, last, KEY_ELSE))
		return;
	w->words[last - 1] = w->words[last];
	w->n_words--;
}

/* The first line, where it is a comment, is what the effect is called in lists. */
static void take_what(struct glow_script_work *w, size_t from, size_t end)
{
	size_t n;

	for (from++; from < end && (at(w, from) == ' ' || at(w, from) == '\t'); from++)
		;
	while (end > from && memchr(" \t\r", at(w, end - 1), 3))
		end--;
	n = end - from;
	if (n == 0)
		return;
	if (n >= sizeof(w->what))
		for (n = sizeof(w->what) - 1; n > 0 && ((unsigned char)at(w, from + n) & 0xc0) == 0x80; n--)
			;
	memcpy(w->what, w->text + from, n);
	w->what[n] = '\0';
	for (size_t k = 0; k < n; k++)
		if ((unsigned char)w->what[k] < ' ')
			w->what[k] = ' ';
}

static size_t skip_comment(struct glow_script_work *w, size_t from)
{
	size_t end = from;

	while (end < w->len && at(w, end) != '\n')
		end++;
	if (from == 0)
		take_what(w, from, end);
	return end;
}

static size_t lex_word(struct glow_script_work *w, size_t from)
{
	struct word *word = &w->words[w->n_words++];
	char c = at(w, from);
	size_t end;

	*word = (struct word){ .at = (uint16_t)from };
	if (is_letter(c))
		end = lex_name(w, from, word);
	else if (is_digit(c))
		end = lex_number(w, from, word);
	else if (c == '#')
		end = lex_color(w, from, word);
	else if (c == '"')
		return lex_text(w, from, word);
	else
		end = lex_sign(w, from, word);
	word->len = (uint8_t)(end - from < 32 ? end - from : 32);
	join(w);
	return end;
}

void glow_script_lex(struct glow_script_work *w)
{
	size_t end = 0;
	int open = 0;

	for (size_t k = 0; k < w->len && !w->failed;) {
		char c = at(w, k);

		if (c == ' ' || c == '\t' || c == '\r')
			k++;
		else if (c == '\n') {
			if (open <= 0 && !goes_on(w))
				w->words[w->n_words++] =
					(struct word){ .kind = WORD_LINE, .at = (uint16_t)k, .len = 1 };
			k++;
		} else if (c == '#' && color_end(w, k) == k)
			k = skip_comment(w, k);
		else {
			open += (c == '(') - (c == ')');
			k = end = lex_word(w, k);
		}
	}
	w->words[w->n_words] = (struct word){ .kind = WORD_END, .at = (uint16_t)end };
}
