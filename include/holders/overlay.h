/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overlay.h - what pages of one sort have in struct page
 *
 * Depends on page.h, which decodes what all pages have. Pages of one use (slabs,
 * page tables, page pools) have members of their own in the same bytes, whose facts
 * only commands that name holders load (ofl_layout_load_holders()). All return 0
 * where this dump does not tell. Callers have to see that the page is of that sort,
 * but for page pools, which have a mark.
 */
#ifndef OFL_OVERLAY_H
#define OFL_OVERLAY_H

#include "kernel/page.h"

/** ofl_overlay_index() - page->index */
uint64_t ofl_overlay_index(const struct ofl_page_format *f, const unsigned char *raw);

/** ofl_overlay_table_mm() - of a page table: mm/pgtable.c: pgd_set_mm(), x86 */
uint64_t ofl_overlay_table_mm(const struct ofl_page_format *f,
			      const unsigned char *raw);

/**
 * ofl_overlay_pool() - the page pool that a page is of, if it has the mark of one
 *
 * Source: net/core/page_pool.c: page_pool_set_pp_info(); include/linux/poison.h:
 *         PP_SIGNATURE.
 */
uint64_t ofl_overlay_pool(const struct ofl_page_format *f, const unsigned char *raw);

/** ofl_overlay_cache() - of a slab: mm/slab.h: struct slab */
uint64_t ofl_overlay_cache(const struct ofl_page_format *f,
			   const unsigned char *raw);

/**
 * ofl_overlay_objects() - objects in use in a slab: the allocator has given them out
 *
 * Shape:  0 with CONFIG_SLAB, too, which had its s_mem there until v5.17.
 * Source: mm/slab.h: struct slab: inuse:16, the first two bytes of .counters in
 *         either byte order.
 */
uint64_t ofl_overlay_objects(const struct ofl_page_format *f,
			       const unsigned char *raw);

#endif
