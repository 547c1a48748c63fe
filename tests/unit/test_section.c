// SPDX-License-Identifier: GPL-2.0-or-later
/* test_section.c - sections and subsections, sound and damaged */
#include "unit.h"

#include <inttypes.h>

#include "kernel.h"
#include "kernel/section.h"
#include "layout/load.h"

#define MAX 64

static struct kernel k;
static struct texttarget tt;
static struct ofl_layout l;
static struct ofl_err err;
static struct ofl_section seen[MAX];
static size_t nr_seen, stop_after;
static struct ofl_section_stats stats;

static int set_up(void **state)
{
	(void)state;
	kernel_init(&k);
	nr_seen = 0;
	stop_after = MAX;
	return 0;
}

static int drop(void **state)
{
	(void)state;
	texttarget_free(&tt);
	return 0;
}

static void load(void)
{
	kernel_layout(&k, &tt, &l);
}

static enum ofl_status see(void *arg, const struct ofl_section *s)
{
	(void)arg;
	assert_true(nr_seen < MAX);
	if (nr_seen)
		assert_true(s->nr > seen[nr_seen - 1].nr);
	seen[nr_seen++] = *s;
	return nr_seen == stop_after ? OFL_ERR_OUTPUT : OFL_OK;
}

static enum ofl_status walk(uint64_t lo, uint64_t hi)
{
	nr_seen = 0;
	return ofl_section_walk(&tt.target, &l, lo, hi, see, NULL, &stats);
}

/* the same kernel with roots and as a plain array, with 4K and 64K pages */
static void check_arithmetic(bool extreme, unsigned int page_shift)
{
	uint64_t pages;

	k.extreme = extreme;
	k.page_shift = page_shift;
	kernel_open(&k);
	kernel_section(&k, 0, K_LIVE | K_EARLY, ~0ull);
	kernel_section(&k, 3, K_LIVE, ~0ull);
	kernel_section(&k, 4, K_PRESENT | K_MEM_MAP, ~0ull);
	/* on its way in: no memmap yet */
	kernel_line(&k, "mem %" PRIx64 " 1", K_ROOT + 5 * UINT64_C(16));
	kernel_section(&k, 255, K_LIVE | K_DEVICE, ~0ull);
	load();
	pages = kernel_section_pages(&k);
	assert_int_equal(l.section_pages, pages);
	assert_int_equal(l.nr_sections, 256);
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_int_equal(nr_seen, 4);
	assert_int_equal(seen[0].nr, 0);
	assert_true(seen[0].online && seen[0].early && !seen[0].device);
	assert_int_equal(seen[1].nr, 3);
	assert_int_equal(seen[1].start_pfn, 3 * pages);
	assert_true(seen[1].memmap_kva == K_VMEMMAP + 3 * pages * k.struct_page);
	assert_false(seen[1].early);
	assert_int_equal(seen[2].nr, 4);
	assert_false(seen[2].online);
	assert_true(seen[3].device);
	assert_int_equal(stats.online, 3);
	assert_int_equal(stats.not_online, 1);
	assert_int_equal(stats.corrupt + stats.unreadable, 0);
	/* only the sections that the range touches */
	assert_int_equal(walk(3 * pages, 3 * pages + 1), OFL_OK);
	assert_int_equal(nr_seen, 1);
	assert_int_equal(walk(4 * pages - 1, 4 * pages + 1), OFL_OK);
	assert_int_equal(nr_seen, 2);
	assert_int_equal(walk(pages, 3 * pages), OFL_OK);
	assert_int_equal(nr_seen, 0);
	assert_int_equal(walk(256 * pages, UINT64_MAX), OFL_OK);
	assert_int_equal(nr_seen, 0);
	assert_int_equal(walk(5, 5), OFL_OK);
}

static void test_extreme_4k(void **state)
{
	(void)state;
	check_arithmetic(true, 12);
}

static void test_array_4k(void **state)
{
	(void)state;
	check_arithmetic(false, 12);
}

static void test_extreme_64k(void **state)
{
	(void)state;
	check_arithmetic(true, 16);
}

static void test_array_64k(void **state)
{
	(void)state;
	check_arithmetic(false, 16);
}

static void test_visitor_ends_the_walk(void **state)
{
	(void)state;
	kernel_open(&k);
	kernel_small(&k);
	load();
	stop_after = 2;
	assert_int_equal(walk(0, UINT64_MAX), OFL_ERR_OUTPUT);
	assert_int_equal(nr_seen, 2);
	assert_int_equal(stats.online, 2);
}

