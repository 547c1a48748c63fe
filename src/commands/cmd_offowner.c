// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_offowner.c - whose pages: by memory section and by device */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"
#include "commands/nexts.h"
#include "commands/offowner.h"
#include "commands/shrink_rows.h"
#include "commands/tables.h"
#include "judge/next.h"

/* ---- the scan ---- */

/** struct owner - state of the command */
struct owner {
	struct ofl_view v;
	struct ofl_run_ctx *ctx;
	const struct ofl_env *env;
	struct ofl_classifier classifier;
	struct ofl_records records;
	struct ofl_section_row open, held;	/* in work; ready but may be merged */
	bool narrow;			/* -O */
	struct ofl_owner_choice only;
	bool every_section;		/* one row each, also those without */
	uint64_t complaints[OFL_NR_SEVERITIES];	/* that were shown */
	struct ofl_next_asked asked;
	struct ofl_nexts nexts;
	struct ofl_shrink_doubts shrink;
};

static bool alike(const struct ofl_section_row *a, const struct ofl_section_row *b)
{
	size_t i;

	if (a->nr + a->sections != b->nr || a->node != b->node ||
	    a->state != b->state || a->online != b->online ||
	    !a->stale != !b->stale)
		return false;
	for (i = 0; i < OFL_RECORDS_OWNERS; i++)
		if (!a->pages[i] != !b->pages[i])
			return false;
	return true;
}

static void merge(struct ofl_section_row *a, const struct ofl_section_row *b)
{
	size_t i;

	a->sections += b->sections;
	a->offline += b->offline;
	a->stale += b->stale;
	for (i = 0; i < OFL_RECORDS_OWNERS; i++)
		a->pages[i] += b->pages[i];
}

static enum ofl_status print_held(struct owner *o)
{
	enum ofl_status st = OFL_OK;

	if (o->held.sections)
		st = ofl_view_row(&o->v, &o->held, o->env->l);
	o->held.sections = 0;
	return st;
}

/* the section in work is done: hold it back, it may grow */
static enum ofl_status close_section(struct owner *o)
{
	struct ofl_section_row row = o->open;
	enum ofl_status st;

	o->open.sections = 0;
	if (!row.sections || (!row.offline && !row.stale && !o->every_section))
		return OFL_OK;
	if (o->held.sections && !o->every_section && !o->v.json &&
	    alike(&o->held, &row)) {
		merge(&o->held, &row);
		return OFL_OK;
	}
	st = print_held(o);
	o->held = row;
	return st;
}

static enum ofl_block_state state_of(const struct owner *o,
				     const struct ofl_section *s)
{
	const struct ofl_block *b = NULL;

	if (o->env->l->sections_per_block)
		b = ofl_blocks_find(o->env->blocks,
				    s->nr / o->env->l->sections_per_block);
	return b ? b->state : s->online ? OFL_BLOCK_ONLINE : OFL_BLOCK_OFFLINE;
}

static enum ofl_status enter(struct owner *o, const struct ofl_section *s)
{
	enum ofl_status st;

	if (o->open.sections && o->open.nr == s->nr)
		return OFL_OK;
	st = close_section(o);
	memset(&o->open, 0, sizeof(o->open));
	o->open.nr = s->nr;
	o->open.sections = 1;
	o->open.online = s->online;
	o->open.node = -1;
	o->open.state = state_of(o, s);
	return st;
}

static void add_pages(struct owner *o, const struct ofl_classified *c,
		      uint64_t pages)
{
	/* records are added up of all owners: -O chooses rows only */
	ofl_records_add(&o->records, c, pages);
	if (o->narrow && !ofl_owner_chosen(&o->only, &c->claim))
		return;
	o->open.offline += pages;
	o->open.pages[ofl_records_owner(&c->claim)] += pages;
}

