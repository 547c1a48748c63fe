/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * added.h - memory that was added and never brought online, for offline
 *
 * Depends on command.h and block.h.
 */
#ifndef OFL_ADDED_H
#define OFL_ADDED_H

#include "commands/command.h"
#include "kernel/block.h"

/**
 * ofl_show_added() - such memory, and what the kernel does with new memory
 * @b:    in  of the scan
 * @next: out what a person can do; "": nothing
 *
 * Shape:  asks for the late facts only if a block is offline, or with -v.
 *         Lines ADDED, POLICY, ZONES; members never_online, online_policy,
 *         zone_policy.
 */
void ofl_show_added(struct ofl_view *v, const struct ofl_run_ctx *ctx,
		    const struct ofl_block_totals *b, char *next, size_t bytes);

#endif
