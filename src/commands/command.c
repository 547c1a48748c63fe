// SPDX-License-Identifier: GPL-2.0-or-later
/* command.c - lines and members that all commands end with */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "commands/command.h"
#include "commands/version.h"

/* a section that mem_section has lost is missed by its memory block only */
static enum ofl_result add_blocks(const struct ofl_scan_result *r,
				  struct ofl_text *text)
{
	const struct ofl_block_totals *b = &r->blocks;
	uint64_t online = r->interrupted || !b->known ? 0 : r->sections.online;
	uint64_t blockless = online > b->online_sections ?
			     online - b->online_sections : 0;

	if (!b->known)
		ofl_text_add(text, "; states of memory blocks are not known");
	if (b->disagree)
		ofl_text_add(text, "; memory block states and section bits disagree for %"
		    PRIu64 " block%s, first memory%" PRIu64, b->disagree,
		    ofl_plural(b->disagree), b->first_disagree_nr);
	if (b->lost)
		ofl_text_add(text, "; %" PRIu64 " memory block%s cannot be read",
		    b->lost, ofl_plural(b->lost));
	if (blockless && !b->lost)
		ofl_text_add(text, "; %" PRIu64 " online section%s belong%s to no memory block",
		    blockless, ofl_plural(blockless),
		    blockless == 1 ? "s" : "");
	if (b->missing || b->lost || blockless || !b->known)
		return OFL_RESULT_INCOMPLETE;
	return b->disagree ? OFL_RESULT_FINDINGS : OFL_RESULT_OK;
}

/* where the pages are that nothing is known of: "first unknown page 0x0 (excluded)" */
static void add_unknown(const struct ofl_scan_result *r, struct ofl_text *text)
{
	const char *before = "";
	int why;

	if (!r->total.unknown)
		return;
	ofl_text_add(text, "; first unknown page ");
	for (why = 0; why < OFL_NR_UNKNOWN; why++) {
		if (!r->unknown[why])
			continue;
		ofl_text_add(text, "%s0x%" PRIx64 " (%s)", before,
			     r->unknown_pfn[why],
			     ofl_unknown_text((enum ofl_unknown)why));
		before = ", ";
	}
}

enum ofl_result ofl_scan_shortfall(const struct ofl_scan_result *r,
				   struct ofl_text *text)
{
	const struct ofl_section_stats *sec = &r->sections;
	enum ofl_result by_blocks;

	if (r->interrupted)
		ofl_text_add(text, "; interrupted, %" PRIu64 " of %" PRIu64
		    " section%s looked at", r->sections_done, r->sections_wanted,
		    ofl_plural(r->sections_wanted));
	if (sec->unreadable)
		ofl_text_add(text, "; mem_section of %" PRIu64
		    " section%s cannot be read, first 0x%" PRIx64 " (%" PRIu64 ")",
		    sec->unreadable, ofl_plural(sec->unreadable),
		    sec->unreadable_nr, sec->unreadable_nr);
	if (sec->corrupt)
		ofl_text_add(text, "; %" PRIu64 " section%s with an impossible memmap, first 0x%"
		    PRIx64 " (%" PRIu64 ")", sec->corrupt,
		    ofl_plural(sec->corrupt), sec->corrupt_nr, sec->corrupt_nr);
	add_unknown(r, text);
	/* no other filter drops pages of the kernel's own */
	if (r->unknown[OFL_UNKNOWN_EXCLUDED])
		ofl_text_add(text, "; makedumpfile -e dropped struct pages from this dump");
	if (r->hidden)
		ofl_text_add(text, "; %" PRIu64 " offline page%s inside of free or compound pages, first 0x%"
		    PRIx64 ": a size is damaged, offline and offrange see them with -x only",
		    r->hidden, ofl_plural(r->hidden), r->hidden_pfn);
	/* what is not online has no zone and is not counted: that is no surprise */
	if (!r->total.scanned && sec->online && !r->interrupted)
		ofl_text_add(text, "; no page passes the filter");
	by_blocks = add_blocks(r, text);
	if (r->interrupted || sec->unreadable || sec->corrupt ||
	    r->total.unknown)
		return OFL_RESULT_INCOMPLETE;
	return r->hidden && !by_blocks ? OFL_RESULT_FINDINGS : by_blocks;
}

enum ofl_result ofl_scan_status(const struct ofl_scan_result *r,
				const char *extra, struct ofl_text *text)
{
	ofl_text_add(text, "%" PRIu64 " page%s scanned in %" PRIu64
		     " section%s: %" PRIu64 " offline, %" PRIu64
		     " unknown, %" PRIu64 " stale%s", r->total.scanned,
		     ofl_plural(r->total.scanned), r->sections_done,
		     ofl_plural(r->sections_done), r->total.offline,
		     r->total.unknown, r->stale, extra);
	return ofl_scan_shortfall(r, text);
}

enum ofl_result ofl_owners_status(enum ofl_result result, const char *why,
				  struct ofl_text *text)
{
	if (!why || !why[0])
		return result;
	ofl_text_add(text, "; not every owner is known: %s", why);
	return OFL_RESULT_INCOMPLETE;
}

void ofl_show_undecided(uint64_t pages, struct ofl_text *text)
{
	ofl_text_add(text, "; what becomes of %" PRIu64
		     " offline page%s is not known", pages, ofl_plural(pages));
}

enum ofl_result ofl_add_doubts(const struct ofl_run_ctx *ctx,
			       const struct ofl_owners *owners,
			       enum ofl_result result, struct ofl_text *text)
{
	const char *marks = ctx->s->layout.new_marks;
	char modules[128];
	struct ofl_text names = ofl_text_over(modules, sizeof(modules));
	bool bare = false;
	bool missing = owners && ofl_owners_missing(owners, ctx->s->t, &names,
						    &bare);
	const char *lost = owners ? ofl_owners_lost(owners) : NULL;

