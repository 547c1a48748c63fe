// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink_rows.c - sub-blocks that a device still has, by what stops them
 *
 * Source: drivers/virtio/virtio_mem.c: virtio_mem_sbm_unplug_any_sb() takes
 * sub-blocks of an offline block as they are, and those of an online one if
 * virtio_mem_fake_offline() can empty them by alloc_contig_range();
 * virtio_mem_bbm_offline_remove_and_unplug_bb() does it to all of a big block.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/shrink_rows.h"
#include "commands/tables.h"
#include "holders/holders.h"
#include "judge/contig.h"
#include "target/count.h"

#define BUCKETS		1024
#define MOST		8	/* rows of an outcome in a table, without -a */
#define ALL		"all"	/* kind of the row of every sub-block */
#define OTHERS		"others"

/** struct row - sub-blocks of one outcome, or those of them that one holder stops */
struct row {
	const struct ofl_shrinking *of;
	const char *device;
	enum ofl_outcome outcome;
	const char *kind;		/* of holder, or of page */
	char name[160], detail[120];
	uint64_t units, pages, first_pfn;
	uint64_t page_bytes;
	uint64_t others;		/* holders in a row of others */
	uint64_t unit_nr;		/* that was counted last */
	uint32_t next;			/* in its bucket, 1 above; 0: none */
};

#define ROW(row) ((const struct row *)(row))

static void get_device(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ROW(row)->device);
}

/* "offlinable" would be said of pages that stay; these are given back */
static void get_outcome(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ROW(row)->outcome == OFL_OUT_OFFLINABLE ? "free" :
			     ofl_outcome_rows[ROW(row)->outcome].page);
}

static void get_units(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (!ROW(row)->others)
		*ret = ofl_cell_int((int64_t)ROW(row)->units);
}

static void get_size(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (!ROW(row)->others)
		*ret = ofl_cell_size(ROW(row)->units * ROW(row)->page_bytes *
				     ROW(row)->of->unit_pages);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)ROW(row)->pages);
}

static void get_first(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(ROW(row)->first_pfn);
}

static void get_kind(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ROW(row)->kind);
}

static void get_name(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->name[0])
		*ret = ofl_cell_text(ROW(row)->name);
}

static void get_detail(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->detail[0])
		*ret = ofl_cell_text(ROW(row)->detail);
}

/* for people: both, which wrap in one column */
static void get_said(const void *row, const void *ctx, struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));

	(void)ctx;
	if (!ROW(row)->name[0])
		return;
	ret->kind = OFL_CELL_TEXT;
	ofl_text_add(&text, "%s", ROW(row)->name);
	if (ROW(row)->detail[0])
		ofl_text_add(&text, ": %s", ROW(row)->detail);
}

static void get_requested(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_size(ROW(row)->of->requested_bytes);
}

static void get_plugged(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_size(ROW(row)->of->plugged_bytes);
}

static void get_unit(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_size(ROW(row)->of->unit_pages * ROW(row)->page_bytes);
}

