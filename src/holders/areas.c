// SPDX-License-Identifier: GPL-2.0-or-later
/* areas.c - walk all vmap areas, and sort the pages that their vm_structs list */
#include <stdlib.h>
#include <string.h>

#include "holders/areas.h"
#include "target/count.h"

#define MAX_PAGES	(1u << 23)	/* 32 GiB of 4 KiB pages */
#define MAX_NODES	1024		/* vmap_nodes: one a CPU at the most */
#define CHUNK		512		/* pointers in one read */

static const enum ofl_fact_id needed[] = {
	OFL_F_VA_LIST, OFL_F_VA_START, OFL_F_VA_END, OFL_F_VA_VM,
	OFL_F_VM_ADDR, OFL_F_VM_PAGES, OFL_F_VM_NR_PAGES,
};

static bool add(struct ofl_areas *a, struct ofl_walk *w, uint64_t pfn,
		uint64_t vm_kva)
{
	size_t max = a->max ? a->max * 2 : 1024;
	struct ofl_area_page *more;

	if (a->nr == a->max) {
		more = max > MAX_PAGES ? NULL :
		       realloc(a->page, max * sizeof(*more));
		if (!more)
			return ofl_walk_lost(w);
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
		if (ofl_read(&w->t, pages_kva + at * 8, page, n * 8) != OFL_READ_OK) {
			ofl_walk_broke(w, pages_kva + at * 8, "cannot be read");
			return true;
		}
		for (i = 0; i < n; i++)
			if (ofl_walk_pfn(w, page[i], &pfn) &&
			    pfn >= a->lo_pfn && pfn < a->hi_pfn &&
			    !add(a, w, pfn, vm))
				return false;
	}
	return true;
}

/* an area and its vm_struct have to tell of the same addresses */
static bool is_area(struct ofl_walk *w, uint64_t va, uint64_t vm, uint64_t nr)
{
	uint64_t start, end, addr;

	return ofl_walk_number(w, va, OFL_F_VA_START, 8, &start) &&
	       ofl_walk_number(w, va, OFL_F_VA_END, 8, &end) &&
	       ofl_walk_number(w, vm, OFL_F_VM_ADDR, 8, &addr) &&
	       addr == start && end >= start &&
	       nr <= (end - start) / w->l->page_bytes;
}

/* what cannot be read is a break like one of the list, but the list goes on */
static bool add_area(struct ofl_walk *w, uint64_t node_kva, void *arg)
{
	struct ofl_areas *a = arg;
	uint64_t va = node_kva - ofl_fact_u64(w->l, OFL_F_VA_LIST);
	uint64_t vm = 0, pages, nr;
	bool go_on = true;

	if (ofl_walk_number(w, va, OFL_F_VA_VM, 8, &vm) &&
	    ofl_is_kernel_pointer(w, vm) &&
	    ofl_walk_number(w, vm, OFL_F_VM_PAGES, 8, &pages) &&
	    ofl_is_kernel_pointer(w, pages) &&
	    ofl_walk_number(w, vm, OFL_F_VM_NR_PAGES, 4, &nr) &&
	    is_area(w, va, vm, nr))
		go_on = add_pages(a, w, vm, pages, nr);
	ofl_break_keep(&a->broken, w);
	return !go_on;
}

static void walk_areas(struct ofl_areas *a, struct ofl_walk *w, uint64_t head)
{
	ofl_walk_list(w, head, add_area, a);
	ofl_break_keep(&a->broken, w);
}

static void walk_nodes(struct ofl_areas *a, struct ofl_walk *w)
{
	const struct ofl_layout *l = w->l;
	uint64_t at = ofl_fact_u64(l, OFL_F_VMAP_NODES), nodes, i;
	int64_t nr = ofl_fact_value(l, OFL_F_NR_VMAP_NODES, 0);

	if (!ofl_read_u64(&w->t, at, &nodes) || !ofl_is_kernel_pointer(w, nodes) ||
	    nr <= 0 || nr > MAX_NODES) {
		a->broken = (struct ofl_break){ at, "is no array of vmap nodes" };
		return;
	}
	for (i = 0; i < (uint64_t)nr; i++)
		walk_areas(a, w, ofl_walk_at(w, nodes +
				i * ofl_fact_u64(l, OFL_F_VMAP_NODE_BYTES),
				OFL_F_VMAP_NODE_BUSY));
}

static int by_pfn(const void *a, const void *b)
{
	const struct ofl_area_page *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

/* one list of all, or one for each of vmap_nodes */
void ofl_areas_load(struct ofl_areas *a, struct ofl_walk *w)
{
	static const enum ofl_fact_id nodes[] = {
		OFL_F_VMAP_NODES, OFL_F_NR_VMAP_NODES, OFL_F_VMAP_NODE_BYTES,
		OFL_F_VMAP_NODE_BUSY,
	};

	if (a->loaded)
		return;
	a->loaded = true;
	if (!ofl_walk_knows(w, needed, OFL_COUNT(needed)))
		return;
	if (ofl_fact_known(w->l, OFL_F_VMAP_AREA_LIST))
		walk_areas(a, w, ofl_fact_u64(w->l, OFL_F_VMAP_AREA_LIST));
	else if (ofl_walk_knows(w, nodes, OFL_COUNT(nodes)))
		walk_nodes(a, w);
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
