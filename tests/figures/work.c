/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Reads what the programs read most, for callgrind to count (tests/bench/counted.h): each as it is written by this
 * version, from bytes to a struct, and what that took given back. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/catalogs.h>
#include <glow/command.h>
#include <glow/info.h>
#include <glow/json.h>
#include <glow/scenes.h>

#include "../bench/counted.h"

enum { ROSTER = 1000 };

/* What arrives. */
struct payload {
	char *text;
	size_t len;
};

static struct payload payload_of(char *text)
{
	return (struct payload){ text, strlen(text) };
}

static void must(bool good)
{
	if (!good)
		abort();
}

static struct payload info_text(void)
{
	struct glow_info info = { .id = "kitchen",
				  .groups = { "downstairs", "front" },
				  .n_groups = 2,
				  .board = "blinkt",
				  .shape = { GLOW_SHAPE_ROW, 8 },
				  .backend = "gpiod:pinctrl-bcm2711",
				  .version = "0.0.0",
				  .fps = 60,
				  .slots_a_frame = 1,
				  .idle = "rainbow",
				  .brightness_limit = 255,
				  .catalog = "0123456789abcdef" };

	return payload_of(glow_json_finish(glow_info_write(&info)));
}

static void read_info(void *of)
{
	const struct payload *p = of;
	struct glow_info info;
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(p->text, p->len, &diag);

	must(glow_info_read(tree, &info, &diag) == GLOW_OK);
	cJSON_Delete(tree);
}

static struct payload stats_text(void)
{
	struct glow_stats stats = { .fps = 60,
				    .write_us = 812,
				    .frame_cpu_us = 905,
				    .slots_a_frame = 1,
				    .meter = { 125, 310, 330, 200, 40 },
				    .temperature_c = 48.2 };

	return payload_of(glow_json_finish(glow_stats_write(&stats)));
}

static void read_stats(void *of)
{
	const struct payload *p = of;
	struct glow_stats stats;
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(p->text, p->len, &diag);

	glow_stats_read(tree, &stats);
	must(stats.fps == 60);
	cJSON_Delete(tree);
}

static struct payload roster_text(void)
{
	static struct glow_roster_node nodes[ROSTER];
	struct glow_roster roster = { .edition = { 0x1234, 3, 7 }, .n = ROSTER, .nodes = nodes };
	static char groups[1][GLOW_NAME_SIZE] = { "front" };

	for (uint32_t k = 0; k < ROSTER; k++) {
		snprintf(nodes[k].id, sizeof(nodes[k].id), "node-%04u", k);
		nodes[k].n_groups = 1;
		nodes[k].groups = groups;
		nodes[k].pixels = 8;
	}
	glow_roster_lay(&roster);
	return payload_of(glow_json_finish(glow_roster_write(&roster)));
}

static void read_roster(void *of)
{
	const struct payload *p = of;
	struct glow_roster roster;
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(p->text, p->len, &diag);

	must(glow_roster_read(tree, &roster, &diag) == GLOW_OK && roster.n == ROSTER);
	glow_roster_fini(&roster);
	cJSON_Delete(tree);
}

static struct payload scene_text(void)
{
	static const char play[] =
		"{\"effect\":\"rainbow\",\"params\":{\"period_ms\":4000},\"target\":{\"groups\":[\"front\"]}}";
	struct glow_scene scene;
	struct glow_scenes scenes = { .edition = { 0x1234, 3, 7 }, .n = 1, .v = &scene };
	struct glow_diag diag;
	struct payload p;

	must(glow_play_read(play, strlen(play), INT64_C(1767225600000000), 7, &scene, &diag) == GLOW_OK);
	p = payload_of(glow_json_finish(glow_scenes_write(&scenes)));
	glow_scene_fini(&scene);
	return p;
}

static void read_scene(void *of)
{
	const struct payload *p = of;
	struct glow_scenes scenes = { .n = 0 };
	struct glow_diag diag;
	cJSON *tree = glow_json_parse(p->text, p->len, &diag);

	must(glow_scenes_read(tree, &scenes, &diag) == GLOW_OK && scenes.n == 1);
	glow_scenes_fini(&scenes);
	cJSON_Delete(tree);
}

static void read_command(void *of)
{
	static struct glow_command command;
	const struct payload *p = of;
	const struct glow_command_ctx ctx = { .kind = GLOW_COMMAND_SET, .shape = { GLOW_SHAPE_ROW, 8 }, .now_us = 1 };
	struct glow_diag diag;
	cJSON *tree = glow_command_tree(p->text, p->len, &diag);

	must(tree && glow_command_read(tree, &ctx, &command, &diag) == GLOW_OK);
	cJSON_Delete(tree);
}

static void read_catalog(void *of)
{
	const struct payload *p = of;
	struct glow_catalogs catalogs = { .n = 0 };
	char name[GLOW_CATALOG_NAME_LEN + 1];

	glow_catalog_name(p->text, p->len, name);
	must(glow_catalogs_message(&catalogs, name, p->text, p->len));
	glow_catalogs_fini(&catalogs);
}

static void count_reading(const char *what, struct payload p, void (*reads)(void *of))
{
	char label[80];

	reads(&p); /* what a library does once, and what malloc() asks of the kernel */
	snprintf(label, sizeof(label), "reading %s", what);
	count(label, 1, reads, &p);
	free(p.text);
}

int main(void)
{
	count_reading("an info", info_text(), read_info);
	count_reading("stats", stats_text(), read_stats);
	count_reading("a roster of 1,000", roster_text(), read_roster);
	count_reading("a scene", scene_text(), read_scene);
	count_reading("a command of a word", payload_of(strdup("red")), read_command);
	count_reading("a command of an effect",
		      payload_of(strdup(
			      "{\"state\":\"ON\",\"effect\":\"chase\",\"params\":{\"size\":3,\"period_ms\":1500},"
			      "\"color\":{\"r\":255,\"g\":100,\"b\":0},\"brightness\":128}")),
		      read_command);
	count_reading("a catalog", payload_of(glow_json_finish(glow_catalog_write())), read_catalog);
	return 0;
}
