/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pagetype.h - how a kernel writes a page type into struct page
 *
 * Pure arithmetic on numbers that the layout found; reads nothing.
 *
 * Five encodings have existed (docs/kernels.md, "page types"). All of them
 * reduce to one test, (page_type & mask) == value, and the number that the
 * kernel exports in VMCOREINFO shows the encoding by its shape alone.
 */
#ifndef OFL_PAGETYPE_H
#define OFL_PAGETYPE_H

#include <stdbool.h>
#include <stdint.h>

/** enum ofl_shape - the family an encoding belongs to */
enum ofl_shape {
	OFL_SHAPE_NONE,
	OFL_SHAPE_EXACT,	/* before 4.18: _mapcount has one exact value */
	OFL_SHAPE_INVERTED,	/* 4.18-6.11: a type is a cleared bit */
	OFL_SHAPE_TOP_BYTE,	/* 6.12+: the type is the top byte */
};

/** struct ofl_pagetype - the test for one page type */
struct ofl_pagetype {
	enum ofl_shape shape;
	uint32_t mask;
	uint32_t value;
};

/** ofl_pagetype_is() - is @page_type of this type? */
static inline bool ofl_pagetype_is(const struct ofl_pagetype *pt,
				   uint32_t page_type)
{
	return (page_type & pt->mask) == pt->value;
}

/** ofl_pagetype_numbered() - is a type a number, so that a page has at most one? */
bool ofl_pagetype_numbered(const struct ofl_pagetype *pt);

/**
 * ofl_pagetype_any() - is @page_type of any type, named here or not?
 * @pt: in  any type of this kernel: all are written alike
 *
 * Shape:  of a kernel without types (shape NONE or EXACT) no page has one.
 */
bool ofl_pagetype_any(const struct ofl_pagetype *pt, uint32_t page_type);

/**
 * ofl_pagetype_from_number() - the test behind a *_MAPCOUNT_VALUE number
 * @number: in   as VMCOREINFO prints it: the low 32 bits are the word that a
 *               page of just this type holds
 * @ret:    out  untouched on failure
 *
 * Shape:  an all-ones word but for one bit is inverted: base 0xf0000000 if the
 *         bit is below bit 16, else 0x80000000 (6.11 moved the bits up). A top
 *         byte 0xf0..0xfe over 24 zero bits is the type itself. The two cannot
 *         be confused.
 * Errors: false for any other word: an encoding that we do not know.
 * Source: include/linux/page-flags.h; 4ffca5a96678 (in v6.12) made it a byte.
 */
bool ofl_pagetype_from_number(int64_t number, struct ofl_pagetype *ret);

/**
 * ofl_pagetype_from_byte() - the test for a 6.12+ "PGTY_*" enumerator
 *
 * Errors: false unless 0xf0 <= @type <= 0xfe.
 */
bool ofl_pagetype_from_byte(int64_t type, struct ofl_pagetype *ret);

/**
 * ofl_pagetype_from_bit() - the test for 6.10/6.11 "PG_*" of enum pagetype
 * @bit:  in  the type's enumerator: one bit
 * @base: in  PAGE_TYPE_BASE
 *
 * Errors: false unless @bit is one bit outside @base, and @base is one of the
 *         two that have existed.
 */
bool ofl_pagetype_from_bit(int64_t bit, int64_t base, struct ofl_pagetype *ret);

/** ofl_pagetype_equal() - do two sources describe the same test? */
bool ofl_pagetype_equal(const struct ofl_pagetype *a,
			const struct ofl_pagetype *b);

#endif
