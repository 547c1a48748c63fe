// SPDX-License-Identifier: GPL-2.0-or-later
/* older.c - where kernels before the skip rule offline otherwise */
#include "judge/older.h"

bool ofl_older_before_rule(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_SECTION_REMOVABLE) ||
	       ofl_fact_known(l, OFL_F_ISOLATE_CHAIN);
}

bool ofl_older_isolation(const struct ofl_layout *l)
{
	return ofl_older_before_rule(l) &&
	       !ofl_fact_known(l, OFL_F_SUBSECTION_MAP);
}

/* c5e79ef561b0 (in v5.5) counts System RAM before anything else */
bool ofl_older_holes(const struct ofl_layout *l)
{
	return ofl_older_before_rule(l) && !ofl_fact_known(l, OFL_F_COUNT_RAM);
}

/*
 * has_unmovable_pages() trusts ZONE_MOVABLE since 9d7899999c62 (in v4.20), and
 * refuses CMA since 1a9f219157b2 (in v5.1); dissolve_free_huge_pages() asks for
 * huge pages in use as well since its PageHuge() went (in v5.2).
 */
bool ofl_older_unsure(const struct ofl_layout *l, enum ofl_kind kind,
		      bool movable_zone)
{
	const struct ofl_rule_row *row = &ofl_rule_rows[kind];

	return ofl_older_isolation(l) &&
	       ((movable_zone && row->movable != row->other) ||
		kind == OFL_KIND_CMA || kind == OFL_KIND_HUGETLB_STUCK);
}
