/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * claim.h - what an owner says of one page
 *
 * Depends on nothing but the C library: owners give claims, the judge weighs
 * them, and neither needs the other to read one.
 */
#ifndef OFL_CLAIM_H
#define OFL_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

struct ofl_owner_ops;

/** enum ofl_mgo - what the owner's MEM_GOING_OFFLINE notifier would do */
enum ofl_mgo {
	OFL_MGO_NONE,		/* no notifier cares about this page */
	OFL_MGO_UNKNOWN,	/* no owner, and not all could be asked */
	OFL_MGO_DROPS,		/* takes one reference away */
	OFL_MGO_KEEPS,		/* the owner says the page is in use: plugged */
	OFL_MGO_REFUSES,	/* vetoes: the device is being removed */
	OFL_MGO_ASSUMED,	/* drops, by all that is known, but there are no records */
};

/* SEVERITY(id, rank, text): the worst has the highest rank */
#define OFL_SEVERITIES(SEVERITY)					       \
	SEVERITY(NONE, 0, "none")					       \
	/* explained: by something in flight, or by what the dump lacks */     \
	SEVERITY(INFO, 1, "info")					       \
	/* will block, or leak */					       \
	SEVERITY(WARNING, 2, "warning")					       \
	/* the kernel would corrupt something or BUG */			       \
	SEVERITY(ERROR, 3, "error")

/** enum ofl_severity - of what is said against a page or a device */
enum ofl_severity {
#define SEVERITY(id, rank, text) OFL_SEV_##id,
	OFL_SEVERITIES(SEVERITY)
#undef SEVERITY
	OFL_NR_SEVERITIES
};

/** enum ofl_evidence - how an owner knows that it has a page */
enum ofl_evidence {
	OFL_EV_NONE,
	OFL_EV_BITMAP,		/* the driver's records name the very page */
	OFL_EV_RANGE,		/* inside of a region that only this driver has */
	OFL_EV_LIST,		/* on the driver's list */
	OFL_EV_POINTER,		/* struct page points back to the device */
	OFL_EV_COUNTER,		/* no other driver claims it, the counter fits */
	OFL_NR_EVIDENCE
};

/** ofl_evidence_text() - bitmap, range, list, back-pointer, counter */
const char *ofl_evidence_text(enum ofl_evidence evidence);

/** struct ofl_claim - an owner's answer about one page */
struct ofl_claim {
	const struct ofl_owner_ops *owner;	/* NULL: none, an orphan */
	const struct ofl_owner_ops *rival;	/* has proof as well */
	unsigned int device;			/* index at this owner */
	enum ofl_evidence evidence;
	enum ofl_mgo mgo;
	/* the driver gives pages back in such units; 0 pages: one by one */
	uint64_t unit_pfn, unit_pages;
	bool unit_tail;		/* shares the reference of the unit's first page */
	bool stray;		/* in its range, and not in its records */
	bool list_cut;		/* the list that may have it was not walked to its end */
	bool in_flight;		/* owner NULL, blind: a balloon at work may have it */
	bool deviceless;	/* owner NULL, blind: and it points to no device */
	/*
	 * It may as well be another driver's: one that has proof is preferred
	 * and is no rival, and nothing is claimed so while one cannot be asked.
	 * Owner NULL: a driver would claim it so.
	 */
	bool weak;
	/*
	 * All pages up to here that are like the one asked for but for their
	 * pfn have the same answer, "not mine" included; up to its own pfn, or
	 * 0: nothing is known of others.
	 */
	uint64_t end_pfn;
	/* owner of last resort: why it may be one that could not be asked */
	const char *unsure;
	const char *blind;	/* owner NULL: why not all drivers could be asked */
};

#endif
