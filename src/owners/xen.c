// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * xen.c - the Xen balloon: one list, two counters
 *
 * Built in, and its symbols are in every kernel with CONFIG_XEN_BALLOON,
 * wherever that runs: the driver is in use if its list or its counters are.
 *
 * Source: drivers/xen/balloon.c: balloon_append(), balloon_retrieve().
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "owners/field.h"
#include "owners/pagelist.h"
#include "target/text.h"

enum field { F_CURRENT, F_TARGET, F_LOW, F_HIGH, F_TOTAL, NR_FIELDS };

static const struct ofl_field fields[NR_FIELDS] = {
	[F_CURRENT] = { "balloon_stats", "current_pages", NULL, 8, true },
	[F_TARGET] = { "balloon_stats", "target_pages", NULL, 8, true },
	[F_LOW] = { "balloon_stats", "balloon_low", NULL, 8, true },
	[F_HIGH] = { "balloon_stats", "balloon_high", NULL, 8, true },
	[F_TOTAL] = { "balloon_stats", "total_pages", NULL, 8, true },
};

#define BATCH_PAGES	8192	/* frame_list[], with pages of 64 KiB */
#define NOT_WHOLE "xen_balloon: its list of pages was not read to the end"

/** struct state - the driver in this dump */
struct state {
	const struct ofl_env *env;
	struct ofl_pagelist list;
	uint64_t value[NR_FIELDS];
	bool have[NR_FIELDS];
};

static void read_stats(struct state *st)
{
	const struct ofl_target *t = st->env->t;
	const struct ofl_types ty = ofl_types_kernel(t);
	struct ofl_place at[NR_FIELDS];
	uint64_t kva;
	int i;

	if (!ofl_symbol(t, "balloon_stats", &kva))
		return;
	ofl_fields_load(&ty, fields, NR_FIELDS, at);
	for (i = 0; i < NR_FIELDS; i++)
		st->have[i] = ofl_place_read(t, kva, &at[i], &st->value[i]);
	/* a guest has pages: with current_pages 0 the page is not in the dump */
	if (st->have[F_CURRENT] && !st->value[F_CURRENT])
		memset(st->have, 0, sizeof(st->have));
}

/* a driver that never ran has an empty list and zeros */
static bool in_use(const struct state *st, uint64_t head_kva)
{
	uint64_t next;

	return (ofl_read_u64(st->env->t, head_kva, &next) && next &&
		next != head_kva) || st->value[F_CURRENT];
}

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	struct state found = { .env = env }, *st;
	uint64_t head;

	if (!ofl_symbol(env->t, "ballooned_pages", &head))
		return OFL_OK;
	read_stats(&found);
	if (!in_use(&found, head))
		return OFL_OK;
	st = malloc(sizeof(*st));
	if (!st)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for its records");
	*st = found;
	*state = st;
	st->list.unit_pages = 1;
	return ofl_pagelist_walk(env, head, &st->list, err);
}

static void free_state(void *state)
{
	struct state *st = state;

	ofl_pagelist_free(&st->list);
	free(st);
}

/* pages are on the list or nowhere: nothing points back */
static const char *blind(const struct ofl_env *env, const void *state)
{
	const struct state *st = state;
	uint64_t head, next;

	if (st)
		return st->list.end == OFL_LIST_WHOLE ? NULL : NOT_WHOLE;
	if (!ofl_symbol(env->t, "ballooned_pages", &head))
		/* with nothing of it the kernel may just not have the driver */
		return ofl_symbol(env->t, "balloon_stats", &next) ?
		       "xen_balloon: no symbol ballooned_pages" : NULL;
	return ofl_read_u64(env->t, head, &next) && next ? NULL : NOT_WHOLE;
}

static bool claim(void *state, const struct ofl_owner_page *p,
		  struct ofl_claim *ret)
{
	struct state *st = state;

	ret->evidence = OFL_EV_LIST;
	ret->end_pfn = ofl_pfnset_end(&st->list.set, p->pfn);
	return ofl_pfnset_has(&st->list.set, p->pfn);
}

/*
 * current_credit(), balloon_thread(): while these two differ the driver asks
 * Xen for pages or gives some back, and tries again if it cannot.
 */
static void check_target(const struct state *st, struct ofl_account *a)
{
	uint64_t current = st->value[F_CURRENT], target = st->value[F_TARGET];
	bool lacks = current < target;
	uint64_t pages = lacks ? target - current : current - target;
	char size[24];

	if (!st->have[F_CURRENT] || !st->have[F_TARGET])
		a->untold = "xen_balloon: current_pages or target_pages is not known";
	if (a->untold || !pages)
		return;
	ofl_size_text(pages * st->env->l->page_bytes, size, sizeof(size));
	ofl_account_complain(a, lacks ? OFL_FINDING_BELOW_TARGET :
		OFL_FINDING_ABOVE_TARGET, false, 0, 0,
		lacks ? "the guest is %" PRIu64 " page%s (%s) short of its target: Xen has not given them yet" :
			"the guest has %" PRIu64 " page%s (%s) more than its target: the balloon has not got them yet",
		pages, pages == 1 ? "" : "s", size);
}

#define MUTEX_UNKNOWN	"whether balloon_mutex is held is not known"

static const char *at_work(const void *state, unsigned int device)
{
	const struct state *st = state;
	uint64_t mutex;

	(void)device;
	return ofl_symbol(st->env->t, "balloon_mutex", &mutex) ?
	       ofl_mutex_held(st->env, mutex,
			      "balloon_mutex is held: ballooning",
			      MUTEX_UNKNOWN) : MUTEX_UNKNOWN;
}

static void account(const void *state, unsigned int device,
		    struct ofl_account *a)
{
	const struct state *st = state;
	int i;

	for (i = 0; i < NR_FIELDS; i++)
		if (st->have[i])
			ofl_account_counter(a, fields[i].path,
					    (int64_t)st->value[i]);
	ofl_pagelist_count(&st->list, "listed", "listed_at_least",
			   st->list.set.pages, a);
	a->known = st->have[F_LOW] && st->have[F_HIGH];
	a->expected = (int64_t)(st->value[F_LOW] + st->value[F_HIGH]);
	ofl_account_in_flight(a, at_work(state, device));
	ofl_pagelist_complain(&st->list, "the list of ballooned pages", a);
	check_target(st, a);
}

const struct ofl_owner_ops ofl_owner_xen = {
	.name = "xen_balloon",
	.mark = 'x',
	.next = "deflate the balloon on the host (xl mem-set), then offline the block",
	.in_node_stat = true,
	.batch_pages = BATCH_PAGES,
	.leaves_reserved = true,
	.probe = probe,
	.free = free_state,
	.blind = blind,
	.claim = claim,
	.account = account,
	.at_work = at_work,
};
