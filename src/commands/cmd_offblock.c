// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_offblock.c - can each memory block be offlined, and if not, why not */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "commands/command.h"
#include "commands/device_rows.h"
#include "commands/explain.h"
#include "commands/offblock.h"
#include "commands/page_row.h"
#include "commands/tables.h"
#include "judge/judge.h"
#include "judge/place.h"
#include "target/count.h"
#include "target/text.h"

/** struct printer - where reports go */
struct printer {
	struct ofl_view v;
	const struct ofl_env *env;
	const struct ofl_options *o;
	struct ofl_block_sum sum[OFL_NR_OUTCOMES];
	uint64_t nr;
	const char *blind;		/* why some page's owner is not known */
	bool explain;
	struct ofl_block_doubts doubts;
	struct ofl_filter wanted;	/* node and zone */
	enum ofl_outcome only;		/* -V; OFL_NR_OUTCOMES: all */
	const struct ofl_owner_ops *owner;	/* -O; NULL: orphans */
	struct ofl_block_report kept;	/* the block to explain */
	struct ofl_block_row held;	/* 0 blocks: none waits */
	/* with -s: all rows, owned */
	struct ofl_block_row *row;
	size_t nr_rows, room;
	struct ofl_holders *holders;	/* NULL: nobody asks for them */
	bool names;			/* a column asks for them */
	uint64_t more, more_nr;		/* rows that name not all of them; first */
	struct ofl_holder_rows holder_rows;
	bool one_page;			/* a page was asked for, and by its pfn */
	uint64_t page_pfn;
	struct ofl_page_row page;
	const struct ofl_memdevs *devs;
	struct ofl_device_rows device_rows;
	bool devices_open;		/* not all that they want to know is known */
};

static enum ofl_status keep(struct printer *p)
{
	struct ofl_block_row *more = p->row;

	if (p->nr_rows == p->room) {
		p->room = p->room ? 2 * p->room : 64;
		more = realloc(p->row, p->room * sizeof(*more));
		if (!more)
			return OFL_ERR_NOMEM;
		p->row = more;
	}
	p->row[p->nr_rows++] = p->held;
	return OFL_OK;
}

/* the row that waits is whole */
static enum ofl_status print_held(struct printer *p)
{
	enum ofl_status st = OFL_OK;

	if (p->held.blocks)
		st = p->o->sort ? keep(p) :
		     ofl_view_row(&p->v, &p->held, p->env->l);
	p->held.blocks = 0;
	return st;
}

static enum ofl_status print_sorted(struct printer *p)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	if (p->nr_rows)
		qsort(p->row, p->nr_rows, sizeof(*p->row), ofl_block_row_worse);
	for (i = 0; i < p->nr_rows && !st; i++)
		st = ofl_view_row(&p->v, &p->row[i], p->env->l);
	free(p->row);
	p->row = NULL;
	return st;
}

static void sum_up(struct printer *p, const struct ofl_block_row *row)
{
	struct ofl_block_sum *sum = &p->sum[row->verdict];

	sum->verdict = ofl_outcome_rows[row->verdict].block;
	sum->blocks++;
	sum->without += !row->has_pfn && row->why[0] &&
			row->verdict == OFL_OUT_BLOCKED;
	ofl_block_row_sum(&sum->causes, row);
}

static bool is_wanted(const struct printer *p, const struct ofl_block_report *r)
{
	bool any = p->wanted.node < 0 && !p->wanted.zone[0];

	return any || (r->zone && ofl_filter_wants_zone(&p->wanted, r->zone));
}

/* -V and -O choose rows of what was looked at */
static bool is_chosen(const struct printer *p, const struct ofl_block_report *r,
		      const struct ofl_block_row *row)
{
	if (p->only != OFL_NR_OUTCOMES && r->verdict != p->only)
		return false;
	return !p->o->owner || ofl_row_has_owner(row, p->owner);
}

