/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holders.h - who holds the pages that are in the way of offlining
 *
 * Depends on holder.h. Pages are given one by one; what has the same holder is
 * added up until it is asked for, usually at the end of a memory block.
 */
#ifndef OFL_HOLDERS_H
#define OFL_HOLDERS_H

#include "holders/holder.h"
#include "judge/judge.h"

#define OFL_NOT_IDENTIFIED	"not identified"

/** struct ofl_share - pages of one holder */
struct ofl_share {
	const struct ofl_holder_ops *ops;	/* NULL: not identified */
	const struct ofl_holder *holder;	/* NULL then */
	enum ofl_kind kind;		/* of its first page, if not identified */
	enum ofl_outcome outcome;	/* what becomes of its pages */
	uint64_t pages;
	uint64_t first_pfn;
	uint64_t objects;		/* slab: objects in use */
	uint64_t bad_kva;		/* where a walk broke off; 0: nowhere */
	const char *bad_what;
	const char *why;		/* no name though none broke off; NULL: not said */
};

struct ofl_holders;

/**
 * ofl_holders_open() - begin; nothing is read before a page comes
 * @lo_pfn, @hi_pfn: in  where all pages will come from
 *
 * Errors: NULL: no memory.
 */
struct ofl_holders *ofl_holders_open(const struct ofl_env *env, uint64_t lo_pfn,
				 uint64_t hi_pfn);
void ofl_holders_close(struct ofl_holders *n);

/**
 * ofl_holders_add() - a page that is in the way; pages ascend
 * @raw: in  its struct page
 *
 * Shape:  true: the pages behind it have the same holder, as far as their flags,
 *         type, reference count, mapping and charge are the same.
 */
bool ofl_holders_add(struct ofl_holders *n, const struct ofl_classified *c,
		   const unsigned char *raw);

/** ofl_holders_more() - such pages, or the rest of its compound page */
void ofl_holders_more(struct ofl_holders *n, uint64_t pages);

/**
 * ofl_holders_page() - who has this one page; nothing is added up
 * @ret: out  of 0 pages; valid until ofl_holders_clear()
 */
void ofl_holders_page(struct ofl_holders *n, const struct ofl_classified *c,
		      const unsigned char *raw, struct ofl_share *ret);

/**
 * ofl_holders_become() - pages of a kind that were added count as another kind
 *
 * Shape:  before ofl_holders_shares(): what a page comes to may depend on the whole
 *         block. Shares that are alike then are one.
 */
void ofl_holders_become(struct ofl_holders *n, enum ofl_kind from,
			enum ofl_kind to, enum ofl_outcome outcome);

/**
 * ofl_holders_shares() - what was added since the last ofl_holders_clear()
 *
 * Shape:  the worst outcome first, then the largest; valid until the next
 *         call for @n.
 */
const struct ofl_share *ofl_holders_shares(struct ofl_holders *n, size_t *nr);

/**
 * ofl_holders_pin() - holders that shares have are to stay until ofl_holders_close()
 *
 * Shape:  if there are too many for that, ofl_holders_pinned() is false from then on.
 */
void ofl_holders_pin(struct ofl_holders *n);
bool ofl_holders_pinned(const struct ofl_holders *n);

/** ofl_holders_clear() - begin another sum; names are kept */
void ofl_holders_clear(struct ofl_holders *n);

/** ofl_holders_lost() - there was no memory, or no room, for some of it */
bool ofl_holders_lost(const struct ofl_holders *n);

/** struct ofl_holders_total - of all pages since ofl_holders_open() */
struct ofl_holders_total {
	uint64_t pages, identified;
	uint64_t broken;		/* pages whose walk broke off */
	uint64_t bad_kva;		/* where the first of them did */
	const char *bad_what;
};

struct ofl_holders_total ofl_holders_total(const struct ofl_holders *n);

#endif
