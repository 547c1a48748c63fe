/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * onlining.h - memory that was added and never brought online, and what
 * the kernel does with memory that is added
 *
 * Depends on block.h and section.h (late facts).
 */
#ifndef OFL_ONLINING_H
#define OFL_ONLINING_H

#include "kernel/block.h"

/** struct ofl_never_online - memory blocks that are offline and always were */
struct ofl_never_online {
	uint64_t blocks, first_nr;
	uint64_t untold;	/* offline blocks of which it is not known */
};

/**
 * ofl_never_online() - count them; whatever filters there are
 *
 * Shape:  what is added gets pageblock words of zeros, and the first thing that
 *         onlining does is to give each pageblock a type that is not 0; they
 *         keep it when the block goes offline. Memory of the boot was online.
 * Errors: none; blocks and words that cannot be read are @ret->untold, and so
 *         are all that are offline (@offline of them) if the walk fails.
 * Source: mm/sparse.c (mm/sparse-vmemmap.c): section_activate();
 *         mm/memory_hotplug.c: move_pfn_range_to_zone(), MIGRATE_ISOLATE
 *         (since v7.2 MIGRATE_MOVABLE, isolated).
 */
void ofl_never_online(const struct ofl_target *t, const struct ofl_layout *l,
		      uint64_t offline, struct ofl_never_online *ret);

/** struct ofl_online_policy - what becomes of memory that is added */
struct ofl_online_policy {
	const char *word;	/* as sysfs has it: auto_online_blocks */
	const char *text;	/* the same in words, for people */
};

/**
 * ofl_online_policy() - what the kernel does with memory that is added
 *
 * Errors: NULL: the dump does not say, or it is none of the words.
 * Source: drivers/base/memory.c: online_type_to_str[].
 */
const struct ofl_online_policy *ofl_online_policy(const struct ofl_layout *l);

/**
 * ofl_zone_policy() - how the kernel chooses the zone of memory that is onlined
 *
 * Shape:  @ret->word as /sys/module/memory_hotplug/parameters/online_policy has
 *         it. It matters where neither the policy nor a user names the zone.
 * Errors: false: this kernel has no such parameter, and extends zones (before
 *         v5.15). @ret->word NULL: it has, and the dump does not say.
 * Source: mm/memory_hotplug.c: online_policy_to_str[], zone_for_pfn_range().
 */
bool ofl_zone_policy(const struct ofl_layout *l, struct ofl_online_policy *ret);

#endif