	if (lost)
		ofl_text_add(text, "; %s", lost);
	if (missing)
		ofl_text_add(text, "; which driver owns a page is less certain without types of %s: mod -s loads them%s",
			     modules, bare ? " from files with debuginfo" : "");
	if (marks[0])
		ofl_text_add(text, "; WARNING: this kernel has %s, a mark that is not known here: its rule may differ",
			     marks);
	if (ctx->s->doubt[0])
		ofl_text_add(text, "; WARNING: %s", ctx->s->doubt);
	if (missing || lost)
		return OFL_RESULT_INCOMPLETE;
	return (marks[0] || ctx->s->doubt[0]) && result == OFL_RESULT_OK ? OFL_RESULT_FINDINGS :
						     result;
}

/* "" is not known */
static void host_text(struct ofl_view *v, const char *json, const char *text)
{
	struct ofl_cell c = { .kind = OFL_CELL_UNKNOWN };

	if (text[0])
		c = ofl_cell_text(text);
	ofl_view_field(v, json, NULL, &c);
}

static void host_date(struct ofl_view *v, int64_t date_s)
{
	time_t seconds = (time_t)date_s;
	char text[40] = "";
	struct tm tm;

	if (date_s && gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	host_text(v, "date", text);
}

void ofl_show_host(struct ofl_view *v, const struct ofl_target *t)
{
	static const struct ofl_target nothing;
	struct ofl_cell live = { .kind = OFL_CELL_BOOL };

	if (!t)
		t = &nothing;
	live.i = t->live;
	ofl_view_object(v, "host");
	host_text(v, "nodename", t->nodename);
	host_text(v, "machine", t->machine);
	host_text(v, "kernel", t->release);
	host_date(v, t->date_s);
	ofl_view_field(v, "live", NULL, &live);
	host_text(v, "tool", ofl_version);
	host_text(v, "crash", t->crash);
	ofl_view_object_end(v);
}

void ofl_show_begin(struct ofl_view *v, struct ofl_run_ctx *ctx)
{
	struct ofl_cell page = ofl_cell_int((int64_t)ctx->s->layout.page_bytes);

	ctx->opened = true;
	ofl_view_open(v, ctx->out, ctx->o->json, !ctx->o->no_header, ctx->name);
	ofl_show_host(v, ctx->s->t);
	ofl_view_field(v, "page_size", NULL, &page);
	v->width = ofl_terminal_columns(ctx->s->t);
	if (ctx->o->raw)
		ofl_view_raw(v);
}

void ofl_show_totals(struct ofl_view *v, const struct ofl_scan_result *r)
{
	struct ofl_cell c;

	ofl_view_object(v, "totals");
	c = ofl_cell_int((int64_t)r->total.scanned);
	ofl_view_field(v, "scanned", NULL, &c);
	c = ofl_cell_int((int64_t)r->total.offline);
	ofl_view_field(v, "offline", NULL, &c);
	c = ofl_cell_int((int64_t)r->total.unknown);
	ofl_view_field(v, "unknown", NULL, &c);
	c = ofl_cell_int((int64_t)r->stale);
	ofl_view_field(v, "stale", NULL, &c);
	ofl_view_object_end(v);
}

/* what the whole session lacks, whatever a command asks */
static bool add_lacks(const struct ofl_session *s, struct ofl_text *text)
{
	size_t used = text->used;

	/* not how many: that is a matter of how they are asked */
	if (s->missed.reads)
		ofl_text_add(text, "; kernel data cannot be read, first at 0x%"
			     PRIx64, s->missed.first_kva);
	if (s->missed.reads && s->missed.first_what)
		ofl_text_add(text, " (%s)", s->missed.first_what);
	if (!s->layout.pageflags_whole)
		ofl_text_add(text, "; not every page flag has a name here");
	return text->used > used;
}

/*
 * ^C behind the command's own scan: while unknown pages were listed, or names
 * of holders were looked for.
 */
static bool add_interrupt(const struct ofl_run_ctx *ctx, struct ofl_text *text)
{
	if (ctx->list_wanted)
		ofl_text_add(text, "; interrupted, unknown pages of %" PRIu64
			     " of %" PRIu64 " section%s listed", ctx->list_done,
			     ctx->list_wanted, ofl_plural(ctx->list_wanted));
	else if (!strstr(text->buf, "; interrupted") &&
		 ofl_interrupted(ctx->s->t))
		ofl_text_add(text, "; interrupted before all was looked up");
	else
		return false;
	return true;
}

enum ofl_status ofl_show_status(struct ofl_view *v,
				struct ofl_run_ctx *ctx,
				enum ofl_status st, enum ofl_result result,
				const char *message, struct ofl_err *err)
{
	char all[OFL_STATUS_BYTES];
	struct ofl_text text = ofl_text_over(all, sizeof(all));

	if (!st)
		st = ofl_readers_agree(ctx->s->t, err);
	ctx->failed = st;
	ofl_text_add(&text, "%s", st ? err->text : message);
	if (!st && add_lacks(ctx->s, &text))
		result = OFL_RESULT_INCOMPLETE;
	if (!st && add_interrupt(ctx, &text))
		result = OFL_RESULT_INCOMPLETE;
	if (!st && ctx->s->asked)
		ofl_owners_hint(&ctx->s->analysis->owners, ctx->s->t, &text);
	st = ofl_view_close(v, st ? OFL_RESULT_FAILED : result, all);
	return st ? ofl_view_lost(v, err) : OFL_OK;
}
