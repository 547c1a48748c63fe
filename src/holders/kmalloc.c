// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kmalloc.c - what kmalloc() takes from the page allocator itself
 *
 * Source: mm/slub.c: ___kmalloc_large_node(): more than KMALLOC_MAX_CACHE_SIZE,
 *         two pages. Marked so in v7.2; before, it is a kernel page like others.
 */
#include "holders/holder.h"

static bool kmalloc_find(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t *key)
{
	(void)state;
	*key = 0;
	return ofl_page_is_type(&e->walk.format, OFL_TYPE_LARGE_KMALLOC, p->type);
}

const struct ofl_holder_ops ofl_holder_kmalloc = {
	.kind = "kmalloc",
	.evidence = "page_type PGTY_large_kmalloc",
	.what = "memory of kmalloc() that is larger than any slab cache; whose it is the kernel does not keep",
	.find = kmalloc_find,
	.fixed = { "kmalloc, large", "more than two pages at once" },
};
