// SPDX-License-Identifier: GPL-2.0-or-later
/* refs.c - references of a page, and what explains them */
#include "judge/refs.h"
#include "kernel/pagereader.h"

#define MAX_BUFFERS	128	/* of 512 bytes in 64 KiB */
#define PIN_BIAS	1024	/* GUP_PIN_COUNTING_BIAS: of an order-0 page */

/* struct page @i of a compound page, where it was read already or from the dump */
static const unsigned char *member(struct ofl_pagereader *reader, uint64_t kva,
				   uint64_t i, const unsigned char *raw,
				   const unsigned char *raw_end)
{
	uint64_t bytes = reader->l->struct_page_bytes;
	const unsigned char *page = raw + i * bytes;

	return page + bytes > raw_end ?
	       ofl_pagereader_get(reader, kva + i * bytes) : page;
}

/* ---- mappings of a compound page ---- */

/* total_mapcount(), folio_contain_hwpoisoned_page(): all struct pages, read once */
static const struct ofl_members *
go_through(struct ofl_refs_from *from, uint64_t kva, uint64_t nr,
	   const unsigned char *raw, const unsigned char *raw_end)
{
	const struct ofl_page_format *f = from->f;
	struct ofl_pagereader reader = { .t = from->t, .l = f->l };
	struct ofl_members *m = &from->members;
	const unsigned char *page;
	uint64_t i;

	if (m->kva == kva && m->nr == nr)
		return m;
	*m = (struct ofl_members){ .kva = kva, .nr = nr };
	for (i = 0; i < nr; i++) {
		page = member(&reader, kva, i, raw, raw_end);
		if (!page || ofl_page_is_zero(f, page))
			return m;
		m->mappings += (int32_t)ofl_page_type(f, page) + 1;
		m->poisoned |= (ofl_page_flags(f, page) & f->hwpoison) != 0;
	}
	m->whole = true;
	return m;
}

/*
 * total_mapcount(), as v5.10 has it: until page.compound_mapcount was replaced,
 * pages of a file counted mappings
 * of the whole again, and anonymous ones one too much once both kinds are there
 * (PageDoubleMap).
 */
static bool once(const struct ofl_page_format *f, bool anon, int64_t nr,
		 int64_t entire, const unsigned char *tail, int64_t *ret)
{
	const struct ofl_layout *l = f->l;
	int64_t bit = ofl_fact_value(l, OFL_F_PG_DOUBLE_MAP, -1);

	if (!ofl_fact_known(l, OFL_F_COMPOUND_MAPCOUNT))
		return ofl_fact_known(l, OFL_F_PAGES_MAPPED);
	if (!anon)
		*ret -= entire * nr;
	else if (bit < 0 || bit > 63)
		return false;
	else if (ofl_page_flags(f, tail) >> bit & 1)
		*ret -= nr;
	return true;
}

/* folio_large_mapcount() where the folio counts them itself, else total_mapcount() */
static bool mapcount(struct ofl_refs_from *from, uint64_t kva,
		     unsigned int order, bool anon, const unsigned char *raw,
		     const unsigned char *raw_end, int64_t *ret)
{
	const unsigned char *tail = raw + from->f->l->struct_page_bytes;
	const struct ofl_members *m;
	int64_t entire;

	if (ofl_page_large_mapcount(from->f, tail, ret))
		return true;
	if (!ofl_page_entire_mapcount(from->f, tail, &entire))
		return false;
	m = go_through(from, kva, 1ull << order, raw, raw_end);
	*ret = entire + m->mappings;
	return m->whole &&
	       once(from->f, anon, 1ll << order, entire, tail, ret);
}

/* ---- poison ---- */

static enum ofl_tri any_poisoned(struct ofl_refs_from *from, uint64_t kva,
				 uint64_t nr, const unsigned char *raw,
				 const unsigned char *raw_end)
{
	const struct ofl_members *m = go_through(from, kva, nr, raw, raw_end);

	if (m->poisoned)
		return OFL_YES;
	return m->whole ? OFL_NO : OFL_UNSURE;
}

/*
 * do_migrate_range(): any poisoned page of it counts since e8a796fa1c16, the
 * head alone before. The symbol came in the same series, for the same loop; of
 * a kernel that may be as young a page behind the head says nothing.
 */
