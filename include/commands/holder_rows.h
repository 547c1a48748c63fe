/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holder_rows.h - holders as rows of a table, and as one line
 *
 * Depends on holders.h and view.h. Rows are kept until the table of blocks is
 * over: the largest of each block, and one row for all others.
 */
#ifndef OFL_HOLDER_ROWS_H
#define OFL_HOLDER_ROWS_H

#include "holders/holders.h"
#include "target/text.h"
#include "view/view.h"

#define OFL_HOLDERS_A_BLOCK	8	/* of an outcome, with -w */
#define OFL_HOLDERS_EXPLAINED	16	/* on the screen of one block */

/** struct ofl_holder_row - pages of one holder in one block */
struct ofl_holder_row {
	uint64_t block_nr;
	enum ofl_outcome outcome;
	const char *kind;		/* of holder, or of page */
	const char *evidence;		/* NULL: not identified */
	char name[160];
	char detail[180];
	uint64_t pages, page_bytes;
	uint64_t holders;		/* 1; more: kind is "others" */
	uint64_t first_pfn;
	uint64_t objects;		/* 0: not counted */
};

/** struct ofl_holder_rows - begin with zeros */
struct ofl_holder_rows {
	struct ofl_holder_row *row;	/* owned */
	size_t nr, max;
	bool lost;			/* no memory for some */
};

/** ofl_holder_row_fill() - @row: out  comes zeroed; without its block */
void ofl_holder_row_fill(struct ofl_holder_row *row, const struct ofl_share *s);

/**
 * ofl_holder_rows_add() - the holders of one block
 * @share: in  of ofl_holders_shares()
 * @most:  in  rows of an outcome; what is behind them becomes one
 */
void ofl_holder_rows_add(struct ofl_holder_rows *rows, uint64_t block_nr,
			 uint64_t page_bytes, const struct ofl_share *share,
			 size_t nr, size_t most);
void ofl_holder_rows_free(struct ofl_holder_rows *rows);

/** ofl_holder_rows_show() - a table; none in text if there are no rows */
void ofl_holder_rows_show(struct ofl_view *v, const struct ofl_holder_rows *rows);

/**
 * ofl_holders_line() - append the largest in a few words
 *
 * Shape:  as many as fit into @text, at least one; the rest is a number, which
 *         is returned.
 */
size_t ofl_holders_line(const struct ofl_share *share, size_t nr,
			uint64_t page_bytes, struct ofl_text *text);

#endif
