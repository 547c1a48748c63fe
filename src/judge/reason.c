// SPDX-License-Identifier: GPL-2.0-or-later
/* reason.c - the words of a verdict */
#include <inttypes.h>
#include <stdio.h>

#include "judge/reason.h"
#include "target/text.h"

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
		    ofl_report_step(env, r, (enum ofl_kind)k) == OFL_STEP_SCAN &&
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
	uint64_t held, untold;

	if (r->decided_at != OFL_STEP_SCAN && r->decided_at != OFL_STEP_DISSOLVE)
		return;
	held = pages_before(env, r, OFL_OUT_RETRIES);
	untold = pages_before(env, r, OFL_OUT_UNKNOWN);
	if (held)
		ofl_text_add(reason, "; not reached as long as %" PRIu64
			" pages before it are held and tried again", held);
	else if (untold)
		ofl_text_add(reason, "; not reached if %" PRIu64
			" pages before it, which may stay, do not move", untold);
	else if (pages_before(env, r, OFL_OUT_MIGRATE))
		ofl_text_add(reason,
			"; not reached while pages before it cannot be migrated");
}

static void say_behind(const struct ofl_env *env,
		       const struct ofl_block_report *r, struct ofl_text *reason)
{
	uint64_t pfn = ofl_report_first_in_scan(env, r, OFL_OUT_BLOCKED);

	if (pfn != UINT64_MAX)
		ofl_text_add(reason, "; 0x%" PRIx64 " behind it is unmovable, and not reached as long as it spins",
			     pfn);
}

void ofl_reason_give(const struct ofl_env *env, struct ofl_block_report *r)
{
	struct ofl_text reason = ofl_text_over(r->reason, sizeof(r->reason));
	bool blocked = r->verdict == OFL_OUT_BLOCKED;

	if (blocked)
		ofl_text_add(&reason, "%s: ", ofl_step_rows[r->decided_at].reason);
	if (r->decider == OFL_NR_KINDS) {
		snprintf(r->code, sizeof(r->code), "%s",
			 ofl_step_rows[r->decided_at].text);
		ofl_text_add(&reason, "%s", r->why[r->decided_at]);
		if (blocked)
			say_order(env, r, &reason);
		return;
	}
	snprintf(r->code, sizeof(r->code), "%s", ofl_rule_rows[r->decider].code);
	say_whose(env, r, &reason);
	ofl_text_add(&reason, "%s", ofl_rule_what(r->decider,
		     &r->kind[r->decider].claim));
	if (ofl_rule_is(r->decider, OFL_TRAIT_REFS))
		say_refs(&r->kind[r->decider], &reason);
	if (blocked)
		say_order(env, r, &reason);
	else if (r->verdict == OFL_OUT_SPINS && r->decided_at == OFL_STEP_SCAN)
		say_behind(env, r, &reason);
}

/* ---- what is said beside the verdict ---- */

/*
 * memory_block_online(): -EHWPOISON, by the block's own counter. Flags of pages
 * that are left out only show where that is too small: a huge page has one flag,
 * however many of its pages are poisoned, and one on the LRU lists moves.
 */
void ofl_reason_poisoned(const struct ofl_env *env, struct ofl_block_report *r)
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
void ofl_reason_offline(struct ofl_block_report *r)
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
void ofl_reason_room(struct ofl_block_report *r)
{
	struct ofl_text text = ofl_text_after(r->reason, sizeof(r->reason));

	if (r->room_unchecked && r->verdict == OFL_OUT_MIGRATE)
		ofl_text_item(&text, "; ", "room not checked: the counters of zones, swap or caches cannot be read");
	if (r->room_in_swap && r->verdict == OFL_OUT_MIGRATE)
		ofl_text_item(&text, "; ", "room for %" PRIu64 " of these pages only once others are swapped out",
			      r->room_in_swap);
}

/* MIGRATE all the same: see LRU_REMOVED in kinds.def */
void ofl_reason_removed(struct ofl_block_report *r)
{
	struct ofl_text text = ofl_text_after(r->reason, sizeof(r->reason));
	uint64_t pages = r->kind[OFL_KIND_LRU_REMOVED].pages;

	if (pages && r->verdict == OFL_OUT_MIGRATE &&
	    r->decider != OFL_KIND_LRU_REMOVED)
		ofl_text_item(&text, "; ", "%" PRIu64 " of its pages %s taken out of %s file and still held: for a moment, as a rule",
			      pages, pages == 1 ? "was" : "were",
			      pages == 1 ? "its" : "their");
}
