// SPDX-License-Identifier: GPL-2.0-or-later
/* test_scan.c - offline, not offline, unknown: every page is one of the three */
#include "unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "kernel/iomem.h"
#include "layout/load.h"
#include "scan/recall.h"
#include "scan/scan.h"

#define PAGES	8192		/* the first pfns, as seen by the sink */
#define STALE	-1		/* offline, but its section is not online */
#define OFFLINE	0x100

static struct kernel k;
static struct texttarget tt;
static struct ofl_layout *l;
static struct ofl_nodes n;
static struct ofl_filter f;
static struct ofl_scan_request req;
static struct ofl_scan_result r;
static struct ofl_err err;
static int seen[PAGES];		/* 0, OFFLINE, STALE or enum ofl_unknown */
static uint64_t last_pfn;	/* first pfn not yet told of */
static unsigned long nr_calls, fail_call;
static uint32_t refcount_of[PAGES];

static int set_up(void **state)
{
	(void)state;
	kernel_init(&k);
	l = calloc(1, sizeof(*l));
	memset(&n, 0, sizeof(n));
	memset(&r, 0, sizeof(r));
	fail_call = 0;
	return 0;
}

static int drop(void **state)
{
	(void)state;
	ofl_scan_result_free(&r);
	ofl_scan_result_free(&r);
	ofl_nodes_free(&n);
	texttarget_free(&tt);
	free(l);
	return 0;
}

static void load(void)
{
	kernel_nodes(&k, &tt, l, &n);
	f = (struct ofl_filter){ .hi_pfn = l->nr_sections * l->section_pages,
				 .node = -1 };
	req = (struct ofl_scan_request){ .filter = &f };
}

static enum ofl_status see_offline(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages)
{
	uint64_t pfn;

	(void)arg;
	assert_true(p->pfn >= last_pfn);
	assert_in_range(pages, 1, PAGES);
	last_pfn = p->pfn + pages;
	assert_in_range(last_pfn, 1, PAGES);
	for (pfn = p->pfn; pfn < last_pfn; pfn++) {
		assert_int_equal(s->nr, pfn / l->section_pages);
		seen[pfn] = s->online ? OFFLINE : STALE;
		refcount_of[pfn] = (uint32_t)p->refcount;
	}
	return ++nr_calls == fail_call ? OFL_ERR_OUTPUT : OFL_OK;
}

static enum ofl_status see_unknown(void *arg, const struct ofl_section *s,
				   const struct ofl_hole *h)
{
	uint64_t i;

	(void)arg;
	assert_true(s->online);
	assert_true(h->pages > 0);
	assert_true(h->start_pfn >= last_pfn);
	last_pfn = h->start_pfn + h->pages;
	for (i = h->start_pfn; i < last_pfn; i++)
		seen[i] = h->why;
	return ++nr_calls == fail_call ? OFL_ERR_OUTPUT : OFL_OK;
}

static enum ofl_status scan(void)
{
	const struct ofl_sink sink = { .offline = see_offline,
				       .unknown = see_unknown };

	memset(seen, 0, sizeof(seen));
	last_pfn = nr_calls = 0;
	ofl_scan_result_free(&r);
	return ofl_scan(&tt.target, l, &n, &req, &sink, 1, &r, &err);
}

static uint64_t count(int what)
{
	uint64_t i, found = 0;

	for (i = 0; i < PAGES; i++)
		found += seen[i] == what;
	return found;
}

static uint64_t first(int what)
{
	uint64_t i = 0;

	while (seen[i] != what)
		i++;
	return i;
}

static void expect(uint64_t pfn, uint64_t pages, int what)
{
	uint64_t i;

	for (i = pfn; i < pfn + pages; i++)
		if (seen[i] != what)
			fail_msg("pfn %lx: %d, not %d", (long)i, seen[i], what);
}

/* the totals and what the sink was told must be one story */
static void check_totals(void)
{
	uint64_t zones = 0, unknown = 0;
	size_t i;

	assert_int_equal(r.total.offline, count(OFFLINE));
	assert_int_equal(r.stale, count(STALE));
	for (i = 1; i < OFL_NR_UNKNOWN; i++) {
		assert_int_equal(r.unknown[i], count((int)i));
		if (r.unknown[i])
			assert_int_equal(r.unknown_pfn[i], first((int)i));
		unknown += r.unknown[i];
	}
	assert_int_equal(r.total.unknown, unknown);
	for (i = 0; i < n.nr_zones; i++)
		zones += r.zone[i].scanned;
	assert_int_equal(zones + unknown + r.no_zone, r.total.scanned);
}

static uint64_t normal(void)
{
	return kernel_zone_bits(0, 1);
}

static void open_small(void)
{
	kernel_open(&k);
	kernel_small(&k);
}

