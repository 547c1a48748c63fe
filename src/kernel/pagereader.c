// SPDX-License-Identifier: GPL-2.0-or-later
/* pagereader.c - read struct pages one by one */
#include <string.h>

#include "kernel/pagereader.h"

/* copy [kva, kva + bytes) of one page of the memmap */
static bool copy(struct ofl_pagereader *r, uint64_t kva, uint64_t bytes,
		 unsigned char *to)
{
	uint64_t page = kva & ~(uint64_t)(sizeof(r->memmap) - 1);

	if (page != r->memmap_kva || !page) {
		r->memmap_kva = 0;
		if (ofl_read(r->t, page, r->memmap,
			     sizeof(r->memmap)) != OFL_READ_OK)
			/* a recording has what was asked for and no more */
			return ofl_read(r->t, kva, to, bytes) == OFL_READ_OK;
		r->memmap_kva = page;
	}
	memcpy(to, r->memmap + (kva - page), bytes);
	return true;
}

const unsigned char *ofl_pagereader_get(struct ofl_pagereader *r, uint64_t kva)
{
	uint64_t bytes = r->l->struct_page_bytes;
	uint64_t first = sizeof(r->memmap) - kva % sizeof(r->memmap);
	bool ok;

	if (bytes > sizeof(r->raw))
		return NULL;
	if (first > bytes)
		first = bytes;
	ok = copy(r, kva, first, r->raw) &&
	     (first == bytes ||
	      copy(r, kva + first, bytes - first, r->raw + first));
	return ok ? r->raw : NULL;
}
