// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_offowner.c - whose pages: by memory section and by device */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "books.h"
#include "pagereader.h"

/* ---- one row a section, or several that are alike ---- */

/** struct section_row - neighbouring sections */
struct section_row {
	uint64_t nr, sections;		/* 0 sections: none */
	int node;
	bool online;
	enum ofl_block_state state;
	uint64_t offline, stale;
	uint64_t pages[OFL_BOOKS_OWNERS];	/* by owner; nobody's last */
	const char *nobody;	/* what those are called */
};

#define SECTION(row) ((const struct section_row *)(row))

/* name=value, as the cell of a map has them; what does not fit is left out */
static void map_add(struct ofl_cell *c, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void map_add(struct ofl_cell *c, const char *name, const char *fmt, ...)
{
	size_t used = strlen(c->text), room = sizeof(c->text) - used;
	char value[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	c->kind = OFL_CELL_MAP;
	if ((size_t)snprintf(c->text + used, room, "%s%s=%s", used ? "\n" : "",
			     name, value) >= room)
		c->text[used] = '\0';
}

static void get_sections(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	if (SECTION(row)->sections == 1)
		snprintf(ret->text, sizeof(ret->text), "%" PRIx64,
			 SECTION(row)->nr);
	else
		snprintf(ret->text, sizeof(ret->text), "%" PRIx64 "-%" PRIx64,
			 SECTION(row)->nr,
			 SECTION(row)->nr + SECTION(row)->sections - 1);
}

static void get_nr(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)SECTION(row)->nr);
}

static void get_phys(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_layout *l = ctx;
	uint64_t bytes = l->section_pages * l->page_bytes;

	ret->kind = OFL_CELL_TEXT;
	snprintf(ret->text, sizeof(ret->text), "%" PRIx64 "-%" PRIx64,
		 SECTION(row)->nr * bytes,
		 (SECTION(row)->nr + SECTION(row)->sections) * bytes - 1);
}

static void get_start(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_hex(SECTION(row)->nr *
			    ((const struct ofl_layout *)ctx)->section_pages);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_int((int64_t)(SECTION(row)->sections *
			    ((const struct ofl_layout *)ctx)->section_pages));
}

static void get_node(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (SECTION(row)->node >= 0)
		*ret = ofl_cell_int(SECTION(row)->node);
}

static void get_state(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_block_state_text(SECTION(row)->state));
}

static void get_offline(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)SECTION(row)->offline);
}

static void get_stale(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)SECTION(row)->stale);
}

static void get_owners(const void *row, const void *ctx, struct ofl_cell *ret)
{
	size_t i;

	(void)ctx;
	ret->kind = OFL_CELL_MAP;
	for (i = 0; i < OFL_BOOKS_OWNERS; i++)
		if (SECTION(row)->pages[i])
			map_add(ret, i == OFL_MAX_OWNERS ? SECTION(row)->nobody :
				ofl_owner_table[i]->name, "%" PRIu64,
				SECTION(row)->pages[i]);
}

static const struct ofl_column section_columns[] = {
	{ "SECTION", NULL, 7, false, 0, get_sections },
	{ NULL, "nr", 0, false, 0, get_nr },
	{ "PHYS", NULL, 19, false, 0, get_phys },
	{ NULL, "start_pfn", 0, false, 0, get_start },
	{ NULL, "pages", 0, false, 0, get_pages },
	{ "NODE", "node", 4, true, 0, get_node },
	{ "STATE", "state", 6, false, 0, get_state },
	{ "OFFLINE", "offline", 7, true, 0, get_offline },
	{ "STALE", "stale", 5, true, 0, get_stale },
	{ "OWNERS", "owners", 20, false, 0, get_owners },
};

static const struct ofl_table section_table = {
	"sections", false, section_columns,
	sizeof(section_columns) / sizeof(section_columns[0]),
};

/* ---- one row a device ---- */

#define BOOK(row) ((const struct ofl_book *)(row))

static const char *driver_name(const struct ofl_book *k)
{
	/* orphans are a warning; an info is that nobody knows */
	return k->owner ? k->owner->name :
	       k->severity == OFL_SEV_INFO ? OFL_NOT_KNOWN : OFL_ORPHAN;
}

static void get_driver(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(driver_name(BOOK(row)));
}

static void get_device(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (BOOK(row)->dev.name[0])
		*ret = ofl_cell_text(BOOK(row)->dev.name);
}

static void get_found(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)BOOK(row)->found.pages);
}

static void get_expected(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (BOOK(row)->account.known)
		*ret = ofl_cell_int(BOOK(row)->account.expected);
}

static void get_difference(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (BOOK(row)->compared)
		*ret = ofl_cell_int(BOOK(row)->difference);
}

