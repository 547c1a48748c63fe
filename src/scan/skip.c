// SPDX-License-Identifier: GPL-2.0-or-later
/* skip.c - free blocks and compound pages, taken as a whole */
#include <string.h>

#include "scan/skip.h"

#define MAX_COMPOUND_ORDER	18	/* 1 GiB of 4 KiB pages */
#define NEAR_PAGES		64	/* that share a page of the memmap */

static uint64_t word(const unsigned char *raw, uint64_t at)
{
	uint64_t v;

	memcpy(&v, raw + at, sizeof(v));
	return v;
}

static uint32_t half(const unsigned char *raw, uint64_t at)
{
	uint32_t v;

	memcpy(&v, raw + at, sizeof(v));
	return v;
}

unsigned int ofl_compound_order(const struct ofl_layout *l,
				const unsigned char *tail)
{
	int64_t at = ofl_fact_value(l, OFL_F_COMPOUND_ORDER, -1);

	if (at >= 0)
		return tail[at];
	/* of struct folio, whose second page is the tail */
	at = ofl_fact_value(l, OFL_F_FOLIO_ORDER, -1) -
	     (int64_t)l->struct_page_bytes;
	if (at >= 0 && at < (int64_t)l->struct_page_bytes)
		return tail[at];
	return (unsigned int)(word(tail, l->off_flags) & 0xff);
}

void ofl_skipper_init(struct ofl_skipper *sk, const struct ofl_layout *l)
{
	int64_t orders = ofl_fact_value(l, OFL_F_NR_ORDERS, 0);

	sk->l = l;
	sk->head_mask = ofl_pageflag_mask(l, "head");
	sk->nr_orders = orders > 0 && orders <= 24 ? (unsigned int)orders : 0;
}

/* is a page's size one that it can have, at its place? */
static bool fits(uint64_t pfn, uint64_t order, unsigned int limit)
{
	return order > 0 && order < limit && !(pfn & ((1ull << order) - 1));
}

/* the last page of a free block: no reference, no mark, the same zone */
static bool far_end_fits(const struct ofl_layout *l, struct ofl_image *img,
			 const unsigned char *raw, uint64_t pages)
{
	const unsigned char *last = raw + (pages - 1) * l->struct_page_bytes;

	return ofl_image_look(img, last, l->struct_page_bytes) ==
	       OFL_UNKNOWN_NOT &&
	       !half(last, l->off_refcount) &&
	       !ofl_pagetype_is(&l->offline, half(last, l->off_type)) &&
	       word(last, l->off_flags) >> 56 == word(raw, l->off_flags) >> 56;
}

/*
 * Nothing begins inside of a free block. If its order were damaged, its real
 * end would lie at a power of two, and behind that something else: a free
 * block, a page with a reference, an offline page. The nearest such places are
 * looked at; each of the others would take another page of the memmap.
 */
static bool is_whole(const struct ofl_layout *l, struct ofl_image *img,
		     const unsigned char *raw, uint64_t pages)
{
	const unsigned char *p;
	uint64_t at;

	for (at = 1; at < pages && at < NEAR_PAGES; at *= 2) {
		p = raw + at * l->struct_page_bytes;
		if (ofl_image_look(img, p, l->struct_page_bytes) !=
		    OFL_UNKNOWN_NOT ||
		    half(p, l->off_refcount) ||
		    ofl_pagetype_is(&l->offline, half(p, l->off_type)) ||
		    ofl_pagetype_is(&l->type[OFL_TYPE_BUDDY],
				    half(p, l->off_type)))
			return false;
	}
	return true;
}

static uint64_t skip_free(const struct ofl_skipper *sk, struct ofl_image *img,
			  const unsigned char *raw, uint64_t pfn, uint64_t most)
{
	const struct ofl_layout *l = sk->l;
	uint64_t order = word(raw, (uint64_t)l->fact[OFL_F_PAGE_PRIVATE].value);
	uint64_t pages;

	if (half(raw, l->off_refcount) || !fits(pfn, order, sk->nr_orders))
		return 1;
	pages = 1ull << order;
	if (pages > most || !is_whole(l, img, raw, pages) ||
	    !far_end_fits(l, img, raw, pages))
		return 1;
	return pages;
}

/*
 * All tails of a compound page say the same of their head. Where the last one
 * is not to be read, its head is believed.
 */
static bool last_tail_fits(const struct ofl_layout *l, struct ofl_image *img,
			   const unsigned char *raw, uint64_t pages)
{
	const unsigned char *tail = raw + l->struct_page_bytes;
	const unsigned char *last = raw + (pages - 1) * l->struct_page_bytes;

	return ofl_image_look(img, last, l->struct_page_bytes) !=
	       OFL_UNKNOWN_NOT ||
	       word(last, l->off_compound) == word(tail, l->off_compound);
}

static uint64_t skip_compound(const struct ofl_skipper *sk,
			      struct ofl_image *img, const unsigned char *raw,
			      uint64_t pfn, uint64_t most)
{
	const struct ofl_layout *l = sk->l;
	const unsigned char *tail = raw + l->struct_page_bytes;
	uint64_t pages;
	unsigned int order;

	if (most < 2 || ofl_image_look(img, tail, l->struct_page_bytes) !=
			OFL_UNKNOWN_NOT ||
	    !(word(tail, l->off_compound) & 1))
		return 1;
	order = ofl_compound_order(l, tail);
	if (!fits(pfn, order, MAX_COMPOUND_ORDER + 1))
		return 1;
	pages = 1ull << order;
	if (pages > most)
		pages = most;
	return last_tail_fits(l, img, raw, pages) ? pages : 1;
}

uint64_t ofl_skip(const struct ofl_skipper *sk, struct ofl_image *img,
		  const unsigned char *raw, uint64_t pfn, uint64_t most)
{
	const struct ofl_layout *l = sk->l;

	if (!sk->nr_orders || !ofl_fact_known(l, OFL_F_PAGE_PRIVATE))
		return 1;
	if (l->type[OFL_TYPE_BUDDY].shape &&
	    ofl_pagetype_is(&l->type[OFL_TYPE_BUDDY], half(raw, l->off_type)))
		return skip_free(sk, img, raw, pfn, most);
	if (word(raw, l->off_flags) & sk->head_mask)
		return skip_compound(sk, img, raw, pfn, most);
	return 1;
}
