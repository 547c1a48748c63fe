/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * depot.h - stack traces that the kernel keeps by handle
 *
 * Depends on walk.h.
 */
#ifndef OFL_DEPOT_H
#define OFL_DEPOT_H

#include "holders/walk.h"

#define OFL_DEPOT_FRAMES	16	/* PAGE_OWNER_STACK_DEPTH */

/** struct ofl_depot - where the stacks are, and what a handle says */
struct ofl_depot {
	uint64_t pools_kva;	/* array of pointers to pools */
	uint64_t nr_pools;
	uint64_t pool_bytes;
	unsigned int index_bits, offset_bits;	/* of a handle, in this order */
	bool plus_1;		/* the index counts from 1 */
};

/** struct ofl_stack - addresses of code, the innermost call first */
struct ofl_stack {
	uint64_t frame[OFL_DEPOT_FRAMES];
	unsigned int nr;	/* at least 1 */
};

/**
 * ofl_depot_open() - find it
 *
 * Errors: false: a fact is not known, the debuginfo has the parts of a handle
 *         elsewhere, or there is no pool; the walk has broken off in the latter
 *         two cases.
 * Source: lib/stackdepot.c: union handle_parts, stack_pools (stack_slabs).
 */
bool ofl_depot_open(struct ofl_walk *w, struct ofl_depot *ret);

/**
 * ofl_depot_fetch() - the stack of a handle
 *
 * Shape:  the record has to have this handle itself, and to end in its pool.
 * Errors: false: the walk broke off.
 * Source: lib/stackdepot.c: depot_fetch_stack().
 */
bool ofl_depot_fetch(struct ofl_walk *w, const struct ofl_depot *d,
		     uint32_t handle, struct ofl_stack *ret);

#endif
