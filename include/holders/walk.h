/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk.h - pointers of a kernel that may be damaged, followed with care
 *
 * Depends on page.h and pagereader.h. A pointer is followed only where a
 * kernel could have it, a list only while each entry points back to the one
 * before. What leads nowhere ends the walk, and the walk remembers where.
 */
#ifndef OFL_WALK_H
#define OFL_WALK_H

#include "kernel/page.h"
#include "kernel/pagereader.h"

#define OFL_WALK_TEXT_MAX	256

/** struct ofl_break - where a list breaks off that is walked once; begin with zeros */
struct ofl_break {
	uint64_t kva;
	const char *what;		/* NULL: nowhere */
};

#define OFL_WALK_FUNCTIONS	64

/** struct ofl_function - a function of a module that the host has no name for */
struct ofl_function {
	uint64_t kva;			/* in it */
	char name[96];			/* "": none has it */
};

/** struct ofl_walk - begin with ofl_walk_init() */
struct ofl_walk {
	struct ofl_target t;		/* what it cannot read is no loss of a scan */
	const struct ofl_layout *l;
	struct ofl_page_format format;
	uint64_t bad_kva;		/* where the last walk broke off */
	const char *bad_what;		/* what is wrong there; NULL: nothing was */
	const char *why;		/* no name, and no fault either; NULL: not said */
	bool lost;			/* some of it had no room, or no memory */
	struct ofl_function function[OFL_WALK_FUNCTIONS];
	unsigned int nr_functions;
};

/** ofl_walk_init() - @l has the facts of holders; borrowed */
void ofl_walk_init(struct ofl_walk *w, const struct ofl_target *t,
		   const struct ofl_layout *l, const struct ofl_nodes *n);

/** ofl_walk_broke() - remember where; always false */
bool ofl_walk_broke(struct ofl_walk *w, uint64_t kva, const char *what);

/** ofl_walk_untold() - nobody can be named, and nothing is wrong; always false */
bool ofl_walk_untold(struct ofl_walk *w, const char *why);

/**
 * ofl_break_keep() - keep the first break of a list, and begin the walk anew
 *
 * Shape:  behind a list that was walked for all pages: that it breaks off is the
 *         fault of no page, but of each that may stand behind the break.
 */
void ofl_break_keep(struct ofl_break *b, struct ofl_walk *w);

/** ofl_break_tell() - a page that may be behind the break: it has no name; always false */
bool ofl_break_tell(const struct ofl_break *b, struct ofl_walk *w);

/** ofl_walk_lost() - there is no room for more of it; always false */
bool ofl_walk_lost(struct ofl_walk *w);

/** ofl_walk_no_types - a reason: this kernel does not tell the types of such a holder */
extern const char ofl_walk_no_types[];

/** ofl_walk_knows() - are all of these facts known? @nr of them */
bool ofl_walk_knows(const struct ofl_walk *w, const enum ofl_fact_id *facts,
		    size_t nr);

/** ofl_is_kernel_pointer() - an address of a kernel, and aligned to a word? */
static inline bool ofl_is_kernel_pointer(const struct ofl_walk *w, uint64_t kva)
{
	return ofl_is_kernel_address(w->l, kva) && !(kva & 7);
}

/** ofl_walk_at() - address of the member @member of the struct at @kva */
static inline uint64_t ofl_walk_at(const struct ofl_walk *w, uint64_t kva,
				   enum ofl_fact_id member)
{
	return kva + (uint64_t)w->l->fact[member].value;
}

/**
 * ofl_walk_pointer() - read a pointer to a struct out of the struct at @kva
 *
 * Errors: false if it is no place for a struct, NULL included; the walk has
 *         broken off then.
 */
bool ofl_walk_pointer(struct ofl_walk *w, uint64_t kva, enum ofl_fact_id member,
		      uint64_t *ret);

/** ofl_walk_pointer_any() - the same to something that need not be aligned */
bool ofl_walk_pointer_any(struct ofl_walk *w, uint64_t kva,
			  enum ofl_fact_id member, uint64_t *ret);

/** ofl_walk_number() - the same for an unsigned number of @bytes bytes */
bool ofl_walk_number(struct ofl_walk *w, uint64_t kva, enum ofl_fact_id member,
		     unsigned int bytes, uint64_t *ret);

/**
 * ofl_walk_text() - a string of the dump, for people
 * @buf: out  escaped, cut to fit; at most OFL_WALK_TEXT_MAX bytes are read
 *
 * Errors: false if it cannot be read or is empty.
 */
bool ofl_walk_text(struct ofl_walk *w, uint64_t kva, char *buf, size_t bytes);

/**
 * ofl_walk_list() - visit each entry of a list_head
 * @visit: in  gets the address of the entry's list_head; true ends the walk
 *
 * Shape:  every entry has to point back to the one before: a list that is
 *         damaged is left there, one that leads in a circle after its entries
 *         were seen once.
 * Errors: false if it was left before its end; the walk has broken off then,
 *         unless it was ^C that ended it.
 */
bool ofl_walk_list(struct ofl_walk *w, uint64_t head_kva,
		   bool (*visit)(struct ofl_walk *w, uint64_t node_kva,
				 void *arg), void *arg);

/**
 * ofl_walk_function() - name of the function that an address of code lies in
 *
 * Shape:  by the host, or by the symbols that the dump has of its modules: a host
 *         may have been told not to look at modules. These are looked through once
 *         for each of the first OFL_WALK_FUNCTIONS addresses, and for no more.
 * Errors: false: none is known.
 */
bool ofl_walk_function(struct ofl_walk *w, uint64_t kva, char *buf, size_t bytes);

/** ofl_walk_pfn() - the pfn of a struct page; false: none can be there */
bool ofl_walk_pfn(const struct ofl_walk *w, uint64_t page_kva, uint64_t *ret);

/** struct ofl_kva_set - addresses that were collected once */
struct ofl_kva_set {
	uint64_t *kva;		/* ascending after ofl_kva_set_sort(); owned */
	size_t nr, max;
};

/** ofl_kva_set_add() - false: no memory, or more than there can be; the walk has lost it */
bool ofl_kva_set_add(struct ofl_kva_set *s, struct ofl_walk *w, uint64_t kva);
void ofl_kva_set_sort(struct ofl_kva_set *s);
bool ofl_kva_set_has(const struct ofl_kva_set *s, uint64_t kva);
void ofl_kva_set_free(struct ofl_kva_set *s);

#endif
