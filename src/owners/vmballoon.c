// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vmballoon.c - VMware's balloon: 4 KiB pages of the balloon core, 2 MiB units
 *
 * There is one device, the static "balloon" of module vmw_balloon. A 2 MiB
 * unit is no compound page: its first page has the reference and is on the
 * list huge_pages, the 511 behind it have refcount 0, and all are marked.
 *
 * Source: drivers/misc/vmw_balloon.c; marked since v5.1.
 */
#include <stdio.h>
#include <stdlib.h>

#include "owners/balloon.h"
#include "layout/types.h"

#define MODULE		"vmw_balloon"
#define UNIT_PAGES	512	/* VMW_BALLOON_2M_ORDER 9 */
#define FRAME_BYTES	4096	/* of size and target */

enum field { F_SIZE, F_TARGET, F_INFO, F_HUGE, F_SEM, NR_FIELDS };

static const char *const fields[NR_FIELDS] = {
	[F_SIZE] = "size",
	[F_TARGET] = "target",
	[F_INFO] = "b_dev_info",
	[F_HUGE] = "huge_pages",
	[F_SEM] = "conf_sem.count",
};

/** struct state - the driver in this dump */
struct state {
	const struct ofl_env *env;
	struct ofl_balloons b;		/* 4 KiB pages; one device at most */
	struct ofl_pagelist huge;
	uint64_t kva;			/* struct vmballoon; 0: not found */
	uint64_t offset[NR_FIELDS];
	bool layout;
	bool sem;			/* offset[F_SEM] is known */
	enum ofl_types_source source;
};

static void load_layout(struct state *st)
{
	struct ofl_types ty;
	struct ofl_member m;
	int i;

	ofl_types_open(st->env->t, st->env->l, MODULE, "vmballoon", &ty);
	st->source = ty.source;
	st->layout = ty.source != OFL_TYPES_NOWHERE;
	for (i = 0; i < NR_FIELDS; i++) {
		bool known = ofl_types_member(&ty, "vmballoon", fields[i], &m);

		if (known)
			st->offset[i] = m.offset_bytes;
		if (i == F_SEM)
			st->sem = known;
		else
			st->layout &= known;
	}
	ofl_types_close(&ty);
}

/* the static of the module, or of a kernel that has the driver built in */
static bool find_device(const struct ofl_env *env, uint64_t *kva)
{
	const struct ofl_target *t = env->t;
	struct ofl_module m;
	uint64_t bytes;

	*kva = 0;
	switch (ofl_module_find(t, env->l, MODULE, &m)) {
	case OFL_MODULE_LOADED:
		ofl_module_symbol(&m, "balloon", kva);
		ofl_module_close(&m);
		return true;
	case OFL_MODULE_ABSENT:
	case OFL_MODULE_UNKNOWN:
		break;
	}
	/* a symbol is looked up in no time, a struct that is not there is not */
	return t->ops->symbol(t->ctx, "balloon", kva) &&
	       t->ops->struct_bytes(t->ctx, "vmballoon", &bytes);
}

static enum ofl_status walk(struct state *st, struct ofl_err *err)
{
	struct ofl_balloon *d;
	enum ofl_status status;

	status = ofl_balloons_add(&st->b, st->kva + st->offset[F_INFO], &d, err);
	if (d)
		d->driver_kva = st->kva;
	st->huge.unit_pages = UNIT_PAGES;
	return status ? status :
	       ofl_pagelist_walk(st->env, st->kva + st->offset[F_HUGE],
				 &st->huge, err);
}

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	struct state *st;
	uint64_t kva;

	if (!ofl_balloon_known(env->l) || !find_device(env, &kva))
		return OFL_OK;
	st = calloc(1, sizeof(*st));
	if (!st)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for vmballoon");
	*state = st;
	st->env = st->b.env = env;
	st->b.module = MODULE;
	st->b.migrate = "vmballoon_migratepage";
	st->kva = kva;
	load_layout(st);
	return st->kva && st->layout ? walk(st, err) : OFL_OK;
}

static void free_state(void *state)
{
	struct state *st = state;

	ofl_balloons_free(&st->b);
	ofl_pagelist_free(&st->huge);
	free(st);
}

