// SPDX-License-Identifier: GPL-2.0-or-later
/* judge.c - add up the pages of each block */
#include <string.h>

#include "judge/judge.h"
#include "judge/records.h"
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
	r->block = &j->blocks->every[j->next];
	r->start_pfn = r->block->start_section_nr * j->env->l->section_pages;
	r->pages = block_pages(j) - r->block->memmap_pages;
	r->node = r->block->nid;
	r->zone = zone_by_kva(j->env->n, r->block->zone_kva);
	r->pool = j->classifier.pool;
	r->nr_pools = j->classifier.nr_pools;
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

	while (j->next < j->blocks->nr_every && j->blocks->every[j->next].nr < nr) {
		*st = end(j);
		if (*st)
			return false;
	}
	if (j->next == j->blocks->nr_every || j->blocks->every[j->next].nr != nr)
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

static void see_zone(struct ofl_block_report *r, const struct ofl_zone *first,
		     const struct ofl_zone *last)
{
	/* before memory_block.zone the pages have to tell */
	if (!r->block->zone_kva) {
		if (r->zone && r->zone != first)
			r->several_zones = true;
		r->zone = last;
	}
	if (r->node < 0)
		r->node = first->node;
}

/* offline ones; @pages: in  that @c holds for */
static void add_run(struct ofl_judge *j, const struct ofl_section *s,
		    const struct ofl_classified *c, uint64_t pages)
{
	struct ofl_block_report *r = &j->report;

	r->scanned += pages;
	r->offline += pages;
	r->owners |= UINT32_C(1) << ofl_records_owner(&c->claim);
	r->pageblock_unknown += c->pageblock_unknown ? pages : 0;
	r->early |= s->early;
	if (c->zone)
		see_zone(r, c->zone, c->zone);
	count(&r->kind[c->kind], c, pages);
}

/* ---- pages that are not offline ---- */

static void add_known(struct ofl_judge *j, const struct ofl_classified *c,
		      uint64_t pages)
{
	size_t zone = c->zone ? (size_t)(c->zone - j->env->n->zone) + 1 : 0;
	struct ofl_section_sum *sum = &j->sum;

	sum->scanned += pages;
	sum->pageblock_unknown += c->pageblock_unknown ? pages : 0;
	sum->file_pages += c->file ? pages : 0;
	if (zone && zone != sum->last_zone) {
		sum->several_zones |= sum->last_zone != 0;
		sum->last_zone = zone;
		if (!sum->first_zone)
			sum->first_zone = zone;
	}
	count(&sum->kind[c->kind], c, pages);
}

static uint64_t nr_missed(const struct ofl_judge *j)
{
	return j->env->t->missed ? j->env->t->missed->reads : 0;
}

/* it is missed when the section is added up, in the process that does that */
static void take_missed(struct ofl_judge *j, uint64_t before)
{
	struct ofl_missed *missed = j->env->t->missed;

	if (nr_missed(j) == before)
		return;
	if (!j->sum.missed.reads)
		j->sum.missed.first_kva = missed->first_kva;
	j->sum.missed.reads += missed->reads - before;
	missed->reads = before;
}

static size_t nr_pfns(const struct ofl_tally *t)
{
	return t->pages < OFL_FIRST_PFNS ? (size_t)t->pages : OFL_FIRST_PFNS;
}

/* the first pages of both, in their order */
static void merge(struct ofl_tally *to, const struct ofl_tally *from)
{
	const struct ofl_tally was = *to;
	size_t a = 0, b = 0, i;

	if (!from->pages)
		return;
	if (!was.pages || from->pfn[0] < was.pfn[0])
		*to = *from;
	to->pages = was.pages + from->pages;
	for (i = 0; i < nr_pfns(to); i++)
		to->pfn[i] = b == nr_pfns(from) ||
			     (a < nr_pfns(&was) && was.pfn[a] < from->pfn[b]) ?
			     was.pfn[a++] : from->pfn[b++];
}

static void add_to_report(struct ofl_judge *j, const struct ofl_section *s,
			  const struct ofl_section_sum *sum)
{
	const struct ofl_nodes *n = j->env->n;
	struct ofl_block_report *r = &j->report;
	int k;

	r->scanned += sum->scanned;
	r->pageblock_unknown += sum->pageblock_unknown;
	r->file_pages += sum->file_pages;
	r->early |= s->early && sum->scanned;
	/* counted by the classifier from the block's first section on */
	if (sum->at.block_nr == r->block->nr) {
		memcpy(r->huge_in_use, sum->at.in_use, sizeof(r->huge_in_use));
		memcpy(r->huge_free, sum->at.taken, sizeof(r->huge_free));
		r->folded = sum->at.folded;
	}
	if (sum->first_zone && sum->first_zone <= n->nr_zones &&
	    sum->last_zone <= n->nr_zones) {
		see_zone(r, &n->zone[sum->first_zone - 1],
			 &n->zone[sum->last_zone - 1]);
		r->several_zones |= sum->several_zones && !r->block->zone_kva;
	}
	for (k = 0; k < OFL_NR_KINDS; k++)
		merge(&r->kind[k], &sum->kind[k]);
}

static enum ofl_status add_sum(void *arg, const struct ofl_section *s,
			       const void *part)
{
	const struct ofl_section_sum *sum = part;
	struct ofl_missed missed = sum->missed;
	struct ofl_judge *j = arg;
	enum ofl_status st = OFL_OK;

	if (missed.reads && j->env->t->missed) {
		missed.first_what = j->env->t->missed->what;
		ofl_missed_again(j->env->t, &missed);
	}
	j->behind = sum->at;
	if (sum->scanned && enter(j, s->nr, &st))
		add_to_report(j, s, sum);
	return st;
}

