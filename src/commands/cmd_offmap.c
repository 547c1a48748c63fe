// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd_offmap.c - one character a memory block, or a section: its verdict or owner */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/blockrow.h"
#include "commands/command.h"
#include "commands/map_rows.h"
#include "commands/tables.h"
#include "judge/judge.h"
#include "kernel/section.h"
#include "session/identify.h"
#include "target/count.h"

/** struct unit - a block, or a section, that is there */
struct unit {
	uint64_t nr;
	uint64_t last_nr;	/* its last section */
	bool online;		/* a section of it is */
};

/** struct map - state of the command */
struct map {
	struct ofl_run_ctx *ctx;
	struct ofl_view v;
	struct ofl_map out;
	uint64_t sections;		/* in a unit */

	/* by verdict */
	struct ofl_filter wanted;	/* node and zone */
	const struct ofl_env *env;
	uint64_t unknown;		/* blocks of which it is not known */
	struct ofl_block_doubts doubts;
	const char *blind;		/* why some page's owner is not known */

	/* by owner */
	struct ofl_identifier id;
	struct unit *unit;		/* owned, ascending */
	size_t nr, room, at;		/* at: the one that is filled */
	uint64_t pages[OFL_MAX_OWNERS + 1];	/* of that unit; the last: orphans */
	uint64_t unowned;		/* of it, PageOffline: the owner is not known */
	uint64_t holes;			/* of it: nothing is known of them */
	uint64_t end_nr;		/* sections before it are done */
};

/* ---- by owner ---- */

static enum ofl_status add_unit(void *arg, const struct ofl_section *s)
{
	struct map *m = arg;
	uint64_t nr = s->nr / m->sections;
	/* of one that is damaged nobody knows, and its pages are unknown */
	bool online = s->online || s->corrupt;
	struct unit *more;

	if (m->nr && m->unit[m->nr - 1].nr == nr) {
		m->unit[m->nr - 1].online |= online;
		m->unit[m->nr - 1].last_nr = s->nr;
		return OFL_OK;
	}
	if (m->nr == m->room) {
		m->room = m->room ? 2 * m->room : 256;
		more = realloc(m->unit, m->room * sizeof(*more));
		if (!more)
			return OFL_ERR_NOMEM;
		m->unit = more;
	}
	m->unit[m->nr++] = (struct unit){ nr, s->nr, online };
	return OFL_OK;
}

static void owners_text(const struct map *m, struct ofl_text *text)
{
	size_t i;

	for (i = 0; ofl_owner_table[i]; i++)
		if (m->pages[i])
			ofl_text_item(text, "\n", "%s=%" PRIu64,
				      ofl_owner_table[i]->name, m->pages[i]);
	if (m->pages[OFL_MAX_OWNERS])
		ofl_text_item(text, "\n", OFL_ORPHAN "=%" PRIu64,
			      m->pages[OFL_MAX_OWNERS]);
	if (m->unowned + m->holes)
		ofl_text_item(text, "\n", OFL_NOT_KNOWN "=%" PRIu64,
			      m->unowned + m->holes);
}

/* -> row of the legend */
static size_t kind_of_unit(const struct map *m, uint64_t *pages)
{
	size_t i, owner = 0, owners = 0;

	*pages = m->unowned;
	for (i = 0; i <= OFL_MAX_OWNERS; i++)
		if (m->pages[i]) {
			*pages += m->pages[i];
			owner = i;
			owners++;
		}
	if (!m->unit[m->at].online)
		return OFL_MAP_OFFLINE;
	if (m->unowned + m->holes)
		return OFL_MAP_UNKNOWN;
	return !owners ? OFL_MAP_NONE :
	       owners > 1 ? OFL_MAP_SEVERAL : OFL_MAP_OWNERS + owner;
}

static enum ofl_status close_unit(struct map *m)
{
	char owners[512];
	struct ofl_text text = ofl_text_over(owners, sizeof(owners));
	struct ofl_map_cell cell = { .nr = m->unit[m->at].nr, .owners = owners };
	enum ofl_status st;

	cell.kind = kind_of_unit(m, &cell.offline);
	cell.has_offline = true;
	owners_text(m, &text);
	st = ofl_map_put(&m->out, &m->v, &cell, "");
	memset(m->pages, 0, sizeof(m->pages));
	m->unowned = m->holes = 0;
	m->at++;
	return st;
}

