// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_offcheck.c - does every PageOffline page obey the rule */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"
#include "commands/nexts.h"
#include "commands/offcheck.h"
#include "commands/tables.h"
#include "judge/audit.h"
#include "judge/next.h"
#include "target/count.h"

#define DEFAULT_LIMIT	20

static enum ofl_ref_class ref_class(int32_t refcount)
{
	return refcount < 0 ? OFL_REF_NEGATIVE : refcount == 0 ? OFL_REF_0 :
	       refcount == 1 ? OFL_REF_1 : OFL_REF_MORE;
}

/** struct check - state of one pass */
struct check {
	struct ofl_view v;
	struct ofl_run_ctx *ctx;
	const struct ofl_env *env;
	struct ofl_owners *owners;
	struct ofl_records records;
	struct ofl_audit audit;
	struct ofl_classifier classifier;
	struct ofl_page_class *class;	/* owned */
	size_t nr_classes, room;
	struct ofl_finding_class *kind;	/* owned */
	size_t nr_kinds, kinds_room;
	struct ofl_nexts nexts;
	bool list_all;			/* a row for every range */
	bool no_memory;			/* for another class */
	struct ofl_finding open;		/* pages == 0: none */
	uint64_t limit, shown;		/* findings */
	uint64_t findings[OFL_SEV_ERROR + 1];	/* ranges, by severity */
	bool listing;			/* second pass: print findings */
	uint64_t done_pfn;		/* what lies before was checked */
	const char *blind;		/* why some page's owner is not known */
	/* ^C while they are counted, or listed: */
	bool not_listed, interrupted;
	uint64_t sections_listed;
};

static bool is_of_kind(const struct ofl_finding *a, const struct ofl_finding *b)
{
	return a->severity == b->severity && !strcmp(a->code, b->code) &&
	       a->claim.owner == b->claim.owner &&
	       a->claim.device == b->claim.device && a->device == b->device;
}

static enum ofl_status count_finding(struct check *ck, const struct ofl_finding *f)
{
	struct ofl_finding_class *all = ck->kind;
	size_t i;

	for (i = 0; i < ck->nr_kinds; i++)
		if (is_of_kind(&all[i].first, f)) {
			all[i].ranges++;
			all[i].pages += f->pages;
			return OFL_OK;
		}
	if (ck->nr_kinds == ck->kinds_room) {
		ck->kinds_room = ck->kinds_room ? 2 * ck->kinds_room : 16;
		all = realloc(ck->kind, ck->kinds_room * sizeof(*all));
		ck->no_memory = !all;
		if (!all)
			return OFL_ERR_NOMEM;
		ck->kind = all;
	}
	all[ck->nr_kinds++] = (struct ofl_finding_class){ *f, 1, f->pages };
	return OFL_OK;
}

static int by_severity(const void *a, const void *b)
{
	const struct ofl_finding_class *x = a, *y = b;

	if (x->first.severity != y->first.severity)
		return x->first.severity > y->first.severity ? -1 : 1;
	if (x->pages != y->pages)
		return x->pages > y->pages ? -1 : 1;
	return strcmp(x->first.code, y->first.code);
}

/* behind the table */
static void show_next(struct check *ck)
{
	const struct ofl_finding *f;
	size_t i;

	for (i = 0; i < ck->nr_kinds; i++) {
		f = &ck->kind[i].first;
		ofl_nexts_add(&ck->nexts, f->code, ofl_finding_next(f));
	}
	ofl_nexts_show(&ck->nexts, &ck->v);
}

static void show_kinds(struct check *ck)
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

/* ---- adding up ---- */

static bool is_of_class(const struct ofl_page_class *pc,
			const struct ofl_classified *c)
{
	return pc->claim.owner == c->claim.owner &&
	       pc->claim.device == c->claim.device &&
	       pc->ref == ref_class(c->refcount) && pc->kind == c->kind &&
	       pc->outcome == c->outcome;
}

