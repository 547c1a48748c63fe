// SPDX-License-Identifier: GPL-2.0-or-later
/* map_rows.c - what is drawn of a map, and how */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "commands/map_rows.h"
#include "commands/tables.h"
#include "target/count.h"
#include "target/text.h"

#define GROUP	16		/* characters between two blanks */
#define NO_UNIT	'_'

/* the palette of Okabe and Ito, which the colour-blind can tell apart: fill, ink */
#define BLACK	"#000000"
#define PAPER	"#ffffff"
#define WHITE	PAPER, BLACK
#define GREEN	"#009e73", PAPER
#define SKY	"#56b4e9", BLACK
#define BLUE	"#0072b2", PAPER
#define YELLOW	"#f0e442", BLACK
#define ORANGE	"#e69f00", BLACK
#define RED	"#d55e00", PAPER
#define PURPLE	"#cc79a7", BLACK
#define LIGHT	"#e8e8e8", BLACK
#define GREY	"#999999", BLACK
#define NONE	NULL, NULL

static const struct ofl_svg_look verdict_looks[OFL_NR_OUTCOMES] = {
#define OUTCOME(id, rank, passes, page, step, block, page_is, block_is, mark, colour) \
	[OFL_OUT_##id] = { colour, mark },
#include "judge/outcomes.def"
#undef OUTCOME
};

static const struct ofl_map_kind owner_kinds[OFL_MAP_OWNERS] = {
	[OFL_MAP_NONE] = { .word = "none", .look = { LIGHT, '.' } },
	[OFL_MAP_SEVERAL] = { .word = "several", .look = { GREY, '*' } },
	[OFL_MAP_OFFLINE] = { .word = "offline", .look = { WHITE, '-' } },
	[OFL_MAP_UNKNOWN] = { .word = OFL_NOT_KNOWN,
			      .look = { PURPLE, '?' } },
};

/* in turn; the marks tell owners apart that have the same */
static const struct ofl_svg_look owner_looks[] = {
	{ BLUE, 0 }, { ORANGE, 0 }, { SKY, 0 }, { RED, 0 }, { GREEN, 0 },
	{ YELLOW, 0 },
};

static void by_verdict(struct ofl_map_kind *kind)
{
	int i;

	for (i = 0; i < OFL_NR_OUTCOMES; i++)
		kind[i] = (struct ofl_map_kind){
			.word = ofl_outcome_rows[i].block,
			.look = verdict_looks[i],
		};
}

static void by_owner(struct ofl_map_kind *kind)
{
	size_t i;

	memcpy(kind, owner_kinds, sizeof(owner_kinds));
	for (i = 0; ofl_owner_table[i]; i++) {
		kind[OFL_MAP_OWNERS + i] = (struct ofl_map_kind){
			.word = ofl_owner_table[i]->name, .capital = true,
			.look = owner_looks[i % OFL_COUNT(owner_looks)],
		};
		kind[OFL_MAP_OWNERS + i].look.mark = ofl_owner_table[i]->mark;
	}
	kind[OFL_MAP_OWNERS + OFL_MAX_OWNERS] = (struct ofl_map_kind){
		.word = OFL_ORPHAN, .capital = true,
		.look = { BLACK, PAPER, 'o' },
	};
}

static void name_of(const struct ofl_map *map, uint64_t nr, char *buf,
		    size_t bytes)
{
	if (map->by_section)
		snprintf(buf, bytes, "0x%" PRIx64, nr);
	else
		snprintf(buf, bytes, "memory%" PRIu64, nr);
}

/* ---- rows ---- */

/** struct row - of any of the three tables */
struct row {
	const struct ofl_map *map;
	uint64_t nr;
	const char *text, *word, *owners;
	char mark[4];
	uint64_t units, offline;
	bool has_offline;
};

#define ROW(row) ((const struct row *)(row))

static void get_name(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	ret->kind = OFL_CELL_TEXT;
	name_of(ROW(row)->map, ROW(row)->nr, ret->text, sizeof(ret->text));
}

static void get_line(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ROW(row)->text);
}

