// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_offrange.c - which pages are PageOffline: one row a run of like pages */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/command.h"
#include "commands/range_sums.h"
#include "commands/tables.h"
#include "scan/range.h"
#include "session/identify.h"
#include "target/count.h"

static void get_pfn(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_run *run = row;

	(void)ctx;
	*ret = ofl_cell_span(run->start_pfn, run->start_pfn + run->pages - 1);
}

static void get_phys(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_run *run = row;
	uint64_t page = ((const struct ofl_layout *)ctx)->page_bytes;

	*ret = ofl_cell_span(run->start_pfn * page,
			     (run->start_pfn + run->pages) * page - 1);
}

static void get_start(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(((const struct ofl_run *)row)->start_pfn);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)((const struct ofl_run *)row)->pages);
}

static void get_size(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_size(((const struct ofl_run *)row)->pages *
			     ((const struct ofl_layout *)ctx)->page_bytes);
}

static void get_refcount(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_run *run = row;

	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (!run->why)
		*ret = ofl_cell_int(run->refcount);
}

static void get_flags(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_run *run = row;

	ret->kind = OFL_CELL_UNKNOWN;
	if (run->why)
		return;
	ret->kind = OFL_CELL_LIST;
	ofl_pageflags_text(ctx, run->flags, ret->text, sizeof(ret->text));
}

static void get_node(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_run *run = row;

	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (run->zone)
		*ret = ofl_cell_int(run->zone->node);
}

static void get_zone(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_run *run = row;

	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (run->zone)
		*ret = ofl_cell_text(run->zone->name);
}

static void get_section(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(((const struct ofl_run *)row)->section_nr);
}

/* what is stale has no owner any more */
static void get_owner(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_run *run = row;

	(void)ctx;
	if (run->online && !run->why)
		*ret = ofl_cell_unknown(OFL_NOT_KNOWN);
	if (run->owner)
		*ret = ofl_cell_text(run->owner);
}

static void get_device(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_run *run = row;

	(void)ctx;
	if (run->online && !run->why && !run->owner)
		ret->kind = OFL_CELL_UNKNOWN;
	if (run->device && run->device[0])
		*ret = ofl_cell_text(run->device);
}

static void get_state(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_run *run = row;

	(void)ctx;
	if (!run->online)
		*ret = ofl_cell_text("stale");
	if (!run->why)
		return;
	ret->kind = OFL_CELL_TEXT;
	snprintf(ret->text, sizeof(ret->text), "unknown:%s",
		 ofl_unknown_text(run->why));
}

static void get_online(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_BOOL;
	ret->i = ((const struct ofl_run *)row)->online;
}

static const struct ofl_column range_columns[] = {
	{ "PFN", NULL, 17, false, 0, get_pfn, OFL_JSON_NONE,
	  "first and last page frame number" },
	{ "PHYS", NULL, 23, false, 0, get_phys, OFL_JSON_NONE,
	  "first and last physical address" },
	{ NULL, "start_pfn", 0, false, 0, get_start, OFL_JSON_NUMBER,
	  "first page frame number" },
	{ "PAGES", "pages", 6, true, 0, get_pages, OFL_JSON_NUMBER,
	  "number of pages" },
	{ "SIZE", NULL, 6, true, 0, get_size, OFL_JSON_NONE,
	  "size of these pages" },
	{ "REFCOUNT", "refcount", 8, true, OFL_SPLIT_REFCOUNT, get_refcount,
	  OFL_JSON_NUMBER,
	  "reference count of each page, signed; in a table that of the first "
	  "page of a unit that its driver gives back as a whole, but with -a" },
	{ "FLAGS", "flags", 14, false, OFL_SPLIT_FLAGS, get_flags,
	  OFL_JSON_STRINGS,
	  "page flags by the kernel's names; \"?\" if its table of "
	  "names cannot be read" },
	{ "NODE", "node", 4, true, OFL_SPLIT_NODE, get_node,
	  OFL_JSON_NUMBER_OR_NULL,
	  "NUMA node; not known if a stale page names no zone" },
	{ "ZONE", "zone", 7, false, OFL_SPLIT_ZONE, get_zone,
	  OFL_JSON_STRING_OR_NULL,
	  "zone; not known if a stale page names no zone" },
	{ "SECTION", "section", 7, true, OFL_SPLIT_SECTION, get_section,
	  OFL_JSON_NUMBER,
	  "number of the memory section; where it is shown, a run ends with it" },
	{ "OWNER", "owner", 14, false, OFL_SPLIT_OWNER, get_owner,
	  OFL_JSON_STRING_OR_NULL,
	  "driver that holds the pages, see offowner; orphan: no driver; "
	  "unknown, and null in a document: it is not known, the last line says "
	  "why; none for stale pages" },
	{ "DEVICE", "device", 7, false, OFL_SPLIT_OWNER, get_device,
	  OFL_JSON_STRING_OR_NULL,
	  "device of that driver" },
	{ "STATE", NULL, 5, false, 0, get_state, OFL_JSON_NONE,
	  "\"-\"; \"stale\": the section is not online, the mark is "
	  "left over; \"unknown:\" and the reason: nothing is known "
	  "of these pages" },
	{ NULL, "online", 0, false, 0, get_online, OFL_JSON_BOOL,
	  "false: the pages are stale" },
};

