/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule.h - what memory offlining makes of a page
 *
 * Depends on claim.h, outcome.h and pageblock.h: a pure function and a table. The
 * function says what kind of page it is, the table says what the kernel does with
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

#include "judge/outcome.h"
#include "kernel/pageblock.h"
#include "owners/claim.h"

/** enum ofl_tri - an answer that a dump may not give; not filled in: UNSURE */
enum ofl_tri { OFL_UNSURE, OFL_YES, OFL_NO };

/** struct ofl_rule_in - everything that the outcome depends on */
struct ofl_rule_in {
	bool unknown;		/* nothing below holds */
	bool untold;		/* a flag or type that matters has no witness */
	int32_t refcount;	/* of the head, for compound pages */
	bool offline;		/* PageOffline */
	bool buddy;
	bool unaccepted;
	bool slab;		/* page flag or page type */
	bool typed;		/* any other page type: table, guard ... */
	bool allocation;	/* of a type that says: allocated by the kernel */
	enum ofl_tri guard;	/* of debug_pagealloc; UNSURE: its type has no name */
	bool reserved, lru, hwpoison, swapbacked;	/* page flags */
	bool movable_ops;	/* in the way of this kernel */
	bool movable_untold;	/* which way that is has no witness */
	bool charge_untold;	/* whether it is memory of a process, neither */
	bool isolated;		/* taken off its list for migration */
	bool locked;		/* page flag: something works on it */
	bool compound;
	bool compound_unseen;	/* isolation does not ask for compound pages */
	bool mapping;		/* of page cache or anonymous memory */
	bool fresh;		/* charged, locked or listed: not mapped yet, as a rule */
	bool untouched;		/* as the page allocator gives pages away */
	bool was_mapped;	/* no longer, but its flags are those of such */
	enum ofl_tri held;	/* of an LRU page: references nothing explains */
	enum ofl_tri batched;	/* all its references are those of batches */
	enum ofl_tri drained;	/* batches are drained before isolation */
	bool removed;		/* held once, and taken out of its file */
	enum ofl_tri rest;	/* of an allocation whose first page is poisoned */
	bool never;		/* of a mapping that is never migrated */
	bool buffers;		/* of a disk, and a buffer of it is held */
	bool left_alone;	/* large, and with a poisoned page in it */
	bool taken_off;		/* off the LRU lists for that, once and for all */
	bool unit_tail;		/* behind the referenced head of its allocation */
	bool memmap;		/* holds the memmap of its own block */
	bool in_flight;		/* in no records, and a balloon is at work */
	bool rival;		/* in the records of two drivers */
	bool unlisted;		/* every balloon could be asked, and none lists it */
	bool missing;		/* PageOffline by a driver's records, and it is not */
	bool deviceless;	/* no owner, no device, and not every driver could be asked */
	bool at_work;		/* the device that has it is */
	enum ofl_mgo mgo;
	enum ofl_pageblock pageblock;
	bool going_offline;	/* the block is being offlined right now */
	enum ofl_tri skip_rule;	/* the kernel has aa218795cb5f (v5.8) */

	/* huge pages */
	bool hugetlb;
	enum ofl_tri migratable;	/* HPG_migratable */
	enum ofl_tri spare;	/* of a free one: the pool can do without it */
	bool kept;		/* of a used one: refused for good */
	enum ofl_tri room;	/* of a used one: there is another to move to */
	bool arch_untold;	/* this machine may neither move nor free it */
	enum ofl_tri fits;	/* NO: the block's end in it stops isolation */
	enum ofl_tri optimized;	/* most of its memmap was given back */
	/* 0: leaves the block; else it may only change places there: which it is */
	uint64_t nth;
};

/** enum ofl_kind - a row of kinds.def each; their order means nothing */
enum ofl_kind {
#define KIND(id, ...) OFL_KIND_##id,
#include "judge/kinds.def"
#undef KIND
	OFL_NR_KINDS
};

/** enum ofl_trait - what else is so of pages of some kinds: bits */
enum ofl_trait {
	OFL_TRAIT_HELD = 1,	/* stay until the driver that has them gives them up */
	OFL_TRAIT_OF_KERNEL = 2,	/* would not be in ZONE_MOVABLE, as a rule */
	OFL_TRAIT_REPLACED = 4,	/* alloc_contig_range() has another huge page made */
	OFL_TRAIT_REFS = 8,	/* how many references nothing explains is said */
	OFL_TRAIT_UNSETTLED = 16,	/* the block as a whole decides what becomes of them */
};

/** struct ofl_rule_row - what the kernel does with one kind of page */
struct ofl_rule_row {
	const char *code;	/* stable word, for JSON and grep */
	const char *what;	/* the page in plain words */
	const char *next;	/* what a person can do; NULL: nothing to do */
	bool offline;		/* of PageOffline pages only */
	unsigned int traits;	/* enum ofl_trait */
	enum ofl_severity severity;	/* of a PageOffline page of this kind */
	enum ofl_outcome movable;	/* in ZONE_MOVABLE */
	enum ofl_step movable_step;	/* where it is decided */
	enum ofl_outcome other;		/* elsewhere */
	enum ofl_step other_step;
	enum ofl_outcome contig_movable;	/* of alloc_contig_range() */
	enum ofl_outcome contig_other;
};

extern const struct ofl_rule_row ofl_rule_rows[OFL_NR_KINDS];

/** ofl_rule_kind() - what kind of page it is: pure */
enum ofl_kind ofl_rule_kind(const struct ofl_rule_in *in);

/** ofl_rule_is() - have pages of this kind the trait? */
static inline bool ofl_rule_is(enum ofl_kind kind, enum ofl_trait trait)
{
	return ofl_rule_rows[kind].traits & trait;
}

/** ofl_rule_orphan() - held, and there is no driver that could give them up */
bool ofl_rule_orphan(enum ofl_kind kind, const struct ofl_claim *claim);

/** ofl_rule_what() - the kind in words: of the row, but for orphans */
const char *ofl_rule_what(enum ofl_kind kind, const struct ofl_claim *claim);

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

#endif
