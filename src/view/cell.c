// SPDX-License-Identifier: GPL-2.0-or-later
/* cell.c - one value, as a line has it */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "target/text.h"
#include "view/cell.h"

struct ofl_cell ofl_cell_int(int64_t i)
{
	return (struct ofl_cell){ .kind = OFL_CELL_INT, .i = i };
}

struct ofl_cell ofl_cell_hex(uint64_t u)
{
	return (struct ofl_cell){ .kind = OFL_CELL_HEX, .u = u };
}

struct ofl_cell ofl_cell_span(uint64_t first, uint64_t last)
{
	return (struct ofl_cell){ .kind = OFL_CELL_SPAN, .u = first,
				  .last = last };
}

struct ofl_cell ofl_cell_kva(uint64_t kva)
{
	return (struct ofl_cell){ .kind = OFL_CELL_KVA, .u = kva };
}

struct ofl_cell ofl_cell_size(uint64_t bytes)
{
	return (struct ofl_cell){ .kind = OFL_CELL_SIZE, .u = bytes };
}

struct ofl_cell ofl_cell_text(const char *text)
{
	struct ofl_cell c = { .kind = OFL_CELL_TEXT };
	struct ofl_text t = ofl_text_over(c.text, sizeof(c.text));

	ofl_text_add(&t, "%s", text);
	return c;
}

struct ofl_cell ofl_cell_unknown(const char *word)
{
	struct ofl_cell c = ofl_cell_text(word);

	c.kind = OFL_CELL_UNKNOWN;
	return c;
}

void ofl_cell_show(const struct ofl_cell *c, char *buf, size_t len)
{
	switch (c->kind) {
	case OFL_CELL_NONE:
		snprintf(buf, len, "-");
		break;
	case OFL_CELL_UNKNOWN:
		snprintf(buf, len, "%s", c->text[0] ? c->text : "?");
		break;
	case OFL_CELL_INT:
		snprintf(buf, len, "%" PRId64, c->i);
		break;
	case OFL_CELL_HEX:
	case OFL_CELL_KVA:
		snprintf(buf, len, "0x%" PRIx64, c->u);
		break;
	case OFL_CELL_SPAN:
		snprintf(buf, len, "0x%" PRIx64 "-0x%" PRIx64, c->u, c->last);
		break;
	case OFL_CELL_SIZE:
		ofl_size_text(c->u, buf, len);
		break;
	case OFL_CELL_BOOL:
		snprintf(buf, len, "%s", c->i ? "yes" : "no");
		break;
	case OFL_CELL_TEXT:
	case OFL_CELL_LIST:
		snprintf(buf, len, "%s", c->text[0] ? c->text : "-");
		break;
	case OFL_CELL_MAP:
		snprintf(buf, len, "%s", c->text[0] ? c->text : "-");
		for (; *buf; buf++)
			if (*buf == '\n')
				*buf = ' ';
		break;
	}
}

/* @from as far as @end, behind what is there */
static void escape_part(struct ofl_text *t, const char *from, const char *end)
{
	char part[sizeof(((struct ofl_cell *)0)->text)];

	snprintf(part, sizeof(part), "%.*s", (int)(end - from), from);
	ofl_text_escaped(t, part);
}

/* lines of a map are its items: they stay lines */
void ofl_cell_escape(struct ofl_cell *c)
{
	char out[sizeof(c->text)];
	struct ofl_text t = ofl_text_over(out, sizeof(out));
	const char *at = c->text, *end;

	if (c->kind != OFL_CELL_TEXT && c->kind != OFL_CELL_LIST &&
	    c->kind != OFL_CELL_MAP)
		return;
	do {
		end = c->kind == OFL_CELL_MAP ? strchrnul(at, '\n') :
						at + strlen(at);
		escape_part(&t, at, end);
		if (*end)
			ofl_text_add(&t, "\n");
		at = end + 1;
	} while (*end);
	memcpy(c->text, out, t.used + 1);
	c->cut |= t.cut && c->kind == OFL_CELL_MAP;
}
