// SPDX-License-Identifier: GPL-2.0-or-later
/* holder_rows.c - who holds the pages that are in the way, as it is shown */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/holder_rows.h"
#include "commands/tables.h"
#include "target/count.h"
#include "target/text.h"

#define IN_LINE	3	/* holders that a line names */
#define OTHERS	"others"	/* kind of a row of many */
#define MORE	12	/* bytes of "; 12345 more" */

#define ROW(row) ((const struct ofl_holder_row *)(row))

static void get_block(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	snprintf(ret->text, sizeof(ret->text), "memory%" PRIu64,
		 ROW(row)->block_nr);
}

static void get_outcome(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_outcome_rows[ROW(row)->outcome].page);
}

static void get_kind(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ROW(row)->kind);
}

static void get_name(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ROW(row)->name);
}

static void get_detail(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->detail[0])
		*ret = ofl_cell_text(ROW(row)->detail);
}

/* for people: name and what else is known, which wraps in one column */
static void get_said(const void *row, const void *ctx, struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));

	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	ofl_text_add(&text, "%s", ROW(row)->name);
	if (ROW(row)->objects)
		ofl_text_add(&text, ": %" PRIu64, ROW(row)->objects);
	if (ROW(row)->detail[0])
		ofl_text_add(&text, "%s%s", ROW(row)->objects ? " " : ": ",
			     ROW(row)->detail);
}

static void get_holders(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)ROW(row)->holders);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)ROW(row)->pages);
}

static void get_size(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_size(ROW(row)->pages * ROW(row)->page_bytes);
}

static void get_objects(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->objects)
		*ret = ofl_cell_int((int64_t)ROW(row)->objects);
}

static void get_pfn(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(ROW(row)->first_pfn);
}

static void get_evidence(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->evidence)
		*ret = ofl_cell_text(ROW(row)->evidence);
}

static const struct ofl_column columns[] = {
	{ NULL, "block", 0, false, 0, get_block, OFL_JSON_STRING,
	  "name of the memory block" },
	{ "OUTCOME", "outcome", 8, false, 0, get_outcome, OFL_JSON_STRING,
	  "what becomes of the pages, as offcheck says it" },
	{ "PAGES", "pages", 6, true, 0, get_pages, OFL_JSON_NUMBER,
	  "number of pages" },
	{ "SIZE", "size", 6, true, 0, get_size, OFL_JSON_NUMBER,
	  "the same as a size, in bytes" },
	{ "HOLDER", "kind", 10, false, 0, get_kind, OFL_JSON_STRING,
	  "kind of holder (docs/holders.md); kind of page where the holder is "
	  "not identified; others: all holders that are smaller, in one row" },
	{ "PFN", "first_pfn", 8, false, 0, get_pfn, OFL_JSON_NUMBER,
	  "first page frame number" },
	{ NULL, "holders", 0, false, 0, get_holders, OFL_JSON_NUMBER,
	  "number of holders in this row: 1, but for others; -a lists each in a "
	  "row of its own" },
	{ NULL, "name", 0, false, 0, get_name, OFL_JSON_STRING,
	  "who holds the pages, or \"not identified\"" },
	{ NULL, "objects", 0, true, 0, get_objects,
	  OFL_JSON_NUMBER_OR_NULL,
	  "slab: objects in use, or in a CPU's hands" },
	{ NULL, "detail", 0, false, 0, get_detail, OFL_JSON_STRING_OR_NULL,
	  "what else is known of the holder, where the way to it ends, or why "
	  "nobody is named" },
	{ "NAME", NULL, 20, false, 0, get_said, OFL_JSON_NONE,
	  "who holds the pages, or \"not identified\"; number of objects of a "
	  "slab cache; what else is known of the holder, where the way to it "
	  "ends, or why nobody is named" },
	{ NULL, "evidence", 0, false, 0, get_evidence, OFL_JSON_STRING_OR_NULL,
	  "what in the dump says so" },
};

const struct ofl_table ofl_holder_row_table = {
	"holders", false,
	"if one block is explained, or with -w: who holds the pages that are "
	"in the way and are no driver's, the worst outcome first, then the "
	"largest",
	columns, OFL_COUNT(columns),
};

/* ---- rows ---- */

static struct ofl_holder_row *new_row(struct ofl_holder_rows *rows)
{
	size_t max = rows->max ? rows->max * 2 : 64;
	struct ofl_holder_row *more;

	if (rows->nr == rows->max) {
		more = realloc(rows->row, max * sizeof(*more));
		rows->lost |= !more;
		if (!more)
			return NULL;
		rows->row = more;
		rows->max = max;
	}
	more = &rows->row[rows->nr++];
	memset(more, 0, sizeof(*more));
	return more;
}