static enum ofl_status see_pages(void *arg, const struct ofl_section *s,
				 const struct ofl_page *p, uint64_t pages)
{
	struct owner *o = arg;
	enum ofl_status st = enter(o, s);
	uint64_t end = p->pfn + pages, n;
	struct ofl_classified c;
	struct ofl_page at = *p;

	if (st)
		return st;
	if (p->zone)
		o->open.node = p->zone->node;
	if (!s->online)
		o->open.stale += o->narrow ? 0 : pages;
	for (; s->online && at.pfn < end; at.pfn += n) {
		n = ofl_classify_run(&o->classifier, s, &at, end - at.pfn, &c);
		add_pages(o, &c, n);
	}
	return OFL_OK;
}

/* with -a, a section without a single offline page gets its row too */
static enum ofl_status see_any(void *arg, const struct ofl_section *s,
			       const struct ofl_page *p, uint64_t pages,
			       const unsigned char *raw,
			       const unsigned char *raw_end)
{
	struct owner *o = arg;
	enum ofl_status st = enter(o, s);

	(void)pages;
	(void)raw;
	(void)raw_end;
	if (o->open.node < 0 && p->zone)
		o->open.node = p->zone->node;
	return st;
}

static uint64_t all_of_them(void *arg, const struct ofl_section *s,
			    const struct ofl_page *p, uint64_t pages)
{
	(void)arg;
	(void)s;
	(void)p;
	return pages;
}

static enum ofl_status scan(struct owner *o, struct ofl_scan_result *r,
			    struct ofl_err *err)
{
	const struct ofl_run_ctx *ctx = o->ctx;
	struct ofl_sink sink = {
		.offline = see_pages, .arg = o,
		.known = o->every_section ? see_any : NULL,
		.span = all_of_them,
	};
	enum ofl_status st;

	st = ofl_scan(ctx->s->t, &ctx->s->layout, &ctx->s->nodes, &ctx->scan,
		      &sink, 1, r, err);
	if (!st)
		st = close_section(o);
	return st ? st : print_held(o);
}

/* ---- output ---- */

/* does the driver say more of it than the first row has */
static bool is_told(const struct ofl_device_records *k)
{
	return k->account.nr_counters || (k->found.evidence & ~(1u << OFL_EV_NONE));
}

static bool is_wanted(const struct owner *o, const struct ofl_device_records *k)
{
	const struct ofl_claim claim = { .owner = k->owner,
					 .blind = k->blind ? "" : NULL };

	return !o->narrow || ofl_owner_chosen(&o->only, &claim);
}

static void show_devices(struct owner *o, const struct ofl_table *table)
{
	size_t i;

	ofl_view_table(&o->v, table, NULL);
	for (i = 0; i < o->records.nr; i++)
		if (is_wanted(o, &o->records.device[i]) &&
		    (table == &ofl_device_table ||
		     is_told(&o->records.device[i])) &&
		    ofl_view_row(&o->v, &o->records.device[i], o->env->l))
			break;
	ofl_view_table_end(&o->v);
}

/* of devices, then of the kernel's own counters */
static void each_complaint(struct owner *o,
			   void (*see)(struct owner *,
				       const struct ofl_complaint_row *))
{
	struct ofl_complaint_row row;
	size_t i, n;

	for (i = 0; i <= o->records.nr; i++) {
		const struct ofl_account *a = &o->records.kernel;

		row.device = NULL;
		if (i < o->records.nr) {
			row.device = &o->records.device[i];
			a = &row.device->account;
			if (!is_wanted(o, row.device))
				continue;
		}
		for (n = 0; n < a->nr_complaints; n++) {
			row.c = &a->complaint[n];
			row.next = ofl_next_as(ofl_finding_do(row.c->row,
							      row.c->severity),
					       &o->asked);
			see(o, &row);
		}
	}
}

static void show_complaint(struct owner *o, const struct ofl_complaint_row *row)
{
	o->complaints[row->c->severity]++;
	ofl_view_row(&o->v, row, o->env->l);
}

static void note_next(struct owner *o, const struct ofl_complaint_row *row)
{
	ofl_nexts_add(&o->nexts, row->c->row->code, row->next);
}

