// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_offcheck.c - does every PageOffline page obey the rule */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"
#include "commands/offcheck_pass.h"
#include "commands/tables.h"

#define DEFAULT_LIMIT	20

static int by_severity(const void *a, const void *b)
{
	const struct ofl_finding_class *x = a, *y = b;
	int worse = ofl_severity_compare(y->first.severity, x->first.severity);

	if (worse)
		return worse;
	if (x->pages != y->pages)
		return x->pages > y->pages ? -1 : 1;
	return strcmp(x->first.code, y->first.code);
}

/* behind the table */
static void show_next(struct ofl_check *ck)
{
	const struct ofl_finding *f;
	size_t i;

	for (i = 0; i < ck->nr_kinds; i++) {
		f = &ck->kind[i].first;
		ofl_nexts_add(&ck->nexts, f->code, ofl_finding_next(f));
	}
	ofl_nexts_show(&ck->nexts, &ck->v);
}

static void show_kinds(struct ofl_check *ck)
{
	size_t i;

	if (ck->nr_kinds)
		qsort(ck->kind, ck->nr_kinds, sizeof(*ck->kind), by_severity);
	ofl_view_table(&ck->v, &ofl_finding_class_table, NULL);
	for (i = 0; i < ck->nr_kinds; i++)
		if (ofl_view_row(&ck->v, &ck->kind[i], ck->env->l))
			break;
	ofl_view_table_end(&ck->v);
	show_next(ck);
}

static int by_outcome(const void *a, const void *b)
{
	const struct ofl_page_class *x = a, *y = b;
	unsigned int rank_x = ofl_outcome_rows[x->outcome].rank;
	unsigned int rank_y = ofl_outcome_rows[y->outcome].rank;

	if (rank_x != rank_y)
		return rank_x < rank_y ? 1 : -1;
	if (x->pages != y->pages)
		return x->pages < y->pages ? 1 : -1;
	if (x->kind != y->kind)
		return strcmp(ofl_rule_rows[x->kind].code,
			      ofl_rule_rows[y->kind].code);
	return x->ref < y->ref ? -1 : x->ref > y->ref;
}

static void show_classes(struct ofl_check *ck)
{
	size_t i;

	if (ck->nr_classes)
		qsort(ck->class, ck->nr_classes, sizeof(ck->class[0]), by_outcome);
	ofl_view_table(&ck->v, &ofl_class_table, NULL);
	for (i = 0; i < ck->nr_classes; i++)
		if (ofl_view_row(&ck->v, &ck->class[i], ck->env->l))
			break;
	ofl_view_table_end(&ck->v);
}

static uint64_t nr_findings(const struct ofl_check *ck)
{
	return ck->findings[OFL_SEV_ERROR] + ck->findings[OFL_SEV_WARNING] +
	       ck->findings[OFL_SEV_INFO];
}

static void add_findings(const struct ofl_check *ck, struct ofl_text *text)
{
	const uint64_t *n = ck->findings;

	ofl_text_add(text, "; %" PRIu64 " error%s, %" PRIu64 " warning%s, %"
		     PRIu64 " info%s", n[OFL_SEV_ERROR],
		     ofl_plural(n[OFL_SEV_ERROR]), n[OFL_SEV_WARNING],
		     ofl_plural(n[OFL_SEV_WARNING]), n[OFL_SEV_INFO],
		     ofl_plural(n[OFL_SEV_INFO]));
}

static enum ofl_result judge(struct ofl_check *ck,
			     const struct ofl_scan_result *r,
			     struct ofl_text *text)
{
	uint64_t bad = ck->findings[OFL_SEV_ERROR] + ck->findings[OFL_SEV_WARNING];
	enum ofl_result result;
	bool short_of;
	char extra[128];
	struct ofl_text words = ofl_text_over(extra, sizeof(extra));

	add_findings(ck, &words);
	result = ofl_scan_status(r, extra, text);
	result = ofl_owners_status(result, ck->blind ? ck->blind :
				   ck->records.why_unsure, text);
	if (ck->not_listed)
		ofl_text_add(text, "; no finding is listed");
	else if (ck->interrupted)
		ofl_text_add(text, "; interrupted, %" PRIu64 " of %" PRIu64
			     " sections listed", ck->sections_listed,
			     r->sections_wanted);
	else if (ck->list_all && nr_findings(ck) > ck->shown)
		ofl_text_add(text, "; %" PRIu64
			     " more finding%s, offcheck -a lists all",
			     nr_findings(ck) - ck->shown,
			     ofl_plural(nr_findings(ck) - ck->shown));
	if (ck->records.undecided)
		ofl_show_undecided(ck->records.undecided, text);
	short_of = ofl_records_shortfall(&ck->records, text);
	if (ck->interrupted || ck->records.undecided || short_of)
		return OFL_RESULT_INCOMPLETE;
	if (result == OFL_RESULT_OK && bad)
		return OFL_RESULT_FINDINGS;
	return result;
}

