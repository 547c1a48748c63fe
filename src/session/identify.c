// SPDX-License-Identifier: GPL-2.0-or-later
/* identify.c - ask the session for the owners when the first page wants one */
#include "session/identify.h"
#include "target/text.h"

static void load(struct ofl_identifier *id)
{
	struct ofl_err err;

	id->tried = true;
	if (ofl_session_analysis(id->s, &id->a, &err))
		ofl_text_put(id->why_not, sizeof(id->why_not), "%s", err.text);
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
		ofl_text_put(id->why_not, sizeof(id->why_not), "%s",
			 claim->blind ? claim->blind : claim->unsure);
	return !claim->blind;
}
