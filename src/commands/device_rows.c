// SPDX-License-Identifier: GPL-2.0-or-later
/* device_rows.c - can a memory device be unplugged, and if not, why not */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"
#include "commands/device_rows.h"
#include "commands/tables.h"
#include "target/count.h"
#include "target/text.h"

#define NAMED	3	/* blocks that a row names */

#define ROW(row) ((const struct ofl_device_row *)(row))
#define ROWS(ctx) ((const struct ofl_device_rows *)(ctx))

/** enum unplug - the answer for a device */
enum unplug { YES, RETRIES, NO, NEVER, NOTHING, UNKNOWN, NR_UNPLUGS };

static const char *const unplug_text[NR_UNPLUGS] = {
	"yes", "retries", "no", "never", "empty", "unknown",
};

/* ---- the verdict ---- */

/* alloc_contig_range() does not pass over poisoned pages, offlining does */
static bool poison_holds(const struct ofl_device_row *row)
{
	return row->dev && row->dev->kind->contig && row->poisoned;
}

static enum unplug unplug_of(const struct ofl_device_row *row)
{
	if (!row->dev)
		return UNKNOWN;
	if (row->dev->unsure)
		return UNKNOWN;
	if (row->dev->never)
		return NEVER;
	/* only a device that nobody knows of could have it */
	if (row->dev->kind == &ofl_memdev_boot)
		return UNKNOWN;
	if (!row->has)
		return row->blocks_lost ? UNKNOWN : NOTHING;
	if (row->decide && (row->worst == OFL_OUT_BLOCKED ||
			    row->worst == OFL_OUT_SPINS))
		return NO;
	if (poison_holds(row))
		return NO;
	if (row->blocks < row->has || row->worst == OFL_OUT_UNKNOWN ||
	    row->blocks_lost)
		return UNKNOWN;
	return row->worst == OFL_OUT_RETRIES ? RETRIES : YES;
}

/* an offline block is no obstacle, whatever its rank among verdicts */
static unsigned int rank_of(enum ofl_outcome verdict)
{
	return verdict == OFL_OUT_OFFLINE ? 0 :
					    ofl_outcome_rows[verdict].rank + 1;
}

/* ---- adding up ---- */

static size_t index_of(const struct ofl_memdevs *d, const struct ofl_block *b)
{
	const struct ofl_memdev *dev = ofl_memdevs_of_block(d, b);

	return !dev ? d->nr + 1 : dev == &d->boot ? d->nr :
						    (size_t)(dev - d->device);
}

bool ofl_device_rows_open(struct ofl_device_rows *rows,
			  const struct ofl_memdevs *d,
			  const struct ofl_blocks *blocks,
			  uint64_t block_bytes, uint64_t page_bytes)
{
	size_t i;

	*rows = (struct ofl_device_rows){ .d = d, .nr = d->nr + 2,
		.block_bytes = block_bytes, .page_bytes = page_bytes };
	rows->row = calloc(rows->nr, sizeof(*rows->row));
	if (!rows->row)
		return false;
	for (i = 0; i < rows->nr; i++) {
		rows->row[i].dev = i < d->nr ? &d->device[i] :
				   i == d->nr ? &d->boot : NULL;
		rows->row[i].blocks_lost = blocks->lost;
	}
	for (i = 0; i < blocks->nr_every; i++)
		rows->row[index_of(d, &blocks->every[i])].has++;
	return true;
}

void ofl_device_rows_free(struct ofl_device_rows *rows)
{
	free(rows->row);
	rows->row = NULL;
	rows->nr = 0;
}

/* "memory36: 12K slab dentry", or what else keeps it */
static void name_block(struct ofl_device_rows *rows, struct ofl_device_row *is,
		       const struct ofl_block_row *row,
		       const struct ofl_share *share, size_t nr)
{
	struct ofl_text text = ofl_text_after(is->why, sizeof(is->why));
	const struct ofl_row_cause *c = row->nr_causes ? &row->cause[0] : NULL;
	char size[24];
	size_t i;

	if (!is->decide++) {
		ofl_text_put(is->next_block, sizeof(is->next_block), "%s",
			     row->next);
		is->decide_nr = row->nr;
	}
	if (is->named == NAMED)
		return;
	is->named++;
	ofl_text_item(&text, "; ", "memory%" PRIu64, row->nr);
	for (i = 0; i < nr && share[i].outcome != row->verdict; i++)
		;
	if (!row->has_pfn) {
		ofl_text_add(&text, ": %.60s", row->why);
	} else if (c && (ofl_rule_rows[c->kind].offline || i == nr)) {
		ofl_size_text(c->pages * rows->page_bytes, size, sizeof(size));
		ofl_text_add(&text, ": %s %.60s", size,
			     ofl_rule_rows[c->kind].offline ?
			     ofl_owner_name(&c->claim) :
			     ofl_rule_rows[c->kind].code);
	} else if (i < nr) {
		ofl_size_text(share[i].pages * rows->page_bytes, size,
			      sizeof(size));
		ofl_text_add(&text, ": %s %s %.40s", size, share[i].ops ?
			     share[i].ops->kind :
			     ofl_rule_rows[share[i].kind].code,
			     share[i].holder ? share[i].holder->name :
					       OFL_NOT_IDENTIFIED);
	}
}

