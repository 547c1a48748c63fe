// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hv_balloon.c - Hyper-V: hot-added regions with parts that are not backed,
 * and ballooned pages that only the host remembers
 *
 * Of a hot-added region the host backs [covered_start_pfn, covered_end_pfn)
 * but for gaps; the rest is kept offline. Ballooned pages are on no list and
 * point nowhere: they are what no other driver has, and num_pages_ballooned
 * says how many there have to be.
 *
 * Source: drivers/hv/hv_balloon.c: hv_page_online_one(), alloc_balloon_pages().
 */
#include <stdlib.h>

#include "owners/hv_balloon_regions.h"

#define BATCH_PAGES	512	/* alloc_balloon_pages(): 2 MiB, counted before they are marked */

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	struct ofl_single one;
	struct ofl_hv *st;

	if (!ofl_hv_find(env, &one))
		return OFL_OK;
	st = calloc(1, sizeof(*st));
	if (!st)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for its records");
	*state = st;
	st->env = env;
	st->one = one;
	ofl_hv_read(st);
	return OFL_OK;
}

static void free_state(void *state)
{
	ofl_hv_forget(state);
	free(state);
}

static const char *blind(const struct ofl_env *env, const void *state)
{
	const struct ofl_hv *st = state;
	const char *why;

	(void)env;
	if (!st)
		return NULL;
	why = ofl_single_blind(&st->one);
	if (why || !st->broken)
		return why;
	return st->unread ? "hv_balloon: its records cannot be read" :
			    "hv_balloon: its records are damaged";
}

static void device(const void *state, unsigned int device,
		   struct ofl_device *ret)
{
	const struct ofl_hv *st = state;

	(void)device;
	ofl_single_show(&st->one, ret);
}

static bool added(const void *state, unsigned int nr, struct ofl_added *ret)
{
	const struct ofl_hv *st = state;

	if (nr >= st->nr)
		return false;
	ret->start_pa = st->region[nr].all.start * st->env->l->page_bytes;
	ret->end_pa = st->region[nr].all.end * st->env->l->page_bytes;
	return true;
}

static bool claim(void *state, const struct ofl_owner_page *p,
		  struct ofl_claim *ret)
{
	struct ofl_hv *st = state;
	struct ofl_hv_opinions o = ofl_hv_opinions_on(st, p->pfn);

	ret->end_pfn = ofl_hv_opinions_end(st, p->pfn);
	ret->evidence = OFL_EV_RANGE;
	if (o.added && o.unbacked)
		return true;
	ret->evidence = OFL_EV_COUNTER;
	ret->weak = true;
	return st->ballooned && !p->movable_ops && !p->private;
}

static bool expects(const void *state, uint64_t pfn, struct ofl_claim *ret)
{
	struct ofl_hv_opinions o = ofl_hv_opinions_on(state, pfn);

	ret->end_pfn = ofl_hv_opinions_end(state, pfn);
	ret->evidence = OFL_EV_RANGE;
	return o.added && o.unbacked && !o.backed;
}

static const char *wants(const void *state)
{
	const struct ofl_hv *st = state;

	return st->one.layout ? NULL : "hv_balloon";
}

const struct ofl_owner_ops ofl_owner_hv_balloon = {
	.added = added,
	.name = "hv_balloon",
	.mark = 'h',
	.next = "give the guest this memory back on the host (Dynamic Memory), then offline the block",
	.in_node_stat = true,
	.batch_pages = BATCH_PAGES,
	.leaves_reserved = true,
	.probe = probe,
	.free = free_state,
	.blind = blind,
	.wants = wants,
	.device = device,
	.claim = claim,
	.account = ofl_hv_account,
	.at_work = ofl_hv_at_work,
	.expects = expects,
};