/* pages that nobody takes away by offlining; without owner they are a finding */
static bool is_in_the_way(const struct ofl_device_records *k)
{
	return k->owner && k->found.pages && k->found.next &&
	       ofl_outcome_rows[k->found.worst].rank >
	       ofl_outcome_rows[OFL_OUT_MIGRATE].rank;
}

static void show_complaints(struct owner *o)
{
	ofl_view_table(&o->v, &ofl_complaint_table, NULL);
	each_complaint(o, show_complaint);
	ofl_view_table_end(&o->v);
}

/* behind all that they are about */
static void show_nexts(struct owner *o)
{
	const struct ofl_device_records *k;
	size_t i;

	each_complaint(o, note_next);
	for (i = 0; i < o->records.nr; i++) {
		k = &o->records.device[i];
		if (is_wanted(o, k) && is_in_the_way(k))
			ofl_nexts_add(&o->nexts, k->owner->name,
				      k->found.next);
	}
	ofl_nexts_show(&o->nexts, &o->v);
}

static void show_kernel_counters(struct owner *o)
{
	const struct ofl_account *a = &o->records.kernel;
	struct ofl_cell c = { .kind = OFL_CELL_MAP };
	unsigned int i;

	for (i = 0; i < a->nr_counters; i++)
		ofl_map_add(&c, a->counter[i].name, "%" PRId64,
			a->counter[i].value);
	ofl_view_field(&o->v, "kernel_counters",
		       o->ctx->o->verbose && a->nr_counters ? "kernel" : NULL,
		       &c);
}

/* notes always: "NOTE  virtio1: ..."; details with -v: "virtio1  mode SBM" */
static void show_lines(struct owner *o)
{
	struct ofl_cell c = { .kind = OFL_CELL_TEXT };
	size_t i, n;

	for (i = 0; i < o->records.nr; i++) {
		const struct ofl_device_records *k = &o->records.device[i];
		const char *label = k->dev.name[0] ? k->dev.name :
				    ofl_device_driver(k);

		if (!is_wanted(o, k))
			continue;
		for (n = 0; o->ctx->o->verbose && n < k->account.nr_details;
		     n++) {
			ofl_text_put(c.text, sizeof(c.text), "%-10s %s",
				 k->account.detail[n].name,
				 k->account.detail[n].text);
			ofl_view_field(&o->v, NULL, label, &c);
		}
		if (k->dev.note[0])
			ofl_view_words(&o->v, "NOTE", "%s: %s", label,
				       k->dev.note);
	}
}

/* sentences as they are true in this command */
static void set_nexts(struct owner *o)
{
	struct ofl_found *f;
	size_t i;

	o->asked = (struct ofl_next_asked){
		"offowner", o->ctx->o->verbose,
		ofl_owners_want_types(o->env->owners),
	};
	for (i = 0; i < o->records.nr; i++) {
		f = &o->records.device[i].found;
		f->next = ofl_next_as(f->next, &o->asked);
	}
}

/* -O orphan has no devices that could shrink */
static enum ofl_status show_shrinking(struct owner *o, struct ofl_err *err)
{
	if (!o->ctx->o->verbose || (o->narrow && !o->only.owner))
		return OFL_OK;
	return ofl_show_shrinking(&o->v, o->ctx, o->env, o->only.owner, &o->shrink,
				  err);
}

/* a driver that cannot tell all may have devices that have no row here */
static const char *why_not_all(const struct owner *o)
{
	if (o->records.unknown.pages)
		return o->records.why_unknown;
	if (o->records.in_flight.pages)
		return o->records.why_in_flight;
	return o->records.why_unsure ? o->records.why_unsure :
	       o->records.owners ? o->records.owners->blind : NULL;
}

static bool may_lack_devices(const struct owner *o, struct ofl_text *text)
{
	/* -O orphan, -O unknown: no devices are listed */
	if (!o->records.owners || (o->narrow && !o->only.owner))
		return false;
	return ofl_owners_unlisted(o->records.owners, o->only.owner, text);
}