void ofl_holder_row_fill(struct ofl_holder_row *row, const struct ofl_share *s)
{
	row->outcome = s->outcome;
	row->pages = s->pages;
	row->holders = 1;
	row->first_pfn = s->first_pfn;
	row->objects = s->objects;
	row->kind = s->ops ? s->ops->kind : ofl_rule_rows[s->kind].code;
	row->evidence = s->ops ? s->ops->evidence : NULL;
	snprintf(row->name, sizeof(row->name), "%s",
		 s->holder ? s->holder->name : OFL_NOT_IDENTIFIED);
	if (s->holder)
		snprintf(row->detail, sizeof(row->detail), "%s",
			 s->holder->detail);
	else if (s->bad_what)
		snprintf(row->detail, sizeof(row->detail), "0x%" PRIx64 " %s",
			 s->bad_kva, s->bad_what);
	else if (s->why)
		snprintf(row->detail, sizeof(row->detail), "%s", s->why);
}

/* the first that has no row of its own becomes the row of all that follow */
static void begin_others(struct ofl_holder_row *row)
{
	row->kind = OTHERS;
	row->evidence = NULL;
	row->objects = 0;
	row->detail[0] = '\0';
}

static bool holds_others(const struct ofl_holder_row *row)
{
	return !strcmp(row->kind, OTHERS);
}

static void add_other(struct ofl_holder_row *row, const struct ofl_share *s)
{
	row->pages += s->pages;
	row->holders++;
	if (s->first_pfn < row->first_pfn)
		row->first_pfn = s->first_pfn;
}

/* how many of an outcome, from @share on */
static size_t alike(const struct ofl_share *share, size_t nr)
{
	size_t i = 0;

	while (i < nr && share[i].outcome == share[0].outcome)
		i++;
	return i;
}

void ofl_holder_rows_add(struct ofl_holder_rows *rows, uint64_t block_nr,
			 uint64_t page_bytes, const struct ofl_share *share,
			 size_t nr, size_t most)
{
	struct ofl_holder_row *row;
	size_t i, end, first;

	for (first = 0; first < nr; first = end) {
		end = first + alike(share + first, nr - first);
		for (i = first, row = NULL; i < end; i++) {
			if (row && holds_others(row)) {
				add_other(row, &share[i]);
				continue;
			}
			row = new_row(rows);
			if (!row)
				return;
			ofl_holder_row_fill(row, &share[i]);
			row->block_nr = block_nr;
			row->page_bytes = page_bytes;
			/* one that is left over has room in a row of its own */
			if (i - first >= most && i + 1 < end)
				begin_others(row);
		}
		if (row && holds_others(row))
			snprintf(row->name, sizeof(row->name),
				 "%" PRIu64 " smaller holders; -a has a row for each",
				 row->holders);
	}
}

void ofl_holder_rows_free(struct ofl_holder_rows *rows)
{
	free(rows->row);
	memset(rows, 0, sizeof(*rows));
}

void ofl_holder_rows_show(struct ofl_view *v, const struct ofl_holder_rows *rows)
{
	size_t i;

	if (!rows->nr && !v->json)
		return;
	ofl_view_table(v, &ofl_holder_row_table, NULL);
	for (i = 0; i < rows->nr; i++)
		if (ofl_view_row(v, &rows->row[i], NULL))
			break;
	ofl_view_table_end(v);
}

size_t ofl_holders_line(const struct ofl_share *share, size_t nr,
			uint64_t page_bytes, struct ofl_text *text)
{
	size_t i, need, begins = text->used;
	char size[16], item[160];

	for (i = 0; i < nr && i < IN_LINE; i++) {
		const struct ofl_share *s = &share[i];

		ofl_size_text(s->pages * page_bytes, size, sizeof(size));
		if (s->holder)
			ofl_text_put(item, sizeof(item), "%s %s %.60s", size,
				     s->ops->kind, s->holder->name);
		else
			ofl_text_put(item, sizeof(item), "%s "
				     OFL_NOT_IDENTIFIED " (%s)", size,
				     ofl_rule_rows[s->kind].code);
		need = strlen(item) + 2 + (i + 1 < nr ? MORE : 0);
		/* the first is cut rather than left out */
		if (text->used > begins && text->used + need >= text->bytes)
			break;
		ofl_text_item(text, "; ", "%s", item);
	}
	if (i < nr)
		ofl_text_item(text, "; ", "%zu more", nr - i);
	return nr - i;
}
