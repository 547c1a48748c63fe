/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offblock.h - what a row of offblock's tables is made of
 *
 * Depends on blockrow.h. cmd_offblock.c fills rows in, offblock_tables.c has their
 * columns; nothing here reads memory.
 */
#ifndef OFL_OFFBLOCK_H
#define OFL_OFFBLOCK_H

#include "commands/blockrow.h"

/* a column that costs: with -w, or by name */
#define OFL_HOLDERS_COLUMN	"HOLDERS"

/** struct ofl_block_sum - blocks of one verdict: a row of the second table */
struct ofl_block_sum {
	const char *verdict;
	uint64_t blocks;
	uint64_t without;		/* of them, that no page decides */
	struct ofl_block_row causes;	/* of all of them, and no more of it holds */
};

/** ofl_block_bytes() - the size of a memory block */
static inline uint64_t ofl_block_bytes(const struct ofl_layout *l)
{
	return l->sections_per_block * l->section_pages * l->page_bytes;
}

#endif
