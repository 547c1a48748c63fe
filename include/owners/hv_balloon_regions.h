/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hv_balloon_regions.h - what Hyper-V's driver has written down
 *
 * Depends on single.h. Its counters, and its hot-added regions with the parts
 * that the host does not back.
 *
 * Source: drivers/hv/hv_balloon.c: struct hv_dynmem_device, hv_hotadd_state,
 * hv_hotadd_gap.
 */
#ifndef OFL_HV_BALLOON_REGIONS_H
#define OFL_HV_BALLOON_REGIONS_H

#include "owners/single.h"

#define OFL_HV_FIELDS	15	/* members of the driver's structs that are read */

/** struct ofl_hv_span - [start, end) in pfns */
struct ofl_hv_span {
	uint64_t start, end;
};

/** struct ofl_hv_region - a hot-added region */
struct ofl_hv_region {
	struct ofl_hv_span all;	/* up to where memory was added */
	struct ofl_hv_span covered;	/* backed by the host, but for gaps */
	struct ofl_hv_span *gap;	/* owned */
	size_t nr_gaps;
	uint64_t end_pfn;	/* of the region that the host announced */
};

/** struct ofl_hv - the driver in this dump */
struct ofl_hv {
	const struct ofl_env *env;
	struct ofl_single one;
	struct ofl_place at[OFL_HV_FIELDS];
	bool broken;
	bool unread;		/* because the dump does not have it */
	bool counted;		/* all four of these could be read */
	uint64_t broken_kva;
	int64_t busy[3];	/* values of state while at work */
	uint64_t ballooned, onlined, added, dm_state;
	struct ofl_hv_region *region;	/* owned */
	size_t nr, nr_gaps;
	bool overlap;		/* of two regions, announced and added */
	size_t overlaps[2];
};

/** struct ofl_hv_opinions - what the regions that have a page say of it */
struct ofl_hv_opinions {
	bool added, backed, unbacked;
};

/** ofl_hv_inside() - does a span have this page? */
static inline bool ofl_hv_inside(const struct ofl_hv_span *s, uint64_t pfn)
{
	return pfn >= s->start && pfn < s->end;
}

/** ofl_hv_overlap() - pages that are in both */
static inline uint64_t ofl_hv_overlap(const struct ofl_hv_span *a,
				      const struct ofl_hv_span *b)
{
	uint64_t start = a->start > b->start ? a->start : b->start;
	uint64_t end = a->end < b->end ? a->end : b->end;

	return start < end ? end - start : 0;
}

/** ofl_hv_announced() - all that the host announced of a region */
static inline struct ofl_hv_span ofl_hv_announced(const struct ofl_hv_region *r)
{
	return (struct ofl_hv_span){ r->all.start, r->end_pfn };
}

/**
 * ofl_hv_find() - is the driver there, and where are its members?
 * @one: out
 *
 * Errors: false: it is not in this dump.
 */
bool ofl_hv_find(const struct ofl_env *env, struct ofl_single *one);

/**
 * ofl_hv_read() - read counters and regions
 * @st: in/out  .env and .one are set, all else is zeros
 *
 * Memory: st->region and the gaps of each, until ofl_hv_forget().
 * Errors: what cannot be read or is damaged is told by .broken and .unread;
 *         nothing is read if the members are not known.
 */
void ofl_hv_read(struct ofl_hv *st);
void ofl_hv_forget(struct ofl_hv *st);

/** ofl_hv_opinions_on() - what all regions say of a page */
struct ofl_hv_opinions ofl_hv_opinions_on(const struct ofl_hv *st, uint64_t pfn);

/** ofl_hv_opinions_end() - the pfn up to where they say the same */
uint64_t ofl_hv_opinions_end(const struct ofl_hv *st, uint64_t pfn);

/** ofl_hv_account() - ofl_owner_ops.account(), in hv_balloon_account.c */
void ofl_hv_account(const void *state, unsigned int device,
		    struct ofl_account *a);

/** ofl_hv_at_work() - ofl_owner_ops.at_work(), likewise */
const char *ofl_hv_at_work(const void *state, unsigned int device);

#endif
