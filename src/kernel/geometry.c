// SPDX-License-Identifier: GPL-2.0-or-later
/* geometry.c - do zones lie where sections are? */
#include "kernel/geometry.h"
#include "kernel/section.h"

/** struct ends - first and last pages of zones */
struct ends {
	uint64_t asked, there;
};

static enum ofl_status note_section(void *arg, const struct ofl_section *s)
{
	struct ends *e = arg;

	(void)s;
	e->there++;
	return OFL_OK;
}

/* section 0 is section 0, whatever its size */
static void look_at(const struct ofl_target *t, const struct ofl_layout *l,
		    uint64_t pfn, struct ends *e)
{
	struct ofl_section_stats stats;

	if (pfn < l->section_pages)
		return;
	ofl_section_walk(t, l, pfn, pfn + 1, note_section, e, &stats);
	e->asked += !stats.unreadable;
}

enum ofl_status ofl_section_size_check(const struct ofl_target *t,
				       const struct ofl_layout *l,
				       const struct ofl_nodes *n,
				       struct ofl_err *err)
{
	const struct ofl_fact *bits = &l->fact[OFL_F_SECTION_SIZE_BITS];
	struct ends e = { .asked = 0 };
	size_t i;

	for (i = 0; i < n->nr_zones; i++) {
		look_at(t, l, n->zone[i].start_pfn, &e);
		look_at(t, l, n->zone[i].start_pfn +
			n->zone[i].spanned_pages - 1, &e);
	}
	/* one end may lie in a hole, or a zone be damaged; not all of them */
	if (!e.asked || e.there)
		return OFL_OK;
	return ofl_fail(err, OFL_ERR_CONFLICT,
		"section_size_bits: %s says %lld, but no zone begins or ends in a section then; is this the vmlinux of this dump?",
		bits->source, (long long)bits->value);
}
