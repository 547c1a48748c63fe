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
#include <stdlib.h>

#include "holders/holder.h"
#include "owners/owner.h"

/** struct hints - the state */
struct hints {
	struct ofl_kva_set pages;	/* struct pages on the lists */
	const struct ofl_owner_ops *owner;	/* of the list in work */
	uint64_t lru;			/* offset of page.lru */
	struct ofl_break broken;	/* of the first list that breaks off, and its head */
	uint64_t bad_head;
};

static bool collect(struct ofl_walk *w, uint64_t node_kva, void *arg)
{
	struct hints *h = arg;
	uint64_t pfn;

	/* what is no struct page ends the walk, and nothing behind it has a name */
	if (!ofl_walk_pfn(w, node_kva - h->lru, &pfn))
		return !ofl_walk_broke(w, node_kva, "is hinted as free, and in no struct page");
	return !ofl_kva_set_add(&h->pages, w, node_kva - h->lru);
}

static void walk_list(struct ofl_walk *w, struct hints *h, uint64_t head)
{
	uint64_t at[2];

	/* virtballoon_probe() begins the list only where the device wants hints */
	if (ofl_read(&w->t, head, at, sizeof(at)) == OFL_READ_OK && !at[0] &&
	    !at[1])
		return;
	w->bad_what = NULL;
	ofl_walk_list(w, head, collect, h);
	if (w->bad_what && !h->broken.what)
		h->bad_head = head;
	ofl_break_keep(&h->broken, w);
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
			walk_list(&e->walk, h, head);
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

/* is it on a list of struct pages, as those behind the break are? */
static bool is_listed(const struct ofl_walk *w, const struct hints *h,
		      const unsigned char *raw)
{
	uint64_t next, prev, pfn;

	return ofl_page_lru(&w->format, raw, &next, &prev) &&
	       (next == h->bad_head || prev == h->bad_head ||
		ofl_walk_pfn(w, next - h->lru, &pfn) ||
		ofl_walk_pfn(w, prev - h->lru, &pfn));
}

static bool hints_find(struct ofl_holder_env *e, void *state,
		       const struct ofl_held *p, uint64_t *key)
{
	const struct hints *h = state;

	*key = 0;
	if (p->kind != OFL_KIND_KERNEL)
		return false;
	if (ofl_kva_set_has(&h->pages, p->page_kva))
		return true;
	return h->broken.what && is_listed(&e->walk, h, p->raw) &&
	       ofl_break_tell(&h->broken, &e->walk);
}

const struct ofl_holder_ops ofl_holder_hints = {
	.kind = "free-page-hint",
	.evidence = "virtio_balloon.free_page_list",
	.what = "free blocks that virtio_balloon holds while it hints them to the host; they are given back",
	.open = hints_open, .close = hints_close,
	.find = hints_find,
	.fixed = { "virtio_balloon",
		   "free block, hinted to the host: given back when the host is done, or memory runs short" },
};
