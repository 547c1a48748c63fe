// SPDX-License-Identifier: GPL-2.0-or-later
/* test_rule.c - the truth table of the rule, and that docs/kernels.md has it */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/older.h"
#include "judge/rule.h"

/** struct truth - a page, and the row that it must fall under */
struct truth {
	const char *page;
	struct ofl_rule_in in;
	enum ofl_kind kind;
};

/* usual in a kernel since v5.8, unless a case says otherwise */
#define USUAL		.skip_rule = OFL_YES, .rest = OFL_NO
#define HUGE(count, fit, opt) \
	USUAL, .hugetlb = true, .compound = true, .refcount = count, \
	.fits = OFL_##fit, .optimized = OFL_##opt
#define USED(can, place) \
	HUGE(1, YES, NO), .migratable = OFL_##can, .room = OFL_##place, \
	.held = OFL_NO
#define PINNED(others) \
	HUGE(1, YES, NO), .migratable = OFL_YES, .room = OFL_YES, \
	.held = OFL_##others
#define LRU(others)	USUAL, .lru = true, .held = OFL_##others
#define OFFLINE		USUAL, .offline = true, .typed = true

static const struct truth truths[] = {
	/* free in one way or another */
	{ "buddy", { USUAL, .buddy = true, .typed = true }, OFL_KIND_FREE },
	{ "on a per-cpu list", { USUAL }, OFL_KIND_PCP },
	{ "unaccepted", { USUAL, .unaccepted = true, .typed = true },
	  OFL_KIND_UNACCEPTED },
	{ "hwpoison, with a reference", { USUAL, .hwpoison = true,
	  .refcount = 1 }, OFL_KIND_HWPOISON },
	{ "hwpoison, in a compound page", { USUAL, .hwpoison = true,
	  .compound = true, .refcount = 1 }, OFL_KIND_KERNEL },
	{ "the same, without THP", { USUAL, .hwpoison = true,
	  .compound = true, .compound_unseen = true, .refcount = 1 },
	  OFL_KIND_POISONED_REST },
	{ "behind one, and allocated with it", { .rest = OFL_YES },
	  OFL_KIND_POISONED_REST },
	{ "behind one, free or not", { .rest = OFL_UNSURE },
	  OFL_KIND_POISONED_REST_UNKNOWN },
	{ "hwpoison, and its driver could migrate it", { USUAL,
	  .hwpoison = true, .movable_ops = true, .refcount = 1 },
	  OFL_KIND_MOVABLE_POISONED },
	{ "hwpoison; could its driver migrate it?", { USUAL, .hwpoison = true,
	  .movable_untold = true, .refcount = 1 }, OFL_KIND_UNTOLD },
	{ "memmap of its block", { USUAL, .memmap = true, .refcount = 1,
	  .reserved = true }, OFL_KIND_MEMMAP },

	/* offline: refcount, owner, movability */
	{ "refcount 0, its block goes offline", { OFFLINE,
	  .mgo = OFL_MGO_DROPS, .going_offline = true }, OFL_KIND_OFFLINE_SKIP },
	{ "refcount 0, its driver drops", { OFFLINE, .mgo = OFL_MGO_DROPS },
	  OFL_KIND_OFFLINE_UNDERFLOW },
	{ "refcount 0, nobody's", { OFFLINE }, OFL_KIND_OFFLINE_ZERO_REF },
	{ "refcount 0, records missing", { OFFLINE, .mgo = OFL_MGO_ASSUMED },
	  OFL_KIND_OFFLINE_ZERO_REF },
	{ "refcount 1, an owner could not be asked", { OFFLINE, .refcount = 1,
	  .mgo = OFL_MGO_UNKNOWN }, OFL_KIND_OFFLINE_OWNER_UNKNOWN },
	{ "is there a rule?", { .offline = true, .refcount = 1 },
	  OFL_KIND_OFFLINE_RULE_UNKNOWN },
	{ "movable or not?", { OFFLINE, .refcount = 1, .movable_untold = true },
	  OFL_KIND_UNTOLD },
	{ "its driver drops, movable or not", { OFFLINE, .refcount = 1,
	  .movable_untold = true, .mgo = OFL_MGO_DROPS },
	  OFL_KIND_OFFLINE_DRIVER },
	{ "refcount 1, its driver drops", { OFFLINE, .refcount = 1,
	  .mgo = OFL_MGO_DROPS }, OFL_KIND_OFFLINE_DRIVER },
	{ "refcount 2, its driver drops one", { OFFLINE, .refcount = 2,
	  .mgo = OFL_MGO_DROPS }, OFL_KIND_OFFLINE_EXTRA_REF },
	{ "refcount 1, records missing", { OFFLINE, .refcount = 1,
	  .mgo = OFL_MGO_ASSUMED }, OFL_KIND_OFFLINE_ASSUMED },
	{ "refcount 2, records missing", { OFFLINE, .refcount = 2,
	  .mgo = OFL_MGO_ASSUMED }, OFL_KIND_OFFLINE_EXTRA_REF },
	{ "refcount 1, records say plugged", { OFFLINE, .refcount = 1,
	  .mgo = OFL_MGO_KEEPS }, OFL_KIND_OFFLINE_PLUGGED },
	{ "the same, and its driver is at work", { OFFLINE, .refcount = 1,
	  .mgo = OFL_MGO_KEEPS, .at_work = true },
	  OFL_KIND_OFFLINE_PLUGGED_BUSY },
	{ "a balloon at work may have it", { OFFLINE, .refcount = 1,
	  .in_flight = true, .mgo = OFL_MGO_UNKNOWN },
	  OFL_KIND_OFFLINE_IN_FLIGHT },
	{ "the same, with movable operations", { OFFLINE, .refcount = 1,
	  .movable_ops = true, .in_flight = true, .mgo = OFL_MGO_UNKNOWN },
	  OFL_KIND_OFFLINE_IN_FLIGHT },
	{ "whether one has it is not known", { OFFLINE, .refcount = 1,
	  .movable_ops = true, .deviceless = true, .mgo = OFL_MGO_UNKNOWN },
	  OFL_KIND_OFFLINE_OWNER_UNKNOWN },
	{ "behind the head of a unit", { OFFLINE, .unit_tail = true,
	  .in_flight = true, .mgo = OFL_MGO_UNKNOWN },
	  OFL_KIND_OFFLINE_IN_FLIGHT },
	{ "refcount 1, device being removed", { OFFLINE, .refcount = 1,
	  .mgo = OFL_MGO_REFUSES }, OFL_KIND_OFFLINE_REMOVING },
	{ "refcount 1, nobody's", { OFFLINE, .refcount = 1 },
	  OFL_KIND_OFFLINE_HELD },
	{ "refcount -1", { OFFLINE, .refcount = -1, .mgo = OFL_MGO_DROPS },
	  OFL_KIND_OFFLINE_BAD_REF },
	{ "movable", { OFFLINE, .refcount = 1, .movable_ops = true },
	  OFL_KIND_OFFLINE_MOVABLE },
	{ "movable, isolated", { OFFLINE, .refcount = 2, .movable_ops = true,
	  .isolated = true }, OFL_KIND_OFFLINE_ISOLATED },
	{ "movable, isolated, and so on no list", { OFFLINE, .refcount = 2,
	  .movable_ops = true, .isolated = true, .unlisted = true },
	  OFL_KIND_OFFLINE_ISOLATED },
	{ "movable, poisoned", { OFFLINE, .refcount = 1, .movable_ops = true,
	  .hwpoison = true }, OFL_KIND_MOVABLE_POISONED },
	{ "movable, on no list", { OFFLINE, .refcount = 1, .movable_ops = true,
	  .unlisted = true }, OFL_KIND_OFFLINE_UNLISTED },
	{ "movable, on no list, referenced and locked", { OFFLINE,
	  .refcount = 3, .movable_ops = true, .unlisted = true,
	  .locked = true }, OFL_KIND_OFFLINE_ISOLATED },
	{ "movable, on no list, locked by its driver", { OFFLINE,
	  .refcount = 1, .movable_ops = true, .unlisted = true,
	  .locked = true }, OFL_KIND_OFFLINE_UNLISTED },
	{ "movable, on no list, referenced", { OFFLINE, .refcount = 3,
	  .movable_ops = true, .unlisted = true },
	  OFL_KIND_OFFLINE_UNLISTED },
	{ "movable, on no list, locked and poisoned", { OFFLINE,
	  .refcount = 3, .movable_ops = true, .unlisted = true,
	  .locked = true, .hwpoison = true }, OFL_KIND_MOVABLE_POISONED },
	{ "on no list, not movable", { OFFLINE, .refcount = 1,
	  .unlisted = true }, OFL_KIND_OFFLINE_HELD },
	{ "movable, refcount 0", { OFFLINE, .movable_ops = true },
	  OFL_KIND_OFFLINE_MOVABLE_ZERO },
	{ "movable, refcount 2", { OFFLINE, .refcount = 2,
	  .movable_ops = true }, OFL_KIND_OFFLINE_MOVABLE_HELD },
	{ "of two drivers", { OFFLINE, .refcount = 1, .rival = true,
	  .mgo = OFL_MGO_DROPS }, OFL_KIND_OFFLINE_TWICE },
	{ "of two drivers, movable", { OFFLINE, .refcount = 1, .rival = true,
	  .movable_ops = true }, OFL_KIND_OFFLINE_TWICE },
	{ "of two drivers, refcount -1", { OFFLINE, .refcount = -1,
	  .rival = true }, OFL_KIND_OFFLINE_BAD_REF },
	{ "behind the head of a unit", { OFFLINE, .unit_tail = true },
	  OFL_KIND_OFFLINE_UNIT_TAIL },
	{ "head of a unit", { OFFLINE, .refcount = 1, .unit_tail = true },
	  OFL_KIND_OFFLINE_HELD },
	{ "in a compound page", { OFFLINE, .refcount = 1, .compound = true,
	  .mgo = OFL_MGO_KEEPS }, OFL_KIND_OFFLINE_COMPOUND },
	{ "reserved", { OFFLINE, .refcount = 1, .reserved = true,
	  .mgo = OFL_MGO_DROPS }, OFL_KIND_OFFLINE_RESERVED },
	{ "refcount 0, kernel without the rule", { .offline = true,
	  .skip_rule = OFL_NO },
	  OFL_KIND_OFFLINE_NO_RULE },
	{ "movable, kernel without the rule", { .offline = true, .refcount = 1,
	  .movable_ops = true }, OFL_KIND_OFFLINE_MOVABLE },

	/* pageblocks go before pages */
	{ "CMA", { USUAL, .pageblock = OFL_PB_CMA, .buddy = true },
	  OFL_KIND_CMA },
	{ "isolated by somebody", { USUAL, .pageblock = OFL_PB_ISOLATED,
	  .buddy = true }, OFL_KIND_PB_ISOLATED },
	{ "isolated by the offlining itself", { USUAL, .buddy = true,
	  .pageblock = OFL_PB_ISOLATED, .going_offline = true },
	  OFL_KIND_FREE },

	/* unplugged by the records, and not offline */
	{ "free, and should be offline", { USUAL, .buddy = true,
	  .missing = true }, OFL_KIND_NOT_OFFLINE },
	{ "page cache, and should be offline", { LRU(NO), .mapping = true,
	  .refcount = 2, .missing = true }, OFL_KIND_NOT_OFFLINE },
	{ "the same, and the driver is at work", { LRU(NO), .mapping = true,
	  .refcount = 2, .missing = true, .at_work = true },
	  OFL_KIND_NOT_OFFLINE_BUSY },
	{ "reserved, and should be offline", { USUAL, .reserved = true,
	  .refcount = 1, .missing = true }, OFL_KIND_RESERVED },
	{ "not known, and should be offline", { .unknown = true,
	  .missing = true }, OFL_KIND_UNKNOWN },

	/* everything else */
	{ "boot memory", { USUAL, .reserved = true, .refcount = 1 },
	  OFL_KIND_RESERVED },
	{ "reserved, on the LRU", { LRU(NO), .reserved = true,
	  .refcount = 1 }, OFL_KIND_RESERVED },
	{ "page cache", { LRU(NO), .mapping = true, .refcount = 2 },
	  OFL_KIND_LRU },
	{ "page cache, held", { LRU(YES), .mapping = true, .refcount = 3 },
	  OFL_KIND_LRU_HELD },
	{ "the same, out of its file", { LRU(YES), .removed = true,
	  .refcount = 1 }, OFL_KIND_LRU_REMOVED },
	{ "page cache, held?", { LRU(UNSURE), .mapping = true, .refcount = 3 },
	  OFL_KIND_LRU_UNCOUNTED },
	{ "secret memory", { LRU(YES), .never = true, .mapping = true,
	  .refcount = 3 }, OFL_KIND_LRU_NEVER },
	{ "superblock of a mounted disk", { LRU(NO), .buffers = true,
	  .mapping = true, .refcount = 2 }, OFL_KIND_LRU_BUFFERS },
	{ "the same, held", { LRU(YES), .buffers = true, .mapping = true,
	  .refcount = 3 }, OFL_KIND_LRU_HELD },
	{ "THP with a poisoned page", { LRU(YES), .left_alone = true,
	  .compound = true, .refcount = 2 }, OFL_KIND_LRU_POISONED },
	{ "THP with a poisoned page, off the lists", { USUAL, .mapping = true,
	  .left_alone = true, .compound = true, .refcount = 2,
	  .held = OFL_NO }, OFL_KIND_LRU_POISONED },
	{ "THP with a poisoned head, taken off the lists", { LRU(YES),
	  .left_alone = true, .taken_off = true, .compound = true,
	  .refcount = 2 }, OFL_KIND_LRU_POISONED_OFF },
	{ "hwpoison, on the LRU", { LRU(NO), .hwpoison = true,
	  .refcount = 2 }, OFL_KIND_LRU },
	{ "THP", { LRU(NO), .compound = true, .refcount = 1 }, OFL_KIND_LRU },
	{ "THP, held", { LRU(YES), .compound = true, .refcount = 2 },
	  OFL_KIND_LRU_HELD },
	{ "anonymous, in a batch", { USUAL, .mapping = true, .refcount = 2,
	  .held = OFL_NO, .drained = OFL_YES }, OFL_KIND_LRU_IN_FLIGHT },
	{ "anonymous, in a batch that is drained late", { USUAL,
	  .mapping = true, .refcount = 2, .held = OFL_NO, .drained = OFL_NO },
	  OFL_KIND_LRU_LATE },
	{ "the same, isolated by the offlining itself", { USUAL,
	  .mapping = true, .refcount = 2, .held = OFL_NO, .drained = OFL_NO,
	  .going_offline = true }, OFL_KIND_LRU_IN_FLIGHT },
	{ "anonymous, off the lists, held", { USUAL, .mapping = true,
	  .refcount = 4, .held = OFL_YES }, OFL_KIND_LRU_HELD },
	{ "truncated, in the batch of a CPU", { USUAL, .was_mapped = true,
	  .refcount = 1, .batched = OFL_YES, .held = OFL_NO,
	  .drained = OFL_YES }, OFL_KIND_BATCH },
	{ "truncated, in a batch that is drained late", { USUAL,
	  .was_mapped = true, .refcount = 1, .batched = OFL_YES,
	  .held = OFL_NO, .drained = OFL_NO }, OFL_KIND_BATCH_LATE },
	{ "the same, behind the isolation", { USUAL, .was_mapped = true,
	  .refcount = 1, .batched = OFL_YES, .held = OFL_NO,
	  .drained = OFL_NO, .going_offline = true }, OFL_KIND_BATCH },
	{ "truncated, in a batch, and held", { USUAL, .was_mapped = true,
	  .refcount = 2, .batched = OFL_YES, .held = OFL_YES },
	  OFL_KIND_LRU_HELD },
	{ "truncated, in no batch", { USUAL, .was_mapped = true, .refcount = 1,
	  .batched = OFL_NO, .held = OFL_YES }, OFL_KIND_KERNEL },
	{ "truncated, batches not known", { USUAL, .was_mapped = true,
	  .refcount = 1 }, OFL_KIND_BATCH_UNKNOWN },
	{ "zsmalloc", { USUAL, .movable_ops = true, .typed = true,
	  .refcount = 1 }, OFL_KIND_MOVABLE_OPS },
	{ "huge page", { USED(YES, YES) }, OFL_KIND_HUGETLB },
	{ "huge page, memmap given back", { HUGE(1, YES, YES),
	  .migratable = OFL_YES, .room = OFL_YES, .held = OFL_NO },
	  OFL_KIND_HUGETLB_USED_OPTIMIZED },
	{ "huge page, memmap given back?", { HUGE(1, YES, UNSURE),
	  .migratable = OFL_YES, .room = OFL_YES, .held = OFL_NO },
	  OFL_KIND_HUGETLB_USED_OPTIMIZED },
	{ "huge page, not migratable", { USED(NO, YES) },
	  OFL_KIND_HUGETLB_STUCK },
	{ "huge page, migratable?", { USED(UNSURE, YES) },
	  OFL_KIND_HUGETLB_UNKNOWN },
	{ "huge page, pinned", { PINNED(YES) }, OFL_KIND_HUGETLB_HELD },
	{ "private huge page of a mount with a size", { PINNED(YES),
	  .kept = true }, OFL_KIND_HUGETLB_KEPT },
	{ "huge page, not counted", { PINNED(UNSURE) },
	  OFL_KIND_HUGETLB_UNCOUNTED },
	{ "the first huge page, and a spare one", { USED(YES, YES),
	  .nth = 1 }, OFL_KIND_HUGETLB_FIRST },
	{ "the second one", { USED(YES, YES), .nth = 2 },
	  OFL_KIND_HUGETLB_SECOND },
	{ "the third one", { USED(YES, YES), .nth = 3 },
	  OFL_KIND_HUGETLB_SWAPS },
	{ "gigantic, no other free", { USED(YES, NO) },
	  OFL_KIND_HUGETLB_NO_ROOM },
	{ "huge page, no counters", { USED(YES, UNSURE) },
	  OFL_KIND_HUGETLB_ROOM_UNKNOWN },
	{ "huge page of s390x", { USED(YES, YES), .arch_untold = true },
	  OFL_KIND_HUGETLB_ARCH },
	{ "the same, free", { HUGE(0, YES, NO), .spare = OFL_YES,
	  .arch_untold = true }, OFL_KIND_HUGETLB_ARCH },
	{ "huge page over the block's end", { HUGE(1, NO, NO) },
	  OFL_KIND_HUGETLB_CROSSES },
	{ "free one over the block's end", { HUGE(0, NO, NO),
	  .spare = OFL_YES }, OFL_KIND_HUGETLB_CROSSES },
	{ "does isolation refuse it?", { HUGE(0, UNSURE, NO),
	  .spare = OFL_YES }, OFL_KIND_HUGETLB_CROSSES_UNKNOWN },
	{ "huge page, spare", { HUGE(0, YES, NO), .spare = OFL_YES },
	  OFL_KIND_HUGETLB_FREE },
	{ "huge page, promised", { HUGE(0, YES, NO), .spare = OFL_NO },
	  OFL_KIND_HUGETLB_RESERVED },
	{ "free huge page, no counters", { HUGE(0, YES, NO) },
	  OFL_KIND_HUGETLB_POOL_UNKNOWN },
	{ "free huge page, memmap given back", { HUGE(0, YES, YES),
	  .spare = OFL_YES }, OFL_KIND_HUGETLB_OPTIMIZED },
	{ "free huge page, memmap given back?", { HUGE(0, YES, UNSURE),
	  .spare = OFL_YES }, OFL_KIND_HUGETLB_OPTIMIZED },
	{ "slab, one page", { USUAL, .slab = true, .refcount = 1 },
	  OFL_KIND_SLAB },
	{ "slab, frozen", { USUAL, .slab = true, .typed = true },
	  OFL_KIND_FROZEN },
	{ "slab, frozen, compound", { USUAL, .slab = true, .typed = true,
	  .compound = true }, OFL_KIND_SLAB },
	{ "guard of debug_pagealloc", { USUAL, .typed = true,
	  .guard = OFL_YES }, OFL_KIND_GUARD },
	{ "of a type without a name, count 0", { USUAL, .typed = true },
	  OFL_KIND_UNTOLD },
	{ "of another type, count 0", { USUAL, .typed = true,
	  .guard = OFL_NO }, OFL_KIND_FROZEN },
	{ "page table", { USUAL, .typed = true, .refcount = 1 },
	  OFL_KIND_TYPED },
	{ "kmalloc, large", { USUAL, .typed = true, .allocation = true,
	  .refcount = 1 }, OFL_KIND_KERNEL },
	{ "the same, count 0", { USUAL, .typed = true, .allocation = true,
	  .guard = OFL_NO }, OFL_KIND_FROZEN },
	{ "THP being cleared", { USUAL, .compound = true, .refcount = 1,
	  .fresh = true }, OFL_KIND_FRESH },
	{ "the same, cleared", { USUAL, .compound = true, .refcount = 1,
	  .was_mapped = true, .batched = OFL_NO, .fresh = true },
	  OFL_KIND_FRESH },
	{ "as it was given away", { .refcount = 1, .untouched = true },
	  OFL_KIND_UNTOUCHED },
	{ "that, and charged", { .refcount = 1, .untouched = true, .fresh = true },
	  OFL_KIND_FRESH },
	{ "kernel allocation", { USUAL, .refcount = 1 }, OFL_KIND_KERNEL },
	{ "no name for PG_reserved", { USUAL, .refcount = 1, .untold = true },
	  OFL_KIND_UNTOLD },
	{ "free, no name for PG_reserved", { USUAL, .buddy = true,
	  .untold = true }, OFL_KIND_FREE },
	{ "typed, in zsmalloc's way?", { USUAL, .refcount = 1, .typed = true,
	  .movable_untold = true }, OFL_KIND_UNTOLD },
	{ "nothing known", { .unknown = true, .buddy = true },
	  OFL_KIND_UNKNOWN },
};