enum ofl_tri ofl_refs_poisoned(struct ofl_refs_from *from, uint64_t kva,
			       unsigned int order, const unsigned char *raw,
			       const unsigned char *raw_end)
{
	bool whole = ofl_fact_known(from->f->l, OFL_F_ISOLATE_FOLIO);
	bool maybe = ofl_fact_known(from->f->l, OFL_F_UNMAP_POISONED);
	enum ofl_tri head = OFL_NO;

	if (!from->f->hwpoison)
		return OFL_NO;
	if (!whole)
		head = any_poisoned(from, kva, 1, raw, raw_end);
	if (!whole && (head != OFL_NO || !maybe))
		return head;
	head = any_poisoned(from, kva, 1ull << order, raw, raw_end);
	return whole || head == OFL_NO ? head : OFL_UNSURE;
}

/* ---- the mapping of a file ---- */

static bool has_bit(const struct ofl_layout *l, enum ofl_fact_id id,
		    uint64_t flags)
{
	int64_t bit = ofl_fact_value(l, id, -1);

	return bit >= 0 && bit < 64 && (flags >> bit & 1);
}

static bool has_operation(struct ofl_refs_from *from, uint64_t ops,
			  enum ofl_fact_id id, bool *known)
{
	uint64_t call = 0;

	if (ofl_fact_known(from->f->l, id))
		*known &= ofl_fact_read_u64(from->t, from->f->l, ops, id, &call);
	return call != 0;
}

/*
 * fallback_migrate_folio(): a dirty page has to be written first, by writepage()
 * where the kernel has that; by what writes back dirty pages, if anything does.
 */
static bool stays_dirty(struct ofl_refs_from *from, uint64_t ops, bool *known)
{
	const struct ofl_layout *l = from->f->l;

	return ops && ofl_fact_known(l, OFL_F_OPS_MIGRATE) &&
	       ofl_fact_known(l, OFL_F_OPS_WRITEPAGES) &&
	       !has_operation(from, ops, OFL_F_OPS_MIGRATE, known) &&
	       !has_operation(from, ops, OFL_F_OPS_WRITEPAGE, known) &&
	       !has_operation(from, ops, OFL_F_OPS_WRITEPAGES, known);
}

/*
 * What migrates a page of a mapping: aio_migrate_folio(), buffer_migrate_folio_norefs()
 * of a disk, secretmem_migrate_folio(); none does where move_to_new_folio() finds
 * mapping_inaccessible().
 */
static const struct ofl_mapping *ask(struct ofl_refs_from *from, uint64_t kva)
{
	const struct ofl_layout *l = from->f->l;
	struct ofl_mapping *m = &from->mapping;
	uint64_t ops, flags;

	if (m->kva == kva)
		return m;
	*m = (struct ofl_mapping){ .kva = kva };
	if (!ofl_fact_read_u64(from->t, l, kva, OFL_F_MAPPING_OPS, &ops) ||
	    !ofl_fact_read_u64(from->t, l, kva, OFL_F_MAPPING_FLAGS, &flags))
		return m;
	m->known = true;
	m->aio = ops && ops == (uint64_t)ofl_fact_value(l, OFL_F_AIO_OPS, 0);
	m->disk = ops && ops == (uint64_t)ofl_fact_value(l, OFL_F_DISK_OPS, 0);
	m->never = has_bit(l, OFL_F_AS_UNMOVABLE, flags) ||
		   has_bit(l, OFL_F_AS_INACCESSIBLE, flags) ||
		   (ops && ops == (uint64_t)
		    ofl_fact_value(l, OFL_F_SECRETMEM_OPS, 0));
	m->stays_dirty = stays_dirty(from, ops, &m->known);
	return m;
}

/* are there pages of memfd_secret() that nothing tells? */
static bool secret_untold(const struct ofl_layout *l)
{
	return !ofl_fact_known(l, OFL_F_SECRETMEM_OPS) &&
	       ofl_fact_known(l, OFL_F_SECRETMEM_VMA);
}

