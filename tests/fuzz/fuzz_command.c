/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A payload on its way to a light, for several lights: refused with a reason, or
 * the light is in range afterwards. The input is the payload as it is. */

#include <glow/command.h>

#include "fuzz.h"

#define NOW INT64_C(1700000000000000)

static const struct light {
	enum glow_command_kind kind;
	struct glow_shape shape;
	const char *effect; /* "" for auto */
	bool painted;
} lights[] = {
	{ GLOW_COMMAND_SET, { GLOW_SHAPE_ROW, 8 }, "", false },
	{ GLOW_COMMAND_SET, { GLOW_SHAPE_PIGLOW, GLOW_PIGLOW_LEDS }, "breathe", false },
	{ GLOW_COMMAND_SET, { GLOW_SHAPE_ROW, 5 }, "solid", true },
	{ GLOW_COMMAND_SET, { GLOW_SHAPE_ROW, 8 }, "gauge", false },
	{ GLOW_COMMAND_NOTIFY, { GLOW_SHAPE_ROW, 8 }, "", false },
};

static void check_command(const struct glow_command *cmd, const struct light *light)
{
	CHECK(!(cmd->has & GLOW_HAS_AT) || cmd->at_us <= NOW + INT64_C(60000000));
	CHECK(cmd->transition_us >= 0 && cmd->transition_us <= GLOW_FADE_MAX_US);
	CHECK(cmd->flash_us >= 0 && cmd->flash_us <= 60000000);
	CHECK(!(cmd->has & GLOW_HAS_TTL) || (cmd->ttl_us >= 100000 && cmd->ttl_us <= INT64_C(86400000000)));
	CHECK(cmd->priority <= 9);
	CHECK(memchr(cmd->id, '\0', sizeof(cmd->id)));
	CHECK(cmd->paint.n == light->shape.pixels);
	CHECK(light->kind == GLOW_COMMAND_NOTIFY || !(cmd->has & (GLOW_HAS_TTL | GLOW_HAS_ID | GLOW_HAS_CLEAR)));
}

/* The plain words of a command are the same command, and leave nothing that is ignored for another's sake. */
static void check_plain(const cJSON *tree, const struct glow_command_ctx *ctx, const struct glow_command *cmd)
{
	static struct glow_command again;
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *words = cJSON_Duplicate(tree, true), *copy;

	glow_command_plain(words, cmd);
	copy = glow_command_copy(words, GLOW_COMMAND_NOTIFY);
	CHECK(glow_command_read(words, ctx, &again, &diag) == GLOW_OK);
	CHECK(again.has == cmd->has && again.on == cmd->on && again.toggle == cmd->toggle);
	CHECK(again.brightness == cmd->brightness && again.step == cmd->step);
	CHECK(glow_rgb_equal(again.color, cmd->color) && again.named == cmd->named);
	CHECK(!glow_json_get(copy, "brightness_pct") && !glow_json_get(copy, "color_temp"));
	CHECK(glow_command_relative(copy) == (cmd->toggle || cmd->has & GLOW_HAS_STEP));
	cJSON_Delete(words);
	cJSON_Delete(copy);
}

static void try_on(const struct light *light, const cJSON *tree)
{
	static struct glow_command cmd;
	static struct glow_look look;
	struct glow_diag diag = { .code = GLOW_OK };
	const struct glow_effect_desc *effect = glow_effect_find(light->effect, strlen(light->effect));
	struct glow_command_ctx ctx = {
		.kind = light->kind, .shape = light->shape, .current = effect, .now_us = NOW, .strict = true
	};

	if (glow_command_read(tree, &ctx, &cmd, &diag) != GLOW_OK) {
		check_refusal(&diag);
		return;
	}
	CHECK(diag.code == GLOW_OK);
	check_command(&cmd, light);
	check_plain(tree, &ctx, &cmd);
	glow_command_resolve(&cmd, light->painted, 100);
	CHECK(!cmd.toggle && !(cmd.has & GLOW_HAS_STEP));
	glow_look_init(&look, effect, NOW - 1000000);
	look.painted = light->painted;
	glow_paint_fill(&look.paint, light->shape.pixels, GLOW_WHITE);
	glow_command_apply(&cmd, light->shape, NOW, 7, &look);
	check_look(&look, light->shape);
}

/* An expanded shorthand can be passed on as JSON. */
static void check_expansion(const cJSON *tree)
{
	struct glow_diag diag;
	char *text = cJSON_PrintUnformatted(tree);
	cJSON *again = glow_json_parse(text, strlen(text), &diag);

	CHECK(again);
	cJSON_Delete(again);
	cJSON_free(text);
}

void fuzz_command(const uint8_t *data, size_t size)
{
	struct glow_diag diag = { .code = GLOW_OK };
	char *payload = exact_copy(data, size);
	cJSON *tree = glow_command_tree(payload, size, &diag);

	if (!tree)
		check_refusal(&diag);
	if (tree && size > 0 && payload[0] != '{' && payload[0] != '[')
		check_expansion(tree);
	for (size_t k = 0; tree && k < sizeof(lights) / sizeof(lights[0]); k++)
		try_on(&lights[k], tree);
	cJSON_Delete(tree);
	free(payload);
}