static const struct ofl_column columns[] = {
	{ "DEVICE", "device", 8, false, 0, get_device, OFL_JSON_STRING,
	  "device that has more plugged than is requested of it" },
	{ "UNPLUG", "unplug", 7, false, 0, get_outcome, OFL_JSON_STRING,
	  "what becomes of a sub-block when the driver tries to unplug it: free, "
	  "nothing is in the way; migrate, pages have to be moved; retries, not "
	  "until what holds pages lets go; blocked; unknown" },
	{ "SUB-BLOCKS", "sub_blocks", 10, true, 0, get_units, OFL_JSON_NUMBER,
	  "plugged sub-blocks, or big blocks, that come to it; one that several "
	  "holders stop is counted for each of them" },
	{ "SIZE", "size", 5, true, 0, get_size, OFL_JSON_NUMBER,
	  "size of these sub-blocks" },
	{ "PAGES", "pages", 6, true, 0, get_pages, OFL_JSON_NUMBER,
	  "pages in them that make it so" },
	{ "PFN", "first_pfn", 8, false, 0, get_first, OFL_JSON_NUMBER,
	  "first page frame number" },
	{ "HOLDER", "kind", 8, false, 0, get_kind, OFL_JSON_STRING,
	  "all: every sub-block that comes to it; else a kind of holder "
	  "(docs/holders.md), or a kind of page where no holder is known" },
	{ NULL, "name", 0, false, 0, get_name, OFL_JSON_STRING_OR_NULL,
	  "who holds the pages, or \"not identified\"; the owner of PageOffline "
	  "pages" },
	{ NULL, "detail", 0, false, 0, get_detail, OFL_JSON_STRING_OR_NULL,
	  "what else is known of the holder" },
	{ "NAME", NULL, 20, false, 0, get_said, OFL_JSON_NONE,
	  "who holds the pages, or \"not identified\", and what else is known" },
	{ NULL, "sub_block_size", 0, false, 0, get_unit, OFL_JSON_NUMBER,
	  "bytes of a sub-block, or big block" },
	{ NULL, "requested", 0, false, 0, get_requested, OFL_JSON_NUMBER,
	  "bytes that are requested of the device" },
	{ NULL, "plugged", 0, false, 0, get_plugged, OFL_JSON_NUMBER,
	  "bytes that it has plugged" },
};

const struct ofl_table ofl_shrink_table = {
	"shrinking", false,
	"if details are asked for (-v): what a virtio_mem device still has that was asked to shrink and "
	"did not, by what stops its sub-blocks, the worst first",
	columns, OFL_COUNT(columns),
};

/* ---- adding up ---- */

/** struct part - pages of the sub-block in work */
struct part {
	uint64_t pages, first_pfn;
};

/** struct by_kind - those of a kind that has no holder to ask for */
struct by_kind {
	struct part part;
	enum ofl_outcome outcome;
	const char *name;		/* the owner's; NULL: has none */
};

/** struct shrink - one device in work */
struct shrink {
	const struct ofl_env *env;
	const struct ofl_filter *filter;
	struct ofl_classifier classifier;	/* of pages that are not offline */
	struct ofl_classifier runs;		/* of those that are */
	struct ofl_classified last;
	struct ofl_holders *holders;	/* of the device; owned */
	const struct ofl_owner_ops *owner;
	const void *state;
	unsigned int device;
	char name[24];
	struct ofl_shrinking s;
	/* the sub-block in work */
	uint64_t unit_nr, seen;
	bool keeps;
	struct part part[OFL_NR_OUTCOMES];
	struct by_kind kind[OFL_NR_KINDS];
	/* all of them */
	struct row *row;		/* owned */
	size_t nr, room;
	uint32_t bucket[BUCKETS];	/* 1 above */
	bool lost;
};

static uint32_t hash(const char *text, uint32_t so_far)
{
	while (*text)
		so_far = so_far * 31 + (unsigned char)*text++;
	return so_far;
}

static struct row *new_row(struct shrink *k)
{
	size_t room = k->room ? 2 * k->room : 64;
	struct row *more;

	if (k->nr == k->room) {
		more = realloc(k->row, room * sizeof(*more));
		k->lost |= !more;
		if (!more)
			return NULL;
		k->row = more;
		k->room = room;
	}
	return &k->row[k->nr++];
}

static struct row *row_for(struct shrink *k, enum ofl_outcome outcome,
			   const char *kind, const char *name,
			   const char *detail)
{
	uint32_t *bucket = &k->bucket[hash(detail, hash(name, hash(kind,
					   outcome))) % BUCKETS];
	struct row *row;
	uint32_t i;

	for (i = *bucket; i; i = row->next) {
		row = &k->row[i - 1];
		if (row->outcome == outcome && !strcmp(row->kind, kind) &&
		    !strcmp(row->name, name) && !strcmp(row->detail, detail))
			return row;
	}
	row = new_row(k);
	if (!row)
		return NULL;
	*row = (struct row){ .of = &k->s, .device = k->name,
			     .outcome = outcome, .kind = kind,
			     .page_bytes = k->env->l->page_bytes,
			     .unit_nr = UINT64_MAX, .next = *bucket };
	ofl_text_put(row->name, sizeof(row->name), "%s", name);
	ofl_text_put(row->detail, sizeof(row->detail), "%s", detail);
	*bucket = (uint32_t)k->nr;
	return row;
}

