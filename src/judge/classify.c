// SPDX-License-Identifier: GPL-2.0-or-later
/* classify.c - collect what the rule wants to know of a page */
#include <string.h>

#include "judge/classify.h"
#include "scan/skip.h"

#define MAX_ORDER		22	/* gigantic pages of 16 GiB */
#define UNIT_PAGES		512	/* VMware's 2 MiB of 4 KiB pages */
#define PIN_BIAS		1024	/* GUP_PIN_COUNTING_BIAS */

static uint64_t bit_mask(const struct ofl_layout *l, enum ofl_fact_id id)
{
	int64_t nr = ofl_fact_value(l, id, -1);

	return nr >= 0 && nr < 64 ? 1ull << nr : 0;
}

static uint64_t word(const unsigned char *raw, const struct ofl_layout *l,
		     enum ofl_fact_id member)
{
	uint64_t v;

	memcpy(&v, raw + l->fact[member].value, sizeof(v));
	return v;
}

static bool is_type(const struct ofl_layout *l, enum ofl_type type, uint32_t v)
{
	return l->type[type].shape && ofl_pagetype_is(&l->type[type], v);
}

static bool is_typed(const struct ofl_layout *l, uint32_t v)
{
	uint32_t base;

	if (v == UINT32_MAX)
		return false;
	if (l->offline.shape == OFL_SHAPE_TOP_BYTE)
		return v >> 24 >= 0xf0 && v >> 24 <= 0xfe;
	base = l->offline.value;	/* inverted: the value is the base */
	return (v & base) == base;
}

/* ---- set-up ---- */

static void load_hstates(struct ofl_classifier *c)
{
	const struct ofl_layout *l = c->env->l;
	const struct ofl_target *t = c->env->t;
	uint64_t kva = (uint64_t)ofl_fact_value(l, OFL_F_HSTATES, 0);
	int64_t nr = ofl_fact_value(l, OFL_F_NR_HSTATES, 0), i;
	uint64_t nr_free, resv;
	uint32_t order;

	if (!kva || !ofl_fact_known(l, OFL_F_HSTATE_BYTES) ||
	    !ofl_fact_known(l, OFL_F_HSTATE_ORDER) ||
	    !ofl_fact_known(l, OFL_F_HSTATE_FREE) ||
	    !ofl_fact_known(l, OFL_F_HSTATE_RESV))
		return;
	for (i = 0; i < nr && i < OFL_MAX_HSTATES; i++) {
		if (!ofl_read_u32(t, kva + (uint64_t)l->fact[OFL_F_HSTATE_ORDER].value, &order) ||
		    !ofl_read_u64(t, kva + (uint64_t)l->fact[OFL_F_HSTATE_FREE].value, &nr_free) ||
		    !ofl_read_u64(t, kva + (uint64_t)l->fact[OFL_F_HSTATE_RESV].value, &resv))
			return;
		c->hstate[i].order = order;
		c->hstate[i].spare = nr_free > resv ? nr_free - resv : 0;
		c->nr_hstates++;
		kva += (uint64_t)l->fact[OFL_F_HSTATE_BYTES].value;
	}
}

void ofl_classifier_init(struct ofl_classifier *c, const struct ofl_env *env,
			 const struct ofl_owners *owners,
			 const struct ofl_blocks *blocks)
{
	const struct ofl_layout *l = env->l;

	memset(c, 0, sizeof(*c));
	c->env = env;
	c->owners = owners;
	c->blocks = blocks;
	c->reserved = ofl_pageflag_mask(l, "reserved");
	c->lru = ofl_pageflag_mask(l, "lru");
	c->hwpoison = ofl_pageflag_mask(l, "hwpoison");
	c->slab = ofl_pageflag_mask(l, "slab");
	c->head = ofl_pageflag_mask(l, "head");
	c->isolated = bit_mask(l, OFL_F_PG_ISOLATED);
	c->block_nr = c->section_nr = UINT64_MAX;
	load_hstates(c);
}

/* ---- pageblocks ---- */

static unsigned int pageblock_bits(const struct ofl_layout *l)
{
	/* four bits, or eight since isolation is a bit of its own */
	if (ofl_fact_known(l, OFL_F_PB_ISOLATE))
		return 8;
	return (unsigned int)ofl_fact_value(l, OFL_F_NR_PAGEBLOCK_BITS, 0);
}

