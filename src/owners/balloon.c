// SPDX-License-Identifier: GPL-2.0-or-later
/* balloon.c - devices of the balloon core */
#include <stdlib.h>
#include <string.h>

#include "owners/balloon.h"

bool ofl_balloon_known(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_BALLOON_PAGES) &&
	       ofl_fact_known(l, OFL_F_BALLOON_ISOLATED) &&
	       ofl_fact_known(l, OFL_F_BALLOON_MIGRATE);
}

/* an empty list or not, what its neighbours say must fit the head */
static bool is_list_head(const struct ofl_target *t, uint64_t head_kva)
{
	uint64_t next, prev, back;

	return ofl_read_u64(t, head_kva, &next) &&
	       ofl_read_u64(t, head_kva + 8, &prev) && next && prev &&
	       ofl_read_u64(t, next + 8, &back) && back == head_kva;
}

static bool read_info(const struct ofl_env *env, struct ofl_balloon *d)
{
	const struct ofl_layout *l = env->l;

	return ofl_fact_read_u64(env->t, l, d->kva, OFL_F_BALLOON_ISOLATED,
				 &d->isolated) &&
	       ofl_fact_read_u64(env->t, l, d->kva, OFL_F_BALLOON_MIGRATE,
				 &d->migrate_kva) &&
	       is_list_head(env->t, d->kva + ofl_fact_u64(l, OFL_F_BALLOON_PAGES));
}

/* entries are struct pages: what lies elsewhere is on no list of a balloon */
static bool in_memmap(const struct ofl_layout *l, uint64_t kva)
{
	return kva >= l->vmemmap_kva && (kva - l->vmemmap_kva) /
	       l->struct_page_bytes < l->nr_sections * l->section_pages;
}

/* could all that proves it no device be read where one should be? */
static bool is_readable(const struct ofl_env *env, uint64_t kva)
{
	const struct ofl_layout *l = env->l;
	const struct ofl_target *t = env->t;
	uint64_t head = kva + ofl_fact_u64(l, OFL_F_BALLOON_PAGES), next, v;

	return ofl_read_u64(t, head, &next) && ofl_read_u64(t, head + 8, &v) &&
	       (next || v) &&	/* else it is not in the dump */
	       (!in_memmap(l, next) || ofl_read_u64(t, next + 8, &v)) &&
	       ofl_fact_read_u64(t, l, kva, OFL_F_BALLOON_ISOLATED, &v) &&
	       ofl_fact_read_u64(t, l, kva, OFL_F_BALLOON_MIGRATE, &v);
}

/* a place for one more; those that were read earlier make room */
static struct ofl_balloon *next_place(struct ofl_balloons *b)
{
	unsigned int max = b->max ? b->max * 2 : 4;
	struct ofl_balloon *more;

	if (b->nr_read == b->max) {
		more = realloc(b->dev, max * sizeof(*more));
		if (!more)
			return NULL;
		b->dev = more;
		b->max = max;
	}
	if (b->nr_read > b->nr)
		b->dev[b->nr_read] = b->dev[b->nr];
	return &b->dev[b->nr];
}

static enum ofl_status read_device(const struct ofl_balloons *b,
				   struct ofl_balloon *d, uint64_t kva,
				   struct ofl_err *err)
{
	struct ofl_missed before = ofl_missed_begin(b->env->t);
	enum ofl_status st;

	memset(d, 0, sizeof(*d));
	d->kva = kva;
	d->read = read_info(b->env, d);
	d->lost = !d->read && !is_readable(b->env, kva);
	d->list.unit_pages = 1;
	/* without migration pages do not point back */
	d->list.private = d->migrate_kva ? kva : 0;
	st = ofl_pagelist_walk(b->env,
			       kva + ofl_fact_u64(b->env->l, OFL_F_BALLOON_PAGES),
			       &d->list, err);
	ofl_missed_end(b->env->t, &before, &d->missed);
	return st;
}

static enum ofl_status add(struct ofl_balloons *b, uint64_t kva,
			   struct ofl_balloon **ret, struct ofl_err *err)
{
	struct ofl_balloon *d = next_place(b);
	enum ofl_status st;

	*ret = NULL;
	if (!d)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for a balloon");
	st = read_device(b, d, kva, err);
	if (st) {
		ofl_pagelist_free(&d->list);
		if (b->nr_read > b->nr)
			*d = b->dev[b->nr_read];
		return st;
	}
	b->nr++;
	b->nr_read++;
	*ret = d;
	return OFL_OK;
}