static void get_explained(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	(void)ctx;
	if (BOOK(row)->explained[0])
		*ret = ofl_cell_text(BOOK(row)->explained);
}

/* the worst first: one page that blocks is enough */
static void get_offlining(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	size_t used = 0;
	int i;

	(void)ctx;
	ret->kind = OFL_CELL_LIST;
	for (i = OFL_NR_OUTCOMES - 1; i >= 0; i--)
		if (BOOK(row)->found.outcome[i])
			used += (size_t)snprintf(ret->text + used,
				sizeof(ret->text) - used, "%s%s",
				used ? "," : "",
				ofl_outcome_text((enum ofl_outcome)i));
}

static void get_evidence(const void *row, const void *ctx, struct ofl_cell *ret)
{
	size_t used = 0;
	int i;

	(void)ctx;
	ret->kind = OFL_CELL_LIST;
	for (i = OFL_EV_NONE + 1; i < OFL_NR_EVIDENCE; i++)
		if (BOOK(row)->found.evidence >> i & 1)
			used += (size_t)snprintf(ret->text + used,
				sizeof(ret->text) - used, "%s%s",
				used ? "," : "",
				ofl_evidence_text((enum ofl_evidence)i));
}

static void get_counters(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_account *a = &BOOK(row)->account;
	unsigned int i;

	(void)ctx;
	ret->kind = OFL_CELL_MAP;
	for (i = 0; i < a->nr_counters; i++)
		map_add(ret, a->counter[i].name, "%" PRId64,
			a->counter[i].value);
}

static void get_details(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_account *a = &BOOK(row)->account;
	unsigned int i;

	(void)ctx;
	ret->kind = OFL_CELL_MAP;
	for (i = 0; i < a->nr_details; i++)
		map_add(ret, a->detail[i].name, "%s", a->detail[i].text);
}

static void get_note(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (BOOK(row)->dev.note[0])
		*ret = ofl_cell_text(BOOK(row)->dev.note);
}

static const struct ofl_column device_columns[] = {
	{ "DRIVER", "driver", 14, false, 0, get_driver },
	{ "DEVICE", "device", 8, false, 0, get_device },
	{ "FOUND", "found", 7, true, 0, get_found },
	{ "EXPECTED", "expected", 8, true, 0, get_expected },
	{ "DIFFERENCE", "difference", 10, true, 0, get_difference },
	{ "EXPLAINED", "explained_by", 9, false, 0, get_explained },
	{ "OFFLINING", "on_offlining", 9, false, 0, get_offlining },
	{ "EVIDENCE", "evidence", 8, false, 0, get_evidence },
	{ "COUNTERS", "counters", 20, false, 0, get_counters },
	{ NULL, "details", 0, false, 0, get_details },
	{ NULL, "note", 0, false, 0, get_note },
};

static const struct ofl_table device_table = {
	"devices", false, device_columns,
	sizeof(device_columns) / sizeof(device_columns[0]),
};

/* ---- what is wrong with the books ---- */

/** struct complaint_row - a complaint and whose it is */
struct complaint_row {
	const struct ofl_book *book;	/* NULL: the kernel's own counters */
	const struct ofl_complaint *c;
};

#define COMPLAINT(row) ((const struct complaint_row *)(row))

static void get_severity(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_severity_text(COMPLAINT(row)->c->severity));
}

static void get_whose(const void *row, const void *ctx, struct ofl_cell *ret)
{
	if (COMPLAINT(row)->book)
		get_driver(COMPLAINT(row)->book, ctx, ret);
}

static void get_which(const void *row, const void *ctx, struct ofl_cell *ret)
{
	if (COMPLAINT(row)->book)
		get_device(COMPLAINT(row)->book, ctx, ret);
}

static void get_code(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(COMPLAINT(row)->c->code);
}

static void get_first(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (COMPLAINT(row)->c->pages)
		*ret = ofl_cell_hex(COMPLAINT(row)->c->pfn);
}

static void get_text(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(COMPLAINT(row)->c->text);
}

static const struct ofl_column complaint_columns[] = {
	{ "SEVERITY", "severity", 8, false, 0, get_severity },
	{ "DRIVER", "driver", 14, false, 0, get_whose },
	{ "DEVICE", "device", 8, false, 0, get_which },
	{ "PFN", "pfn", 8, false, 0, get_first },
	{ "CODE", "code", 16, false, 0, get_code },
	{ "WHAT", "what", 20, false, 0, get_text },
};

static const struct ofl_table complaint_table = {
	"complaints", false, complaint_columns,
	sizeof(complaint_columns) / sizeof(complaint_columns[0]),
};

/* ---- the scan ---- */

