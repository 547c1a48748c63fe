// SPDX-License-Identifier: GPL-2.0-or-later
/* decide.c - what the steps of offlining come to, and the verdict */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "judge/decide.h"
#include "target/count.h"
#include "target/text.h"

const enum ofl_step *ofl_step_order(const struct ofl_layout *l)
{
	static const enum ofl_step order[OFL_NR_STEPS] = {
		OFL_STEP_ZONE, OFL_STEP_HOLES, OFL_STEP_ISOLATE,
		OFL_STEP_NOTIFY, OFL_STEP_SCAN, OFL_STEP_DISSOLVE,
		OFL_STEP_TEST,
	};
	/* test_pages_in_a_zone() came behind walk_system_ram_range() */
	static const enum ofl_step before_v5_18[OFL_NR_STEPS] = {
		OFL_STEP_HOLES, OFL_STEP_ZONE, OFL_STEP_ISOLATE,
		OFL_STEP_NOTIFY, OFL_STEP_SCAN, OFL_STEP_DISSOLVE,
		OFL_STEP_TEST,
	};

	return ofl_blocks_zone_by_pages(l) ? before_v5_18 : order;
}

/* ---- what the pages make of each step ---- */

/* has_unmovable_pages(): zone_idx(zone) == ZONE_MOVABLE */
const struct ofl_zone *ofl_report_zone(const struct ofl_block_report *r)
{
	bool by_pages = !r->block->zone_kva;

	return r->several_zones || (by_pages && r->unknown) ? NULL : r->zone;
}

static bool in_movable_zone(const struct ofl_env *env,
			    const struct ofl_block_report *r)
{
	return r->zone && r->zone->type ==
		ofl_fact_value(env->l, OFL_F_ZONE_MOVABLE, -1);
}

enum ofl_outcome ofl_report_outcome(const struct ofl_env *env,
				    const struct ofl_block_report *r,
				    enum ofl_kind kind)
{
	const struct ofl_rule_row *row = &ofl_rule_rows[kind];

	/* another mark may mean another rule: aa218795cb5f knows one mark */
	if (row->offline && env->l->new_marks[0])
		return OFL_OUT_UNKNOWN;
	if (!r->zone && row->movable != row->other)
		return OFL_OUT_UNKNOWN;
	return ofl_rule_outcome(kind, in_movable_zone(env, r));
}

enum ofl_step ofl_report_step(const struct ofl_env *env,
			      const struct ofl_block_report *r,
			      enum ofl_kind kind)
{
	return ofl_rule_step(kind, in_movable_zone(env, r));
}

static void worsen(struct ofl_block_report *r, enum ofl_step step,
		   enum ofl_outcome out)
{
	r->step[step] = ofl_outcome_worse(r->step[step], out);
}

static void weigh_pages(const struct ofl_env *env, struct ofl_block_report *r)
{
	int k;

	for (k = 0; k < OFL_NR_KINDS; k++)
		if (r->kind[k].pages)
			worsen(r, ofl_report_step(env, r, (enum ofl_kind)k),
			       ofl_report_outcome(env, r, (enum ofl_kind)k));
}

/* ---- what else decides a step ---- */

/* the block itself makes a step what it is; the first reason is kept */
__attribute__((format(printf, 4, 5)))
static void because(struct ofl_block_report *r, enum ofl_step step,
		    enum ofl_outcome out, const char *fmt, ...)
{
	va_list ap;

	if (ofl_outcome_worse(r->step[step], out) == r->step[step])
		return;
	r->step[step] = out;
	va_start(ap, fmt);
	ofl_text_vput(r->why[step], sizeof(r->why[step]), fmt, ap);
	va_end(ap);
}

