// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * balloon_core.c - a balloon whose driver is not known
 *
 * Pages point to a balloon_dev_info and are on its list, but neither a bus nor
 * a name says which driver that is: its module's symbols are not in the dump.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "owners/balloon.h"
#include "target/text.h"

static const struct ofl_balloon_driver driver = { .name = "balloons" };

static enum ofl_status probe(const struct ofl_env *env, void **state,
			     struct ofl_err *err)
{
	if (!ofl_balloon_known(env->l))
		return OFL_OK;
	*state = ofl_balloons_new(env, &driver, sizeof(struct ofl_balloons), err);
	return *state ? OFL_OK : OFL_ERR_NOMEM;
}

/* with nothing of it the kernel may just have no balloon core */
static bool is_there(const struct ofl_env *env)
{
	uint64_t kva;

	return ofl_fact_known(env->l, OFL_F_BALLOON_PAGES) ||
	       ofl_fact_known(env->l, OFL_F_BALLOON_ISOLATED) ||
	       ofl_fact_known(env->l, OFL_F_BALLOON_MIGRATE) ||
	       ofl_fact_known(env->l, OFL_F_BALLOON_INFLATE) ||
	       ofl_symbol(env->t, "balloon_page_alloc", &kva);
}

static const char *blind(const struct ofl_env *env, const void *state)
{
	if (!state && is_there(env))
		return "balloons: struct balloon_dev_info is not known";
	if (state && !ofl_fact_known(env->l, OFL_F_PAGE_PRIVATE))
		return "balloons: page.private is not known";
	return ofl_modules_blind(env->t, env->l);
}

static unsigned int devices(const void *state)
{
	const struct ofl_balloons *b = state;

	return b->nr;
}

static void device(const void *state, unsigned int device,
		   struct ofl_device *ret)
{
	const struct ofl_balloons *b = state;

	ret->kva = b->dev[device].kva;
	ret->lost = "which driver has a balloon is not known";
	ofl_text_put(ret->note, sizeof(ret->note),
		 "balloon_dev_info at 0x%" PRIx64 ", migratepage at 0x%" PRIx64
		 ": which driver's is not known, try mod -s", b->dev[device].kva,
		 b->dev[device].migrate_kva);
}

static void account(const void *state, unsigned int device,
		    struct ofl_account *a)
{
	const struct ofl_balloons *b = state;

	ofl_balloon_account(&b->dev[device], a);
	ofl_balloon_expect_list(&b->dev[device], a);
}

const struct ofl_owner_ops ofl_owner_balloon = {
	.name = "balloon",
	.mark = 'k',
	.last_resort = true,
	.in_node_stat = true,
	.in_vm_events = true,
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
};
