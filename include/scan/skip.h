/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * skip.h - which pages cannot be offline, because of the page before them
 *
 * Depends on page.h and image.h. The inside of a free block and the tails of a
 * compound page are never PageOffline; most of a machine's memmap is such, and
 * need not be read. A size is believed only if everything around it fits.
 */
#ifndef OFL_SKIP_H
#define OFL_SKIP_H

#include "kernel/page.h"
#include "scan/image.h"

/** struct ofl_skipper - what there is to go by in this kernel */
struct ofl_skipper {
	const struct ofl_page_format *f;	/* borrowed */
	unsigned int nr_orders;	/* of free blocks; 0: not known, never skip */
};

void ofl_skipper_init(struct ofl_skipper *sk, const struct ofl_page_format *f);

/**
 * ofl_skip() - pages, from a page on, of which none can be offline
 * @img:   in  the window that @raw is in
 * @raw:   in  the struct page of @pfn, looked at already
 * @most:  in  pages left in the window, @pfn included
 *
 * Shape:  1 if the page stands for itself, else up to @most. The far end of a
 *         free block, the places in it that are near and where it would end if
 *         it were smaller, the first and the last tail of a compound page are
 *         looked at: a damaged order seldom fits them all.
 */
uint64_t ofl_skip(const struct ofl_skipper *sk, struct ofl_image *img,
		  const unsigned char *raw, uint64_t pfn, uint64_t most);

#endif
