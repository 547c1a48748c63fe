// SPDX-License-Identifier: GPL-2.0-or-later
/* verdicts.c - keep the reports of a pass over blocks, and repeat them */
#include <stdlib.h>
#include <string.h>

#include "judge/verdicts.h"

/** struct noting - a pass whose reports are to be kept */
struct noting {
	struct ofl_verdicts *v;
	enum ofl_status (*emit)(void *arg, const struct ofl_block_report *r);
	void *arg;
	bool lost;		/* some cannot be kept */
};

void ofl_verdicts_free(struct ofl_verdicts *v)
{
	free(v->report);
	ofl_scan_result_free(&v->r);
	memset(v, 0, sizeof(*v));
}

/* a reason why an owner is not known belongs to the command that met it */
static bool is_certain(const struct ofl_block_report *r)
{
	int k;

	for (k = 0; k < OFL_NR_KINDS; k++)
		if (r->kind[k].claim.blind || r->kind[k].claim.unsure)
			return false;
	return true;
}

static bool keep(struct ofl_verdicts *v, const struct ofl_block_report *r)
{
	size_t room = v->room ? 2 * v->room : 16;
	struct ofl_block_report *more;

	if (v->nr == v->room) {
		if (room * sizeof(*more) > OFL_VERDICTS_BYTES)
			return false;
		more = realloc(v->report, room * sizeof(*more));
		if (!more)
			return false;
		v->report = more;
		v->room = room;
	}
	v->report[v->nr++] = *r;
	return true;
}

static enum ofl_status note_report(void *arg, const struct ofl_block_report *r)
{
	struct noting *n = arg;

	if (!n->lost && (!is_certain(r) || !keep(n->v, r)))
		n->lost = true;
	return n->emit(n->arg, r);
}

static bool same_filter(const struct ofl_filter *a, const struct ofl_filter *b)
{
	return a->lo_pfn == b->lo_pfn && a->hi_pfn == b->hi_pfn &&
	       a->node == b->node && !strcmp(a->zone, b->zone);
}

/* devices that are known: some are from pages only, and then forgotten */
static unsigned int nr_devices(const struct ofl_owners *o)
{
	unsigned int nr = 0;
	size_t i;

	for (i = 0; o && ofl_owner_table[i]; i++)
		nr += ofl_owner_devices(o, i);
	return nr;
}

static uint64_t nr_missed(const struct ofl_judge *j)
{
	return j->env->t->missed ? j->env->t->missed->reads : 0;
}

static bool copy_result(const struct ofl_scan_result *from, size_t nr_zones,
			struct ofl_scan_result *to)
{
	*to = *from;
	to->zone = calloc(nr_zones, sizeof(*to->zone));
	if (to->zone && nr_zones)
		memcpy(to->zone, from->zone, nr_zones * sizeof(*to->zone));
	return to->zone;
}

static enum ofl_status scan(const struct ofl_target *t,
			    const struct ofl_scan_request *req,
			    struct ofl_judge *j, struct ofl_scan_result *r,
			    struct ofl_err *err)
{
	struct ofl_sink sink = ofl_judge_sink(j);
	enum ofl_status st = ofl_scan(t, j->env->l, j->env->n, req, &sink, 1, r,
				      err);

	return st ? st : ofl_judge_finish(j, r->interrupted);
}

static enum ofl_status scan_and_keep(struct ofl_verdicts *v,
				     const struct ofl_target *t,
				     const struct ofl_scan_request *req,
				     struct ofl_judge *j,
				     struct ofl_scan_result *r,
				     struct ofl_err *err)
{
	struct noting n = { .v = v, .emit = j->emit, .arg = j->arg };
	unsigned int devices = nr_devices(j->env->owners);
	uint64_t missed = nr_missed(j);
	enum ofl_status st;

	ofl_verdicts_free(v);
	j->emit = note_report;
	j->arg = &n;
	st = scan(t, req, j, r, err);
	v->filter = *req->filter;
	v->kept = !st && !n.lost && !r->interrupted && !r->total.unknown &&
		  !r->stale_unread && !r->hidden && missed == nr_missed(j) &&
		  devices == nr_devices(j->env->owners) &&
		  copy_result(r, j->env->n->nr_zones, &v->r);
	if (!v->kept)
		ofl_verdicts_free(v);
	return st;
}

static enum ofl_status repeat(const struct ofl_verdicts *v, struct ofl_judge *j,
			      struct ofl_scan_result *r, struct ofl_err *err)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	if (!copy_result(&v->r, j->env->n->nr_zones, r))
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the scan");
	for (i = 0; i < v->nr && !st; i++)
		st = j->emit(j->arg, &v->report[i]);
	return st;
}

enum ofl_status ofl_verdicts_scan(struct ofl_verdicts *v,
				  const struct ofl_target *t,
				  const struct ofl_scan_request *req,
				  struct ofl_judge *j,
				  struct ofl_scan_result *r,
				  struct ofl_err *err)
{
	if (!v || req->every_page || t->live || j->in_way || j->page)
		return scan(t, req, j, r, err);
	if (v->kept && same_filter(&v->filter, req->filter))
		return repeat(v, j, r, err);
	return scan_and_keep(v, t, req, j, r, err);
}
