// SPDX-License-Identifier: GPL-2.0-or-later
/* test_classify.c - a page is of one kind, wherever a pass begins */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/classify.h"

#define SECTION		1024u	/* pages; 16 pages of the memmap; one block */
#define PAGES		(8 * SECTION)
#define BASE		0xffffea0000000000ull
#define ZONE		0xffffffff83000000ull
#define HSTATES		0xffffffff82000000ull
#define USAGE		0xffff888000001000ull
#define LOCKED		0x1ull
#define LRU		0x20ull
#define HEAD		0x40ull
#define HWPOISON	0x80ull
#define RESERVED	0x400ull
#define MIGRATABLE	2u	/* in page->private of huge pages */
#define UPTODATE	0x100ull
#define SWAPBACKED	0x200ull
#define PRIVATE		0x1000ull
#define PRIVATE_2	0x2000ull
#define SWAPCACHE	0x4000ull
#define WRITEBACK	0x8000ull
#define UNEVICTABLE	0x10000ull
#define DIRTY		0x20000ull
#define MAPPING		0xffff888000002000ull
#define ANON		0xffff888000003001ull
#define BUFFERS		0xffff888000004000ull
#define BUDDY		0xf0000000u
#define OFFLINE		0xf1000000u
#define SLAB		0xf5000000u
#define HUGETLB		0xf4000000u
#define ZSMALLOC	0xf6000000u
#define UNACCEPTED	0xf8000000u
#define TABLE		0xf2000000u
#define GUARD		0xf3000000u
#define NO_TYPE		0xffffffffu
#define HUGE_ORDER	5
#define GIGANTIC_ORDER	11	/* two blocks */

/** struct raw_page - struct page of 6.12, as far as it matters */
struct raw_page {
	uint64_t flags;
	uint64_t compound;	/* or next of a list ... */
	uint64_t prev;		/* ... and this */
	uint64_t mapping;
	uint64_t index;
	uint64_t private_;
	uint32_t type;
	uint32_t refcount;
	uint64_t charge;
};

static const char *machine;	/* of the dump */
static struct raw_page map[PAGES];
static struct raw_hstate {
	uint32_t order, unused;
	uint64_t nr_free, resv, surplus;
	uint32_t of_node[2];
} hstate[2];
static struct ofl_layout *l;
static struct ofl_zone zone[2] = {
	{ .node = 0, .type = 2, .name = "Normal", .kva = ZONE, .spanned_pages = 1 },
	{ .node = 1, .type = 2, .name = "Normal", .kva = ZONE + 64, .spanned_pages = 1 },
};
static uint16_t zone_index[1] = { 1 };
static struct ofl_nodes nodes = {
	.zone = zone, .nr_zones = 1, .zone_index = zone_index, .index_len = 1,
	.zone_bits = 2, .zone_shift = 62,
};
static uint64_t list[2];	/* of a zone: unaccepted_pages */
static const struct ofl_blocks no_blocks;
static const struct ofl_owners no_owners;
static enum ofl_kind whole[PAGES], part[PAGES];
static bool counted[PAGES];
static struct ofl_refs refs[PAGES];
static unsigned char usage[64];	/* states of pageblocks */
static uint64_t space[2];	/* struct address_space: flags, a_ops */
static struct raw_buffer {
	uint64_t next, count;
} buffer[2];			/* struct buffer_head */
static struct ofl_batched batched[4];
static struct ofl_batches batches;

static unsigned int unreadable;	/* reads that failed */

static enum ofl_read read_kernel(void *ctx, uint64_t kva, void *buf,
				 size_t bytes)
{
	(void)ctx;
	if (kva >= BASE && kva + bytes <= BASE + sizeof(map))
		memcpy(buf, (char *)map + (kva - BASE), bytes);
	else if (kva >= HSTATES && kva + bytes <= HSTATES + sizeof(hstate))
		memcpy(buf, (char *)hstate + (kva - HSTATES), bytes);
	else if (kva >= ZONE && kva + bytes <= ZONE + sizeof(list))
		memcpy(buf, (char *)list + (kva - ZONE), bytes);
	else if (kva >= MAPPING && kva + bytes <= MAPPING + sizeof(space))
		memcpy(buf, (char *)space + (kva - MAPPING), bytes);
	else if (kva >= BUFFERS && kva + bytes <= BUFFERS + sizeof(buffer))
		memcpy(buf, (char *)buffer + (kva - BUFFERS), bytes);
	else if (kva >= USAGE && kva + bytes <= USAGE + 64)
		memcpy(buf, usage + (kva - USAGE), bytes);
	else {
		unreadable++;
		return OFL_READ_UNREADABLE;
	}
	return OFL_READ_OK;
}

static void know(enum ofl_fact_id id, int64_t value)
{
	l->fact[id].known = true;
	l->fact[id].value = value;
}

static void flag(const char *name, uint64_t mask)
{
	struct ofl_pageflag *pf = &l->pageflag[l->nr_pageflags++];

	snprintf(pf->name, sizeof(pf->name), "%s", name);
	pf->mask = mask;
	l->pageflags_mask |= mask;
}

static struct ofl_pagetype top_byte(uint32_t value)
{
	return (struct ofl_pagetype){ OFL_SHAPE_TOP_BYTE, 0xff000000u, value };
}

static void set_up_layout(void)
{
	nodes.nr_zones = 1;
	l = calloc(1, sizeof(*l));
	l->page_bytes = 4096;
	l->section_pages = SECTION;
	l->sections_per_block = 1;
	l->struct_page_bytes = sizeof(struct raw_page);
	l->off_compound = offsetof(struct raw_page, compound);
	l->off_type = offsetof(struct raw_page, type);
	l->off_refcount = offsetof(struct raw_page, refcount);
	l->offline = top_byte(OFFLINE);
	l->type[OFL_TYPE_BUDDY] = top_byte(BUDDY);
	l->type[OFL_TYPE_SLAB] = top_byte(SLAB);
	l->type[OFL_TYPE_HUGETLB] = top_byte(HUGETLB);
	flag("locked", LOCKED);
	flag("lru", LRU);
	flag("head", HEAD);
	flag("reserved", RESERVED);
	flag("hwpoison", HWPOISON);
	flag("uptodate", UPTODATE);
	flag("swapbacked", SWAPBACKED);
	flag("private", PRIVATE);
	flag("private_2", PRIVATE_2);
	flag("writeback", WRITEBACK);
	flag("unevictable", UNEVICTABLE);
	flag("dirty", DIRTY);
	l->pageflags_whole = true;
	l->type[OFL_TYPE_ZSMALLOC] = top_byte(ZSMALLOC);
	l->type[OFL_TYPE_UNACCEPTED] = top_byte(UNACCEPTED);
}

static void set_up_facts(void)
{
	know(OFL_F_PG_SWAPCACHE, 14);
	know(OFL_F_LRU_DISABLE, 1);
	know(OFL_F_THP, 1);
	know(OFL_F_OFFLINE_AND_REMOVE, 0x1000);
	know(OFL_F_PGTY_OFFLINE, OFFLINE >> 24);
	know(OFL_F_HPG_MIGRATABLE, 1);
	know(OFL_F_HPG_OPTIMIZED, 4);
	know(OFL_F_PG_ISOLATED, 18);
	know(OFL_F_NR_ORDERS, 11);
	know(OFL_F_PAGEBLOCK_FLAGS, 0);
	know(OFL_F_BLOCK_ZONE, 0);
	know(OFL_F_PAGEBLOCK_ORDER, 9);
	know(OFL_F_NR_PAGEBLOCK_BITS, 4);
	know(OFL_F_PAGE_PRIVATE, offsetof(struct raw_page, private_));
	know(OFL_F_PAGE_MAPPING, offsetof(struct raw_page, mapping));
	know(OFL_F_PAGE_MEMCG_DATA, offsetof(struct raw_page, charge));
	know(OFL_F_PAGE_LRU, offsetof(struct raw_page, compound));
	know(OFL_F_ZONE_MOVABLE, 3);
	know(OFL_F_MEMORY_BLOCKS, 1);
	know(OFL_F_HSTATES, (int64_t)HSTATES);
	know(OFL_F_NR_HSTATES, 2);
	know(OFL_F_HSTATE_BYTES, sizeof(struct raw_hstate));
	know(OFL_F_HSTATE_ORDER, offsetof(struct raw_hstate, order));
	know(OFL_F_HSTATE_FREE, offsetof(struct raw_hstate, nr_free));
	know(OFL_F_HSTATE_RESV, offsetof(struct raw_hstate, resv));
	know(OFL_F_HSTATE_SURPLUS, offsetof(struct raw_hstate, surplus));
}

