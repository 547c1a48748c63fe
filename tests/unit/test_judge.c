// SPDX-License-Identifier: GPL-2.0-or-later
/* test_judge.c - which of many reasons decides the fate of a memory block */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "judge/next.h"
#include "judge/place.h"

#define PAGES		32768
#define ZONE_NORMAL	2
#define ZONE_MOVABLE	3

/** struct world - as much of a kernel as a verdict looks at */
struct world {
	struct ofl_layout l;
	struct ofl_chain chain;
	struct ofl_ram ram;
	struct ofl_env env;
	struct ofl_zone zone;
	struct ofl_block block;
	struct ofl_block_report r;
};

static void know(struct ofl_layout *l, enum ofl_fact_id id, int64_t value)
{
	l->fact[id].known = true;
	l->fact[id].value = value;
}

/* an online block of @type with all its memory there, and not a page seen yet */
static struct world *world(int type)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	know(&w->l, OFL_F_ZONE_MOVABLE, ZONE_MOVABLE);
	know(&w->l, OFL_F_OFFLINE_PAGES, 0x1000);
	know(&w->l, OFL_F_BLOCK_ZONE, 32);
	know(&w->l, OFL_F_BLOCK_ALTMAP, 40);
	w->chain.known = true;
	w->env = (struct ofl_env){ .l = &w->l, .chain = &w->chain };
	w->ram.known = true;
	w->zone.type = type;
	w->block.state = OFL_BLOCK_ONLINE;
	w->block.zone_kva = 0xffff0000;
	w->r.block = &w->block;
	w->r.zone = &w->zone;
	w->r.pages = w->r.ram_pages = PAGES;
	return w;
}

static void put(struct world *w, enum ofl_kind kind, uint64_t pages,
		uint64_t first_pfn)
{
	w->r.kind[kind].pages = pages;
	w->r.kind[kind].pfn[0] = first_pfn;
	w->r.scanned += pages;
}

static void expect(struct world *w, enum ofl_outcome verdict, const char *code,
		   const char *reason)
{
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_string_equal(ofl_outcome_rows[w->r.verdict].block,
			    ofl_outcome_rows[verdict].block);
	assert_string_equal(w->r.code, code);
	if (strncmp(w->r.reason, reason, strlen(reason)))
		fail_msg("\"%s\" does not begin with \"%s\"", w->r.reason,
			 reason);
	free(w);
}

static void test_nothing_in_the_way(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	put(w, OFL_KIND_FREE, 100, 5);
	put(w, OFL_KIND_PCP, 10, 1);
	put(w, OFL_KIND_OFFLINE_SKIP, 10, 2);
	put(w, OFL_KIND_HUGETLB_FREE, 512, 1024);
	expect(w, OFL_OUT_OFFLINABLE, "", "");
}

/* such a block goes, and never comes back */
static void test_poisoned_pages(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	put(w, OFL_KIND_HWPOISON, 3, 5);
	expect(w, OFL_OUT_OFFLINABLE, "", "");
	w = world(ZONE_NORMAL);
	know(&w->l, OFL_F_BLOCK_HWPOISON, 80);
	w->block.poisoned = 3;
	put(w, OFL_KIND_HWPOISON, 3, 5);
	expect(w, OFL_OUT_OFFLINABLE, "",
	       "cannot be onlined again: 3 of its pages are poisoned");
	w = world(ZONE_NORMAL);
	know(&w->l, OFL_F_BLOCK_HWPOISON, 80);
	w->block.poisoned = 3;
	put(w, OFL_KIND_HWPOISON, 3, 5);
	put(w, OFL_KIND_LRU, 3, 50);
	expect(w, OFL_OUT_MIGRATE, "lru",
	       "page cache or anonymous memory; cannot be onlined again: 3 ");
	/* the counter is asked: of a huge page no flag may be seen, or one */
	w = world(ZONE_NORMAL);
	know(&w->l, OFL_F_BLOCK_HWPOISON, 80);
	w->block.poisoned = 2;
	put(w, OFL_KIND_HUGETLB_FREE, 512, 512);
	expect(w, OFL_OUT_OFFLINABLE, "",
	       "cannot be onlined again: 2 of its pages are poisoned");
	/* they contradict each other */
	w = world(ZONE_NORMAL);
	know(&w->l, OFL_F_BLOCK_HWPOISON, 80);
	put(w, OFL_KIND_HWPOISON, 3, 5);
	expect(w, OFL_OUT_OFFLINABLE, "",
	       "3 of its pages have the flag of poison, 0 by its counter");
	w = world(ZONE_NORMAL);
	know(&w->l, OFL_F_BLOCK_HWPOISON, 80);
	w->block.poison_unread = true;
	put(w, OFL_KIND_HWPOISON, 1, 5);
	expect(w, OFL_OUT_OFFLINABLE, "",
	       "cannot be onlined again: 1 of its pages is poisoned; its count of poisoned pages cannot be read");
	/* what stays has no need of it */
	w = world(ZONE_NORMAL);
	know(&w->l, OFL_F_BLOCK_HWPOISON, 80);
	w->block.poisoned = 3;
	put(w, OFL_KIND_HWPOISON, 3, 5);
	put(w, OFL_KIND_SLAB, 1, 50);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_null(strstr(w->r.reason, "again"));
	free(w);
}

/* what a person can do about it, as memory that was added later */
static const char *next_of(const struct world *w)
{
	static char buf[240];

	ofl_block_next(&w->env, &w->r, OFL_COMES_LATER, buf, sizeof(buf));
	return buf;
}

/* an offline block has no pages to be counted: its own counter tells */
static void test_poisoned_offline_block(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	w->block.state = OFL_BLOCK_OFFLINE;
	w->block.poisoned = 3;
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	/* it is not told to online what cannot be onlined */
	assert_null(strstr(next_of(w), "/state"));
	expect(w, OFL_OUT_OFFLINE, "offline",
	       "already offline; cannot be onlined again: 3 of its pages are ");
	w = world(ZONE_NORMAL);
	w->block.state = OFL_BLOCK_OFFLINE;
	w->block.poison_unread = true;
	expect(w, OFL_OUT_OFFLINE, "offline",
	       "already offline; whether it can be onlined again is not known");
	w = world(ZONE_NORMAL);
	w->block.state = OFL_BLOCK_OFFLINE;
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_string_equal(w->r.reason, "already offline");
	assert_non_null(strstr(next_of(w), "/state to use"));
	free(w);
}

static void test_driver(void **state)
{
	struct world *w = world(ZONE_MOVABLE);

	(void)state;
	put(w, OFL_KIND_FREE, 100, 0);
	put(w, OFL_KIND_OFFLINE_DRIVER, 512, 1024);
	expect(w, OFL_OUT_DRIVER, "offline-driver", "unplugged by virtio_mem");
}

static void test_migration_outweighs_the_driver(void **state)
{
	struct world *w = world(ZONE_MOVABLE);

	(void)state;
	put(w, OFL_KIND_OFFLINE_DRIVER, 512, 0);
	put(w, OFL_KIND_LRU, 1, 700);
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache");
}

static void test_spinning_outweighs_migration(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	put(w, OFL_KIND_LRU, 1000, 0);
	put(w, OFL_KIND_FROZEN, 1, 2000);
	expect(w, OFL_OUT_SPINS, "frozen", "kernel allocation with refcount 0");
}

