// SPDX-License-Identifier: GPL-2.0-or-later
/* contig.c - what alloc_contig_range() makes of a page, by its kind */
#include "judge/contig.h"
#include "judge/hugetlb.h"

/*
 * CONTIG(kind, outcome in ZONE_MOVABLE, outcome elsewhere)
 *
 * has_unmovable_pages() looks at all but reserved pages only outside of
 * ZONE_MOVABLE; there they fail when they are to be migrated or tested.
 */
#define CONTIGS(CONTIG)							       \
	CONTIG(FREE, OFFLINABLE, OFFLINABLE)				       \
	/* drain_all_pages() */						       \
	CONTIG(PCP, OFFLINABLE, OFFLINABLE)				       \
	/* accepted when isolated, or not: that changed after v6.12 */	       \
	CONTIG(UNACCEPTED, UNKNOWN, UNKNOWN)				       \
	/* passed over with MEMORY_OFFLINE only */			       \
	CONTIG(HWPOISON, BLOCKED, BLOCKED)				       \
	CONTIG(POISONED_REST, BLOCKED, BLOCKED)				       \
	CONTIG(POISONED_REST_UNKNOWN, UNKNOWN, UNKNOWN)			       \
	CONTIG(MEMMAP, BLOCKED, BLOCKED)				       \
	/* these want to be plugged, and are not offline */		       \
	CONTIG(NOT_OFFLINE, UNKNOWN, UNKNOWN)				       \
	CONTIG(NOT_OFFLINE_BUSY, UNKNOWN, UNKNOWN)			       \
	/* PageOffline is passed over with MEMORY_OFFLINE only */	       \
	CONTIG(OFFLINE_SKIP, BLOCKED, BLOCKED)				       \
	CONTIG(OFFLINE_ZERO_REF, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_UNDERFLOW, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_RULE_UNKNOWN, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_OWNER_UNKNOWN, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_DRIVER, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_ASSUMED, BLOCKED, BLOCKED)			       \
	/* isolate_movable_page(), as everywhere */			       \
	CONTIG(OFFLINE_MOVABLE, MIGRATE, MIGRATE)			       \
	CONTIG(OFFLINE_ISOLATED, RETRIES, RETRIES)			       \
	CONTIG(OFFLINE_UNLISTED, UNKNOWN, UNKNOWN)			       \
	CONTIG(OFFLINE_MOVABLE_ZERO, UNKNOWN, UNKNOWN)			       \
	CONTIG(OFFLINE_MOVABLE_HELD, RETRIES, RETRIES)			       \
	CONTIG(OFFLINE_TWICE, UNKNOWN, UNKNOWN)				       \
	CONTIG(OFFLINE_HELD, BLOCKED, BLOCKED)				       \
	CONTIG(OFFLINE_EXTRA_REF, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_PLUGGED, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_PLUGGED_BUSY, UNKNOWN, UNKNOWN)			       \
	CONTIG(OFFLINE_IN_FLIGHT, UNKNOWN, UNKNOWN)			       \
	CONTIG(OFFLINE_REMOVING, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_UNIT_TAIL, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_COMPOUND, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_RESERVED, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_NO_RULE, BLOCKED, BLOCKED)			       \
	CONTIG(OFFLINE_BAD_REF, BLOCKED, BLOCKED)			       \
	CONTIG(RESERVED, BLOCKED, BLOCKED)				       \
	CONTIG(CMA, BLOCKED, BLOCKED)					       \
	/* set_migratetype_isolate(): -EBUSY, as long as it lasts */	       \
	CONTIG(PB_ISOLATED, RETRIES, RETRIES)				       \
	CONTIG(LRU, MIGRATE, MIGRATE)					       \
	/* no PageLRU yet: lru_cache_disable() comes behind the isolation */   \
	CONTIG(LRU_IN_FLIGHT, MIGRATE, RETRIES)				       \
	CONTIG(LRU_LATE, MIGRATE, RETRIES)				       \
	/* migrate_pages(): five rounds, then -EBUSY */			       \
	CONTIG(LRU_HELD, RETRIES, RETRIES)				       \
	CONTIG(LRU_REMOVED, RETRIES, RETRIES)				       \
	CONTIG(LRU_BUFFERS, RETRIES, RETRIES)				       \
	CONTIG(LRU_UNCOUNTED, UNKNOWN, UNKNOWN)				       \
	CONTIG(LRU_NEVER, BLOCKED, BLOCKED)				       \
	CONTIG(LRU_POISONED, BLOCKED, BLOCKED)				       \
	CONTIG(LRU_POISONED_OFF, BLOCKED, BLOCKED)			       \
	/* as LRU_IN_FLIGHT; freed when it is drained */		       \
	CONTIG(BATCH, OFFLINABLE, RETRIES)				       \
	CONTIG(BATCH_LATE, OFFLINABLE, RETRIES)				       \
	CONTIG(BATCH_UNKNOWN, UNKNOWN, UNKNOWN)				       \
	CONTIG(MOVABLE_OPS, MIGRATE, MIGRATE)				       \
	CONTIG(MOVABLE_POISONED, BLOCKED, BLOCKED)			       \
	CONTIG(HUGETLB_UNKNOWN, UNKNOWN, UNKNOWN)			       \
	CONTIG(HUGETLB, MIGRATE, MIGRATE)				       \
	CONTIG(HUGETLB_HELD, RETRIES, RETRIES)				       \
	CONTIG(HUGETLB_KEPT, BLOCKED, BLOCKED)				       \
	CONTIG(HUGETLB_UNCOUNTED, UNKNOWN, UNKNOWN)			       \
	/* the first of its block, which is not the first of its sub-block */  \
	CONTIG(HUGETLB_FIRST, UNKNOWN, UNKNOWN)			       \
	CONTIG(HUGETLB_BESIDE, UNKNOWN, UNKNOWN)			       \
	CONTIG(HUGETLB_SECOND, UNKNOWN, UNKNOWN)			       \
	/* each would take the place of one that was replaced before */	       \
	CONTIG(HUGETLB_SWAPS, UNKNOWN, UNKNOWN)				       \
	CONTIG(HUGETLB_ARCH, UNKNOWN, UNKNOWN)				       \
	CONTIG(HUGETLB_NO_ROOM, BLOCKED, BLOCKED)			       \
	CONTIG(HUGETLB_ROOM_UNKNOWN, UNKNOWN, UNKNOWN)			       \
	CONTIG(HUGETLB_STUCK, BLOCKED, BLOCKED)				       \
	CONTIG(HUGETLB_CROSSES, BLOCKED, BLOCKED)			       \
	CONTIG(HUGETLB_CROSSES_UNKNOWN, BLOCKED, BLOCKED)		       \
	/* alloc_and_dissolve_hugetlb_folio() makes another of each */	       \
	CONTIG(HUGETLB_FREE, MIGRATE, MIGRATE)				       \
	CONTIG(HUGETLB_RESERVED, MIGRATE, MIGRATE)			       \
	CONTIG(HUGETLB_POOL_UNKNOWN, MIGRATE, MIGRATE)			       \
	CONTIG(HUGETLB_OPTIMIZED, UNKNOWN, UNKNOWN)			       \
	CONTIG(HUGETLB_USED_OPTIMIZED, UNKNOWN, UNKNOWN)		       \
	CONTIG(GUARD, MIGRATE, MIGRATE)					       \
	CONTIG(SLAB, BLOCKED, BLOCKED)					       \
	CONTIG(FROZEN, BLOCKED, BLOCKED)				       \
	CONTIG(TYPED, BLOCKED, BLOCKED)					       \
	CONTIG(FRESH, UNKNOWN, UNKNOWN)					       \
	CONTIG(UNTOUCHED, RETRIES, RETRIES)				       \
	CONTIG(KERNEL, BLOCKED, BLOCKED)				       \
	CONTIG(UNTOLD, UNKNOWN, UNKNOWN)				       \
	CONTIG(UNKNOWN, UNKNOWN, UNKNOWN)

