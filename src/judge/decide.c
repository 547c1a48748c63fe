// SPDX-License-Identifier: GPL-2.0-or-later
/* decide.c - what the steps of offlining come to, and the verdict */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "judge/decide.h"
#include "judge/place.h"
#include "judge/reason.h"
#include "judge/weigh.h"
#include "target/count.h"
#include "target/text.h"

/* ---- what the pages make of each step ---- */

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
		ofl_report_because(r, looks[i], OFL_OUT_UNKNOWN,
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

/*
 * scan_movable_pages() stops at a page that can move, and begins there again
 * as long as it did not: one that never goes keeps it from what is behind.
 */
static void spin_before(const struct ofl_env *env, struct ofl_block_report *r)
{
	if (r->step[OFL_STEP_SCAN] == OFL_OUT_BLOCKED &&
	    ofl_report_first_in_scan(env, r, OFL_OUT_SPINS) <
	    ofl_report_first_in_scan(env, r, OFL_OUT_BLOCKED))
		r->step[OFL_STEP_SCAN] = OFL_OUT_SPINS;
}

static void give(const struct ofl_env *env, struct ofl_block_report *r,
		 enum ofl_step step)
{
	r->verdict = r->step[step];
	r->decided_at = step;
	find_decider(env, r);
	ofl_reason_give(env, r);
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

/* ---- a block ---- */

static void decide_plainly(struct ofl_block_report *r, enum ofl_plain verdict)
{
	r->plain = &ofl_plain_rows[verdict];
	r->verdict = r->plain->outcome;
	r->decider = OFL_NR_KINDS;
	ofl_text_put(r->code, sizeof(r->code), "%s", r->plain->code);
	ofl_text_put(r->reason, sizeof(r->reason), "%s", r->plain->reason);
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
	r->plain = NULL;
	r->nr_causes = 0;
	r->room_unchecked = r->driver_refuses = false;
	r->room_in_swap = 0;
	r->code[0] = r->reason[0] = '\0';
}

void ofl_judge_decide(const struct ofl_env *env, const struct ofl_ram *ram,
		      struct ofl_block_report *r)
{
	begin(r, OFL_OUT_NOT_REACHED);
	if (r->block->state == OFL_BLOCK_OFFLINE) {
		decide_plainly(r, OFL_PLAIN_OFFLINE);
		ofl_reason_offline(r);
		return;
	}
	if (r->block->lost) {
		decide_plainly(r, OFL_PLAIN_UNREAD);
		return;
	}
	if (!ofl_fact_known(env->l, OFL_F_OFFLINE_PAGES) &&
	    !ofl_fact_known(env->l, OFL_F_OFFLINE_AND_REMOVE)) {
		decide_plainly(r, OFL_PLAIN_NO_HOTREMOVE);
		return;
	}
	begin(r, OFL_OUT_OFFLINABLE);
	ofl_place_settle(env, r);
	ofl_weigh_block(env, ram, r);
	weigh_pages(env, r);
	ofl_place_weigh(env, r);
	weigh_unknown(r);
	if (!r->scanned && r->step[OFL_STEP_ZONE] != OFL_OUT_BLOCKED &&
	    r->step[OFL_STEP_HOLES] != OFL_OUT_BLOCKED) {
		decide_plainly(r, OFL_PLAIN_NOT_SCANNED);
		return;
	}
	decide_by_steps(env, r);
	list_causes(env, r);
	if (ofl_outcome_rows[r->verdict].passes)
		decide_plainly(r, OFL_PLAIN_FREE);
	ofl_reason_poisoned(env, r);
	ofl_reason_room(r);
	ofl_reason_removed(r);
}
