/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What may take whose place: of two commands with the same key one is good if the other is, and both, one after the
 * other, leave what the newer leaves alone. The input: "s", "p" or "d" for a light, a scene or the dimmer, and the
 * older payload; on a second line the newer one, or else it is the older with another brightness and colour. */

#include <glow/command.h>
#include <glow/scenes.h>
#include <glow/traffic.h>

#include "fuzz.h"

#define NOW INT64_C(1700000000000000)

static const char *payloads[2];
static int n_payloads;

static void take(const char *line, size_t len)
{
	(void)len;
	payloads[n_payloads++] = strdup(line);
}

static uint64_t key_of(const char *topic, const char *payload, enum glow_way way, bool retained)
{
	struct glow_message m = { .topic = topic, .payload = payload, .len = strlen(payload), .retained = retained };
	uint64_t key;
	enum glow_lane lane = glow_traffic_sort("glow", way, &m, &key);

	CHECK((int)lane >= 0 && lane < GLOW_LANES);
	return key;
}

/* Puts another digit in place of each that follows such a beginning, as many as there are. */
static void change_after(char *text, const char *beginning)
{
	char *at = strstr(text, beginning);

	for (at = at ? at + strlen(beginning) : text + strlen(text); *at >= '0' && *at <= '9'; at++)
		*at = *at == '1' ? '2' : '1';
}

static char *derived(const char *payload)
{
	char *text = strdup(payload);

	change_after(text, "\"brightness\":");
	change_after(text, "\"color\":\"#");
	return text;
}

/* ---- lights ---- */

static bool read_light(const char *payload, const struct glow_command_ctx *ctx, struct glow_command *ret_cmd)
{
	struct glow_diag diag = { .code = GLOW_OK };
	cJSON *tree = glow_command_tree(payload, strlen(payload), &diag);
	bool good = tree && glow_command_read(tree, ctx, ret_cmd, &diag) == GLOW_OK;

	cJSON_Delete(tree);
	return good;
}

static bool carry_out(const char *payload, struct glow_shape shape, struct glow_look *look)
{
	static struct glow_command cmd;
	struct glow_command_ctx ctx = {
		.kind = GLOW_COMMAND_SET, .shape = shape, .current = look->effect, .now_us = NOW, .strict = true
	};

	if (!read_light(payload, &ctx, &cmd))
		return false;
	glow_command_resolve(&cmd, look->painted, look->brightness);
	glow_command_apply(&cmd, shape, NOW, 7, look);
	return true;
}

static void check_looks_alike(const struct glow_look *a, const struct glow_look *b)
{
	CHECK(a->effect == b->effect && a->on == b->on && a->brightness == b->brightness);
	CHECK(glow_rgb_equal(a->color, b->color) && a->painted == b->painted);
	CHECK(!a->painted || glow_paint_equal(&a->paint, &b->paint));
	CHECK(memcmp(a->params.v, b->params.v, sizeof(a->params.v)) == 0);
	CHECK(strcmp(a->params.text, b->params.text) == 0);
}

static void try_light(const char *older, const char *newer, const struct glow_effect_desc *effect, bool painted)
{
	static struct glow_look both, alone;
	struct glow_shape shape = { GLOW_SHAPE_ROW, 3 };
	bool good;

	glow_look_init(&both, effect, NOW);
	both.painted = painted;
	glow_paint_fill(&both.paint, shape.pixels, GLOW_WHITE);
	alone = both;
	good = carry_out(older, shape, &both);
	CHECK(carry_out(newer, shape, &alone) == good);
	if (!good)
		return;
	CHECK(carry_out(newer, shape, &both));
	check_looks_alike(&both, &alone);
}

/* ---- scenes and the dimmer ---- */

static void try_scene(const char *older, const char *newer)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_scene a, b;
	bool good = glow_play_read(older, strlen(older), NOW, 7, &a, &diag) == GLOW_OK;

	CHECK((glow_play_read(newer, strlen(newer), NOW, 7, &b, &diag) == GLOW_OK) == good);
	if (!good)
		return;
	CHECK(strcmp(a.id, b.id) == 0 && a.target.kind == b.target.kind && a.target.n == b.target.n);
	glow_scene_fini(&a);
	glow_scene_fini(&b);
}

static void try_dim(const char *older, const char *newer)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_dim a, b;

	CHECK((glow_dim_read(older, strlen(older), &a, &diag) == GLOW_OK) ==
	      (glow_dim_read(newer, strlen(newer), &b, &diag) == GLOW_OK));
}

static void try_pair(char kind, const char *older, const char *newer)
{
	const char *topic = kind == 's' ? "glow/node/n/set" : kind == 'p' ? "glow/scene/play" : "glow/dim/set";
	uint64_t key = key_of(topic, older, GLOW_WAY_IN, false);

	CHECK(key_of(topic, older, GLOW_WAY_IN, true) == 0); /* a retained command is refused, each */
	CHECK(key_of(topic, older, GLOW_WAY_OUT, true) != 0);
	if (!key || key_of(topic, newer, GLOW_WAY_IN, false) != key)
		return;
	if (kind == 'p')
		try_scene(older, newer);
	else if (kind == 'd')
		try_dim(older, newer);
	if (kind != 's')
		return;
	try_light(older, newer, NULL, false);
	try_light(older, newer, &glow_effect_solid, true);
	try_light(older, newer, &glow_effect_blink, false);
}

void fuzz_traffic(const uint8_t *data, size_t size)
{
	n_payloads = 0;
	fuzz_lines(data, size, 2, take);
	if (n_payloads > 0 && payloads[0][0]) {
		char *second = derived(payloads[0] + 1);

		try_pair(payloads[0][0], payloads[0] + 1, n_payloads > 1 ? payloads[1] : second);
		free(second);
	}
	while (n_payloads > 0)
		free((char *)payloads[--n_payloads]);
}