static void test_three_states(void **state)
{
	(void)state;
	open_small();
	kernel_pages(&k, 5, 3, normal(), K_OFFLINE, 0);
	kernel_pages(&k, 9, 1, normal() | K_DIRTY, K_OFFLINE | 0xffffff, 7);
	kernel_pages(&k, 20, 2, ~0ull, K_NO_TYPE, -1);
	kernel_pages(&k, 30, 1, 0, 0, 0);
	kernel_line(&k, "excluded %" PRIx64 " 1000", K_VMEMMAP + 128 * 64);
	kernel_line(&k, "unreadable %" PRIx64 " 1000", K_VMEMMAP + 192 * 64);
	kernel_pages(&k, 256, 64, 0, 0, 0);
	load();
	assert_int_equal(scan(), OFL_OK);
	expect(0, 5, 0);
	expect(5, 3, OFFLINE);
	expect(9, 1, OFFLINE);
	assert_int_equal(refcount_of[9], 7);
	expect(20, 2, OFL_UNKNOWN_POISONED);
	expect(30, 1, OFL_UNKNOWN_ZERO);
	expect(128, 64, OFL_UNKNOWN_EXCLUDED);
	expect(192, 64, OFL_UNKNOWN_UNREADABLE);
	expect(256, 64, OFL_UNKNOWN_ZERO);
	expect(320, PAGES - 320, 0);
	assert_int_equal(r.total.scanned, 4096);
	assert_int_equal(r.zone[0].scanned, 2048 - 2 - 1 - 192);
	assert_int_equal(r.zone[0].offline, 4);
	assert_int_equal(r.sections_wanted, 4);
	assert_int_equal(r.sections_done, 4);
	check_totals();
}

static void test_what_only_looks_alike(void **state)
{
	(void)state;
	open_small();
	kernel_pages(&k, 0, 1, normal() | K_SLAB, K_OFFLINE, 1);
	kernel_pages(&k, 1, 1, normal(), K_OFFLINE, 1);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " ffffea0000000001",
		    K_VMEMMAP + 64, normal());	/* a tail page */
	kernel_pages(&k, 2, 1, normal(), 0xf0000000, 0);
	kernel_pages(&k, 3, 1, normal(), 0xf1, 0);
	load();
	assert_int_equal(scan(), OFL_OK);
	assert_int_equal(r.total.offline + r.total.unknown, 0);
}

static struct ofl_ram_span spans[] = { { 0, 20 }, { 22, 40 } };
static struct ofl_ram ram = { .span = spans, .nr = 2 };
static unsigned int asked_ram;

static const struct ofl_ram *give_ram(void *arg)
{
	asked_ram++;
	return arg;
}

/* iomem's word alone makes a hole of a page that nobody initialised */
static void test_ones_in_holes(void **state)
{
	(void)state;
	open_small();
	kernel_pages(&k, 19, 4, ~0ull, K_NO_TYPE, -1);
	kernel_pages(&k, 39, 3, ~0ull, K_NO_TYPE, -1);
	kernel_pages(&k, 50, 1, 0, 0, 0);	/* in no RAM either: not ones */
	load();
	ram.known = true;
	req.ram = give_ram;
	req.ram_arg = &ram;
	assert_int_equal(scan(), OFL_OK);
	expect(19, 1, OFL_UNKNOWN_POISONED);
	expect(20, 2, 0);
	expect(22, 1, OFL_UNKNOWN_POISONED);
	expect(39, 1, OFL_UNKNOWN_POISONED);
	expect(40, 2, 0);
	expect(50, 1, OFL_UNKNOWN_ZERO);
	assert_int_equal(r.no_zone, 4);
	assert_int_equal(r.total.scanned, 4096);
	check_totals();
	/* a filter by zone leaves holes out */
	strcpy(f.zone, "Normal");
	assert_int_equal(scan(), OFL_OK);
	assert_int_equal(r.no_zone, 0);
	check_totals();
	f.zone[0] = '\0';
	/* without iomem, nothing is known of any */
	ram.known = false;
	assert_int_equal(scan(), OFL_OK);
	expect(19, 4, OFL_UNKNOWN_POISONED);
	req.ram_arg = NULL;
	assert_int_equal(scan(), OFL_OK);
	expect(19, 4, OFL_UNKNOWN_POISONED);
	expect(39, 3, OFL_UNKNOWN_POISONED);
	assert_int_equal(r.no_zone, 0);
	assert_true(asked_ram > 0);
	/* nor is anything asked where no page is all ones */
	asked_ram = 0;
	f.lo_pfn = 2048;
	assert_int_equal(scan(), OFL_OK);
	assert_int_equal(asked_ram, 0);
}

static void test_zones_that_do_not_exist(void **state)
{
	uint64_t none = kernel_zone_bits(1, 0), device = kernel_zone_bits(0, 3);

	(void)state;
	open_small();
	kernel_pages(&k, 0, 2, none | K_RESERVED, K_NO_TYPE, 1);
	kernel_pages(&k, 2, 3, none, K_NO_TYPE, 1);
	kernel_pages(&k, 5, 1, none | K_RESERVED, K_OFFLINE, 1);
	kernel_pages(&k, 6, 2, device | K_RESERVED, K_OFFLINE, 1);
	load();
	assert_int_equal(scan(), OFL_OK);
	expect(0, 2, 0);
	expect(2, 4, OFL_UNKNOWN_BAD_ZONE);
	expect(6, 2, 0);
	assert_int_equal(r.no_zone, 2);
	assert_int_equal(r.device, 2);
	assert_int_equal(r.total.scanned, 4096 - 2);
	check_totals();
}

