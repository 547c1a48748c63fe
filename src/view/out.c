// SPDX-License-Identifier: GPL-2.0-or-later
/* out.c - what a view puts out, and what becomes of it */
#include <errno.h>
#include <string.h>

#include "target/text.h"
#include "view/out.h"
#include "view/wrap.h"

void ofl_put(struct ofl_view *v, const char *text)
{
	if (v->failed || (fputs(text, v->out) >= 0 && !ferror(v->out)))
		return;
	v->lost = errno;
	v->failed = true;
}

void ofl_put_wrapped(struct ofl_view *v, const char *text, int begins)
{
	char lines[2560];
	struct ofl_text t = ofl_text_over(lines, sizeof(lines));

	if (v->width)
		ofl_wrap(&t, text, v->width, (size_t)begins, (size_t)begins);
	ofl_put(v, v->width ? lines : text);
	ofl_put(v, "\n");
}

void ofl_out_cell(struct ofl_view *v, const struct ofl_column *c,
		  const void *row, const void *ctx, struct ofl_cell *cell)
{
	cell->kind = OFL_CELL_NONE;
	cell->text[0] = '\0';
	cell->cut = false;
	c->get(row, ctx, cell);
	ofl_cell_escape(cell);
	v->cut |= cell->cut;
}