/* units are on their list or nowhere; pages mostly point back to the device */
static bool lists_are_whole(const struct state *st)
{
	return st->huge.end == OFL_LIST_WHOLE && ofl_balloons_known(&st->b);
}

static const char *blind(const struct ofl_env *env, const void *state)
{
	const struct state *st = state;

	(void)env;
	if (!st)
		return NULL;
	if (!st->layout)
		return "vmballoon: no layout, try mod -s vmw_balloon";
	if (!st->kva)
		return "vmballoon: no symbols of vmw_balloon";
	return lists_are_whole(st) ? NULL :
	       "vmballoon: its list of pages was not read to the end";
}

static unsigned int devices(const void *state, struct ofl_device *ret)
{
	const struct state *st = state;

	*ret = (struct ofl_device){ .kva = st->kva };
	if (!st->layout)
		snprintf(ret->note, sizeof(ret->note),
			 "layout of struct vmballoon is not known, owners of 2 MiB units neither: mod -s vmw_balloon");
	else if (!st->kva)
		snprintf(ret->note, sizeof(ret->note),
			 "the module is loaded, but its symbols are not in the dump");
	return 1;
}

static bool claim(void *state, const struct ofl_owner_page *p,
		  struct ofl_claim *ret)
{
	struct state *st = state;
	uint64_t end = ofl_pfnset_end(&st->huge.set, p->pfn);
	bool is_his;

	if (ofl_pfnset_has(&st->huge.set, p->pfn)) {
		ret->evidence = OFL_EV_LIST;
		ret->unit_pfn = p->pfn / UNIT_PAGES * UNIT_PAGES;
		ret->unit_pages = UNIT_PAGES;
		ret->unit_tail = p->pfn % UNIT_PAGES;
		ret->end_pfn = !ret->unit_tail ? p->pfn + 1 :
			       end < ret->unit_pfn + UNIT_PAGES ? end :
			       ret->unit_pfn + UNIT_PAGES;
		return true;
	}
	is_his = ofl_balloons_claim(&st->b, p, ret);
	ret->device = 0;
	if (end < ret->end_pfn)
		ret->end_pfn = end;
	return is_his;
}

static void find_in_flight(const struct state *st, struct ofl_account *a)
{
	uint64_t count;

	/* rw_semaphore.count: 0 when nobody reads or writes */
	if (st->sem && ofl_read_u64(st->env->t, st->kva + st->offset[F_SEM],
				    &count) && count)
		snprintf(a->in_flight, sizeof(a->in_flight),
			 "conf_sem is held: inflating, deflating or migrating");
}

static void account(const void *state, unsigned int device,
		    struct ofl_account *a)
{
	const struct state *st = state;
	uint64_t v;

	(void)device;
	ofl_account_detail(a, "layout", "%s",
			   ofl_types_source_text(st->source));
	if (st->b.nr)
		ofl_balloon_account(&st->b.dev[0], a);
	if (!st->kva || !st->layout)
		return;
	find_in_flight(st, a);
	a->not_in_node_stat = (int64_t)st->huge.set.pages;
	ofl_account_counter(a, "huge_pages", (int64_t)st->huge.entries);
	if (ofl_read_u64(st->env->t, st->kva + st->offset[F_TARGET], &v))
		ofl_account_counter(a, "target", (int64_t)v);
	if (ofl_read_u64(st->env->t, st->kva + st->offset[F_SIZE], &v)) {
		ofl_account_counter(a, "size", (int64_t)v);
		a->known = (int64_t)v >= 0;
		a->expected = (int64_t)(v * FRAME_BYTES /
					st->env->l->page_bytes);
		if (!a->known)
			ofl_account_complain(a, OFL_SEV_ERROR,
				"counter-negative", 0, 0, "size is negative");
	}
	ofl_pagelist_complain(&st->huge, "the list of 2 MiB units", a);
}

const struct ofl_owner_ops ofl_owner_vmballoon = {
	.name = "vmballoon",
	.in_node_stat = true,
	.in_vm_events = true,
	.probe = probe,
	.free = free_state,
	.blind = blind,
	.devices = devices,
	.claim = claim,
	.account = account,
};
