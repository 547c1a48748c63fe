// SPDX-License-Identifier: GPL-2.0-or-later
/* identify.c - load the owners when the first page wants one */
#include <stdio.h>

#include "identify.h"

static void load(struct ofl_identifier *id)
{
	struct ofl_err err;
	enum ofl_status st;

	id->tried = true;
	st = ofl_session_late(id->s, &err);
	if (!st)
		st = ofl_analysis_load(id->s, &id->a, &err);
	id->known = !st;
	id->reader.t = id->s->t;
	id->reader.l = &id->s->layout;
	if (st)
		snprintf(id->why_not, sizeof(id->why_not), "%.150s", err.text);
}

bool ofl_identify(struct ofl_identifier *id, const struct ofl_section *s,
		  const struct ofl_page *p, struct ofl_claim *claim)
{
	struct ofl_owner_page page;
	const unsigned char *raw;
	uint64_t kva;

	if (!id->tried)
		load(id);
	if (!id->known)
		return false;
	kva = s->memmap_kva +
	      (p->pfn - s->start_pfn) * id->s->layout.struct_page_bytes;
	raw = ofl_pagereader_get(&id->reader, kva);
	if (!raw)
		return false;
	ofl_owner_page_fill(&id->s->layout, p->pfn, kva, raw, &page);
	ofl_owners_claim(&id->a.owners, &page, claim);
	if (claim->blind)
		snprintf(id->why_not, sizeof(id->why_not), "%s", claim->blind);
	return !claim->blind;
}

void ofl_identifier_free(struct ofl_identifier *id)
{
	if (id->tried)
		ofl_analysis_free(&id->a);
	id->tried = id->known = false;
}
