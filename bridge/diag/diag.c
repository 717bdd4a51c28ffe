/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Texts are cut to fixed sizes because a diagnosis lives on the stack of whoever asked. What is cut is
 * often what a stranger sent, and it goes out again as JSON, so no cut may leave half a character. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glow/diag.h>

static const char *const names[GLOW_N_CODES] = {
	[GLOW_OK] = "ok",
	[GLOW_BAD_JSON] = "bad_json",
	[GLOW_TOO_LARGE] = "too_large",
	[GLOW_TOO_DEEP] = "too_deep",
	[GLOW_DUPLICATE_KEY] = "duplicate_key",
	[GLOW_BAD_TYPE] = "bad_type",
	[GLOW_OUT_OF_RANGE] = "out_of_range",
	[GLOW_UNKNOWN_EFFECT] = "unknown_effect",
	[GLOW_UNKNOWN_PARAM] = "unknown_param",
	[GLOW_UNKNOWN_LED] = "unknown_led",
	[GLOW_UNKNOWN_COLOR] = "unknown_color",
	[GLOW_BAD_ENCODING] = "bad_encoding",
	[GLOW_CONFLICT] = "conflict",
	[GLOW_RETAINED] = "retained",
	[GLOW_UNKNOWN_FIELD] = "unknown_field",
	[GLOW_UNKNOWN_TARGET] = "unknown_target",
	[GLOW_BUSY] = "busy",
	[GLOW_BAD_EFFECT] = "bad_effect",
	[GLOW_UNKNOWN_PRESET] = "unknown_preset",
	[GLOW_UNKNOWN_SCHEDULE] = "unknown_schedule",
};

const char *glow_code_name(enum glow_code code)
{
	return names[code];
}

void glow_diag_mend(char *text)
{
	size_t end = strlen(text), lead = end;
	unsigned char first;

	while (lead > 0 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
		lead--;
	if (lead == 0)
		return;
	first = (unsigned char)text[lead - 1];
	if (end - lead < (first >= 0xf0 ? 3u : first >= 0xe0 ? 2u : first >= 0xc0 ? 1u : 0u))
		text[lead - 1] = '\0';
}

enum glow_code glow_diag_set(struct glow_diag *diag, enum glow_code code, const char *where, const char *what, ...)
{
	va_list args;

	diag->code = code;
	snprintf(diag->where, sizeof(diag->where), "%s", where);
	glow_diag_mend(diag->where);
	va_start(args, what);
	vsnprintf(diag->what, sizeof(diag->what), what, args);
	va_end(args);
	glow_diag_mend(diag->what);
	return code;
}

enum glow_code glow_diag_meant(struct glow_diag *diag, const char *name)
{
	size_t n = strlen(diag->what);

	if (name)
		snprintf(diag->what + n, sizeof(diag->what) - n, "; did you mean \"%s\"?", name);
	glow_diag_mend(diag->what);
	return diag->code;
}

enum glow_code glow_diag_inside(struct glow_diag *diag, const char *where)
{
	char path[2 * sizeof(diag->where)];

	snprintf(path, sizeof(path), "%s%s%s", where, diag->where[0] ? "." : "", diag->where);
	memcpy(diag->where, path, sizeof(diag->where));
	diag->where[sizeof(diag->where) - 1] = '\0';
	glow_diag_mend(diag->where);
	return diag->code;
}

const char *glow_diag_ignored(const struct glow_diag *diag, const char *path)
{
	const char *next = path ? path + strlen(path) + 1 : diag->ignored;

	return next[0] ? next : NULL;
}

void glow_diag_ignore(struct glow_diag *diag, const char *where)
{
	static const char more[] = "…";
	const char *last = NULL, *next = NULL;
	char text[sizeof(diag->where)];
	size_t end;

	while ((next = glow_diag_ignored(diag, last)))
		last = next;
	if (last && strcmp(last, more) == 0)
		return;
	end = last ? (size_t)(last - diag->ignored) + strlen(last) + 1 : 0;
	snprintf(text, sizeof(text), "%s", where[0] ? where : "\"\"");
	glow_diag_mend(text);
	if (end + strlen(text) + 1 + sizeof(more) >= sizeof(diag->ignored))
		memcpy(text, more, sizeof(more));
	memcpy(diag->ignored + end, text, strlen(text) + 1);
	diag->ignored[end + strlen(text) + 1] = '\0';
}

const char *glow_lack_text(int error)
{
	switch (error) {
	case EMFILE:
		return "out of file descriptors: raise its limit (LimitNOFILE= of its service, ulimit -n)";
	case ENFILE:
		return "out of file descriptors: the whole machine is";
	case ENOMEM:
		return "out of memory";
	case EAGAIN:
		return "out of memory or threads: raise its limits (MemoryMax= and TasksMax= of its service, ulimit -v "
		       "and -u)";
	default:
		return strerror(error);
	}
}
