// SPDX-License-Identifier: GPL-2.0-or-later
/* wrap.c - words and rows that are wider than the terminal */
#include <string.h>

#include "view/wrap.h"

#define INDENT	2	/* of a row's other lines */
#define WORDS	40	/* columns that a line of words wants to have, to be read */

void ofl_wrap(struct ofl_text *ret, const char *text, size_t columns, size_t at,
	      size_t indent)
{
	const char *before = "";
	size_t len;

	for (; *text; text += len + strspn(text + len, " ")) {
		len = strcspn(text, " ");
		if (*before && at + 1 + len > columns) {
			ofl_text_add(ret, "\n%*s", (int)indent, "");
			at = indent;
			before = "";
		}
		ofl_text_add(ret, "%s%.*s", before, (int)len, text);
		at += strlen(before) + len;
		before = " ";
	}
}

void ofl_fold_plan(struct ofl_fold *f)
{
	size_t i, at = 0, wants;

	for (i = 0; i < f->nr; i++) {
		wants = f->width[i];
		if (i + 1 == f->nr && !f->right[i] && wants > WORDS)
			wants = WORDS;
		f->breaks[i] = i && at + 1 + wants > f->columns;
		at = f->breaks[i] ? INDENT + wants : at + (i > 0) + wants;
	}
}

void ofl_fold_row(const struct ofl_fold *f, const char *const *cell,
		  struct ofl_text *ret)
{
	size_t i, at = 0, len, pad;
	bool last;

	for (i = 0; i < f->nr; i++) {
		const char *text = cell[i] ? cell[i] : "";

		last = i + 1 == f->nr || f->breaks[i + 1];
		if (f->breaks[i])
			ofl_text_add(ret, "\n%*s", INDENT, "");
		else if (i)
			ofl_text_add(ret, " ");
		at = f->breaks[i] ? INDENT : at + (i > 0);
		len = strlen(text);
		pad = len < f->width[i] ? f->width[i] - len : 0;
		if (f->right[i])
			ofl_text_add(ret, "%*s%s", (int)pad, "", text);
		else if (last)
			ofl_wrap(ret, text, f->columns, at, at);
		else
			ofl_text_add(ret, "%s%*s", text, (int)pad, "");
		at += len + pad;
	}
	ofl_text_add(ret, "\n");
}
