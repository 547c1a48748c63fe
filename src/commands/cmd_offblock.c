// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_offblock.c - can each memory block be offlined, and if not, why not */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/command.h"
#include "commands/explain.h"
#include "commands/tables.h"
#include "judge/judge.h"
#include "target/count.h"

/* ---- one row a block ---- */

#define REPORT(row) ((const struct ofl_block_report *)(row))

static void get_name(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	snprintf(ret->text, sizeof(ret->text), "memory%" PRIu64,
		 REPORT(row)->block->nr);
}

static void get_nr(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)REPORT(row)->block->nr);
}

static void get_phys(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_layout *l = ctx;
	uint64_t start = REPORT(row)->start_pfn * l->page_bytes;
	uint64_t bytes = l->sections_per_block * l->section_pages *
			 l->page_bytes;

	*ret = ofl_cell_span(start, start + bytes - 1);
}

static void get_start(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(REPORT(row)->start_pfn);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)REPORT(row)->pages);
}

static void get_node(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (REPORT(row)->node >= 0)
		*ret = ofl_cell_int(REPORT(row)->node);
}

static void get_zone(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (REPORT(row)->zone && !REPORT(row)->several_zones)
		*ret = ofl_cell_text(REPORT(row)->zone->name);
}

static void get_state(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_block_state_text(REPORT(row)->block->state));
}

static void get_offline(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)REPORT(row)->offline);
}

static void get_verdict(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_outcome_rows[REPORT(row)->verdict].block);
}

static void get_code(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(REPORT(row)->code);
}

static void get_reason(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(REPORT(row)->reason);
}

static void get_blocker(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_block_report *r = row;

	(void)ctx;
	if (r->decider != OFL_NR_KINDS)
		*ret = ofl_cell_hex(r->decider_pfn);
}

static const struct ofl_column block_columns[] = {
	{ "BLOCK", "name", 9, false, 0, get_name, OFL_JSON_STRING,
	  "name of the memory block in /sys/devices/system/memory" },
	{ NULL, "nr", 0, false, 0, get_nr, OFL_JSON_NUMBER,
	  "number of the memory block" },
	{ "PHYS", NULL, 23, false, 0, get_phys, OFL_JSON_NONE,
	  "first and last physical address" },
	{ NULL, "start_pfn", 0, false, 0, get_start, OFL_JSON_NUMBER,
	  "first page frame number" },
	{ NULL, "pages", 0, false, 0, get_pages, OFL_JSON_NUMBER,
	  "number of pages, without the memmap that the block itself "
	  "may hold" },
	{ "NODE", "node", 4, true, 0, get_node, OFL_JSON_NUMBER_OR_NULL,
	  "NUMA node" },
	{ "ZONE", "zone", 7, false, 0, get_zone, OFL_JSON_STRING_OR_NULL,
	  "zone; none if there are several, or none" },
	{ "STATE", "state", 7, false, 0, get_state, OFL_JSON_STRING,
	  "online, going-offline, offline or other" },
	{ "OFFLINE", "offline", 7, true, 0, get_offline, OFL_JSON_NUMBER,
	  "PageOffline pages" },
	{ "VERDICT", "verdict", 10, false, 0, get_verdict, OFL_JSON_STRING,
	  "what offlining the block would come to" },
	{ "PFN", "blocker_pfn", 8, false, 0, get_blocker,
	  OFL_JSON_NUMBER_OR_NULL,
	  "first page that decides" },
	{ NULL, "code", 0, false, 0, get_code, OFL_JSON_STRING,
	  "row of the rule, or the step, that decides; empty if "
	  "nothing is in the way" },
	{ "REASON", "reason", 20, false, 0, get_reason, OFL_JSON_STRING,
	  "the same in words, for people; begins with the kernel's "
	  "own words if the block is blocked" },
};

const struct ofl_table ofl_block_table = {
	"blocks", false,
	"memory blocks, the units of /sys/devices/system/memory, "
	"ascending",
	block_columns,
	OFL_COUNT(block_columns),
};

/* ---- the command ---- */

/** struct printer - where reports go */
struct printer {
	struct ofl_view v;
	const struct ofl_env *env;
	uint64_t verdicts[OFL_NR_OUTCOMES];
	uint64_t nr;
	const char *blind;		/* why some page's owner is not known */
	bool explain;
	struct ofl_filter wanted;	/* node and zone */
	struct ofl_block_report kept;	/* the block to explain */
};