void ofl_device_rows_add(struct ofl_device_rows *rows,
			 const struct ofl_block_report *r,
			 const struct ofl_block_row *row,
			 const struct ofl_share *share, size_t nr, bool chosen)
{
	struct ofl_device_row *is = &rows->row[index_of(rows->d, r->block)];
	const struct ofl_tally *poison = &r->kind[OFL_KIND_HWPOISON];
	unsigned int rank = rank_of(r->verdict);

	is->chosen |= chosen;
	if (!is->blocks++)
		is->first_nr = r->block->nr;
	is->last_nr = r->block->nr;
	is->verdict[r->verdict]++;
	is->offline += r->offline;
	if (poison->pages && !is->poisoned)
		is->poisoned_pfn = poison->pfn[0];
	is->poisoned += poison->pages;
	if (is->blocks == 1 || rank > rank_of(is->worst)) {
		is->worst = r->verdict;
		is->decide = is->named = 0;
		is->why[0] = '\0';
	}
	if (r->verdict == is->worst && rank > rank_of(OFL_OUT_DRIVER))
		name_block(rows, is, row, share, nr);
}

/* ---- columns ---- */

static void get_name(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->dev)
		*ret = ofl_cell_text(ROW(row)->dev->name);
}

static void get_kind(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->dev)
		*ret = ofl_cell_text(ROW(row)->dev->kind->name);
}

static void get_phys(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_memdev *dev = ROW(row)->dev;

	(void)ctx;
	if (dev && dev->end_pa)
		*ret = ofl_cell_span(dev->start_pa, dev->end_pa - 1);
}

static void get_start(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->dev && ROW(row)->dev->end_pa)
		*ret = ofl_cell_kva(ROW(row)->dev->start_pa);
}

static void get_end(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->dev && ROW(row)->dev->end_pa)
		*ret = ofl_cell_kva(ROW(row)->dev->end_pa - 1);
}

static void get_ranges(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->dev && ROW(row)->dev->end_pa)
		*ret = ofl_cell_int(ROW(row)->dev->ranges);
}

static void get_blocks(const void *row, const void *ctx, struct ofl_cell *ret)
{
	uint64_t first = ROW(row)->first_nr, last = ROW(row)->last_nr;

	(void)ctx;
	if (!ROW(row)->blocks)
		return;
	ret->kind = OFL_CELL_TEXT;
	if (first == last)
		snprintf(ret->text, sizeof(ret->text), "memory%" PRIu64, first);
	else
		snprintf(ret->text, sizeof(ret->text), "memory%" PRIu64 "-%"
			 PRIu64, first, last);
}

static void get_nr_blocks(const void *row, const void *ctx,
			  struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)ROW(row)->has);
}

static void get_size(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_size(ROW(row)->has * ROWS(ctx)->block_bytes);
}

static void get_offline(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)ROW(row)->offline);
}

/* the worst first */
static void get_verdicts(const void *row, const void *ctx, struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));
	unsigned int rank = OFL_NR_OUTCOMES;
	enum ofl_outcome i;

	(void)ctx;
	ret->kind = OFL_CELL_MAP;
	while (rank--) {
		i = ofl_outcome_of_rank(rank);
		/* a page may be skipped, a block cannot: the word is another's */
		if (i != OFL_OUT_SKIPPED && ROW(row)->verdict[i])
			ofl_text_item(&text, "\n", "%s=%" PRIu64,
				      ofl_outcome_rows[i].block,
				      ROW(row)->verdict[i]);
	}
}

static void get_unplug(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(unplug_text[unplug_of(row)]);
}

static void add_blocks_of(const struct ofl_device_row *r, struct ofl_text *text)
{
	if (!r->decide)
		return;
	ofl_text_item(text, "; ", "%" PRIu64 " of %" PRIu64 " block%s %s %s: %s",
		      r->decide, r->has, ofl_plural(r->has),
		      r->decide == 1 ? "is" : "are",
		      ofl_outcome_rows[r->worst].block, r->why);
	if (r->decide > r->named)
		ofl_text_add(text, "; %" PRIu64 " more", r->decide - r->named);
}

