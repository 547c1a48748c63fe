// SPDX-License-Identifier: GPL-2.0-or-later
/* classify.c - collect what the rule wants to know of a page */
#include <string.h>

#include "judge/classify.h"
#include "judge/hugetlb.h"
#include "judge/untold.h"
#include "kernel/pagereader.h"

#define UNIT_PAGES		512	/* VMware's 2 MiB of 4 KiB pages */
#define KERNEL_CHARGE		0x3	/* MEMCG_DATA_OBJCGS, MEMCG_DATA_KMEM */
#define POISONS_APART		0x22	/* LIST_POISON2 - LIST_POISON1 */

/* ---- set-up ---- */

void ofl_classifier_init(struct ofl_classifier *c, const struct ofl_env *env,
			 const struct ofl_owners *owners,
			 const struct ofl_blocks *blocks)
{
	const struct ofl_layout *l = env->l;

	memset(c, 0, sizeof(*c));
	c->env = env;
	c->owners = owners;
	c->blocks = blocks;
	ofl_page_format_init(&c->format, l, env->n);
	c->refs = (struct ofl_refs_from){ .t = env->t, .f = &c->format,
					  .batches = env->batches };
	c->at.block_nr = c->section_nr = UINT64_MAX;
	ofl_untold(c);
	ofl_hugetlb_init(c);
	ofl_pageblocks_init(&c->pageblocks, env->t, l);
}

void ofl_classifier_resume(struct ofl_classifier *c,
			   const struct ofl_class_state *at)
{
	c->at = *at;
	c->like.end_pfn = 0;
	c->block = ofl_blocks_find(c->blocks, at->block_nr);
}

/* ---- one page ---- */

/* is it of a type that we know by name? */
static bool has_name(const struct ofl_page_format *f, uint32_t page_type)
{
	int type;

	for (type = 0; type < OFL_NR_TYPES; type++)
		if (ofl_page_is_type(f, (enum ofl_type)type, page_type))
			return true;
	return false;
}

/* before v6.12 the type of guards has no name in a dump */
static enum ofl_tri guard(const struct ofl_page_format *f, uint32_t page_type,
			  bool typed)
{
	if (typed && ofl_page_is_type(f, OFL_TYPE_GUARD, page_type))
		return OFL_YES;
	return typed && !has_name(f, page_type) ? OFL_UNSURE : OFL_NO;
}

/* what is known without its struct page */
static void look_at_decoded(struct ofl_classifier *c, const struct ofl_page *p,
			    bool offline, struct ofl_rule_in *in)
{
	const struct ofl_page_format *f = &c->format;

	memset(in, 0, sizeof(*in));
	in->refcount = p->refcount;
	in->offline = offline;
	in->buddy = ofl_page_is_type(f, OFL_TYPE_BUDDY, p->type);
	in->unaccepted = ofl_page_is_type(f, OFL_TYPE_UNACCEPTED, p->type);
	in->slab = (p->flags & f->slab) ||
		   ofl_page_is_type(f, OFL_TYPE_SLAB, p->type);
	in->typed = ofl_page_has_type(f, p->type);
	in->guard = guard(f, p->type, in->typed);
	in->reserved = p->flags & f->reserved;
	in->lru = p->flags & f->lru;
	in->swapbacked = p->flags & f->swapbacked;
	in->hwpoison = p->flags & f->hwpoison;
	in->isolated = p->flags & f->isolated;
	in->drained = ofl_batches_drained_first(c->env->l) ? OFL_YES : OFL_NO;
	in->skip_rule = c->skip_rule;
	in->movable_untold = c->movable_untold;
	in->untold = c->flags_untold || (c->types_untold && in->typed &&
					 !offline && !has_name(f, p->type)) ||
		     (c->unaccepted_untold && !p->refcount && !in->typed &&
		      !(p->flags & f->head));
}

/* mem_cgroup_charge(): not of what the kernel has itself */
static bool is_charged(const struct ofl_page_format *f, const unsigned char *raw)
{
	uint64_t charge = ofl_page_charge(f, raw);

	return charge && !(charge & KERNEL_CHARGE);
}

