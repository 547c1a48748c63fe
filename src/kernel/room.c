// SPDX-License-Identifier: GPL-2.0-or-later
/* room.c - memory that zones could give to pages that migrate */
#include <stdlib.h>
#include <string.h>

#include "kernel/room.h"
#include "target/count.h"

static bool all_known(const struct ofl_layout *l)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_ZONE_STAT, OFL_F_ZONE_WATERMARK, OFL_F_ZONE_RESERVE,
		OFL_F_NR_FREE_PAGES, OFL_F_NR_INACTIVE_FILE,
		OFL_F_NR_ACTIVE_FILE, OFL_F_ZONE_MOVABLE,
	};

	return ofl_facts_known(l, needed, OFL_COUNT(needed));
}

/* a counter of the zone; what CPUs have not added yet is little */
static bool stat(const struct ofl_target *t, const struct ofl_layout *l,
		 uint64_t zone_kva, enum ofl_fact_id item, int64_t *ret)
{
	uint64_t v;

	if (!ofl_read_u64(t, zone_kva + ofl_fact_u64(l, OFL_F_ZONE_STAT) +
			  8 * ofl_fact_u64(l, item), &v))
		return false;
	*ret = (int64_t)v > 0 ? (int64_t)v : 0;
	return true;
}

/* __zone_watermark_ok(), zone_reclaimable_pages() */
static bool read_zone(const struct ofl_target *t, const struct ofl_layout *l,
		      struct ofl_zone_room *z)
{
	uint64_t kva = z->zone->kva, min, reserve;
	int64_t inactive, active;

	if (!stat(t, l, kva, OFL_F_NR_FREE_PAGES, &z->free) ||
	    !stat(t, l, kva, OFL_F_NR_INACTIVE_FILE, &inactive) ||
	    !stat(t, l, kva, OFL_F_NR_ACTIVE_FILE, &active) ||
	    !ofl_fact_read_u64(t, l, kva, OFL_F_ZONE_WATERMARK, &min) ||
	    !ofl_read_u64(t, kva + ofl_fact_u64(l, OFL_F_ZONE_RESERVE) +
			  8 * ofl_fact_u64(l, OFL_F_ZONE_MOVABLE), &reserve))
		return false;
	z->min = (int64_t)min;
	z->reserve = (int64_t)reserve;
	z->file = inactive + active;
	return true;
}

/* a counter of the node; pages, those in bytes as well: mod_node_state() */
static bool node_stat(const struct ofl_target *t, const struct ofl_layout *l,
		      const struct ofl_zone *z, enum ofl_fact_id item,
		      int64_t *ret)
{
	uint64_t pgdat = z->kva - ofl_fact_u64(l, OFL_F_PGDAT_ZONES) -
			 (uint64_t)z->type * ofl_fact_u64(l, OFL_F_ZONE_BYTES);
	uint64_t v;

	if (!ofl_read_u64(t, pgdat + ofl_fact_u64(l, OFL_F_PGDAT_STAT) +
			  8 * ofl_fact_u64(l, item), &v))
		return false;
	*ret += (int64_t)v > 0 ? (int64_t)v : 0;
	return true;
}

/* shrink_slab(): dentries, inodes and what else has a shrinker */
static bool read_caches(const struct ofl_target *t, const struct ofl_layout *l,
			struct ofl_room *room)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_PGDAT_STAT, OFL_F_NR_SLAB_RECLAIMABLE, OFL_F_PGDAT_ZONES,
		OFL_F_ZONE_BYTES,
	};
	bool misc = ofl_fact_known(l, OFL_F_NR_MISC_RECLAIMABLE);
	size_t i;

	if (!ofl_facts_known(l, needed, OFL_COUNT(needed)))
		return false;
	for (i = 0; i < room->nr; i++) {
		struct ofl_zone_room *z = &room->zone[i];

		if (i && z->zone->node == z[-1].zone->node)
			continue;
		if (!node_stat(t, l, z->zone, OFL_F_NR_SLAB_RECLAIMABLE,
			       &z->kernel) ||
		    (misc && !node_stat(t, l, z->zone,
					OFL_F_NR_MISC_RECLAIMABLE, &z->kernel)))
			return false;
	}
	return true;
}

/* free_area[], which __rmqueue_smallest() takes from: for huge pages */
static bool read_blocks(const struct ofl_target *t, const struct ofl_layout *l,
			struct ofl_zone_room *z)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_ZONE_FREE_AREA, OFL_F_FREE_AREA_BYTES, OFL_F_FREE_AREA_NR,
		OFL_F_NR_ORDERS,
	};
	uint64_t at, nr;
	int64_t order;

	if (!ofl_facts_known(l, needed, OFL_COUNT(needed)))
		return false;
	at = z->zone->kva + ofl_fact_u64(l, OFL_F_ZONE_FREE_AREA) +
	     ofl_fact_u64(l, OFL_F_FREE_AREA_NR);
	for (order = 0; order < ofl_fact_value(l, OFL_F_NR_ORDERS, 0) &&
			order < OFL_ROOM_ORDERS; order++) {
		if (!ofl_read_u64(t, at, &nr))
			return false;
		z->blocks[order] = (int64_t)nr > 0 ? (int64_t)nr : 0;
		at += ofl_fact_u64(l, OFL_F_FREE_AREA_BYTES);
	}
	return true;
}

enum ofl_status ofl_room_load(const struct ofl_target *t,
			      const struct ofl_layout *l,
			      const struct ofl_nodes *n, struct ofl_room *room,
			      struct ofl_err *err)
{
	bool counted = all_known(l);
	uint64_t swap = 0;
	size_t i;

