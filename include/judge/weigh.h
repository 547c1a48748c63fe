/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * weigh.h - what a block itself makes of the steps, whatever its pages are
 *
 * Depends on report.h and iomem.h. Pure: nothing is read.
 */
#ifndef OFL_WEIGH_H
#define OFL_WEIGH_H

#include "judge/report.h"
#include "kernel/iomem.h"

/**
 * ofl_weigh_block() - its zone, its holes, its pageblocks, and who is asked
 * @r: in/out  step[] and why[] are made worse where one of these stops it
 *
 * Shape:  what cannot be read makes its step UNKNOWN.
 * Source: memory_block_offline() and offline_pages(), mm/memory_hotplug.c;
 *         set_migratetype_isolate(), mm/page_isolation.c
 */
void ofl_weigh_block(const struct ofl_env *env, const struct ofl_ram *ram,
		     struct ofl_block_report *r);

#endif
