/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xarray.h - the entries of an xarray
 *
 * Depends on layout.h.
 */
#ifndef OFL_XARRAY_H
#define OFL_XARRAY_H

#include "layout/layout.h"

/** ofl_xarray_known() - has this kernel all that ofl_xarray_walk() needs? */
bool ofl_xarray_known(const struct ofl_layout *l);

/**
 * ofl_xarray_walk() - visit all entries that are pointers, ascending
 * @xa_kva: in     struct xarray
 * @visit:  in     gets the pointer and its index; a status other than OFL_OK
 *                 ends the walk and is returned
 * @lost:   in/out counts nodes that cannot be read; @visit may count in it what
 *                 it cannot use: the walk ends where too much is lost
 *
 * Source: lib/xarray.c.
 */
enum ofl_status ofl_xarray_walk(const struct ofl_target *t,
				const struct ofl_layout *l, uint64_t xa_kva,
				enum ofl_status (*visit)(void *arg,
							 uint64_t entry_kva,
							 uint64_t index),
				void *arg, uint64_t *lost);

#endif