static bool add_class(struct check *ck, const struct ofl_classified *c)
{
	size_t room = ck->room ? 2 * ck->room : 64;
	struct ofl_page_class *all = ck->class;

	if (ck->nr_classes == ck->room) {
		all = realloc(ck->class, room * sizeof(*all));
		if (!all)
			return false;
		ck->class = all;
		ck->room = room;
	}
	all[ck->nr_classes++] = (struct ofl_page_class){
		c->claim, ofl_owner_device(ck->owners, &c->claim),
		ref_class(c->refcount), c->kind, c->outcome, 0 };
	return true;
}

static enum ofl_status count_class(struct check *ck,
				   const struct ofl_classified *c,
				   uint64_t pages)
{
	size_t i = 0;

	if (c->claim.blind || c->claim.unsure)
		ck->blind = c->claim.blind ? c->claim.blind : c->claim.unsure;
	while (i < ck->nr_classes && !is_of_class(&ck->class[i], c))
		i++;
	if (i == ck->nr_classes && !add_class(ck, c)) {
		ck->no_memory = true;
		return OFL_ERR_NOMEM;
	}
	ck->class[i].pages += pages;
	return OFL_OK;
}

static enum ofl_status show_finding(struct check *ck, const struct ofl_finding *f)
{
	ck->findings[f->severity]++;
	if (!ck->listing)
		return count_finding(ck, f);
	if (ck->shown >= ck->limit)
		return OFL_OK;
	ck->shown++;
	return ofl_view_row(&ck->v, f, ck->env->l);
}

static enum ofl_status close_finding(struct check *ck)
{
	enum ofl_status st = OFL_OK;

	if (ck->open.pages)
		st = show_finding(ck, &ck->open);
	ck->open.pages = 0;
	return st;
}

static enum ofl_status add_finding(struct check *ck,
				   const struct ofl_classified *c,
				   uint64_t pages, enum ofl_severity severity,
				   const char *code, const char *what)
{
	struct ofl_finding *f = &ck->open;
	enum ofl_status st;

	if (f->pages && f->start_pfn + f->pages == c->pfn &&
	    f->severity == severity && f->code == code &&
	    f->refcount == c->refcount && f->flags == c->flags &&
	    f->claim.owner == c->claim.owner &&
	    f->claim.device == c->claim.device) {
		f->pages += pages;
		return OFL_OK;
	}
	st = close_finding(ck);
	*f = (struct ofl_finding){
		.severity = severity, .code = code, .what = what,
		.next = ofl_page_next(c->kind, &c->claim), .about_pages = true,
		.start_pfn = c->pfn, .pages = pages, .page_kva = c->page_kva,
		.flags = c->flags, .refcount = c->refcount, .claim = c->claim,
		.device = ofl_owner_device(ck->owners, &c->claim),
	};
	return st;
}

/* the rule and the records may both find something: the worse counts */
static enum ofl_status check_offline(struct check *ck,
				     const struct ofl_classified *c,
				     uint64_t pages)
{
	enum ofl_severity by_rule = ofl_audit_rule(c), by_records;
	const struct ofl_audit_row *row;

	if (!ck->listing) {
		if (count_class(ck, c, pages))
			return OFL_ERR_NOMEM;
		ofl_records_add(&ck->records, c, pages);
	}
	row = ofl_audit_offline(&ck->audit, c, &by_records);
	/* a finding that knows what is in flight goes first */
	if (row && by_records >= by_rule)
		return add_finding(ck, c, pages, by_records, row->code,
				   row->what);
	if (!by_rule)
		return OFL_OK;
	return add_finding(ck, c, pages, by_rule, ofl_rule_rows[c->kind].code,
			   ofl_rule_rows[c->kind].what);
}

static enum ofl_status check_known(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages,
				   const unsigned char *raw,
				   const unsigned char *raw_end)
{
	const struct ofl_audit_row *row;
	struct check *ck = arg;
	struct ofl_classified c;
	enum ofl_severity severity;

	ofl_classify(&ck->classifier, s, p, raw, raw_end, false, &c);
	row = ofl_audit_other(&ck->audit, &c, &severity);
	return row ? add_finding(ck, &c, pages, severity, row->code, row->what) :
		     OFL_OK;
}

