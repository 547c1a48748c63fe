/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offblock_rows.h - blocks that were judged, on their way into a table
 *
 * Depends on command.h, offblock.h, device_rows.h, holder_rows.h and page_row.h.
 */
#ifndef OFL_OFFBLOCK_ROWS_H
#define OFL_OFFBLOCK_ROWS_H

#include "commands/command.h"
#include "commands/device_rows.h"
#include "commands/holder_rows.h"
#include "commands/offblock.h"
#include "commands/page_row.h"

/** struct ofl_offblock - the command at work; its rows go where the reports do */
struct ofl_offblock {
	struct ofl_view v;
	const struct ofl_env *env;
	const struct ofl_options *o;
	struct ofl_block_sum sum[OFL_NR_OUTCOMES];
	uint64_t nr;
	const char *blind;		/* why some page's owner is not known */
	bool explain;
	struct ofl_block_doubts doubts;
	struct ofl_filter wanted;	/* node and zone */
	enum ofl_outcome only;		/* -V; OFL_NR_OUTCOMES: all */
	struct ofl_owner_choice owner;	/* -O */
	struct ofl_block_report kept;	/* the block to explain */
	char kept_next[240];		/* what a person can do about it */
	struct ofl_block_row held;	/* 0 blocks: none waits */
	/* with -s: all rows, owned */
	struct ofl_block_row *row;
	size_t nr_rows, room;
	struct ofl_holders *holders;	/* NULL: nobody asks for them */
	struct ofl_kept_holders *kept_holders;	/* has them; NULL: they go with the command */
	bool again;			/* no page is looked at for them: they are kept */
	bool names;			/* a column asks for them */
	uint64_t more, more_nr;		/* rows that name not all of them; first */
	struct ofl_holder_rows holder_rows;
	bool one_page;			/* a page was asked for, and by its pfn */
	uint64_t page_pfn;
	struct ofl_page_row page;
	const struct ofl_memdevs *devs;
	struct ofl_device_rows device_rows;
	bool devices_open;		/* not all that they want to know is known */
};

/* -d has a table of its own; a document has both */
static inline bool ofl_offblock_only_devices(const struct ofl_offblock *p)
{
	return p->o->devices && !p->v.json;
}

/**
 * ofl_offblock_report() - a block has its verdict: ofl_judge.emit()
 * @arg: inout  struct ofl_offblock
 *
 * Shape:  prints the row that waits, unless this block is like it.
 * Errors: of ofl_view_row(), OFL_ERR_NOMEM.
 */
enum ofl_status ofl_offblock_report(void *arg,
				    const struct ofl_block_report *r);

/** ofl_offblock_print_held() - the row that waits is whole */
enum ofl_status ofl_offblock_print_held(struct ofl_offblock *p);

/** ofl_offblock_print_sorted() - with -s: all rows, once there are all */
enum ofl_status ofl_offblock_print_sorted(struct ofl_offblock *p);

#endif
