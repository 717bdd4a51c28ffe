/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A look is written in the words of a command, so reading one back is the
 * command parser's work and a retained state can be sent to a light as it is. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/json.h>
#include <glow/params.h>
#include <glow/state.h>
#include <glow/timing.h>

static const char *const showing_names[] = { "idle", "scene", "light", "notice" };

const char *glow_showing_name(enum glow_showing showing)
{
	return showing_names[showing];
}

const char *const glow_state_only[] = { "color_mode",    "start_us",    "since_us",  "clock_id",
					"showing",       "limited",     "fade_from", "fade_from16",
					"fade_start_us", "fade_end_us", "notice",    "problem",
					"slots_a_frame", NULL };

/* A frame as `pixels` (colours) or, where LEDs have names, `leds` (levels). */
static void write_paint(cJSON *object, const char *pixels, const char *leds, const struct glow_paint *f,
			struct glow_shape shape)
{
	cJSON *list;

	if (glow_shape_mono(shape)) {
		list = cJSON_AddObjectToObject(object, leds);
		for (uint32_t k = 0; k < glow_shape_led_names(shape); k++) {
			const char *name = glow_shape_led_name(shape, k);

			for (uint32_t i = 0; strchr(name, '.') && i < f->n; i++)
				if (glow_shape_led_in(shape, k, i))
					glow_json_add_int(list, name, f->px[i].r);
		}
		return;
	}
	list = cJSON_AddArrayToObject(object, pixels);
	for (uint32_t i = 0; i < f->n; i++) {
		char text[8];

		glow_color_format(f->px[i], text);
		cJSON_AddItemToArray(list, cJSON_CreateString(text));
	}
}

#define LIGHT_DIGITS 12 /* of a pixel: rrrrggggbbbb */

/* Twice: rounded to colours, as programs older than linear light read it, and the light itself. */
static void write_fade_from(cJSON *tree, const struct glow_frame *f, struct glow_shape shape)
{
	struct glow_paint rounded = { .n = f->n };
	char text[GLOW_PIXELS_MAX * LIGHT_DIGITS + 1] = "";

	for (uint32_t i = 0; i < f->n; i++) {
		rounded.px[i] = glow_linear_rgb(f->px[i]);
		sprintf(text + (size_t)i * LIGHT_DIGITS, "%04x%04x%04x", f->px[i].r, f->px[i].g, f->px[i].b);
	}
	write_paint(tree, "fade_from", "fade_from", &rounded, shape);
	cJSON_AddStringToObject(tree, "fade_from16", text);
}

static void write_look(cJSON *object, const struct glow_look *look, bool dark, struct glow_shape shape)
{
	cJSON *color;

	cJSON_AddStringToObject(object, "state", look->on && !dark ? "ON" : "OFF");
	if (dark)
		cJSON_AddBoolToObject(object, "dark", true);
	cJSON_AddStringToObject(object, "color_mode", "rgb");
	color = cJSON_AddObjectToObject(object, "color");
	glow_json_add_int(color, "r", look->color.r);
	glow_json_add_int(color, "g", look->color.g);
	glow_json_add_int(color, "b", look->color.b);
	glow_json_add_int(object, "brightness", look->brightness);
	cJSON_AddStringToObject(object, "effect", look->effect ? look->effect->name : "auto");
	cJSON_AddItemToObject(object, "params", glow_params_write(look->effect, &look->params));
	if (look->painted)
		write_paint(object, "pixels", "leds", &look->paint, shape);
	glow_json_add_int(object, "start_us", look->start_us);
	glow_json_add_int(object, "seed", look->seed);
}

cJSON *glow_state_write(const struct glow_state *state, struct glow_shape shape)
{
	cJSON *tree = cJSON_CreateObject();

	write_look(tree, &state->light, state->dark, shape);
	glow_json_add_int(tree, "since_us", state->since_us);
	if (state->clock_id)
		glow_clock_id_add(tree, state->clock_id);
	cJSON_AddStringToObject(tree, "showing", showing_names[state->showing]);
	if (state->fading) {
		write_fade_from(tree, &state->fade_from, shape);
		glow_json_add_int(tree, "fade_start_us", state->fade_start_us);
		glow_json_add_int(tree, "fade_end_us", state->fade_end_us);
	}
	if (state->has_notice) {
		cJSON *notice = cJSON_AddObjectToObject(tree, "notice");

		if (state->notice_id[0])
			cJSON_AddStringToObject(notice, "id", state->notice_id);
		glow_json_add_int(notice, "priority", state->notice_priority);
		write_look(notice, &state->notice, false, shape);
		glow_json_add_int(notice, "end_us", state->notice_end_us);
	}
	cJSON_AddBoolToObject(tree, "limited", state->limited);
	if (state->problem[0])
		cJSON_AddStringToObject(tree, "problem", state->problem);
	if (state->slots_a_frame > 1)
		glow_json_add_int(tree, "slots_a_frame", state->slots_a_frame);
	return tree;
}

static enum glow_code read_look(const cJSON *tree, struct glow_shape shape, struct glow_look *ret_look,
				struct glow_diag *diag)
{
	struct glow_command_ctx ctx = { .kind = GLOW_COMMAND_SET, .shape = shape };
	struct glow_command command;

	if (glow_command_read(tree, &ctx, &command, diag) != GLOW_OK)
		return diag->code;
	glow_look_init(ret_look, NULL, 0);
	glow_command_apply(&command, shape, 0, command.seed, ret_look);
	return glow_json_opt_time(tree, "start_us", &ret_look->start_us, diag);
}

