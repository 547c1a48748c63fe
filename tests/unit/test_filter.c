// SPDX-License-Identifier: GPL-2.0-or-later
/* test_filter.c - what users type, hostile text included */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "scan/filter.h"

#define END_PFN		0x40000ull	/* 256 sections of 1024 pages */

static struct ofl_layout layout;
static struct ofl_zone zones[] = {
	{ .node = 0, .type = 0, .name = "DMA32", .start_pfn = 0,
	  .spanned_pages = 0x1000 },
	{ .node = 0, .type = 1, .name = "Normal", .start_pfn = 0x1000,
	  .spanned_pages = 0x1000 },
	{ .node = 3, .type = 2, .name = "Movable", .start_pfn = 0x8000,
	  .spanned_pages = 0x1000 },
};
static const struct ofl_nodes nodes = { .zone = zones, .nr_zones = 3 };
static struct ofl_err err;

static int set_up(void **state)
{
	(void)state;
	layout.page_bytes = 4096;
	layout.section_pages = 1024;
	layout.nr_sections = 256;
	layout.sections_per_block = 4;
	layout.struct_page_bytes = 64;
	layout.vmemmap_kva = UINT64_C(0xffffea0000000000);
	return 0;
}

/** struct text_range - a text and what it means; lo > hi: nothing */
struct text_range {
	const char *text;
	uint64_t lo, hi;
};

static const struct text_range ranges[] = {
	{ "0", 0, 0 }, { "10", 0x10, 0x10 }, { "0x10", 0x10, 0x10 },
	{ "10-20", 0x10, 0x20 }, { "0x10-0x20", 0x10, 0x20 },
	{ "10-0X20", 0x10, 0x20 }, { "abc-ABC", 0xabc, 0xabc },
	{ "0-ffffffffffffffff", 0, UINT64_MAX },
	{ "", 1, 0 }, { "-", 1, 0 }, { "-5", 1, 0 }, { "5-", 1, 0 },
	{ "5--6", 1, 0 }, { "6-5", 1, 0 }, { "5-6-7", 1, 0 }, { " 5", 1, 0 },
	{ "5 ", 1, 0 }, { "+5", 1, 0 }, { "5- 6", 1, 0 }, { "5-+6", 1, 0 },
	{ "0x", 1, 0 }, { "0x-5", 1, 0 }, { "0x0x5", 1, 0 }, { "g", 1, 0 },
	{ "5g", 1, 0 }, { "5,6", 1, 0 }, { "1.5", 1, 0 }, { "\xff", 1, 0 },
	{ "10000000000000000", 1, 0 }, { "0-10000000000000000", 1, 0 },
	{ "%s%n", 1, 0 },
};

static void test_ranges(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(ranges); i++) {
		uint64_t lo = 77, hi = 77;
		bool ok = ofl_parse_range(ranges[i].text, 16, &lo, &hi);

		if (ok != (ranges[i].lo <= ranges[i].hi))
			fail_msg("'%s' is %s", ranges[i].text,
				 ok ? "taken" : "refused");
		assert_int_equal(lo, ok ? ranges[i].lo : 77);
		assert_int_equal(hi, ok ? ranges[i].hi : 77);
	}
}

static void test_random_bytes(void **state)
{
	static const char some[] = "0123456789abcdefxX- +\t\n,%memory\xff";
	uint64_t lo, hi;
	char text[24];
	int i, j;

	(void)state;
	unit_seed();
	for (i = 0; i < 200000; i++) {
		int len = (int)(random() % 20);

		for (j = 0; j < len; j++)
			text[j] = some[random() % (long)(sizeof(some) - 1)];
		text[len] = '\0';
		lo = hi = 0;
		if (ofl_parse_range(text, 16, &lo, &hi)) {
			assert_true(lo <= hi);
			assert_null(strpbrk(text, " +\t\n,%"));
		}
	}
}

/** struct filtered - options, and the pfns they leave; hi 0: refused */
struct filtered {
	struct ofl_filter_args args;
	uint64_t lo_pfn, hi_pfn;
	const char *text;	/* part of the refusal */
};