#define LINES	2	/* of a terminal that holders may take */
/* room that a line has for holders behind the columns before */
#define BEFORE_HOLDERS	(11 + 1 + 5 + 1 + 7 + 1 + 10 + 1)

/* pages of drivers by owner, then all others by holder, in one line */
static void who_line(struct printer *p, const struct ofl_share *share,
		     size_t nr, struct ofl_block_row *row)
{
	size_t room = sizeof(row->who);
	struct ofl_text line;
	unsigned int i;
	char size[24];

	if (p->o->who && !p->o->columns && p->v.width > BEFORE_HOLDERS + 20 &&
	    LINES * (p->v.width - BEFORE_HOLDERS) < room)
		room = LINES * (p->v.width - BEFORE_HOLDERS) + 1;
	line = ofl_text_over(row->who, room);
	for (i = 0; i < row->nr_causes; i++) {
		const struct ofl_row_cause *c = &row->cause[i];

		if (!ofl_rule_rows[c->kind].offline)
			continue;
		ofl_size_text(c->pages * p->env->l->page_bytes, size,
			      sizeof(size));
		ofl_text_item(&line, "; ", "%s %s%s%s", size,
			      ofl_owner_name(&c->claim),
			      c->device && c->device[0] ? " " : "",
			      c->device ? c->device : "");
	}
	if (ofl_holders_line(share, nr, p->env->l->page_bytes, &line) &&
	    !p->more++)
		p->more_nr = row->nr;
}

/* rows of an outcome: a document that explains a block leaves none out */
static size_t most_holders(const struct printer *p)
{
	if (p->o->all || (p->explain && p->v.json))
		return SIZE_MAX;
	return p->explain ? OFL_HOLDERS_EXPLAINED : OFL_HOLDERS_A_BLOCK;
}

/* the block as a whole decides what its huge pages come to */
static const struct ofl_share *shares_of(struct printer *p,
					 const struct ofl_block_report *r,
					 size_t *nr)
{
	static const enum ofl_kind unsettled[] = {
		OFL_KIND_HUGETLB_FIRST, OFL_KIND_HUGETLB_SECOND,
	};
	enum ofl_kind to;
	size_t i;

	for (i = 0; i < OFL_COUNT(unsettled); i++) {
		to = ofl_place_settled(r, unsettled[i]);
		if (to != unsettled[i])
			ofl_holders_become(p->holders, unsettled[i], to,
					   ofl_report_outcome(p->env, r, to));
	}
	return ofl_holders_shares(p->holders, nr);
}

/*
 * what was added up since the block before; a device is judged by all blocks
 * that it has, and shown if one of them is chosen
 */
static void name_holders(struct printer *p, const struct ofl_block_report *r,
			 struct ofl_block_row *row, bool chosen)
{
	uint64_t page_bytes = p->env->l->page_bytes;
	const struct ofl_share *share = NULL;
	size_t nr = 0;

	if (p->holders && !ofl_outcome_rows[r->verdict].passes)
		share = shares_of(p, r, &nr);
	if (p->o->devices)
		ofl_device_rows_add(&p->device_rows, r, row, share, nr, chosen);
	if (!share || !chosen)
		return;
	who_line(p, share, nr, row);
	if (!p->v.json && !p->explain)
		return;
	ofl_holder_rows_add(&p->holder_rows, r->block->nr, page_bytes, share,
			    nr, most_holders(p));
}

static void note_in_way(void *arg, const struct ofl_classified *c,
			const unsigned char *raw)
{
	ofl_holders_add(((struct printer *)arg)->holders, c, raw);
}

static void note_page(void *arg, const struct ofl_classified *c,
		      const unsigned char *raw)
{
	struct printer *p = arg;
	struct ofl_share share;
	bool in_way = !ofl_outcome_rows[c->outcome].passes && !c->offline;

	if (in_way && p->holders)
		ofl_holders_page(p->holders, c, raw, &share);
	ofl_page_row_fill(&p->page, p->env, c,
			  in_way && p->holders ? &share : NULL);
}

