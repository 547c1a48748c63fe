// SPDX-License-Identifier: GPL-2.0-or-later
/* skip.c - free blocks and compound pages, taken as a whole */
#include "scan/skip.h"

#define MAX_COMPOUND_ORDER	18	/* 1 GiB of 4 KiB pages */
#define NEAR_PAGES		64	/* that share a page of the memmap */

void ofl_skipper_init(struct ofl_skipper *sk, const struct ofl_page_format *f)
{
	int64_t orders = ofl_fact_value(f->l, OFL_F_NR_ORDERS, 0);

	sk->f = f;
	sk->nr_orders = orders > 0 && orders <= 24 ? (unsigned int)orders : 0;
}

/* is a page's size one that it can have, at its place? */
static bool fits(uint64_t pfn, uint64_t order, unsigned int limit)
{
	return order > 0 && order < limit && !(pfn & ((1ull << order) - 1));
}

/* the last page of a free block: no reference, no mark, the same zone */
static bool far_end_fits(const struct ofl_page_format *f, struct ofl_image *img,
			 const unsigned char *raw, uint64_t pages)
{
	const unsigned char *last = raw + (pages - 1) * f->l->struct_page_bytes;

	return ofl_image_look(img, last, f->l->struct_page_bytes) ==
	       OFL_UNKNOWN_NOT &&
	       !ofl_page_refcount(f, last) &&
	       !ofl_page_is_marked_offline(f, ofl_page_type(f, last)) &&
	       ofl_page_same_zone(f, last, raw);
}

/*
 * Nothing begins inside of a free block. If its order were damaged, its real
 * end would lie at a power of two, and behind that something else: a free
 * block, a page with a reference, an offline page. The nearest such places are
 * looked at; each of the others would take another page of the memmap.
 */
static bool is_whole(const struct ofl_page_format *f, struct ofl_image *img,
		     const unsigned char *raw, uint64_t pages)
{
	const unsigned char *p;
	uint64_t at;

	for (at = 1; at < pages && at < NEAR_PAGES; at *= 2) {
		p = raw + at * f->l->struct_page_bytes;
		if (ofl_image_look(img, p, f->l->struct_page_bytes) !=
		    OFL_UNKNOWN_NOT ||
		    ofl_page_refcount(f, p) ||
		    ofl_page_is_marked_offline(f, ofl_page_type(f, p)) ||
		    ofl_page_is_free(f, p))
			return false;
	}
	return true;
}

static uint64_t skip_free(const struct ofl_skipper *sk, struct ofl_image *img,
			  const unsigned char *raw, uint64_t pfn, uint64_t most)
{
	const struct ofl_page_format *f = sk->f;
	uint64_t order = ofl_page_free_order(f, raw);
	uint64_t pages;

	if (ofl_page_refcount(f, raw) || !fits(pfn, order, sk->nr_orders))
		return 1;
	pages = 1ull << order;
	if (pages > most || !is_whole(f, img, raw, pages) ||
	    !far_end_fits(f, img, raw, pages))
		return 1;
	return pages;
}

/*
 * All tails of a compound page say the same of their head. Where the last one
 * cannot be read, its head is believed.
 */
static bool last_tail_fits(const struct ofl_page_format *f, struct ofl_image *img,
			   const unsigned char *raw, uint64_t pages)
{
	const unsigned char *tail = raw + f->l->struct_page_bytes;
	const unsigned char *last = raw + (pages - 1) * f->l->struct_page_bytes;

	return ofl_image_look(img, last, f->l->struct_page_bytes) !=
	       OFL_UNKNOWN_NOT ||
	       ofl_page_compound_info(f, last) ==
	       ofl_page_compound_info(f, tail);
}

static uint64_t skip_compound(const struct ofl_skipper *sk,
			      struct ofl_image *img, const unsigned char *raw,
			      uint64_t pfn, uint64_t most)
{
	const struct ofl_page_format *f = sk->f;
	const unsigned char *tail = raw + f->l->struct_page_bytes;
	uint64_t pages;
	unsigned int order;

	if (most < 2 || ofl_image_look(img, tail, f->l->struct_page_bytes) !=
			OFL_UNKNOWN_NOT ||
	    !ofl_page_is_tail(f, tail))
		return 1;
	order = ofl_page_compound_order(f, tail);
	if (!fits(pfn, order, MAX_COMPOUND_ORDER + 1))
		return 1;
	pages = 1ull << order;
	if (pages > most)
		pages = most;
	return last_tail_fits(f, img, raw, pages) ? pages : 1;
}

uint64_t ofl_skip(const struct ofl_skipper *sk, struct ofl_image *img,
		  const unsigned char *raw, uint64_t pfn, uint64_t most)
{
	const struct ofl_page_format *f = sk->f;

	if (!sk->nr_orders || f->private_at < 0)
		return 1;
	if (ofl_page_is_free(f, raw))
		return skip_free(sk, img, raw, pfn, most);
	if (ofl_page_flags(f, raw) & f->head)
		return skip_compound(sk, img, raw, pfn, most);
	return 1;
}
