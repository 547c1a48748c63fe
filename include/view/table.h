/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * table.h - a table for people, of which some rows at a time wait to be printed
 *
 * Depends on out.h. Of the view: its table, the columns shown, its width and
 * whether there is a header.
 */
#ifndef OFL_TABLE_H
#define OFL_TABLE_H

#include "view/out.h"

/**
 * ofl_batch_open() - begin a table
 *
 * Memory: ofl_batch_drop().
 * Errors: v->failed: no memory, as of all of these.
 */
void ofl_batch_open(struct ofl_view *v);

/** ofl_batch_row() - one more row; prints if enough of them wait */
void ofl_batch_row(struct ofl_view *v, const void *row, const void *ctx);

/** ofl_batch_print() - those that wait, behind the header if they are the first */
void ofl_batch_print(struct ofl_view *v);

/** ofl_batch_drop() - the end of the table; rows that wait are lost */
void ofl_batch_drop(struct ofl_view *v);

#endif
