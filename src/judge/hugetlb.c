// SPDX-License-Identifier: GPL-2.0-or-later
/* hugetlb.c - huge pages of hugetlbfs, and the pools that they come from */
#include <string.h>

#include "judge/hugetlb.h"
#include "judge/older.h"

#define MMU_RADIX		0x40	/* MMU_FTR_TYPE_RADIX */
#define HPG_KNOWN_BITS		0xf	/* before HPG_vmemmap_optimized came */

/* ---- the pools, once a pass ---- */

/* do_migrate_range(): if another node has memory, pages go there only */
static bool have_several_nodes(const struct ofl_env *env)
{
	int first = -1;
	size_t i;

	for (i = 0; i < env->n->nr_zones; i++) {
		if (!ofl_zone_has_memory(env->l, &env->n->zone[i]))
			continue;
		if (first >= 0 && env->n->zone[i].node != first)
			return true;
		first = env->n->zone[i].node;
	}
	return false;
}

/* hstate.free_huge_pages_node[]: the node that has all free pages of a pool, or one of these */
enum { ON_SEVERAL = -1, ON_UNKNOWN = -2 };

static int home_of(const struct ofl_env *env, uint64_t hstate_kva)
{
	const struct ofl_nodes *n = env->n;
	int home = ON_SEVERAL, nodes = 0;
	uint32_t nr_free;
	size_t i;

	if (!ofl_fact_known(env->l, OFL_F_HSTATE_NODES))
		return ON_UNKNOWN;
	for (i = 0; i < n->nr_zones; i++) {
		if (i && n->zone[i].node == n->zone[i - 1].node)
			continue;	/* by node */
		if (!ofl_read_u32(env->t, hstate_kva +
				  ofl_fact_u64(env->l, OFL_F_HSTATE_NODES) +
				  4 * (uint64_t)n->zone[i].node, &nr_free))
			return ON_UNKNOWN;
		if (nr_free)
			home = nodes++ ? ON_SEVERAL : n->zone[i].node;
	}
	return home;
}

/* struct hstate: what dissolve_free_huge_page() compares, and free_huge_folio() */
static void load_pools(struct ofl_classifier *c)
{
	const struct ofl_layout *l = c->env->l;
	const struct ofl_target *t = c->env->t;
	uint64_t kva = (uint64_t)ofl_fact_value(l, OFL_F_HSTATES, 0);
	int64_t nr = ofl_fact_value(l, OFL_F_NR_HSTATES, 0), i;
	uint64_t nr_free, resv, surplus;
	uint32_t order;

	if (!kva || !ofl_fact_known(l, OFL_F_HSTATE_BYTES) ||
	    !ofl_fact_known(l, OFL_F_HSTATE_ORDER) ||
	    !ofl_fact_known(l, OFL_F_HSTATE_FREE) ||
	    !ofl_fact_known(l, OFL_F_HSTATE_RESV))
		return;
	for (i = 0; i < nr && i < OFL_MAX_HSTATES; i++) {
		if (!ofl_fact_read_u32(t, l, kva, OFL_F_HSTATE_ORDER, &order) ||
		    !ofl_fact_read_u64(t, l, kva, OFL_F_HSTATE_FREE, &nr_free) ||
		    !ofl_fact_read_u64(t, l, kva, OFL_F_HSTATE_RESV, &resv))
			return;
		c->pool[i].surplus_untold =
			!ofl_fact_known(l, OFL_F_HSTATE_SURPLUS) ||
			!ofl_fact_read_u64(t, l, kva, OFL_F_HSTATE_SURPLUS,
					   &surplus) || surplus;
		c->pool[i].order = order;
		c->pool[i].nr_free = nr_free;
		c->pool[i].spare = nr_free > resv ? nr_free - resv : 0;
		c->pool[i].node = home_of(c->env, kva);
		c->nr_pools++;
		kva += ofl_fact_u64(l, OFL_F_HSTATE_BYTES);
	}
}

/* gigantic_page_runtime_supported() of powerpc: not by a hash page table */
static bool gigantic_stays(const struct ofl_target *t,
			   const struct ofl_layout *l)
{
	uint64_t spec;
	uint32_t features;

	if (!ofl_fact_known(l, OFL_F_CPU_SPEC))
		return !strncmp(t->machine, "ppc64", 5);
	return !ofl_read_u64(t, ofl_fact_u64(l, OFL_F_CPU_SPEC), &spec) ||
	       !ofl_fact_read_u32(t, l, spec, OFL_F_MMU_FEATURES, &features) ||
	       !(features & MMU_RADIX);
}

