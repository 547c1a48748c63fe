/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finding.h - the table of what may be wrong by the records of drivers
 *
 * Depends on claim.h. A finding is a row of findings.def; drivers name it by its
 * id, and everything that is said of it is a column.
 */
#ifndef OFL_FINDING_H
#define OFL_FINDING_H

#include "owners/claim.h"

/** enum ofl_finding_id - a row of findings.def each; their order means nothing */
enum ofl_finding_id {
#define FINDING(id, code, about, severity, explained, what, next, info_next) \
	OFL_FINDING_##id,
#include "owners/findings.def"
#undef FINDING
	OFL_NR_FINDINGS
};

/** enum ofl_about - see findings.def */
enum ofl_about { OFL_ABOUT_PAGES, OFL_ABOUT_RECORDS, OFL_ABOUT_AMOUNT };

/** struct ofl_finding_row - see findings.def */
struct ofl_finding_row {
	const char *code;
	enum ofl_about about;
	enum ofl_severity severity;
	bool explained;
	const char *what;
	const char *next, *info_next;	/* NULL: nothing */
};

extern const struct ofl_finding_row ofl_finding_rows[OFL_NR_FINDINGS];

/**
 * ofl_finding_severity() - of a finding here
 * @explained: in  something explains it; a row may not care
 */
enum ofl_severity ofl_finding_severity(enum ofl_finding_id id, bool explained);

/** ofl_finding_do() - what a person can do about it; NULL: it says so itself */
const char *ofl_finding_do(const struct ofl_finding_row *row,
			   enum ofl_severity severity);

#endif
