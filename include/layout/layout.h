/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layout.h - what we know of this kernel, and from where
 *
 * Every assumption about the kernel is a row of one table (src/layout/facts.c): a
 * name, the witnesses that can prove it, and the commit that made it so. All
 * witnesses that this dump has are asked; if two disagree, nothing is
 * believed. No kernel version is ever compared.
 *
 * Depends on target.h and pagetype.h. Filled once a session, then read only.
 */
#ifndef OFL_LAYOUT_H
#define OFL_LAYOUT_H

#include "layout/pagetype.h"
#include "target/target.h"

/** enum ofl_fact_id - one row of the table each; rows in src/layout/facts.c */
enum ofl_fact_id {
	/* geometry */
	OFL_F_PAGE_SIZE,
	OFL_F_SECTION_SIZE_BITS,
	OFL_F_MAX_PHYSMEM_BITS,
	OFL_F_VMEMMAP,
	OFL_F_SPARSEMEM_EXTREME,
	/* struct page */
	OFL_F_PAGE_BYTES,
	OFL_F_PAGE_FLAGS,
	OFL_F_PAGE_REFCOUNT,
	OFL_F_PAGE_TYPE,
	OFL_F_PAGE_COMPOUND,
	/* struct mem_section and its bits */
	OFL_F_MEM_SECTION,
	OFL_F_MEM_SECTION_BYTES,
	OFL_F_SECTION_MEM_MAP,
	OFL_F_SECTION_USAGE,
	OFL_F_SUBSECTION_MAP,
	OFL_F_SECTION_PRESENT_BIT,
	OFL_F_SECTION_MEM_MAP_BIT,
	OFL_F_SECTION_ONLINE_BIT,
	OFL_F_SECTION_EARLY_BIT,
	OFL_F_SECTION_DEVICE_BIT,
	OFL_F_SECTION_FLAG_BITS,
	/* nodes and zones */
	OFL_F_NODE_DATA,
	OFL_F_MAX_NUMNODES,
	OFL_F_CONTIG_PAGE_DATA,
	OFL_F_PGDAT_ZONES,
	OFL_F_PGDAT_START_PFN,
	OFL_F_PGDAT_SPANNED,
	OFL_F_ZONE_BYTES,
	OFL_F_ZONE_NAME,
	OFL_F_ZONE_START_PFN,
	OFL_F_ZONE_SPANNED,
	OFL_F_ZONE_PRESENT,
	OFL_F_MAX_NR_ZONES,
	OFL_F_ZONE_DEVICE,
	/* memory blocks */
	OFL_F_SECTIONS_PER_BLOCK,
	OFL_F_MEMORY_BLOCKS,
	OFL_F_XA_HEAD,
	OFL_F_XA_SHIFT,
	OFL_F_XA_SLOTS,
	OFL_F_XA_SLOTS_BYTES,
	OFL_F_BLOCK_START_SECTION,
	OFL_F_BLOCK_STATE,
	OFL_F_BLOCK_STATE_BYTES,
	OFL_F_MEM_ONLINE,
	OFL_F_MEM_GOING_OFFLINE,
	OFL_F_MEM_OFFLINE,
	/* page flags and page types */
	OFL_F_PAGEFLAG_NAMES,
	OFL_F_PGTY_OFFLINE,
	OFL_F_PG_OFFLINE,
	OFL_F_PAGE_TYPE_BASE,
	OFL_F_PAGE_TYPE_NAMES,
	OFL_F_PG_SKIPPABLE,
	OFL_F_OFFLINE_NUMBER,
	OFL_F_BUDDY_NUMBER,
	/* sizes of free blocks and compound pages: what need not be read */
	OFL_F_PGTY_BUDDY,
	OFL_F_NR_ORDERS,
	OFL_F_PAGE_PRIVATE,
	OFL_F_COMPOUND_ORDER,
	OFL_F_FOLIO_ORDER,
	/* what owners want to know of a page */
	OFL_F_PAGE_MAPPING,
	OFL_F_PG_MOVABLE_OPS,