/* -d has a table of its own; a document has both */
static bool only_devices(const struct printer *p)
{
	return p->o->devices && !p->v.json;
}

/* -w is about what is in the way; a document and -a leave no block out */
static bool is_quiet(const struct printer *p, const struct ofl_block_row *row)
{
	return p->o->who && !p->v.json && !p->o->all && !p->explain &&
	       p->only == OFL_NR_OUTCOMES &&
	       ofl_outcome_rows[row->verdict].passes;
}

static enum ofl_status print_block(struct printer *p,
				   const struct ofl_block_report *r)
{
	struct ofl_block_row row;
	enum ofl_status st;
	bool chosen;
	int k;

	ofl_block_row(p->env, r, &row);
	row.dev = row.last_dev = ofl_memdevs_of_block(p->devs, r->block);
	chosen = is_chosen(p, r, &row);
	if (!is_wanted(p, r))
		return OFL_OK;
	if (!chosen && p->o->devices)
		name_holders(p, r, &row, false);
	if (!chosen)
		return OFL_OK;
	for (k = 0; k < OFL_NR_KINDS; k++)
		if (r->kind[k].claim.blind || r->kind[k].claim.unsure)
			p->blind = r->kind[k].claim.blind ?
				   r->kind[k].claim.blind :
				   r->kind[k].claim.unsure;
	sum_up(p, &row);
	p->nr++;
	ofl_block_doubts_add(&p->doubts, r);
	p->kept = *r;
	name_holders(p, r, &row, true);
	if (only_devices(p) || is_quiet(p, &row))
		return OFL_OK;
	/* holders are those of one block */
	if (p->held.blocks && !p->o->all && !p->v.json && !p->names &&
	    ofl_block_row_add(&p->held, &row))
		return OFL_OK;
	st = print_held(p);
	p->held = row;
	return st;
}

static enum ofl_status print_report(void *arg, const struct ofl_block_report *r)
{
	struct printer *p = arg;
	enum ofl_status st = print_block(p, r);

	/* those of blocks that are not shown, too */
	if (p->holders)
		ofl_holders_clear(p->holders);
	return st;
}

static enum ofl_result add_holders(const struct printer *p,
				   enum ofl_result result,
				   struct ofl_text *text)
{
	struct ofl_holders_total total;

	if (!p->holders)
		return result;
	total = ofl_holders_total(p->holders);
	if (total.pages)
		ofl_text_add(text, "; holders of %" PRIu64 " of %" PRIu64
			     " page%s in the way identified", total.identified,
			     total.pages, ofl_plural(total.pages));
	if (total.broken)
		ofl_text_add(text, "; the way to the holders of %" PRIu64
			     " page%s is broken, first 0x%" PRIx64 " %s",
			     total.broken, ofl_plural(total.broken),
			     total.bad_kva, total.bad_what);
	if (ofl_holders_lost(p->holders) || p->holder_rows.lost) {
		ofl_text_add(text, "; no memory for all holders");
		return OFL_RESULT_INCOMPLETE;
	}
	return total.broken && result == OFL_RESULT_OK ? OFL_RESULT_FINDINGS :
							 result;
}

static enum ofl_result judge(struct printer *p, const struct ofl_analysis *a,
			     const struct ofl_scan_result *r,
			     struct ofl_text *text)
{
	enum ofl_result result;
	bool first = true;
	char size[24];
	int i;

