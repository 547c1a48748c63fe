/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offcheck.h - what a row of offcheck's tables is made of
 *
 * Depends on classify.h, finding.h and rule.h. cmd_offcheck.c fills rows in,
 * offcheck_tables.c has their columns; nothing here reads memory.
 */
#ifndef OFL_OFFCHECK_H
#define OFL_OFFCHECK_H

#include "judge/classify.h"
#include "judge/rule.h"
#include "owners/finding.h"

/** enum ofl_ref_class - what the reference count tells */
enum ofl_ref_class { OFL_REF_NEGATIVE, OFL_REF_0, OFL_REF_1, OFL_REF_MORE };

/** struct ofl_page_class - like pages: a row of the first table */
struct ofl_page_class {
	struct ofl_claim claim;		/* owner and device */
	const char *device;
	enum ofl_ref_class ref;
	enum ofl_kind kind;
	enum ofl_outcome outcome;
	uint64_t pages;
};

/**
 * struct ofl_finding - neighbouring pages that break a rule in the same way, or
 * what is wrong with the records of a device
 */
struct ofl_finding {
	enum ofl_severity severity;
	const struct ofl_finding_row *row;	/* NULL: it is the rule that is broken */
	const char *code, *what;
	const char *next;	/* what a person can do; NULL: nothing is known */
	const char *device;
	bool about_pages;	/* what follows holds; else pages may be 0 */
	uint64_t start_pfn, pages;
	uint64_t page_kva;	/* of the first */
	uint64_t flags;
	int32_t refcount;
	struct ofl_claim claim;
};

/** struct ofl_finding_class - findings of one kind: a row unless all are listed */
struct ofl_finding_class {
	struct ofl_finding first;
	uint64_t ranges, pages;
};

/**
 * ofl_finding_next() - what a person can do about a finding, in one sentence
 *
 * Errors: NULL if there is nothing to do.
 * Memory: a constant text.
 */
const char *ofl_finding_next(const struct ofl_finding *f);

#endif