/* has this kernel any mapping of that sort? */
static bool any_never(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_OPS_MIGRATE) ||
	       ofl_fact_known(l, OFL_F_SECRETMEM_OPS) || secret_untold(l) ||
	       ofl_fact_known(l, OFL_F_AS_UNMOVABLE) ||
	       ofl_fact_known(l, OFL_F_AS_INACCESSIBLE);
}

/*
 * All of these are unevictable: secretmem_file_create() and ramfs_get_inode() by
 * mapping_set_unevictable(), guest_memfd by mapping_set_inaccessible().
 */
enum ofl_tri ofl_refs_never(struct ofl_refs_from *from, uint64_t flags,
			    const unsigned char *raw)
{
	uint64_t mapping = ofl_page_mapping(from->f, raw);
	const struct ofl_mapping *m;

	if (!any_never(from->f->l) || !mapping || (mapping & OFL_MAPPING_ANON) ||
	    (from->f->unevictable && !(flags & from->f->unevictable)))
		return OFL_NO;
	m = ask(from, mapping);
	if (!m->known)
		return OFL_UNSURE;
	if (m->never || (m->stays_dirty && (flags & from->f->dirty)))
		return OFL_YES;
	return secret_untold(from->f->l) ? OFL_UNSURE : OFL_NO;
}

/* ---- buffers of a disk ---- */

/*
 * __buffer_migrate_folio(): page.private is a ring of buffer_head. What CPUs
 * looked up last is dropped first: invalidate_bh_lrus().
 */
static enum ofl_tri any_held(const struct ofl_refs_from *from, uint64_t first)
{
	const struct ofl_layout *l = from->f->l;
	enum ofl_tri held = OFL_NO;
	uint64_t bh = first;
	unsigned int i;
	uint32_t count;

	for (i = 0; i < MAX_BUFFERS; i++) {
		if (!ofl_fact_read_u32(from->t, l, bh, OFL_F_BH_COUNT, &count))
			return OFL_UNSURE;
		if (from->batches->buffers_known &&
		    count > ofl_batches_refs(from->batches, bh))
			return OFL_YES;
		if (count && !from->batches->buffers_known)
			held = OFL_UNSURE;
		if (!ofl_fact_read_u64(from->t, l, bh, OFL_F_BH_NEXT, &bh))
			return OFL_UNSURE;
		if (bh == first)
			return held;
	}
	return OFL_UNSURE;
}

enum ofl_tri ofl_refs_buffers(struct ofl_refs_from *from, uint64_t flags,
			      const unsigned char *raw)
{
	const struct ofl_page_format *f = from->f;
	uint64_t mapping = ofl_page_mapping(f, raw);
	const struct ofl_mapping *m;

	if (!(flags & f->private) || !mapping || (mapping & OFL_MAPPING_ANON))
		return OFL_NO;
	/* a kernel with buffers has disks */
	if (!ofl_fact_known(f->l, OFL_F_DISK_OPS))
		return ofl_fact_known(f->l, OFL_F_BH_LRUS) ? OFL_UNSURE : OFL_NO;
	m = ask(from, mapping);
	if (!m->known)
		return OFL_UNSURE;
	if (!m->disk)
		return OFL_NO;
	if (!from->batches || !ofl_fact_known(f->l, OFL_F_PAGE_PRIVATE) ||
	    !ofl_fact_known(f->l, OFL_F_BH_COUNT) ||
	    !ofl_fact_known(f->l, OFL_F_BH_NEXT))
		return OFL_UNSURE;
	return any_held(from, ofl_page_private(f, raw));
}

/* ---- all of it ---- */

/*
 * folio_expected_ref_count(), expected_page_refs() before: one for each page in a
 * cache, one for private data; page_has_private() was true of PG_private_2, too
 */
static void add_caches(const struct ofl_refs_from *from, uint64_t flags,
		       uint64_t mapping, int64_t nr, struct ofl_refs *ret)
{
	const struct ofl_page_format *f = from->f;

	if (flags & f->swapbacked) {
		ret->whole &= f->swapcache != 0;
		ret->explained += flags & f->swapcache ? nr : 0;
	}
	if (mapping & OFL_MAPPING_ANON)
		return;
	ret->explained += mapping ? nr : 0;
	ret->explained += (flags & f->private) != 0;
	ret->explained += (flags & f->private_2) != 0;
}