static void compound(uint64_t pfn, unsigned int order, uint64_t flags)
{
	uint64_t head = K_VMEMMAP + pfn * 64, i;

	kernel_pages(&k, pfn, 1, flags | K_HEAD, K_NO_TYPE, 1);
	for (i = 1; i < 1u << order; i++) {
		kernel_pages(&k, pfn + i, 1, flags, K_NO_TYPE, 0);
		kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64,
			    head + i * 64, flags | (i == 1 ? order : 0),
			    head | 1);
	}
}

/* what is passed over is counted as what it was passed over for */
static void test_compound_pages_of_every_zone(void **state)
{
	uint64_t none = kernel_zone_bits(1, 0), device = kernel_zone_bits(0, 3);
	struct ofl_scan_result skipped;
	struct ofl_count zone;

	(void)state;
	open_small();
	kernel_line(&k, "vmcoreinfo LENGTH(zone.free_area)=11");
	kernel_line(&k, "member page.private 40 8");
	compound(64, 4, normal());
	compound(128, 4, device);
	compound(256, 4, none | K_RESERVED);
	compound(512, 4, none);
	load();
	assert_int_equal(scan(), OFL_OK);
	skipped = r;
	zone = r.zone[0];
	expect(512, 16, OFL_UNKNOWN_BAD_ZONE);
	req.every_page = true;
	assert_int_equal(scan(), OFL_OK);
	expect(512, 16, OFL_UNKNOWN_BAD_ZONE);
	assert_int_equal(r.device, 16);
	assert_int_equal(skipped.device, 16);
	assert_int_equal(r.no_zone, 16);
	assert_int_equal(skipped.no_zone, 16);
	assert_memory_equal(&r.total, &skipped.total, sizeof(r.total));
	assert_memory_equal(&r.zone[0], &zone, sizeof(zone));
}

static void test_sections_that_are_not_online(void **state)
{
	(void)state;
	open_small();
	kernel_section(&k, 1, K_PRESENT | K_MEM_MAP, ~0ull);
	kernel_pages(&k, 1024, 2, normal(), K_OFFLINE, 0);
	kernel_pages(&k, 1026, 2, ~0ull, K_NO_TYPE, -1);
	kernel_pages(&k, 1028, 2, 0, 0, 0);
	kernel_pages(&k, 1030, 1, kernel_zone_bits(1, 0), K_OFFLINE, 0);
	kernel_line(&k, "excluded %" PRIx64 " 1000", K_VMEMMAP + 1088 * 64);
	load();
	assert_int_equal(scan(), OFL_OK);
	expect(1024, 2, STALE);
	expect(1026, 4, 0);
	expect(1030, 1, STALE);
	assert_int_equal(r.total.offline + r.total.unknown, 0);
	assert_int_equal(r.total.scanned, 3072);
	assert_int_equal(r.stale, 3);
	assert_int_equal(r.stale_unread, 64);
	assert_int_equal(r.sections.not_online, 1);
}

static void test_subsection_holes(void **state)
{
	(void)state;
	open_small();
	/* its first 2 MiB are not there */
	kernel_section(&k, 1, K_LIVE | K_EARLY, 2);
	kernel_line(&k, "unreadable %" PRIx64 " 8000", K_VMEMMAP + 1024 * 64);
	kernel_pages(&k, 1536, 1, normal(), K_OFFLINE, 0);
	load();
	assert_int_equal(scan(), OFL_OK);
	assert_int_equal(r.total.scanned, 4096 - 512);
	assert_int_equal(r.total.unknown, 0);
	expect(1536, 1, OFFLINE);
}

/* holes of early sections have a memmap too: reserved pages, no others */
static void test_page_in_a_hole(void **state)
{
	(void)state;
	open_small();
	kernel_section(&k, 1, K_LIVE | K_EARLY, 2);
	kernel_pages(&k, 1024, 512, normal() | K_RESERVED, K_NO_TYPE, 1);
	kernel_section(&k, 0, K_LIVE | K_EARLY, 1);
	load();
	assert_int_equal(scan(), OFL_OK);
	assert_int_equal(r.total.scanned, 4096 - 512);
	assert_int_equal(r.total.unknown, 512);
	expect(512, 512, OFL_UNKNOWN_BAD_SECTION);
}

static void test_corrupt_section(void **state)
{
	(void)state;
	open_small();
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, K_ROOT + 32,
		    K_VMEMMAP + 0x1000 + K_LIVE);
	load();
	assert_int_equal(scan(), OFL_OK);
	expect(2048, 1024, OFL_UNKNOWN_BAD_SECTION);
	assert_int_equal(r.sections.corrupt, 1);
	check_totals();
}

