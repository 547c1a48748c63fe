// SPDX-License-Identifier: GPL-2.0-or-later
/* owner.c - the table of drivers, and which of them owns a page */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "owners/owner.h"
#include "target/text.h"

const struct ofl_owner_ops *const ofl_owner_table[] = {
#define DRIVER(name) &ofl_owner_##name,
#include "owners/drivers.def"
#undef DRIVER
	NULL
};

enum ofl_status ofl_owners_probe(const struct ofl_env *env,
				 struct ofl_owners *o, struct ofl_err *err)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	memset(o, 0, sizeof(*o));
	for (i = 0; ofl_owner_table[i] && !st; i++) {
		const struct ofl_owner_ops *ops = ofl_owner_table[i];

		st = ops->probe(env, &o->state[i], err);
		if (!st && !o->blind && ops->blind)
			o->blind = ops->blind(env, o->state[i]);
	}
	return st;
}

void ofl_owners_free(struct ofl_owners *o)
{
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++) {
		if (o->state[i])
			ofl_owner_table[i]->free(o->state[i]);
		free(o->names[i].dev);
	}
	memset(o, 0, sizeof(*o));
}

/* what each kind of evidence is worth: of two claims the higher rank owns */
static const struct {
	const char *text;
	unsigned int rank;
} evidence_row[OFL_NR_EVIDENCE] = {
	[OFL_EV_NONE] = { "none", 0 },
	[OFL_EV_BITMAP] = { "bitmap", 5 },
	[OFL_EV_RANGE] = { "range", 4 },
	[OFL_EV_LIST] = { "list", 3 },
	[OFL_EV_POINTER] = { "back-pointer", 2 },
	[OFL_EV_COUNTER] = { "counter", 1 },
};

static unsigned int rank(enum ofl_evidence evidence)
{
	return evidence_row[evidence].rank;
}

/* a device that claims make known may have another number next time */
void ofl_owners_forget(struct ofl_owners *o)
{
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++) {
		if (o->state[i] && ofl_owner_table[i]->forget)
			ofl_owner_table[i]->forget(o->state[i]);
		o->names[i].nr = 0;
	}
}

static bool ask(const struct ofl_owners *o, size_t i,
		const struct ofl_owner_page *p, struct ofl_claim *ret,
		uint64_t *end_pfn)
{
	bool owns;

	if (!o->state[i])
		return false;
	memset(ret, 0, sizeof(*ret));
	owns = ofl_owner_table[i]->claim(o->state[i], p, ret);
	ret->owner = ofl_owner_table[i];
	if (ret->end_pfn < *end_pfn)
		*end_pfn = ret->end_pfn;
	return owns;
}

/* two claims with proof: the better evidence owns, the other is remembered */
static void compare(struct ofl_claim *best, const struct ofl_claim *c)
{
	const struct ofl_owner_ops *rival = c->owner;

	if (!best->owner) {
		*best = *c;
		return;
	}
	if (rank(c->evidence) > rank(best->evidence)) {
		rival = best->owner;
		*best = *c;
	}
	best->rival = rival;
}

static bool last_resort(const struct ofl_owners *o,
			const struct ofl_owner_page *p, struct ofl_claim *ret,
			uint64_t *end_pfn)
{
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++)
		if (ofl_owner_table[i]->last_resort &&
		    ask(o, i, p, ret, end_pfn))
			return true;
	return false;
}

void ofl_owners_claim(const struct ofl_owners *o,
		      const struct ofl_owner_page *p, struct ofl_claim *ret)
{
	struct ofl_claim c, best, guess, weak;
	uint64_t end_pfn = UINT64_MAX;
	size_t i;

	/* the rest of a claim without owner is never looked at */
	best.owner = guess.owner = weak.owner = NULL;
	for (i = 0; ofl_owner_table[i]; i++) {
		if (ofl_owner_table[i]->last_resort ||
		    !ask(o, i, p, &c, &end_pfn))
			continue;
		if (c.mgo == OFL_MGO_KEEPS)
			weak = c;
		else if (c.evidence == OFL_EV_COUNTER)
			guess = c;
		else
			compare(&best, &c);
	}
	if (best.owner || last_resort(o, p, &best, &end_pfn))
		*ret = best;
	else if (guess.owner || weak.owner)
		*ret = guess.owner ? guess : weak;
	else
		*ret = (struct ofl_claim){ .blind = o->blind };
	ret->end_pfn = end_pfn > p->pfn ? end_pfn : p->pfn + 1;
}

bool ofl_owners_expect(const struct ofl_owners *o, uint64_t pfn,
		       struct ofl_claim *ret)
{
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++) {
		if (!o->state[i] || !ofl_owner_table[i]->expects)
			continue;
		memset(ret, 0, sizeof(*ret));
		if (ofl_owner_table[i]->expects(o->state[i], pfn, ret)) {
			ret->owner = ofl_owner_table[i];
			return true;
		}
	}
	return false;
}

const struct ofl_owner_ops *ofl_owners_called(const struct ofl_owners *o,
					      uint64_t nb_kva)
{
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++)
		if (o->state[i] && ofl_owner_table[i]->is_called &&
		    ofl_owner_table[i]->is_called(o->state[i], nb_kva))
			return ofl_owner_table[i];
	return NULL;
}

/* ---- names ---- */

const char *ofl_evidence_text(enum ofl_evidence evidence)
{
	return evidence_row[evidence].text;
}

const char *ofl_owner_name(const struct ofl_claim *claim)
{
	return claim->owner ? claim->owner->name :
	       claim->blind ? OFL_NOT_KNOWN : OFL_ORPHAN;
}

/* devices may become known while claims are made: ask again for a new one */
const char *ofl_owner_device(struct ofl_owners *o,
			     const struct ofl_claim *claim)
{
	struct ofl_names *n;
	size_t i = 0;

	while (ofl_owner_table[i] && ofl_owner_table[i] != claim->owner)
		i++;
	if (!ofl_owner_table[i] || !o || !o->state[i])
		return "";
	n = &o->names[i];
	if (!n->dev)
		n->dev = calloc(OFL_MAX_DEVICES, sizeof(*n->dev));
	if (n->dev && claim->device >= n->nr)
		n->nr = ofl_owner_table[i]->devices(o->state[i], n->dev);
	return n->dev && claim->device < n->nr ? n->dev[claim->device].name : "";
}

bool ofl_owner_find(const char *name, const struct ofl_owner_ops **ret)
{
	size_t i;

	*ret = NULL;
	for (i = 0; ofl_owner_table[i]; i++)
		if (!strcmp(ofl_owner_table[i]->name, name)) {
			*ret = ofl_owner_table[i];
			return true;
		}
	return !strcmp(name, OFL_ORPHAN);
}

enum ofl_status ofl_owner_check(const char *name, struct ofl_err *err)
{
	const struct ofl_owner_ops *ops;
	char names[200];
	struct ofl_text text = ofl_text_over(names, sizeof(names));
	size_t i;

	if (ofl_owner_find(name, &ops))
		return OFL_OK;
	for (i = 0; ofl_owner_table[i]; i++)
		ofl_text_add(&text, "%s, ", ofl_owner_table[i]->name);
	return ofl_fail(err, OFL_ERR_ARG, "-O %s: no such owner; there are %s"
			OFL_ORPHAN, name, names);
}