	memset(room, 0, sizeof(*room));
	if (n->unreadable ||
	    (!counted && !ofl_fact_known(l, OFL_F_ZONE_PRESENT)))
		return OFL_OK;
	room->swap_known = ofl_fact_known(l, OFL_F_NR_SWAP_PAGES) &&
			   ofl_read_u64(t, ofl_fact_u64(l, OFL_F_NR_SWAP_PAGES),
					&swap);
	room->swap = (int64_t)swap > 0 ? (int64_t)swap : 0;
	room->zone = calloc(n->nr_zones ? n->nr_zones : 1, sizeof(*room->zone));
	if (!room->zone)
		return ofl_fail(err, OFL_ERR_NOMEM,
				"no memory for the counters of zones");
	room->nr = n->nr_zones;
	room->present_known = true;
	for (i = 0; i < room->nr; i++) {
		room->zone[i].zone = &n->zone[i];
		room->zone[i].present = n->zone[i].present_pages;
		room->present_known &= n->zone[i].present_known;
	}
	room->known = counted;
	for (i = 0; i < room->nr && room->known; i++)
		room->known = read_zone(t, l, &room->zone[i]);
	room->kernel_known = room->known && read_caches(t, l, room);
	room->blocks_known = room->known;
	for (i = 0; i < room->nr && room->blocks_known; i++)
		room->blocks_known = read_blocks(t, l, &room->zone[i]);
	return OFL_OK;
}

void ofl_room_free(struct ofl_room *room)
{
	free(room->zone);
	memset(room, 0, sizeof(*room));
}

/* do_migrate_range(): node_clear(), unless no other node is left */
bool ofl_room_elsewhere(const struct ofl_room *room, const struct ofl_layout *l,
			const struct ofl_zone *from)
{
	size_t i;

	for (i = 0; i < room->nr; i++)
		if (room->zone[i].zone->node != from->node &&
		    ofl_zone_has_memory(l, room->zone[i].zone))
			return true;
	return false;
}

/* node_states_check_changes_offline(); offline_pages() in v7.3: pgdat->node_present_pages */
bool ofl_room_last(const struct ofl_room *room, const struct ofl_layout *l,
		   int node, uint64_t pages, bool *maybe)
{
	uint64_t present = 0;
	size_t i;

	*maybe = !room || !room->present_known;
	if (*maybe)
		return false;
	for (i = 0; i < room->nr; i++)
		if (room->zone[i].zone->node == node &&
		    ofl_zone_has_memory(l, room->zone[i].zone))
			present += room->zone[i].present;
	return pages >= present;
}

int64_t ofl_room_for(const struct ofl_room *room, const struct ofl_layout *l,
		     const struct ofl_zone *from, int64_t own_free,
		     int64_t own_file, bool any_zone)
{
	int64_t movable = ofl_fact_value(l, OFL_F_ZONE_MOVABLE, -1);
	bool elsewhere = ofl_room_elsewhere(room, l, from);
	bool to_movable = any_zone || from->type == movable;
	int64_t sum = 0, free_pages;
	bool any = false;
	size_t i;

	for (i = 0; i < room->nr; i++) {
		const struct ofl_zone_room *z = &room->zone[i];

		if (!ofl_zone_has_memory(l, z->zone) ||
		    (z->zone->node == from->node) == elsewhere ||
		    (z->zone->type == movable && !to_movable))
			continue;
		any = true;
		/* __zone_watermark_ok(): lowmem_reserve[] is kept from what could go elsewhere */
		free_pages = z->free - z->min -
			     (to_movable ? z->reserve : 0) -
			     (z->zone == from ? own_free : 0);
		sum += free_pages > 0 ? free_pages : 0;
		sum += z->file + z->kernel;
		if (z->zone == from)
			sum -= own_file < z->file ? own_file : z->file;
	}
	/* what is swapped out makes room in these zones only */
	return any ? sum + room->swap : 0;
}

int64_t ofl_room_kernel(const struct ofl_room *room, const struct ofl_layout *l,
			const struct ofl_zone *from, int64_t own_free)
{
	int64_t movable = ofl_fact_value(l, OFL_F_ZONE_MOVABLE, -1);
	int64_t sum = 0, free_pages;
	size_t i;

	if (!room || !room->known || !from)
		return -1;
	for (i = 0; i < room->nr; i++) {
		const struct ofl_zone_room *z = &room->zone[i];

		free_pages = z->free - z->min - (z->zone == from ? own_free : 0);
		if (z->zone->node == from->node && z->zone->type < movable &&
		    free_pages > 0)
			sum += free_pages;
	}
	return sum;
}

int64_t ofl_room_blocks(const struct ofl_room *room, const struct ofl_layout *l,
			const struct ofl_zone *from, unsigned int order)
{
	bool elsewhere = ofl_room_elsewhere(room, l, from);
	int64_t sum = 0;
	unsigned int o;
	size_t i;

	if (!room->blocks_known)
		return -1;
	for (i = 0; i < room->nr; i++) {
		const struct ofl_zone_room *z = &room->zone[i];

		if (!ofl_zone_has_memory(l, z->zone) ||
		    (z->zone->node == from->node) == elsewhere)
			continue;
		/* expand(): a larger block is split */
		for (o = order; o < OFL_ROOM_ORDERS; o++)
			sum += z->blocks[o] << (o - order);
	}
	return sum;
}