static void test_the_zone_decides_of_slab(void **state)
{
	struct world *w = world(ZONE_MOVABLE);

	(void)state;
	put(w, OFL_KIND_SLAB, 1, 7);
	expect(w, OFL_OUT_SPINS, "slab", "slab");
	w = world(ZONE_NORMAL);
	put(w, OFL_KIND_SLAB, 1, 7);
	expect(w, OFL_OUT_BLOCKED, "slab", "failure to isolate range: slab");
}

static void test_unknown_pages(void **state)
{
	struct world *w = world(ZONE_MOVABLE);

	(void)state;
	put(w, OFL_KIND_UNKNOWN, 64, 0);
	put(w, OFL_KIND_LRU, 64, 64);
	expect(w, OFL_OUT_UNKNOWN, "unknown", "struct page that is not in the dump");
	/* something that blocks for certain needs no other page */
	w = world(ZONE_MOVABLE);
	put(w, OFL_KIND_UNKNOWN, 64, 0);
	put(w, OFL_KIND_RESERVED, 1, 64);
	expect(w, OFL_OUT_BLOCKED, "reserved", "failure to isolate range: reserved");
	/* what only spins is no such thing: an unknown page may block before */
	w = world(ZONE_MOVABLE);
	put(w, OFL_KIND_UNKNOWN, 64, 0);
	put(w, OFL_KIND_SLAB, 1, 64);
	expect(w, OFL_OUT_UNKNOWN, "unknown", "struct page that is not in the dump");
}

static void test_the_first_step_that_blocks(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	put(w, OFL_KIND_OFFLINE_HELD, 9, 5);
	put(w, OFL_KIND_RESERVED, 1, 9000);
	put(w, OFL_KIND_HUGETLB_RESERVED, 512, 512);
	expect(w, OFL_OUT_BLOCKED, "reserved", "failure to isolate range");
	w = world(ZONE_NORMAL);
	put(w, OFL_KIND_HUGETLB_RESERVED, 512, 512);
	put(w, OFL_KIND_FROZEN, 1, 5);
	expect(w, OFL_OUT_BLOCKED, "hugetlb-reserved",
	       "failure to dissolve huge pages");
	w = world(ZONE_NORMAL);
	put(w, OFL_KIND_OFFLINE_HELD, 1, 9000);
	put(w, OFL_KIND_OFFLINE_PLUGGED, 2, 5);
	expect(w, OFL_OUT_BLOCKED, "offline-plugged", "unmovable page: ");
}

static void test_before_any_page(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	w->block.zone_kva = 0;
	w->r.ram_pages = PAGES - 1;
	put(w, OFL_KIND_RESERVED, 1, 0);
	expect(w, OFL_OUT_BLOCKED, "zone", "multizone range: ");
	w = world(ZONE_NORMAL);
	w->r.ram_pages = PAGES - 1;
	put(w, OFL_KIND_RESERVED, 1, 0);
	expect(w, OFL_OUT_BLOCKED, "holes", "memory holes: 1 of 32768 pages is not RAM");
	w = world(ZONE_NORMAL);
	w->ram.known = false;
	put(w, OFL_KIND_FREE, PAGES, 0);
	expect(w, OFL_OUT_UNKNOWN, "holes", "iomem_resource cannot be read");
}

/* a kernel before v5.18: the pages have to tell */
static void before_5_18(struct world *w)
{
	w->l.fact[OFL_F_BLOCK_ZONE].known = false;
	know(&w->l, OFL_F_PAGES_IN_A_ZONE, 0x2000);
}

/* such a kernel, or one that has lost the member: who can say? */
static void test_nobody_says_where_the_zone_is(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	w->l.fact[OFL_F_BLOCK_ZONE].known = false;
	put(w, OFL_KIND_FREE, PAGES, 0);
	expect(w, OFL_OUT_UNKNOWN, "zone", "neither debuginfo nor a symbol");
}

static void test_several_zones(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	before_5_18(w);
	w->block.zone_kva = 0;
	put(w, OFL_KIND_FREE, PAGES, 0);
	expect(w, OFL_OUT_OFFLINABLE, "", "");
	w = world(ZONE_NORMAL);
	before_5_18(w);
	w->r.several_zones = true;
	put(w, OFL_KIND_FREE, PAGES, 0);
	expect(w, OFL_OUT_BLOCKED, "zone", "multizone range");
}

static void test_boot_memory_on_arm64(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	w->chain.nr = 1;
	w->chain.callback[0].veto = OFL_VETO_BOOT_MEMORY;
	put(w, OFL_KIND_FREE, PAGES, 0);
	expect(w, OFL_OUT_OFFLINABLE, "", "");
	w = world(ZONE_NORMAL);
	w->chain.nr = 1;
	w->chain.callback[0].veto = OFL_VETO_BOOT_MEMORY;
	w->chain.callback[0].what = "refuses boot memory";
	w->r.early = true;
	put(w, OFL_KIND_FREE, PAGES, 0);
	expect(w, OFL_OUT_BLOCKED, "notify",
	       "notifier failure: refuses boot memory");
}

/* who is asked, and what that callback may do */
static struct world *asked(enum ofl_veto veto, bool early)
{
	struct world *w = world(ZONE_NORMAL);

	w->chain.nr = 1;
	w->chain.callback[0].veto = veto;
	w->chain.callback[0].call_kva = 0xabc;
	w->chain.callback[0].what = "what it does";
	strcpy(w->chain.callback[0].name, "callback");
	w->r.early = early;
	put(w, OFL_KIND_FREE, PAGES, 0);
	return w;
}

/* the callback of CMA areas, the second of which is this */
static struct world *asked_of_areas(uint64_t start_pfn, uint64_t end_pfn)
{
	struct world *w = asked(OFL_VETO_AREAS, false);
	struct ofl_callback *cb = &w->chain.callback[0];

	w->r.start_pfn = 4096;
	cb->area[1] = (struct ofl_area){ start_pfn, end_pfn };
	cb->nr_areas = 2;
	return w;
}

