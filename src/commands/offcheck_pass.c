// SPDX-License-Identifier: GPL-2.0-or-later
/* offcheck_pass.c - a pass over PageOffline pages: classes of them, and findings */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands/offcheck_pass.h"
#include "judge/next.h"

/* ---- findings by kind ---- */

static bool is_of_kind(const struct ofl_finding *a, const struct ofl_finding *b)
{
	return a->severity == b->severity && !strcmp(a->code, b->code) &&
	       a->claim.owner == b->claim.owner &&
	       a->claim.device == b->claim.device && a->device == b->device;
}

static enum ofl_status count_finding(struct ofl_check *ck,
				     const struct ofl_finding *f)
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

/* ---- adding up ---- */

static enum ofl_ref_class ref_class(int32_t refcount)
{
	return refcount < 0 ? OFL_REF_NEGATIVE : refcount == 0 ? OFL_REF_0 :
	       refcount == 1 ? OFL_REF_1 : OFL_REF_MORE;
}

static bool is_of_class(const struct ofl_page_class *pc,
			const struct ofl_classified *c)
{
	return pc->claim.owner == c->claim.owner &&
	       pc->claim.device == c->claim.device &&
	       pc->ref == ref_class(c->refcount) && pc->kind == c->kind &&
	       pc->outcome == c->outcome;
}

static bool add_class(struct ofl_check *ck, const struct ofl_classified *c)
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

static enum ofl_status count_class(struct ofl_check *ck,
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

/* of its code, else of the rule's row; as it is true in this command */
static const char *next_of(const struct ofl_check *ck,
			   const struct ofl_finding *f)
{
	const struct ofl_next_asked asked = {
		"offcheck", false, ofl_owners_want_types(ck->owners),
	};
	const char *next = f->row ? ofl_finding_do(f->row, f->severity) : NULL;

	return ofl_next_as(next ? next : f->next, &asked);
}

static enum ofl_status show_finding(struct ofl_check *ck,
				    const struct ofl_finding *given)
{
	struct ofl_finding f = *given;

	f.next = next_of(ck, given);
	ck->findings[f.severity]++;
	if (!ck->listing)
		return count_finding(ck, &f);
	if (ck->shown >= ck->limit)
		return OFL_OK;
	ck->shown++;
	return ofl_view_row(&ck->v, &f, ck->env->l);
}

static enum ofl_status close_finding(struct ofl_check *ck)
{
	enum ofl_status st = OFL_OK;

	if (ck->open.pages)
		st = show_finding(ck, &ck->open);
	ck->open.pages = 0;
	return st;
}

static enum ofl_status add_finding(struct ofl_check *ck,
				   const struct ofl_classified *c,
				   uint64_t pages, enum ofl_severity severity,
				   const struct ofl_finding_row *row)
{
	const char *code = row ? row->code : ofl_rule_rows[c->kind].code;
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
		.severity = severity, .row = row, .code = code,
		.what = row ? row->what : ofl_rule_rows[c->kind].what,
		.next = ofl_page_next(c->kind, &c->claim), .about_pages = true,
		.start_pfn = c->pfn, .pages = pages, .page_kva = c->page_kva,
		.flags = c->flags, .refcount = c->refcount, .claim = c->claim,
		.device = ofl_owner_device(ck->owners, &c->claim),
	};
	return st;
}

/* the rule and the records may both find something: the worse counts */
static enum ofl_status check_offline(struct ofl_check *ck,
				     const struct ofl_classified *c,
				     uint64_t pages)
{
	enum ofl_severity by_rule = ofl_audit_rule(c), by_records;
	const struct ofl_finding_row *row;

	if (!ck->listing) {
		if (count_class(ck, c, pages))
			return OFL_ERR_NOMEM;
		ofl_records_add(&ck->records, c, pages);
	}
	row = ofl_audit_offline(&ck->audit, c, &by_records);
	/* a finding that knows what is in flight goes first */
	if (row && ofl_severity_compare(by_records, by_rule) >= 0)
		return add_finding(ck, c, pages, by_records, row);
	return by_rule ? add_finding(ck, c, pages, by_rule, NULL) : OFL_OK;
}

static enum ofl_status check_known(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages,
				   const unsigned char *raw,
				   const unsigned char *raw_end)
{
	const struct ofl_finding_row *row;
	struct ofl_check *ck = arg;
	struct ofl_classified c;
	enum ofl_severity severity;

	ofl_classify(&ck->classifier, s, p, raw, raw_end, false, &c);
	row = ofl_audit_other(&ck->audit, &c, &severity);
	return row ? add_finding(ck, &c, pages, severity, row) : OFL_OK;
}

static enum ofl_status check_pages(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages)
{
	struct ofl_check *ck = arg;
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
static enum ofl_status look_again(struct ofl_check *ck, uint64_t lo_pfn,
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

	part.lo_pfn = lo_pfn;
	part.hi_pfn = hi_pfn;
	st = ofl_scan(s->t, &s->layout, &s->nodes, &req, &sink, 1, &r, &ck->again);
	if (st && ck->again.status == st)
		ofl_fail_in(&ck->again, "looking again at the pages from 0x%"
			    PRIx64 " on, which a driver's records want offline",
			    lo_pfn);
	if (!st && r.interrupted)
		st = OFL_ERR_INTERRUPTED;
	ofl_scan_result_free(&r);
	return st;
}

/* no page from the last one that was checked up to @end_pfn is offline */
static enum ofl_status check_gap(struct ofl_check *ck, const struct ofl_section *s,
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
	struct ofl_check *ck = arg;
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
	struct ofl_check *ck = arg;
	uint64_t end_pfn = s->start_pfn + ck->env->l->section_pages;

	if (!s->online || s->corrupt)
		return OFL_OK;
	if (end_pfn > ck->ctx->filter.hi_pfn)
		end_pfn = ck->ctx->filter.hi_pfn;
	return check_gap(ck, s, end_pfn);
}

/* ---- the records of devices ---- */

static enum ofl_status check_account(struct ofl_check *ck,
				     const struct ofl_device_records *k,
				     const struct ofl_account *a)
{
	enum ofl_status st = OFL_OK;
	unsigned int i;

	for (i = 0; i < a->nr_complaints && !st; i++) {
		const struct ofl_complaint *c = &a->complaint[i];
		struct ofl_finding f = {
			.severity = c->severity, .row = c->row,
			.code = c->row->code, .what = c->text, .start_pfn = c->pfn,
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
static enum ofl_status check_records(struct ofl_check *ck)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	for (i = 0; i < ck->records.nr && !st; i++)
		if (ck->records.device[i].owner)
			st = check_account(ck, &ck->records.device[i],
					   &ck->records.device[i].account);
	return st ? st : check_account(ck, NULL, &ck->records.kernel);
}

enum ofl_status ofl_check_pass(struct ofl_run_ctx *ctx, struct ofl_analysis *a,
			       struct ofl_check *ck, bool listing,
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
	else if (st && ck->again.status == st)
		*err = ck->again;
	if (!st)
		st = close_finding(ck);
	if (!st && !listing)
		st = ofl_records_close(&ck->records, !ctx->filter.any, r, err);
	return st ? st : check_records(ck);
}
