// SPDX-License-Identifier: GPL-2.0-or-later
/* inspect.c - what a struct page says, and those that it belongs together with */
#include <string.h>

#include "judge/hugetlb.h"
#include "judge/inspect.h"
#include "judge/older.h"
#include "kernel/pagereader.h"

#define KERNEL_CHARGE		0x3	/* MEMCG_DATA_OBJCGS, MEMCG_DATA_KMEM */
#define MAX_TOGETHER		0x2000	/* pages: MAX_PAGE_ORDER is 13 at most (arm64) */
#define POISONS_APART		0x22	/* LIST_POISON2 - LIST_POISON1 */

/* is it of a type that we know by name? */
static bool has_name(const struct ofl_page_format *f, uint32_t page_type)
{
	int type;

	for (type = 0; type < OFL_NR_TYPES; type++)
		if (ofl_page_is_type(f, (enum ofl_type)type, page_type))
			return true;
	return false;
}

/* set_page_guard(): before v6.12 the type of guards has no name in a dump */
static enum ofl_tri guard(const struct ofl_page_format *f, uint32_t page_type,
			  bool typed)
{
	if (typed && ofl_page_is_type(f, OFL_TYPE_GUARD, page_type))
		return OFL_YES;
	return typed && !has_name(f, page_type) ? OFL_UNSURE : OFL_NO;
}