static int set_up(void **state)
{
	size_t i;

	(void)state;
	machine = "x86_64";
	set_up_layout();
	set_up_facts();
	memset(space, 0, sizeof(space));
	batches = (struct ofl_batches){ .page = batched, .known = true };
	memset(hstate, 0, sizeof(hstate));
	hstate[0].order = HUGE_ORDER;
	hstate[1].order = GIGANTIC_ORDER;
	memset(usage, 0, sizeof(usage));
	for (i = 0; i < PAGES; i++)
		map[i] = (struct raw_page){ .type = NO_TYPE };
	return 0;
}

static struct ofl_section section_of(uint64_t pfn)
{
	struct ofl_section s = { .nr = pfn / SECTION, .online = true,
				 .pageblocks_kva = USAGE };

	s.start_pfn = s.nr * SECTION;
	s.memmap_kva = BASE + s.start_pfn * sizeof(map[0]);
	return s;
}

static int drop(void **state)
{
	(void)state;
	free(l);
	return 0;
}

static unsigned long nr_same;	/* pages that need not be classified */

/* the same pass, without looking at pages that the last answer holds for */
static void classify_quickly(struct ofl_classifier *quick,
			     struct ofl_classified *last,
			     const struct ofl_section *s,
			     const struct ofl_page *p, const unsigned char *raw,
			     const unsigned char *raw_end,
			     const struct ofl_classified *want)
{
	/* those are another classifier's: see judge.c */
	if (want->offline)
		return;
	if (ofl_classify_same(quick, s, p, raw))
		nr_same++;
	else
		ofl_classify(quick, s, p, raw, raw_end, false, last);
	assert_int_equal(last->kind, want->kind);
	assert_int_equal(last->outcome, want->outcome);
	assert_int_equal(last->step, want->step);
	assert_int_equal(last->file, want->file);
	assert_int_equal(last->counted, want->counted);
	assert_int_equal(last->pageblock_unknown, want->pageblock_unknown);
	assert_ptr_equal(last->zone, want->zone);
	assert_int_equal(last->refs.count, want->refs.count);
	assert_int_equal(last->refs.explained, want->refs.explained);
}

static unsigned long nr_like;	/* pages that were not even asked about */

/* what was promised of pages behind one that was classified */
static void check_like(const struct ofl_classifier *quick,
		       const struct ofl_section *s, const struct ofl_page *p,
		       const unsigned char *raw, uint64_t behind,
		       const struct ofl_classified *want,
		       struct ofl_classified *promised, uint64_t *end_pfn)
{
	if (p->pfn < *end_pfn) {
		nr_like++;
		assert_false(want->offline);
		/* neither zeros nor ones: look.c calls those unknown */
		assert_in_range(p->flags, 1, UINT64_MAX - 1);
		assert_int_equal(want->kind, promised->kind);
		assert_int_equal(want->outcome, promised->outcome);
		assert_int_equal(want->step, promised->step);
		assert_int_equal(want->counted, promised->counted);
		assert_int_equal(want->pageblock_unknown,
				 promised->pageblock_unknown);
		assert_ptr_equal(want->zone, promised->zone);
	} else if (!want->offline) {
		*promised = *want;
		*end_pfn = p->pfn + 1 + ofl_classify_like(quick, s, p, raw,
							  behind);
	}
}

/* kinds of [pfn, end_pfn), in one pass that sees nothing before or behind */
static void classify(uint64_t pfn, uint64_t end_pfn, enum ofl_kind *kind)
{
	static const struct ofl_memory_ops ops = { .read = read_kernel };
	struct ofl_target t = { .memory = &ops };
	const struct ofl_env env = { .t = &t, .l = l, .n = &nodes,
				     .batches = &batches };
	const unsigned char *raw_end = (const unsigned char *)&map[end_pfn];
	struct ofl_classifier c, quick;
	struct ofl_classified ret, last, promised;
	uint64_t promised_end_pfn = 0;
	struct ofl_section s;
	struct ofl_page p;

	snprintf(t.machine, sizeof(t.machine), "%s", machine);
	ofl_classifier_init(&c, &env, &no_owners, &no_blocks);
	quick = c;
	for (; pfn < end_pfn; pfn++) {
		const unsigned char *raw = (const unsigned char *)&map[pfn];

		s = section_of(pfn);
		ofl_page_decode(&c.format, raw, pfn, &p);
		p.private = 0;
		p.movable_ops = false;
		ofl_classify(&c, &s, &p, raw, raw_end,
			     ofl_page_is_offline(&c.format, raw), &ret);
		classify_quickly(&quick, &last, &s, &p, raw, raw_end, &ret);
		check_like(&quick, &s, &p, raw, end_pfn - pfn - 1, &ret,
			   &promised, &promised_end_pfn);
		kind[pfn] = ret.kind;
		counted[pfn] = ret.counted;
		refs[pfn] = ret.refs;
	}
}

static const char *code_of(uint64_t pfn)
{
	classify(0, PAGES, whole);
	return ofl_rule_rows[whole[pfn]].code;
}

static void make_free(uint64_t pfn, unsigned int order)
{
	map[pfn].type = BUDDY;
	map[pfn].private_ = order;
}

static void make_compound(uint64_t pfn, unsigned int order)
{
	uint64_t i;

	map[pfn].flags |= HEAD;
	map[pfn].refcount = 1;
	for (i = 1; i < 1u << order; i++)
		map[pfn + i].compound = BASE + pfn * sizeof(map[0]) + 1;
	map[pfn + 1].flags |= order;
}

static void make_hugetlb(uint64_t pfn, unsigned int order, uint32_t refcount)
{
	make_compound(pfn, order);
	map[pfn].type = HUGETLB;
	map[pfn].refcount = refcount;
	map[pfn].private_ = MIGRATABLE;
	know(OFL_F_ENTIRE_MAPCOUNT, 64 + 24);	/* one: it counts from -1 */
}

/* every page of its memmap is the first one: hugetlb_vmemmap_optimize() */
static void optimise(uint64_t pfn, unsigned int order)
{
	uint64_t i;

	for (i = 64; i < 1u << order; i += 64)
		memcpy(&map[pfn + i], &map[pfn], 64 * sizeof(map[0]));
}

/* each block by itself, against the pass over all of them */
static void expect_parts(void)
{
	uint64_t pfn;

	classify(0, PAGES, whole);
	for (pfn = 0; pfn < PAGES; pfn += SECTION)
		classify(pfn, pfn + SECTION, part);
	for (pfn = 0; pfn < PAGES; pfn++)
		if (whole[pfn] != part[pfn])
			fail_msg("pfn %#lx is %s, but %s by itself",
				 (unsigned long)pfn,
				 ofl_rule_rows[whole[pfn]].code,
				 ofl_rule_rows[part[pfn]].code);
}

/* its second block begins with a copy of its head */
static void test_optimised_page_from_its_middle(void **state)
{
	(void)state;
	make_hugetlb(2 * SECTION, GIGANTIC_ORDER, 0);
	optimise(2 * SECTION, GIGANTIC_ORDER);
	hstate[1].nr_free = 1;
	expect_parts();
	assert_string_equal(code_of(2 * SECTION), "hugetlb-free");
	assert_string_equal(code_of(3 * SECTION), "hugetlb-free");
	hstate[1].resv = 1;
	expect_parts();
	assert_string_equal(code_of(3 * SECTION + 1), "hugetlb-reserved");
}

static void test_size_that_cannot_be(void **state)
{
	(void)state;
	make_hugetlb(64, HUGE_ORDER, 0);
	hstate[0].nr_free = 1;
	map[65].flags += 2;	/* order 7, at 64 */
	expect_parts();
	assert_string_equal(code_of(64), "unknown");
	assert_string_equal(code_of(70), "unknown");
	/* and it has not taken the spare page of the pool */
	make_hugetlb(96, HUGE_ORDER, 0);
	assert_string_equal(code_of(96), "hugetlb-free");
}

