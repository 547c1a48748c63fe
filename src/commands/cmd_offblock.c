// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_offblock.c - can each memory block be offlined, and if not, why not */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "commands/command.h"
#include "commands/explain.h"
#include "commands/offblock_rows.h"
#include "commands/tables.h"
#include "judge/judge.h"
#include "target/count.h"
#include "target/text.h"

static bool note_in_way(void *arg, const struct ofl_classified *c,
			const unsigned char *raw)
{
	return ofl_holders_add(((struct ofl_offblock *)arg)->holders, c, raw);
}

static void note_more(void *arg, uint64_t pages)
{
	ofl_holders_more(((struct ofl_offblock *)arg)->holders, pages);
}

static void note_page(void *arg, const struct ofl_classified *c,
		      const unsigned char *raw)
{
	struct ofl_offblock *p = arg;
	struct ofl_share share;
	bool in_way = !ofl_outcome_rows[c->outcome].passes && !c->offline;

	if (in_way && p->holders)
		ofl_holders_page(p->holders, c, raw, &share);
	ofl_page_row_fill(&p->page, p->env, c,
			  in_way && p->holders ? &share : NULL);
}

static enum ofl_result add_holders(const struct ofl_offblock *p,
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
		ofl_text_add(text, "; no room for all holders");
		return OFL_RESULT_INCOMPLETE;
	}
	return total.broken && result == OFL_RESULT_OK ? OFL_RESULT_FINDINGS :
							 result;
}

static enum ofl_result judge(struct ofl_offblock *p, const struct ofl_analysis *a,
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

static void show_sums(struct ofl_offblock *p)
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
static void show_verdicts(struct ofl_offblock *p)
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
static void show_where(struct ofl_offblock *p)
{
	char line[120];

	if (!p->more || !p->names || p->explain)
		return;
	ofl_text_put(line, sizeof(line), "offblock -a memory%" PRIu64
		     " has a row for each holder of that block", p->more_nr);
	ofl_view_sentence(&p->v, "MORE:", line);
}

static void show_devices(struct ofl_offblock *p, struct ofl_text *text)
{
	p->devices_open = !ofl_device_rows_show(&p->v, &p->device_rows,
						p->o->verbose, text);
}

/* which device has what, and whether it can be unplugged */
static enum ofl_result judge_devices(const struct ofl_offblock *p,
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
static void finish_rows(struct ofl_offblock *p, enum ofl_status *st,
			struct ofl_text *text)
{
	bool alone = p->explain && p->nr == 1 && !p->v.json && !p->v.raw &&
		     !p->o->who && !p->o->columns;

	if (ofl_offblock_only_devices(p)) {
		if (!*st)
			show_devices(p, text);
		return;
	}
	if (alone)
		p->held.blocks = 0;
	if (!*st)
		*st = ofl_offblock_print_held(p);
	if (!*st)
		*st = ofl_offblock_print_sorted(p);
	ofl_view_table_end(&p->v);
	show_where(p);
	if (!*st && p->one_page)
		ofl_page_row_show(&p->v, p->env->l, &p->page);
	if (!*st && p->explain && p->nr == 1)
		ofl_explain_block(&p->v, p->env, &p->kept, p->kept_next,
				  &p->holder_rows, p->o->verbose || p->o->all);
	else if (!*st)
		show_sums(p);
	if (!*st && !(p->explain && p->nr == 1) && p->holders && p->v.json)
		ofl_holder_rows_show(&p->v, &p->holder_rows);
	if (!*st && p->o->devices)
		show_devices(p, text);
}

static enum ofl_status open_devices(struct ofl_offblock *p,
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
static enum ofl_status open_holders(struct ofl_offblock *p,
				    struct ofl_analysis *a,
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
	/* one block is asked for in passing: those of all blocks stay */
	if (is_one_block(ctx, p->env->l) || p->one_page) {
		p->holders = ofl_holders_open(p->env, f->lo_pfn, f->hi_pfn);
	} else {
		p->kept_holders = &a->holders;
		p->again = ofl_kept_holders_of(&a->holders, f) &&
			   ofl_verdicts_repeats(&a->verdicts, ctx->s->t,
						&ctx->scan);
		if (p->again ||
		    ofl_kept_holders_begin(&a->holders, p->env, f))
			p->holders = a->holders.holders;
	}
	return p->holders ? OFL_OK :
	       ofl_fail(err, OFL_ERR_NOMEM, "no memory for holders");
}

/* rows were printed: what is not for the next command goes now */
static void close_holders(struct ofl_offblock *p)
{
	if (!p->kept_holders)
		ofl_holders_close(p->holders);
	else if (!p->kept_holders->whole)
		ofl_kept_holders_free(p->kept_holders);
}

static enum ofl_status show(struct ofl_run_ctx *ctx, struct ofl_analysis *a,
			    struct ofl_offblock *p, const struct ofl_columns *shown,
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
	j.emit = ofl_offblock_report;
	j.in_way = p->holders && !p->again ? note_in_way : NULL;
	j.in_way_kept = p->kept_holders;
	j.more = note_more;
	j.page = p->one_page ? note_page : NULL;
	j.page_pfn = p->page_pfn;
	j.arg = p;
	ofl_show_begin(&p->v, ctx);
	if (!ofl_offblock_only_devices(p))
		ofl_view_table(&p->v, &ofl_block_table, shown);
	st = ofl_verdicts_scan(&a->verdicts, ctx->s->t, &ctx->scan, &j, &r,
			       err);
	if (p->kept_holders && !p->again)
		ofl_kept_holders_end(p->kept_holders, !st && a->verdicts.kept);
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

static enum ofl_status choose(struct ofl_offblock *p, const struct ofl_options *o,
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
static enum ofl_status refuse_choice(const struct ofl_offblock *p,
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
	struct ofl_offblock *p = calloc(1, sizeof(*p));
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
		st = open_holders(p, a, ctx, err);
	if (!st)
		st = open_devices(p, a, err);
	if (!st)
		st = show(ctx, a, p, &shown, err);
	ofl_device_rows_free(&p->device_rows);
	free(p->row);
	ofl_holder_rows_free(&p->holder_rows);
	close_holders(p);
	free(p);
	return st;
}