/** struct owner - state of the command */
struct owner {
	struct ofl_view v;
	const struct ofl_run_ctx *ctx;
	const struct ofl_env *env;
	struct ofl_classifier classifier;
	struct ofl_pagereader reader;
	struct ofl_books books;
	struct section_row open, held;	/* in work; ready but may be merged */
	bool narrow;			/* -O */
	const struct ofl_owner_ops *only;
	bool every_section;		/* one row each, also those without */
	uint64_t unread;		/* could not be read a second time */
};

static bool alike(const struct section_row *a, const struct section_row *b)
{
	size_t i;

	if (a->nr + a->sections != b->nr || a->node != b->node ||
	    a->state != b->state || a->online != b->online ||
	    !a->stale != !b->stale)
		return false;
	for (i = 0; i < OFL_BOOKS_OWNERS; i++)
		if (!a->pages[i] != !b->pages[i])
			return false;
	return true;
}

static void merge(struct section_row *a, const struct section_row *b)
{
	size_t i;

	a->sections += b->sections;
	a->offline += b->offline;
	a->stale += b->stale;
	for (i = 0; i < OFL_BOOKS_OWNERS; i++)
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
	struct section_row row = o->open;
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
	o->open.nobody = o->books.owners->blind ? OFL_NOT_KNOWN : OFL_ORPHAN;
	return st;
}

static enum ofl_status see_page(void *arg, const struct ofl_section *s,
				const struct ofl_page *p)
{
	const struct ofl_layout *l;
	const unsigned char *raw;
	struct ofl_classified c;
	struct owner *o = arg;
	enum ofl_status st = enter(o, s);

	if (st)
		return st;
	if (p->zone)
		o->open.node = p->zone->node;
	if (!s->online) {
		o->open.stale += !o->narrow;
		return OFL_OK;
	}
	l = o->env->l;
	raw = ofl_pagereader_get(&o->reader, s->memmap_kva +
				 (p->pfn - s->start_pfn) * l->struct_page_bytes);
	if (!raw) {
		o->unread++;
		return OFL_OK;
	}
	ofl_classify(&o->classifier, s, p, raw, raw + l->struct_page_bytes,
		     true, &c);
	if (o->narrow && c.claim.owner != o->only)
		return OFL_OK;
	o->open.offline++;
	o->open.pages[ofl_books_owner(c.claim.owner)]++;
	ofl_books_add(&o->books, &c);
	return OFL_OK;
}

/* with -a, a section without a single offline page gets its row too */
static enum ofl_status see_any(void *arg, const struct ofl_section *s,
			       const struct ofl_page *p,
			       const unsigned char *raw,
			       const unsigned char *raw_end, bool offline)
{
	struct owner *o = arg;
	enum ofl_status st = enter(o, s);

	(void)raw;
	(void)raw_end;
	(void)offline;
	if (o->open.node < 0 && p->zone)
		o->open.node = p->zone->node;
	return st;
}

static enum ofl_status scan(struct owner *o, struct ofl_scan_result *r,
			    struct ofl_err *err)
{
	const struct ofl_run_ctx *ctx = o->ctx;
	struct ofl_sink sink = {
		.offline = see_page, .arg = o,
		.known = o->every_section ? see_any : NULL,
	};
	enum ofl_status st;

	st = ofl_scan(ctx->s->t, &ctx->s->layout, &ctx->s->nodes, &ctx->filter,
		      &sink, 1, r, err);
	if (!st)
		st = close_section(o);
	return st ? st : print_held(o);
}

/* ---- output ---- */

static bool is_wanted(const struct owner *o, const struct ofl_book *k)
{
	return !o->narrow || k->owner == o->only;
}

static void show_devices(struct owner *o)
{
	size_t i;

	ofl_view_table(&o->v, &device_table, NULL);
	for (i = 0; i < o->books.nr; i++)
		if (is_wanted(o, &o->books.book[i]) &&
		    ofl_view_row(&o->v, &o->books.book[i], o->env->l))
			break;
	ofl_view_table_end(&o->v);
}

static void show_complaints(struct owner *o)
{
	struct complaint_row row;
	size_t i, n;

	ofl_view_table(&o->v, &complaint_table, NULL);
	for (i = 0; i <= o->books.nr; i++) {
		const struct ofl_account *a = &o->books.kernel;

		row.book = NULL;
		if (i < o->books.nr) {
			row.book = &o->books.book[i];
			a = &row.book->account;
			if (!is_wanted(o, row.book))
				continue;
		}
		for (n = 0; n < a->nr_complaints; n++) {
			row.c = &a->complaint[n];
			if (ofl_view_row(&o->v, &row, o->env->l))
				break;
		}
	}
	ofl_view_table_end(&o->v);
}

