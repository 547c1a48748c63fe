// SPDX-License-Identifier: GPL-2.0-or-later
/* owner.c - the table of drivers, and which of them owns a page */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "owners/owner.h"

const struct ofl_owner_ops *const ofl_owner_table[] = {
#define DRIVER(name) &ofl_owner_##name,
#include "owners/drivers.def"
#include "target/count.h"
#undef DRIVER
	NULL
};

_Static_assert(OFL_COUNT(ofl_owner_table) <=
	       OFL_MAX_OWNERS + 1, "OFL_MAX_OWNERS is too small");

/* of a balloon: has it pages that are in no records? */
static void ask_whether_at_work(const struct ofl_owners *o, size_t i,
				struct ofl_flight *f)
{
	const struct ofl_owner_ops *ops = ofl_owner_table[i];
	unsigned int nr = ofl_owner_devices(o, i), d;
	const char *why = NULL;

	if (!ops->batch_pages || !ops->at_work || !o->state[i] ||
	    (ops->has_batch && !ops->has_batch(o->state[i])))
		return;
	if (ops->unseen && !f->unseen)
		f->unseen = ops->unseen(o->state[i]);
	for (d = 0; d < nr; d++) {
		ofl_missed_what(o->t, ops->name);
		why = ops->at_work(o->state[i], d);
		ofl_missed_what(o->t, NULL);
		if (!why)
			continue;
		f->pages += ops->batch_pages;
		if (!f->nr_at_work)
			ofl_text_put(f->why, sizeof(f->why), "%s: %s",
				     ops->name, why);
		f->nr_at_work += !f->at_work[i];
		f->at_work[i] = true;
	}
}

/* most dumps have no page for which that matters */
static const struct ofl_flight *ask_flight(const struct ofl_owners *o)
{
	static const struct ofl_flight none;
	struct ofl_flight *f = o->flight;
	size_t i;

	if (!f)
		return &none;
	if (f->asked)
		return f;
	*f = (struct ofl_flight){ .asked = true };
	for (i = 0; ofl_owner_table[i]; i++)
		ask_whether_at_work(o, i, f);
	return f;
}

enum ofl_status ofl_owners_probe(const struct ofl_env *env,
				 struct ofl_owners *o, struct ofl_err *err)
{
	enum ofl_status st;
	size_t i;

	memset(o, 0, sizeof(*o));
	o->t = env->t;
	o->flight = calloc(1, sizeof(*o->flight));
	if (!o->flight)
		return ofl_fail(err, OFL_ERR_NOMEM, "owners: no memory for what is in flight");
	for (i = 0; ofl_owner_table[i]; i++) {
		const struct ofl_owner_ops *ops = ofl_owner_table[i];

		ofl_missed_what(env->t, ops->name);
		st = ops->probe(env, &o->state[i], err);
		if (st)
			return ofl_fail_in(err, "%s", ops->name);
		if (!ops->blind)
			continue;
		o->why[i] = ops->blind(env, o->state[i]);
		o->nr_blind += o->why[i] != NULL;
		if (!o->blind)
			o->blind = o->why[i];
	}
	return OFL_OK;
}

static void free_names(struct ofl_names *n)
{
	unsigned int i;

	for (i = 0; i < n->nr; i++)
		free(n->name[i]);
	free(n->name);
	*n = (struct ofl_names){ .name = NULL };
}

/* a device that claims make known may have another number next time */
void ofl_owners_forget(struct ofl_owners *o)
{
	size_t i;

	/* what cannot be read is said in each command that wants it */
	if (o->flight)
		o->flight->asked = false;
	o->unnamed = false;
	for (i = 0; ofl_owner_table[i]; i++) {
		if (o->state[i] && ofl_owner_table[i]->forget)
			ofl_owner_table[i]->forget(o->state[i]);
		free_names(&o->names[i]);
	}
}

bool ofl_owners_keep(const struct ofl_owners *o)
{
	bool ok = true;
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++)
		if (o->state[i] && ofl_owner_table[i]->keep)
			ok &= ofl_owner_table[i]->keep(o->state[i]);
	return ok;
}

void ofl_owners_resume(const struct ofl_owners *o)
{
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++)
		if (o->state[i] && ofl_owner_table[i]->resume)
			ofl_owner_table[i]->resume(o->state[i]);
}

