// SPDX-License-Identifier: GPL-2.0-or-later
/* judge.c - add up the pages of each block */
#include <string.h>

#include "judge/judge.h"
#include "kernel/pagereader.h"

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

static void count(struct ofl_tally *t, const struct ofl_classified *p,
		  uint64_t pages)
{
	uint64_t i;

	for (i = 0; i < pages && t->pages + i < OFL_FIRST_PFNS; i++)
		t->pfn[t->pages + i] = p->pfn + i;
	if (!t->pages) {
		t->page_kva = p->page_kva;
		t->flags = p->flags;
		t->refcount = p->refcount;
		t->claim = p->claim;
		t->counted = p->counted;
		t->refs = p->refs;
	}
	t->pages += pages;
}

/* @pages: in  that @c holds for */
static void add_up(struct ofl_judge *j, const struct ofl_section *s,
		   const struct ofl_classified *c, uint64_t pages)
{
	struct ofl_block_report *r = &j->report;

	r->scanned += pages;
	r->offline += c->offline ? pages : 0;
	r->pageblock_unknown += c->pageblock_unknown ? pages : 0;
	r->early |= s->early;
	r->file_pages += c->file ? pages : 0;
	/* before memory_block.zone the pages have to tell */
	if (c->zone && !r->block->zone_kva) {
		if (r->zone && r->zone != c->zone)
			r->several_zones = true;
		r->zone = c->zone;
	}
	if (c->zone && r->node < 0)
		r->node = c->zone->node;
	count(&r->kind[c->kind], c, pages);
}

static bool is_in_way(const struct ofl_judge *j, const struct ofl_classified *c)
{
	return j->in_way && !ofl_outcome_rows[c->outcome].passes &&
	       !ofl_rule_rows[c->kind].offline &&
	       j->report.block->state != OFL_BLOCK_OFFLINE;
}

static void hand_out(struct ofl_judge *j, const struct ofl_classified *c,
		     const unsigned char *raw)
{
	if (j->page && c->pfn == j->page_pfn)
		j->page(j->arg, c, raw);
	if (is_in_way(j, c))
		j->in_way(j->arg, c, raw);
}

static enum ofl_status judge_known(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages,
				   const unsigned char *raw,
				   const unsigned char *raw_end)
{
	struct ofl_judge *j = arg;
	enum ofl_status st = OFL_OK;
	struct ofl_classified c;

	if (!enter(j, s->nr, &st))
		return st;
	ofl_classify(&j->classifier, s, p, raw, raw_end, false, &c);
	add_up(j, s, &c, pages);
	hand_out(j, &c, raw);
	return OFL_OK;
}

static uint64_t judge_span(void *arg, const struct ofl_section *s,
			   const struct ofl_page *p, uint64_t pages)
{
	struct ofl_judge *j = arg;

	return ofl_classify_span(&j->classifier, s, p, pages);
}

/* those that ask for it get the struct page of each offline page, too */
static void hand_out_run(struct ofl_judge *j, const struct ofl_section *s,
			 const struct ofl_classified *first, uint64_t pages)
{
	const struct ofl_layout *l = j->env->l;
	struct ofl_pagereader reader = { .t = j->env->t, .l = l };
	struct ofl_classified c = *first;
	const unsigned char *raw;

	for (; pages; pages--, c.pfn++, c.page_kva += l->struct_page_bytes) {
		if (!is_in_way(j, &c) && !(j->page && c.pfn == j->page_pfn))
			continue;
		raw = ofl_pagereader_get(&reader, s->memmap_kva +
					 (c.pfn - s->start_pfn) *
					 l->struct_page_bytes);
		if (raw)
			hand_out(j, &c, raw);
	}
}

static enum ofl_status judge_offline(void *arg, const struct ofl_section *s,
				     const struct ofl_page *p, uint64_t pages)
{
	struct ofl_judge *j = arg;
	enum ofl_status st = OFL_OK;
	struct ofl_page at = *p;
	struct ofl_classified c;
	uint64_t n;

	if (!s->online || !enter(j, s->nr, &st))
		return st;
	for (; pages; pages -= n, at.pfn += n) {
		n = ofl_classify_run(&j->classifier, s, &at, pages, &c);
		add_up(j, s, &c, n);
		if (j->page || j->in_way)
			hand_out_run(j, s, &c, n);
	}
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
	return (struct ofl_sink){
		.known = judge_known, .offline = judge_offline,
		.unknown = judge_unknown, .arg = j,
		/* each page has to be handed out */
		.span = j->page || j->in_way ? NULL : judge_span,
	};
}

enum ofl_status ofl_judge_finish(struct ofl_judge *j)
{
	enum ofl_status st = OFL_OK;

	while (j->next < j->blocks->nr && !st)
		st = end(j);
	return st;
}
