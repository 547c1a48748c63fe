// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * unknown.c - the pages that nothing is known of, as a JSON array
 *
 * They are not kept while a command scans: a command that lists them scans
 * once more, and only if there are any.
 */
#include "commands/tables.h"
#include "commands/command.h"
#include "scan/range.h"
#include "target/count.h"

static void get_start(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(((const struct ofl_run *)row)->start_pfn);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)((const struct ofl_run *)row)->pages);
}

static void get_reason(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_unknown_text(((const struct ofl_run *)row)->why));
}

static const struct ofl_column columns[] = {
	{ NULL, "start_pfn", 0, false, 0, get_start, OFL_JSON_NUMBER,
	  "first page frame number" },
	{ NULL, "pages", 0, false, 0, get_pages, OFL_JSON_NUMBER,
	  "number of pages" },
	{ NULL, "reason", 0, false, 0, get_reason, OFL_JSON_STRING,
	  "why nothing is known of them, a word of the list below" },
};

const struct ofl_table ofl_unknown_table = {
	"unknown", false,
	"runs of pages that nothing is known of",
	columns, OFL_COUNT(columns),
};

/* the merger hands out offline pages too */
static enum ofl_status print_run(void *arg, const struct ofl_run *run)
{
	return run->why ? ofl_view_row(arg, run, NULL) : OFL_OK;
}

enum ofl_status ofl_show_unknown(struct ofl_view *v, struct ofl_run_ctx *ctx,
				 const struct ofl_scan_result *seen,
				 struct ofl_err *err)
{
	struct ofl_merger m = {
		.l = &ctx->s->layout, .unknown = true, .emit = print_run,
		.arg = v,
	};
	struct ofl_sink sink = ofl_merger_sink(&m);
	struct ofl_scan_result r = { 0 };
	enum ofl_status st = OFL_OK;

	if (!v->json)
		return OFL_OK;
	ofl_view_table(v, &ofl_unknown_table, NULL);
	if (seen->total.unknown)
		st = ofl_scan(ctx->s->t, &ctx->s->layout, &ctx->s->nodes,
			      &ctx->scan, &sink, 1, &r, err);
	if (!st)
		st = ofl_merger_flush(&m);
	ofl_view_table_end(v);
	if (r.interrupted && !seen->interrupted) {
		ctx->list_done = r.sections_done;
		ctx->list_wanted = r.sections_wanted;
	}
	ofl_scan_result_free(&r);
	return st && st != OFL_ERR_OUTPUT ?
	       ofl_fail_in(err, "looking again for what is unknown") : st;
}
