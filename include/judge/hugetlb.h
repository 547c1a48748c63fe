/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hugetlb.h - what the rule wants to know of a huge page of hugetlbfs
 *
 * Depends on classifier.h. How many more pages a pool can give away depends on
 * the pages of the block that came before.
 */
#ifndef OFL_HUGETLB_H
#define OFL_HUGETLB_H

#include "judge/classifier.h"

/**
 * ofl_hugetlb_init() - read the pools
 * @c: inout  begun with zeros and @env
 *
 * Errors: none; what cannot be read is not known later.
 */
void ofl_hugetlb_init(struct ofl_classifier *c);

/**
 * ofl_is_gigantic() - is a huge page too large for the buddy allocator?
 * @order: in  of the page, not 0
 *
 * Source: include/linux/hugetlb.h: hstate_is_gigantic().
 */
enum ofl_tri ofl_is_gigantic(const struct ofl_layout *l, unsigned int order);

/**
 * ofl_hugetlb_look() - the head of a huge page
 * @kva:        in  of its struct page
 * @raw, @tail: in  its struct page, and the next one
 * @in:         inout  what is known of any compound page
 *
 * Shape:  counts it among those of its pool in this block, and its references in
 *         c->at.compound_refs.
 */
void ofl_hugetlb_look(struct ofl_classifier *c, const struct ofl_page *p,
		      uint64_t kva, const unsigned char *raw,
		      const unsigned char *tail, unsigned int order,
		      struct ofl_rule_in *in);

#endif
