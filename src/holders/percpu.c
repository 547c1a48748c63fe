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
#include "holders/overlay.h"
#include "target/count.h"

#define MAX_SLOTS	64
#define MAX_TYPES	8	/* of chunks */

/** struct chunks - the state */
struct chunks {
	struct ofl_kva_set all;
	struct ofl_break broken;
};

static bool collect(struct ofl_walk *w, uint64_t node_kva, void *arg)
{
	struct chunks *c = arg;

	return !ofl_kva_set_add(&c->all, w, node_kva -
				ofl_fact_u64(w->l, OFL_F_CHUNK_LIST));
}

static void walk_slots(struct ofl_walk *w, struct chunks *c)
{
	uint64_t at = ofl_fact_u64(w->l, OFL_F_PCPU_LISTS), lists, i;
	int64_t nr = ofl_fact_value(w->l, OFL_F_PCPU_NR_SLOTS, 0);
	int64_t types = ofl_fact_value(w->l, OFL_F_PCPU_TYPES, 1);

	if (!ofl_read_u64(&w->t, at, &lists) || !ofl_is_kernel_pointer(w, lists) ||
	    nr <= 0 || nr > MAX_SLOTS || types <= 0 || types > MAX_TYPES) {
		c->broken = (struct ofl_break){ at, "is no array of lists of per-CPU chunks" };
		return;
	}
	/* those of each type stand behind those of the type before */
	for (i = 0; i < (uint64_t)(nr * types); i++) {
		ofl_walk_list(w, lists + i * 16, collect, c);
		ofl_break_keep(&c->broken, w);
	}
}

static bool percpu_open(struct ofl_holder_env *e, void **state)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_PCPU_LISTS, OFL_F_PCPU_NR_SLOTS, OFL_F_CHUNK_LIST,
	};
	struct chunks *c = calloc(1, sizeof(*c));

	*state = c;
	if (!c)
		return false;
	if (ofl_walk_knows(&e->walk, needed, OFL_COUNT(needed)))
		walk_slots(&e->walk, c);
	ofl_kva_set_sort(&c->all);
	return true;
}

static void percpu_close(void *state)
{
	struct chunks *c = state;

	ofl_kva_set_free(&c->all);
	free(c);
}

static bool percpu_find(struct ofl_holder_env *e, void *state,
			const struct ofl_held *p, uint64_t *key)
{
	const struct chunks *c = state;
	struct ofl_walk *w = &e->walk;
	uint64_t index = ofl_overlay_index(&w->format, p->raw);

	if (p->kind != OFL_KIND_KERNEL)
		return false;
	*key = index;
	if (ofl_kva_set_has(&c->all, *key))
		return true;
	*key = ofl_page_private(&w->format, p->raw);
	if (ofl_kva_set_has(&c->all, *key))
		return true;
	/* a chunk behind the break has an address, too */
	return (ofl_is_kernel_pointer(w, index) || ofl_is_kernel_pointer(w, *key)) &&
	       ofl_break_tell(&c->broken, w);
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
