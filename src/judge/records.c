// SPDX-License-Identifier: GPL-2.0-or-later
/* records.c - compare what was found with the records of every device */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/next.h"
#include "judge/records.h"
#include "kernel/vmstat.h"
#include "target/text.h"

static const struct {
	const char *text;
	int rank;
} severities[OFL_NR_SEVERITIES] = {
#define SEVERITY(id, rank, text) [OFL_SEV_##id] = { text, rank },
	OFL_SEVERITIES(SEVERITY)
#undef SEVERITY
};

const char *ofl_severity_text(enum ofl_severity severity)
{
	return severities[severity].text;
}

int ofl_severity_compare(enum ofl_severity a, enum ofl_severity b)
{
	return severities[a].rank - severities[b].rank;
}

static size_t find_owner(const struct ofl_owner_ops *owner)
{
	size_t i = 0;

	while (ofl_owner_table[i] && ofl_owner_table[i] != owner)
		i++;
	return i;
}

size_t ofl_records_owner(const struct ofl_claim *claim)
{
	return claim->owner ? find_owner(claim->owner) :
	       claim->blind ? OFL_RECORDS_UNKNOWN : OFL_RECORDS_ORPHAN;
}

enum ofl_status ofl_records_open(struct ofl_records *b,
				 const struct ofl_env *env,
				 const struct ofl_owners *owners,
				 struct ofl_err *err)
{
	(void)err;
	memset(b, 0, sizeof(*b));
	b->env = env;
	b->owners = owners;
	return OFL_OK;
}

void ofl_records_free(struct ofl_records *b)
{
	size_t i;

	for (i = 0; i < OFL_MAX_OWNERS; i++)
		free(b->found[i].dev);
	free(b->device);
	memset(b, 0, sizeof(*b));
}

struct ofl_found *ofl_records_found(struct ofl_records *b,
				    const struct ofl_owner_ops *owner,
				    unsigned int device)
{
	struct ofl_found_list *f = &b->found[find_owner(owner)];
	struct ofl_found *more;
	unsigned int nr;

	if (device < f->nr)
		return &f->dev[device];
	nr = device + 1 + f->nr;
	more = realloc(f->dev, nr * sizeof(*more));
	if (!more) {
		b->no_memory = true;
		return NULL;
	}
	memset(more + f->nr, 0, (nr - f->nr) * sizeof(*more));
	*f = (struct ofl_found_list){ more, nr };
	return &f->dev[device];
}

static void add_next(struct ofl_found *f, const struct ofl_classified *c)
{
	unsigned int rank = ofl_outcome_rows[c->outcome].rank;
	unsigned int worst = ofl_outcome_rows[f->worst].rank;

	/* of those that are as bad, what the driver can give back goes first */
	if (f->pages && (rank < worst || (rank == worst &&
					  !ofl_rule_is(c->kind, OFL_TRAIT_HELD))))
		return;
	f->worst = c->outcome;
	f->next = ofl_page_next(c->kind, &c->claim);
}

void ofl_records_add(struct ofl_records *b, const struct ofl_classified *c,
		     uint64_t pages)
{
	struct ofl_found *f = c->claim.in_flight ? &b->in_flight :
			      c->claim.blind ? &b->unknown : &b->orphans;

	if (c->claim.owner)
		f = ofl_records_found(b, c->claim.owner, c->claim.device);
	else if (f == &b->unknown && !b->why_unknown)
		b->why_unknown = c->claim.blind;
	else if (f == &b->in_flight)
		b->why_in_flight = c->claim.blind;
	if (!f)
		return;
	if (f == &b->in_flight && !c->claim.weak)
		b->unclaimed += pages;
	if (c->claim.unsure)
		b->why_unsure = c->claim.unsure;
	add_next(f, c);
	f->pages += pages;
	f->outcome[c->outcome] += pages;
	b->undecided += c->outcome == OFL_OUT_UNKNOWN ? pages : 0;
	f->evidence |= 1u << c->claim.evidence;
	f->isolated += c->kind == OFL_KIND_OFFLINE_ISOLATED ? pages : 0;
	if (!c->claim.rival)
		return;
	if (!b->rivals)
		b->rival_pfn = c->pfn;
	b->rivals += pages;
}

bool ofl_records_busy(struct ofl_records *b, const struct ofl_claim *claim)
{
	struct ofl_found *f;

	if (!claim->owner || !claim->owner->at_work)
		return false;
	f = ofl_records_found(b, claim->owner, claim->device);
	if (!f)
		return false;
	if (f->busy == OFL_BUSY_NOT_ASKED)
		f->busy = ofl_owners_busy(b->owners, claim) ? OFL_BUSY :
							      OFL_BUSY_NO;
	return f->busy == OFL_BUSY;
}