const struct ofl_table ofl_range_table = {
	"ranges", false,
	"runs of neighbouring PageOffline pages that are alike; "
	"stale ones only with -a",
	range_columns,
	OFL_COUNT(range_columns),
};

/** struct printer - where runs go */
struct printer {
	struct ofl_view v;
	const struct ofl_layout *l;
	struct ofl_identifier id;
	bool narrow;		/* -O */
	struct ofl_owner_choice only;
	uint64_t owned;		/* pages of that owner */
	struct ofl_range_sums *sums;	/* -s; NULL: rows are printed */
	/* units of pages are one run, as their first page is; that one was: */
	bool units;
	uint64_t unit_pfn;
	int32_t unit_refcount;
	uint64_t unit_flags;
};

/* VMware's driver takes 2 MiB at once, and only the first page has a reference */
static void as_first_of_unit(struct printer *pr, const struct ofl_claim *claim,
			     struct ofl_run *run)
{
	if (!pr->units || !claim->unit_pages)
		return;
	if (!claim->unit_tail) {
		pr->unit_pfn = claim->unit_pfn;
		pr->unit_refcount = run->refcount;
		pr->unit_flags = run->flags;
	} else if (pr->unit_pfn == claim->unit_pfn) {
		run->refcount = pr->unit_refcount;
		run->flags = pr->unit_flags;
	}
}

static bool identify(void *arg, const struct ofl_section *s,
		     const struct ofl_page *p, struct ofl_run *run)
{
	struct printer *pr = arg;
	struct ofl_claim claim;
	bool known;

	run->owner = run->device = NULL;
	known = s->online && ofl_identify(&pr->id, p, &claim);
	if (known) {
		run->owner = ofl_owner_name(&claim);
		run->device = ofl_owner_device(&pr->id.a->owners, &claim);
		as_first_of_unit(pr, &claim, run);
	}
	if (s->online)
		run->pages = ofl_claim_pages(&claim, p->pfn, run->pages);
	if (!pr->narrow)
		return true;
	if (!s->online || !(known ? ofl_owner_chosen(&pr->only, &claim) :
				    pr->only.unknown))
		return false;
	pr->owned += run->pages;
	return true;
}

static enum ofl_status print_run(void *arg, const struct ofl_run *run)
{
	struct printer *p = arg;

	return p->sums ? ofl_range_sums_add(p->sums, run) :
			 ofl_view_row(&p->v, run, p->l);
}

static enum ofl_status pass(struct ofl_run_ctx *ctx, struct ofl_merger *m,
			    struct ofl_scan_result *r, struct ofl_err *err)
{
	struct ofl_sink sink = ofl_merger_sink(m);
	enum ofl_status st;

	st = ofl_scan(ctx->s->t, &ctx->s->layout, &ctx->s->nodes, &ctx->scan,
		      &sink, 1, r, err);
	return st ? st : ofl_merger_flush(m);
}

static enum ofl_status finish(struct ofl_run_ctx *ctx, enum ofl_status st,
			      struct printer *p, const struct ofl_merger *m,
			      const struct ofl_scan_result *r,
			      struct ofl_err *err)
{
	char extra[120], message[OFL_STATUS_BYTES];
	struct ofl_text text = ofl_text_over(message, sizeof(message));
	struct ofl_text more = ofl_text_over(extra, sizeof(extra));
	enum ofl_result result;

