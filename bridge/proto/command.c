/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Each field has one reader and one row in the table below; a command is good
 * when every reader is content and the fields go together. Nothing is changed
 * until then: reading and applying are separate functions. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <glow/color_forms.h>
#include <glow/command.h>
#include <glow/habits.h>
#include <glow/hash.h>
#include <glow/json.h>
#include <glow/meant.h>
#include <glow/params.h>
#include <glow/state.h>
#include <glow/time.h>

#define AT_MAX_AHEAD_US (60 * GLOW_US_PER_S)

struct reading {
	struct glow_command *cmd;
	const struct glow_command_ctx *ctx;
	struct glow_shape shape; /* for any node the longest there is */
	struct glow_diag *diag;
};

static enum glow_code read_state(struct reading *r, const cJSON *item)
{
	const char *word = cJSON_IsString(item) ? item->valuestring : NULL;

	if (!word)
		return glow_diag_set(r->diag, GLOW_BAD_TYPE, "state", "must be a string");
	r->cmd->on = strcasecmp(word, "ON") == 0;
	r->cmd->toggle = strcasecmp(word, "TOGGLE") == 0;
	if (!r->cmd->on && !r->cmd->toggle && strcasecmp(word, "OFF") != 0)
		return glow_diag_set(r->diag, GLOW_OUT_OF_RANGE, "state", "must be ON, OFF or TOGGLE, got \"%.40s\"",
				     word);
	if (r->cmd->toggle && r->ctx->kind == GLOW_COMMAND_NOTIFY)
		return glow_diag_set(r->diag, GLOW_OUT_OF_RANGE, "state", "a notice has nothing to toggle: ON or OFF");
	return GLOW_OK;
}

static enum glow_code read_brightness(struct reading *r, const cJSON *item)
{
	int64_t v;

	if (glow_json_int(item, "brightness", 0, 255, &v, r->diag) != GLOW_OK)
		return r->diag->code;
	r->cmd->brightness = (uint8_t)v;
	return GLOW_OK;
}

static enum glow_code read_brightness_pct(struct reading *r, const cJSON *item)
{
	return glow_json_percent(item, "brightness_pct", &r->cmd->brightness, r->diag);
}

static enum glow_code read_brightness_step(struct reading *r, const cJSON *item)
{
	int64_t v;

	if (r->ctx->kind == GLOW_COMMAND_NOTIFY)
		return glow_diag_set(r->diag, GLOW_CONFLICT, "brightness_step", "a notice has no level to step from");
	if (glow_json_int(item, "brightness_step", -255, 255, &v, r->diag) != GLOW_OK)
		return r->diag->code;
	r->cmd->step = (int16_t)v;
	return GLOW_OK;
}

static enum glow_code read_kelvin(struct reading *r, const cJSON *item)
{
	return glow_color_kelvin_read(item, "color_temp_kelvin", &r->cmd->color, r->diag);
}

static enum glow_code read_mired(struct reading *r, const cJSON *item)
{
	return glow_color_mired_read(item, "color_temp", &r->cmd->color, r->diag);
}

static enum glow_code read_color(struct reading *r, const cJSON *item)
{
	return glow_json_color(item, "color", &r->cmd->color, r->diag);
}

static enum glow_code read_effect(struct reading *r, const cJSON *item)
{
	if (!cJSON_IsString(item))
		return glow_diag_set(r->diag, GLOW_BAD_TYPE, "effect", "must be a string");
	if (strcmp(item->valuestring, "auto") == 0) {
		if (r->ctx->kind == GLOW_COMMAND_NOTIFY)
			return glow_diag_set(r->diag, GLOW_OUT_OF_RANGE, "effect", "a notice cannot be auto");
		r->cmd->effect = NULL;
		return GLOW_OK;
	}
	if (strcasecmp(item->valuestring, "none") == 0 || strcasecmp(item->valuestring, "off") == 0) {
		r->cmd->effect = &glow_effect_solid;
		return GLOW_OK;
	}
	r->cmd->effect = glow_effect_find(item->valuestring, strlen(item->valuestring));
	if (r->cmd->effect)
		return GLOW_OK;
	glow_diag_set(r->diag, GLOW_UNKNOWN_EFFECT, "effect", "\"%s\" is no effect of this node", item->valuestring);
	return glow_diag_meant(r->diag, glow_meant_effect(item->valuestring));
}

