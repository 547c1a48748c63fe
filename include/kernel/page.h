/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.h - what a struct page says
 *
 * Depends on layout.h and node.h. The one place that decodes struct page:
 * members, page flags, page types, compound pages, movable operations. It reads
 * nothing: callers bring the bytes, @raw, struct_page_bytes of them.
 *
 * What the inner loop of a scan needs is inline: it runs for every page that
 * is looked at.
 */
#ifndef OFL_PAGE_H
#define OFL_PAGE_H

#include <string.h>

#include "kernel/node.h"
#include "layout/layout.h"

#define OFL_MAX_PAGE_ORDER	22	/* 16 GiB huge pages of 4 KiB */

/** struct ofl_page_format - how this kernel's struct page is read */
struct ofl_page_format {
	const struct ofl_layout *l;
	const struct ofl_nodes *n;	/* NULL: zones are not decoded */
	/* copied from @l, as every page needs them; bytes */
	uint32_t flags_at, refcount_at, type_at, compound_at;
	struct ofl_pagetype offline;
	/* masks of page flags; 0: this kernel has none, or it is not known */
	uint64_t head, slab, reserved, lru, hwpoison;
	uint64_t locked, uptodate, swapbacked, writeback, unevictable, dirty;
	uint64_t private, private_2, swapcache;
	uint64_t movable_ops;		/* 0: page->mapping says it */
	uint64_t isolated;		/* known after ofl_layout_load_late() */
	int64_t private_at, mapping_at;	/* bytes; -1: not known */
	int64_t charge_at, lru_at;	/* the same */
};

/** ofl_page_format_init() - @n may be NULL; @l and @n are borrowed */
void ofl_page_format_init(struct ofl_page_format *f, const struct ofl_layout *l,
			  const struct ofl_nodes *n);

/** struct ofl_page - one struct page, decoded */
struct ofl_page {
	uint64_t pfn;
	uint64_t flags;		/* raw page->flags */
	uint32_t type;		/* raw page_type */
	int32_t refcount;
	const struct ofl_zone *zone;	/* NULL: its flags name none that exists */
	/* of offline pages only */
	uint64_t private;	/* balloon core: its balloon_dev_info */
	bool movable_ops;	/* ofl_page_has_movable_ops() */
};

/** ofl_page_alike() - is all that is known of an offline page the same? */
static inline bool ofl_page_alike(const struct ofl_page *a,
				  const struct ofl_page *b)
{
	return a->flags == b->flags && a->type == b->type &&
	       a->refcount == b->refcount && a->private == b->private &&
	       a->movable_ops == b->movable_ops;
}

/* ---- members ---- */

static inline uint64_t ofl_page_u64(const unsigned char *raw, uint64_t at)
{
	uint64_t v;

	memcpy(&v, raw + at, sizeof(v));
	return v;
}

static inline uint32_t ofl_page_u32(const unsigned char *raw, uint64_t at)
{
	uint32_t v;

	memcpy(&v, raw + at, sizeof(v));
	return v;
}

static inline uint64_t ofl_page_flags(const struct ofl_page_format *f,
				      const unsigned char *raw)
{
	return ofl_page_u64(raw, f->flags_at);
}

static inline uint32_t ofl_page_type(const struct ofl_page_format *f,
				     const unsigned char *raw)
{
	return ofl_page_u32(raw, f->type_at);
}

static inline int32_t ofl_page_refcount(const struct ofl_page_format *f,
					const unsigned char *raw)
{
	return (int32_t)ofl_page_u32(raw, f->refcount_at);
}

/**
 * ofl_page_pfn_of() - which page's struct page lies at @page_kva?
 * @pfn: out  only where true is returned
 *
 * Errors: false: there is none, as far as the size of the memmap says.
 */
static inline bool ofl_page_pfn_of(const struct ofl_layout *l,
				   uint64_t page_kva, uint64_t *pfn)
{
	uint64_t at = page_kva - l->vmemmap_kva;

	if (!l->vmemmap_kva || page_kva < l->vmemmap_kva ||
	    at % l->struct_page_bytes || at / l->struct_page_bytes >=
					 l->nr_sections * l->section_pages)
		return false;
	*pfn = at / l->struct_page_bytes;
	return true;
}

/** ofl_page_private() - page->private; 0 if this dump does not tell */
static inline uint64_t ofl_page_private(const struct ofl_page_format *f,
					const unsigned char *raw)
{
	return f->private_at < 0 ? 0 :
	       ofl_page_u64(raw, (uint64_t)f->private_at);
}