/* all units before that of this section are over */
static enum ofl_status go_to(struct map *m, uint64_t section_nr)
{
	enum ofl_status st = OFL_OK;

	while (m->at < m->nr && m->unit[m->at].nr < section_nr / m->sections &&
	       !st)
		st = close_unit(m);
	return st;
}

static uint64_t count_first(struct map *m, const struct ofl_page *p,
			    uint64_t pages)
{
	struct ofl_claim claim;
	bool known = ofl_identify(&m->id, p, &claim);
	size_t i = 0;

	pages = ofl_claim_pages(&claim, p->pfn, pages);
	while (claim.owner && ofl_owner_table[i] != claim.owner)
		i++;
	if (known)
		m->pages[claim.owner ? i : OFL_MAX_OWNERS] += pages;
	else
		m->unowned += pages;
	return pages;
}

static enum ofl_status see_offline(void *arg, const struct ofl_section *s,
				   const struct ofl_page *p, uint64_t pages)
{
	struct map *m = arg;
	enum ofl_status st = go_to(m, s->nr);
	uint64_t end = p->pfn + pages;
	struct ofl_page at = *p;

	while (s->online && at.pfn < end && !st)
		at.pfn += count_first(m, &at, end - at.pfn);
	return st;
}

static enum ofl_status see_unknown(void *arg, const struct ofl_section *s,
				   const struct ofl_hole *h)
{
	struct map *m = arg;
	enum ofl_status st = go_to(m, s->nr);

	m->holes += h->pages;
	return st;
}

static enum ofl_status see_done(void *arg, const struct ofl_section *s)
{
	struct map *m = arg;

	m->end_nr = s->nr + 1;
	return OFL_OK;
}

/* ^C leaves units out of which not all sections were looked at */
static bool is_over(const struct map *m, const struct ofl_scan_result *r)
{
	return !r->interrupted || m->unit[m->at].last_nr < m->end_nr;
}

static enum ofl_status scan_owners(struct map *m, struct ofl_scan_result *r,
				   struct ofl_err *err)
{
	struct ofl_session *s = m->ctx->s;
	struct ofl_sink sink = {
		.offline = see_offline, .unknown = see_unknown,
		.done = see_done, .arg = m,
	};
	enum ofl_status st;

	st = ofl_scan(s->t, &s->layout, &s->nodes, &m->ctx->scan, &sink, 1, r,
		      err);
	while (!st && m->at < m->nr && is_over(m, r))
		st = close_unit(m);
	m->blind = m->id.why_not;
	return st;
}

/* ---- by verdict ---- */

static enum ofl_status put_block(struct map *m,
				 const struct ofl_block_report *r)
{
	uint64_t i, parts = m->out.by_section ?
			    m->env->l->sections_per_block : 1;
	struct ofl_map_cell cell = {
		.nr = r->block->start_section_nr / m->sections,
		.kind = r->verdict, .offline = r->offline,
		.has_offline = parts == 1, .owners = "",
	};
	enum ofl_status st = OFL_OK;

	for (i = 0; i < parts && !st; i++, cell.nr++)
		st = ofl_map_put(&m->out, &m->v, &cell, r->reason);
	return st;
}

static enum ofl_status see_block(void *arg, const struct ofl_block_report *r)
{
	struct map *m = arg;
	int k;

	if (ofl_filter_names_zone(&m->wanted) &&
	    (!r->zone || !ofl_filter_wants_zone(&m->wanted, r->zone)))
		return OFL_OK;
	for (k = 0; k < OFL_NR_KINDS; k++)
		if (r->kind[k].claim.blind || r->kind[k].claim.unsure)
			m->blind = r->kind[k].claim.blind ?
				   r->kind[k].claim.blind :
				   r->kind[k].claim.unsure;
	m->unknown += r->verdict == OFL_OUT_UNKNOWN;
	ofl_block_doubts_add(&m->doubts, r);
	return put_block(m, r);
}

static enum ofl_status scan_verdicts(struct map *m, struct ofl_analysis *a,
				     struct ofl_scan_result *r,
				     struct ofl_err *err)
{
	struct ofl_session *s = m->ctx->s;
	struct ofl_judge j;

	ofl_judge_init(&j, &a->env, &a->owners, &a->blocks, &a->ram,
		       &m->ctx->filter);
	j.emit = see_block;
	j.arg = m;
	return ofl_verdicts_scan(&a->verdicts, s->t, &m->ctx->scan, &j, r, err);
}

