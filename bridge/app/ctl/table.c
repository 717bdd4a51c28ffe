/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool glow_table_init(struct glow_table *t, unsigned n_columns, unsigned most)
{
	*t = (struct glow_table){ .n_columns = n_columns, .most = most };
	t->cells = calloc(most, sizeof(*t->cells));
	return t->cells;
}

void glow_table_fini(struct glow_table *t)
{
	free(t->cells);
}

char (*glow_table_row(struct glow_table *t))[GLOW_CELL_SIZE]
{
	assert(t->n_rows < t->most);
	return t->cells[t->n_rows++];
}

static const char *cell(const struct glow_table *t, unsigned row, unsigned column)
{
	return t->cells[row][column][0] ? t->cells[row][column] : "-";
}

/* Columns on the screen: one for each character. */
static int width(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

void glow_table_print(const struct glow_table *t, FILE *out)
{
	int widest[GLOW_TABLE_COLUMNS] = { 0 };

	for (unsigned row = 0; row < t->n_rows; row++)
		for (unsigned column = 0; column < t->n_columns; column++)
			if (width(cell(t, row, column)) > widest[column])
				widest[column] = width(cell(t, row, column));
	for (unsigned row = 0; row < t->n_rows; row++)
		for (unsigned column = 0; column < t->n_columns; column++) {
			const char *text = cell(t, row, column);
			bool last = column + 1 == t->n_columns;

			fprintf(out, "%s%*s%s", text, last ? 0 : widest[column] - width(text) + 2, "",
				last ? "\n" : "");
		}
}
