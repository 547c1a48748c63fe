// SPDX-License-Identifier: GPL-2.0-or-later
/* offblock_rows.c - each block that was judged becomes a row, if it is wanted */
#include <stdlib.h>
#include <string.h>

#include "commands/offblock_rows.h"
#include "judge/place.h"
#include "target/text.h"

static enum ofl_status keep(struct ofl_offblock *p)
{
	struct ofl_block_row *more = p->row;

	if (p->nr_rows == p->room) {
		p->room = p->room ? 2 * p->room : 64;
		more = realloc(p->row, p->room * sizeof(*more));
		if (!more)
			return OFL_ERR_NOMEM;
		p->row = more;
	}
	p->row[p->nr_rows++] = p->held;
	return OFL_OK;
}

/* the row that waits is whole */
enum ofl_status ofl_offblock_print_held(struct ofl_offblock *p)
{
	enum ofl_status st = OFL_OK;

	if (p->held.blocks)
		st = p->o->sort ? keep(p) :
		     ofl_view_row(&p->v, &p->held, p->env->l);
	p->held.blocks = 0;
	return st;
}

enum ofl_status ofl_offblock_print_sorted(struct ofl_offblock *p)
{
	enum ofl_status st = OFL_OK;
	size_t i;

	if (p->nr_rows)
		qsort(p->row, p->nr_rows, sizeof(*p->row), ofl_block_row_worse);
	for (i = 0; i < p->nr_rows && !st; i++)
		st = ofl_view_row(&p->v, &p->row[i], p->env->l);
	free(p->row);
	p->row = NULL;
	return st;
}

static void sum_up(struct ofl_offblock *p, const struct ofl_block_row *row)
{
	struct ofl_block_sum *sum = &p->sum[row->verdict];

	sum->verdict = ofl_outcome_rows[row->verdict].block;
	sum->blocks++;
	sum->without += !row->has_pfn && row->why[0] &&
			row->verdict == OFL_OUT_BLOCKED;
	ofl_block_row_sum(&sum->causes, row);
}

static bool is_wanted(const struct ofl_offblock *p, const struct ofl_block_report *r)
{
	bool any = p->wanted.node < 0 && !p->wanted.zone[0];

	return any || (r->zone && ofl_filter_wants_zone(&p->wanted, r->zone));
}

/* -V and -O choose rows of what was looked at */
static bool is_chosen(const struct ofl_offblock *p, const struct ofl_block_report *r,
		      const struct ofl_block_row *row)
{
	if (p->only != OFL_NR_OUTCOMES && r->verdict != p->only)
		return false;
	return !p->o->owner || ofl_row_has_owner(row, &p->owner);
}

#define LINES	2	/* of a terminal that holders may take */
/* room that a line has for holders behind the columns before */
#define BEFORE_HOLDERS	(11 + 1 + 5 + 1 + 7 + 1 + 10 + 1)

/* pages of drivers by owner, then all others by holder, in one line */
static void who_line(struct ofl_offblock *p, const struct ofl_share *share,
		     size_t nr, struct ofl_block_row *row)
{
	size_t room = sizeof(row->who);
	struct ofl_text line;
	unsigned int i;
	char size[24];

	if (p->o->who && !p->o->columns && p->v.width > BEFORE_HOLDERS + 20 &&
	    LINES * (p->v.width - BEFORE_HOLDERS) < room)
		room = LINES * (p->v.width - BEFORE_HOLDERS) + 1;
	line = ofl_text_over(row->who, room);
	for (i = 0; i < row->nr_causes; i++) {
		const struct ofl_row_cause *c = &row->cause[i];

		if (!ofl_rule_rows[c->kind].offline)
			continue;
		ofl_size_text(c->pages * p->env->l->page_bytes, size,
			      sizeof(size));
		ofl_text_item(&line, "; ", "%s %s%s%s", size,
			      ofl_owner_name(&c->claim),
			      c->device && c->device[0] ? " " : "",
			      c->device ? c->device : "");
	}
	if (ofl_holders_line(share, nr, p->env->l->page_bytes, &line) &&
	    !p->more++)
		p->more_nr = row->nr;
}