void ofl_owners_free(struct ofl_owners *o)
{
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++) {
		if (o->state[i])
			ofl_owner_table[i]->free(o->state[i]);
		free_names(&o->names[i]);
	}
	free(o->flight);
	memset(o, 0, sizeof(*o));
}

/* what each kind of evidence is worth: of two claims the higher rank owns */
static const struct {
	const char *text;
	unsigned int rank;
} evidence_row[OFL_NR_EVIDENCE] = {
	[OFL_EV_NONE] = { "none", 0 },
	[OFL_EV_BITMAP] = { "bitmap", 5 },
	[OFL_EV_LIST] = { "list", 4 },
	[OFL_EV_POINTER] = { "back-pointer", 3 },
	[OFL_EV_RANGE] = { "range", 2 },
	[OFL_EV_COUNTER] = { "counter", 1 },
};

/* plugged memory is the kernel's: that a driver once had it is worth least */
static unsigned int worth(const struct ofl_claim *c)
{
	return c->mgo == OFL_MGO_KEEPS ? 0 :
	       evidence_row[c->evidence].rank;
}

/** struct round - what was heard so far of one page */
struct round {
	const struct ofl_owners *o;
	const struct ofl_owner_page *page;
	uint64_t end_pfn;
	const char *blind;	/* a driver cannot tell: why */
};

static bool ask(struct round *r, size_t i, struct ofl_claim *ret)
{
	bool owns;

	if (!r->o->state[i])
		return false;
	memset(ret, 0, sizeof(*ret));
	ofl_missed_what(r->o->t, ofl_owner_table[i]->name);
	owns = ofl_owner_table[i]->claim(r->o->state[i], r->page, ret);
	ofl_missed_what(r->o->t, NULL);
	ret->owner = ofl_owner_table[i];
	if (ret->end_pfn < r->end_pfn)
		r->end_pfn = ret->end_pfn;
	if (!owns && ret->blind && !r->blind)
		r->blind = ret->blind;
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
	if (worth(c) > worth(best)) {
		rival = best->owner;
		*best = *c;
	}
	best->rival = rival;
}

static bool last_resort(struct round *r, struct ofl_claim *ret)
{
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++)
		if (ofl_owner_table[i]->last_resort && ask(r, i, ret))
			return true;
	return false;
}

/* is there a driver, but for @i, that may have pages which are not known? */
static bool others_blind(const struct ofl_owners *o, size_t i)
{
	return o->nr_blind > (o->why[i] != NULL);
}

/*
 * Why a balloon, but for @i, may have the page in its batch; NULL: none may.
 * @flies: one is at work; else that is not known
 */
static const char *in_flight(const struct ofl_owners *o, size_t i,
			     const struct ofl_owner_page *p, bool *flies)
{
	const struct ofl_flight *f;

	*flies = false;
	if (p->private)
		return NULL;
	f = ask_flight(o);
	*flies = f->nr_at_work > f->at_work[i];
	return *flies ? f->why : f->unseen;
}

/* nobody proved it to be theirs, and @weak_i is the driver with a weak claim */
static void unproved(const struct round *r, const struct ofl_claim *weak,
		     size_t weak_i, struct ofl_claim *ret)
{
	const struct ofl_owners *o = r->o;
	const char *blind = o->blind ? o->blind : r->blind, *why = NULL;
	bool claimed = weak->owner && !r->blind, flies = false;

	if (claimed || !blind)
		why = in_flight(o, weak_i, r->page, &flies);
	if (claimed && !why)
		*ret = *weak;
	else
		*ret = (struct ofl_claim){
			.blind = blind ? blind : why,
			.in_flight = flies && !blind,
			.weak = claimed,
			.deviceless = (blind || why) && !r->page->private,
		};
}

