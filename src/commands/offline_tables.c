// SPDX-License-Identifier: GPL-2.0-or-later
/* offline_tables.c - the columns of offline: owners, zones, facts */
#include <inttypes.h>
#include <stdio.h>

#include "commands/offline_rows.h"
#include "commands/tables.h"
#include "judge/outcome.h"
#include "target/count.h"
#include "target/text.h"

/* ---- the balance ---- */

static void get_owner(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(((const struct ofl_balance_row *)row)->name);
}

static void get_owned(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)((const struct ofl_balance_row *)row)->pages);
}

static void get_owned_size(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	*ret = ofl_cell_size(((const struct ofl_balance_row *)row)->pages *
			     ((const struct ofl_layout *)ctx)->page_bytes);
}

static void get_share(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_balance_row *r = row;
	uint64_t share = ofl_permille(r->pages, r->of);

	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	snprintf(ret->text, sizeof(ret->text), "%" PRIu64 ".%" PRIu64 "%%",
		 share / 10, share % 10);
}

static void get_device(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const char *name = ((const struct ofl_balance_row *)row)->device_name;

	(void)ctx;
	if (name && name[0])
		*ret = ofl_cell_text(name);
}

/* the worst first */
static void get_when(const void *row, const void *ctx, struct ofl_cell *ret)
{
	struct ofl_text text = ofl_text_over(ret->text, sizeof(ret->text));
	unsigned int rank = OFL_NR_OUTCOMES;
	enum ofl_outcome out;

	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	while (rank--) {
		out = ofl_outcome_of_rank(rank);
		if (((const struct ofl_balance_row *)row)->outcome[out])
			ofl_text_item(&text, ",", "%s",
				      ofl_outcome_rows[out].page);
	}
}

static void get_has(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_told_device *told =
		((const struct ofl_balance_row *)row)->told;

	(void)ctx;
	if (told && told->has[0])
		*ret = ofl_cell_text(told->has);
}

static const struct ofl_column owner_columns[] = {
	{ "OWNER", NULL, 14, false, 0, get_owner, OFL_JSON_NONE,
	  "driver that holds the pages, see offowner; orphan: no driver; "
	  "unknown: the owner is not known" },
	{ "DEVICE", NULL, 8, false, 0, get_device, OFL_JSON_NONE,
	  "device of that driver" },
	{ "OFFPAGES", NULL, 8, true, 0, get_owned, OFL_JSON_NONE,
	  "PageOffline pages that it holds" },
	{ "SIZE", NULL, 6, true, 0, get_owned_size, OFL_JSON_NONE,
	  "size of these pages" },
	{ "SHARE", NULL, 6, true, 0, get_share, OFL_JSON_NONE,
	  "of the memory that is present" },
	{ "WHEN OFFLINED", NULL, 13, false, 0, get_when, OFL_JSON_NONE,
	  "what becomes of them when their memory block is offlined, as "
	  "offcheck says it, the worst first" },
	/* the last one: show_owners() leaves it out if it is empty */
	{ "RECORDS", NULL, 15, false, 0, get_has, OFL_JSON_NONE,
	  "what the driver's records say that the device has, and was asked "
	  "to have" },
};

const struct ofl_table ofl_balance_table = {
	NULL, false,
	"PageOffline pages by owner",
	owner_columns,
	OFL_COUNT(owner_columns),
};

/* ---- zones, and facts ---- */

static void get_node(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int(((const struct ofl_zone_row *)row)->zone->node);
}

static void get_zone(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(((const struct ofl_zone_row *)row)->zone->name);
}

static void get_scanned(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int(
		(int64_t)((const struct ofl_zone_row *)row)->count->scanned);
}

static void get_offline(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int(
		(int64_t)((const struct ofl_zone_row *)row)->count->offline);
}

static void get_size(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_size(((const struct ofl_zone_row *)row)->count->offline *
			     ((const struct ofl_layout *)ctx)->page_bytes);
}

static const struct ofl_column zone_columns[] = {
	{ "NODE", "node", 4, true, 0, get_node, OFL_JSON_NUMBER,
	  "NUMA node" },
	{ "ZONE", "zone", 7, false, 0, get_zone, OFL_JSON_STRING,
	  "zone, by name" },
	{ "SCANNED", "scanned", 9, true, 0, get_scanned, OFL_JSON_NUMBER,
	  "pages that were looked at" },
	{ "OFFPAGES", "offline", 9, true, 0, get_offline, OFL_JSON_NUMBER,
	  "those of them that are PageOffline" },
	{ "SIZE", NULL, 6, true, 0, get_size, OFL_JSON_NONE,
	  "size of the PageOffline pages" },
};

const struct ofl_table ofl_zone_table = {
	"zones", false,
	"zones with pages that were looked at, by node and zone "
	"type",
	zone_columns,
	OFL_COUNT(zone_columns),
};

/* ---- what a person can do: lines of their own on a screen ---- */

static void get_about(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(((const struct ofl_offline_next *)row)->about);
}

static void get_next(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(((const struct ofl_offline_next *)row)->text);
}

static const struct ofl_column next_columns[] = {
	{ NULL, "about", 0, false, 0, get_about, OFL_JSON_STRING,
	  "the driver whose pages are meant; the code of a finding, as in "
	  "offowner; added: memory that was never online; or: going offline" },
	{ NULL, "next", 0, false, 0, get_next, OFL_JSON_STRING,
	  "what a person can do, in one sentence" },
};

const struct ofl_table ofl_offline_next_table = {
	"next", false,
	"what a person can do: the lines NEXT of the screen",
	next_columns,
	OFL_COUNT(next_columns),
};

static void get_fact_name(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(((const struct ofl_fact_line *)row)->name);
}

static void get_fact_value(const void *row, const void *ctx,
			   struct ofl_cell *ret)
{
	const struct ofl_fact_line *r = row;

	(void)ctx;
	if (!r->fact->known)
		return;
	*ret = r->hex ? ofl_cell_kva((uint64_t)r->fact->value) :
			ofl_cell_int(r->fact->value);
}

static void get_fact_source(const void *row, const void *ctx,
			    struct ofl_cell *ret)
{
	const struct ofl_fact_line *r = row;

	(void)ctx;
	*ret = ofl_cell_text(r->fact->known ? r->fact->source :
					      "not in this kernel");
}

static const struct ofl_column fact_columns[] = {
	{ "FACT", "fact", 32, false, 0, get_fact_name, OFL_JSON_STRING,
	  "name of the fact, as docs/kernels.md lists them" },
	{ "VALUE", "value", 18, true, 0, get_fact_value,
	  OFL_JSON_NUMBER_OR_HEX,
	  "its value, an address or a mask in hexadecimal; none if this kernel "
	  "lacks it" },
	{ "SOURCE", "source", 40, false, 0, get_fact_source, OFL_JSON_STRING,
	  "the witness that says so" },
};

const struct ofl_table ofl_fact_table = {
	"facts", true,
	"what is assumed about the kernel, and according to what",
	fact_columns,
	OFL_COUNT(fact_columns),
};
