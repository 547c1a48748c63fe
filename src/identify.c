// SPDX-License-Identifier: GPL-2.0-or-later
/* identify.c - load the owners when the first page wants one */
#include <stdio.h>
#include <stdlib.h>

#include "identify.h"

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
	id->reader.t = id->s->t;
	id->reader.l = &id->s->layout;
	if (st)
		snprintf(id->why_not, sizeof(id->why_not), "%.150s", err.text);
}

/* what the scan has in its window, or else what the dump has */
static bool see(void *arg, struct ofl_owner_page *page)
{
	struct ofl_identifier *id = arg;
	const unsigned char *raw = id->raw;

	if (!raw)
		raw = ofl_pagereader_get(&id->reader, page->page_kva);
	if (raw)
		ofl_owner_page_fill(&id->s->layout, page->pfn, page->page_kva,
				    raw, page);
	return raw;
}

bool ofl_identify(struct ofl_identifier *id, const struct ofl_section *s,
		  const struct ofl_page *p, struct ofl_claim *claim)
{
	struct ofl_owner_page page = {
		.pfn = p->pfn,
		.page_kva = s->memmap_kva + (p->pfn - s->start_pfn) *
			    id->s->layout.struct_page_bytes,
	};
	struct ofl_unseen unseen = { .see = see, .arg = id, .page = &page };

	if (!id->tried)
		load(id);
	if (!id->a)
		return false;
	id->raw = p->raw;
	page.unseen = &unseen;
	ofl_owners_claim(&id->a->owners, &page, claim);
	if (unseen.lost)
		return false;
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