void ofl_owners_claim(const struct ofl_owners *o,
		      const struct ofl_owner_page *p, struct ofl_claim *ret)
{
	struct round r = { .o = o, .page = p, .end_pfn = UINT64_MAX };
	struct ofl_claim c, best, weak;
	size_t i, weak_i = OFL_MAX_OWNERS - 1;

	/* the rest of a claim without owner is never looked at */
	best.owner = weak.owner = NULL;
	for (i = 0; ofl_owner_table[i]; i++) {
		if (ofl_owner_table[i]->last_resort || !ask(&r, i, &c))
			continue;
		if (!c.weak)
			compare(&best, &c);
		else if (!others_blind(o, i) &&
			 (!weak.owner || worth(&c) > worth(&weak))) {
			weak = c;
			weak_i = i;
		}
	}
	if (best.owner || last_resort(&r, &best)) {
		*ret = best;
		ret->unsure = best.owner->last_resort ? o->blind : NULL;
	} else {
		unproved(&r, &weak, weak_i, ret);
	}
	ret->end_pfn = r.end_pfn > p->pfn ? r.end_pfn : p->pfn + 1;
}

bool ofl_owners_expect(const struct ofl_owners *o, uint64_t pfn,
		       struct ofl_claim *ret)
{
	uint64_t end_pfn = UINT64_MAX;
	size_t i;

	memset(ret, 0, sizeof(*ret));
	for (i = 0; ofl_owner_table[i] && !ret->owner; i++) {
		if (!o->state[i] || !ofl_owner_table[i]->expects)
			continue;
		memset(ret, 0, sizeof(*ret));
		if (ofl_owner_table[i]->expects(o->state[i], pfn, ret))
			ret->owner = ofl_owner_table[i];
		if (ret->end_pfn < end_pfn)
			end_pfn = ret->end_pfn;
	}
	ret->end_pfn = end_pfn > pfn ? end_pfn : pfn + 1;
	return ret->owner;
}

uint64_t ofl_owners_in_flight(const struct ofl_owners *o)
{
	return ask_flight(o)->pages;
}

bool ofl_owners_busy(const struct ofl_owners *o, const struct ofl_claim *claim)
{
	size_t i = 0;

	if (!claim->owner || !claim->owner->at_work)
		return false;
	while (ofl_owner_table[i] != claim->owner)
		i++;
	return o->state[i] && claim->owner->at_work(o->state[i], claim->device);
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

enum ofl_refusal ofl_owners_refusing(const struct ofl_owners *o,
				     uint64_t start_pfn, uint64_t pages,
				     const struct ofl_owner_ops **who)
{
	enum ofl_refusal worst = OFL_REFUSES_NOT, says;
	size_t i;

	*who = NULL;
	for (i = 0; ofl_owner_table[i] && worst != OFL_REFUSES; i++) {
		if (!o->state[i] || !ofl_owner_table[i]->refuses)
			continue;
		says = ofl_owner_table[i]->refuses(o->state[i], start_pfn,
						   pages);
		if (says == OFL_REFUSES_NOT || says == worst)
			continue;
		worst = says;
		*who = ofl_owner_table[i];
	}
	return worst;
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

/* where "mod -s" answers that it cannot, it is no advice */
static const char *begin_hint(const struct ofl_target *t)
{
	uint64_t closed = 0;

	return ofl_host_number(t, OFL_HOST_NO_MODULES, &closed) && closed ?
	       "; try crash without --no_modules, then " : "; try ";
}

void ofl_owners_hint(const struct ofl_owners *o, const struct ofl_target *t,
		     struct ofl_text *text)
{
	const char *module;
	bool any = false;
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++) {
		module = o->state[i] && ofl_owner_table[i]->wants ?
			 ofl_owner_table[i]->wants(o->state[i]) : NULL;
		if (!module)
			continue;
		ofl_text_add(text, "%s", any ? ", " : begin_hint(t));
		ofl_types_advice(t, module, text);
		any = true;
	}
}

unsigned int ofl_owner_devices(const struct ofl_owners *o, size_t i)
{
	return !o->state[i] ? 0 : !ofl_owner_table[i]->devices ? 1 :
	       ofl_owner_table[i]->devices(o->state[i]);
}

void ofl_owner_show(const struct ofl_owners *o, size_t i, unsigned int device,
		    struct ofl_device *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (ofl_owner_table[i]->device)
		ofl_owner_table[i]->device(o->state[i], device, ret);
}

/* devices may become known while claims are made */
static bool make_room(struct ofl_names *n, unsigned int nr)
{
	char **more;

	if (nr <= n->nr)
		return true;
	more = realloc(n->name, nr * sizeof(*more));
	if (!more)
		return false;
	memset(more + n->nr, 0, (nr - n->nr) * sizeof(*more));
	n->name = more;
	n->nr = nr;
	return true;
}

static char *name_of(const struct ofl_owners *o, size_t i, unsigned int device)
{
	struct ofl_device d;
	char *name;

	ofl_owner_show(o, i, device, &d);
	name = malloc(sizeof(d.name));
	return name ? memcpy(name, d.name, sizeof(d.name)) : NULL;
}

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
	if (make_room(n, claim->device + 1) && !n->name[claim->device])
		n->name[claim->device] = name_of(o, i, claim->device);
	if (n->nr > claim->device && n->name[claim->device])
		return n->name[claim->device];
	o->unnamed = true;
	return "";
}

