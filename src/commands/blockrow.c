// SPDX-License-Identifier: GPL-2.0-or-later
/* blockrow.c - rows of offblock: made of reports, merged, put into words */
#include <inttypes.h>
#include <string.h>

#include "commands/blockrow.h"
#include "commands/command.h"
#include "judge/next.h"
#include "judge/records.h"
#include "owners/owner.h"
#include "view/view.h"
#include "target/text.h"

#define SAID	3	/* causes that one row names, and the largest */

static void add_cause(const struct ofl_env *env,
		      const struct ofl_block_report *r,
		      const struct ofl_cause *c, struct ofl_block_row *row)
{
	const struct ofl_claim *claim = &r->kind[c->kind].claim;

	bool behind = !c->decides && !c->reached;

	/*
	 * What no step has come to would be in the way all the same; of a block
	 * that no page decides, only what drivers hold is worth a word.
	 */
	if (behind && (ofl_outcome_rows[c->outcome].rank <=
		       ofl_outcome_rows[OFL_OUT_MIGRATE].rank ||
		       (row->why[0] && !ofl_rule_rows[c->kind].offline)))
		return;
	if (row->nr_causes == OFL_ROW_CAUSES) {
		row->more += c->pages;
		return;
	}
	row->cause[row->nr_causes++] = (struct ofl_row_cause){
		.kind = c->kind, .pages = c->pages, .claim = *claim,
		.device = ofl_owner_device(env->owners, claim),
		.decides = c->decides, .behind = behind,
	};
}

void ofl_block_row(const struct ofl_env *env, const struct ofl_memdevs *devs,
		   const struct ofl_block_report *r, struct ofl_block_row *ret)
{
	const struct ofl_memdev *dev = ofl_memdevs_of_block(devs, r->block);
	unsigned int i;

	*ret = (struct ofl_block_row){
		.nr = r->block->nr, .blocks = 1, .start_pfn = r->start_pfn,
		.pages = r->pages, .node = r->node,
		.zone = ofl_report_zone(r),
		.state = r->block->state, .stateless = r->block->lost,
		.offline = r->offline,
		.owners = r->owners,
		.verdict = r->verdict, .decided_at = r->decided_at,
		.has_pfn = r->decider != OFL_NR_KINDS,
		.decider_pfn = r->decider_pfn, .dev = dev, .last_dev = dev,
	};
	memcpy(ret->code, r->code, sizeof(ret->code));
	memcpy(ret->reason, r->reason, sizeof(ret->reason));
	if (!ret->has_pfn)
		ofl_text_put(ret->why, sizeof(ret->why), "%s",
			     r->why[r->decided_at][0] ? r->why[r->decided_at] :
							r->reason);
	for (i = 0; i < r->nr_causes; i++)
		add_cause(env, r, &r->cause[i], ret);
	ofl_block_next(env, r, !dev ? OFL_COMES_UNKNOWN : dev == &devs->boot ?
		       OFL_COMES_AT_BOOT : OFL_COMES_LATER, ret->next,
		       sizeof(ret->next));
}

static bool same_owner(const struct ofl_row_cause *a,
		       const struct ofl_row_cause *b)
{
	return a->claim.owner == b->claim.owner &&
	       a->claim.device == b->claim.device;
}

/* neighbours among LMBs are as good as one: each of them is a device */
static bool same_device(const struct ofl_block_row *a,
			const struct ofl_block_row *b)
{
	return a->last_dev == b->dev ||
	       (a->last_dev && b->dev && a->last_dev->kind == &ofl_memdev_lmb &&
		b->dev->kind == &ofl_memdev_lmb);
}

static bool alike(const struct ofl_block_row *a, const struct ofl_block_row *b)
{
	if (a->nr + a->blocks != b->nr || a->node != b->node ||
	    a->zone != b->zone || a->state != b->state ||
	    a->verdict != b->verdict || a->has_pfn != b->has_pfn ||
	    !same_device(a, b))
		return false;
	if (!a->has_pfn)
		return !strcmp(a->why, b->why);
	return !strcmp(a->code, b->code) && a->nr_causes && b->nr_causes &&
	       same_owner(&a->cause[0], &b->cause[0]);
}

static void merge_cause(struct ofl_block_row *row,
			const struct ofl_row_cause *c)
{
	struct ofl_row_cause *is;

	for (is = row->cause; is < row->cause + row->nr_causes; is++)
		if (is->kind == c->kind && is->decides == c->decides &&
		    is->behind == c->behind && same_owner(is, c)) {
			is->pages += c->pages;
			return;
		}
	if (row->nr_causes == OFL_ROW_CAUSES)
		row->more += c->pages;
	else
		row->cause[row->nr_causes++] = *c;
}

