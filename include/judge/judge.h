/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judge.h - can a memory block be offlined?
 *
 * Depends on decide.h and sink.h. Pages are added up by kind; when the last
 * page of a block has passed, decide.c gives the verdict. Pages that are not
 * offline are added up by section first: another process may do that.
 */
#ifndef OFL_JUDGE_H
#define OFL_JUDGE_H

#include "judge/decide.h"
#include "scan/filter.h"
#include "scan/sink.h"

/** struct ofl_section_sum - pages of a section that are not offline */
struct ofl_section_sum {
	uint64_t scanned, pageblock_unknown, file_pages;	/* pages */
	/* numbers from 1 on in ofl_nodes.zone, of the first and the last page */
	size_t first_zone, last_zone;	/* 0: none has one */
	bool several_zones;
	struct ofl_tally kind[OFL_NR_KINDS];
	struct ofl_missed missed;	/* reads that failed on the way */
	struct ofl_class_state at;	/* of the classifier, behind the section */
};

/** struct ofl_judge - one pass over the blocks */
struct ofl_judge {
	const struct ofl_env *env;
	const struct ofl_blocks *blocks;
	const struct ofl_ram *ram;
	struct ofl_classifier classifier;	/* of pages that are not offline */
	struct ofl_classifier runs;	/* of those that are */
	struct ofl_section_sum sum;	/* of the section in work */
	struct ofl_classified last;	/* page that was added to it */
	struct ofl_class_state behind;	/* the section that was added last */
	enum ofl_status (*emit)(void *arg, const struct ofl_block_report *r);
	/*
	 * pages that are in the way, and are no driver's; may be NULL. True: what
	 * was made of it goes for all whose flags, type, reference count, mapping
	 * and charge are the same: more() tells how many follow, as it does of the
	 * rest of a compound page.
	 */
	bool (*in_way)(void *arg, const struct ofl_classified *c,
		       const unsigned char *raw);
	void (*more)(void *arg, uint64_t pages);	/* NULL only if in_way is */
	bool alike;		/* what in_way() said last */
	bool in_way_kept;	/* what it is told is kept with the reports: verdicts.h */
	/* one page, whatever it is; page NULL: none */
	uint64_t page_pfn;
	void (*page)(void *arg, const struct ofl_classified *c,
		     const unsigned char *raw);
	void *arg;
	size_t next;			/* first block not yet emitted */
	uint64_t lo_pfn, hi_pfn;	/* blocks outside are not reported */
	struct ofl_block_report report;	/* of blocks->block[next] */
	bool open;			/* the report has begun */
	uint64_t done_nr;		/* sections before it were scanned */
};

/**
 * ofl_judge_init() - prepare; sinks and verdicts come from one ofl_scan()
 */
void ofl_judge_init(struct ofl_judge *j, const struct ofl_env *env,
		    const struct ofl_owners *owners,
		    const struct ofl_blocks *blocks, const struct ofl_ram *ram,
		    const struct ofl_filter *f);

/**
 * ofl_judge_sink() - the sink that feeds @j
 *
 * Shape: free blocks and compound pages are taken as a whole, unless @j->page is
 *        there: it and @j->in_way are set before.
 */
struct ofl_sink ofl_judge_sink(struct ofl_judge *j);

/**
 * ofl_judge_finish() - emit the blocks that are left, scanned or not
 * @interrupted: in  only those of which all sections were scanned
 */
enum ofl_status ofl_judge_finish(struct ofl_judge *j, bool interrupted);

#endif