/* memory_block_offline(); before v5.18 test_pages_in_a_zone() */
static void weigh_zone(const struct ofl_env *env, struct ofl_block_report *r)
{
	static const char mixed[] =
		"mixes zones or has a hole: can never be offlined";
	bool has_zone = ofl_fact_known(env->l, OFL_F_BLOCK_ZONE);

	if (r->block->unread)
		because(r, OFL_STEP_ZONE, OFL_OUT_UNKNOWN,
			"its memory_block cannot be read");
	else if (!ofl_blocks_zone_known(env->l))
		because(r, OFL_STEP_ZONE, OFL_OUT_UNKNOWN,
			"neither debuginfo nor a symbol says where its zone is kept");
	else if (has_zone ? !r->block->zone_kva : r->several_zones)
		because(r, OFL_STEP_ZONE, OFL_OUT_BLOCKED, "%s", mixed);
	else if (!r->zone && r->scanned)
		because(r, OFL_STEP_ZONE, OFL_OUT_UNKNOWN,
			"its zone is not one of the zones found");
}

static void say_holes(const struct ofl_ram *ram, struct ofl_block_report *r)
{
	uint64_t start = r->start_pfn + r->block->memmap_pages;
	uint64_t missing = r->pages - r->ram_pages;
	struct ofl_ram_span hole;
	char where[64] = "";

	if (ofl_ram_hole(ram, start, start + r->pages, &hole))
		snprintf(where, sizeof(where), " (0x%" PRIx64 "-0x%" PRIx64
			 "%s)", hole.start_pfn, hole.end_pfn - 1,
			 hole.end_pfn - hole.start_pfn < missing ? ", ..." : "");
	because(r, OFL_STEP_HOLES, OFL_OUT_BLOCKED,
		"%" PRIu64 " of %" PRIu64 " pages %s not RAM%s", missing,
		r->pages, missing == 1 ? "is" : "are", where);
}

/* offline_pages(): walk_system_ram_range() has to count every page */
static void weigh_holes(const struct ofl_env *env, const struct ofl_ram *ram,
			struct ofl_block_report *r)
{
	if (!ram->known)
		because(r, OFL_STEP_HOLES, OFL_OUT_UNKNOWN,
			"iomem_resource cannot be read");
	else if (r->block->unread)
		because(r, OFL_STEP_HOLES, OFL_OUT_UNKNOWN,
			"its memory_block cannot be read");
	else if (r->ram_pages != r->pages)
		say_holes(ram, r);
	/* memmap_on_memory is in boot memory never */
	else if (!r->early && !ofl_blocks_memmap_known(env->l))
		because(r, OFL_STEP_HOLES, OFL_OUT_UNKNOWN,
			"whether it holds its own memmap is not known: vmlinux has no type that says so");
}

/* set_migratetype_isolate() looks at the pageblock first */
static void weigh_pageblocks(struct ofl_block_report *r)
{
	if (r->pageblock_unknown)
		because(r, OFL_STEP_ISOLATE, OFL_OUT_UNKNOWN,
			"the pageblock state of %" PRIu64 " page%s cannot be read",
			r->pageblock_unknown,
			r->pageblock_unknown == 1 ? "" : "s");
}

static bool last_of_node(const struct ofl_env *env,
			 const struct ofl_block_report *r, bool *maybe)
{
	if (r->zone)
		return ofl_room_last(env->room, env->l, r->zone->node,
				     r->pages, maybe);
	*maybe = true;
	return false;
}

static void weigh_last_of_node(const struct ofl_env *env,
			       const struct ofl_callback *cb,
			       struct ofl_block_report *r)
{
	bool maybe;

	if (last_of_node(env, r, &maybe))
		because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
			"%s may refuse: it is the last memory of node %d",
			cb->name, r->zone->node);
	else if (maybe)
		because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
			"%s may refuse, should it be the last memory of its node",
			cb->name);
}

