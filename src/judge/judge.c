// SPDX-License-Identifier: GPL-2.0-or-later
/* judge.c - add up the pages of a block and give the verdict */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "judge/judge.h"

/* ---- the verdict ---- */

static bool in_movable_zone(const struct ofl_env *env,
			    const struct ofl_block_report *r)
{
	return r->zone && r->zone->type ==
		ofl_fact_value(env->l, OFL_F_ZONE_MOVABLE, -1);
}

/* what the pages make of each step */
static void weigh_pages(const struct ofl_env *env, struct ofl_block_report *r)
{
	bool movable = in_movable_zone(env, r);
	enum ofl_step step;
	int k;

	for (k = 0; k < OFL_NR_KINDS; k++) {
		if (!r->kind[k].pages)
			continue;
		step = ofl_rule_step((enum ofl_kind)k, movable);
		r->step[step] = ofl_outcome_worse(r->step[step],
			ofl_rule_outcome((enum ofl_kind)k, movable));
	}
}

/*
 * The callback that refuses the block, whatever lies in it; NULL: none.
 * prevent_bootmem_remove_notifier() of arm64: early_section().
 */
static const struct ofl_callback *veto(const struct ofl_env *env,
				       const struct ofl_block_report *r)
{
	size_t i;

	for (i = 0; i < env->chain->nr; i++)
		if (env->chain->callback[i].veto == OFL_VETO_BOOT_MEMORY &&
		    r->early)
			return &env->chain->callback[i];
	return NULL;
}

static void weigh_block(const struct ofl_env *env, const struct ofl_ram *ram,
			struct ofl_block_report *r)
{
	bool has_zone = ofl_fact_known(env->l, OFL_F_BLOCK_ZONE);

	/* memory_block_offline(); before v5.18 test_pages_in_a_zone() */
	if (has_zone ? !r->block->zone_kva : r->several_zones)
		r->step[OFL_STEP_ZONE] = OFL_OUT_BLOCKED;
	/* offline_pages(): walk_system_ram_range() must count every page */
	if (!ram->known)
		r->step[OFL_STEP_HOLES] = OFL_OUT_UNKNOWN;
	else if (r->ram_pages != r->pages)
		r->step[OFL_STEP_HOLES] = OFL_OUT_BLOCKED;
	/* offline_pages(): memory_notify(MEM_GOING_OFFLINE) */
	if (veto(env, r))
		r->step[OFL_STEP_NOTIFY] = OFL_OUT_BLOCKED;
}

/* the kind of page to name: worst at this step, then lowest pfn */
static enum ofl_kind find_decider(const struct ofl_env *env,
				  const struct ofl_block_report *r,
				  enum ofl_step step, enum ofl_outcome out)
{
	bool movable = in_movable_zone(env, r);
	enum ofl_kind best = OFL_NR_KINDS;
	int k;

	for (k = 0; k < OFL_NR_KINDS; k++) {
		if (!r->kind[k].pages ||
		    ofl_rule_step((enum ofl_kind)k, movable) != step ||
		    ofl_rule_outcome((enum ofl_kind)k, movable) != out)
			continue;
		if (best == OFL_NR_KINDS ||
		    r->kind[k].pfn[0] < r->kind[best].pfn[0])
			best = (enum ofl_kind)k;
	}
	return best;
}

/* "virtio-mem virtio1: " */
static void say_whose(const struct ofl_env *env, enum ofl_kind kind,
		      const struct ofl_claim *claim, char *buf, size_t bytes)
{
	const char *device = ofl_owner_device(env->owners, claim);

	buf[0] = '\0';
	if (claim->owner || (env->owners && ofl_rule_rows[kind].offline))
		snprintf(buf, bytes, "%s%s%s: ", ofl_owner_name(claim),
			 device[0] ? " " : "", device);
}

static void say_why(const struct ofl_env *env, struct ofl_block_report *r,
		    enum ofl_step step, enum ofl_outcome out)
{
	char whose[64];

	r->decided_at = step;
	r->decider = find_decider(env, r, step, out);
	if (r->decider == OFL_NR_KINDS) {
		snprintf(r->code, sizeof(r->code), "%s", ofl_step_rows[step].text);
		snprintf(r->reason, sizeof(r->reason), "%s",
			 out == OFL_OUT_BLOCKED ? ofl_step_rows[step].reason :
			 "the dump does not say");
		return;
	}
	say_whose(env, r->decider, &r->kind[r->decider].claim, whose,
		  sizeof(whose));
	snprintf(r->code, sizeof(r->code), "%s", ofl_rule_rows[r->decider].code);
	snprintf(r->reason, sizeof(r->reason), "%s%s%s%s",
		 out == OFL_OUT_BLOCKED ? ofl_step_rows[step].reason : "",
		 out == OFL_OUT_BLOCKED ? ": " : "", whose,
		 ofl_rule_rows[r->decider].what);
}

