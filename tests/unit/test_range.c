// SPDX-License-Identifier: GPL-2.0-or-later
/* test_range.c - properties of merging, for random pages */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "scan/range.h"

#define PAGES	4096
#define SECTION	512	/* pages */
#define MAX_RUNS PAGES

/** struct truth - what was fed for each pfn */
struct truth {
	bool fed;
	bool online;
	enum ofl_unknown why;
	int32_t refcount;
	uint64_t flags;
	const struct ofl_zone *zone;
	size_t owner;		/* index into owners[] */
};

static const char *const owners[] = { "one", "two", "nobody wants him" };
#define UNWANTED 2

static struct truth truth[PAGES];
static struct ofl_run run[MAX_RUNS];
static size_t nr_runs;
static uint64_t told_end;	/* of the pages that are being told of */

static struct ofl_zone zones[] = {
	{ .node = 0, .type = 1 }, { .node = 0, .type = 2 },
	{ .node = 1, .type = 1 }, { .node = 1, .type = 2 },
};

static enum ofl_status keep(void *arg, const struct ofl_run *r)
{
	(void)arg;
	assert_true(nr_runs < MAX_RUNS);
	run[nr_runs++] = *r;
	return OFL_OK;
}

static uint64_t shown_flags(uint64_t flags)
{
	return flags & 0xff;
}

/* must a row end between these two pages, as the header promises? */
static bool differ(unsigned int split, uint64_t a, uint64_t b)
{
	const struct truth *x = &truth[a], *y = &truth[b];
	bool known = x->why == OFL_UNKNOWN_NOT;

	if (x->why != y->why || x->online != y->online)
		return true;
	if ((split & OFL_SPLIT_SECTION) && a / SECTION != b / SECTION)
		return true;
	if (!known)
		return false;
	return ((split & OFL_SPLIT_REFCOUNT) && x->refcount != y->refcount) ||
	       ((split & OFL_SPLIT_FLAGS) &&
		shown_flags(x->flags) != shown_flags(y->flags)) ||
	       ((split & OFL_SPLIT_NODE) && x->zone->node != y->zone->node) ||
	       ((split & OFL_SPLIT_ZONE) && x->zone->type != y->zone->type) ||
	       ((split & OFL_SPLIT_OWNER) && x->owner != y->owner);
}

static void random_truth(void)
{
	uint64_t pfn;

	memset(truth, 0, sizeof(truth));
	for (pfn = 0; pfn < PAGES; pfn++) {
		struct truth *t = &truth[pfn];

		/* mostly like the page before, so that there are runs at all */
		if (pfn && random() % 8) {
			*t = truth[pfn - 1];
		} else {
			t->fed = random() % 4;
			t->why = random() % 4 ? OFL_UNKNOWN_NOT :
				 (enum ofl_unknown)(1 + random() % 3);
			t->refcount = (int32_t)(random() % 2);
			t->flags = (uint64_t)(random() % 2) |
				   (uint64_t)random() % 4 << 60;
			t->zone = &zones[random() % 4];
		}
		/* no part of what makes pages alike for the scan */
		t->owner = pfn && random() % 16 ? truth[pfn - 1].owner :
						  (size_t)random() % 3;
		t->online = pfn / SECTION % 3 != 2;
		if (!t->online)
			t->why = OFL_UNKNOWN_NOT;	/* as the scan does */
	}
}

/* how many unknown pages follow that can be handed out as one hole */
static uint64_t hole_at(uint64_t pfn)
{
	uint64_t end = (pfn / SECTION + 1) * SECTION, at = pfn + 1;

	while (at < end && truth[at].fed && truth[at].why == truth[pfn].why)
		at++;
	return at - pfn;
}

static bool is_alike(uint64_t a, uint64_t b)
{
	const struct truth *x = &truth[a], *y = &truth[b];

	return a / SECTION == b / SECTION && y->fed && !y->why &&
	       x->flags == y->flags && x->refcount == y->refcount &&
	       x->zone == y->zone;
}

/* some of the pages that can be told of at once */
static uint64_t pages_at(uint64_t pfn)
{
	uint64_t pages = 1;

	while (pfn + pages < PAGES && is_alike(pfn, pfn + pages) &&
	       random() % 32)
		pages++;
	return pages;
}

/* as far as the answer holds, or not so far */
static bool identify(void *arg, const struct ofl_section *s,
		     const struct ofl_page *p, struct ofl_run *r)
{
	uint64_t pages = 1;

	(void)arg;
	(void)s;
	assert_int_equal(p->pfn, r->start_pfn);
	assert_int_equal(p->pfn + r->pages, told_end);	/* all at once */
	while (pages < r->pages && random() % 32 &&
	       truth[p->pfn + pages].owner == truth[p->pfn].owner)
		pages++;
	r->pages = pages;
	r->owner = owners[truth[p->pfn].owner];
	return truth[p->pfn].owner != UNWANTED;
}

