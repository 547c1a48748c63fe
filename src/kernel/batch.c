// SPDX-License-Identifier: GPL-2.0-or-later
/* batch.c - pages in the per-CPU batches of LRU pages */
#include <stdlib.h>
#include <string.h>

#include "kernel/batch.h"
#include "target/count.h"

#define MAX_CPUS	8192
#define MAX_BATCH	64	/* PAGEVEC_SIZE is 15, or 31 since v6.10 */
#define POINTER_TAGS	3ull	/* LRU_PAGE and NEW_PAGE of mm/mlock.c */

/** struct place - a per-CPU batch: its variable, and where it lies in it */
struct place {
	enum ofl_fact_id variable, at;	/* the same twice: it is the batch */
	bool always;		/* a kernel has both, or none */
};

static const struct place places[] = {
	{ OFL_F_LRU_BATCHES, OFL_F_BATCH_ADD, true },
	{ OFL_F_LRU_BATCHES, OFL_F_BATCH_DEACTIVATE_FILE, true },
	{ OFL_F_LRU_BATCHES, OFL_F_BATCH_DEACTIVATE, true },
	{ OFL_F_LRU_BATCHES, OFL_F_BATCH_LAZYFREE, true },
	/* CONFIG_SMP, as __per_cpu_offset */
	{ OFL_F_LRU_BATCHES, OFL_F_BATCH_ACTIVATE, true },
	{ OFL_F_LRU_BATCHES, OFL_F_BATCH_MOVE_TAIL, false },
	{ OFL_F_LRU_ROTATE, OFL_F_ROTATE_AT, true },
	{ OFL_F_MLOCK_BATCH, OFL_F_MLOCK_AT, true },
	/* before v5.8 */
	{ OFL_F_ADD_PVEC, OFL_F_ADD_PVEC, true },
	{ OFL_F_ROTATE_PVECS, OFL_F_ROTATE_PVECS, true },
	{ OFL_F_DEACTIVATE_FILE_PVECS, OFL_F_DEACTIVATE_FILE_PVECS, true },
	{ OFL_F_DEACTIVATE_PVECS, OFL_F_DEACTIVATE_PVECS, false },
	{ OFL_F_LAZYFREE_PVECS, OFL_F_LAZYFREE_PVECS, true },
	{ OFL_F_ACTIVATE_PVECS, OFL_F_ACTIVATE_PVECS, true },
};

/* all in one variable, but for lru_rotate; before v5.8 each in its own */
static bool any_way_known(const struct ofl_layout *l)
{
	return (ofl_fact_known(l, OFL_F_LRU_BATCHES) &&
		(ofl_fact_known(l, OFL_F_LRU_ROTATE) ||
		 ofl_fact_known(l, OFL_F_BATCH_MOVE_TAIL))) ||
	       (ofl_fact_known(l, OFL_F_ADD_PVEC) &&
		ofl_fact_known(l, OFL_F_ROTATE_PVECS) &&
		ofl_fact_known(l, OFL_F_DEACTIVATE_FILE_PVECS) &&
		ofl_fact_known(l, OFL_F_LAZYFREE_PVECS) &&
		ofl_fact_known(l, OFL_F_ACTIVATE_PVECS));
}

/* a batch of which neither variable nor type is there does not exist */
static bool all_known(const struct ofl_layout *l)
{
	size_t i;

	for (i = 0; i < OFL_COUNT(places); i++)
		if (places[i].always && ofl_fact_known(l, places[i].variable) !=
					ofl_fact_known(l, places[i].at))
			return false;
	return any_way_known(l) && ofl_fact_known(l, OFL_F_BATCH_NR) &&
	       ofl_fact_known(l, OFL_F_BATCH_PAGES) &&
	       ofl_fact_known(l, OFL_F_BATCH_BYTES) &&
	       ofl_fact_u64(l, OFL_F_BATCH_BYTES) <= MAX_BATCH * 8 &&
	       ofl_fact_known(l, OFL_F_NR_CPU_IDS) &&
	       ofl_fact_u64(l, OFL_F_NR_CPU_IDS) <= MAX_CPUS &&
	       ofl_fact_known(l, OFL_F_PER_CPU_OFFSET);
}

static enum ofl_status add(struct ofl_batches *b, const uint64_t *kva,
			   unsigned int nr, struct ofl_err *err)
{
	struct ofl_batched *more;
	unsigned int i;

	if (!nr)
		return OFL_OK;
	more = realloc(b->page, (b->nr + nr) * sizeof(*more));
	if (!more)
		return ofl_fail(err, OFL_ERR_NOMEM,
				"no memory for what is in batches");
	b->page = more;
	for (i = 0; i < nr; i++)
		b->page[b->nr++] = (struct ofl_batched){
			kva[i] & ~POINTER_TAGS, 1 };
	return OFL_OK;
}

