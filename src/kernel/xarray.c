// SPDX-License-Identifier: GPL-2.0-or-later
/* xarray.c - walk an xarray */
#include "kernel/xarray.h"
#include "target/count.h"

#define MAX_SLOTS	64	/* XA_CHUNK_SIZE */
#define MAX_DEPTH	11	/* 64 index bits, 6 a level */
#define MAX_NODES	65536	/* 4 million entries */
#define MAX_LOST	1024	/* it is damaged beyond use: it may loop */

/** struct walk - state of one walk */
struct walk {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	enum ofl_status (*visit)(void *arg, uint64_t entry_kva, uint64_t index);
	void *arg;
	uint64_t *lost;
	unsigned int nodes;	/* read so far */
};

bool ofl_xarray_known(const struct ofl_layout *l)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_XA_HEAD, OFL_F_XA_SLOTS, OFL_F_XA_SLOTS_BYTES,
	};

	return ofl_facts_known(l, needed, OFL_COUNT(needed));
}

/* xa_is_node(): 2 in the low bits; NULL and other internals have none */
static bool is_node(uint64_t entry)
{
	return (entry & 3) == 2 && entry > 4096;
}

/* lib/xarray.c: xas_descend() */
static enum ofl_status walk_entry(struct walk *w, uint64_t entry, int depth,
				  uint64_t index)
{
	uint64_t slot[MAX_SLOTS];
	uint64_t bytes = ofl_fact_u64(w->l, OFL_F_XA_SLOTS_BYTES);
	enum ofl_status st = OFL_OK;
	size_t i;

	if (!is_node(entry))
		return entry && !(entry & 3) ? w->visit(w->arg, entry, index) :
					       OFL_OK;
	if (depth == MAX_DEPTH || bytes > sizeof(slot) ||
	    *w->lost > MAX_LOST || w->nodes++ >= MAX_NODES ||
	    ofl_read(w->t,
		     entry - 2 + ofl_fact_u64(w->l, OFL_F_XA_SLOTS),
		     slot, bytes) != OFL_READ_OK) {
		++*w->lost;
		return OFL_OK;
	}
	/* xas_delete_node(): an empty one is freed */
	if (ofl_all_zero(slot, bytes))
		++*w->lost;
	for (i = 0; i < bytes / 8 && !st; i++)
		st = walk_entry(w, slot[i], depth + 1, index * (bytes / 8) + i);
	return st;
}

enum ofl_status ofl_xarray_walk(const struct ofl_target *t,
				const struct ofl_layout *l, uint64_t xa_kva,
				enum ofl_status (*visit)(void *arg,
							 uint64_t entry_kva,
							 uint64_t index),
				void *arg, uint64_t *lost)
{
	struct walk w = {
		.t = t, .l = l, .visit = visit, .arg = arg, .lost = lost,
	};
	uint64_t head;

	if (ofl_fact_read_u64(t, l, xa_kva, OFL_F_XA_HEAD, &head))
		return walk_entry(&w, head, 0, 0);
	++*lost;
	return OFL_OK;
}
