/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_row.h - what one page is
 *
 * Depends on holder_rows.h.
 */
#ifndef OFL_PAGE_ROW_H
#define OFL_PAGE_ROW_H

#include "commands/holder_rows.h"

/** struct ofl_page_row - a page that was asked for */
struct ofl_page_row {
	bool seen;			/* else nothing below holds */
	struct ofl_classified c;
	struct ofl_holder_row holder;
	const char *device;
};

/** ofl_page_row_fill() - @share: in  who has it, if it is in the way */
void ofl_page_row_fill(struct ofl_page_row *row, const struct ofl_env *env,
		       const struct ofl_classified *c,
		       const struct ofl_share *share);

/**
 * ofl_page_row_show() - lines, or in a document a table of one row
 *
 * Shape:  a sentence, or no row, if the page was not seen.
 */
void ofl_page_row_show(struct ofl_view *v, const struct ofl_layout *l,
		       const struct ofl_page_row *row);

#endif