/* zone and holes fail with EINVAL before a single page is looked at */
static void say_zone(struct ofl_block_report *r)
{
	snprintf(r->reason, sizeof(r->reason),
		 "%s: memory_block.zone is NULL, the block spans zones or has holes",
		 ofl_step_rows[OFL_STEP_ZONE].reason);
}

static void say_holes(struct ofl_block_report *r)
{
	snprintf(r->reason, sizeof(r->reason),
		 "%s: %" PRIu64 " of %" PRIu64 " pages are busy System RAM",
		 ofl_step_rows[OFL_STEP_HOLES].reason, r->ram_pages, r->pages);
}

static void say_veto(const struct ofl_env *env, struct ofl_block_report *r)
{
	const struct ofl_callback *cb = veto(env, r);

	if (cb && r->decider == OFL_NR_KINDS)
		snprintf(r->reason, sizeof(r->reason), "%s: %s",
			 ofl_step_rows[OFL_STEP_NOTIFY].reason, cb->what);
}

static void give(const struct ofl_env *env, struct ofl_block_report *r,
		 enum ofl_step step)
{
	r->verdict = r->step[step];
	say_why(env, r, step, r->step[step]);
	if (r->step[step] != OFL_OUT_BLOCKED)
		return;
	if (step == OFL_STEP_ZONE)
		say_zone(r);
	if (step == OFL_STEP_HOLES)
		say_holes(r);
	if (step == OFL_STEP_NOTIFY)
		say_veto(env, r);
}

/*
 * The first step that blocks ends it, wherever something else is only likely.
 * Then what is not known; then the worst of the rest. Spinning comes last in
 * the kernel too: all other steps are passed again in each round.
 */
static void decide_by_steps(const struct ofl_env *env,
			    struct ofl_block_report *r)
{
	unsigned int rank = OFL_NR_OUTCOMES;
	int s;

	while (rank--)
		for (s = 0; s < OFL_NR_STEPS; s++)
			if (r->step[s] == ofl_outcome_of_rank(rank)) {
				give(env, r, (enum ofl_step)s);
				return;
			}
}

static void simple(struct ofl_block_report *r, enum ofl_outcome v,
		   const char *code, const char *reason)
{
	r->verdict = v;
	r->decider = OFL_NR_KINDS;
	snprintf(r->code, sizeof(r->code), "%s", code);
	snprintf(r->reason, sizeof(r->reason), "%s", reason);
}

void ofl_judge_decide(const struct ofl_env *env, const struct ofl_ram *ram,
		      struct ofl_block_report *r)
{
	int s;

	for (s = 0; s < OFL_NR_STEPS; s++)
		r->step[s] = OFL_OUT_OFFLINABLE;
	r->decider = OFL_NR_KINDS;
	r->code[0] = r->reason[0] = '\0';
	if (r->block->state == OFL_BLOCK_OFFLINE) {
		simple(r, OFL_OUT_OFFLINE, "offline", "already offline");
		return;
	}
	if (!ofl_fact_known(env->l, OFL_F_OFFLINE_PAGES)) {
		simple(r, OFL_OUT_BLOCKED, "no-hotremove",
		       "this kernel was built without CONFIG_MEMORY_HOTREMOVE");
		return;
	}
	weigh_pages(env, r);
	weigh_block(env, ram, r);
	/* not a page of it was seen: a filter, or the memmap is gone */
	if (!r->scanned && r->step[OFL_STEP_ZONE] != OFL_OUT_BLOCKED &&
	    r->step[OFL_STEP_HOLES] != OFL_OUT_BLOCKED) {
		simple(r, OFL_OUT_UNKNOWN, "not-scanned",
		       "no page of it could be looked at");
		return;
	}
	decide_by_steps(env, r);
	if (ofl_outcome_rows[r->verdict].passes)
		simple(r, OFL_OUT_OFFLINABLE, "", "");
}

/* ---- adding up ---- */

static const struct ofl_zone *zone_by_kva(const struct ofl_nodes *n,
					  uint64_t kva)
{
	size_t i;

	for (i = 0; i < n->nr_zones; i++)
		if (kva && n->zone[i].kva == kva)
			return &n->zone[i];
	return NULL;
}

