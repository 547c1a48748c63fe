/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block.h - memory blocks, the units that are taken online and offline
 *
 * Depends on layout.h. Blocks are found in the kernel's own index, and as the
 * devices of a bus (late facts), which is all that kernels before v5.8 have.
 */
#ifndef OFL_BLOCK_H
#define OFL_BLOCK_H

#include "layout/layout.h"

/** enum ofl_block_state - memory_block.state, decoded */
enum ofl_block_state {
	OFL_BLOCK_ONLINE,
	OFL_BLOCK_GOING_OFFLINE,
	OFL_BLOCK_OFFLINE,
	OFL_BLOCK_OTHER,	/* GOING_ONLINE, a CANCEL state, or damage */
	OFL_NR_BLOCK_STATES
};

/** ofl_block_state_text() - the word that sysfs prints */
const char *ofl_block_state_text(enum ofl_block_state state);

/** struct ofl_block - one struct memory_block */
struct ofl_block {
	uint64_t nr;		/* N of memoryN */
	uint64_t kva;		/* struct memory_block */
	uint64_t start_section_nr;
	enum ofl_block_state state;
	int64_t raw_state;
	/* with the late facts only: */
	uint64_t zone_kva;	/* memory_block.zone; 0: NULL or no such member */
	int nid;		/* -1: no such member */
	uint64_t group_kva;	/* memory_block.group; 0: NULL or no such member */
	uint64_t memmap_pages;	/* at its start, holding its own memmap */
	bool unread;		/* one of these could not be read: none counts */
	uint64_t poisoned;	/* pages: memory_block.nr_hwpoison; 0: no such member */
	bool poison_unread;	/* it has one, and it could not be read */
	bool lost;		/* it cannot be read: @nr and where it begins count */
};

/** ofl_blocks_indexed() - has this kernel an index of them, memory_blocks? */
bool ofl_blocks_indexed(const struct ofl_layout *l);

/**
 * ofl_blocks_known() - has this kernel all that ofl_blocks_walk() needs?
 *
 * Shape:  the index, or with the late facts the bus.
 */
bool ofl_blocks_known(const struct ofl_layout *l);

/**
 * ofl_blocks_memmap_known() - does the dump say which blocks hold their memmap?
 *
 * Shape:  memory_block.altmap or nr_vmemmap_pages, or a kernel before v5.13,
 *         which has neither: page_huge_active() was there until v5.12.
 */
bool ofl_blocks_memmap_known(const struct ofl_layout *l);

/**
 * ofl_blocks_zone_by_pages() - is this a kernel before v5.18, which looks
 * through the pages of a block for its zone?
 *
 * Shape:  proved by symbols that were gone by then: test_pages_in_a_zone(),
 *         page_huge_active() (until v5.12) and those that the skip rule took
 *         away (in v5.8).
 */
bool ofl_blocks_zone_by_pages(const struct ofl_layout *l);

/** ofl_blocks_zone_known() - is it known where the kernel takes a block's zone from? */
bool ofl_blocks_zone_known(const struct ofl_layout *l);

/**
 * ofl_blocks_walk() - visit all memory blocks, ascending
 * @visit: in  a status other than OFL_OK ends the walk and is returned
 * @lost:  out number of index nodes or blocks that could not be read; a bus
 *             that breaks off counts once
 *
 * Shape:  from the index, else from the bus. A block that cannot be read, and
 *         whose number is known, is visited, too (.lost).
 * Errors: OFL_ERR_NODATA if !ofl_blocks_known() or the bus has none,
 *         OFL_ERR_NOMEM, else what @visit returned.
 * Source: drivers/base/memory.c: memory_blocks, memory_subsys.
 */
enum ofl_status ofl_blocks_walk(const struct ofl_target *t,
				const struct ofl_layout *l,
				enum ofl_status (*visit)(void *arg,
						const struct ofl_block *b),
				void *arg, uint64_t *lost);

/** struct ofl_blocks - all blocks, ascending by number */
struct ofl_blocks {
	struct ofl_block *block;	/* none of them .lost */
	size_t nr;
	uint64_t lost;
	struct ofl_block *every;	/* with those that are lost, by number */
	size_t nr_every;
	bool alone;	/* by the index, which nothing was compared with */
};

/**
 * ofl_blocks_load() - collect them; ofl_blocks_free() also after a failure
 *
 * Shape:  where there is an index and the late facts are there, the bus is
 *         walked too, and has to have the same blocks. @ret->alone: it cannot be
 *         walked to its end.
 * Errors: OFL_ERR_NODATA, OFL_ERR_NOMEM, OFL_ERR_CONFLICT.
 */
enum ofl_status ofl_blocks_load(const struct ofl_target *t,
				const struct ofl_layout *l,
				struct ofl_blocks *ret, struct ofl_err *err);
void ofl_blocks_free(struct ofl_blocks *b);

/** ofl_blocks_find() - block @nr, or NULL; @b may be NULL: none is known */
const struct ofl_block *ofl_blocks_find(const struct ofl_blocks *b,
					uint64_t nr);

/** struct ofl_block_totals - blocks by state, held against the sections */
struct ofl_block_totals {
	bool known;
	uint64_t state[OFL_NR_BLOCK_STATES];
	uint64_t lost;
	uint64_t disagree;	/* state and sections contradict */
	uint64_t missing;	/* of them, those that have no section at all */
	uint64_t first_disagree_nr;
	uint64_t online_sections;	/* of blocks, in the range asked for */
};

/**
 * ofl_blocks_count() - total the states and cross-check them
 *
 * Shape:  all blocks are counted, those that reach into [@lo_pfn, @hi_pfn)
 *         are held against their sections: a block that is online must have a
 *         section that is; an offline one must not; only an offline one may
 *         have no section at all. Sections that are online have a block:
 *         add_memory_resource(), memory_dev_init().
 * Errors: none; what is not known is counted in @ret.
 */
void ofl_blocks_count(const struct ofl_target *t, const struct ofl_layout *l,
		      uint64_t lo_pfn, uint64_t hi_pfn,
		      struct ofl_block_totals *ret);

#endif