/* the sub-block in work is counted once, and pages of it */
static void count(struct shrink *k, struct row *row, const struct part *part)
{
	if (!row)
		return;
	row->units += row->unit_nr != k->unit_nr;
	row->unit_nr = k->unit_nr;
	if (!row->pages || part->first_pfn < row->first_pfn)
		row->first_pfn = part->first_pfn;
	row->pages += part->pages;
}

static void count_share(struct shrink *k, const struct ofl_share *s)
{
	const struct part part = { s->pages, s->first_pfn };
	char bad[120] = "";

	if (!s->holder && s->bad_what)
		ofl_text_put(bad, sizeof(bad), "0x%" PRIx64 " %s", s->bad_kva,
			     s->bad_what);
	count(k, row_for(k, s->outcome,
			 s->ops ? s->ops->kind : ofl_rule_rows[s->kind].code,
			 s->holder ? s->holder->name : OFL_NOT_IDENTIFIED,
			 s->holder ? s->holder->detail : bad), &part);
}

/* ---- one sub-block ---- */

static enum ofl_outcome worst_of(const struct shrink *k)
{
	enum ofl_outcome worst = k->seen < k->s.unit_pages ?
				 OFL_OUT_UNKNOWN : OFL_OUT_OFFLINABLE;
	int i;

	for (i = 0; i < OFL_NR_OUTCOMES; i++)
		if (k->part[i].pages)
			worst = ofl_outcome_worse((enum ofl_outcome)i, worst);
	return worst;
}

static void close_unit(struct shrink *k)
{
	enum ofl_outcome worst = worst_of(k);
	struct part all = k->part[worst];
	const struct ofl_share *share;
	size_t nr, i;

	share = ofl_holders_shares(k->holders, &nr);
	/* pages that were not looked at have no pfn of their own */
	if (!all.pages)
		all.first_pfn = k->unit_nr * k->s.unit_pages;
	count(k, row_for(k, worst, ALL, "", ""), &all);
	for (i = 0; i < nr; i++)
		if (share[i].outcome == worst)
			count_share(k, &share[i]);
	for (i = 0; i < OFL_NR_KINDS; i++)
		if (k->kind[i].part.pages && k->kind[i].outcome == worst)
			count(k, row_for(k, worst, ofl_rule_rows[i].code,
					 k->kind[i].name ? k->kind[i].name : "",
					 ""), &k->kind[i].part);
}

static void begin_unit(struct shrink *k, uint64_t nr)
{
	ofl_holders_clear(k->holders);
	memset(k->part, 0, sizeof(k->part));
	memset(k->kind, 0, sizeof(k->kind));
	k->unit_nr = nr;
	k->seen = 0;
	k->keeps = k->owner->keeps(k->state, k->device,
				   nr * k->s.unit_pages);
}

static bool filter_has(const struct shrink *k, uint64_t pfn)
{
	return !k->filter->any || (pfn >= k->filter->lo_pfn &&
				   pfn < k->filter->hi_pfn &&
				   !ofl_filter_names_zone(k->filter));
}

