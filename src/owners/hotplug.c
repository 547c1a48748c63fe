// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hotplug.c - memory hotplug itself: pages that were never onlined
 *
 * Hot-added memory is PageOffline from the start since v6.11; onlining a page
 * takes the mark away. A block that is just going online still has
 * such pages; afterwards they belong to the driver that held them back.
 *
 * Source: mm/mm_init.c: MEMINIT_HOTPLUG, mm/memory_hotplug.c: online_pages().
 */
#include <stdio.h>
#include <stdlib.h>

#include "owners/driver.h"
#include "target/text.h"

/** struct state - which blocks are just going online */
struct state {
	const struct ofl_env *env;
	uint64_t block_pages;
	char callback[OFL_STR_MAX];
};

static void name_callback(struct state *st)
{
	const struct ofl_target *t = st->env->t;
	uint64_t kva, call;

	if (ofl_symbol(t, "online_page_callback", &kva) &&
	    ofl_read_u64(t, kva, &call) && ofl_symbol_at(t, call, st->callback,
							 sizeof(st->callback)))
		return;
	st->callback[0] = '\0';
}

static bool is_going_online(const struct ofl_block *b)
{
	return b && b->state == OFL_BLOCK_OTHER;
}

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	struct state *st;
	size_t i;

	for (i = 0; env->blocks && i < env->blocks->nr; i++)
		if (is_going_online(&env->blocks->block[i]))
			break;
	if (!env->blocks || (i == env->blocks->nr && !env->blocks->lost))
		return OFL_OK;
	st = calloc(1, sizeof(*st));
	if (!st)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for its records");
	st->env = env;
	st->block_pages = env->l->sections_per_block * env->l->section_pages;
	name_callback(st);
	*state = st;
	return OFL_OK;
}

static void device(const void *state, unsigned int device,
		   struct ofl_device *ret)
{
	const struct state *st = state;

	(void)device;
	if (st->callback[0])
		ofl_text_put(ret->note, sizeof(ret->note),
			 "pages are onlined by %s", st->callback);
}

static bool claim(void *state, const struct ofl_owner_page *p,
		  struct ofl_claim *ret)
{
	const struct state *st = state;

	uint64_t nr = p->pfn / st->block_pages;
	const struct ofl_block *b = ofl_blocks_find(st->env->blocks, nr);

	ret->evidence = OFL_EV_RANGE;
	ret->end_pfn = (nr + 1) * st->block_pages;
	if (!b && st->env->blocks->lost)
		ret->blind = "hotplug: its memory block cannot be read";
	return is_going_online(b);
}

const struct ofl_owner_ops ofl_owner_hotplug = {
	.name = "hotplug",
	.mark = 'p',
	.next = "wait until the block is online, then offline it",
	.last_resort = true,
	.probe = probe,
	.free = free,
	.device = device,
	.claim = claim,
};