static const struct filtered filters[] = {
	{ { 0 }, 0, END_PFN, NULL },
	{ { .pfn = "10" }, 0x10, 0x11, NULL },
	{ { .pfn = "10-1f" }, 0x10, 0x20, NULL },
	{ { .pfn = "3ffff" }, 0x3ffff, END_PFN, NULL },
	{ { .pfn = "3fff0-ffffffffffffffff" }, 0x3fff0, END_PFN, NULL },
	{ { .pfn = "40000" }, 0, 0, "beyond" },
	{ { .phys = "1fff" }, 1, 2, NULL },
	{ { .phys = "1fff-2000" }, 1, 3, NULL },
	{ { .phys = "0-ffffffffffffffff" }, 0, END_PFN, NULL },
	{ { .phys = "40000000" }, 0, 0, "beyond" },
	{ { .section = "2-3" }, 2048, 4096, NULL },
	{ { .section = "10-0x1f" }, 10 * 1024, 32 * 1024, NULL },
	{ { .section = "0x10-17" }, 16 * 1024, 18 * 1024, NULL },
	{ { .section = "0xff" }, 255 * 1024, END_PFN, NULL },
	{ { .section = "255-0XFFFFFFFFFFFFFFFF" }, 255 * 1024, END_PFN, NULL },
	{ { .section = "ff" }, 0, 0,
	  "not a range; give START or START-END in decimal, or in hexadecimal with 0x" },
	{ { .section = "256" }, 0, 0, "beyond the last possible one, 0xff (255)" },
	{ { .block = "memory1" }, 4096, 8192, NULL },
	{ { .block = "1" }, 4096, 8192, NULL },
	{ { .block = "10" }, 40960, 45056, NULL },
	{ { .block = "63" }, 63 * 4096, END_PFN, NULL },
	{ { .block = "64" }, 0, 0, "beyond" },
	{ { .block = "memory" }, 0, 0, "not a memory block" },
	{ { .block = "memory-1" }, 0, 0, "not a memory block" },
	{ { .block = "memory1x" }, 0, 0, "not a memory block" },
	{ { .block = "mem1" }, 0, 0, "not a memory block" },
	{ { .block = "" }, 0, 0, "not a memory block" },
	{ { .block = "99999999999999999999" }, 0, 0, "not a memory block" },
	{ { .pfn = "nonsense" }, 0, 0, "not a range" },
	{ { .phys = "5-4" }, 0, 0, "not a range" },
	{ { .section = "" }, 0, 0, "not a range" },
	{ { .pfn = "800-17ff", .section = "1-3" }, 0x800, 0x1000, NULL },
	{ { .pfn = "10", .section = "1" }, 0, 0,
	  "-p 10 and -S 1 exclude each other" },
	{ { .pfn = "10-fff", .section = "1", .operand = "memory0" }, 0x400,
	  0x800, NULL },
	{ { .pfn = "10-fff", .section = "1", .operand = "memory2" }, 0, 0,
	  "-p 10-fff and memory2 exclude each other" },
	/* an address, or what dump_page() printed */
	{ { .operand = "0x1fff" }, 1, 2, NULL },
	{ { .operand = "0x10-0x1fff" }, 0, 2, NULL },
	{ { .operand = "ffffea0000004000" }, 0x100, 0x101, NULL },
	{ { .operand = "0xffffea0000004040" }, 0x101, 0x102, NULL },
	{ { .operand = "ffffea0000004001" }, 0, 0, "neither a physical address" },
	{ { .operand = "ffff888010000000" }, 0, 0, "neither a physical address" },
	{ { .operand = "0xffffea0001000000" }, 0, 0, "neither a physical address" },
	{ { .operand = "0xnowhere" }, 0, 0, "not an address" },
	{ { .operand = "pfn:0x123" }, 0x123, 0x124, NULL },
	{ { .operand = "pfn:" }, 0, 0, "no block, page, address or" },
	{ { .operand = "page:" }, 0, 0, "no block, page, address or" },
	{ { .operand = "pfn:abc" }, 0xabc, 0xabd, NULL },
	{ { .operand = "pfn:0x40000" }, 0, 0, "beyond" },
	/* more digits than there is room for: 0x0 of it is another page */
	{ { .operand = "pfn:0x00000000000000000000000000000000000000000000000000000000000000000000001" }, 0, 0, "no block, page, address or" },
	{ { .operand = "0x00000000000000000000000000000000000000000000000000000000000000000000001000-0x00000000000000000000000000000000000000000000000000000000000000000000001fff" }, 0, 0,
	  "no block, page, address or" },
	{ { .operand = "page:ffffea0000004000 refcount:1" }, 0x100, 0x101, NULL },
	{ { .operand = "page:0000000000c0ffee refcount:1" }, 0, 0,
	  "no address where a struct page is" },
	{ { .operand = "[ 12.345] page:00000000c0ffee00 refcount:1 mapcount:-128 mapping:0000000000000000 index:0x0 pfn:0x123" },
	  0x123, 0x124, NULL },
	{ { .node = "0", .zone = "movable" }, 0, 0,
	  "-n 0 and -z movable exclude each other" },
	{ { .node = "0", .zone = "movable", .pfn = "10" }, 0, 0,
	  "-n 0 and -z movable exclude each other" },
	{ { .node = "3" }, 0, END_PFN, NULL },
	{ { .node = "1" }, 0, 0, "nodes with memory are 0 3" },
	{ { .node = "-1" }, 0, 0, "no such node" },
	{ { .node = "3x" }, 0, 0, "no such node" },
	{ { .node = "" }, 0, 0, "no such node" },
	{ { .node = "4294967299" }, 0, 0, "no such node" },
	{ { .zone = "movable" }, 0, END_PFN, NULL },
	{ { .zone = "mov" }, 0, 0, "zones with memory are DMA32 Normal Movable" },
	{ { .zone = "" }, 0, 0, "no such zone" },
};

