/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#include "table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <glow/fit.h>

bool glow_table_init(struct glow_table *t, unsigned n_columns, unsigned most)
{
	assert(n_columns <= GLOW_TABLE_COLUMNS);
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

static void clean(struct glow_table *t, bool ascii)
{
	for (unsigned row = 0; row < t->n_rows; row++)
		for (unsigned column = 0; column < t->n_columns; column++) {
			char text[GLOW_CELL_SIZE] = "";

			glow_fit_clean(t->cells[row][column], ascii, text, sizeof(text));
			memcpy(t->cells[row][column], text, sizeof(text));
		}
}

void glow_table_print(struct glow_table *t, bool ascii, FILE *out)
{
	int widest[GLOW_TABLE_COLUMNS] = { 0 };

	clean(t, ascii);
	for (unsigned row = 0; row < t->n_rows; row++)
		for (unsigned column = 0; column < t->n_columns; column++)
			if (glow_fit_columns(cell(t, row, column)) > widest[column])
				widest[column] = glow_fit_columns(cell(t, row, column));
	for (unsigned row = 0; row < t->n_rows; row++)
		for (unsigned column = 0; column < t->n_columns; column++) {
			const char *text = cell(t, row, column);
			bool last = column + 1 == t->n_columns;

			fprintf(out, "%s%*s%s", text, last ? 0 : widest[column] - glow_fit_columns(text) + 2, "",
				last ? "\n" : "");
		}
}
