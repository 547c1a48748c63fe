/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inspect.h - what a struct page says, and those that it belongs together with
 *
 * Depends on classifier.h. Says nothing of the block, the pageblock and the drivers:
 * classify.c asks those.
 */
#ifndef OFL_INSPECT_H
#define OFL_INSPECT_H

#include "judge/classifier.h"

/**
 * ofl_inspect() - of a page that is at hand
 * @raw, @raw_end: in  as of ofl_sink.known()
 * @in:            out
 * @ret:           inout  its references and its order are put in
 *
 * Shape:  c->at says afterwards for how many pages what begins here decides. The
 *         head of a compound page that began before is read.
 */
void ofl_inspect(struct ofl_classifier *c, const struct ofl_page *p,
		 const struct ofl_section *s, const unsigned char *raw,
		 const unsigned char *raw_end, bool offline,
		 struct ofl_rule_in *in, struct ofl_classified *ret);

/**
 * ofl_inspect_decoded() - what is known of a page without its struct page
 * @in: out  but for @movable_ops
 */
void ofl_inspect_decoded(struct ofl_classifier *c, const struct ofl_page *p,
			 bool offline, struct ofl_rule_in *in);

/**
 * ofl_inspect_unit_at() - does a unit of a balloon begin at this offline page?
 *
 * Shape:  c->at.unit_end_pfn says so afterwards; the struct pages behind it are
 *         read. VMware: vmballoon_alloc_page_list().
 */
void ofl_inspect_unit_at(struct ofl_classifier *c, const struct ofl_page *p,
			 uint64_t kva);

/**
 * ofl_inspect_is_bare() - does nothing but its list say whose a page is?
 *
 * Shape:  outside of ZONE_MOVABLE only if it has no flag at all.
 */
bool ofl_inspect_is_bare(const struct ofl_classifier *c,
			 const struct ofl_page *p, const unsigned char *raw);

#endif
