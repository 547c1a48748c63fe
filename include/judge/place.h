/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * place.h - is there a place for the pages that have to move?
 *
 * Depends on report.h. Pure: nothing is read, room.h has read the counters.
 */
#ifndef OFL_PLACE_H
#define OFL_PLACE_H

#include "judge/report.h"

/**
 * ofl_place_settle() - give pages of a block the kind that the whole block tells
 * @r: in/out  kind[]: huge pages that were the first or second of their block;
 *             page cache out of its file: more than CPUs can be at is held
 *
 * Shape:  once all pages of the block are counted, before anything is weighed.
 * Source: dequeue_hugetlb_folio_node_exact(), mm/hugetlb.c: the head of the list
 *         is taken, whichever block it is in. truncate_inode_pages_range(),
 *         mm/truncate.c: one folio_batch at a time.
 */
void ofl_place_settle(const struct ofl_env *env, struct ofl_block_report *r);

/**
 * ofl_place_settled() - what pages of a kind count as, behind ofl_place_settle()
 *
 * Shape:  another kind for what ofl_place_settle() has given one; for all
 *         others @kind.
 */
enum ofl_kind ofl_place_settled(const struct ofl_block_report *r,
				enum ofl_kind kind);

/**
 * ofl_place_weigh() - no place to go makes the scan step RETRIES or UNKNOWN
 * @r: in/out  step[], why[], room_unchecked and room_in_swap
 *
 * Shape:  behind ofl_place_settle(). Counters that are not known set
 *         room_unchecked, never a verdict.
 * Source: alloc_migration_target(), mm/migrate.c
 */
void ofl_place_weigh(const struct ofl_env *env, struct ofl_block_report *r);

#endif
