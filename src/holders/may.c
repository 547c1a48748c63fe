// SPDX-License-Identifier: GPL-2.0-or-later
/* may.c - which holders a page of a kind may have at all: a column of kinds.def */
#include "holders/may.h"

#define NOBODY	0
#define ANON	OFL_MAY_ANON
#define FILE	OFL_MAY_FILE
#define CHANCE	OFL_MAY_CHANCE
#define POOL	OFL_MAY_POOL
#define COUNT0	OFL_MAY_COUNT0
#define OPS	OFL_MAY_OPS
#define AREA	OFL_MAY_AREA

static const unsigned int rows[OFL_NR_KINDS] = {
#define KIND(id, code, offline, becomes, contig, trait, may, severity, next, what) \
	[OFL_KIND_##id] = may,
#include "judge/kinds.def"
#undef KIND
};

bool ofl_kind_may(enum ofl_kind kind, unsigned int bits)
{
	return rows[kind] & bits;
}