/* no page of it came: its block is offline, or was not added */
static void pass_unit(struct shrink *k, uint64_t nr)
{
	uint64_t pfn = nr * k->s.unit_pages;
	const struct ofl_blocks *blocks = k->env->blocks;
	const struct ofl_layout *l = k->env->l;
	const struct ofl_block *b = !blocks ? NULL :
		ofl_blocks_find(blocks, pfn / l->section_pages /
				l->sections_per_block);

	begin_unit(k, nr);
	if (!k->keeps || !filter_has(k, pfn))
		return;
	if (b ? b->state == OFL_BLOCK_OFFLINE : blocks && !blocks->lost) {
		k->seen = k->s.unit_pages;
		k->part[OFL_OUT_OFFLINABLE] = (struct part){ k->seen, pfn };
	}
	close_unit(k);
}

/* sub-blocks come in ascending order; those between are passed */
static void enter_unit(struct shrink *k, uint64_t nr)
{
	uint64_t next;

	if (nr == k->unit_nr)
		return;
	if (k->seen && k->keeps)
		close_unit(k);
	for (next = k->unit_nr + 1; next < nr; next++)
		pass_unit(k, next);
	begin_unit(k, nr);
}

static void add(struct part *part, uint64_t pfn, uint64_t pages)
{
	if (!part->pages)
		part->first_pfn = pfn;
	part->pages += pages;
}

/* ---- pages ---- */

static bool has_holder(enum ofl_kind kind, enum ofl_outcome out)
{
	return !ofl_rule_rows[kind].offline && kind != OFL_KIND_HWPOISON &&
	       (out == OFL_OUT_RETRIES || out == OFL_OUT_BLOCKED);
}

static void see(struct shrink *k, const struct ofl_classified *c,
		const unsigned char *raw, uint64_t pages)
{
	enum ofl_outcome out = ofl_contig_outcome(&k->classifier.format, c);
	struct ofl_classified copy = *c;

	enter_unit(k, c->pfn / k->s.unit_pages);
	k->seen += pages;
	if (!k->keeps)
		return;
	add(&k->part[out], c->pfn, pages);
	if (c->flags & k->classifier.format.hwpoison)
		copy.kind = OFL_KIND_HWPOISON;
	if (raw && has_holder(copy.kind, out)) {
		copy.outcome = out;
		ofl_holders_add(k->holders, &copy, raw);
	} else if (out != OFL_OUT_MIGRATE && out != OFL_OUT_OFFLINABLE) {
		add(&k->kind[copy.kind].part, c->pfn, pages);
		k->kind[copy.kind].outcome = out;
		k->kind[copy.kind].name = c->offline ?
					  ofl_owner_name(&c->claim) : NULL;
	}
}

static enum ofl_status see_known(void *arg, const struct ofl_section *s,
				 const struct ofl_page *p, uint64_t pages,
				 const unsigned char *raw,
				 const unsigned char *raw_end)
{
	struct shrink *k = arg;

	/* the inside of a free block has nothing that a holder is asked for */
	if (k->last.kind == OFL_KIND_FREE &&
	    ofl_classify_same(&k->classifier, s, p, raw))
		k->last.pfn = p->pfn;
	else
		ofl_classify(&k->classifier, s, p, raw, raw_end, false,
			     &k->last);
	see(k, &k->last, raw, pages);
	return OFL_OK;
}

/* up to where the sub-block of @pfn ends */
static uint64_t in_unit(const struct shrink *k, uint64_t pfn, uint64_t pages)
{
	uint64_t most = k->s.unit_pages - pfn % k->s.unit_pages;

	return pages < most ? pages : most;
}

static enum ofl_status see_offline(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages)
{
	uint64_t end = p->pfn + pages, n;
	struct ofl_classified c;
	struct ofl_page at = *p;
	struct shrink *k = arg;

	for (; s->online && at.pfn < end; at.pfn += n) {
		n = ofl_classify_run(&k->runs, s, &at,
				     in_unit(k, at.pfn, end - at.pfn), &c);
		see(k, &c, NULL, n);
	}
	return OFL_OK;
}

