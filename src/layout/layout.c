// SPDX-License-Identifier: GPL-2.0-or-later
/* layout.c - look up facts and page flags */
#include <string.h>

#include "layout/layout.h"
#include "target/text.h"

size_t ofl_facts_count(const struct ofl_layout *l, const enum ofl_fact_id *id,
		       size_t nr)
{
	size_t i, known = 0;

	for (i = 0; i < nr; i++)
		known += l->fact[id[i]].known;
	return known;
}

bool ofl_facts_known(const struct ofl_layout *l, const enum ofl_fact_id *id,
		     size_t nr)
{
	return ofl_facts_count(l, id, nr) == nr;
}

bool ofl_fact_read_u64(const struct ofl_target *t, const struct ofl_layout *l,
		       uint64_t kva, enum ofl_fact_id member, uint64_t *ret)
{
	return l->fact[member].known &&
	       ofl_read_u64(t, kva + ofl_fact_u64(l, member), ret);
}

bool ofl_fact_read_u32(const struct ofl_target *t, const struct ofl_layout *l,
		       uint64_t kva, enum ofl_fact_id member, uint32_t *ret)
{
	return l->fact[member].known &&
	       ofl_read_u32(t, kva + ofl_fact_u64(l, member), ret);
}

uint64_t ofl_pageflag_mask(const struct ofl_layout *l, const char *name)
{
	unsigned int i;

	for (i = 0; i < l->nr_pageflags; i++)
		if (!strcmp(l->pageflag[i].name, name))
			return l->pageflag[i].mask;
	return 0;
}

void ofl_pageflags_text(const struct ofl_layout *l, uint64_t flags, char *buf,
			size_t bytes)
{
	struct ofl_text text = ofl_text_over(buf, bytes);
	unsigned int i;

	for (i = 0; i < l->nr_pageflags; i++)
		if (flags & l->pageflag[i].mask)
			ofl_text_item(&text, ",", "%s", l->pageflag[i].name);
	if (!l->pageflags_whole)
		ofl_text_item(&text, ",", "?");
	else if (!text.used)
		ofl_text_add(&text, "-");
}
