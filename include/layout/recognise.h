/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recognise.h - which test finds PageOffline in this kernel, by which source
 *
 * Depends on layout.h.
 */
#ifndef OFL_RECOGNISE_H
#define OFL_RECOGNISE_H

#include "layout/layout.h"

/**
 * ofl_recognise_offline() - decide the PageOffline test from the facts
 * @l: in/out  reads the facts, fills offline, offline_source and
 *             marks_balloon_core_only
 *
 * Shape:  enumerators, then VMCOREINFO, then legacy PG_balloon; every source
 *         that this dump has must give the same test.
 * Errors: OFL_ERR_UNSUPPORTED, OFL_ERR_CONFLICT, OFL_ERR_NODATA.
 */
enum ofl_status ofl_recognise_offline(struct ofl_layout *l,
				      struct ofl_err *err);

/**
 * ofl_find_new_marks() - does this kernel mark offline pages in another way?
 * @l: in/out  new_marks gets the names of page flags and page types that look
 *             like an offline mark that we do not know
 *
 * Shape:  such a kernel may follow another rule than ours: to be said, not
 *         guessed at.
 */
void ofl_find_new_marks(const struct ofl_target *t, struct ofl_layout *l);

#endif
