/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * room.h - memory that zones could give to pages that migrate
 *
 * Depends on node.h (late facts).
 */
#ifndef OFL_ROOM_H
#define OFL_ROOM_H

#include "kernel/node.h"

#define OFL_ROOM_ORDERS		16	/* of free lists; NR_PAGE_ORDERS is 11, 14 on arm64 */

/** struct ofl_zone_room - the counters of a zone, in pages */
struct ofl_zone_room {
	const struct ofl_zone *zone;
	int64_t free;			/* NR_FREE_PAGES */
	int64_t min;			/* WMARK_MIN: not below that */
	int64_t reserve;		/* kept from what ZONE_MOVABLE could take */
	int64_t file;			/* on its file LRU lists: may be reclaimed */
	int64_t kernel;			/* the first of its node: what shrinkers may give back */
	int64_t blocks[OFL_ROOM_ORDERS];	/* free blocks of 2^order pages */
	uint64_t present;		/* pages that are online, the allocator's or not */
};

/** struct ofl_room - of all zones */
struct ofl_room {
	struct ofl_zone_room *zone;	/* as ofl_nodes.zone; owned */
	size_t nr;
	int64_t swap;			/* free pages of swap; 0: not known, too */
	bool swap_known;		/* else there is at least the room of zones */
	bool kernel_known;		/* the same, of zone[].kernel */
	bool blocks_known;		/* zone[].blocks are */
	bool known;			/* all counters of zones but present could be read */
	bool present_known;		/* of every zone */
};

/**
 * ofl_room_load() - read the counters; ofl_room_free() also after a failure
 *
 * Errors: OFL_ERR_NOMEM; what cannot be read is not known.
 * Source: include/linux/mmzone.h: struct zone; mm/swapfile.c: nr_swap_pages.
 */
enum ofl_status ofl_room_load(const struct ofl_target *t,
			      const struct ofl_layout *l,
			      const struct ofl_nodes *n, struct ofl_room *room,
			      struct ofl_err *err);
void ofl_room_free(struct ofl_room *room);

/**
 * ofl_room_last() - would a node have no memory without these pages?
 * @maybe: out  that cannot be told: counters could not be read
 *
 * Source: mm/memory_hotplug.c: node_states_check_changes_offline() (5.10, 6.1,
 *         6.12), offline_pages() (7.2).
 */
bool ofl_room_last(const struct ofl_room *room, const struct ofl_layout *l,
		   int node, uint64_t pages, bool *maybe);

/**
 * ofl_room_for() - at most so many pages could be taken in
 * @from:      in  their zone
 * @own_free:  in  pages of the block that NR_FREE_PAGES counts: no place to go to
 * @own_file:  in  pages of the block on file LRU lists: counted elsewhere
 * @any_zone:  in  huge pages are among them, which ZONE_MOVABLE always takes
 *
 * Shape:  free memory above the watermarks, page cache and caches of the kernel
 *         that can be reclaimed, and swap: an upper bound. Other nodes if
 *         there are any with memory, else its own; ZONE_MOVABLE only for pages that come from there.
 * Source: mm/memory_hotplug.c: do_migrate_range(); mm/migrate.c:
 *         alloc_migration_target(); mm/page_alloc.c: __zone_watermark_ok();
 *         mm/vmscan.c: shrink_slab().
 */
int64_t ofl_room_for(const struct ofl_room *room, const struct ofl_layout *l,
		     const struct ofl_zone *from, int64_t own_free,
		     int64_t own_file, bool any_zone);

/**
 * ofl_room_blocks() - so many huge pages of 2^order pages could be taken in as
 * free memory is now, without compaction; -1: not known
 *
 * Shape:  of the same nodes as above, the block's own free memory included.
 * Source: mm/hugetlb.c: alloc_migrate_hugetlb_folio(), htlb_alloc_mask().
 */
int64_t ofl_room_blocks(const struct ofl_room *room, const struct ofl_layout *l,
			const struct ofl_zone *from, unsigned int order);

/**
 * ofl_room_kernel() - free memory that the kernel itself could have on the node
 * of @from; -1: not known
 * @own_free: in  as of ofl_room_for()
 *
 * Source: mm/hugetlb_vmemmap.c: alloc_vmemmap_page_list(); with __GFP_THISNODE in
 *         v6.1, of v6.12 and v7.3 other nodes may help, and are not counted.
 */
int64_t ofl_room_kernel(const struct ofl_room *room, const struct ofl_layout *l,
			const struct ofl_zone *from, int64_t own_free);

/** ofl_room_elsewhere() - has any node but that of @from memory? */
bool ofl_room_elsewhere(const struct ofl_room *room, const struct ofl_layout *l,
			const struct ofl_zone *from);

#endif