static void test_who_may_refuse(void **state)
{
	struct world *w;

	(void)state;
	expect(asked(OFL_VETO_NEVER, false), OFL_OUT_OFFLINABLE, "", "");
	expect(asked(OFL_VETO_OWNER, false), OFL_OUT_OFFLINABLE, "", "");
	expect(asked(OFL_VETO_SOMETIMES, false), OFL_OUT_UNKNOWN, "notify",
	       "callback may refuse");
	expect(asked(OFL_VETO_UNKNOWN, false), OFL_OUT_UNKNOWN, "notify",
	       "callback is not known here");
	expect(asked(OFL_VETO_SPLIT, false), OFL_OUT_UNKNOWN, "notify",
	       "callback may refuse");
	expect(asked(OFL_VETO_SPLIT, true), OFL_OUT_BLOCKED, "notify",
	       "notifier failure: what it does");
	w = asked(OFL_VETO_BELOW, false);
	w->r.start_pfn = w->chain.callback[0].below_pfn = 4096;
	expect(w, OFL_OUT_OFFLINABLE, "", "");
	w = asked(OFL_VETO_BELOW, false);
	w->r.start_pfn = 4095;
	w->chain.callback[0].below_pfn = 4096;
	expect(w, OFL_OUT_BLOCKED, "notify", "notifier failure: what it does");
	w = asked_of_areas(100, 4097);		/* one page */
	expect(w, OFL_OUT_BLOCKED, "notify", "notifier failure: what it does");
	w = asked_of_areas(100, 4096);
	expect(w, OFL_OUT_OFFLINABLE, "", "");
	w = asked_of_areas(4096 + PAGES - 1, 4096 + PAGES);
	expect(w, OFL_OUT_BLOCKED, "notify", "notifier failure: what it does");
	w = asked_of_areas(4096 + PAGES, 4096 + 2 * PAGES);
	expect(w, OFL_OUT_OFFLINABLE, "", "");
	w = asked(OFL_VETO_UNKNOWN, false);
	w->chain.callback[0].name[0] = '\0';
	expect(w, OFL_OUT_UNKNOWN, "notify", "the callback at 0xabc has no name");
	w = asked(OFL_VETO_NEVER, false);
	w->chain.cut = true;
	expect(w, OFL_OUT_UNKNOWN, "notify", "memory_chain breaks off");
	w = asked(OFL_VETO_NEVER, false);
	w->chain.known = false;
	expect(w, OFL_OUT_UNKNOWN, "notify", "memory_chain cannot be read");
	/* what blocks for certain does so whichever driver is asked */
	w = asked(OFL_VETO_UNKNOWN, false);
	put(w, OFL_KIND_RESERVED, 1, 7);
	expect(w, OFL_OUT_BLOCKED, "reserved", "failure to isolate range");
}

/* the callback of a node's last memory, in a node with as many pages */
static struct world *asked_of_node(struct ofl_zone_room *zone_room,
				   struct ofl_room *room, uint64_t present)
{
	struct world *w = asked(OFL_VETO_LAST_OF_NODE, false);

	w->zone.spanned_pages = present;
	*zone_room = (struct ofl_zone_room){ .zone = w->r.zone,
					     .present = present };
	*room = (struct ofl_room){ .zone = zone_room, .nr = 1,
				   .present_known = true };
	w->env.room = room;
	return w;
}

/* mm/slab.c: drain_cache_node_node(), for a node that loses its last memory */
static void test_last_memory_of_a_node(void **state)
{
	struct ofl_zone_room zone_room;
	struct ofl_room room;
	struct world *w;

	(void)state;
	expect(asked_of_node(&zone_room, &room, PAGES + 1), OFL_OUT_OFFLINABLE,
	       "", "");
	expect(asked_of_node(&zone_room, &room, PAGES), OFL_OUT_UNKNOWN,
	       "notify", "callback may refuse: it is the last memory of node 0");
	w = asked_of_node(&zone_room, &room, PAGES + 1);
	room.present_known = false;
	expect(w, OFL_OUT_UNKNOWN, "notify",
	       "callback may refuse, should it be the last memory of its node");
}

/* node_chain is asked for the last memory of a node, and not for any other */
static void test_who_is_asked_of_a_node(void **state)
{
	struct ofl_chain chain = { .nr = 1, .known = true };
	struct ofl_zone_room zone_room;
	struct ofl_room room;
	struct world *w;

	(void)state;
	strcpy(chain.callback[0].name, "stranger");
	chain.callback[0].veto = OFL_VETO_UNKNOWN;
	w = asked_of_node(&zone_room, &room, PAGES + 1);
	w->env.node_chain = &chain;
	expect(w, OFL_OUT_OFFLINABLE, "", "");
	w = asked_of_node(&zone_room, &room, PAGES);
	w->chain.nr = 0;
	w->env.node_chain = &chain;
	expect(w, OFL_OUT_UNKNOWN, "notify", "stranger is not known here");
	w = asked_of_node(&zone_room, &room, PAGES);
	w->chain.nr = 0;
	chain = (struct ofl_chain){ .nr = 0 };
	w->env.node_chain = &chain;
	expect(w, OFL_OUT_UNKNOWN, "notify", "node_chain cannot be read");
}

static struct world *free_block(void)
{
	struct world *w = world(ZONE_NORMAL);

	put(w, OFL_KIND_FREE, PAGES, 0);
	return w;
}

/* what could not be read of a block is no word for it, and none against it */
static void test_what_cannot_be_read(void **state)
{
	struct world *w = free_block();

	(void)state;
	w->block.unread = true;
	w->block.zone_kva = 0;
	expect(w, OFL_OUT_UNKNOWN, "zone", "its memory_block cannot be read");
	w = free_block();
	w->r.zone = NULL;
	expect(w, OFL_OUT_UNKNOWN, "zone", "its zone is not one of");
	w = free_block();
	w->r.pageblock_unknown = 512;
	expect(w, OFL_OUT_UNKNOWN, "isolate", "the pageblock state of 512");
	w = free_block();
	w->l.fact[OFL_F_BLOCK_ALTMAP].known = false;
	expect(w, OFL_OUT_UNKNOWN, "holes", "whether it holds its own memmap");
	w = free_block();
	w->l.fact[OFL_F_BLOCK_ALTMAP].known = false;
	w->r.early = true;
	expect(w, OFL_OUT_OFFLINABLE, "", "");
	/* slab blocks in one zone and spins in another: which one is it? */
	w = free_block();
	w->r.zone = NULL;
	put(w, OFL_KIND_SLAB, 1, 7);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(w->r.verdict, OFL_OUT_UNKNOWN);
	free(w);
}

static void test_a_mark_that_is_new(void **state)
{
	struct world *w = free_block();

	(void)state;
	strcpy(w->l.new_marks, "PG_offline_skippable");
	expect(w, OFL_OUT_OFFLINABLE, "", "");
	w = free_block();
	strcpy(w->l.new_marks, "PG_offline_skippable");
	put(w, OFL_KIND_OFFLINE_HELD, 1, 7);
	expect(w, OFL_OUT_UNKNOWN, "offline-held", "its driver is gone");
}

/* pages that are not known may stop any step that looks at pages */
static void test_steps_of_unknown_pages(void **state)
{
	struct world *w = free_block();

	(void)state;
	put(w, OFL_KIND_UNKNOWN, 64, 0);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(w->r.step[OFL_STEP_HOLES], OFL_OUT_OFFLINABLE);
	assert_int_equal(w->r.step[OFL_STEP_ISOLATE], OFL_OUT_UNKNOWN);
	assert_int_equal(w->r.step[OFL_STEP_SCAN], OFL_OUT_UNKNOWN);
	assert_int_equal(w->r.step[OFL_STEP_DISSOLVE], OFL_OUT_UNKNOWN);
	assert_int_equal(w->r.step[OFL_STEP_TEST], OFL_OUT_UNKNOWN);
	assert_string_equal(w->r.why[OFL_STEP_SCAN], "64 pages are not known");
	free(w);
}

