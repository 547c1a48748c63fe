/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * map_rows.h - a map as rows of characters, as a document, and as a picture
 *
 * Depends on command.h, owner.h, outcome.h and svg.h. Units (memory blocks, or
 * sections) come in ascending order and leave as they come.
 */
#ifndef OFL_MAP_ROWS_H
#define OFL_MAP_ROWS_H

#include "commands/command.h"
#include "judge/outcome.h"
#include "owners/owner.h"
#include "view/svg.h"

/* rows of the legend of a map by owner; by verdict they are enum ofl_outcome */
enum {
	OFL_MAP_NONE,		/* no PageOffline page */
	OFL_MAP_SEVERAL,	/* more owners than one */
	OFL_MAP_OFFLINE,	/* no section of it is online */
	OFL_MAP_UNKNOWN,	/* a page, or the owner of one, is not known */
	OFL_MAP_OWNERS,		/* as in ofl_owner_table; the last: orphans */
	OFL_MAP_KINDS = OFL_MAP_OWNERS + OFL_MAX_OWNERS + 1
};
_Static_assert((int)OFL_MAP_KINDS >= (int)OFL_NR_OUTCOMES,
	       "OFL_MAP_KINDS is too small");

/** struct ofl_map_kind - what a character stands for: a row of the legend */
struct ofl_map_kind {
	const char *word;	/* NULL: no unit can be this */
	struct ofl_svg_look look;
	bool capital;		/* its mark is one where half of a unit is such */
	uint64_t units, offline;	/* PageOffline pages in them */
};

/** struct ofl_map - a map that is being shown */
struct ofl_map {
	bool by_owner, by_section;	/* else by verdict, by block */
	bool gaps;			/* a row has a place without a unit */
	uint64_t unit_pages, page_bytes;
	struct ofl_map_kind kind[OFL_MAP_KINDS];
	uint64_t units;
	const char *path;	/* of the picture; NULL: none */
	struct ofl_svg *svg;
	unsigned int per_row;	/* units of a line */
	uint64_t row;		/* number of the line in work */
	char line[512];		/* its characters so far */
};

/** struct ofl_map_cell - a unit */
struct ofl_map_cell {
	uint64_t nr;		/* of the block, or section */
	size_t kind;
	bool has_offline;	/* @offline is known */
	uint64_t offline;	/* PageOffline pages */
	const char *owners;	/* lines owner=pages */
};

/**
 * ofl_map_open() - begin; nothing is printed
 * @map: in/out  by_owner and by_section are set, all else is zero
 *
 * Errors: of ofl_svg_open().
 */
enum ofl_status ofl_map_open(struct ofl_map *map, const struct ofl_run_ctx *ctx,
			     uint64_t sections, struct ofl_err *err);

/** ofl_map_begin() - what a document has before its cells; the view is open */
void ofl_map_begin(struct ofl_map *map, struct ofl_view *v);

/** ofl_map_put() - one unit; @reason: in  of its verdict, or "" */
enum ofl_status ofl_map_put(struct ofl_map *map, struct ofl_view *v,
			    const struct ofl_map_cell *cell,
			    const char *reason);

/**
 * ofl_map_close() - the last row, the legend, the end of the picture
 * @st:  in  how it went; without success there is no picture
 * @cut: in  units are missing, which the picture has to say
 *
 * Errors: @st, or of ofl_svg_close().
 */
enum ofl_status ofl_map_close(struct ofl_map *map, struct ofl_view *v,
			      enum ofl_status st, bool cut,
			      struct ofl_err *err);

#endif