static void weigh_callback(const struct ofl_env *env,
			   const struct ofl_callback *cb,
			   struct ofl_block_report *r)
{
	switch (cb->veto) {
	case OFL_VETO_NEVER:
	case OFL_VETO_OWNER:		/* the rule has simulated it */
		return;
	case OFL_VETO_SPLIT:
		if (!r->early)
			because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
				"%s may refuse", cb->name);
		/* fall through */
	case OFL_VETO_BOOT_MEMORY:	/* early_section() */
		if (r->early)
			because(r, OFL_STEP_NOTIFY, OFL_OUT_BLOCKED, "%s",
				cb->what);
		return;
	case OFL_VETO_BELOW:
		if (r->start_pfn < cb->below_pfn)
			because(r, OFL_STEP_NOTIFY, OFL_OUT_BLOCKED, "%s",
				cb->what);
		return;
	case OFL_VETO_LAST_OF_NODE:
		weigh_last_of_node(env, cb, r);
		return;
	case OFL_VETO_SOMETIMES:
		because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN, "%s may refuse",
			cb->name);
		return;
	case OFL_VETO_UNKNOWN:
	case OFL_NR_VETOES:
		break;
	}
	if (cb->name[0])
		because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
			"%s is not known here: it may refuse", cb->name);
	else
		because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
			"the callback at %" PRIx64 " has no name: it may refuse",
			cb->call_kva);
}

/* offline_pages(): node_notify(NODE_REMOVING_LAST_MEMORY) */
static void weigh_node_chain(const struct ofl_env *env,
			     struct ofl_block_report *r)
{
	const struct ofl_chain *chain = env->node_chain;
	bool maybe;
	size_t i;

	if (!chain || (!last_of_node(env, r, &maybe) && !maybe))
		return;
	for (i = 0; i < chain->nr; i++)
		weigh_callback(env, &chain->callback[i], r);
	if (!chain->known || chain->cut)
		because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
			"node_chain %s: a callback may refuse",
			chain->known ? "breaks off" : "cannot be read");
}

static void weigh_drivers(const struct ofl_env *env, struct ofl_block_report *r)
{
	const struct ofl_owner_ops *who = NULL;

	switch (!env->owners ? OFL_REFUSES_NOT :
		ofl_owners_refusing(env->owners, r->start_pfn, r->pages, &who)) {
	case OFL_REFUSES_NOT:
		return;
	case OFL_REFUSES_MAYBE:
		because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
			"%s may refuse: whether its device is being removed cannot be read",
			who->name);
		return;
	case OFL_REFUSES:
		r->driver_refuses = true;
		because(r, OFL_STEP_NOTIFY, OFL_OUT_BLOCKED,
			"%s refuses: its device is being removed", who->name);
	}
}

/* offline_pages(): memory_notify(MEM_GOING_OFFLINE) */
static void weigh_chain(const struct ofl_env *env, struct ofl_block_report *r)
{
	size_t i;

	weigh_node_chain(env, r);
	weigh_drivers(env, r);
	for (i = 0; i < env->chain->nr; i++) {
		const struct ofl_callback *cb = &env->chain->callback[i];

		if (!env->owners || !ofl_owners_called(env->owners, cb->nb_kva))
			weigh_callback(env, cb, r);
	}
	if (!env->chain->known)
		because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
			"memory_chain cannot be read: a callback may refuse");
	else if (env->chain->cut)
		because(r, OFL_STEP_NOTIFY, OFL_OUT_UNKNOWN,
			"memory_chain breaks off: a callback may refuse");
}

/* ---- huge pages that may change places within the block ---- */

static void add_tally(struct ofl_tally *to, struct ofl_tally *from)
{
	uint64_t pages = to->pages + from->pages;

	if (!to->pages || (from->pages && from->pfn[0] < to->pfn[0]))
		*to = *from;
	to->pages = pages;
	memset(from, 0, sizeof(*from));
}

/*
 * Only a block that is whole tells it. With a third one in use they change
 * places for ever, the first two as well. One alone goes elsewhere, unless a
 * free one of the same block is at the head of the list.
 */
static void settle_huge_pages(struct ofl_block_report *r)
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