void ofl_hugetlb_init(struct ofl_classifier *c)
{
	/* arch_hugetlb_migration_supported(): not on s390x */
	c->huge_untold = ofl_fact_known(c->env->l, OFL_F_STSI) ||
			 !strcmp(c->env->t->machine, "s390x");
	c->gigantic_untold = gigantic_stays(c->env->t, c->env->l);
	c->several_nodes = have_several_nodes(c->env);
	load_pools(c);
}

/* ---- one huge page ---- */

/* its index; nr_pools: there is none */
static unsigned int pool_of(const struct ofl_classifier *c, unsigned int order)
{
	unsigned int i = 0;

	while (i < c->nr_pools && c->pool[i].order != order)
		i++;
	return i;
}

/* hstate_is_gigantic(): the buddy allocator would make another of one that is not */
enum ofl_tri ofl_is_gigantic(const struct ofl_layout *l, unsigned int order)
{
	int64_t orders = ofl_fact_value(l, OFL_F_PAGEBLOCK_ORDER, -1) + 1;

	orders = ofl_fact_value(l, OFL_F_NR_ORDERS, orders);
	if (orders < 1)
		return OFL_UNSURE;
	return order >= orders ? OFL_YES : OFL_NO;
}

/*
 * dequeue_hugetlb_folio_nodemask(), alloc_migrate_hugetlb_folio(): a gigantic
 * page is not made, only taken; from another node if others have memory.
 */
static enum ofl_tri has_room(const struct ofl_classifier *c,
			     const struct ofl_pool *pool, unsigned int order,
			     uint64_t flags)
{
	const struct ofl_zone *z = ofl_zone_of(c->env->n, flags);
	enum ofl_tri gigantic = ofl_is_gigantic(c->env->l, order);

	if (gigantic == OFL_NO)
		return OFL_YES;
	if (!pool->spare)
		return gigantic == OFL_YES ? OFL_NO : OFL_UNSURE;
	if (!c->several_nodes || pool->node == ON_SEVERAL)
		return OFL_YES;
	if (pool->node == ON_UNKNOWN || !z)
		return OFL_UNSURE;
	if (pool->node != z->node)
		return OFL_YES;
	return gigantic == OFL_YES ? OFL_NO : OFL_UNSURE;
}

/* unmap_and_move_huge_page() has nothing against it */
static bool moves(const struct ofl_rule_in *in)
{
	return in->migratable == OFL_YES && in->held == OFL_NO && !in->kept;
}

/*
 * What the pool makes of a huge page of this block. dissolve_free_huge_page():
 * each free one takes one of free_huge_pages - resv_huge_pages.
 * dequeue_hugetlb_folio_node_exact(): the next one in use takes what is at the
 * head of the free list, and that is where the one before was; passes over
 * isolated pageblocks since v6.16, and PB_migrate_isolate is younger. Where
 * other nodes have memory, the next one goes there.
 */
static void ask_pool(struct ofl_classifier *c, unsigned int order,
		     uint64_t flags, struct ofl_rule_in *in)
{
	unsigned int i = pool_of(c, order);
	const struct ofl_pool *pool = &c->pool[i];

	in->nth = 0;
	if (i == c->nr_pools) {
		in->spare = in->room = OFL_UNSURE;
	} else if (in->refcount == 0) {
		in->spare = ++c->at.taken[i] <= pool->spare ? OFL_YES : OFL_NO;
	} else {
		in->room = has_room(c, pool, order, flags);
		c->at.in_use[i] += moves(in);
		if (pool->spare && !c->several_nodes && moves(in) &&
		    !ofl_fact_known(c->env->l, OFL_F_PB_ISOLATE))
			in->nth = c->at.in_use[i];
		/* free_huge_folio(): surplus pages are not kept */
		if (pool->surplus_untold && in->nth > 2)
			in->nth = 2;
	}
}

/*
 * isolate_single_pageblock() at the end of the block: v5.19 to v6.9 want to
 * migrate what crosses it, which a gigantic page cannot be. Kernels before have
 * no such check; page types are enumerators in those that came after.
 */
static enum ofl_tri fits(const struct ofl_classifier *c, unsigned int order,
			 uint64_t head_pfn)
{
	const struct ofl_layout *l = c->env->l;
	uint64_t end_pfn = (c->at.block_nr + 1) * l->sections_per_block *
			   l->section_pages;

	if (head_pfn + (1ull << order) <= end_pfn || !l->sections_per_block)
		return OFL_YES;
	if (ofl_fact_known(l, OFL_F_SPLIT_FREE_PAGE))
		return OFL_NO;
	return ofl_fact_known(l, OFL_F_PGTY_OFFLINE) ||
	       ofl_fact_known(l, OFL_F_PG_OFFLINE) ||
	       ofl_fact_known(l, OFL_F_PAGE_HUGE_ACTIVE) ? OFL_YES : OFL_UNSURE;
}