static void enter_section(struct ofl_classifier *c, const struct ofl_section *s)
{
	const struct ofl_layout *l = c->env->l;
	int64_t order = ofl_fact_value(l, OFL_F_PAGEBLOCK_ORDER, -1);
	uint64_t bits = pageblock_bits(l), bytes;

	c->section_nr = s->nr;
	c->pageblocks_known = false;
	if (!s->usage_kva || !ofl_fact_known(l, OFL_F_PAGEBLOCK_FLAGS) ||
	    order < 0 || order > 20 || (bits != 4 && bits != 8))
		return;
	bytes = ((l->section_pages >> order) * bits + 63) / 64 * 8;
	if (bytes > sizeof(c->pageblocks))
		return;
	c->pageblocks_known = c->env->t->ops->read(c->env->t->ctx,
		s->usage_kva + (uint64_t)l->fact[OFL_F_PAGEBLOCK_FLAGS].value,
		c->pageblocks, bytes) == OFL_READ_OK;
}

/* a nibble or a byte for each pageblock, counted from the low end of words */
static enum ofl_pageblock pageblock_of(const struct ofl_classifier *c,
				       const struct ofl_section *s, uint64_t pfn)
{
	const struct ofl_layout *l = c->env->l;
	int64_t isolate = ofl_fact_value(l, OFL_F_PB_ISOLATE, -1), v;
	unsigned int bits = pageblock_bits(l);
	uint64_t nr;

	if (!c->pageblocks_known)
		return OFL_PB_USUAL;
	nr = (pfn - s->start_pfn) >> l->fact[OFL_F_PAGEBLOCK_ORDER].value;
	v = (int64_t)(c->pageblocks[nr * bits / 64] >> nr * bits % 64 & 0xff);
	if (isolate >= 0 && isolate < 8 && (v >> isolate & 1))
		return OFL_PB_ISOLATED;
	v &= 7;			/* the migratetype is the low three bits */
	if (isolate < 0 && v == ofl_fact_value(l, OFL_F_MIGRATE_ISOLATE, -1))
		return OFL_PB_ISOLATED;
	if (v == ofl_fact_value(l, OFL_F_MIGRATE_CMA, -1))
		return OFL_PB_CMA;
	return OFL_PB_USUAL;
}

/* ---- compound pages ---- */

static bool is_hugetlb(const struct ofl_classifier *c, const struct ofl_page *p,
		       const unsigned char *tail)
{
	const struct ofl_layout *l = c->env->l;
	int64_t at = ofl_fact_value(l, OFL_F_COMPOUND_DTOR, -1);
	uint64_t flag = bit_mask(l, OFL_F_HUGETLB_FLAG);

	if (l->type[OFL_TYPE_HUGETLB].shape)
		return is_type(l, OFL_TYPE_HUGETLB, p->type);
	if (flag)
		return word(tail, l, OFL_F_PAGE_FLAGS) & flag;
	if (at < 0)
		at = ofl_fact_value(l, OFL_F_FOLIO_DTOR, -1) -
		     (int64_t)l->struct_page_bytes;
	return at >= 0 && at < (int64_t)l->struct_page_bytes &&
	       tail[at] == ofl_fact_value(l, OFL_F_HUGETLB_DTOR, -1);
}

static bool take_spare(struct ofl_classifier *c, unsigned int order)
{
	unsigned int i;

	for (i = 0; i < c->nr_hstates; i++)
		if (c->hstate[i].order == order)
			return ++c->hstate[i].used <= c->hstate[i].spare;
	return false;
}

static void hugetlb(struct ofl_classifier *c, const unsigned char *raw,
		    unsigned int order, struct ofl_rule_in *in)
{
	const struct ofl_layout *l = c->env->l;
	uint64_t migratable = bit_mask(l, OFL_F_HPG_MIGRATABLE);

	in->hugetlb = true;
	/* no bit to ask before v5.12: assume the usual */
	in->hugetlb_migratable = !migratable ||
		(word(raw, l, OFL_F_PAGE_PRIVATE) & migratable);
	if (in->refcount == 0)
		in->hugetlb_spare = take_spare(c, order);
}

/* ---- one page ---- */