/* returns the pages that it told of */
static uint64_t feed(const struct ofl_sink *sink, uint64_t pfn)
{
	const struct truth *t = &truth[pfn];
	struct ofl_section s = { .nr = pfn / SECTION, .online = t->online };
	struct ofl_page p = { .pfn = pfn, .flags = t->flags,
			      .refcount = t->refcount, .zone = t->zone };
	struct ofl_hole h = { pfn, hole_at(pfn), t->why };

	if (!t->fed)
		return 1;
	if (t->why) {
		/* now whole, now in two pieces */
		if (h.pages > 1 && random() % 2)
			h.pages /= 2;
		assert_int_equal(sink->unknown(sink->arg, &s, &h), OFL_OK);
		return h.pages;
	}
	h.pages = pages_at(pfn);
	told_end = pfn + h.pages;
	assert_int_equal(sink->offline(sink->arg, &s, &p, h.pages), OFL_OK);
	return h.pages;
}

static bool wanted(const struct ofl_merger *m, const struct truth *t)
{
	return t->fed && (t->online || m->stale) && (!t->why || m->unknown) &&
	       (t->why || !m->identify || t->owner != UNWANTED);
}

static void check(const struct ofl_merger *m)
{
	static bool seen[PAGES];
	uint64_t pfn, end = 0;
	size_t i;

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < nr_runs; i++) {
		const struct ofl_run *r = &run[i];
		const struct truth *first = &truth[r->start_pfn];

		assert_true(r->pages > 0);
		assert_true(r->start_pfn >= end);	/* order, no overlap */
		if (i && r->start_pfn == end)		/* no mergeable neighbours */
			assert_true(differ(m->split, end - 1, end));
		end = r->start_pfn + r->pages;
		assert_true(end <= PAGES);
		for (pfn = r->start_pfn; pfn < end; pfn++) {
			seen[pfn] = true;
			assert_false(differ(m->split, r->start_pfn, pfn));
		}
		assert_int_equal(r->why, first->why);
		assert_int_equal(r->online, first->online);
		assert_int_equal(r->section_nr, r->start_pfn / SECTION);
		if (!r->why) {
			assert_int_equal(r->refcount, first->refcount);
			assert_int_equal(r->flags, shown_flags(first->flags));
			assert_ptr_equal(r->zone, first->zone);
			if (m->identify)
				assert_ptr_equal(r->owner, owners[first->owner]);
		}
	}
	for (pfn = 0; pfn < PAGES; pfn++)		/* union equals input */
		assert_int_equal(seen[pfn], wanted(m, &truth[pfn]));
	assert_int_equal(m->runs, nr_runs);
}

static void test_random(void **state)
{
	struct ofl_layout *l = calloc(1, sizeof(*l));
	uint64_t pfn;
	int round;

	(void)state;
	unit_seed();
	l->pageflags_mask = 0xff;
	for (round = 0; round < 200; round++) {
		struct ofl_merger m = {
			.l = l, .split = (unsigned int)random() & OFL_SPLIT_ALL,
			.stale = random() % 2, .unknown = random() % 2,
			.emit = keep,
		};
		struct ofl_sink sink = ofl_merger_sink(&m);

		if (random() % 2)
			m.identify = identify;
		else	/* nobody knows of owners, so they are all the same */
			m.split &= ~(unsigned int)OFL_SPLIT_OWNER;

		nr_runs = 0;
		random_truth();
		for (pfn = 0; pfn < PAGES; )
			pfn += feed(&sink, pfn);
		assert_int_equal(ofl_merger_flush(&m), OFL_OK);
		check(&m);
		assert_int_equal(ofl_merger_flush(&m), OFL_OK);
		assert_int_equal(m.runs, nr_runs);	/* flushed once */
	}
	free(l);
}

static enum ofl_status refuse(void *arg, const struct ofl_run *r)
{
	(void)arg;
	(void)r;
	return OFL_ERR_OUTPUT;
}

static void test_failure_goes_up(void **state)
{
	struct ofl_layout *l = calloc(1, sizeof(*l));
	struct ofl_merger m = { .l = l, .emit = refuse };
	struct ofl_sink sink = ofl_merger_sink(&m);
	struct ofl_section s = { .online = true };
	struct ofl_page p = { .pfn = 1, .zone = &zones[0] };

	(void)state;
	assert_int_equal(sink.offline(sink.arg, &s, &p, 1), OFL_OK);
	p.pfn = 3;
	assert_int_equal(sink.offline(sink.arg, &s, &p, 1), OFL_ERR_OUTPUT);
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_failure_goes_up),
	};

	return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
