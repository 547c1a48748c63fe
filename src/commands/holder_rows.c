// SPDX-License-Identifier: GPL-2.0-or-later
/* holder_rows.c - who holds the pages that are in the way, as it is shown */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/holder_rows.h"
#include "commands/tables.h"

#define IN_LINE	3	/* holders that a line names */
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
	*ret = ofl_cell_text(ROW(row)->detail);
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
	  "not identified; others: all that are smaller" },
	{ "NAME", "name", 24, false, 0, get_name, OFL_JSON_STRING,
	  "who holds the pages, or \"not identified\"" },
	{ "OBJECTS", "objects", 7, true, 0, get_objects,
	  OFL_JSON_NUMBER_OR_NULL,
	  "slab: objects in use, or in a CPU's hands" },
	{ "PFN", "first_pfn", 8, false, 0, get_pfn, OFL_JSON_NUMBER,
	  "first page frame number" },
	{ "DETAIL", "detail", 20, false, 0, get_detail, OFL_JSON_STRING,
	  "what else is known of the holder, or where the way to it ends" },
	{ NULL, "evidence", 0, false, 0, get_evidence, OFL_JSON_STRING_OR_NULL,
	  "what in the dump says so" },
};

const struct ofl_table ofl_holder_row_table = {
	"holders", false,
	"if one block is explained, or with -w: who holds the pages that are "
	"in the way and are no driver's, the worst outcome first, then the "
	"largest",
	columns, sizeof(columns) / sizeof(columns[0]),
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
}

void ofl_holder_rows_add(struct ofl_holder_rows *rows, uint64_t block_nr,
			 uint64_t page_bytes, const struct ofl_share *share,
			 size_t nr, size_t most)
{
	struct ofl_holder_row *row = NULL;
	size_t i;

	for (i = 0; i < nr; i++) {
		if (i < most || !row || share[i].outcome != row->outcome) {
			row = new_row(rows);
			if (!row)
				return;
			ofl_holder_row_fill(row, &share[i]);
			row->block_nr = block_nr;
			row->page_bytes = page_bytes;
			continue;
		}
		/* the last row of its outcome stands for all that are smaller */
		if (strcmp(row->kind, "others")) {
			row = new_row(rows);
			if (!row)
				return;
			ofl_holder_row_fill(row, &share[i]);
			row->block_nr = block_nr;
			row->page_bytes = page_bytes;
			row->kind = "others";
			row->evidence = NULL;
			row->objects = 0;
			row->detail[0] = '\0';
			snprintf(row->name, sizeof(row->name), "smaller ones");
			continue;
		}
		row->pages += share[i].pages;
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

void ofl_holders_line(const struct ofl_share *share, size_t nr,
		      uint64_t page_bytes, struct ofl_text *text)
{
	size_t i, need, begins = text->used;
	char size[16], item[160];

	for (i = 0; i < nr && i < IN_LINE; i++) {
		ofl_size_text(share[i].pages * page_bytes, size, sizeof(size));
		ofl_text_put(item, sizeof(item), "%s %s %.60s", size,
			     share[i].ops ? share[i].ops->kind :
			     ofl_rule_rows[share[i].kind].code,
			     share[i].holder ? share[i].holder->name :
					       OFL_NOT_IDENTIFIED);
		need = strlen(item) + 2 + (i + 1 < nr ? MORE : 0);
		/* the first is cut rather than left out */
		if (text->used > begins && text->used + need >= text->bytes)
			break;
		ofl_text_item(text, "; ", "%s", item);
	}
	if (i < nr)
		ofl_text_item(text, "; ", "%zu more", nr - i);
}