/* 56 bytes: struct pages lie across pages of memmap; so does what is lost */
static void test_straddling_struct_page(void **state)
{
	uint64_t pfn;

	(void)state;
	k.struct_page = 56;
	open_small();
	kernel_pages(&k, 73, 1, normal(), K_OFFLINE, 3);	/* ends in page 2 */
	kernel_line(&k, "unreadable %" PRIx64 " 1000", K_VMEMMAP + 0x2000);
	kernel_line(&k, "mem %" PRIx64 " 0*512", K_VMEMMAP + 0x5000);
	load();
	assert_int_equal(scan(), OFL_OK);
	expect(73, 1, OFFLINE);
	assert_int_equal(refcount_of[73], 3);
	for (pfn = 0; pfn < 512; pfn++) {
		bool lost = pfn * 56 < 0x3000 && (pfn + 1) * 56 > 0x2000;
		bool zero = pfn * 56 < 0x6000 && (pfn + 1) * 56 > 0x5000;

		if (pfn != 73)
			expect(pfn, 1, lost ? OFL_UNKNOWN_UNREADABLE :
				       zero ? OFL_UNKNOWN_ZERO : 0);
	}
	check_totals();
}

static void test_chunk_edges(void **state)
{
	static const unsigned int size[] = { 56, 64 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(size); i++) {
		/* a section whose memmap is more than one image of 2 MiB */
		uint64_t most = (2u << 20) / size[i];
		uint64_t base;

		kernel_init(&k);
		k.section_bits = 28;
		k.physmem_bits = 31;
		k.struct_page = size[i];
		kernel_open(&k);
		kernel_zone(&k, 0, 1, 0, 65536);
		kernel_section(&k, 0, K_LIVE, ~0ull);
		kernel_pages(&k, 0, 65536, normal() | K_LRU, K_NO_TYPE, 1);
		for (base = most; base < 65536; base += most)
			kernel_pages(&k, base - 1, 2, normal(), K_OFFLINE, 0);
		kernel_pages(&k, 65535, 1, normal(), K_OFFLINE, 0);
		load();
		memset(&r, 0, sizeof(r));
		assert_int_equal(ofl_scan(&tt.target, l, &n, &req, NULL, 0, &r,
					  &err), OFL_OK);
		assert_int_equal(r.total.scanned, 65536);
		assert_int_equal(r.total.offline, 65535 / most * 2 + 1);
		ofl_scan_result_free(&r);
		ofl_nodes_free(&n);
		texttarget_free(&tt);
	}
	open_small();
	load();
}

static void test_64k_pages(void **state)
{
	(void)state;
	k.page_shift = 16;
	kernel_open(&k);
	/* the memmap of a section this small is a part of a page */
	kernel_line(&k, "mem %" PRIx64 " 0*8192", K_VMEMMAP);
	kernel_small(&k);
	kernel_pages(&k, 63, 2, normal(), K_OFFLINE, 0);
	load();
	assert_int_equal(scan(), OFL_OK);
	assert_int_equal(r.total.scanned, 256);
	expect(63, 2, OFFLINE);
	check_totals();
}

static void test_filters_limit_what_is_read(void **state)
{
	(void)state;
	open_small();
	kernel_pages(&k, 1000, 100, normal(), K_OFFLINE, 0);
	load();
	f.lo_pfn = 1010;
	f.hi_pfn = 1030;
	assert_int_equal(scan(), OFL_OK);
	expect(1010, 20, OFFLINE);
	assert_int_equal(r.total.scanned, 20);
	assert_int_equal(r.sections_wanted, 2);
	f = (struct ofl_filter){ .hi_pfn = 8192, .node = 1 };
	tt.reads = 0;
	assert_int_equal(scan(), OFL_OK);
	assert_int_equal(r.total.scanned, 2048);
	assert_int_equal(r.total.offline, 0);
	assert_int_equal(r.sections_done, 2);
	f.node = -1;
	strcpy(f.zone, "Normal");
	assert_int_equal(scan(), OFL_OK);
	assert_int_equal(r.total.offline, 100);
	assert_int_equal(r.total.scanned, 2048);
}

static void test_interrupt(void **state)
{
	(void)state;
	open_small();
	kernel_pages(&k, 1, 1, normal(), K_OFFLINE, 0);
	load();
	tt.interrupt_after = 2;
	assert_int_equal(scan(), OFL_OK);
	assert_true(r.interrupted);
	assert_int_equal(r.sections_done, 2);
	assert_int_equal(r.sections_wanted, 4);
	expect(1, 1, OFFLINE);
}

/* @told: pages of each call */
static enum ofl_status note_pages(void *arg, const struct ofl_section *s,
				  const struct ofl_page *p, uint64_t pages)
{
	uint64_t *told = arg;

	(void)s;
	told[p->pfn] = pages;
	return OFL_OK;
}

static enum ofl_status see_any(void *arg, const struct ofl_section *s,
			       const struct ofl_page *p, uint64_t pages,
			       const unsigned char *raw,
			       const unsigned char *raw_end)
{
	uint64_t *told = arg;

	(void)s;
	assert_true(raw_end > raw);
	/* what comes before it was told before */
	if (p->pfn == 17)
		assert_int_equal(told[16], 1);
	told[p->pfn] = 100 + pages;
	told[PAGES] += pages;
	return OFL_OK;
}

