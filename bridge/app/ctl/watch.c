/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdlib.h>
#include <string.h>

#include <glow/json.h>
#include <glow/watch.h>

void glow_watch_init(struct glow_watch *w, const char *prefix)
{
	memset(w, 0, sizeof(*w));
	snprintf(w->prefix, sizeof(w->prefix), "%s", prefix);
}

void glow_watch_fini(struct glow_watch *w)
{
	for (size_t k = 0; k < w->n_nodes; k++)
		free(w->nodes[k]);
	free(w->nodes);
	memset(w, 0, sizeof(*w));
}

/* The node of that id, made if it is new. */
static struct glow_watched *node_of(struct glow_watch *w, const char *id)
{
	struct glow_watched **grown, *node;
	size_t at = 0;

	for (; at < w->n_nodes && strverscmp(w->nodes[at]->id, id) <= 0; at++)
		if (strcmp(w->nodes[at]->id, id) == 0)
			return w->nodes[at];
	node = calloc(1, sizeof(*node));
	grown = node ? realloc(w->nodes, (w->n_nodes + 1) * sizeof(*grown)) : NULL;
	if (!grown) {
		free(node);
		return NULL;
	}
	w->nodes = grown;
	memmove(grown + at + 1, grown + at, (w->n_nodes - at) * sizeof(*grown));
	grown[at] = node;
	w->n_nodes++;
	snprintf(node->id, sizeof(node->id), "%s", id);
	return node;
}

static void take_info(struct glow_watched *node, const cJSON *tree)
{
	struct glow_info info;
	struct glow_diag diag;

	if (glow_info_read(tree, &info, &diag) != GLOW_OK)
		return;
	if (node->has_info && info.shape.pixels != node->info.shape.pixels)
		node->has_state = false; /* a state of another length */
	node->info = info;
	node->has_info = true;
	node->env.shape = info.shape;
	node->env.reverse = info.reverse;
	node->env.brightness_limit = info.brightness_limit;
	node->env.current_limit_ma = info.current_limit_ma;
	glow_command_idle(info.idle, info.shape, 0, &node->idle, &diag);
}

static void take_state(struct glow_watched *node, const cJSON *tree)
{
	struct glow_state *state = malloc(sizeof(*state));
	struct glow_diag diag;

	/* Its length is info's to say, which a node publishes first. */
	if (state && node->has_info && glow_state_read(tree, node->info.shape, state, &diag) == GLOW_OK) {
		node->state = *state;
		node->has_state = true;
	}
	free(state);
}

static void take_stats(struct glow_watched *node, const cJSON *tree)
{
	const cJSON *fps = glow_json_get(tree, "fps");

	glow_stats_read_meters(tree, node->env.meter);
	node->fps = cJSON_IsNumber(fps) ? (unsigned)fps->valuedouble : 0;
}

static void take_error(struct glow_watch *w, const struct glow_watched *node, const cJSON *tree)
{
	const cJSON *field = glow_json_get(tree, "field"), *message = glow_json_get(tree, "message");

	if (cJSON_IsString(field) && cJSON_IsString(message))
		snprintf(w->last_error, sizeof(w->last_error), "%s: %s %s", node->id, field->valuestring,
			 message->valuestring);
}

static void take_tree(struct glow_watch *w, struct glow_watched *node, const char *leaf, const cJSON *tree)
{
	if (strcmp(leaf, "info") == 0)
		take_info(node, tree);
	else if (strcmp(leaf, "state") == 0)
		take_state(node, tree);
	else if (strcmp(leaf, "stats") == 0)
		take_stats(node, tree);
	else if (strcmp(leaf, "error") == 0)
		take_error(w, node, tree);
}

void glow_watch_message(struct glow_watch *w, const struct glow_message *message)
{
	size_t n = strlen(w->prefix);
	char id[GLOW_ID_MAX + 1], leaf[32], rest;
	struct glow_watched *node;
	struct glow_diag diag;
	cJSON *tree;

	if (strncmp(message->topic, w->prefix, n) != 0 ||
	    sscanf(message->topic + n, "/node/%63[^/]/%31[^/]%c", id, leaf, &rest) != 2 || !glow_id_valid(id))
		return;
	node = node_of(w, id);
	if (!node)
		return;
	if (strcmp(leaf, "availability") == 0) {
		node->online = message->len == 6 && memcmp(message->payload, "online", 6) == 0;
		return;
	}
	tree = glow_json_parse(message->payload, message->len, &diag);
	if (tree)
		take_tree(w, node, leaf, tree);
	cJSON_Delete(tree);
}

void glow_watch_render(const struct glow_watched *node, int64_t t_us, struct glow_frame *ret_frame)
{
	const struct glow_state *s = &node->state;
	struct glow_picture pic = { .idle = &node->idle };

	if (!node->online || !node->has_info) {
		glow_frame_fill(ret_frame, node->has_info ? node->info.shape.pixels : 8, GLOW_BLACK);
		return;
	}
	if (node->has_state) {
		pic.light = &s->light;
		pic.notice = s->has_notice && t_us < s->notice_end_us ? &s->notice : NULL;
		pic.fade_from = s->fading ? &s->fade_from : NULL;
		pic.fade_start_us = s->fade_start_us;
		pic.fade_end_us = s->fade_end_us;
	}
	glow_picture_render(&pic, &node->env, t_us, ret_frame);
}

struct glow_rgb glow_watch_led(struct glow_shape shape, const struct glow_frame *frame, uint32_t i)
{
	if (!glow_shape_mono(shape))
		return frame->px[i];
	return glow_rgb_scale(glow_shape_led_color(shape, i), frame->px[i].r);
}

static void label_look(const struct glow_look *look, const char *before, char *ret_text, size_t size)
{
	int source = look->effect ? glow_param_find(look->effect, "source") : -1;
	char color[8] = "", name[40] = "auto";

	glow_color_format(look->color, color);
	if (look->effect)
		snprintf(name, sizeof(name), "%s", look->painted ? "painted" : look->effect->name);
	if (source >= 0)
		snprintf(name, sizeof(name), "gauge %s", look->effect->params[source].choices[look->params.v[source]]);
	snprintf(ret_text, size, "%s%s%s%s %u%%", before, name,
		 look->effect == glow_effect_at(0) && !look->painted ? " " : "",
		 look->effect == glow_effect_at(0) && !look->painted ? color : "",
		 (look->brightness * 100 + 127) / 255);
}

void glow_watch_label(const struct glow_watched *node, char *ret_text, size_t size)
{
	if (!node->online)
		snprintf(ret_text, size, "offline");
	else if (node->info.problem[0])
		snprintf(ret_text, size, "dark: %s", node->info.problem);
	else if (!node->has_state)
		snprintf(ret_text, size, "…");
	else if (node->state.showing == GLOW_SHOWS_NOTICE && node->state.has_notice)
		label_look(&node->state.notice, "notice: ", ret_text, size);
	else if (!node->state.light.on)
		snprintf(ret_text, size, "off");
	else if (node->state.light.effect)
		label_look(&node->state.light, "", ret_text, size);
	else
		snprintf(ret_text, size, "idle: %s", node->info.idle);
}