static void test_what_is_not_reached(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	put(w, OFL_KIND_SLAB, 1, 5);
	put(w, OFL_KIND_LRU, 1, 9);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(w->r.step[OFL_STEP_HOLES], OFL_OUT_OFFLINABLE);
	assert_int_equal(w->r.step[OFL_STEP_ISOLATE], OFL_OUT_BLOCKED);
	assert_int_equal(w->r.step[OFL_STEP_NOTIFY], OFL_OUT_NOT_REACHED);
	assert_int_equal(w->r.step[OFL_STEP_TEST], OFL_OUT_NOT_REACHED);
	free(w);
	/* the scan goes round for ever: nothing is dissolved (seen in 6.12) */
	w = world(ZONE_MOVABLE);
	put(w, OFL_KIND_HUGETLB_SWAPS, 512, 512);
	put(w, OFL_KIND_HUGETLB_RESERVED, 512, 2048);
	expect(w, OFL_OUT_SPINS, "hugetlb-swaps", "huge page in use that would only");
}

/* pages before it have to go first, and if one does not, it is not reached */
static void test_what_lies_before_decides_whether_it_is_reached(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	put(w, OFL_KIND_OFFLINE_HELD, 1, 5);
	put(w, OFL_KIND_LRU, 1, 9);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_null(strstr(w->r.reason, "not reached"));
	w->r.kind[OFL_KIND_LRU].pfn[0] = 3;
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(w->r.verdict, OFL_OUT_BLOCKED);
	assert_non_null(strstr(w->r.reason, "; not reached while"));
	/* what is held for certain: both are said, the failure and the loop */
	put(w, OFL_KIND_LRU_HELD, 40, 4);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(w->r.verdict, OFL_OUT_BLOCKED);
	assert_non_null(strstr(w->r.reason, "; not reached as long as 40 pages before"));
	w->r.kind[OFL_KIND_LRU_HELD].pfn[0] = 6;
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_null(strstr(w->r.reason, "are held"));
	/* what the test is to find does not keep the scan from anything */
	put(w, OFL_KIND_UNTOUCHED, 7, 2);
	w->zone.type = ZONE_MOVABLE;
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_null(strstr(w->r.reason, "are held"));
	/* what may stay */
	put(w, OFL_KIND_HUGETLB_SECOND, 1024, 2);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(w->r.verdict, OFL_OUT_BLOCKED);
	assert_non_null(strstr(w->r.reason, "; not reached if 1024 pages before it, which may stay"));
	free(w);
}

/* the first scan takes it off the lists, and the next comes to what is behind */
static void test_poisoned_large_folio_of_v6_1(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	put(w, OFL_KIND_LRU_POISONED_OFF, 512, 512);
	put(w, OFL_KIND_OFFLINE_HELD, 1, 20000);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(w->r.verdict, OFL_OUT_BLOCKED);
	assert_null(strstr(w->r.reason, "not reached"));
	free(w);
	w = world(ZONE_NORMAL);
	put(w, OFL_KIND_LRU_POISONED_OFF, 512, 512);
	expect(w, OFL_OUT_SPINS, "lru-poisoned-off", "large folio");
}

/* the scan begins again where it found what never goes */
static void test_what_spins_before_it_keeps_it_from_being_reached(void **state)
{
	static const enum ofl_kind spins[] = {
		OFL_KIND_LRU_NEVER, OFL_KIND_LRU_POISONED,
		OFL_KIND_MOVABLE_POISONED, OFL_KIND_HUGETLB_KEPT,
		OFL_KIND_HUGETLB_NO_ROOM, OFL_KIND_HUGETLB_SWAPS,
	};
	struct world *w;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(spins) / sizeof(spins[0]); i++) {
		w = world(ZONE_NORMAL);
		put(w, spins[i], 512, 512);
		put(w, OFL_KIND_OFFLINE_HELD, 1, 20000);
		ofl_judge_decide(&w->env, &w->ram, &w->r);
		assert_int_equal(w->r.verdict, OFL_OUT_SPINS);
		assert_non_null(strstr(w->r.reason, "; 0x4e20 behind it is unmovable"));
		w->r.kind[OFL_KIND_OFFLINE_HELD].pfn[0] = 5;
		ofl_judge_decide(&w->env, &w->ram, &w->r);
		assert_int_equal(w->r.verdict, OFL_OUT_BLOCKED);
		free(w);
	}
}

/* what the whole block has decides of the first two huge pages in use */
static void test_huge_pages_of_a_block(void **state)
{
	struct world *w = world(ZONE_MOVABLE);

	(void)state;
	put(w, OFL_KIND_HUGETLB_FIRST, 512, 1024);
	expect(w, OFL_OUT_MIGRATE, "hugetlb", "huge page in use");
	w = world(ZONE_MOVABLE);
	put(w, OFL_KIND_HUGETLB_FIRST, 512, 1024);
	put(w, OFL_KIND_HUGETLB_FREE, 512, 2048);
	expect(w, OFL_OUT_UNKNOWN, "hugetlb-beside-free", "huge page in use that may");
	w = world(ZONE_MOVABLE);
	put(w, OFL_KIND_HUGETLB_FIRST, 512, 1024);
	put(w, OFL_KIND_HUGETLB_SECOND, 512, 2048);
	expect(w, OFL_OUT_UNKNOWN, "hugetlb-second", "huge page in use that may");
	w = world(ZONE_MOVABLE);
	put(w, OFL_KIND_HUGETLB_FIRST, 512, 1024);
	put(w, OFL_KIND_HUGETLB_SECOND, 512, 2048);
	put(w, OFL_KIND_HUGETLB_SWAPS, 512, 4096);
	put(w, OFL_KIND_OFFLINE_HELD, 1, 3000);	/* behind the first */
	expect(w, OFL_OUT_SPINS, "hugetlb-swaps", "huge page in use that would only");
}

/* truncation has a batch of them on each CPU at the most */
static void test_pages_out_of_their_file(void **state)
{
	struct world *w = world(ZONE_MOVABLE);

	(void)state;
	put(w, OFL_KIND_LRU_REMOVED, 30, 7);
	expect(w, OFL_OUT_RETRIES, "lru-held", "page cache or anonymous memory with");
	w = world(ZONE_MOVABLE);
	know(&w->l, OFL_F_NR_CPU_IDS, 2);
	know(&w->l, OFL_F_BATCH_BYTES, 15 * 8);
	put(w, OFL_KIND_LRU_REMOVED, 30, 7);
	put(w, OFL_KIND_LRU, 31, 100);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(w->r.verdict, OFL_OUT_MIGRATE);
	assert_non_null(strstr(w->r.reason, "; 30 of its pages were taken out of their file and still held: for a moment, as a rule"));
	assert_int_equal(ofl_place_settled(&w->r, OFL_KIND_LRU_REMOVED),
			 OFL_KIND_LRU_REMOVED);
	put(w, OFL_KIND_LRU, 29, 100);
	expect(w, OFL_OUT_MIGRATE, "lru-removed", "page cache taken out of its file");
	w = world(ZONE_MOVABLE);
	know(&w->l, OFL_F_NR_CPU_IDS, 2);
	know(&w->l, OFL_F_BATCH_BYTES, 15 * 8);
	put(w, OFL_KIND_LRU_REMOVED, 31, 7);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(ofl_place_settled(&w->r, OFL_KIND_LRU_REMOVED),
			 OFL_KIND_LRU_HELD);
	expect(w, OFL_OUT_RETRIES, "lru-held", "page cache or anonymous memory with");
}

