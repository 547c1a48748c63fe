// SPDX-License-Identifier: GPL-2.0-or-later
/* movable.c - driver pages with movable operations: zsmalloc */
#include <inttypes.h>
#include <stdio.h>

#include "holders/holder.h"

#define MAPPING_BITS	3
#define MAPPING_MOVABLE	2	/* PAGE_MAPPING_MOVABLE, until v6.17 */

static bool movable_find(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t *key)
{
	const struct ofl_page_format *f = &e->walk.format;
	uint64_t mapping = ofl_page_mapping(f, p->raw);

	(void)state;
	*key = 0;
	if (ofl_page_is_type(f, OFL_TYPE_ZSMALLOC, p->type))
		return true;
	*key = mapping & ~(uint64_t)MAPPING_BITS;
	return p->kind == OFL_KIND_MOVABLE_OPS &&
	       (mapping & MAPPING_BITS) == MAPPING_MOVABLE;
}

static bool movable_name(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t key,
			 struct ofl_holder *ret)
{
	struct ofl_text text = ofl_text_over(ret->name, sizeof(ret->name));
	char symbol[96];

	(void)state;
	(void)p;
	if (!key) {
		snprintf(ret->name, sizeof(ret->name), "zsmalloc");
		snprintf(ret->detail, sizeof(ret->detail), "zram or zswap");
		return true;
	}
	if (ofl_symbol_at(&e->walk.t, key, symbol, sizeof(symbol))) {
		ofl_text_escaped(&text, symbol);
		return true;
	}
	return ofl_walk_broke(&e->walk, key, "are movable operations without a name");
}

const struct ofl_holder_ops ofl_holder_movable = {
	.kind = "movable",
	.evidence = "PGTY_zsmalloc, or the name of the movable operations",
	.what = "zsmalloc, which zram and zswap use; else the symbol of the operations",
	.find = movable_find, .name = movable_name,
};
