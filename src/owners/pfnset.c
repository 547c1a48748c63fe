// SPDX-License-Identifier: GPL-2.0-or-later
/* pfnset.c - a set of pages, one bit each */
#include <stdlib.h>
#include <string.h>

#include "owners/pfnset.h"

/* index of the piece @nr, or of the first one with a higher number */
static size_t place(struct ofl_pfnset *s, uint64_t nr)
{
	size_t lo = 0, hi = s->nr_pieces, mid;

	/* drivers hand pages out in order, mostly */
	if (s->last < s->nr_pieces && s->piece[s->last].nr == nr)
		return s->last;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (s->piece[mid].nr < nr)
			lo = mid + 1;
		else
			hi = mid;
	}
	s->last = lo;
	return lo;
}

static bool is_there(const struct ofl_pfnset *s, size_t at, uint64_t nr)
{
	return at < s->nr_pieces && s->piece[at].nr == nr;
}

static bool make_piece(struct ofl_pfnset *s, size_t at, uint64_t nr)
{
	struct ofl_pfnset_piece *more;
	uint64_t *bits = calloc((s->piece_pages + 63) / 64, sizeof(*bits));

	if (bits && s->nr_pieces == s->max_pieces) {
		s->max_pieces = s->max_pieces ? s->max_pieces * 2 : 64;
		more = realloc(s->piece, s->max_pieces * sizeof(*more));
		if (!more) {
			s->max_pieces = s->nr_pieces;
			free(bits);
			return false;
		}
		s->piece = more;
	}
	if (!bits)
		return false;
	memmove(&s->piece[at + 1], &s->piece[at],
		(s->nr_pieces - at) * sizeof(*s->piece));
	s->piece[at] = (struct ofl_pfnset_piece){ nr, bits };
	s->nr_pieces++;
	return true;
}

enum ofl_pfnset_add ofl_pfnset_add(struct ofl_pfnset *s, uint64_t pfn)
{
	uint64_t nr = pfn / s->piece_pages, bit = pfn % s->piece_pages;
	size_t at = place(s, nr);
	bool made = !is_there(s, at, nr);
	uint64_t *word;

	if (made && !make_piece(s, at, nr))
		return OFL_PFNSET_NOMEM;
	word = &s->piece[at].bits[bit / 64];
	if (*word >> bit % 64 & 1)
		return OFL_PFNSET_AGAIN;
	*word |= 1ull << bit % 64;
	s->pages++;
	s->like_end = 0;
	return made ? OFL_PFNSET_NEW_PIECE : OFL_PFNSET_NEW;
}

bool ofl_pfnset_has(struct ofl_pfnset *s, uint64_t pfn)
{
	uint64_t nr, bit;
	size_t at;

	if (!s->nr_pieces)
		return false;
	nr = pfn / s->piece_pages;
	bit = pfn % s->piece_pages;
	at = place(s, nr);
	return is_there(s, at, nr) && (s->piece[at].bits[bit / 64] >> bit % 64 & 1);
}

static uint64_t find_end(struct ofl_pfnset *s, uint64_t pfn)
{
	uint64_t nr, bit, start, others;
	const uint64_t *bits;
	size_t at;

	nr = pfn / s->piece_pages;
	bit = pfn % s->piece_pages;
	start = pfn - bit;
	at = place(s, nr);
	if (!is_there(s, at, nr))
		return start + s->piece_pages;
	bits = s->piece[at].bits;
	/* a word at a time: those that are not as @pfn is, from it on */
	others = bits[bit / 64] >> bit % 64 & 1 ? ~0ull : 0;
	for (; bit < s->piece_pages; bit = (bit / 64 + 1) * 64) {
		uint64_t word = (bits[bit / 64] ^ others) >> bit % 64;

		if (word)
			return start + bit + (uint64_t)__builtin_ctzll(word);
	}
	return start + s->piece_pages;
}

uint64_t ofl_pfnset_end(struct ofl_pfnset *s, uint64_t pfn)
{
	if (!s->nr_pieces)
		return UINT64_MAX;
	/* a scan asks for page after page of the same stretch */
	if (pfn < s->like_pfn || pfn >= s->like_end) {
		s->like_pfn = pfn;
		s->like_end = find_end(s, pfn);
	}
	return s->like_end;
}

void ofl_pfnset_free(struct ofl_pfnset *s)
{
	size_t i;

	for (i = 0; i < s->nr_pieces; i++)
		free(s->piece[i].bits);
	free(s->piece);
	s->piece = NULL;
	s->nr_pieces = s->max_pieces = s->last = 0;
	s->like_end = 0;
	s->pages = 0;
}
