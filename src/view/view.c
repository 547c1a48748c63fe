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

/* ---- cells ---- */

struct ofl_cell ofl_cell_int(int64_t i)
{
	return (struct ofl_cell){ .kind = OFL_CELL_INT, .i = i };
}

struct ofl_cell ofl_cell_hex(uint64_t u)
{
	return (struct ofl_cell){ .kind = OFL_CELL_HEX, .u = u };
}

struct ofl_cell ofl_cell_span(uint64_t first, uint64_t last)
{
	return (struct ofl_cell){ .kind = OFL_CELL_SPAN, .u = first,
				  .last = last };
}

struct ofl_cell ofl_cell_kva(uint64_t kva)
{
	return (struct ofl_cell){ .kind = OFL_CELL_KVA, .u = kva };
}

struct ofl_cell ofl_cell_size(uint64_t bytes)
{
	return (struct ofl_cell){ .kind = OFL_CELL_SIZE, .u = bytes };
}

struct ofl_cell ofl_cell_text(const char *text)
{
	struct ofl_cell c = { .kind = OFL_CELL_TEXT };
	struct ofl_text t = ofl_text_over(c.text, sizeof(c.text));

	ofl_text_add(&t, "%s", text);
	return c;
}

static void cell_text(const struct ofl_cell *c, char *buf, size_t len)
{
	switch (c->kind) {
	case OFL_CELL_NONE:
		snprintf(buf, len, "-");
		break;
	case OFL_CELL_UNKNOWN:
		snprintf(buf, len, "?");
		break;
	case OFL_CELL_INT:
		snprintf(buf, len, "%" PRId64, c->i);
		break;
	case OFL_CELL_HEX:
	case OFL_CELL_KVA:
		snprintf(buf, len, "0x%" PRIx64, c->u);
		break;
	case OFL_CELL_SPAN:
		snprintf(buf, len, "0x%" PRIx64 "-0x%" PRIx64, c->u, c->last);
		break;
	case OFL_CELL_SIZE:
		ofl_size_text(c->u, buf, len);
		break;
	case OFL_CELL_BOOL:
		snprintf(buf, len, "%s", c->i ? "yes" : "no");
		break;
	case OFL_CELL_TEXT:
	case OFL_CELL_LIST:
		snprintf(buf, len, "%s", c->text[0] ? c->text : "-");
		break;
	case OFL_CELL_MAP:
		snprintf(buf, len, "%s", c->text[0] ? c->text : "-");
		for (; *buf; buf++)
			if (*buf == '\n')
				*buf = ' ';
		break;
	}
}

static struct json_object *list_json(const char *text)
{
	struct json_object *array = json_object_new_array(), *element;
	char copy[sizeof(((struct ofl_cell *)0)->text)];
	char *word, *save = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	if (!strcmp(copy, "-"))
		return array;
	for (word = strtok_r(copy, ",", &save); word && array;
	     word = strtok_r(NULL, ",", &save)) {
		element = json_object_new_string(word);
		if (!element || json_object_array_add(array, element)) {
			json_object_put(element);
			json_object_put(array);
			return NULL;
		}
	}
	return array;
}

static struct json_object *value_json(const char *text)
{
	char *end;
	int64_t i = strtoll(text, &end, 10);

	return end == text || *end ? json_object_new_string(text) :
				     json_object_new_int64(i);
}

static struct json_object *map_json(const char *text)
{
	struct json_object *map = json_object_new_object(), *value;
	char copy[sizeof(((struct ofl_cell *)0)->text)];
	char *item, *eq, *save = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	for (item = strtok_r(copy, "\n", &save); item && map;
	     item = strtok_r(NULL, "\n", &save)) {
		eq = strchr(item, '=');
		if (!eq)
			continue;
		*eq++ = '\0';
		value = value_json(eq);
		if (!value || json_object_object_add(map, item, value)) {
			json_object_put(value);
			json_object_put(map);
			return NULL;
		}
	}
	return map;
}

/* beyond 2^53 a number comes out of many a reader as another one */
static struct json_object *hex_json(uint64_t u)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, u);
	return json_object_new_string(text);
}

static struct json_object *new_json(const struct ofl_cell *c)
{
	switch (c->kind) {
	case OFL_CELL_INT:
		return json_object_new_int64(c->i);
	case OFL_CELL_HEX:
	case OFL_CELL_SIZE:
		return json_object_new_uint64(c->u);
	case OFL_CELL_KVA:
		return hex_json(c->u);
	case OFL_CELL_BOOL:
		return json_object_new_boolean(c->i != 0);
	case OFL_CELL_TEXT:
		return json_object_new_string(c->text);
	case OFL_CELL_LIST:
		return list_json(c->text);
	case OFL_CELL_MAP:
		return map_json(c->text);
	case OFL_CELL_SPAN:
	case OFL_CELL_NONE:
	case OFL_CELL_UNKNOWN:
		break;
	}
	return NULL;		/* json-c writes it as null */
}

