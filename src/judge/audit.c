// SPDX-License-Identifier: GPL-2.0-or-later
/* audit.c - each page compared with its driver's records */
#include <string.h>

#include "judge/audit.h"
#include "judge/rule.h"

/*
 * AUDIT(id, severity, transient, code, what): as in struct ofl_audit_row; a row
 * that lacks one of them does not compile
 */
#define AUDITS(AUDIT)							       \
	AUDIT(TWICE, ERROR, false, "claimed-twice",			       \
	      "in the records of two drivers")				       \
	AUDIT(STRAY, WARNING, true, "outside-records",			       \
	      "in the device's region, but beyond what its records cover") \
	/* virtio_mem_fake_offline_going_offline() does not look */	       \
	AUDIT(MISSING, ERROR, true, "unplugged-not-offline",		       \
	      "unplugged by its driver's records, but not offline: offlining would drop a reference that the driver does not hold") \
	AUDIT(NOT_LISTED, WARNING, true, "not-listed",			       \
	      "points to a balloon that does not list it")		       \
	AUDIT(MIXED, WARNING, true, "mixed-never-onlined",		       \
	      "PG_dirty, which marks pages never onlined, differs within one unit") \
	/* the rule has a word for it; this one knows what is in flight */     \
	AUDIT(PLUGGED, WARNING, true, "offline-plugged",		       \
	      "offline, but plugged by its driver's records")		       \
	AUDIT(ORPHAN, WARNING, false, "orphan",				       \
	      "in no driver's records: its owner is gone")		       \
	AUDIT(IN_FLIGHT, INFO, false, "in-flight",			       \
	      "in no driver's records, while a driver takes or gives back pages")    \
	AUDIT(NOT_KNOWN, INFO, false, "owner-unknown",			       \
	      "in no records that could be read, and some could not")

enum audit {
#define AUDIT(id, severity, transient, code, what) AUDIT_##id,
	AUDITS(AUDIT)
#undef AUDIT
};

static const struct ofl_audit_row rows[] = {
#define AUDIT(id, severity, transient, code, what) \
	[AUDIT_##id] = { OFL_SEV_##severity, transient, code, what },
	AUDITS(AUDIT)
#undef AUDIT
};

void ofl_audit_init(struct ofl_audit *a, struct ofl_records *records)
{
	memset(a, 0, sizeof(*a));
	a->records = records;
	a->dirty = ofl_pageflag_mask(records->env->l, "dirty");
}

static const struct ofl_audit_row *tell(struct ofl_audit *a, enum audit id,
					const struct ofl_claim *claim,
					enum ofl_severity *severity)
{
	*severity = rows[id].severity;
	if (rows[id].transient && ofl_records_busy(a->records, claim))
		*severity = OFL_SEV_INFO;
	return &rows[id];
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

const struct ofl_audit_row *ofl_audit_offline(struct ofl_audit *a,
					      const struct ofl_classified *c,
					      enum ofl_severity *severity)
{
	bool mixed = is_mixed(a, c);

	*severity = OFL_SEV_NONE;
	if (c->claim.rival)
		return tell(a, AUDIT_TWICE, &c->claim, severity);
	if (!c->claim.owner)
		return tell(a, c->claim.in_flight ? AUDIT_IN_FLIGHT :
			    c->claim.blind ? AUDIT_NOT_KNOWN : AUDIT_ORPHAN,
			    &c->claim, severity);
	if (c->claim.stray)
		return tell(a, AUDIT_STRAY, &c->claim, severity);
	if (c->kind == OFL_KIND_OFFLINE_PLUGGED ||
	    c->kind == OFL_KIND_OFFLINE_PLUGGED_BUSY)
		return tell(a, AUDIT_PLUGGED, &c->claim, severity);
	if (c->kind == OFL_KIND_OFFLINE_UNLISTED)
		return tell(a, AUDIT_NOT_LISTED, &c->claim, severity);
	return mixed ? tell(a, AUDIT_MIXED, &c->claim, severity) : NULL;
}

const struct ofl_audit_row *ofl_audit_other(struct ofl_audit *a,
					    struct ofl_classified *c,
					    enum ofl_severity *severity)
{
	*severity = OFL_SEV_NONE;
	if (!ofl_owners_expect(a->records->owners, c->pfn, &c->claim))
		return NULL;
	return tell(a, AUDIT_MISSING, &c->claim, severity);
}
