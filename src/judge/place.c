// SPDX-License-Identifier: GPL-2.0-or-later
/* place.c - is there a place for the pages that have to move? */
#include <inttypes.h>
#include <string.h>

#include "judge/hugetlb.h"
#include "judge/place.h"
#include "target/text.h"

/* ---- what only the block as a whole tells ---- */

static void add_tally(struct ofl_tally *to, struct ofl_tally *from)
{
	uint64_t pages = to->pages + from->pages;

	if (!to->pages || (from->pages && from->pfn[0] < to->pfn[0]))
		*to = *from;
	to->pages = pages;
	memset(from, 0, sizeof(*from));
}

/*
 * Each CPU may be at a batch that it took out of files. What is beyond that is
 * held by something else, and then so is all of it, for all that is known.
 */
static void settle_removed(const struct ofl_env *env, struct ofl_block_report *r)
{
	struct ofl_tally *removed = &r->kind[OFL_KIND_LRU_REMOVED];
	uint64_t most = ofl_fact_u64(env->l, OFL_F_NR_CPU_IDS) *
			(ofl_fact_u64(env->l, OFL_F_BATCH_BYTES) / 8);

	if (!ofl_fact_known(env->l, OFL_F_NR_CPU_IDS) ||
	    !ofl_fact_known(env->l, OFL_F_BATCH_BYTES) || removed->pages > most)
		add_tally(&r->kind[OFL_KIND_LRU_HELD], removed);
}

/*
 * Only a block that is whole tells it. With a third one in use they change
 * places for ever, the first two as well. One alone goes elsewhere, unless a
 * free one of the same block is at the head of the list.
 */
static void settle_huge(struct ofl_block_report *r)
{
	struct ofl_tally *first = &r->kind[OFL_KIND_HUGETLB_FIRST];
	struct ofl_tally *second = &r->kind[OFL_KIND_HUGETLB_SECOND];
	struct ofl_tally *swaps = &r->kind[OFL_KIND_HUGETLB_SWAPS];
	bool beside = r->kind[OFL_KIND_HUGETLB_FREE].pages ||
		      r->kind[OFL_KIND_HUGETLB_OPTIMIZED].pages;

	if (swaps->pages) {
		add_tally(swaps, second);
		add_tally(swaps, first);
	} else if (second->pages) {
		add_tally(second, first);
	} else {
		add_tally(&r->kind[beside ? OFL_KIND_HUGETLB_BESIDE :
				   OFL_KIND_HUGETLB], first);
	}
}

void ofl_place_settle(const struct ofl_env *env, struct ofl_block_report *r)
{
	settle_huge(r);
	settle_removed(env, r);
}

enum ofl_kind ofl_place_settled(const struct ofl_block_report *r,
				enum ofl_kind kind)
{
	if (kind == OFL_KIND_LRU_REMOVED && !r->kind[kind].pages)
		return OFL_KIND_LRU_HELD;
	if (kind != OFL_KIND_HUGETLB_FIRST && kind != OFL_KIND_HUGETLB_SECOND)
		return kind;
	if (r->kind[OFL_KIND_HUGETLB_SWAPS].pages)
		return OFL_KIND_HUGETLB_SWAPS;
	if (kind == OFL_KIND_HUGETLB_SECOND ||
	    r->kind[OFL_KIND_HUGETLB_SECOND].pages)
		return OFL_KIND_HUGETLB_SECOND;
	return r->kind[OFL_KIND_HUGETLB_BESIDE].pages ?
	       OFL_KIND_HUGETLB_BESIDE : OFL_KIND_HUGETLB;
}

/* ---- room elsewhere ---- */

static bool migrates(const struct ofl_env *env, const struct ofl_block_report *r,
		     enum ofl_kind kind)
{
	/* what was taken out of its file is freed, and needs no place */
	return r->kind[kind].pages && kind != OFL_KIND_HUGETLB &&
	       kind != OFL_KIND_LRU_REMOVED &&
	       ofl_report_outcome(env, r, kind) == OFL_OUT_MIGRATE;
}

