/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wrap.h - words and rows that are wider than the terminal
 *
 * Depends on text.h. Columns are counted in bytes: what is printed is escaped.
 */
#ifndef OFL_WRAP_H
#define OFL_WRAP_H

#include <stdbool.h>
#include <stddef.h>

#include "target/text.h"

#define OFL_LEAST_COLUMNS	18	/* that a text wraps in, wherever it begins */
#define OFL_FOLD_COLUMNS	24

/**
 * ofl_wrap() - words, in lines of a width
 * @ret:    inout  behind what is there
 * @at:     in  columns that the first line has already
 * @indent: in  blanks before each other line
 *
 * Shape: no line feed behind the last line. A word that is longer than a line
 *        stays whole.
 */
void ofl_wrap(struct ofl_text *ret, const char *text, size_t columns, size_t at,
	      size_t indent);

/**
 * struct ofl_fold - a table that is wider than the terminal: each row takes
 * several lines, all but the first of them indented
 */
struct ofl_fold {
	size_t columns;			/* of the terminal */
	size_t nr;
	size_t width[OFL_FOLD_COLUMNS];
	bool right[OFL_FOLD_COLUMNS];
	bool breaks[OFL_FOLD_COLUMNS];	/* a line begins here */
};

/** ofl_fold_plan() - where lines begin: @breaks, of all the others */
void ofl_fold_plan(struct ofl_fold *f);

/**
 * ofl_fold_row() - one row, or the names of the columns
 * @cell: in  @nr texts; NULL is none
 * @ret:  inout  lines, behind what is there
 */
void ofl_fold_row(const struct ofl_fold *f, const char *const *cell,
		  struct ofl_text *ret);

#endif
