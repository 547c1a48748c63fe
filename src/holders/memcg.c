// SPDX-License-Identifier: GPL-2.0-or-later
/* memcg.c - kernel memory that is charged to a control group */
#include <stdio.h>

#include "holders/cgroup.h"
#include "holders/holder.h"

#define KMEM	2		/* MEMCG_DATA_KMEM: it is an obj_cgroup */

static bool memcg_find(struct ofl_holder_env *e, void *state,
		       const struct ofl_held *p, uint64_t *key)
{
	const struct ofl_layout *l = e->walk.l;
	int64_t at = ofl_fact_value(l, OFL_F_PAGE_MEMCG_DATA, -1);

	(void)state;
	if (at < 0 || (p->kind != OFL_KIND_KERNEL &&
		       p->kind != OFL_KIND_TYPED &&
		       p->kind != OFL_KIND_FROZEN))
		return false;
	*key = ofl_page_u64(p->raw, (uint64_t)at);
	return (*key & 7) == KMEM;
}

static bool memcg_name(struct ofl_holder_env *e, void *state,
		       const struct ofl_held *p, uint64_t key,
		       struct ofl_holder *ret)
{
	(void)state;
	(void)p;
	snprintf(ret->detail, sizeof(ret->detail), "kernel memory charged to it");
	return ofl_cgroup_of_page(&e->walk, key, ret->name, sizeof(ret->name));
}

const struct ofl_holder_ops ofl_holder_memcg = {
	.kind = "cgroup",
	.evidence = "page.memcg_data: obj_cgroup, mem_cgroup, cgroup, kernfs_node",
	.what = "control group that other kernel memory is charged to",
	.find = memcg_find, .name = memcg_name,
};
