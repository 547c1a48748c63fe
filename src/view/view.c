// SPDX-License-Identifier: GPL-2.0-or-later
/* view.c - what a command says, as lines or as one document */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "target/text.h"
#include "view/table.h"
#include "view/json.h"
#include "view/view.h"

/* ---- lines, and members of a document ---- */

static void put_json(struct ofl_view *v, struct json_object *o)
{
	const char *text =
		json_object_to_json_string_ext(o, JSON_C_TO_STRING_SPACED);

	if (text)
		ofl_put(v, text);
	else
		v->failed = true;
	json_object_put(o);
}

void ofl_view_sentence(struct ofl_view *v, const char *label, const char *text)
{
	struct ofl_cell c = ofl_cell_text(text);

	if (v->json || v->raw)
		return;
	ofl_cell_escape(&c);
	if (label) {
		ofl_put(v, label);
		ofl_put(v, " ");
	}
	ofl_put_wrapped(v, c.text, label ? (int)strlen(label) + 1 : 0);
}

/* what stands before a member or an element: comma, indent, key */
static void put_key(struct ofl_view *v, const char *key)
{
	struct ofl_cell cell = { .kind = OFL_CELL_TEXT };
	char text[128];

	snprintf(text, sizeof(text), "%s\n%*s", v->more[v->depth] ? "," : "",
		 v->depth * 2, "");
	v->more[v->depth] = true;
	ofl_put(v, text);
	if (key) {
		snprintf(cell.text, sizeof(cell.text), "%s", key);
		put_json(v, ofl_cell_json(&cell, &v->failed));
		ofl_put(v, ": ");
	}
}

static void descend(struct ofl_view *v, const char *bracket)
{
	ofl_put(v, bracket);
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
		ofl_put(v, text);
	}
	ofl_put(v, bracket);
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
		ofl_put(v, line);
		ofl_put_wrapped(v, text, (int)strlen(line));
	}
}

void ofl_view_words(struct ofl_view *v, const char *label, const char *fmt, ...)
{
	struct ofl_cell c = { .kind = OFL_CELL_TEXT };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c.text, sizeof(c.text), fmt, ap);
	va_end(ap);
	ofl_view_field(v, NULL, label, &c);
}

void ofl_view_number(struct ofl_view *v, const char *json, uint64_t value)
{
	struct ofl_cell c = ofl_cell_int((int64_t)value);

	ofl_view_field(v, json, NULL, &c);
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
		ofl_batch_open(v);
}

/* a member that memory did not suffice for must not look like one left out */
static void add_member(struct ofl_view *v, struct json_object *o,
		       const char *name, const struct ofl_cell *cell)
{
	struct json_object *value = ofl_cell_json(cell, &v->failed);

	if (json_object_object_add(o, name, value)) {
		json_object_put(value);
		v->failed = true;
	}
}

static void json_row(struct ofl_view *v, const void *row, const void *ctx)
{
	struct json_object *o = json_object_new_object();
	struct ofl_cell cell;
	size_t i = 0;

	if (v->table->keyed)
		ofl_out_cell(v, &v->table->column[i++], row, ctx, &cell);
	put_key(v, v->table->keyed ? cell.text : NULL);
	for (; o && i < v->table->nr_columns; i++) {
		const struct ofl_column *c = &v->table->column[i];

		if (!c->json)
			continue;
		ofl_out_cell(v, c, row, ctx, &cell);
		add_member(v, o, c->json, &cell);
	}
	if (o)
		put_json(v, o);
	else
		v->failed = true;
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
		ofl_out_cell(v, &v->table->column[v->shown.index[i]], row, ctx, &cell);
		raw_text(&cell, i + 1 == v->shown.nr, text, sizeof(text));
		ofl_put(v, text);
		ofl_put(v, i + 1 < v->shown.nr ? " " : "\n");
	}
}

enum ofl_status ofl_view_row(struct ofl_view *v, const void *row,
			     const void *ctx)
{
	if (v->failed)
		return OFL_ERR_OUTPUT;
	if (v->raw)
		raw_row(v, row, ctx);
	else if (!v->json)
		ofl_batch_row(v, row, ctx);
	else if (v->table->json)
		json_row(v, row, ctx);
	return v->failed ? OFL_ERR_OUTPUT : OFL_OK;
}

void ofl_view_table_end(struct ofl_view *v)
{
	if (v->json) {
		if (v->table->json)
			ascend(v, v->table->keyed ? "}" : "]");
		return;
	}
	if (v->batch && !v->failed)
		ofl_batch_print(v);
	ofl_batch_drop(v);
	v->past_first = true;
}

const char *ofl_result_text(enum ofl_result result)
{
	static const char *const text[] = {
#define RESULT(id, word, is) [OFL_RESULT_##id] = word,
		OFL_RESULTS(RESULT)
#undef RESULT
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
	ofl_put(v, head);
	ofl_put_wrapped(v, message, (int)strlen(head));
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

	ofl_batch_drop(v);
	ofl_cell_escape(&said);
	if (v->cut)
		add_cut(&said, &word, result);
	if (v->json) {
		ofl_view_object(v, "status");
		ofl_view_field(v, "result", NULL, &word);
		ofl_view_field(v, "message", NULL, &said);
		ofl_view_object_end(v);
		ascend(v, "}");
		ofl_put(v, "\n");
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

	ofl_put(&v, name);
	ofl_put(&v, " ");
	ofl_put(&v, value);
	ofl_put(&v, "\n");
	if (fflush(out) && !v.failed) {
		v.lost = errno;
		v.failed = true;
	}
	return v.failed ? ofl_view_lost(&v, err) : OFL_OK;
}