/* like pages come at once, and all that is said of them splits them */
static void test_pages_at_once(void **state)
{
	static uint64_t told[PAGES + 1];
	struct ofl_sink sink = { .offline = note_pages, .arg = told };
	uint64_t end;

	(void)state;
	open_small();
	end = kernel_section_pages(&k);
	kernel_pages(&k, 10, 7, normal(), K_OFFLINE, 1);
	kernel_pages(&k, 13, 1, normal() | K_DIRTY, K_OFFLINE, 1);
	kernel_pages(&k, 16, 1, normal(), K_OFFLINE, 0);
	kernel_pages(&k, 20, 4, normal(), K_OFFLINE, 1);
	kernel_pages(&k, 22, 1, normal(), K_OFFLINE | 0xffffff, 1);
	kernel_pages(&k, end - 2, 4, normal(), K_OFFLINE, 1);
	load();
	memset(told, 0, sizeof(told));
	assert_int_equal(ofl_scan(&tt.target, l, &n, &req, &sink, 1, &r, &err),
			 OFL_OK);
	assert_int_equal(told[10], 3);
	assert_int_equal(told[13], 1);
	assert_int_equal(told[14], 2);
	assert_int_equal(told[16], 1);
	assert_int_equal(told[20], 2);
	assert_int_equal(told[22], 1);
	assert_int_equal(told[23], 1);
	assert_int_equal(told[end - 2], 2);
	assert_int_equal(told[end], 2);
	/* with other pages between them, each at its place */
	ofl_scan_result_free(&r);
	memset(told, 0, sizeof(told));
	sink.known = see_any;
	assert_int_equal(ofl_scan(&tt.target, l, &n, &req, &sink, 1, &r, &err),
			 OFL_OK);
	assert_int_equal(told[10], 3);
	assert_int_equal(told[11], 0);
	assert_int_equal(told[17], 101);
	assert_int_equal(told[PAGES], r.total.scanned - r.total.offline);
}

/* @told: what is said of each offline page, as a number */
static enum ofl_status note_each(void *arg, const struct ofl_section *s,
				 const struct ofl_page *p, uint64_t pages)
{
	uint64_t *told = arg, i;

	(void)s;
	for (i = 0; i < pages; i++)
		told[p->pfn + i] = 1 + p->flags + p->type * 3 +
				   (uint64_t)p->refcount * 5 + p->private * 7 +
				   (p->movable_ops ? 11 : 0);
	return OFL_OK;
}

static enum ofl_status see_none(void *arg, const struct ofl_section *s,
				const struct ofl_page *p, uint64_t pages,
				const unsigned char *raw,
				const unsigned char *raw_end)
{
	(void)arg;
	(void)s;
	(void)p;
	(void)pages;
	(void)raw;
	(void)raw_end;
	return OFL_OK;
}

/* what a member is may change; mostly it is as it was in the page before */
static uint64_t one_of(const uint64_t *value, unsigned int *at)
{
	if (random() % 20 == 0)
		*at = random() % 2 ? 0 : (unsigned int)random() % 4;
	return value[*at];
}

/* pages that differ from their neighbours in a member at most, each by itself */
static void write_like_pages(uint64_t pfn, uint64_t end)
{
	const uint64_t flags[] = { normal(), normal() | K_DIRTY,
				   normal() | K_HEAD, kernel_zone_bits(1, 2) };
	static const uint64_t types[] = { K_OFFLINE, K_OFFLINE | 1, K_NO_TYPE,
					  K_OFFLINE };
	static const uint64_t refs[] = { 1, 0, 2, 1 };
	static const uint64_t tails[] = { 0, 8, K_VMEMMAP + 1, 0 };
	static const uint64_t ptrs[] = { 0, K_XA, K_XA + 2, 0 };
	unsigned int at[6] = { 0 };

	for (; pfn < end; pfn++) {
		uint64_t type = one_of(types, &at[0]);

		kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64 " 0 %"
			    PRIx64 " 0 %" PRIx64 " %" PRIx64 " 0",
			    K_VMEMMAP + pfn * k.struct_page,
			    one_of(flags, &at[1]), one_of(tails, &at[2]),
			    one_of(ptrs, &at[3]), one_of(ptrs, &at[4]),
			    one_of(refs, &at[5]) << 32 |
			    (pfn / 200 % 2 ? K_NO_TYPE : type));
	}
}

/*
 * What is the same as the page before is counted with it where no sink wants
 * each page. The same has to be found as when one does.
 */