	/* from here on: asked only by commands that judge pages */
	OFL_F_FIRST_LATE,
	OFL_F_PAGE_LRU = OFL_F_FIRST_LATE,
	OFL_F_PG_ISOLATED,
	OFL_F_FOLIO_FLAGS_1,
	OFL_F_COMPOUND_DTOR,
	OFL_F_FOLIO_DTOR,
	OFL_F_HUGETLB_DTOR,
	OFL_F_HUGETLB_FLAG,
	OFL_F_HPG_MIGRATABLE,
	OFL_F_HPG_OPTIMIZED,
	OFL_F_PAGE_HUGE_ACTIVE,
	OFL_F_SPLIT_FREE_PAGE,
	OFL_F_VMEMMAP_TAILS,
	/* other page types */
	OFL_F_PGTY_HUGETLB,
	OFL_F_HUGETLB_NUMBER,
	OFL_F_PGTY_SLAB,
	OFL_F_SLAB_NUMBER,
	OFL_F_PGTY_TABLE,
	OFL_F_PGTY_GUARD,
	OFL_F_PGTY_ZSMALLOC,
	OFL_F_PGTY_UNACCEPTED,
	OFL_F_PGTY_LARGE_KMALLOC,
	/* pageblocks */
	OFL_F_PAGEBLOCK_FLAGS,
	OFL_F_NR_PAGEBLOCK_BITS,
	OFL_F_PB_ISOLATE,
	OFL_F_MIGRATE_CMA,
	OFL_F_MIGRATE_ISOLATE,
	OFL_F_PAGEBLOCK_ORDER,
	/* offlining */
	OFL_F_OFFLINE_PAGES,
	OFL_F_OFFLINE_AND_REMOVE,
	OFL_F_SECTION_REMOVABLE,
	OFL_F_ISOLATE_CHAIN,
	OFL_F_ZONE_MOVABLE,
	OFL_F_BLOCK_ZONE,
	OFL_F_BLOCK_NID,
	OFL_F_BLOCK_VMEMMAP_PAGES,
	OFL_F_BLOCK_ALTMAP,
	OFL_F_ALTMAP_FREE,
	OFL_F_MEMORY_CHAIN,
	OFL_F_CHAIN_HEAD,
	OFL_F_NB_CALL,
	OFL_F_NB_NEXT,
	OFL_F_NB_PRIORITY,
	OFL_F_IOMEM,
	OFL_F_RES_START,
	OFL_F_RES_END,
	OFL_F_RES_NAME,
	OFL_F_RES_FLAGS,
	OFL_F_RES_SIBLING,
	OFL_F_RES_CHILD,
	OFL_F_HSTATES,
	OFL_F_HSTATE_BYTES,
	OFL_F_HSTATE_ORDER,
	OFL_F_HSTATE_FREE,
	OFL_F_HSTATE_RESV,
	OFL_F_NR_HSTATES,
	OFL_F_VM_ZONE_STAT,
	OFL_F_NR_FREE_PAGES,
	/* types of modules, in the dump itself */
	OFL_F_VMLINUX_BTF,
	OFL_F_VMLINUX_BTF_END,
	OFL_F_BTF_MODULES,
	OFL_F_BTF_MODULE_LIST,
	OFL_F_BTF_MODULE_MODULE,
	OFL_F_BTF_MODULE_BTF,
	OFL_F_BTF_DATA,
	OFL_F_BTF_DATA_SIZE,
	OFL_F_BTF_NAME,
	OFL_F_MODULE_NAME,
	/* loaded modules and their symbols, in the dump itself */
	OFL_F_MODULES,
	OFL_F_MODULE_LIST,
	OFL_F_MODULE_KALLSYMS,
	OFL_F_KALLSYMS_SYMTAB,
	OFL_F_KALLSYMS_NUM,
	OFL_F_KALLSYMS_STRTAB,
	/* the balloon core */
	OFL_F_BALLOON_ISOLATED,
	OFL_F_BALLOON_PAGES,
	OFL_F_BALLOON_MIGRATE,
	/* devices on the virtio bus */
	OFL_F_BUS_KSET,
	OFL_F_KSET_LIST,
	OFL_F_KSET_KOBJ,
	OFL_F_KOBJ_NAME,
	OFL_F_KOBJ_ENTRY,
	OFL_F_SUBSYS_DEVICES,
	OFL_F_KLIST_LIST,
	OFL_F_KLIST_NODE,
	OFL_F_DEVPRIV_BUS_NODE,
	OFL_F_DEVPRIV_DEVICE,
	OFL_F_DEVICE_KOBJ,
	OFL_F_VIRTIO_DEV,
	OFL_F_VIRTIO_ID,
	OFL_F_VIRTIO_PRIV,
	/* locks and counters of the kernel */
	OFL_F_MUTEX_OWNER,
	OFL_F_NR_CPU_IDS,
	OFL_F_PER_CPU_OFFSET,
	OFL_F_VM_EVENT_STATES,
	OFL_F_BALLOON_INFLATE,
	OFL_F_BALLOON_DEFLATE,
	OFL_F_VM_NODE_STAT,
	OFL_F_NR_BALLOON_PAGES,
	OFL_F_PGDAT_NODESTATS,
	OFL_F_NODESTAT_DIFF,
	OFL_NR_FACTS
};