static void get_reason(const void *row, const void *ctx, struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));
	const struct ofl_device_row *r = row;

	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	if (!r->dev)
		ofl_text_add(&text, "which device has these blocks is not known");
	else if (r->dev->unsure)
		ofl_text_add(&text, "a device of another kind may have it");
	else if (r->dev->never)
		ofl_text_add(&text, "%s", r->dev->never);
	else if (r->dev->kind == &ofl_memdev_boot)
		ofl_text_add(&text, "whether a device has memory of the boot is not known");
	else if (!r->has && !r->blocks_lost)
		ofl_text_add(&text, "it has no memory block");
	else
		add_blocks_of(r, &text);
	if (r->dev && !r->dev->never && poison_holds(r))
		ofl_text_item(&text, "; ", "%" PRIu64 " poisoned page%s, first 0x%"
			      PRIx64, r->poisoned, ofl_plural(r->poisoned),
			      r->poisoned_pfn);
	if (unplug_of(r) == UNKNOWN && r->dev && r->blocks < r->has)
		ofl_text_item(&text, "; ", "%" PRIu64 " of %" PRIu64
			      " block%s %s not looked at", r->has - r->blocks,
			      r->has, ofl_plural(r->has),
			      r->has - r->blocks == 1 ? "was" : "were");
	if (unplug_of(r) == UNKNOWN && r->dev && r->blocks_lost)
		ofl_text_item(&text, "; ", "it may have blocks that could not be read");
	if (!text.used)
		ret->kind = OFL_CELL_NONE;
}

/* the kind's sentence; the block's own is in next_block */
static const char *next_of(const struct ofl_device_row *row)
{
	const struct ofl_memdev *dev = row->dev;

	if (!dev)
		return NULL;
	switch (unplug_of(row)) {
	case YES:
		return dev->kind->next;
	case NO:
	case RETRIES:
		return dev->kind->next_held;
	case NEVER:
		return dev->kind->next_never;
	default:
		return NULL;
	}
}

static void get_next(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (next_of(row))
		*ret = ofl_cell_text(next_of(row));
}

static void get_next_block(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->next_block[0])
		*ret = ofl_cell_text(ROW(row)->next_block);
}

static void get_detail(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->dev && ROW(row)->dev->note[0])
		*ret = ofl_cell_text(ROW(row)->dev->note);
}

static void get_evidence(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->dev)
		*ret = ofl_cell_text(ROW(row)->dev->kind->evidence);
}

static const struct ofl_column columns[] = {
	{ "DEVICE", "device", 8, false, 0, get_name, OFL_JSON_STRING_OR_NULL,
	  "name of the device; boot: memory that was there when the kernel "
	  "started; none: not known" },
	{ "KIND", "kind", 10, false, 0, get_kind, OFL_JSON_STRING_OR_NULL,
	  "kind of device, as docs/holders.md lists them" },
	{ "PHYS", NULL, 23, false, 0, get_phys, OFL_JSON_NONE,
	  "first and last physical address of its memory" },
	{ NULL, "start", 0, false, 0, get_start, OFL_JSON_HEX_OR_NULL,
	  "first physical address of its memory" },
	{ NULL, "end", 0, false, 0, get_end, OFL_JSON_HEX_OR_NULL,
	  "last physical address of its memory" },
	{ NULL, "ranges", 0, false, 0, get_ranges, OFL_JSON_NUMBER_OR_NULL,
	  "number of ranges of its memory" },
	{ "BLOCKS", NULL, 11, false, 0, get_blocks, OFL_JSON_NONE,
	  "first and last memory block that was looked at" },
	{ NULL, "blocks", 0, false, 0, get_nr_blocks, OFL_JSON_NUMBER,
	  "number of memory blocks that it has" },
	{ "SIZE", "size", 5, true, 0, get_size, OFL_JSON_NUMBER,
	  "size of these blocks" },
	{ "OFFPAGES", "offline", 8, true, 0, get_offline, OFL_JSON_NUMBER,
	  "PageOffline pages in them" },
	{ "VERDICTS", "verdicts", 12, false, 0, get_verdicts, OFL_JSON_MAP,
	  "number of blocks by verdict, the worst first" },
	{ "UNPLUG", "unplug", 7, false, 0, get_unplug, OFL_JSON_STRING,
	  "can it be unplugged: yes; retries, if what holds pages lets go; no; "
	  "never, whatever its blocks come to; empty: it has no memory block; "
	  "unknown" },
	{ "DETAIL", "detail", 10, false, 0, get_detail, OFL_JSON_STRING_OR_NULL,
	  "what else is known of the device" },
	{ NULL, "evidence", 0, false, 0, get_evidence, OFL_JSON_STRING_OR_NULL,
	  "what in the dump says that it is one" },
	{ "REASON", "reason", 20, false, 0, get_reason, OFL_JSON_STRING_OR_NULL,
	  "which blocks decide, with the largest holder of each" },
	{ NULL, "next", 0, false, 0, get_next, OFL_JSON_STRING_OR_NULL,
	  "what a person can do about the device, in one sentence" },
	{ NULL, "next_block", 0, false, 0, get_next_block,
	  OFL_JSON_STRING_OR_NULL,
	  "what a person can do about the first of the blocks that decide" },
};

