// SPDX-License-Identifier: GPL-2.0-or-later
/* test_contig.c - what alloc_contig_range() makes of each kind of page */
#include "unit.h"

#include <string.h>

#include "judge/contig.h"

#define POISON	0x80
#define ORDERS	11

static struct ofl_layout l;
static struct ofl_page_format f;
static struct ofl_classified c;

static void know(enum ofl_fact_id id, int64_t value)
{
	l.fact[id].known = true;
	l.fact[id].value = value;
}

static int set_up(void **unused)
{
	(void)unused;
	memset(&l, 0, sizeof(l));
	know(OFL_F_NR_ORDERS, ORDERS);
	know(OFL_F_REPLACES_HUGE, 1);
	f = (struct ofl_page_format){ .l = &l, .hwpoison = POISON };
	return 0;
}

static enum ofl_outcome of(enum ofl_kind kind, bool movable)
{
	c.kind = kind;
	c.movable_zone = movable;
	return ofl_contig_outcome(&f, &c);
}

static void expect(enum ofl_kind kind, enum ofl_outcome movable,
		   enum ofl_outcome other)
{
	if (of(kind, true) != movable || of(kind, false) != other)
		fail_msg("%s: %s in ZONE_MOVABLE, %s elsewhere",
			 ofl_rule_rows[kind].code,
			 ofl_outcome_rows[of(kind, true)].page,
			 ofl_outcome_rows[of(kind, false)].page);
}

/* only of five things may be said; a block's words are not among them */
static void test_every_kind(void **unused)
{
	int kind;

	(void)unused;
	c = (struct ofl_classified){ .order = 9 };
	for (kind = 0; kind < OFL_NR_KINDS; kind++) {
		enum ofl_outcome out[2] = { of((enum ofl_kind)kind, true),
					    of((enum ofl_kind)kind, false) };
		int i;

		for (i = 0; i < 2; i++)
			assert_true(out[i] == OFL_OUT_OFFLINABLE ||
				    out[i] == OFL_OUT_MIGRATE ||
				    out[i] == OFL_OUT_RETRIES ||
				    out[i] == OFL_OUT_BLOCKED ||
				    out[i] == OFL_OUT_UNKNOWN);
		/* nothing is free only because it is in another zone */
		if (out[1] == OFL_OUT_OFFLINABLE)
			assert_int_equal(out[0], OFL_OUT_OFFLINABLE);
	}
}

/* what tells it from offlining */
static void test_not_offlining(void **unused)
{
	(void)unused;
	c = (struct ofl_classified){ .order = 0 };
	expect(OFL_KIND_FREE, OFL_OUT_OFFLINABLE, OFL_OUT_OFFLINABLE);
	expect(OFL_KIND_LRU, OFL_OUT_MIGRATE, OFL_OUT_MIGRATE);
	expect(OFL_KIND_HWPOISON, OFL_OUT_BLOCKED, OFL_OUT_BLOCKED);
	expect(OFL_KIND_OFFLINE_SKIP, OFL_OUT_BLOCKED, OFL_OUT_BLOCKED);
	expect(OFL_KIND_OFFLINE_DRIVER, OFL_OUT_BLOCKED, OFL_OUT_BLOCKED);
	expect(OFL_KIND_OFFLINE_MOVABLE, OFL_OUT_MIGRATE, OFL_OUT_MIGRATE);
	/* no step goes on for ever */
	expect(OFL_KIND_SLAB, OFL_OUT_BLOCKED, OFL_OUT_BLOCKED);
	expect(OFL_KIND_KERNEL, OFL_OUT_BLOCKED, OFL_OUT_BLOCKED);
	expect(OFL_KIND_LRU_NEVER, OFL_OUT_BLOCKED, OFL_OUT_BLOCKED);
	expect(OFL_KIND_LRU_HELD, OFL_OUT_RETRIES, OFL_OUT_RETRIES);
	/* batches are drained behind the isolation */
	expect(OFL_KIND_BATCH, OFL_OUT_OFFLINABLE, OFL_OUT_RETRIES);
	expect(OFL_KIND_LRU_IN_FLIGHT, OFL_OUT_MIGRATE, OFL_OUT_RETRIES);
	expect(OFL_KIND_LRU_LATE, OFL_OUT_MIGRATE, OFL_OUT_RETRIES);
}

static void test_poisoned(void **unused)
{
	(void)unused;
	c = (struct ofl_classified){ .flags = POISON };
	expect(OFL_KIND_LRU, OFL_OUT_BLOCKED, OFL_OUT_BLOCKED);
	expect(OFL_KIND_UNKNOWN, OFL_OUT_UNKNOWN, OFL_OUT_UNKNOWN);
	c.flags = POISON << 1;
	expect(OFL_KIND_LRU, OFL_OUT_MIGRATE, OFL_OUT_MIGRATE);
}

/* free or used, another takes its place; a gigantic one cannot be made */
static void test_huge(void **unused)
{
	static const enum ofl_kind huge[] = {
		OFL_KIND_HUGETLB, OFL_KIND_HUGETLB_FREE,
		OFL_KIND_HUGETLB_RESERVED, OFL_KIND_HUGETLB_POOL_UNKNOWN,
	};
	size_t i;

	(void)unused;
	for (i = 0; i < ARRAY_LEN(huge); i++) {
		c = (struct ofl_classified){ .order = ORDERS - 1 };
		expect(huge[i], OFL_OUT_MIGRATE, OFL_OUT_MIGRATE);
		c.order = ORDERS;
		expect(huge[i], OFL_OUT_BLOCKED, OFL_OUT_BLOCKED);
	}
	expect(OFL_KIND_HUGETLB_NO_ROOM, OFL_OUT_BLOCKED, OFL_OUT_BLOCKED);
}

/* before v5.13, and in kernels that do not say what they are */
static void test_huge_of_older_kernels(void **unused)
{
	(void)unused;
	c = (struct ofl_classified){ .order = 9 };
	l.fact[OFL_F_REPLACES_HUGE].known = false;
	expect(OFL_KIND_HUGETLB, OFL_OUT_UNKNOWN, OFL_OUT_UNKNOWN);
	know(OFL_F_PAGE_HUGE_ACTIVE, 1);
	expect(OFL_KIND_HUGETLB, OFL_OUT_BLOCKED, OFL_OUT_BLOCKED);
	expect(OFL_KIND_HUGETLB_FREE, OFL_OUT_BLOCKED, OFL_OUT_BLOCKED);
}

static void test_huge_of_unknown_size(void **unused)
{
	(void)unused;
	c = (struct ofl_classified){ .order = 9 };
	l.fact[OFL_F_NR_ORDERS].known = false;
	expect(OFL_KIND_HUGETLB, OFL_OUT_UNKNOWN, OFL_OUT_UNKNOWN);
}

#define CASE(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_every_kind), CASE(test_not_offlining),
		CASE(test_poisoned), CASE(test_huge),
		CASE(test_huge_of_older_kernels),
		CASE(test_huge_of_unknown_size),
	};

	return cmocka_run_group_tests_name("contig", tests, NULL, NULL);
}
