// SPDX-License-Identifier: GPL-2.0-or-later
/* recognise.c - which test finds PageOffline in this kernel, by which source */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "layout/recognise.h"
#include "target/count.h"
#include "target/text.h"

/* What VMCOREINFO exports for a buddy page where PG_balloon was PageOffline. */
#define BUDDY_BEFORE_4_18	(-128)
#define BUDDY_LOW_BITS		(-129)
#define PG_BALLOON		0x100	/* renamed PG_offline in v5.1 */
#define BASE_LOW		0xf0000000

/** struct source - one way to learn the test */
struct source {
	const char *name;
	/* does the dump have it? then *ret, or *ret untouched if not understood */
	bool (*have)(const struct ofl_layout *l);
	bool (*derive)(const struct ofl_layout *l, struct ofl_pagetype *ret);
};

static bool have_pgty(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_PGTY_OFFLINE);
}

static bool from_pgty(const struct ofl_layout *l, struct ofl_pagetype *ret)
{
	return ofl_pagetype_from_byte(l->fact[OFL_F_PGTY_OFFLINE].value, ret);
}

static bool have_enum(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_PG_OFFLINE) &&
	       ofl_fact_known(l, OFL_F_PAGE_TYPE_BASE);
}

static bool from_enum(const struct ofl_layout *l, struct ofl_pagetype *ret)
{
	return ofl_pagetype_from_bit(l->fact[OFL_F_PG_OFFLINE].value,
				     l->fact[OFL_F_PAGE_TYPE_BASE].value, ret);
}

static bool have_number(const struct ofl_layout *l)
{
	return ofl_fact_known(l, OFL_F_OFFLINE_NUMBER);
}

static bool from_number(const struct ofl_layout *l, struct ofl_pagetype *ret)
{
	return ofl_pagetype_from_number(l->fact[OFL_F_OFFLINE_NUMBER].value, ret);
}

/*
 * 4.18-5.0 exported the buddy value only, as did 5.1-6.8 without
 * CONFIG_HUGETLB_PAGE: the test is the same; which drivers mark their pages is not.
 */
static bool have_legacy(const struct ofl_layout *l)
{
	return !have_pgty(l) && !have_enum(l) && !have_number(l) &&
	       ofl_fact_value(l, OFL_F_BUDDY_NUMBER, 0) == BUDDY_LOW_BITS;
}

static bool from_legacy(const struct ofl_layout *l, struct ofl_pagetype *ret)
{
	(void)l;
	return ofl_pagetype_from_bit(PG_BALLOON, BASE_LOW, ret);
}

static const struct source sources[] = {
	{ "enumerator PGTY_offline", have_pgty, from_pgty },
	{ "enumerators PG_offline, PAGE_TYPE_BASE", have_enum, from_enum },
	{ "VMCOREINFO PAGE_OFFLINE_MAPCOUNT_VALUE", have_number, from_number },
	{ "VMCOREINFO PAGE_BUDDY_MAPCOUNT_VALUE -129: PG_balloon", have_legacy,
	  from_legacy },
};

static enum ofl_status no_source(const struct ofl_layout *l,
				 struct ofl_err *err)
{
	if (ofl_fact_value(l, OFL_F_BUDDY_NUMBER, 0) == BUDDY_BEFORE_4_18)
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
			"PAGE_BUDDY_MAPCOUNT_VALUE is -128: a kernel before 4.18 has no page type for offline pages");
	return ofl_fail(err, OFL_ERR_NODATA,
		"nothing tells how PageOffline is marked: no PGTY_offline or PG_offline enumerator, no VMCOREINFO PAGE_OFFLINE_MAPCOUNT_VALUE");
}

static enum ofl_status unknown_shape(const struct source *s,
				     const struct ofl_layout *l,
				     struct ofl_err *err)
{
	return ofl_fail(err, OFL_ERR_UNSUPPORTED,
		"%s has an unknown shape (PGTY_offline %#" PRIx64
		", PG_offline %#" PRIx64 ", PAGE_TYPE_BASE %#" PRIx64
		", exported number %" PRId64 "): not guessing",
		s->name, ofl_fact_value(l, OFL_F_PGTY_OFFLINE, 0),
		ofl_fact_value(l, OFL_F_PG_OFFLINE, 0),
		ofl_fact_value(l, OFL_F_PAGE_TYPE_BASE, 0),
		ofl_fact_value(l, OFL_F_OFFLINE_NUMBER, 0));
}

enum ofl_status ofl_recognise_offline(struct ofl_layout *l, struct ofl_err *err)
{
	const struct source *first = NULL;
	struct ofl_pagetype pt = { 0 };
	struct ofl_text names = ofl_text_over(l->offline_source,
					      sizeof(l->offline_source));
	size_t i;

	for (i = 0; i < OFL_COUNT(sources); i++) {
		const struct source *s = &sources[i];

		if (!s->have(l))
			continue;
		if (!s->derive(l, &pt))
			return unknown_shape(s, l, err);
		if (!first) {
			first = s;
			l->offline = pt;
		} else if (!ofl_pagetype_equal(&pt, &l->offline)) {
			return ofl_fail(err, OFL_ERR_CONFLICT,
				"PageOffline: %s says (page_type & %#x) == %#x, %s says (page_type & %#x) == %#x",
				first->name, l->offline.mask, l->offline.value,
				s->name, pt.mask, pt.value);
		}
		ofl_text_item(&names, "; ", "%s", s->name);
		l->marks_balloon_core_only = s->have == have_legacy;
	}
	return first ? OFL_OK : no_source(l, err);
}

/* pages that are marked in a way that came after us */
static void add_mark(struct ofl_layout *l, const char *kind, const char *name)
{
	struct ofl_text marks = ofl_text_after(l->new_marks,
					       sizeof(l->new_marks));

	ofl_text_item(&marks, ", ", "%s%s", kind, name);
}

static void look_at_types(const struct ofl_target *t, struct ofl_layout *l)
{
	uint64_t names = (uint64_t)ofl_fact_value(l, OFL_F_PAGE_TYPE_NAMES, 0);
	uint64_t known = (l->offline.value >> 24) - 0xf0, name_kva, i;
	char name[32];

	if (!names || !ofl_pagetype_numbered(&l->offline))
		return;
	/* types are numbered without gaps: the first without name ends them */
	for (i = 0; i < 15; i++) {
		if (!ofl_read_u64(t, names + i * 8, &name_kva) || !name_kva ||
		    !ofl_read_str(t, name_kva, name, sizeof(name)))
			return;
		if (i != known && strstr(name, "offline"))
			add_mark(l, "page type ", name);
	}
}

void ofl_find_new_marks(const struct ofl_target *t, struct ofl_layout *l)
{
	unsigned int i;

	l->new_marks[0] = '\0';
	if (ofl_fact_known(l, OFL_F_PG_SKIPPABLE))
		add_mark(l, "", "PG_offline_skippable");
	for (i = 0; i < l->nr_pageflags; i++)
		if (strstr(l->pageflag[i].name, "offline") ||
		    strstr(l->pageflag[i].name, "skippable"))
			add_mark(l, "page flag ", l->pageflag[i].name);
	look_at_types(t, l);
}
