/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * svg.h - a map as a picture: one file, that a browser opens without any other
 *
 * Depends on the C library and text.h. Cells are written as they come, so
 * memory does not grow with their number; the height is filled in at the end.
 * Whatever a text holds, the file stays well-formed: what is no printable text
 * is escaped.
 */
#ifndef OFL_SVG_H
#define OFL_SVG_H

#include <stdint.h>

#include "target/status.h"

#define OFL_SVG_COLUMNS	64	/* cells of a row */

/** struct ofl_svg_look - how a cell of one kind looks */
struct ofl_svg_look {
	const char *fill;	/* #rrggbb */
	const char *ink;	/* of the mark in it */
	char mark;
};

struct ofl_svg;

/**
 * ofl_svg_open() - begin a picture in a new file
 * @title: in  line above the map, and the name of the page
 *
 * Memory: given back by ofl_svg_close() or ofl_svg_drop().
 * Errors: OFL_ERR_ARG with one line: the file exists, or cannot be made;
 *         OFL_ERR_NOMEM.
 */
enum ofl_status ofl_svg_open(const char *path, const char *title,
			     struct ofl_svg **ret, struct ofl_err *err);

/**
 * ofl_svg_cell() - one cell; cells come in ascending order
 * @place: in  its number: a row begins at each multiple of OFL_SVG_COLUMNS,
 *             and rows without a cell are left out
 * @name:  in  of the cell, also before the row if it is the first one in it
 * @title: in  shown when the pointer is over it, behind its name
 */
void ofl_svg_cell(struct ofl_svg *svg, uint64_t place,
		  const struct ofl_svg_look *look, const char *name,
		  const char *title);

/** ofl_svg_legend() - a line of the legend, below the last row */
void ofl_svg_legend(struct ofl_svg *svg, const struct ofl_svg_look *look,
		    const char *text);

/**
 * ofl_svg_close() - the end of the picture
 *
 * Errors: OFL_ERR_OUTPUT with one line if it could not be written whole; the
 *         file is gone then.
 */
enum ofl_status ofl_svg_close(struct ofl_svg *svg, struct ofl_err *err);

/** ofl_svg_drop() - remove what was written; @svg may be NULL */
void ofl_svg_drop(struct ofl_svg *svg);

#endif
