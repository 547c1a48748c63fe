// SPDX-License-Identifier: GPL-2.0-or-later
/* hugepool.c - free huge pages: the pool has them */
#include "holders/holder.h"
#include "holders/may.h"

static bool hugepool_find(struct ofl_holder_env *e, void *state,
			  const struct ofl_held *p, uint64_t *key)
{
	(void)state;
	*key = 0;
	return ofl_kind_may(p->kind, OFL_MAY_POOL) ||
	       (ofl_kind_may(p->kind, OFL_MAY_COUNT0) &&
		ofl_page_refcount(&e->walk.format, p->raw) == 0);
}

const struct ofl_holder_ops ofl_holder_hugepool = {
	.kind = "hugetlb",
	.evidence = "page_type or destructor of a huge page, reference count 0",
	.what = "the pool, of huge pages that are free and cannot go",
	.find = hugepool_find,
	.fixed = { "pool of huge pages", "free" },
};