static void get_start(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_hex(ROW(row)->nr * ROW(row)->map->unit_pages);
}

static void get_pages(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_int((int64_t)ROW(row)->map->unit_pages);
}

static void get_offline(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->has_offline)
		*ret = ofl_cell_int((int64_t)ROW(row)->offline);
}

static void get_mark(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ROW(row)->mark);
}

static void get_word(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ROW(row)->word);
}

static void get_owners(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	*ret = ofl_cell_text(ROW(row)->owners);
	ret->kind = OFL_CELL_MAP;
}

static void get_units(const void *row, const void *ctx, struct ofl_cell *ret)
{
	(void)ctx;
	if (ROW(row)->units)
		*ret = ofl_cell_int((int64_t)ROW(row)->units);
}

static void get_size(const void *row, const void *ctx, struct ofl_cell *ret)
{
	const struct ofl_map *map = ROW(row)->map;

	(void)ctx;
	if (ROW(row)->units)
		*ret = ofl_cell_size(ROW(row)->units * map->unit_pages *
				     map->page_bytes);
}

static const struct ofl_column map_columns[] = {
	{ "FROM", NULL, 11, false, 0, get_name, OFL_JSON_NONE,
	  "memory block, or section, of the first character" },
	{ "MAP", NULL, 20, false, 0, get_line, OFL_JSON_NONE,
	  "one character each, _ where there is none; the legend says what the "
	  "others are" },
};

const struct ofl_table ofl_map_table = {
	NULL, false, "rows of the map; those without a block are left out",
	map_columns, OFL_COUNT(map_columns),
};

static const struct ofl_column cell_columns[] = {
	{ "NAME", "name", 11, false, 0, get_name, OFL_JSON_STRING,
	  "memory block by its name in sysfs, or section in hexadecimal" },
	{ NULL, "start_pfn", 0, false, 0, get_start, OFL_JSON_NUMBER,
	  "first page frame number" },
	{ NULL, "pages", 0, false, 0, get_pages, OFL_JSON_NUMBER,
	  "number of pages" },
	{ "OFFPAGES", "offline", 8, true, 0, get_offline,
	  OFL_JSON_NUMBER_OR_NULL,
	  "PageOffline pages; not counted by section for a map of verdicts" },
	{ "MARK", "mark", 4, false, 0, get_mark, OFL_JSON_STRING,
	  "its character" },
	{ "MEANS", "means", 14, false, 0, get_word, OFL_JSON_STRING,
	  "verdict of offblock; with -w owner, none, several, offline or "
	  "unknown" },
	{ NULL, "owners", 0, false, 0, get_owners, OFL_JSON_MAP,
	  "with -w: PageOffline pages by owner; unknown: pages that are not "
	  "known, or whose owner is not" },
};

const struct ofl_table ofl_map_cell_table = {
	"cells", false,
	"memory blocks, or sections with -s, ascending: rows with -r only",
	cell_columns, OFL_COUNT(cell_columns),
};

static const struct ofl_column legend_columns[] = {
	{ "MARK", "mark", 4, false, 0, get_mark, OFL_JSON_STRING,
	  "character; of an owner, the capital stands where half of the pages "
	  "or more are PageOffline" },
	{ "MEANS", "means", 14, false, 0, get_word, OFL_JSON_STRING,
	  "verdict of offblock; with -w owner, none (no PageOffline page), "
	  "several (owners), offline or unknown" },
	{ "COUNT", "count", 5, true, 0, get_units, OFL_JSON_NUMBER,
	  "number of blocks, or sections" },
	{ "SIZE", NULL, 6, true, 0, get_size, OFL_JSON_NONE,
	  "size of these blocks, or sections" },
	{ "OFFPAGES", "offline", 8, true, 0, get_offline,
	  OFL_JSON_NUMBER_OR_NULL, "PageOffline pages in them, as above" },
};

const struct ofl_table ofl_legend_table = {
	"legend", false, "what the characters are", legend_columns,
	OFL_COUNT(legend_columns),
};

/* ---- the map ---- */

