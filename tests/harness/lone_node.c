/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glow/command.h>
#include <glow/json.h>
#include <glow/time.h>

#include "lone_node.h"

struct glow_node_cfg cfg;
struct glow_node *node;
struct glow_diag diag;
struct glow_frame frame;
int64_t now;

int setup(void **state)
{
	(void)state;
	cfg = (struct glow_node_cfg){
		.out = { "glow", "homeassistant", outbox },
		.idle = "white",
		.info = { .id = "pi1", .board = "virtual", .shape = { GLOW_SHAPE_ROW, 8 }, .fps = 60 },
		.env = { .shape = { GLOW_SHAPE_ROW, 8 }, .brightness_limit = 255 },
	};
	now = START;
	node = NULL;
	return 0;
}

int teardown(void **state)
{
	(void)state;
	glow_node_destroy(node);
	forget();
	unfollow();
	return 0;
}

void create(void)
{
	assert_int_equal(glow_node_create(&cfg, now, &node, &diag), 0);
}

void tick(void)
{
	glow_node_tick(node, now);
}

void pass(int64_t us)
{
	now += us;
	tick();
}

/* The broker keeps the catalog of effects, as on all days but the first. */
static void keep_catalog(void)
{
	char name[GLOW_CATALOG_NAME_LEN + 1], topic[80], *text = glow_json_finish(glow_catalog_write());
	struct glow_message m = { .topic = topic, .payload = text, .len = strlen(text), .qos = 1, .retained = true };

	glow_catalog_name(text, m.len, name);
	snprintf(topic, sizeof(topic), "glow/effects/%s", name);
	glow_node_message(node, &m, now);
	free(text);
}

void online(void)
{
	keep_catalog();
	glow_node_start(node, now);
	glow_node_connected(node, now);
}

void bring_up(void)
{
	create();
	online();
	pass(SECOND);
	forget();
}

void deliver(struct glow_message m)
{
	glow_node_message(node, &m, now);
	tick();
}

void tell(const char *topic, const char *payload)
{
	deliver((struct glow_message){ .topic = topic, .payload = payload, .len = strlen(payload) });
}

void ask(const char *topic, const char *payload, const char *response)
{
	deliver((struct glow_message){ .topic = topic,
				       .payload = payload,
				       .len = strlen(payload),
				       .response_topic = response,
				       .correlation = "\1two",
				       .correlation_len = 4 });
}

void tell_at(const char *color, int64_t at_us)
{
	char text[100];

	snprintf(text, sizeof(text), "{\"color\":\"%s\",\"at_us\":%lld}", color, (long long)at_us);
	ask(SET, text, "r");
}

void notice(const char *color, const char *more)
{
	char text[160];

	snprintf(text, sizeof(text), "{\"effect\":\"solid\",\"color\":\"%s\"%s}", color, more);
	tell(NOTIFY, text);
}

bool shows(struct glow_rgb c)
{
	glow_node_render(node, now, &frame);
	for (uint32_t i = 0; i < frame.n; i++)
		if (!glow_rgb_equal(glow_linear_rgb(frame.px[i]), c))
			return false;
	return frame.n == cfg.env.shape.pixels;
}

void expect_number(const char *topic, const char *name, int64_t value)
{
	assert_int_equal(number(topic, name), value);
}

const struct glow_command *command(enum glow_command_kind kind, const char *payload)
{
	static struct glow_command read;
	const struct glow_command_ctx ctx = { .kind = kind, .shape = cfg.env.shape, .now_us = now };
	cJSON *tree = glow_command_tree(payload, strlen(payload), &diag);

	assert_non_null(tree);
	assert_int_equal(glow_command_read(tree, &ctx, &read, &diag), GLOW_OK);
	cJSON_Delete(tree);
	return &read;
}

/* ---- with a conductor ---- */

void step(int64_t delta, uint64_t clock_id)
{
	glow_node_clock_stepped(node, now, delta, clock_id);
	now += delta;
	tick();
}

void beacon(void)
{
	tell("glow/conductor/beacon", "{}");
}

void conductor(const char *availability)
{
	tell("glow/conductor/availability", availability);
}

void join(void)
{
	create();
	online();
	step(0, OURS);
	pass(SECOND);
	pass(SECOND);
	conductor("online");
	beacon();
	forget();
}

void play(uint64_t clock_id, const char *scenes)
{
	char text[1200];

	snprintf(text, sizeof(text), "{\"clock_id\":\"%016llx\",\"term\":1,\"rev\":1,\"scenes\":[%s]}",
		 (unsigned long long)clock_id, scenes);
	tell(SCENES, text);
}

const char *scene(const char *color, int start_s, const char *more)
{
	static char text[4][300];
	static int k;

	k = (k + 1) % 4;
	snprintf(text[k], sizeof(text[k]), "{\"id\":\"%s\",\"effect\":\"solid\",\"color\":\"%s\",\"start_us\":%lld%s}",
		 color, color, (long long)(START + start_s * SECOND), more);
	return text[k];
}

void tell_apply(const char *topic, const char *payload, const char *cmd, int64_t at_us)
{
	const char *leaf = strrchr(topic, '/');
	char text[600], to[80];

	snprintf(text, sizeof(text), "{\"kind\":\"%s\",\"at_us\":%lld,\"of\":\"%08x\",\"seed\":77,\"cmd\":%s}",
		 leaf + 1, (long long)at_us, glow_command_hash(topic, payload, strlen(payload)), cmd);
	snprintf(to, sizeof(to), "%.*s/apply", (int)(leaf - topic), topic);
	tell(to, text);
}
