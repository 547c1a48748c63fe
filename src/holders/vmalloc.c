// SPDX-License-Identifier: GPL-2.0-or-later
/* vmalloc.c - the caller of vmalloc(): vm_struct.caller */
#include <inttypes.h>
#include <stdio.h>

#include "holders/holder.h"
#include "holders/may.h"

static bool vmalloc_find(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t *key)
{
	struct ofl_walk *w = &e->walk;

	(void)state;
	if (!ofl_kind_may(p->kind, OFL_MAY_AREA))
		return false;
	ofl_areas_load(&e->areas, w);
	*key = ofl_areas_find(&e->areas, p->pfn);
	return *key || ofl_break_tell(&e->areas.broken, w);
}

static bool vmalloc_name(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t key,
			 struct ofl_holder *ret)
{
	struct ofl_walk *w = &e->walk;
	char symbol[96];
	uint64_t caller;
	struct ofl_text text = ofl_text_over(ret->name, sizeof(ret->name));

	(void)state;
	(void)p;
	if (!ofl_walk_pointer_any(w, key, OFL_F_VM_CALLER, &caller))
		return false;
	if (ofl_walk_function(w, caller, symbol, sizeof(symbol)))
		ofl_text_escaped(&text, symbol);
	else
		ofl_text_add(&text, "0x%" PRIx64, caller);
	snprintf(ret->detail, sizeof(ret->detail), "caller of vmalloc()");
	return true;
}

const struct ofl_holder_ops ofl_holder_vmalloc = {
	.kind = "vmalloc",
	.evidence = "vmap_area, vm_struct.pages and .caller",
	.what = "function that called vmalloc()",
	.find = vmalloc_find, .name = vmalloc_name,
};
