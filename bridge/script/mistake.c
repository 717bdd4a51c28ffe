/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What is wrong with a text, in words. There is no printf() on this floor. */

#include <string.h>

#include "compile.h"

struct out {
	char *text;
	size_t n, size;
};

static void put(struct out *o, const char *text, size_t len)
{
	for (size_t k = 0; k < len && o->n + 1 < o->size; k++)
		o->text[o->n++] = text[k];
	o->text[o->n] = '\0';
}

/* A cut may not leave half a character. */
static void mend(struct out *o)
{
	size_t end = o->n, lead = end;
	unsigned char first;

	while (lead > 0 && ((unsigned char)o->text[lead - 1] & 0xc0) == 0x80)
		lead--;
	if (lead == 0 || end + 1 < o->size)
		return;
	first = (unsigned char)o->text[lead - 1];
	if (end - lead < (first >= 0xf0 ? 3u : first >= 0xe0 ? 2u : first >= 0xc0 ? 1u : 0u))
		o->text[lead - 1] = '\0';
}

static void put_int(struct out *o, int v)
{
	char digits[12];
	size_t n = sizeof(digits);
	unsigned rest = v < 0 ? 0u - (unsigned)v : (unsigned)v;

	do
		digits[--n] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (v < 0)
		digits[--n] = '-';
	put(o, digits + n, sizeof(digits) - n);
}

static void put_word(struct out *o, const struct glow_script_work *w, const struct word *word)
{
	if (word->kind == WORD_END)
		put(o, "the end of the text", 19);
	else if (word->kind == WORD_LINE)
		put(o, "the end of the line", 19);
	else if (word->kind == WORD_TEXT)
		put(o, "a text", 6);
	else {
		put(o, "\"", 1);
		put(o, w->text + word->at, word->len);
		put(o, "\"", 1);
	}
}

static void put_format(struct out *o, const struct glow_script_work *w, const char *format, va_list args)
{
	for (; *format; format++) {
		if (*format != '%') {
			put(o, format, 1);
			continue;
		}
		format++;
		if (*format == 's') {
			const char *text = va_arg(args, const char *);

			put(o, text, strlen(text));
		} else if (*format == 'd')
			put_int(o, va_arg(args, int));
		else if (*format == '%')
			put(o, format, 1);
		else
			put_word(o, w, &w->words[va_arg(args, uint32_t)]);
	}
	mend(o);
}

static void place(const char *text, size_t at, struct glow_script_mistake *ret_mistake)
{
	ret_mistake->line = ret_mistake->column = 1;
	for (size_t k = 0; k < at; k++) {
		if (text[k] == '\n') {
			ret_mistake->line++;
			ret_mistake->column = 1;
		} else if (((unsigned char)text[k] & 0xc0) != 0x80)
			ret_mistake->column++;
	}
}

void glow_script_fail(struct glow_script_work *w, size_t at, const char *format, ...)
{
	struct out o = { w->mistake->what, 0, sizeof(w->mistake->what) };
	va_list args;

	if (w->failed)
		return;
	w->failed = true;
	place(w->text, at, w->mistake);
	va_start(args, format);
	put_format(&o, w, format, args);
	va_end(args);
}

void glow_script_say(struct glow_script_mistake *ret_mistake, const char *format, ...)
{
	struct out o = { ret_mistake->what, 0, sizeof(ret_mistake->what) };
	va_list args;

	ret_mistake->line = ret_mistake->column = 0;
	va_start(args, format);
	put_format(&o, NULL, format, args);
	va_end(args);
}

void glow_script_meant(struct glow_script_mistake *mistake, const char *meant)
{
	struct out o = { mistake->what, strlen(mistake->what), sizeof(mistake->what) };

	if (!meant)
		return;
	put(&o, "; did you mean \"", 16);
	put(&o, meant, strlen(meant));
	put(&o, "\"?", 2);
}
