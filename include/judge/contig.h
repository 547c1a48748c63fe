/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * contig.h - what alloc_contig_range() makes of a page
 *
 * Depends on classify.h. A driver that gives back part of an online memory
 * block allocates it so. Unlike offlining this passes over neither poisoned
 * nor PageOffline pages, and what cannot be moved right now makes it fail.
 */
#ifndef OFL_CONTIG_H
#define OFL_CONTIG_H

#include "judge/classify.h"

/**
 * ofl_contig_outcome() - of one page of the range
 *
 * Shape:  OFFLINABLE: it is free, or will be; MIGRATE; RETRIES: the call fails
 *         until what holds the page lets go; BLOCKED; or UNKNOWN.
 * Source: mm/page_alloc.c: alloc_contig_range(), __alloc_contig_migrate_range();
 *         mm/page_isolation.c: has_unmovable_pages() without MEMORY_OFFLINE,
 *         __test_page_isolated_in_pageblock(); mm/compaction.c:
 *         isolate_migratepages_block().
 */
enum ofl_outcome ofl_contig_outcome(const struct ofl_page_format *f,
				    const struct ofl_classified *c);

#endif
