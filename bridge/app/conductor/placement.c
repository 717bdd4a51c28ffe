/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glow/frame.h>
#include <glow/topics.h>

#include "placement.h"

static struct glow_placement_row *find(const struct glow_placement *p, const char *id)
{
	for (uint32_t k = 0; k < p->n; k++)
		if (strcmp(p->rows[k].id, id) == 0)
			return &p->rows[k];
	return NULL;
}

const struct glow_placement_row *glow_placement_of(const struct glow_placement *p, const char *id)
{
	static const struct glow_placement_row unnamed = { .rank = UINT32_MAX };
	const struct glow_placement_row *row = find(p, id);

	return row ? row : &unnamed;
}

/* The row of that node, new if need be; NULL without memory. */
static struct glow_placement_row *row_of(struct glow_placement *p, const char *id)
{
	struct glow_placement_row *rows = find(p, id);

	if (rows)
		return rows;
	rows = realloc(p->rows, (p->n + 1) * sizeof(*rows));
	if (!rows)
		return NULL;
	p->rows = rows;
	rows[p->n] = (struct glow_placement_row){ .rank = UINT32_MAX };
	snprintf(rows[p->n].id, sizeof(rows[0].id), "%s", id);
	return &rows[p->n++];
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

void glow_placement_fini(struct glow_placement *p)
{
	free(p->rows);
	*p = (struct glow_placement){ 0 };
}
