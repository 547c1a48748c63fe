/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pagereader.h - single struct pages, wherever they are
 *
 * Depends on layout.h. A caller that asks for one struct page mostly asks for its
 * neighbour next: the page of the memmap that was read last is kept.
 */
#ifndef OFL_PAGEREADER_H
#define OFL_PAGEREADER_H

#include "layout/layout.h"

#define OFL_MAX_STRUCT_PAGE 256

/** struct ofl_pagereader - begin with { .t, .l } and zeros */
struct ofl_pagereader {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	uint64_t memmap_kva;		/* of what is in memmap; 0: nothing */
	unsigned char memmap[4096];
	unsigned char raw[OFL_MAX_STRUCT_PAGE];
};

/**
 * ofl_pagereader_get() - the struct page at @kva
 *
 * Shape:  valid until the next call; NULL: it cannot be read.
 */
const unsigned char *ofl_pagereader_get(struct ofl_pagereader *r, uint64_t kva);

#endif