/* ---- the command ---- */

static enum ofl_result judge(const struct map *m, const struct ofl_analysis *a,
			     const struct ofl_scan_result *r,
			     struct ofl_text *text)
{
	enum ofl_result result;

	ofl_text_add(text, "%" PRIu64 " %s%s", m->out.units,
		     m->out.by_section ? "section" : "block",
		     ofl_plural(m->out.units));
	if (r->total.unknown)
		ofl_text_add(text, "; nothing is known of %" PRIu64 " page%s",
			     r->total.unknown, ofl_plural(r->total.unknown));
	if (m->out.path)
		ofl_text_add(text, "; picture in %s", m->out.path);
	if (!m->out.units && !r->interrupted)
		ofl_text_add(text, "; no block passes the filter");
	result = ofl_owners_status(ofl_scan_shortfall(r, text), m->blind, text);
	if (m->unknown)
		ofl_text_add(text, "; the verdict on %" PRIu64 " block%s is not known",
			     m->unknown, ofl_plural(m->unknown));
	if (a && (ofl_block_doubts_say(&m->doubts, m->env->l, &a->ram, text) ||
		  a->blocks.lost))
		return OFL_RESULT_INCOMPLETE;
	if (m->unknown)
		return OFL_RESULT_INCOMPLETE;
	return result;
}

static enum ofl_status finish(struct map *m, struct ofl_analysis *a,
			      enum ofl_status st, struct ofl_scan_result *r,
			      struct ofl_err *err)
{
	const struct ofl_owners *owners = a ? &a->owners :
				m->id.a ? &m->id.a->owners : NULL;
	char message[OFL_STATUS_BYTES];
	struct ofl_text text = ofl_text_over(message, sizeof(message));
	enum ofl_result result;

	st = ofl_map_close(&m->out, &m->v, st, r->interrupted, err);
	if (!st)
		st = ofl_show_unknown(&m->v, m->ctx, r, err);
	if (!st)
		ofl_show_totals(&m->v, r);
	result = judge(m, a, r, &text);
	result = ofl_add_doubts(m->ctx, owners, result, &text);
	return ofl_show_status(&m->v, m->ctx, st, result, message, err);
}

static enum ofl_status show(struct map *m, struct ofl_analysis *a,
			    struct ofl_err *err)
{
	struct ofl_scan_result r;
	enum ofl_status st;

	st = ofl_map_open(&m->out, m->ctx, m->sections, err);
	if (st)
		return st;
	ofl_show_begin(&m->v, m->ctx);
	ofl_map_begin(&m->out, &m->v);
	st = a ? scan_verdicts(m, a, &r, err) : scan_owners(m, &r, err);
	st = finish(m, a, st, &r, err);
	ofl_scan_result_free(&r);
	return st;
}

static enum ofl_status show_verdicts(struct map *m, struct ofl_err *err)
{
	struct ofl_analysis *a;
	enum ofl_status st = ofl_session_analysis(m->ctx->s, &a, err);

	if (!st)
		st = ofl_analysis_load_ram(a, err);
	if (st)
		return st;
	m->env = &a->env;
	m->wanted = m->ctx->filter;
	st = ofl_filter_whole_blocks(a->env.l, a->env.n, &m->ctx->filter, err);
	return st ? st : show(m, a, err);
}

static enum ofl_status show_owners(struct map *m, struct ofl_err *err)
{
	const struct ofl_run_ctx *ctx = m->ctx;
	struct ofl_section_stats stats;

	if (ofl_section_walk(ctx->s->t, &ctx->s->layout, ctx->filter.lo_pfn,
			     ctx->filter.hi_pfn, add_unit, m, &stats))
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the map");
	return show(m, NULL, err);
}

enum ofl_status ofl_cmd_offmap(struct ofl_run_ctx *ctx, struct ofl_err *err)
{
	struct map *m = calloc(1, sizeof(*m));
	uint64_t per_block = ctx->s->layout.sections_per_block;
	enum ofl_status st;

	if (!m)
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the map");
	m->ctx = ctx;
	m->id.s = ctx->s;
	m->out.by_owner = ctx->o->who;
	/* a kernel without memory blocks has owners, too */
	m->out.by_section = ctx->o->by_section || !per_block;
	m->sections = m->out.by_section ? 1 : per_block;
	st = m->out.by_owner ? show_owners(m, err) : show_verdicts(m, err);
	free(m->unit);
	free(m);
	return st;
}
