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

#include "owners/balloon.h"
#include "owners/single.h"
#include "target/text.h"

#define MODULE		"vmw_balloon"
#define UNIT_PAGES	512	/* VMW_BALLOON_2M_ORDER 9 */
#define BATCH_PAGES	(512 * UNIT_PAGES)	/* batch_page[] of 2 MiB units */
#define FRAME_BYTES	4096	/* of size and target */

enum field { F_SIZE, F_TARGET, F_INFO, F_HUGE, F_SEM, F_RT_SEM, NR_FIELDS };

#define READER_BIAS	UINT64_C(0x80000000)	/* of struct rwbase_rt */

static const struct ofl_field fields[NR_FIELDS] = {
	[F_SIZE] = { "vmballoon", "size", NULL, 8, false },
	[F_TARGET] = { "vmballoon", "target", NULL, 8, false },
	[F_INFO] = { "vmballoon", "b_dev_info", NULL, 0, false },
	[F_HUGE] = { "vmballoon", "huge_pages", NULL, 0, false },
	[F_SEM] = { "vmballoon", "conf_sem.count", NULL, 8, true },
	/* with PREEMPT_RT, since 42254105dfe8 (in v5.15) */
	[F_RT_SEM] = { "vmballoon", "conf_sem.rwbase.readers", NULL, 4, true },
};

static const struct ofl_balloon_driver driver = {
	.name = "vmw_balloon",
	.module = MODULE,
	.migrate = "vmballoon_migratepage",
};

static const struct ofl_single_driver single = {
	.module = MODULE,
	.variable = "balloon",
	.type = "vmballoon",
	.field = fields,
	.nr_fields = NR_FIELDS,
	.no_layout = "vmw_balloon: no layout, try mod -s vmw_balloon",
	.no_debuginfo = "vmw_balloon: no layout, the file that mod -s loaded has no debuginfo",
	.note = "layout of struct vmballoon is not known, owners of 2 MiB units neither",
	.no_symbols = "vmw_balloon: no symbols of vmw_balloon",
};

/** struct state - the driver in this dump */
struct state {
	struct ofl_balloons b;		/* 4 KiB pages; one device at most */
	struct ofl_pagelist huge;
	struct ofl_single one;		/* struct vmballoon */
	struct ofl_place at[NR_FIELDS];
};

static void load_layout(struct state *st)
{
	struct ofl_types ty;

	ofl_single_load(st->b.env, &st->one, &ty, st->at);
	ofl_types_close(&ty);
}

static bool get(const struct state *st, enum field f, uint64_t *ret)
{
	return ofl_place_read(st->b.env->t, st->one.kva, &st->at[f], ret);
}

static enum ofl_status walk(struct state *st, struct ofl_err *err)
{
	uint64_t kva = st->one.kva;
	struct ofl_balloon *d;
	enum ofl_status status;

	status = ofl_balloons_add(&st->b, kva + st->at[F_INFO].offset_bytes, &d,
				  err);
	if (d)
		d->driver_kva = kva;
	st->huge.unit_pages = UNIT_PAGES;
	return status ? status :
	       ofl_pagelist_walk(st->b.env, kva + st->at[F_HUGE].offset_bytes,
				 &st->huge, err);
}

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	struct ofl_single one;
	struct state *st;

	if (!ofl_balloon_known(env->l) || !ofl_single_find(env, &single, &one))
		return OFL_OK;
	st = *state = ofl_balloons_new(env, &driver, sizeof(*st), err);
	if (!st)
		return OFL_ERR_NOMEM;
	st->one = one;
	load_layout(st);
	return ofl_single_blind(&st->one) ? OFL_OK : walk(st, err);
}

static void free_state(void *state)
{
	struct state *st = state;

	ofl_pagelist_free(&st->huge);
	ofl_balloons_free(st);
}

/* units are on their list or nowhere; pages mostly point back to the device */
static bool lists_are_whole(const struct state *st)
{
	return st->huge.end == OFL_LIST_WHOLE && ofl_balloons_known(&st->b);
}

static const char *blind(const struct ofl_env *env, const void *state)
{
	const struct state *st = state;
	const char *why;

	(void)env;
	if (!st)
		return NULL;
	why = ofl_single_blind(&st->one);
	return why ? why : lists_are_whole(st) ? NULL :
	       "vmw_balloon: its list of pages was not read to the end";
}

static void device(const void *state, unsigned int device,
		   struct ofl_device *ret)
{
	const struct state *st = state;

	(void)device;
	ofl_single_show(&st->one, ret);
}

static bool claim(void *state, const struct ofl_owner_page *p,
		  struct ofl_claim *ret)
{
	struct state *st = state;
	uint64_t end = ofl_pfnset_end(&st->huge.set, p->pfn);
	bool owns;

	/* vmballoon_enqueue_page_list(): a 2 MiB unit */
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
	owns = ofl_balloons_claim(&st->b, p, ret);
	ret->device = 0;
	if (end < ret->end_pfn)
		ret->end_pfn = end;
	return owns;
}

static const char *at_work(const void *state, unsigned int device)
{
	const struct state *st = state;
	uint64_t count;

	(void)device;
	if (ofl_single_blind(&st->one))
		return NULL;
	/* rw_semaphore.count: 0 while it is not held; readers: the bias alone */
	if (!get(st, F_SEM, &count)) {
		if (!get(st, F_RT_SEM, &count))
			return "whether conf_sem is held is not known";
		count ^= READER_BIAS;
	}
	return count ? "conf_sem is held: inflating, deflating or migrating" :
		       NULL;
}

static void account(const void *state, unsigned int device,
		    struct ofl_account *a)
{
	const struct state *st = state;
	uint64_t v;

	(void)device;
	ofl_account_detail(a, "layout", "%s",
			   ofl_types_source_text(st->one.source));
	if (st->b.nr)
		ofl_balloon_account(&st->b.dev[0], a);
	if (ofl_single_blind(&st->one))
		return;
	ofl_account_in_flight(a, at_work(state, device));
	a->not_in_node_stat = (int64_t)st->huge.set.pages;
	ofl_pagelist_count(&st->huge, "huge_pages", "huge_pages_at_least",
			   st->huge.entries, a);
	if (get(st, F_TARGET, &v))
		ofl_account_counter(a, "target", (int64_t)v);
	if (get(st, F_SIZE, &v)) {
		ofl_account_counter(a, "size", (int64_t)v);
		a->known = (int64_t)v >= 0;
		a->expected = (int64_t)(v * FRAME_BYTES /
					st->b.env->l->page_bytes);
		if (!a->known)
			ofl_account_complain(a, OFL_FINDING_NEGATIVE, false,
					     0, 0, "size is negative");
	}
	ofl_pagelist_complain(&st->huge, "the list of 2 MiB units", a);
}

static const char *wants(const void *state)
{
	const struct state *st = state;

	return st->one.layout ? NULL : MODULE;
}

const struct ofl_owner_ops ofl_owner_vmballoon = {
	.name = "vmw_balloon",
	.mark = 'w',
	.next = "deflate the balloon on the host (less pressure, or a higher limit), then offline the block",
	.in_node_stat = true,
	.in_vm_events = true,
	.batch_pages = BATCH_PAGES,
	.probe = probe,
	.free = free_state,
	.blind = blind,
	.wants = wants,
	.device = device,
	.claim = claim,
	.forget = ofl_balloons_forget,
	.keep = ofl_balloons_keep,
	.resume = ofl_balloons_resume,
	.account = account,
	.at_work = at_work,
};
