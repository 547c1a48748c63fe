/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * section.h - the memory sections of a kernel and where their memmap is
 *
 * Depends on layout.h. Reads mem_section roots, a page at a time: memory does
 * not grow with the machine.
 */
#ifndef OFL_SECTION_H
#define OFL_SECTION_H

#include "layout/layout.h"

#define OFL_SUBSECTION_SHIFT	21	/* include/linux/mmzone.h, since v5.3 */
#define OFL_MAX_SUBSECTIONS	2048	/* 4 GiB sections; 1 GiB have existed */

/** struct ofl_section - one section that has a memmap */
struct ofl_section {
	uint64_t nr;
	uint64_t kva;		/* its struct mem_section */
	uint64_t start_pfn;
	uint64_t memmap_kva;	/* struct page of start_pfn */
	bool online;		/* SECTION_IS_ONLINE: its memmap may be trusted */
	bool early;		/* boot memory */
	bool device;		/* SECTION_TAINT_ZONE_DEVICE */
	bool corrupt;		/* impossible memmap or usage: nothing below holds */
	uint64_t usage_kva;	/* struct mem_section_usage; 0: none */
	uint64_t pageblocks_kva; /* words of pageblock bits; 0: none, or not known */
	bool has_subsections;	/* subsection[] is filled in */
	uint64_t subsection[OFL_MAX_SUBSECTIONS / 64]; /* bit set: populated */
};

/** struct ofl_section_stats - what a walk came across */
struct ofl_section_stats {
	uint64_t online;
	uint64_t not_online;	/* present with a memmap, but not online */
	uint64_t unreadable;	/* numbers whose mem_section cannot be read */
	uint64_t unreadable_nr;	/* the first, if there are some */
	uint64_t corrupt;	/* coded memmap or usage is impossible */
	uint64_t corrupt_nr;	/* likewise */
};

/**
 * ofl_section_walk() - visit the sections of [lo_pfn, hi_pfn), ascending
 * @t:     in   the kernel
 * @l:     in   complete layout
 * @visit: in   called for each section with a memmap; a status other than
 *              OFL_OK ends the walk and is returned
 * @stats: out  overwritten; also complete when @visit ended the walk early
 *
 * Memory: the section is valid until @visit returns.
 * Errors: only what @visit returns. Unreadable roots are counted in @stats:
 *         whether they had sections is not known. An impossible section is
 *         visited with @corrupt set: all its pages are unknown.
 * Source: include/linux/mmzone.h: __nr_to_section(), __section_mem_map_addr().
 */
enum ofl_status ofl_section_walk(const struct ofl_target *t,
				 const struct ofl_layout *l,
				 uint64_t lo_pfn, uint64_t hi_pfn,
				 enum ofl_status (*visit)(void *arg,
						const struct ofl_section *s),
				 void *arg, struct ofl_section_stats *stats);

/**
 * ofl_section_find_vmemmap() - where the memmap of pfn 0 would be
 * @l: in/out  vmemmap_kva is set to what most sections say, and usage_apart_bytes
 *             to how far apart the usage is of most sections of the boot and of
 *             their neighbours; 0: there are no such
 *
 * Shape:  without it a walk believes the first section, which may be the one
 *         that is damaged. Where crash does not say that this is a VMEMMAP
 *         kernel (it never does on s390x), all sections have to, and more than
 *         one.
 * Errors: OFL_ERR_UNSUPPORTED: there is no SPARSEMEM_VMEMMAP.
 * Source: mm/sparse.c: sparse_init_nid() takes the usage of all sections of a
 *         node in one piece.
 */
enum ofl_status ofl_section_find_vmemmap(const struct ofl_target *t,
					 struct ofl_layout *l,
					 struct ofl_err *err);

/**
 * ofl_section_populated() - does the subsection of a page exist?
 * @pfn: in  inside of @s
 *
 * Source: pfn_section_valid(): one bit for 2 MiB; without a map all exist.
 */
bool ofl_section_populated(const struct ofl_layout *l,
			   const struct ofl_section *s, uint64_t pfn);

#endif
