// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * percpu.c - chunks of per-CPU memory
 *
 * Source: mm/percpu.c: pcpu_set_page_chunk() leaves the address of the chunk
 *         in page.index, or in page.private in later kernels.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "holders/holder.h"

#define MAX_SLOTS	64

static bool collect(struct ofl_walk *w, uint64_t node_kva, void *arg)
{
	return !ofl_kva_set_add(arg, node_kva -
			(uint64_t)w->l->fact[OFL_F_CHUNK_LIST].value);
}

static bool percpu_open(struct ofl_holder_env *e, void **state)
{
	struct ofl_kva_set *chunks = calloc(1, sizeof(*chunks));
	const struct ofl_layout *l = e->walk.l;
	int64_t i, nr = ofl_fact_value(l, OFL_F_PCPU_NR_SLOTS, 0);
	uint64_t lists;

	*state = chunks;
	if (!chunks)
		return false;
	if (ofl_fact_known(l, OFL_F_PCPU_LISTS) &&
	    ofl_fact_known(l, OFL_F_CHUNK_LIST) &&
	    ofl_read_u64(&e->walk.t, (uint64_t)l->fact[OFL_F_PCPU_LISTS].value,
			 &lists))
		for (i = 0; i < nr && i < MAX_SLOTS; i++)
			ofl_walk_list(&e->walk, lists + (uint64_t)i * 16,
				      collect, chunks);
	ofl_kva_set_sort(chunks);
	return true;
}

static void percpu_close(void *state)
{
	ofl_kva_set_free(state);
	free(state);
}

static bool percpu_find(struct ofl_holder_env *e, void *state,
			const struct ofl_held *p, uint64_t *key)
{
	const struct ofl_walk *w = &e->walk;
	int64_t at = ofl_fact_value(w->l, OFL_F_PAGE_INDEX, -1);

	if (p->kind != OFL_KIND_KERNEL)
		return false;
	*key = at < 0 ? 0 : ofl_page_u64(p->raw, (uint64_t)at);
	if (ofl_kva_set_has(state, *key))
		return true;
	*key = ofl_page_private(&w->format, p->raw);
	return ofl_kva_set_has(state, *key);
}

static bool percpu_name(struct ofl_holder_env *e, void *state,
			const struct ofl_held *p, uint64_t key,
			struct ofl_holder *ret)
{
	uint64_t base;

	(void)state;
	(void)p;
	snprintf(ret->name, sizeof(ret->name), "per-CPU memory");
	if (ofl_walk_number(&e->walk, key, OFL_F_CHUNK_BASE, 8, &base))
		snprintf(ret->detail, sizeof(ret->detail),
			 "chunk at 0x%" PRIx64, base);
	e->walk.bad_what = NULL;
	return true;
}

const struct ofl_holder_ops ofl_holder_percpu = {
	.kind = "percpu",
	.evidence = "page.index is a chunk of pcpu_chunk_lists",
	.what = "per-CPU memory, by chunk",
	.open = percpu_open, .close = percpu_close,
	.find = percpu_find, .name = percpu_name,
};
