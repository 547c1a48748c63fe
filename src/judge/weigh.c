// SPDX-License-Identifier: GPL-2.0-or-later
/* weigh.c - what a block itself makes of the steps, whatever its pages are */
#include <inttypes.h>
#include <stdio.h>

#include "judge/older.h"
#include "judge/weigh.h"

/* memory_block_offline(); before v5.18 test_pages_in_a_zone() */
static void weigh_zone(const struct ofl_env *env, struct ofl_block_report *r)
{
	static const char mixed[] =
		"mixes zones or has a hole, and can never be offlined";
	bool has_zone = ofl_fact_known(env->l, OFL_F_BLOCK_ZONE);

	if (r->block->unread)
		ofl_report_because(r, OFL_STEP_ZONE, OFL_OUT_UNKNOWN,
				   "its memory_block cannot be read");
	else if (!ofl_blocks_zone_known(env->l))
		ofl_report_because(r, OFL_STEP_ZONE, OFL_OUT_UNKNOWN,
				   "neither debuginfo nor a symbol says where its zone is kept");
	else if (has_zone ? !r->block->zone_kva : r->several_zones)
		ofl_report_because(r, OFL_STEP_ZONE, OFL_OUT_BLOCKED, "%s",
				   mixed);
	else if (!r->zone && r->scanned)
		ofl_report_because(r, OFL_STEP_ZONE, OFL_OUT_UNKNOWN,
				   "its zone is not one of the zones found");
}

static void say_holes(const struct ofl_env *env, const struct ofl_ram *ram,
		      struct ofl_block_report *r)
{
	bool may_pass = ofl_older_holes(env->l);
	uint64_t start = r->start_pfn + r->block->memmap_pages;
	uint64_t missing = r->pages - r->ram_pages;
	struct ofl_ram_span hole;
	char where[64] = "";

	if (ofl_ram_hole(ram, start, start + r->pages, &hole))
		snprintf(where, sizeof(where), " (0x%" PRIx64 "-0x%" PRIx64
			 "%s)", hole.start_pfn, hole.end_pfn - 1,
			 hole.end_pfn - hole.start_pfn < missing ? ", ..." : "");
	ofl_report_because(r, OFL_STEP_HOLES,
			   may_pass ? OFL_OUT_UNKNOWN : OFL_OUT_BLOCKED,
			   "%" PRIu64 " of %" PRIu64 " pages %s not RAM%s%s", missing,
			   r->pages, missing == 1 ? "is" : "are", where,
			   may_pass ? ", which kernels before 5.5 do not look for" : "");
}

/* offline_pages(): walk_system_ram_range() has to count every page */
static void weigh_holes(const struct ofl_env *env, const struct ofl_ram *ram,
			struct ofl_block_report *r)
{
	if (!ram->known)
		ofl_report_because(r, OFL_STEP_HOLES, OFL_OUT_UNKNOWN,
				   "iomem_resource cannot be read");
	else if (r->block->unread)
		ofl_report_because(r, OFL_STEP_HOLES, OFL_OUT_UNKNOWN,
				   "its memory_block cannot be read");
	else if (r->ram_pages != r->pages)
		say_holes(env, ram, r);
	/* memmap_on_memory is in boot memory never */
	else if (!r->early && !ofl_blocks_memmap_known(env->l))
		ofl_report_because(r, OFL_STEP_HOLES, OFL_OUT_UNKNOWN,
				   "whether it holds its own memmap is not known: vmlinux has no type that says so");
}

/* set_migratetype_isolate() looks at the pageblock first */
static void weigh_pageblocks(struct ofl_block_report *r)
{
	if (r->pageblock_unknown)
		ofl_report_because(r, OFL_STEP_ISOLATE, OFL_OUT_UNKNOWN,
				   "the pageblock state of %" PRIu64 " page%s cannot be read",
				   r->pageblock_unknown,
				   r->pageblock_unknown == 1 ? "" : "s");
}

/* ---- who is asked ---- */

static bool last_of_node(const struct ofl_env *env,
			 const struct ofl_block_report *r, bool *maybe)
{
	if (r->zone)
		return ofl_room_last(env->room, env->l, r->zone->node,
				     r->pages, maybe);
	*maybe = true;
	return false;
}

static void weigh_last_of_node(const struct ofl_env *env,
			       const struct ofl_callback *cb,
			       struct ofl_block_report *r)
{
	bool maybe;