/* a gigantic page goes to another node, where others have memory */
static void test_gigantic_page_and_other_nodes(void **state)
{
	(void)state;
	make_hugetlb(2 * SECTION, GIGANTIC_ORDER, 1);
	assert_string_equal(code_of(2 * SECTION), "hugetlb-no-room");
	hstate[1].nr_free = 1;
	hstate[1].of_node[0] = 1;
	assert_string_equal(code_of(2 * SECTION), "hugetlb-first");
	/* do_migrate_range(): -EBUSY for more than a section, before v5.1 */
	know(OFL_F_SECTION_REMOVABLE, 1);
	assert_string_equal(code_of(2 * SECTION), "hugetlb-room-unknown");
	know(OFL_F_SUBSECTION_MAP, 0);
	assert_string_equal(code_of(2 * SECTION), "hugetlb-first");
	l->fact[OFL_F_SECTION_REMOVABLE].known = false;
	l->fact[OFL_F_SUBSECTION_MAP].known = false;
	nodes.nr_zones = 2;
	assert_string_equal(code_of(2 * SECTION), "hugetlb-room-unknown");
	know(OFL_F_HSTATE_NODES, offsetof(struct raw_hstate, of_node));
	assert_string_equal(code_of(2 * SECTION), "hugetlb-no-room");
	assert_string_equal(code_of(3 * SECTION + 9), "hugetlb-no-room");
	expect_parts();
	hstate[1].of_node[0] = 0;
	hstate[1].of_node[1] = 1;
	assert_string_equal(code_of(2 * SECTION), "hugetlb");
	hstate[1].of_node[0] = 1;
	assert_string_equal(code_of(2 * SECTION), "hugetlb");
}

/* nothing says what the buddy allocator can make: no huge page is stuck for it */
static void test_huge_page_that_may_be_gigantic(void **state)
{
	(void)state;
	make_hugetlb(64, HUGE_ORDER, 1);
	l->fact[OFL_F_NR_ORDERS].known = false;
	assert_string_equal(code_of(64), "hugetlb");
	l->fact[OFL_F_PAGEBLOCK_ORDER].known = false;
	assert_string_equal(code_of(64), "hugetlb-room-unknown");
	hstate[0].nr_free = 1;
	assert_string_equal(code_of(64), "hugetlb-first");
	nodes.nr_zones = 2;
	know(OFL_F_HSTATE_NODES, offsetof(struct raw_hstate, of_node));
	hstate[0].of_node[0] = 1;
	assert_string_equal(code_of(64), "hugetlb-room-unknown");
	hstate[0].of_node[0] = 0;
	hstate[0].of_node[1] = 1;
	assert_string_equal(code_of(64), "hugetlb");
}

/* nothing is promised of a pool whose counters cannot be read */
static void test_pool_that_is_not_known(void **state)
{
	(void)state;
	make_hugetlb(64, HUGE_ORDER, 0);
	make_hugetlb(96, HUGE_ORDER, 1);
	hstate[0].nr_free = 1;
	assert_string_equal(code_of(64), "hugetlb-free");
	l->fact[OFL_F_HSTATE_FREE].known = false;
	assert_string_equal(code_of(64), "hugetlb-pool-unknown");
	assert_string_equal(code_of(96), "hugetlb-room-unknown");
	know(OFL_F_HSTATE_FREE, offsetof(struct raw_hstate, nr_free));
	know(OFL_F_HSTATES, (int64_t)HSTATES + 4096);	/* not in the dump */
	assert_string_equal(code_of(64), "hugetlb-pool-unknown");
}

/* a type at count 0: a guard by its name; without a name it may be one */
static void test_guard_pages(void **state)
{
	(void)state;
	map[64].type = GUARD;
	assert_string_equal(code_of(64), "kind-unknown");
	l->type[OFL_TYPE_GUARD] = top_byte(GUARD);
	assert_string_equal(code_of(64), "guard");
	l->type[OFL_TYPE_TABLE] = top_byte(TABLE);
	map[64].type = TABLE;
	assert_string_equal(code_of(64), "frozen");
	map[64].refcount = 1;
	assert_string_equal(code_of(64), "typed");
}

/* huge pages change places only where their own node takes them */
/* s390x moves none; a hash partition of powerpc frees no gigantic ones */
static void test_huge_pages_of_other_machines(void **state)
{
	(void)state;
	hstate[0].nr_free = hstate[1].nr_free = 2;
	make_hugetlb(512, HUGE_ORDER, 0);
	make_hugetlb(2 * SECTION, GIGANTIC_ORDER, 0);
	assert_string_equal(code_of(512), "hugetlb-free");
	assert_string_equal(code_of(2 * SECTION), "hugetlb-free");
	/* the machine says the same as the symbols that only it has */
	machine = "ppc64le";
	assert_string_equal(code_of(512), "hugetlb-free");
	assert_string_equal(code_of(2 * SECTION), "hugetlb-arch-unknown");
	machine = "s390x";
	assert_string_equal(code_of(512), "hugetlb-arch-unknown");
	machine = "x86_64";
	know(OFL_F_CPU_SPEC, BUFFERS);
	assert_string_equal(code_of(512), "hugetlb-free");
	assert_string_equal(code_of(2 * SECTION), "hugetlb-arch-unknown");
	know(OFL_F_MMU_FEATURES, 8);
	buffer[0] = (struct raw_buffer){ .next = BUFFERS };
	assert_string_equal(code_of(2 * SECTION), "hugetlb-arch-unknown");
	buffer[0].count = 0x40;
	assert_string_equal(code_of(2 * SECTION), "hugetlb-free");
	know(OFL_F_STSI, 1);
	assert_string_equal(code_of(512), "hugetlb-arch-unknown");
	memset(buffer, 0, sizeof(buffer));
}

/* hugetlbfs with a size of its own: the third struct page, or private */
static void test_huge_pages_of_a_subpool(void **state)
{
	(void)state;
	make_hugetlb(64, HUGE_ORDER, 1);
	map[64].mapping = ANON;
	assert_string_equal(code_of(64), "hugetlb");
	map[65].private_ = BUFFERS;
	assert_string_equal(code_of(64), "hugetlb-kept");
	know(OFL_F_HUGE_SUBPOOL, 2 * (int64_t)sizeof(map[0]) + 16);
	assert_string_equal(code_of(64), "hugetlb");
	map[66].prev = BUFFERS;
	assert_string_equal(code_of(64), "hugetlb-kept");
	/* no matter what else refers to it */
	map[64].refcount = 9;
	assert_string_equal(code_of(95), "hugetlb-kept");
	/* pages of the file itself move */
	map[64].refcount = 1;
	map[64].mapping = MAPPING;
	assert_string_equal(code_of(64), "hugetlb");
	/* before v5.12 */
	map[64].mapping = ANON;
	l->fact[OFL_F_HUGE_SUBPOOL].known = false;
	l->fact[OFL_F_HPG_MIGRATABLE].known = false;
	know(OFL_F_PAGE_HUGE_ACTIVE, 1);
	map[65].flags |= PRIVATE;
	map[65].private_ = 0;
	map[64].private_ = 0;
	assert_string_equal(code_of(64), "hugetlb");
	map[64].private_ = BUFFERS;
	assert_string_equal(code_of(64), "hugetlb-kept");
}

/* v7.1: dissolving needs memory, which the block as a whole weighs */
static void test_memmap_that_comes_back(void **state)
{
	(void)state;
	make_hugetlb(64, HUGE_ORDER, 0);
	hstate[0].nr_free = 1;
	map[64].private_ = 1 << 4;
	assert_string_equal(code_of(64), "hugetlb-optimized");
	know(OFL_F_VMEMMAP_TAILS, 1);
	assert_string_equal(code_of(64), "hugetlb-free");
}

