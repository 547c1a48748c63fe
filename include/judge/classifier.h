/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * classifier.h - what a pass over pages knows, and what it says of a page
 *
 * Depends on page.h, section.h, block.h, owner.h, refs.h and rule.h. Filled in by
 * classify.h and by what that asks.
 */
#ifndef OFL_CLASSIFIER_H
#define OFL_CLASSIFIER_H

#include "judge/refs.h"
#include "judge/rule.h"
#include "kernel/block.h"
#include "kernel/page.h"
#include "kernel/section.h"
#include "owners/owner.h"

#define OFL_MAX_HSTATES		8
#define OFL_UNIT_PAGES		512	/* VMware's 2 MiB of 4 KiB pages */

/** struct ofl_classified - a page and what the rule says of it */
struct ofl_classified {
	uint64_t pfn;
	uint64_t page_kva;
	uint64_t flags;		/* page flags only */
	int32_t refcount;	/* its own */
	bool offline;
	bool movable_zone;
	bool file;		/* an LRU page of a file that is not in memory only */
	bool counted;		/* refs is filled in: an LRU page, or once one */
	bool pageblock_unknown;	/* the state of its pageblock cannot be read */
	unsigned int order;	/* of its compound page; 0: of none */
	const struct ofl_zone *zone;	/* may be NULL */
	enum ofl_kind kind;
	enum ofl_outcome outcome;
	enum ofl_step step;
	struct ofl_claim claim;	/* offline pages only */
	struct ofl_refs refs;
};

/** struct ofl_class_state - what is remembered from page to page of a block */
struct ofl_class_state {
	uint64_t block_nr;
	uint64_t free_end_pfn;		/* inside of a free block until here */
	uint64_t compound_end_pfn;	/* inside of a compound page until here */
	uint64_t unit_end_pfn;		/* inside of a 2 MiB balloon unit */
	struct ofl_rule_in compound;	/* of its head */
	bool compound_counted;
	struct ofl_refs compound_refs;
	unsigned int compound_order;
	/* pages of each hugetlb pool that were seen: free ones, and that move */
	uint64_t taken[OFL_MAX_HSTATES], in_use[OFL_MAX_HSTATES];
	uint64_t folded;		/* pages that their memmap is short of */
};

/** struct ofl_like - for which pages the last answer holds as well */
struct ofl_like {
	uint64_t end_pfn;		/* those before this; 0: for none */
	bool tails;			/* of a compound page: whatever they are */
	struct ofl_page page;		/* else those like this one ... */
	uint64_t mapping, charge;	/* ... with the same members */
};

/** struct ofl_expected - what drivers' records say of pages that are not offline */
struct ofl_expected {
	uint64_t start_pfn, end_pfn;	/* half-open: for these; 0, 0: for none */
	bool offline;			/* they have to be */
	bool at_work;			/* the device that says so is */
};

#define OFL_NO_PFN	(UINT64_MAX - 1)	/* nor is there one behind it */

/** struct ofl_classifier - a pass over pages */
struct ofl_classifier {
	const struct ofl_env *env;
	const struct ofl_owners *owners;
	const struct ofl_blocks *blocks;

	struct ofl_page_format format;
	struct ofl_refs_from refs;

	/* what this dump has no witness for; see untold.c */
	enum ofl_tri skip_rule;
	bool flags_untold, types_untold, hugetlb_untold, movable_untold;
	bool unaccepted_untold, charge_untold;

	/* hugetlb.c: huge pages and their pools */
	bool huge_untold, gigantic_untold;
	bool several_nodes;		/* have memory: pages leave theirs */
	struct ofl_pool {
		unsigned int order;
		uint64_t nr_free;	/* anywhere */
		uint64_t spare;		/* of those, not promised */
		bool surplus_untold;	/* some pages are, or may be, surplus */
		int node;		/* that has all free ones; see hugetlb.c */
	} pool[OFL_MAX_HSTATES];
	unsigned int nr_pools;		/* 0: not known, or none */

	const struct ofl_block *block;	/* of the page in work; NULL: unknown */
	uint64_t section_nr;
	struct ofl_pageblocks pageblocks;	/* of that section */
	struct ofl_class_state at;
	uint64_t apart_pfn;	/* the page seen last, if no poisoned one goes on behind it */
	struct ofl_like like;
	struct ofl_expected expected;
};

#endif
