/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain.h - why a memory block has the verdict that it has
 *
 * Depends on judge.h and view.h.
 */
#ifndef OFL_EXPLAIN_H
#define OFL_EXPLAIN_H

#include "commands/holder_rows.h"
#include "judge/judge.h"
#include "view/view.h"

/**
 * ofl_explain_block() - the verdict in a sentence, what to do next, and tables:
 * what each step of offlining comes to, every kind of page that is not simply
 * free, who holds what is in the way, and which callbacks are asked
 * @r:    in  decided by ofl_judge_decide()
 * @next: in  what to do next
 * @rows: in  holders; no table of them if there are none
 * @all:  in  also the pages of a block that is never looked at, and callbacks
 *        that do not matter to the verdict; a document always has them
 */
void ofl_explain_block(struct ofl_view *v, const struct ofl_env *env,
		       const struct ofl_block_report *r, const char *next,
		       const struct ofl_holder_rows *rows, bool all);

#endif