/* rows of an outcome: a document that explains a block leaves none out */
static size_t most_holders(const struct ofl_offblock *p)
{
	if (p->o->all || (p->explain && p->v.json))
		return SIZE_MAX;
	return p->explain ? OFL_HOLDERS_EXPLAINED : OFL_HOLDERS_A_BLOCK;
}

/* the block as a whole decides what some of its pages come to */
static const struct ofl_share *shares_of(struct ofl_offblock *p,
					 const struct ofl_block_report *r,
					 size_t *nr)
{
	enum ofl_kind from, to;
	int k;

	for (k = 0; k < OFL_NR_KINDS; k++) {
		from = (enum ofl_kind)k;
		to = ofl_rule_is(from, OFL_TRAIT_UNSETTLED) ?
		     ofl_place_settled(r, from) : from;
		if (to != from)
			ofl_holders_become(p->holders, from, to,
					   ofl_report_outcome(p->env, r, to));
	}
	return ofl_holders_shares(p->holders, nr);
}

/* what was added up since the block before, or in a command before */
static const struct ofl_share *take_shares(struct ofl_offblock *p,
					   const struct ofl_block_report *r,
					   size_t *nr)
{
	const struct ofl_share *share;

	if (p->again)
		return ofl_kept_holders_find(p->kept_holders, r->block->nr, nr);
	share = shares_of(p, r, nr);
	if (p->kept_holders)
		ofl_kept_holders_add(p->kept_holders, r->block->nr, share, *nr);
	return share;
}

/*
 * a device is judged by all blocks that it has, and shown if one of them is
 * chosen
 */
static void name_holders(struct ofl_offblock *p, const struct ofl_block_report *r,
			 struct ofl_block_row *row, bool chosen)
{
	bool stays = p->holders && !ofl_outcome_rows[r->verdict].passes;
	uint64_t page_bytes = p->env->l->page_bytes;
	const struct ofl_share *share = NULL;
	size_t nr = 0;

	if (stays)
		share = take_shares(p, r, &nr);
	if (p->o->devices)
		ofl_device_rows_add(&p->device_rows, r, row, share, nr, chosen);
	if (!stays || !chosen)
		return;
	who_line(p, share, nr, row);
	if (!p->v.json && !p->explain)
		return;
	ofl_holder_rows_add(&p->holder_rows, r->block->nr, page_bytes, share,
			    nr, most_holders(p));
}

/* -w is about what is in the way; a document and -a leave no block out */
static bool is_quiet(const struct ofl_offblock *p, const struct ofl_block_row *row)
{
	return p->o->who && !p->v.json && !p->o->all && !p->explain &&
	       p->only == OFL_NR_OUTCOMES &&
	       ofl_outcome_rows[row->verdict].passes;
}

static enum ofl_status print_block(struct ofl_offblock *p,
				   const struct ofl_block_report *r)
{
	struct ofl_block_row row;
	enum ofl_status st;
	bool chosen;
	int k;

	ofl_block_row(p->env, p->devs, r, &row);
	chosen = is_chosen(p, r, &row);
	if (!is_wanted(p, r))
		return OFL_OK;
	if (!chosen)
		name_holders(p, r, &row, false);
	if (!chosen)
		return OFL_OK;
	for (k = 0; k < OFL_NR_KINDS; k++)
		if (r->kind[k].claim.blind || r->kind[k].claim.unsure)
			p->blind = r->kind[k].claim.blind ?
				   r->kind[k].claim.blind :
				   r->kind[k].claim.unsure;
	sum_up(p, &row);
	p->nr++;
	ofl_block_doubts_add(&p->doubts, r);
	p->kept = *r;
	memcpy(p->kept_next, row.next, sizeof(p->kept_next));
	name_holders(p, r, &row, true);
	if (ofl_offblock_only_devices(p) || is_quiet(p, &row))
		return OFL_OK;
	/* holders are those of one block */
	if (p->held.blocks && !p->o->all && !p->v.json && !p->names &&
	    ofl_block_row_add(&p->held, &row))
		return OFL_OK;
	st = ofl_offblock_print_held(p);
	p->held = row;
	return st;
}

enum ofl_status ofl_offblock_report(void *arg, const struct ofl_block_report *r)
{
	struct ofl_offblock *p = arg;
	enum ofl_status st = print_block(p, r);

	/* those of blocks that are not shown, too */
	if (p->holders)
		ofl_holders_clear(p->holders);
	return st;
}
