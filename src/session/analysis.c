// SPDX-License-Identifier: GPL-2.0-or-later
/* analysis.c - load what a verdict on a page needs besides the page */
#include <string.h>

#include "session/analysis.h"

enum ofl_status ofl_analysis_load(const struct ofl_target *t,
				  const struct ofl_layout *l,
				  const struct ofl_nodes *n,
				  struct ofl_analysis *a, struct ofl_err *err)
{
	struct ofl_missed before = ofl_missed_begin(t);
	enum ofl_status st;

	memset(a, 0, sizeof(*a));
	a->env = (struct ofl_env){ t, l, n, &a->chain, NULL, &a->owners,
				  &a->batches, &a->room, &a->node_chain,
				  &a->types };
	ofl_missed_what(t, "memory_chain");
	ofl_chain_load(t, l, &a->chain);
	ofl_missed_what(t, "node_chain");
	ofl_node_chain_load(t, l, &a->node_chain);
	ofl_missed_what(t, "memory blocks");
	st = ofl_blocks_load(t, l, &a->blocks, err);
	if (!st)
		a->env.blocks = &a->blocks;
	ofl_missed_what(t, "batches of the CPUs");
	/* only verdicts need them */
	if (!st || st == OFL_ERR_NODATA)
		st = ofl_batches_load(t, l, &a->batches, err);
	if (!st)
		st = ofl_owners_probe(&a->env, &a->owners, err);
	ofl_types_base_close(&a->types);
	ofl_missed_end(t, &before, &a->missed);
	return st;
}

enum ofl_status ofl_analysis_load_ram(struct ofl_analysis *a,
				      struct ofl_err *err)
{
	const struct ofl_target *t = a->env.t;
	struct ofl_missed before;
	enum ofl_status st;

	if (!a->env.blocks)
		return ofl_fail(err, OFL_ERR_NODATA,
			"memory blocks are not known here: no index memory_blocks, and no devices on the bus \"memory\" (no CONFIG_MEMORY_HOTPLUG, or not in the dump)");
	if (a->ram_loaded) {
		ofl_missed_again(t, &a->ram_missed);
		return OFL_OK;
	}
	before = ofl_missed_begin(t);
	ofl_missed_what(t, "iomem_resource");
	st = ofl_ram_load(t, a->env.l, &a->ram, err);
	ofl_missed_what(t, "counters of zones");
	if (!st)
		st = ofl_room_load(t, a->env.l, a->env.n, &a->room, err);
	ofl_missed_end(t, &before, &a->ram_missed);
	a->ram_loaded = !st;
	return st;
}

enum ofl_status ofl_analysis_load_devices(struct ofl_analysis *a,
					  struct ofl_err *err)
{
	enum ofl_status st = OFL_OK;

	if (!a->devices_loaded)
		st = ofl_memdevs_load(&a->env, &a->devices, err);
	a->devices_loaded = !st;
	if (st)
		ofl_memdevs_free(&a->devices);
	return st;
}

void ofl_analysis_free(struct ofl_analysis *a)
{
	ofl_memdevs_free(&a->devices);
	ofl_kept_holders_free(&a->holders);
	ofl_verdicts_free(&a->verdicts);
	ofl_owners_free(&a->owners);
	ofl_ram_free(&a->ram);
	ofl_batches_free(&a->batches);
	ofl_room_free(&a->room);
	ofl_blocks_free(&a->blocks);
}
