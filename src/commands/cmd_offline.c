// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_offline.c - what is offline here: one screen */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"
#include "commands/offline_next.h"
#include "commands/offline_notes.h"
#include "commands/offline_rows.h"
#include "commands/tables.h"
#include "judge/classify.h"
#include "session/identify.h"
#include "target/count.h"
#include "target/text.h"

/** struct owners - pages by owner and device */
struct owners {
	struct ofl_identifier id;
	bool classifies;
	struct ofl_classifier classifier;	/* if it does */
	struct ofl_balance b;
	struct ofl_told told;
};

static struct ofl_balance_row *row_of(struct owners *o, const char *name,
				      const struct ofl_claim *claim)
{
	size_t i, max = o->b.max ? o->b.max * 2 : 16;
	struct ofl_balance_row *more;

	for (i = 0; i < o->b.nr; i++)
		if (!strcmp(o->b.row[i].name, name) &&
		    o->b.row[i].device == claim->device)
			return &o->b.row[i];
	if (o->b.nr == o->b.max) {
		more = realloc(o->b.row, max * sizeof(*more));
		o->b.lost |= !more;
		if (!more)
			return NULL;
		o->b.row = more;
		o->b.max = max;
	}
	more = &o->b.row[o->b.nr++];
	*more = (struct ofl_balance_row){ .name = name, .owner = claim->owner,
					  .device = claim->device };
	if (o->id.a)
		more->device_name = ofl_owner_device(&o->id.a->owners, claim);
	return more;
}

/* what becomes of the first, when its block is offlined; -> for how many */
static uint64_t judge_first(struct owners *o, const struct ofl_section *s,
			    const struct ofl_page *p, uint64_t pages,
			    enum ofl_outcome *ret)
{
	struct ofl_classified c;

	*ret = OFL_OUT_UNKNOWN;
	if (!o->id.a)
		return pages;
	if (!o->classifies)
		ofl_classifier_init(&o->classifier, &o->id.a->env,
				    &o->id.a->owners, o->id.a->env.blocks);
	o->classifies = true;
	pages = ofl_classify_run(&o->classifier, s, p, pages, &c);
	*ret = c.outcome;
	return pages;
}

/* whose the first of @pages is; -> for how many of them that holds */
static uint64_t count_first(struct owners *o, const struct ofl_section *s,
			    const struct ofl_page *p, uint64_t pages)
{
	struct ofl_claim claim;
	enum ofl_outcome outcome;
	struct ofl_balance_row *row;
	bool known = ofl_identify(&o->id, p, &claim);

	pages = ofl_claim_pages(&claim, p->pfn, pages);
	pages = judge_first(o, s, p, pages, &outcome);
	if (!known || !claim.owner)
		claim.device = 0;
	if (!known)
		claim.owner = NULL;
	row = row_of(o, !known ? "unknown" : ofl_owner_name(&claim), &claim);
	if (row) {
		row->pages += pages;
		row->outcome[outcome] += pages;
	}
	return pages;
}

static enum ofl_status count_owners(void *arg, const struct ofl_section *s,
				    const struct ofl_page *p, uint64_t pages)
{
	uint64_t end = p->pfn + pages;
	struct ofl_page at = *p;

	while (s->online && at.pfn < end)
		at.pfn += count_first(arg, s, &at, end - at.pfn);
	return OFL_OK;
}

/* ---- the balance ---- */

/* present is what online sections have struct pages for, within the filters */
static void show_balance(struct ofl_view *v, const struct ofl_layout *l,
			 const struct ofl_scan_result *r)
{
	const struct ofl_count *c = &r->total;
	uint64_t share = ofl_permille(c->offline, c->scanned);
	uint64_t blocks = r->blocks.state[OFL_BLOCK_OFFLINE];
	char size[4][24], unknown[48] = "", offline[48] = "";

	if (c->unknown)
		snprintf(unknown, sizeof(unknown), " + %s unknown",
			 ofl_pages_size(l, c->unknown, size[3], sizeof(size[3])));
	if (r->blocks.known)
		snprintf(offline, sizeof(offline), "; %" PRIu64
			 " block%s offline", blocks, ofl_plural(blocks));
	ofl_view_words(v, "MEMORY", "%s %s = %s usable + %s PageOffline (%" PRIu64
		       ".%" PRIu64 "%%)%s%s",
		       ofl_pages_size(l, c->scanned, size[0], sizeof(size[0])),
		       r->interrupted ? "looked at before ^C" : "present",
		       ofl_pages_size(l, c->scanned - c->offline - c->unknown,
				      size[1], sizeof(size[1])),
		       ofl_pages_size(l, c->offline, size[2], sizeof(size[2])),
		       share / 10, share % 10, unknown, offline);
}

/* a name and all its devices: a member of a document */
static void show_member(struct ofl_view *v, const struct ofl_balance *b,
			size_t first)
{
	const char *name = b->row[first].name;
	uint64_t pages = 0;
	size_t i;

	for (i = 0; i < b->nr; i++) {
		if (strcmp(b->row[i].name, name))
			continue;
		if (i < first)
			return;		/* it was shown with that one */
		pages += b->row[i].pages;
	}
	ofl_view_number(v, name, pages);
}

static void show_owners(struct ofl_view *v, const struct ofl_layout *l,
			const struct ofl_balance *b)
{
	struct ofl_columns shown;
	bool has = false;
	size_t i;

	ofl_columns_default(&ofl_balance_table, &shown);
	for (i = 0; i < b->nr; i++)
		has |= b->row[i].told && b->row[i].told->has[0];
	shown.nr -= !has;
	if (v->json)
		ofl_view_object(v, "owners");
	else
		ofl_view_table(v, &ofl_balance_table, &shown);
	for (i = 0; i < b->nr; i++)
		if (v->json)
			show_member(v, b, i);
		else
			ofl_view_row(v, &b->row[i], l);
	if (v->json)
		ofl_view_object_end(v);
	else
		ofl_view_table_end(v);
}

