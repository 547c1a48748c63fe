// SPDX-License-Identifier: GPL-2.0-or-later
/* verdicts.c - keep the reports of a pass over blocks, and repeat them */
#include <stdlib.h>
#include <string.h>

#include "judge/verdicts.h"

/** struct noting - a pass whose reports are to be kept */
struct noting {
	struct ofl_verdicts *v;
	struct ofl_judge judge;	/* as its caller has prepared it: to be told, too */
	bool lost;		/* some cannot be kept */
};

void ofl_verdicts_free(struct ofl_verdicts *v)
{
	free(v->word);
	ofl_scan_result_free(&v->r);
	memset(v, 0, sizeof(*v));
}

#define WORDS	(sizeof(struct ofl_block_report) / 8)

/** union words - a report: most kinds have no page, so most of it is zeros */
union words {
	struct ofl_block_report report;
	uint64_t word[WORDS];
};

_Static_assert(sizeof(union words) == sizeof(struct ofl_block_report) &&
	       sizeof(struct ofl_block_report) % 8 == 0,
	       "a report is made of words");

/* stretches of zeros and of others, by turns, each behind its length */
static size_t pack(const union words *from, uint64_t *to)
{
	size_t i = 0, nr = 0, head;

	while (i < WORDS) {
		head = nr++;
		to[head] = 0;
		for (; i < WORDS && !from->word[i]; i++)
			to[head]++;
		head = nr++;
		to[head] = 0;
		for (; i < WORDS && from->word[i]; i++) {
			to[nr++] = from->word[i];
			to[head]++;
		}
	}
	return nr;
}

static const uint64_t *unpack(const uint64_t *from, union words *to)
{
	size_t i = 0, n;

	memset(to, 0, sizeof(*to));
	while (i < WORDS) {
		i += *from++;
		for (n = *from++; n; n--)
			to->word[i++] = *from++;
	}
	return from;
}

static bool keep(struct ofl_verdicts *v, const struct ofl_block_report *r)
{
	/* no stretch of one word of zeros is worth more than its two lengths */
	uint64_t packed[2 * WORDS + 2];
	const union words whole = { .report = *r };
	size_t nr = pack(&whole, packed), room = v->room;
	uint64_t *more;

	while (v->nr_words + nr > room)
		room += room / 2 + 4096;
	if (room * sizeof(*more) > OFL_VERDICTS_BYTES)
		return false;
	if (room > v->room) {
		more = realloc(v->word, room * sizeof(*more));
		if (!more)
			return false;
		v->word = more;
		v->room = room;
	}
	memcpy(&v->word[v->nr_words], packed, nr * sizeof(*packed));
	v->nr_words += nr;
	v->nr++;
	return true;
}

static enum ofl_status note_report(void *arg, const struct ofl_block_report *r)
{
	struct noting *n = arg;

	if (!n->lost && !keep(n->v, r))
		n->lost = true;
	return n->judge.emit(n->judge.arg, r);
}

static bool pass_on(void *arg, const struct ofl_classified *c,
		    const unsigned char *raw)
{
	const struct ofl_judge *j = &((struct noting *)arg)->judge;

	return j->in_way(j->arg, c, raw);
}

static void pass_more(void *arg, uint64_t pages)
{
	const struct ofl_judge *j = &((struct noting *)arg)->judge;

	j->more(j->arg, pages);
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
	struct noting n = { .v = v, .judge = *j };
	uint64_t missed = nr_missed(j);
	enum ofl_status st;

	ofl_verdicts_free(v);
	j->emit = note_report;
	j->in_way = j->in_way ? pass_on : NULL;
	j->more = pass_more;
	j->arg = &n;
	st = scan(t, req, j, r, err);
	v->filter = *req->filter;
	v->kept = !st && !n.lost && !r->interrupted && !r->total.unknown &&
		  !r->stale_unread && !r->hidden && missed == nr_missed(j) &&
		  (!j->env->owners || ofl_owners_keep(j->env->owners)) &&
		  copy_result(r, j->env->n->nr_zones, &v->r);
	if (!v->kept)
		ofl_verdicts_free(v);
	return st;
}

static enum ofl_status repeat(const struct ofl_verdicts *v, struct ofl_judge *j,
			      struct ofl_scan_result *r, struct ofl_err *err)
{
	const uint64_t *word = v->word;
	enum ofl_status st = OFL_OK;
	union words whole;
	size_t i;

	if (!copy_result(&v->r, j->env->n->nr_zones, r))
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the scan");
	/* pages made them known, and are not looked at again */
	if (j->env->owners)
		ofl_owners_resume(j->env->owners);
	for (i = 0; i < v->nr && !st; i++) {
		word = unpack(word, &whole);
		st = j->emit(j->arg, &whole.report);
	}
	return st;
}

bool ofl_verdicts_repeats(const struct ofl_verdicts *v,
			  const struct ofl_target *t,
			  const struct ofl_scan_request *req)
{
	return v->kept && !req->every_page && !t->live &&
	       ofl_filter_same(&v->filter, req->filter);
}

enum ofl_status ofl_verdicts_scan(struct ofl_verdicts *v,
				  const struct ofl_target *t,
				  const struct ofl_scan_request *req,
				  struct ofl_judge *j,
				  struct ofl_scan_result *r,
				  struct ofl_err *err)
{
	if (!v || req->every_page || t->live || j->page ||
	    (j->in_way && !j->in_way_kept))
		return scan(t, req, j, r, err);
	if (!j->in_way && ofl_verdicts_repeats(v, t, req))
		return repeat(v, j, r, err);
	return scan_and_keep(v, t, req, j, r, err);
}