static void test_like_pages(void **state)
{
	static uint64_t told[2][PAGES + 1];
	struct ofl_sink sink[] = {
		{ .offline = note_each, .arg = told[0] },
		{ .offline = note_each, .known = see_none, .arg = told[1] },
	};
	struct ofl_count total[2], zone[2];
	uint64_t hidden[2], offline = 0;
	int i, round;

	(void)state;
	unit_seed();
	for (round = 0; round < 10; round++) {
		kernel_init(&k);
		open_small();
		kernel_line(&k, "member page.private 40 8");
		kernel_line(&k, "member page.mapping 24 8");
		kernel_line(&k, "vmcoreinfo LENGTH(zone.free_area)=11");
		write_like_pages(1000, 3000);
		compound(3072, 6, normal());
		kernel_pages(&k, 3080, 20, normal(), K_OFFLINE, 1);
		load();
		snprintf(f.zone, sizeof(f.zone), "%s", round % 3 ? "" : "Normal");
		req.every_page = true;	/* a sink without span() gets each */
		memset(told, 0, sizeof(told));
		for (i = 0; i < 2; i++) {
			assert_int_equal(ofl_scan(&tt.target, l, &n, &req,
					 &sink[i], 1, &r, &err), OFL_OK);
			total[i] = r.total;
			zone[i] = r.zone[1];
			hidden[i] = r.hidden;
			ofl_scan_result_free(&r);
		}
		for (i = 0; i < PAGES; i++)
			if (told[0][i] != told[1][i])
				fail_msg("pfn %d: %" PRIx64 ", not %" PRIx64, i,
					 told[0][i], told[1][i]);
		assert_memory_equal(&total[0], &total[1], sizeof(total[0]));
		assert_memory_equal(&zone[0], &zone[1], sizeof(zone[0]));
		assert_int_equal(hidden[0], hidden[1]);
		offline += total[0].offline;
		ofl_nodes_free(&n);
		texttarget_free(&tt);
	}
	assert_true(offline > 1000);
	kernel_init(&k);
	open_small();
	load();
}

static uint64_t span_most;

static uint64_t take_span(void *arg, const struct ofl_section *s,
			  const struct ofl_page *p, uint64_t pages)
{
	(void)arg;
	(void)s;
	(void)p;
	return pages < span_most ? pages : span_most;
}

/* a compound page comes as a whole if the sink can take it, or in parts */
static void test_known_pages_come_in_spans(void **state)
{
	static uint64_t told[PAGES + 1];
	struct ofl_sink sink = { .known = see_any, .span = take_span,
				 .arg = told };

	(void)state;
	open_small();
	kernel_line(&k, "vmcoreinfo LENGTH(zone.free_area)=11");
	kernel_line(&k, "member page.private 40 8");
	compound(64, 4, normal());
	kernel_pages(&k, 16, 1, normal(), K_OFFLINE, 0);
	load();
	for (span_most = 1; span_most <= 16; span_most *= 4) {
		memset(told, 0, sizeof(told));
		sink.offline = note_pages;
		assert_int_equal(ofl_scan(&tt.target, l, &n, &req, &sink, 1,
					  &r, &err), OFL_OK);
		assert_int_equal(told[64], 100 + span_most);
		if (span_most < 16)
			assert_int_equal(told[64 + span_most], 100 + span_most);
		assert_int_equal(told[80], 101);
		assert_int_equal(told[PAGES],
				 r.total.scanned - r.total.offline);
		ofl_scan_result_free(&r);
	}
}

static uint64_t nr_done;

static enum ofl_status count_done(void *arg, const struct ofl_section *s)
{
	nr_done++;
	assert_true(*(uint64_t *)arg <= s->start_pfn);
	*(uint64_t *)arg = s->start_pfn + kernel_section_pages(&k);
	return OFL_OK;
}

/* each section of the filter ends once, also one without offline pages */
static void test_sections_end(void **state)
{
	uint64_t done_pfn = 0;
	const struct ofl_sink sink = { .done = count_done, .arg = &done_pfn };

	(void)state;
	open_small();
	kernel_pages(&k, 1, 1, normal(), K_OFFLINE, 0);
	load();
	nr_done = 0;
	assert_int_equal(ofl_scan(&tt.target, l, &n, &req, &sink, 1, &r, &err),
			 OFL_OK);
	assert_true(nr_done > 0);
	assert_int_equal(nr_done, r.sections_done);
}

static void test_sink_ends_the_scan(void **state)
{
	(void)state;
	open_small();
	kernel_pages(&k, 1, 1, normal(), K_OFFLINE, 0);
	kernel_pages(&k, 3, 1, 0, 0, 0);
	kernel_pages(&k, 5, 1, normal(), K_OFFLINE, 0);
	load();
	for (fail_call = 1; fail_call <= 3; fail_call++) {
		assert_int_equal(scan(), OFL_ERR_OUTPUT);
		assert_int_equal(nr_calls, fail_call);
	}
	assert_int_equal(scan(), OFL_OK);
}

/*
 * A struct page that ends in a page of the memmap where all else is zeros, with
 * nothing but zeros of its own there, is not known either: that page of the
 * memmap is one that the dump may not have.
 */
static void straddle_zeros(int *want)
{
	uint64_t bytes = k.struct_page, pfn, end, i;

	for (pfn = 0; pfn < PAGES; pfn++) {
		uint64_t edge = (pfn * bytes / 4096 + 1) * 4096;

		/* page_type and refcount are the last that it has */
		if (edge - pfn * bytes >= bytes || edge - pfn * bytes < 48)
			continue;
		end = (edge + 4096 + bytes - 1) / bytes;
		for (i = pfn + 1; i < end && i < PAGES; i++)
			if (want[i] != OFL_UNKNOWN_ZERO)
				break;
		if (i == end)
			want[pfn] = OFL_UNKNOWN_ZERO;
	}
}

