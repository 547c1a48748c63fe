/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - a block: what was counted in it, and what is to be said of it
 *
 * Depends on classify.h. Pure: nothing is read.
 */
#ifndef OFL_REPORT_H
#define OFL_REPORT_H

#include "judge/classify.h"

#define OFL_FIRST_PFNS 4

/** struct ofl_tally - pages of one kind in a block */
struct ofl_tally {
	uint64_t pages;
	uint64_t pfn[OFL_FIRST_PFNS];	/* the first ones */
	uint64_t page_kva;		/* of the first */
	bool unread;			/* its struct page: no flags, no count */
	uint64_t flags;
	int32_t refcount;
	struct ofl_claim claim;
	bool counted;			/* refs is filled in */
	struct ofl_refs refs;		/* of the first */
};

/** struct ofl_cause - a kind of page that keeps the block from being free */
struct ofl_cause {
	enum ofl_kind kind;
	uint64_t pages;
	enum ofl_outcome outcome;	/* of these pages: not one that passes */
	enum ofl_step step;		/* that they decide */
	bool decides;			/* this is the verdict, at its step */
	bool reached;			/* no step before ends it */
};

/** struct ofl_block_report - a block and what is to be said of it */
struct ofl_block_report {
	const struct ofl_block *block;
	uint64_t start_pfn, pages;
	uint64_t scanned, offline, unknown;
	uint32_t owners;		/* of its offline pages: bits, by ofl_records_owner() */
	int node;			/* -1: not known */
	const struct ofl_zone *zone;	/* NULL: none, or several */
	bool several_zones;		/* its pages are in more than one */
	bool early;			/* holds boot memory */
	uint64_t ram_pages;		/* busy system RAM in the iomem tree */
	uint64_t file_pages;		/* on LRU lists of files: may be reclaimed */
	/* of each hugetlb pool: huge pages of this block in use, and free ones */
	const struct ofl_pool *pool;
	unsigned int nr_pools;
	uint64_t huge_in_use[OFL_MAX_HSTATES], huge_free[OFL_MAX_HSTATES];
	uint64_t folded;		/* pages that the memmap of huge pages is short of */
	uint64_t pageblock_unknown;	/* pages of pageblocks of no known state */
	struct ofl_tally kind[OFL_NR_KINDS];

	enum ofl_outcome step[OFL_NR_STEPS];
	char why[OFL_NR_STEPS][120];	/* what but pages makes it so; "" */
	enum ofl_outcome verdict;
	/*
	 * Of the kinds that decide, the one with most pages; OFL_NR_KINDS: a
	 * step decides, no page.
	 */
	enum ofl_kind decider;
	uint64_t decider_pfn;		/* lowest page of all that decide */
	enum ofl_step decided_at;
	const struct ofl_plain_row *plain;	/* NULL: a step or a page decides */
	bool room_unchecked;		/* pages have to move, and none knows where */
	uint64_t room_in_swap;		/* of them, find room only once others are swapped out */
	bool driver_refuses;		/* its device is being removed */
	/* those that decide first, the largest first; then by step and size */
	struct ofl_cause cause[OFL_NR_KINDS];
	unsigned int nr_causes;
	char code[32];			/* stable word: a kind's, or a step's */
	char reason[300];
};

/** ofl_step_order() - the steps as this kernel goes through them */
const enum ofl_step *ofl_step_order(const struct ofl_layout *l);

/**
 * ofl_report_zone() - the zone that all of the block is in
 *
 * Shape:  NULL if there are several, or not known: where the pages have to tell,
 *         each of them has to.
 */
const struct ofl_zone *ofl_report_zone(const struct ofl_block_report *r);

/** ofl_report_outcome() - what a kind of page comes to in this block */
enum ofl_outcome ofl_report_outcome(const struct ofl_env *env,
				    const struct ofl_block_report *r,
				    enum ofl_kind kind);

/** ofl_report_step() - the step that decides it in this block */
enum ofl_step ofl_report_step(const struct ofl_env *env,
			      const struct ofl_block_report *r,
			      enum ofl_kind kind);

/**
 * ofl_report_because() - the block itself, not its pages, makes a step @out
 * @fmt: why; the first reason for the worst outcome is kept in why[]
 */
__attribute__((format(printf, 4, 5)))
void ofl_report_because(struct ofl_block_report *r, enum ofl_step step,
			enum ofl_outcome out, const char *fmt, ...);

/**
 * ofl_report_first_in_scan() - first page that makes the scan come to @out
 *
 * Shape:  a pfn; UINT64_MAX: no page does.
 */
uint64_t ofl_report_first_in_scan(const struct ofl_env *env,
				  const struct ofl_block_report *r,
				  enum ofl_outcome out);

#endif
