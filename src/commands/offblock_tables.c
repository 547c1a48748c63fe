// SPDX-License-Identifier: GPL-2.0-or-later
/* offblock_tables.c - the columns of offblock: blocks, and blocks by verdict */
#include <inttypes.h>
#include <stdio.h>

#include "commands/command.h"
#include "commands/offblock.h"
#include "commands/tables.h"
#include "target/count.h"
#include "target/text.h"

/* ---- one row a block, or several that are alike ---- */

#define ROW(row) ((const struct ofl_block_row *)(row))

static void get_name(const void *row, const void *ctx, struct ofl_cell *ret)
{
	uint64_t nr = ROW(row)->nr, blocks = ROW(row)->blocks;

	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	if (blocks > 1)
		snprintf(ret->text, sizeof(ret->text), "memory%" PRIu64
			 "-%" PRIu64, nr, nr + blocks - 1);
	else
		snprintf(ret->text, sizeof(ret->text), "memory%" PRIu64, nr);
}

static void get_nr(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)ROW(row)->nr);
}

static void get_phys(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_layout *l = ctx;
	uint64_t start = ROW(row)->start_pfn * l->page_bytes;

	*ret = ofl_cell_span(start, start +
			     ROW(row)->blocks * ofl_block_bytes(l) - 1);
}

static void get_size(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_size(ROW(row)->blocks * ofl_block_bytes(ctx));
}

static void get_start(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(ROW(row)->start_pfn);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)ROW(row)->pages);
}

static void get_node(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (ROW(row)->node >= 0)
		*ret = ofl_cell_int(ROW(row)->node);
}

static void get_zone(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->zone)
		*ret = ofl_cell_text(ROW(row)->zone->name);
}

static void get_device(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_memdev *dev = ROW(row)->dev, *last = ROW(row)->last_dev;

	(void)ctx;
	if (!dev)
		return;
	*ret = ofl_cell_text(dev->name);
	if (last != dev)
		snprintf(ret->text, sizeof(ret->text), "%s-%s", dev->name,
			 last->name);
}

static void get_state(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (!ROW(row)->stateless)
		*ret = ofl_cell_text(ofl_block_state_text(ROW(row)->state));
}

static void get_offline(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)ROW(row)->offline);
}

static void get_verdict(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ofl_outcome_rows[ROW(row)->verdict].block);
}

static void get_code(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->code[0])
		*ret = ofl_cell_text(ROW(row)->code);
}

static void get_reason(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->reason[0])
		*ret = ofl_cell_text(ROW(row)->reason);
}

static void get_causes(const void *row, const void *ctx, struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));

	ret->kind = OFL_CELL_TEXT;
	ofl_causes_text(row, ctx, &text);
}

static void get_next(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ROW(row)->next);
}

static void get_holders(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->who[0])
		*ret = ofl_cell_text(ROW(row)->who);
}

static void get_blocker(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->has_pfn)
		*ret = ofl_cell_hex(ROW(row)->decider_pfn);
}

