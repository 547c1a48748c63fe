/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmstat.h - the kernel's own counters of balloon pages
 *
 * Depends on layout.h (late facts).
 */
#ifndef OFL_VMSTAT_H
#define OFL_VMSTAT_H

#include "layout/layout.h"

/**
 * ofl_vm_event() - an event since boot, over all CPUs
 * @event: in  fact that has the enumerator
 *
 * Errors: false if this kernel has no such event, or it cannot be read.
 * Source: mm/vmstat.c: sum_vm_events(). A CPU that goes away adds its own to
 *         another one, so all CPUs that ever could be there are added up.
 */
bool ofl_vm_event(const struct ofl_target *t, const struct ofl_layout *l,
		  enum ofl_fact_id event, int64_t *ret);

/** ofl_balloon_stat() - NR_BALLOON_PAGES of all nodes, exact */
bool ofl_balloon_stat(const struct ofl_target *t, const struct ofl_layout *l,
		      int64_t *ret);

#endif