static enum ofl_result judge(const struct owner *o,
			     const struct ofl_scan_result *r,
			     struct ofl_text *text)
{
	const uint64_t *n = o->complaints;
	enum ofl_result result;
	bool short_of;
	char extra[160];

	snprintf(extra, sizeof(extra), "; %" PRIu64 " without owner, %" PRIu64
		 " error%s, %" PRIu64 " warning%s, %" PRIu64 " info%s",
		 o->records.orphans.pages + o->records.unknown.pages +
		 o->records.in_flight.pages,
		 n[OFL_SEV_ERROR], ofl_plural(n[OFL_SEV_ERROR]),
		 n[OFL_SEV_WARNING], ofl_plural(n[OFL_SEV_WARNING]),
		 n[OFL_SEV_INFO], ofl_plural(n[OFL_SEV_INFO]));
	result = ofl_scan_status(r, extra, text);
	result = ofl_owners_status(result, why_not_all(o), text);
	if (o->records.uncounted)
		ofl_text_add(text, "; the kernel's counter of balloon pages is not known");
	if (o->records.undecided)
		ofl_show_undecided(o->records.undecided, text);
	short_of = ofl_records_shortfall(&o->records, text);
	if (may_lack_devices(o, text) || o->records.undecided ||
	    o->records.uncounted || short_of)
		return OFL_RESULT_INCOMPLETE;
	return result == OFL_RESULT_OK &&
	       n[OFL_SEV_WARNING] + n[OFL_SEV_ERROR] ? OFL_RESULT_FINDINGS :
						       result;
}

static enum ofl_status show(struct owner *o, struct ofl_err *err)
{
	struct ofl_run_ctx *ctx = o->ctx;
	struct ofl_scan_result r;
	enum ofl_result result;
	enum ofl_status st;
	char message[OFL_STATUS_BYTES];
	struct ofl_text text = ofl_text_over(message, sizeof(message));

	ofl_show_begin(&o->v, ctx);
	ofl_view_table(&o->v, &ofl_section_table, NULL);
	st = scan(o, &r, err);
	ofl_view_table_end(&o->v);
	if (!st)
		st = ofl_records_close(&o->records, !ctx->filter.any, &r, err);
	if (!st) {
		set_nexts(o);
		show_devices(o, &ofl_device_table);
		if (!o->v.json)
			show_devices(o, &ofl_counter_table);
		show_kernel_counters(o);
		show_lines(o);
		show_complaints(o);
		st = show_shrinking(o, err);
		show_nexts(o);
	}
	if (!st) {
		st = ofl_show_unknown(&o->v, ctx, &r, err);
		ofl_show_totals(&o->v, &r);
	}
	result = judge(o, &r, &text);
	result = ofl_shrink_status(&o->shrink, result, &text);
	result = ofl_add_doubts(ctx, o->records.owners, result, &text);
	st = ofl_show_status(&o->v, ctx, st, result, message, err);
	ofl_scan_result_free(&r);
	return st;
}

static enum ofl_status narrow(struct owner *o, struct ofl_err *err)
{
	if (!o->ctx->o->owner)
		return OFL_OK;
	o->narrow = true;
	ofl_owner_find(o->ctx->o->owner, &o->only);
	return ofl_owner_check(o->ctx->o->owner, err);
}

enum ofl_status ofl_cmd_offowner(struct ofl_run_ctx *ctx, struct ofl_err *err)
{
	struct ofl_analysis *a;
	struct owner *o;
	enum ofl_status st;

	o = calloc(1, sizeof(*o));
	if (!o)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the owners");
	o->ctx = ctx;
	o->every_section = ctx->o->all;
	st = narrow(o, err);
	if (!st)
		st = ofl_session_analysis(ctx->s, &a, err);
	if (!st) {
		o->env = &a->env;
		st = ofl_records_open(&o->records, &a->env, &a->owners, err);
	}
	if (!st) {
		ofl_classifier_init(&o->classifier, &a->env, &a->owners,
				    a->env.blocks);
		st = show(o, err);
	}
	ofl_records_free(&o->records);
	free(o);
	return st;
}