static void take_sum(void *arg, void *part)
{
	struct ofl_judge *j = arg;

	j->sum.at = j->classifier.at;
	memcpy(part, &j->sum, sizeof(j->sum));
	memset(&j->sum, 0, sizeof(j->sum));
}

static void resume(void *arg)
{
	struct ofl_judge *j = arg;

	memset(&j->sum, 0, sizeof(j->sum));
	ofl_classifier_resume(&j->classifier, &j->behind);
}

/* what this process itself saw while the sinks were called */
static enum ofl_status judge_done(void *arg, const struct ofl_section *s)
{
	struct ofl_section_sum sum;
	struct ofl_judge *j = arg;

	j->done_nr = s->nr + 1;
	if (!j->sum.scanned && !j->sum.missed.reads)
		return OFL_OK;
	take_sum(j, &sum);
	return add_sum(j, s, &sum);
}

static bool is_in_way(const struct ofl_judge *j, const struct ofl_classified *c)
{
	return j->in_way && !ofl_outcome_rows[c->outcome].passes &&
	       !ofl_rule_rows[c->kind].offline &&
	       j->report.block->state != OFL_BLOCK_OFFLINE;
}

static bool hands_out(const struct ofl_judge *j)
{
	return j->page || j->in_way;
}

/* pages that are alike, or of one compound page; @raw is the first */
static void hand_out(struct ofl_judge *j, const struct ofl_classified *c,
		     uint64_t pages, const unsigned char *raw)
{
	if (j->page && c->pfn == j->page_pfn)
		j->page(j->arg, c, raw);
	j->alike = true;
	if (!is_in_way(j, c))
		return;
	j->alike = j->in_way(j->arg, c, raw);
	if (pages > 1)
		j->more(j->arg, pages - 1);
}

/* the last page is another one now, and like it */
static void move(struct ofl_judge *j, const struct ofl_section *s, uint64_t pfn)
{
	j->last.pfn = pfn;
	j->last.page_kva = s->memmap_kva + (pfn - s->start_pfn) *
			   j->env->l->struct_page_bytes;
}

static enum ofl_status judge_known(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages,
				   const unsigned char *raw,
				   const unsigned char *raw_end)
{
	struct ofl_judge *j = arg;
	uint64_t missed = nr_missed(j);
	struct ofl_classified *c = &j->last;
	enum ofl_status st = OFL_OK;

	/* who is handed pages is told of the block before first */
	if (hands_out(j) && !enter(j, s->nr, &st))
		return st;
	if (!j->page && ofl_classify_same(&j->classifier, s, p, raw))
		move(j, s, p->pfn);
	else
		ofl_classify(&j->classifier, s, p, raw, raw_end, false, c);
	add_known(j, c, pages);
	take_missed(j, missed);
	if (hands_out(j))
		hand_out(j, c, pages, raw);
	return OFL_OK;
}

static uint64_t judge_same(void *arg, const struct ofl_section *s,
			   const struct ofl_page *p, const unsigned char *raw,
			   uint64_t most)
{
	struct ofl_judge *j = arg;
	uint64_t n;

	if (j->in_way && !j->alike)
		return 0;
	n = ofl_classify_like(&j->classifier, s, p, raw, most);
	move(j, s, p->pfn + 1);
	if (n)
		add_known(j, &j->last, n);
	if (n && is_in_way(j, &j->last))
		j->more(j->arg, n);
	return n;
}

static uint64_t judge_span(void *arg, const struct ofl_section *s,
			   const struct ofl_page *p, uint64_t pages)
{
	struct ofl_judge *j = arg;
	uint64_t missed = nr_missed(j);
	uint64_t n = ofl_classify_span(&j->classifier, s, p, pages);

	take_missed(j, missed);
	return n;
}

/* ---- pages that are ---- */

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
			hand_out(j, &c, 1, raw);
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
		n = ofl_classify_run(&j->runs, s, &at, pages, &c);
		add_run(j, s, &c, n);
		if (hands_out(j))
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
	j->runs = j->classifier;
	j->behind = j->classifier.at;
}

struct ofl_sink ofl_judge_sink(struct ofl_judge *j)
{
	struct ofl_sink sink = {
		.known = judge_known, .offline = judge_offline,
		.unknown = judge_unknown, .done = judge_done, .arg = j,
	};

	if (j->page)
		return sink;	/* it has to be looked at, wherever it is */
	sink.span = judge_span;
	sink.same = judge_same;
	if (j->in_way)
		return sink;	/* pages have to be handed out, here */
	sink.sum = (struct ofl_sum_ops){
		.bytes = sizeof(j->sum),
		.sections = j->env->l->sections_per_block,
		.take = take_sum, .add = add_sum, .resume = resume,
	};
	return sink;
}

static bool is_over(const struct ofl_judge *j, const struct ofl_block *b)
{
	return (b->nr + 1) * j->env->l->sections_per_block <= j->done_nr;
}

enum ofl_status ofl_judge_finish(struct ofl_judge *j, bool interrupted)
{
	enum ofl_status st = OFL_OK;

	while (j->next < j->blocks->nr_every && !st &&
	       (!interrupted || is_over(j, &j->blocks->every[j->next])))
		st = end(j);
	return st;
}