static enum ofl_status see_unknown(void *arg, const struct ofl_section *s,
				   const struct ofl_hole *h)
{
	struct ofl_classified c = { .kind = OFL_KIND_UNKNOWN };
	uint64_t end = h->start_pfn + h->pages, n;
	struct shrink *k = arg;

	(void)s;
	for (c.pfn = h->start_pfn; c.pfn < end; c.pfn += n) {
		n = in_unit(k, c.pfn, end - c.pfn);
		see(k, &c, NULL, n);
	}
	return OFL_OK;
}

/* ---- one device ---- */

static enum ofl_status scan(struct shrink *k, const struct ofl_run_ctx *ctx,
			    struct ofl_shrink_doubts *d, struct ofl_err *err)
{
	struct ofl_filter filter = *k->filter;
	struct ofl_scan_request req = ctx->scan;
	struct ofl_sink sink = {
		.known = see_known, .offline = see_offline,
		.unknown = see_unknown, .arg = k,
	};
	struct ofl_scan_result r;
	enum ofl_status st;

	req.filter = &filter;
	if (filter.lo_pfn < k->s.start_pfn)
		filter.lo_pfn = k->s.start_pfn;
	if (filter.hi_pfn > k->s.end_pfn)
		filter.hi_pfn = k->s.end_pfn;
	if (filter.lo_pfn >= filter.hi_pfn)
		return OFL_OK;
	st = ofl_scan(ctx->s->t, &ctx->s->layout, &ctx->s->nodes, &req, &sink,
		      1, &r, err);
	d->cut |= !st && r.interrupted;
	if (!st && !r.interrupted)
		enter_unit(k, k->s.end_pfn / k->s.unit_pages);
	ofl_scan_result_free(&r);
	return st;
}

static int by_outcome(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	unsigned int rx = ofl_outcome_rows[x->outcome].rank;
	unsigned int ry = ofl_outcome_rows[y->outcome].rank;
	bool all = !strcmp(x->kind, ALL);

	if (rx != ry)
		return rx > ry ? -1 : 1;
	if (all != !strcmp(y->kind, ALL))
		return all ? -1 : 1;
	if (x->pages != y->pages)
		return x->pages > y->pages ? -1 : 1;
	return x->first_pfn < y->first_pfn ? -1 : x->first_pfn > y->first_pfn;
}

/* from the @i-th row on those of one outcome; returns the next one's */
static size_t show_outcome(struct ofl_view *v, const struct shrink *k, size_t i,
			   size_t most)
{
	struct row others = { .kind = OTHERS };
	size_t end = i, shown;

	while (end < k->nr && k->row[end].outcome == k->row[i].outcome)
		end++;
	/* one that is left over has room in a row of its own */
	for (shown = 0; i < end && (shown <= most || end - i == 1); i++, shown++)
		ofl_view_row(v, &k->row[i], NULL);
	if (i == end)
		return end;
	others = k->row[i];
	others.kind = OTHERS;
	others.others = end - i;
	others.detail[0] = '\0';
	ofl_text_put(others.name, sizeof(others.name),
		     "%zu smaller holders; -a has a row for each", end - i);
	for (i++; i < end; i++) {
		others.pages += k->row[i].pages;
		if (k->row[i].first_pfn < others.first_pfn)
			others.first_pfn = k->row[i].first_pfn;
	}
	ofl_view_row(v, &others, NULL);
	return end;
}

static void show_rows(struct ofl_view *v, const struct ofl_run_ctx *ctx,
		      struct shrink *k)
{
	size_t i, most = ctx->o->all || v->json ? SIZE_MAX - 1 : MOST;

	if (k->nr)
		qsort(k->row, k->nr, sizeof(*k->row), by_outcome);
	for (i = 0; i < k->nr; )
		i = show_outcome(v, k, i, most);
}

static enum ofl_status show_device(struct shrink *k, struct ofl_view *v,
				   const struct ofl_run_ctx *ctx,
				   struct ofl_shrink_doubts *d,
				   struct ofl_err *err)
{
	struct ofl_holders_total total;
	enum ofl_status st;

