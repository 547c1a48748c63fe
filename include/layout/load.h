/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * load.h - find out what struct ofl_layout holds
 *
 * Depends on layout.h.
 */
#ifndef OFL_LOAD_H
#define OFL_LOAD_H

#include "layout/layout.h"

/**
 * ofl_layout_load() - find all facts of a kernel
 * @t:   in   the kernel
 * @l:   out  overwritten; complete only on success
 * @err: out  the first thing that is missing or contradicts itself
 *
 * Errors: OFL_ERR_NODATA (a required fact has no witness here),
 *         OFL_ERR_CONFLICT (two witnesses disagree; both are named),
 *         OFL_ERR_UNSUPPORTED (before 4.18, unknown
 *         page type encoding), OFL_ERR_CORRUPT (impossible geometry).
 */
enum ofl_status ofl_layout_load(const struct ofl_target *t,
				struct ofl_layout *l, struct ofl_err *err);

/**
 * ofl_layout_load_late() - find the facts that only judging pages needs
 *
 * Shape:  enumerators cost crash up to 33 ms each: listing does without.
 * Errors: as ofl_layout_load().
 */
enum ofl_status ofl_layout_load_late(const struct ofl_target *t,
				     struct ofl_layout *l, struct ofl_err *err);

/**
 * ofl_layout_load_modules() - find only the facts that tell builds of modules
 * @l: in/out  zeroed, or loaded
 *
 * Shape:  none is required. For what has to be seen before any other fact is
 *         asked for: see typed.h.
 * Errors: as ofl_layout_load(), but for OFL_ERR_NODATA.
 */
enum ofl_status ofl_layout_load_modules(const struct ofl_target *t,
					struct ofl_layout *l,
					struct ofl_err *err);

/**
 * ofl_layout_load_holders() - find the facts that only naming holders needs
 *
 * Shape:  none is required: what is not known names nobody.
 * Errors: as ofl_layout_load(), but for OFL_ERR_NODATA.
 */
enum ofl_status ofl_layout_load_holders(const struct ofl_target *t,
					struct ofl_layout *l,
					struct ofl_err *err);

#endif
