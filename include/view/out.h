/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * out.h - a view while it is being written
 *
 * Depends on columns.h.
 */
#ifndef OFL_OUT_H
#define OFL_OUT_H

#include <stdio.h>

#include "view/columns.h"

#define OFL_VIEW_DEPTH		4

struct ofl_batch;		/* rows of a table that wait to be printed: table.c */

/** struct ofl_view - a view being written */
struct ofl_view {
	FILE *out;		/* borrowed */
	bool json;
	bool header;		/* table: print column names */
	/*
	 * Columns of the terminal, 0: none. The last column of a table wraps
	 * then, as lines do.
	 */
	unsigned int width;
	bool raw;		/* only rows of the first table, for awk */
	bool past_first;	/* the first table is over */
	int depth;
	bool more[OFL_VIEW_DEPTH];	/* JSON: a comma is due at this depth */
	const struct ofl_table *table;	/* the table that is open */
	struct ofl_columns shown;
	struct ofl_batch *batch;
	bool failed;		/* the output is gone or memory ran out */
	int lost;		/* errno of the write that failed; 0: none did */
	bool cut;		/* a cell was: the result is incomplete */
};

/** ofl_put() - write a text; once a write has failed, nothing any more */
void ofl_put(struct ofl_view *v, const char *text);

/**
 * ofl_put_wrapped() - the rest of a line, and its end
 * @begins: in  how long the line is already; where it goes on if it wraps
 */
void ofl_put_wrapped(struct ofl_view *v, const char *text, int begins);

/** ofl_out_cell() - the value of a column in a row, fit to be written */
void ofl_out_cell(struct ofl_view *v, const struct ofl_column *c,
		  const void *row, const void *ctx, struct ofl_cell *cell);

#endif
