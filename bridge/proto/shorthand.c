/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A shorthand is a few words, each of which stands for fields of the JSON
 * command. It is expanded to that command and then checked like any other, so
 * both forms obey the same rules and an expansion can be passed on. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <glow/command.h>
#include <glow/json.h>

enum { WORD_MAX = 64 };

struct words {
	cJSON *tree;
	struct glow_diag *diag;
	const struct glow_param_desc *percent; /* what the next percentage is a value of; NULL: the brightness */
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
	bool value = w->percent;
	const char *name = value ? w->percent->name : "brightness";
	cJSON *place = value ? params_of(w) : w->tree;
	char field[64], *end;
	unsigned long percent = strtoul(word, &end, 10);

	snprintf(field, sizeof(field), "%s%s", value ? "params." : "", name);
	if (word[0] < '0' || word[0] > '9' || strcmp(end, "%") != 0 || percent > 100)
		return glow_diag_set(w->diag, GLOW_OUT_OF_RANGE, field, "must be 0%%..100%%, got %s", word);
	if (glow_json_get(place, name))
		return glow_diag_set(w->diag, GLOW_CONFLICT, field, "is there twice");
	glow_json_add_int(place, name, (int64_t)(value ? percent : (percent * 255 + 50) / 100));
	w->percent = NULL;
	return GLOW_OK;
}

static const struct glow_param_desc *row_with(const struct glow_effect_desc *e, enum glow_param_role role)
{
	int k = e ? glow_param_with(e, role) : -1;

	return k >= 0 ? &e->params[k] : NULL;
}

static bool is_meter(const char *word)
{
	for (const char *const *name = glow_meter_names; *name; name++)
		if (strcmp(*name, word) == 0)
			return true;
	return false;
}

/* A meter stands for the first effect that shows meters. */
static enum glow_code add_meter(struct words *w, const char *word)
{
	const struct glow_param_desc *row = NULL;
	cJSON *params = params_of(w);
	char field[64];
	size_t k = 0;

	while (!(row = row_with(glow_effect_at(k), GLOW_ROLE_METER)))
		k++;
	snprintf(field, sizeof(field), "params.%s", row->name);
	if (glow_json_get(params, row->name))
		return glow_diag_set(w->diag, GLOW_CONFLICT, field, "is there twice");
	cJSON_AddStringToObject(params, row->name, word);
	return add_once(w, "effect", glow_effect_at(k)->name);
}

static enum glow_code add_word(struct words *w, const char *word)
{
	const struct glow_effect_desc *effect = glow_effect_find(word, strlen(word));
	struct glow_rgb color;

	if (strcmp(word, "on") == 0)
		return add_once(w, "state", "ON");
	if (strcmp(word, "off") == 0)
		return add_once(w, "state", "OFF");
	if (strcmp(word, "toggle") == 0)
		return add_once(w, "state", "TOGGLE");
	if (word[strlen(word) - 1] == '%')
		return add_percent(w, word);
	if (is_meter(word))
		return add_meter(w, word);
	if (strcmp(word, "auto") == 0 || effect) {
		w->percent = row_with(effect, GLOW_ROLE_PERCENT);
		return add_once(w, "effect", word);
	}
	if (glow_color_parse(word, strlen(word), &color))
		return add_once(w, "color", word);
	if (word[0] == '#')
		return glow_diag_set(w->diag, GLOW_UNKNOWN_COLOR, "color", "\"%s\" is not #rrggbb or #rgb", word);
	return glow_diag_set(w->diag, GLOW_UNKNOWN_EFFECT, "effect", "\"%s\" is no effect, colour, gauge or percentage",
			     word);
}

/* `gauge 40%` shows the number, so its source is the number. `auto red` is one or the other; a state that is auto and
 * has a colour is no shorthand. */
static enum glow_code finish(struct words *w)
{
	cJSON *params = cJSON_GetObjectItemCaseSensitive(w->tree, "params");
	const cJSON *name = glow_json_get(w->tree, "effect");
	const struct glow_effect_desc *effect =
		name ? glow_effect_find(name->valuestring, strlen(name->valuestring)) : NULL;
	const struct glow_param_desc *meter = row_with(effect, GLOW_ROLE_METER);
	const struct glow_param_desc *percent = row_with(effect, GLOW_ROLE_PERCENT);

	if (name && !effect && glow_json_get(w->tree, "color"))
		return glow_diag_set(w->diag, GLOW_CONFLICT, "effect", "auto lets go: no color with it");
	if (params && meter && percent && glow_json_get(params, percent->name) && !glow_json_get(params, meter->name))
		cJSON_AddStringToObject(params, meter->name, meter->choices[GLOW_METERS]);
	return GLOW_OK;
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
	if (finish(&w) != GLOW_OK) {
		cJSON_Delete(w.tree);
		return NULL;
	}
	return w.tree;
}

/* No word has these, so they are JSON with something before it, or its beginning lost. */
static bool meant_as_json(const char *text, size_t len)
{
	for (size_t k = 0; k < len; k++)
		if (text[k] && strchr("{}[]\"", text[k]))
			return true;
	return false;
}

cJSON *glow_command_tree(const char *payload, size_t len, struct glow_diag *diag)
{
	size_t blank;

	diag->ignored[0] = '\0';
	if (len > GLOW_COMMAND_MAX) {
		glow_diag_set(diag, GLOW_TOO_LARGE, "", "at most %d bytes, got %zu", GLOW_COMMAND_MAX, len);
		return NULL;
	}
	blank = glow_json_blank(payload, len);
	payload += blank;
	len -= blank;
	if (len > 0 && (payload[0] == '{' || payload[0] == '['))
		return glow_json_parse(payload, len, diag);
	if (glow_utf8_valid(payload, len) && meant_as_json(payload, len)) {
		glow_diag_set(diag, GLOW_BAD_JSON, "", "looks like JSON but does not begin with {, got %.*s",
			      (int)(len < 40 ? len : 40), payload);
		return NULL;
	}
	return glow_shorthand_expand(payload, len, diag);
}
