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
 * alloc_hugetlb_folio_nodemask(): those of the pool that wait elsewhere are
 * taken first; for each of the others the kernel has to make one.
 */
static int64_t huge_to_make(const struct ofl_env *env,
			    const struct ofl_block_report *r, unsigned int i)
{
	const struct ofl_pool *pool = &r->pool[i];
	uint64_t spare = pool->spare > r->huge_free[i] ?
			 pool->spare - r->huge_free[i] : 0;

	/* none of them if they are here, or where is not known */
	if (ofl_room_elsewhere(env->room, env->l, r->zone) &&
	    (pool->node < 0 || pool->node == r->zone->node))
		spare = 0;
	return r->huge_in_use[i] > spare ?
	       (int64_t)(r->huge_in_use[i] - spare) : 0;
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
	r->room_unchecked = (!env->room || !env->room->known) &&
			    (pages + (int64_t)r->file_pages > 0 ||
			     r->kind[OFL_KIND_HUGETLB].pages);
	if (!env->room || !env->room->known || !ofl_report_zone(r))
		return;
	huge = weigh_huge(env, r, why, sizeof(why));
	if (!too_little(env, r, pages, room_for(env, r, false)) &&
	    !(huge && too_little(env, r, pages + huge, room_for(env, r, true))) &&
	    why[0] && r->step[OFL_STEP_SCAN] != OFL_OUT_SPINS)
		ofl_report_because(r, OFL_STEP_SCAN, OFL_OUT_UNKNOWN, "%s", why);
}