/*
 * alloc_hugetlb_folio_nodemask(): how many of the huge pages that move go to free
 * ones of their pool. Each then leaves a free one behind, so what can be spared
 * stays as it was. Where other nodes have memory they go there; else, since
 * isolated pageblocks are passed over, to other blocks.
 */
static void from_pool(const struct ofl_env *env,
		      const struct ofl_block_report *r, unsigned int i,
		      uint64_t *least, uint64_t *most)
{
	const struct ofl_pool *pool = &r->pool[i];
	uint64_t away = pool->nr_free > r->huge_free[i] ?
			pool->nr_free - r->huge_free[i] : 0;
	bool far = ofl_room_elsewhere(env->room, env->l, r->zone);

	if (!pool->spare || (far && pool->node == r->zone->node))
		away = 0;
	else if (!far && !ofl_fact_known(env->l, OFL_F_PB_ISOLATE))
		away = r->huge_in_use[i];
	*most = away < r->huge_in_use[i] ? away : r->huge_in_use[i];
	*least = far && pool->node < 0 ? 0 : *most;
}

/* for each that has no place in the pool the kernel has to make one */
static int64_t huge_to_make(const struct ofl_env *env,
			    const struct ofl_block_report *r, unsigned int i)
{
	uint64_t least, most;

	from_pool(env, r, i, &least, &most);
	return (int64_t)(r->huge_in_use[i] - least);
}

/*
 * alloc_migrate_hugetlb_folio(): a gigantic page is only taken. One or two are
 * left to what they were told by themselves where they may change places.
 */
static void weigh_gigantic(const struct ofl_env *env,
			   struct ofl_block_report *r, unsigned int i)
{
	uint64_t least, most;

	from_pool(env, r, i, &least, &most);
	if (r->pool[i].spare && most < r->huge_in_use[i])
		ofl_report_because(r, OFL_STEP_SCAN, OFL_OUT_SPINS,
				   "%" PRIu64 " gigantic huge pages in use, and %" PRIu64
				   " free ones that they may move to",
				   r->huge_in_use[i], most);
}

/*
 * dissolve_free_hugetlb_folio(): those that were free here, and those that are
 * since what was in use has moved. free_huge_folio() keeps no surplus ones.
 */
static void weigh_left_behind(const struct ofl_env *env,
			      struct ofl_block_report *r, unsigned int i)
{
	const struct ofl_pool *pool = &r->pool[i];
	uint64_t least, most, own = r->huge_free[i];

	/* where they change places with each other, rows of their own tell */
	if (!ofl_room_elsewhere(env->room, env->l, r->zone) &&
	    !ofl_fact_known(env->l, OFL_F_PB_ISOLATE))
		return;
	from_pool(env, r, i, &least, &most);
	if (!most || own + most <= pool->spare)
		return;
	ofl_report_because(r, OFL_STEP_DISSOLVE,
			   own + least > pool->spare && !pool->surplus_untold ?
			   OFL_OUT_BLOCKED : OFL_OUT_UNKNOWN,
			   "%" PRIu64 " huge pages are free here once others have moved, and %"
			   PRIu64 " can be spared", own + most, pool->spare);
}

/*
 * alloc_vmemmap_page_list(): memory of the kernel, of this node alone in v6.1, of
 * this node first in v6.12 and v7.3. What others could give is not counted, so that
 * nothing but "unknown" follows.
 */
static void weigh_folded(const struct ofl_env *env, struct ofl_block_report *r)
{
	int64_t have = ofl_room_kernel(env->room, env->l, r->zone,
				       (int64_t)r->kind[OFL_KIND_FREE].pages);

	if (have < 0)
		ofl_report_because(r, OFL_STEP_DISSOLVE, OFL_OUT_UNKNOWN,
				   "the memmap of its huge pages needs %" PRIu64
				   " pages again, and whether its node has them is not known",
				   r->folded);
	else if (have < (int64_t)r->folded)
		ofl_report_because(r, OFL_STEP_DISSOLVE, OFL_OUT_UNKNOWN,
				   "the memmap of its huge pages needs %" PRIu64
				   " pages again, and its node has %" PRId64,
				   r->folded, have);
}

