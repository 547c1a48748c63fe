// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmm.c - collaborative memory management of powerpc LPARs
 *
 * The statics of module cmm are found by its symbols; balloon_dev_info and
 * atomic_long_t are types of the kernel proper, so no debuginfo is needed.
 *
 * Source: arch/powerpc/platforms/pseries/cmm.c, on the balloon core since
 * fe030c9b85e6 (in v5.5).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "balloon.h"

#define MODULE "cmm"

/** struct state - the driver in this dump */
struct state {
	const struct ofl_env *env;
	struct ofl_balloons b;
	uint64_t loaned_kva, mutex_kva;	/* 0: not found */
};

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	enum ofl_status status = OFL_OK;
	struct ofl_balloon *d;
	struct ofl_module m;
	struct state *st;
	uint64_t kva;

	if (!ofl_balloon_known(env->l) ||
	    ofl_module_find(env->t, env->l, MODULE, &m) != OFL_MODULE_LOADED)
		return OFL_OK;
	st = calloc(1, sizeof(*st));
	if (!st) {
		ofl_module_close(&m);
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for CMM");
	}
	*state = st;
	st->env = st->b.env = env;
	st->b.module = MODULE;
	st->b.migrate = "cmm_migratepage";
	ofl_module_symbol(&m, "loaned_pages", &st->loaned_kva);
	ofl_module_symbol(&m, "hotplug_mutex", &st->mutex_kva);
	if (ofl_module_symbol(&m, "b_dev_info", &kva)) {
		status = ofl_balloons_add(&st->b, kva, &d, err);
		if (d)
			d->driver_kva = kva;
	}
	ofl_module_close(&m);
	return status;
}

static void free_state(void *state)
{
	struct state *st = state;

	ofl_balloons_free(&st->b);
	free(st);
}

static unsigned int devices(const void *state, struct ofl_device *ret)
{
	const struct state *st = state;
	unsigned int i;

	for (i = 0; i < st->b.nr; i++) {
		memset(&ret[i], 0, sizeof(ret[i]));
		ret[i].kva = st->b.dev[i].driver_kva;
	}
	return st->b.nr;
}

static bool claim(void *state, const struct ofl_owner_page *p,
		  struct ofl_claim *ret)
{
	struct state *st = state;

	return ofl_balloons_claim(&st->b, p, ret);
}

static void account(const void *state, unsigned int device,
		    struct ofl_account *a)
{
	const struct state *st = state;
	uint64_t v;

	if (st->loaned_kva && st->b.dev[device].driver_kva &&
	    ofl_read_u64(st->env->t, st->loaned_kva, &v)) {
		ofl_account_counter(a, "loaned_pages", (int64_t)v);
		a->known = true;
		a->expected = (int64_t)v;
	}
	ofl_balloon_account(&st->b.dev[device], a);
	if (st->mutex_kva && ofl_mutex_held(st->env, st->mutex_kva))
		snprintf(a->in_flight, sizeof(a->in_flight),
			 "hotplug_mutex is held: loaning or taking back");
}

const struct ofl_owner_ops ofl_owner_cmm = {
	.name = "cmm",
	.in_node_stat = true,
	.in_vm_events = true,
	.probe = probe,
	.free = free_state,
	.devices = devices,
	.claim = claim,
	.account = account,
};