/* hugetlb_vmemmap_restore_folio(): HPG_vmemmap_optimized */
static enum ofl_tri is_optimized(const struct ofl_layout *l, uint64_t private)
{
	int64_t bit = ofl_fact_value(l, OFL_F_HPG_OPTIMIZED, -1);

	if (bit >= 0 && bit < 64)
		return private >> bit & 1 ? OFL_YES : OFL_NO;
	if (ofl_fact_known(l, OFL_F_PAGE_HUGE_ACTIVE))
		return OFL_NO;		/* before the flags, and before this */
	return private & ~(uint64_t)HPG_KNOWN_BITS ? OFL_UNSURE : OFL_NO;
}

/* folio_test_hugetlb_migratable(); page_huge_active() before v5.12 */
static enum ofl_tri is_migratable(const struct ofl_classifier *c,
				  const unsigned char *raw,
				  const unsigned char *tail)
{
	const struct ofl_layout *l = c->env->l;
	uint64_t private = ofl_pageflag_mask(l, "private");

	if (ofl_fact_known(l, OFL_F_HPG_MIGRATABLE))
		return ofl_page_hugetlb_migratable(&c->format, raw) ?
		       OFL_YES : OFL_NO;
	if (!ofl_fact_known(l, OFL_F_PAGE_HUGE_ACTIVE) || !private)
		return OFL_UNSURE;
	return ofl_page_flags(&c->format, tail) & private ? OFL_YES : OFL_NO;
}

/*
 * unmap_and_move_huge_page(): -EBUSY for what belongs to a subpool and has no
 * mapping, as private pages of a mount with a size or a least size of its own
 */
static bool is_kept(const struct ofl_classifier *c, uint64_t kva,
		    const unsigned char *raw, const unsigned char *tail)
{
	const struct ofl_layout *l = c->env->l;
	const unsigned char *page = tail;
	uint64_t subpool;

	if (!(ofl_page_mapping(&c->format, raw) & OFL_MAPPING_ANON))
		return false;
	if (ofl_fact_known(l, OFL_F_HUGE_SUBPOOL))
		return ofl_fact_read_u64(c->env->t, l, kva, OFL_F_HUGE_SUBPOOL,
					 &subpool) && subpool;
	if (ofl_fact_known(l, OFL_F_PAGE_HUGE_ACTIVE))
		page = raw;
	return ofl_page_private(&c->format, page) != 0;
}

void ofl_hugetlb_look(struct ofl_classifier *c, const struct ofl_page *p,
		      uint64_t kva, const unsigned char *raw,
		      const unsigned char *tail, unsigned int order,
		      struct ofl_rule_in *in)
{
	in->hugetlb = true;
	in->migratable = is_migratable(c, raw, tail);
	in->optimized = is_optimized(c->env->l,
				     ofl_page_private(&c->format, raw));
	/*
	 * hugetlb_vmemmap_restore_folio(), alloc_vmemmap_page_list(): with the
	 * shared tails in struct zone all that it takes is memory
	 */
	if (in->optimized == OFL_YES &&
	    ofl_fact_known(c->env->l, OFL_F_VMEMMAP_TAILS)) {
		in->optimized = OFL_NO;
		c->at.folded += (((uint64_t)c->env->l->struct_page_bytes <<
				  order) - 1) / c->env->l->page_bytes;
	}
	in->kept = is_kept(c, kva, raw, tail);
	in->fits = fits(c, order, p->pfn);
	in->arch_untold = c->huge_untold ||
			  (c->gigantic_untold &&
			   ofl_is_gigantic(c->env->l, order) != OFL_NO);
	c->at.compound_counted = p->refcount != 0;
	if (c->at.compound_counted) {
		ofl_refs_count_huge(&c->refs, p, order, raw, tail,
				    &c->at.compound_refs);
		in->held = ofl_refs_held(&c->at.compound_refs);
	}
	ask_pool(c, order, p->flags, in);
	/* do_migrate_range() took none of more than a section until 10eeadf3045c (in v5.1) */
	if (in->room == OFL_YES && (1ull << order) > c->env->l->section_pages &&
	    ofl_older_isolation(c->env->l))
		in->room = OFL_UNSURE;
}
