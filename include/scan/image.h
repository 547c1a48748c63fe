/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image.h - a window on the memmap
 *
 * Depends on layout.h. Holds up to 2 MiB of struct pages. Pages of the memmap
 * are read when they are first looked at, one at a time, so what is not looked
 * at costs nothing, and a hole costs what lies in the hole; or, where all of
 * them will be looked at, as many as the host has at once. Each page knows why
 * it is not there.
 */
#ifndef OFL_IMAGE_H
#define OFL_IMAGE_H

#include "layout/layout.h"

#define OFL_IMAGE_BYTES	(2u << 20)
/* a window need not begin and end on page boundaries: one page more each */
#define OFL_IMAGE_PAGES	(OFL_IMAGE_BYTES / 4096 + 2)

/** enum ofl_unknown - why it is not known what a page is */
enum ofl_unknown {
	OFL_UNKNOWN_NOT,	/* it is known */
	OFL_UNKNOWN_EXCLUDED,	/* the dump filter dropped its struct page */
	OFL_UNKNOWN_UNREADABLE,	/* its struct page cannot be read */
	OFL_UNKNOWN_ZERO,	/* reads as zeros: no state the kernel leaves */
	OFL_UNKNOWN_POISONED,	/* all ones: initialisation never finished */
	OFL_UNKNOWN_BAD_ZONE,	/* not reserved, in a zone that does not exist */
	OFL_UNKNOWN_BAD_SECTION,/* its mem_section is impossible */
	OFL_NR_UNKNOWN
};

/** ofl_unknown_text() - the reason in a word or two */
const char *ofl_unknown_text(enum ofl_unknown why);

/** struct ofl_image - the window */
struct ofl_image {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	unsigned char *buf;	/* owned */
	const unsigned char *end;	/* of what is in the window */
	uint64_t kva;		/* page aligned address of buf[0] */
	unsigned int page_shift;
	bool whole;
	uint64_t read_pages;	/* of the memmap, since ofl_image_init() */
	uint8_t state[OFL_IMAGE_PAGES];	/* enum ofl_unknown, or not read yet */
};

/**
 * ofl_image_init() - take the memory of a window
 * @whole: in  all of each window will be looked at
 *
 * Memory: 2 MiB until ofl_image_free().
 * Errors: OFL_ERR_NOMEM.
 */
enum ofl_status ofl_image_init(struct ofl_image *img,
			       const struct ofl_target *t,
			       const struct ofl_layout *l, bool whole,
			       struct ofl_err *err);
void ofl_image_free(struct ofl_image *img);

/**
 * ofl_image_move() - look at the struct pages at [kva, kva + bytes)
 * @bytes: in  at most OFL_IMAGE_BYTES
 *
 * Shape:  returns where the first of them will be; nothing is read yet.
 */
const unsigned char *ofl_image_move(struct ofl_image *img, uint64_t kva,
				    uint64_t bytes);

/**
 * ofl_image_look() - make sure that [raw, raw + bytes) is there
 *
 * Shape:  OFL_UNKNOWN_NOT, or why it is not to be believed. A page of the
 *         memmap that reads as zeros is a hole too: some dump formats give
 *         zeros, and success, for what they do not have.
 */
enum ofl_unknown ofl_image_look(struct ofl_image *img, const unsigned char *raw,
				uint64_t bytes);

/** ofl_image_page_end() - end of the page of the memmap that @raw lies in */
static inline const unsigned char *
ofl_image_page_end(const struct ofl_image *img, const unsigned char *raw)
{
	return img->buf + ((((size_t)(raw - img->buf) >> img->page_shift) + 1)
			   << img->page_shift);
}

#endif