static uint64_t block_pages(const struct ofl_judge *j)
{
	return j->env->l->sections_per_block * j->env->l->section_pages;
}

static void begin(struct ofl_judge *j)
{
	struct ofl_block_report *r = &j->report;

	memset(r, 0, sizeof(*r));
	r->block = &j->blocks->block[j->next];
	r->start_pfn = r->block->start_section_nr * j->env->l->section_pages;
	r->pages = block_pages(j) - r->block->memmap_pages;
	r->node = r->block->nid;
	r->zone = zone_by_kva(j->env->n, r->block->zone_kva);
	r->ram_pages = ofl_ram_pages(j->ram,
				     r->start_pfn + r->block->memmap_pages,
				     r->start_pfn + block_pages(j));
	j->open = true;
}

static enum ofl_status end(struct ofl_judge *j)
{
	struct ofl_block_report *r = &j->report;
	enum ofl_status st = OFL_OK;

	if (!j->open)
		begin(j);
	if (r->start_pfn < j->hi_pfn &&
	    r->start_pfn + block_pages(j) > j->lo_pfn) {
		ofl_judge_decide(j->env, j->ram, r);
		st = j->emit(j->arg, r);
	}
	j->open = false;
	j->next++;
	return st;
}

/* make the block of @section_nr the one in work; false: there is none */
static bool enter(struct ofl_judge *j, uint64_t section_nr, enum ofl_status *st)
{
	uint64_t nr = section_nr / j->env->l->sections_per_block;

	while (j->next < j->blocks->nr && j->blocks->block[j->next].nr < nr) {
		*st = end(j);
		if (*st)
			return false;
	}
	if (j->next == j->blocks->nr || j->blocks->block[j->next].nr != nr)
		return false;
	if (!j->open)
		begin(j);
	return true;
}

static void count(struct ofl_tally *t, const struct ofl_classified *p)
{
	if (t->pages < OFL_FIRST_PFNS)
		t->pfn[t->pages] = p->pfn;
	if (!t->pages) {
		t->page_kva = p->page_kva;
		t->flags = p->flags;
		t->refcount = p->refcount;
		t->claim = p->claim;
	}
	t->pages++;
	t->pinned += p->pinned;
}

static enum ofl_status judge_known(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p,
				   const unsigned char *raw,
				   const unsigned char *raw_end, bool offline)
{
	struct ofl_judge *j = arg;
	struct ofl_block_report *r = &j->report;
	enum ofl_status st = OFL_OK;
	struct ofl_classified c;

	if (!enter(j, s->nr, &st))
		return st;
	ofl_classify(&j->classifier, s, p, raw, raw_end, offline, &c);
	r->scanned++;
	r->offline += offline;
	r->early |= s->early;
	/* before memory_block.zone the pages have to tell */
	if (c.zone && !r->block->zone_kva) {
		if (r->zone && r->zone != c.zone)
			r->several_zones = true;
		r->zone = c.zone;
	}
	if (c.zone && r->node < 0)
		r->node = c.zone->node;
	count(&r->kind[c.kind], &c);
	return OFL_OK;
}

static enum ofl_status judge_unknown(void *arg, const struct ofl_section *s,
				     const struct ofl_hole *h)
{
	struct ofl_judge *j = arg;
	struct ofl_tally *t = &j->report.kind[OFL_KIND_UNKNOWN];
	enum ofl_status st = OFL_OK;

	if (!enter(j, s->nr, &st))
		return st;
	if (!t->pages)
		t->pfn[0] = h->start_pfn;
	t->pages += h->pages;
	j->report.unknown += h->pages;
	j->report.scanned += h->pages;
	return OFL_OK;
}

void ofl_judge_init(struct ofl_judge *j, const struct ofl_env *env,
		    const struct ofl_owners *owners,
		    const struct ofl_blocks *blocks, const struct ofl_ram *ram,
		    const struct ofl_filter *f)
{
	memset(j, 0, sizeof(*j));
	j->env = env;
	j->blocks = blocks;
	j->ram = ram;
	j->lo_pfn = f->lo_pfn;
	j->hi_pfn = f->hi_pfn;
	ofl_classifier_init(&j->classifier, env, owners, blocks);
}

struct ofl_sink ofl_judge_sink(struct ofl_judge *j)
{
	return (struct ofl_sink){ .known = judge_known,
				  .unknown = judge_unknown, .arg = j };
}

enum ofl_status ofl_judge_finish(struct ofl_judge *j)
{
	enum ofl_status st = OFL_OK;

	while (j->next < j->blocks->nr && !st)
		st = end(j);
	return st;
}
