/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Values come from shells, from environment files that keep quotes, from editors that end lines with a
 * carriage return or begin files with a byte order mark. Where nobody can have meant these they
 * are passed over; of a secret, of which nothing can be shown, a word is said. */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "config_row.h"
#include "config_value.h"

#define STRING_MAX 4096
#define N(array)   (sizeof(array) / sizeof((array)[0]))

/* ---- what is said ---- */

int glow_say_no_memory(void)
{
	fputs("out of memory\n", stderr);
	return EX_OSERR;
}

static void say_line(const struct glow_program *program, const char *kind, const char *format, va_list args)
{
	char line[1024];

	vsnprintf(line, sizeof(line), format, args);
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	fprintf(stderr, "%s: %s%s\n", program->name, kind, line);
}

int glow_say_mistake(const struct glow_program *program, int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_line(program, "", format, args);
	va_end(args);
	return status;
}

void glow_say_warning(const struct glow_program *program, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_line(program, "warning: ", format, args);
	va_end(args);
}

static int refuse(const struct glow_program *program, int status, const char *label, const struct glow_mistake *m)
{
	const char *before = m->nearest[0] ? "; did you mean " : "", *after = m->nearest[0] ? "?" : "";

	return glow_say_mistake(program, status, "%s: %s, got \"%s\"%s%s%s", label, m->rule, m->shown, before,
				m->nearest, after);
}

/* A value as somebody would have typed it; "" for what there is not, and for a yes or no, which is in no doubt. */
static void value_text(const struct glow_config *config, const struct glow_option *o, char ret_text[64])
{
	const void *at = (const char *)config->values + o->offset;
	const char *text = "";

	ret_text[0] = '\0';
	if (o->type == GLOW_OPT_INT)
		snprintf(ret_text, 64, "%" PRId64, *(const int64_t *)at);
	else if (o->type == GLOW_OPT_STRING || o->type == GLOW_OPT_CHOICE)
		text = *(char *const *)at;
	if (text && text[0])
		snprintf(ret_text, 64, "%.60s", text);
}

int glow_config_refuse(const struct glow_config *config, const char *option, const char *what)
{
	const struct glow_option *o = config->program->options;
	char label[GLOW_ENV_SIZE];
	char text[64];
	int status = EX_USAGE;

	while (strcmp(o->name, option) != 0)
		o++;
	snprintf(label, sizeof(label), "--%s", option);
	if (config->source[o - config->program->options] == GLOW_FROM_ENV) {
		status = EX_CONFIG;
		glow_row_env(o, label);
	}
	value_text(config, o, text);
	if (strstr(what, text))
		return glow_say_mistake(config->program, status, "%s: %s", label, what);
	return glow_say_mistake(config->program, status, "%s: %s, got \"%s\"", label, what, text);
}

/* ---- what stands around a value ---- */

/* The byte order mark and the blanks that cannot be seen are among them. */
static const char *const blanks[] = { " ", "\t", "\n", "\v", "\f", "\r", "\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf" };

static const struct {
	const char *open, *close;
} quotes[] = { { "\"", "\"" },
	       { "'", "'" },
	       { "\xe2\x80\x9c", "\xe2\x80\x9d" },
	       { "\xe2\x80\x98", "\xe2\x80\x99" },
	       { "\xe2\x80\x9e", "\xe2\x80\x9c" } };

/* Length of the blank at the beginning, at the end; 0 for none. */
static size_t blank_before(const char *text)
{
	for (size_t k = 0; k < N(blanks); k++)
		if (strncmp(text, blanks[k], strlen(blanks[k])) == 0)
			return strlen(blanks[k]);
	return 0;
}

static size_t blank_behind(const char *text, size_t len)
{
	for (size_t k = 0; k < N(blanks); k++) {
		size_t n = strlen(blanks[k]);

		if (len >= n && memcmp(text + len - n, blanks[k], n) == 0)
			return n;
	}
	return 0;
}

/* Takes the blanks off, in place; true when there were any but one newline, with or without its carriage return. */
static bool blanks_strip(char *text)
{
	size_t skip = 0, n, end = strlen(text), len = end;

	if (len > 0 && text[len - 1] == '\n')
		end = --len;
	if (len > 0 && text[len - 1] == '\r')
		end = --len;
	while ((n = blank_before(text + skip)) > 0)
		skip += n;
	while (len > skip && (n = blank_behind(text, len)) > 0)
		len -= n;
	if (len < skip)
		len = skip;
	memmove(text, text + skip, len - skip);
	text[len - skip] = '\0';
	return len - skip < end;
}

