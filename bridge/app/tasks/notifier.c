/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>

#include <glow/hash.h>
#include <glow/info.h>
#include <glow/json.h>
#include <glow/log.h>
#include <glow/publish.h>

#include "mosaic.h"
#include "notifier.h"

#define NOTICE "tasks" /* the id of ours */
#define LASTS  3       /* times the pause between two */

void glow_notifier_init(struct glow_notifier *n, const struct glow_notifier_cfg *cfg)
{
	*n = (struct glow_notifier){ .cfg = *cfg };
}

void glow_notifier_fini(struct glow_notifier *n)
{
	free(n->v);
	n->v = NULL;
	n->n = n->room = 0;
}

/* The node of that id, made where there is none yet; NULL without memory. */
static struct glow_notifier_node *node_of(struct glow_notifier *n, const char *id)
{
	struct glow_notifier_node *v;

	for (size_t k = 0; k < n->n; k++)
		if (strcmp(n->v[k].id, id) == 0)
			return &n->v[k];
	if (n->n == n->room) {
		v = realloc(n->v, (n->room + 32) * sizeof(*v));
		if (!v)
			return NULL;
		n->v = v;
		n->room += 32;
	}
	v = &n->v[n->n++];
	*v = (struct glow_notifier_node){ .pixels = 0 };
	memcpy(v->id, id, strlen(id) + 1);
	return v;
}

/* ---- boards ---- */

bool glow_notifier_topic(const struct glow_notifier *n, size_t k, char ret_topic[GLOW_TOPIC_MAX + 1])
{
	glow_topic_of(ret_topic, n->cfg.prefix, GLOW_TOPIC_INFO, GLOW_OF_NODE, "+");
	return k == 0;
}

/* Of a board whose LEDs have a colour each, no pixel could be any service's. */
static uint32_t pixels_of(const struct glow_message *m)
{
	struct glow_info info;
	struct glow_diag diag;
	cJSON *tree = m->len ? glow_json_parse(m->payload, m->len, &diag) : NULL;
	bool fine = tree && glow_info_read(tree, &info, &diag) == GLOW_OK && !glow_shape_mono(info.shape);

	cJSON_Delete(tree);
	return !fine ? 0 : info.shape.pixels < GLOW_NOTIFIER_PIXELS ? info.shape.pixels : GLOW_NOTIFIER_PIXELS;
}

bool glow_notifier_message(struct glow_notifier *n, const struct glow_message *m)
{
	struct glow_topic topic = glow_topic_parse(n->cfg.prefix, m->topic);
	struct glow_notifier_node *node;

	if (topic.kind != GLOW_TOPIC_INFO || topic.of != GLOW_OF_NODE)
		return false;
	node = node_of(n, topic.id);
	if (!node)
		return false;
	node->pixels = pixels_of(m);
	node->shows = false; /* a bridge that starts has no notices */
	return node->pixels > 0;
}

void glow_notifier_connected(struct glow_notifier *n)
{
	for (size_t k = 0; k < n->n; k++)
		n->v[k].shows = false;
}

/* ---- notices ---- */

static void publish(const struct glow_notifier *n, const struct glow_notifier_node *node, cJSON *tree)
{
	const struct glow_publisher out = { .prefix = n->cfg.prefix, .discovery = "", .outbox = n->cfg.outbox };

	cJSON_AddStringToObject(tree, "id", NOTICE);
	glow_publish_tree(&out, "node", node->id, "notify", tree, 1, false);
}

static void take_back(const struct glow_notifier *n, struct glow_notifier_node *node)
{
	cJSON *tree = cJSON_CreateObject();

	node->shows = false;
	cJSON_AddTrueToObject(tree, "clear");
	publish(n, node, tree);
}

static void say(const struct glow_notifier *n, const struct glow_notifier_node *node, const struct glow_rgb *pixels)
{
	cJSON *tree = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(tree, "pixels");
	char text[8];

	for (uint32_t k = 0; k < node->pixels; k++) {
		glow_color_format(pixels[k], text);
		cJSON_AddItemToArray(list, cJSON_CreateString(text));
	}
	glow_json_add_int(tree, "brightness", n->cfg.brightness);
	glow_json_add_int(tree, "priority", n->cfg.priority);
	glow_json_add_int(tree, "ttl_s", LASTS * (int64_t)n->cfg.again_s);
	publish(n, node, tree);
}

static void show_node(const struct glow_notifier *n, struct glow_notifier_node *node, const struct glow_swarm_node *of,
		      struct glow_raw now)
{
	struct glow_rgb pixels[GLOW_NOTIFIER_PIXELS];
	bool more = glow_mosaic_paint(of, node->pixels, pixels);
	uint32_t picture = glow_fnv1a(GLOW_FNV_START, pixels, node->pixels * sizeof(pixels[0]));

	if (!more && node->shows)
		take_back(n, node);
	if (!more ||
	    (node->shows && node->picture == picture && now.ns - node->at.ns < n->cfg.again_s * INT64_C(1000000000)))
		return;
	node->shows = true;
	node->picture = picture;
	node->at = now;
	say(n, node, pixels);
}

static void tell_lacking(struct glow_notifier_node *node, const struct glow_swarm_node *of)
{
	if (!node->lacking && of->id[0])
		glow_info("%s of the swarm has no row of pixels here: none introduced itself as the node %s", of->host,
			  of->id);
	else if (!node->lacking)
		glow_info("%s of the swarm has no board here: its name is no node's id", of->host);
	node->lacking = true;
}

void glow_notifier_show(struct glow_notifier *n, const struct glow_swarm *swarm, struct glow_raw now)
{
	for (size_t k = 0; k < n->n; k++)
		n->v[k].heard = false;
	for (size_t k = 0; k < swarm->n; k++) {
		const struct glow_swarm_node *of = &swarm->nodes[k];
		struct glow_notifier_node *node = node_of(n, of->id[0] ? of->id : of->host);

		if (!node)
			continue;
		node->heard = true;
		node->lacking = node->lacking && node->pixels == 0;
		if (node->pixels)
			show_node(n, node, of, now);
		else
			tell_lacking(node, of);
	}
	for (size_t k = 0; k < n->n; k++)
		if (n->v[k].shows && !n->v[k].heard)
			take_back(n, &n->v[k]);
}

void glow_notifier_clear(struct glow_notifier *n)
{
	for (size_t k = 0; k < n->n; k++)
		if (n->v[k].shows)
			take_back(n, &n->v[k]);
}
