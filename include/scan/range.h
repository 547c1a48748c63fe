/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * range.h - runs of like pages
 *
 * Depends on sink.h. A run goes on while everything that is shown of it stays
 * the same; what is shown decides what splits. Runs leave one by one, so that
 * memory does not grow with their number.
 */
#ifndef OFL_RANGE_H
#define OFL_RANGE_H

#include "scan/sink.h"

/** attributes that split runs; the kind of page and online always do */
enum {
	OFL_SPLIT_REFCOUNT	= 1u << 0,
	OFL_SPLIT_FLAGS		= 1u << 1,
	OFL_SPLIT_NODE		= 1u << 2,
	OFL_SPLIT_ZONE		= 1u << 3,
	OFL_SPLIT_SECTION	= 1u << 4,
	OFL_SPLIT_OWNER		= 1u << 5,	/* and device */
	OFL_SPLIT_ALL		= (1u << 6) - 1,
};

/** struct ofl_run - neighbouring pages that are alike */
struct ofl_run {
	uint64_t start_pfn;
	uint64_t pages;
	enum ofl_unknown why;	/* OFL_UNKNOWN_NOT: PageOffline pages */
	bool online;		/* false: stale */
	int32_t refcount;	/* of the first page, like the rest below */
	uint64_t flags;		/* page flags only */
	const struct ofl_zone *zone;	/* NULL: not known */
	uint64_t section_nr;
	const char *owner;	/* NULL: not known, or not asked for */
	const char *device;	/* "": it has no name */
};

/** struct ofl_merger - the run being built */
struct ofl_merger {
	const struct ofl_layout *l;
	unsigned int split;
	bool stale;		/* also runs of sections that are not online */
	bool unknown;		/* also runs of unknown pages */
	enum ofl_status (*emit)(void *arg, const struct ofl_run *run);
	/**
	 * identify - fill in owner and device of a page; false: leave it out
	 * @run: in/out  comes with pages like it behind it; leaves with as many
	 *               of them as the answer holds for, at least one
	 *
	 * Shape: NULL: owners are not asked for. Like names must be the same
	 *        pointers.
	 */
	bool (*identify)(void *arg, const struct ofl_section *s,
			 const struct ofl_page *p, struct ofl_run *run);
	void *arg;
	struct ofl_run run;	/* pages == 0: none */
	uint64_t runs;		/* emitted so far */
};

/**
 * ofl_merger_sink() - a sink for ofl_scan() that feeds @m
 *
 * Shape:  runs go to @m->emit in ascending order. After the scan call
 *         ofl_merger_flush() for the last one.
 */
struct ofl_sink ofl_merger_sink(struct ofl_merger *m);

/** ofl_merger_flush() - emit the run being built, if any */
enum ofl_status ofl_merger_flush(struct ofl_merger *m);

#endif