enum ofl_status ofl_balloons_add(struct ofl_balloons *b, uint64_t kva,
				 struct ofl_balloon **ret, struct ofl_err *err)
{
	enum ofl_status st = add(b, kva, ret, err);

	b->nr_probed = b->nr;
	return st;
}

void *ofl_balloons_new(const struct ofl_env *env,
		       const struct ofl_balloon_driver *driver, size_t bytes,
		       struct ofl_err *err)
{
	struct ofl_balloons *b = calloc(1, bytes);

	if (!b) {
		ofl_fail(err, OFL_ERR_NOMEM, "no memory for its records");
		return NULL;
	}
	b->env = env;
	b->driver = driver;
	return b;
}

void ofl_balloons_free(void *state)
{
	struct ofl_balloons *b = state;
	unsigned int i;

	for (i = 0; i < b->nr_read; i++)
		ofl_pagelist_free(&b->dev[i].list);
	free(b->dev);
	free(b->kept);
	free(b);
}

void ofl_balloons_forget(void *state)
{
	struct ofl_balloons *b = state;

	b->nr = b->nr_probed;
	b->refused = 0;
	b->why_unknown = NULL;
}

/* does migratepage have the name that only our driver's has? */
static bool has_name(const struct ofl_balloons *b, uint64_t call_kva)
{
	const struct ofl_target *t = b->env->t;
	struct ofl_module m;
	char name[OFL_STR_MAX];
	bool ok;

	if (!b->driver->migrate)
		return true;
	if (ofl_symbol_at(t, call_kva, name, sizeof(name)))
		return !strcmp(name, b->driver->migrate);
	/* the host has no symbols of modules, but the dump has */
	ok = ofl_module_find(t, b->env->l, b->driver->module, &m) == OFL_MODULE_LOADED &&
	     ofl_module_symbol_at(&m, call_kva, name, sizeof(name)) &&
	     !strcmp(name, b->driver->migrate);
	ofl_module_close(&m);
	return ok;
}

/* a device that a page made known before the last forget() is the next one */
static struct ofl_balloon *read_before(struct ofl_balloons *b, uint64_t kva)
{
	struct ofl_balloon found;
	unsigned int i;

	for (i = b->nr; i < b->nr_read; i++) {
		if (b->dev[i].kva != kva)
			continue;
		found = b->dev[i];
		b->dev[i] = b->dev[b->nr];
		b->dev[b->nr] = found;
		ofl_missed_again(b->env->t, &found.missed);
		return &b->dev[b->nr++];
	}
	return NULL;
}

bool ofl_balloons_keep(void *state)
{
	struct ofl_balloons *b = state;
	unsigned int i, nr = b->nr - b->nr_probed;
	uint64_t *more = nr ? realloc(b->kept, nr * sizeof(*more)) : b->kept;

	if (nr && !more)
		return false;
	b->kept = more;
	b->nr_kept = nr;
	for (i = 0; i < nr; i++)
		more[i] = b->dev[b->nr_probed + i].kva;
	return true;
}

void ofl_balloons_resume(void *state)
{
	struct ofl_balloons *b = state;
	unsigned int i;

	ofl_balloons_forget(state);
	for (i = 0; i < b->nr_kept; i++)
		read_before(b, b->kept[i]);
}

/*
 * May @p, which no driver knows, be a balloon's? The nameless driver is asked
 * last, and has no name to prove a device by: movable operations have to.
 */
static const char *why_unknown(const struct ofl_balloons *b,
			       const struct ofl_owner_page *p, bool is_info)
{
	if (b->driver->migrate)
		return NULL;
	if (is_info)
		return p->movable_ops ? NULL :
		       "balloons: a page points to one, and has no movable operations";
	return p->movable_ops && !is_readable(b->env, p->private) ?
	       "balloons: a page points to one that cannot be read" : NULL;
}

/* a page points to a device that neither the bus nor the module has */
static struct ofl_balloon *adopt(struct ofl_balloons *b,
				 const struct ofl_owner_page *p)
{
	struct ofl_balloon probe = { .kva = p->private }, *d;
	struct ofl_err err;
	bool is_info;

	b->why_unknown = NULL;
	if (p->private % 8)
		return NULL;
	/* what is no device stays none; why that is may differ from page to page */
	if (p->private == b->refused) {
		b->why_unknown = why_unknown(b, p, false);
		return NULL;
	}
	d = read_before(b, p->private);
	if (d)
		return d;
	is_info = read_info(b->env, &probe) && has_name(b, probe.migrate_kva);
	b->why_unknown = why_unknown(b, p, is_info);
	if (!is_info)
		b->refused = p->private;
	if (!is_info || b->why_unknown)
		return NULL;
	if (add(b, p->private, &d, &err))
		b->why_unknown = "balloons: no memory for a list of pages";
	return d;
}

