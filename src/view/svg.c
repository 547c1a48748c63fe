// SPDX-License-Identifier: GPL-2.0-or-later
/* svg.c - a map as a picture */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "target/text.h"
#include "view/svg.h"

#define SIDE	14		/* of a cell, in pixels, with its gap */
#define GROUP	16		/* cells between two wider gaps */
#define LEFT	100		/* where cells begin */
#define TOP	44
#define WIDTH	(LEFT + OFL_SVG_COLUMNS * SIDE + \
		 OFL_SVG_COLUMNS / GROUP * SIDE / 2 + 10)

/** struct ofl_svg - a picture that is being written */
struct ofl_svg {
	FILE *file;
	char *path;
	long height_at[2];	/* offsets in the file */
	uint64_t row;		/* of the map, first place / OFL_SVG_COLUMNS */
	unsigned int rows, legend;	/* so many were begun */
};

/* text between tags, whatever is in it */
static void put_text(FILE *f, const char *text)
{
	char safe[1024];
	struct ofl_text t = ofl_text_over(safe, sizeof(safe));
	const char *at;

	ofl_text_escaped(&t, text);
	for (at = safe; *at; at++)
		switch (*at) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		default:
			fputc(*at, f);
		}
}

/* nine figures, for which the end of the picture fills in others */
static long put_height(struct ofl_svg *svg)
{
	long at = ftell(svg->file);

	fputs("000000000", svg->file);
	return at;
}

static void put_head(struct ofl_svg *svg, const char *title)
{
	FILE *f = svg->file;

	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"",
		WIDTH);
	svg->height_at[0] = put_height(svg);
	fprintf(f, "\" viewBox=\"0 0 %d ", WIDTH);
	svg->height_at[1] = put_height(svg);
	fputs("\" font-family=\"monospace\" font-size=\"11\">\n<title>", f);
	put_text(f, title);
	fputs("</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
	      "<text x=\"10\" y=\"24\" font-size=\"14\">", f);
	put_text(f, title);
	fputs("</text>\n", f);
}

enum ofl_status ofl_svg_open(const char *path, const char *title,
			     struct ofl_svg **ret, struct ofl_err *err)
{
	struct ofl_svg *svg = calloc(1, sizeof(*svg));

	if (svg)
		svg->path = strdup(path);
	if (!svg || !svg->path) {
		free(svg);
		return ofl_fail(err, OFL_ERR_NOMEM, "no memory for the picture");
	}
	svg->file = fopen(path, "wx");
	if (!svg->file) {
		ofl_fail(err, OFL_ERR_ARG, "-g %s: %s", path, strerror(errno));
		free(svg->path);
		free(svg);
		return err->status;
	}
	put_head(svg, title);
	*ret = svg;
	return OFL_OK;
}

static unsigned int top_of(unsigned int row)
{
	return TOP + row * SIDE;
}

static void put_square(FILE *f, unsigned int x, unsigned int y,
		       const struct ofl_svg_look *look)
{
	char mark[2] = { look->mark, '\0' };

	fprintf(f, "<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"#888888\" stroke-width=\"0.5\"/>"
		"<text x=\"%u\" y=\"%u\" text-anchor=\"middle\" fill=\"%s\">",
		x, y, SIDE - 2, SIDE - 2, look->fill, x + SIDE / 2 - 1,
		y + SIDE - 4, look->ink);
	put_text(f, mark);
	fputs("</text>", f);
}

void ofl_svg_cell(struct ofl_svg *svg, uint64_t place,
		  const struct ofl_svg_look *look, const char *name,
		  const char *title)
{
	unsigned int column = place % OFL_SVG_COLUMNS, y;
	FILE *f = svg->file;

	if (!svg->rows || svg->row != place / OFL_SVG_COLUMNS) {
		svg->row = place / OFL_SVG_COLUMNS;
		y = top_of(svg->rows++);
		fprintf(f, "<text x=\"10\" y=\"%u\">", y + SIDE - 4);
		put_text(f, name);
		fputs("</text>\n", f);
	}
	fputs("<g><title>", f);
	put_text(f, name);
	fputs(" ", f);
	put_text(f, title);
	fputs("</title>", f);
	put_square(f, LEFT + column * SIDE + column / GROUP * SIDE / 2,
		   top_of(svg->rows - 1), look);
	fputs("</g>\n", f);
}

void ofl_svg_legend(struct ofl_svg *svg, const struct ofl_svg_look *look,
		    const char *text)
{
	unsigned int y = top_of(svg->rows + 1) + svg->legend++ * (SIDE + 4);

	put_square(svg->file, LEFT, y, look);
	fprintf(svg->file, "<text x=\"%d\" y=\"%u\">", LEFT + 2 * SIDE,
		y + SIDE - 4);
	put_text(svg->file, text);
	fputs("</text>\n", svg->file);
}

static bool fill_in(struct ofl_svg *svg)
{
	unsigned int height = top_of(svg->rows + 2) + svg->legend * (SIDE + 4);
	size_t i;

	for (i = 0; i < 2; i++)
		if (fseek(svg->file, svg->height_at[i], SEEK_SET) ||
		    fprintf(svg->file, "%09u", height) != 9)
			return false;
	return true;
}

static void give_back(struct ofl_svg *svg)
{
	free(svg->path);
	free(svg);
}

enum ofl_status ofl_svg_close(struct ofl_svg *svg, struct ofl_err *err)
{
	bool whole;
	int why;

	errno = 0;
	fputs("</svg>\n", svg->file);
	whole = !fflush(svg->file) && fill_in(svg) && !fflush(svg->file) &&
		!ferror(svg->file);
	why = errno;
	whole = !fclose(svg->file) && whole;
	if (!whole) {
		unlink(svg->path);
		ofl_fail(err, OFL_ERR_OUTPUT, "-g %s: the picture was not written whole: %s",
			 svg->path, why ? strerror(why) : "an error of output");
	}
	give_back(svg);
	return whole ? OFL_OK : OFL_ERR_OUTPUT;
}

void ofl_svg_drop(struct ofl_svg *svg)
{
	if (!svg)
		return;
	fclose(svg->file);
	unlink(svg->path);
	give_back(svg);
}