static int by_size(const void *a, const void *b)
{
	const struct ofl_balance_row *x = a, *y = b;

	if (x->pages != y->pages)
		return x->pages > y->pages ? -1 : 1;
	if (strcmp(x->name, y->name))
		return strcmp(x->name, y->name);
	return x->device < y->device ? -1 : x->device > y->device;
}

/*
 * The scan is over: what the drivers say of their devices, also of those
 * without a page here, and the rows in their order.
 */
static void close_owners(struct owners *o, const struct ofl_run_ctx *ctx,
			 const struct ofl_scan_result *r)
{
	struct ofl_err ignored;
	size_t i;

	if (!o->id.tried && !ctx->filter.any && !r->interrupted &&
	    ofl_session_analysis(ctx->s, &o->id.a, &ignored))
		o->id.a = NULL;
	if (o->id.a)
		ofl_told_load(o->id.a, &o->told);
	for (i = 0; i < o->b.nr; i++) {
		o->b.row[i].of = r->total.scanned;
		o->b.row[i].told = ofl_told_of(&o->told, o->b.row[i].owner,
					       o->b.row[i].device);
	}
	if (o->b.nr)
		qsort(o->b.row, o->b.nr, sizeof(*o->b.row), by_size);
}

static void show_zones(struct ofl_view *v, const struct ofl_run_ctx *ctx,
		       const struct ofl_scan_result *r,
		       const struct ofl_columns *shown)
{
	const struct ofl_nodes *n = &ctx->s->nodes;
	size_t i;

	ofl_view_table(v, &ofl_zone_table, shown);
	for (i = 0; i < n->nr_zones; i++) {
		struct ofl_zone_row row = { &n->zone[i], &r->zone[i] };

		if (row.count->scanned &&
		    ofl_view_row(v, &row, &ctx->s->layout))
			break;
	}
	ofl_view_table_end(v);
}

/* the late facts are not asked for here: nothing can be said of them */
static void show_facts(struct ofl_view *v, const struct ofl_layout *l)
{
	int i;

	ofl_view_table(v, &ofl_fact_table, NULL);
	for (i = 0; i < OFL_NR_FACTS; i++) {
		struct ofl_fact_line row = { ofl_fact_rows[i].name, &l->fact[i],
					ofl_fact_rows[i].hex };

		if (ofl_fact_rows[i].asked == OFL_ASKED_EARLY &&
		    ofl_view_row(v, &row, NULL))
			break;
	}
	ofl_view_table_end(v);
}

static enum ofl_status show(struct ofl_run_ctx *ctx,
			    const struct ofl_scan_result *r,
			    struct owners *owners,
			    const struct ofl_columns *shown,
			    struct ofl_err *err)
{
	const struct ofl_layout *l = &ctx->s->layout;
	enum ofl_result result;
	enum ofl_status st;
	struct ofl_view v;
	char message[OFL_STATUS_BYTES], added[200];
	struct ofl_text text = ofl_text_over(message, sizeof(message));

	close_owners(owners, ctx, r);
	ofl_show_begin(&v, ctx);
	show_balance(&v, l, r);
	if (v.json)
		ofl_offline_kernel(&v, ctx, r);
	ofl_offline_notes(&v, ctx, r, &owners->told, added, sizeof(added));
	if (!v.raw || !ctx->o->columns)	/* -o is about zones */
		show_owners(&v, l, &owners->b);
	show_zones(&v, ctx, r, shown);
	ofl_offline_next(&v, owners->id.a ? &owners->b : NULL, &owners->told,
			 added, &r->blocks);
	if (!v.json && ctx->o->verbose) {
		ofl_offline_kernel(&v, ctx, r);
		ofl_offline_effort(&v, ctx->s->t, r);
	}
	if (v.json || ctx->o->verbose)
		show_facts(&v, l);
	st = ofl_show_unknown(&v, ctx, r, err);
	ofl_show_totals(&v, r);
	result = ofl_owners_status(ofl_scan_status(r, "", &text),
				   owners->id.why_not, &text);
	result = ofl_add_doubts(ctx, owners->id.a ? &owners->id.a->owners : NULL,
				result, &text);
	if (owners->b.lost || owners->told.lost) {
		ofl_text_add(&text, "; no memory for all owners");
		result = OFL_RESULT_INCOMPLETE;
	}
	return ofl_show_status(&v, ctx, st, result, message, err);
}

enum ofl_status ofl_cmd_offline(struct ofl_run_ctx *ctx, struct ofl_err *err)
{
	struct ofl_session *s = ctx->s;
	struct owners owners = { .id.s = s };
	struct ofl_sink sink = { .offline = count_owners, .arg = &owners };
	struct ofl_scan_result r;
	struct ofl_columns shown;
	enum ofl_status st = OFL_OK;

	ofl_columns_default(&ofl_zone_table, &shown);
	if (ctx->o->columns)
		st = ofl_columns_parse(&ofl_zone_table, ctx->o->columns, &shown,
				       err);
	if (!st && ctx->o->verbose)	/* its facts are shown, too */
		st = ofl_session_late(s, err);
	if (st)
		return st;
	st = ofl_scan(s->t, &s->layout, &s->nodes, &ctx->scan, &sink, 1, &r,
		      err);
	if (!st)
		st = show(ctx, &r, &owners, &shown, err);
	free(owners.b.row);
	ofl_told_free(&owners.told);
	ofl_scan_result_free(&r);
	return st;
}