static void check_subsections(unsigned int page_shift)
{
	uint64_t pages, half;

	k.page_shift = page_shift;
	kernel_open(&k);
	kernel_section(&k, 0, K_LIVE, 1);
	kernel_section(&k, 1, K_LIVE, 2);
	kernel_section(&k, 2, K_LIVE, 0);
	load();
	pages = kernel_section_pages(&k);	/* 4 MiB: two subsections */
	half = pages / 2;
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_int_equal(nr_seen, 3);
	assert_true(ofl_section_populated(&l, &seen[0], 0));
	assert_true(ofl_section_populated(&l, &seen[0], half - 1));
	assert_false(ofl_section_populated(&l, &seen[0], half));
	assert_false(ofl_section_populated(&l, &seen[0], pages - 1));
	assert_false(ofl_section_populated(&l, &seen[1], pages));
	assert_true(ofl_section_populated(&l, &seen[1], pages + half));
	assert_false(ofl_section_populated(&l, &seen[2], 2 * pages));
	assert_false(ofl_section_populated(&l, &seen[2], 3 * pages - 1));
}

static void test_subsections_4k(void **state)
{
	(void)state;
	check_subsections(12);
}

static void test_subsections_64k(void **state)
{
	(void)state;
	check_subsections(16);
}

/* more than 64 bits, and the last one */
static void test_large_section(void **state)
{
	(void)state;
	k.section_bits = 29;
	k.physmem_bits = 31;
	kernel_open(&k);
	kernel_section(&k, 0, K_LIVE, 0);
	kernel_line(&k, "mem %" PRIx64 " 0*3 8000000000000000",
		    K_USAGE + 16);
	load();
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_int_equal(nr_seen, 1);
	assert_true(ofl_section_populated(&l, &seen[0], 255 * 512));
	assert_true(ofl_section_populated(&l, &seen[0], 256 * 512 - 1));
	assert_false(ofl_section_populated(&l, &seen[0], 255 * 512 - 1));
	assert_false(ofl_section_populated(&l, &seen[0], 0));
}

/* more subsections than any kernel has: not believed, and nothing overrun */
static void test_too_large_section(void **state)
{
	(void)state;
	k.section_bits = 34;
	k.physmem_bits = 36;
	kernel_open(&k);
	kernel_section(&k, 0, K_LIVE, 0);
	kernel_line(&k, "mem %" PRIx64 " ffffffffffffffff*128", K_USAGE + 16);
	load();
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_true(seen[0].corrupt);
}

static void test_no_usage_in_this_kernel(void **state)
{
	(void)state;
	k.subsections = false;
	kernel_open(&k);
	kernel_section(&k, 0, K_LIVE, 0);
	load();
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_false(seen[0].has_subsections);
	assert_true(ofl_section_populated(&l, &seen[0], 5));
}

static void test_null_usage(void **state)
{
	(void)state;
	kernel_open(&k);
	kernel_section(&k, 0, K_LIVE | K_EARLY, ~0ull);
	kernel_line(&k, "mem %" PRIx64 " 0", K_ROOT + 8);
	load();
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_false(seen[0].corrupt);
	assert_false(ofl_section_populated(&l, &seen[0], 0));
}

/* memory that was added later is added whole, and marked in all ways at once */
static void test_damaged(void **state)
{
	(void)state;
	kernel_open(&k);
	kernel_section(&k, 0, K_LIVE, 1);		/* half of it */
	kernel_section(&k, 1, K_LIVE & ~K_PRESENT, ~0ull);
	kernel_section(&k, 2, K_LIVE & ~K_MEM_MAP, ~0ull);
	kernel_section(&k, 3, K_LIVE, ~0ull);
	load();
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_int_equal(nr_seen, 4);
	assert_true(seen[0].corrupt && seen[1].corrupt && seen[2].corrupt);
	assert_false(seen[3].corrupt);
	assert_int_equal(stats.corrupt, 3);
}

static void test_wild_usage(void **state)
{
	(void)state;
	kernel_open(&k);
	kernel_section(&k, 0, K_LIVE, ~0ull);
	kernel_section(&k, 1, K_LIVE, ~0ull);
	kernel_line(&k, "mem %" PRIx64 " dead000000000000", K_ROOT + 8);
	load();
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_int_equal(nr_seen, 2);
	assert_true(seen[0].corrupt);
	assert_false(seen[1].corrupt);
	assert_int_equal(stats.corrupt, 1);
	assert_int_equal(stats.online, 1);
}

