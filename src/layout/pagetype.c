// SPDX-License-Identifier: GPL-2.0-or-later
/* pagetype.c - page type encodings, recognised by their numbers */
#include "layout/pagetype.h"

#define BASE_LOW	0xf0000000u	/* 4.18-6.10: type bits below bit 16 */
#define BASE_HIGH	0x80000000u	/* 6.11: type bits moved above bit 15 */

#define FIRST_BYTE	0xf0		/* of those that are types: 6.12+ */
#define LAST_BYTE	0xfe

static bool is_one_bit(uint32_t v)
{
	return v && !(v & (v - 1));
}

bool ofl_pagetype_from_bit(int64_t bit, int64_t base, struct ofl_pagetype *ret)
{
	uint32_t b = (uint32_t)bit, bs = (uint32_t)base;

	if ((bs != BASE_LOW && bs != BASE_HIGH) || !is_one_bit(b) || (b & bs))
		return false;
	*ret = (struct ofl_pagetype){ OFL_SHAPE_INVERTED, bs | b, bs };
	return true;
}

bool ofl_pagetype_from_byte(int64_t type, struct ofl_pagetype *ret)
{
	if (type < FIRST_BYTE || type > LAST_BYTE)
		return false;
	*ret = (struct ofl_pagetype){ OFL_SHAPE_TOP_BYTE, 0xff000000u,
				      (uint32_t)type << 24 };
	return true;
}

bool ofl_pagetype_from_number(int64_t number, struct ofl_pagetype *ret)
{
	uint32_t word = (uint32_t)number;

	if (is_one_bit(~word))
		return ofl_pagetype_from_bit(~word, ~word < 0x10000 ?
					     BASE_LOW : BASE_HIGH, ret);
	if (!(word & 0x00ffffffu))
		return ofl_pagetype_from_byte(word >> 24, ret);
	return false;
}

bool ofl_pagetype_equal(const struct ofl_pagetype *a,
			const struct ofl_pagetype *b)
{
	return a->shape == b->shape && a->mask == b->mask &&
	       a->value == b->value;
}

bool ofl_pagetype_numbered(const struct ofl_pagetype *pt)
{
	return pt->shape == OFL_SHAPE_TOP_BYTE;
}

/* include/linux/page-flags.h: page_has_type() */
bool ofl_pagetype_any(const struct ofl_pagetype *pt, uint32_t page_type)
{
	switch (pt->shape) {
	case OFL_SHAPE_NONE:
	case OFL_SHAPE_EXACT:
		break;
	case OFL_SHAPE_INVERTED:
		/* what a page of a type must have set is the base */
		return page_type != UINT32_MAX &&
		       (page_type & pt->value) == pt->value;
	case OFL_SHAPE_TOP_BYTE:
		return page_type >> 24 >= FIRST_BYTE &&
		       page_type >> 24 <= LAST_BYTE;
	}
	return false;
}
