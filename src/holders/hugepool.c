// SPDX-License-Identifier: GPL-2.0-or-later
/* hugepool.c - free huge pages: the pool has them */
#include <stdio.h>

#include "holders/holder.h"

static bool hugepool_find(struct ofl_holder_env *e, void *state,
			  const struct ofl_held *p, uint64_t *key)
{
	(void)state;
	*key = 0;
	switch (p->kind) {
	case OFL_KIND_HUGETLB_RESERVED:
	case OFL_KIND_HUGETLB_POOL_UNKNOWN:
	case OFL_KIND_HUGETLB_OPTIMIZED:
		return true;
	case OFL_KIND_HUGETLB_CROSSES:
	case OFL_KIND_HUGETLB_CROSSES_UNKNOWN:
		return ofl_page_refcount(&e->walk.format, p->raw) == 0;
	default:
		return false;
	}
}

static bool hugepool_name(struct ofl_holder_env *e, void *state,
			  const struct ofl_held *p, uint64_t key,
			  struct ofl_holder *ret)
{
	(void)e;
	(void)state;
	(void)p;
	(void)key;
	snprintf(ret->name, sizeof(ret->name), "pool of huge pages");
	snprintf(ret->detail, sizeof(ret->detail), "free");
	return true;
}

const struct ofl_holder_ops ofl_holder_hugepool = {
	.kind = "hugetlb",
	.evidence = "page_type or destructor of a huge page, reference count 0",
	.what = "the pool, of huge pages that are free and cannot go",
	.find = hugepool_find, .name = hugepool_name,
};
