/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * areas.h - which vm_struct of vmalloc() lists a page, found once
 *
 * Depends on walk.h.
 */
#ifndef OFL_AREAS_H
#define OFL_AREAS_H

#include "holders/walk.h"

/** struct ofl_area_page - a page of an area */
struct ofl_area_page {
	uint64_t pfn;
	uint64_t vm_kva;
};

/** struct ofl_areas - begin with { .lo_pfn, .hi_pfn } and zeros */
struct ofl_areas {
	uint64_t lo_pfn, hi_pfn;	/* pages outside are not kept */
	struct ofl_area_page *page;	/* ascending by pfn; owned */
	size_t nr, max;
	bool loaded;
	struct ofl_break broken;	/* behind it pages may have an area, too */
};

/**
 * ofl_areas_load() - find them, unless that was done
 *
 * Shape:  those up to where a list breaks off: what is behind has no name. An
 *         area whose vm_struct is not its own is left out.
 * Source: mm/vmalloc.c: vmap_area_list, vmap_nodes.
 */
void ofl_areas_load(struct ofl_areas *a, struct ofl_walk *w);
void ofl_areas_free(struct ofl_areas *a);

/** ofl_areas_find() - address of the vm_struct; 0: none lists the page */
uint64_t ofl_areas_find(const struct ofl_areas *a, uint64_t pfn);

#endif
