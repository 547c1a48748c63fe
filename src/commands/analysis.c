// SPDX-License-Identifier: GPL-2.0-or-later
/* analysis.c - load what judging pages takes */
#include <stdio.h>
#include <string.h>

#include "commands/analysis.h"

enum ofl_status ofl_analysis_load(const struct ofl_session *s,
				  struct ofl_analysis *a, struct ofl_err *err)
{
	enum ofl_status st;

	memset(a, 0, sizeof(*a));
	a->env = (struct ofl_env){ s->t, &s->layout, &s->nodes, &a->chain,
				  &a->blocks, &a->owners };
	ofl_chain_load(s->t, &s->layout, &a->chain);
	st = ofl_blocks_load(s->t, &s->layout, &a->blocks, err);
	if (!st)
		st = ofl_ram_load(s->t, &s->layout, &a->ram, err);
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
