// SPDX-License-Identifier: GPL-2.0-or-later
/* page.c - decode struct page, as far as it is not inline */
#include "kernel/page.h"

static uint64_t bit_mask(const struct ofl_layout *l, enum ofl_fact_id id)
{
	int64_t nr = ofl_fact_value(l, id, -1);

	return nr >= 0 && nr < 64 ? 1ull << nr : 0;
}

void ofl_page_format_init(struct ofl_page_format *f, const struct ofl_layout *l,
			  const struct ofl_nodes *n)
{
	*f = (struct ofl_page_format){
		.l = l, .n = n,
		.flags_at = l->off_flags, .refcount_at = l->off_refcount,
		.type_at = l->off_type, .compound_at = l->off_compound,
		.offline = l->offline,
		.head = ofl_pageflag_mask(l, "head"),
		.slab = ofl_pageflag_mask(l, "slab"),
		.reserved = ofl_pageflag_mask(l, "reserved"),
		.lru = ofl_pageflag_mask(l, "lru"),
		.hwpoison = ofl_pageflag_mask(l, "hwpoison"),
		.locked = ofl_pageflag_mask(l, "locked"),
		.uptodate = ofl_pageflag_mask(l, "uptodate"),
		.swapbacked = ofl_pageflag_mask(l, "swapbacked"),
		.writeback = ofl_pageflag_mask(l, "writeback"),
		.unevictable = ofl_pageflag_mask(l, "unevictable"),
		.dirty = ofl_pageflag_mask(l, "dirty"),
		.private = ofl_pageflag_mask(l, "private"),
		.private_2 = ofl_pageflag_mask(l, "private_2"),
		.swapcache = bit_mask(l, OFL_F_PG_SWAPCACHE),
		.movable_ops = bit_mask(l, OFL_F_PG_MOVABLE_OPS),
		.isolated = bit_mask(l, OFL_F_PG_ISOLATED),
		.private_at = ofl_fact_value(l, OFL_F_PAGE_PRIVATE, -1),
		.mapping_at = ofl_fact_value(l, OFL_F_PAGE_MAPPING, -1),
		.charge_at = ofl_fact_value(l, OFL_F_PAGE_MEMCG_DATA,
			ofl_fact_value(l, OFL_F_PAGE_MEM_CGROUP, -1)),
		.lru_at = ofl_fact_value(l, OFL_F_PAGE_LRU, -1),
	};
}

void ofl_page_decode_offline(const struct ofl_page_format *f,
			     const unsigned char *raw, struct ofl_page *ret)
{
	ret->private = ofl_page_private(f, raw);
	ret->movable_ops = ofl_page_has_movable_ops(f, raw);
}

/* ---- compound pages ---- */

/*
 * A byte of a compound page that is known by its place in the first tail, or
 * in struct folio, whose second page is that tail; -1: by neither.
 */
static int64_t place_in_tail(const struct ofl_layout *l, enum ofl_fact_id page,
			     enum ofl_fact_id folio)
{
	int64_t at = ofl_fact_value(l, page, -1);

	if (at < 0)
		at = ofl_fact_value(l, folio, -1) -
		     (int64_t)l->struct_page_bytes;
	return at < (int64_t)l->struct_page_bytes ? at : -1;
}

uint64_t ofl_page_head_kva(const struct ofl_page_format *f, uint64_t tail_kva,
			   const unsigned char *tail)
{
	uint64_t bytes = f->l->struct_page_bytes;
	uint64_t info = ofl_page_compound_info(f, tail);

	if (ofl_fact_known(f->l, OFL_F_VMEMMAP_TAILS) && !(bytes & (bytes - 1)))
		return tail_kva & info;
	return info - 1;
}

unsigned int ofl_page_compound_order(const struct ofl_page_format *f,
				     const unsigned char *tail)
{
	int64_t at = place_in_tail(f->l, OFL_F_COMPOUND_ORDER,
				   OFL_F_FOLIO_ORDER);

	return at >= 0 ? tail[at] :
	       (unsigned int)(ofl_page_flags(f, tail) & 0xff);
}

/* an int of the first tail that counts from -1 */
static bool count_in_tail(const struct ofl_layout *l, int64_t at,
			  const unsigned char *tail, int64_t *ret)
{
	if (at < 0 || at > (int64_t)l->struct_page_bytes - 4)
		return false;
	*ret = (int64_t)(int32_t)ofl_page_u32(tail, (uint64_t)at) + 1;
	return true;
}

bool ofl_page_large_mapcount(const struct ofl_page_format *f,
			     const unsigned char *tail, int64_t *ret)
{
	int64_t at = ofl_fact_value(f->l, OFL_F_LARGE_MAPCOUNT, -1);

	return count_in_tail(f->l, at - (int64_t)f->l->struct_page_bytes, tail,
			     ret);
}