static void expect_cause(const struct ofl_cause *c, enum ofl_kind kind,
			 uint64_t pages, bool decides, bool reached)
{
	assert_string_equal(ofl_rule_rows[c->kind].code,
			    ofl_rule_rows[kind].code);
	assert_int_equal(c->pages, pages);
	assert_int_equal(c->decides, decides);
	assert_int_equal(c->reached, reached);
}

/* what decides comes first, by size; then the rest in the kernel's order */
static void test_causes_by_size(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	put(w, OFL_KIND_FREE, 100, 0);
	put(w, OFL_KIND_RESERVED, 3, 200);
	put(w, OFL_KIND_KERNEL, 900, 300);
	put(w, OFL_KIND_SLAB, 40, 2000);
	put(w, OFL_KIND_HUGETLB_RESERVED, 512, 4096);
	put(w, OFL_KIND_LRU, 7, 5000);
	put(w, OFL_KIND_OFFLINE_HELD, 8, 5100);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(w->r.nr_causes, 6);
	expect_cause(&w->r.cause[0], OFL_KIND_KERNEL, 900, true, true);
	expect_cause(&w->r.cause[1], OFL_KIND_SLAB, 40, true, true);
	expect_cause(&w->r.cause[2], OFL_KIND_RESERVED, 3, true, true);
	expect_cause(&w->r.cause[3], OFL_KIND_OFFLINE_HELD, 8, false, false);
	expect_cause(&w->r.cause[4], OFL_KIND_LRU, 7, false, false);
	expect_cause(&w->r.cause[5], OFL_KIND_HUGETLB_RESERVED, 512, false,
		     false);
	assert_int_equal(w->r.decider, OFL_KIND_KERNEL);
	assert_int_equal(w->r.decider_pfn, 200);
	free(w);
}

/* a step that needs no page decides: pages are listed, none as the cause */
static void test_causes_of_a_step(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	w->r.ram_pages = PAGES - 1;
	put(w, OFL_KIND_SLAB, 40, 2000);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(w->r.nr_causes, 1);
	expect_cause(&w->r.cause[0], OFL_KIND_SLAB, 40, false, false);
	free(w);
}

/* a zone that could take @pages, and its node */
static struct ofl_zone_room zone_room(struct ofl_zone *zone, int node, int type,
				      int64_t pages)
{
	*zone = (struct ofl_zone){ .node = node, .type = type,
				   .spanned_pages = PAGES };
	return (struct ofl_zone_room){ .zone = zone, .free = pages };
}

static struct world *full(struct ofl_room *room, struct ofl_zone_room *zone,
			  int type, uint64_t pages)
{
	struct world *w = world(type);

	w->env.room = room;
	room->zone = zone;
	room->known = room->swap_known = room->kernel_known = true;
	put(w, OFL_KIND_LRU, pages, 0);
	return w;
}

/* 60 free pages above the watermark; in ZONE_MOVABLE 40, and 5 of page cache */
static void two_zones(struct ofl_zone_room *z, struct ofl_zone *zone)
{
	z[0] = zone_room(&zone[0], 0, ZONE_NORMAL, 70);
	z[1] = zone_room(&zone[1], 0, ZONE_MOVABLE, 40);
	z[0].min = 10;
	z[0].reserve = 20;
	z[1].file = 5;
}

/* a page needs a free one elsewhere, in a zone that may take it */
static void test_no_place_to_go(void **state)
{
	struct ofl_zone zone[3];
	struct ofl_zone_room z[3];
	struct ofl_room room = { .nr = 2 };
	struct world *w;

	(void)state;
	two_zones(z, zone);
	/* 40 + 40 + 5 for what comes from ZONE_MOVABLE */
	w = full(&room, z, ZONE_MOVABLE, 85);
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache");
	w = full(&room, z, ZONE_MOVABLE, 86);
	expect(w, OFL_OUT_RETRIES, "scan-migrate",
	       "no place to go: 86 pages to move, room for 85");
	/* 60 for what comes from ZONE_NORMAL, which has no reserve there */
	w = full(&room, z, ZONE_NORMAL, 60);
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache");
	w = full(&room, z, ZONE_NORMAL, 61);
	expect(w, OFL_OUT_RETRIES, "scan-migrate", "no place to go: 61");
	room.swap = 1;
	w = full(&room, z, ZONE_NORMAL, 61);
	expect(w, OFL_OUT_MIGRATE, "lru",
	       "page cache or anonymous memory; room for 1 of these pages only once others are swapped out");
	room.swap = 100;
	w = full(&room, z, ZONE_NORMAL, 60);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_string_equal(w->r.reason, "page cache or anonymous memory");
	free(w);
	w = full(&room, z, ZONE_NORMAL, 64);
	expect(w, OFL_OUT_MIGRATE, "lru",
	       "page cache or anonymous memory; room for 4 of these pages");
	/* or else dentries and inodes make room */
	room.swap = 0;
	z[0].kernel = 1;
	w = full(&room, z, ZONE_NORMAL, 61);
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache");
}

/* a block of huge pages of order 9, and so many free blocks of that elsewhere */
static struct world *huge(struct ofl_room *room, struct ofl_zone_room *zone,
			  struct ofl_pool *pool, uint64_t in_use)
{
	struct world *w = full(room, zone, ZONE_NORMAL, 0);

	know(&w->l, OFL_F_NR_ORDERS, 11);
	know(&w->l, OFL_F_PB_ISOLATE, 1);
	w->l.page_bytes = 4096;
	room->blocks_known = true;
	put(w, OFL_KIND_HUGETLB, in_use * 512, 0);
	w->r.zone = zone->zone;
	w->r.pool = pool;
	w->r.nr_pools = 1;
	w->r.huge_in_use[0] = in_use;
	return w;
}

/* each huge page needs one of the pool, or a free block of its size */
static void test_room_for_huge_pages(void **state)
{
	struct ofl_pool pool = { .order = 9, .nr_free = 1, .spare = 1,
				 .node = -1 };
	struct ofl_zone zone[3];
	struct ofl_zone_room z[3];
	struct ofl_room room = { .nr = 2 };
	struct world *w;

	(void)state;
	z[0] = zone_room(&zone[0], 0, ZONE_NORMAL, 3000);
	z[1] = zone_room(&zone[1], 0, ZONE_MOVABLE, 0);
	z[0].blocks[9] = 1;
	z[0].blocks[10] = 1;
	/* one of the pool, three of free blocks */
	w = huge(&room, z, &pool, 4);
	expect(w, OFL_OUT_MIGRATE, "hugetlb", "huge page in use");
	w = huge(&room, z, &pool, 5);
	expect(w, OFL_OUT_UNKNOWN, "scan-migrate",
	       "4 huge pages of 2048 KiB need a place, and there are 3 free blocks");
	/* what is free here is no place */
	w = huge(&room, z, &pool, 4);
	put(w, OFL_KIND_FREE, 512, 9000);
	expect(w, OFL_OUT_UNKNOWN, "scan-migrate", "3 huge pages of 2048 KiB");
	w = huge(&room, z, &pool, 4);
	w->r.huge_free[0] = 1;
	expect(w, OFL_OUT_UNKNOWN, "scan-migrate", "4 huge pages of 2048 KiB");
	/* compaction makes blocks of memory that there is, not more */
	w = huge(&room, z, &pool, 7);
	expect(w, OFL_OUT_RETRIES, "scan-migrate",
	       "no place to go: 3072 pages to move, room for 3000");
	/* ZONE_MOVABLE takes them from any zone */
	z[1] = zone_room(&zone[1], 0, ZONE_MOVABLE, 2048);
	z[1].blocks[10] = 2;
	w = huge(&room, z, &pool, 7);
	expect(w, OFL_OUT_MIGRATE, "hugetlb", "huge page in use");
	/* those of the pool are on this node, and another has memory */
	z[2] = zone_room(&zone[2], 1, ZONE_NORMAL, 1024);
	z[2].blocks[9] = 1;
	room.nr = 3;
	pool.node = 0;
	w = huge(&room, z, &pool, 2);
	expect(w, OFL_OUT_UNKNOWN, "scan-migrate", "2 huge pages of 2048 KiB");
	pool.node = 1;
	w = huge(&room, z, &pool, 2);
	expect(w, OFL_OUT_MIGRATE, "hugetlb", "huge page in use");
	/* without the counters */
	w = huge(&room, z, &pool, 3);
	room.blocks_known = false;
	expect(w, OFL_OUT_MIGRATE, "hugetlb",
	       "huge page in use; room not checked");
	w = huge(&room, z, &pool, 3);
	room.known = false;
	expect(w, OFL_OUT_MIGRATE, "hugetlb",
	       "huge page in use; room not checked");
}