/*
 * What refers to it for a moment, and is gone when the kernel tries again:
 * folio_isolate_lru() takes a reference, and so does a batch.
 */
static void add_transient(const struct ofl_refs_from *from, uint64_t flags,
			  uint64_t mapping, uint64_t kva, struct ofl_refs *ret)
{
	const struct ofl_page_format *f = from->f;
	bool off_list = mapping && !(flags & f->lru);

	ret->explained += off_list || (flags & (f->locked | f->writeback));
	if (!from->batches || !from->batches->known)
		ret->whole = false;
	else
		ret->explained += ofl_batches_refs(from->batches, kva);
}

void ofl_refs_count(struct ofl_refs_from *from, const struct ofl_page *p,
		    uint64_t page_kva, unsigned int order,
		    const unsigned char *raw, const unsigned char *raw_end,
		    struct ofl_refs *ret)
{
	const struct ofl_page_format *f = from->f;
	uint64_t mapping = ofl_page_mapping(f, raw);
	int64_t mapped = 0;

	*ret = (struct ofl_refs){ .head_pfn = p->pfn, .count = p->refcount,
				  .whole = f->mapping_at >= 0 && f->private };
	if (!order)
		mapped = ofl_page_mapcount(p->type);
	else if (!mapcount(from, page_kva, order, mapping & OFL_MAPPING_ANON, raw,
			   raw_end, &mapped))
		ret->whole = false;
	if (order)
		ret->pins = ofl_page_pincount(f, raw +
					      f->l->struct_page_bytes);
	ret->explained = mapped > 0 ? mapped : 0;
	add_caches(from, p->flags, mapping, 1ll << order, ret);
	add_transient(from, p->flags, mapping, page_kva, ret);
	if (ret->count > ret->explained && mapping && !(mapping & OFL_MAPPING_ANON) &&
	    ofl_fact_known(f->l, OFL_F_AIO_OPS)) {
		/* aio_migrate_folio(): folio_migrate_mapping() with one more */
		const struct ofl_mapping *m = ask(from, mapping);

		ret->whole &= m->known;
		ret->explained += m->aio;
	}
}

/*
 * migrate_huge_page_move_mapping(): 2 and private data, its own reference among
 * them, until a08c7193e4f1; folio_expected_ref_count() since. The symbol went with
 * it: page->index was that of the huge page.
 */
static void add_huge_cache(const struct ofl_layout *l, int64_t nr,
			   struct ofl_refs *ret)
{
	int64_t rest = ret->count - ret->explained;
	bool before = ofl_fact_known(l, OFL_F_HUGE_INDEX);
	bool since = ofl_fact_known(l, OFL_F_LARGE_MAPCOUNT) ||
		     ofl_fact_known(l, OFL_F_PGTY_OFFLINE);

	if (before == since)
		ret->whole &= rest == 1 || rest == nr;
	ret->explained += before || (!since && rest == 1) ? 1 : nr;
}

void ofl_refs_count_huge(struct ofl_refs_from *from, const struct ofl_page *p,
			 unsigned int order, const unsigned char *raw,
			 const unsigned char *tail, struct ofl_refs *ret)
{
	const struct ofl_page_format *f = from->f;
	uint64_t mapping = ofl_page_mapping(f, raw);
	int64_t mapped = 0;

	*ret = (struct ofl_refs){ .head_pfn = p->pfn, .count = p->refcount,
				  .whole = f->mapping_at >= 0,
				  .pins = ofl_page_pincount(f, tail) };
	ret->whole &= ofl_page_entire_mapcount(f, tail, &mapped);
	ret->explained = mapped > 0 ? mapped : 0;
	ret->explained += (p->flags & (f->locked | f->writeback)) != 0;
	if (mapping && !(mapping & OFL_MAPPING_ANON))
		add_huge_cache(f->l, 1ll << order, ret);
}

/* folio_migrate_mapping(): -EAGAIN unless the count is what it expects */
enum ofl_tri ofl_refs_held(const struct ofl_refs *r)
{
	int64_t more = r->count - r->explained;

	if (more <= 0)
		return OFL_NO;
	/* no batch and no cache explains so many */
	if (r->whole || r->pins > 0 || more >= PIN_BIAS)
		return OFL_YES;
	return OFL_UNSURE;
}
