/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * untold.h - what this dump has no witness for
 *
 * Depends on classifier.h. A page that could be such makes the answer unknown.
 */
#ifndef OFL_UNTOLD_H
#define OFL_UNTOLD_H

#include "judge/classifier.h"

/**
 * ofl_untold() - which flags and types of pages nothing of the dump tells
 * @c: inout  with @env and @format
 *
 * Errors: none; a list that cannot be read may have pages.
 */
void ofl_untold(struct ofl_classifier *c);

#endif