/* one batch; false: it cannot be read, or holds more than fits */
static bool read_batch(const struct ofl_target *t, const struct ofl_layout *l,
		       uint64_t kva, uint64_t *page, uint8_t *nr)
{
	uint64_t bytes = ofl_fact_u64(l, OFL_F_BATCH_BYTES);

	if (ofl_read(t, kva + ofl_fact_u64(l, OFL_F_BATCH_NR), nr, 1) != OFL_READ_OK ||
	    *nr * 8u > bytes)
		return false;
	return !*nr || ofl_read(t, kva + ofl_fact_u64(l, OFL_F_BATCH_PAGES), page,
				*nr * 8u) == OFL_READ_OK;
}

static uint64_t place_of(const struct ofl_layout *l, const struct place *p)
{
	return ofl_fact_u64(l, p->variable) +
	       (p->at == p->variable ? 0 : ofl_fact_u64(l, p->at));
}

static enum ofl_status read_cpu(const struct ofl_target *t,
				const struct ofl_layout *l, uint64_t cpu,
				struct ofl_batches *b, struct ofl_err *err)
{
	uint64_t offset, page[MAX_BATCH];
	enum ofl_status st = OFL_OK;
	uint8_t nr;
	size_t i;

	if (!ofl_read_u64(t, ofl_fact_u64(l, OFL_F_PER_CPU_OFFSET) + cpu * 8, &offset))
		b->known = false;
	for (i = 0; i < OFL_COUNT(places) && b->known && !st; i++) {
		if (!ofl_fact_known(l, places[i].variable) ||
		    !ofl_fact_known(l, places[i].at))
			continue;
		b->known = read_batch(t, l, offset + place_of(l, &places[i]),
				      page, &nr);
		if (b->known)
			st = add(b, page, nr, err);
	}
	return st;
}

/*
 * What CPUs looked up last: each pointer is a reference of the buffer. None of
 * them needs to be known for pages: without it only buffers are not.
 */
static enum ofl_status read_buffers(const struct ofl_target *t,
				    const struct ofl_layout *l, uint64_t cpu,
				    struct ofl_batches *b, struct ofl_err *err)
{
	uint64_t offset, bh[MAX_BATCH], bytes = ofl_fact_u64(l, OFL_F_BH_LRUS_BYTES);
	unsigned int i, nr = 0;

	if (!ofl_read_u64(t, ofl_fact_u64(l, OFL_F_PER_CPU_OFFSET) + cpu * 8, &offset) ||
	    ofl_read(t, offset + ofl_fact_u64(l, OFL_F_BH_LRUS), bh, bytes) != OFL_READ_OK) {
		b->buffers_known = false;
		return OFL_OK;
	}
	for (i = 0; i < bytes / 8; i++)
		if (bh[i])
			bh[nr++] = bh[i];
	return add(b, bh, nr, err);
}

static bool buffers_known(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_BH_LRUS) &&
	       ofl_fact_known(l, OFL_F_BH_LRUS_BYTES) &&
	       ofl_fact_u64(l, OFL_F_BH_LRUS_BYTES) <= MAX_BATCH * 8;
}

static int by_address(const void *a, const void *b)
{
	uint64_t x = ((const struct ofl_batched *)a)->page_kva;
	uint64_t y = ((const struct ofl_batched *)b)->page_kva;

	return (x > y) - (x < y);
}

static void sort(struct ofl_batches *b)
{
	size_t i, to = 0;

	if (!b->nr)
		return;
	qsort(b->page, b->nr, sizeof(*b->page), by_address);
	for (i = 1; i < b->nr; i++) {
		if (b->page[i].page_kva == b->page[to].page_kva)
			b->page[to].refs++;
		else
			b->page[++to] = b->page[i];
	}
	b->nr = to + 1;
}

enum ofl_status ofl_batches_load(const struct ofl_target *t,
				 const struct ofl_layout *l,
				 struct ofl_batches *b, struct ofl_err *err)
{
	enum ofl_status st = OFL_OK;
	uint64_t cpu;

	memset(b, 0, sizeof(*b));
	b->known = all_known(l);
	b->buffers_known = b->known && buffers_known(l);
	for (cpu = 0; b->known && !st && cpu < ofl_fact_u64(l, OFL_F_NR_CPU_IDS); cpu++) {
		st = read_cpu(t, l, cpu, b, err);
		if (!st && b->known && b->buffers_known)
			st = read_buffers(t, l, cpu, b, err);
	}
	if (!b->known)
		ofl_batches_free(b);
	else
		sort(b);
	return st;
}

void ofl_batches_free(struct ofl_batches *b)
{
	free(b->page);
	memset(b, 0, sizeof(*b));
}

unsigned int ofl_batches_refs(const struct ofl_batches *b, uint64_t page_kva)
{
	const struct ofl_batched key = { page_kva, 0 }, *found;

	if (!b->nr)
		return 0;
	found = bsearch(&key, b->page, b->nr, sizeof(*b->page), by_address);
	return found ? found->refs : 0;
}
