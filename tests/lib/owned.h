/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owned.h - drivers and their records in the made-up kernel
 *
 * Depends on kernel.h. Between kernel_open() and kernel_load() these
 * functions write what a driver leaves in memory.
 */
#ifndef OWNED_H
#define OWNED_H

#include "kernel.h"
#include "owners/owner.h"

#define O_LRU		8	/* offset of page.lru, page.private ... */
#define O_MAPPING	24
#define O_PRIVATE	40

#define O_IOMEM		(K_SYMBOL + 0x14000)	/* iomem_resource, empty */
#define O_MODULES	(K_SYMBOL + 0x10000)	/* head of the list */
#define O_MODULE	UINT64_C(0xffffffffc0000000)	/* 0x10000 a module */

/** struct owned_page - a struct page as a driver keeps it */
struct owned_page {
	uint64_t next, prev;	/* page.lru */
	uint64_t mapping, private;
	uint64_t flags;
	uint32_t type;
	int32_t ref;
};

/** owned_open() - kernel_small() with all late facts, open to be written to */
void owned_open(struct kernel *k);

/** owned_lru() - address of page.lru */
uint64_t owned_lru(uint64_t pfn);

/** owned_page() - one struct page, in the zone of kernel_small() */
void owned_page(struct kernel *k, uint64_t pfn, const struct owned_page *p);

/**
 * owned_list() - offline pages on a list, in this order
 * @head: address of its struct list_head
 */
void owned_list(struct kernel *k, uint64_t head, const uint64_t *pfns,
		size_t nr, uint64_t private, uint64_t mapping);

/** struct owned_symbol - a symbol of a module */
struct owned_symbol {
	const char *name;
	uint64_t kva;
};

/** struct owned_module - a loaded module */
struct owned_module {
	const char *name;
	const struct owned_symbol *symbol;
	size_t nr;
};

#define O_SYMBOL_BYTES	0x80	/* of each symbol */

/** owned_modules() - the list of loaded modules and their symbols */
void owned_modules(struct kernel *k, const struct owned_module *m, size_t nr);

/** struct owned - a kernel opened for judging */
struct owned {
	struct texttarget tt;
	struct ofl_layout l;
	struct ofl_nodes n;
	struct ofl_chain chain;
	struct ofl_blocks blocks;
	struct ofl_types_base types;
	struct ofl_env env;
	struct ofl_owners owners;
};

/** owned_load() - load the kernel and ask all drivers; must succeed */
void owned_load(struct kernel *k, struct owned *o);
void owned_free(struct owned *o);

/**
 * owned_claim() - the driver that owns the page, by its struct page
 *
 * Shape: also asks about like pages up to the claim's end_pfn, some thousands
 *        of them at most, and fails if one of the answers differs.
 */
struct ofl_claim owned_claim(struct owned *o, uint64_t pfn);

/** owned_account() - the records of a device; @name of the driver */
struct ofl_account owned_account(struct owned *o, const char *name,
				 unsigned int device);

/** owned_complaint() - is there a complaint with this code? */
bool owned_complaint(const struct ofl_account *a, const char *code);

/** owned_devices() - how many devices a driver has; @ret has the first */
unsigned int owned_devices(struct owned *o, const char *name,
			   struct ofl_device *ret);

#endif
