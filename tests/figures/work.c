/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* What the programs do most, for callgrind to count (tests/bench/counted.h): reading messages, each as this version
 * writes it, from bytes to a struct, with what that took given back; and a node's frames. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/catalogs.h>
#include <glow/command.h>
#include <glow/info.h>
#include <glow/json.h>
#include <glow/node.h>
#include <glow/scenes.h>

#include "../bench/counted.h"

enum { ROSTER = 1000, FRAMES = 60 };

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

/* ---- frames ---- */

static void nowhere(void *ctx, const struct glow_message *m)
{
	(void)ctx;
	(void)m;
}

static void draw_frames(void *of)
{
	static struct glow_frame frame;
	struct glow_node *node = of;

	for (int64_t k = 1; k <= FRAMES; k++) {
		glow_node_tick(node, k * 16667);
		glow_node_render(node, k * 16667, &frame);
		must(glow_node_next(node) > k * 16667);
	}
}

static void count_frames(const char *idle)
{
	struct glow_node_cfg cfg = { .out = { .prefix = "glow", .discovery = "", .outbox = { .publish = nowhere } },
				     .idle = idle,
				     .info = { .id = "kitchen", .shape = { GLOW_SHAPE_ROW, 8 }, .fps = 60 },
				     .env = { .shape = { GLOW_SHAPE_ROW, 8 }, .brightness_limit = 200 } };
	struct glow_node *node;
	struct glow_diag diag;
	char label[80];

	must(glow_node_create(&cfg, 0, &node, &diag) == 0);
	glow_node_start(node, 0);
	glow_node_connected(node, 0);
	snprintf(label, sizeof(label), "a frame of a node of 8 pixels that shows %s", idle);
	count(label, FRAMES, draw_frames, node);
	glow_node_destroy(node);
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
	count_frames("red");
	count_frames("rainbow");
	return 0;
}