/* where a huge page was that moved is a free one, which the pool has to spare */
static void test_huge_pages_left_behind(void **state)
{
	struct ofl_pool pool = { .order = 9, .nr_free = 9, .spare = 5,
				 .node = -1 };
	struct ofl_zone zone[2];
	struct ofl_zone_room z[2];
	struct ofl_room room = { .nr = 2 };
	struct world *w;

	(void)state;
	z[0] = zone_room(&zone[0], 0, ZONE_NORMAL, 9000);
	z[1] = zone_room(&zone[1], 0, ZONE_MOVABLE, 0);
	z[0].blocks[10] = 9;
	w = huge(&room, z, &pool, 3);
	w->r.huge_free[0] = 2;
	expect(w, OFL_OUT_MIGRATE, "hugetlb", "huge page in use");
	w = huge(&room, z, &pool, 3);
	w->r.huge_free[0] = 3;
	expect(w, OFL_OUT_BLOCKED, "dissolve",
	       "failure to dissolve huge pages: 6 huge pages are free here once others have moved, and 5 can be spared; not reached while pages before it cannot be migrated");
	w = huge(&room, z, &pool, 3);
	w->r.huge_free[0] = 3;
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_string_equal(next_of(w), "end the process that reserved huge pages, or enlarge the pool");
	free(w);
	/* no more than are free elsewhere */
	w = huge(&room, z, &pool, 9);
	w->r.huge_free[0] = 4;
	expect(w, OFL_OUT_BLOCKED, "dissolve",
	       "failure to dissolve huge pages: 9 huge pages");
	pool.nr_free = 5;
	w = huge(&room, z, &pool, 9);
	w->r.huge_free[0] = 4;
	expect(w, OFL_OUT_MIGRATE, "hugetlb", "huge page in use");
	pool.nr_free = 9;
	/* those that are too many are not kept */
	pool.surplus_untold = true;
	w = huge(&room, z, &pool, 3);
	w->r.huge_free[0] = 3;
	expect(w, OFL_OUT_UNKNOWN, "dissolve", "6 huge pages are free");
	pool.surplus_untold = false;
	/* none can be spared: the kernel makes what it needs, and frees the others */
	pool.spare = 0;
	w = huge(&room, z, &pool, 3);
	expect(w, OFL_OUT_MIGRATE, "hugetlb", "huge page in use");
	pool.spare = 5;
	/* they change places: rows of their own */
	w = huge(&room, z, &pool, 3);
	w->l.fact[OFL_F_PB_ISOLATE].known = false;
	w->r.huge_free[0] = 3;
	expect(w, OFL_OUT_MIGRATE, "hugetlb", "huge page in use");
}

/* where another node has memory: by where the free ones are */
static void test_huge_pages_left_on_a_node(void **state)
{
	struct ofl_pool pool = { .order = 9, .nr_free = 9, .spare = 5,
				 .node = -1 };
	struct ofl_zone zone[3];
	struct ofl_zone_room z[3];
	struct ofl_room room = { .nr = 3 };
	struct world *w;

	(void)state;
	z[0] = zone_room(&zone[0], 0, ZONE_NORMAL, 9000);
	z[1] = zone_room(&zone[1], 0, ZONE_MOVABLE, 0);
	z[2] = zone_room(&zone[2], 1, ZONE_NORMAL, 9000);
	z[0].blocks[10] = z[2].blocks[10] = 9;
	w = huge(&room, z, &pool, 3);
	w->r.huge_free[0] = 3;
	expect(w, OFL_OUT_UNKNOWN, "dissolve", "6 huge pages are free");
	pool.node = 1;
	pool.spare = 2;
	w = huge(&room, z, &pool, 3);
	expect(w, OFL_OUT_BLOCKED, "dissolve",
	       "failure to dissolve huge pages: 3 huge pages");
	pool.node = 0;
	w = huge(&room, z, &pool, 3);
	expect(w, OFL_OUT_MIGRATE, "hugetlb", "huge page in use");
}

/* a gigantic page is not made, and those of the block are passed over */
static void test_gigantic_pages_of_a_block(void **state)
{
	struct ofl_pool pool = { .order = 11, .nr_free = 2, .spare = 2,
				 .node = -1 };
	struct ofl_zone zone[2];
	struct ofl_zone_room z[2];
	struct ofl_room room = { .nr = 2 };
	struct world *w;

	(void)state;
	z[0] = zone_room(&zone[0], 0, ZONE_NORMAL, 9000);
	z[1] = zone_room(&zone[1], 0, ZONE_MOVABLE, 0);
	w = huge(&room, z, &pool, 2);
	expect(w, OFL_OUT_MIGRATE, "hugetlb", "huge page in use");
	w = huge(&room, z, &pool, 3);
	expect(w, OFL_OUT_SPINS, "scan-migrate",
	       "3 gigantic huge pages in use, and 2 free ones");
	w = huge(&room, z, &pool, 2);
	w->r.huge_free[0] = 1;
	expect(w, OFL_OUT_SPINS, "scan-migrate",
	       "2 gigantic huge pages in use, and 1 free ones");
	w = huge(&room, z, &pool, 3);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_non_null(strstr(next_of(w), "free huge pages of that size"));
	free(w);
}

