// SPDX-License-Identifier: GPL-2.0-or-later
/* judge.c - add up the pages of each block */
#include <string.h>

#include "judge/judge.h"

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
		t->counted = p->counted;
		t->refs = p->refs;
	}
	t->pages++;
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
	r->pageblock_unknown += c.pageblock_unknown;
	r->early |= s->early;
	r->file_pages += c.file;
	/* before memory_block.zone the pages have to tell */
	if (c.zone && !r->block->zone_kva) {
		if (r->zone && r->zone != c.zone)
			r->several_zones = true;
		r->zone = c.zone;
	}
	if (c.zone && r->node < 0)
		r->node = c.zone->node;
	count(&r->kind[c.kind], &c);
	if (j->page && c.pfn == j->page_pfn)
		j->page(j->arg, &c, raw);
	if (j->in_way && !ofl_outcome_rows[c.outcome].passes &&
	    !ofl_rule_rows[c.kind].offline && r->block->state != OFL_BLOCK_OFFLINE)
		j->in_way(j->arg, &c, raw);
	return OFL_OK;
}

static enum ofl_status judge_unknown(void *arg, const struct ofl_section *s,
				     const struct ofl_hole *h)
{
	struct ofl_judge *j = arg;
	struct ofl_tally *t = &j->report.kind[OFL_KIND_UNKNOWN];
	enum ofl_status st = OFL_OK;
	uint64_t i;

	if (!enter(j, s->nr, &st))
		return st;
	for (i = 0; i < h->pages && t->pages + i < OFL_FIRST_PFNS; i++)
		t->pfn[t->pages + i] = h->start_pfn + i;
	if (!t->pages) {
		t->page_kva = s->memmap_kva + (h->start_pfn - s->start_pfn) *
			      j->env->l->struct_page_bytes;
		t->unread = true;
	}
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
