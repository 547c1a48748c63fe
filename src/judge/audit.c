// SPDX-License-Identifier: GPL-2.0-or-later
/* audit.c - what the books say of each page */
#include <string.h>

#include "judge/audit.h"

enum audit {
	AUDIT_TWICE, AUDIT_STRAY, AUDIT_MISSING, AUDIT_NOT_LISTED, AUDIT_MIXED, AUDIT_PLUGGED,
	AUDIT_ORPHAN, AUDIT_IN_FLIGHT, AUDIT_NOT_KNOWN,
};

static const struct ofl_audit_row rows[] = {
	[AUDIT_TWICE] = { OFL_SEV_ERROR, false, "claimed-twice",
		"in the books of two drivers" },
	[AUDIT_STRAY] = { OFL_SEV_WARNING, true, "outside-books",
		"in the device's region, but beyond what its driver's books cover" },
	[AUDIT_MISSING] = { OFL_SEV_ERROR, true, "unplugged-not-offline",
		"given back by its driver's books, but not offline: going offline would take a reference that is not the driver's" },
	[AUDIT_NOT_LISTED] = { OFL_SEV_WARNING, true, "not-listed",
		"points to a balloon that does not list it" },
	[AUDIT_MIXED] = { OFL_SEV_WARNING, true, "mixed-never-onlined",
		"PG_dirty, the mark of never onlined pages, differs inside of one unit" },
	/* the rule has a word for it; this one knows what is in flight */
	[AUDIT_PLUGGED] = { OFL_SEV_WARNING, true, "offline-plugged",
		"offline, but its driver's books say plugged" },
	[AUDIT_ORPHAN] = { OFL_SEV_WARNING, false, "orphan",
		"in no driver's books: its owner is gone" },
	[AUDIT_IN_FLIGHT] = { OFL_SEV_INFO, false, "in-flight",
		"in no driver's books, while one takes or gives back pages" },
	[AUDIT_NOT_KNOWN] = { OFL_SEV_INFO, false, "owner-unknown",
		"in no books that could be read; not all could" },
};

void ofl_audit_init(struct ofl_audit *a, struct ofl_books *books)
{
	memset(a, 0, sizeof(*a));
	a->books = books;
	a->dirty = ofl_pageflag_mask(books->env->l, "dirty");
}

static const struct ofl_audit_row *tell(struct ofl_audit *a, enum audit id,
					const struct ofl_claim *claim,
					enum ofl_severity *severity)
{
	*severity = rows[id].severity;
	if (rows[id].transient && ofl_books_busy(a->books, claim))
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

const struct ofl_audit_row *ofl_audit_offline(struct ofl_audit *a,
					      const struct ofl_classified *c,
					      enum ofl_severity *severity)
{
	bool mixed = is_mixed(a, c);

	*severity = OFL_SEV_NONE;
	if (c->claim.rival)
		return tell(a, AUDIT_TWICE, &c->claim, severity);
	if (!c->claim.owner)
		return tell(a, c->claim.blind ? AUDIT_NOT_KNOWN :
			    ofl_books_in_flight(a->books) ? AUDIT_IN_FLIGHT :
			    AUDIT_ORPHAN, &c->claim, severity);
	if (c->claim.stray)
		return tell(a, AUDIT_STRAY, &c->claim, severity);
	if (c->kind == OFL_KIND_OFFLINE_PLUGGED)
		return tell(a, AUDIT_PLUGGED, &c->claim, severity);
	if (c->kind == OFL_KIND_OFFLINE_MOVABLE &&
	    c->claim.evidence == OFL_EV_POINTER)
		return tell(a, AUDIT_NOT_LISTED, &c->claim, severity);
	return mixed ? tell(a, AUDIT_MIXED, &c->claim, severity) : NULL;
}

const struct ofl_audit_row *ofl_audit_other(struct ofl_audit *a,
					    struct ofl_classified *c,
					    enum ofl_severity *severity)
{
	*severity = OFL_SEV_NONE;
	if (!ofl_owners_expect(a->books->owners, c->pfn, &c->claim))
		return NULL;
	return tell(a, AUDIT_MISSING, &c->claim, severity);
}