	ofl_text_add(text, "%" PRIu64 " block%s", p->nr, ofl_plural(p->nr));
	for (i = 0; i < OFL_NR_OUTCOMES; i++) {
		if (!p->sum[i].blocks)
			continue;
		ofl_size_text(p->sum[i].blocks * ofl_block_bytes(p->env->l),
			      size, sizeof(size));
		ofl_text_add(text, "%s%" PRIu64 " %s (%s)", first ? ": " : ", ",
			     p->sum[i].blocks, ofl_outcome_rows[i].block, size);
		first = false;
	}
	if (!p->nr && !r->interrupted)
		ofl_text_add(text, "; no block passes the filter");
	result = ofl_scan_shortfall(r, text);
	result = ofl_owners_status(result, p->blind, text);
	if (ofl_block_doubts_say(&p->doubts, p->env->l, &a->ram, text) ||
	    p->sum[OFL_OUT_UNKNOWN].blocks ||
	    a->blocks.lost)
		result = OFL_RESULT_INCOMPLETE;
	return add_holders(p, result, text);
}

static void show_sums(struct printer *p)
{
	unsigned int rank = OFL_NR_OUTCOMES;
	struct ofl_block_sum *sum;

	if (p->v.json || p->nr < 2)
		return;
	ofl_view_table(&p->v, &ofl_sum_table, NULL);
	while (rank--) {
		sum = &p->sum[ofl_outcome_of_rank(rank)];
		if (sum->blocks)
			ofl_view_row(&p->v, sum, p->env->l);
	}
	ofl_view_table_end(&p->v);
}

/* in a document: also those that no block has, so that a script need not ask */
static void show_verdicts(struct printer *p)
{
	struct ofl_cell c = { .kind = OFL_CELL_MAP };
	struct ofl_text text = ofl_text_over(c.text, sizeof(c.text));
	unsigned int rank = OFL_NR_OUTCOMES;
	enum ofl_outcome i;

	while (rank--) {
		i = ofl_outcome_of_rank(rank);
		if (ofl_outcome_rows[i].block && i != OFL_OUT_SKIPPED)
			ofl_text_item(&text, "\n", "%s=%" PRIu64,
				      ofl_outcome_rows[i].block,
				      p->sum[i].blocks);
	}
	ofl_view_field(&p->v, "verdicts", NULL, &c);
}

/* where those are to be seen that a row has no room for */
static void show_where(struct printer *p)
{
	char line[120];

	if (!p->more || !p->names || p->explain)
		return;
	ofl_text_put(line, sizeof(line), "offblock -a memory%" PRIu64
		     " has a row for each holder of that block", p->more_nr);
	ofl_view_sentence(&p->v, "MORE:", line);
}

static void show_devices(struct printer *p, struct ofl_text *text)
{
	p->devices_open = !ofl_device_rows_show(&p->v, &p->device_rows,
						p->o->verbose, text);
}

/* which device has what, and whether it can be unplugged */
static enum ofl_result judge_devices(const struct printer *p,
				     enum ofl_result result,
				     struct ofl_text *text)
{
	if (p->devs->missing)
		ofl_text_add(text, "; not all devices of kind %s are known",
			     p->devs->missing);
	else if (p->devices_open)
		ofl_text_add(text, "; whether all memory can be unplugged is not known");
	return p->devs->missing || p->devices_open ? OFL_RESULT_INCOMPLETE :
						     result;
}

/* sentences stand for the row of a block that is explained */
static void finish_rows(struct printer *p, enum ofl_status *st,
			struct ofl_text *text)
{
	bool alone = p->explain && p->nr == 1 && !p->v.json && !p->v.raw &&
		     !p->o->who && !p->o->columns;

	if (only_devices(p)) {
		if (!*st)
			show_devices(p, text);
		return;
	}
	if (alone)
		p->held.blocks = 0;
	if (!*st)
		*st = print_held(p);
	if (!*st)
		*st = print_sorted(p);
	ofl_view_table_end(&p->v);
	show_where(p);
	if (!*st && p->one_page)
		ofl_page_row_show(&p->v, p->env->l, &p->page);
	if (!*st && p->explain && p->nr == 1)
		ofl_explain_block(&p->v, p->env, &p->kept, &p->holder_rows,
				  p->o->verbose || p->o->all);
	else if (!*st)
		show_sums(p);
	if (!*st && !(p->explain && p->nr == 1) && p->holders && p->v.json)
		ofl_holder_rows_show(&p->v, &p->holder_rows);
	if (!*st && p->o->devices)
		show_devices(p, text);
}

