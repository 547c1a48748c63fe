// SPDX-License-Identifier: GPL-2.0-or-later
/* memcg.c - kernel memory that is charged to a control group */
#include <stdio.h>

#include "holders/cgroup.h"
#include "holders/holder.h"
#include "holders/may.h"

static bool memcg_find(struct ofl_holder_env *e, void *state,
		       const struct ofl_held *p, uint64_t *key)
{
	(void)state;
	if (!ofl_kind_may(p->kind, OFL_MAY_AREA))
		return false;
	*key = ofl_cgroup_charge(&e->walk, p->raw);
	return *key;
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
	.evidence = "page.memcg_data: obj_cgroup, mem_cgroup, cgroup, kernfs_node; page.mem_cgroup of PG_kmemcg before v5.11",
	.what = "control group that other kernel memory is charged to",
	.find = memcg_find, .name = memcg_name,
};