void ofl_inspect_decoded(struct ofl_classifier *c, const struct ofl_page *p,
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
	in->allocation = ofl_page_is_allocation(f, p->type);
	in->guard = guard(f, p->type, in->typed);
	in->reserved = p->flags & f->reserved;
	in->lru = p->flags & f->lru;
	in->swapbacked = p->flags & f->swapbacked;
	in->hwpoison = p->flags & f->hwpoison;
	in->isolated = p->flags & f->isolated;
	in->locked = p->flags & f->locked;
	in->rest = OFL_NO;
	in->drained = ofl_batches_drained_first(c->env->l) ? OFL_YES : OFL_NO;
	in->skip_rule = c->skip_rule;
	/* has_unmovable_pages(): PageTransCompound(); page_is_unmovable(): PageCompound() */
	in->compound_unseen = !ofl_fact_known(c->env->l, OFL_F_THP) &&
			      !ofl_fact_known(c->env->l, OFL_F_PAGE_IS_UNMOVABLE);
	in->movable_untold = c->movable_untold;
	in->charge_untold = c->charge_untold;
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

static bool in_movable_zone(const struct ofl_classifier *c,
			    const struct ofl_page *p)
{
	return p->zone && p->zone->type ==
		ofl_fact_value(c->env->l, OFL_F_ZONE_MOVABLE, -1);
}

bool ofl_inspect_is_bare(const struct ofl_classifier *c,
			 const struct ofl_page *p, const unsigned char *raw)
{
	uint64_t none = in_movable_zone(c, p) ? c->format.lru | c->format.head :
						c->env->l->pageflags_mask;

	return p->refcount == 1 && p->zone && !(p->flags & none) &&
	       !ofl_page_has_type(&c->format, p->type) &&
	       !ofl_page_mapping(&c->format, raw);
}

/* del_page_from_free_list(): list_del(), and nobody has used it since */
static bool is_untouched(const struct ofl_classifier *c,
			 const struct ofl_page *p, const unsigned char *raw)
{
	uint64_t next, prev;

	return ofl_inspect_is_bare(c, p, raw) &&
	       !ofl_page_private(&c->format, raw) &&
	       !ofl_page_charge(&c->format, raw) &&
	       ofl_page_lru(&c->format, raw, &next, &prev) &&
	       prev - next == POISONS_APART;
}

static bool can_point(const struct ofl_layout *l, uint64_t kva)
{
	return ofl_is_kernel_address(l, kva) && !(kva & 7);
}

/* page->lru is in a list, and neither as list_del() nor as boot leaves it */
static enum ofl_tri listed(const struct ofl_classifier *c, uint64_t kva,
			   const unsigned char *raw)
{
	int64_t at = c->format.lru_at;
	uint64_t next, prev, back;

	if (!ofl_page_lru(&c->format, raw, &next, &prev))
		return OFL_UNSURE;
	if (!can_point(c->env->l, next) || !can_point(c->env->l, prev) ||
	    prev - next == POISONS_APART || next == kva + (uint64_t)at)
		return OFL_NO;
	if (!ofl_read_u64(c->env->t, next + 8, &back))
		return OFL_UNSURE;
	return back == kva + (uint64_t)at ? OFL_YES : OFL_NO;
}

/* split_map_pages() */
static bool is_listed(const struct ofl_classifier *c, uint64_t kva,
		      const unsigned char *raw)
{
	return listed(c, kva, raw) == OFL_YES;
}

static void look(struct ofl_classifier *c, const struct ofl_page *p,
		 uint64_t kva, const unsigned char *raw, bool offline,
		 struct ofl_rule_in *in)
{
	const struct ofl_page_format *f = &c->format;

	ofl_inspect_decoded(c, p, offline, in);
	in->mapping = ofl_page_is_mapped(f, raw);
	in->was_mapped = !ofl_page_mapping(f, raw) &&
			 (p->flags & (f->uptodate | f->swapbacked));
	in->movable_ops = ofl_page_has_movable_ops(f, raw);
	in->fresh = (p->flags & f->locked) || is_charged(f, raw) ||
		    (in_movable_zone(c, p) && ofl_inspect_is_bare(c, p, raw) &&
		     (f->lru_at < 0 || is_listed(c, kva, raw)));
	in->untouched = is_untouched(c, p, raw);
}

/* ---- behind a poisoned page ---- */

/*
 * Count 0, and nothing tells it from the inside of an allocation, of which
 * set_page_refcounted() has given a reference to the first page only.
 */
static bool is_idle(const struct ofl_page_format *f, const unsigned char *raw)
{
	return !ofl_page_refcount(f, raw) &&
	       !ofl_page_has_type(f, ofl_page_type(f, raw)) &&
	       !(ofl_page_flags(f, raw) & (f->slab | f->head));
}

/* allocated with more than itself, for all that it says, and left out */
static bool may_be_first(const struct ofl_page_format *f,
			 const unsigned char *raw)
{
	return ofl_page_refcount(f, raw) > 0 &&
	       (ofl_page_flags(f, raw) & f->hwpoison) &&
	       !(ofl_page_flags(f, raw) & (f->lru | f->head)) &&
	       !ofl_page_has_type(f, ofl_page_type(f, raw)) &&
	       !ofl_page_mapping(f, raw) && !ofl_page_is_tail(f, raw);
}

/* from one page to another, is one on a list, or for certain no free page? */
static enum ofl_tri any_apart(const struct ofl_classifier *c, uint64_t pfn,
			      uint64_t kva, uint64_t first)
{
	struct ofl_pagereader reader = { .t = c->env->t, .l = c->env->l };
	enum ofl_tri any = OFL_NO, one;
	const unsigned char *raw;
	uint64_t at, at_kva;

	for (at = pfn; at != first && any != OFL_YES; at--) {
		at_kva = kva - (pfn - at) * c->env->l->struct_page_bytes;
		raw = ofl_pagereader_get(&reader, at_kva);
		if (!raw || !is_idle(&c->format, raw))
			return OFL_YES;
		one = listed(c, at_kva, raw);
		if (one != OFL_NO)
			any = one;
	}
	return any;
}

/*
 * Allocations begin at a multiple of their size: what may be the first page of
 * this one's are the pages with the lowest bits of its number cleared, one after
 * the other; and all pages up to this one are of it.
 */
static enum ofl_tri rest_of_poisoned(const struct ofl_classifier *c,
				     uint64_t pfn, uint64_t kva)
{
	const struct ofl_page_format *f = &c->format;
	struct ofl_pagereader reader = { .t = c->env->t, .l = f->l };
	const unsigned char *raw;
	uint64_t at = pfn;

	do {
		at &= at - 1;
		if (!at || pfn - at >= MAX_TOGETHER)
			return OFL_NO;
		raw = ofl_pagereader_get(&reader, kva - (pfn - at) *
					 f->l->struct_page_bytes);
	} while (raw && is_idle(f, raw));
	/* one that cannot be read is unknown by itself, and its block with it */
	if (!raw || !may_be_first(f, raw))
		return OFL_NO;
	switch (any_apart(c, pfn, kva, at)) {
	case OFL_YES:
		return OFL_NO;
	case OFL_NO:
		return OFL_YES;
	case OFL_UNSURE:
		break;
	}
	return OFL_UNSURE;
}

/*
 * All pages of an allocation up to this one belong to it: where the page right
 * in front does not, and does not begin one, there is nothing to look for.
 */
static void look_in_front(struct ofl_classifier *c, uint64_t pfn, uint64_t kva,
			  const unsigned char *raw, struct ofl_rule_in *in)
{
	const struct ofl_page_format *f = &c->format;

	if (f->hwpoison && !in->hwpoison && c->apart_pfn + 1 != pfn &&
	    is_idle(f, raw))
		in->rest = rest_of_poisoned(c, pfn, kva);
	/* a poisoned page may begin one, or be in the middle of it */
	c->apart_pfn = in->rest == OFL_NO && !in->hwpoison ? pfn : OFL_NO_PFN;
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
	/* do_migrate_range() unmaps them since b15c87263a69 (in v5.0) */
	in->held = !in->hwpoison || order ? ofl_refs_held(ret) :
		   ofl_older_isolation(c->env->l) ? OFL_UNSURE : OFL_NO;
	/* page_cache_delete(): nothing else takes the mapping of a page away */
	in->removed = in->held == OFL_YES && in->lru &&
		      !ofl_page_mapping(&c->format, raw) && ret->pins <= 0 &&
		      ret->count - ret->explained == 1;
	/* a pin is one reference of a large folio, so that one may be that */
	if (in->removed && order && !ofl_page_pincount_told(&c->format)) {
		in->removed = false;
		in->held = OFL_UNSURE;
	}
	in->buffers = buffers == OFL_YES;
	if ((never == OFL_UNSURE || poisoned == OFL_UNSURE ||
	     buffers == OFL_UNSURE) && in->held == OFL_NO)
		in->held = OFL_UNSURE;
	in->never = never == OFL_YES;
	in->left_alone = poisoned == OFL_YES;
	in->taken_off = !ofl_fact_known(c->env->l, OFL_F_ISOLATE_FOLIO);
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
		ofl_hugetlb_look(c, p, kva, raw, tail, order, in);
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

	if (p->pfn % OFL_UNIT_PAGES || p->refcount < 1 ||
	    raw + OFL_UNIT_PAGES * bytes > raw_end)
		return;
	for (i = 1; i < OFL_UNIT_PAGES; i++, tail += bytes)
		if (!ofl_page_is_offline(f, tail) || ofl_page_refcount(f, tail))
			return;
	c->at.unit_end_pfn = p->pfn + OFL_UNIT_PAGES;
}

/* enter_unit(), of pages that are not at hand */
void ofl_inspect_unit_at(struct ofl_classifier *c, const struct ofl_page *p,
			 uint64_t kva)
{
	const struct ofl_page_format *f = &c->format;
	struct ofl_pagereader reader = { .t = c->env->t, .l = f->l };
	const unsigned char *tail;
	unsigned int i;

	for (i = 1; i < OFL_UNIT_PAGES; i++) {
		tail = ofl_pagereader_get(&reader, kva +
					  i * f->l->struct_page_bytes);
		if (!tail || !ofl_page_is_offline(f, tail) ||
		    ofl_page_refcount(f, tail))
			return;
	}
	c->at.unit_end_pfn = p->pfn + OFL_UNIT_PAGES;
}

/* compound_head(): one that began before what we look at, so go and see its head */
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

void ofl_inspect(struct ofl_classifier *c, const struct ofl_page *p,
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
	look_in_front(c, p->pfn, kva, raw, in);
	enter_what(c, p, kva, raw, raw_end, offline, in);
	ret->counted = in->compound ? c->at.compound_counted : counts(in);
	if (in->compound) {
		ret->refs = c->at.compound_refs;
		ret->order = c->at.compound_order;
	} else if (ret->counted) {
		count_refs(c, p, kva, 0, raw, raw_end, in, &ret->refs);
	}
}
