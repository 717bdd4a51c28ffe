/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/frame.h>
#include <glow/habits.h>
#include <glow/json.h>
#include <glow/rank.h>
#include <glow/timing.h>
#include <glow/wanted.h>

static const char *const fields[] = { "order", "nodes", "reset", "absent", "clock_id", "term", "rev", NULL };
static const char *const node_fields[] = { "title", "reverse", "gap", NULL };

void glow_wanted_fini(struct glow_wanted *w)
{
	free(w->order);
	free(w->nodes);
	*w = (struct glow_wanted){ 0 };
}

/* ---- nodes ---- */

/* Where the node of this id is, or would have to go. */
static uint32_t rank(const struct glow_wanted *w, const char *id, bool *ret_found)
{
	return glow_rank(w->nodes, w->n, sizeof(*w->nodes), offsetof(struct glow_wanted_node, id), id, ret_found);
}

const struct glow_wanted_node *glow_wanted_find(const struct glow_wanted *w, const char *id)
{
	bool found;
	uint32_t k = rank(w, id, &found);

	return found ? &w->nodes[k] : NULL;
}

/* There is room for one more. */
static struct glow_wanted_node *node_of(struct glow_wanted *w, const char *id)
{
	bool found;
	uint32_t k = rank(w, id, &found);
	struct glow_wanted_node *node = &w->nodes[k];

	if (found)
		return node;
	memmove(node + 1, node, (w->n++ - k) * sizeof(*node));
	*node = (struct glow_wanted_node){ 0 };
	snprintf(node->id, sizeof(node->id), "%s", id);
	return node;
}

static void drop_unwanted(struct glow_wanted *w, struct glow_wanted_node *node)
{
	if (node->has_reverse || node->has_gap || node->title[0])
		return;
	memmove(node, node + 1, (size_t)(&w->nodes[--w->n] - node) * sizeof(*node));
}

/* ---- reading ---- */

/* null lets a value go. */
static enum glow_code read_values(const cJSON *item, struct glow_wanted_node *node, struct glow_diag *diag)
{
	const cJSON *reverse = glow_json_get(item, "reverse"), *gap = glow_json_get(item, "gap");
	const cJSON *title = glow_json_get(item, "title");
	int64_t pixels = 0;

	node->has_reverse = reverse ? !cJSON_IsNull(reverse) : node->has_reverse;
	if (reverse && node->has_reverse && glow_json_bool(reverse, "reverse", &node->reverse, diag) != GLOW_OK)
		return diag->code;
	node->has_gap = gap ? !cJSON_IsNull(gap) : node->has_gap;
	if (gap && node->has_gap && glow_json_int(gap, "gap", 0, GLOW_PIXELS_MAX, &pixels, diag) != GLOW_OK)
		return diag->code;
	node->gap = gap ? (uint32_t)pixels : node->gap;
	return title ? glow_title_read(item, node->title, diag) : GLOW_OK;
}

static enum glow_code read_node(const cJSON *item, struct glow_wanted *w, struct glow_diag *diag)
{
	struct glow_wanted_node *node;

	if (!glow_id_valid(item->string))
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "", "\"%.80s\" is no node id", item->string);
	node = node_of(w, item->string);
	if (cJSON_IsNull(item)) {
		node->has_reverse = node->has_gap = false;
		node->title[0] = '\0';
	} else if (!cJSON_IsObject(item)) {
		return glow_diag_set(diag, GLOW_BAD_TYPE, "",
				     "must be an object of title, reverse and gap, or null to let go of all three");
	} else if (glow_fields_check_of(item, node_fields, diag) != GLOW_OK ||
		   read_values(item, node, diag) != GLOW_OK) {
		return diag->code;
	}
	drop_unwanted(w, node);
	return GLOW_OK;
}

static enum glow_code read_nodes(const cJSON *nodes, struct glow_wanted *w, struct glow_diag *diag)
{
	char where[96];

	if (!cJSON_IsObject(nodes))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "nodes",
				     "must be an object of node ids: {\"pi1\":{\"reverse\":true}}");
	for (const cJSON *item = nodes->child; item; item = item->next) {
		if (read_node(item, w, diag) == GLOW_OK)
			continue;
		snprintf(where, sizeof(where), "nodes.%.80s", item->string);
		return glow_diag_inside(diag, where);
	}
	return w->n <= GLOW_WANTED_MAX
		       ? GLOW_OK
		       : glow_diag_set(diag, GLOW_TOO_LARGE, "nodes", "at most %d nodes can be named", GLOW_WANTED_MAX);
}

static bool is_in(const struct glow_wanted *w, const char *id)
{
	for (uint32_t k = 0; k < w->n_order; k++)
		if (strcmp(w->order[k], id) == 0)
			return true;
	return false;
}

/* null lets the order go. */
static enum glow_code read_order(const cJSON *order, struct glow_wanted *w, struct glow_diag *diag)
{
	int n = cJSON_GetArraySize(order);
	char where[32];

