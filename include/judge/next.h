/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * next.h - what a person can do about a page, a block or a finding
 *
 * Depends on decide.h and driver.h. One sentence each, without a full stop: of
 * the rule's row, of the driver that holds the page, or of a row in next.c.
 */
#ifndef OFL_NEXT_H
#define OFL_NEXT_H

#include "judge/decide.h"

/**
 * ofl_page_next() - about pages of a kind; NULL: nothing is to be done
 * @claim: in  whose they are; read for PageOffline pages only
 */
const char *ofl_page_next(enum ofl_kind kind, const struct ofl_claim *claim);

/**
 * ofl_block_next() - about a block that has its verdict
 *
 * Shape:  NULL: the block is offline already, and nothing is known that keeps
 *         it from being onlined.
 */
const char *ofl_block_next(const struct ofl_block_report *r);

/**
 * ofl_code_next() - about a finding, by its code; NULL: it says so itself
 * @severity: in  OFL_SEV_INFO: what explains it is what to do something about
 */
const char *ofl_code_next(const char *code, enum ofl_severity severity);

#endif
