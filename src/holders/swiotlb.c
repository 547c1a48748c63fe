// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * swiotlb.c - the buffers that devices use which cannot reach all memory
 *
 * 64 MiB of a usual guest, which iomem calls System RAM and nothing more.
 *
 * Source: kernel/dma/swiotlb.c: is_swiotlb_buffer(); the end is not included.
 *         In v5.13 and v5.14 io_tlb_default_mem is a pointer, and no page has
 *         that as its physical address: they are not named there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "holders/holder.h"

/** struct buffers - the state */
struct buffers {
	uint64_t start_pa, end_pa;	/* half-open; 0, 0: there are none, or not known */
	uint64_t page_bytes;
};

static bool end_of(const struct ofl_walk *w, uint64_t kva, uint64_t *ret)
{
	if (ofl_fact_known(w->l, OFL_F_SWIOTLB_END_KVA))
		return ofl_read_u64(&w->t, ofl_fact_u64(w->l, OFL_F_SWIOTLB_END_KVA),
				    ret);
	return ofl_fact_known(w->l, OFL_F_SWIOTLB_END) &&
	       ofl_read_u64(&w->t, kva + ofl_fact_u64(w->l, OFL_F_SWIOTLB_END),
			    ret);
}

static bool swiotlb_open(struct ofl_holder_env *e, void **state)
{
	const struct ofl_walk *w = &e->walk;
	struct buffers *b = calloc(1, sizeof(*b));
	uint64_t kva, start_pa, end_pa;

	*state = b;
	if (!b)
		return false;
	b->page_bytes = w->l->page_bytes;
	if (!ofl_fact_known(w->l, OFL_F_SWIOTLB))
		return true;
	kva = ofl_fact_u64(w->l, OFL_F_SWIOTLB);
	if (!ofl_read_u64(&w->t, kva, &start_pa) || !end_of(w, kva, &end_pa) ||
	    start_pa >= end_pa || start_pa % b->page_bytes)
		return true;
	b->start_pa = start_pa;
	b->end_pa = end_pa;
	return true;
}

static bool swiotlb_find(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t *key)
{
	const struct buffers *b = state;
	uint64_t pa = p->pfn * b->page_bytes;

	(void)e;
	*key = b->start_pa;
	/* of memblock, or of the page allocator where it came late */
	return (p->kind == OFL_KIND_RESERVED || p->kind == OFL_KIND_KERNEL) &&
	       pa >= b->start_pa && pa < b->end_pa;
}

static bool swiotlb_name(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t key,
			 struct ofl_holder *ret)
{
	const struct buffers *b = state;

	(void)e;
	(void)p;
	(void)key;
	snprintf(ret->name, sizeof(ret->name), "software I/O TLB");
	snprintf(ret->detail, sizeof(ret->detail), "bounce buffers 0x%" PRIx64
		 "-0x%" PRIx64, b->start_pa, b->end_pa - 1);
	return true;
}

const struct ofl_holder_ops ofl_holder_swiotlb = {
	.kind = "swiotlb",
	.evidence = "io_tlb_default_mem: start, end",
	.what = "bounce buffers of DMA, the software I/O TLB (64 MiB of a usual guest)",
	.open = swiotlb_open, .close = free,
	.find = swiotlb_find, .name = swiotlb_name,
};
