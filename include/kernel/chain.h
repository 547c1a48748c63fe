/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chain.h - which callbacks are asked before memory goes offline
 *
 * Depends on layout.h (late facts). memory_chain holds the callbacks that get
 * MEM_GOING_OFFLINE, node_chain those that get NODE_REMOVING_LAST_MEMORY; what
 * each of them does is a row of a table.
 */
#ifndef OFL_CHAIN_H
#define OFL_CHAIN_H

#include "layout/layout.h"

#define OFL_MAX_CALLBACKS 64

/** enum ofl_veto - what a callback may do to MEM_GOING_OFFLINE */
enum ofl_veto {
	OFL_VETO_NEVER,		/* known, and it never refuses */
	OFL_VETO_OWNER,		/* a driver of ours: simulated page by page */
	OFL_VETO_BOOT_MEMORY,	/* arm64: refuses blocks of boot memory */
	OFL_VETO_SPLIT,		/* that, and may refuse what was added later */
	OFL_VETO_BELOW,		/* s390x: refuses what begins below some pfn */
	OFL_VETO_AREAS,		/* s390x: refuses blocks with pages of some areas */
	OFL_VETO_LAST_OF_NODE,	/* may refuse the last memory of a node */
	OFL_VETO_SOMETIMES,	/* known to refuse for reasons not looked at */
	OFL_VETO_UNKNOWN,	/* a callback that the table does not know */
	OFL_NR_VETOES
};

#define OFL_MAX_AREAS 32	/* MAX_CMA_AREAS is 8, 20 with NUMA, or configured; */
				/* of ranges, there are 8 an area at most */

/** struct ofl_area - pages [start_pfn, end_pfn); one of them in a block is enough */
struct ofl_area {
	uint64_t start_pfn, end_pfn;
};

/** struct ofl_callback - one entry of the chain */
struct ofl_callback {
	uint64_t nb_kva;	/* struct notifier_block */
	uint64_t call_kva;	/* the function */
	char name[64];		/* "" if no symbol is known for it */
	enum ofl_veto veto;
	const char *what;	/* what it does on MEM_GOING_OFFLINE */
	uint64_t below_pfn;	/* of OFL_VETO_BELOW, which is OFL_VETO_SOMETIMES */
				/* where this cannot be read */
	struct ofl_area area[OFL_MAX_AREAS];	/* of OFL_VETO_AREAS, likewise */
	size_t nr_areas;
};

/** struct ofl_chain - the whole chain, in calling order */
struct ofl_chain {
	struct ofl_callback callback[OFL_MAX_CALLBACKS];
	size_t nr;
	bool known;		/* false: the chain could not be walked */
	bool cut;		/* it broke off, or is longer than we look */
};

/** ofl_chain_load() - walk memory_chain; never fails, see known and cut */
void ofl_chain_load(const struct ofl_target *t, const struct ofl_layout *l,
		    struct ofl_chain *chain);

/**
 * ofl_node_chain_load() - walk node_chain, asked before a node's last memory goes
 *
 * Shape:  never fails; a kernel without it has a chain that is known and empty.
 * Source: drivers/base/node.c: node_notify() (not in 6.12, seen in 7.2).
 */
void ofl_node_chain_load(const struct ofl_target *t, const struct ofl_layout *l,
			 struct ofl_chain *chain);

#endif