/* a page that nothing else is known of, in a zone of movable allocations only */
static bool is_bare(const struct ofl_classifier *c, const struct ofl_page *p,
		    const unsigned char *raw)
{
	return p->refcount == 1 && p->zone &&
	       p->zone->type ==
		       ofl_fact_value(c->env->l, OFL_F_ZONE_MOVABLE, -1) &&
	       !(p->flags & (c->format.lru | c->format.head)) &&
	       !ofl_page_has_type(&c->format, p->type) &&
	       !ofl_page_mapping(&c->format, raw);
}

static bool can_point(const struct ofl_layout *l, uint64_t kva)
{
	return ofl_is_kernel_address(l, kva) && !(kva & 7);
}

/* split_map_pages(): page->lru is in a list, and not as list_del() leaves it */
static bool is_listed(const struct ofl_classifier *c, uint64_t kva,
		      const unsigned char *raw)
{
	int64_t at = c->format.lru_at;
	uint64_t next, prev, back;

	if (at < 0)
		return false;
	next = ofl_page_u64(raw, (uint64_t)at);
	prev = ofl_page_u64(raw, (uint64_t)at + 8);
	return can_point(c->env->l, next) && can_point(c->env->l, prev) &&
	       prev - next != POISONS_APART &&
	       ofl_read_u64(c->env->t, next + 8, &back) &&
	       back == kva + (uint64_t)at;
}

static void look(struct ofl_classifier *c, const struct ofl_page *p,
		 uint64_t kva, const unsigned char *raw, bool offline,
		 struct ofl_rule_in *in)
{
	const struct ofl_page_format *f = &c->format;

	look_at_decoded(c, p, offline, in);
	in->mapping = ofl_page_is_mapped(f, raw);
	in->was_mapped = !ofl_page_mapping(f, raw) &&
			 (p->flags & (f->uptodate | f->swapbacked));
	in->movable_ops = ofl_page_has_movable_ops(f, raw);
	in->fresh = (p->flags & f->locked) || is_charged(f, raw) ||
		    (is_bare(c, p, raw) && is_listed(c, kva, raw));
}

/* does any row of the rule look at the references of such a page? */
static bool counts(const struct ofl_rule_in *in)
{
	return !in->hugetlb && !in->offline && !in->buddy && !in->slab &&
	       !in->movable_ops && (in->lru || in->mapping || in->was_mapped);
}

/*
 * Of an order-0 page that is poisoned only its mappings are taken away; then
 * it is left out. Who else refers to it does not matter.
 */
static void count_refs(struct ofl_classifier *c, const struct ofl_page *p,
		       uint64_t kva, unsigned int order,
		       const unsigned char *raw, const unsigned char *raw_end,
		       struct ofl_rule_in *in, struct ofl_refs *ret)
{
	const struct ofl_batches *b = c->env->batches;
	enum ofl_tri never = ofl_refs_never(&c->refs, p->flags, raw);
	enum ofl_tri poisoned = !order ? OFL_NO :
		ofl_refs_poisoned(&c->refs, kva, order, raw, raw_end);
	enum ofl_tri buffers = in->hwpoison ? OFL_NO :
		ofl_refs_buffers(&c->refs, p->flags, raw);

	ofl_refs_count(&c->refs, p, kva, order, raw, raw_end, ret);
	in->held = in->hwpoison && !order ? OFL_NO : ofl_refs_held(ret);
	in->buffers = buffers == OFL_YES;
	if ((never == OFL_UNSURE || poisoned == OFL_UNSURE ||
	     buffers == OFL_UNSURE) && in->held == OFL_NO)
		in->held = OFL_UNSURE;
	in->never = never == OFL_YES;
	in->left_alone = poisoned == OFL_YES;
	in->batched = !b || !b->known ? OFL_UNSURE :
		      ofl_batches_refs(b, kva) ? OFL_YES : OFL_NO;
}

static void enter_free_block(struct ofl_classifier *c, const struct ofl_page *p,
			     const unsigned char *raw)
{
	uint64_t order = ofl_page_free_order(&c->format, raw);

	/* buddy_order(); one that cannot be is damage: believe one page only */
	if (ofl_page_order_fits(p->pfn, order))
		c->at.free_end_pfn = p->pfn + (1ull << order);
}

