/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * classify.h - from a raw struct page to a row of the rule
 *
 * Depends on page.h, section.h, block.h, owner.h, refs.h and rule.h. Collects what
 * rule.h wants to know; the few things that take more than the page itself are
 * tracked from page to page, so pages must come in ascending order.
 */
#ifndef OFL_CLASSIFY_H
#define OFL_CLASSIFY_H

#include "judge/refs.h"
#include "judge/rule.h"
#include "kernel/block.h"
#include "kernel/page.h"
#include "kernel/section.h"
#include "owners/owner.h"

#define OFL_MAX_HSTATES		8

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
	/* pages of each hugetlb pool that were seen: free ones, and in use */
	uint64_t taken[OFL_MAX_HSTATES], in_use[OFL_MAX_HSTATES];
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

/** struct ofl_classifier - a pass over pages */
struct ofl_classifier {
	const struct ofl_env *env;
	const struct ofl_owners *owners;
	const struct ofl_blocks *blocks;

	struct ofl_page_format format;
	struct ofl_refs_from refs;

	/* what this dump has no witness for; see classify.c */
	enum ofl_tri skip_rule;
	bool flags_untold, types_untold, hugetlb_untold, movable_untold;
	bool unaccepted_untold;
	bool huge_untold, gigantic_untold;

	bool several_nodes;		/* have memory: pages leave theirs */

	/* hugetlb pools */
	struct ofl_pool {
		unsigned int order;
		uint64_t spare;		/* free and not promised, at all */
		bool surplus_untold;	/* some pages are, or may be, surplus */
		int node;		/* that has all free ones; see classify.c */
	} pool[OFL_MAX_HSTATES];
	unsigned int nr_pools;		/* 0: not known, or none */

	const struct ofl_block *block;	/* of the page in work; NULL: unknown */
	uint64_t section_nr;
	struct ofl_pageblocks pageblocks;	/* of that section */
	struct ofl_class_state at;
	struct ofl_like like;
	struct ofl_expected expected;
};

/**
 * ofl_classifier_init() - prepare for one pass
 *
 * Errors: none; what cannot be read is not known later.
 */
void ofl_classifier_init(struct ofl_classifier *c, const struct ofl_env *env,
			 const struct ofl_owners *owners,
			 const struct ofl_blocks *blocks);

/**
 * ofl_classifier_resume() - go on where the same or another classifier was
 * @at: in  its state behind some page; the next page is the one behind that
 */
void ofl_classifier_resume(struct ofl_classifier *c,
			   const struct ofl_class_state *at);

/**
 * ofl_classify() - judge one page; arguments as of ofl_sink.known()
 *
 * Shape: holds for as many pages from @p on as ofl_classify_span() allows, but
 *        for pfn, page_kva, flags and refcount.
 */
void ofl_classify(struct ofl_classifier *c, const struct ofl_section *s,
		  const struct ofl_page *p, const unsigned char *raw,
		  const unsigned char *raw_end, bool offline,
		  struct ofl_classified *ret);

/**
 * ofl_is_gigantic() - is a huge page too large for the buddy allocator?
 * @order: in  of the page, not 0
 *
 * Source: include/linux/hugetlb.h: hstate_is_gigantic().
 */
enum ofl_tri ofl_is_gigantic(const struct ofl_layout *l, unsigned int order);

/**
 * ofl_classify_same() - does the last answer hold for the page behind that, too?
 * @p, @raw: in  as of ofl_classify(); no page but offline ones lies between
 *
 * Shape:  true: it does, but for pfn, page_kva, flags and refcount, and the page
 *         need not be classified. A large part of all pages are the inside of a
 *         free block or of a compound page.
 */
bool ofl_classify_same(const struct ofl_classifier *c, const struct ofl_section *s,
		       const struct ofl_page *p, const unsigned char *raw);

/**
 * ofl_classify_span() - pages of one free block or compound page, from @p on,
 * that are of one kind; as ofl_sink.span()
 */
uint64_t ofl_classify_span(struct ofl_classifier *c,
			   const struct ofl_section *s,
			   const struct ofl_page *p, uint64_t pages);

/**
 * ofl_classify_run() - judge PageOffline pages of an online section
 * @p:     in  the first of them, as of ofl_sink.offline()
 * @pages: in  how many there are, alike but for their pfn
 * @ret:   out  of the first
 *
 * Shape:  returns how many of them, the first included, @ret holds for, but for
 *         pfn and page_kva. What ofl_classify() says of each, and the memmap
 *         is read only where pages behind the first decide: where it may be
 *         the head of a compound page or of a unit.
 */
uint64_t ofl_classify_run(struct ofl_classifier *c, const struct ofl_section *s,
			  const struct ofl_page *p, uint64_t pages,
			  struct ofl_classified *ret);

#endif