static bool has_movable_ops(const struct ofl_layout *l,
			    const struct ofl_page *p, const unsigned char *raw,
			    bool offline)
{
	if (!ofl_page_movable_ops(l, raw))
		return false;
	return !ofl_fact_known(l, OFL_F_PG_MOVABLE_OPS) || offline ||
	       is_type(l, OFL_TYPE_ZSMALLOC, p->type);
}

static void look(struct ofl_classifier *c, const struct ofl_page *p,
		 const unsigned char *raw, bool offline, struct ofl_rule_in *in)
{
	const struct ofl_layout *l = c->env->l;

	memset(in, 0, sizeof(*in));
	in->refcount = p->refcount;
	in->offline = offline;
	in->buddy = is_type(l, OFL_TYPE_BUDDY, p->type);
	in->unaccepted = is_type(l, OFL_TYPE_UNACCEPTED, p->type);
	in->slab = (p->flags & c->slab) || is_type(l, OFL_TYPE_SLAB, p->type);
	in->typed = is_typed(l, p->type);
	in->reserved = p->flags & c->reserved;
	in->lru = p->flags & c->lru;
	in->hwpoison = p->flags & c->hwpoison;
	in->isolated = p->flags & c->isolated;
	in->mapping = word(raw, l, OFL_F_PAGE_MAPPING) != 0;
	in->movable_ops = has_movable_ops(l, p, raw, offline);
	/* aa218795cb5f came with v5.8, as did the index of memory blocks */
	in->skip_rule = ofl_fact_known(l, OFL_F_MEMORY_BLOCKS);
}

static void enter_free_block(struct ofl_classifier *c, const struct ofl_page *p,
			     const unsigned char *raw)
{
	uint64_t order = word(raw, c->env->l, OFL_F_PAGE_PRIVATE);

	/* an order that cannot be is damage: believe one page only */
	if (order <= MAX_ORDER && !(p->pfn & ((1ull << order) - 1)))
		c->free_end_pfn = p->pfn + (1ull << order);
}

static void enter_compound(struct ofl_classifier *c, const struct ofl_page *p,
			   const unsigned char *raw,
			   const unsigned char *raw_end, struct ofl_rule_in *in)
{
	uint64_t bytes = c->env->l->struct_page_bytes;
	const unsigned char *tail = raw + bytes;
	unsigned int order;

	in->compound = true;
	if (tail + bytes > raw_end)
		return;
	order = ofl_compound_order(c->env->l, tail);
	if (is_hugetlb(c, p, tail))
		hugetlb(c, raw, order, in);
	if (!order || order > MAX_ORDER || (p->pfn & ((1ull << order) - 1)))
		return;
	c->compound_end_pfn = p->pfn + (1ull << order);
	c->compound = *in;
}

/* a balloon unit that is no compound page: one referenced head, the rest 0 */
static void enter_unit(struct ofl_classifier *c, const struct ofl_page *p,
		       const unsigned char *raw, const unsigned char *raw_end)
{
	const struct ofl_layout *l = c->env->l;
	uint64_t bytes = l->struct_page_bytes;
	uint32_t type;
	int32_t refcount;
	unsigned int i;

	if (p->pfn % UNIT_PAGES || p->refcount < 1 ||
	    raw + UNIT_PAGES * bytes > raw_end)
		return;
	for (i = 1; i < UNIT_PAGES; i++) {
		memcpy(&type, raw + i * bytes + l->off_type, sizeof(type));
		memcpy(&refcount, raw + i * bytes + l->off_refcount,
		       sizeof(refcount));
		if (!ofl_pagetype_is(&l->offline, type) || refcount)
			return;
	}
	c->unit_end_pfn = p->pfn + UNIT_PAGES;
}

static void enter_block(struct ofl_classifier *c, uint64_t nr)
{
	unsigned int i;

	c->block_nr = nr;
	c->block = ofl_blocks_find(c->blocks, nr);
	for (i = 0; i < c->nr_hstates; i++)
		c->hstate[i].used = 0;
}

/* address of the head, from the word that marks a tail */
static uint64_t head_kva(const struct ofl_layout *l, uint64_t tail_kva,
			 uint64_t info)
{
	uint64_t bytes = l->struct_page_bytes;

	if (ofl_fact_known(l, OFL_F_VMEMMAP_TAILS) && !(bytes & (bytes - 1)))
		return tail_kva & info;	/* v7.1+: a mask */
	return info - 1;
}

