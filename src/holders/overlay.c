// SPDX-License-Identifier: GPL-2.0-or-later
/* overlay.c - what pages of one sort have in struct page */
#include <string.h>

#include "holders/overlay.h"

/* a pointer of a member that not every kernel has */
static uint64_t pointer_at(const struct ofl_page_format *f,
			   const unsigned char *raw, enum ofl_fact_id id)
{
	return ofl_fact_known(f->l, id) ?
	       ofl_page_u64(raw, ofl_fact_u64(f->l, id)) : 0;
}

uint64_t ofl_overlay_index(const struct ofl_page_format *f, const unsigned char *raw)
{
	return pointer_at(f, raw, OFL_F_PAGE_INDEX);
}

uint64_t ofl_overlay_table_mm(const struct ofl_page_format *f,
			      const unsigned char *raw)
{
	return pointer_at(f, raw, OFL_F_PAGE_PT_MM);
}

uint64_t ofl_overlay_cache(const struct ofl_page_format *f,
			   const unsigned char *raw)
{
	return pointer_at(f, raw, OFL_F_SLAB_CACHE);
}

uint64_t ofl_overlay_objects(const struct ofl_page_format *f,
			       const unsigned char *raw)
{
	int64_t at = ofl_fact_value(f->l, OFL_F_SLAB_COUNTERS, -1);
	uint16_t inuse;

	if (at < 0 || ofl_fact_known(f->l, OFL_F_SLAB_ALLOCATOR))
		return 0;
	memcpy(&inuse, raw + at, sizeof(inuse));
	return inuse;
}

/*
 * PP_SIGNATURE is 0x40 above the address that no pointer can have. Bit 7 and those
 * above are an index of DMA mappings where a pool keeps track of them:
 * PP_DMA_INDEX_SHIFT. The low two may have a meaning of their own.
 */
#define POOL_MARK	0x40
#define POOL_MARK_BITS	0x7c

/* CONFIG_ILLEGAL_POINTER_VALUE: x86_64, arm64, riscv64; ppc64 */
static bool is_pool_mark(uint64_t magic)
{
	return (magic & POOL_MARK_BITS) == POOL_MARK &&
	       (magic >> 48 == 0xdead || magic >> 32 == 0x5deadbee);
}

uint64_t ofl_overlay_pool(const struct ofl_page_format *f, const unsigned char *raw)
{
	return is_pool_mark(pointer_at(f, raw, OFL_F_PAGE_PP_MAGIC)) ?
	       pointer_at(f, raw, OFL_F_PAGE_PP) : 0;
}