static struct ofl_balloon *by_kva(struct ofl_balloons *b, uint64_t kva)
{
	unsigned int i;

	for (i = 0; i < b->nr; i++)
		if (b->dev[i].kva == kva)
			return &b->dev[i];
	return NULL;
}

static struct ofl_balloon *by_list(struct ofl_balloons *b, uint64_t pfn)
{
	unsigned int i;

	for (i = 0; i < b->nr; i++)
		if (ofl_pfnset_has(&b->dev[i].list.set, pfn))
			return &b->dev[i];
	return NULL;
}

/* up to where each list has all pages, or none, as it has @pfn or not */
static uint64_t lists_end(struct ofl_balloons *b, uint64_t pfn)
{
	uint64_t end, first = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < b->nr; i++) {
		end = ofl_pfnset_end(&b->dev[i].list.set, pfn);
		if (end < first)
			first = end;
	}
	return first;
}

/* balloon_page_insert(): page->private is the device if pages can migrate */
static struct ofl_balloon *by_pointer(struct ofl_balloons *b,
				      const struct ofl_owner_page *p,
				      struct ofl_claim *ret)
{
	struct ofl_balloon *d = by_kva(b, p->private);

	if (!d) {
		d = adopt(b, p);
		ret->blind = d ? NULL : b->why_unknown;
	}
	ret->evidence = d && ofl_pfnset_has(&d->list.set, p->pfn) ?
			OFL_EV_LIST : OFL_EV_POINTER;
	ret->list_cut = d && d->list.end != OFL_LIST_WHOLE;
	return d;
}

bool ofl_balloons_claim(void *state, const struct ofl_owner_page *p,
			struct ofl_claim *ret)
{
	struct ofl_balloons *b = state;
	struct ofl_balloon *d = by_list(b, p->pfn);

	ret->evidence = OFL_EV_LIST;
	if (!d && p->private)
		d = by_pointer(b, p, ret);
	/* lists and the pointer decide, and pages like this one point alike */
	ret->end_pfn = lists_end(b, p->pfn);
	if (!d)
		return false;
	ret->device = (unsigned int)(d - b->dev);
	ret->mgo = OFL_MGO_NONE;
	return true;
}

bool ofl_balloons_known(const struct ofl_balloons *b)
{
	unsigned int i;

	for (i = 0; i < b->nr; i++)
		if (!b->dev[i].migrate_kva &&
		    b->dev[i].list.end != OFL_LIST_WHOLE)
			return false;
	return true;
}

/* balloon_page_finalize() came in the series of PG_movable_ops (v6.17) */
bool ofl_balloons_have_batch(const void *state)
{
	const struct ofl_balloons *b = state;
	const struct ofl_layout *l = b->env->l;

	return ofl_fact_known(l, OFL_F_PG_MOVABLE_OPS) ||
	       !ofl_fact_known(l, OFL_F_PG_ISOLATED) ||
	       strstr(l->fact[OFL_F_PG_ISOLATED].source, "movable_ops");
}

void ofl_balloon_account(const struct ofl_balloon *b, struct ofl_account *a)
{
	ofl_account_counter(a, "isolated_pages", (int64_t)b->isolated);
	ofl_pagelist_count(&b->list, "listed", "listed_at_least",
			   b->list.set.pages, a);
	if ((int64_t)b->isolated < 0)
		ofl_account_complain(a, OFL_FINDING_NEGATIVE, false, 0, 0,
				     "isolated_pages is negative");
	if (b->lost)
		ofl_account_complain(a, OFL_FINDING_UNREADABLE, false, 0, 0,
				     "balloon_dev_info at %#llx cannot be read",
				     (unsigned long long)b->kva);
	else if (!b->read)
		ofl_account_complain(a, OFL_FINDING_BROKEN, false, 0, 0,
				     "balloon_dev_info at %#llx is not one",
				     (unsigned long long)b->kva);
	ofl_pagelist_complain(&b->list, "the list of balloon pages", a);
}

void ofl_balloon_expect_list(const struct ofl_balloon *b, struct ofl_account *a)
{
	a->known = b->read && b->list.end == OFL_LIST_WHOLE;
	a->expected = (int64_t)(b->list.set.pages + b->isolated);
}
