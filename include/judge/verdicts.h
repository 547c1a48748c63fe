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

/* if they take more, none is kept: some hundred bytes each, or 1 KiB */
#define OFL_VERDICTS_BYTES	(32u << 20)

/** struct ofl_verdicts - of the blocks of one filter; zeros: none yet */
struct ofl_verdicts {
	bool kept;			/* all that follows holds */
	struct ofl_filter filter;
	/* of @nr reports, ascending: words, with those that are 0 left out; owned */
	uint64_t *word;
	size_t nr, nr_words, room;
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
 * Shape:  kept are passes that came to an end and read all that they asked for:
 *         @j->env has to be the same next time. Devices that only pages made known
 *         are known again when they are repeated.
 *         With -x, on a live system, or where @j->page looks at a page, nothing is
 *         kept or repeated. Where @j->in_way looks at pages, nothing is repeated, and
 *         kept with @j->in_way_kept only.
 * Errors: of ofl_scan() and of @j->emit.
 */
enum ofl_status ofl_verdicts_scan(struct ofl_verdicts *v,
				  const struct ofl_target *t,
				  const struct ofl_scan_request *req,
				  struct ofl_judge *j,
				  struct ofl_scan_result *r,
				  struct ofl_err *err);

/** ofl_verdicts_repeats() - would a pass without @j->in_way and @j->page be repeated? */
bool ofl_verdicts_repeats(const struct ofl_verdicts *v,
			  const struct ofl_target *t,
			  const struct ofl_scan_request *req);

/** ofl_verdicts_free() - forget all; twice is fine */
void ofl_verdicts_free(struct ofl_verdicts *v);

#endif