/* Takes one pair of quotes off, in place; false when there is none. `"a" or "b"` is not in quotes. */
static bool quotes_strip(char *text, bool look_only)
{
	size_t len = strlen(text);

	for (size_t k = 0; k < N(quotes); k++) {
		size_t n = strlen(quotes[k].open), m = strlen(quotes[k].close);
		const char *inner = text + n;

		if (len < n + m || strncmp(text, quotes[k].open, n) != 0 ||
		    strstr(inner, quotes[k].close) != text + len - m)
			continue;
		if (!look_only) {
			memmove(text, text + n, len - n - m);
			text[len - n - m] = '\0';
		}
		return true;
	}
	return false;
}

static size_t quote_before(const char *text)
{
	for (size_t k = 0; k < N(quotes); k++) {
		if (strncmp(text, quotes[k].open, strlen(quotes[k].open)) == 0)
			return strlen(quotes[k].open);
		if (strncmp(text, quotes[k].close, strlen(quotes[k].close)) == 0)
			return strlen(quotes[k].close);
	}
	return 0;
}

bool glow_value_blank(const char *text)
{
	size_t n;

	while ((n = blank_before(text)) > 0 || (n = quote_before(text)) > 0)
		text += n;
	return !*text;
}

/* A copy without all that; NULL without memory. */
static char *tidy_copy(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return NULL;
	do
		blanks_strip(copy);
	while (quotes_strip(copy, false));
	return copy;
}

/* ---- what a text means ---- */

static bool int_parse(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
	const char *digits = text + (*text == '-');
	long long v;

	if (!*digits || digits[strspn(digits, "0123456789")])
		return false;
	errno = 0;
	v = strtoll(text, NULL, 10);
	if (errno || v < min || v > max)
		return false;
	*ret_value = v;
	return true;
}

bool glow_config_switch(const char *text, bool *ret_on)
{
	static const char *const words[] = { "no", "yes", "false", "true", "off", "on", "0", "1", "none" };

	for (size_t k = 0; k < N(words); k++)
		if (strcasecmp(text, words[k]) == 0) {
			*ret_on = k % 2;
			return true;
		}
	return false;
}

/* The word among the choices as it is written there, its length in *ret_len; or NULL. */
static const char *choice_find(const char *choices, const char *word, size_t *ret_len)
{
	size_t len = strlen(word);

	for (const char *c = choices;; c++) {
		size_t n = strcspn(c, "|");

		*ret_len = n;
		if (n == len && strncasecmp(c, word, len) == 0)
			return c;
		c += n;
		if (!*c)
			return NULL;
	}
}

/* The choice that is meant, its length in *ret_len: where one is `off`, a no means it; or NULL. */
static const char *choice_meant(const char *choices, const char *text, size_t *ret_len)
{
	const char *found = choice_find(choices, text, ret_len);
	bool on;

	if (!found && glow_config_switch(text, &on))
		found = choice_find(choices, on ? "on" : "off", ret_len);
	return found;
}

/* A copy of a string as its row reads it; NULL with what is wrong. Without memory nothing is. */
static char *string_read(const struct glow_option *o, const char *text, struct glow_mistake *m)
{
	size_t max = o->max ? (size_t)o->max : STRING_MAX;

	snprintf(m->shown, sizeof(m->shown), "%.60s", text);
	if (!*text && o->type == GLOW_OPT_STRING && o->def && *o->def)
		snprintf(m->rule, sizeof(m->rule), "must not be empty");
	else if (strlen(text) > max)
		snprintf(m->rule, sizeof(m->rule), "at most %zu bytes", max);
	else if (o->read && *text)
		return o->read(text, m);
	else
		return strdup(text);
	m->shown[0] = '\0'; /* nothing that can be shown, and perhaps a secret */
	return NULL;
}

/* ---- where it is kept ---- */

void glow_value_free(const struct glow_option *o, char **slot)
{
	if (*slot && o->type == GLOW_OPT_SECRET)
		explicit_bzero(*slot, strlen(*slot));
	free(*slot);
	*slot = NULL;
}

/* Keeps the text, which it frees; a list gets it as one more line. */
static int string_keep(const struct glow_option *o, char **slot, char *text)
{
	char *kept = text;

	if (o->type == GLOW_OPT_LIST && *slot) {
		if (asprintf(&kept, "%s\n%s", *slot, text) < 0)
			kept = NULL;
		free(text);
	}
	if (!kept)
		return glow_say_no_memory();
	glow_value_free(o, slot);
	*slot = kept;
	return 0;
}

static int string_set(const struct glow_program *program, const struct glow_option *o, int status, const char *label,
		      const char *text, char **slot)
{
	struct glow_mistake m = { .rule = "" };
	char *read = string_read(o, text, &m);

	if (read)
		return string_keep(o, slot, read);
	if (!m.rule[0])
		return glow_say_no_memory();
	if (!m.shown[0])
		return glow_say_mistake(program, status, "%s: %s", label, m.rule);
	return refuse(program, status, label, &m);
}