static void test_odd_memmap(void **state)
{
	(void)state;
	kernel_open(&k);
	kernel_section(&k, 0, K_LIVE, ~0ull);
	kernel_section(&k, 1, K_LIVE, ~0ull);
	kernel_section(&k, 2, K_LIVE, ~0ull);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, K_ROOT + 16,
		    K_VMEMMAP + 0x1000 + K_LIVE);
	load();
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_int_equal(nr_seen, 3);
	assert_true(seen[1].corrupt);
	assert_false(seen[0].corrupt || seen[2].corrupt);
	assert_int_equal(stats.corrupt, 1);
	assert_int_equal(stats.corrupt_nr, 1);
}

/* bit 5 is a flag in 7.2; older kernels never set it */
static void test_bit_above_the_last_flag(void **state)
{
	(void)state;
	kernel_open(&k);
	kernel_section(&k, 0, K_LIVE, ~0ull);
	kernel_section(&k, 1, K_LIVE | 32, ~0ull);
	load();
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_int_equal(stats.corrupt, 0);
	assert_true(seen[1].memmap_kva == K_VMEMMAP + 1024 * 64);
}

/* crash says nothing of it on s390x, so the sections have to: all, and several */
static void vote(unsigned int sections, uint64_t odd, enum ofl_status expect)
{
	unsigned int i;

	kernel_open(&k);
	kernel_line(&k, "host vmemmap 0");
	for (i = 0; i < sections; i++)
		kernel_section(&k, i, K_LIVE, ~0ull);
	if (odd)
		kernel_line(&k, "mem %" PRIx64 " %" PRIx64, K_ROOT + 16 * odd,
			    (K_VMEMMAP + 0x100000) | K_LIVE);
	load();
	assert_int_equal(ofl_section_find_vmemmap(&tt.target, &l, &err), expect);
	if (expect)
		assert_string_equal(err.text, "kernel 0.0-made-up has no SPARSEMEM_VMEMMAP memmap; only such kernels can be looked at");
	else
		assert_true(l.vmemmap_kva == K_VMEMMAP);
}

/* s390x: the kernel has an address space of its own, from 0 on */
static void test_kernel_address(void **state)
{
	struct ofl_layout here = { .vmemmap_kva = K_VMEMMAP, .page_bytes = 4096 };

	(void)state;
	assert_true(ofl_is_kernel_address(&here, K_ROOT));
	assert_false(ofl_is_kernel_address(&here, 0x737718));
	here.vmemmap_kva = 0;	/* not found yet */
	assert_false(ofl_is_kernel_address(&here, 0x737718));
	here.vmemmap_kva = 0x37200000000;
	assert_true(ofl_is_kernel_address(&here, 0x737718));
	assert_false(ofl_is_kernel_address(&here, 0));
}

static void test_sections_agree(void **state)
{
	(void)state;
	vote(3, 0, OFL_OK);
}

static void test_sections_differ(void **state)
{
	(void)state;
	vote(3, 1, OFL_ERR_UNSUPPORTED);
}

static void test_one_section_proves_nothing(void **state)
{
	(void)state;
	vote(1, 0, OFL_ERR_UNSUPPORTED);
}

static void test_unreadable_roots(void **state)
{
	(void)state;
	kernel_open(&k);
	kernel_small(&k);
	kernel_line(&k, "unreadable %" PRIx64 " 1000", K_ROOT);
	load();
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_int_equal(nr_seen, 0);
	assert_int_equal(stats.unreadable, 256);
	assert_int_equal(stats.unreadable_nr, 0);
	texttarget_free(&tt);
	kernel_init(&k);
	kernel_open(&k);
	kernel_small(&k);
	kernel_line(&k, "unreadable %" PRIx64 " 8", K_ROOTS);
	load();
	assert_int_equal(walk(0, UINT64_MAX), OFL_OK);
	assert_true(stats.unreadable >= 256);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_extreme_4k), CASE(test_array_4k),
		CASE(test_extreme_64k), CASE(test_array_64k),
		CASE(test_visitor_ends_the_walk),
		CASE(test_subsections_4k), CASE(test_subsections_64k),
		CASE(test_large_section),
		CASE(test_too_large_section), CASE(test_no_usage_in_this_kernel),
		CASE(test_null_usage), CASE(test_damaged), CASE(test_wild_usage),
		CASE(test_odd_memmap), CASE(test_bit_above_the_last_flag),
		CASE(test_unreadable_roots), CASE(test_kernel_address),
		CASE(test_sections_agree),
		CASE(test_sections_differ),
		CASE(test_one_section_proves_nothing),
	};

	return cmocka_run_group_tests_name("section", tests, NULL, NULL);
}
