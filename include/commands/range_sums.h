/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * range_sums.h - runs of PageOffline pages, added up
 *
 * Depends on range.h and view.h. There is a row for each owner, zone and class
 * of reference counts that occur, however many runs there are.
 */
#ifndef OFL_RANGE_SUMS_H
#define OFL_RANGE_SUMS_H

#include "scan/range.h"
#include "view/view.h"

#define OFL_RANGE_LENGTHS	64	/* powers of two */

/** struct ofl_range_sum - runs that have these in common, or a length */
struct ofl_range_sum {
	const char *owner;		/* NULL: not known */
	const struct ofl_zone *zone;	/* NULL: not known */
	const char *refcount;		/* class of it: "<0", "0", "1", ">1" */
	unsigned int length;		/* from 2^length pages on */
	uint64_t runs, pages;
	uint64_t most_runs;		/* of a length, for the bar */
};

/** struct ofl_range_sums - begins zeroed */
struct ofl_range_sums {
	struct ofl_range_sum *row;	/* owned */
	size_t nr, room;
	struct ofl_range_sum length[OFL_RANGE_LENGTHS];
};

/** ofl_range_sums_add() - one run; OFL_ERR_NOMEM */
enum ofl_status ofl_range_sums_add(struct ofl_range_sums *sums,
				   const struct ofl_run *run);

/** ofl_range_sums_show() - two tables: sums, the largest first, and lengths */
void ofl_range_sums_show(struct ofl_range_sums *sums, struct ofl_view *v,
			 const struct ofl_layout *l);
void ofl_range_sums_free(struct ofl_range_sums *sums);

#endif