static void test_huge_pages_that_change_places(void **state)
{
	(void)state;
	make_hugetlb(64, HUGE_ORDER, 1);
	make_hugetlb(96, HUGE_ORDER, 1);
	make_hugetlb(128, HUGE_ORDER, 1);
	assert_string_equal(code_of(128), "hugetlb");
	hstate[0].nr_free = 1;
	assert_string_equal(code_of(64), "hugetlb-first");
	assert_string_equal(code_of(96), "hugetlb-second");
	assert_string_equal(code_of(128), "hugetlb-swaps");
	/* what is freed first may be no page of the pool afterwards */
	hstate[0].surplus = 1;
	assert_string_equal(code_of(128), "hugetlb-second");
	hstate[0].surplus = 0;
	l->fact[OFL_F_HSTATE_SURPLUS].known = false;
	assert_string_equal(code_of(128), "hugetlb-second");
	know(OFL_F_HSTATE_SURPLUS, offsetof(struct raw_hstate, surplus));
	/* one that stays where it is frees no place */
	map[96].private_ = 0;
	assert_string_equal(code_of(96), "hugetlb-stuck");
	assert_string_equal(code_of(128), "hugetlb-second");
	map[96].private_ = MIGRATABLE;
	map[96].refcount = 3;
	assert_string_equal(code_of(128), "hugetlb-second");
	map[96].refcount = 1;
	map[96].mapping = ANON;
	map[97].private_ = BUFFERS;
	assert_string_equal(code_of(96), "hugetlb-kept");
	assert_string_equal(code_of(128), "hugetlb-second");
	map[97].private_ = 0;
	nodes.nr_zones = 2;
	assert_string_equal(code_of(128), "hugetlb");
	/* a node without memory is none */
	zone[1].spanned_pages = 0;
	assert_string_equal(code_of(128), "hugetlb-swaps");
	zone[1].spanned_pages = 1;
	nodes.nr_zones = 1;
	know(OFL_F_PB_ISOLATE, 7);
	assert_string_equal(code_of(128), "hugetlb");
}

/* a mapping has one; the page cache one, or one for each page since v6.7 */
static void test_references_of_huge_pages(void **state)
{
	(void)state;
	make_hugetlb(64, HUGE_ORDER, 1);
	l->fact[OFL_F_PGTY_OFFLINE].known = false;
	know(OFL_F_HUGE_INDEX, 1);
	assert_string_equal(code_of(64), "hugetlb");
	map[64].refcount = 2;		/* pinned */
	assert_string_equal(code_of(64), "hugetlb-held");
	map[64].mapping = MAPPING;
	assert_string_equal(code_of(64), "hugetlb");
	map[64].refcount = 3;
	assert_string_equal(code_of(64), "hugetlb-held");
	l->fact[OFL_F_HUGE_INDEX].known = false;
	map[64].refcount = 1 + (1 << HUGE_ORDER);
	assert_string_equal(code_of(64), "hugetlb");	/* either way */
	map[64].refcount++;
	assert_string_equal(code_of(64), "hugetlb-uncounted");
	know(OFL_F_PGTY_OFFLINE, OFFLINE >> 24);
	assert_string_equal(code_of(64), "hugetlb-held");
	map[64].refcount--;
	assert_string_equal(code_of(64), "hugetlb");
	l->fact[OFL_F_ENTIRE_MAPCOUNT].known = false;
	assert_string_equal(code_of(64), "hugetlb-uncounted");
}

/* v6.5 to v6.11: memory that is not accepted has count 0, and no type */
static void test_unaccepted_without_a_type(void **state)
{
	(void)state;
	map[5].refcount = 0;
	map[5].type = NO_TYPE;
	map[6].refcount = 1;
	list[0] = ZONE;
	know(OFL_F_ZONE_UNACCEPTED, 0);
	l->type[OFL_TYPE_UNACCEPTED].shape = OFL_SHAPE_NONE;
	assert_string_equal(code_of(5), "pcp");
	list[0] = ZONE + 4096;
	assert_string_equal(code_of(5), "kind-unknown");
	assert_string_equal(code_of(6), "kernel");
	l->fact[OFL_F_ZONE_UNACCEPTED].known = false;
	assert_string_equal(code_of(5), "pcp");
	know(OFL_F_NR_UNACCEPTED, 12);
	assert_string_equal(code_of(5), "kind-unknown");
	assert_string_equal(code_of(6), "kernel");
	l->type[OFL_TYPE_UNACCEPTED] = top_byte(UNACCEPTED);
	assert_string_equal(code_of(5), "pcp");
}

/* every kernel has these flags: without the name of one nobody knows what has it */
static void test_flag_without_a_name(void **state)
{
	static const char *const names[] = { "reserved", "lru", "head" };
	size_t i, k;

	(void)state;
	map[6].refcount = 1;
	assert_string_equal(code_of(6), "kernel");
	for (i = 0; i < ARRAY_LEN(names); i++)
		for (k = 0; k < l->nr_pageflags; k++) {
			if (strcmp(l->pageflag[k].name, names[i]))
				continue;
			l->pageflag[k].name[0] = '?';
			assert_string_equal(code_of(6), "kind-unknown");
			l->pageflag[k].name[0] = names[i][0];
		}
	assert_string_equal(code_of(6), "kernel");
}

/* nothing says which compound page is a huge one */
static void test_compound_page_of_a_kernel_without_hugetlb(void **state)
{
	(void)state;
	make_compound(64, HUGE_ORDER);
	assert_string_equal(code_of(64), "kernel");
	l->type[OFL_TYPE_HUGETLB].shape = OFL_SHAPE_NONE;
	assert_string_equal(code_of(64), "kind-unknown");
	assert_string_equal(code_of(70), "kind-unknown");
	/* huge pages are on no LRU list */
	map[64].flags |= LRU;
	assert_string_not_equal(code_of(64), "kind-unknown");
	map[64].flags &= ~LRU;
	know(OFL_F_HUGETLB_FLAG, 8);
	assert_string_equal(code_of(64), "kernel");
}

/* perf_mmap_fault() gives its buffers a mapping, and no more */
static void test_kernel_page_with_a_mapping(void **state)
{
	static const uint64_t signs[] = { LOCKED, UPTODATE, SWAPBACKED };
	size_t i;

	(void)state;
	map[7].refcount = 1;
	map[7].mapping = BASE;
	assert_string_equal(code_of(7), "kernel");
	map[7].mapping = BASE | 1;
	assert_string_equal(code_of(7), "lru-in-flight");
	map[7].mapping = BASE;
	for (i = 0; i < ARRAY_LEN(signs); i++) {
		map[7].flags = signs[i];
		assert_string_equal(code_of(7), "lru-in-flight");
	}
	map[7].flags = LRU;
	assert_string_equal(code_of(7), "lru");
	/* without the names of these flags there is nothing to go by */
	map[7].flags = 0;
	for (i = 0; i < l->nr_pageflags; i++)
		if (l->pageflag[i].mask & (LOCKED | UPTODATE | SWAPBACKED))
			strcpy(l->pageflag[i].name, "other");
	assert_string_equal(code_of(7), "lru-in-flight");
}

/* a kernel allocation to all that isolates and tests, but it does not last */
static void test_memory_that_is_not_mapped_yet(void **state)
{
	(void)state;
	map[7].refcount = 1;
	map[7].charge = ZONE;
	assert_string_equal(code_of(7), "fresh");
	map[7].flags = UPTODATE;
	assert_string_equal(code_of(7), "fresh");
	map[7].flags = 0;
	map[7].charge = ZONE | 2;	/* MEMCG_DATA_KMEM */
	assert_string_equal(code_of(7), "kernel");
	/* before v5.11 */
	l->fact[OFL_F_PAGE_MEMCG_DATA].known = false;
	assert_string_equal(code_of(7), "kernel");
	/* it is charged somewhere, and where is not known */
	know(OFL_F_ROOT_MEM_CGROUP, 1);
	assert_string_equal(code_of(7), "kind-unknown");
	map[7].flags = UPTODATE;
	assert_string_equal(code_of(7), "kind-unknown");
	map[7].flags = LOCKED;
	assert_string_equal(code_of(7), "fresh");
	map[7].flags = 0;
	know(OFL_F_PAGE_MEM_CGROUP, offsetof(struct raw_page, charge));
	map[7].charge = ZONE;
	assert_string_equal(code_of(7), "fresh");
	/* a target of migration, or page cache that is to be */
	map[7].charge = 0;
	map[7].flags = LOCKED;
	assert_string_equal(code_of(7), "fresh");
	/* THP */
	make_compound(1024, 9);
	assert_string_equal(code_of(1024), "kernel");
	map[1024].charge = ZONE;
	assert_string_equal(code_of(1024), "fresh");
	assert_string_equal(code_of(1025), "fresh");
}