/* pages at random, told apart by a second reading of what was written */
static void test_random(void **state)
{
	static int want[PAGES];
	int round, i;

	(void)state;
	unit_seed();
	for (round = 0; round < 10; round++) {
		kernel_init(&k);
		k.struct_page = random() % 2 ? 56 : 64;
		open_small();
		memset(want, 0, sizeof(want));
		for (i = 0; i < 100; i++) {
			uint64_t pfn = (uint64_t)random() % 2000;
			uint64_t pages = 1 + (uint64_t)random() % 40, at;
			bool offline = random() % 2;

			kernel_pages(&k, pfn, pages, offline ? normal() : 0,
				     offline ? K_OFFLINE : 0, 0);
			for (at = pfn; at < pfn + pages; at++)
				want[at] = offline ? OFFLINE : OFL_UNKNOWN_ZERO;
		}
		straddle_zeros(want);
		load();
		assert_int_equal(scan(), OFL_OK);
		for (i = 0; i < PAGES; i++)
			expect((uint64_t)i, 1, want[i]);
		check_totals();
		ofl_nodes_free(&n);
		texttarget_free(&tt);
	}
	kernel_init(&k);
	open_small();
	load();
}

/* what has flags 0 may be nothing but zeros; device memory is counted apart */
static void test_not_like_the_one_before(void **state)
{
	uint64_t device = kernel_zone_bits(0, 3);

	(void)state;
	open_small();
	kernel_zone(&k, 0, 0, 600, 100);
	kernel_zone(&k, 0, 3, 1000, 100);
	kernel_pages(&k, 600, 1, 0, 0, 1);	/* mapped once: its type is 0 */
	kernel_pages(&k, 601, 5, 0, 0, 0);
	kernel_pages(&k, 1000, 10, device, K_NO_TYPE, 1);
	load();
	req.every_page = true;
	assert_int_equal(scan(), OFL_OK);
	expect(600, 1, 0);
	expect(601, 5, OFL_UNKNOWN_ZERO);
	assert_int_equal(r.device, 10);
	assert_int_equal(r.total.scanned, 4 * l->section_pages - 10);
	check_totals();
}

/* a sink that answers for pages behind the one it got; @arg: how many it has */
struct counted {
	uint64_t pages, calls;
};

static enum ofl_status count_known(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages,
				   const unsigned char *raw,
				   const unsigned char *raw_end)
{
	struct counted *c = arg;

	(void)s;
	(void)p;
	(void)raw;
	(void)raw_end;
	c->pages += pages;
	c->calls++;
	return OFL_OK;
}

static uint64_t count_same(void *arg, const struct ofl_section *s,
			   const struct ofl_page *p, const unsigned char *raw,
			   uint64_t most)
{
	struct counted *c = arg;
	uint64_t i;

	(void)s;
	for (i = 0; i < most; i++) {
		raw += k.struct_page;
		if (ofl_page_u64(raw, 0) != p->flags ||
		    ofl_page_u32(raw, l->off_type) != p->type)
			break;
	}
	c->pages += i;
	return i;
}

/* each known page is told of once, by whichever call, to every sink */
static void test_sinks_that_answer_for_more(void **state)
{
	struct counted c[2] = { { 0 } };
	struct ofl_sink sink[] = {
		{ .known = count_known, .span = take_span, .same = count_same,
		  .arg = &c[0] },
		{ .known = count_known, .span = take_span, .same = count_same,
		  .arg = &c[1] },
	};
	static const char *const zones[] = { "", "Normal", "Movable" };
	size_t i, nr;

	(void)state;
	span_most = 1;
	open_small();
	kernel_pages(&k, 100, 7, normal(), K_OFFLINE, 1);
	kernel_pages(&k, 300, 9, kernel_zone_bits(1, 2), K_NO_TYPE, 1);
	kernel_pages(&k, 400, 9, 0, 0, 0);
	load();
	req.every_page = true;
	for (i = 0; i < 3; i++)
		for (nr = 1; nr <= 2; nr++) {
			memset(c, 0, sizeof(c));
			snprintf(f.zone, sizeof(f.zone), "%s", zones[i]);
			assert_int_equal(ofl_scan(&tt.target, l, &n, &req, sink,
					 nr, &r, &err), OFL_OK);
			assert_int_equal(c[0].pages, r.total.scanned -
					 r.total.offline - r.total.unknown);
			/* one may answer for many, two are asked each time */
			if (nr == 1)
				assert_true(c[0].calls < c[0].pages / 8);
			else
				assert_memory_equal(&c[0], &c[1], sizeof(c[0]));
			ofl_scan_result_free(&r);
		}
	assert_int_equal(scan(), OFL_OK);
}

/* ---- pages of the memmap that are read at once ---- */

static struct ofl_memory_ops ahead_ops;
static size_t read_at_once;

static size_t read_pages(void *ctx, uint64_t kva, void *buf, size_t pages)
{
	unsigned char *to = buf;
	size_t i;

	assert_true(pages > 1);
	for (i = 0; i < pages; i++)
		if (ahead_ops.read(ctx, kva + i * 4096, to + i * 4096, 4096))
			break;
	read_at_once += i;
	return i;
}

