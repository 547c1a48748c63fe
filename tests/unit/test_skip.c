// SPDX-License-Identifier: GPL-2.0-or-later
/* test_skip.c - free blocks and compound pages are not believed blindly */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "layout/pagetype.h"
#include "scan/skip.h"

#define PAGES		4096	/* 64 to a page of the memmap */
#define BASE		0xffffea0000000000ull
#define HEAD		0x40u
#define ZONE_SHIFT	52	/* ten bits of node, two of zone */
#define BUDDY		0xf0000000u
#define OFFLINE		0xf1000000u
#define NO_TYPE		0xffffffffu

/** struct raw_page - struct page of 6.12, as far as it matters */
struct raw_page {
	uint64_t flags;
	uint64_t compound;
	uint64_t unused[3];
	uint64_t private_;
	uint32_t type;
	uint32_t refcount;
	uint64_t more;
};

static struct raw_page map[PAGES];
static bool gone[PAGES / 64];
static struct ofl_layout l;
static struct ofl_page_format format;
static const struct ofl_nodes nodes = { .zone_shift = ZONE_SHIFT };
static struct ofl_skipper sk;

static enum ofl_read read_map(void *ctx, uint64_t kva, void *buf, size_t bytes)
{
	(void)ctx;
	if (gone[(kva - BASE) / 4096])
		return OFL_READ_EXCLUDED;
	memcpy(buf, (char *)map + (kva - BASE), bytes);
	return OFL_READ_OK;
}

static void know(enum ofl_fact_id id, int64_t value)
{
	l.fact[id].known = true;
	l.fact[id].value = value;
}

static int set_up(void **state)
{
	size_t i;

	(void)state;
	memset(&l, 0, sizeof(l));
	memset(gone, 0, sizeof(gone));
	for (i = 0; i < PAGES; i++)
		map[i] = (struct raw_page){ .flags = 1ull << 56,
					    .type = NO_TYPE, .refcount = 1 };
	l.page_bytes = 4096;
	l.struct_page_bytes = sizeof(struct raw_page);
	l.off_compound = offsetof(struct raw_page, compound);
	l.off_type = offsetof(struct raw_page, type);
	l.off_refcount = offsetof(struct raw_page, refcount);
	l.offline = (struct ofl_pagetype){ OFL_SHAPE_TOP_BYTE, 0xff000000u,
					   OFFLINE };
	l.type[OFL_TYPE_BUDDY] = (struct ofl_pagetype){
		OFL_SHAPE_TOP_BYTE, 0xff000000u, BUDDY };
	know(OFL_F_PAGE_PRIVATE, offsetof(struct raw_page, private_));
	know(OFL_F_NR_ORDERS, 11);
	strcpy(l.pageflag[0].name, "head");
	l.pageflag[0].mask = HEAD;
	l.nr_pageflags = 1;
	ofl_page_format_init(&format, &l, &nodes);
	ofl_skipper_init(&sk, &format);
	return 0;
}

static void make_free(size_t pfn, unsigned int order)
{
	size_t i;

	for (i = 0; i < 1u << order; i++)
		map[pfn + i].refcount = 0;
	map[pfn].type = BUDDY;
	map[pfn].private_ = order;
}

static void make_compound(size_t pfn, unsigned int order)
{
	size_t i;

	map[pfn].flags |= HEAD;
	for (i = 1; i < 1u << order; i++) {
		map[pfn + i].compound = BASE + pfn * sizeof(map[0]) + 1;
		map[pfn + i].refcount = 0;
	}
	map[pfn + 1].flags |= order;
}

static uint64_t skipped(size_t pfn)
{
	static const struct ofl_memory_ops memory_ops = {
		.read = read_map,
	};
	struct ofl_target t = { .memory = &memory_ops };
	const unsigned char *raw;
	struct ofl_image img;
	struct ofl_err err;
	uint64_t n;

	assert_int_equal(ofl_image_init(&img, &t, &l, false, &err), OFL_OK);
	raw = ofl_image_move(&img, BASE, sizeof(map)) + pfn * sizeof(map[0]);
	assert_int_equal(ofl_image_look(&img, raw, sizeof(map[0])), 0);
	n = ofl_skip(&sk, &img, raw, pfn, PAGES - pfn);
	ofl_image_free(&img);
	return n;
}

static void test_sound(void **state)
{
	(void)state;
	make_free(1024, 10);
	make_free(64, 3);
	make_compound(512, 9);
	make_compound(80, 2);
	assert_int_equal(skipped(1024), 1024);
	assert_int_equal(skipped(64), 8);
	assert_int_equal(skipped(512), 512);
	assert_int_equal(skipped(80), 4);
	assert_int_equal(skipped(81), 1);
	assert_int_equal(skipped(90), 1);
}

/* a larger order takes in what follows; its last page may fit by chance */
static void test_free_order_too_large(void **state)
{
	(void)state;
	make_free(1024, 3);
	map[1024].private_ = 10;
	map[2047].refcount = 0;
	assert_int_equal(skipped(1024), 1);		/* a page in use */
	make_free(1032, 3);
	assert_int_equal(skipped(1024), 1);		/* a free block */
	map[1032].type = OFFLINE;
	assert_int_equal(skipped(1024), 1);
	map[1024].private_ = 11;
	assert_int_equal(skipped(1024), 1);		/* no such order */
	map[1024].private_ = 3;
	assert_int_equal(skipped(1024), 8);
}

/* no free block goes beyond its zone; the zone may be the lowest of 12 bits */
static void test_free_in_two_zones(void **state)
{
	size_t bit;

	(void)state;
	make_free(1024, 6);
	assert_int_equal(skipped(1024), 64);
	for (bit = ZONE_SHIFT; bit < 64; bit++) {
		map[1087].flags ^= 1ull << bit;
		assert_int_equal(skipped(1024), 1);
		map[1087].flags ^= 1ull << bit;
	}
	map[1087].flags ^= 1ull << (ZONE_SHIFT - 1);
	assert_int_equal(skipped(1024), 64);
}

static void test_compound_order_too_large(void **state)
{
	(void)state;
	make_compound(2048, 4);
	map[2049].flags += 6;
	assert_int_equal(skipped(2048), 1);
	make_compound(2064, 4);
	assert_int_equal(skipped(2048), 1);
	map[2049].flags -= 6;
	assert_int_equal(skipped(2048), 16);
}

/* what is gone cannot contradict a compound page, nor vouch for a free block */
static void test_far_end_gone(void **state)
{
	(void)state;
	make_compound(512, 9);
	make_free(1024, 10);
	gone[1023 / 64] = gone[2047 / 64] = true;
	assert_int_equal(skipped(512), 512);
	assert_int_equal(skipped(1024), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_sound, set_up),
		cmocka_unit_test_setup(test_free_order_too_large, set_up),
		cmocka_unit_test_setup(test_free_in_two_zones, set_up),
		cmocka_unit_test_setup(test_compound_order_too_large, set_up),
		cmocka_unit_test_setup(test_far_end_gone, set_up),
	};

	return cmocka_run_group_tests_name("skip", tests, NULL, NULL);
}
