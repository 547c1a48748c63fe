// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * shrink_rows.c - the table of sub-blocks that a device still has: offowner -v
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/shrink_rows.h"
#include "commands/tables.h"
#include "holders/shrink.h"
#include "target/count.h"

#define MOST		8	/* rows of an outcome in a table, without -a */
#define OTHERS		"others"

/** struct row - as it is shown */
struct row {
	const struct ofl_shrink_row *sum;
	const struct ofl_shrinking *of;
	const char *device;
	uint64_t page_bytes;
	uint64_t others;		/* holders in a row of others */
};

#define ROW(row) ((const struct row *)(row))
#define SUM(row) (ROW(row)->sum)

static void get_device(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ROW(row)->device);
}

/* "offlinable" would be said of pages that stay; these are given back */
static void get_outcome(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(SUM(row)->outcome == OFL_OUT_OFFLINABLE ? "free" :
			     ofl_outcome_rows[SUM(row)->outcome].page);
}

static void get_units(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (!ROW(row)->others)
		*ret = ofl_cell_int((int64_t)SUM(row)->units);
}

static void get_size(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (!ROW(row)->others)
		*ret = ofl_cell_size(SUM(row)->units * ROW(row)->page_bytes *
				     ROW(row)->of->unit_pages);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)SUM(row)->pages);
}

static void get_first(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(SUM(row)->first_pfn);
}

static void get_kind(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(SUM(row)->kind);
}

static void get_name(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (SUM(row)->name[0])
		*ret = ofl_cell_text(SUM(row)->name);
}

static void get_detail(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (SUM(row)->detail[0])
		*ret = ofl_cell_text(SUM(row)->detail);
}

/* for people: both, which wrap in one column */
static void get_said(const void *row, const void *ctx, struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));

	(void)ctx;
	if (!SUM(row)->name[0])
		return;
	ret->kind = OFL_CELL_TEXT;
	ofl_text_add(&text, "%s", SUM(row)->name);
	if (SUM(row)->detail[0])
		ofl_text_add(&text, ": %s", SUM(row)->detail);
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

/* ---- rows ---- */

static void show_row(struct ofl_view *v, const struct row *device,
		     const struct ofl_shrink_row *sum, uint64_t others)
{
	struct row row = *device;

	row.sum = sum;
	row.others = others;
	ofl_view_row(v, &row, NULL);
}

/* those of one outcome, which @sum begins; returns how many there are */
static size_t show_outcome(struct ofl_view *v, const struct row *device,
			   const struct ofl_shrink_row *sum, size_t nr,
			   size_t most)
{
	struct ofl_shrink_row others;
	size_t end = 0, i;

	while (end < nr && sum[end].outcome == sum->outcome)
		end++;
	/* one that is left over has room in a row of its own */
	for (i = 0; i < end && (i <= most || end - i == 1); i++)
		show_row(v, device, &sum[i], 0);
	if (i == end)
		return end;
	others = sum[i];
	others.kind = OTHERS;
	others.detail[0] = '\0';
	ofl_text_put(others.name, sizeof(others.name),
		     "%zu smaller holders; -a has a row for each", end - i);
	nr = end - i;
	for (i++; i < end; i++) {
		others.pages += sum[i].pages;
		if (sum[i].first_pfn < others.first_pfn)
			others.first_pfn = sum[i].first_pfn;
	}
	show_row(v, device, &others, nr);
	return end;
}

static enum ofl_status show_device(struct ofl_view *v,
				   const struct ofl_run_ctx *ctx,
				   struct ofl_shrink *k,
				   const struct row *device,
				   struct ofl_shrink_doubts *d,
				   struct ofl_err *err)
{
	size_t most = ctx->o->all || v->json ? SIZE_MAX - 1 : MOST, nr, i;
	struct ofl_scan_request req = ctx->scan;
	const struct ofl_shrink_row *sum;
	enum ofl_status st;

	req.filter = &ctx->filter;
	st = ofl_shrink_scan(k, ctx->s->t, &req, d, err);
	if (st)
		return st;
	sum = ofl_shrink_rows(k, &nr);
	for (i = 0; i < nr; )
		i += show_outcome(v, device, &sum[i], nr - i, most);
	ofl_shrink_doubt(k, d);
	return OFL_OK;
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
	const void *state = env->owners->state[row];
	struct ofl_shrinking s = { 0 };
	enum ofl_status st = OFL_OK;
	struct ofl_device shown;
	struct ofl_shrink *k;

	if (!ofl_owner_table[row]->shrinking(state, device, &s))
		return OFL_OK;
	if (!c->open) {
		st = ofl_session_holders(c->ctx->s, c->err);
		if (st)
			return st;
		ofl_view_table(c->v, &ofl_shrink_table, NULL);
		c->open = true;
	}
	ofl_owner_show(env->owners, row, device, &shown);
	st = ofl_shrink_open(env, ofl_owner_table[row], state, device, &s, &k,
			     c->err);
	if (st)
		ofl_fail_in(c->err, "what %s could unplug", shown.name);
	else
		st = show_device(c->v, c->ctx, k, &(struct row){
				 .of = &s, .device = shown.name,
				 .page_bytes = env->l->page_bytes },
				 c->d, c->err);
	ofl_shrink_close(k);
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
		ofl_text_add(text, "; no room for all holders");
	if (d->cut)
		ofl_text_add(text, "; not all sub-blocks were looked at");
	return d->lost || d->cut ? OFL_RESULT_INCOMPLETE : result;
}