static bool migrates(const struct ofl_env *env, const struct ofl_block_report *r,
		     enum ofl_kind kind)
{
	return r->kind[kind].pages && kind != OFL_KIND_HUGETLB &&
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
	if (pages <= room)
		return false;
	if (!env->room->swap_known || !env->room->kernel_known)
		r->room_unchecked = true;
	else
		because(r, OFL_STEP_SCAN, OFL_OUT_RETRIES,
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
static void weigh_room(const struct ofl_env *env, struct ofl_block_report *r)
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
		because(r, OFL_STEP_SCAN, OFL_OUT_UNKNOWN, "%s", why);
}

/* a page that is not known may stop every step that looks at pages */
static void weigh_unknown(struct ofl_block_report *r)
{
	static const enum ofl_step looks[] = {
		OFL_STEP_ISOLATE, OFL_STEP_SCAN, OFL_STEP_DISSOLVE,
		OFL_STEP_TEST,
	};
	uint64_t pages = r->kind[OFL_KIND_UNKNOWN].pages +
			 r->kind[OFL_KIND_UNTOLD].pages;
	size_t i;

	for (i = 0; pages && i < OFL_COUNT(looks); i++)
		because(r, looks[i], OFL_OUT_UNKNOWN,
			"%" PRIu64 " page%s not known", pages,
			pages == 1 ? " is" : "s are");
}

/* ---- the verdict ---- */

/* the kind of page to name: of those that decide, the one with most pages */
static void find_decider(const struct ofl_env *env, struct ofl_block_report *r)
{
	const struct ofl_tally *t;
	int k;

	r->decider = OFL_NR_KINDS;
	for (k = 0; k < OFL_NR_KINDS; k++) {
		t = &r->kind[k];
		if (!t->pages ||
		    ofl_report_step(env, r, (enum ofl_kind)k) != r->decided_at ||
		    ofl_report_outcome(env, r, (enum ofl_kind)k) != r->verdict)
			continue;
		if (r->decider == OFL_NR_KINDS || t->pfn[0] < r->decider_pfn)
			r->decider_pfn = t->pfn[0];
		if (r->decider == OFL_NR_KINDS ||
		    t->pages > r->kind[r->decider].pages)
			r->decider = (enum ofl_kind)k;
	}
}

/* "virtio_mem virtio1: " */
static void say_whose(const struct ofl_env *env,
		      const struct ofl_block_report *r, struct ofl_text *reason)
{
	const struct ofl_claim *claim = &r->kind[r->decider].claim;
	const char *device = ofl_owner_device(env->owners, claim);

	if (claim->owner ||
	    (env->owners && ofl_rule_rows[r->decider].offline))
		ofl_text_add(reason, "%s%s%s: ", ofl_owner_name(claim),
			     device[0] ? " " : "", device);
}

/* ": pfn 0x1234 has 3 references, 1 of them not explained" */
static void say_refs(const struct ofl_tally *t, struct ofl_text *reason)
{
	const struct ofl_refs *refs = &t->refs;
	int64_t more = refs->count - refs->explained;

	if (!t->counted || more <= 0)
		return;
	ofl_text_add(reason, ": 0x%" PRIx64 " has %" PRId64 ", %" PRId64
		     " of them unexplained", refs->head_pfn, refs->count, more);
	if (refs->pins > 0)
		ofl_text_add(reason, " (%" PRId64 " pins)", refs->pins);
}

/* pages that the scan has to be rid of before it comes to what blocks */
static uint64_t pages_before(const struct ofl_env *env,
			     const struct ofl_block_report *r,
			     enum ofl_outcome out)
{
	const struct ofl_tally *t;
	uint64_t pages = 0;
	int k;

