/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reason.h - the words of a verdict
 *
 * Depends on report.h. Pure: nothing is read. All of it goes into code and
 * reason of the report, cut to their sizes.
 */
#ifndef OFL_REASON_H
#define OFL_REASON_H

#include "judge/report.h"

/**
 * ofl_reason_give() - the stable word and the sentence of a verdict
 * @r: in/out  verdict, decided_at and decider are filled in; code is set, and
 *             reason begun anew
 */
void ofl_reason_give(const struct ofl_env *env, struct ofl_block_report *r);

/** ofl_reason_poisoned() - add that the block could not be onlined again */
void ofl_reason_poisoned(const struct ofl_env *env, struct ofl_block_report *r);

/** ofl_reason_offline() - the same for a block that is offline */
void ofl_reason_offline(struct ofl_block_report *r);

/** ofl_reason_room() - add to MIGRATE that nobody looked for a place, or that swap has to make it */
void ofl_reason_room(struct ofl_block_report *r);

/** ofl_reason_removed() - add to MIGRATE that pages out of their file are held */
void ofl_reason_removed(struct ofl_block_report *r);

#endif
