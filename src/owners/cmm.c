// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cmm.c - collaborative memory management of powerpc LPARs
 *
 * The statics of module cmm are found by its symbols; balloon_dev_info and
 * atomic_long_t are types of the kernel proper, so no debuginfo is needed.
 * Without CONFIG_KALLSYMS_ALL the dump has symbols of functions only. Then pages
 * still point to the device, whose migratepage names the driver, and its list
 * is all there is to compare with.
 *
 * Nothing is locked while a page is loaned or taken back, and one page at a
 * time is: it is on the list before loaned_pages goes up, and off it before
 * loaned_pages goes down. hotplug_mutex is held from MEM_GOING_OFFLINE on
 * until offlining is over, and keeps the driver from loaning meanwhile.
 *
 * Source: arch/powerpc/platforms/pseries/cmm.c of 6.1.176; on the balloon core
 * since fe030c9b85e6 (in v5.5).
 */
#include <stdio.h>
#include <string.h>

#include "owners/balloon.h"
#include "target/text.h"

#define MODULE "cmm"
#define NO_VARIABLES "the dump has no symbols of cmm's variables"

/** struct state - the driver in this dump */
struct state {
	struct ofl_balloons b;
	uint64_t loaned_kva, target_kva;	/* 0: not found */
	bool symbols;		/* of the module: could be read */
};

static const struct ofl_balloon_driver driver = {
	.name = "cmm",
	.module = MODULE,
	.migrate = "cmm_migratepage",
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
	st = *state = ofl_balloons_new(env, &driver, sizeof(*st), err);
	if (!st) {
		ofl_module_close(&m);
		return OFL_ERR_NOMEM;
	}
	st->symbols = m.nr_symbols;
	ofl_module_symbol(&m, "loaned_pages", &st->loaned_kva);
	ofl_module_symbol(&m, "loaned_pages_target", &st->target_kva);
	if (ofl_module_symbol(&m, "b_dev_info", &kva)) {
		status = ofl_balloons_add(&st->b, kva, &d, err);
		if (d)
			d->driver_kva = kva;
	}
	ofl_module_close(&m);
	return status;
}

/* without migration no page points to the device */
static const char *blind(const struct ofl_env *env, const void *state)
{
	const struct state *st = state;

	(void)env;
	if (!st)
		return NULL;
	if (!st->b.nr)
		return NO_VARIABLES;
	return ofl_balloons_known(&st->b) ? NULL :
	       "cmm: its list of pages was not read to the end";
}

static unsigned int devices(const void *state)
{
	const struct state *st = state;

	return st->b.nr;
}

static void device(const void *state, unsigned int device,
		   struct ofl_device *ret)
{
	const struct state *st = state;

	ret->kva = st->b.dev[device].driver_kva;
	if (!st->symbols)
		ret->lost = "the symbols of module " MODULE " cannot be read";
	if (!ret->kva)
		ofl_text_put(ret->note, sizeof(ret->note), NO_VARIABLES
			 ": compared with its list, not with loaned_pages");
}

/*
 * cmm_alloc_pages(), cmm_free_pages(): while one page is loaned or taken back,
 * counter and list differ by that one.
 */
static const char *at_work(const void *state, unsigned int device)
{
	const struct state *st = state;
	const struct ofl_balloon *d = &st->b.dev[device];
	uint64_t loaned, target;
	int64_t apart;

	/* a device that a page made known: probe() found no variables, all is blind */
	if (!d->driver_kva)
		return NULL;
	if (!d->read || d->list.end != OFL_LIST_WHOLE ||
	    !st->loaned_kva || !ofl_read_u64(st->b.env->t, st->loaned_kva, &loaned) ||
	    !st->target_kva || !ofl_read_u64(st->b.env->t, st->target_kva, &target))
		return "whether a page is loaned or taken back is not known";
	apart = (int64_t)loaned - (int64_t)(d->list.set.pages + d->isolated);
	return loaned != target &&
	       (st->b.env->t->live || (apart >= -1 && apart <= 1)) ?
	       "loaned_pages is not its target: loaning or taking back" : NULL;
}

static void account(const void *state, unsigned int device,
		    struct ofl_account *a)
{
	const struct state *st = state;
	const struct ofl_balloon *d = &st->b.dev[device];
	uint64_t loaned, target;

	if (st->loaned_kva && d->driver_kva && !d->lost &&
	    ofl_read_u64(st->b.env->t, st->loaned_kva, &loaned)) {
		ofl_account_counter(a, "loaned_pages", (int64_t)loaned);
		a->known = true;
		a->expected = (int64_t)loaned;
	} else {
		ofl_balloon_expect_list(d, a);
	}
	if (a->nr_counters && st->target_kva &&
	    ofl_read_u64(st->b.env->t, st->target_kva, &target))
		ofl_account_counter(a, "loaned_pages_target", (int64_t)target);
	ofl_account_in_flight(a, at_work(state, device));
	ofl_balloon_account(d, a);
}

const struct ofl_owner_ops ofl_owner_cmm = {
	.name = "cmm",
	.mark = 'c',
	.in_node_stat = true,
	.in_vm_events = true,
	.batch_pages = 1,
	.has_batch = ofl_balloons_have_batch,
	.probe = probe,
	.free = ofl_balloons_free,
	.blind = blind,
	.devices = devices,
	.device = device,
	.claim = ofl_balloons_claim,
	.forget = ofl_balloons_forget,
	.keep = ofl_balloons_keep,
	.resume = ofl_balloons_resume,
	.account = account,
	.at_work = at_work,
};
