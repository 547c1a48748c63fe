/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pageblock.h - the state that the kernel keeps for each pageblock
 *
 * Depends on section.h (late facts).
 */
#ifndef OFL_PAGEBLOCK_H
#define OFL_PAGEBLOCK_H

#include "kernel/section.h"

#define OFL_MAX_PAGEBLOCK_BYTES	4096

/** enum ofl_pageblock - state of the pageblock of a page */
enum ofl_pageblock {
	OFL_PB_UNKNOWN,
	OFL_PB_USUAL,
	OFL_PB_CMA,
	OFL_PB_ISOLATED,
};

/** enum ofl_pageblock_order - from which end of a word pageblocks are counted */
enum ofl_pageblock_order {
	OFL_PB_FROM_NOWHERE,	/* not known */
	OFL_PB_FROM_LOW,	/* since v5.9; the type is the low bits of a state */
	OFL_PB_FROM_TOP,	/* the type is the high bits of a state */
};

/** struct ofl_pageblocks - the pageblocks of the section in work */
struct ofl_pageblocks {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	enum ofl_pageblock_order order;
	uint64_t word[OFL_MAX_PAGEBLOCK_BYTES / 8];
	bool known;
};

/**
 * ofl_pageblocks_find_order() - how many pages a pageblock has, from the words
 * @l: in/out  complete, late facts and usage_apart_bytes included; the fact
 *             OFL_F_PAGEBLOCK_ORDER, unless the kernel has a variable that says it
 *
 * Shape:  the words of a section lie between its usage and that of its
 *         neighbour, so there are as many as fit there. Few words, of several
 *         orders, prove nothing. What they prove is better than what the host
 *         takes the architecture to have: a kernel without huge pages has another.
 * Source: mm/sparse.c: mem_section_usage_size(), usemap_size();
 *         include/linux/pageblock-flags.h.
 */
void ofl_pageblocks_find_order(struct ofl_layout *l);

/**
 * ofl_pageblocks_find_end() - from which end this kernel counts them
 * @l: in/out  complete, late facts included
 *
 * Shape:  a kernel with mem_section.pageblock_flags counts from the top, one
 *         with memory_block.zone from the low end. Between them nothing but the
 *         words themselves tells: most pageblocks are MIGRATE_MOVABLE, and that
 *         is another number in each order. Less than four to one tells nothing.
 * Errors: none; what is not known makes states unknown.
 *         To count them takes two reads for each section: once for a layout.
 * Source: get_pfnblock_flags_mask() of mm/page_alloc.c, before and in v5.9.
 */
void ofl_pageblocks_find_end(const struct ofl_target *t, struct ofl_layout *l);

/** ofl_pageblocks_init() - none is entered; the end is asked for unless @l has it */
void ofl_pageblocks_init(struct ofl_pageblocks *pb, const struct ofl_target *t,
			 const struct ofl_layout *l);

/** ofl_pageblocks_enter() - read those of a section */
void ofl_pageblocks_enter(struct ofl_pageblocks *pb,
			  const struct ofl_section *s);

/**
 * ofl_pageblocks_touched() - has any pageblock of @s a state that is not 0?
 *
 * Shape:  of any section, online or not.
 * Errors: false if its words cannot be read; *@ret is untouched then.
 */
bool ofl_pageblocks_touched(const struct ofl_target *t,
			    const struct ofl_layout *l,
			    const struct ofl_section *s, bool *ret);

/** ofl_pageblocks_pages() - pages of a pageblock; 0: states are not known */
uint64_t ofl_pageblocks_pages(const struct ofl_pageblocks *pb);

/** ofl_pageblock_of() - the state of a page's, in the section entered last */
enum ofl_pageblock ofl_pageblock_of(const struct ofl_pageblocks *pb,
				    const struct ofl_section *s, uint64_t pfn);

/**
 * ofl_pageblock_may_move() - is it one that movable memory is taken from?
 *
 * Shape:  true also where that is not known.
 * Source: mm/page_alloc.c: gfp_migratetype(); movable allocations come to other
 *         pageblocks only where none of these has a free page: fallbacks[].
 */
bool ofl_pageblock_may_move(const struct ofl_pageblocks *pb,
			    const struct ofl_section *s, uint64_t pfn);

#endif