/* ---- one device ---- */

/* pages that the device may well have, for all that is known */
static bool explain_missing(const struct ofl_records *b,
			    const struct ofl_scan_result *r, uint64_t missing,
			    struct ofl_text *text)
{
	uint64_t unowned = b->unknown.pages + b->in_flight.pages;
	uint64_t unknown = r->total.unknown;

	if (missing <= unknown)
		ofl_text_add(text, "%" PRIu64 " page%s unknown", unknown,
			     unknown == 1 ? " is" : "s are");
	else if (r->sections.unreadable || r->sections.corrupt)
		ofl_text_add(text, "not all sections are known");
	else if (missing > unowned + unknown)
		return false;
	else if (unknown)
		ofl_text_add(text, "%" PRIu64 " page%s unknown, and the owner of %"
			     PRIu64, unknown, unknown == 1 ? " is" : "s are",
			     unowned);
	else
		ofl_text_add(text, "the owner of %" PRIu64 " page%s is unknown",
			     unowned, unowned == 1 ? "" : "s");
	return true;
}

static void explain(const struct ofl_records *b, struct ofl_device_records *k,
		    const struct ofl_scan_result *r)
{
	struct ofl_text text = ofl_text_over(k->explained,
					     sizeof(k->explained));

	k->severity = OFL_SEV_NONE;
	if (!k->compared || !k->difference)
		return;
	k->severity = OFL_SEV_INFO;
	if (k->account.in_flight[0]) {
		ofl_text_add(&text, "%s", k->account.in_flight);
	} else if (k->difference > 0 ||
		   !explain_missing(b, r, (uint64_t)-k->difference, &text)) {
		ofl_text_add(&text, "nothing explains it");
		k->severity = OFL_SEV_WARNING;
	}
}

static void close_device(const struct ofl_records *b,
			 struct ofl_device_records *k, bool whole,
			 const struct ofl_scan_result *r)
{
	if (k->account.known && whole) {
		k->compared = true;
		k->difference = (int64_t)k->found.pages - k->account.expected;
	}
	explain(b, k, r);
	if (k->severity)
		ofl_account_complain(&k->account, OFL_FINDING_COUNTER,
			k->severity == OFL_SEV_INFO, 0, 0, "%" PRIu64
			" page%s found, its counters say %" PRId64 ": %s",
			k->found.pages, k->found.pages == 1 ? "" : "s",
			k->account.expected, k->explained);
	if (!k->compared)
		ofl_text_put(k->explained, sizeof(k->explained), "%s",
			 k->account.known ? "only a part was looked at" :
			 k->owner ? "no counters to compare with" : "");
}

/* the next one; NULL: there is no memory */
static struct ofl_device_records *next_device(struct ofl_records *b)
{
	struct ofl_device_records *more;

	more = realloc(b->device, (b->nr + 1) * sizeof(*more));

	if (!more) {
		b->no_memory = true;
		return NULL;
	}
	b->device = more;
	memset(&b->device[b->nr], 0, sizeof(*more));
	return &b->device[b->nr++];
}

static void add_owner(struct ofl_records *b, size_t o, bool whole,
		      const struct ofl_scan_result *r)
{
	const struct ofl_owner_ops *ops = ofl_owner_table[o];
	unsigned int nr = ofl_owner_devices(b->owners, o), i;
	struct ofl_found *f;
	struct ofl_device_records *k;

	for (i = 0; i < nr; i++) {
		f = ofl_records_found(b, ops, i);
		k = f ? next_device(b) : NULL;
		if (!k)
			return;
		k->owner = ops;
		k->device = i;
		ofl_owner_show(b->owners, o, i, &k->dev);
		k->found = *f;
		ofl_missed_what(b->env->t, ops->name);
		if (ops->account)
			ops->account(b->owners->state[o], i, &k->account);
		ofl_missed_what(b->env->t, NULL);
		close_device(b, k, whole, r);
		b->dropped += k->account.dropped;
		if (k->account.untold)
			b->why_unsure = k->account.untold;
	}
}

static void add_ownerless(struct ofl_records *b, const struct ofl_found *found,
			  enum ofl_finding_id id, const char *why)
{
	struct ofl_device_records *k = found->pages ? next_device(b) : NULL;

	if (!k)
		return;
	k->found = *found;
	k->blind = found != &b->orphans;
	k->severity = ofl_finding_severity(id, false);
	ofl_text_put(k->explained, sizeof(k->explained), "%s", why);
	ofl_account_complain(&k->account, id, false, 0, 0, "%" PRIu64
			     " page%s: %s", found->pages,
			     found->pages == 1 ? "" : "s", why);
}