/* what compaction took: two pages in a list, one on none */
static void test_pages_in_a_list(void **state)
{
	uint64_t lru = offsetof(struct raw_page, compound);
	uint64_t first = BASE + 7 * sizeof(map[0]) + lru;
	uint64_t second = first + sizeof(map[0]);

	(void)state;
	map[7].refcount = map[8].refcount = map[9].refcount = 1;
	map[7].compound = map[7].prev = second;
	map[8].compound = map[8].prev = first;
	map[9].compound = 0xdead000000000100;
	map[9].prev = 0xdead000000000122;
	assert_string_equal(code_of(7), "kernel");
	zone[0].type = 3;
	assert_string_equal(code_of(7), "fresh");
	assert_string_equal(code_of(8), "fresh");
	/* none but the page allocator has written to it: whose it is is open */
	assert_string_equal(code_of(9), "untouched");
	map[9].private_ = 1;
	assert_string_equal(code_of(9), "kernel");
	map[9].private_ = 0;
	map[9].charge = ZONE | 2;	/* MEMCG_DATA_KMEM */
	assert_string_equal(code_of(9), "kernel");
	map[9].charge = 0;
	l->fact[OFL_F_PAGE_LRU].known = false;	/* it may be such a page */
	assert_string_equal(code_of(9), "fresh");
	l->fact[OFL_F_PAGE_LRU].known = true;
	map[9].compound = map[9].prev = first;	/* which does not know it */
	assert_string_equal(code_of(9), "kernel");
	/* what is no pointer is not followed: a read that fails is counted */
	unreadable = 0;
	map[9].compound = map[9].prev = 0x123450;
	assert_string_equal(code_of(9), "kernel");
	assert_int_equal(unreadable, 0);
	zone[0].type = 2;
}

/* in a zone that the kernel allocates from, too: but not from all of it */
static void test_pages_as_they_are_given_away(void **state)
{
	(void)state;
	map[9].refcount = 1;
	map[9].compound = 0xdead000000000100;
	map[9].prev = 0xdead000000000122;
	assert_string_equal(code_of(9), "kernel");
	memset(usage, 0x11, sizeof(usage));	/* MIGRATE_MOVABLE */
	assert_string_equal(code_of(9), "untouched");
	map[9].flags = UPTODATE;
	assert_string_equal(code_of(9), "kernel");
	map[9].flags = PRIVATE;		/* its user has written to it */
	assert_string_equal(code_of(9), "kernel");
	map[9].flags = 0;
	map[9].private_ = 1;
	assert_string_equal(code_of(9), "kernel");
	map[9].private_ = 0;
	map[9].prev = 0;
	assert_string_equal(code_of(9), "kernel");
	/* the same but for its list is not like the one before */
	map[10] = map[9];
	map[10].prev = 0xdead000000000122;
	classify(8, 12, whole);
	assert_int_equal(whole[9], OFL_KIND_KERNEL);
	assert_int_equal(whole[10], OFL_KIND_UNTOUCHED);
}

static void test_poisoned_compound_page(void **state)
{
	(void)state;
	make_compound(32, 4);
	map[32].flags |= HWPOISON;
	assert_string_equal(code_of(32), "kernel");
	assert_string_equal(code_of(47), "kernel");
	/* PageTransCompound() is false without THP */
	l->fact[OFL_F_THP].known = false;
	assert_string_equal(code_of(32), "poisoned-rest");
	assert_string_equal(code_of(47), "poisoned-rest");
	know(OFL_F_PAGE_IS_UNMOVABLE, 1);
	assert_string_equal(code_of(32), "kernel");
	map[100].refcount = 1;
	map[100].flags = HWPOISON;
	assert_string_equal(code_of(100), "hwpoison");
}

/* an order-0 page on the LRU lists, of a file or anonymous */
static struct raw_page *lru_page(uint64_t pfn, uint64_t mapping, int refcount,
				 int mapcount)
{
	map[pfn].flags = LRU;
	map[pfn].mapping = mapping;
	map[pfn].refcount = (uint32_t)refcount;
	map[pfn].type = (uint32_t)(mapcount - 1);
	return &map[pfn];
}

static void expect_refs(uint64_t pfn, const char *code, int64_t explained)
{
	assert_string_equal(code_of(pfn), code);
	assert_true(counted[pfn]);
	assert_int_equal(refs[pfn].explained, explained);
}

/* page tables, the swap cache: each holds a reference of an anonymous page */
static void test_references_of_an_anonymous_page(void **state)
{
	struct raw_page *page = lru_page(9, ANON, 1499, 1499);

	(void)state;
	expect_refs(9, "lru", 1499);
	page->refcount++;
	expect_refs(9, "lru-held", 1499);
	page->flags |= SWAPBACKED;
	expect_refs(9, "lru-held", 1499);
	page->flags |= SWAPCACHE;
	expect_refs(9, "lru", 1500);
	/* PG_swapcache is another flag in a page that is not swapbacked */
	page->flags &= ~SWAPBACKED;
	expect_refs(9, "lru-held", 1499);
	page->flags |= PRIVATE;
	expect_refs(9, "lru-held", 1499);
}

static void test_references_of_page_cache(void **state)
{
	struct raw_page *page = lru_page(9, MAPPING, 3, 2);

	(void)state;
	expect_refs(9, "lru", 3);
	page->refcount++;
	expect_refs(9, "lru-held", 3);
	page->flags |= PRIVATE;
	expect_refs(9, "lru", 4);
	page->flags = LRU | PRIVATE_2;
	expect_refs(9, "lru", 4);
	/* whatever works on it has one */
	page->flags = LRU | LOCKED;
	expect_refs(9, "lru", 4);
	page->flags = LRU | WRITEBACK | LOCKED;
	expect_refs(9, "lru", 4);
	page->refcount++;
	expect_refs(9, "lru-held", 4);
	/* truncated right now; and somebody goes on reading it */
	lru_page(10, 0, 1, 0);
	expect_refs(10, "lru-removed", 0);
	lru_page(10, 0, 2, 0);
	expect_refs(10, "lru-held", 0);
	/* off the lists, by what took it off */
	lru_page(11, MAPPING, 2, 0)->flags = UPTODATE;
	expect_refs(11, "lru-in-flight", 2);
	/* most of these are in batches, which 5.10 drains too late */
	l->fact[OFL_F_LRU_DISABLE].known = false;
	expect_refs(11, "lru-late", 2);
	l->fact[OFL_F_LRU_DISABLE].known = true;
	map[11].refcount = 3;
	expect_refs(11, "lru-held", 2);
	/* of a poisoned page, what refers to it does not matter */
	lru_page(12, MAPPING, 3, 0)->flags = LRU | HWPOISON;
	expect_refs(12, "lru", 1);
	/* before v5.0 it does, and is not left out */
	know(OFL_F_ISOLATE_CHAIN, 1);
	expect_refs(12, "lru-uncounted", 1);
	l->fact[OFL_F_ISOLATE_CHAIN].known = false;
}

/* what is not known may explain a reference; pins it does not explain */
static void test_references_that_may_be_explained(void **state)
{
	(void)state;
	lru_page(9, MAPPING, 2, 1);
	lru_page(10, MAPPING, 3, 1);
	lru_page(11, MAPPING, 2 + 1024, 1);
	batches.known = false;
	expect_refs(9, "lru", 2);
	expect_refs(10, "lru-uncounted", 2);
	expect_refs(11, "lru-held", 2);
	batches.known = true;
	expect_refs(10, "lru-held", 2);
	l->fact[OFL_F_PG_SWAPCACHE].known = false;
	expect_refs(10, "lru-held", 2);
	map[10].flags |= SWAPBACKED;
	expect_refs(10, "lru-uncounted", 2);
}