static void enter_compound(struct ofl_classifier *c, const struct ofl_page *p,
			   uint64_t kva, const unsigned char *raw,
			   const unsigned char *raw_end, struct ofl_rule_in *in)
{
	uint64_t bytes = c->env->l->struct_page_bytes;
	const unsigned char *tail = raw + bytes;
	unsigned int order;

	in->compound = true;
	c->at.compound_counted = false;
	c->at.compound_order = 0;
	if (tail + bytes > raw_end)
		return;
	order = ofl_page_compound_order(&c->format, tail);
	/* no compound page of such a size can be here: damaged */
	in->unknown = !order || !ofl_page_order_fits(p->pfn, order);
	if (in->unknown)
		return;
	if (ofl_page_is_hugetlb(&c->format, p->type, tail)) {
		ofl_hugetlb_look(c, p, raw, tail, order, in);
	} else {
		in->untold |= c->hugetlb_untold && !in->lru && !in->slab;
		c->at.compound_counted = counts(in);
		if (c->at.compound_counted)
			count_refs(c, p, kva, order, raw, raw_end, in,
				   &c->at.compound_refs);
	}
	c->at.compound_end_pfn = p->pfn + (1ull << order);
	c->at.compound_order = order;
	c->at.compound = *in;
}

/*
 * A balloon unit that is no compound page: one referenced head, the rest 0;
 * vmballoon_alloc_page_list().
 */
static void enter_unit(struct ofl_classifier *c, const struct ofl_page *p,
		       const unsigned char *raw, const unsigned char *raw_end)
{
	const struct ofl_page_format *f = &c->format;
	uint64_t bytes = f->l->struct_page_bytes;
	const unsigned char *tail = raw + bytes;
	unsigned int i;

	if (p->pfn % UNIT_PAGES || p->refcount < 1 ||
	    raw + UNIT_PAGES * bytes > raw_end)
		return;
	for (i = 1; i < UNIT_PAGES; i++, tail += bytes)
		if (!ofl_page_is_offline(f, tail) || ofl_page_refcount(f, tail))
			return;
	c->at.unit_end_pfn = p->pfn + UNIT_PAGES;
}

/*
 * Nothing is carried from block to block, so that each is judged as it is by
 * itself, and in any order: a huge page that goes on here counts in each of its
 * blocks, see catch_up().
 */
static void enter_block(struct ofl_classifier *c, uint64_t nr)
{
	const struct ofl_class_state begin = { .block_nr = nr };

	ofl_classifier_resume(c, &begin);
}

/* a compound page that began before what we look at: go and see its head */
static void catch_up(struct ofl_classifier *c, const struct ofl_page *p,
		     uint64_t kva, uint64_t head_kva)
{
	uint64_t bytes = c->env->l->struct_page_bytes;
	unsigned char raw[2 * OFL_MAX_STRUCT_PAGE];
	struct ofl_rule_in in;
	struct ofl_page h;

	if (head_kva >= kva || (kva - head_kva) % bytes ||
	    (kva - head_kva) / bytes >= 1ull << OFL_MAX_PAGE_ORDER ||
	    ofl_read(c->env->t, head_kva, raw, 2 * bytes) != OFL_READ_OK)
		return;
	ofl_page_decode(&c->format, raw, p->pfn - (kva - head_kva) / bytes, &h);
	if (!(h.flags & c->format.head))
		return;
	look(c, &h, head_kva, raw, ofl_page_is_offline(&c->format, raw), &in);
	enter_compound(c, &h, head_kva, raw, raw + 2 * bytes, &in);
}

/* what begins with @p decides of the pages behind it */
static void enter_what(struct ofl_classifier *c, const struct ofl_page *p,
		       uint64_t kva, const unsigned char *raw,
		       const unsigned char *raw_end, bool offline,
		       struct ofl_rule_in *in)
{
	if (in->buddy)
		enter_free_block(c, p, raw);
	else if (p->flags & c->format.head)
		enter_compound(c, p, kva, raw, raw_end, in);
	else if (offline && !in->movable_ops)
		enter_unit(c, p, raw, raw_end);
}

static void inspect(struct ofl_classifier *c, const struct ofl_page *p,
		    const struct ofl_section *s, const unsigned char *raw,
		    const unsigned char *raw_end, bool offline,
		    struct ofl_rule_in *in, struct ofl_classified *ret)
{
	const struct ofl_page_format *f = &c->format;
	uint64_t bytes = f->l->struct_page_bytes;
	uint64_t kva = s->memmap_kva + (p->pfn - s->start_pfn) * bytes;
	const unsigned char *next = raw + 2 * bytes <= raw_end ? raw + bytes :
								 NULL;
	bool fake = ofl_page_is_fake_head(f, kva, raw, next);
	bool tail = fake || ofl_page_is_tail(f, raw);