static enum glow_code read_transition(struct reading *r, const cJSON *item)
{
	return glow_json_micro(item, "transition", 0, GLOW_FADE_MAX_US / GLOW_US_PER_S, &r->cmd->transition_us,
			       r->diag);
}

static enum glow_code read_flash(struct reading *r, const cJSON *item)
{
	return glow_json_micro(item, "flash", 0, 60, &r->cmd->flash_us, r->diag);
}

static enum glow_code read_at(struct reading *r, const cJSON *item)
{
	if (glow_json_time(item, "at_us", &r->cmd->at_us, r->diag) != GLOW_OK)
		return r->diag->code;
	if (r->cmd->at_us > r->ctx->now_us + AT_MAX_AHEAD_US)
		return glow_diag_set(r->diag, GLOW_OUT_OF_RANGE, "at_us", "must be at most 60 s ahead, got %.3f s",
				     (double)(r->cmd->at_us - r->ctx->now_us) / 1e6);
	return GLOW_OK;
}

static enum glow_code read_seed(struct reading *r, const cJSON *item)
{
	int64_t v;

	if (glow_json_int(item, "seed", 0, UINT32_MAX, &v, r->diag) != GLOW_OK)
		return r->diag->code;
	r->cmd->seed = (uint32_t)v;
	return GLOW_OK;
}

/* How a state says that its light is auto, ON and without anything to show: OFF to who only knows of OFF. Where
 * somebody has put his own wish into such a state, the wish counts. */
static enum glow_code read_dark(struct reading *r, const cJSON *item)
{
	bool wished = r->cmd->has & (GLOW_HAS_PIXELS | GLOW_HAS_LEDS) || r->cmd->effect ||
		      (r->cmd->has & GLOW_HAS_STATE && (r->cmd->on || r->cmd->toggle));
	bool dark;

	if (glow_json_bool(item, "dark", &dark, r->diag) != GLOW_OK)
		return r->diag->code;
	r->cmd->dark = dark && !wished && r->ctx->kind == GLOW_COMMAND_SET;
	if (r->cmd->dark)
		r->cmd->has |= GLOW_HAS_EFFECT;
	return GLOW_OK;
}

static enum glow_code read_ttl(struct reading *r, const cJSON *item)
{
	return glow_json_micro(item, "ttl_s", 0.1, 86400, &r->cmd->ttl_us, r->diag);
}

static enum glow_code read_priority(struct reading *r, const cJSON *item)
{
	int64_t v;

	if (glow_json_int(item, "priority", 0, 9, &v, r->diag) != GLOW_OK)
		return r->diag->code;
	r->cmd->priority = (uint8_t)v;
	return GLOW_OK;
}

static enum glow_code read_id(struct reading *r, const cJSON *item)
{
	return glow_json_text(item, "id", GLOW_NOTICE_ID_MAX, r->cmd->id, r->diag);
}

static enum glow_code read_clear(struct reading *r, const cJSON *item)
{
	return glow_json_bool(item, "clear", &r->cmd->clear, r->diag);
}

static enum glow_code read_absent(struct reading *r, const cJSON *item)
{
	return glow_json_bool(item, "absent", &r->cmd->absent, r->diag);
}

static void paint(struct glow_command *cmd, uint32_t i, struct glow_rgb c)
{
	cmd->paint.px[i] = c;
	cmd->paint_set[i] = 1;
}

/* "4" or "2-5" within the board; anything else is out of range. */
static bool pixel_range(const char *key, uint32_t n, uint32_t *ret_first, uint32_t *ret_last)
{
	char *end;
	unsigned long first, last;

	if (key[0] < '0' || key[0] > '9')
		return false;
	first = last = strtoul(key, &end, 10);
	if (*end == '-' && end[1] >= '0' && end[1] <= '9')
		last = strtoul(end + 1, &end, 10);
	if (*end || first > last || last >= n)
		return false;
	*ret_first = (uint32_t)first;
	*ret_last = (uint32_t)last;
	return true;
}

static enum glow_code read_pixel_ranges(struct reading *r, const cJSON *map)
{
	const cJSON *rest = glow_json_get(map, "*");
	uint32_t n = r->shape.pixels, first, last;
	struct glow_rgb c;

