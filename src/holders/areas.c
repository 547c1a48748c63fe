// SPDX-License-Identifier: GPL-2.0-or-later
/* areas.c - walk all vmap areas, and sort the pages that their vm_structs list */
#include <stdlib.h>
#include <string.h>

#include "holders/areas.h"

#define MAX_PAGES	(1u << 23)	/* 32 GiB of 4 KiB pages */
#define MAX_NODES	1024		/* vmap_nodes: one a CPU at the most */
#define CHUNK		512		/* pointers in one read */

static const enum ofl_fact_id needed[] = {
	OFL_F_VA_LIST, OFL_F_VA_START, OFL_F_VA_END, OFL_F_VA_VM,
	OFL_F_VM_ADDR, OFL_F_VM_PAGES, OFL_F_VM_NR_PAGES,
};

static bool add(struct ofl_areas *a, uint64_t pfn, uint64_t vm_kva)
{
	size_t max = a->max ? a->max * 2 : 1024;
	struct ofl_area_page *more;

	if (a->nr == a->max) {
		more = max > MAX_PAGES ? NULL :
		       realloc(a->page, max * sizeof(*more));
		if (!more)
			return false;
		a->page = more;
		a->max = max;
	}
	a->page[a->nr++] = (struct ofl_area_page){ pfn, vm_kva };
	return true;
}

/* the struct pages of one area, those that anybody will ask for */
static bool add_pages(struct ofl_areas *a, struct ofl_walk *w, uint64_t vm,
		      uint64_t pages_kva, uint64_t nr)
{
	uint64_t page[CHUNK], at, n, i, pfn;

	for (at = 0; at < nr; at += n) {
		n = nr - at < CHUNK ? nr - at : CHUNK;
		if (ofl_read(&w->t, pages_kva + at * 8, page, n * 8) != OFL_READ_OK)
			return true;	/* the rest of it has no name */
		for (i = 0; i < n; i++)
			if (ofl_walk_pfn(w, page[i], &pfn) &&
			    pfn >= a->lo_pfn && pfn < a->hi_pfn &&
			    !add(a, pfn, vm))
				return false;
	}
	return true;
}

/* an area and its vm_struct have to tell of the same addresses */
static bool add_area(struct ofl_walk *w, uint64_t node_kva, void *arg)
{
	uint64_t va = node_kva - (uint64_t)w->l->fact[OFL_F_VA_LIST].value;
	uint64_t vm, start, end, addr, pages, nr;

	if (!ofl_walk_number(w, va, OFL_F_VA_VM, 8, &vm) ||
	    !ofl_is_kernel_pointer(w, vm) ||
	    !ofl_walk_number(w, va, OFL_F_VA_START, 8, &start) ||
	    !ofl_walk_number(w, va, OFL_F_VA_END, 8, &end) ||
	    !ofl_walk_number(w, vm, OFL_F_VM_ADDR, 8, &addr) || addr != start ||
	    !ofl_walk_number(w, vm, OFL_F_VM_PAGES, 8, &pages) ||
	    !ofl_is_kernel_pointer(w, pages) ||
	    !ofl_walk_number(w, vm, OFL_F_VM_NR_PAGES, 4, &nr) ||
	    end < start || nr > (end - start) / w->l->page_bytes)
		return false;
	return !add_pages(arg, w, vm, pages, nr);
}

static int by_pfn(const void *a, const void *b)
{
	const struct ofl_area_page *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

/* one list of all, or one for each of vmap_nodes */
void ofl_areas_load(struct ofl_areas *a, struct ofl_walk *w)
{
	const struct ofl_layout *l = w->l;
	uint64_t nodes;
	int64_t i, nr = ofl_fact_value(l, OFL_F_NR_VMAP_NODES, 0);

	if (a->loaded)
		return;
	a->loaded = true;
	if (!ofl_walk_knows(w, needed, sizeof(needed) / sizeof(needed[0])))
		return;
	if (ofl_fact_known(l, OFL_F_VMAP_AREA_LIST))
		ofl_walk_list(w, (uint64_t)l->fact[OFL_F_VMAP_AREA_LIST].value,
			      add_area, a);
	else if (ofl_fact_known(l, OFL_F_VMAP_NODES) &&
		 ofl_fact_known(l, OFL_F_VMAP_NODE_BYTES) &&
		 ofl_fact_known(l, OFL_F_VMAP_NODE_BUSY) &&
		 ofl_read_u64(&w->t, (uint64_t)l->fact[OFL_F_VMAP_NODES].value,
			      &nodes))
		for (i = 0; i < nr && i < MAX_NODES; i++)
			ofl_walk_list(w, ofl_walk_at(w, nodes +
				(uint64_t)(i * l->fact[OFL_F_VMAP_NODE_BYTES].value),
				OFL_F_VMAP_NODE_BUSY), add_area, a);
	if (a->nr)
		qsort(a->page, a->nr, sizeof(*a->page), by_pfn);
}

void ofl_areas_free(struct ofl_areas *a)
{
	free(a->page);
	a->page = NULL;
	a->nr = a->max = 0;
	a->loaded = false;
}

uint64_t ofl_areas_find(const struct ofl_areas *a, uint64_t pfn)
{
	const struct ofl_area_page want = { .pfn = pfn }, *found = NULL;

	if (a->nr)
		found = bsearch(&want, a->page, a->nr, sizeof(want), by_pfn);
	return found ? found->vm_kva : 0;
}
