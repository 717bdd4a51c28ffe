/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/frame.h>
#include <glow/rank.h>
#include <glow/topics.h>

#include "placement.h"

/* Where the row of this id is, or would have to go. */
static uint32_t index_of(const struct glow_placement *p, const char *id, bool *ret_found)
{
	return glow_rank(p->rows, p->n, sizeof(*p->rows), offsetof(struct glow_placement_row, id), id, ret_found);
}

const struct glow_placement_row *glow_placement_of(const struct glow_placement *p, const char *id)
{
	static const struct glow_placement_row unnamed = { .rank = UINT32_MAX };
	bool found;
	uint32_t k = index_of(p, id, &found);

	return found ? &p->rows[k] : &unnamed;
}

/* The row of that node, new if need be; NULL without memory. */
static struct glow_placement_row *row_of(struct glow_placement *p, const char *id)
{
	bool found;
	uint32_t k = index_of(p, id, &found);
	struct glow_placement_row *rows;

	if (found)
		return &p->rows[k];
	rows = realloc(p->rows, (p->n + 1) * sizeof(*rows));
	if (!rows)
		return NULL;
	p->rows = rows;
	memmove(&rows[k + 1], &rows[k], (p->n++ - k) * sizeof(*rows));
	rows[k] = (struct glow_placement_row){ .rank = UINT32_MAX };
	snprintf(rows[k].id, sizeof(rows[0].id), "%s", id);
	return &rows[k];
}

/* ---- the three lists ---- */

static void set_rank(struct glow_placement_row *row, uint32_t nth, uint32_t value)
{
	(void)value;
	if (row->rank == UINT32_MAX)
		row->rank = nth;
}

static void set_reverse(struct glow_placement_row *row, uint32_t nth, uint32_t value)
{
	(void)nth;
	(void)value;
	row->reverse = true;
}

static void set_gap(struct glow_placement_row *row, uint32_t nth, uint32_t value)
{
	(void)nth;
	row->gap = value;
}

struct list {
	const char *option, *form;
	bool valued; /* "id=n", else "id" */
	void (*set)(struct glow_placement_row *row, uint32_t nth, uint32_t value);
};

static const struct list order_list = { "--order", "must be node ids separated by commas", false, set_rank };
static const struct list reverse_list = { "--reverse", "must be node ids separated by commas", false, set_reverse };
static const struct list gap_list = { "--gap", "must be id=pixels,… with at most %d pixels each", true, set_gap };

/* Splits "=n" off the text; false when it begins with something else. */
static bool next_value(const char **text, uint32_t *ret_value)
{
	unsigned long value;
	char *end;

	if (**text != '=' || (*text)[1] < '0' || (*text)[1] > '9')
		return false;
	value = strtoul(*text + 1, &end, 10);
	if (value > GLOW_PIXELS_MAX)
		return false;
	*ret_value = (uint32_t)value;
	*text = end;
	return true;
}

/* Splits "id" or "id=n" and its comma off the text; false when it is neither. A list ends with its last
 * item, not with a comma. */
static bool next_item(const char **text, bool valued, char ret_id[GLOW_NAME_SIZE], uint32_t *ret_value)
{
	size_t n = strcspn(*text, valued ? "=," : ",");

	if (n > GLOW_ID_MAX)
		return false;
	memcpy(ret_id, *text, n);
	ret_id[n] = '\0';
	*text += n;
	if (valued && !next_value(text, ret_value))
		return false;
	if (**text == ',' && *++*text == '\0')
		return false;
	return glow_id_valid(ret_id) && (**text == '\0' || (*text)[-1] == ',');
}

static int read_list(struct glow_placement *p, const struct list *list, const char *text, struct glow_diag *diag)
{
	char id[GLOW_NAME_SIZE];
	uint32_t value = 0;

	for (uint32_t nth = 0; text && *text; nth++) {
		struct glow_placement_row *row;

		if (!next_item(&text, list->valued, id, &value)) {
			glow_diag_set(diag, GLOW_OUT_OF_RANGE, list->option, list->form, GLOW_PIXELS_MAX);
			return -EINVAL;
		}
		row = row_of(p, id);
		if (!row)
			return -ENOMEM;
		list->set(row, nth, value);
	}
	return 0;
}

int glow_placement_init(struct glow_placement *p, const char *order, const char *reverse, const char *gap,
			struct glow_diag *diag)
{
	int r;

	*p = (struct glow_placement){ 0 };
	r = read_list(p, &order_list, order, diag);
	if (r == 0)
		r = read_list(p, &reverse_list, reverse, diag);
	if (r == 0)
		r = read_list(p, &gap_list, gap, diag);
	if (r < 0)
		glow_placement_fini(p);
	return r;
}

/* ---- what people want meanwhile ---- */

static bool take_order(struct glow_placement *p, const struct glow_wanted *wanted)
{
	for (uint32_t k = 0; wanted->has_order && k < p->n; k++)
		p->rows[k].rank = UINT32_MAX;
	for (uint32_t k = 0; wanted->has_order && k < wanted->n_order; k++) {
		struct glow_placement_row *row = row_of(p, wanted->order[k]);

		if (!row)
			return false;
		row->rank = k;
	}
	return true;
}

static bool take_nodes(struct glow_placement *p, const struct glow_wanted *wanted)
{
	for (uint32_t k = 0; k < wanted->n; k++) {
		const struct glow_wanted_node *node = &wanted->nodes[k];
		struct glow_placement_row *row = row_of(p, node->id);

		if (!row)
			return false;
		row->reverse = node->has_reverse ? node->reverse : row->reverse;
		row->gap = node->has_gap ? node->gap : row->gap;
	}
	return true;
}

bool glow_placement_want(struct glow_placement *p, const struct glow_wanted *wanted)
{
	uint32_t n = p->options ? p->n_options : p->n;
	const struct glow_placement_row *options = p->options ? p->options : p->rows;
	struct glow_placement fresh = { .n = n, .n_options = n };

	fresh.rows = calloc(n + 1, sizeof(*fresh.rows));
	fresh.options = calloc(n + 1, sizeof(*fresh.options));
	if (fresh.rows && fresh.options && n > 0) {
		memcpy(fresh.rows, options, n * sizeof(*options));
		memcpy(fresh.options, options, n * sizeof(*options));
	}
	if (!fresh.rows || !fresh.options || !take_order(&fresh, wanted) || !take_nodes(&fresh, wanted)) {
		glow_placement_fini(&fresh);
		return false;
	}
	glow_placement_fini(p);
	*p = fresh;
	return true;
}

void glow_placement_fini(struct glow_placement *p)
{
	free(p->options);
	free(p->rows);
	*p = (struct glow_placement){ 0 };
}
