// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hints.c - free pages that virtio-balloon holds while it hints them to the host
 *
 * Source: drivers/virtio/virtio_balloon.c: get_free_page_and_send() keeps the
 *         first page of each block on free_page_list; it alone has a reference.
 *         return_free_pages_to_mm() frees them when the host says that it is
 *         done, virtio_balloon_shrinker_scan() when memory runs short. Since
 *         86a559787e6f (in v4.20).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "holders/holder.h"
#include "owners/owner.h"

/** struct hints - the state */
struct hints {
	struct ofl_kva_set pages;	/* struct pages on the lists */
	const struct ofl_owner_ops *owner;	/* of the list in work */
	uint64_t lru;			/* offset of page.lru */
};

static bool collect(struct ofl_walk *w, uint64_t node_kva, void *arg)
{
	struct hints *h = arg;
	uint64_t pfn;

	/* what is no struct page ends the walk, and nothing behind it has a name */
	return !ofl_walk_pfn(w, node_kva - h->lru, &pfn) ||
	       !ofl_kva_set_add(&h->pages, node_kva - h->lru);
}

static void walk_lists(struct ofl_holder_env *e, struct hints *h, size_t row)
{
	const struct ofl_owners *owners = e->env->owners;
	const struct ofl_owner_ops *ops = ofl_owner_table[row];
	unsigned int i;
	uint64_t head;

	if (!ops->hinted || !owners->state[row])
		return;
	for (i = 0; i < ofl_owner_devices(owners, row); i++)
		if (ops->hinted(owners->state[row], i, &head))
			ofl_walk_list(&e->walk, head, collect, h);
}

static bool hints_open(struct ofl_holder_env *e, void **state)
{
	struct hints *h = calloc(1, sizeof(*h));
	const struct ofl_layout *l = e->walk.l;
	size_t i;

	*state = h;
	if (!h)
		return false;
	if (!e->env->owners || !ofl_fact_known(l, OFL_F_PAGE_LRU))
		return true;
	h->lru = ofl_fact_u64(l, OFL_F_PAGE_LRU);
	for (i = 0; ofl_owner_table[i]; i++)
		walk_lists(e, h, i);
	ofl_kva_set_sort(&h->pages);
	return true;
}

static void hints_close(void *state)
{
	struct hints *h = state;

	ofl_kva_set_free(&h->pages);
	free(h);
}

static bool hints_find(struct ofl_holder_env *e, void *state,
		       const struct ofl_held *p, uint64_t *key)
{
	const struct hints *h = state;

	(void)e;
	*key = 0;
	return p->kind == OFL_KIND_KERNEL &&
	       ofl_kva_set_has(&h->pages, p->page_kva);
}

static bool hints_name(struct ofl_holder_env *e, void *state,
		       const struct ofl_held *p, uint64_t key,
		       struct ofl_holder *ret)
{
	(void)e;
	(void)state;
	(void)p;
	(void)key;
	snprintf(ret->name, sizeof(ret->name), "virtio_balloon");
	snprintf(ret->detail, sizeof(ret->detail),
		 "free block, hinted to the host: given back when the host is done, or memory runs short");
	return true;
}

const struct ofl_holder_ops ofl_holder_hints = {
	.kind = "free-page-hint",
	.evidence = "virtio_balloon.free_page_list",
	.what = "free blocks that virtio_balloon holds while it hints them to the host; they are given back",
	.open = hints_open, .close = hints_close,
	.find = hints_find, .name = hints_name,
};