static enum ofl_status check_pages(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages)
{
	struct check *ck = arg;
	uint64_t end_pfn = p->pfn + pages, n;
	struct ofl_classified c;
	struct ofl_page at = *p;
	enum ofl_status st = OFL_OK;

	for (; at.pfn < end_pfn && !st; at.pfn += n) {
		n = ofl_classify_run(&ck->classifier, s, &at, end_pfn - at.pfn,
				     &c);
		st = check_offline(ck, &c, n);
	}
	return st;
}

/* pages that a driver's records want offline, and that the scan did not find so */
static enum ofl_status look_again(struct check *ck, uint64_t lo_pfn,
				  uint64_t hi_pfn)
{
	const struct ofl_session *s = ck->ctx->s;
	struct ofl_filter part = ck->ctx->filter;
	const struct ofl_scan_request req = { .filter = &part };
	const struct ofl_sink sink = {
		.known = check_known, .offline = check_pages, .arg = ck,
	};
	struct ofl_scan_result r;
	enum ofl_status st;
	struct ofl_err err;

	part.lo_pfn = lo_pfn;
	part.hi_pfn = hi_pfn;
	st = ofl_scan(s->t, &s->layout, &s->nodes, &req, &sink, 1, &r, &err);
	ck->no_memory |= st == OFL_ERR_NOMEM;
	if (!st && r.interrupted)
		st = OFL_ERR_INTERRUPTED;
	ofl_scan_result_free(&r);
	return st;
}

/* no page from the last one that was checked up to @end_pfn is offline */
static enum ofl_status check_gap(struct check *ck, const struct ofl_section *s,
				 uint64_t end_pfn)
{
	uint64_t pfn = ck->done_pfn, n;
	enum ofl_status st = OFL_OK;
	struct ofl_claim claim;
	bool expected;

	if (pfn < s->start_pfn)
		pfn = s->start_pfn;
	if (pfn < ck->ctx->filter.lo_pfn)
		pfn = ck->ctx->filter.lo_pfn;
	for (; pfn < end_pfn && !st; pfn += n) {
		expected = ofl_owners_expect(ck->owners, pfn, &claim);
		n = ofl_claim_pages(&claim, pfn, end_pfn - pfn);
		if (expected)
			st = look_again(ck, pfn, pfn + n);
	}
	ck->done_pfn = end_pfn;
	return st;
}

static enum ofl_status check_run(void *arg, const struct ofl_section *s,
				 const struct ofl_page *p, uint64_t pages)
{
	struct check *ck = arg;
	enum ofl_status st;

	if (!s->online)
		return OFL_OK;
	st = check_gap(ck, s, p->pfn);
	if (!st)
		st = check_pages(ck, s, p, pages);
	ck->done_pfn = p->pfn + pages;
	return st;
}

static enum ofl_status check_done(void *arg, const struct ofl_section *s)
{
	struct check *ck = arg;
	uint64_t end_pfn = s->start_pfn + ck->env->l->section_pages;

	if (!s->online || s->corrupt)
		return OFL_OK;
	if (end_pfn > ck->ctx->filter.hi_pfn)
		end_pfn = ck->ctx->filter.hi_pfn;
	return check_gap(ck, s, end_pfn);
}

/* ---- the records of devices ---- */

static enum ofl_status check_account(struct check *ck,
				     const struct ofl_device_records *k,
				     const struct ofl_account *a)
{
	enum ofl_status st = OFL_OK;
	unsigned int i;

	for (i = 0; i < a->nr_complaints && !st; i++) {
		const struct ofl_complaint *c = &a->complaint[i];
		struct ofl_finding f = {
			.severity = c->severity, .code = c->code,
			.what = c->text, .start_pfn = c->pfn,
			.pages = c->pages,
		};

		if (k) {
			f.claim.owner = k->owner;
			f.device = k->dev.name;
		}
		st = show_finding(ck, &f);
	}
	return st;
}