	if (rest) {
		if (glow_json_color(rest, "pixels.*", &c, r->diag) != GLOW_OK)
			return r->diag->code;
		for (uint32_t i = 0; i < n; i++)
			paint(r->cmd, i, c);
	}
	for (const cJSON *item = map->child; item; item = item->next) {
		char where[96];

		if (item == rest)
			continue;
		snprintf(where, sizeof(where), "pixels.%s", item->string);
		if (!pixel_range(item->string, n, &first, &last))
			return glow_diag_set(r->diag, GLOW_OUT_OF_RANGE, where,
					     "must be *, a pixel 0..%u or a range such as 0-%u", n - 1, n - 1);
		if (glow_json_color(item, where, &c, r->diag) != GLOW_OK)
			return r->diag->code;
		for (uint32_t i = first; i <= last; i++)
			paint(r->cmd, i, c);
	}
	return GLOW_OK;
}

static enum glow_code read_pixels(struct reading *r, const cJSON *item)
{
	uint32_t i = 0;
	struct glow_rgb c;

	if (cJSON_IsObject(item))
		return read_pixel_ranges(r, item);
	if (!cJSON_IsArray(item))
		return glow_diag_set(r->diag, GLOW_BAD_TYPE, "pixels", "must be an array or an object of colours");
	for (const cJSON *one = item->child; one; one = one->next, i++) {
		char where[32];

		if (i >= r->shape.pixels)
			return glow_diag_set(r->diag, GLOW_OUT_OF_RANGE, "pixels", "%s has %u pixels",
					     r->ctx->any ? "the longest board" : "this board", r->shape.pixels);
		snprintf(where, sizeof(where), "pixels.%u", i);
		if (glow_json_color(one, where, &c, r->diag) != GLOW_OK)
			return r->diag->code;
		paint(r->cmd, i, c);
	}
	return GLOW_OK;
}

static int led_find(struct glow_shape shape, const char *name)
{
	for (uint32_t k = 0; k < glow_shape_led_names(shape); k++)
		if (strcmp(glow_shape_led_name(shape, k), name) == 0)
			return (int)k;
	return -1;
}

static enum glow_code unknown_led(const struct reading *r, struct glow_shape shape, const char *name)
{
	char where[96];

	snprintf(where, sizeof(where), "leds.%s", name);
	glow_diag_set(r->diag, GLOW_UNKNOWN_LED, where, "%s%s has no LED of that name",
		      r->ctx->any ? "not even a " : "this ", glow_shape_name(shape));
	return glow_diag_meant(r->diag, glow_meant_led(shape, name));
}

static enum glow_code read_leds(struct reading *r, const cJSON *map)
{
	if (!cJSON_IsObject(map))
		return glow_diag_set(r->diag, GLOW_BAD_TYPE, "leds", "must be an object of names and levels");
	for (const cJSON *item = map->child; item; item = item->next) {
		struct glow_shape shape = r->shape;
		int k = led_find(shape, item->string);
		char where[96];
		int64_t level;

		if (k < 0 && r->ctx->any) {
			shape = (struct glow_shape){ GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS };
			k = led_find(shape, item->string);
		}
		if (k < 0)
			return unknown_led(r, shape, item->string);
		snprintf(where, sizeof(where), "leds.%s", item->string);
		if (glow_json_int(item, where, 0, 255, &level, r->diag) != GLOW_OK)
			return r->diag->code;
		for (uint32_t i = 0; i < shape.pixels; i++)
			if (glow_shape_led_in(shape, (uint32_t)k, i))
				paint(r->cmd, i, (struct glow_rgb){ (uint8_t)level, (uint8_t)level, (uint8_t)level });
	}
	return GLOW_OK;
}

/* Called when cmd->effect is known. */
static enum glow_code read_params(struct reading *r, const cJSON *params)
{
	return glow_params_read(params, r->cmd->effect, &r->cmd->params, &r->cmd->params_set, r->diag);
}

/* For many nodes: what their lights show is not known, so the params are good when some effect takes them. */
static enum glow_code read_params_any(struct reading *r, const cJSON *params)
{
	struct glow_diag best = { .code = GLOW_UNKNOWN_PARAM };
	struct reading one = *r;

	for (size_t k = 0; k < glow_effect_count(); k++) {
		struct glow_diag refusal = { .code = GLOW_OK };

		one.diag = &refusal;
		one.cmd->effect = glow_effect_at(k);
		if (read_params(&one, params) == GLOW_OK) {
			for (const char *path = NULL; (path = glow_diag_ignored(&refusal, path));)
				glow_diag_ignore(r->diag, path);
			return GLOW_OK;
		}
		/* One that knows them all has the most to say. */
		if (best.code == GLOW_UNKNOWN_PARAM)
			best = refusal;
	}
	if (best.code == GLOW_UNKNOWN_PARAM)
		return glow_params_unknown(params, r->diag);
	*r->diag = best;
	return best.code;
}

