// SPDX-License-Identifier: GPL-2.0-or-later
/* identify.c - ask the session for the owners when the first page wants one */
#include <stdio.h>

#include "session/identify.h"

static void load(struct ofl_identifier *id)
{
	struct ofl_err err;

	id->tried = true;
	if (ofl_session_analysis(id->s, &id->a, &err))
		snprintf(id->why_not, sizeof(id->why_not), "%.150s", err.text);
}

bool ofl_identify(struct ofl_identifier *id, const struct ofl_page *p,
		  struct ofl_claim *claim)
{
	const struct ofl_owner_page page = {
		.pfn = p->pfn, .private = p->private,
		.movable_ops = p->movable_ops,
	};

	if (!id->tried)
		load(id);
	*claim = (struct ofl_claim){ .end_pfn = UINT64_MAX };
	if (!id->a)
		return false;
	ofl_owners_claim(&id->a->owners, &page, claim);
	if (claim->blind || claim->unsure)
		snprintf(id->why_not, sizeof(id->why_not), "%s",
			 claim->blind ? claim->blind : claim->unsure);
	return !claim->blind;
}
