// SPDX-License-Identifier: GPL-2.0-or-later
/* regular.c - a table of pages, by the low bits of their numbers */
#include <stdlib.h>
#include <string.h>

#include "dump/regular.h"

#define COLUMNS		8u		/* words of a struct page, nearly everywhere */
#define ROW_BYTES	(COLUMNS * sizeof(uint64_t))
#define MAX_PARTS	16u		/* of a page: more is not worth it */
#define NR_PLACES	131072u		/* the memmap of 32 GiB */
#define NR_PARTS	131072u

/** struct part - rows of a page, each word as much more as in the row before */
struct part {
	uint64_t first[COLUMNS];
	int16_t step[COLUMNS];
	uint16_t rows;
};

/** struct place - a page */
struct place {
	uint64_t next_pfn;		/* of the page behind it; 0: no page */
	uint32_t part;			/* its first one; the others follow */
};

struct ofl_regular {
	size_t rows;			/* of a page */
	uint32_t nr_parts;		/* are in use */
	struct place place[NR_PLACES];
	struct part part[NR_PARTS];
};

struct ofl_regular *ofl_regular_new(size_t page_bytes)
{
	/* zeroed memory of this size is not there before it is written to */
	struct ofl_regular *r = calloc(1, sizeof(*r));

	if (r)
		r->rows = page_bytes / ROW_BYTES;
	return r;
}

void ofl_regular_free(struct ofl_regular *r)
{
	free(r);
}

/* how much each word grows from one row to the next; false: too much */
static bool take_steps(const uint64_t *one, const uint64_t *next,
		       int16_t *step)
{
	unsigned int c;

	for (c = 0; c < COLUMNS; c++) {
		step[c] = (int16_t)(next[c] - one[c]);
		if (one[c] + (uint64_t)(int64_t)step[c] != next[c])
			return false;
	}
	return true;
}

/* as words, for sums */
static void widen(const int16_t *step, uint64_t *wide)
{
	unsigned int c;

	for (c = 0; c < COLUMNS; c++)
		wide[c] = (uint64_t)(int64_t)step[c];
}

/* the longest part that begins with the row at @at; @rows are left */
static void take_part(const unsigned char *at, size_t rows, struct part *p)
{
	uint64_t row[COLUMNS], next[COLUMNS], step[COLUMNS], differ = 0;
	unsigned int c;

	memcpy(p->first, at, ROW_BYTES);
	memset(p->step, 0, sizeof(p->step));
	p->rows = 1;
	if (rows == 1)
		return;
	memcpy(row, at + ROW_BYTES, ROW_BYTES);
	if (!take_steps(p->first, row, p->step))
		return;
	widen(p->step, step);
	for (p->rows = 2; p->rows < rows; p->rows++) {
		memcpy(next, at + p->rows * ROW_BYTES, ROW_BYTES);
		for (c = 0; c < COLUMNS; c++) {
			row[c] += step[c];
			differ |= row[c] ^ next[c];
		}
		if (differ)
			return;
	}
}

void ofl_regular_put(struct ofl_regular *r, uint64_t pfn, const void *page)
{
	struct place *place;
	unsigned int nr = 0;
	size_t row = 0;

	if (!r || pfn == UINT64_MAX)
		return;
	place = &r->place[pfn % NR_PLACES];
	/* what is kept there may be older, or another page */
	place->next_pfn = 0;
	for (; row < r->rows; nr++) {
		if (nr == MAX_PARTS || r->nr_parts + nr == NR_PARTS)
			return;
		take_part((const unsigned char *)page + row * ROW_BYTES,
			  r->rows - row, &r->part[r->nr_parts + nr]);
		row += r->part[r->nr_parts + nr].rows;
	}
	*place = (struct place){ pfn + 1, r->nr_parts };
	r->nr_parts += nr;
}

static unsigned char *expand(const struct part *p, unsigned char *at)
{
	uint64_t row[COLUMNS], step[COLUMNS];
	unsigned int c, i;

	memcpy(row, p->first, sizeof(row));
	widen(p->step, step);
	for (i = 0; i < p->rows; i++, at += ROW_BYTES) {
		memcpy(at, row, ROW_BYTES);
		for (c = 0; c < COLUMNS; c++)
			row[c] += step[c];
	}
	return at;
}

bool ofl_regular_get(const struct ofl_regular *r, uint64_t pfn, void *page)
{
	unsigned char *at = page, *end;
	const struct part *p;

	if (!r || pfn == UINT64_MAX ||
	    r->place[pfn % NR_PLACES].next_pfn != pfn + 1)
		return false;
	end = at + r->rows * ROW_BYTES;
	for (p = &r->part[r->place[pfn % NR_PLACES].part]; at < end; p++)
		at = expand(p, at);
	return true;
}
