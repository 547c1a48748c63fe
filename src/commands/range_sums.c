// SPDX-License-Identifier: GPL-2.0-or-later
/* range_sums.c - offrange -s: runs by what they have in common, and by length */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/range_sums.h"
#include "owners/owner.h"
#include "commands/tables.h"
#include "target/count.h"

#define BAR	24		/* characters of the longest bar */

#define SUM(row) ((const struct ofl_range_sum *)(row))

static uint64_t page_bytes(const void *ctx)
{
	return ((const struct ofl_layout *)ctx)->page_bytes;
}

static void get_owner(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_unknown(OFL_NOT_KNOWN);
	if (SUM(row)->owner)
		*ret = ofl_cell_text(SUM(row)->owner);
}

static void get_node(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (SUM(row)->zone)
		*ret = ofl_cell_int(SUM(row)->zone->node);
}

static void get_zone(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_UNKNOWN;
	if (SUM(row)->zone)
		*ret = ofl_cell_text(SUM(row)->zone->name);
}

static void get_refcount(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(SUM(row)->refcount);
}

static void get_runs(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)SUM(row)->runs);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)SUM(row)->pages);
}

static void get_size(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_size(SUM(row)->pages * page_bytes(ctx));
}

static void get_length(const void *row, const void *ctx, struct ofl_cell *ret)
{
	*ret = ofl_cell_size(page_bytes(ctx) << SUM(row)->length);
}

static void get_bar(const void *row, const void *ctx, struct ofl_cell *ret)
{
	uint64_t n = SUM(row)->runs * BAR / SUM(row)->most_runs;

	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	/* what is there is seen */
	memset(ret->text, '#', n ? n : 1);
	ret->text[n ? n : 1] = '\0';
}

static const struct ofl_column sum_columns[] = {
	{ "OWNER", NULL, 14, false, 0, get_owner, OFL_JSON_NONE,
	  "driver that holds the pages, see offowner; orphan: no driver; unknown" },
	{ "NODE", NULL, 4, true, 0, get_node, OFL_JSON_NONE, "NUMA node" },
	{ "ZONE", NULL, 7, false, 0, get_zone, OFL_JSON_NONE, "zone" },
	{ "REFCOUNT", NULL, 8, true, 0, get_refcount, OFL_JSON_NONE,
	  "reference count: <0, 0, 1 or >1; that of the first page of a unit "
	  "that its driver gives back as a whole" },
	{ "RUNS", NULL, 6, true, 0, get_runs, OFL_JSON_NONE,
	  "number of runs of pages that have all of these in common" },
	{ "PAGES", NULL, 8, true, 0, get_pages, OFL_JSON_NONE,
	  "number of pages" },
	{ "SIZE", NULL, 6, true, 0, get_size, OFL_JSON_NONE,
	  "size of these pages" },
};

const struct ofl_table ofl_range_sum_table = {
	NULL, false, "with -s: PageOffline pages, the largest sum first",
	sum_columns, OFL_COUNT(sum_columns),
};

static const struct ofl_column length_columns[] = {
	{ "FROM", NULL, 6, true, 0, get_length, OFL_JSON_NONE,
	  "least length of a run; the most is less than twice of it" },
	{ "RUNS", NULL, 6, true, 0, get_runs, OFL_JSON_NONE,
	  "number of runs of such a length" },
	{ "PAGES", NULL, 8, true, 0, get_pages, OFL_JSON_NONE,
	  "number of pages in them" },
	{ "SIZE", NULL, 6, true, 0, get_size, OFL_JSON_NONE,
	  "size of these pages" },
	{ "HISTOGRAM", NULL, 20, false, 0, get_bar, OFL_JSON_NONE,
	  "a bar as long as the number of runs, the most being 24 characters" },
};

const struct ofl_table ofl_range_length_table = {
	NULL, false, "with -s: the same runs by their length", length_columns,
	OFL_COUNT(length_columns),
};

static const char *class_of(int32_t refcount)
{
	return refcount < 0 ? "<0" : !refcount ? "0" : refcount == 1 ? "1" :
								      ">1";
}

static struct ofl_range_sum *find(struct ofl_range_sums *sums,
				  const struct ofl_run *run)
{
	const char *refcount = class_of(run->refcount);
	struct ofl_range_sum *more;
	size_t i;

	/* names and classes are the same pointers where they are the same */
	for (i = 0; i < sums->nr; i++)
		if (sums->row[i].owner == run->owner &&
		    sums->row[i].zone == run->zone &&
		    sums->row[i].refcount == refcount)
			return &sums->row[i];
	if (sums->nr == sums->room) {
		sums->room = sums->room ? 2 * sums->room : 16;
		more = realloc(sums->row, sums->room * sizeof(*more));
		if (!more)
			return NULL;
		sums->row = more;
	}
	sums->row[sums->nr] = (struct ofl_range_sum){
		.owner = run->owner, .zone = run->zone, .refcount = refcount,
	};
	return &sums->row[sums->nr++];
}

static void count(struct ofl_range_sum *sum, uint64_t pages)
{
	sum->runs++;
	sum->pages += pages;
}

enum ofl_status ofl_range_sums_add(struct ofl_range_sums *sums,
				   const struct ofl_run *run)
{
	struct ofl_range_sum *sum = find(sums, run);
	unsigned int length = 63 - (unsigned int)__builtin_clzll(run->pages);

	if (!sum)
		return OFL_ERR_NOMEM;
	count(sum, run->pages);
	sums->length[length].length = length;
	count(&sums->length[length], run->pages);
	return OFL_OK;
}

static int larger(const void *a, const void *b)
{
	const struct ofl_range_sum *x = a, *y = b;

	return x->pages > y->pages ? -1 : x->pages < y->pages;
}

void ofl_range_sums_show(struct ofl_range_sums *sums, struct ofl_view *v,
			 const struct ofl_layout *l)
{
	uint64_t most = 0;
	size_t i;

	if (sums->nr)
		qsort(sums->row, sums->nr, sizeof(*sums->row), larger);
	ofl_view_table(v, &ofl_range_sum_table, NULL);
	for (i = 0; i < sums->nr; i++)
		ofl_view_row(v, &sums->row[i], l);
	ofl_view_table_end(v);
	for (i = 0; i < OFL_RANGE_LENGTHS; i++)
		if (sums->length[i].runs > most)
			most = sums->length[i].runs;
	ofl_view_table(v, &ofl_range_length_table, NULL);
	for (i = 0; i < OFL_RANGE_LENGTHS; i++) {
		sums->length[i].most_runs = most;
		if (sums->length[i].runs)
			ofl_view_row(v, &sums->length[i], l);
	}
	ofl_view_table_end(v);
}

void ofl_range_sums_free(struct ofl_range_sums *sums)
{
	free(sums->row);
	sums->row = NULL;
}
