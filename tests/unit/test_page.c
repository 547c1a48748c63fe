// SPDX-License-Identifier: GPL-2.0-or-later
/* test_page.c - struct page, decoded in the way of each kernel */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/page.h"

#define HEAD_KVA	0xffffea0000040000ull
#define TAIL_KVA	(HEAD_KVA + 3 * sizeof(struct raw_page))
#define LOCKED		0x1ull
#define SLAB		0x200ull
#define OPS_NR		4
#define OFFLINE		0xf1000000u
#define ZSMALLOC	0xf6000000u

/** struct raw_page - the page that is decoded */
struct raw_page {
	uint64_t flags;
	uint64_t compound;
	uint64_t unused;
	uint64_t mapping;
	unsigned char number[8];	/* where some kernels have small numbers */
	uint64_t private_;
	uint32_t type;
	uint32_t refcount;
	uint64_t more;
};

static struct raw_page raw;
static struct ofl_layout *l;
static struct ofl_page_format f;

static const unsigned char *bytes(void)
{
	return (const unsigned char *)&raw;
}

static void know(enum ofl_fact_id id, int64_t value)
{
	l->fact[id].known = true;
	l->fact[id].value = value;
	ofl_page_format_init(&f, l, NULL);
}

static struct ofl_pagetype top_byte(uint32_t value)
{
	return (struct ofl_pagetype){ OFL_SHAPE_TOP_BYTE, 0xff000000u, value };
}

static int set_up(void **state)
{
	(void)state;
	l = calloc(1, sizeof(*l));
	raw = (struct raw_page){ .type = UINT32_MAX, .refcount = 1 };
	l->struct_page_bytes = sizeof(raw);
	l->off_flags = offsetof(struct raw_page, flags);
	l->off_compound = offsetof(struct raw_page, compound);
	l->off_type = offsetof(struct raw_page, type);
	l->off_refcount = offsetof(struct raw_page, refcount);
	l->offline = top_byte(OFFLINE);
	l->type[OFL_TYPE_ZSMALLOC] = top_byte(ZSMALLOC);
	strcpy(l->pageflag[0].name, "slab");
	l->pageflag[0].mask = SLAB;
	l->nr_pageflags = 1;
	ofl_page_format_init(&f, l, NULL);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	free(l);
	return 0;
}

static void test_offline(void **state)
{
	(void)state;
	assert_false(ofl_page_is_offline(&f, bytes()));
	raw.type = OFFLINE | 5;
	assert_true(ofl_page_is_offline(&f, bytes()));
	raw.flags = LOCKED;
	assert_true(ofl_page_is_offline(&f, bytes()));
	raw.flags = SLAB;
	assert_false(ofl_page_is_offline(&f, bytes()));
	raw.flags = 0;
	raw.compound = HEAD_KVA | 1;
	assert_false(ofl_page_is_offline(&f, bytes()));
}

static void test_any_type(void **state)
{
	(void)state;
	assert_false(ofl_page_has_type(&f, UINT32_MAX));
	assert_false(ofl_page_has_type(&f, 0));
	assert_false(ofl_page_has_type(&f, 0xefffffff));
	assert_true(ofl_page_has_type(&f, 0xf0000000));
	assert_true(ofl_page_has_type(&f, 0xfe000001));
	assert_false(ofl_page_has_type(&f, 0xff000000));
	l->offline = (struct ofl_pagetype){ OFL_SHAPE_INVERTED, 0xf0000100,
					    0xf0000000 };
	ofl_page_format_init(&f, l, NULL);
	assert_true(ofl_page_has_type(&f, 0xfffffeff));
	assert_false(ofl_page_has_type(&f, UINT32_MAX));
	assert_false(ofl_page_has_type(&f, 0x7fffffff));
}

static void test_members_that_are_not_known(void **state)
{
	(void)state;
	raw.private_ = raw.mapping = 42;
	assert_int_equal(ofl_page_private(&f, bytes()), 0);
	assert_int_equal(ofl_page_mapping(&f, bytes()), 0);
	know(OFL_F_PAGE_PRIVATE, offsetof(struct raw_page, private_));
	know(OFL_F_PAGE_MAPPING, offsetof(struct raw_page, mapping));
	assert_int_equal(ofl_page_private(&f, bytes()), 42);
	assert_int_equal(ofl_page_mapping(&f, bytes()), 42);
}

static void test_movable_ops_by_mapping(void **state)
{
	(void)state;
	raw.mapping = HEAD_KVA | 2;
	assert_false(ofl_page_has_movable_ops(&f, bytes()));
	know(OFL_F_PAGE_MAPPING, offsetof(struct raw_page, mapping));
	assert_true(ofl_page_has_movable_ops(&f, bytes()));
	raw.mapping = HEAD_KVA | 1;	/* anonymous */
	assert_false(ofl_page_has_movable_ops(&f, bytes()));
	raw.mapping = HEAD_KVA | 3;	/* KSM */
	assert_false(ofl_page_has_movable_ops(&f, bytes()));
}