/** enum ofl_witness_kind - how a witness is asked */
enum ofl_witness_kind {
	OFL_W_NONE,
	OFL_W_STRUCT,		/* sizeof(struct a) */
	OFL_W_OFFSET,		/* offsetof(struct a, b) */
	OFL_W_BYTES,		/* sizeof(((struct a *)0)->b) */
	OFL_W_ENUM,		/* enumerator a */
	OFL_W_NUMBER,		/* decimal number at VMCOREINFO key a */
	OFL_W_HOST,		/* the host's number n */
	OFL_W_SYMBOL,		/* address of symbol a */
	OFL_W_INT,		/* int variable a, read from memory */
	OFL_W_ARRAY,		/* elements of array a */
	OFL_W_SINCE_EVER,	/* n, if nothing else answered: never differed */
};

/** struct ofl_witness - one source of a fact */
struct ofl_witness {
	enum ofl_witness_kind kind;
	const char *a, *b;
	int64_t n;
};

/** struct ofl_fact_row - an assumption, its witnesses, its history */
struct ofl_fact_row {
	const char *name;	/* stable: key of facts{} in JSON */
	bool required;		/* no command can work without */
	bool hex;		/* printed in hexadecimal */
	struct ofl_witness witness[4];	/* in order of preference */
	const char *history;	/* since when, and the commit; docs/kernels.md */
};

extern const struct ofl_fact_row ofl_fact_rows[OFL_NR_FACTS];

/** struct ofl_fact - what a row came to in this dump */
struct ofl_fact {
	bool known;
	int64_t value;
	char source[64];	/* the preferred witness that answered, as text */
};

#define OFL_MAX_PAGEFLAGS 64

/** enum ofl_type - page types that the rule tells apart */
enum ofl_type {
	OFL_TYPE_BUDDY,
	OFL_TYPE_HUGETLB,
	OFL_TYPE_SLAB,
	OFL_TYPE_TABLE,
	OFL_TYPE_GUARD,
	OFL_TYPE_ZSMALLOC,
	OFL_TYPE_UNACCEPTED,
	OFL_TYPE_LARGE_KMALLOC,
	OFL_NR_TYPES
};

/** struct ofl_pageflag - one page flag, from pageflag_names[] of the kernel */
struct ofl_pageflag {
	uint64_t mask;
	char name[24];
};

/** struct ofl_layout - everything the other modules need to know */
struct ofl_layout {
	struct ofl_fact fact[OFL_NR_FACTS];
	struct ofl_pagetype offline;	/* the PageOffline test */
	char offline_source[160];	/* every source that agreed on it */
	char new_marks[80];		/* names of marks to come; "": none */
	bool marks_balloon_core_only;	/* 4.18-5.0: other drivers left no mark */
	struct ofl_pageflag pageflag[OFL_MAX_PAGEFLAGS];
	unsigned int nr_pageflags;
	bool pageflags_whole;		/* else some may have no name here */
	uint64_t pageflags_mask;	/* all flags together */