static int choice_set(const struct glow_program *program, const struct glow_option *o, int status, const char *label,
		      const char *text, char **slot)
{
	size_t len;
	const char *meant = choice_meant(o->choices, text, &len);
	char *word = meant ? strndup(meant, len) : NULL;

	if (!meant)
		return glow_say_mistake(program, status, "%s: must be one of %s, got \"%.60s\"", label, o->choices,
					text);
	return word ? string_keep(o, slot, word) : glow_say_no_memory();
}

/* Keeps a value that is tidy. */
static int tidy_set(struct glow_config *config, size_t row, int status, const char *label, const char *text)
{
	const struct glow_program *program = config->program;
	const struct glow_option *o = &program->options[row];
	void *slot = (char *)config->values + o->offset;

	switch (o->type) {
	case GLOW_OPT_INT:
		if (int_parse(text, o->min, o->max, slot))
			return 0;
		return glow_say_mistake(program, status, "%s: must be %" PRId64 "..%" PRId64 ", got \"%.60s\"", label,
					o->min, o->max, text);
	case GLOW_OPT_BOOL:
		if (glow_config_switch(text, slot))
			return 0;
		return glow_say_mistake(program, status,
					"%s: must be yes or no (or true, false, on, off, 1, 0), got \"%.60s\"", label,
					text);
	case GLOW_OPT_CHOICE:
		return choice_set(program, o, status, label, text, slot);
	default:
		return string_set(program, o, status, label, text, slot);
	}
}

/* Tidies a secret in place. Quotes may be part of it, and blanks might have been. */
static void secret_tidy(const struct glow_program *program, const char *label, char *text)
{
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		memmove(text, text + 3, strlen(text + 3) + 1);
	if (blanks_strip(text))
		glow_say_warning(program, "%s: the blanks around the password are not taken for a part of it", label);
	if (quotes_strip(text, true))
		glow_say_warning(program, "%s: the quotes around the password are taken for a part of it", label);
	if (strchr(text, '\n'))
		glow_say_warning(program, "%s: all of its lines are taken for the password", label);
}

int glow_value_set(struct glow_config *config, size_t row, enum glow_source source, const char *label, const char *text)
{
	const struct glow_option *o = &config->program->options[row];
	bool secret = o->type == GLOW_OPT_SECRET, as_it_is = secret || o->type == GLOW_OPT_LIST;
	int status = source == GLOW_FROM_COMMAND_LINE ? EX_USAGE : EX_CONFIG, r;
	char *tidy = as_it_is ? strdup(text) : tidy_copy(text);

	if (!tidy)
		return glow_say_no_memory();
	if (secret && source != GLOW_FROM_COMMAND_LINE)
		secret_tidy(config->program, label, tidy);
	r = tidy_set(config, row, status, label, tidy);
	if (secret)
		explicit_bzero(tidy, strlen(tidy));
	free(tidy);
	if (!r)
		config->source[row] = source;
	return r;
}

/* ---- secrets in files ---- */

/* Reads at most size - 1 bytes and ends them with NUL; returns how many, or a negative errno. */
static ssize_t file_read(const char *path, char *ret_text, size_t size)
{
	FILE *in = fopen(path, "re");
	ssize_t n;

	if (!in)
		return -errno;
	n = (ssize_t)fread(ret_text, 1, size - 1, in);
	if (ferror(in))
		n = -errno;
	fclose(in);
	ret_text[n < 0 ? 0 : n] = '\0';
	return n;
}

static bool is_utf16(const char *text, size_t n)
{
	return n >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0);
}

static int secret_file_set(struct glow_config *config, size_t row, const char *label, const char *path, char *text,
			   size_t size)
{
	const struct glow_program *program = config->program;
	ssize_t n = file_read(path, text, size);

	if (n < 0)
		return glow_say_mistake(program, EX_CONFIG, "%s: cannot read \"%.200s\": %s", label, path,
					strerror((int)-n));
	if (is_utf16(text, (size_t)n))
		return glow_say_mistake(program, EX_CONFIG, "%s: \"%.200s\" is UTF-16, must be UTF-8", label, path);
	if (strlen(text) != (size_t)n)
		return glow_say_mistake(program, EX_CONFIG, "%s: \"%.200s\" holds a NUL byte", label, path);
	if (glow_value_blank(text))
		return glow_say_mistake(program, EX_CONFIG, "%s: \"%.200s\" is empty", label, path);
	return glow_value_set(config, row, GLOW_FROM_FILE, label, text);
}

int glow_value_set_file(struct glow_config *config, size_t row, const char *label, const char *path)
{
	const struct glow_option *o = &config->program->options[row];
	/* Room for a byte order mark, for the end of the line, for one byte too many to be noticed, and for NUL. */
	size_t size = (o->max ? (size_t)o->max : STRING_MAX) + 7;
	char *text = calloc(1, size), *name = tidy_copy(path);
	int status = text && name ? secret_file_set(config, row, label, name, text, size) : glow_say_no_memory();

	if (text)
		explicit_bzero(text, size);
	free(text);
	free(name);
	return status;
}
