// SPDX-License-Identifier: GPL-2.0-or-later
/* contig.c - what alloc_contig_range() makes of a page, by its kind */
#include "judge/contig.h"
#include "judge/hugetlb.h"

/*
 * isolate_or_dissolve_huge_page(): a gigantic page is -ENOMEM, since it would
 * have to be allocated by alloc_contig_range() itself. Before v5.13 huge pages
 * are passed over when pages are isolated, and found when that is tested.
 */
static enum ofl_outcome of_huge(const struct ofl_layout *l,
				const struct ofl_classified *c,
				enum ofl_outcome out)
{
	enum ofl_tri gigantic = ofl_is_gigantic(l, c->order);

	if (gigantic == OFL_YES || ofl_fact_known(l, OFL_F_PAGE_HUGE_ACTIVE))
		return OFL_OUT_BLOCKED;
	if (gigantic == OFL_UNSURE ||
	    !ofl_fact_known(l, OFL_F_REPLACES_HUGE))
		return OFL_OUT_UNKNOWN;
	return out;
}

enum ofl_outcome ofl_contig_outcome(const struct ofl_page_format *f,
				    const struct ofl_classified *c)
{
	const struct ofl_rule_row *row = &ofl_rule_rows[c->kind];
	enum ofl_outcome out = c->movable_zone ? row->contig_movable :
						 row->contig_other;

	/* moved or not, it is not free afterwards */
	if ((c->flags & f->hwpoison) && out != OFL_OUT_UNKNOWN)
		return OFL_OUT_BLOCKED;
	return ofl_rule_is(c->kind, OFL_TRAIT_REPLACED) ? of_huge(f->l, c, out) :
							   out;
}
