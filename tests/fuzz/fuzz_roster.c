/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A roster, which anybody who may write there may have written: refused with words, or nodes that lie one behind the
 * other on a strip that is not too long, for whatever part of them; and the same after it is written and read again. */

#include <glow/info.h>
#include <glow/scenes.h>
#include <glow/stage.h>

#include "fuzz.h"

#define NOW INT64_C(1700000000123456)

/* Of two with one name only one is found, and the rules below say nothing of the other. */
static bool has_twins(const struct glow_roster *roster)
{
	for (uint32_t k = 0; k < roster->n; k++)
		for (uint32_t j = 0; j < k; j++)
			if (strcmp(roster->nodes[j].id, roster->nodes[k].id) == 0)
				return true;
	return false;
}

/* What a node is told of its place is the place that those see who have the roster. */
static void check_places(const struct glow_roster *roster, const struct glow_target *target)
{
	struct glow_place *places = calloc(roster->n + 1, sizeof(*places)), place;

	CHECK(places);
	glow_roster_strip(roster, target, places);
	for (uint32_t k = 0; k < roster->n; k++) {
		struct glow_places own = { .whole = places[k] };

		if (!glow_roster_place(roster, target, roster->nodes[k].id, &place))
			CHECK(!places[k].boards);
		else
			CHECK(glow_places_cover(&own, &(struct glow_places){ .whole = place }));
	}
	free(places);
}

/* The nodes of the target follow each other, as far apart as their gaps say, from 0 to the end of the strip. */
static void check_strip(const struct glow_roster *roster, const struct glow_target *target)
{
	uint32_t at = 0, total = 0;

	check_places(roster, target);
	for (uint32_t k = 0; k < roster->n; k++) {
		const struct glow_roster_node *node = &roster->nodes[k];
		struct glow_place place;

		if (!glow_roster_place(roster, target, node->id, &place))
			continue;
		CHECK(place.offset == at && place.total <= GLOW_STRIP_MAX);
		CHECK(!total || place.total == total);
		total = place.total;
		CHECK(at + node->pixels <= total);
		at += node->pixels + node->gap;
	}
}

static void check_targets(const struct glow_roster *roster)
{
	char name[1][GLOW_NAME_SIZE];
	struct glow_target target = { .kind = GLOW_TARGET_ALL };

	check_strip(roster, &target);
	target.ids = name;
	target.n = 1;
	for (uint32_t k = 0; k < roster->n && k < 50; k++) {
		const struct glow_roster_node *node = &roster->nodes[k];

		target.kind = GLOW_TARGET_NODES;
		memcpy(name[0], node->id, sizeof(name[0]));
		check_strip(roster, &target);
		target.kind = GLOW_TARGET_GROUPS;
		for (uint32_t j = 0; j < node->n_groups; j++) {
			memcpy(name[0], node->groups[j], sizeof(name[0]));
			check_strip(roster, &target);
		}
	}
}

static void check_roster(struct glow_roster *roster)
{
	for (uint32_t k = 0; k < roster->n; k++)
		CHECK(glow_id_valid(roster->nodes[k].id) && roster->nodes[k].pixels >= 1);
	glow_roster_lay(roster);
	CHECK(roster->pixels <= GLOW_STRIP_MAX);
	if (!has_twins(roster))
		check_targets(roster);
}

/* Whoever draws takes the same roster, now or when its time comes. */
static void check_stage(const char *text, size_t len)
{
	static struct glow_scene_layer layers[GLOW_SCENES_MAX];
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_info info = { .id = "a", .shape = { GLOW_SHAPE_ROW, 8 } };
	struct glow_stage stage;
	int64_t t = NOW;

	glow_stage_init(&stage);
	glow_stage_message(&stage, GLOW_TOPIC_ROSTER, text, len, t, &diag);
	for (int k = 0; k < 4; k++) {
		int64_t next = glow_stage_next(&stage, t);

		CHECK(next > t);
		glow_stage_layers(&stage, &info, NULL, layers);
		if (next == GLOW_NEVER)
			break;
		t = next;
		glow_stage_tick(&stage, t);
	}
	glow_stage_fini(&stage);
}

static void try_roster(const cJSON *tree)
{
	struct glow_diag diag = { .code = GLOW_OK };
	struct glow_roster roster, second;
	cJSON *copy;
	char *text;

	if (glow_roster_read(tree, &roster, &diag) != GLOW_OK) {
		check_refusal(&diag);
		CHECK(!roster.nodes);
		return;
	}
	copy = check_again(glow_roster_write(&roster), &text);
	CHECK(glow_roster_read(copy, &second, &diag) == GLOW_OK);
	CHECK(glow_roster_alike(&roster, &second));
	cJSON_Delete(copy);
	check_same_text(text, glow_roster_write(&second));
	check_roster(&second);
	glow_roster_fini(&roster);
	glow_roster_fini(&second);
}

void fuzz_roster(const uint8_t *data, size_t size)
{
	struct glow_diag diag = { .code = GLOW_OK };
	char *text = exact_copy(data, size);
	cJSON *tree = glow_json_parse(text, size, &diag);

	check_stage(text, size);
	if (tree)
		try_roster(tree);
	cJSON_Delete(tree);
	free(text);
}
