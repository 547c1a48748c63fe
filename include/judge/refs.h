/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * refs.h - references of a page, held against what explains them
 *
 * Depends on rule.h, page.h and batch.h. The kernel migrates a page only if
 * nothing but its mappings, the page cache, the swap cache, private data and
 * the migration itself refers to it. All of these are in the dump.
 */
#ifndef OFL_REFS_H
#define OFL_REFS_H

#include "judge/rule.h"
#include "kernel/batch.h"
#include "kernel/page.h"

/** struct ofl_refs - of one page; of its head, if it is compound */
struct ofl_refs {
	uint64_t head_pfn;
	int64_t count;		/* page->_refcount */
	int64_t explained;
	int64_t pins;		/* _pincount; 0 too where there is none */
	bool whole;		/* no: more may be explained than we know */
};

/** struct ofl_refs_from - where explanations come from, for one pass */
struct ofl_refs_from {
	const struct ofl_target *t;
	const struct ofl_page_format *f;
	const struct ofl_batches *batches;	/* NULL, too: not known */
	/* the mapping that was asked last */
	struct ofl_mapping {
		uint64_t kva;
		bool known;		/* it could be read, and nothing misses */
		bool never;		/* its pages are never migrated */
		bool stays_dirty;	/* those that are dirty, because none is written */
		bool aio;		/* they have a reference more */
		bool disk;		/* of a disk: buffers may be held */
	} mapping;
	/* the compound page that was gone through last; kva 0: none */
	struct ofl_members {
		uint64_t kva, nr;
		int64_t mappings;	/* that each page counts by itself */
		bool poisoned;		/* one of them, before any that misses */
		bool whole;		/* all of them could be read */
	} members;
};

/**
 * ofl_refs_count() - count both
 * @order:   in  0, or of the compound page
 * @raw:     in  the page, and up to @raw_end those behind it
 *
 * Shape:  a page that is off the LRU lists has a reference of whatever took it
 *         off; one that is locked or under writeback, of whatever works on it.
 * Source: include/linux/mm.h: folio_expected_ref_count() (6.12), folio_mapcount();
 *         mm/huge_memory.c: total_mapcount() (5.10); fs/aio.c:
 *         aio_migrate_folio().
 */
void ofl_refs_count(struct ofl_refs_from *from, const struct ofl_page *p,
		    uint64_t page_kva, unsigned int order,
		    const unsigned char *raw, const unsigned char *raw_end,
		    struct ofl_refs *ret);

/**
 * ofl_refs_count_huge() - the same, for a huge page of a hugetlb pool
 * @raw, @tail: in  its head, and the struct page behind that
 *
 * Source: mm/migrate.c: migrate_huge_page_move_mapping(); mm/filemap.c:
 *         __filemap_add_folio(): one reference for each page since
 *         a08c7193e4f1 (v6.7), one for all of them before.
 */
void ofl_refs_count_huge(struct ofl_refs_from *from, const struct ofl_page *p,
			 unsigned int order, const unsigned char *raw,
			 const unsigned char *tail, struct ofl_refs *ret);

/** ofl_refs_held() - has the page references that nothing explains? */
enum ofl_tri ofl_refs_held(const struct ofl_refs *r);

/**
 * ofl_refs_buffers() - does somebody hold buffers of this page of a disk?
 *
 * Shape:  a file system does as long as it is mounted: its superblock, its
 *         journal. UNSURE where a buffer cannot be read.
 * Source: mm/migrate.c: __buffer_migrate_folio(), check_refs (5.0 and later;
 *         before, fallback_migrate_page() ends with the same error).
 */
enum ofl_tri ofl_refs_buffers(struct ofl_refs_from *from, uint64_t flags,
			      const unsigned char *raw);

/**
 * ofl_refs_poisoned() - is it a large folio that is left alone for its poison?
 * @raw: in  its head, and up to @raw_end the pages behind it
 *
 * Shape:  UNSURE where one of its pages cannot be read. No flag for poison in
 *         this kernel: none is.
 * Source: mm/memory_hotplug.c: do_migrate_range(); include/linux/page-flags.h:
 *         folio_contain_hwpoisoned_page() (6.12.117), PageHWPoison() (6.1).
 */
enum ofl_tri ofl_refs_poisoned(struct ofl_refs_from *from, uint64_t page_kva,
			       unsigned int order, const unsigned char *raw,
			       const unsigned char *raw_end);

/**
 * ofl_refs_never() - is it a page of a mapping that is never migrated?
 *
 * Shape:  UNSURE where the mapping cannot be read. Such mappings are
 *         unevictable, and so are their pages.
 * Source: mm/secretmem.c, virt/kvm/guest_memfd.c, fs/ramfs/inode.c, mm/migrate.c:
 *         mapping_inaccessible(), fallback_migrate_folio().
 */
enum ofl_tri ofl_refs_never(struct ofl_refs_from *from, uint64_t flags,
			    const unsigned char *raw);

#endif