static const struct ofl_column block_columns[] = {
	{ "BLOCK", "name", 11, false, 0, get_name, OFL_JSON_STRING,
	  "name of the memory block in /sys/devices/system/memory, or the "
	  "first and last of several that are alike" },
	{ NULL, "nr", 0, false, 0, get_nr, OFL_JSON_NUMBER,
	  "number of the memory block" },
	{ "PHYS", NULL, 23, false, 0, get_phys, OFL_JSON_NONE,
	  "first and last physical address" },
	{ "SIZE", NULL, 5, true, 0, get_size, OFL_JSON_NONE,
	  "size of these blocks" },
	{ NULL, "start_pfn", 0, false, 0, get_start, OFL_JSON_NUMBER,
	  "first page frame number" },
	{ NULL, "pages", 0, false, 0, get_pages, OFL_JSON_NUMBER,
	  "number of pages, without the memmap that the block itself "
	  "may hold at its start" },
	{ "NODE", "node", 4, true, 0, get_node, OFL_JSON_NUMBER_OR_NULL,
	  "NUMA node" },
	{ "ZONE", "zone", 7, false, 0, get_zone, OFL_JSON_STRING_OR_NULL,
	  "zone; none if there are several, or none" },
	{ "DEVICE", "device", 7, false, 0, get_device, OFL_JSON_STRING_OR_NULL,
	  "device that the memory belongs to (-d); boot: memory that was there "
	  "when the kernel started; none: not known" },
	{ "STATE", "state", 7, false, 0, get_state, OFL_JSON_STRING_OR_NULL,
	  "online, going-offline, offline or other; none if the memory_block "
	  "cannot be read" },
	{ "OFFPAGES", "offline", 8, true, 0, get_offline, OFL_JSON_NUMBER,
	  "PageOffline pages" },
	{ "VERDICT", "verdict", 10, false, 0, get_verdict, OFL_JSON_STRING,
	  "what offlining the block would come to" },
	{ "PFN", "blocker_pfn", 8, false, 0, get_blocker,
	  OFL_JSON_NUMBER_OR_NULL,
	  "first page that decides" },
	{ NULL, "code", 0, false, 0, get_code, OFL_JSON_STRING_OR_NULL,
	  "row of the rule, or the step, that decides; none: nothing is in "
	  "the way" },
	{ NULL, "reason", 0, false, 0, get_reason, OFL_JSON_STRING_OR_NULL,
	  "the same in words, for people; begins with the kernel's "
	  "own words if the block is blocked" },
	{ NULL, "next", 0, false, 0, get_next, OFL_JSON_STRING,
	  "what a person can do, in one sentence; of a block that is offline: "
	  "how it comes back, or what keeps it from that" },
	{ "REASON", NULL, 20, false, 0, get_causes, OFL_JSON_NONE,
	  "pages that decide, by size and with their owner, then what else is "
	  "not free, at last what would be in the way of steps that are not "
	  "reached; or what decides if no page does" },
	{ OFL_HOLDERS_COLUMN, NULL, 20, false, 0, get_holders, OFL_JSON_NONE,
	  "with -w: who holds most of what is in the way, drivers first, as "
	  "many as fit into the line" },
};

const struct ofl_table ofl_block_table = {
	"blocks", false,
	"memory blocks, the units of /sys/devices/system/memory, "
	"ascending",
	block_columns,
	OFL_COUNT(block_columns),
};

/* ---- by verdict ---- */

#define SUM(row) ((const struct ofl_block_sum *)(row))

static void get_sum_verdict(const void *row, const void *ctx,
			    struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(SUM(row)->verdict);
}

static void get_sum_blocks(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)SUM(row)->blocks);
}

static void get_sum_size(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_size(SUM(row)->blocks * ofl_block_bytes(ctx));
}

static void get_sum_causes(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));

	ret->kind = OFL_CELL_TEXT;
	ofl_causes_text(&SUM(row)->causes, ctx, &text);
	/* whose pages are not in the line: no step has come to them */
	if (SUM(row)->without)
		ofl_text_item(&text, "; ", "%" PRIu64
			      " block%s for other reasons than pages",
			      SUM(row)->without, ofl_plural(SUM(row)->without));
}

static const struct ofl_column sum_columns[] = {
	{ "VERDICT", NULL, 10, false, 0, get_sum_verdict, OFL_JSON_NONE,
	  "as above" },
	{ "BLOCKS", NULL, 6, true, 0, get_sum_blocks, OFL_JSON_NONE,
	  "number of blocks that have it" },
	{ "SIZE", NULL, 6, true, 0, get_sum_size, OFL_JSON_NONE,
	  "size of these blocks" },
	{ "PAGES IN THE WAY", NULL, 20, false, 0, get_sum_causes, OFL_JSON_NONE,
	  "the largest kinds, of all these blocks" },
};

const struct ofl_table ofl_sum_table = {
	NULL, false, "blocks by verdict, the worst first", sum_columns,
	OFL_COUNT(sum_columns),
};