static enum ofl_status open_devices(struct printer *p,
				    struct ofl_analysis *a,
				    struct ofl_err *err)
{
	const struct ofl_layout *l = p->env->l;
	enum ofl_status st = ofl_analysis_load_devices(a, err);

	p->devs = &a->devices;
	if (st || !p->o->devices)
		return st;
	return ofl_device_rows_open(&p->device_rows, p->devs, &a->blocks,
				    ofl_block_bytes(l), l->page_bytes) ? OFL_OK :
	       ofl_fail(err, OFL_ERR_NOMEM, "no memory for the memory devices");
}

static bool has_column(const struct ofl_columns *shown, const char *name)
{
	size_t i;

	for (i = 0; i < shown->nr; i++)
		if (!strcmp(ofl_block_table.column[shown->index[i]].name, name))
			return true;
	return false;
}

static bool is_one_block(const struct ofl_run_ctx *ctx,
			 const struct ofl_layout *l)
{
	return ctx->filter.hi_pfn - ctx->filter.lo_pfn ==
	       l->sections_per_block * l->section_pages;
}

/* holders cost: for one block that is explained, with -w, or by their column */
static enum ofl_status open_holders(struct printer *p,
				    const struct ofl_run_ctx *ctx,
				    struct ofl_err *err)
{
	const struct ofl_filter *f = &ctx->filter;
	bool one = p->explain && is_one_block(ctx, p->env->l);
	enum ofl_status st;

	if (!one && !p->names && !p->o->devices)
		return OFL_OK;
	st = ofl_session_holders(ctx->s, err);
	if (st)
		return st;
	p->holders = ofl_holders_open(p->env, f->lo_pfn, f->hi_pfn);
	return p->holders ? OFL_OK :
	       ofl_fail(err, OFL_ERR_NOMEM, "no memory for holders");
}

static enum ofl_status show(struct ofl_run_ctx *ctx, struct ofl_analysis *a,
			    struct printer *p, const struct ofl_columns *shown,
			    struct ofl_err *err)
{
	struct ofl_scan_result r;
	struct ofl_judge j;
	enum ofl_result result;
	enum ofl_status st;
	char message[OFL_STATUS_BYTES], said[300];
	struct ofl_text text = ofl_text_over(message, sizeof(message));
	struct ofl_text devices = ofl_text_over(said, sizeof(said));

	ofl_judge_init(&j, &a->env, &a->owners, &a->blocks, &a->ram,
		       &ctx->filter);
	j.emit = print_report;
	j.in_way = p->holders ? note_in_way : NULL;
	j.page = p->one_page ? note_page : NULL;
	j.page_pfn = p->page_pfn;
	j.arg = p;
	ofl_show_begin(&p->v, ctx);
	if (!only_devices(p))
		ofl_view_table(&p->v, &ofl_block_table, shown);
	st = ofl_verdicts_scan(&a->verdicts, ctx->s->t, &ctx->scan, &j, &r,
			       err);
	finish_rows(p, &st, &devices);
	if (!st)
		st = ofl_show_unknown(&p->v, ctx, &r, err);
	if (!st) {
		show_verdicts(p);
		ofl_show_totals(&p->v, &r);
	}
	result = judge(p, a, &r, &text);
	ofl_text_add(&text, "%s", said);
	result = judge_devices(p, result, &text);
	result = ofl_add_doubts(ctx, &a->owners, result, &text);
	st = ofl_show_status(&p->v, ctx, st, result, message, err);
	ofl_scan_result_free(&r);
	return st;
}

static enum ofl_status parse_verdict(const char *word, enum ofl_outcome *ret,
				     struct ofl_err *err)
{
	char names[160];
	struct ofl_text text = ofl_text_over(names, sizeof(names));
	int i;

