// SPDX-License-Identifier: GPL-2.0-or-later
/* analysis.c - load what a verdict on a page needs besides the page */
#include <string.h>

#include "session/analysis.h"

enum ofl_status ofl_analysis_load(const struct ofl_target *t,
				  const struct ofl_layout *l,
				  const struct ofl_nodes *n,
				  struct ofl_analysis *a, struct ofl_err *err)
{
	enum ofl_status st;

	memset(a, 0, sizeof(*a));
	a->env = (struct ofl_env){ t, l, n, &a->chain, &a->blocks,
				   &a->owners };
	ofl_chain_load(t, l, &a->chain);
	st = ofl_blocks_load(t, l, &a->blocks, err);
	if (!st)
		st = ofl_ram_load(t, l, &a->ram, err);
	if (!st)
		st = ofl_owners_probe(&a->env, &a->owners, err);
	return st;
}

void ofl_analysis_free(struct ofl_analysis *a)
{
	ofl_owners_free(&a->owners);
	ofl_ram_free(&a->ram);
	ofl_blocks_free(&a->blocks);
}
