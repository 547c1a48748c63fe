// SPDX-License-Identifier: GPL-2.0-or-later
/* pagepool.c - pages of a network driver's page pool */
#include <stdio.h>

#include "holders/holder.h"
#include "holders/overlay.h"
#include "target/count.h"

static bool pagepool_find(struct ofl_holder_env *e, void *state,
			  const struct ofl_held *p, uint64_t *key)
{
	(void)state;
	*key = ofl_overlay_pool(&e->walk.format, p->raw);
	return p->kind == OFL_KIND_KERNEL &&
	       ofl_is_kernel_pointer(&e->walk, *key);
}

static const enum ofl_fact_id needed[] = {
	OFL_F_PP_DEV, OFL_F_DEVICE_KOBJ, OFL_F_KOBJ_NAME, OFL_F_KOBJ_SD,
	OFL_F_KN_PRIV,
};

/* a device and its directory in sysfs point to each other */
static bool is_device(struct ofl_walk *w, uint64_t kobj)
{
	uint64_t kn, back;

	return ofl_walk_pointer(w, kobj, OFL_F_KOBJ_SD, &kn) &&
	       ofl_walk_number(w, kn, OFL_F_KN_PRIV, 8, &back) &&
	       (back == kobj ||
		ofl_walk_broke(w, kn, "does not point back to its device"));
}

static bool pagepool_name(struct ofl_holder_env *e, void *state,
			  const struct ofl_held *p, uint64_t key,
			  struct ofl_holder *ret)
{
	struct ofl_walk *w = &e->walk;
	uint64_t dev, kobj, name_kva;

	(void)state;
	(void)p;
	snprintf(ret->detail, sizeof(ret->detail), "page pool");
	if (!ofl_walk_knows(w, needed, OFL_COUNT(needed)))
		return ofl_walk_untold(w, ofl_walk_no_types);
	if (!ofl_walk_pointer(w, key, OFL_F_PP_DEV, &dev))
		return false;
	kobj = ofl_walk_at(w, dev, OFL_F_DEVICE_KOBJ);
	return is_device(w, kobj) &&
	       ofl_walk_pointer_any(w, kobj, OFL_F_KOBJ_NAME, &name_kva) &&
	       ofl_walk_text(w, name_kva, ret->name, sizeof(ret->name));
}

const struct ofl_holder_ops ofl_holder_pagepool = {
	.kind = "page-pool",
	.evidence = "page.pp_magic, page_pool.p.dev, whose directory in sysfs leads back",
	.what = "device of a network driver's page pool",
	.find = pagepool_find, .name = pagepool_name,
};
