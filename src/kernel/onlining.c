// SPDX-License-Identifier: GPL-2.0-or-later
/* onlining.c - which memory was never online, and what is done with new memory */
#include "kernel/onlining.h"
#include "kernel/pageblock.h"
#include "target/count.h"

/** struct look - at the offline blocks */
struct look {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	struct ofl_never_online *ret;
	/* of the sections of the block in work */
	uint64_t sections;
	bool was_online, untold;
};

static enum ofl_status look_at_section(void *arg, const struct ofl_section *s)
{
	struct look *k = arg;
	bool touched = false;

	k->sections++;
	if (s->early || s->online)
		k->was_online = true;
	else if (s->corrupt || !ofl_pageblocks_touched(k->t, k->l, s, &touched))
		k->untold = true;
	k->was_online |= touched;
	return OFL_OK;
}

static enum ofl_status look_at_block(void *arg, const struct ofl_block *b)
{
	struct look *k = arg;
	uint64_t pages = k->l->sections_per_block * k->l->section_pages;
	struct ofl_section_stats stats;

	if (b->state != OFL_BLOCK_OFFLINE)
		return OFL_OK;	/* one that is lost is not offline either */
	k->sections = 0;
	k->was_online = k->untold = false;
	ofl_section_walk(k->t, k->l, b->nr * pages, (b->nr + 1) * pages,
			 look_at_section, k, &stats);
	if (k->was_online)
		return OFL_OK;
	if (k->untold || !k->sections || stats.unreadable) {
		k->ret->untold++;
		return OFL_OK;
	}
	if (!k->ret->blocks++)
		k->ret->first_nr = b->nr;
	return OFL_OK;
}

void ofl_never_online(const struct ofl_target *t, const struct ofl_layout *l,
		      uint64_t offline, struct ofl_never_online *ret)
{
	struct look k = { .t = t, .l = l, .ret = ret };
	uint64_t lost;

	*ret = (struct ofl_never_online){ .blocks = 0 };
	if (ofl_blocks_walk(t, l, look_at_block, &k, &lost))
		*ret = (struct ofl_never_online){ .untold = offline };
	else
		ret->untold += lost;
}

const struct ofl_online_policy *ofl_online_policy(const struct ofl_layout *l)
{
	static const struct {
		enum ofl_fact_id type;
		struct ofl_online_policy policy;
	} rows[] = {
		{ OFL_F_MMOP_OFFLINE, { "offline",
		  "memory that is added stays offline until somebody onlines it" } },
		{ OFL_F_MMOP_ONLINE, { "online",
		  "memory that is added is onlined, in a zone that the kernel chooses" } },
		{ OFL_F_MMOP_ONLINE_KERNEL, { "online_kernel",
		  "memory that is added is onlined, for the kernel too" } },
		{ OFL_F_MMOP_ONLINE_MOVABLE, { "online_movable",
		  "memory that is added is onlined, for pages that can be moved" } },
	};
	size_t i;

	if (!ofl_fact_known(l, OFL_F_ONLINE_TYPE))
		return NULL;
	for (i = 0; i < OFL_COUNT(rows); i++)
		if (ofl_fact_known(l, rows[i].type) &&
		    l->fact[rows[i].type].value ==
		    l->fact[OFL_F_ONLINE_TYPE].value)
			return &rows[i].policy;
	return NULL;
}

bool ofl_zone_policy(const struct ofl_layout *l, struct ofl_online_policy *ret)
{
	static const struct {
		enum ofl_fact_id type;
		struct ofl_online_policy policy;
	} rows[] = {
		{ OFL_F_POLICY_CONTIG_ZONES, { "contig-zones",
		  "it goes to the zone that it lies next to, of the kernel's zones if there is none" } },
		{ OFL_F_POLICY_AUTO_MOVABLE, { "auto-movable",
		  "it goes to ZONE_MOVABLE as long as that is not too large beside the kernel's zones" } },
	};
	size_t i;

	*ret = (struct ofl_online_policy){ NULL,
		"how the kernel chooses its zone cannot be read" };
	if (!ofl_fact_known(l, OFL_F_ZONE_POLICY_KVA))
		return false;
	for (i = 0; ofl_fact_known(l, OFL_F_ZONE_POLICY) &&
	     i < OFL_COUNT(rows); i++)
		if (ofl_fact_known(l, rows[i].type) &&
		    l->fact[rows[i].type].value ==
		    l->fact[OFL_F_ZONE_POLICY].value)
			*ret = rows[i].policy;
	return true;
}
