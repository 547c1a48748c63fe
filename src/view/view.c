// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * view.c - lines through libsmartcols, documents through json-c
 *
 * libsmartcols lays out a whole table at once. To stream, rows go out in
 * batches; in the first row of each, cells are padded to the usual width of
 * their column so that batches line up (a width hint alone is only followed
 * when some cell is as wide).
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "target/text.h"
#include "view/json.h"
#include "view/view.h"
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

/* ---- output ---- */

static void put(struct ofl_view *v, const char *text)
{
	if (v->failed || (fputs(text, v->out) >= 0 && !ferror(v->out)))
		return;
	v->lost = errno;
	v->failed = true;
}

static void put_json(struct ofl_view *v, struct json_object *o)
{
	const char *text =
		json_object_to_json_string_ext(o, JSON_C_TO_STRING_SPACED);

	if (text)
		put(v, text);
	else
		v->failed = true;
	json_object_put(o);
}

/* a text behind what the line begins with, that long */
static void put_text(struct ofl_view *v, const char *text, int begins)
{
	char lines[2560];
	struct ofl_text t = ofl_text_over(lines, sizeof(lines));

	if (v->width)
		ofl_wrap(&t, text, v->width, (size_t)begins, (size_t)begins);
	put(v, v->width ? lines : text);
	put(v, "\n");
}

void ofl_view_sentence(struct ofl_view *v, const char *label, const char *text)
{
	struct ofl_cell c = ofl_cell_text(text);

	if (v->json || v->raw)
		return;
	ofl_cell_escape(&c);
	if (label) {
		put(v, label);
		put(v, " ");
	}
	put_text(v, c.text, label ? (int)strlen(label) + 1 : 0);
}

/* what stands before a member or an element: comma, indent, key */
static void put_key(struct ofl_view *v, const char *key)
{
	struct ofl_cell cell = { .kind = OFL_CELL_TEXT };
	char text[128];

	snprintf(text, sizeof(text), "%s\n%*s", v->more[v->depth] ? "," : "",
		 v->depth * 2, "");
	v->more[v->depth] = true;
	put(v, text);
	if (key) {
		snprintf(cell.text, sizeof(cell.text), "%s", key);
		put_json(v, ofl_cell_json(&cell, &v->failed));
		put(v, ": ");
	}
}

static void descend(struct ofl_view *v, const char *bracket)
{
	put(v, bracket);
	if (v->depth + 1 < OFL_VIEW_DEPTH)
		v->depth++;
	v->more[v->depth] = false;
}

static void ascend(struct ofl_view *v, const char *bracket)
{
	char text[32];
	bool empty = !v->more[v->depth];

	v->depth--;
	if (!empty) {
		snprintf(text, sizeof(text), "\n%*s", v->depth * 2, "");
		put(v, text);
	}
	put(v, bracket);
}

void ofl_view_open(struct ofl_view *v, FILE *out, bool json, bool header,
		   const char *command)
{
	struct ofl_cell schema = ofl_cell_int(2), name = ofl_cell_text(command);

	memset(v, 0, sizeof(*v));
	v->out = out;
	v->json = json;
	v->header = header;
	if (!json)
		return;
	descend(v, "{");
	ofl_view_field(v, "schema", NULL, &schema);
	ofl_view_field(v, "command", NULL, &name);
}

void ofl_view_field(struct ofl_view *v, const char *json, const char *label,
		    const struct ofl_cell *value)
{
	struct ofl_cell cell = *value;
	char text[640], line[40];

	ofl_cell_escape(&cell);
	v->cut |= cell.cut;
	if (v->json && json) {
		put_key(v, json);
		put_json(v, ofl_cell_json(&cell, &v->failed));
	} else if (!v->json && !v->raw && label) {
		ofl_cell_show(&cell, text, sizeof(text));
		snprintf(line, sizeof(line), "%-12s ", label);
		put(v, line);
		put_text(v, text, (int)strlen(line));
	}
}