/* since v7.1 the memmap of huge pages comes back if there is memory for it */
static void test_memmap_of_huge_pages(void **state)
{
	struct ofl_zone zone[2];
	struct ofl_zone_room z[2];
	struct ofl_room room = { .nr = 2 };
	struct world *w;

	(void)state;
	z[0] = zone_room(&zone[0], 0, ZONE_NORMAL, 70);
	z[1] = zone_room(&zone[1], 0, ZONE_MOVABLE, 900);
	z[0].min = 10;
	w = full(&room, z, ZONE_MOVABLE, 0);
	w->r.zone = &zone[1];
	put(w, OFL_KIND_HUGETLB_FREE, 4096, 0);
	w->r.folded = 60;
	expect(w, OFL_OUT_OFFLINABLE, "", "");
	w = full(&room, z, ZONE_MOVABLE, 0);
	w->r.zone = &zone[1];
	put(w, OFL_KIND_HUGETLB_FREE, 4096, 0);
	w->r.folded = 61;
	expect(w, OFL_OUT_UNKNOWN, "dissolve",
	       "the memmap of its huge pages needs 61 pages again, and its node has 60");
	/* isolated with the block */
	w = full(&room, z, ZONE_NORMAL, 0);
	w->r.zone = &zone[0];
	put(w, OFL_KIND_HUGETLB_FREE, 4096, 0);
	put(w, OFL_KIND_FREE, 50, 9000);
	w->r.folded = 11;
	expect(w, OFL_OUT_UNKNOWN, "dissolve",
	       "the memmap of its huge pages needs 11 pages again, and its node has 10");
	w = world(ZONE_MOVABLE);
	put(w, OFL_KIND_HUGETLB_FREE, 4096, 0);
	w->r.folded = 1;
	expect(w, OFL_OUT_UNKNOWN, "dissolve",
	       "the memmap of its huge pages needs 1 pages again, and whether");
}

/* the only other node is all ZONE_MOVABLE: nothing is swapped out there for these */
static void test_swap_of_zones_that_take_nothing(void **state)
{
	struct ofl_zone zone[2];
	struct ofl_zone_room z[2];
	struct ofl_room room = { .nr = 2, .swap = 1000 };
	struct world *w;

	(void)state;
	z[0] = zone_room(&zone[0], 0, ZONE_NORMAL, 70);
	z[1] = zone_room(&zone[1], 1, ZONE_MOVABLE, 400);
	w = full(&room, z, ZONE_NORMAL, 10);
	w->r.zone = &zone[0];
	expect(w, OFL_OUT_RETRIES, "scan-migrate",
	       "no place to go: 10 pages to move, room for 0");
	z[1] = zone_room(&zone[1], 1, ZONE_NORMAL, 0);
	w = full(&room, z, ZONE_NORMAL, 10);
	w->r.zone = &zone[0];
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache");
}

/* no page decides, so no page's row says what to do */
static void test_next_without_a_page(void **state)
{
	struct ofl_zone zone[2];
	struct ofl_zone_room z[2];
	struct ofl_room room = { .nr = 2 };
	struct world *w;

	(void)state;
	z[0] = zone_room(&zone[0], 0, ZONE_NORMAL, 70);
	z[1] = zone_room(&zone[1], 0, ZONE_MOVABLE, 40);
	w = full(&room, z, ZONE_NORMAL, 8000);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_string_equal(ofl_outcome_rows[w->r.verdict].block, "RETRIES");
	assert_non_null(strstr(next_of(w), "free memory"));
	/* a driver that refuses is not the architecture */
	w->r.verdict = OFL_OUT_BLOCKED;
	w->r.decided_at = OFL_STEP_NOTIFY;
	assert_non_null(strstr(next_of(w), "architecture"));
	w->r.driver_refuses = true;
	assert_non_null(strstr(next_of(w), "device is removed"));
	free(w);
}

/* in ZONE_MOVABLE it is already, and memory of the boot is not onlined */
static void test_next_time(void **state)
{
	static const struct {
		unsigned int zone;
		enum ofl_comes comes;
		const char *has, *lacks;
	} row[] = {
		{ ZONE_NORMAL, OFL_COMES_LATER, "online_movable", "movable_node" },
		{ ZONE_NORMAL, OFL_COMES_AT_BOOT, "movable_node", "online_movable" },
		{ ZONE_NORMAL, OFL_COMES_UNKNOWN, "movable_node", "firmware" },
		{ ZONE_MOVABLE, OFL_COMES_LATER, "page_owner", "next time" },
		{ ZONE_MOVABLE, OFL_COMES_AT_BOOT, "page_owner", "next time" },
	};
	struct world *w;
	char next[240];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		w = world(row[i].zone);
		put(w, OFL_KIND_KERNEL, 3, 10);
		ofl_judge_decide(&w->env, &w->ram, &w->r);
		ofl_block_next(&w->env, &w->r, row[i].comes, next,
			       sizeof(next));
		assert_non_null(strstr(next, row[i].has));
		assert_null(strstr(next, row[i].lacks));
		free(w);
	}
}

/* the task that writes to `state` is in offline_pages() */
static void test_next_of_a_block_that_is_tried(void **state)
{
	struct world *w = world(ZONE_MOVABLE);

	(void)state;
	put(w, OFL_KIND_LRU_HELD, 3, 10);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_null(strstr(next_of(w), "foreach bt -R offline_pages"));
	w->block.state = OFL_BLOCK_GOING_OFFLINE;
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_string_equal(ofl_outcome_rows[w->r.verdict].block, "RETRIES");
	assert_non_null(strstr(next_of(w), "foreach bt -R offline_pages"));
	free(w);
}

/* no command sends to itself, and types are asked for where they lack */
static void test_next_as_it_is_here(void **state)
{
	const struct ofl_next_asked offowner = { "offowner", true, false };
	const struct ofl_next_asked offcheck = { "offcheck", false, true };
	const char *above = ofl_finding_rows[OFL_FINDING_ABOVE_REQUEST].info_next;
	const char *types = ofl_finding_rows[OFL_FINDING_NOT_KNOWN].info_next;

	(void)state;
	assert_non_null(strstr(ofl_next_as(above, &offcheck), "offowner -v"));
	assert_null(strstr(ofl_next_as(above, &offowner), "offowner"));
	assert_non_null(strstr(ofl_next_as(types, &offcheck), "mod -s"));
	assert_null(strstr(ofl_next_as(types, &offowner), "mod -s"));
	assert_null(ofl_next_as(NULL, &offowner));
}

/* a finding that is one has something to do, but for what no one can change */
static void test_next_of_findings(void **state)
{
	const struct ofl_finding_row *row;
	bool info;
	int i, k;

	(void)state;
	for (i = 0; i < OFL_NR_FINDINGS; i++) {
		row = &ofl_finding_rows[i];
		info = row->severity == OFL_SEV_INFO;
		if (!ofl_finding_do(row, row->severity) &&
		    i != OFL_FINDING_OVERLAP)
			fail_msg("%s: nothing to be done?", row->code);
		/* what can never be said is not written down */
		if (info ? row->explained || row->next :
		    !row->explained && row->info_next)
			fail_msg("%s: an info, or not?", row->code);
		assert_true(row->severity != OFL_SEV_NONE && row->what[0]);
		for (k = 0; k < i; k++)
			assert_string_not_equal(row->code,
						ofl_finding_rows[k].code);
	}
	assert_non_null(ofl_finding_rows[OFL_FINDING_BLOCK_STATE].info_next);
}

/* whatever a step comes to without a page, there is something to do */
static void test_next_of_steps(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < OFL_NR_STEPS; i++)
		assert_non_null(ofl_step_rows[i].unknown_next);
	for (i = 0; i < OFL_NR_PLAIN; i++)
		if (!ofl_plain_rows[i].next && i != OFL_PLAIN_OFFLINE)
			fail_msg("%s: nothing to be done?",
				 ofl_plain_rows[i].code);
}

