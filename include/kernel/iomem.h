/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iomem.h - the tree behind /proc/iomem
 *
 * Depends on layout.h (late facts).
 */
#ifndef OFL_IOMEM_H
#define OFL_IOMEM_H

#include "layout/layout.h"

/* include/linux/ioport.h: never changed */
#define OFL_IORES_MEM		0x00000200u
#define OFL_IORES_SYSRAM	0x01000000u
#define OFL_IORES_SYSRAM_DRIVER	0x02000000u	/* since v5.10 */
#define OFL_IORES_BUSY		0x80000000u

#define OFL_IOMEM_DEPTH		32	/* a deeper tree is damaged */

/** struct ofl_res - one resource */
struct ofl_res {
	uint64_t kva;
	uint64_t start_pa, last_pa;	/* inclusive, as in the kernel */
	uint64_t flags;
	char name[OFL_STR_MAX];		/* "" if it cannot be read */
	int depth;			/* 0: child of the root */
	uint64_t parent_kva;
};

/**
 * ofl_iomem_walk() - visit all resources, parents before children, ascending
 * @visit: in  a status other than OFL_OK ends the walk and is returned
 *
 * Errors: OFL_ERR_NODATA if the tree is not known here; OFL_ERR_CORRUPT if it
 *         is endless or cannot be read; else what @visit returned.
 * Source: kernel/resource.c.
 */
enum ofl_status ofl_iomem_walk(const struct ofl_target *t,
			       const struct ofl_layout *l,
			       enum ofl_status (*visit)(void *arg,
						const struct ofl_res *r),
			       void *arg);

/**
 * struct ofl_ram - busy system RAM, merged, ascending: what
 * walk_system_ram_range() finds
 */
struct ofl_ram {
	struct ofl_ram_span {
		uint64_t start_pfn, end_pfn;	/* half-open, whole pages */
	} *span;
	size_t nr;
	bool known;
};

/** ofl_ram_load() - collect it; ofl_ram_free() also after a failure */
enum ofl_status ofl_ram_load(const struct ofl_target *t,
			     const struct ofl_layout *l, struct ofl_ram *ram,
			     struct ofl_err *err);
void ofl_ram_free(struct ofl_ram *ram);

/** ofl_ram_pages() - how many pages of [start_pfn, end_pfn) are busy RAM */
uint64_t ofl_ram_pages(const struct ofl_ram *ram, uint64_t start_pfn,
		       uint64_t end_pfn);

/**
 * ofl_ram_hole() - the first pages of [start_pfn, end_pfn) that are not busy RAM
 * @ret: out  half-open, whole: up to the next RAM or @end_pfn
 *
 * Errors: false if all of it is RAM.
 */
bool ofl_ram_hole(const struct ofl_ram *ram, uint64_t start_pfn,
		  uint64_t end_pfn, struct ofl_ram_span *ret);

#endif
