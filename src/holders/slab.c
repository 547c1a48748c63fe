// SPDX-License-Identifier: GPL-2.0-or-later
/* slab.c - the cache of a slab page: struct slab.slab_cache */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "holders/holder.h"
#include "holders/overlay.h"

/** struct caches - the state */
struct caches {
	struct ofl_kva_set all;
	struct ofl_break broken;
	bool known;			/* where slab_caches is */
};

static bool collect(struct ofl_walk *w, uint64_t node_kva, void *arg)
{
	struct caches *c = arg;

	return !ofl_kva_set_add(&c->all, w, node_kva -
				ofl_fact_u64(w->l, OFL_F_CACHE_LIST));
}

/* slab_caches has every cache: what is not on it is none */
static bool slab_open(struct ofl_holder_env *e, void **state)
{
	struct caches *c = calloc(1, sizeof(*c));
	const struct ofl_layout *l = e->walk.l;

	*state = c;
	if (!c)
		return false;
	c->known = ofl_fact_known(l, OFL_F_SLAB_CACHES) &&
		   ofl_fact_known(l, OFL_F_CACHE_LIST);
	if (c->known)
		ofl_walk_list(&e->walk, ofl_fact_u64(l, OFL_F_SLAB_CACHES),
			      collect, c);
	ofl_break_keep(&c->broken, &e->walk);
	ofl_kva_set_sort(&c->all);
	return true;
}

static void slab_close(void *state)
{
	struct caches *c = state;

	ofl_kva_set_free(&c->all);
	free(c);
}

/* what is not on the list: behind its break, or not kept, or no cache */
static bool no_cache(struct ofl_walk *w, const struct caches *c,
		     const struct ofl_held *p)
{
	if (!c->known)
		return ofl_walk_untold(w, "this kernel's list of slab caches is not known");
	if (c->broken.what)
		return ofl_break_tell(&c->broken, w);
	if (w->lost)
		return ofl_walk_untold(w, "not every slab cache was looked at");
	return ofl_walk_broke(w, ofl_walk_at(w, p->page_kva, OFL_F_SLAB_CACHE),
			      "names no cache of slab_caches");
}

static bool slab_find(struct ofl_holder_env *e, void *state,
		      const struct ofl_held *p, uint64_t *key)
{
	const struct caches *c = state;
	struct ofl_walk *w = &e->walk;
	const struct ofl_page_format *f = &w->format;

	if (!ofl_page_is_slab(f, p->raw) ||
	    !ofl_fact_known(w->l, OFL_F_SLAB_CACHE))
		return false;
	*key = ofl_overlay_cache(f, p->raw);
	return ofl_kva_set_has(&c->all, *key) || no_cache(w, c, p);
}

static bool slab_name(struct ofl_holder_env *e, void *state,
		      const struct ofl_held *p, uint64_t key,
		      struct ofl_holder *ret)
{
	const struct ofl_layout *l = e->walk.l;
	uint64_t name_kva, bytes;

	(void)state;
	(void)p;
	if (!ofl_walk_number(&e->walk, key, OFL_F_CACHE_NAME, 8, &name_kva) ||
	    !ofl_walk_text(&e->walk, name_kva, ret->name, sizeof(ret->name)))
		return false;
	if (ofl_walk_number(&e->walk, key, OFL_F_CACHE_OBJECT_BYTES,
			    (unsigned int)ofl_fact_value(l,
				OFL_F_CACHE_OBJECT_SIZE, 4), &bytes))
		snprintf(ret->detail, sizeof(ret->detail),
			 "objects of %" PRIu64 " bytes", bytes);
	return true;
}

static uint64_t slab_objects(struct ofl_holder_env *e, const struct ofl_held *p)
{
	return ofl_overlay_objects(&e->walk.format, p->raw);
}

const struct ofl_holder_ops ofl_holder_slab = {
	.kind = "slab",
	.evidence = "struct slab.slab_cache, which is on slab_caches",
	.what = "name of the cache, objects in use",
	.open = slab_open, .close = slab_close,
	.find = slab_find, .name = slab_name, .objects = slab_objects,
};
