/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* A roster is read whole or not at all: effects divide by the length of the strip and count on it from
 * the offset of a board, so each board is checked to lie on the strip, and all of them with their gaps
 * to be no longer than an effect takes. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/info.h>
#include <glow/json.h>
#include <glow/scenes.h>
#include <glow/timing.h>

/* `before` is the kind of the entry before it. */
static cJSON *write_node(const struct glow_roster_node *node, uint32_t before, bool in_short)
{
	cJSON *object = cJSON_CreateObject(), *groups;

	cJSON_AddStringToObject(object, "id", node->id);
	groups = in_short && node->n_groups == 0 ? NULL : cJSON_AddArrayToObject(object, "groups");
	for (uint32_t k = 0; k < node->n_groups; k++)
		cJSON_AddItemToArray(groups, cJSON_CreateString(node->groups[k]));
	glow_json_add_int(object, "pixels", node->pixels);
	glow_json_add_int(object, "offset", node->offset);
	if (!in_short || node->reverse)
		cJSON_AddBoolToObject(object, "reverse", node->reverse);
	if (!in_short || node->gap)
		glow_json_add_int(object, "gap", node->gap);
	if (node->kind != before)
		glow_json_add_int(object, "kind", node->kind);
	return object;
}

cJSON *glow_roster_write(const struct glow_roster *roster)
{
	cJSON *tree = cJSON_CreateObject(), *kinds, *nodes;
	struct glow_diag diag;
	uint32_t before = 0;

	if (roster->edition.clock_id)
		glow_edition_add(tree, &roster->edition);
	else
		glow_json_add_int(tree, "rev", (int64_t)roster->edition.rev);
	glow_json_add_int(tree, "effective_us", roster->effective_us);
	glow_json_add_int(tree, "pixels", roster->pixels);
	if (roster->left_out)
		glow_json_add_int(tree, "left_out", roster->left_out);
	kinds = roster->n_kinds ? cJSON_AddArrayToObject(tree, "kinds") : NULL;
	for (uint32_t k = 0; k < roster->n_kinds; k++) {
		cJSON *kind = glow_json_parse(roster->kinds[k], strlen(roster->kinds[k]), &diag);

		cJSON_AddItemToArray(kinds, kind ? kind : cJSON_CreateNull()); /* nodes name their kinds by number */
	}
	nodes = cJSON_AddArrayToObject(tree, "nodes");
	for (uint32_t k = 0; k < roster->n; before = roster->nodes[k++].kind)
		cJSON_AddItemToArray(nodes, write_node(&roster->nodes[k], before, roster->n > GLOW_ROSTER_SHORT));
	return tree;
}

/* ---- what fits ---- */

#define HEAD_BYTES 180 /* all but kinds and nodes, at most */

static size_t digits(uint32_t value)
{
	size_t n = 1;

	for (; value >= 10; value /= 10)
		n++;
	return n;
}

/* With the comma behind it, and at most. */
static size_t node_bytes(const struct glow_roster_node *node, uint32_t before, bool in_short)
{
	size_t n = strlen("{'id':'','pixels':,'offset':},") + strlen(node->id) + digits(node->pixels) +
		   digits(node->offset);

	if (!in_short || node->n_groups)
		n += strlen("'groups':[],");
	for (uint32_t k = 0; k < node->n_groups; k++)
		n += strlen(node->groups[k]) + strlen("'',");
	if (!in_short || node->reverse)
		n += strlen("'reverse':false,");
	if (!in_short || node->gap)
		n += strlen("'gap':,") + digits(node->gap);
	if (node->kind != before)
		n += strlen("'kind':,") + digits(node->kind);
	return n;
}

static size_t kinds_bytes(const struct glow_roster *roster)
{
	size_t n = roster->n_kinds ? strlen("'kinds':[],") : 0;

	for (uint32_t k = 0; k < roster->n_kinds; k++)
		n += strlen(roster->kinds[k]) + 1;
	return n;
}

static uint32_t first_that_fit(const struct glow_roster *roster, bool in_short, size_t bytes)
{
	size_t used = HEAD_BYTES + kinds_bytes(roster);
	uint32_t n = 0, before = 0;

	for (; n < roster->n; before = roster->nodes[n++].kind) {
		used += node_bytes(&roster->nodes[n], before, in_short);
		if (used > bytes)
			break;
	}
	return n;
}

static void drop_kinds(struct glow_roster *roster)
{
	for (uint32_t k = 0; k < roster->n_kinds; k++)
		free(roster->kinds[k]);
	for (uint32_t k = 0; k < roster->n; k++)
		roster->nodes[k].kind = 0;
	roster->n_kinds = 0;
}

void glow_roster_fit(struct glow_roster *roster, size_t bytes)
{
	uint32_t n = first_that_fit(roster, roster->n > GLOW_ROSTER_SHORT, bytes);

	if (n <= GLOW_ROSTER_SHORT) {
		drop_kinds(roster);
		n = first_that_fit(roster, false, bytes);
	}
	roster->left_out = roster->n - n;
	for (uint32_t k = n; k < roster->n; k++)
		free(roster->nodes[k].groups);
	roster->n = n;
	if (roster->left_out)
		glow_roster_lay(roster);
}

static enum glow_code read_groups(const cJSON *list, struct glow_roster_node *node, struct glow_diag *diag)
{
	int n = cJSON_GetArraySize(list);

