// SPDX-License-Identifier: GPL-2.0-or-later
/* hv_balloon_account.c - Hyper-V's driver: its counters, and do they agree? */
#include <inttypes.h>
#include <stdio.h>

#include "owners/hv_balloon_regions.h"
#include "target/count.h"
#include "target/text.h"

#define SHOWN_REGIONS	8
#define SHOWN_GAPS	2	/* of one region: what fits into a line */

static struct ofl_hv_span both(const struct ofl_hv_span *a, const struct ofl_hv_span *b)
{
	struct ofl_hv_span s = {
		a->start > b->start ? a->start : b->start,
		a->end < b->end ? a->end : b->end,
	};

	if (s.end < s.start)
		s.end = s.start;
	return s;
}

/* pages of the region inside of @in that are not backed */
static uint64_t unbacked_in(const struct ofl_hv_region *r, const struct ofl_hv_span *in)
{
	struct ofl_hv_span added = both(&r->all, in), covered = both(&r->covered, &added);
	uint64_t n = added.end - added.start - (covered.end - covered.start);
	size_t i;

	for (i = 0; i < r->nr_gaps; i++)
		n += ofl_hv_overlap(&r->gap[i], &covered);
	return n;
}

static bool blocks_known(const struct ofl_env *env)
{
	return env->blocks && !env->blocks->lost;
}

static uint64_t unbacked_online(const struct ofl_hv *st)
{
	const struct ofl_layout *l = st->env->l;
	const struct ofl_blocks *blocks = st->env->blocks;
	uint64_t pages = l->sections_per_block * l->section_pages, n = 0;
	size_t i, k;

	for (i = 0; blocks && i < blocks->nr; i++) {
		const struct ofl_block *b = &blocks->block[i];
		struct ofl_hv_span s = { b->start_section_nr * l->section_pages, 0 };

		s.end = s.start + pages;
		if (b->state != OFL_BLOCK_ONLINE &&
		    b->state != OFL_BLOCK_GOING_OFFLINE)
			continue;
		for (k = 0; k < st->nr; k++)
			n += unbacked_in(&st->region[k], &s);
	}
	return n;
}

struct span_text {
	char text[40];
};

/* as ranges are shown: with the last page in it */
static struct span_text show(const struct ofl_hv_span *s)
{
	struct span_text t = { "nothing" };

	if (s->start < s->end)
		snprintf(t.text, sizeof(t.text), "0x%" PRIx64 "-0x%" PRIx64,
			 s->start, s->end - 1);
	return t;
}

static void describe_region(const struct ofl_hv_region *r, size_t nr,
			    struct ofl_account *a)
{
	const struct ofl_hv_span said = ofl_hv_announced(r);
	char name[24], gaps[128];
	struct ofl_text text = ofl_text_over(gaps, sizeof(gaps));
	size_t i;

	for (i = 0; i < r->nr_gaps && i < SHOWN_GAPS; i++)
		ofl_text_add(&text, "%s%s", i ? "," : " but for ",
			     show(&r->gap[i]).text);
	if (i < r->nr_gaps)
		ofl_text_add(&text, " and %zu more", r->nr_gaps - i);
	snprintf(name, sizeof(name), "region%zu", nr);
	ofl_account_detail(a, name, "%s covered %s%s", show(&said).text,
			   show(&r->covered).text, gaps);
}

static void describe(const struct ofl_hv *st, struct ofl_account *a)
{
	size_t i;

	ofl_account_detail(a, "layout", "%s",
			   ofl_types_source_text(st->one.source));
	ofl_account_detail(a, "regions", "%zu", st->nr);
	for (i = 0; i < st->nr && i < SHOWN_REGIONS; i++)
		describe_region(&st->region[i], i, a);
	if (i < st->nr)
		ofl_account_detail(a, "more", "%zu regions are not shown",
				   st->nr - i);
}

static void complain_of_overlap(const struct ofl_hv *st, struct ofl_account *a)
{
	const struct ofl_hv_span one = ofl_hv_announced(&st->region[st->overlaps[0]]);
	const struct ofl_hv_span other = ofl_hv_announced(&st->region[st->overlaps[1]]);

	ofl_account_complain(a, OFL_FINDING_OVERLAP, false, 0, 0,
			     "hot-added regions overlap: %s and %s; which of them decided about a page is not known",
			     show(&one).text, show(&other).text);
}

static void show_counters(const struct ofl_hv *st, struct ofl_account *a)
{
	ofl_account_counter(a, "num_pages_ballooned",
			    (int64_t)st->ballooned);
	ofl_account_counter(a, "num_pages_added", (int64_t)st->added);
	ofl_account_counter(a, "num_pages_onlined",
			    (int64_t)st->onlined);
}

/* only the driver, or who damaged its records, is to blame for an error */
static void complain(const struct ofl_hv *st, struct ofl_account *a)
{
	if (st->broken && st->unread)
		ofl_account_complain(a, OFL_FINDING_UNREADABLE, false, 0, 0,
			"the driver's counters or regions cannot be read from 0x%"
			PRIx64 " on", st->broken_kva);
	else if (st->broken)
		ofl_account_complain(a, OFL_FINDING_LIST_BROKEN, false, 0, 0,
			"the list of hot-added regions breaks at 0x%" PRIx64,
			st->broken_kva);
	if (st->overlap)
		complain_of_overlap(st, a);
	if (st->counted && st->onlined > st->added)
		ofl_account_complain(a, OFL_FINDING_COUNTER, false, 0, 0,
				     "num_pages_onlined is more than num_pages_added");
}

const char *ofl_hv_at_work(const void *state, unsigned int device)
{
	static const char *const text[] = {
		"state is DM_BALLOON_UP", "state is DM_BALLOON_DOWN",
		"state is DM_HOT_ADD",
	};
	const struct ofl_hv *st = state;
	bool known = st->counted;
	size_t i;

	(void)device;
	if (ofl_single_blind(&st->one))
		return NULL;
	for (i = 0; i < OFL_COUNT(text); i++) {
		if (st->counted && st->busy[i] == (int64_t)st->dm_state)
			return text[i];
		known &= st->busy[i] >= 0;
	}
	return known ? NULL : "whether it balloons or adds memory is not known";
}

void ofl_hv_account(const void *state, unsigned int device,
		    struct ofl_account *a)
{
	const struct ofl_hv *st = state;
	uint64_t unbacked = unbacked_online(st);

	describe(st, a);
	if (ofl_single_blind(&st->one))
		return;
	if (st->counted)
		show_counters(st, a);
	/* which of a region is online is what the blocks say */
	a->known = !st->broken && !st->overlap &&
		   (!st->nr || blocks_known(st->env));
	a->expected = (int64_t)(st->ballooned + unbacked);
	if (a->known)
		ofl_account_counter(a, "unbacked", (int64_t)unbacked);
	a->not_in_node_stat = (int64_t)unbacked;
	ofl_account_in_flight(a, ofl_hv_at_work(state, device));
	complain(st, a);
}