/* a compound page that began before what we look at: go and see its head */
static void catch_up(struct ofl_classifier *c, const struct ofl_section *s,
		     const struct ofl_page *p, uint64_t info)
{
	const struct ofl_layout *l = c->env->l;
	uint64_t bytes = l->struct_page_bytes;
	uint64_t kva = s->memmap_kva + (p->pfn - s->start_pfn) * bytes;
	uint64_t head = head_kva(l, kva, info);
	unsigned char raw[2 * 256];
	struct ofl_rule_in in;
	struct ofl_page h = { .zone = p->zone };

	if (head >= kva || (kva - head) % bytes ||
	    (kva - head) / bytes > (1ull << MAX_ORDER) ||
	    c->env->t->ops->read(c->env->t->ctx, head, raw, 2 * bytes) !=
	    OFL_READ_OK)
		return;
	h.pfn = p->pfn - (kva - head) / bytes;
	h.flags = word(raw, l, OFL_F_PAGE_FLAGS);
	memcpy(&h.type, raw + l->off_type, sizeof(h.type));
	memcpy(&h.refcount, raw + l->off_refcount, sizeof(h.refcount));
	if (!(h.flags & c->head))
		return;
	look(c, &h, raw, false, &in);
	enter_compound(c, &h, raw, raw + 2 * bytes, &in);
	c->compound_pinned = false;
}

static void inspect(struct ofl_classifier *c, const struct ofl_page *p,
		    const struct ofl_section *s, const unsigned char *raw,
		    const unsigned char *raw_end, bool offline,
		    struct ofl_rule_in *in, struct ofl_classified *ret)
{
	uint64_t info = word(raw, c->env->l, OFL_F_PAGE_COMPOUND);

	if ((info & 1) && p->pfn >= c->compound_end_pfn)
		catch_up(c, s, p, info);
	if (p->pfn < c->compound_end_pfn) {
		*in = c->compound;	/* tails are what their head is */
		ret->pinned = c->compound_pinned;
		return;
	}
	look(c, p, raw, offline, in);
	if (info & 1) {
		in->unknown = true;	/* a tail whose head is nowhere */
		return;
	}
	if (p->pfn < c->free_end_pfn && !p->refcount && !offline) {
		in->buddy = true;
		return;
	}
	if (in->buddy)
		enter_free_block(c, p, raw);
	else if (p->flags & c->head)
		enter_compound(c, p, raw, raw_end, in);
	else if (offline && !in->movable_ops)
		enter_unit(c, p, raw, raw_end);
	ret->pinned = in->lru && !in->compound && p->refcount >= PIN_BIAS;
	c->compound_pinned = ret->pinned;
}

static void find_owner(const struct ofl_classifier *c, const struct ofl_page *p,
		       struct ofl_rule_in *in, struct ofl_classified *ret)
{
	const struct ofl_owner_page page = {
		.pfn = p->pfn, .private = p->private,
		.movable_ops = p->movable_ops,
	};

	ofl_owners_claim(c->owners, &page, &ret->claim);
	in->mgo = ret->claim.mgo;
	in->unit_tail |= ret->claim.unit_tail;
}

void ofl_classify(struct ofl_classifier *c, const struct ofl_section *s,
		  const struct ofl_page *p, const unsigned char *raw,
		  const unsigned char *raw_end, bool offline,
		  struct ofl_classified *ret)
{
	const struct ofl_layout *l = c->env->l;
	uint64_t nr = l->sections_per_block ? s->nr / l->sections_per_block : 0;
	struct ofl_rule_in in;

	if (s->nr != c->section_nr)
		enter_section(c, s);
	if (nr != c->block_nr)
		enter_block(c, nr);
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
	inspect(c, p, s, raw, raw_end, offline, &in, ret);
	in.unit_tail = p->pfn < c->unit_end_pfn;
	in.pageblock = pageblock_of(c, s, p->pfn);
	if (c->block) {
		in.going_offline = c->block->state == OFL_BLOCK_GOING_OFFLINE;
		in.memmap = p->pfn < c->block->start_section_nr *
			    l->section_pages + c->block->memmap_pages;
	}
	if (offline)
		find_owner(c, p, &in, ret);
	ret->kind = ofl_rule_kind(&in);
	ret->outcome = ofl_rule_outcome(ret->kind, ret->movable_zone);
	ret->step = ofl_rule_step(ret->kind, ret->movable_zone);
}