	for (i = 0; word && i < OFL_NR_OUTCOMES; i++) {
		const char *name = ofl_outcome_rows[i].block;

		if (!name || i == OFL_OUT_SKIPPED)	/* the same word */
			continue;
		ofl_text_item(&text, ", ", "%s", name);
		if (!strcasecmp(name, word)) {
			*ret = (enum ofl_outcome)i;
			return OFL_OK;
		}
	}
	*ret = OFL_NR_OUTCOMES;
	return word ? ofl_fail(err, OFL_ERR_ARG,
			"-V %s: no such verdict; there are %s", word, names) :
		      OFL_OK;
}

static enum ofl_status choose(struct printer *p, const struct ofl_options *o,
			      struct ofl_columns *shown, struct ofl_err *err)
{
	enum ofl_status st = OFL_OK;

	if (o->columns)
		st = ofl_columns_parse(&ofl_block_table, o->columns, shown, err);
	else if (o->verbose)
		ofl_columns_default(&ofl_block_table, shown);
	else
		st = ofl_columns_parse(&ofl_block_table, o->who ?
			"block,size,device,verdict,holders" :
			"block,size,node,zone,device,offpages,verdict,reason", shown,
			err);
	if (!o->columns && o->verbose && !o->who)
		shown->nr--;	/* HOLDERS stands last */
	p->names = o->who || (!st && has_column(shown, OFL_HOLDERS_COLUMN));
	if (!st)
		st = parse_verdict(o->verdict, &p->only, err);
	if (!st && o->owner)
		st = ofl_owner_check(o->owner, err);
	if (!st && o->owner)
		ofl_owner_find(o->owner, &p->owner);
	return st;
}

/* rows are chosen and sorted; a block that is explained is no row */
static enum ofl_status refuse_choice(const struct printer *p,
				     const struct ofl_run_ctx *ctx,
				     struct ofl_err *err)
{
	const struct ofl_filter *f = &ctx->filter;
	char letter = p->o->owner ? 'O' : p->o->verdict ? 'V' :
		      p->o->sort ? 's' : '\0';

	if (!letter || !p->explain || !is_one_block(ctx, p->env->l))
		return OFL_OK;
	return ofl_fail(err, OFL_ERR_ARG,
			"-%c is for several blocks, and memory%" PRIu64 " is one",
			letter, f->lo_pfn / (f->hi_pfn - f->lo_pfn));
}

enum ofl_status ofl_cmd_offblock(struct ofl_run_ctx *ctx, struct ofl_err *err)
{
	const struct ofl_filter_args *given = &ctx->o->filter;
	struct ofl_analysis *a;
	struct ofl_columns shown;
	struct printer *p = calloc(1, sizeof(*p));
	enum ofl_status st;

	if (!p)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the blocks");
	p->o = ctx->o;
	p->explain = given->operand || given->block || given->section ||
		     given->pfn || given->phys;
	st = choose(p, ctx->o, &shown, err);
	if (!st)
		st = ofl_session_analysis(ctx->s, &a, err);
	if (!st)
		st = ofl_analysis_load_ram(a, err);
	if (!st) {
		p->env = &a->env;
		p->one_page = p->explain &&
			      ctx->filter.hi_pfn - ctx->filter.lo_pfn == 1;
		p->page_pfn = ctx->filter.lo_pfn;
		st = ofl_filter_whole_blocks(a->env.l, a->env.n, &ctx->filter,
					     err);
	}
	if (!st)
		st = refuse_choice(p, ctx, err);
	p->wanted = ctx->filter;
	if (!st)
		st = open_holders(p, ctx, err);
	if (!st)
		st = open_devices(p, a, err);
	if (!st)
		st = show(ctx, a, p, &shown, err);
	ofl_device_rows_free(&p->device_rows);
	free(p->row);
	ofl_holder_rows_free(&p->holder_rows);
	ofl_holders_close(p->holders);
	free(p);
	return st;
}