const struct ofl_table ofl_memdev_table = {
	"memory_devices", false,
	"if devices are asked for (-d): those that memory blocks belong to, memory of the boot, "
	"and blocks of which the device is not known",
	columns, OFL_COUNT(columns),
};

/* ---- output ---- */

/* filters leave devices out that have blocks, but none that passed */
static bool is_shown(const struct ofl_device_row *row)
{
	return row->chosen || (row->dev && !row->has &&
			       row->dev->kind != &ofl_memdev_boot);
}

/* not only because filters left blocks out */
static bool is_doubtful(const struct ofl_device_row *row)
{
	/* blocks of which this is not known may be those of a row that is shown */
	if (!row->dev)
		return row->has;
	return is_shown(row) && unplug_of(row) == UNKNOWN &&
	       (row->dev->kind == &ofl_memdev_boot ||
		row->dev->unsure || row->blocks_lost ||
		row->worst == OFL_OUT_UNKNOWN);
}

/* does a block keep the device, so that something is to be done about it? */
static bool is_held(const struct ofl_device_row *row)
{
	enum unplug u = unplug_of(row);

	return row->next_block[0] && rank_of(row->worst) > rank_of(OFL_OUT_MIGRATE) &&
	       (u == NO || u == RETRIES ||
		(u == UNKNOWN && row->dev->kind != &ofl_memdev_boot));
}

/* behind the table: about each device, then about the first block that decides */
static void show_next(struct ofl_view *v, struct ofl_device_rows *rows)
{
	const struct ofl_device_row *row;
	char name[32];
	size_t i;

	for (i = 0; i < rows->nr; i++) {
		row = &rows->row[i];
		if (!is_shown(row) || !row->dev)
			continue;
		ofl_nexts_add(&rows->nexts, row->dev->name, next_of(row));
		snprintf(name, sizeof(name), "memory%" PRIu64, row->decide_nr);
		if (is_held(row))
			ofl_nexts_add(&rows->nexts, name, row->next_block);
	}
	ofl_nexts_show(&rows->nexts, v);
}

/* in the status line: each answer with how many devices have it */
static const struct {
	const char *before, *behind;
} say[NR_UNPLUGS] = {
	[YES] = { "", " can be unplugged" },
	[RETRIES] = { "", " can be unplugged once what holds pages lets go" },
	[NO] = { "", " cannot be unplugged" },
	[NEVER] = { "", " can never be unplugged" },
	[NOTHING] = { "", " without a memory block" },
	[UNKNOWN] = { "it is not known whether ", " can be unplugged" },
};

bool ofl_device_rows_show(struct ofl_view *v, struct ofl_device_rows *rows,
			  bool verbose,
			  struct ofl_text *text)
{
	static const char usual[] =
		"device,phys,blocks,unplug,verdicts,reason";
	uint64_t nr[NR_UNPLUGS] = { 0 };
	struct ofl_columns shown;
	struct ofl_err ignored;
	bool known = true;
	size_t i;

	ofl_columns_default(&ofl_memdev_table, &shown);
	if (!verbose)
		ofl_columns_parse(&ofl_memdev_table, usual, &shown, &ignored);
	ofl_view_table(v, &ofl_memdev_table, &shown);
	for (i = 0; i < rows->nr; i++) {
		known &= !is_doubtful(&rows->row[i]);
		if (!is_shown(&rows->row[i]))
			continue;
		if (rows->row[i].dev && rows->row[i].dev != &rows->d->boot)
			nr[unplug_of(&rows->row[i])]++;
		if (ofl_view_row(v, &rows->row[i], rows))
			break;
	}
	ofl_view_table_end(v);
	show_next(v, rows);
	for (i = 0; i < NR_UNPLUGS; i++)
		if (nr[i])
			ofl_text_add(text, "; %s%" PRIu64 " device%s%s",
				     say[i].before, nr[i], ofl_plural(nr[i]),
				     say[i].behind);
	return known;
}
