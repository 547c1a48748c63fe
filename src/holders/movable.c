// SPDX-License-Identifier: GPL-2.0-or-later
/* movable.c - driver pages with movable operations: zsmalloc, and its pools */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "holders/holder.h"
#include "holders/may.h"
#include "owners/field.h"

/*
 * mm/zsmalloc.c: page.private of each page is its zspage, and the zspage's first
 * page is one of those; zspage.pool is since v5.17, first_zpdesc since v6.14
 */
enum { FIRST, POOL, NAME, NR_FIELDS };

static const struct ofl_field field[NR_FIELDS] = {
	[FIRST] = { "zspage", "first_zpdesc", "first_page", 8, false },
	[POOL] = { "zspage", "pool", NULL, 8, false },
	[NAME] = { "zs_pool", "name", NULL, 8, false },
};

/* looked for when the first page of zsmalloc comes: it is a module as a rule */
struct movable {
	bool looked, known;
	struct ofl_types_base base;
	struct ofl_types types;
	struct ofl_place place[NR_FIELDS];
	uint64_t zsmalloc_kva;	/* its movable operations; 0: not seen yet */
};

static bool movable_open(struct ofl_holder_env *e, void **state)
{
	(void)e;
	*state = calloc(1, sizeof(struct movable));
	return *state;
}

static void movable_close(void *state)
{
	struct movable *m = state;

	ofl_types_close(&m->types);
	ofl_types_base_close(&m->base);
	free(m);
}

/* the movable operations of a page; 0: it has none, or not in its mapping */
static uint64_t operations(const struct ofl_holder_env *e,
			   const struct ofl_held *p)
{
	uint64_t mapping = ofl_page_mapping(&e->walk.format, p->raw);

	return (mapping & OFL_MAPPING_BITS) == OFL_MAPPING_MOVABLE ?
	       mapping & ~OFL_MAPPING_BITS : 0;
}

static bool is_zsmalloc(struct ofl_holder_env *e, struct movable *m,
			const struct ofl_held *p)
{
	uint64_t kva = operations(e, p);
	char symbol[96];

	if (ofl_page_is_type(&e->walk.format, OFL_TYPE_ZSMALLOC, p->type))
		return true;
	if (kva && kva != m->zsmalloc_kva && ofl_kind_may(p->kind, OFL_MAY_OPS) &&
	    ofl_symbol_at(&e->walk.t, kva, symbol, sizeof(symbol)) &&
	    !strcmp(symbol, "zsmalloc_mops"))
		m->zsmalloc_kva = kva;
	return kva && kva == m->zsmalloc_kva;
}

static bool pools_known(struct ofl_holder_env *e, struct movable *m)
{
	if (!m->looked) {
		m->looked = true;
		ofl_types_open(&e->walk.t, e->walk.l, "zsmalloc", "zs_pool",
			       &m->base, &m->types);
		m->known = ofl_fields_load(&m->types, field, NR_FIELDS, m->place);
	}
	return m->known && e->walk.format.private_at >= 0;
}

/* read a pointer of the zspage, or of its first page */
static bool follow(struct ofl_walk *w, uint64_t kva, const struct ofl_place *at,
		   uint64_t *ret)
{
	if (!ofl_place_read(&w->t, kva, at, ret))
		return ofl_walk_broke(w, kva, "of zsmalloc is not readable");
	return ofl_is_kernel_pointer(w, *ret) ||
	       ofl_walk_broke(w, kva, "points to no zsmalloc pool");
}

/* the pool of a page, if the page's zspage leads back to it */
static bool find_pool(struct ofl_holder_env *e, struct movable *m,
		      uint64_t zspage_kva, uint64_t *ret)
{
	const struct ofl_place private = {
		.known = true, .number_bytes = 8,
		.offset_bytes = (uint64_t)e->walk.format.private_at };
	struct ofl_walk *w = &e->walk;
	uint64_t first_kva, back_kva;

	if (!ofl_is_kernel_pointer(w, zspage_kva))
		return ofl_walk_broke(w, zspage_kva, "is no zspage");
	if (!follow(w, zspage_kva, &m->place[FIRST], &first_kva) ||
	    !follow(w, first_kva, &private, &back_kva))
		return false;
	if (back_kva != zspage_kva)
		return ofl_walk_broke(w, zspage_kva, "is no zspage of its first page");
	return follow(w, zspage_kva, &m->place[POOL], ret);
}

static bool movable_find(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t *key)
{
	struct movable *m = state;
	uint64_t zspage_kva;

	*key = 0;
	if (is_zsmalloc(e, m, p)) {
		/* a page that is being made or freed has none */
		zspage_kva = ofl_page_private(&e->walk.format, p->raw);
		return !zspage_kva || !pools_known(e, m) ||
		       find_pool(e, m, zspage_kva, key);
	}
	*key = operations(e, p);
	return *key && ofl_kind_may(p->kind, OFL_MAY_OPS);
}

static bool movable_name(struct ofl_holder_env *e, void *state,
			 const struct ofl_held *p, uint64_t key,
			 struct ofl_holder *ret)
{
	struct ofl_text text = ofl_text_over(ret->name, sizeof(ret->name));
	struct movable *m = state;
	uint64_t name_kva;
	char symbol[96];

	if (!key) {
		snprintf(ret->name, sizeof(ret->name), "zsmalloc");
		snprintf(ret->detail, sizeof(ret->detail), "zram or zswap");
		return true;
	}
	if (key != operations(e, p)) {
		snprintf(ret->detail, sizeof(ret->detail), "pool of zsmalloc");
		return (ofl_place_read(&e->walk.t, key, &m->place[NAME],
				       &name_kva) &&
			ofl_walk_text(&e->walk, name_kva, ret->name,
				      sizeof(ret->name))) ||
		       ofl_walk_broke(&e->walk, key, "has no name of a pool");
	}
	if (ofl_symbol_at(&e->walk.t, key, symbol, sizeof(symbol))) {
		ofl_text_escaped(&text, symbol);
		return true;
	}
	return ofl_walk_broke(&e->walk, key, "are movable operations without a name");
}

const struct ofl_holder_ops ofl_holder_movable = {
	.kind = "movable",
	.evidence = "PGTY_zsmalloc or the movable operations; zspage.pool, if its first page leads back",
	.what = "pool of zsmalloc, which zram and zswap use; else the symbol of the operations",
	.open = movable_open, .close = movable_close,
	.find = movable_find, .name = movable_name,
};
