/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identify.h - owner and device of a page, for commands that only list
 *
 * Depends on analysis.h. Owners cost more than a listing of a small dump: the
 * late facts, the drivers' layouts, their lists. They are asked for with the
 * first page, so that a dump without offline pages pays nothing, and kept for
 * the next command: a dump does not change.
 */
#ifndef OFL_IDENTIFY_H
#define OFL_IDENTIFY_H

#include "commands/analysis.h"

/** struct ofl_identifier - state of one command; begin with { .s } */
struct ofl_identifier {
	struct ofl_session *s;
	bool tried;
	struct ofl_analysis *a;	/* NULL: not known */
	char why_not[160];	/* why some owner is not known; "" */
};

/**
 * ofl_identify() - who has this PageOffline page of an online section?
 * @claim: out  owner NULL: an orphan
 *
 * Errors: false if that is not known; why_not says why, and end_pfn for which
 *         pages.
 */
bool ofl_identify(struct ofl_identifier *id, const struct ofl_page *p,
		  struct ofl_claim *claim);

/** ofl_identifier_free() - the command is over */
void ofl_identifier_free(struct ofl_identifier *id);

/** ofl_identify_forget() - let a session keep nothing of it */
void ofl_identify_forget(struct ofl_session *s);

#endif