	/* shape NONE: not here; before ofl_layout_load_late() BUDDY only */
	struct ofl_pagetype type[OFL_NR_TYPES];

	/* hot copies and what follows from the facts */
	uint64_t page_bytes;		/* PAGE_SIZE */
	uint64_t struct_page_bytes;
	uint32_t off_flags, off_refcount, off_type, off_compound; /* bytes */
	uint64_t section_pages;		/* pages per section */
	uint64_t nr_sections;		/* bound of section numbers */
	uint64_t sections_per_block;	/* 0: not known */
	uint64_t sections_per_root;
	uint64_t roots_kva;		/* array of roots, or of mem_sections */
	uint64_t vmemmap_kva;		/* ofl_section_find_vmemmap(); 0: not yet */
};

/**
 * ofl_layout_load() - find all facts of a kernel
 * @t:   in   the kernel
 * @l:   out  overwritten; complete only on success
 * @err: out  the first thing that is missing or contradicts itself
 *
 * Errors: OFL_ERR_NODATA (a required fact has no witness here),
 *         OFL_ERR_CONFLICT (two witnesses disagree; both are named),
 *         OFL_ERR_UNSUPPORTED (no SPARSEMEM_VMEMMAP, before 4.18, unknown
 *         page type encoding), OFL_ERR_CORRUPT (impossible geometry).
 */
enum ofl_status ofl_layout_load(const struct ofl_target *t,
				struct ofl_layout *l, struct ofl_err *err);

/**
 * ofl_layout_load_late() - find the facts that only judging pages needs
 *
 * Shape:  enumerators cost crash up to 33 ms each: listing does without.
 * Errors: as ofl_layout_load().
 */
enum ofl_status ofl_layout_load_late(const struct ofl_target *t,
				     struct ofl_layout *l, struct ofl_err *err);

/** ofl_fact_value() - value of a fact, or @other if it is not known */
int64_t ofl_fact_value(const struct ofl_layout *l, enum ofl_fact_id id,
		       int64_t other);

/** ofl_fact_known() - has this dump a witness for the fact? */
static inline bool ofl_fact_known(const struct ofl_layout *l,
				  enum ofl_fact_id id)
{
	return l->fact[id].known;
}

/**
 * ofl_fact_load() - ask every witness of one row
 *
 * Shape:  @ret->known stays false when none answered; that is no error.
 * Errors: OFL_ERR_CONFLICT.
 */
enum ofl_status ofl_fact_load(const struct ofl_target *t,
			      const struct ofl_fact_row *row,
			      struct ofl_fact *ret, struct ofl_err *err);

/**
 * ofl_recognise_offline() - decide the PageOffline test from the facts
 * @l: in/out  reads the facts, fills offline, offline_source and
 *             marks_balloon_core_only
 *
 * Shape:  enumerators, then VMCOREINFO, then legacy PG_balloon; every source
 *         that this dump has must give the same test.
 * Errors: OFL_ERR_UNSUPPORTED, OFL_ERR_CONFLICT, OFL_ERR_NODATA.
 */
enum ofl_status ofl_recognise_offline(struct ofl_layout *l,
				      struct ofl_err *err);

/**
 * ofl_find_new_marks() - does this kernel mark offline pages in another way?
 * @l: in/out  new_marks gets the names of page flags and page types that look
 *             like an offline mark that we do not know
 *
 * Shape:  such a kernel may follow another rule than ours: to be said, not
 *         guessed at.
 */
void ofl_find_new_marks(const struct ofl_target *t, struct ofl_layout *l);

/** ofl_pageflag_mask() - mask of a flag by its name in lower case, 0: none */
uint64_t ofl_pageflag_mask(const struct ofl_layout *l, const char *name);

/**
 * ofl_pageflags_text() - names of the flags in a flags word
 * @flags: in   page->flags; bits that are no page flag are ignored
 * @buf:   out  comma-separated names, "-" if there are none
 *
 * Shape:  "?" if the kernel's table of names could not be read.
 */
void ofl_pageflags_text(const struct ofl_layout *l, uint64_t flags, char *buf,
			size_t bytes);

#endif