	if (last_of_node(env, r, &maybe))
		ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
				   "%s may refuse: it is the last memory of node %d",
				   cb->name, r->zone->node);
	else if (maybe)
		ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
				   "%s may refuse, should it be the last memory of its node",
				   cb->name);
}

static void weigh_areas(const struct ofl_callback *cb, struct ofl_block_report *r)
{
	size_t i;

	for (i = 0; i < cb->nr_areas; i++)
		if (cb->area[i].end_pfn > r->start_pfn &&
		    cb->area[i].start_pfn < r->start_pfn + r->pages) {
			ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_BLOCKED,
					   "%s", cb->what);
			return;
		}
}

static void weigh_callback(const struct ofl_env *env,
			   const struct ofl_callback *cb,
			   struct ofl_block_report *r)
{
	switch (cb->veto) {
	case OFL_VETO_NEVER:
	case OFL_VETO_OWNER:		/* the rule has simulated it */
		return;
	case OFL_VETO_SPLIT:
		if (!r->early)
			ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
					   "%s may refuse", cb->name);
		/* fall through */
	case OFL_VETO_BOOT_MEMORY:	/* early_section() */
		if (r->early)
			ofl_report_because(r, OFL_STEP_NOTIFY,
					   OFL_OUT_BLOCKED, "%s", cb->what);
		return;
	case OFL_VETO_BELOW:
		if (r->start_pfn < cb->below_pfn)
			ofl_report_because(r, OFL_STEP_NOTIFY,
					   OFL_OUT_BLOCKED, "%s", cb->what);
		return;
	case OFL_VETO_AREAS:
		weigh_areas(cb, r);
		return;
	case OFL_VETO_LAST_OF_NODE:
		weigh_last_of_node(env, cb, r);
		return;
	case OFL_VETO_SOMETIMES:
		ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
				   "%s may refuse", cb->name);
		return;
	case OFL_VETO_UNKNOWN:
	case OFL_NR_VETOES:
		break;
	}
	if (cb->name[0])
		ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
				   "%s is not known here: it may refuse", cb->name);
	else
		ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
				   "the callback at 0x%" PRIx64 " has no name: it may refuse",
				   cb->call_kva);
}

/* offline_pages(): node_notify(NODE_REMOVING_LAST_MEMORY) */
static void weigh_node_chain(const struct ofl_env *env,
			     struct ofl_block_report *r)
{
	const struct ofl_chain *chain = env->node_chain;
	bool maybe;
	size_t i;

	if (!chain || (!last_of_node(env, r, &maybe) && !maybe))
		return;
	for (i = 0; i < chain->nr; i++)
		weigh_callback(env, &chain->callback[i], r);
	if (!chain->known || chain->cut)
		ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
				   "node_chain %s: a callback may refuse",
				   chain->known ? "breaks off" : "cannot be read");
}

static void weigh_drivers(const struct ofl_env *env, struct ofl_block_report *r)
{
	const struct ofl_owner_ops *who = NULL;

	switch (!env->owners ? OFL_REFUSES_NOT :
		ofl_owners_refusing(env->owners, r->start_pfn, r->pages, &who)) {
	case OFL_REFUSES_NOT:
		return;
	case OFL_REFUSES_MAYBE:
		ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
				   "%s may refuse: whether its device is being removed cannot be read",
				   who->name);
		return;
	case OFL_REFUSES:
		r->driver_refuses = true;
		ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_BLOCKED,
				   "%s refuses: its device is being removed", who->name);
	}
}

/* offline_pages(): memory_notify(MEM_GOING_OFFLINE) */
static void weigh_chain(const struct ofl_env *env, struct ofl_block_report *r)
{
	size_t i;

	weigh_node_chain(env, r);
	weigh_drivers(env, r);
	for (i = 0; i < env->chain->nr; i++) {
		const struct ofl_callback *cb = &env->chain->callback[i];

		if (!env->owners || !ofl_owners_called(env->owners, cb->nb_kva))
			weigh_callback(env, cb, r);
	}
	if (!env->chain->known)
		ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
				   "memory_chain cannot be read: a callback may refuse");
	else if (env->chain->cut)
		ofl_report_because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
				   "memory_chain breaks off: a callback may refuse");
}

void ofl_weigh_block(const struct ofl_env *env, const struct ofl_ram *ram,
		     struct ofl_block_report *r)
{
	weigh_zone(env, r);
	weigh_holes(env, ram, r);
	weigh_pageblocks(r);
	weigh_chain(env, r);
}