	for (k = 0; k < OFL_NR_KINDS; k++) {
		t = &r->kind[k];
		if (t->pages &&
		    ofl_report_outcome(env, r, (enum ofl_kind)k) == out &&
		    (r->decided_at == OFL_STEP_DISSOLVE ||
		     t->pfn[0] < r->decider_pfn))
			pages += t->pages;
	}
	return pages;
}

/*
 * scan_movable_pages() stops at the first page that can move; one that then
 * does not move is tried again for ever, and what lies behind is not reached.
 */
static void say_order(const struct ofl_env *env,
		      const struct ofl_block_report *r, struct ofl_text *reason)
{
	uint64_t held;

	if (r->decided_at != OFL_STEP_SCAN && r->decided_at != OFL_STEP_DISSOLVE)
		return;
	held = pages_before(env, r, OFL_OUT_RETRIES);
	if (held)
		ofl_text_add(reason, "; not reached as long as %" PRIu64
			" pages before it are held and tried again", held);
	else if (pages_before(env, r, OFL_OUT_MIGRATE))
		ofl_text_add(reason,
			"; not reached while pages before it cannot be migrated");
}

/* the first page that makes the scan come to @out; UINT64_MAX: none does */
static uint64_t first_in_scan(const struct ofl_env *env,
			      const struct ofl_block_report *r,
			      enum ofl_outcome out)
{
	uint64_t pfn = UINT64_MAX;
	int k;

	for (k = 0; k < OFL_NR_KINDS; k++)
		if (r->kind[k].pages && r->kind[k].pfn[0] < pfn &&
		    ofl_report_step(env, r, (enum ofl_kind)k) == OFL_STEP_SCAN &&
		    ofl_report_outcome(env, r, (enum ofl_kind)k) == out)
			pfn = r->kind[k].pfn[0];
	return pfn;
}

/*
 * scan_movable_pages() stops at a page that can move, and begins there again
 * as long as it did not: one that never goes keeps it from what is behind.
 */
static void spin_before(const struct ofl_env *env, struct ofl_block_report *r)
{
	if (r->step[OFL_STEP_SCAN] == OFL_OUT_BLOCKED &&
	    first_in_scan(env, r, OFL_OUT_SPINS) <
	    first_in_scan(env, r, OFL_OUT_BLOCKED))
		r->step[OFL_STEP_SCAN] = OFL_OUT_SPINS;
}

static void say_behind(const struct ofl_env *env,
		       const struct ofl_block_report *r, struct ofl_text *reason)
{
	uint64_t pfn = first_in_scan(env, r, OFL_OUT_BLOCKED);

	if (pfn != UINT64_MAX)
		ofl_text_add(reason, "; 0x%" PRIx64 " behind it is unmovable, and not reached as long as it spins",
			     pfn);
}

static void give(const struct ofl_env *env, struct ofl_block_report *r,
		 enum ofl_step step)
{
	struct ofl_text reason = ofl_text_over(r->reason, sizeof(r->reason));
	bool blocked = r->step[step] == OFL_OUT_BLOCKED;

	r->verdict = r->step[step];
	r->decided_at = step;
	if (blocked)
		ofl_text_add(&reason, "%s: ", ofl_step_rows[step].reason);
	find_decider(env, r);
	if (r->decider == OFL_NR_KINDS) {
		snprintf(r->code, sizeof(r->code), "%s", ofl_step_rows[step].text);
		ofl_text_add(&reason, "%s", r->why[step]);
		return;
	}
	snprintf(r->code, sizeof(r->code), "%s", ofl_rule_rows[r->decider].code);
	say_whose(env, r, &reason);
	ofl_text_add(&reason, "%s", ofl_rule_what(r->decider,
		     &r->kind[r->decider].claim));
	if (r->decider == OFL_KIND_LRU_HELD ||
	    r->decider == OFL_KIND_LRU_UNCOUNTED ||
	    r->decider == OFL_KIND_HUGETLB_HELD ||
	    r->decider == OFL_KIND_HUGETLB_UNCOUNTED)
		say_refs(&r->kind[r->decider], &reason);
	if (blocked)
		say_order(env, r, &reason);
	else if (r->verdict == OFL_OUT_SPINS && step == OFL_STEP_SCAN)
		say_behind(env, r, &reason);
}

/* what comes behind a step that ends it is not reached */
static void cut_off(const struct ofl_env *env, struct ofl_block_report *r,
		    enum ofl_step last)
{
	const enum ofl_step *order = ofl_step_order(env->l);
	bool behind = false;
	int i;