	if (tail && p->pfn >= c->at.compound_end_pfn)
		catch_up(c, p, kva, fake ?
			 ofl_page_head_kva(f, kva + bytes, next) :
			 ofl_page_head_kva(f, kva, raw));
	if (p->pfn < c->at.compound_end_pfn) {
		*in = c->at.compound;	/* tails are what their head is */
		ret->counted = c->at.compound_counted;
		ret->refs = c->at.compound_refs;
		ret->order = c->at.compound_order;
		return;
	}
	look(c, p, kva, raw, offline, in);
	if (tail) {
		in->unknown = true;	/* a tail whose head is nowhere */
		return;
	}
	if (p->pfn < c->at.free_end_pfn && !p->refcount && !offline) {
		in->buddy = true;
		return;
	}
	enter_what(c, p, kva, raw, raw_end, offline, in);
	ret->counted = in->compound ? c->at.compound_counted : counts(in);
	if (in->compound) {
		ret->refs = c->at.compound_refs;
		ret->order = c->at.compound_order;
	} else if (ret->counted) {
		count_refs(c, p, kva, 0, raw, raw_end, in, &ret->refs);
	}
}

static void find_owner(const struct ofl_classifier *c, const struct ofl_page *p,
		       struct ofl_rule_in *in, struct ofl_classified *ret)
{
	const struct ofl_owner_page page = {
		.pfn = p->pfn, .private = p->private,
		.movable_ops = p->movable_ops,
	};

	ofl_owners_claim(c->owners, &page, &ret->claim);
	in->mgo = !ret->claim.owner && ret->claim.blind ? OFL_MGO_UNKNOWN :
							  ret->claim.mgo;
	in->unit_tail |= ret->claim.unit_tail;
	in->in_flight = ret->claim.in_flight;
	in->rival = ret->claim.rival;
	in->unlisted = ret->claim.owner ?
		       ret->claim.evidence == OFL_EV_POINTER &&
		       !ret->claim.list_cut : !ret->claim.blind;
	in->at_work = in->mgo == OFL_MGO_KEEPS &&
		      ofl_owners_busy(c->owners, &ret->claim);
}

/* the records of some driver want a page to be offline that is not */
static void expect(struct ofl_classifier *c, uint64_t pfn,
		   struct ofl_rule_in *in)
{
	struct ofl_expected *e = &c->expected;
	struct ofl_claim claim;

	if (pfn < e->start_pfn || pfn >= e->end_pfn) {
		e->start_pfn = pfn;
		e->offline = ofl_owners_expect(c->owners, pfn, &claim);
		e->end_pfn = claim.end_pfn;
		e->at_work = e->offline && ofl_owners_busy(c->owners, &claim);
	}
	in->missing = e->offline;
	in->at_work = e->at_work;
}

static void enter(struct ofl_classifier *c, const struct ofl_section *s)
{
	const struct ofl_layout *l = c->env->l;
	uint64_t nr = l->sections_per_block ? s->nr / l->sections_per_block : 0;

	if (s->nr != c->section_nr) {
		c->section_nr = s->nr;
		ofl_pageblocks_enter(&c->pageblocks, s);
	}
	if (nr != c->at.block_nr)
		enter_block(c, nr);
}

/* before anything of the page is known */
static void begin(struct ofl_classifier *c, const struct ofl_section *s,
		  const struct ofl_page *p, bool offline,
		  struct ofl_classified *ret)
{
	const struct ofl_layout *l = c->env->l;

	enter(c, s);
	memset(ret, 0, sizeof(*ret));
	ret->pfn = p->pfn;
	ret->page_kva = s->memmap_kva +
			(p->pfn - s->start_pfn) * l->struct_page_bytes;
	ret->flags = p->flags & l->pageflags_mask;
	ret->refcount = p->refcount;
	ret->offline = offline;
	ret->zone = p->zone;
	ret->movable_zone = p->zone && p->zone->type ==
		ofl_fact_value(l, OFL_F_ZONE_MOVABLE, -1);
}