static enum ofl_status print_report(void *arg, const struct ofl_block_report *r)
{
	struct printer *p = arg;
	bool any = p->wanted.node < 0 && !p->wanted.zone[0];
	int k;

	if (!any && (!r->zone || !ofl_filter_wants_zone(&p->wanted, r->zone)))
		return OFL_OK;
	for (k = 0; k < OFL_NR_KINDS; k++)
		if (r->kind[k].claim.blind || r->kind[k].claim.unsure)
			p->blind = r->kind[k].claim.blind ?
				   r->kind[k].claim.blind :
				   r->kind[k].claim.unsure;
	p->verdicts[r->verdict]++;
	p->nr++;
	p->kept = *r;
	return ofl_view_row(&p->v, r, p->env->l);
}

static enum ofl_result judge(struct printer *p, const struct ofl_analysis *a,
			     const struct ofl_scan_result *r,
			     struct ofl_text *text)
{
	enum ofl_result result;
	bool first = true;
	int i;

	ofl_text_add(text, "%" PRIu64 " block%s", p->nr, ofl_plural(p->nr));
	for (i = 0; i < OFL_NR_OUTCOMES; i++) {
		if (!p->verdicts[i])
			continue;
		ofl_text_add(text, "%s%" PRIu64 " %s", first ? ": " : ", ",
			     p->verdicts[i], ofl_outcome_rows[i].block);
		first = false;
	}
	result = ofl_scan_shortfall(r, text);
	result = ofl_owners_status(result, p->blind, text);
	if (p->verdicts[OFL_OUT_UNKNOWN] || a->blocks.lost)
		result = OFL_RESULT_INCOMPLETE;
	return result;
}

static enum ofl_status show(struct ofl_run_ctx *ctx, struct ofl_analysis *a,
			    const struct ofl_columns *shown, struct ofl_err *err)
{
	const struct ofl_filter_args *given = &ctx->o->filter;
	struct printer p = {
		.env = &a->env, .wanted = ctx->filter,
		.explain = given->operand || given->block || given->section ||
			   given->pfn || given->phys,
	};
	struct ofl_scan_result r;
	struct ofl_judge j;
	struct ofl_sink sink;
	enum ofl_result result;
	enum ofl_status st;
	char message[OFL_STATUS_BYTES];
	struct ofl_text text = ofl_text_over(message, sizeof(message));

	st = ofl_filter_whole_blocks(a->env.l, a->env.n, &ctx->filter, err);
	if (st)
		return st;
	ofl_judge_init(&j, &a->env, &a->owners, &a->blocks, &a->ram,
		       &ctx->filter);
	j.emit = print_report;
	j.arg = &p;
	sink = ofl_judge_sink(&j);
	ofl_show_begin(&p.v, ctx);
	ofl_view_table(&p.v, &ofl_block_table, shown);
	st = ofl_scan(ctx->s->t, &ctx->s->layout, &ctx->s->nodes, &ctx->scan,
		      &sink, 1, &r, err);
	if (!st && !r.interrupted)
		st = ofl_judge_finish(&j);
	ofl_view_table_end(&p.v);
	if (!st && p.explain && p.nr == 1)
		ofl_explain_block(&p.v, &a->env, &p.kept);
	/* every page was looked at, so every hole was seen: again then */
	ctx->scan.every_page = true;
	if (!st)
		st = ofl_show_unknown(&p.v, ctx, &r, err);
	if (!st)
		ofl_show_totals(&p.v, &r);
	result = judge(&p, a, &r, &text);
	result = ofl_add_doubts(ctx, &a->owners, result, &text);
	st = ofl_show_status(&p.v, ctx, st, result, message, err);
	ofl_scan_result_free(&r);
	return st;
}

enum ofl_status ofl_cmd_offblock(struct ofl_run_ctx *ctx, struct ofl_err *err)
{
	struct ofl_analysis *a;
	struct ofl_columns shown;
	enum ofl_status st = OFL_OK;

	ofl_columns_default(&ofl_block_table, &shown);
	if (ctx->o->columns)
		st = ofl_columns_parse(&ofl_block_table, ctx->o->columns, &shown,
				       err);
	if (st)
		return st;
	st = ofl_session_analysis(ctx->s, &a, err);
	if (!st)
		st = ofl_analysis_load_ram(a, err);
	return st ? st : show(ctx, a, &shown, err);
}
