// SPDX-License-Identifier: GPL-2.0-or-later
/* page_row.c - one page: its kind, what becomes of it, whose it is */
#include <string.h>

#include "commands/page_row.h"
#include "commands/tables.h"
#include "target/count.h"

#define ROW(row) ((const struct ofl_page_row *)(row))

static void get_pfn(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(ROW(row)->c.pfn);
}

static void get_kva(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_kva(ROW(row)->c.page_kva);
}

static void get_outcome(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_outcome_rows[ROW(row)->c.outcome].page);
}

static void get_code(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_rule_rows[ROW(row)->c.kind].code);
}

static void get_refcount(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int(ROW(row)->c.refcount);
}

static void get_flags(const void *row, const void *ctx, struct ofl_cell *ret)
{
	ret->kind = OFL_CELL_LIST;
	ofl_pageflags_text(ctx, ROW(row)->c.flags, ret->text,
			   sizeof(ret->text));
}

static void get_owner(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->c.offline)
		*ret = ofl_cell_text(ofl_owner_name(&ROW(row)->c.claim));
}

static void get_device(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->device[0])
		*ret = ofl_cell_text(ROW(row)->device);
}

static void get_holder(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->holder.evidence)
		*ret = ofl_cell_text(ROW(row)->holder.kind);
}

static void get_name(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->holder.name[0])
		*ret = ofl_cell_text(ROW(row)->holder.name);
}

static void get_detail(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->holder.detail[0])
		*ret = ofl_cell_text(ROW(row)->holder.detail);
}

static void get_reason(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_rule_rows[ROW(row)->c.kind].what);
}

static const struct ofl_column columns[] = {
	{ "PFN", "pfn", 8, false, 0, get_pfn, OFL_JSON_NUMBER,
	  "page frame number" },
	{ "PAGE", "page_kva", 18, false, 0, get_kva, OFL_JSON_HEX,
	  "address of its struct page" },
	{ "OUTCOME", "outcome", 8, false, 0, get_outcome, OFL_JSON_STRING,
	  "what becomes of it, as offcheck says it" },
	{ "CODE", "code", 12, false, 0, get_code, OFL_JSON_STRING,
	  "row of the rule in docs/kernels.md" },
	{ "REFCOUNT", "refcount", 8, true, 0, get_refcount, OFL_JSON_NUMBER,
	  "reference count" },
	{ "FLAGS", "flags", 14, false, 0, get_flags, OFL_JSON_STRINGS,
	  "page flags" },
	{ "OWNER", "owner", 14, false, 0, get_owner, OFL_JSON_STRING_OR_NULL,
	  "driver that has it, if it is PageOffline" },
	{ "DEVICE", "device", 8, false, 0, get_device, OFL_JSON_STRING_OR_NULL,
	  "device of that driver" },
	{ "HOLDER", "holder", 10, false, 0, get_holder,
	  OFL_JSON_STRING_OR_NULL,
	  "kind of holder, if it is in the way and no driver's" },
	{ "NAME", "name", 20, false, 0, get_name, OFL_JSON_STRING_OR_NULL,
	  "who holds it, or \"not identified\"" },
	{ "DETAIL", "detail", 12, false, 0, get_detail,
	  OFL_JSON_STRING_OR_NULL,
	  "what else is known of the holder, where the way to it ends, or why "
	  "nobody is named" },
	{ "REASON", "reason", 20, false, 0, get_reason, OFL_JSON_STRING,
	  "the page in words, for people" },
};

const struct ofl_table ofl_page_table = {
	"page", false,
	"if one page is asked for: what it is; empty if its struct page is not "
	"known",
	columns, OFL_COUNT(columns),
};

void ofl_page_row_fill(struct ofl_page_row *row, const struct ofl_env *env,
		       const struct ofl_classified *c,
		       const struct ofl_share *share)
{
	memset(row, 0, sizeof(*row));
	row->seen = true;
	row->c = *c;
	row->device = ofl_owner_device(env->owners, &c->claim);
	if (share)
		ofl_holder_row_fill(&row->holder, share);
}

/* one page: a line a member is read sooner than a row wider than the screen */
static void show_lines(struct ofl_view *v, const struct ofl_layout *l,
		       const struct ofl_page_row *row)
{
	struct ofl_cell c;
	size_t i;

	for (i = 0; i < OFL_COUNT(columns); i++) {
		c = (struct ofl_cell){ .kind = OFL_CELL_NONE };
		columns[i].get(row, l, &c);
		if (c.kind != OFL_CELL_NONE)
			ofl_view_field(v, NULL, columns[i].name, &c);
	}
}

void ofl_page_row_show(struct ofl_view *v, const struct ofl_layout *l,
		       const struct ofl_page_row *row)
{
	if (!v->json) {
		if (row->seen)
			show_lines(v, l, row);
		else
			ofl_view_sentence(v, "PAGE:", "its struct page is not "
					  "known: it cannot be read, or its "
					  "memory section is not online");
		return;
	}
	ofl_view_table(v, &ofl_page_table, NULL);
	if (row->seen)
		ofl_view_row(v, row, l);
	ofl_view_table_end(v);
}