/* pages without owner are findings of their own, page by page */
static enum ofl_status check_records(struct check *ck)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	for (i = 0; i < ck->records.nr && !st; i++)
		if (ck->records.device[i].owner)
			st = check_account(ck, &ck->records.device[i],
					   &ck->records.device[i].account);
	return st ? st : check_account(ck, NULL, &ck->records.kernel);
}

static enum ofl_status pass(struct ofl_run_ctx *ctx, struct ofl_analysis *a,
			    struct check *ck, bool listing,
			    struct ofl_scan_result *r, struct ofl_err *err)
{
	const struct ofl_sink sink = {
		.offline = check_run, .done = check_done, .arg = ck,
	};
	enum ofl_status st;

	ck->done_pfn = 0;
	ofl_classifier_init(&ck->classifier, &a->env, &a->owners,
			    a->env.blocks);
	ck->listing = listing;
	ofl_audit_init(&ck->audit, &ck->records);
	memset(ck->findings, 0, sizeof(ck->findings));
	st = ofl_scan(ctx->s->t, &ctx->s->layout, &ctx->s->nodes, &ctx->scan,
		      &sink, 1, r, err);
	if (ck->no_memory)
		ofl_fail(err, st, "no memory for the kinds of pages");
	if (!st)
		st = close_finding(ck);
	if (!st && !listing)
		st = ofl_records_close(&ck->records, !ctx->filter.any, r, err);
	return st ? st : check_records(ck);
}

static int by_outcome(const void *a, const void *b)
{
	const struct ofl_page_class *x = a, *y = b;
	unsigned int rank_x = ofl_outcome_rows[x->outcome].rank;
	unsigned int rank_y = ofl_outcome_rows[y->outcome].rank;

	if (rank_x != rank_y)
		return rank_x < rank_y ? 1 : -1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->ref < y->ref ? -1 : x->ref > y->ref;
}

static void show_classes(struct check *ck)
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

static uint64_t nr_findings(const struct check *ck)
{
	return ck->findings[OFL_SEV_ERROR] + ck->findings[OFL_SEV_WARNING] +
	       ck->findings[OFL_SEV_INFO];
}

static void add_findings(const struct check *ck, struct ofl_text *text)
{
	const uint64_t *n = ck->findings;

	ofl_text_add(text, "; %" PRIu64 " error%s, %" PRIu64 " warning%s, %"
		     PRIu64 " info%s", n[OFL_SEV_ERROR],
		     ofl_plural(n[OFL_SEV_ERROR]), n[OFL_SEV_WARNING],
		     ofl_plural(n[OFL_SEV_WARNING]), n[OFL_SEV_INFO],
		     ofl_plural(n[OFL_SEV_INFO]));
}

static enum ofl_result judge(struct check *ck, const struct ofl_scan_result *r,
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
				     struct ofl_analysis *a, struct check *ck,
				     const struct ofl_scan_result *r,
				     struct ofl_err *err)
{
	uint64_t counted[OFL_SEV_ERROR + 1];
	struct ofl_scan_result again;
	enum ofl_status st;

	ck->not_listed = r->interrupted && nr_findings(ck);
	if (r->interrupted || !nr_findings(ck))
		return OFL_OK;
	memcpy(counted, ck->findings, sizeof(counted));
	st = pass(ctx, a, ck, true, &again, err);
	if (!st && again.interrupted) {
		memcpy(ck->findings, counted, sizeof(counted));
		ck->interrupted = true;
		ck->sections_listed = again.sections_done;
	}
	ofl_scan_result_free(&again);
	return st;
}

static enum ofl_status show_findings(struct ofl_run_ctx *ctx,
				     struct ofl_analysis *a, struct check *ck,
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
			    struct check *ck, struct ofl_err *err)
{
	struct ofl_scan_result r;
	enum ofl_result result;
	enum ofl_status st;
	char message[OFL_STATUS_BYTES];
	struct ofl_text text = ofl_text_over(message, sizeof(message));

	st = pass(ctx, a, ck, false, &r, err);
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
	struct check *ck;
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