static void test_references_in_batches(void **state)
{
	(void)state;
	lru_page(9, ANON, 3, 1);
	batched[0] = (struct ofl_batched){ BASE + 9 * sizeof(map[0]), 1 };
	batches.nr = 1;
	expect_refs(9, "lru-held", 2);
	batched[0].refs = 2;
	expect_refs(9, "lru", 3);
	/* truncated: the batch has the last one */
	map[9].flags = UPTODATE;
	map[9].mapping = 0;
	map[9].type = NO_TYPE;
	map[9].refcount = 2;
	assert_string_equal(code_of(9), "batch");
	l->fact[OFL_F_LRU_DISABLE].known = false;
	assert_string_equal(code_of(9), "batch-late");
	map[9].refcount = 3;
	assert_string_equal(code_of(9), "lru-held");
	batches.nr = 0;
	assert_string_equal(code_of(9), "kernel");
	batches.known = false;
	assert_string_equal(code_of(9), "batch-unknown");
}

/* a large folio has one number of mappings (v6.12), and one of pins */
static void test_references_of_a_large_folio(void **state)
{
	(void)state;
	make_compound(512, 9);
	map[512].flags |= LRU;
	map[512].mapping = ANON;
	map[512].refcount = 3;
	map[513].mapping = 3 - 1;	/* an int at 64 + 24 of struct folio */
	expect_refs(512, "lru-uncounted", 0);
	know(OFL_F_LARGE_MAPCOUNT, 64 + 24);
	expect_refs(512, "lru", 3);
	expect_refs(1023, "lru", 3);
	map[512].refcount = 4;
	expect_refs(512, "lru-held", 3);
	expect_refs(700, "lru-held", 3);
	assert_int_equal(refs[700].head_pfn, 512);
	/* from the middle it is the same */
	classify(700, 1100, part);
	assert_int_equal(part[700], OFL_KIND_LRU_HELD);
	assert_int_equal(refs[700].explained, 3);
	map[512].flags |= SWAPBACKED | SWAPCACHE;
	map[512].refcount = 3 + 512;
	expect_refs(512, "lru", 515);
	/* of a file: one for each page, and one for private data */
	map[512].flags = LRU | HEAD | PRIVATE;
	map[512].mapping = MAPPING;
	map[512].refcount = 3 + 512 + 1;
	expect_refs(512, "lru", 516);
	/* the pins say that it is so, whatever else may be explained */
	map[512].refcount++;
	map[513].charge = 1;	/* at 64 + 56 */
	know(OFL_F_FOLIO_PINCOUNT, 64 + 56);
	batches.known = false;
	expect_refs(512, "lru-held", 516);
	assert_int_equal(refs[512].pins, 1);
	/* in its third page it is not looked for */
	know(OFL_F_FOLIO_PINCOUNT, 128);
	expect_refs(512, "lru-uncounted", 516);
}

/* truncated, and held once: by a pin, or by what truncates it */
static void test_truncated_large_folio(void **state)
{
	(void)state;
	make_compound(512, 9);
	know(OFL_F_LARGE_MAPCOUNT, 64 + 24);
	know(OFL_F_FOLIO_PINCOUNT, 64 + 56);
	map[512].flags |= LRU;
	map[512].refcount = 1;
	map[513].mapping = UINT32_MAX;	/* an int: no mappings */
	expect_refs(512, "lru-removed", 0);
	map[513].charge = 1;
	expect_refs(512, "lru-held", 0);
	l->fact[OFL_F_FOLIO_PINCOUNT].known = false;
	expect_refs(512, "lru-uncounted", 0);
	/* of a page without tails every reference is in its count */
	lru_page(10, 0, 1, 0);
	expect_refs(10, "lru-removed", 0);
}

/* page.compound_mapcount, and every page counts by itself (v5.10, v6.1) */
static void test_references_of_a_large_page(void **state)
{
	uint64_t i;

	(void)state;
	make_compound(512, 9);
	map[512].flags |= LRU;
	map[512].mapping = ANON;
	map[512].refcount = 1;
	map[513].mapping = 1 - 1;
	know(OFL_F_COMPOUND_MAPCOUNT, 24);
	know(OFL_F_PG_DOUBLE_MAP, 8);
	expect_refs(512, "lru", 1);
	/* two pages are mapped one by one, too */
	map[600].type = map[601].type = 0;
	map[512].refcount = 3;
	expect_refs(512, "lru", 3);
	classify(700, 1100, part);
	assert_int_equal(refs[700].explained, 3);
	map[512].refcount = 4;
	expect_refs(512, "lru-held", 3);
	/* with PG_double_map each of them counts one more */
	for (i = 0; i < 512; i++)
		map[512 + i].type++;
	map[513].flags |= 1u << 8;
	expect_refs(512, "lru-held", 3);
	l->fact[OFL_F_PG_DOUBLE_MAP].known = false;
	expect_refs(512, "lru", 515);
	/* in a file every page counts the mapping of the whole, always */
	map[512].mapping = MAPPING;
	map[512].refcount = 512 + 3;
	expect_refs(512, "lru", 512 + 3);
	map[512].refcount++;
	expect_refs(512, "lru-held", 512 + 3);
	/* folio._nr_pages_mapped: nothing is counted twice */
	l->fact[OFL_F_COMPOUND_MAPCOUNT].known = false;
	know(OFL_F_ENTIRE_MAPCOUNT, 64 + 24);
	expect_refs(512, "lru", 512 + 515);
	map[512].refcount = 512 + 515 + 1;
	expect_refs(512, "lru-uncounted", 512 + 515);
	know(OFL_F_PAGES_MAPPED, 64 + 28);
	expect_refs(512, "lru-held", 512 + 515);
}

/* do_migrate_range(): any page of the folio since e8a796fa1c16, before its head alone */
/* eight pages from 104 on that are no compound page, and the first is poisoned */
static void test_behind_a_poisoned_page(void **state)
{
	uint64_t lru = offsetof(struct raw_page, compound);
	uint64_t kva = BASE + 109 * sizeof(map[0]) + lru;
	uint64_t i;

	(void)state;
	assert_string_equal(code_of(105), "pcp");
	for (i = 112; i < 128; i++)
		map[i].refcount = 1;
	map[104].refcount = 1;
	assert_string_equal(code_of(105), "pcp");
	map[104].flags = HWPOISON;
	assert_string_equal(code_of(104), "hwpoison");
	for (i = 105; i < 112; i++)
		assert_string_equal(code_of(i), "poisoned-rest");
	assert_string_equal(code_of(103), "pcp");
	/* poisoned as well */
	map[108].flags = HWPOISON;
	assert_string_equal(code_of(108), "hwpoison");
	assert_string_equal(code_of(109), "poisoned-rest");
	/* as boot and list_del() leave it */
	map[109].compound = map[109].prev = kva;
	assert_string_equal(code_of(109), "poisoned-rest");
	map[109].compound = 0xdead000000000100;
	map[109].prev = 0xdead000000000122;
	assert_string_equal(code_of(109), "poisoned-rest");
	/* a list that is not in the dump */
	map[109].compound = map[109].prev = ANON - 1;
	assert_string_equal(code_of(109), "poisoned-rest-unknown");
	l->fact[OFL_F_PAGE_LRU].known = false;
	assert_string_equal(code_of(105), "poisoned-rest-unknown");
}

/* the first of several pages that are free is on a list, the others are not */
static void test_free_behind_a_poisoned_page(void **state)
{
	uint64_t lru = offsetof(struct raw_page, compound);

	(void)state;
	map[104].refcount = 1;
	map[104].flags = HWPOISON;
	map[110].compound = BASE + 200 * sizeof(map[0]) + lru;
	map[110].prev = map[110].compound;
	map[200].refcount = 1;
	map[200].prev = BASE + 110 * sizeof(map[0]) + lru;
	assert_string_equal(code_of(109), "poisoned-rest");
	assert_string_equal(code_of(110), "pcp");
	assert_string_equal(code_of(111), "pcp");
	/* what is behind a page of another allocation is not of this one */
	map[106].refcount = 1;
	assert_string_equal(code_of(105), "poisoned-rest");
	assert_string_equal(code_of(107), "pcp");
	assert_string_equal(code_of(108), "pcp");
	assert_string_equal(code_of(109), "pcp");
	map[106].refcount = 0;
	/* a page of a process has nothing behind it */
	map[104].flags |= LRU;
	assert_string_equal(code_of(109), "pcp");
}

