/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * geometry.h - a second witness of the size of a section: where zones are
 *
 * Depends on node.h. crash takes the size from VMCOREINFO itself, so the two
 * are one witness; the size of mem_section_usage.subsection_map is another, of
 * sections of more than 64 subsections only (load.h).
 */
#ifndef OFL_GEOMETRY_H
#define OFL_GEOMETRY_H

#include "kernel/node.h"

/**
 * ofl_section_size_check() - do the zones lie where sections are?
 *
 * Shape:  with a size that is too small the numbers of sections are too large.
 *         A zone may begin or end in a hole, so one that does not is enough.
 * Errors: OFL_ERR_CONFLICT.
 * Source: mm/sparse.c: sparse_init(), every page of a zone that is present is in
 *         a section that is.
 */
enum ofl_status ofl_section_size_check(const struct ofl_target *t,
				       const struct ofl_layout *l,
				       const struct ofl_nodes *n,
				       struct ofl_err *err);

#endif
