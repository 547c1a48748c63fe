/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verdicts.h - the reports of a pass over blocks, for the next command
 *
 * Depends on judge.h. A dump does not change, so the same blocks get the same
 * reports.
 */
#ifndef OFL_VERDICTS_H
#define OFL_VERDICTS_H

#include "judge/judge.h"
#include "scan/scan.h"

/* if there are more, none is kept */
#define OFL_VERDICTS_BYTES	(32u << 20)

/** struct ofl_verdicts - of the blocks of one filter; zeros: none yet */
struct ofl_verdicts {
	bool kept;			/* all that follows holds */
	struct ofl_filter filter;
	struct ofl_block_report *report;	/* owned; ascending */
	size_t nr, room;
	struct ofl_scan_result r;
};

/**
 * ofl_verdicts_scan() - judge all blocks of a filter, or repeat what was kept
 * @v:   in/out  NULL: keep nothing
 * @t:   in      as for ofl_scan()
 * @req: in      of the filter that @j was prepared for
 * @j:   in      with emit() and what it needs
 * @r:   out     as of ofl_scan()
 *
 * Shape:  kept are passes that came to an end, read all that they asked for, and
 *         made no driver's device known: @j->env has to be the same next time.
 *         With -x, on a live system, or where @j->in_way or @j->page look at
 *         pages, nothing is kept or repeated.
 * Errors: of ofl_scan() and of @j->emit.
 */
enum ofl_status ofl_verdicts_scan(struct ofl_verdicts *v,
				  const struct ofl_target *t,
				  const struct ofl_scan_request *req,
				  struct ofl_judge *j,
				  struct ofl_scan_result *r,
				  struct ofl_err *err);

/** ofl_verdicts_free() - forget all; twice is fine */
void ofl_verdicts_free(struct ofl_verdicts *v);

#endif