static enum glow_code read_params_type(struct reading *r, const cJSON *item)
{
	if (!cJSON_IsObject(item))
		return glow_diag_set(r->diag, GLOW_BAD_TYPE, "params", "must be an object");
	return GLOW_OK;
}

/* Where several rows say the same thing, the first that is given says it. */
static const struct field {
	const char *name;
	uint32_t bit;
	bool notice; /* means something in a notice only */
	enum glow_code (*read)(struct reading *r, const cJSON *item);
} fields[] = {
	{ "state", GLOW_HAS_STATE, false, read_state },
	{ "brightness", GLOW_HAS_BRIGHTNESS, false, read_brightness },
	{ "brightness_pct", GLOW_HAS_BRIGHTNESS, false, read_brightness_pct },
	{ "brightness_step", GLOW_HAS_STEP, false, read_brightness_step },
	{ "color", GLOW_HAS_COLOR, false, read_color },
	{ "color_temp_kelvin", GLOW_HAS_COLOR, false, read_kelvin },
	{ "color_temp", GLOW_HAS_COLOR, false, read_mired },
	{ "effect", GLOW_HAS_EFFECT, false, read_effect },
	{ "params", GLOW_HAS_PARAMS, false, read_params_type },
	{ "transition", GLOW_HAS_TRANSITION, false, read_transition },
	{ "flash", GLOW_HAS_FLASH, false, read_flash },
	{ "pixels", GLOW_HAS_PIXELS, false, read_pixels },
	{ "leds", GLOW_HAS_LEDS, false, read_leds },
	{ "at_us", GLOW_HAS_AT, false, read_at },
	{ "seed", GLOW_HAS_SEED, false, read_seed },
	{ "dark", GLOW_HAS_DARK, false, read_dark }, /* looks at those above */
	{ "ttl_s", GLOW_HAS_TTL, true, read_ttl },
	{ "priority", GLOW_HAS_PRIORITY, true, read_priority },
	{ "id", GLOW_HAS_ID, true, read_id },
	{ "clear", GLOW_HAS_CLEAR, true, read_clear },
	{ "absent", 0, false, read_absent },
};
enum { N_FIELDS = sizeof(fields) / sizeof(fields[0]) };

static bool has_meaning(const struct field *field, enum glow_command_kind kind)
{
	return !field->notice || kind == GLOW_COMMAND_NOTIFY;
}

const char *glow_command_field(enum glow_command_kind kind, size_t k)
{
	for (size_t j = 0; j < N_FIELDS; j++)
		if (has_meaning(&fields[j], kind) && k-- == 0)
			return fields[j].name;
	return NULL;
}

static const char *field_name(void *ctx, size_t k)
{
	const enum glow_command_kind *kind = ctx;

	return glow_command_field(*kind, k);
}

/* A level of its own leaves nothing to step to. */
static bool is_said(uint32_t has, uint32_t bit)
{
	return has & bit || (bit == GLOW_HAS_STEP && has & GLOW_HAS_BRIGHTNESS);
}

static enum glow_code read_fields(struct reading *r, const cJSON *tree)
{
	enum glow_command_kind kind = r->ctx->kind;

	if (r->ctx->strict && glow_fields_check(tree, field_name, &kind, glow_state_only, r->diag) != GLOW_OK)
		return r->diag->code;
	for (size_t k = 0; k < N_FIELDS; k++) {
		const cJSON *item = glow_json_given(tree, fields[k].name);

		if (!item || !has_meaning(&fields[k], kind))
			continue;
		if (is_said(r->cmd->has, fields[k].bit)) {
			if (r->ctx->strict)
				glow_diag_ignore(r->diag, fields[k].name);
			continue;
		}
		if (fields[k].read(r, item) != GLOW_OK)
			return r->diag->code;
		r->cmd->has |= fields[k].bit;
	}
	return GLOW_OK;
}

/* Which effect will run: the one named; solid for pixels, for LEDs and for a
 * colour that the present effect has no use for; else the present one. */