static void test_truth_table(void **state)
{
	bool seen[OFL_NR_KINDS] = { false };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(truths) / sizeof(truths[0]); i++) {
		enum ofl_kind kind = ofl_rule_kind(&truths[i].in);

		if (kind != truths[i].kind)
			fail_msg("%s: %s, not %s", truths[i].page,
				 ofl_rule_rows[kind].code,
				 ofl_rule_rows[truths[i].kind].code);
		seen[kind] = true;
	}
	/* made of another one when a block is whole: test_judge */
	seen[OFL_KIND_HUGETLB_BESIDE] = true;
	for (i = 0; i < OFL_NR_KINDS; i++)
		if (!seen[i])
			fail_msg("no page falls under %s", ofl_rule_rows[i].code);
}

/* rows that only look right together with the kernel's own order */
static void test_rows(void **state)
{
	int k;

	(void)state;
	for (k = 0; k < OFL_NR_KINDS; k++) {
		const struct ofl_rule_row *r = &ofl_rule_rows[k];

		assert_non_null(r->code);
		assert_non_null(r->what);
		/* only BLOCKED fails, and the last step never does */
		assert_true(r->movable_step != OFL_STEP_TEST ||
			    r->movable != OFL_OUT_BLOCKED);
		/* what spins does so in the loop of offline_pages() */
		assert_true(r->movable != OFL_OUT_SPINS ||
			    r->movable_step == OFL_STEP_TEST ||
			    r->movable_step == OFL_STEP_SCAN);
		/* ZONE_MOVABLE is never worse than another zone */
		assert_true(ofl_outcome_worse(r->other, r->movable) ==
			    r->other);
		/* what stands in the way has something to do about it */
		assert_true(ofl_outcome_rows[r->other].passes == !r->next);
		/* pages have words that a page can have */
		assert_non_null(ofl_outcome_rows[r->movable].page);
		assert_non_null(ofl_outcome_rows[r->other].page);
	}
}

