/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * classify.h - from a raw struct page to a row of the rule
 *
 * Depends on classifier.h. Collects what rule.h wants to know; the few things that
 * take more than the page itself are tracked from page to page, so pages must come
 * in ascending order.
 */
#ifndef OFL_CLASSIFY_H
#define OFL_CLASSIFY_H

#include "judge/classifier.h"

/**
 * ofl_classifier_init() - prepare for one pass
 *
 * Errors: none; what cannot be read is not known later.
 */
void ofl_classifier_init(struct ofl_classifier *c, const struct ofl_env *env,
			 const struct ofl_owners *owners,
			 const struct ofl_blocks *blocks);

/**
 * ofl_classifier_resume() - go on where the same or another classifier was
 * @at: in  its state behind some page; the next page is the one behind that
 */
void ofl_classifier_resume(struct ofl_classifier *c,
			   const struct ofl_class_state *at);

/**
 * ofl_classify() - judge one page; arguments as of ofl_sink.known()
 *
 * Shape: holds for as many pages from @p on as ofl_classify_span() allows, but
 *        for pfn, page_kva, flags and refcount.
 */
void ofl_classify(struct ofl_classifier *c, const struct ofl_section *s,
		  const struct ofl_page *p, const unsigned char *raw,
		  const unsigned char *raw_end, bool offline,
		  struct ofl_classified *ret);

/**
 * ofl_classify_same() - does the last answer hold for the page behind that, too?
 * @p, @raw: in  as of ofl_classify(); no page but offline ones lies between
 *
 * Shape:  true: it does, but for pfn, page_kva, flags and refcount, and the page
 *         need not be classified. A large part of all pages are the inside of a
 *         free block or of a compound page.
 */
bool ofl_classify_same(const struct ofl_classifier *c, const struct ofl_section *s,
		       const struct ofl_page *p, const unsigned char *raw);

/**
 * ofl_classify_like() - for how many pages behind @p does the last answer hold?
 * @p, @raw, @most: in  as of ofl_sink.same()
 */
uint64_t ofl_classify_like(const struct ofl_classifier *c,
			   const struct ofl_section *s,
			   const struct ofl_page *p, const unsigned char *raw,
			   uint64_t most);

/**
 * ofl_classify_span() - pages of one free block or compound page, from @p on,
 * that are of one kind; as ofl_sink.span()
 */
uint64_t ofl_classify_span(struct ofl_classifier *c,
			   const struct ofl_section *s,
			   const struct ofl_page *p, uint64_t pages);

/**
 * ofl_classify_run() - judge PageOffline pages of an online section
 * @p:     in  the first of them, as of ofl_sink.offline()
 * @pages: in  how many there are, alike but for their pfn
 * @ret:   out  of the first
 *
 * Shape:  returns how many of them, the first included, @ret holds for, but for
 *         pfn and page_kva. What ofl_classify() says of each, and the memmap
 *         is read only where pages behind the first decide: where it may be
 *         the head of a compound page or of a unit.
 */
uint64_t ofl_classify_run(struct ofl_classifier *c, const struct ofl_section *s,
			  const struct ofl_page *p, uint64_t pages,
			  struct ofl_classified *ret);

#endif
