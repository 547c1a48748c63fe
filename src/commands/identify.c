// SPDX-License-Identifier: GPL-2.0-or-later
/* identify.c - load the owners when the first page wants one */
#include <stdio.h>
#include <stdlib.h>

#include "commands/identify.h"

static enum ofl_status load_analysis(struct ofl_session *s, struct ofl_err *err)
{
	enum ofl_status st;

	s->owners = malloc(sizeof(*s->owners));
	if (!s->owners)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the owners");
	st = ofl_analysis_load(s, s->owners, err);
	if (st)
		ofl_identify_forget(s);
	return st;
}

static void load(struct ofl_identifier *id)
{
	struct ofl_err err;
	enum ofl_status st;

	id->tried = true;
	st = ofl_session_late(id->s, &err);
	if (!st && !id->s->owners)
		st = load_analysis(id->s, &err);
	if (!st)
		id->a = id->s->owners;
	if (st)
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
	if (claim->blind)
		snprintf(id->why_not, sizeof(id->why_not), "%s", claim->blind);
	return !claim->blind;
}

void ofl_identify_forget(struct ofl_session *s)
{
	if (s->owners)
		ofl_analysis_free(s->owners);
	free(s->owners);
	s->owners = NULL;
}

/*
 * An owner that could not be asked may be known next time: the user loads the
 * driver's types because we said so. A list that ^C cut short is no list.
 */
void ofl_identifier_free(struct ofl_identifier *id)
{
	const struct ofl_target *t = id->s->t;

	if (t->live || t->ops->interrupted(t->ctx) || id->why_not[0] ||
	    (id->a && id->a->owners.blind))
		ofl_identify_forget(id->s);
	id->tried = false;
	id->a = NULL;
}