static void show_kernel_counters(struct owner *o)
{
	const struct ofl_account *a = &o->books.kernel;
	struct ofl_cell c = { .kind = OFL_CELL_MAP };
	unsigned int i;

	for (i = 0; i < a->nr_counters; i++)
		map_add(&c, a->counter[i].name, "%" PRId64,
			a->counter[i].value);
	ofl_view_field(&o->v, "kernel_counters",
		       o->ctx->o->verbose && a->nr_counters ? "kernel" : NULL,
		       &c);
}

/* notes always, details with -v: lines "virtio1  mode SBM" */
static void show_lines(struct owner *o)
{
	struct ofl_cell c = { .kind = OFL_CELL_TEXT };
	size_t i, n;

	for (i = 0; i < o->books.nr; i++) {
		const struct ofl_book *k = &o->books.book[i];
		const char *label = k->dev.name[0] ? k->dev.name :
				    driver_name(k);

		if (!is_wanted(o, k))
			continue;
		for (n = 0; o->ctx->o->verbose && n < k->account.nr_details;
		     n++) {
			snprintf(c.text, sizeof(c.text), "%-10s %s",
				 k->account.detail[n].name,
				 k->account.detail[n].text);
			ofl_view_field(&o->v, NULL, label, &c);
		}
		if (k->dev.note[0]) {
			snprintf(c.text, sizeof(c.text), "%s", k->dev.note);
			ofl_view_field(&o->v, NULL, label, &c);
		}
	}
}

static enum ofl_result judge(const struct owner *o,
			     const struct ofl_scan_result *r, char *buf,
			     size_t bytes)
{
	const struct ofl_books *b = &o->books;
	uint64_t bad = b->problems[OFL_SEV_WARNING] + b->problems[OFL_SEV_ERROR];
	enum ofl_result result;
	char extra[160];

	snprintf(extra, sizeof(extra), "; %" PRIu64 " without owner, %" PRIu64
		 " error%s, %" PRIu64 " warning%s", b->orphans.pages,
		 b->problems[OFL_SEV_ERROR],
		 ofl_plural(b->problems[OFL_SEV_ERROR]),
		 b->problems[OFL_SEV_WARNING],
		 ofl_plural(b->problems[OFL_SEV_WARNING]));
	result = ofl_scan_status(r, extra, buf, bytes);
	if (o->unread || (b->orphans.pages && b->owners->blind))
		return OFL_RESULT_INCOMPLETE;
	return result == OFL_RESULT_OK && bad ? OFL_RESULT_FINDINGS : result;
}

static enum ofl_status show(struct owner *o, struct ofl_err *err)
{
	const struct ofl_run_ctx *ctx = o->ctx;
	struct ofl_scan_result r;
	enum ofl_result result;
	enum ofl_status st;
	char message[400];

	ofl_view_open(&o->v, ctx->out, ctx->o->json, !ctx->o->no_header,
		      ctx->name);
	ofl_show_kernel(&o->v, ctx->s);
	ofl_view_table(&o->v, &section_table, NULL);
	st = scan(o, &r, err);
	ofl_view_table_end(&o->v);
	if (!st)
		st = ofl_books_close(&o->books, !ctx->filter.any && !o->narrow,
				     &r, err);
	if (!st) {
		show_devices(o);
		show_complaints(o);
		show_kernel_counters(o);
		show_lines(o);
		st = ofl_show_unknown(&o->v, ctx, &r, err);
		ofl_show_totals(&o->v, &r);
	}
	result = judge(o, &r, message, sizeof(message));
	st = ofl_view_close(&o->v, st ? OFL_RESULT_FAILED : result,
			    st ? err->text : message);
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
	struct ofl_analysis a;
	struct owner *o;
	enum ofl_status st;

	if (ctx->o->columns)
		return ofl_fail(err, OFL_ERR_ARG,
			"-o: offowner prints two tables; their columns are fixed");
	o = calloc(1, sizeof(*o));
	if (!o)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the owners");
	o->ctx = ctx;
	o->every_section = ctx->o->all;
	st = narrow(o, err);
	memset(&a, 0, sizeof(a));
	if (!st)
		st = ofl_analysis_load(ctx->s, &a, err);
	o->env = &a.env;
	o->reader.t = ctx->s->t;
	o->reader.l = &ctx->s->layout;
	if (!st)
		st = ofl_books_open(&o->books, &a.env, &a.owners, err);
	if (!st) {
		ofl_classifier_init(&o->classifier, &a.env, &a.owners,
				    &a.blocks);
		st = show(o, err);
	}
	ofl_books_free(&o->books);
	ofl_analysis_free(&a);
	free(o);
	return st;
}
