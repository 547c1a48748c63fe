/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h - write the text of a small made-up kernel
 *
 * Depends on texttarget.h and node.h. By default: 4 KiB pages, sections of 4 MiB below
 * 1 GiB, one section a memory block, two nodes, page types of 6.12. Later
 * lines override earlier ones, so a test adds only the differences of its kernel.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kernel/node.h"
#include "texttarget.h"

#define K_VMEMMAP	UINT64_C(0xffffea0000000000)
#define K_ROOTS		UINT64_C(0xffff888000100000)	/* array of roots */
#define K_ROOT		UINT64_C(0xffff888001000000)	/* all mem_sections, one stretch */
#define K_USAGE		UINT64_C(0xffff888002000000)	/* 0x1000 a section */
#define K_PGDAT		UINT64_C(0xffff888003000000)	/* 0x10000 a node */
#define K_XA		UINT64_C(0xffff888004000000)
#define K_BLOCK		UINT64_C(0xffff888005000000)	/* 0x100 a block */
#define K_SYMBOL	UINT64_C(0xffffffff82000000)

#define K_NODES		2
#define K_ZONES		4	/* DMA32, Normal, Movable, Device */
#define K_ZONE_SHIFT	61	/* one node bit, two zone bits */

/* mem_section flags */
#define K_PRESENT	1
#define K_MEM_MAP	2
#define K_ONLINE	4
#define K_EARLY		8
#define K_DEVICE	16
#define K_LIVE		(K_PRESENT | K_MEM_MAP | K_ONLINE)

/* page flags that this kernel names */
#define K_LOCKED	0x1
#define K_DIRTY		0x10
#define K_LRU		0x20
#define K_HEAD		0x40
#define K_SLAB		0x200
#define K_RESERVED	0x1000

#define K_OFFLINE	0xf1000000u	/* page_type of an offline page */
#define K_NO_TYPE	0xffffffffu

/** struct kernel - parameters, then the text that is being written */
struct kernel {
	unsigned int page_shift, section_bits, physmem_bits, struct_page;
	bool extreme, subsections;

	FILE *f;
	char *text;
	size_t len;
};

/** kernel_init() - set the defaults; change them before kernel_open() */
void kernel_init(struct kernel *k);

/** kernel_open() - write all facts and empty nodes and sections */
void kernel_open(struct kernel *k);

/** kernel_line() - any line; printf() */
void kernel_line(struct kernel *k, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** kernel_zone() - the span of a zone */
void kernel_zone(struct kernel *k, int node, int type, uint64_t start_pfn,
		 uint64_t pages);

/** kernel_section() - a mem_section; @bits: its subsections, ~0: all */
void kernel_section(struct kernel *k, uint64_t nr, uint64_t flags,
		    uint64_t bits);

/** kernel_pages() - struct pages, all alike */
void kernel_pages(struct kernel *k, uint64_t pfn, uint64_t count,
		  uint64_t flags, uint32_t type, int32_t refcount);

/** kernel_block() - memory block @nr with the state as the kernel stores it */
void kernel_block(struct kernel *k, uint64_t nr, uint64_t state);

/** kernel_zone_bits() - the bits of page->flags for node and zone */
uint64_t kernel_zone_bits(int node, int type);

/** kernel_section_pages() - pages a section */
uint64_t kernel_section_pages(const struct kernel *k);

/** kernel_small() - two nodes, four sections of LRU pages, all online */
void kernel_small(struct kernel *k);

/** kernel_pageblocks() - late facts: pageblocks of 64 pages, 4 bits each */
void kernel_pageblocks(struct kernel *k);

/** kernel_load() - finish the text and load it; must succeed */
void kernel_load(struct kernel *k, struct texttarget *tt);

/** kernel_layout() - the same, and its layout */
void kernel_layout(struct kernel *k, struct texttarget *tt,
		   struct ofl_layout *l);

/** kernel_late() - the same, with the late facts */
void kernel_late(struct kernel *k, struct texttarget *tt, struct ofl_layout *l);

/** kernel_nodes() - kernel_layout(), and its nodes */
void kernel_nodes(struct kernel *k, struct texttarget *tt, struct ofl_layout *l,
		  struct ofl_nodes *n);

#endif