	k->holders = ofl_holders_open(k->env, k->s.start_pfn, k->s.end_pfn);
	if (!k->holders)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for holders");
	ofl_classifier_init(&k->classifier, k->env, k->env->owners,
			    k->env->blocks);
	k->runs = k->classifier;
	k->unit_nr = k->s.start_pfn / k->s.unit_pages - 1;
	st = scan(k, ctx, d, err);
	if (!st)
		show_rows(v, ctx, k);
	total = ofl_holders_total(k->holders);
	if (!d->broken) {
		d->bad_kva = total.bad_kva;
		d->bad_what = total.bad_what;
	}
	d->broken += total.broken;
	d->lost |= k->lost || ofl_holders_lost(k->holders);
	ofl_holders_close(k->holders);
	free(k->row);
	return st;
}

/* ---- all of them ---- */

/** struct call - what a walk over the devices gets */
struct call {
	struct ofl_view *v;
	const struct ofl_run_ctx *ctx;
	struct ofl_shrink_doubts *d;
	struct ofl_err *err;
	bool open;
};

static enum ofl_status try_device(struct call *c, const struct ofl_env *env,
				  size_t row, unsigned int device)
{
	struct ofl_shrinking s = { 0 };
	enum ofl_status st = OFL_OK;
	struct ofl_device shown;
	struct shrink *k;

	if (!ofl_owner_table[row]->shrinking(env->owners->state[row], device,
					     &s))
		return OFL_OK;
	if (!c->open) {
		st = ofl_session_holders(c->ctx->s, c->err);
		if (st)
			return st;
		ofl_view_table(c->v, &ofl_shrink_table, NULL);
		c->open = true;
	}
	k = calloc(1, sizeof(*k));
	if (!k)
		return ofl_fail(c->err, OFL_ERR_NOMEM, "no memory for the sub-blocks");
	k->env = env;
	k->filter = &c->ctx->filter;
	k->owner = ofl_owner_table[row];
	k->state = env->owners->state[row];
	k->device = device;
	k->s = s;
	ofl_owner_show(env->owners, row, device, &shown);
	memcpy(k->name, shown.name, sizeof(k->name));
	st = show_device(k, c->v, c->ctx, c->d, c->err);
	free(k);
	return st;
}

enum ofl_status ofl_show_shrinking(struct ofl_view *v,
				   const struct ofl_run_ctx *ctx,
				   const struct ofl_env *env,
				   const struct ofl_owner_ops *only,
				   struct ofl_shrink_doubts *d,
				   struct ofl_err *err)
{
	struct call c = { .v = v, .ctx = ctx, .d = d, .err = err };
	enum ofl_status st = OFL_OK;
	unsigned int device;
	size_t i;

	for (i = 0; !st && ofl_owner_table[i]; i++) {
		if (!ofl_owner_table[i]->shrinking || !env->owners->state[i] ||
		    (only && ofl_owner_table[i] != only))
			continue;
		for (device = 0; !st && device <
		     ofl_owner_devices(env->owners, i); device++)
			st = try_device(&c, env, i, device);
	}
	if (!c.open && v->json)
		ofl_view_table(v, &ofl_shrink_table, NULL);
	if (c.open || v->json)
		ofl_view_table_end(v);
	return st;
}

enum ofl_result ofl_shrink_status(const struct ofl_shrink_doubts *d,
				  enum ofl_result result,
				  struct ofl_text *text)
{
	if (d->broken)
		ofl_text_add(text, "; the way to the holders of %" PRIu64
			     " page%s is broken, first 0x%" PRIx64 " %s",
			     d->broken, ofl_plural(d->broken), d->bad_kva,
			     d->bad_what);
	if (d->broken && result == OFL_RESULT_OK)
		result = OFL_RESULT_FINDINGS;
	if (d->lost)
		ofl_text_add(text, "; no memory for all holders");
	if (d->cut)
		ofl_text_add(text, "; not all sub-blocks were looked at");
	return d->lost || d->cut ? OFL_RESULT_INCOMPLETE : result;
}