void ofl_view_object(struct ofl_view *v, const char *json)
{
	if (!v->json)
		return;
	put_key(v, json);
	descend(v, "{");
}

void ofl_view_object_end(struct ofl_view *v)
{
	if (v->json)
		ascend(v, "}");
}

/* ---- tables ---- */

static void open_batch(struct ofl_view *v)
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
	put(v, lines);
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

static void print_batch(struct ofl_view *v)
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

		put(v, text);
		if (len && text[len - 1] != '\n')
			put(v, "\n");
		v->batch->printed = true;
		scols_table_enable_noheadings(v->batch->tb, 1);
	} else if (v->batch->rows) {
		v->failed = true;
	}
	free(text);
	scols_table_remove_lines(v->batch->tb);
	v->batch->rows = 0;
}

void ofl_view_table(struct ofl_view *v, const struct ofl_table *table,
		    const struct ofl_columns *shown)
{
	v->table = table;
	if (v->json) {
		if (!table->json)
			return;
		put_key(v, table->json);
		descend(v, table->keyed ? "{" : "[");
		return;
	}
	if (shown)
		v->shown = *shown;
	else
		ofl_columns_default(table, &v->shown);
	if (!v->raw)
		open_batch(v);
}

static void get(struct ofl_view *v, const struct ofl_column *c,
		const void *row, const void *ctx, struct ofl_cell *cell)
{
	cell->kind = OFL_CELL_NONE;
	cell->text[0] = '\0';
	cell->cut = false;
	c->get(row, ctx, cell);
	ofl_cell_escape(cell);
	v->cut |= cell->cut;
}

