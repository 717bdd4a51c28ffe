/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>

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
};

const char *glow_code_name(enum glow_code code)
{
	return names[code];
}

/* snprintf may have cut a character in two: drops an incomplete one at the end. */
static void mend_utf8(char *text, size_t written, size_t size)
{
	size_t end, lead;

	if (written < size)
		return;
	end = size - 1;
	lead = end;
	while (lead > 0 && ((unsigned char)text[lead - 1] & 0xc0) == 0x80)
		lead--;
	if (lead > 0 && (unsigned char)text[lead - 1] >= 0xc0)
		text[lead - 1] = '\0';
}

enum glow_code glow_diag_set(struct glow_diag *diag, enum glow_code code, const char *where, const char *what, ...)
{
	va_list args;
	int n;

	diag->code = code;
	n = snprintf(diag->where, sizeof(diag->where), "%s", where);
	mend_utf8(diag->where, (size_t)n, sizeof(diag->where));
	va_start(args, what);
	n = vsnprintf(diag->what, sizeof(diag->what), what, args);
	va_end(args);
	mend_utf8(diag->what, (size_t)n, sizeof(diag->what));
	return code;
}
