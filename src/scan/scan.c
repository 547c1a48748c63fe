// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scan.c - one pass over the memmap
 *
 * The sections of the filter, one after the other, from wherever source.c has
 * them, and the totals of all.
 */
#include <stdlib.h>
#include <string.h>

#include "scan/scan.h"
#include "scan/source.h"

/** struct pass - state of one pass */
struct pass {
	const struct ofl_target *t;
	struct ofl_source *src;
	struct ofl_sinks sinks;
	struct ofl_scan_result *r;
	uint64_t to_read;		/* sections that are not kept yet */
};

static enum ofl_status count_section(void *arg, const struct ofl_section *s)
{
	struct pass *p = arg;

	if (!ofl_source_wants(p->src, s))
		return OFL_OK;
	p->r->sections_wanted++;
	p->to_read += !ofl_source_has_kept(p->src, s);
	return OFL_OK;
}

static enum ofl_status end_section(const struct ofl_sinks *sinks,
				   const struct ofl_section *s)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	for (i = 0; i < sinks->nr && !st; i++)
		if (sinks->sink[i].done)
			st = sinks->sink[i].done(sinks->sink[i].arg, s);
	return st;
}

static enum ofl_status scan_section(void *arg, const struct ofl_section *s)
{
	struct pass *p = arg;
	const struct ofl_target *t = p->t;
	enum ofl_status st;

	if (!ofl_source_wants(p->src, s))
		return OFL_OK;
	if (ofl_interrupted(t)) {
		p->r->interrupted = true;
		return OFL_ERR_INTERRUPTED;
	}
	st = ofl_source_get(p->src, s, &p->sinks, p->r);
	if (!st)
		st = end_section(&p->sinks, s);
	p->r->sections_done++;
	ofl_progress(t, p->r->sections_done,
				 p->r->sections_wanted);
	return st;
}

/* struct pages stay where they were read: only sums of them cross a pipe */
static unsigned int nr_processes(const struct pass *p, unsigned int asked)
{
	const struct ofl_look *lk = p->src->look;
	unsigned int nr;

	if (lk->want_known && !ofl_sinks_summing(&p->sinks))
		return 1;
	nr = ofl_workers_number(p->t, asked, p->to_read * lk->l->section_pages,
				lk->every_page);
	return nr < p->to_read ? nr : (unsigned int)p->to_read;
}

static enum ofl_status scan_sections(struct pass *p,
				     const struct ofl_scan_request *req)
{
	const struct ofl_layout *l = p->src->look->l;
	const struct ofl_filter *f = req->filter;

	ofl_section_walk(p->t, l, f->lo_pfn, f->hi_pfn, count_section, p,
			 &p->r->sections);
	ofl_source_share(p->src, nr_processes(p, req->workers),
			 ofl_sinks_summing(&p->sinks));
	return ofl_section_walk(p->t, l, f->lo_pfn, f->hi_pfn, scan_section, p,
				&p->r->sections);
}

/*
 * If two readers disagree, neither is believed: then no result of this command
 * can be trusted.
 */
static enum ofl_status check_readers(const struct ofl_target *t,
				     const struct ofl_scan_request *req,
				     struct ofl_err *err)
{
	enum ofl_status st = ofl_readers_agree(t, err);

	/* nor what earlier commands kept, even when this one does not use it */
	if (st && req->recall)
		ofl_recall_free(req->recall);
	return st;
}

static enum ofl_status scan_with(struct ofl_look *lk,
				 const struct ofl_scan_request *req,
				 struct pass *p, struct ofl_err *err)
{
	bool keeps = !lk->every_page && !lk->want_known && !lk->t->live;
	struct ofl_source src;
	enum ofl_status st;

	st = ofl_source_open(&src, lk, keeps ? req->recall : NULL, err);
	if (st)
		return st;
	p->src = &src;
	st = scan_sections(p, req);
	ofl_source_close(&src);
	if (st == OFL_ERR_INTERRUPTED) {
		p->r->interrupted = true;
		st = OFL_OK;	/* what was found until then is worth showing */
	}
	return st ? st : check_readers(lk->t, req, err);
}

/* does a sink get pages that are not offline? and if so, each by itself? */
static bool any_known(const struct ofl_sinks *sinks, bool each)
{
	size_t i;

	for (i = 0; i < sinks->nr; i++)
		if (sinks->sink[i].known && !(each && sinks->sink[i].span))
			return true;
	return false;
}

enum ofl_status ofl_scan(const struct ofl_target *t, const struct ofl_layout *l,
			 const struct ofl_nodes *n,
			 const struct ofl_scan_request *req,
			 const struct ofl_sink *sinks, size_t nr_sinks,
			 struct ofl_scan_result *r, struct ofl_err *err)
{
	struct pass p = { .t = t, .sinks = { sinks, nr_sinks }, .r = r };
	struct ofl_look lk = {
		.t = t, .l = l, .n = n, .filter = req->filter,
		.ram = req->ram, .ram_arg = req->ram_arg,
		.want_known = any_known(&p.sinks, false),
	};
	enum ofl_status st;

	lk.every_page = req->every_page || any_known(&p.sinks, true);
	lk.reads_ahead = lk.every_page && lk.want_known;
	memset(r, 0, sizeof(*r));
	r->zone = calloc(n->nr_zones, sizeof(*r->zone));
	if (!r->zone)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the scan");
	ofl_blocks_count(t, l, req->filter->lo_pfn, req->filter->hi_pfn,
			 &r->blocks);
	st = ofl_look_init(&lk, err);
	if (!st)
		st = scan_with(&lk, req, &p, err);
	ofl_look_free(&lk);
	return st;
}
