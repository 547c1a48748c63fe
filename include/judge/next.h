/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * next.h - what a person can do about a page or a block
 *
 * Depends on decide.h and driver.h. One sentence each, without a full stop: of
 * the row of the rule, the step or the verdict, or of the driver that holds the
 * page. Of a finding it is in its row: ofl_finding_do().
 */
#ifndef OFL_NEXT_H
#define OFL_NEXT_H

#include "judge/decide.h"

/**
 * ofl_page_next() - about pages of a kind; NULL: nothing is to be done
 * @claim: in  whose they are; read for PageOffline pages only
 */
const char *ofl_page_next(enum ofl_kind kind, const struct ofl_claim *claim);

/** enum ofl_comes - since when is the memory of a block there? */
enum ofl_comes { OFL_COMES_UNKNOWN, OFL_COMES_AT_BOOT, OFL_COMES_LATER };

/**
 * ofl_block_next() - about a block that has its verdict
 * @buf: out never empty
 */
void ofl_block_next(const struct ofl_env *env, const struct ofl_block_report *r,
		    enum ofl_comes comes, char *buf, size_t bytes);

/** struct ofl_next_asked - who says such a sentence, and what lacks */
struct ofl_next_asked {
	const char *command;
	bool verbose;		/* with -v */
	bool types;		/* types of a module would tell more of owners */
};

/**
 * ofl_next_as() - a sentence of the others as it is true here
 * @next: in  NULL is handed back
 *
 * Shape:  no command sends to itself; types are asked for only if they lack.
 */
const char *ofl_next_as(const char *next, const struct ofl_next_asked *asked);

#endif
