/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offcheck_pass.h - a pass over PageOffline pages: classes of them, and findings
 *
 * Depends on command.h, nexts.h, offcheck.h and audit.h.
 */
#ifndef OFL_OFFCHECK_PASS_H
#define OFL_OFFCHECK_PASS_H

#include "commands/command.h"
#include "commands/nexts.h"
#include "commands/offcheck.h"
#include "judge/audit.h"

/** struct ofl_check - the command at work: what its passes add up */
struct ofl_check {
	struct ofl_view v;
	struct ofl_run_ctx *ctx;
	const struct ofl_env *env;
	struct ofl_owners *owners;
	struct ofl_records records;
	struct ofl_audit audit;
	struct ofl_classifier classifier;
	struct ofl_page_class *class;	/* owned */
	size_t nr_classes, room;
	struct ofl_finding_class *kind;	/* owned */
	size_t nr_kinds, kinds_room;
	struct ofl_nexts nexts;
	bool list_all;			/* a row for every range */
	bool no_memory;			/* for another class */
	struct ofl_err again;		/* why pages could not be looked at again */
	struct ofl_finding open;		/* pages == 0: none */
	uint64_t limit, shown;		/* findings */
	uint64_t findings[OFL_NR_SEVERITIES];	/* ranges, by severity */
	bool listing;			/* second pass: print findings */
	uint64_t done_pfn;		/* what lies before was checked */
	const char *blind;		/* why some page's owner is not known */
	/* ^C while they are counted, or listed: */
	bool not_listed, interrupted;
	uint64_t sections_listed;
};

/**
 * ofl_check_pass() - hold pages against the rule, and records against pages
 * @listing: in  print findings as they come, up to ck->limit; else count them by
 *               kind, and pages by class
 * @r:       out  of the scan; free it in any case
 *
 * Errors: of ofl_scan(), OFL_ERR_NOMEM, of ofl_view_row().
 */
enum ofl_status ofl_check_pass(struct ofl_run_ctx *ctx, struct ofl_analysis *a,
			       struct ofl_check *ck, bool listing,
			       struct ofl_scan_result *r, struct ofl_err *err);

#endif
