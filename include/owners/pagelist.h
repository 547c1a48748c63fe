/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pagelist.h - walk a driver's list of struct pages, and trust none of it
 *
 * Depends on driver.h and pfnset.h. Drivers keep pages on a list through
 * page->lru. Every entry has to be a struct page of a section; one that comes
 * a second time is a loop. What was proved until then is kept.
 */
#ifndef OFL_PAGELIST_H
#define OFL_PAGELIST_H

#include "owners/driver.h"
#include "owners/pfnset.h"

/** enum ofl_pagelist_end - how a walk ended */
enum ofl_pagelist_end {
	OFL_LIST_WHOLE,		/* back at its head */
	OFL_LIST_NO_HEAD,	/* the head cannot be read */
	OFL_LIST_NOWHERE,	/* an entry is no struct page of any section */
	OFL_LIST_POISON,	/* an entry was taken off: LIST_POISON */
	OFL_LIST_NULL,
	OFL_LIST_UNREADABLE,	/* the dump does not have this struct page */
	OFL_LIST_NO_SECTION,	/* whether its section exists cannot be read */
	OFL_LIST_LOOP,		/* a page for the second time */
	OFL_LIST_BACKWARDS,	/* prev does not point back */
	OFL_LIST_INTERRUPTED,	/* ^C */
	OFL_NR_LIST_ENDS
};

/** struct ofl_pagelist - what a walk found */
struct ofl_pagelist {
	/* in */
	uint64_t unit_pages;	/* pages that each entry stands for */
	uint64_t private;	/* page->private has to be this; 0: any */
	/* out */
	struct ofl_pfnset set;	/* all pages, those behind the first of a unit too */
	uint64_t entries;
	enum ofl_pagelist_end end;
	uint64_t broken_kva;	/* the address that it broke at, */
	uint64_t from_kva;	/* what points there: an entry, or the head */
	struct ofl_listed {
		uint64_t pages, pfn;	/* how many, and the first */
	} not_offline, bad_private, bad_ref, extra_ref,
	  not_online;		/* first pages of sections that are not online */
};

/**
 * ofl_pagelist_walk() - walk the list that has its head at @head_kva
 * @list: in/out  unit_pages and private are given, all else is overwritten
 *
 * Memory: see pfnset.h, until ofl_pagelist_free(), also after a failure.
 * Errors: OFL_ERR_NOMEM; what is wrong with the list is in @list.
 */
enum ofl_status ofl_pagelist_walk(const struct ofl_env *env, uint64_t head_kva,
				  struct ofl_pagelist *list,
				  struct ofl_err *err);
void ofl_pagelist_free(struct ofl_pagelist *list);

/** ofl_pagelist_count() - a counter of it; @at_least is its name if the list breaks */
void ofl_pagelist_count(const struct ofl_pagelist *list, const char *name,
			const char *at_least, uint64_t n,
			struct ofl_account *a);

/** ofl_pagelist_complain() - put down everything that is wrong with it */
void ofl_pagelist_complain(const struct ofl_pagelist *list, const char *what,
			   struct ofl_account *a);

#endif
