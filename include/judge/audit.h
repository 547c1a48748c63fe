/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit.h - pages compared with the records of their drivers
 *
 * Depends on records.h. Pages must come in ascending order.
 */
#ifndef OFL_AUDIT_H
#define OFL_AUDIT_H

#include "judge/records.h"

/** struct ofl_audit - state of one pass */
struct ofl_audit {
	struct ofl_records *records;
	uint64_t dirty;		/* mask of PG_dirty */
	/* the unit in work, and how its first page is marked */
	const struct ofl_owner_ops *owner;
	uint64_t unit_pfn;
	bool unit_dirty;
};

/** ofl_audit_init() - begin a pass */
void ofl_audit_init(struct ofl_audit *a, struct ofl_records *records);

/**
 * ofl_audit_rule() - severity of what the rule says of an offline page
 *
 * Shape:  none where the owner claims the page as one that it leaves reserved:
 *         that blocks, and yet nothing is wrong.
 */
enum ofl_severity ofl_audit_rule(const struct ofl_classified *c);

/**
 * ofl_audit_offline() - a PageOffline page of an online section
 * @severity: out  of the row, milder if it is explained
 *
 * Shape:  NULL: nothing to say.
 */
const struct ofl_finding_row *ofl_audit_offline(struct ofl_audit *a,
						const struct ofl_classified *c,
						enum ofl_severity *severity);

/**
 * ofl_audit_other() - any other page of an online section
 * @c: inout  claim: of the driver whose records want it PageOffline
 */
const struct ofl_finding_row *ofl_audit_other(struct ofl_audit *a,
					      struct ofl_classified *c,
					      enum ofl_severity *severity);

#endif