/* where the memmap of the block ends that it holds itself */
static uint64_t memmap_end(const struct ofl_classifier *c)
{
	return c->block->start_section_nr * c->env->l->section_pages +
	       c->block->memmap_pages;
}

/* everything that the page itself says is in @in */
static void decide(struct ofl_classifier *c, const struct ofl_section *s,
		   const struct ofl_page *p, struct ofl_rule_in *in,
		   struct ofl_classified *ret)
{
	in->unit_tail = p->pfn < c->at.unit_end_pfn;
	in->pageblock = ofl_pageblock_of(&c->pageblocks, s, p->pfn);
	ret->pageblock_unknown = in->pageblock == OFL_PB_UNKNOWN;
	if (c->block) {
		in->going_offline = c->block->state == OFL_BLOCK_GOING_OFFLINE;
		in->memmap = p->pfn < memmap_end(c);
	}
	if (ret->offline)
		find_owner(c, p, in, ret);
	else if (s->online)
		expect(c, p->pfn, in);
	ret->file = in->lru && !in->swapbacked;
	ret->kind = ofl_rule_kind(in);
	ret->outcome = ofl_rule_outcome(ret->kind, ret->movable_zone);
	ret->step = ofl_rule_step(ret->kind, ret->movable_zone);
}

/* as far as expect() has one answer, at most @end */
static uint64_t expected_end(const struct ofl_classifier *c, uint64_t pfn,
			     uint64_t end)
{
	const struct ofl_expected *e = &c->expected;

	return pfn >= e->start_pfn && pfn < e->end_pfn && e->end_pfn < end ?
	       e->end_pfn : end;
}

/* what decide() asks about the place of a page is the same up to here */
static uint64_t place_end(const struct ofl_classifier *c,
			  const struct ofl_section *s, uint64_t pfn)
{
	uint64_t size = ofl_pageblocks_pages(&c->pageblocks);
	uint64_t end = size ? (pfn / size + 1) * size :
			      s->start_pfn + c->env->l->section_pages;

	if (c->block && pfn < memmap_end(c) && memmap_end(c) < end)
		end = memmap_end(c);
	return expected_end(c, pfn, end);
}

/*
 * Tails are what their head is. Of others the answer is made of their members
 * alone if they are no head of anything and their references do not count.
 */
static void note_like(struct ofl_classifier *c, const struct ofl_section *s,
		      const struct ofl_page *p, const unsigned char *raw,
		      const struct ofl_rule_in *in,
		      const struct ofl_classified *ret)
{
	const struct ofl_page_format *f = &c->format;
	uint64_t end = place_end(c, s, p->pfn);

	c->like.end_pfn = 0;
	c->like.tails = p->pfn < c->at.compound_end_pfn;
	if (c->like.tails) {
		c->like.end_pfn = end < c->at.compound_end_pfn ?
				  end : c->at.compound_end_pfn;
	} else if (!ret->offline && !ret->counted && !(p->flags & f->head) &&
		   !ofl_page_is_type(f, OFL_TYPE_BUDDY, p->type) &&
		   !is_bare(c, p, raw) && !ofl_page_is_tail(f, raw)) {
		c->like.end_pfn = end;
		if (in->buddy && c->at.free_end_pfn < end)
			c->like.end_pfn = c->at.free_end_pfn;
	}
	c->like.page = *p;
	c->like.mapping = ofl_page_mapping(f, raw);
	c->like.charge = ofl_page_charge(f, raw);
}

bool ofl_classify_same(const struct ofl_classifier *c,
		       const struct ofl_section *s, const struct ofl_page *p,
		       const unsigned char *raw)
{
	const struct ofl_page *was = &c->like.page;

	if (p->pfn >= c->like.end_pfn || s->nr != c->section_nr ||
	    p->zone != was->zone)
		return false;
	return c->like.tails ||
	       (p->flags == was->flags && p->type == was->type &&
		p->refcount == was->refcount &&
		ofl_page_mapping(&c->format, raw) == c->like.mapping &&
		ofl_page_charge(&c->format, raw) == c->like.charge &&
		!ofl_page_is_tail(&c->format, raw));
}

void ofl_classify(struct ofl_classifier *c, const struct ofl_section *s,
		  const struct ofl_page *p, const unsigned char *raw,
		  const unsigned char *raw_end, bool offline,
		  struct ofl_classified *ret)
{
	struct ofl_rule_in in;