/* any case, and - for _: as modules are written in either way */
static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (tolower((unsigned char)(*a == '-' ? '_' : *a)) !=
		    tolower((unsigned char)*b))
			return false;
	return *a == *b;
}

bool ofl_owner_find(const char *name, struct ofl_owner_choice *ret)
{
	size_t i;

	*ret = (struct ofl_owner_choice){ .unknown = same_name(name, OFL_NOT_KNOWN) };
	for (i = 0; ofl_owner_table[i]; i++)
		if (same_name(name, ofl_owner_table[i]->name)) {
			ret->owner = ofl_owner_table[i];
			return true;
		}
	return ret->unknown || same_name(name, OFL_ORPHAN);
}

enum ofl_status ofl_owner_check(const char *name, struct ofl_err *err)
{
	struct ofl_owner_choice ignored;
	char names[200];
	struct ofl_text text = ofl_text_over(names, sizeof(names));
	size_t i;

	if (ofl_owner_find(name, &ignored))
		return OFL_OK;
	for (i = 0; ofl_owner_table[i]; i++)
		ofl_text_add(&text, "%s, ", ofl_owner_table[i]->name);
	return ofl_fail(err, OFL_ERR_ARG, "-O %s: no such owner; there are %s"
			OFL_ORPHAN ", " OFL_NOT_KNOWN, name, names);
}

const char *ofl_owners_lost(const struct ofl_owners *o)
{
	struct ofl_device d;
	unsigned int n;
	size_t i;

	if (o->unnamed)
		return "no memory for the name of a device";
	for (i = 0; ofl_owner_table[i]; i++)
		for (n = 0; n < ofl_owner_devices(o, i); n++) {
			ofl_owner_show(o, i, n, &d);
			if (d.lost)
				return d.lost;
		}
	return NULL;
}

bool ofl_owners_unlisted(const struct ofl_owners *o,
			 const struct ofl_owner_ops *only, struct ofl_text *text)
{
	size_t before = text->used, i;
	char why[256];
	struct ofl_text one;

	for (i = 0; ofl_owner_table[i]; i++) {
		const struct ofl_owner_ops *ops = ofl_owner_table[i];

		one = ofl_text_over(why, sizeof(why));
		if (o->state[i] && ops->unlisted && (!only || only == ops) &&
		    ops->unlisted(o->state[i], &one))
			ofl_text_add(text, "; %s: %s", ops->name, why);
	}
	return text->used > before;
}

bool ofl_owners_missing(const struct ofl_owners *o, const struct ofl_target *t,
			struct ofl_text *text, bool *bare)
{
	size_t before = text->used, i;
	struct ofl_device d;
	unsigned int n;

	*bare = false;
	for (i = 0; ofl_owner_table[i]; i++) {
		const char *said = NULL;

		for (n = 0; n < ofl_owner_devices(o, i); n++) {
			ofl_owner_show(o, i, n, &d);
			if (d.module && d.module != said)
				ofl_text_add(text, "%s%s", text->used > before ?
					     " " : "", d.module);
			*bare |= d.module && ofl_is_typed(t, d.module);
			said = d.module ? d.module : said;
		}
	}
	return text->used > before;
}

bool ofl_owners_want_types(const struct ofl_owners *o)
{
	struct ofl_device d;
	unsigned int n;
	size_t i;

	for (i = 0; o && ofl_owner_table[i]; i++) {
		if (o->state[i] && ofl_owner_table[i]->wants &&
		    ofl_owner_table[i]->wants(o->state[i]))
			return true;
		for (n = 0; n < ofl_owner_devices(o, i); n++) {
			ofl_owner_show(o, i, n, &d);
			if (d.module)
				return true;
		}
	}
	return false;
}
