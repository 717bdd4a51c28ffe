/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */

#include <string.h>

#include <glow/json.h>
#include <glow/title.h>

/* One character of UTF-8 that is valid. */
static uint32_t next_character(const char **text)
{
	const unsigned char *c = (const unsigned char *)*text;
	int more = *c >= 0xf0 ? 3 : *c >= 0xe0 ? 2 : *c >= 0xc0 ? 1 : 0;
	uint32_t code = more ? *c & (0x3fU >> more) : *c;

	for (int k = 1; k <= more; k++)
		code = code << 6 | (c[k] & 0x3fU);
	*text += more + 1;
	return code;
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == 0xa0 || (c >= 0x2000 && c <= 0x200d) || c == 0x202f || c == 0x205f || c == 0x3000 ||
	       c == 0x2060 || c == 0xfeff;
}

static bool may_stand_in_title(uint32_t c)
{
	if (c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
		return false;
	return c != 0x61c && c != 0x200e && c != 0x200f && !(c >= 0x202a && c <= 0x202e) &&
	       !(c >= 0x2066 && c <= 0x2069);
}

bool glow_title_valid(const char *text)
{
	size_t len = strnlen(text, GLOW_TITLE_MAX + 1);
	bool shows = false;

	if (len == 0 || len > GLOW_TITLE_MAX || !glow_utf8_valid(text, len))
		return false;
	while (*text) {
		uint32_t c = next_character(&text);

		if (!may_stand_in_title(c))
			return false;
		shows |= !is_blank(c);
	}
	return shows;
}

enum glow_code glow_title_read(const cJSON *tree, char ret_title[GLOW_TITLE_MAX + 1], struct glow_diag *diag)
{
	const cJSON *title = glow_json_given(tree, "title");

	ret_title[0] = '\0';
	if (!title || (cJSON_IsString(title) && !title->valuestring[0]))
		return GLOW_OK;
	if (!cJSON_IsString(title))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "title", "must be a text, or null for none");
	if (!glow_title_valid(title->valuestring))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "title",
				     "must be 1..%d bytes of text, not blank, without control characters, line ends "
				     "and marks of direction",
				     GLOW_TITLE_MAX);
	memcpy(ret_title, title->valuestring, strlen(title->valuestring) + 1);
	return GLOW_OK;
}
