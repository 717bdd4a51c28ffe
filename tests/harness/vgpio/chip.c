/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Numbers are read as the kernel's kstrtol() does: any base, no blanks, one
 * line feed at the end. Which error comes first is the kernel's order too: a
 * value for an input is refused before it is read. */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chip.h"

static int number_parse(const char *text, long *ret_number)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;
	long v;

	if (!isdigit((unsigned char)*digits))
		return -EINVAL;
	errno = 0;
	v = strtol(text, &end, 0);
	if (errno)
		return -ERANGE;
	end += *end == '\n';
	if (*end)
		return -EINVAL;
	*ret_number = v;
	return 0;
}

static int line_find(struct vgpio_chip *c, const char *text, struct vgpio_line **ret_line)
{
	long number;
	int r = number_parse(text, &number);

	if (r < 0)
		return r;
	if (c->gone || number < (long)c->base || number >= (long)(c->base + c->ngpio))
		return -EINVAL;
	*ret_line = &c->line[number - (long)c->base];
	return 0;
}

int vgpio_chip_export(struct vgpio_chip *c, const char *text, int64_t now_ns)
{
	struct vgpio_line *line;
	int r = line_find(c, text, &line);

	if (r < 0)
		return r;
	if (line->exported || line->busy)
		return -EBUSY;
	line->exported = true;
	line->serial = ++c->serial;
	line->since_ns = now_ns;
	return 0;
}

/* A line that is let go becomes an input. */
static void line_free(struct vgpio_line *line)
{
	line->exported = false;
	line->out = false;
}

int vgpio_chip_unexport(struct vgpio_chip *c, const char *text)
{
	struct vgpio_line *line;
	int r = line_find(c, text, &line);

	if (r < 0)
		return r;
	if (!line->exported)
		return -EINVAL;
	line_free(line);
	return 0;
}

static bool is_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	return strncmp(text, word, len) == 0 && (text[len] == '\0' || strcmp(text + len, "\n") == 0);
}

int vgpio_chip_direction(struct vgpio_chip *c, unsigned line, const char *text)
{
	struct vgpio_line *l = &c->line[line];

	if (is_word(text, "in")) {
		l->out = false;
		return 0;
	}
	if (!is_word(text, "out") && !is_word(text, "low") && !is_word(text, "high"))
		return -EINVAL;
	l->high = text[0] == 'h';
	l->out = true;
	return 0;
}

int vgpio_chip_value(struct vgpio_chip *c, unsigned line, const char *text)
{
	struct vgpio_line *l = &c->line[line];
	long number;
	int r;

	if (!l->out)
		return -EPERM;
	r = number_parse(text, &number);
	if (r == 0)
		l->high = number != 0;
	return r;
}

bool vgpio_chip_level(const struct vgpio_chip *c, unsigned line)
{
	return c->line[line].out && c->line[line].high;
}

void vgpio_chip_plug(struct vgpio_chip *c, bool here)
{
	c->gone = !here;
	for (unsigned k = 0; k < c->ngpio; k++)
		line_free(&c->line[k]);
}