static void test_filters(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(filters); i++) {
		const struct filtered *t = &filters[i];
		struct ofl_filter f = { 0 };
		enum ofl_status st;

		st = ofl_filter_resolve(&t->args, &layout, &nodes, &f, &err);
		if ((st == OFL_OK) != (t->text == NULL))
			fail_msg("row %zu: %s", i, st ? err.text : "taken");
		if (t->text) {
			assert_int_equal(st, OFL_ERR_ARG);
			if (!strstr(err.text, t->text))
				fail_msg("row %zu: %s", i, err.text);
			continue;
		}
		if (f.lo_pfn != t->lo_pfn || f.hi_pfn != t->hi_pfn)
			fail_msg("row %zu: %lx-%lx", i, (long)f.lo_pfn,
				 (long)f.hi_pfn);
		assert_int_equal(f.any, i != 0);
	}
}

static void test_no_blocks(void **state)
{
	struct ofl_filter_args args = { .block = "1" };
	struct ofl_filter f;

	(void)state;
	layout.sections_per_block = 0;
	assert_int_equal(ofl_filter_resolve(&args, &layout, &nodes, &f, &err),
			 OFL_ERR_ARG);
	assert_non_null(strstr(err.text, "no memory blocks"));
}

static void test_zones_and_spans(void **state)
{
	struct ofl_filter_args args = { .node = "3", .zone = "MOVABLE" };
	struct ofl_filter f;

	(void)state;
	assert_int_equal(ofl_filter_resolve(&args, &layout, &nodes, &f, &err),
			 OFL_OK);
	assert_true(ofl_filter_wants_zone(&f, &zones[2]));
	assert_false(ofl_filter_wants_zone(&f, &zones[1]));
	assert_true(ofl_filter_wants_span(&f, &nodes, 0x8000, 0x8400));
	assert_true(ofl_filter_wants_span(&f, &nodes, 0x7fff, 0x8001));
	assert_false(ofl_filter_wants_span(&f, &nodes, 0x7c00, 0x8000));
	assert_false(ofl_filter_wants_span(&f, &nodes, 0x9000, 0x9400));
	f.lo_pfn = 0x8400;
	assert_false(ofl_filter_wants_span(&f, &nodes, 0x8000, 0x8400));
	/* what the range and the filter share begins behind the zone */
	args = (struct ofl_filter_args){ .zone = "DMA32", .pfn = "1000-1fff" };
	assert_int_equal(ofl_filter_resolve(&args, &layout, &nodes, &f, &err),
			 OFL_OK);
	assert_false(ofl_filter_wants_span(&f, &nodes, 0xc00, 0x1400));
	f.lo_pfn = 0xfff;
	assert_true(ofl_filter_wants_span(&f, &nodes, 0xc00, 0x1400));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_random_bytes),
		cmocka_unit_test_setup(test_filters, set_up),
		cmocka_unit_test_setup(test_no_blocks, set_up),
		cmocka_unit_test_setup(test_zones_and_spans, set_up),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