static void test_movable_ops_by_flag(void **state)
{
	(void)state;
	know(OFL_F_PAGE_MAPPING, offsetof(struct raw_page, mapping));
	know(OFL_F_PG_MOVABLE_OPS, OPS_NR);
	raw.flags = 1u << OPS_NR;
	/* the flag means something else in pages of no such type */
	assert_false(ofl_page_has_movable_ops(&f, bytes()));
	raw.type = ZSMALLOC;
	assert_true(ofl_page_has_movable_ops(&f, bytes()));
	raw.type = OFFLINE;
	assert_true(ofl_page_has_movable_ops(&f, bytes()));
	raw.flags = 0;
	raw.mapping = HEAD_KVA | 2;
	assert_false(ofl_page_has_movable_ops(&f, bytes()));
}

static void test_head_of_tail(void **state)
{
	(void)state;
	raw.compound = HEAD_KVA | 1;
	assert_true(ofl_page_is_tail(&f, bytes()));
	assert_int_equal(ofl_page_head_kva(&f, TAIL_KVA, bytes()), HEAD_KVA);
	/* a mask, if struct page is a power of two */
	know(OFL_F_VMEMMAP_TAILS, 8);
	raw.compound = ~0x1ffull | 1;
	assert_int_equal(ofl_page_head_kva(&f, TAIL_KVA, bytes()), HEAD_KVA);
	l->struct_page_bytes = 56;
	raw.compound = HEAD_KVA | 1;
	assert_int_equal(ofl_page_head_kva(&f, TAIL_KVA, bytes()), HEAD_KVA);
}

static void test_order(void **state)
{
	(void)state;
	raw.flags = 0xaaaaaaaaaaaaaa09ull;
	raw.number[1] = 7;
	raw.number[2] = 5;
	assert_int_equal(ofl_page_compound_order(&f, bytes()), 9);
	/* of struct folio: the second page is the tail */
	know(OFL_F_FOLIO_ORDER, sizeof(raw) + offsetof(struct raw_page, number[1]));
	assert_int_equal(ofl_page_compound_order(&f, bytes()), 7);
	know(OFL_F_FOLIO_ORDER, 2 * sizeof(raw));
	assert_int_equal(ofl_page_compound_order(&f, bytes()), 9);
	know(OFL_F_COMPOUND_ORDER, offsetof(struct raw_page, number[2]));
	assert_int_equal(ofl_page_compound_order(&f, bytes()), 5);

	assert_true(ofl_page_order_fits(0x400, 10));
	assert_false(ofl_page_order_fits(0x400, 11));
	assert_true(ofl_page_order_fits(0x400000, OFL_MAX_PAGE_ORDER));
	assert_false(ofl_page_order_fits(0, OFL_MAX_PAGE_ORDER + 1));
	assert_false(ofl_page_order_fits(0, UINT64_MAX));
}

static void test_hugetlb(void **state)
{
	(void)state;
	assert_false(ofl_page_is_hugetlb(&f, 0, bytes()));
	know(OFL_F_HUGETLB_DTOR, 2);
	raw.number[3] = 2;
	assert_false(ofl_page_is_hugetlb(&f, 0, bytes()));
	know(OFL_F_FOLIO_DTOR, sizeof(raw) + offsetof(struct raw_page, number[3]));
	assert_true(ofl_page_is_hugetlb(&f, 0, bytes()));
	raw.number[3] = 1;
	assert_false(ofl_page_is_hugetlb(&f, 0, bytes()));
	know(OFL_F_HUGETLB_FLAG, 8);
	raw.flags = 1u << 8;
	assert_true(ofl_page_is_hugetlb(&f, 0, bytes()));
	/* a type of the head is believed before anything in the tail */
	l->type[OFL_TYPE_HUGETLB] = top_byte(0xf4000000u);
	assert_false(ofl_page_is_hugetlb(&f, 0xf1000000u, bytes()));
	assert_true(ofl_page_is_hugetlb(&f, 0xf4000000u, bytes()));
}

static void test_hugetlb_migratable(void **state)
{
	(void)state;
	know(OFL_F_PAGE_PRIVATE, offsetof(struct raw_page, private_));
	assert_true(ofl_page_hugetlb_migratable(&f, bytes()));
	know(OFL_F_HPG_MIGRATABLE, 1);
	assert_false(ofl_page_hugetlb_migratable(&f, bytes()));
	raw.private_ = 2;
	assert_true(ofl_page_hugetlb_migratable(&f, bytes()));
}

static void test_nothing_in_it(void **state)
{
	(void)state;
	assert_false(ofl_page_is_zero(&f, bytes()));
	memset(&raw, 0, sizeof(raw));
	assert_true(ofl_page_is_zero(&f, bytes()));
	raw.more = 1ull << 63;
	assert_false(ofl_page_is_zero(&f, bytes()));
	memset(&raw, 0xff, sizeof(raw));
	assert_true(ofl_page_is_poisoned(&f, bytes()));
	raw.flags--;
	assert_false(ofl_page_is_poisoned(&f, bytes()));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_offline),
		CASE(test_any_type),
		CASE(test_members_that_are_not_known),
		CASE(test_movable_ops_by_mapping),
		CASE(test_movable_ops_by_flag),
		CASE(test_head_of_tail),
		CASE(test_order),
		CASE(test_hugetlb),
		CASE(test_hugetlb_migratable),
		CASE(test_nothing_in_it),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
