/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * analysis.h - everything a command that judges pages needs, in one place
 *
 * Depends on command.h and all it takes to judge. Loaded at the start of such
 * a command, dropped at its end.
 */
#ifndef OFL_ANALYSIS_H
#define OFL_ANALYSIS_H

#include "kernel/block.h"
#include "commands/command.h"
#include "kernel/iomem.h"
#include "owners/owner.h"

/** struct ofl_analysis - what is known besides the pages */
struct ofl_analysis {
	struct ofl_chain chain;
	struct ofl_blocks blocks;
	struct ofl_ram ram;
	struct ofl_env env;
	struct ofl_owners owners;
};

/**
 * ofl_analysis_load() - load it all; ofl_analysis_free() also after a failure
 *
 * Errors: OFL_ERR_NODATA without memory blocks, OFL_ERR_NOMEM.
 */
enum ofl_status ofl_analysis_load(const struct ofl_session *s,
				  struct ofl_analysis *a, struct ofl_err *err);
void ofl_analysis_free(struct ofl_analysis *a);

#endif
