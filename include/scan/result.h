/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * result.h - what a scan counts
 *
 * Depends on block.h, section.h and image.h.
 */
#ifndef OFL_RESULT_H
#define OFL_RESULT_H

#include "kernel/block.h"
#include "kernel/section.h"
#include "scan/image.h"

/** struct ofl_count - pages by what they are */
struct ofl_count {
	uint64_t scanned;	/* all pages looked at; unknown ones in totals only */
	uint64_t offline;
	uint64_t unknown;	/* totals only: an unknown page names no zone */
};

/** struct ofl_scan_result - totals of a pass */
struct ofl_scan_result {
	struct ofl_count total;		/* online sections */
	struct ofl_count *zone;		/* one for each ofl_nodes.zone; owned */
	uint64_t unknown[OFL_NR_UNKNOWN];
	uint64_t unknown_pfn[OFL_NR_UNKNOWN];	/* the first, where there are some */
	uint64_t stale;			/* offline, in sections not online */
	uint64_t stale_unread;		/* pages there that cannot be read */
	uint64_t stale_unread_pfn;	/* the first, where there are some */
	uint64_t no_zone;		/* pages of holes, whose flags have no zone */
	uint64_t device;		/* ZONE_DEVICE pages, not looked at */
	struct ofl_section_stats sections;
	struct ofl_block_totals blocks;	/* held against the sections */
	uint64_t hidden;		/* offline inside of a free or compound page */
	uint64_t hidden_pfn;		/* the first of them */
	uint64_t memmap_pages;		/* pages of the memmap that were read */
	uint64_t sections_wanted;	/* of the filter */
	uint64_t sections_done;
	uint64_t sections_recalled;	/* of those: not read, see recall.h */
	bool interrupted;
};

/** ofl_scan_result_add() - add what was counted elsewhere, sections aside */
void ofl_scan_result_add(struct ofl_scan_result *to,
			 const struct ofl_scan_result *from, size_t nr_zones);

/**
 * ofl_scan_result_first() - keep the lower one: parts come in any order
 * @nr: in  how many there were before; 0: @first_pfn does not hold yet
 */
void ofl_scan_result_first(uint64_t *first_pfn, uint64_t nr, uint64_t pfn);

/** ofl_scan_result_free() - give back what ofl_scan() took; twice is fine */
void ofl_scan_result_free(struct ofl_scan_result *r);

#endif
