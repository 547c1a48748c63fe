/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide.h - the verdict on a memory block, from what was counted in it
 *
 * Depends on report.h and iomem.h. The steps of offline_pages() are gone
 * through in the kernel's order. Pure: nothing is read.
 */
#ifndef OFL_DECIDE_H
#define OFL_DECIDE_H

#include "judge/report.h"
#include "kernel/iomem.h"

/**
 * ofl_judge_decide() - verdict from what the report has counted: pure
 * @r: in/out  everything from step[] on is filled in
 *
 * Shape:  what is not known of the block, its pages or its callbacks makes a
 *         step UNKNOWN, and the block with it, unless one blocks for certain.
 */
void ofl_judge_decide(const struct ofl_env *env, const struct ofl_ram *ram,
		      struct ofl_block_report *r);

#endif
