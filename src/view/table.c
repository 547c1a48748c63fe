// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table.c - tables through libsmartcols, some rows at a time
 *
 * libsmartcols lays out a whole table at once. To stream, rows go out in
 * batches; in the first row of each, cells are padded to the usual width of
 * their column so that batches line up (a width hint alone is only followed
 * when some cell is as wide).
 */
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "target/text.h"
#include "view/table.h"
#include "view/wrap.h"

#define BATCH_ROWS	256

/** struct ofl_batch - a libsmartcols table that fills up */
struct ofl_batch {
	struct libscols_table *tb;
	size_t rows;
	size_t taken;		/* columns of all but the last, with gaps */
	size_t width[OFL_MAX_COLUMNS];
	bool printed;		/* the header is out */
	bool folded;		/* each row takes several lines */
	struct ofl_fold fold;
};

void ofl_batch_open(struct ofl_view *v)
{
	struct libscols_column *cl;
	size_t i;

	v->batch = calloc(1, sizeof(*v->batch));
	if (v->batch)
		v->batch->tb = scols_new_table();
	if (!v->batch || !v->batch->tb) {
		v->failed = true;
		return;
	}
	scols_table_set_termforce(v->batch->tb, SCOLS_TERMFORCE_NEVER);
	scols_table_enable_noheadings(v->batch->tb, !v->header);
	for (i = 0; i < v->shown.nr; i++) {
		const struct ofl_column *c =
			&v->table->column[v->shown.index[i]];

		bool wraps = v->width && i + 1 == v->shown.nr && !c->right;

		cl = scols_table_new_column(v->batch->tb, c->name, 0,
					    c->right ? SCOLS_FL_RIGHT :
					    wraps ? SCOLS_FL_WRAP : 0);
		if (!cl)
			v->failed = true;
		else if (wraps)
			scols_column_set_wrapfunc(cl, scols_wrapnl_chunksize,
						  scols_wrapnl_nextchunk, NULL);
		if (cl && wraps)
			scols_column_set_safechars(cl, "\n");
		v->batch->width[i] = strlen(c->name);
	}
}

/* the last column gets what is left of the terminal, and wraps in it */
static void wrap_last(struct ofl_view *v)
{
	size_t last = v->shown.nr - 1, i, columns;
	struct libscols_line *ln;
	const char *text;
	char lines[2560];
	struct ofl_text t;

	columns = v->width > v->batch->taken + OFL_LEAST_COLUMNS ?
		  v->width - v->batch->taken : OFL_LEAST_COLUMNS;
	for (i = 0; i < v->batch->rows; i++) {
		ln = scols_table_get_line(v->batch->tb, i);
		text = scols_cell_get_data(scols_line_get_cell(ln, last));
		if (!text || strlen(text) <= columns)
			continue;
		t = ofl_text_over(lines, sizeof(lines));
		ofl_wrap(&t, text, columns, 0, 0);
		if (scols_line_set_data(ln, last, lines))
			v->failed = true;
	}
}

static void measure(struct ofl_view *v)
{
	size_t i;

	v->batch->taken = 0;
	for (i = 0; i + 1 < v->shown.nr; i++)
		v->batch->taken += v->batch->width[i] + 1;
}

/* a word of the last column does not break, either */
static size_t longest_word(const struct ofl_view *v, size_t column)
{
	size_t i, len, longest = OFL_LEAST_COLUMNS;
	const char *at;

	for (i = 0; i < v->batch->rows; i++) {
		at = scols_cell_get_data(scols_line_get_cell(
			scols_table_get_line(v->batch->tb, i), column));
		for (; at && *at; at += len + strspn(at + len, " ")) {
			len = strcspn(at, " ");
			longest = len > longest ? len : longest;
		}
	}
	return longest;
}

/* is the table wider than the terminal, however its last column wraps? */
static bool is_too_wide(const struct ofl_view *v)
{
	size_t last = v->shown.nr - 1, wants = v->batch->width[last];
	size_t longest = longest_word(v, last);

	if (!v->table->column[v->shown.index[last]].right && wants > longest)
		wants = longest;
	return v->batch->taken + wants > v->width;
}

