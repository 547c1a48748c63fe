// SPDX-License-Identifier: GPL-2.0-or-later
/* region.c - what /proc/iomem calls memory that was reserved at boot */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holders/holder.h"
#include "kernel/iomem.h"

#define MAX_REGIONS	65536

/** struct regions - the state */
struct regions {
	struct ofl_res *res;		/* parents before children; owned */
	size_t nr, max;
	enum ofl_status status;		/* of the walk */
	uint64_t last_kva;		/* what it saw last */
	uint64_t page_bytes;
};

static enum ofl_status collect(void *arg, const struct ofl_res *r)
{
	struct regions *rs = arg;
	size_t max = rs->max ? rs->max * 2 : 64;
	struct ofl_res *more;

	if (rs->nr == rs->max) {
		more = max > MAX_REGIONS ? NULL :
		       realloc(rs->res, max * sizeof(*more));
		if (!more)
			return OFL_ERR_NOMEM;
		rs->res = more;
		rs->max = max;
	}
	rs->res[rs->nr++] = *r;
	rs->last_kva = r->kva;
	return OFL_OK;
}

static bool region_open(struct ofl_holder_env *e, void **state)
{
	struct regions *rs = calloc(1, sizeof(*rs));

	*state = rs;
	if (!rs)
		return false;
	rs->page_bytes = e->walk.l->page_bytes;
	rs->last_kva = ofl_fact_u64(e->walk.l, OFL_F_IOMEM);
	rs->status = ofl_iomem_walk(&e->walk.t, e->walk.l, collect, rs);
	if (rs->status == OFL_ERR_NOMEM)
		ofl_walk_lost(&e->walk);
	return true;
}

static void region_close(void *state)
{
	struct regions *rs = state;

	free(rs->res);
	free(rs);
}

/* the innermost resource that has a byte of the page; 1 above its index */
static bool region_find(struct ofl_holder_env *e, void *state,
			const struct ofl_held *p, uint64_t *key)
{
	const struct regions *rs = state;
	uint64_t pa = p->pfn * rs->page_bytes, last = pa + rs->page_bytes - 1;
	size_t i;

	if (p->kind != OFL_KIND_RESERVED)
		return false;
	if (rs->status == OFL_ERR_CORRUPT)
		return ofl_walk_broke(&e->walk, rs->last_kva,
				      "is the last resource of iomem that can be read");
	if (rs->status)
		return ofl_walk_untold(&e->walk, "the tree of iomem is not known");
	*key = 0;
	for (i = 0; i < rs->nr && rs->res[i].start_pa <= last; i++)
		if (rs->res[i].last_pa >= pa)
			*key = i + 1;
	return true;
}

static bool region_name(struct ofl_holder_env *e, void *state,
			const struct ofl_held *p, uint64_t key,
			struct ofl_holder *ret)
{
	const struct regions *rs = state;
	const struct ofl_res *r = key ? &rs->res[key - 1] : NULL;

	(void)e;
	(void)p;
	if (!r) {
		snprintf(ret->name, sizeof(ret->name), "hole");
		snprintf(ret->detail, sizeof(ret->detail),
			 "no memory in iomem");
		return true;
	}
	if ((r->flags & OFL_IORES_SYSRAM) && !strcmp(r->name, "System RAM"))
		snprintf(ret->name, sizeof(ret->name), "boot allocation");
	else
		snprintf(ret->name, sizeof(ret->name), "%s",
			 r->name[0] ? r->name : "resource without a name");
	snprintf(ret->detail, sizeof(ret->detail), "iomem 0x%" PRIx64 "-0x%"
		 PRIx64, r->start_pa, r->last_pa);
	return true;
}

const struct ofl_holder_ops ofl_holder_region = {
	.kind = "region",
	.evidence = "iomem_resource",
	.what = "what iomem calls memory that is reserved: Crash kernel, Kernel code, a table of the firmware; boot allocation where it is System RAM and no more",
	.open = region_open, .close = region_close,
	.find = region_find, .name = region_name,
};