/* nothing is found that reading one by one does not find, holes least of all */
static void test_read_at_once(void **state)
{
	static int want[PAGES];
	uint64_t scanned, memmap_pages;

	(void)state;
	k.struct_page = 56;	/* some lie in two pages of the memmap */
	open_small();
	kernel_pages(&k, 100, 30, normal(), K_OFFLINE, 1);
	/* all that the next page of the memmap has of 219 is zeros, too */
	kernel_pages(&k, 219, 1, normal(), 0, 0);
	kernel_pages(&k, 220, 180, 0, 0, 0);
	kernel_line(&k, "excluded %" PRIx64 " 1000", K_VMEMMAP + 0xa000);
	kernel_line(&k, "unreadable %" PRIx64 " 2000", K_VMEMMAP + 0x14000);
	load();
	req.every_page = true;
	assert_int_equal(scan(), OFL_OK);
	check_totals();
	memcpy(want, seen, sizeof(want));
	scanned = r.total.scanned;
	memmap_pages = r.memmap_pages;
	assert_true(r.total.unknown > 180 + 3 * 4096 / 56);

	ahead_ops = *tt.target.memory;
	ahead_ops.read_pages = read_pages;
	tt.target.memory = &ahead_ops;
	read_at_once = 0;
	assert_int_equal(scan(), OFL_OK);
	check_totals();
	assert_memory_equal(seen, want, sizeof(want));
	assert_int_equal(r.total.scanned, scanned);
	assert_int_equal(r.memmap_pages, memmap_pages);
	assert_true(read_at_once > memmap_pages / 2);
	/* a walk that passes over most of them reads none that it does not need */
	req.every_page = false;
	read_at_once = 0;
	assert_int_equal(scan(), OFL_OK);
	assert_int_equal(read_at_once, 0);
}

/* ---- two readers of one dump ---- */

static struct ofl_reading reading;

static void say_reading(void *ctx, struct ofl_reading *ret)
{
	(void)ctx;
	*ret = reading;
}

static struct ofl_host_ops reading_ops;

static void load_with_readers(struct ofl_recall *recall)
{
	open_small();
	kernel_pages(&k, 5, 3, normal(), K_OFFLINE, 0);
	load();
	reading = (struct ofl_reading){ .why_host = NULL };
	reading_ops = *tt.target.host;
	reading_ops.reading = say_reading;
	tt.target.host = &reading_ops;
	req.recall = recall;
}

static void check_conflict(void)
{
	reading.differ = true;
	reading.differ_kva = 0xffffea0000001000;
	assert_int_equal(scan(), OFL_ERR_CONFLICT);
	assert_int_equal(err.status, OFL_ERR_CONFLICT);
	assert_string_equal(err.text, "offline.so and crash read different "
		"bytes of the dump at ffffea0000001000: do not use what this "
		"command said; from now on crash reads alone");
	reading.differ = false;
}

/* neither is believed: what was kept, by this scan and before, is dropped */
static void test_readers_disagree(void **state)
{
	struct ofl_recall recall = { .nr_sections = 0 };
	int every_page, interrupt;

	(void)state;
	load_with_readers(&recall);
	for (every_page = 0; every_page < 2; every_page++)
		for (interrupt = 0; interrupt < 2; interrupt++) {
			req.every_page = false;
			assert_int_equal(scan(), OFL_OK);
			assert_int_equal(r.sections_recalled, 0);
			assert_int_equal(scan(), OFL_OK);
			assert_int_equal(r.sections_recalled, 4);
			assert_int_equal(r.total.offline, 3);
			req.every_page = every_page;
			tt.polls = 0;
			tt.interrupt_after = interrupt;
			check_conflict();
			assert_int_equal(recall.nr_sections, 0);
			tt.interrupt_after = 0;
		}
	/* and a scan that kept nothing is no other */
	req.recall = NULL;
	check_conflict();
	ofl_recall_free(&recall);
}

static void test_readers_agree(void **state)
{
	(void)state;
	load_with_readers(NULL);
	reading.why_host = "-C";
	reading.differ_kva = 1;		/* that of an earlier command */
	assert_int_equal(scan(), OFL_OK);
	check_totals();
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_three_states), CASE(test_what_only_looks_alike),
		CASE(test_compound_pages_of_every_zone),
		CASE(test_ones_in_holes),
		CASE(test_zones_that_do_not_exist),
		CASE(test_sections_that_are_not_online),
		CASE(test_subsection_holes),
		CASE(test_page_in_a_hole), CASE(test_corrupt_section),
		CASE(test_straddling_struct_page), CASE(test_chunk_edges),
		CASE(test_64k_pages), CASE(test_filters_limit_what_is_read),
		CASE(test_interrupt), CASE(test_pages_at_once),
		CASE(test_like_pages), CASE(test_read_at_once),
		CASE(test_not_like_the_one_before),
		CASE(test_sinks_that_answer_for_more),
		CASE(test_known_pages_come_in_spans),
		CASE(test_sections_end),
		CASE(test_sink_ends_the_scan),
		CASE(test_random), CASE(test_readers_disagree),
		CASE(test_readers_agree),
	};

	return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