static void test_poisoned_large_folio(void **state)
{
	(void)state;
	make_compound(512, 9);
	map[512].flags |= LRU;
	map[512].mapping = ANON;
	map[513].mapping = 1 - 1;
	know(OFL_F_LARGE_MAPCOUNT, 64 + 24);
	know(OFL_F_ISOLATE_FOLIO, 1);
	assert_string_equal(code_of(512), "lru");
	map[700].flags |= HWPOISON;
	assert_string_equal(code_of(512), "lru-poisoned");
	assert_string_equal(code_of(1023), "lru-poisoned");
	/* held by a pipe, too: the kernel does not come to count */
	map[512].refcount = 2;
	assert_string_equal(code_of(512), "lru-poisoned");
	/* from its middle the head and its pages are read again */
	classify(600, 1100, part);
	assert_int_equal(part[600], OFL_KIND_LRU_POISONED);
	map[512].refcount = 1;
	l->fact[OFL_F_ISOLATE_FOLIO].known = false;
	assert_string_equal(code_of(512), "lru");
	/* a kernel that may have it */
	know(OFL_F_UNMAP_POISONED, 1);
	assert_string_equal(code_of(512), "lru-uncounted");
	map[700].flags &= ~(uint64_t)HWPOISON;
	assert_string_equal(code_of(512), "lru");
	map[700].flags |= HWPOISON;
	map[512].flags |= HWPOISON;
	assert_string_equal(code_of(512), "lru-poisoned-off");
	/* a page that is not in the dump may be a poisoned one */
	map[512].flags &= ~(uint64_t)HWPOISON;
	map[700].flags = 0;
	know(OFL_F_ISOLATE_FOLIO, 1);
	memset(&map[900], 0, sizeof(map[900]));
	assert_string_equal(code_of(512), "lru-uncounted");
}

/* secretmem and guest_memfd: unevictable, and their mapping says so */
static void test_mappings_that_never_migrate(void **state)
{
	(void)state;
	lru_page(9, MAPPING, 1, 0)->flags = LRU | UNEVICTABLE;
	expect_refs(9, "lru", 1);
	know(OFL_F_SECRETMEM_OPS, 0x5ec);
	assert_string_equal(code_of(9), "lru-uncounted");
	know(OFL_F_MAPPING_OPS, 8);
	know(OFL_F_MAPPING_FLAGS, 0);
	assert_string_equal(code_of(9), "lru");
	space[1] = 0x5ec;
	assert_string_equal(code_of(9), "lru-never");
	map[9].flags = LRU;
	assert_string_equal(code_of(9), "lru");
	map[9].flags = LRU | UNEVICTABLE;
	space[1] = 0xa10;
	know(OFL_F_AS_INACCESSIBLE, 8);
	assert_string_equal(code_of(9), "lru");
	space[0] = 1u << 8;
	assert_string_equal(code_of(9), "lru-never");
	space[0] = 0;
	l->fact[OFL_F_SECRETMEM_OPS].known = false;
	assert_string_equal(code_of(9), "lru");
	know(OFL_F_SECRETMEM_VMA, 1);
	assert_string_equal(code_of(9), "lru-uncounted");
	space[0] = 1u << 8;
	assert_string_equal(code_of(9), "lru-never");
	/* anonymous memory has no mapping that could be asked */
	map[9].mapping = ANON;
	map[9].type = 0;
	assert_string_equal(code_of(9), "lru");
}

/* the ring of an AIO context has a reference of each page, and moves with it */
/* ramfs: no way to migrate a page, and none to write one */
static void test_files_that_are_never_written(void **state)
{
	(void)state;
	memset(buffer, 0, sizeof(buffer));
	lru_page(9, MAPPING, 1, 0)->flags = LRU | UNEVICTABLE | DIRTY;
	know(OFL_F_MAPPING_OPS, 8);
	know(OFL_F_MAPPING_FLAGS, 0);
	space[1] = BUFFERS;	/* its operations are there */
	assert_string_equal(code_of(9), "lru");
	know(OFL_F_OPS_MIGRATE, 0);
	know(OFL_F_OPS_WRITEPAGES, 8);
	assert_string_equal(code_of(9), "lru-never");
	map[9].flags &= ~DIRTY;
	assert_string_equal(code_of(9), "lru");
	map[9].flags |= DIRTY;
	buffer[0].next = 1;
	assert_string_equal(code_of(9), "lru");
	buffer[0] = (struct raw_buffer){ 0, 1 };
	assert_string_equal(code_of(9), "lru");
	/* writepage(), before it was removed */
	buffer[0] = (struct raw_buffer){ 0, 0 };
	know(OFL_F_OPS_WRITEPAGE, 16);
	assert_string_equal(code_of(9), "lru-never");
	buffer[1].next = 1;
	assert_string_equal(code_of(9), "lru");
	/* operations that are not in the dump */
	space[1] = ZONE + 4096;
	assert_string_equal(code_of(9), "lru-uncounted");
}

static void test_pages_of_an_aio_ring(void **state)
{
	(void)state;
	lru_page(9, MAPPING, 2, 0);
	expect_refs(9, "lru-held", 1);
	know(OFL_F_AIO_OPS, 0xa10);
	know(OFL_F_MAPPING_OPS, 8);
	know(OFL_F_MAPPING_FLAGS, 0);
	expect_refs(9, "lru-held", 1);
	space[1] = 0xa10;
	expect_refs(9, "lru", 2);
}

/* a file system that is mounted holds buffers of its disk */
static void test_buffers_of_a_disk(void **state)
{
	(void)state;
	lru_page(9, MAPPING, 2, 0)->flags = LRU | PRIVATE;
	map[9].private_ = BUFFERS;
	buffer[0] = (struct raw_buffer){ BUFFERS + sizeof(buffer[0]), 0 };
	buffer[1] = (struct raw_buffer){ BUFFERS, 1 };
	space[1] = 0xd15c;
	assert_string_equal(code_of(9), "lru");
	know(OFL_F_BH_LRUS, 0x700);
	assert_string_equal(code_of(9), "lru-uncounted");
	map[9].flags = LRU;
	map[9].refcount = 1;
	assert_string_equal(code_of(9), "lru");
	map[9].flags = LRU | PRIVATE;
	map[9].refcount = 2;
	know(OFL_F_DISK_OPS, 0xd15c);
	assert_string_equal(code_of(9), "lru-uncounted");
	know(OFL_F_MAPPING_OPS, 8);
	know(OFL_F_MAPPING_FLAGS, 0);
	know(OFL_F_BH_NEXT, 0);
	assert_string_equal(code_of(9), "lru-uncounted");
	know(OFL_F_BH_COUNT, 8);
	/* held, or only what a CPU looked up last? */
	assert_string_equal(code_of(9), "lru-uncounted");
	batches.buffers_known = true;
	assert_string_equal(code_of(9), "lru-buffers");
	batched[0] = (struct ofl_batched){ BUFFERS + sizeof(buffer[0]), 1 };
	batches.nr = 1;
	assert_string_equal(code_of(9), "lru");
	buffer[1].count = 2;
	assert_string_equal(code_of(9), "lru-buffers");
	/* a ring that is none */
	buffer[1] = (struct raw_buffer){ BUFFERS + sizeof(buffer[0]), 0 };
	assert_string_equal(code_of(9), "lru-uncounted");
	buffer[1].next = 7;
	assert_string_equal(code_of(9), "lru-uncounted");
	buffer[1].next = BUFFERS;
	assert_string_equal(code_of(9), "lru");
	/* the files of a file system move with their buffers */
	buffer[1].count = 2;
	space[1] = 0xf11e;
	assert_string_equal(code_of(9), "lru");
}