/* a rank says which of two decides; their places in the list say nothing */
static void test_ranks(void **state)
{
	static const enum ofl_outcome worst_first[] = {
		OFL_OUT_NOT_REACHED, OFL_OUT_BLOCKED, OFL_OUT_UNKNOWN,
		OFL_OUT_SPINS, OFL_OUT_RETRIES, OFL_OUT_MIGRATE,
		OFL_OUT_DRIVER, OFL_OUT_SKIPPED, OFL_OUT_OFFLINABLE,
		OFL_OUT_OFFLINE,
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < OFL_NR_OUTCOMES; i++) {
		enum ofl_outcome out = worst_first[i];

		assert_int_equal(ofl_outcome_of_rank(OFL_NR_OUTCOMES - 1 - i),
				 out);
		assert_int_equal(ofl_outcome_worse(out, OFL_OUT_OFFLINE), out);
		assert_int_equal(ofl_outcome_worse(OFL_OUT_OFFLINE, out), out);
	}
}

static void test_docs_have_it(void **state)
{
	static char text[1 << 20];
	char row[512];
	FILE *f = fopen("docs/kernels.md", "r");
	size_t len;
	int k;

	(void)state;
	assert_non_null(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[len] = '\0';
	for (k = 0; k < OFL_NR_KINDS; k++) {
		const struct ofl_rule_row *r = &ofl_rule_rows[k];

		snprintf(row, sizeof(row), "| `%s` | %s | %s (%s) | %s (%s) |",
			 r->code, r->what, ofl_outcome_rows[r->movable].page,
			 ofl_step_rows[r->movable_step].text,
			 ofl_outcome_rows[r->other].page,
			 ofl_step_rows[r->other_step].text);
		if (!strstr(text, row))
			fail_msg("docs/kernels.md lacks: %s", row);
	}
}

/* 4.18 to 5.2 may lack what later kernels do; a kernel with subsections has it */
static void test_older_kernels(void **state)
{
	struct ofl_layout *l = calloc(1, sizeof(*l));

	(void)state;
	assert_false(ofl_older_holes(l));
	assert_false(ofl_older_unsure(l, OFL_KIND_CMA, true));
	l->fact[OFL_F_SECTION_REMOVABLE].known = true;
	assert_true(ofl_older_holes(l));
	assert_true(ofl_older_unsure(l, OFL_KIND_CMA, false));
	assert_true(ofl_older_unsure(l, OFL_KIND_HUGETLB_STUCK, false));
	assert_true(ofl_older_unsure(l, OFL_KIND_OFFLINE_NO_RULE, true));
	assert_false(ofl_older_unsure(l, OFL_KIND_OFFLINE_NO_RULE, false));
	assert_false(ofl_older_unsure(l, OFL_KIND_RESERVED, true));
	assert_false(ofl_older_unsure(l, OFL_KIND_LRU, true));
	l->fact[OFL_F_SUBSECTION_MAP].known = true;
	assert_false(ofl_older_unsure(l, OFL_KIND_CMA, false));
	assert_false(ofl_older_unsure(l, OFL_KIND_KERNEL, true));
	assert_true(ofl_older_holes(l));
	l->fact[OFL_F_COUNT_RAM].known = true;
	assert_false(ofl_older_holes(l));
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_truth_table),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_ranks),
		cmocka_unit_test(test_docs_have_it),
		cmocka_unit_test(test_older_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
