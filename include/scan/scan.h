/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan.h - one pass over the memmap, feeding whoever listens
 *
 * Depends on section.h, block.h, node.h and filter.h. Each page is offline, not
 * offline, or unknown; there is no fourth answer and no default.
 */
#ifndef OFL_SCAN_H
#define OFL_SCAN_H

#include "kernel/block.h"
#include "scan/filter.h"
#include "scan/image.h"
#include "kernel/node.h"
#include "kernel/section.h"

/** struct ofl_page - one struct page, decoded */
struct ofl_page {
	uint64_t pfn;
	uint64_t flags;		/* raw page->flags */
	uint32_t type;		/* raw page_type */
	int32_t refcount;
	const struct ofl_zone *zone;	/* NULL only if the section is not online */
	/* of offline pages only */
	uint64_t private;	/* balloon core: its balloon_dev_info */
	bool movable_ops;	/* ofl_page_movable_ops() */
};

/** ofl_page_alike() - does all that is said of an offline page fit both? */
static inline bool ofl_page_alike(const struct ofl_page *a,
				  const struct ofl_page *b)
{
	return a->flags == b->flags && a->type == b->type &&
	       a->refcount == b->refcount && a->private == b->private &&
	       a->movable_ops == b->movable_ops;
}

/** struct ofl_hole - neighbouring unknown pages of one section */
struct ofl_hole {
	uint64_t start_pfn;
	uint64_t pages;
	enum ofl_unknown why;
};

/**
 * struct ofl_sink - a listener
 *
 * Both are called in ascending pfn order. A status other than OFL_OK ends the
 * scan and is returned by it. Arguments are valid during the call only.
 */
struct ofl_sink {
	/**
	 * known - any page of an online section whose struct page was read
	 * @raw: the struct page; @raw_end: memmap was read up to here, so that
	 *       the first tail of a compound page can be looked at
	 *
	 * Shape: comes before offline() for the same page; NULL is much faster.
	 */
	enum ofl_status (*known)(void *arg, const struct ofl_section *s,
				 const struct ofl_page *p,
				 const unsigned char *raw,
				 const unsigned char *raw_end, bool offline);
	/**
	 * offline - PageOffline pages; stale if their section is not online
	 * @p:     the first of them; the others are like it but for their pfn
	 * @pages: how many, all of section @s; 1 if the sink has known()
	 */
	enum ofl_status (*offline)(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages);
	/** unknown - pages of online sections that nothing is known of */
	enum ofl_status (*unknown)(void *arg, const struct ofl_section *s,
				   const struct ofl_hole *h);
	void *arg;
};

/** struct ofl_count - pages by what they are */
struct ofl_count {
	uint64_t scanned;	/* all pages looked at; unknown ones in totals only */
	uint64_t offline;
	uint64_t unknown;	/* totals only: an unknown page names no zone */
};

/** struct ofl_scan_result - totals of a pass */
struct ofl_scan_result {
	struct ofl_count total;		/* online sections */
	struct ofl_count *zone;		/* one for each ofl_nodes.zone; owned */
	uint64_t unknown[OFL_NR_UNKNOWN];
	uint64_t stale;			/* offline, in sections not online */
	uint64_t stale_unread;		/* pages there that cannot be read */
	uint64_t no_zone;		/* reserved hole pages that name no zone */
	uint64_t device;		/* ZONE_DEVICE pages, not looked at */
	struct ofl_section_stats sections;
	struct ofl_block_totals blocks;	/* held against the sections */
	uint64_t hidden;		/* offline inside of a free or compound page */
	uint64_t hidden_pfn;		/* the first of them */
	uint64_t memmap_pages;		/* pages of the memmap that were read */
	uint64_t sections_wanted;	/* of the filter */
	uint64_t sections_done;
	uint64_t sections_recalled;	/* of those: not read, see recall.h */
	bool interrupted;
};

struct ofl_recall;

/** struct ofl_scan_request - what a caller wants of a scan */
struct ofl_scan_request {
	const struct ofl_filter *filter;
	bool every_page;		/* pass over nothing, whatever it seems */
	unsigned int workers;		/* processes; 0: as many as pay */
	struct ofl_recall *recall;	/* of this dump; NULL: read all of it */
};

/**
 * ofl_scan() - walk the memmap once
 * @req:   in
 * @sinks: in   may be NULL with @nr_sinks 0
 * @r:     out  overwritten; ofl_scan_result_free() also after a failure;
 *              after an interrupt or an output error it holds what was done
 *
 * Shape:  a section that @req->recall knows is not read, unless @req->every_page
 *         or a sink has known(). Free blocks and compound pages are passed over
 *         as a whole unless the same; then what passing over would have
 *         missed is counted in @r->hidden.
 * Memory: 2 MiB and a count for each zone, whatever the size of the machine.
 * Errors: OFL_ERR_NOMEM, or what a sink returned. An interrupt is no error:
 *         @r->interrupted. Unreadable memory is no error: unknown pages.
 * Source: mm/memory_hotplug.c: pfn_to_online_page().
 */
enum ofl_status ofl_scan(const struct ofl_target *t, const struct ofl_layout *l,
			 const struct ofl_nodes *n,
			 const struct ofl_scan_request *req,
			 const struct ofl_sink *sinks, size_t nr_sinks,
			 struct ofl_scan_result *r, struct ofl_err *err);

/** ofl_scan_result_add() - add what was counted elsewhere, sections aside */
void ofl_scan_result_add(struct ofl_scan_result *to,
			 const struct ofl_scan_result *from, size_t nr_zones);

/** ofl_scan_result_free() - give back what ofl_scan() took; twice is fine */
void ofl_scan_result_free(struct ofl_scan_result *r);

#endif