	for (i = 0; i < OFL_NR_STEPS; i++) {
		if (behind)
			r->step[order[i]] = OFL_OUT_NOT_REACHED;
		behind |= order[i] == last;
	}
}

/*
 * The first step that blocks ends it, wherever something else is only likely.
 * Then what is not known; then the worst of the rest. Spinning comes last in
 * the kernel too: all other steps are passed again in each round.
 */
static void decide_by_steps(const struct ofl_env *env,
			    struct ofl_block_report *r)
{
	const enum ofl_step *order = ofl_step_order(env->l);
	unsigned int rank = ofl_outcome_rows[OFL_OUT_BLOCKED].rank + 1;
	int i;

	spin_before(env, r);
	/* offline_pages(): no page is dissolved as long as one is to be moved */
	if (r->step[OFL_STEP_SCAN] == OFL_OUT_SPINS)
		cut_off(env, r, OFL_STEP_SCAN);
	while (rank--)
		for (i = 0; i < OFL_NR_STEPS; i++) {
			if (r->step[order[i]] != ofl_outcome_of_rank(rank))
				continue;
			give(env, r, order[i]);
			if (r->verdict == OFL_OUT_BLOCKED)
				cut_off(env, r, order[i]);
			return;
		}
}

/* ---- what stands in the way, by size ---- */

static int place_of(const enum ofl_step *order, enum ofl_step step)
{
	int i = 0;

	while (order[i] != step)
		i++;
	return i;
}

static bool goes_before(const enum ofl_step *order, const struct ofl_cause *a,
			const struct ofl_cause *b)
{
	int step_a = place_of(order, a->step), step_b = place_of(order, b->step);

	if (a->decides != b->decides)
		return a->decides;
	if (!a->decides && step_a != step_b)
		return step_a < step_b;
	return a->pages > b->pages;
}

static void add_cause(const enum ofl_step *order, struct ofl_block_report *r,
		      const struct ofl_cause *cause)
{
	unsigned int i = r->nr_causes++;

	for (; i && goes_before(order, cause, &r->cause[i - 1]); i--)
		r->cause[i] = r->cause[i - 1];
	r->cause[i] = *cause;
}

static void list_causes(const struct ofl_env *env, struct ofl_block_report *r)
{
	const enum ofl_step *order = ofl_step_order(env->l);
	struct ofl_cause c;
	int k;

	for (k = 0; k < OFL_NR_KINDS; k++) {
		c.kind = (enum ofl_kind)k;
		c.pages = r->kind[k].pages;
		c.outcome = ofl_report_outcome(env, r, c.kind);
		c.step = ofl_report_step(env, r, c.kind);
		if (!c.pages || ofl_outcome_rows[c.outcome].passes)
			continue;
		c.decides = r->decider != OFL_NR_KINDS &&
			    c.step == r->decided_at && c.outcome == r->verdict;
		c.reached = r->step[c.step] != OFL_OUT_NOT_REACHED &&
			    (c.outcome != OFL_OUT_BLOCKED ||
			     r->step[c.step] != OFL_OUT_SPINS);
		add_cause(order, r, &c);
	}
}

static void simple(struct ofl_block_report *r, enum ofl_outcome v,
		   const char *code, const char *reason)
{
	r->verdict = v;
	r->decider = OFL_NR_KINDS;
	snprintf(r->code, sizeof(r->code), "%s", code);
	ofl_text_put(r->reason, sizeof(r->reason), "%s", reason);
}

/*
 * memory_block_online(): -EHWPOISON, by the block's own counter. Flags of pages
 * that are left out only show where that is too small: a huge page has one flag,
 * however many of its pages are poisoned, and one on the LRU lists moves.
 */
static void say_poisoned(const struct ofl_env *env, struct ofl_block_report *r)
{
	uint64_t flags = r->kind[OFL_KIND_HWPOISON].pages;
	uint64_t counted = r->block->poison_unread ? flags : r->block->poisoned;
	struct ofl_text text = ofl_text_after(r->reason, sizeof(r->reason));

	if (!ofl_fact_known(env->l, OFL_F_BLOCK_HWPOISON) ||
	    ofl_outcome_rows[r->verdict].rank >=
	    ofl_outcome_rows[OFL_OUT_SPINS].rank)
		return;
	if (counted)
		ofl_text_item(&text, "; ", "cannot be onlined again: %" PRIu64
			      " of its pages %s poisoned", counted,
			      counted == 1 ? "is" : "are");
	if (flags > counted)
		ofl_text_item(&text, "; ", "%" PRIu64 " of its pages %s the flag of poison, %" PRIu64
			      " by its counter nr_hwpoison", flags,
			      flags == 1 ? "has" : "have", counted);
	if (r->block->poison_unread)
		ofl_text_item(&text, "; ", "its count of poisoned pages cannot be read");
}

/*
 * The memmap of a block that is offline says nothing; memblk_nr_poison_inc()
 * and memblk_nr_poison_sub() count in the block itself.
 */
static void say_offline(struct ofl_block_report *r)
{
	struct ofl_text text = ofl_text_after(r->reason, sizeof(r->reason));

	if (r->block->poisoned)
		ofl_text_add(&text, "; cannot be onlined again: %" PRIu64
			     " of its pages %s poisoned", r->block->poisoned,
			     r->block->poisoned == 1 ? "is" : "are");
	else if (r->block->poison_unread)
		ofl_text_add(&text, "; whether it can be onlined again is not known: its count of poisoned pages cannot be read");
}

/* MIGRATE is no word on a place to go to if no zone could be asked for it */
static void say_unchecked(struct ofl_block_report *r)
{
	struct ofl_text text = ofl_text_after(r->reason, sizeof(r->reason));

	if (r->room_unchecked && r->verdict == OFL_OUT_MIGRATE)
		ofl_text_item(&text, "; ", "room not checked: the counters of zones, swap or caches cannot be read");
}

static void begin(struct ofl_block_report *r, enum ofl_outcome out)
{
	int s;

	for (s = 0; s < OFL_NR_STEPS; s++) {
		r->step[s] = out;
		r->why[s][0] = '\0';
	}
	r->decider = OFL_NR_KINDS;
	r->decider_pfn = 0;
	r->nr_causes = 0;
	r->room_unchecked = r->driver_refuses = false;
	r->code[0] = r->reason[0] = '\0';
}

void ofl_judge_decide(const struct ofl_env *env, const struct ofl_ram *ram,
		      struct ofl_block_report *r)
{
	begin(r, OFL_OUT_NOT_REACHED);
	/* memory_subsys_offline(): MEM_OFFLINE returns at once */
	if (r->block->state == OFL_BLOCK_OFFLINE) {
		simple(r, OFL_OUT_OFFLINE, "offline", "already offline");
		say_offline(r);
		return;
	}
	if (!ofl_fact_known(env->l, OFL_F_OFFLINE_PAGES) &&
	    !ofl_fact_known(env->l, OFL_F_OFFLINE_AND_REMOVE)) {
		simple(r, OFL_OUT_UNKNOWN, "no-hotremove",
		       "no symbol offline_pages: CONFIG_MEMORY_HOTREMOVE is off, or vmlinux lacks symbols");
		return;
	}
	begin(r, OFL_OUT_OFFLINABLE);
	settle_huge_pages(r);
	weigh_zone(env, r);
	weigh_holes(env, ram, r);
	weigh_pageblocks(r);
	weigh_chain(env, r);
	weigh_pages(env, r);
	weigh_room(env, r);
	weigh_unknown(r);
	/* not a page of it was seen: a filter, or the memmap is gone */
	if (!r->scanned && r->step[OFL_STEP_ZONE] != OFL_OUT_BLOCKED &&
	    r->step[OFL_STEP_HOLES] != OFL_OUT_BLOCKED) {
		simple(r, OFL_OUT_UNKNOWN, "not-scanned",
		       "no page of it could be looked at");
		return;
	}
	decide_by_steps(env, r);
	list_causes(env, r);
	if (ofl_outcome_rows[r->verdict].passes)
		simple(r, OFL_OUT_OFFLINABLE, "", "");
	say_poisoned(env, r);
	say_unchecked(r);
}