static const struct glow_effect_desc *resulting_effect(const struct reading *r)
{
	uint32_t has = r->cmd->has;
	const struct glow_effect_desc *present = r->ctx->any ? NULL : r->ctx->current;
	const struct glow_effect_desc *e = has & GLOW_HAS_EFFECT ? r->cmd->effect : present;

	if (has & (GLOW_HAS_PIXELS | GLOW_HAS_LEDS))
		return &glow_effect_solid;
	if (has & GLOW_HAS_COLOR && !(has & GLOW_HAS_EFFECT) && !(e && glow_param_with(e, GLOW_ROLE_COLOR) >= 0))
		return &glow_effect_solid;
	return e;
}

static enum glow_code check_together(struct reading *r)
{
	uint32_t has = r->cmd->has;
	bool let_go = has & GLOW_HAS_EFFECT && !r->cmd->effect;

	if (has & GLOW_HAS_PIXELS && has & GLOW_HAS_LEDS)
		return glow_diag_set(r->diag, GLOW_CONFLICT, "leds", "pixels and leds exclude each other");
	if (let_go && has & (GLOW_HAS_PIXELS | GLOW_HAS_LEDS))
		return glow_diag_set(r->diag, GLOW_CONFLICT, "effect", "auto lets go: no pixels or leds with it");
	if (has & GLOW_HAS_CLEAR && r->cmd->clear && !(has & GLOW_HAS_ID))
		return glow_diag_set(r->diag, GLOW_CONFLICT, "clear", "needs the id of the notice to remove");
	return GLOW_OK;
}

enum glow_code glow_command_read(const cJSON *tree, const struct glow_command_ctx *ctx,
				 struct glow_command *ret_command, struct glow_diag *diag)
{
	struct reading r = { .cmd = ret_command, .ctx = ctx, .shape = ctx->shape, .diag = diag };
	const cJSON *params;

	if (ctx->any)
		r.shape = (struct glow_shape){ GLOW_SHAPE_ROW, GLOW_PIXELS_MAX };
	memset(ret_command, 0, offsetof(struct glow_command, paint));
	memset(ret_command->paint_set, 0, r.shape.pixels);
	ret_command->paint.n = r.shape.pixels;
	if (!cJSON_IsObject(tree))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (read_fields(&r, tree) != GLOW_OK)
		return diag->code;
	if (check_together(&r) != GLOW_OK)
		return diag->code;
	ret_command->named = ret_command->effect;
	params = glow_json_given(tree, "params");
	if (params && ret_command->has & GLOW_HAS_EFFECT && ret_command->has & (GLOW_HAS_PIXELS | GLOW_HAS_LEDS)) {
		/* The named effect is checked whole even though the painted picture replaces it. */
		if (read_params(&r, params) != GLOW_OK)
			return diag->code;
		ret_command->params_set = 0;
		params = NULL;
	}
	ret_command->effect = resulting_effect(&r);
	if (params && ctx->any && !(ret_command->has & (GLOW_HAS_EFFECT | GLOW_HAS_PIXELS | GLOW_HAS_LEDS)))
		return read_params_any(&r, params);
	return params ? read_params(&r, params) : GLOW_OK;
}

enum glow_code glow_command_idle(const char *payload, struct glow_shape shape, int64_t now_us,
				 struct glow_look *ret_look, struct glow_diag *diag)
{
	struct glow_command_ctx ctx = { .kind = GLOW_COMMAND_SET, .shape = shape, .now_us = now_us, .strict = true };
	struct glow_command command;
	cJSON *tree = glow_command_tree(payload, strlen(payload), diag);
	enum glow_code code = GLOW_OK;

	glow_look_init(ret_look, NULL, 0);
	if (tree && glow_command_relative(tree))
		code = glow_diag_set(diag, GLOW_OUT_OF_RANGE, "", "an idle display has nothing before it to change");
	else if (tree && glow_command_read(tree, &ctx, &command, diag) == GLOW_OK)
		glow_command_apply(&command, shape, 0, 0, ret_look);
	else
		code = diag->code;
	cJSON_Delete(tree);
	if (!ret_look->effect)
		ret_look->effect = &glow_effect_solid;
	if (ret_look->effect == &glow_effect_solid && !ret_look->painted && glow_rgb_equal(ret_look->color, GLOW_BLACK))
		ret_look->on = false;
	return code;
}

uint32_t glow_command_hash(const char *topic, const void *payload, size_t len)
{
	return glow_fnv1a(glow_fnv1a(GLOW_FNV_START, topic, strlen(topic) + 1), payload, len);
}
