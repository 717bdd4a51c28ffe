/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A shorthand is a few words, each of which stands for fields of the JSON
 * command. It is expanded to that command and then checked like any other, so
 * both forms obey the same rules and an expansion can be passed on. */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <glow/command.h>
#include <glow/json.h>

enum { WORD_MAX = 64 };

struct words {
	cJSON *tree;
	struct glow_diag *diag;
	bool percent_is_value; /**< `progress` or `gauge` was said and has no value yet */
};

static enum glow_code add_once(struct words *w, const char *field, const char *value)
{
	const cJSON *old = glow_json_get(w->tree, field);

	if (!old)
		cJSON_AddStringToObject(w->tree, field, value);
	else if (strcmp(old->valuestring, value) != 0)
		return glow_diag_set(w->diag, GLOW_CONFLICT, field, "\"%s\" and \"%s\" exclude each other",
				     old->valuestring, value);
	return GLOW_OK;
}

static cJSON *params_of(struct words *w)
{
	cJSON *params = cJSON_GetObjectItemCaseSensitive(w->tree, "params");

	return params ? params : cJSON_AddObjectToObject(w->tree, "params");
}

static enum glow_code add_percent(struct words *w, const char *word)
{
	bool value = w->percent_is_value;
	const char *field = value ? "params.value" : "brightness", *name = value ? "value" : "brightness";
	cJSON *place = value ? params_of(w) : w->tree;
	char *end;
	unsigned long percent = strtoul(word, &end, 10);

	if (word[0] < '0' || word[0] > '9' || strcmp(end, "%") != 0 || percent > 100)
		return glow_diag_set(w->diag, GLOW_OUT_OF_RANGE, field, "must be 0%%..100%%, got %s", word);
	if (glow_json_get(place, name))
		return glow_diag_set(w->diag, GLOW_CONFLICT, field, "is there twice");
	glow_json_add_int(place, name, (int64_t)(value ? percent : (percent * 255 + 50) / 100));
	w->percent_is_value = false;
	return GLOW_OK;
}

static const char *meter_name(const char *word)
{
	for (const char *const *name = glow_meter_names; *name; name++)
		if (strcmp(*name, word) == 0)
			return *name;
	return NULL;
}

static enum glow_code add_word(struct words *w, const char *word)
{
	struct glow_rgb color;

	if (strcmp(word, "on") == 0)
		return add_once(w, "state", "ON");
	if (strcmp(word, "off") == 0)
		return add_once(w, "state", "OFF");
	if (word[strlen(word) - 1] == '%')
		return add_percent(w, word);
	if (meter_name(word)) {
		cJSON *params = params_of(w);

		if (glow_json_get(params, "source"))
			return glow_diag_set(w->diag, GLOW_CONFLICT, "params.source", "is there twice");
		cJSON_AddStringToObject(params, "source", word);
		return add_once(w, "effect", "gauge");
	}
	if (strcmp(word, "auto") == 0 || glow_effect_find(word, strlen(word))) {
		w->percent_is_value = strcmp(word, "progress") == 0 || strcmp(word, "gauge") == 0;
		return add_once(w, "effect", word);
	}
	if (glow_color_parse(word, strlen(word), &color))
		return add_once(w, "color", word);
	if (word[0] == '#')
		return glow_diag_set(w->diag, GLOW_UNKNOWN_COLOR, "color", "\"%s\" is not #rrggbb or #rgb", word);
	return glow_diag_set(w->diag, GLOW_UNKNOWN_EFFECT, "effect", "\"%s\" is no effect, colour, gauge or percentage",
			     word);
}

/* `gauge 40%` shows the number, so its source is the number. */
static void finish(struct words *w)
{
	cJSON *params = cJSON_GetObjectItemCaseSensitive(w->tree, "params");
	const cJSON *effect = glow_json_get(w->tree, "effect");

	if (params && effect && strcmp(effect->valuestring, "gauge") == 0 && glow_json_get(params, "value") &&
	    !glow_json_get(params, "source"))
		cJSON_AddStringToObject(params, "source", "number");
}

cJSON *glow_shorthand_expand(const char *text, size_t len, struct glow_diag *diag)
{
	struct words w = { .diag = diag };

	if (!glow_utf8_valid(text, len)) {
		glow_diag_set(diag, GLOW_BAD_ENCODING, "", "must be UTF-8 without NUL");
		return NULL;
	}
	w.tree = cJSON_CreateObject();
	for (size_t k = 0; k < len;) {
		char word[WORD_MAX + 2];
		size_t n = 0;

		if (strchr(" \t\r\n", text[k])) {
			k++;
			continue;
		}
		for (; k < len && n <= WORD_MAX && !strchr(" \t\r\n", text[k]); k++)
			word[n++] = (char)(text[k] >= 'A' && text[k] <= 'Z' ? text[k] + ('a' - 'A') : text[k]);
		word[n <= WORD_MAX ? n : 0] = '\0';
		if ((n > WORD_MAX ? glow_diag_set(diag, GLOW_UNKNOWN_EFFECT, "effect", "no word is that long")
				  : add_word(&w, word)) != GLOW_OK) {
			cJSON_Delete(w.tree);
			return NULL;
		}
	}
	finish(&w);
	return w.tree;
}
