/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node.h - nodes and zones, and how page->flags names them
 *
 * Depends on layout.h.
 */
#ifndef OFL_NODE_H
#define OFL_NODE_H

#include "layout/layout.h"

#define OFL_MAX_ZONE_TYPES	8	/* ZONES_SHIFT is at most 3 */

/** struct ofl_zone - a zone with memory */
struct ofl_zone {
	int node;
	int type;		/* enum zone_type: index in node_zones[] */
	char name[16];		/* "DMA32", "Normal", "Movable" ... */
	uint64_t kva;		/* struct zone */
	uint64_t start_pfn;
	uint64_t spanned_pages;	/* holes and foreign zones included */
	uint64_t present_pages;	/* online, the allocator's or not; if it is known */
	bool present_known;
};

/**
 * ofl_zone_has_memory() - is memory of it online, which pages could go to?
 *
 * Shape:  where the number of such pages is not known: does the zone span any?
 *         ZONE_DEVICE has none.
 * Source: include/linux/nodemask.h: N_MEMORY, which a node has as long as
 *         pgdat->node_present_pages is not 0: mm/mm_init.c: free_area_init();
 *         mm/memory_hotplug.c: offline_pages(). A zone whose last memory went
 *         offline spans it until that is removed before v5.5.
 */
bool ofl_zone_has_memory(const struct ofl_layout *l, const struct ofl_zone *z);

/** struct ofl_nodes - all zones that span pages, and the decoder */
struct ofl_nodes {
	struct ofl_zone *zone;	/* by node, then type; owned */
	size_t nr_zones;
	uint16_t *zone_index;	/* [node << zone_bits | type]: index + 1, or 0 */
	size_t index_len;
	unsigned int zone_bits, zone_shift;	/* zone type in page->flags */
	unsigned int node_bits, node_shift;	/* node in page->flags */
	bool any_device;	/* ZONE_DEVICE exists */
	int device_type;	/* its zone type */
	unsigned int unreadable;/* nodes whose pglist_data cannot be read */
};

/**
 * ofl_nodes_load() - read node_data[] and derive the page->flags layout
 * @n:   out  overwritten; ofl_nodes_free() also after a failure
 *
 * Shape:  SPARSEMEM_VMEMMAP kernels keep no section in page->flags: the node
 *         is at the very top, the zone type right below. The widths follow
 *         from MAX_NUMNODES and MAX_NR_ZONES.
 * Errors: OFL_ERR_NODATA, OFL_ERR_UNREADABLE, OFL_ERR_NOMEM, OFL_ERR_CORRUPT.
 * Source: include/linux/page-flags-layout.h, mm.h: page_to_nid(),
 *         page_zonenum().
 */
enum ofl_status ofl_nodes_load(const struct ofl_target *t,
			       const struct ofl_layout *l, struct ofl_nodes *n,
			       struct ofl_err *err);

/** ofl_nodes_free() - give back what ofl_nodes_load() took; twice is fine */
void ofl_nodes_free(struct ofl_nodes *n);

/**
 * ofl_zone_of() - the zone that a flags word names
 *
 * Errors: NULL if there is no such zone: the struct page is damaged.
 */
static inline const struct ofl_zone *ofl_zone_of(const struct ofl_nodes *n,
						 uint64_t flags)
{
	/* node and type are neighbours: one shift gets both */
	size_t i = (size_t)(flags >> n->zone_shift);

	if (i >= n->index_len || !n->zone_index[i])
		return NULL;
	return &n->zone[n->zone_index[i] - 1];
}

/** ofl_flags_are_device() - does a flags word name ZONE_DEVICE? */
static inline bool ofl_flags_are_device(const struct ofl_nodes *n,
					uint64_t flags)
{
	return n->any_device &&
	       (int)(flags >> n->zone_shift &
		     ((1u << n->zone_bits) - 1)) == n->device_type;
}

/**
 * ofl_nodes_present() - the pages of all nodes that are online, without holes
 *
 * Errors: false if that of any zone is not known.
 * Source: mm/memory_hotplug.c: adjust_present_page_count(); crash prints their
 *         sum as MEMORY.
 */
bool ofl_nodes_present(const struct ofl_nodes *n, uint64_t *pages);

/** ofl_nodes_have() - has node @nid memory? */
bool ofl_nodes_have(const struct ofl_nodes *n, int nid);

#endif