	ofl_show_totals(&p->v, r);
	if (p->narrow)
		ofl_text_add(&more, "; %" PRIu64 " of %s", p->owned,
			     p->only.owner ? p->only.owner->name :
			     p->only.unknown ? "unknown owner" : OFL_ORPHAN);
	ofl_text_add(&more, "; %" PRIu64 " %s%s", m->runs,
		     p->sums ? "run" : "row", ofl_plural(m->runs));
	result = ofl_scan_status(r, extra, &text);
	result = ofl_owners_status(result, p->id.why_not, &text);
	if (r->total.unknown && !m->unknown && !p->v.json)
		ofl_text_add(&text, "; offrange -a lists the unknown pages");
	else if (r->stale && !m->stale && !p->v.json)
		ofl_text_add(&text, "; offrange -a lists the stale ones");
	result = ofl_add_doubts(ctx, p->id.a ? &p->id.a->owners : NULL, result,
				&text);
	return ofl_show_status(&p->v, ctx, st, result, message, err);
}

static enum ofl_status choose_owner(struct printer *p, const char *name,
				    struct ofl_err *err)
{
	p->narrow = true;
	ofl_owner_find(name, &p->only);
	return ofl_owner_check(name, err);
}

#define NARROW	"pfn,pages,size,owner,device,node,zone"	/* fits 80 columns */

static enum ofl_status choose_columns(const struct ofl_options *o,
				      struct ofl_columns *shown,
				      struct ofl_err *err)
{
	if (o->totals && o->json)
		return ofl_fail(err, OFL_ERR_ARG,
			"-s chooses what a table shows; -j always has every member");
	if (!o->columns && (o->all || o->verbose)) {
		ofl_columns_default(&ofl_range_table, shown);
		return OFL_OK;
	}
	return ofl_columns_parse(&ofl_range_table,
				 o->columns ? o->columns : NARROW, shown, err);
}

static unsigned int split_by(const struct ofl_options *o,
			     const struct ofl_columns *shown)
{
	if (o->json)
		return OFL_SPLIT_ALL;
	return o->totals ? OFL_SPLIT_OWNER | OFL_SPLIT_ZONE | OFL_SPLIT_NODE |
			   OFL_SPLIT_REFCOUNT :
			   ofl_columns_split(&ofl_range_table, shown);
}

/* one pass; the rows leave as they come, or their sums at the end */
static enum ofl_status list(struct ofl_run_ctx *ctx, struct printer *p,
			    struct ofl_merger *m,
			    const struct ofl_columns *shown,
			    struct ofl_scan_result *r, struct ofl_err *err)
{
	enum ofl_status st;

	if (!p->sums)
		ofl_view_table(&p->v, &ofl_range_table, shown);
	st = pass(ctx, m, r, err);
	if (st == OFL_ERR_NOMEM && p->sums)
		ofl_fail(err, st, "no memory for the sums");
	if (p->sums)
		ofl_range_sums_show(p->sums, &p->v, p->l);
	else
		ofl_view_table_end(&p->v);
	return st;
}

enum ofl_status ofl_cmd_offrange(struct ofl_run_ctx *ctx, struct ofl_err *err)
{
	const struct ofl_options *o = ctx->o;
	struct ofl_range_sums sums = { .nr = 0 };
	struct printer p = {
		.l = &ctx->s->layout, .id.s = ctx->s,
		.sums = o->totals ? &sums : NULL,
		.units = !o->json && !o->all, .unit_pfn = UINT64_MAX,
	};
	struct ofl_merger m = {
		.l = p.l, .emit = print_run, .arg = &p,
		.stale = o->all, .unknown = o->all && !o->json,
	};
	struct ofl_columns shown;
	struct ofl_scan_result r;
	enum ofl_status st = choose_columns(o, &shown, err);

	if (!st && o->owner)
		st = choose_owner(&p, o->owner, err);
	if (st)
		return st;
	m.split = split_by(o, &shown);
	/* owners cost time: find them only if they are shown */
	if (o->owner || (m.split & OFL_SPLIT_OWNER))
		m.identify = identify;
	ofl_show_begin(&p.v, ctx);
	st = list(ctx, &p, &m, &shown, &r, err);
	if (!st)
		st = ofl_show_unknown(&p.v, ctx, &r, err);
	st = finish(ctx, st, &p, &m, &r, err);
	ofl_scan_result_free(&r);
	ofl_range_sums_free(&sums);
	return st;
}