	if (!list)
		return GLOW_OK;
	if (!cJSON_IsArray(list))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "groups", "must be an array of ids");
	if (n > GLOW_GROUPS_MAX)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "groups", "must have at most %d ids, got %d",
				     GLOW_GROUPS_MAX, n);
	node->groups = calloc((size_t)n + 1, sizeof(node->groups[0]));
	if (!node->groups)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "groups", "out of memory");
	for (const cJSON *item = list->child; item; item = item->next)
		if (glow_json_id(item, "groups", node->groups[node->n_groups++], diag) != GLOW_OK)
			return diag->code;
	return GLOW_OK;
}

/* Up to one that cannot be used: who looks asks the nodes of the others. */
static void read_kinds(const cJSON *list, struct glow_roster *roster)
{
	for (const cJSON *item = cJSON_IsArray(list) ? list->child : NULL; item; item = item->next) {
		bool room = roster->n_kinds < GLOW_KINDS_MAX;
		char *text = room && cJSON_IsObject(item) ? cJSON_PrintUnformatted(item) : NULL;

		if (!text || strlen(text) > GLOW_KIND_MAX) {
			free(text);
			return;
		}
		roster->kinds[roster->n_kinds++] = text;
	}
}

static uint32_t read_kind(const cJSON *item, uint32_t before, const struct glow_roster *roster)
{
	const cJSON *kind = glow_json_get(item, "kind");

	if (!kind)
		return before;
	return cJSON_IsNumber(kind) && kind->valuedouble > 0 && kind->valuedouble <= roster->n_kinds
		       ? (uint32_t)kind->valuedouble
		       : 0;
}

/* `left` is what the strip may still hold. */
static enum glow_code read_node(const cJSON *item, uint32_t length, uint32_t left, struct glow_roster_node *node,
				struct glow_diag *diag)
{
	const cJSON *gap = glow_json_get(item, "gap");
	int64_t pixels, offset, free_pixels = 0;

	if (!cJSON_IsObject(item))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (glow_json_id(glow_json_get(item, "id"), "id", node->id, diag) != GLOW_OK ||
	    read_groups(glow_json_get(item, "groups"), node, diag) != GLOW_OK ||
	    glow_json_get_int(item, "pixels", 1, GLOW_STRIP_MAX, &pixels, diag) != GLOW_OK ||
	    glow_json_get_int(item, "offset", 0, length, &offset, diag) != GLOW_OK ||
	    (gap && glow_json_int(gap, "gap", 0, GLOW_STRIP_MAX, &free_pixels, diag) != GLOW_OK))
		return diag->code;
	if (offset + pixels > length || pixels + free_pixels > left)
		return glow_diag_set(diag, GLOW_OUT_OF_RANGE, "offset", "lies beyond the end of the strip");
	node->pixels = (uint32_t)pixels;
	node->offset = (uint32_t)offset;
	node->gap = (uint32_t)free_pixels;
	node->reverse = cJSON_IsTrue(glow_json_get(item, "reverse"));
	return GLOW_OK;
}

static enum glow_code read_nodes(const cJSON *list, struct glow_roster *roster, struct glow_diag *diag)
{
	uint32_t left = GLOW_STRIP_MAX, kind = 0;

	if (!cJSON_IsArray(list))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "nodes", "must be an array");
	roster->nodes = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(roster->nodes[0]));
	if (!roster->nodes)
		return glow_diag_set(diag, GLOW_TOO_LARGE, "nodes", "out of memory");
	for (const cJSON *item = list->child; item; item = item->next) {
		struct glow_roster_node *node = &roster->nodes[roster->n++];
		char where[32];

		snprintf(where, sizeof(where), "nodes.%u", roster->n - 1);
		if (read_node(item, roster->pixels, left, node, diag) != GLOW_OK)
			return glow_diag_inside(diag, where);
		left -= node->pixels + node->gap;
		node->kind = kind = read_kind(item, kind, roster);
	}
	return GLOW_OK;
}

enum glow_code glow_roster_read(const cJSON *tree, struct glow_roster *ret_roster, struct glow_diag *diag)
{
	int64_t pixels, left_out = 0;

	memset(ret_roster, 0, sizeof(*ret_roster));
	if (!cJSON_IsObject(tree))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "", "must be an object");
	if (!glow_json_given(tree, "rev"))
		return glow_diag_set(diag, GLOW_BAD_TYPE, "rev", "must be a whole number");
	if (glow_edition_read(tree, &ret_roster->edition, diag) != GLOW_OK ||
	    glow_json_get_time(tree, "effective_us", &ret_roster->effective_us, diag) != GLOW_OK ||
	    glow_json_get_int(tree, "pixels", 0, GLOW_STRIP_MAX, &pixels, diag) != GLOW_OK ||
	    glow_json_opt_int(tree, "left_out", 0, UINT32_MAX, &left_out, diag) != GLOW_OK)
		return diag->code;
	ret_roster->pixels = (uint32_t)pixels;
	ret_roster->left_out = (uint32_t)left_out;
	read_kinds(glow_json_get(tree, "kinds"), ret_roster);
	if (read_nodes(glow_json_get(tree, "nodes"), ret_roster, diag) == GLOW_OK)
		return GLOW_OK;
	glow_roster_fini(ret_roster);
	return diag->code;
}

void glow_roster_fini(struct glow_roster *roster)
{
	for (uint32_t k = 0; k < roster->n; k++)
		free(roster->nodes[k].groups);
	drop_kinds(roster);
	free(roster->nodes);
	memset(roster, 0, sizeof(*roster));
}