static void plan_fold(struct ofl_view *v)
{
	struct ofl_fold *f = &v->batch->fold;
	size_t i;

	*f = (struct ofl_fold){ .columns = v->width, .nr = v->shown.nr };
	for (i = 0; i < f->nr; i++) {
		f->width[i] = v->batch->width[i];
		f->right[i] = v->table->column[v->shown.index[i]].right;
	}
	ofl_fold_plan(f);
}

/* the names of the columns, or the row of a line */
static void print_folded_row(struct ofl_view *v, struct libscols_line *ln)
{
	const char *cell[OFL_MAX_COLUMNS];
	char lines[OFL_MAX_COLUMNS * 700];
	struct ofl_text text = ofl_text_over(lines, sizeof(lines));
	size_t i;

	for (i = 0; i < v->shown.nr; i++)
		cell[i] = ln ? scols_cell_get_data(scols_line_get_cell(ln, i)) :
			       v->table->column[v->shown.index[i]].name;
	ofl_fold_row(&v->batch->fold, cell, &text);
	ofl_put(v, lines);
}

static void print_folded(struct ofl_view *v)
{
	size_t i;

	/* where lines begin is as in the first batch, as the names are */
	if (!v->batch->printed) {
		plan_fold(v);
		if (v->header && v->batch->rows)
			print_folded_row(v, NULL);
	}
	for (i = 0; i < v->batch->rows; i++)
		print_folded_row(v, scols_table_get_line(v->batch->tb, i));
	v->batch->printed = true;
	scols_table_remove_lines(v->batch->tb);
	v->batch->rows = 0;
}

void ofl_batch_print(struct ofl_view *v)
{
	char *text = NULL;

	if (!v->batch->rows && v->batch->printed)
		return;
	if (v->width) {
		measure(v);
		if (!v->batch->printed)
			v->batch->folded = is_too_wide(v);
		if (v->batch->folded) {
			print_folded(v);
			return;
		}
		wrap_last(v);
	}
	/* an empty table has no header in libsmartcols: nothing to say, then */
	if (v->batch->rows &&
	    !scols_print_table_to_string(v->batch->tb, &text)) {
		size_t len = strlen(text);

		ofl_put(v, text);
		if (len && text[len - 1] != '\n')
			ofl_put(v, "\n");
		v->batch->printed = true;
		scols_table_enable_noheadings(v->batch->tb, 1);
	} else if (v->batch->rows) {
		v->failed = true;
	}
	free(text);
	scols_table_remove_lines(v->batch->tb);
	v->batch->rows = 0;
}

static void pad(char *text, size_t bytes, const struct ofl_column *c)
{
	size_t len = strlen(text), width = (size_t)c->width;

	if (len >= width || width >= bytes)
		return;
	if (c->right) {
		memmove(text + width - len, text, len + 1);
		memset(text, ' ', width - len);
	} else {
		memset(text + len, ' ', width - len);
		text[width] = '\0';
	}
}

void ofl_batch_row(struct ofl_view *v, const void *row, const void *ctx)
{
	struct libscols_line *ln = scols_table_new_line(v->batch->tb, NULL);
	struct ofl_cell cell;
	char text[640];
	size_t i;

	for (i = 0; ln && i < v->shown.nr; i++) {
		const struct ofl_column *c =
			&v->table->column[v->shown.index[i]];

		ofl_out_cell(v, c, row, ctx, &cell);
		ofl_cell_show(&cell, text, sizeof(text));
		/* one row makes the width of the batch, and every byte costs */
		if (i + 1 < v->shown.nr && !v->batch->rows)
			pad(text, sizeof(text), c);
		if (strlen(text) > v->batch->width[i])
			v->batch->width[i] = strlen(text);
		if (scols_line_set_data(ln, i, text))
			v->failed = true;
	}
	if (!ln)
		v->failed = true;
	else if (++v->batch->rows == BATCH_ROWS)
		ofl_batch_print(v);
}

void ofl_batch_drop(struct ofl_view *v)
{
	if (v->batch)
		scols_unref_table(v->batch->tb);
	free(v->batch);
	v->batch = NULL;
}