static void put_random(uint64_t pfn, unsigned int order)
{
	switch (random() % 8) {
	case 0:
		/* never as large as a block */
		make_free(pfn, order > 9 ? 9 : order);
		break;
	case 1:
		make_compound(pfn, order);
		map[pfn].flags |= LRU;
		break;
	case 2:
		make_compound(pfn, order);
		break;
	case 3:
		make_compound(pfn, order);
		map[pfn].type = OFFLINE;
		break;
	case 4:
		make_compound(pfn, order);
		map[pfn].type = SLAB;
		break;
	case 5:
		make_compound(pfn, order);
		map[pfn].flags |= HWPOISON;
		break;
	default:
		make_hugetlb(pfn, order, random() % 2);
		if (random() % 2)
			optimise(pfn, order);
	}
}

static void put_one(uint64_t pfn)
{
	static const uint64_t some_flags[] = { 0, LRU, HWPOISON, LOCKED };
	static const uint32_t some_types[] = { NO_TYPE, OFFLINE, SLAB };

	map[pfn].flags = some_flags[random() % 4];
	map[pfn].type = some_types[random() % 3];
	map[pfn].refcount = random() % 3;
	map[pfn].mapping = random() % 2 ? 0 : BASE | (random() % 4);
	map[pfn].charge = random() % 2 ? 0 : ZONE | (random() % 4);
}

static void test_a_list_equals_its_parts(void **state)
{
	unsigned int order, round;
	uint64_t pfn;

	(void)state;
	srandom(unit_seed());
	for (round = 0; round < 60; round++) {
		for (pfn = 0; pfn < PAGES; pfn++)
			map[pfn] = (struct raw_page){ .type = NO_TYPE };
		for (pfn = 0; pfn < PAGES; pfn += 1u << order) {
			order = random() % 3 ? GIGANTIC_ORDER :
				random() % (GIGANTIC_ORDER + 1);
			while (pfn & ((1u << order) - 1))
				order = random() % order;
			if (order)
				put_random(pfn, order);
			else
				put_one(pfn);
		}
		hstate[0].nr_free = random() % 4;
		hstate[0].resv = random() % 2;
		hstate[1].nr_free = random() % 3;
		hstate[1].resv = random() % 2;
		expect_parts();
	}
}

/* a unit, or what is nearly one; or like pages */
static void put_offline(uint64_t pfn)
{
	unsigned int i, pages = random() % 3 ? 512 : 1 + random() % 511;

	for (i = 0; i < pages; i++) {
		map[pfn + i] = (struct raw_page){ .type = OFFLINE };
		map[pfn + i].refcount = i == 0 && random() % 4;
	}
	if (random() % 4 == 0)
		for (i = 0; i < 512; i++)
			map[pfn + i].refcount = 1;
	if (random() % 4 == 0)
		map[pfn + random() % 512].refcount ^= 1;
}

/* like offline pages from @pfn on, as a scan hands them out */
static uint64_t like_pages(const struct ofl_page_format *f, uint64_t pfn,
			   struct ofl_page *p)
{
	const unsigned char *raw = (const unsigned char *)&map[pfn];
	uint64_t end_pfn = (pfn / SECTION + 1) * SECTION, at;
	struct ofl_page q;

	if (!ofl_page_is_offline(f, raw))
		return 0;
	ofl_page_decode(f, raw, pfn, p);
	ofl_page_decode_offline(f, raw, p);
	for (at = pfn + 1; at < end_pfn; at++) {
		raw = (const unsigned char *)&map[at];
		ofl_page_decode(f, raw, at, &q);
		ofl_page_decode_offline(f, raw, &q);
		if (!ofl_page_is_offline(f, raw) || !ofl_page_alike(p, &q))
			break;
	}
	return at - pfn;
}

/* offline pages by runs are what each of them is */
static void expect_runs(void)
{
	static const struct ofl_memory_ops ops = { .read = read_kernel };
	const struct ofl_target t = { .memory = &ops };
	const struct ofl_env env = { .t = &t, .l = l, .n = &nodes,
				     .batches = &batches };
	struct ofl_classifier c;
	struct ofl_classified ret;
	struct ofl_section s;
	struct ofl_page p;
	uint64_t pfn, nr, n;

	classify(0, PAGES, whole);
	ofl_classifier_init(&c, &env, &no_owners, &no_blocks);
	for (pfn = 0; pfn < PAGES; pfn++) {
		nr = like_pages(&c.format, pfn, &p);
		s = section_of(pfn);
		for (; nr; nr -= n, p.pfn += n) {
			n = ofl_classify_run(&c, &s, &p, nr, &ret);
			assert_in_range(n, 1, nr);
			for (pfn = p.pfn; pfn < p.pfn + n; pfn++)
				assert_int_equal(ret.kind, whole[pfn]);
			pfn--;
		}
	}
}

/* classify() compares; and there are enough of them */
static void test_pages_that_are_like_the_one_before(void **state)
{
	uint64_t pfn;

	(void)state;
	nr_same = 0;
	make_free(512, 9);
	make_compound(1024, 9);
	classify(512, 1536, whole);
	assert_in_range(nr_same, 900, 1022);
	/* one that differs is looked at, and the one behind it */
	map[600].refcount = 1;
	nr_same = 0;
	classify(512, 1024, whole);
	assert_int_not_equal(whole[600], whole[601]);
	/* no tail is offline, or nothing at all: such pages are asked about */
	nr_like = 0;
	for (pfn = 1026; pfn < 1536; pfn++)
		map[pfn].flags = UPTODATE;	/* 0 would say nothing */
	map[1100].compound = 0;
	map[1100].type = OFFLINE;
	map[1200].flags = 0;
	map[1300].flags = UINT64_MAX;
	classify(1024, 1536, whole);
	assert_in_range(nr_like, 450, 511);
}

static void test_runs_of_offline_pages(void **state)
{
	unsigned int round, i;
	uint64_t pfn;

	(void)state;
	srandom(unit_seed());
	know(OFL_F_MIGRATE_ISOLATE, 5);
	know(OFL_F_MIGRATE_CMA, 4);
	for (round = 0; round < 60; round++) {
		for (pfn = 0; pfn < PAGES; pfn++)
			map[pfn] = (struct raw_page){ .type = NO_TYPE };
		for (pfn = 0; pfn < PAGES; pfn += 512) {
			if (random() % 2)
				for (i = 0; i < 512; i++)
					put_one(pfn + i);
			else
				put_offline(pfn);
			if (random() % 8)
				continue;
			map[pfn + 1].flags = 0;	/* the order is there */
			make_compound(pfn, 1 + random() % 9);
		}
		usage[0] = (unsigned char)(random() & 0x77);
		expect_runs();
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_optimised_page_from_its_middle),
		CASE(test_size_that_cannot_be),
		CASE(test_gigantic_page_and_other_nodes),
		CASE(test_huge_page_that_may_be_gigantic),
		CASE(test_pool_that_is_not_known),
		CASE(test_huge_pages_of_other_machines),
		CASE(test_guard_pages),
		CASE(test_huge_pages_of_a_subpool),
		CASE(test_memmap_that_comes_back),
		CASE(test_huge_pages_that_change_places),
		CASE(test_references_of_huge_pages),
		CASE(test_unaccepted_without_a_type),
		CASE(test_flag_without_a_name),
		CASE(test_compound_page_of_a_kernel_without_hugetlb),
		CASE(test_kernel_page_with_a_mapping),
		CASE(test_memory_that_is_not_mapped_yet),
		CASE(test_pages_in_a_list),
		CASE(test_pages_as_they_are_given_away),
		CASE(test_poisoned_compound_page),
		CASE(test_behind_a_poisoned_page),
		CASE(test_free_behind_a_poisoned_page),
		CASE(test_references_of_an_anonymous_page),
		CASE(test_references_of_page_cache),
		CASE(test_references_that_may_be_explained),
		CASE(test_references_in_batches),
		CASE(test_references_of_a_large_folio),
		CASE(test_truncated_large_folio),
		CASE(test_references_of_a_large_page),
		CASE(test_poisoned_large_folio),
		CASE(test_buffers_of_a_disk),
		CASE(test_mappings_that_never_migrate),
		CASE(test_files_that_are_never_written),
		CASE(test_pages_of_an_aio_ring),
		CASE(test_a_list_equals_its_parts),
		CASE(test_pages_that_are_like_the_one_before),
		CASE(test_runs_of_offline_pages),
	};

	return cmocka_run_group_tests_name("classify", tests, NULL, NULL);
}