static void title(const struct ofl_map *map, const struct ofl_target *t,
		  char *buf, size_t bytes)
{
	struct ofl_text text = ofl_text_over(buf, bytes);
	time_t seconds = (time_t)t->date_s;
	char date[40] = "";
	struct tm tm;

	if (t->date_s && gmtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", &tm);
	ofl_text_add(&text, "Memory %s by %s",
		     map->by_section ? "sections" : "blocks",
		     map->by_owner ? "owner" : "verdict");
	ofl_text_item(&text, ", ", "%s", t->nodename[0] ? t->nodename :
						       "host not known");
	ofl_text_item(&text, ", ", "%s", t->release);
	if (date[0])
		ofl_text_item(&text, ", ", "%s", date);
}

enum ofl_status ofl_map_open(struct ofl_map *map, const struct ofl_run_ctx *ctx,
			     uint64_t sections, struct ofl_err *err)
{
	const struct ofl_layout *l = &ctx->s->layout;
	char text[256];

	map->unit_pages = sections * l->section_pages;
	map->page_bytes = l->page_bytes;
	map->path = ctx->o->picture;
	if (map->by_owner)
		by_owner(map->kind);
	else
		by_verdict(map->kind);
	if (!map->path)
		return OFL_OK;
	title(map, ctx->s->t, text, sizeof(text));
	return ofl_svg_open(map->path, text, &map->svg, err);
}

/* groups as fit beside the name, four without a terminal */
static unsigned int groups(const struct ofl_view *v)
{
	unsigned int n = 4, most = sizeof(((struct ofl_map *)0)->line) / GROUP - 2;

	if (v->width)
		n = v->width > 13 + GROUP ? (v->width - 13 + 1) / (GROUP + 1) : 1;
	return n < most ? n : most;
}

void ofl_map_begin(struct ofl_map *map, struct ofl_view *v)
{
	struct ofl_cell by = ofl_cell_text(map->by_owner ? "owner" : "verdict");
	struct ofl_cell unit = ofl_cell_text(map->by_section ? "section" :
							       "block");
	struct ofl_cell size = ofl_cell_int((int64_t)(map->unit_pages *
						      map->page_bytes));

	map->per_row = groups(v) * GROUP;
	ofl_view_field(v, "by", NULL, &by);
	ofl_view_field(v, "unit", NULL, &unit);
	ofl_view_field(v, "unit_size", NULL, &size);
	ofl_view_table(v, v->json || v->raw ? &ofl_map_cell_table :
		       &ofl_map_table, NULL);
}

/* the characters of a row, in groups */
static enum ofl_status print_row(struct ofl_map *map, struct ofl_view *v)
{
	char text[sizeof(map->line) + sizeof(map->line) / GROUP];
	struct ofl_text grouped = ofl_text_over(text, sizeof(text));
	struct row row = { .map = map, .nr = map->row * map->per_row,
			   .text = text };
	size_t i;

	if (!map->line[0])
		return OFL_OK;
	for (i = 0; map->line[i]; i += strnlen(map->line + i, GROUP))
		ofl_text_item(&grouped, " ", "%.*s", GROUP, map->line + i);
	map->line[0] = '\0';
	return ofl_view_row(v, &row, NULL);
}

static enum ofl_status put_mark(struct ofl_map *map, struct ofl_view *v,
				uint64_t nr, char mark)
{
	enum ofl_status st = OFL_OK;
	size_t at = nr % map->per_row, used;

	if (nr / map->per_row != map->row)
		st = print_row(map, v);
	map->row = nr / map->per_row;
	used = strlen(map->line);
	map->gaps |= at > used;
	if (at > used)
		memset(map->line + used, NO_UNIT, at - used);
	map->line[at] = mark;
	map->line[at + 1] = '\0';
	return st;
}

static void draw(struct ofl_map *map, const struct ofl_map_cell *cell,
		 const struct ofl_map_kind *k, char mark, const char *reason)
{
	struct ofl_svg_look look = { k->look.fill, k->look.ink, mark };
	char name[40], text[640], *at;
	struct ofl_text t = ofl_text_over(text, sizeof(text));

	if (!map->svg)
		return;
	name_of(map, cell->nr, name, sizeof(name));
	ofl_text_add(&t, "0x%" PRIx64 "-0x%" PRIx64 ": %s%s%s",
		     cell->nr * map->unit_pages,
		     (cell->nr + 1) * map->unit_pages - 1, k->word,
		     reason[0] ? ": " : "", reason);
	if (cell->has_offline)
		ofl_text_add(&t, "; %" PRIu64 " PageOffline page%s",
			     cell->offline, ofl_plural(cell->offline));
	if (cell->owners[0])
		ofl_text_add(&t, ": %s", cell->owners);
	for (at = text; *at; at++)
		if (*at == '\n')
			*at = ' ';
	ofl_svg_cell(map->svg, cell->nr, &look, name, text);
}

enum ofl_status ofl_map_put(struct ofl_map *map, struct ofl_view *v,
			    const struct ofl_map_cell *cell,
			    const char *reason)
{
	/* the same word */
	struct ofl_map_kind *k = &map->kind[!map->by_owner &&
		cell->kind == OFL_OUT_SKIPPED ? OFL_OUT_OFFLINABLE : cell->kind];
	struct row row = {
		.map = map, .nr = cell->nr, .word = k->word, .units = 1,
		.has_offline = cell->has_offline, .offline = cell->offline,
		.owners = cell->owners, .mark = { k->look.mark },
	};

	k->units++;
	k->offline += cell->offline;
	map->units++;
	if (k->capital && cell->offline * 2 >= map->unit_pages)
		row.mark[0] = (char)toupper((unsigned char)row.mark[0]);
	draw(map, cell, k, row.mark[0], reason);
	return v->json || v->raw ? ofl_view_row(v, &row, NULL) :
				   put_mark(map, v, cell->nr, row.mark[0]);
}

static void put_legend(struct ofl_map *map, struct ofl_view *v,
		       const struct ofl_map_kind *k)
{
	struct row row = {
		.map = map, .word = k->word, .units = k->units,
		.offline = k->offline, .mark = { k->look.mark },
		.has_offline = map->by_owner || !map->by_section,
	};
	char text[128], size[24];

	if (k->capital)
		row.mark[1] = (char)toupper((unsigned char)row.mark[0]);
	ofl_view_row(v, &row, NULL);
	if (!map->svg)
		return;
	ofl_size_text(k->units * map->unit_pages * map->page_bytes, size,
		      sizeof(size));
	snprintf(text, sizeof(text), "%s: %" PRIu64 " %s%s, %s", k->word,
		 k->units, map->by_section ? "section" : "block",
		 ofl_plural(k->units), size);
	ofl_svg_legend(map->svg, &k->look, text);
}

static void show_legend(struct ofl_map *map, struct ofl_view *v, bool cut)
{
	static const struct ofl_svg_look missing = { WHITE, '!' };
	/* only lines have such a character */
	struct row none = { .map = map, .mark = { NO_UNIT }, .word =
		map->by_section ? "no section" : "no block" };
	size_t i;

	ofl_view_table(v, &ofl_legend_table, NULL);
	for (i = 0; i < OFL_MAP_KINDS; i++)
		if (map->kind[i].units)
			put_legend(map, v, &map->kind[i]);
	if (map->gaps)
		ofl_view_row(v, &none, NULL);
	ofl_view_table_end(v);
	if (map->svg && cut)
		ofl_svg_legend(map->svg, &missing,
			       "interrupted: what follows the last square was not looked at");
}

enum ofl_status ofl_map_close(struct ofl_map *map, struct ofl_view *v,
			      enum ofl_status st, bool cut, struct ofl_err *err)
{
	if (!st && !v->json && !v->raw)
		st = print_row(map, v);
	ofl_view_table_end(v);
	if (st)
		ofl_svg_drop(map->svg);
	else
		show_legend(map, v, cut);
	if (!st && map->svg)
		st = ofl_svg_close(map->svg, err);
	map->svg = NULL;
	return st;
}