static void json_row(struct ofl_view *v, const void *row, const void *ctx)
{
	struct json_object *o = json_object_new_object();
	struct ofl_cell cell;
	size_t i = 0;

	if (v->table->keyed)
		get(v, &v->table->column[i++], row, ctx, &cell);
	put_key(v, v->table->keyed ? cell.text : NULL);
	for (; o && i < v->table->nr_columns; i++) {
		const struct ofl_column *c = &v->table->column[i];

		if (!c->json)
			continue;
		get(v, c, row, ctx, &cell);
		json_object_object_add(o, c->json, ofl_cell_json(&cell, &v->failed));
	}
	if (o)
		put_json(v, o);
	else
		v->failed = true;
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

/* one value for awk: no blank in it, unless it is the last */
static void raw_text(const struct ofl_cell *cell, bool last, char *text,
		     size_t bytes)
{
	char *at;

	if (cell->kind == OFL_CELL_SIZE)
		snprintf(text, bytes, "%" PRIu64, cell->u);
	else
		ofl_cell_show(cell, text, bytes);
	for (at = text; *at && !last; at++)
		if (*at == ' ')
			*at = '_';
}

static void raw_row(struct ofl_view *v, const void *row, const void *ctx)
{
	struct ofl_cell cell;
	char text[640];
	size_t i;

	for (i = 0; i < v->shown.nr && !v->past_first; i++) {
		get(v, &v->table->column[v->shown.index[i]], row, ctx, &cell);
		raw_text(&cell, i + 1 == v->shown.nr, text, sizeof(text));
		put(v, text);
		put(v, i + 1 < v->shown.nr ? " " : "\n");
	}
}

static void line_row(struct ofl_view *v, const void *row, const void *ctx)
{
	struct libscols_line *ln = scols_table_new_line(v->batch->tb, NULL);
	struct ofl_cell cell;
	char text[640];
	size_t i;

	for (i = 0; ln && i < v->shown.nr; i++) {
		const struct ofl_column *c =
			&v->table->column[v->shown.index[i]];

		get(v, c, row, ctx, &cell);
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
		print_batch(v);
}

enum ofl_status ofl_view_row(struct ofl_view *v, const void *row,
			     const void *ctx)
{
	if (v->failed)
		return OFL_ERR_OUTPUT;
	if (v->raw)
		raw_row(v, row, ctx);
	else if (!v->json)
		line_row(v, row, ctx);
	else if (v->table->json)
		json_row(v, row, ctx);
	return v->failed ? OFL_ERR_OUTPUT : OFL_OK;
}

static void drop_batch(struct ofl_view *v)
{
	if (v->batch)
		scols_unref_table(v->batch->tb);
	free(v->batch);
	v->batch = NULL;
}

void ofl_view_table_end(struct ofl_view *v)
{
	if (v->json) {
		if (v->table->json)
			ascend(v, v->table->keyed ? "}" : "]");
		return;
	}
	if (v->batch && !v->failed)
		print_batch(v);
	drop_batch(v);
	v->past_first = true;
}

const char *ofl_result_text(enum ofl_result result)
{
	static const char *const text[] = {
		[OFL_RESULT_OK] = "ok",
		[OFL_RESULT_FINDINGS] = "findings",
		[OFL_RESULT_INCOMPLETE] = "incomplete",
		[OFL_RESULT_FAILED] = "failed",
	};

	return text[result];
}

/* the end of a status of which some cell had no room for all that is known */
static void add_cut(struct ofl_cell *said, struct ofl_cell *word,
		    enum ofl_result result)
{
	struct ofl_text text = ofl_text_after(said->text, sizeof(said->text));

	ofl_text_add(&text, "; an object has more members than are shown");
	if (result != OFL_RESULT_FAILED)
		*word = ofl_cell_text(ofl_result_text(OFL_RESULT_INCOMPLETE));
}

/* without a status line, rows of which some may lack would look whole */
static void put_status(struct ofl_view *v, enum ofl_result result,
		       const char *message)
{
	char head[40];

	if (v->raw && (result == OFL_RESULT_OK ||
		       result == OFL_RESULT_FINDINGS))
		return;
	snprintf(head, sizeof(head), "%sstatus: %s: ", v->raw ? "# " : "",
		 ofl_result_text(result));
	put(v, head);
	put_text(v, message, (int)strlen(head));
}

void ofl_view_raw(struct ofl_view *v)
{
	v->raw = true;
	v->width = 0;
}

enum ofl_status ofl_view_close(struct ofl_view *v, enum ofl_result result,
			       const char *message)
{
	struct ofl_cell word = ofl_cell_text(ofl_result_text(result));
	struct ofl_cell said = ofl_cell_text(message);

	drop_batch(v);
	ofl_cell_escape(&said);
	if (v->cut)
		add_cut(&said, &word, result);
	if (v->json) {
		ofl_view_object(v, "status");
		ofl_view_field(v, "result", NULL, &word);
		ofl_view_field(v, "message", NULL, &said);
		ofl_view_object_end(v);
		ascend(v, "}");
		put(v, "\n");
	} else {
		put_status(v, result, said.text);
	}
	if (fflush(v->out) && !v->failed) {
		v->lost = errno;
		v->failed = true;
	}
	return v->failed ? OFL_ERR_OUTPUT : OFL_OK;
}

/* a reader that has seen enough closes a pipe: that is no failure */
enum ofl_status ofl_view_lost(const struct ofl_view *v, struct ofl_err *err)
{
	ofl_fail(err, OFL_ERR_OUTPUT, "the output was not written whole: %s",
		 v->lost ? strerror(v->lost) : "no memory is left");
	if (v->lost == EPIPE)
		err->text[0] = '\0';
	return OFL_ERR_OUTPUT;
}

enum ofl_status ofl_view_line(FILE *out, const char *name, const char *value,
			      struct ofl_err *err)
{
	struct ofl_view v = { .out = out };

	put(&v, name);
	put(&v, " ");
	put(&v, value);
	put(&v, "\n");
	if (fflush(out) && !v.failed) {
		v.lost = errno;
		v.failed = true;
	}
	return v.failed ? ofl_view_lost(&v, err) : OFL_OK;
}