static enum ofl_status parse_limit(const struct ofl_options *o, uint64_t *ret,
				   struct ofl_err *err)
{
	char *end;

	*ret = o->all || o->json ? UINT64_MAX : DEFAULT_LIMIT;
	if (!o->limit)
		return OFL_OK;
	*ret = strtoull(o->limit, &end, 10);
	if (*end || o->limit[0] < '0' || o->limit[0] > '9')
		return ofl_fail(err, OFL_ERR_ARG,
			"-l %s: not a number of findings", o->limit);
	return OFL_OK;
}

/*
 * Findings are not kept: those that there are come in a second pass. ^C in the
 * first one ends that: what it counted is printed, and nothing is listed. ^C in
 * the second one takes nothing from what the first has counted.
 */
static enum ofl_status list_findings(struct ofl_run_ctx *ctx,
				     struct ofl_analysis *a, struct ofl_check *ck,
				     const struct ofl_scan_result *r,
				     struct ofl_err *err)
{
	uint64_t counted[OFL_NR_SEVERITIES];
	struct ofl_scan_result again;
	enum ofl_status st;

	ck->not_listed = r->interrupted && nr_findings(ck);
	if (r->interrupted || !nr_findings(ck))
		return OFL_OK;
	memcpy(counted, ck->findings, sizeof(counted));
	st = ofl_check_pass(ctx, a, ck, true, &again, err);
	if (st && st != OFL_ERR_OUTPUT)
		ofl_fail_in(err, "listing findings");
	if (!st && again.interrupted) {
		memcpy(ck->findings, counted, sizeof(counted));
		ck->interrupted = true;
		ck->sections_listed = again.sections_done;
	}
	ofl_scan_result_free(&again);
	return st;
}

static enum ofl_status show_findings(struct ofl_run_ctx *ctx,
				     struct ofl_analysis *a, struct ofl_check *ck,
				     const struct ofl_scan_result *r,
				     struct ofl_err *err)
{
	enum ofl_status st;

	if (!ck->list_all) {
		show_kinds(ck);
		return OFL_OK;
	}
	ofl_view_table(&ck->v, &ofl_finding_table, NULL);
	st = list_findings(ctx, a, ck, r, err);
	ofl_view_table_end(&ck->v);
	show_next(ck);
	return st;
}

static enum ofl_status show(struct ofl_run_ctx *ctx, struct ofl_analysis *a,
			    struct ofl_check *ck, struct ofl_err *err)
{
	struct ofl_scan_result r;
	enum ofl_result result;
	enum ofl_status st;
	char message[OFL_STATUS_BYTES];
	struct ofl_text text = ofl_text_over(message, sizeof(message));

	st = ofl_check_pass(ctx, a, ck, false, &r, err);
	if (st) {
		ofl_scan_result_free(&r);
		return st;
	}
	ofl_show_begin(&ck->v, ctx);
	show_classes(ck);
	st = show_findings(ctx, a, ck, &r, err);
	if (!st)
		st = ofl_show_unknown(&ck->v, ctx, &r, err);
	ofl_show_totals(&ck->v, &r);
	result = judge(ck, &r, &text);
	result = ofl_add_doubts(ctx, ck->owners, result, &text);
	st = ofl_show_status(&ck->v, ctx, st, result, message, err);
	ofl_scan_result_free(&r);
	return st;
}

enum ofl_status ofl_cmd_offcheck(struct ofl_run_ctx *ctx, struct ofl_err *err)
{
	struct ofl_analysis *a;
	struct ofl_check *ck;
	enum ofl_status st;
	uint64_t limit;

	st = parse_limit(ctx->o, &limit, err);
	if (st)
		return st;
	ck = calloc(1, sizeof(*ck));
	if (!ck)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the check");
	ck->ctx = ctx;
	ck->limit = limit;
	ck->list_all = ctx->o->all || ctx->o->json || ctx->o->limit;
	st = ofl_session_analysis(ctx->s, &a, err);
	if (!st) {
		ck->env = &a->env;
		ck->owners = &a->owners;
		st = ofl_records_open(&ck->records, &a->env, &a->owners, err);
		ck->records.audited = true;
	}
	if (!st)
		st = show(ctx, a, ck, err);
	ofl_records_free(&ck->records);
	free(ck->class);
	free(ck->kind);
	free(ck);
	return st;
}
