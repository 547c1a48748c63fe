/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blockrow.h - a row of offblock: a memory block, or neighbours that are alike
 *
 * Depends on judge.h and text.h. Small, so that all rows can be kept and sorted.
 */
#ifndef OFL_BLOCKROW_H
#define OFL_BLOCKROW_H

#include "devices/devices.h"
#include "judge/judge.h"
#include "target/text.h"

#define OFL_ROW_CAUSES	6

/** struct ofl_row_cause - pages of one kind in the way, and whose they are */
struct ofl_row_cause {
	enum ofl_kind kind;
	uint64_t pages;
	struct ofl_claim claim;		/* of the first of them */
	const char *device;		/* kept by struct ofl_owners */
	bool decides;
	bool behind;			/* a step that is not reached */
};

/** struct ofl_block_row - see above */
struct ofl_block_row {
	uint64_t nr, blocks;		/* the first one; how many */
	uint64_t start_pfn, pages;
	int node;			/* -1: not known */
	const struct ofl_zone *zone;	/* NULL: none, or several */
	const struct ofl_memdev *dev, *last_dev;	/* NULL: not known */
	enum ofl_block_state state;
	bool stateless;			/* the memory_block cannot be read */
	uint64_t offline;
	uint32_t owners;		/* of these, as in a report */
	enum ofl_outcome verdict;
	enum ofl_step decided_at;
	bool has_pfn;
	uint64_t decider_pfn;
	char code[32], reason[300];	/* of the first block */
	char why[120];			/* what but pages decides; "" */
	char next[240];			/* what a person can do about the first */
	/* those that decide first, not reached last; by size; what has no room: more */
	struct ofl_row_cause cause[OFL_ROW_CAUSES];
	unsigned int nr_causes;
	uint64_t more;			/* pages */
	char who[300];			/* its holders in a line; "" */
};

/** struct ofl_block_doubts - what lacks, whatever blocks come to; begin with zeros */
struct ofl_block_doubts {
	uint64_t untold;	/* pages of kinds that nothing tells apart */
	uint64_t unchecked;	/* blocks: none knows whether pages can go elsewhere */
};

/** ofl_block_doubts_add() - those of a block that is shown */
void ofl_block_doubts_add(struct ofl_block_doubts *d,
			  const struct ofl_block_report *r);

/** ofl_block_doubts_say() - put them into a status line; -> are there any? */
bool ofl_block_doubts_say(const struct ofl_block_doubts *d,
			  const struct ofl_layout *l, const struct ofl_ram *ram,
			  struct ofl_text *text);

/**
 * ofl_block_row() - a block that has its verdict
 * @devs: in  the devices that memory belongs to
 */
void ofl_block_row(const struct ofl_env *env, const struct ofl_memdevs *devs,
		   const struct ofl_block_report *r, struct ofl_block_row *ret);

/**
 * ofl_block_row_add() - one row of two, if they are neighbours and alike
 *
 * Shape:  alike are node, zone, device, state, verdict, and what decides with its owner.
 * Errors: false if they are not; nothing has changed then.
 */
bool ofl_block_row_add(struct ofl_block_row *row,
		       const struct ofl_block_row *next);

/** ofl_block_row_sum() - add only what is in the way to @sum, which began zeroed */
void ofl_block_row_sum(struct ofl_block_row *sum,
		       const struct ofl_block_row *row);

/** ofl_block_row_worse() - for qsort(): the worst verdict first, then the largest */
int ofl_block_row_worse(const void *a, const void *b);

/** ofl_causes_text() - "124M orphan: ...; 16K slab"; "" if nothing is in the way */
void ofl_causes_text(const struct ofl_block_row *row,
		     const struct ofl_layout *l, struct ofl_text *text);

/** ofl_row_has_owner() - are offline pages of this owner in it? */
bool ofl_row_has_owner(const struct ofl_block_row *row,
		       const struct ofl_owner_choice *owner);

#endif
