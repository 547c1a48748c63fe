// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pagepool.c - pages of a network driver's page pool
 *
 * Source: include/linux/poison.h: PP_SIGNATURE is 0x40 above the address that
 *         no pointer can have.
 */
#include <stdio.h>

#include "holders/holder.h"

#define SIGNATURE	0x40

/* CONFIG_ILLEGAL_POINTER_VALUE: x86_64, arm64, riscv64; ppc64 */
static bool is_signature(uint64_t magic)
{
	return (magic & 0xfc) == SIGNATURE &&
	       (magic >> 48 == 0xdead || magic >> 32 == 0x5deadbee);
}

static bool pagepool_find(struct ofl_holder_env *e, void *state,
			  const struct ofl_held *p, uint64_t *key)
{
	const struct ofl_layout *l = e->walk.l;

	(void)state;
	if (p->kind != OFL_KIND_KERNEL ||
	    !ofl_fact_known(l, OFL_F_PAGE_PP_MAGIC) ||
	    !ofl_fact_known(l, OFL_F_PAGE_PP) ||
	    !is_signature(ofl_page_u64(p->raw,
			(uint64_t)l->fact[OFL_F_PAGE_PP_MAGIC].value)))
		return false;
	*key = ofl_page_u64(p->raw, (uint64_t)l->fact[OFL_F_PAGE_PP].value);
	return ofl_is_kernel_pointer(&e->walk, *key);
}

static bool pagepool_name(struct ofl_holder_env *e, void *state,
			  const struct ofl_held *p, uint64_t key,
			  struct ofl_holder *ret)
{
	struct ofl_walk *w = &e->walk;
	uint64_t dev, name_kva;

	(void)state;
	(void)p;
	snprintf(ret->detail, sizeof(ret->detail), "page pool");
	return ofl_walk_pointer(w, key, OFL_F_PP_DEV, &dev) &&
	       ofl_fact_known(w->l, OFL_F_DEVICE_KOBJ) &&
	       ofl_walk_pointer_any(w, ofl_walk_at(w, dev, OFL_F_DEVICE_KOBJ),
				    OFL_F_KOBJ_NAME, &name_kva) &&
	       ofl_walk_text(w, name_kva, ret->name, sizeof(ret->name));
}

const struct ofl_holder_ops ofl_holder_pagepool = {
	.kind = "page-pool",
	.evidence = "page.pp_magic, page_pool.p.dev",
	.what = "device of a network driver's page pool",
	.find = pagepool_find, .name = pagepool_name,
};
