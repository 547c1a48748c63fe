/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sink.h - what a scan hands out, and to which calls
 *
 * Depends on page.h, section.h and image.h. Each page is offline, not offline,
 * or unknown; there is no fourth answer and no default.
 */
#ifndef OFL_SINK_H
#define OFL_SINK_H

#include "kernel/page.h"
#include "kernel/section.h"
#include "scan/image.h"

/** struct ofl_hole - neighbouring unknown pages of one section */
struct ofl_hole {
	uint64_t start_pfn;
	uint64_t pages;
	enum ofl_unknown why;
};

/**
 * struct ofl_sum_ops - what known() adds up, where another process may call it
 *
 * known() and span() are called in a copy of the process, then take(); add() is
 * called with what it gave in the process that calls offline() and unknown(),
 * behind those of the section. What known() meets does not matter to them.
 */
struct ofl_sum_ops {
	size_t bytes;		/* 0: known() is called in this process */
	uint64_t sections;	/* that have to be seen together: one block's */
	/** take - @part: out  what was added up since the last one */
	void (*take)(void *arg, void *part);
	/** add - @part: in  of take(), for a section */
	enum ofl_status (*add)(void *arg, const struct ofl_section *s,
			       const void *part);
	/** resume - known() is called for what follows the last add() */
	void (*resume)(void *arg);
};

/**
 * struct ofl_sink - calls that get what a scan finds
 *
 * All are called in ascending pfn order. A status other than OFL_OK ends the
 * scan and is returned by it. Arguments are valid during the call only.
 */
struct ofl_sink {
	/**
	 * known - pages of an online section that are not offline
	 * @pages:   1, or those of a free block or a compound page from @p on,
	 *           of which span() allowed so many
	 * @raw:     the struct page of @p
	 * @raw_end: memmap was read up to here: to the end of the page that the
	 *           first tail of a compound page lies in, at least
	 *
	 * Shape: NULL is much faster.
	 */
	enum ofl_status (*known)(void *arg, const struct ofl_section *s,
				 const struct ofl_page *p, uint64_t pages,
				 const unsigned char *raw,
				 const unsigned char *raw_end);
	/**
	 * span - how many of @pages pages may known() get at once?
	 *
	 * Shape: at least 1. They are from @p on in one free block or compound
	 *        page. NULL: every page is looked at, and so is the memmap that
	 *        follows it.
	 */
	uint64_t (*span)(void *arg, const struct ofl_section *s,
			 const struct ofl_page *p, uint64_t pages);
	/**
	 * same - to how many of @most pages behind @p does the last answer of
	 *        known() apply, too? They are taken as if it had been called.
	 * @p:   the page that known() got last, alone
	 * @raw: its struct page; those of the others follow, and were read
	 *
	 * Shape: they have the zone of @p, and none is PageOffline or unknown.
	 *        NULL: known() is called for each.
	 */
	uint64_t (*same)(void *arg, const struct ofl_section *s,
			 const struct ofl_page *p, const unsigned char *raw,
			 uint64_t most);
	/**
	 * offline - PageOffline pages; stale if their section is not online
	 * @p:     the first of them; the others are like it but for their pfn
	 * @pages: how many, all of section @s
	 */
	enum ofl_status (*offline)(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages);
	/** unknown - pages of online sections that nothing is known of */
	enum ofl_status (*unknown)(void *arg, const struct ofl_section *s,
				   const struct ofl_hole *h);
	/** done - nothing more comes of a section of the filter */
	enum ofl_status (*done)(void *arg, const struct ofl_section *s);
	struct ofl_sum_ops sum;
	void *arg;
};

/** struct ofl_sinks - all sinks of a scan; borrowed */
struct ofl_sinks {
	const struct ofl_sink *sink;	/* may be NULL with nr 0 */
	size_t nr;
};

/**
 * ofl_sinks_summing() - the sink whose known() other processes may call
 *
 * Shape:  NULL: none has known(), or not only that one.
 */
const struct ofl_sink *ofl_sinks_summing(const struct ofl_sinks *sinks);

#endif
