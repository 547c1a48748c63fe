// SPDX-License-Identifier: GPL-2.0-or-later
/* classify.c - collect what the rule wants to know of a page */
#include <string.h>

#include "judge/classify.h"

#define UNIT_PAGES		512	/* VMware's 2 MiB of 4 KiB pages */
#define PIN_BIAS		1024	/* GUP_PIN_COUNTING_BIAS */

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
	memset(c, 0, sizeof(*c));
	c->env = env;
	c->owners = owners;
	c->blocks = blocks;
	ofl_page_format_init(&c->format, env->l, env->n);
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
	c->pageblocks_known = ofl_read(c->env->t,
		s->usage_kva + (uint64_t)l->fact[OFL_F_PAGEBLOCK_FLAGS].value,
		c->pageblocks, bytes) == OFL_READ_OK;
}

/*
 * A nibble or a byte for each pageblock, counted from the low end of words:
 * get_pfnblock_flags_mask().
 */
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
	in->hugetlb = true;
	in->hugetlb_migratable = ofl_page_hugetlb_migratable(&c->format, raw);
	if (in->refcount == 0)
		in->hugetlb_spare = take_spare(c, order);
}

/* ---- one page ---- */

static void look(struct ofl_classifier *c, const struct ofl_page *p,
		 const unsigned char *raw, bool offline, struct ofl_rule_in *in)
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
	in->reserved = p->flags & f->reserved;
	in->lru = p->flags & f->lru;
	in->hwpoison = p->flags & f->hwpoison;
	in->isolated = p->flags & f->isolated;
	in->mapping = ofl_page_mapping(f, raw) != 0;
	in->movable_ops = ofl_page_has_movable_ops(f, raw);
	/* aa218795cb5f came with v5.8, as did the index of memory blocks */
	in->skip_rule = ofl_fact_known(c->env->l, OFL_F_MEMORY_BLOCKS);
}

static void enter_free_block(struct ofl_classifier *c, const struct ofl_page *p,
			     const unsigned char *raw)
{
	uint64_t order = ofl_page_free_order(&c->format, raw);

	/* an order that cannot be is damage: believe one page only */
	if (ofl_page_order_fits(p->pfn, order))
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
	order = ofl_page_compound_order(&c->format, tail);
	if (ofl_page_is_hugetlb(&c->format, p->type, tail))
		hugetlb(c, raw, order, in);
	if (!order || !ofl_page_order_fits(p->pfn, order))
		return;
	c->compound_end_pfn = p->pfn + (1ull << order);
	c->compound = *in;
}

/* a balloon unit that is no compound page: one referenced head, the rest 0 */
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

/* a compound page that began before what we look at: go and see its head */
static void catch_up(struct ofl_classifier *c, const struct ofl_section *s,
		     const struct ofl_page *p, const unsigned char *tail)
{
	uint64_t bytes = c->env->l->struct_page_bytes;
	uint64_t kva = s->memmap_kva + (p->pfn - s->start_pfn) * bytes;
	uint64_t head = ofl_page_head_kva(&c->format, kva, tail);
	unsigned char raw[2 * 256];
	struct ofl_rule_in in;
	struct ofl_page h;

	if (head >= kva || (kva - head) % bytes ||
	    (kva - head) / bytes > (1ull << OFL_MAX_PAGE_ORDER) ||
	    ofl_read(c->env->t, head, raw, 2 * bytes) != OFL_READ_OK)
		return;
	ofl_page_decode(&c->format, raw, p->pfn - (kva - head) / bytes, &h);
	if (!(h.flags & c->format.head))
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
	bool tail = ofl_page_is_tail(&c->format, raw);

	if (tail && p->pfn >= c->compound_end_pfn)
		catch_up(c, s, p, raw);
	if (p->pfn < c->compound_end_pfn) {
		*in = c->compound;	/* tails are what their head is */
		ret->pinned = c->compound_pinned;
		return;
	}
	look(c, p, raw, offline, in);
	if (tail) {
		in->unknown = true;	/* a tail whose head is nowhere */
		return;
	}
	if (p->pfn < c->free_end_pfn && !p->refcount && !offline) {
		in->buddy = true;
		return;
	}
	if (in->buddy)
		enter_free_block(c, p, raw);
	else if (p->flags & c->format.head)
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