bool ofl_page_entire_mapcount(const struct ofl_page_format *f,
			      const unsigned char *tail, int64_t *ret)
{
	return count_in_tail(f->l, place_in_tail(f->l, OFL_F_COMPOUND_MAPCOUNT,
						 OFL_F_ENTIRE_MAPCOUNT),
			     tail, ret);
}

/* where it is in the first tail; -1: not known, or not there */
static int64_t pincount_at(const struct ofl_page_format *f)
{
	int64_t bytes = (int64_t)f->l->struct_page_bytes;
	int64_t at = ofl_fact_value(f->l, OFL_F_FOLIO_PINCOUNT, -1) - bytes;

	return at < 0 || at > bytes - 4 ? -1 : at;
}

bool ofl_page_pincount_told(const struct ofl_page_format *f)
{
	return pincount_at(f) >= 0;
}

int32_t ofl_page_pincount(const struct ofl_page_format *f,
			  const unsigned char *tail)
{
	int64_t at = pincount_at(f);

	return at < 0 ? 0 : (int32_t)ofl_page_u32(tail, (uint64_t)at);
}

bool ofl_page_is_hugetlb(const struct ofl_page_format *f, uint32_t type,
			 const unsigned char *tail)
{
	const struct ofl_layout *l = f->l;
	uint64_t flag = bit_mask(l, OFL_F_HUGETLB_FLAG);
	int64_t at;

	if (l->type[OFL_TYPE_HUGETLB].shape)
		return ofl_page_is_type(f, OFL_TYPE_HUGETLB, type);
	if (flag)
		return ofl_page_flags(f, tail) & flag;
	at = place_in_tail(l, OFL_F_COMPOUND_DTOR, OFL_F_FOLIO_DTOR);
	return at >= 0 && tail[at] == ofl_fact_value(l, OFL_F_HUGETLB_DTOR, -1);
}

bool ofl_page_hugetlb_migratable(const struct ofl_page_format *f,
				 const unsigned char *raw)
{
	uint64_t flag = bit_mask(f->l, OFL_F_HPG_MIGRATABLE);

	return !flag || (ofl_page_private(f, raw) & flag);
}

/* ---- what kind of page ---- */

bool ofl_page_has_type(const struct ofl_page_format *f, uint32_t page_type)
{
	return ofl_pagetype_any(&f->offline, page_type);
}

#define PG_KMEMCG	0x200u
#define PG_TABLE	0x200u	/* since there is page.memcg_data */
#define PG_TABLE_BEFORE	0x400u

#define TYPE_BASE	0xf0000000u	/* these bits, until v6.11 */

/* a page of a type has its bit cleared */
static bool lacks(const struct ofl_page_format *f, uint32_t page_type,
		  uint32_t bit)
{
	return f->offline.shape == OFL_SHAPE_INVERTED &&
	       f->offline.value == TYPE_BASE && ofl_page_has_type(f, page_type) && !(page_type & bit);
}

bool ofl_page_is_kmemcg(const struct ofl_page_format *f, uint32_t page_type)
{
	return ofl_fact_known(f->l, OFL_F_PAGE_MEM_CGROUP) &&
	       lacks(f, page_type, PG_KMEMCG);
}

bool ofl_page_is_table(const struct ofl_page_format *f, uint32_t page_type)
{
	if (f->l->type[OFL_TYPE_TABLE].shape)
		return ofl_page_is_type(f, OFL_TYPE_TABLE, page_type);
	if (ofl_fact_known(f->l, OFL_F_PAGE_MEMCG_DATA))
		return lacks(f, page_type, PG_TABLE);
	return ofl_fact_known(f->l, OFL_F_PAGE_MEM_CGROUP) &&
	       lacks(f, page_type, PG_TABLE_BEFORE);
}

bool ofl_page_is_allocation(const struct ofl_page_format *f, uint32_t page_type)
{
	return ofl_page_is_type(f, OFL_TYPE_LARGE_KMALLOC, page_type) ||
	       (ofl_page_is_kmemcg(f, page_type) && page_type == ~PG_KMEMCG);
}

bool ofl_page_is_mapped(const struct ofl_page_format *f,
			const unsigned char *raw)
{
	uint64_t signs = f->locked | f->uptodate | f->swapbacked;
	uint64_t mapping = ofl_page_mapping(f, raw);

	if (!mapping || (mapping & OFL_MAPPING_ANON) || !signs)
		return mapping != 0;
	return ofl_page_flags(f, raw) & signs;
}

bool ofl_page_has_movable_ops(const struct ofl_page_format *f,
			      const unsigned char *raw)
{
	if (!f->movable_ops)
		return (ofl_page_mapping(f, raw) & OFL_MAPPING_BITS) ==
		       OFL_MAPPING_MOVABLE;
	if (!(ofl_page_flags(f, raw) & f->movable_ops))
		return false;
	return ofl_page_is_offline(f, raw) ||
	       ofl_page_is_type(f, OFL_TYPE_ZSMALLOC, ofl_page_type(f, raw));
}