	begin(c, s, p, offline, ret);
	inspect(c, p, s, raw, raw_end, offline, &in, ret);
	decide(c, s, p, &in, ret);
	note_like(c, s, p, raw, &in, ret);
}

/* ---- like offline pages, decoded already ---- */

/* a compound page: no driver makes such, so it may be read once more */
static void classify_again(struct ofl_classifier *c, const struct ofl_section *s,
			   const struct ofl_page *p, struct ofl_classified *ret)
{
	uint64_t bytes = c->env->l->struct_page_bytes;
	unsigned char raw[2 * OFL_MAX_STRUCT_PAGE];
	struct ofl_rule_in in = { .unknown = true };

	begin(c, s, p, true, ret);
	if (ofl_read(c->env->t, ret->page_kva, raw, 2 * bytes) == OFL_READ_OK)
		inspect(c, p, s, raw, raw + 2 * bytes, true, &in, ret);
	else if (ofl_read(c->env->t, ret->page_kva, raw, bytes) == OFL_READ_OK)
		inspect(c, p, s, raw, raw + bytes, true, &in, ret);
	decide(c, s, p, &in, ret);
}

/* enter_unit(), of pages that are not at hand */
static void enter_unit_at(struct ofl_classifier *c, const struct ofl_page *p,
			  uint64_t kva)
{
	const struct ofl_page_format *f = &c->format;
	struct ofl_pagereader reader = { .t = c->env->t, .l = f->l };
	const unsigned char *tail;
	unsigned int i;

	for (i = 1; i < UNIT_PAGES; i++) {
		tail = ofl_pagereader_get(&reader, kva +
					  i * f->l->struct_page_bytes);
		if (!tail || !ofl_page_is_offline(f, tail) ||
		    ofl_page_refcount(f, tail))
			return;
	}
	c->at.unit_end_pfn = p->pfn + UNIT_PAGES;
}

/* the head of a unit differs from the page behind it: only the last can be one */
static bool last_may_head(const struct ofl_page *p, uint64_t pages)
{
	return p->refcount > 0 && !p->movable_ops &&
	       !((p->pfn + pages - 1) % UNIT_PAGES);
}

/* as far as nothing changes around like pages that decide() asks for */
static uint64_t same_place(struct ofl_classifier *c, const struct ofl_section *s,
			   uint64_t pfn, uint64_t pages)
{
	uint64_t end = pfn + pages, size = ofl_pageblocks_pages(&c->pageblocks);
	enum ofl_pageblock state = ofl_pageblock_of(&c->pageblocks, s, pfn);
	uint64_t at = size ? (pfn / size + 1) * size : end;

	while (at < end && ofl_pageblock_of(&c->pageblocks, s, at) == state)
		at += size;
	if (at < end)
		end = at;
	if (pfn < c->at.unit_end_pfn && c->at.unit_end_pfn < end)
		end = c->at.unit_end_pfn;
	if (c->block && pfn < memmap_end(c) && memmap_end(c) < end)
		end = memmap_end(c);
	return end - pfn;
}

uint64_t ofl_classify_span(struct ofl_classifier *c,
			   const struct ofl_section *s,
			   const struct ofl_page *p, uint64_t pages)
{
	struct ofl_rule_in in;

	enter(c, s);
	expect(c, p->pfn, &in);
	return expected_end(c, p->pfn, p->pfn + same_place(c, s, p->pfn, pages)) -
	       p->pfn;
}

uint64_t ofl_classify_run(struct ofl_classifier *c, const struct ofl_section *s,
			  const struct ofl_page *p, uint64_t pages,
			  struct ofl_classified *ret)
{
	struct ofl_rule_in in;

	if ((p->flags & c->format.head) || p->pfn < c->at.compound_end_pfn) {
		classify_again(c, s, p, ret);
		return 1;
	}
	begin(c, s, p, true, ret);
	if (p->pfn >= c->at.unit_end_pfn && last_may_head(p, pages)) {
		if (pages == 1)
			enter_unit_at(c, p, ret->page_kva);
		else
			pages--;
	}
	look_at_decoded(c, p, true, &in);
	in.movable_ops = p->movable_ops;
	decide(c, s, p, &in, ret);
	return ofl_claim_pages(&ret->claim, p->pfn,
			       same_place(c, s, p->pfn, pages));
}