/* Four digits; false when they are none. */
static bool read_channel(const char *digits, uint16_t *ret_light)
{
	char four[5] = { 0 }, *end;

	memcpy(four, digits, 4);
	*ret_light = (uint16_t)strtoul(four, &end, 16);
	return end == four + 4 && strspn(four, "0123456789abcdefABCDEF") == 4;
}

/* False, and the frame as it was, where the state has no such thing or one of another form. */
static bool read_light(const cJSON *item, struct glow_shape shape, struct glow_frame *frame)
{
	struct glow_frame read;
	const char *text = cJSON_IsString(item) ? item->valuestring : "";

	if (strlen(text) != (size_t)shape.pixels * LIGHT_DIGITS)
		return false;
	for (read.n = 0; read.n < shape.pixels; read.n++, text += LIGHT_DIGITS) {
		struct glow_linear *px = &read.px[read.n];

		if (!read_channel(text, &px->r) || !read_channel(text + 4, &px->g) || !read_channel(text + 8, &px->b))
			return false;
		if (glow_shape_mono(shape))
			px->g = px->b = px->r;
	}
	glow_frame_copy(frame, &read);
	return true;
}

static enum glow_code read_fade(const cJSON *tree, struct glow_shape shape, struct glow_state *state,
				struct glow_diag *diag)
{
	const cJSON *from = glow_json_get(tree, "fade_from");
	struct glow_command_ctx ctx = { .kind = GLOW_COMMAND_SET, .shape = shape };
	struct glow_command command;
	cJSON *words;
	enum glow_code code;

	if (!from)
		return GLOW_OK;
	words = cJSON_CreateObject();
	cJSON_AddItemReferenceToObject(words, glow_shape_mono(shape) ? "leds" : "pixels", (cJSON *)from);
	code = glow_command_read(words, &ctx, &command, diag);
	cJSON_Delete(words);
	if (code != GLOW_OK)
		return code;
	state->fade_from.n = shape.pixels;
	for (uint32_t i = 0; i < shape.pixels; i++)
		state->fade_from.px[i] = glow_linear_of(command.paint_set[i] ? command.paint.px[i] : GLOW_BLACK);
	read_light(glow_json_get(tree, "fade_from16"), shape, &state->fade_from);
	if (glow_json_opt_time(tree, "fade_start_us", &state->fade_start_us, diag) != GLOW_OK ||
	    glow_json_opt_time(tree, "fade_end_us", &state->fade_end_us, diag) != GLOW_OK)
		return diag->code;
	if (state->fade_end_us - state->fade_start_us > GLOW_FADE_MAX_US)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "fade_end_us",
				     "must be at most %d s after fade_start_us, got %" PRId64 " us",
				     (int)(GLOW_FADE_MAX_US / GLOW_US_PER_S),
				     state->fade_end_us - state->fade_start_us);
	state->fading = state->fade_end_us > state->fade_start_us;
	return GLOW_OK;
}

static enum glow_code read_notice(const cJSON *notice, struct glow_shape shape, struct glow_state *state,
				  struct glow_diag *diag)
{
	const cJSON *id = glow_json_get(notice, "id");
	int64_t priority = 0;

	if (read_look(notice, shape, &state->notice, diag) != GLOW_OK ||
	    glow_json_opt_int(notice, "priority", 0, 9, &priority, diag) != GLOW_OK ||
	    glow_json_opt_time(notice, "end_us", &state->notice_end_us, diag) != GLOW_OK)
		return diag->code;
	if (cJSON_IsString(id))
		snprintf(state->notice_id, sizeof(state->notice_id), "%s", id->valuestring);
	glow_diag_mend(state->notice_id);
	state->notice_priority = (uint8_t)priority;
	state->notice_start_us = state->notice.start_us;
	state->has_notice = true;
	return GLOW_OK;
}

enum glow_code glow_state_read(const cJSON *tree, struct glow_shape shape, struct glow_state *ret_state,
			       struct glow_diag *diag)
{
	const cJSON *notice = glow_json_get(tree, "notice"), *showing = glow_json_get(tree, "showing");
	const cJSON *problem = glow_json_get(tree, "problem");
	int64_t slots = 1;

	memset(ret_state, 0, sizeof(*ret_state));
	diag->ignored[0] = '\0'; /* the tree may come from elsewhere */
	if (read_look(tree, shape, &ret_state->light, diag) != GLOW_OK ||
	    glow_json_opt_time(tree, "since_us", &ret_state->since_us, diag) != GLOW_OK ||
	    glow_json_opt_int(tree, "slots_a_frame", 1, 240, &slots, diag) != GLOW_OK ||
	    (glow_json_get(tree, "clock_id") && glow_clock_id_read(tree, &ret_state->clock_id, diag) != GLOW_OK))
		return diag->code;
	for (int k = 0; k < 4; k++)
		if (cJSON_IsString(showing) && strcmp(showing->valuestring, showing_names[k]) == 0)
			ret_state->showing = (enum glow_showing)k;
	ret_state->dark = cJSON_IsTrue(glow_json_get(tree, "dark")) && ret_state->light.on && !ret_state->light.effect;
	ret_state->limited = cJSON_IsTrue(glow_json_get(tree, "limited"));
	if (cJSON_IsString(problem))
		snprintf(ret_state->problem, sizeof(ret_state->problem), "%s", problem->valuestring);
	glow_diag_mend(ret_state->problem);
	ret_state->slots_a_frame = (unsigned)slots;
	if (read_fade(tree, shape, ret_state, diag) != GLOW_OK)
		return diag->code;
	return notice ? read_notice(notice, shape, ret_state, diag) : GLOW_OK;
}
