// SPDX-License-Identifier: GPL-2.0-or-later
/* layout.c - look up facts and page flags */
#include <string.h>

#include "layout/layout.h"
#include "target/text.h"

int64_t ofl_fact_value(const struct ofl_layout *l, enum ofl_fact_id id,
		       int64_t other)
{
	return l->fact[id].known ? l->fact[id].value : other;
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
