/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device_rows.h - rows of offblock -d: can a memory device be unplugged?
 *
 * Depends on devices.h, blockrow.h, nexts.h and holders.h. Blocks are given one by one;
 * a device is answered for when all its blocks were.
 */
#ifndef OFL_DEVICE_ROWS_H
#define OFL_DEVICE_ROWS_H

#include "commands/blockrow.h"
#include "commands/nexts.h"
#include "devices/devices.h"
#include "holders/holders.h"
#include "view/view.h"

/** struct ofl_device_row - a device and what its blocks come to */
struct ofl_device_row {
	const struct ofl_memdev *dev;	/* NULL: blocks of no known device */
	uint64_t has;			/* blocks that there are */
	uint64_t blocks;		/* of them, that were looked at */
	bool chosen;			/* one of these by -V and -O */
	uint64_t verdict[OFL_NR_OUTCOMES];
	uint64_t first_nr, last_nr;
	uint64_t offline;		/* PageOffline pages */
	enum ofl_outcome worst;		/* of the verdicts */
	uint64_t decide;		/* blocks that have it */
	uint64_t decide_nr;		/* the first of them */
	char next_block[240];		/* what to do about it; "": nothing */
	char why[360];			/* those that are named, and by whom */
	unsigned int named;
	uint64_t poisoned, poisoned_pfn;	/* pages; the first */
	bool blocks_lost;		/* there may be more that it has */
};

/** struct ofl_device_rows - begin with zeros */
struct ofl_device_rows {
	struct ofl_device_row *row;	/* owned: devices, boot, none */
	size_t nr;
	const struct ofl_memdevs *d;
	uint64_t block_bytes, page_bytes;
	struct ofl_nexts nexts;		/* of the rows that were shown */
};

/**
 * ofl_device_rows_open() - a row for each device of @d
 * @blocks: in  all that there are
 *
 * Memory: ofl_device_rows_free().
 * Errors: false: no memory.
 */
bool ofl_device_rows_open(struct ofl_device_rows *rows,
			  const struct ofl_memdevs *d,
			  const struct ofl_blocks *blocks,
			  uint64_t block_bytes, uint64_t page_bytes);
void ofl_device_rows_free(struct ofl_device_rows *rows);

/**
 * ofl_device_rows_add() - a block that has its verdict
 * @row:   in  the same as @r, for people
 * @share: in  who holds its pages, of ofl_holders_shares(); @nr of them
 * @chosen: in false: it counts, but does not make its device a row
 */
void ofl_device_rows_add(struct ofl_device_rows *rows,
			 const struct ofl_block_report *r,
			 const struct ofl_block_row *row,
			 const struct ofl_share *share, size_t nr, bool chosen);

/**
 * ofl_device_rows_show() - a table, and what a person can do
 * @verbose: in  every column
 * @text: inout the status line: how many can be unplugged
 *
 * Errors: false: something that is not known made an answer unknown.
 */
bool ofl_device_rows_show(struct ofl_view *v, struct ofl_device_rows *rows,
			  bool verbose,
			  struct ofl_text *text);

#endif
