/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * records.h - what was found, compared with what the drivers' records say
 *
 * Depends on classify.h, next.h and scan.h. Pages are added up by device while a scan
 * runs; at its end each device is compared: the difference between its
 * counters and the pages that are there, and what explains it.
 */
#ifndef OFL_RECORDS_H
#define OFL_RECORDS_H

#include "judge/classify.h"
#include "scan/scan.h"
#include "target/text.h"

/** struct ofl_found - pages of one device */
struct ofl_found {
	uint64_t pages;
	uint64_t isolated;	/* of them, taken off the list for migration */
	uint64_t outcome[OFL_NR_OUTCOMES];
	enum ofl_outcome worst;	/* of them, if there are pages */
	const char *next;	/* what to do about these, of ofl_page_next(); or NULL */
	unsigned int evidence;	/* bit (1 << enum ofl_evidence) */
	enum { OFL_BUSY_NOT_ASKED, OFL_BUSY_NO, OFL_BUSY } busy;
};

/** struct ofl_device_records - one device, the orphans, or pages of unknown owner */
struct ofl_device_records {
	const struct ofl_owner_ops *owner;	/* NULL: orphans, or unknown */
	bool blind;		/* without owner: not all drivers could be asked */
	unsigned int device;
	struct ofl_device dev;
	struct ofl_account account;	/* the difference is a complaint, too */
	struct ofl_found found;
	bool compared;		/* the two below hold */
	int64_t difference;	/* found minus expected */
	char explained[120];	/* why; "" when there is nothing to explain */
	enum ofl_severity severity;	/* of the difference */
};

/** struct ofl_records - all of them */
struct ofl_records {
	const struct ofl_env *env;
	const struct ofl_owners *owners;
	struct ofl_found_list {
		struct ofl_found *dev;		/* owned */
		unsigned int nr;
	} found[OFL_MAX_OWNERS];	/* by owner and device; that many or fewer */
	struct ofl_found orphans;
	struct ofl_found in_flight;	/* a balloon at work may have them */
	uint64_t unclaimed;	/* of them, that no driver claims otherwise */
	struct ofl_found unknown;	/* without owner, but no orphans: */
	const char *why_unknown;	/* why, of the first of them */
	const char *why_in_flight;	/* why, of the last of them */
	const char *why_unsure;		/* as ofl_claim.unsure or untold, of the last */
	bool uncounted;			/* balloon pages, and no counter of them */
	bool no_memory;		/* for what was found: ofl_records_close() fails */
	uint64_t undecided;	/* pages that come to OFL_OUT_UNKNOWN */
	bool audited;		/* in: what is wrong with single pages is told elsewhere */
	uint64_t rivals, rival_pfn;	/* pages that two drivers prove theirs */
	/* after ofl_records_close(): */
	struct ofl_device_records *device;	/* owned */
	size_t nr;
	struct ofl_account kernel;	/* the kernel's own counters */
	uint64_t dropped;	/* ofl_account.dropped of all accounts */
};

/** ofl_records_open() - ofl_records_free() also after a failure */
enum ofl_status ofl_records_open(struct ofl_records *b,
				 const struct ofl_env *env,
				 const struct ofl_owners *owners,
				 struct ofl_err *err);
void ofl_records_free(struct ofl_records *b);

/**
 * ofl_records_add() - PageOffline pages of an online section
 * @pages: in  like the one that @c is of, which is the first
 */
void ofl_records_add(struct ofl_records *b, const struct ofl_classified *c,
		     uint64_t pages);

/** ofl_records_busy() - has the claim's device a reason to be inconsistent? */
bool ofl_records_busy(struct ofl_records *b, const struct ofl_claim *claim);

/**
 * ofl_records_found() - what was found of a device
 *
 * Errors: NULL if there is no memory, and ofl_records_close() will fail.
 */
struct ofl_found *ofl_records_found(struct ofl_records *b,
				    const struct ofl_owner_ops *owner,
				    unsigned int device);

/** ofl_records_owner() - index of a claim's owner in ofl_owner_table, or above */
size_t ofl_records_owner(const struct ofl_claim *claim);
#define OFL_RECORDS_ORPHAN	OFL_MAX_OWNERS
#define OFL_RECORDS_UNKNOWN	(OFL_MAX_OWNERS + 1)
#define OFL_RECORDS_OWNERS	(OFL_MAX_OWNERS + 2)

/**
 * ofl_records_close() - hold it all together
 * @whole: in  all pages were looked at; if not, nothing is compared
 * @r:     in  of the scan
 *
 * Errors: OFL_ERR_NOMEM.
 */
enum ofl_status ofl_records_close(struct ofl_records *b, bool whole,
				  const struct ofl_scan_result *r,
				  struct ofl_err *err);

/**
 * ofl_records_shortfall() - what the result lacks because of our own limits
 * @text: inout  a line to go on with
 *
 * Shape:  after ofl_records_close().
 * Errors: false, and nothing appended, if nothing was dropped.
 */
bool ofl_records_shortfall(const struct ofl_records *b, struct ofl_text *text);

/** ofl_severity_text() - none, info, warning, error */
const char *ofl_severity_text(enum ofl_severity severity);

/** ofl_severity_compare() - > 0: @a is worse than @b, 0: they are the same */
int ofl_severity_compare(enum ofl_severity a, enum ofl_severity b);

#endif
