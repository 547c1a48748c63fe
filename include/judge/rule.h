/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule.h - what memory offlining makes of a page
 *
 * Depends on claim.h only: two pure functions and a table. The
 * first says what kind of page it is, the table says what the kernel does with
 * such a page in its order: isolate the range, call the notifiers, scan and
 * migrate, dissolve free huge pages, test that everything is isolated.
 *
 * Source: mm/memory_hotplug.c: offline_pages(), scan_movable_pages();
 *         mm/page_isolation.c: page_is_unmovable() (has_unmovable_pages()
 *         before v7.x), __test_page_isolated_in_pageblock().
 */
#ifndef OFL_RULE_H
#define OFL_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "owners/claim.h"

/** enum ofl_pageblock - state of the pageblock of a page */
enum ofl_pageblock {
	OFL_PB_USUAL,
	OFL_PB_CMA,
	OFL_PB_ISOLATED,
};

/** struct ofl_rule_in - everything that the outcome depends on */
struct ofl_rule_in {
	bool unknown;		/* nothing below holds */
	int32_t refcount;	/* of the head, for compound pages */
	bool offline;		/* PageOffline */
	bool buddy;
	bool unaccepted;
	bool hugetlb;
	bool slab;		/* page flag or page type */
	bool typed;		/* any other page type: table, guard ... */
	bool reserved, lru, hwpoison;	/* page flags */
	bool movable_ops;	/* in the way of this kernel */
	bool isolated;		/* taken off its list for migration */
	bool compound;
	bool mapping;		/* page->mapping is set */
	bool hugetlb_migratable;/* HPG_migratable, or not known */
	bool hugetlb_spare;	/* the pool has more free than reserved pages */
	bool unit_tail;		/* behind the referenced head of its allocation */
	bool memmap;		/* holds the memmap of its own block */
	enum ofl_mgo mgo;
	enum ofl_pageblock pageblock;
	bool going_offline;	/* the block is being offlined right now */
	bool skip_rule;		/* the kernel has aa218795cb5f (v5.8) */
};

/** enum ofl_kind - a row of the table */
enum ofl_kind {
	OFL_KIND_FREE,
	OFL_KIND_PCP,
	OFL_KIND_UNACCEPTED,
	OFL_KIND_HWPOISON,
	OFL_KIND_MEMMAP,
	OFL_KIND_OFFLINE_SKIP,
	OFL_KIND_OFFLINE_DRIVER,
	OFL_KIND_OFFLINE_ASSUMED,
	OFL_KIND_OFFLINE_MOVABLE,
	OFL_KIND_OFFLINE_ISOLATED,
	OFL_KIND_OFFLINE_HELD,
	OFL_KIND_OFFLINE_EXTRA_REF,
	OFL_KIND_OFFLINE_PLUGGED,
	OFL_KIND_OFFLINE_REMOVING,
	OFL_KIND_OFFLINE_UNIT_TAIL,
	OFL_KIND_OFFLINE_COMPOUND,
	OFL_KIND_OFFLINE_RESERVED,
	OFL_KIND_OFFLINE_NO_RULE,
	OFL_KIND_OFFLINE_BAD_REF,
	OFL_KIND_RESERVED,
	OFL_KIND_CMA,
	OFL_KIND_PB_ISOLATED,
	OFL_KIND_LRU,
	OFL_KIND_LRU_IN_FLIGHT,
	OFL_KIND_MOVABLE_OPS,
	OFL_KIND_HUGETLB,
	OFL_KIND_HUGETLB_STUCK,
	OFL_KIND_HUGETLB_FREE,
	OFL_KIND_HUGETLB_RESERVED,
	OFL_KIND_SLAB,
	OFL_KIND_FROZEN,
	OFL_KIND_TYPED,
	OFL_KIND_KERNEL,
	OFL_KIND_UNKNOWN,
	OFL_NR_KINDS
};

/** enum ofl_outcome - what becomes of such a page, harmless first */
enum ofl_outcome {
	OFL_OUT_FREE,		/* nothing stands in the way */
	OFL_OUT_SKIPPED,	/* PageOffline with refcount 0 */
	OFL_OUT_DRIVER,		/* the driver drops its reference, then skipped */
	OFL_OUT_MIGRATES,	/* if migration succeeds */
	OFL_OUT_UNKNOWN,
	OFL_OUT_SPINS,		/* never fails, never ends, until a signal */
	OFL_OUT_BLOCKS,
	OFL_NR_OUTCOMES
};

/** enum ofl_step - the steps of offline_pages(), in the kernel's order */
enum ofl_step {
	OFL_STEP_ZONE,
	OFL_STEP_HOLES,
	OFL_STEP_ISOLATE,
	OFL_STEP_NOTIFY,
	OFL_STEP_SCAN,
	OFL_STEP_DISSOLVE,
	OFL_STEP_TEST,
	OFL_NR_STEPS
};

/** struct ofl_rule_row - what the kernel does with one kind of page */
struct ofl_rule_row {
	const char *code;	/* stable word, for JSON and grep */
	const char *what;	/* the page in plain words */
	enum ofl_outcome movable, other;	/* in ZONE_MOVABLE, elsewhere */
	enum ofl_step movable_step, other_step;	/* where it is decided */
};

extern const struct ofl_rule_row ofl_rule_rows[OFL_NR_KINDS];

/** ofl_rule_kind() - which row a page falls under */
enum ofl_kind ofl_rule_kind(const struct ofl_rule_in *in);

/** ofl_kind_is_offline() - one of the rows for PageOffline pages? */
static inline bool ofl_kind_is_offline(enum ofl_kind kind)
{
	return kind >= OFL_KIND_OFFLINE_SKIP && kind <= OFL_KIND_OFFLINE_BAD_REF;
}

/** ofl_rule_outcome() - the row's outcome in this zone */
static inline enum ofl_outcome ofl_rule_outcome(enum ofl_kind kind,
						bool movable_zone)
{
	return movable_zone ? ofl_rule_rows[kind].movable :
			      ofl_rule_rows[kind].other;
}

/** ofl_rule_step() - the step that decides it in this zone */
static inline enum ofl_step ofl_rule_step(enum ofl_kind kind, bool movable_zone)
{
	return movable_zone ? ofl_rule_rows[kind].movable_step :
			      ofl_rule_rows[kind].other_step;
}

/** ofl_outcome_text() - skipped, driver, migrates, spins, blocks ... */
const char *ofl_outcome_text(enum ofl_outcome out);

/** ofl_step_text() - the step's name */
const char *ofl_step_text(enum ofl_step step);

/**
 * ofl_step_reason() - the kernel's words when the step fails
 *
 * Source: the reason strings of offline_pages(), printed by pr_debug().
 */
const char *ofl_step_reason(enum ofl_step step);

#endif
