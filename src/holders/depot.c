// SPDX-License-Identifier: GPL-2.0-or-later
/* depot.c - the kernel's stack depot: a handle is a pool and a place in it */
#include "holders/depot.h"
#include "target/count.h"

#define POOL_ORDER	2	/* a pool is of four pages in every kernel */
#define ALIGN_SHIFT	4	/* a place in it is a multiple of 16 bytes */
#define HANDLE_BITS	32
#define EXTRA_BITS	5	/* STACK_DEPOT_EXTRA_BITS */
#define MAX_FRAMES	256	/* the most that CONFIG_STACKDEPOT_MAX_FRAMES takes */
#define MAX_POOLS	(1u << 20)

static unsigned int log2_of(uint64_t n)
{
	unsigned int bits = 0;

	while (n > 1ull << bits)
		bits++;
	return bits;
}

/*
 * How wide the parts are follows from the page size and from which parts there
 * are; debuginfo says in which byte each begins, and has to agree.
 */
static bool handle_parts(struct ofl_walk *w, struct ofl_depot *d)
{
	const struct ofl_layout *l = w->l;
	unsigned int valid = ofl_fact_known(l, OFL_F_HANDLE_VALID) ? 1 : 0;
	unsigned int extra = ofl_fact_known(l, OFL_F_HANDLE_EXTRA) ? EXTRA_BITS : 0;
	unsigned int behind;

	d->offset_bits = log2_of(l->page_bytes) + POOL_ORDER - ALIGN_SHIFT;
	d->index_bits = HANDLE_BITS - d->offset_bits - valid - extra;
	d->plus_1 = ofl_fact_known(l, OFL_F_HANDLE_PLUS_1);
	behind = d->index_bits + d->offset_bits;
	return ofl_fact_u64(l, OFL_F_HANDLE_OFFSET) == d->index_bits / 8 &&
	       (!valid || ofl_fact_u64(l, OFL_F_HANDLE_VALID) == behind / 8) &&
	       (!extra || ofl_fact_u64(l, OFL_F_HANDLE_EXTRA) ==
			  (behind + valid) / 8);
}

bool ofl_depot_open(struct ofl_walk *w, struct ofl_depot *ret)
{
	static const enum ofl_fact_id need[] = {
		OFL_F_STACK_POOLS, OFL_F_HANDLE_OFFSET, OFL_F_RECORD_SIZE,
		OFL_F_RECORD_HANDLE, OFL_F_RECORD_ENTRIES,
	};
	const struct ofl_layout *l = w->l;
	uint64_t at = ofl_fact_u64(l, OFL_F_STACK_POOLS);
	int64_t nr = ofl_fact_value(l, OFL_F_NR_STACK_POOLS, 0);

	if (!ofl_walk_knows(w, need, OFL_COUNT(need)))
		return false;
	if (!handle_parts(w, ret))
		return ofl_walk_broke(w, at, "has handles with parts of another width");
	ret->pool_bytes = l->page_bytes << POOL_ORDER;
	ret->pools_kva = at;
	if (ofl_fact_known(l, OFL_F_STACK_POOLS_LENGTH))
		nr = ofl_fact_value(l, OFL_F_STACK_POOLS_LENGTH, 0);
	else if (!ofl_read_u64(&w->t, at, &ret->pools_kva) ||
		 !ofl_is_kernel_pointer(w, ret->pools_kva))
		return ofl_walk_broke(w, at, "points to no stack pools");
	if (nr <= 0 || nr > MAX_POOLS)
		return ofl_walk_broke(w, at, "has an impossible number of stack pools");
	ret->nr_pools = (uint64_t)nr;
	return true;
}

/* the first part of a bit field is lowest, or highest where bytes run that way */
static uint64_t part(uint32_t handle, unsigned int from, unsigned int bits)
{
	unsigned int shift = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? from :
			     HANDLE_BITS - from - bits;

	return handle >> shift & ((1u << bits) - 1);
}

bool ofl_depot_fetch(struct ofl_walk *w, const struct ofl_depot *d,
		     uint32_t handle, struct ofl_stack *ret)
{
	uint64_t index = part(handle, 0, d->index_bits);
	uint64_t offset = part(handle, d->index_bits, d->offset_bits) << ALIGN_SHIFT;
	uint64_t slot, pool, at, size, back;

	if (d->plus_1)
		index--;	/* of 0 it is beyond all */
	if (index >= d->nr_pools)
		return ofl_walk_broke(w, d->pools_kva, "has no stack pool of such a handle");
	slot = d->pools_kva + index * 8;
	if (!ofl_read_u64(&w->t, slot, &pool) || !ofl_is_kernel_pointer(w, pool))
		return ofl_walk_broke(w, slot, "points to no stack pool");
	at = pool + offset;
	if (!ofl_walk_number(w, at, OFL_F_RECORD_SIZE, 4, &size) ||
	    !ofl_walk_number(w, at, OFL_F_RECORD_HANDLE, 4, &back))
		return false;
	if (back != handle)
		return ofl_walk_broke(w, at, "is a stack record of another handle");
	if (!size || size > MAX_FRAMES ||
	    offset + ofl_fact_u64(w->l, OFL_F_RECORD_ENTRIES) + size * 8 > d->pool_bytes)
		return ofl_walk_broke(w, at, "is a stack record of an impossible size");
	ret->nr = size < OFL_DEPOT_FRAMES ? (unsigned int)size : OFL_DEPOT_FRAMES;
	at = ofl_walk_at(w, at, OFL_F_RECORD_ENTRIES);
	return ofl_read(&w->t, at, ret->frame, ret->nr * 8) == OFL_READ_OK ||
	       ofl_walk_broke(w, at, "cannot be read");
}
