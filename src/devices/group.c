// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * group.c - groups of memory blocks that were added as one device
 *
 * memory_block.group is a struct memory_group, which memory_groups has by its
 * number. A driver makes one for its device; which device is not said.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "devices/memdevs.h"
#include "kernel/xarray.h"
#include "target/count.h"

/** struct number - a group and its number */
struct number {
	uint64_t kva, nr;
};

/** struct numbers - of all groups; owned */
struct numbers {
	struct number *group;
	size_t nr;
};

static enum ofl_status collect(void *arg, uint64_t kva, uint64_t nr)
{
	struct numbers *n = arg;
	struct number *more;

	if (n->nr == OFL_MAX_MEMDEVS)
		return OFL_ERR_CORRUPT;
	if (!(n->nr & (n->nr - 1))) {
		more = realloc(n->group, (n->nr ? n->nr * 2 : 1) *
			       sizeof(*more));
		if (!more)
			return OFL_ERR_NOMEM;
		n->group = more;
	}
	n->group[n->nr++] = (struct number){ kva, nr };
	return OFL_OK;
}

static const struct number *look_up(const struct numbers *n, uint64_t kva)
{
	size_t i;

	for (i = 0; i < n->nr; i++)
		if (n->group[i].kva == kva)
			return &n->group[i];
	return NULL;
}

/* register_memory_group(): blocks come and go by units, or all at once */
static void note(struct ofl_memdevs *d, uint64_t kva, struct ofl_memdev *dev)
{
	const struct ofl_layout *l = d->env->l;
	uint64_t dynamic, pages;

	if (dev->note[0] || !ofl_fact_known(l, OFL_F_GROUP_DYNAMIC) ||
	    !ofl_read_uint(&d->t, kva + ofl_fact_u64(l, OFL_F_GROUP_DYNAMIC), 1,
			   &dynamic) ||
	    !ofl_fact_read_u64(&d->t, l, kva, OFL_F_GROUP_PAGES, &pages) ||
	    pages > l->nr_sections * l->section_pages)
		return;
	ofl_text_put(dev->note, sizeof(dev->note), dynamic ?
		     "comes and goes by units of %" PRIu64 " MiB" :
		     "one device of up to %" PRIu64 " MiB",
		     (pages * l->page_bytes) >> 20);
}

static bool add_blocks(struct ofl_memdevs *d, const struct numbers *n)
{
	const struct ofl_layout *l = d->env->l;
	const struct ofl_blocks *blocks = d->env->blocks;
	uint64_t bytes = l->sections_per_block * l->section_pages * l->page_bytes;
	const struct number *group;
	struct ofl_memdev *dev;
	bool whole = true;
	char name[24];
	size_t i;

	for (i = 0; i < blocks->nr; i++) {
		const struct ofl_block *b = &blocks->block[i];

		whole &= !b->unread;
		group = b->group_kva ? look_up(n, b->group_kva) : NULL;
		if (b->group_kva && !group)
			whole = false;
		if (!group)
			continue;
		snprintf(name, sizeof(name), "group%" PRIu64, group->nr);
		dev = ofl_memdevs_add(d, &ofl_memdev_group, name, false,
				      b->nr * bytes, (b->nr + 1) * bytes);
		if (dev)
			note(d, group->kva, dev);
	}
	return whole;
}

static bool find(struct ofl_memdevs *d)
{
	const struct ofl_layout *l = d->env->l;
	struct numbers n = { .nr = 0 };
	uint64_t lost = 0;
	bool whole;

	/* a kernel before v5.15, or no debuginfo */
	if (!d->env->blocks || (!ofl_fact_known(l, OFL_F_BLOCK_GROUP) &&
				!ofl_fact_known(l, OFL_F_MEMORY_GROUPS)))
		return true;
	if (!ofl_fact_known(l, OFL_F_BLOCK_GROUP) ||
	    !ofl_fact_known(l, OFL_F_MEMORY_GROUPS) || !ofl_xarray_known(l))
		return false;
	whole = !ofl_xarray_walk(&d->t, l, ofl_fact_u64(l, OFL_F_MEMORY_GROUPS),
				 collect, &n, &lost) && !lost;
	whole &= add_blocks(d, &n);
	free(n.group);
	return whole;
}

const struct ofl_memdev_kind ofl_memdev_group = {
	.name = "group",
	.evidence = "memory_block.group, which is in memory_groups",
	.what = "memory group that no kind above explains, by its number: `group1`",
	.next = "unplug the device that added it: its blocks can be offlined",
	.next_held = "its device cannot be unplugged until its blocks can be offlined",
	.rest = true,
	.find = find,
};