static void weigh_pools(const struct ofl_env *env, struct ofl_block_report *r)
{
	unsigned int i;

	for (i = 0; i < r->nr_pools; i++) {
		if (!r->huge_in_use[i])
			continue;
		if (ofl_is_gigantic(env->l, r->pool[i].order) == OFL_YES)
			weigh_gigantic(env, r, i);
		weigh_left_behind(env, r, i);
	}
}

/*
 * Pages that huge pages need outside of their pools. Where that takes more free
 * blocks of their size than there are, compaction has to make some first: unknown.
 */
static int64_t weigh_huge(const struct ofl_env *env, struct ofl_block_report *r,
			  char *why, size_t size)
{
	int64_t pages = 0, make, have;
	unsigned int i, order;

	for (i = 0; i < r->nr_pools && r->kind[OFL_KIND_HUGETLB].pages; i++) {
		order = r->pool[i].order;
		if (ofl_is_gigantic(env->l, order) != OFL_NO)
			continue;	/* has_room() has asked for those */
		make = huge_to_make(env, r, i);
		if (!make)
			continue;
		have = ofl_room_blocks(env->room, env->l, r->zone, order) -
		       (((int64_t)r->kind[OFL_KIND_FREE].pages + pages) >> order);
		if (!env->room->blocks_known)
			r->room_unchecked = true;
		else if (make > have)
			ofl_text_put(why, size, "%" PRId64 " huge pages of %" PRIu64
				 " KiB need a place, and there are %" PRId64
				 " free blocks of that size elsewhere", make,
				 (env->l->page_bytes << order) / 1024,
				 have > 0 ? have : 0);
		pages += make << order;
	}
	return pages;
}

static int64_t room_for(const struct ofl_env *env,
			const struct ofl_block_report *r, bool any_zone)
{
	bool isolated = r->block->state == OFL_BLOCK_GOING_OFFLINE;

	return ofl_room_for(env->room, env->l, r->zone,
			    isolated ? 0 :
			    (int64_t)r->kind[OFL_KIND_FREE].pages,
			    (int64_t)r->file_pages, any_zone);
}

static bool too_little(const struct ofl_env *env, struct ofl_block_report *r,
		       int64_t pages, int64_t room)
{
	int64_t in_swap = pages - (room - env->room->swap);

	if (pages <= room) {
		if (in_swap > 0)
			r->room_in_swap = (uint64_t)in_swap;
		return false;
	}
	if (!env->room->swap_known || !env->room->kernel_known)
		r->room_unchecked = true;
	else
		ofl_report_because(r, OFL_STEP_SCAN, OFL_OUT_RETRIES,
				   "no place to go: %" PRId64 " pages to move, room for %"
				   PRId64 " in the zones that may take them", pages, room);
	return true;
}

/*
 * alloc_migration_target(): -ENOMEM is tried again, too. Said only if there is
 * no room even when all page cache and all caches of the kernel are reclaimed
 * and swap is filled. NR_FREE_PAGES counts neither what is on per-cpu lists nor,
 * once they are isolated, pages of the block: account_freepages().
 */
void ofl_place_weigh(const struct ofl_env *env, struct ofl_block_report *r)
{
	int64_t pages = -(int64_t)r->file_pages, huge;
	char why[sizeof(r->why[0])] = "";
	int k;

	for (k = 0; k < OFL_NR_KINDS; k++)
		if (migrates(env, r, (enum ofl_kind)k))
			pages += (int64_t)r->kind[k].pages;
	if (r->folded)
		weigh_folded(env, r);
	r->room_unchecked = (!env->room || !env->room->known) &&
			    (pages + (int64_t)r->file_pages > 0 ||
			     r->kind[OFL_KIND_HUGETLB].pages);
	if (!env->room || !env->room->known || !ofl_report_zone(r))
		return;
	weigh_pools(env, r);
	huge = weigh_huge(env, r, why, sizeof(why));
	if (!too_little(env, r, pages, room_for(env, r, false)) &&
	    !(huge && too_little(env, r, pages + huge, room_for(env, r, true))) &&
	    why[0] && r->step[OFL_STEP_SCAN] != OFL_OUT_SPINS)
		ofl_report_because(r, OFL_STEP_SCAN, OFL_OUT_UNKNOWN, "%s", why);
}
