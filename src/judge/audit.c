// SPDX-License-Identifier: GPL-2.0-or-later
/* audit.c - each page compared with its driver's records */
#include <string.h>

#include "judge/audit.h"
#include "judge/rule.h"

void ofl_audit_init(struct ofl_audit *a, struct ofl_records *records)
{
	memset(a, 0, sizeof(*a));
	a->records = records;
	a->dirty = ofl_pageflag_mask(records->env->l, "dirty");
}

/* the device is asked only where its answer matters */
static const struct ofl_finding_row *tell(struct ofl_audit *a,
					  enum ofl_finding_id id,
					  const struct ofl_claim *claim,
					  enum ofl_severity *severity)
{
	bool busy = ofl_finding_rows[id].explained &&
		    ofl_records_busy(a->records, claim);

	*severity = ofl_finding_severity(id, busy);
	return &ofl_finding_rows[id];
}

/* are the pages of the unit marked alike so far? */
static bool is_mixed(struct ofl_audit *a, const struct ofl_classified *c)
{
	bool dirty = c->flags & a->dirty;

	if (!c->claim.unit_pages || c->claim.evidence != OFL_EV_BITMAP)
		return false;
	if (a->owner != c->claim.owner || a->unit_pfn != c->claim.unit_pfn) {
		a->owner = c->claim.owner;
		a->unit_pfn = c->claim.unit_pfn;
		a->unit_dirty = dirty;
	}
	return dirty != a->unit_dirty;
}

enum ofl_severity ofl_audit_rule(const struct ofl_classified *c)
{
	/* whose it is, and whether that leaves them so, is not known */
	if (c->kind == OFL_KIND_OFFLINE_RESERVED && c->claim.blind)
		return OFL_SEV_INFO;
	if (c->kind == OFL_KIND_OFFLINE_RESERVED && c->claim.owner &&
	    c->claim.owner->leaves_reserved && !c->claim.rival &&
	    !c->claim.stray)
		return OFL_SEV_NONE;
	return ofl_rule_rows[c->kind].severity;
}

const struct ofl_finding_row *ofl_audit_offline(struct ofl_audit *a,
						const struct ofl_classified *c,
						enum ofl_severity *severity)
{
	bool mixed = is_mixed(a, c);

	*severity = OFL_SEV_NONE;
	if (c->claim.rival)
		return tell(a, OFL_FINDING_TWICE, &c->claim, severity);
	if (!c->claim.owner)
		return tell(a, c->claim.in_flight ? OFL_FINDING_IN_FLIGHT :
			    c->claim.blind ? OFL_FINDING_NOT_KNOWN : OFL_FINDING_ORPHAN,
			    &c->claim, severity);
	if (c->claim.stray)
		return tell(a, OFL_FINDING_STRAY, &c->claim, severity);
	if (c->kind == OFL_KIND_OFFLINE_PLUGGED ||
	    c->kind == OFL_KIND_OFFLINE_PLUGGED_BUSY)
		return tell(a, OFL_FINDING_PLUGGED, &c->claim, severity);
	if (c->kind == OFL_KIND_OFFLINE_UNLISTED)
		return tell(a, OFL_FINDING_NOT_LISTED, &c->claim, severity);
	return mixed ? tell(a, OFL_FINDING_MIXED, &c->claim, severity) : NULL;
}

const struct ofl_finding_row *ofl_audit_other(struct ofl_audit *a,
					      struct ofl_classified *c,
					      enum ofl_severity *severity)
{
	*severity = OFL_SEV_NONE;
	if (!ofl_owners_expect(a->records->owners, c->pfn, &c->claim))
		return NULL;
	return tell(a, OFL_FINDING_MISSING, &c->claim, severity);
}