static const struct {
	enum ofl_outcome movable, other;
} rows[OFL_NR_KINDS] = {
#define CONTIG(id, movable, other) \
	[OFL_KIND_##id] = { OFL_OUT_##movable, OFL_OUT_##other },
	CONTIGS(CONTIG)
#undef CONTIG
};

/* one row a kind: a second one of a name does not compile, nor does one less */
#define CONTIG(id, movable, other) CONTIG_##id,
enum { CONTIGS(CONTIG) NR_CONTIGS };
#undef CONTIG
_Static_assert((int)NR_CONTIGS == (int)OFL_NR_KINDS,
	       "each kind of page has a row");

/*
 * isolate_or_dissolve_huge_page(): a gigantic page is -ENOMEM, since it would
 * have to be allocated by alloc_contig_range() itself. Before v5.13 huge pages
 * are passed over when pages are isolated, and found when that is tested.
 */
static enum ofl_outcome of_huge(const struct ofl_layout *l,
				const struct ofl_classified *c,
				enum ofl_outcome out)
{
	enum ofl_tri gigantic = ofl_is_gigantic(l, c->order);

	if (gigantic == OFL_YES || ofl_fact_known(l, OFL_F_PAGE_HUGE_ACTIVE))
		return OFL_OUT_BLOCKED;
	if (gigantic == OFL_UNSURE ||
	    !ofl_fact_known(l, OFL_F_REPLACES_HUGE))
		return OFL_OUT_UNKNOWN;
	return out;
}

static bool is_huge(enum ofl_kind kind)
{
	return kind == OFL_KIND_HUGETLB || kind == OFL_KIND_HUGETLB_FREE ||
	       kind == OFL_KIND_HUGETLB_RESERVED ||
	       kind == OFL_KIND_HUGETLB_POOL_UNKNOWN;
}

enum ofl_outcome ofl_contig_outcome(const struct ofl_page_format *f,
				    const struct ofl_classified *c)
{
	enum ofl_outcome out = c->movable_zone ? rows[c->kind].movable :
						 rows[c->kind].other;

	/* moved or not, it is not free afterwards */
	if ((c->flags & f->hwpoison) && out != OFL_OUT_UNKNOWN)
		return OFL_OUT_BLOCKED;
	return is_huge(c->kind) ? of_huge(f->l, c, out) : out;
}
