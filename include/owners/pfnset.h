/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pfnset.h - a set of pages
 *
 * Depends on status.h. A bit a page, in pieces as large as a memory section
 * that are taken when a first page of it comes: 4 KiB for 128 MiB of memory,
 * so a set of every page there is takes 1/32768 of the memory.
 */
#ifndef OFL_PFNSET_H
#define OFL_PFNSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct ofl_pfnset - the set; zeroed but for piece_pages it is empty */
struct ofl_pfnset {
	uint64_t piece_pages;	/* not 0 */
	struct ofl_pfnset_piece {
		uint64_t nr;
		uint64_t *bits;
	} *piece;		/* ascending by nr; owned */
	size_t nr_pieces, max_pieces;
	size_t last;		/* piece that was asked for last */
	uint64_t like_pfn, like_end;	/* ofl_pfnset_end() said so of these */
	uint64_t pages;		/* how many are in the set */
};

/** enum ofl_pfnset_add - what adding a page came to */
enum ofl_pfnset_add {
	OFL_PFNSET_NEW,
	OFL_PFNSET_NEW_PIECE,	/* new, and the first of its section */
	OFL_PFNSET_AGAIN,	/* it was there already */
	OFL_PFNSET_NOMEM,
};

enum ofl_pfnset_add ofl_pfnset_add(struct ofl_pfnset *s, uint64_t pfn);
bool ofl_pfnset_has(struct ofl_pfnset *s, uint64_t pfn);

/**
 * ofl_pfnset_end() - up to where all pages are in the set as @pfn is, or not
 *
 * Shape:  at most to the end of its piece; UINT64_MAX: the set is empty.
 */
uint64_t ofl_pfnset_end(struct ofl_pfnset *s, uint64_t pfn);

/** ofl_pfnset_free() - give everything back; twice is fine */
void ofl_pfnset_free(struct ofl_pfnset *s);

#endif