static bool goes_before(const struct ofl_row_cause *a,
			const struct ofl_row_cause *b)
{
	if (a->decides != b->decides)
		return a->decides;
	return a->behind != b->behind ? b->behind : a->pages > b->pages;
}

static void sort_causes(struct ofl_block_row *row)
{
	struct ofl_row_cause c;
	unsigned int i, at;

	for (i = 1; i < row->nr_causes; i++) {
		c = row->cause[i];
		for (at = i; at && goes_before(&c, &row->cause[at - 1]); at--)
			row->cause[at] = row->cause[at - 1];
		row->cause[at] = c;
	}
}

bool ofl_block_row_add(struct ofl_block_row *row,
		       const struct ofl_block_row *next)
{
	unsigned int i;

	if (!alike(row, next))
		return false;
	row->blocks += next->blocks;
	row->last_dev = next->last_dev;
	row->pages += next->pages;
	row->offline += next->offline;
	row->owners |= next->owners;
	row->more += next->more;
	for (i = 0; i < next->nr_causes; i++)
		merge_cause(row, &next->cause[i]);
	sort_causes(row);
	return true;
}

void ofl_block_row_sum(struct ofl_block_row *sum,
		       const struct ofl_block_row *row)
{
	unsigned int i;

	sum->more += row->more;
	for (i = 0; i < row->nr_causes; i++)
		merge_cause(sum, &row->cause[i]);
	sort_causes(sum);
}

int ofl_block_row_worse(const void *a, const void *b)
{
	const struct ofl_block_row *x = a, *y = b;
	unsigned int rank_x = ofl_outcome_rows[x->verdict].rank;
	unsigned int rank_y = ofl_outcome_rows[y->verdict].rank;

	if (rank_x != rank_y)
		return rank_x > rank_y ? -1 : 1;
	if (x->blocks != y->blocks)
		return x->blocks > y->blocks ? -1 : 1;
	return x->nr < y->nr ? -1 : x->nr > y->nr;
}

static void cause_text(const struct ofl_row_cause *c,
		       const struct ofl_layout *l, struct ofl_text *text)
{
	const char *owner = "", *device = c->device ? c->device : "";
	char size[24];

	if (ofl_rule_rows[c->kind].offline || c->claim.owner)
		owner = ofl_owner_name(&c->claim);
	ofl_size_text(c->pages * l->page_bytes, size, sizeof(size));
	ofl_text_item(text, "; ", "%s %s%s%s%s%s%s", size, owner,
		      device[0] ? " " : "", device, owner[0] ? ": " : "",
		      ofl_rule_what(c->kind, &c->claim),
		      c->behind ? " (not reached)" : "");
}

void ofl_causes_text(const struct ofl_block_row *row,
		     const struct ofl_layout *l, struct ofl_text *text)
{
	uint64_t rest = row->more, most = 0;
	unsigned int i;
	char size[24];

	if (row->why[0]) {
		ofl_text_add(text, "%s", row->why);
		return;
	}
	for (i = 0; i < row->nr_causes; i++)
		if (i < SAID || row->cause[i].pages > most) {
			cause_text(&row->cause[i], l, text);
			if (row->cause[i].pages > most)
				most = row->cause[i].pages;
		} else {
			rest += row->cause[i].pages;
		}
	ofl_size_text(rest * l->page_bytes, size, sizeof(size));
	if (rest)
		ofl_text_add(text, "; %s of other kinds", size);
}

bool ofl_row_has_owner(const struct ofl_block_row *row,
		       const struct ofl_owner_choice *owner)
{
	const struct ofl_claim claim = { .owner = owner->owner,
					 .blind = owner->unknown ? "" : NULL };

	return row->owners >> ofl_records_owner(&claim) & 1;
}

void ofl_block_doubts_add(struct ofl_block_doubts *d,
			  const struct ofl_block_report *r)
{
	d->untold += r->kind[OFL_KIND_UNTOLD].pages;
	d->unchecked += r->room_unchecked && r->verdict == OFL_OUT_MIGRATE;
}

bool ofl_block_doubts_say(const struct ofl_block_doubts *d,
			  const struct ofl_layout *l, const struct ofl_ram *ram,
			  struct ofl_text *text)
{
	size_t used = text->used;

	if (!ofl_blocks_zone_known(l))
		ofl_text_add(text, "; where the zone of a block is kept is not known");
	if (!ram->known)
		ofl_text_add(text, "; what is System RAM is not known");
	if (d->untold)
		ofl_text_add(text, "; what kind %" PRIu64 " page%s are of is not known",
			     d->untold, ofl_plural(d->untold));
	if (d->unchecked)
		ofl_text_add(text, "; whether there is room for pages that migrate is not known");
	return text->used > used;
}
