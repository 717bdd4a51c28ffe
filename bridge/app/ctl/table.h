/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
#pragma once

/* Text in columns, each as wide as its widest cell. */

#include <stdbool.h>
#include <stdio.h>

enum { GLOW_TABLE_COLUMNS = 10, GLOW_CELL_SIZE = 352 };

struct glow_table {
	unsigned n_columns, n_rows, most;
	char (*cells)[GLOW_TABLE_COLUMNS][GLOW_CELL_SIZE];
};

/** Room for `most` rows; false without memory. */
bool glow_table_init(struct glow_table *t, unsigned n_columns, unsigned most);
void glow_table_fini(struct glow_table *t);

/** A new row of empty cells to write into; a cell that stays empty prints as "-". */
char (*glow_table_row(struct glow_table *t))[GLOW_CELL_SIZE];

/** Prints with two blanks between columns and none at the end of a line, in ASCII if so wished. */
void glow_table_print(struct glow_table *t, bool ascii, FILE *out);