/* low bits of page->mapping: include/linux/page-flags.h, PAGE_MAPPING_* */
#define OFL_MAPPING_BITS	3ull
#define OFL_MAPPING_ANON	1ull
#define OFL_MAPPING_MOVABLE	2ull	/* until v6.17 */
#define OFL_MAPPING_KSM		3ull

/** ofl_page_mapping() - page->mapping; 0 if this dump does not tell */
static inline uint64_t ofl_page_mapping(const struct ofl_page_format *f,
					const unsigned char *raw)
{
	return f->mapping_at < 0 ? 0 :
	       ofl_page_u64(raw, (uint64_t)f->mapping_at);
}

/**
 * ofl_page_charge() - what page->memcg_data or page->mem_cgroup has
 *
 * Shape:  0: charged to nobody, or this dump does not tell. Bits 0 and 1: it is
 *         the kernel's (MEMCG_DATA_OBJCGS or _OBJEXTS, MEMCG_DATA_KMEM).
 * Source: include/linux/memcontrol.h.
 */
static inline uint64_t ofl_page_charge(const struct ofl_page_format *f,
				       const unsigned char *raw)
{
	return f->charge_at < 0 ? 0 :
	       ofl_page_u64(raw, (uint64_t)f->charge_at);
}

/**
 * ofl_page_lru() - what page->lru has; false: this dump does not tell
 *
 * Shape:  addresses of a list_head each, of any list or of none.
 */
static inline bool ofl_page_lru(const struct ofl_page_format *f,
				const unsigned char *raw, uint64_t *next,
				uint64_t *prev)
{
	if (f->lru_at < 0)
		return false;
	*next = ofl_page_u64(raw, (uint64_t)f->lru_at);
	*prev = ofl_page_u64(raw, (uint64_t)f->lru_at + 8);
	return true;
}

/* ---- the whole page ---- */

/** ofl_page_decode() - all but what is told of offline pages only */
static inline void ofl_page_decode(const struct ofl_page_format *f,
				   const unsigned char *raw, uint64_t pfn,
				   struct ofl_page *ret)
{
	ret->pfn = pfn;
	ret->flags = ofl_page_flags(f, raw);
	ret->type = ofl_page_type(f, raw);
	ret->refcount = ofl_page_refcount(f, raw);
	ret->zone = ofl_zone_of(f->n, ret->flags);
}

/** ofl_page_decode_offline() - the rest of an offline page */
void ofl_page_decode_offline(const struct ofl_page_format *f,
			     const unsigned char *raw, struct ofl_page *ret);

/**
 * ofl_page_is_poisoned() - was the struct page never initialised?
 *
 * Source: include/linux/page-flags.h: PagePoisoned(); page_init_poison().
 */
static inline bool ofl_page_is_poisoned(const struct ofl_page_format *f,
					const unsigned char *raw)
{
	return ofl_page_flags(f, raw) == UINT64_MAX;
}

/** ofl_page_is_zero() - is there nothing in it? the kernel leaves none so */
static inline bool ofl_page_is_zero(const struct ofl_page_format *f,
				    const unsigned char *raw)
{
	return !raw[0] && !ofl_page_flags(f, raw) &&
	       ofl_all_zero(raw, f->l->struct_page_bytes);
}

/**
 * ofl_page_same_zone() - do two pages name the same node and zone?
 *
 * Source: include/linux/mm.h: page_zone_id().
 */
static inline bool ofl_page_same_zone(const struct ofl_page_format *f,
				      const unsigned char *a,
				      const unsigned char *b)
{
	return ofl_page_flags(f, a) >> f->n->zone_shift ==
	       ofl_page_flags(f, b) >> f->n->zone_shift;
}

/* ---- compound pages ---- */

/**
 * ofl_page_compound_info() - page->compound_head, or compound_info since v7.1
 *
 * Shape:  bit 0 marks a tail; the rest says where its head is.
 */
static inline uint64_t ofl_page_compound_info(const struct ofl_page_format *f,
					      const unsigned char *raw)
{
	return ofl_page_u64(raw, f->compound_at);
}

/** ofl_page_is_tail() - include/linux/page-flags.h: PageTail() */
static inline bool ofl_page_is_tail(const struct ofl_page_format *f,
				    const unsigned char *raw)
{
	return ofl_page_compound_info(f, raw) & 1;
}

/**
 * ofl_page_head_kva() - address of the head of the tail at @tail_kva
 *
 * Shape:  not checked: the caller has to see whether a head is there.
 * Source: include/linux/page-flags.h: _compound_head(); a mask instead of an
 *         address since v7.1 where struct page is a power of two.
 */
uint64_t ofl_page_head_kva(const struct ofl_page_format *f, uint64_t tail_kva,
			   const unsigned char *tail);

