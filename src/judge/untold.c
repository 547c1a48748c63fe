// SPDX-License-Identifier: GPL-2.0-or-later
/* untold.c - what this dump has no witness for, so that no page can show it */
#include <string.h>

#include "judge/older.h"
#include "judge/untold.h"

/* aa218795cb5f (in v5.8): its series brought one symbol and took two away */
static enum ofl_tri has_skip_rule(const struct ofl_layout *l)
{
	bool since = ofl_fact_known(l, OFL_F_OFFLINE_AND_REMOVE);
	bool before = ofl_older_before_rule(l);

	if (since == before)
		return OFL_UNSURE;
	return since ? OFL_YES : OFL_NO;
}

/* PG_movable_ops, or page->mapping where isolation is PG_isolated */
static bool movable_ops_told(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_PG_MOVABLE_OPS) ||
	       (ofl_fact_known(l, OFL_F_PAGE_MAPPING) &&
		ofl_fact_known(l, OFL_F_PG_ISOLATED) &&
		!strstr(l->fact[OFL_F_PG_ISOLATED].source, "movable_ops"));
}

static bool hugetlb_told(const struct ofl_layout *l)
{
	return l->type[OFL_TYPE_HUGETLB].shape ||
	       ofl_fact_known(l, OFL_F_HUGETLB_FLAG) ||
	       (ofl_fact_known(l, OFL_F_HUGETLB_DTOR) &&
		(ofl_fact_known(l, OFL_F_COMPOUND_DTOR) ||
		 ofl_fact_known(l, OFL_F_FOLIO_DTOR)));
}

/* a type that has no name here is the kernel's own only if these have one */
static bool types_told(const struct ofl_layout *l)
{
	return l->type[OFL_TYPE_BUDDY].shape &&
	       (!ofl_pagetype_numbered(&l->offline) ||
		(l->type[OFL_TYPE_HUGETLB].shape &&
		 l->type[OFL_TYPE_ZSMALLOC].shape &&
		 l->type[OFL_TYPE_UNACCEPTED].shape));
}

/* zone->unaccepted_pages: has any page that nothing tells from a free one? */
static bool any_unaccepted(const struct ofl_env *env)
{
	uint64_t head, next;
	size_t i;

	if (env->l->type[OFL_TYPE_UNACCEPTED].shape)
		return false;
	if (!ofl_fact_known(env->l, OFL_F_ZONE_UNACCEPTED))
		return ofl_fact_known(env->l, OFL_F_NR_UNACCEPTED);
	for (i = 0; i < env->n->nr_zones; i++) {
		head = env->n->zone[i].kva +
		       ofl_fact_u64(env->l, OFL_F_ZONE_UNACCEPTED);
		if (!ofl_read_u64(env->t, head, &next) || next != head)
			return true;
	}
	return false;
}

/* CONFIG_MEMCG: where a page says what it is charged to */
static bool charge_told(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_PAGE_MEMCG_DATA) ||
	       ofl_fact_known(l, OFL_F_PAGE_MEM_CGROUP) ||
	       !ofl_fact_known(l, OFL_F_ROOT_MEM_CGROUP);
}

void ofl_untold(struct ofl_classifier *c)
{
	const struct ofl_layout *l = c->env->l;

	c->skip_rule = has_skip_rule(l);
	/* every kernel has these flags; others depend on its configuration */
	c->flags_untold = !l->pageflags_whole || !c->format.reserved ||
			  !c->format.lru || !c->format.head;
	c->types_untold = !types_told(l);
	c->hugetlb_untold = !hugetlb_told(l);
	c->movable_untold = !movable_ops_told(l);
	c->unaccepted_untold = any_unaccepted(c->env);
	c->charge_untold = !charge_told(l);
}