/* what a counter that is lost, and other nodes, make of it */
static void test_less_place_to_go(void **state)
{
	struct ofl_zone zone[3];
	struct ofl_zone_room z[3];
	struct ofl_room room = { .nr = 2 };
	struct world *w;

	(void)state;
	two_zones(z, zone);
	/* without the counter of swap: enough without it, or not known */
	w = full(&room, z, ZONE_NORMAL, 60);
	room.swap_known = false;
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache");
	w = full(&room, z, ZONE_NORMAL, 61);
	room.swap_known = false;
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache or anonymous memory; room not checked");
	/* the same without those of the kernel's caches */
	w = full(&room, z, ZONE_NORMAL, 61);
	room.kernel_known = false;
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache or anonymous memory; room not checked");
	/* another node with memory: only that one is asked */
	z[2] = zone_room(&zone[2], 1, ZONE_NORMAL, 7);
	room.nr = 3;
	w = full(&room, z, ZONE_NORMAL, 8);
	expect(w, OFL_OUT_RETRIES, "scan-migrate", "no place to go: 8");
	zone[2].spanned_pages = 0;
	w = full(&room, z, ZONE_NORMAL, 8);
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache");
	room.known = false;
	w = full(&room, z, ZONE_NORMAL, 8000);
	room.known = false;
	expect(w, OFL_OUT_MIGRATE, "lru",
	       "page cache or anonymous memory; room not checked");
	/* where a reference is enough, room is not the question */
	w = full(&room, z, ZONE_NORMAL, 8000);
	room.known = false;
	put(w, OFL_KIND_LRU_HELD, 1, 9);
	ofl_judge_decide(&w->env, &w->ram, &w->r);
	assert_int_equal(w->r.verdict, OFL_OUT_RETRIES);
	assert_null(strstr(w->r.reason, "room"));
	free(w);
}

static void test_own_pages_are_no_place(void **state)
{
	struct ofl_zone zone[3];
	struct ofl_zone_room z[3];
	struct ofl_room room = { .nr = 2 };
	struct world *w;

	(void)state;
	two_zones(z, zone);
	/* its page cache may go */
	w = full(&room, z, ZONE_NORMAL, 61);
	w->r.zone = &zone[0];
	w->r.file_pages = 2;
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache");
	w = full(&room, z, ZONE_NORMAL, 60);
	w->r.zone = &zone[0];
	put(w, OFL_KIND_FREE, 1, 500);
	expect(w, OFL_OUT_RETRIES, "scan-migrate", "no place to go: 60");
	/* but not where NR_FREE_PAGES has them no longer, or never had them */
	w = full(&room, z, ZONE_NORMAL, 60);
	w->r.zone = &zone[0];
	w->block.state = OFL_BLOCK_GOING_OFFLINE;
	put(w, OFL_KIND_FREE, 1, 500);
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache");
	w = full(&room, z, ZONE_NORMAL, 60);
	w->r.zone = &zone[0];
	put(w, OFL_KIND_PCP, 1, 500);
	expect(w, OFL_OUT_MIGRATE, "lru", "page cache");
}

/* before v5.18 the kernel counts RAM before it looks at zones (seen in 5.10) */
static void test_holes_come_first_before_5_18(void **state)
{
	struct world *w = free_block();

	(void)state;
	before_5_18(w);
	w->r.several_zones = true;
	w->r.ram_pages = PAGES - 98;
	expect(w, OFL_OUT_BLOCKED, "holes", "memory holes: ");
}

static void test_no_page_and_no_question(void **state)
{
	struct world *w = world(ZONE_NORMAL);

	(void)state;
	expect(w, OFL_OUT_UNKNOWN, "not-scanned", "no page of it");
	w = world(ZONE_NORMAL);
	w->block.state = OFL_BLOCK_OFFLINE;
	expect(w, OFL_OUT_OFFLINE, "offline", "already offline");
	w = world(ZONE_NORMAL);
	w->l.fact[OFL_F_OFFLINE_PAGES].known = false;
	put(w, OFL_KIND_FREE, PAGES, 0);
	expect(w, OFL_OUT_UNKNOWN, "no-hotremove", "no symbol offline_pages");
	/* another symbol of the same option proves it */
	w = world(ZONE_NORMAL);
	w->l.fact[OFL_F_OFFLINE_PAGES].known = false;
	know(&w->l, OFL_F_OFFLINE_AND_REMOVE, 0x2000);
	put(w, OFL_KIND_FREE, PAGES, 0);
	expect(w, OFL_OUT_OFFLINABLE, "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_in_the_way),
		cmocka_unit_test(test_poisoned_pages),
		cmocka_unit_test(test_poisoned_offline_block),
		cmocka_unit_test(test_driver),
		cmocka_unit_test(test_migration_outweighs_the_driver),
		cmocka_unit_test(test_spinning_outweighs_migration),
		cmocka_unit_test(test_the_zone_decides_of_slab),
		cmocka_unit_test(test_unknown_pages),
		cmocka_unit_test(test_the_first_step_that_blocks),
		cmocka_unit_test(test_before_any_page),
		cmocka_unit_test(test_several_zones),
		cmocka_unit_test(test_nobody_says_where_the_zone_is),
		cmocka_unit_test(test_boot_memory_on_arm64),
		cmocka_unit_test(test_who_may_refuse),
		cmocka_unit_test(test_last_memory_of_a_node),
		cmocka_unit_test(test_who_is_asked_of_a_node),
		cmocka_unit_test(test_what_cannot_be_read),
		cmocka_unit_test(test_a_mark_that_is_new),
		cmocka_unit_test(test_steps_of_unknown_pages),
		cmocka_unit_test(test_what_is_not_reached),
		cmocka_unit_test(test_what_lies_before_decides_whether_it_is_reached),
		cmocka_unit_test(test_poisoned_large_folio_of_v6_1),
		cmocka_unit_test(test_huge_pages_of_a_block),
		cmocka_unit_test(test_pages_out_of_their_file),
		cmocka_unit_test(test_what_spins_before_it_keeps_it_from_being_reached),
		cmocka_unit_test(test_no_place_to_go),
		cmocka_unit_test(test_room_for_huge_pages),
		cmocka_unit_test(test_huge_pages_left_behind),
		cmocka_unit_test(test_huge_pages_left_on_a_node),
		cmocka_unit_test(test_gigantic_pages_of_a_block),
		cmocka_unit_test(test_memmap_of_huge_pages),
		cmocka_unit_test(test_swap_of_zones_that_take_nothing),
		cmocka_unit_test(test_less_place_to_go),
		cmocka_unit_test(test_own_pages_are_no_place),
		cmocka_unit_test(test_next_without_a_page),
		cmocka_unit_test(test_next_of_findings),
		cmocka_unit_test(test_next_of_steps),
		cmocka_unit_test(test_next_time),
		cmocka_unit_test(test_next_of_a_block_that_is_tried),
		cmocka_unit_test(test_next_as_it_is_here),
		cmocka_unit_test(test_causes_by_size),
		cmocka_unit_test(test_causes_of_a_step),
		cmocka_unit_test(test_holes_come_first_before_5_18),
		cmocka_unit_test(test_no_page_and_no_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