/**
 * ofl_page_is_fake_head() - is a page that looks like a head a tail?
 * @kva:  in  address of the page
 * @next: in  the page behind it, raw; NULL: it is not there
 *
 * Shape:  the memmap of a vmemmap-optimised huge page is its first page, mapped
 *         again and again: each page of it begins with a copy of the head, and
 *         the page behind that is a tail of the real one.
 * Source: include/linux/page-flags.h: page_fixed_fake_head(), v5.18 to v7.0.
 */
static inline bool ofl_page_is_fake_head(const struct ofl_page_format *f,
					 uint64_t kva, const unsigned char *raw,
					 const unsigned char *next)
{
	return !(kva & (f->l->page_bytes - 1)) && next &&
	       (ofl_page_flags(f, raw) & f->head) &&
	       ofl_page_is_tail(f, next) &&
	       ofl_page_head_kva(f, kva + f->l->struct_page_bytes, next) != kva;
}

/**
 * ofl_page_compound_order() - order of a compound page
 * @tail: in  its first tail, raw
 *
 * Source: include/linux/mm.h: compound_order(), folio_order().
 *         page[1].compound_order until v6.2, folio._folio_order until v6.5,
 *         the low byte of the first tail's flags since.
 */
unsigned int ofl_page_compound_order(const struct ofl_page_format *f,
				     const unsigned char *tail);

/**
 * ofl_page_pincount() - pins of a compound page
 * @tail: in  its first tail, raw
 *
 * Shape:  0 too where this dump does not tell, see ofl_page_pincount_told().
 * Source: include/linux/mm.h: folio_maybe_dma_pinned(): folio->_pincount.
 */
bool ofl_page_pincount_told(const struct ofl_page_format *f);
int32_t ofl_page_pincount(const struct ofl_page_format *f,
			  const unsigned char *tail);

/**
 * ofl_page_large_mapcount() - mappings of a compound page, in one number
 * @tail: in  its first tail, raw
 *
 * Errors: false where this kernel has no such number.
 * Source: include/linux/mm.h: folio_large_mapcount().
 */
bool ofl_page_large_mapcount(const struct ofl_page_format *f,
			     const unsigned char *tail, int64_t *ret);

/**
 * ofl_page_entire_mapcount() - mappings of a compound page as a whole
 * @tail: in  its first tail, raw
 *
 * Errors: false where it is not in the first tail.
 * Source: include/linux/mm.h: folio_entire_mapcount(), compound_mapcount().
 */
bool ofl_page_entire_mapcount(const struct ofl_page_format *f,
			      const unsigned char *tail, int64_t *ret);

/**
 * ofl_page_free_order() - order of a free block, from its first page
 *
 * Shape:  as it stands there; see ofl_page_order_fits().
 * Source: mm/internal.h: buddy_order().
 */
static inline uint64_t ofl_page_free_order(const struct ofl_page_format *f,
					   const unsigned char *raw)
{
	return ofl_page_private(f, raw);
}

/** ofl_page_order_fits() - may a block of 1 << @order pages begin at @pfn? */
static inline bool ofl_page_order_fits(uint64_t pfn, uint64_t order)
{
	return order <= OFL_MAX_PAGE_ORDER && !(pfn & ((1ull << order) - 1));
}

/**
 * ofl_page_is_hugetlb() - does a compound page belong to hugetlbfs?
 * @type: in  page_type of its head
 * @tail: in  its first tail
 *
 * Source: include/linux/page-flags.h: PageHuge(), folio_test_hugetlb(). A page
 *         type since v6.10, a flag of the second page since v6.6, a number of
 *         a destructor before.
 */
bool ofl_page_is_hugetlb(const struct ofl_page_format *f, uint32_t type,
			 const unsigned char *tail);

/**
 * ofl_page_hugetlb_migratable() - HPG_migratable of the head of a huge page
 *
 * Shape:  true where the bit is not known: before v5.12 it is another one.
 * Source: include/linux/hugetlb.h: folio_test_hugetlb_migratable().
 */
bool ofl_page_hugetlb_migratable(const struct ofl_page_format *f,
				 const unsigned char *raw);

/* ---- what kind of page ---- */

/** ofl_page_is_marked_offline() - is this the page_type of an offline page? */
static inline bool ofl_page_is_marked_offline(const struct ofl_page_format *f,
					      uint32_t page_type)
{
	return ofl_pagetype_is(&f->offline, page_type);
}