/* out of memory must not read as null: that says "not known" */
static struct json_object *cell_json(struct ofl_view *v,
				     const struct ofl_cell *c)
{
	struct json_object *o = new_json(c);

	if (!o && c->kind != OFL_CELL_NONE && c->kind != OFL_CELL_UNKNOWN)
		v->failed = true;
	return o;
}

/* ---- texts, which may come from a dump ---- */

/* @from as far as @end, behind what is there */
static void escape_part(struct ofl_text *t, const char *from, const char *end)
{
	char part[sizeof(((struct ofl_cell *)0)->text)];

	snprintf(part, sizeof(part), "%.*s", (int)(end - from), from);
	ofl_text_escaped(t, part);
}

/*
 * The one place where texts are made fit for a terminal and for JSON, on
 * their way into either. Lines of a map are its items: they stay lines.
 */
static void escape(struct ofl_cell *c)
{
	char out[sizeof(c->text)];
	struct ofl_text t = ofl_text_over(out, sizeof(out));
	const char *at = c->text, *end;

	if (c->kind != OFL_CELL_TEXT && c->kind != OFL_CELL_LIST &&
	    c->kind != OFL_CELL_MAP)
		return;
	do {
		end = c->kind == OFL_CELL_MAP ? strchrnul(at, '\n') :
						at + strlen(at);
		escape_part(&t, at, end);
		if (*end)
			ofl_text_add(&t, "\n");
		at = end + 1;
	} while (*end);
	memcpy(c->text, out, t.used + 1);
	c->cut |= t.cut && c->kind == OFL_CELL_MAP;
}

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
	escape(&c);
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
		put_json(v, cell_json(v, &cell));
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

	escape(&cell);
	v->cut |= cell.cut;
	if (v->json && json) {
		put_key(v, json);
		put_json(v, cell_json(v, &cell));
	} else if (!v->json && !v->raw && label) {
		cell_text(&cell, text, sizeof(text));
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
	escape(cell);
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
		json_object_object_add(o, c->json, cell_json(v, &cell));
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
		cell_text(cell, text, bytes);
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
		cell_text(&cell, text, sizeof(text));
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

const char *ofl_json_text(enum ofl_json type)
{
	static const char *const text[OFL_NR_JSON] = {
		[OFL_JSON_NONE] = "",
		[OFL_JSON_NUMBER] = "number",
		[OFL_JSON_NUMBER_OR_NULL] = "number or null",
		[OFL_JSON_STRING] = "string",
		[OFL_JSON_STRING_OR_NULL] = "string or null",
		[OFL_JSON_HEX] = "hex string",
		[OFL_JSON_HEX_OR_NULL] = "hex string or null",
		[OFL_JSON_NUMBER_OR_HEX] = "number, hex string or null",
		[OFL_JSON_BOOL] = "true or false",
		[OFL_JSON_STRINGS] = "array of strings",
		[OFL_JSON_STRINGS_OR_NULL] = "array of strings, or null",
		[OFL_JSON_MAP] = "object",
		[OFL_JSON_OBJECT] = "object",
	};

	return text[type];
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
	escape(&said);
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

/* ---- columns ---- */

void ofl_columns_default(const struct ofl_table *table, struct ofl_columns *ret)
{
	size_t i;

	ret->nr = 0;
	for (i = 0; i < table->nr_columns; i++)
		if (table->column[i].name)
			ret->index[ret->nr++] = (uint8_t)i;
}

static int find_column(const struct ofl_table *table, const char *name,
		       size_t len)
{
	size_t i;

	for (i = 0; i < table->nr_columns; i++)
		if (table->column[i].name && len &&
		    !strncasecmp(table->column[i].name, name, len) &&
		    !table->column[i].name[len])
			return (int)i;
	return -1;
}

static enum ofl_status no_such_column(const struct ofl_table *table,
				      const char *name, size_t len,
				      struct ofl_err *err)
{
	char list[256];
	struct ofl_text text = ofl_text_over(list, sizeof(list));
	size_t i;

	for (i = 0; i < table->nr_columns; i++)
		if (table->column[i].name)
			ofl_text_item(&text, ",", "%s", table->column[i].name);
	return ofl_fail(err, OFL_ERR_ARG, "-o: no column '%.*s'; there are %s",
			(int)len, name, list);
}

enum ofl_status ofl_columns_parse(const struct ofl_table *table,
				  const char *list, struct ofl_columns *ret,
				  struct ofl_err *err)
{
	const char *word = list;

	ret->nr = 0;
	for (;;) {
		size_t len = strcspn(word, ",");
		int i = find_column(table, word, len);

		if (i < 0)
			return no_such_column(table, word, len, err);
		if (ret->nr == OFL_MAX_COLUMNS)
			return ofl_fail(err, OFL_ERR_ARG,
					"-o: more than %d columns",
					OFL_MAX_COLUMNS);
		ret->index[ret->nr++] = (uint8_t)i;
		if (!word[len])
			return OFL_OK;
		word += len + 1;
	}
}

unsigned int ofl_columns_split(const struct ofl_table *table,
			       const struct ofl_columns *shown)
{
	unsigned int split = 0;
	size_t i;

	for (i = 0; i < shown->nr; i++)
		split |= table->column[shown->index[i]].split;
	return split;
}