	free(w->order);
	w->order = NULL;
	w->n_order = 0;
	w->has_order = !cJSON_IsNull(order);
	if (!w->has_order)
		return GLOW_OK;
	if (!cJSON_IsArray(order))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "order",
				     "must be an array of node ids, or null for the conductor's --order");
	if (n > GLOW_WANTED_MAX)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "order", "at most %d nodes can be named", GLOW_WANTED_MAX);
	w->order = calloc((size_t)n + 1, sizeof(*w->order));
	if (!w->order)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "order", "out of memory");
	for (const cJSON *item = order->child; item; item = item->next, w->n_order++) {
		char id[GLOW_NAME_SIZE];

		snprintf(where, sizeof(where), "order.%u", w->n_order);
		if (glow_json_id(item, where, id, diag) != GLOW_OK)
			return diag->code;
		if (is_in(w, id))
			return glow_diag_set(diag, GLOW_CONFLICT, where, "%s comes twice", id);
		memcpy(w->order[w->n_order], id, sizeof(id));
	}
	return GLOW_OK;
}

/* A copy with room for so many more nodes. */
static bool copy(const struct glow_wanted *was, int more, struct glow_wanted *ret)
{
	*ret = *was;
	ret->order = calloc((size_t)was->n_order + 1, sizeof(*ret->order));
	ret->nodes = calloc((size_t)was->n + (size_t)more + 1, sizeof(*ret->nodes));
	if (!ret->order || !ret->nodes) {
		glow_wanted_fini(ret);
		return false;
	}
	if (was->n_order)
		memcpy(ret->order, was->order, was->n_order * sizeof(*ret->order));
	if (was->n)
		memcpy(ret->nodes, was->nodes, was->n * sizeof(*ret->nodes));
	return true;
}

static enum glow_code apply(const cJSON *tree, struct glow_wanted *w, bool *ret_absent, struct glow_diag *diag)
{
	const cJSON *order = glow_json_get(tree, "order"), *nodes = glow_json_given(tree, "nodes");
	const cJSON *reset = glow_json_given(tree, "reset"), *absent = glow_json_given(tree, "absent");
	bool all = false;

	if ((reset && glow_json_bool(reset, "reset", &all, diag) != GLOW_OK) ||
	    (absent && glow_json_bool(absent, "absent", ret_absent, diag) != GLOW_OK))
		return diag->code;
	if (all) {
		w->has_order = false;
		w->n_order = w->n = 0;
	}
	if ((order && read_order(order, w, diag) != GLOW_OK) || (nodes && read_nodes(nodes, w, diag) != GLOW_OK))
		return diag->code;
	return glow_edition_read(tree, &w->edition, diag);
}

static bool says_something(const cJSON *tree)
{
	return glow_json_get(tree, "order") || glow_json_given(tree, "nodes") || glow_json_given(tree, "reset");
}

enum glow_code glow_wanted_read(const char *payload, size_t len, const struct glow_wanted *was,
				struct glow_wanted *ret_wanted, bool *ret_absent, struct glow_diag *diag)
{
	cJSON *tree = glow_json_parse(payload, len, diag);
	enum glow_code code;

	*ret_absent = false;
	if (!tree)
		return diag->code;
	code = cJSON_IsObject(tree)
		       ? glow_fields_check_of(tree, fields, diag)
		       : glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object of order, nodes or reset");
	if (code == GLOW_OK && !says_something(tree))
		code = glow_diag_set(diag, GLOW_BAD_TYPE, "", "must have one of order, nodes, reset");
	if (code == GLOW_OK && !copy(was, cJSON_GetArraySize(glow_json_get(tree, "nodes")), ret_wanted))
		code = glow_diag_set(diag, GLOW_TOO_LARGE, "", "out of memory");
	else if (code == GLOW_OK && (code = apply(tree, ret_wanted, ret_absent, diag)) != GLOW_OK)
		glow_wanted_fini(ret_wanted);
	cJSON_Delete(tree);
	return code;
}

/* ---- writing ---- */

static void write_node(cJSON *nodes, const struct glow_wanted_node *node)
{
	cJSON *object = cJSON_AddObjectToObject(nodes, node->id);

	if (node->title[0])
		cJSON_AddStringToObject(object, "title", node->title);
	if (node->has_reverse)
		cJSON_AddBoolToObject(object, "reverse", node->reverse);
	if (node->has_gap)
		glow_json_add_int(object, "gap", node->gap);
}

cJSON *glow_wanted_write(const struct glow_wanted *w)
{
	cJSON *tree = cJSON_CreateObject(), *list;

	if (w->has_order) {
		list = cJSON_AddArrayToObject(tree, "order");
		for (uint32_t k = 0; k < w->n_order; k++)
			cJSON_AddItemToArray(list, cJSON_CreateString(w->order[k]));
	}
	list = cJSON_AddObjectToObject(tree, "nodes");
	for (uint32_t k = 0; k < w->n; k++)
		write_node(list, &w->nodes[k]);
	if (w->edition.clock_id)
		glow_edition_add(tree, &w->edition);
	return tree;
}
