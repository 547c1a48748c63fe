/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identify.h - owner and device of a page, for commands that only list
 *
 * Depends on session.h. Drivers cost more than a listing of a small dump, so
 * the session is asked for them when the first page is to be identified: a
 * dump without offline pages pays nothing.
 */
#ifndef OFL_IDENTIFY_H
#define OFL_IDENTIFY_H

#include "scan/scan.h"
#include "session/session.h"

/** struct ofl_identifier - state of one command; begin with { .s } */
struct ofl_identifier {
	struct ofl_session *s;
	bool tried;
	struct ofl_analysis *a;	/* of the session; NULL: not known */
	char why_not[160];	/* why some owner is not known; "" */
};

/**
 * ofl_identify() - which driver has this PageOffline page of an online section?
 * @claim: out  owner NULL: an orphan
 *
 * Errors: false if that is not known; why_not says why, and end_pfn for which
 *         pages.
 */
bool ofl_identify(struct ofl_identifier *id, const struct ofl_page *p,
		  struct ofl_claim *claim);

#endif