static void add_orphans(struct ofl_records *b)
{
	/* which of them is which cannot be told */
	bool too_many = b->unclaimed &&
			b->unclaimed > ofl_owners_in_flight(b->owners);

	add_ownerless(b, &b->orphans, OFL_FINDING_ORPHAN,
		      "in no driver's records: their owner is gone");
	add_ownerless(b, &b->in_flight,
		      too_many ? OFL_FINDING_ORPHAN : OFL_FINDING_IN_FLIGHT,
		      too_many ?
		      "in no driver's records, and more than a driver takes or gives back at once: the owner of some is gone" :
		      "in no driver's records, while a driver takes or gives back pages");
	add_ownerless(b, &b->unknown, OFL_FINDING_NOT_KNOWN, b->why_unknown);
}

/* ---- the kernel's counters ---- */

static int64_t pages_of(const struct ofl_records *b, bool events)
{
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < b->nr; i++) {
		const struct ofl_owner_ops *o = b->device[i].owner;

		if (!o || !(events ? o->in_vm_events : o->in_node_stat))
			continue;
		sum += (int64_t)b->device[i].found.pages;
		if (!events)
			sum -= b->device[i].account.not_in_node_stat;
	}
	return sum;
}

static bool in_flight(const struct ofl_records *b, bool events)
{
	size_t i;

	for (i = 0; i < b->nr; i++) {
		const struct ofl_device_records *k = &b->device[i];

		if (k->owner && k->account.in_flight[0] &&
		    (events ? k->owner->in_vm_events : k->owner->in_node_stat))
			return true;
	}
	return false;
}

/* what explains that so many pages are missing; NULL: nothing does */
static const char *excuse(const struct ofl_records *b, int64_t missing,
			  bool events)
{
	if (in_flight(b, events))
		return " (a driver is at work)";
	if (missing > 0 && (uint64_t)missing <= b->unknown.pages)
		return " (the owner of others is unknown)";
	return NULL;
}

static void compare(struct ofl_records *b, const char *name, int64_t counter,
		    bool events)
{
	int64_t found = pages_of(b, events);
	const char *why = excuse(b, counter - found, events);

	ofl_account_counter(&b->kernel, name, counter);
	if (found == counter)
		return;
	ofl_account_complain(&b->kernel, OFL_FINDING_COUNTER, why, 0, 0,
		"%s is %" PRId64 ", but %" PRId64 " such pages were found%s",
		name, counter, found, why ? why : "");
}

static void close_kernel(struct ofl_records *b, bool whole)
{
	const struct ofl_target *t = b->env->t;
	const struct ofl_layout *l = b->env->l;
	int64_t v, deflated;

	if (b->rivals && !b->audited)
		ofl_account_complain(&b->kernel, OFL_FINDING_TWICE, false,
			b->rival_pfn, b->rivals,
			"%" PRIu64 " page%s in the records of two drivers",
			b->rivals, b->rivals == 1 ? " is" : "s are");
	if (!whole)
		return;
	if (ofl_balloon_stat(t, l, &v))
		compare(b, "NR_BALLOON_PAGES", v, false);
	if (ofl_vm_event(t, l, OFL_F_BALLOON_INFLATE, &v) &&
	    ofl_vm_event(t, l, OFL_F_BALLOON_DEFLATE, &deflated)) {
		/* how much went to and fro since the boot */
		ofl_account_counter(&b->kernel, "BALLOON_INFLATE", v);
		ofl_account_counter(&b->kernel, "BALLOON_DEFLATE", deflated);
		/* zeros of a page that is not in the dump? an event was counted */
		if (!v && !deflated && pages_of(b, true))
			b->uncounted = true;
		else
			compare(b, "BALLOON_INFLATE-DEFLATE", v - deflated, true);
	} else {
		b->uncounted = pages_of(b, true) > 0;
	}
}

enum ofl_status ofl_records_close(struct ofl_records *b, bool whole,
				  const struct ofl_scan_result *r,
				  struct ofl_err *err)
{
	size_t o;

	whole = whole && !r->interrupted;
	for (o = 0; ofl_owner_table[o]; o++)
		add_owner(b, o, whole, r);
	add_orphans(b);
	close_kernel(b, whole && !r->total.unknown &&
			!r->sections.unreadable && !r->sections.corrupt);
	b->dropped += b->kernel.dropped;
	return b->no_memory ? ofl_fail(err, OFL_ERR_NOMEM,
				       "no memory for the records of devices") : OFL_OK;
}

bool ofl_records_shortfall(const struct ofl_records *b, struct ofl_text *text)
{
	if (b->dropped)
		ofl_text_add(text, "; %" PRIu64
			     " more counters, details or findings of devices are not shown",
			     b->dropped);
	return b->dropped;
}
