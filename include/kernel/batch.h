/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * batch.h - references that CPUs hold in their batches of LRU pages
 *
 * Depends on layout.h (late facts). A page that is on its way to another LRU
 * list lies in a per-CPU batch, which holds a reference to it. Offlining drains
 * all batches, so such a reference explains itself.
 */
#ifndef OFL_BATCH_H
#define OFL_BATCH_H

#include "layout/layout.h"

/** struct ofl_batches - the pages in all batches of all CPUs */
struct ofl_batches {
	struct ofl_batched {
		uint64_t page_kva;	/* of the head; or a struct buffer_head */
		unsigned int refs;
	} *page;			/* ascending; owned */
	size_t nr;
	bool known;	/* false: some batch is not known, or cannot be read */
	bool buffers_known;	/* so are the buffers that CPUs looked up last */
};

/**
 * ofl_batches_load() - collect them; ofl_batches_free() also after a failure
 *
 * Shape:  without all of them none is kept: what is not in a part of them may
 *         be in the rest.
 * Memory: 16 bytes a page in a batch: at most some hundred for each CPU.
 * Errors: OFL_ERR_NOMEM.
 * Source: mm/swap.c: cpu_fbatches, lru_rotate (lru_pvecs before v5.19, a pagevec
 *         each before v5.8);
 *         mm/mlock.c: mlock_fbatch (mlock_pvec before v6.6); fs/buffer.c: bh_lrus.
 */
enum ofl_status ofl_batches_load(const struct ofl_target *t,
				 const struct ofl_layout *l,
				 struct ofl_batches *b, struct ofl_err *err);
void ofl_batches_free(struct ofl_batches *b);

/** ofl_batches_refs() - how many references of a page, or a buffer, are there */
unsigned int ofl_batches_refs(const struct ofl_batches *b, uint64_t page_kva);

/**
 * ofl_batches_drained_first() - does offlining drain them before it isolates?
 *
 * Source: mm/memory_hotplug.c: offline_pages(): lru_cache_disable(), in v6.1 and
 *         later before start_isolate_page_range(); v5.10 has none.
 */
static inline bool ofl_batches_drained_first(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_LRU_DISABLE);
}

#endif
