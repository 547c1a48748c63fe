/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offline_notes.h - what offline says besides its tables
 *
 * Depends on command.h and offline_told.h.
 */
#ifndef OFL_OFFLINE_NOTES_H
#define OFL_OFFLINE_NOTES_H

#include "commands/command.h"
#include "commands/offline_told.h"

/**
 * ofl_offline_notes() - what keeps the balance from being all
 * @told: in  of the devices
 * @next: out what to do about memory that was never online; "": nothing
 *
 * Shape:  each line only if there is something to say; members of a document in
 *         any case.
 */
void ofl_offline_notes(struct ofl_view *v, const struct ofl_run_ctx *ctx,
		       const struct ofl_scan_result *r,
		       const struct ofl_told *told, char *next, size_t bytes);

/** ofl_offline_kernel() - the kernel, and how its PageOffline pages are known */
void ofl_offline_kernel(struct ofl_view *v, const struct ofl_run_ctx *ctx,
			const struct ofl_scan_result *r);

/** ofl_offline_effort() - how the memmap was read; lines only */
void ofl_offline_effort(struct ofl_view *v, const struct ofl_target *t,
			const struct ofl_scan_result *r);

#endif
