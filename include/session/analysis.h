/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * analysis.h - what a verdict on a page needs besides the page
 *
 * Depends on devices.h, kept.h, verdicts.h, batch.h, chain.h, block.h, iomem.h, types.h,
 * owner.h.
 */
#ifndef OFL_ANALYSIS_H
#define OFL_ANALYSIS_H

#include "devices/devices.h"
#include "holders/kept.h"
#include "judge/verdicts.h"
#include "kernel/batch.h"
#include "kernel/block.h"
#include "kernel/chain.h"
#include "kernel/iomem.h"
#include "layout/types.h"
#include "owners/owner.h"

/** struct ofl_analysis - notifiers, memory blocks and drivers of a dump */
struct ofl_analysis {
	struct ofl_chain chain, node_chain;
	struct ofl_blocks blocks;	/* env.blocks is NULL: no index of them */
	struct ofl_ram ram;		/* with ofl_analysis_load_ram() only */
	struct ofl_room room;		/* and that */
	bool ram_loaded;
	struct ofl_batches batches;	/* pages in CPUs' batches of LRU pages */
	struct ofl_types_base types;	/* open only while it is loaded */
	struct ofl_env env;
	struct ofl_owners owners;
	struct ofl_verdicts verdicts;	/* of what a command judged with all that, */
	struct ofl_kept_holders holders;	/* and who holds it */
	struct ofl_memdevs devices;	/* with ofl_analysis_load_devices() only */
	bool devices_loaded;
	struct ofl_missed missed;	/* reads that failed: for all but ram, */
	struct ofl_missed ram_missed;	/* and for ram */
};

/**
 * ofl_analysis_load() - load it; ofl_analysis_free() also after a failure
 * @l, @n: in  with the late facts; borrowed until ofl_analysis_free()
 * @a:     out must stay where it is: its env points into it
 *
 * Shape:  a kernel without an index of memory blocks (before 5.8) is no error.
 * Errors: OFL_ERR_NOMEM.
 */
enum ofl_status ofl_analysis_load(const struct ofl_target *t,
				  const struct ofl_layout *l,
				  const struct ofl_nodes *n,
				  struct ofl_analysis *a, struct ofl_err *err);

/**
 * ofl_analysis_load_ram() - what only a verdict on a memory block needs
 *
 * Errors: OFL_ERR_NODATA without an index of memory blocks, OFL_ERR_NOMEM.
 */
enum ofl_status ofl_analysis_load_ram(struct ofl_analysis *a,
				      struct ofl_err *err);

/**
 * ofl_analysis_load_devices() - which device each memory block belongs to
 *
 * Errors: OFL_ERR_NOMEM.
 */
enum ofl_status ofl_analysis_load_devices(struct ofl_analysis *a,
					  struct ofl_err *err);
void ofl_analysis_free(struct ofl_analysis *a);

#endif
