// SPDX-License-Identifier: GPL-2.0-or-later
/* memmap.c - pages that hold struct pages: where the vmemmap is mapped to */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "holders/holder.h"

#define MAX_STRETCHES	(1u << 22)

/** struct stretch - pages that hold the memmap of one section */
struct stretch {
	uint64_t start_pfn, pages;
	uint64_t section_nr;
};

/** struct memmap - the state */
struct memmap {
	struct stretch *stretch;	/* ascending; owned */
	size_t nr, max;
	bool loaded, full;
	struct ofl_holder_env *e;
};

static bool memmap_open(struct ofl_holder_env *e, void **state)
{
	struct memmap *m = calloc(1, sizeof(*m));

	*state = m;
	if (m)
		m->e = e;
	return m;
}

static void memmap_close(void *state)
{
	struct memmap *m = state;

	free(m->stretch);
	free(m);
}

static void add(struct memmap *m, uint64_t section_nr, uint64_t pfn,
		uint64_t pages)
{
	size_t max = m->max ? m->max * 2 : 64;
	struct stretch *more;

	if (m->nr == m->max) {
		more = max > MAX_STRETCHES ? NULL :
		       realloc(m->stretch, max * sizeof(*more));
		m->full = !more;
		if (!more) {
			ofl_walk_lost(&m->e->walk);
			return;
		}
		m->stretch = more;
		m->max = max;
	}
	m->stretch[m->nr++] = (struct stretch){ pfn, pages, section_nr };
}

/* all of it at once, if it is in one piece there; else page by page */
static enum ofl_status add_section(void *arg, const struct ofl_section *s)
{
	struct memmap *m = arg;
	const struct ofl_walk *w = &m->e->walk;
	uint64_t page = w->l->page_bytes, pa, i;
	uint64_t pages = w->l->section_pages * w->l->struct_page_bytes / page;

	if (s->corrupt || s->memmap_kva % page || m->full)
		return OFL_OK;
	if (ofl_physical(&w->t, s->memmap_kva, pages, &pa)) {
		add(m, s->nr, pa / page, pages);
		return OFL_OK;
	}
	for (i = 0; i < pages && !m->full; i++)
		if (ofl_physical(&w->t, s->memmap_kva + i * page, 1, &pa))
			add(m, s->nr, pa / page, 1);
	return ofl_interrupted(&w->t) ? OFL_ERR_OUTPUT : OFL_OK;
}

static int ascending(const void *a, const void *b)
{
	const struct stretch *x = a, *y = b;

	return x->start_pfn < y->start_pfn ? -1 : x->start_pfn > y->start_pfn;
}

static void load(struct memmap *m)
{
	const struct ofl_walk *w = &m->e->walk;
	struct ofl_section_stats stats;

	m->loaded = true;
	ofl_section_walk(&w->t, w->l, 0, w->l->nr_sections * w->l->section_pages,
			 add_section, m, &stats);
	if (m->nr)
		qsort(m->stretch, m->nr, sizeof(*m->stretch), ascending);
}

static bool memmap_find(struct ofl_holder_env *e, void *state,
			const struct ofl_held *p, uint64_t *key)
{
	struct memmap *m = state;
	size_t lo = 0, hi;

	(void)e;
	if (p->kind != OFL_KIND_KERNEL && p->kind != OFL_KIND_RESERVED)
		return false;
	if (!m->loaded)
		load(m);
	hi = m->nr;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct stretch *s = &m->stretch[mid];

		if (p->pfn >= s->start_pfn && p->pfn < s->start_pfn + s->pages) {
			*key = s->section_nr + 1;
			return true;
		}
		if (s->start_pfn <= p->pfn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static bool memmap_name(struct ofl_holder_env *e, void *state,
			const struct ofl_held *p, uint64_t key,
			struct ofl_holder *ret)
{
	uint64_t per_block = e->walk.l->sections_per_block;

	(void)state;
	(void)p;
	if (per_block)
		snprintf(ret->name, sizeof(ret->name),
			 "struct pages of memory%" PRIu64, (key - 1) / per_block);
	else
		snprintf(ret->name, sizeof(ret->name),
			 "struct pages of section 0x%" PRIx64, key - 1);
	return true;
}

const struct ofl_holder_ops ofl_holder_memmap = {
	.kind = "memmap",
	.evidence = "page tables map struct pages to it",
	.what = "the struct pages of which memory block it holds",
	.open = memmap_open, .close = memmap_close,
	.find = memmap_find, .name = memmap_name,
};
