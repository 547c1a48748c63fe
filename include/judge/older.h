/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * older.h - where kernels before the skip rule offline otherwise
 *
 * Depends on layout.h and rule.h. All that is said here makes an answer unknown.
 */
#ifndef OFL_OLDER_H
#define OFL_OLDER_H

#include "judge/rule.h"
#include "layout/layout.h"

/** ofl_older_before_rule() - a kernel before v5.8, proved by symbols that went then */
bool ofl_older_before_rule(const struct ofl_layout *l);

/**
 * ofl_older_isolation() - one of them that may lack what came from v4.20 to v5.2?
 *
 * Shape:  each of it is code that no symbol or type shows. A kernel that has
 *         subsections (v5.3) has it; of one that has none it is not known.
 */
bool ofl_older_isolation(const struct ofl_layout *l);

/** ofl_older_holes() - may this kernel offline a block with holes? */
bool ofl_older_holes(const struct ofl_layout *l);

/** ofl_older_unsure() - is what becomes of pages of this kind unknown there? */
bool ofl_older_unsure(const struct ofl_layout *l, enum ofl_kind kind,
		      bool movable_zone);

/** ofl_older_outcome() - ofl_rule_outcome(), or unknown */
static inline enum ofl_outcome ofl_older_outcome(const struct ofl_layout *l,
						 enum ofl_kind kind,
						 bool movable_zone)
{
	return ofl_older_unsure(l, kind, movable_zone) ? OFL_OUT_UNKNOWN :
	       ofl_rule_outcome(kind, movable_zone);
}

/** ofl_older_step() - the first step that may decide it */
static inline enum ofl_step ofl_older_step(const struct ofl_layout *l,
					   enum ofl_kind kind,
					   bool movable_zone)
{
	return ofl_rule_step(kind, movable_zone &&
			     !ofl_older_unsure(l, kind, movable_zone));
}

#endif
