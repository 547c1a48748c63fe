/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layout.h - what is known of this kernel, and how it is looked up
 *
 * Depends on witness.h and pagetype.h. Filled once a session by load.h, then
 * read only.
 */
#ifndef OFL_LAYOUT_H
#define OFL_LAYOUT_H

#include "layout/pagetype.h"
#include "layout/witness.h"

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
	uint64_t usage_apart_bytes;	/* of neighbours, likewise; 0: not known */
	bool pageblocks_asked;		/* ofl_pageblocks_find_end() was */
	int pageblock_end;		/* what it found: enum ofl_pageblock_order */
};

/**
 * ofl_is_kernel_address() - can this be an address of the kernel?
 *
 * Shape:  kernels are in the upper half of all addresses, except for those that
 *         have an address space of their own, from 0 on (s390x): their memmap is
 *         in the lower half, and all but the first page may be an address.
 */
static inline bool ofl_is_kernel_address(const struct ofl_layout *l, uint64_t kva)
{
	if (l->vmemmap_kva && !(l->vmemmap_kva >> 63))
		return kva >= l->page_bytes;
	return kva >> 63;
}

/** ofl_fact_value() - value of a fact, or @other if it is not known */
static inline int64_t ofl_fact_value(const struct ofl_layout *l,
				     enum ofl_fact_id id, int64_t other)
{
	return l->fact[id].known ? l->fact[id].value : other;
}

/** ofl_fact_known() - has this dump a witness for the fact? */
static inline bool ofl_fact_known(const struct ofl_layout *l,
				  enum ofl_fact_id id)
{
	return l->fact[id].known;
}

/** ofl_facts_known() - has it one for each of @nr facts? */
bool ofl_facts_known(const struct ofl_layout *l, const enum ofl_fact_id *id,
		     size_t nr);

/** ofl_facts_count() - of @nr facts: how many have one? */
size_t ofl_facts_count(const struct ofl_layout *l, const enum ofl_fact_id *id,
		       size_t nr);

/** ofl_fact_u64() - an address or offset among the facts; 0 if not known */
static inline uint64_t ofl_fact_u64(const struct ofl_layout *l,
				    enum ofl_fact_id id)
{
	return (uint64_t)l->fact[id].value;
}

/**
 * ofl_fact_read_u64() / ofl_fact_read_u32() - read a member of a struct
 * @kva:    in  where the struct is
 * @member: in  a fact with the offset of the member
 *
 * Errors: false if the fact is not known, or the member cannot be read; *@ret
 *         is untouched then.
 */
bool ofl_fact_read_u64(const struct ofl_target *t, const struct ofl_layout *l,
		       uint64_t kva, enum ofl_fact_id member, uint64_t *ret);
bool ofl_fact_read_u32(const struct ofl_target *t, const struct ofl_layout *l,
		       uint64_t kva, enum ofl_fact_id member, uint32_t *ret);

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
