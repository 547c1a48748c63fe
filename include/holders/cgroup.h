/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cgroup.h - the control group that kernel memory is charged to
 *
 * Depends on walk.h.
 */
#ifndef OFL_CGROUP_H
#define OFL_CGROUP_H

#include "holders/walk.h"

/**
 * ofl_cgroup_charge() - what a page says of its control group, if it is the kernel's
 *
 * Shape:  for ofl_cgroup_of_page(); 0: it is charged to none, or as memory of a
 *         process, or this dump does not tell.
 * Source: include/linux/memcontrol.h: MEMCG_DATA_KMEM; before bcfe06bf2622 (in
 *         v5.11) page->mem_cgroup of a page of type PG_kmemcg.
 */
uint64_t ofl_cgroup_charge(const struct ofl_walk *w, const unsigned char *raw);

/**
 * ofl_cgroup_of_page() - path of the group
 * @memcg_data: in  page.memcg_data
 *
 * Errors: false: it is charged to none, or the walk broke off.
 * Source: include/linux/memcontrol.h: MEMCG_DATA_OBJCGS, MEMCG_DATA_KMEM.
 */
bool ofl_cgroup_of_page(struct ofl_walk *w, uint64_t memcg_data, char *buf,
			size_t bytes);

#endif