/**
 * ofl_page_is_offline() - PageOffline?
 *
 * Shape:  false for tails, which look alike at times; no driver makes compound
 *         offline pages. False with PG_slab where that is a page flag: the
 *         slab uses page_type then (46df8e73a4a3 in v6.10 made it a type).
 * Source: include/linux/page-flags.h: PAGE_TYPE_OPS(Offline, offline, offline).
 */
static inline bool ofl_page_is_offline(const struct ofl_page_format *f,
				       const unsigned char *raw)
{
	return ofl_page_is_marked_offline(f, ofl_page_type(f, raw)) &&
	       !(ofl_page_flags(f, raw) & f->slab) && !ofl_page_is_tail(f, raw);
}

/** ofl_page_is_type() - is @page_type of a type that this kernel has? */
static inline bool ofl_page_is_type(const struct ofl_page_format *f,
				    enum ofl_type type, uint32_t page_type)
{
	return f->l->type[type].shape &&
	       ofl_pagetype_is(&f->l->type[type], page_type);
}

/** ofl_page_is_free() - include/linux/page-flags.h: PageBuddy() */
static inline bool ofl_page_is_free(const struct ofl_page_format *f,
				    const unsigned char *raw)
{
	return ofl_page_is_type(f, OFL_TYPE_BUDDY, ofl_page_type(f, raw));
}

/** ofl_page_is_slab() - a page flag, or a type since 46df8e73a4a3 (in v6.10) */
static inline bool ofl_page_is_slab(const struct ofl_page_format *f,
				    const unsigned char *raw)
{
	return (ofl_page_flags(f, raw) & f->slab) ||
	       ofl_page_is_type(f, OFL_TYPE_SLAB, ofl_page_type(f, raw));
}

/**
 * ofl_page_has_type() - has the page any type at all?
 *
 * Source: include/linux/page-flags.h: page_has_type().
 */
bool ofl_page_has_type(const struct ofl_page_format *f, uint32_t page_type);

/**
 * ofl_page_is_kmemcg() - the kernel's memory that is charged to page->mem_cgroup?
 *
 * Shape:  may be of another type besides: a page table. False where the charge
 *         is in page->memcg_data, which has a bit for it.
 * Source: include/linux/page-flags.h: PG_kmemcg, until 18b2db3b0385 (in v5.11).
 */
bool ofl_page_is_kmemcg(const struct ofl_page_format *f, uint32_t page_type);

/**
 * ofl_page_is_table() - a page table? false too where the dump does not tell
 *
 * Source: include/linux/page-flags.h: PGTY_table since v6.12; PG_table before,
 *         which took the bit of PG_kmemcg when that went.
 */
bool ofl_page_is_table(const struct ofl_page_format *f, uint32_t page_type);

/**
 * ofl_page_is_allocation() - does its type say no more than that the kernel has it?
 *
 * Source: include/linux/page-flags.h: PGTY_large_kmalloc, which v7.2 has;
 *         PG_kmemcg and no other type before v5.11.
 */
bool ofl_page_is_allocation(const struct ofl_page_format *f, uint32_t page_type);

/**
 * ofl_page_is_mapped() - is its mapping one of page cache or anonymous memory?
 *
 * Shape:  kernel pages may have a mapping too: perf's ring buffers until v7.1.
 *         A page of the LRU lists has the anonymous bit in it, or was locked,
 *         read or marked swapbacked when it got its mapping. Where the names of
 *         these flags are not known, any mapping is taken for one.
 * Source: include/linux/page-flags.h: PAGE_MAPPING_ANON; mm/filemap.c:
 *         filemap_add_folio(); kernel/events/core.c: perf_mmap_fault().
 */
bool ofl_page_is_mapped(const struct ofl_page_format *f,
			const unsigned char *raw);

/**
 * ofl_page_mapcount() - how many page tables map a page that has no type
 *
 * Source: include/linux/mm.h: page_mapcount(): page->_mapcount + 1, which
 *         shares its place with page_type.
 */
static inline int64_t ofl_page_mapcount(uint32_t page_type)
{
	int64_t mapcount = (int64_t)(int32_t)page_type + 1;

	return mapcount > 0 ? mapcount : 0;
}

/**
 * ofl_page_has_movable_ops() - has a page movable operations?
 *
 * Shape:  false if this dump does not tell; judging refuses such a dump.
 * Source: include/linux/page-flags.h: __PageMovable(), page->mapping & 3 ==
 *         PAGE_MAPPING_MOVABLE; since 3d388584d599 (in v6.17)
 *         page_has_movable_ops(): PG_movable_ops, which means this in offline
 *         and zsmalloc pages only.
 */
bool ofl_page_has_movable_ops(const struct ofl_page_format *f,
			      const unsigned char *raw);

#endif
