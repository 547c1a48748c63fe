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
 * ofl_cgroup_of_page() - path of the group
 * @memcg_data: in  page.memcg_data
 *
 * Errors: false: it is charged to none, or the walk broke off.
 * Source: include/linux/memcontrol.h: MEMCG_DATA_OBJCGS, MEMCG_DATA_KMEM.
 */
bool ofl_cgroup_of_page(struct ofl_walk *w, uint64_t memcg_data, char *buf,
			size_t bytes);

#endif
