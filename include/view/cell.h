/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cell.h - one value, and how it is shown
 *
 * Depends on the C library only.
 */
#ifndef OFL_CELL_H
#define OFL_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** enum ofl_cell_kind - how a value is shown */
enum ofl_cell_kind {
	OFL_CELL_NONE,		/* "-"; JSON null */
	OFL_CELL_UNKNOWN,	/* "?"; JSON null */
	OFL_CELL_INT,		/* decimal */
	OFL_CELL_HEX,		/* 0x...; JSON a number */
	OFL_CELL_SPAN,		/* 0x...-0x..., the end included; in tables only */
	OFL_CELL_KVA,		/* an address: 0x...; JSON the same as a string */
	OFL_CELL_SIZE,		/* bytes as 4K, 195.6M; JSON bytes */
	OFL_CELL_BOOL,		/* yes, no; JSON true, false */
	OFL_CELL_TEXT,
	OFL_CELL_LIST,		/* comma-separated text; JSON array of strings */
	OFL_CELL_MAP,		/* lines name=value; JSON object, of numbers if they are */
};

/** struct ofl_cell - one value */
struct ofl_cell {
	enum ofl_cell_kind kind;
	int64_t i;		/* INT, BOOL */
	uint64_t u;		/* HEX, SPAN, KVA, SIZE */
	uint64_t last;		/* SPAN */
	bool cut;		/* MAP: not all of it is in @text */
	char text[640];		/* TEXT, LIST, MAP; "-" or "" is an empty list */
};

/** cell constructors */
struct ofl_cell ofl_cell_int(int64_t i);
struct ofl_cell ofl_cell_hex(uint64_t u);
struct ofl_cell ofl_cell_span(uint64_t first, uint64_t last);
struct ofl_cell ofl_cell_kva(uint64_t kva);
struct ofl_cell ofl_cell_size(uint64_t bytes);
struct ofl_cell ofl_cell_text(const char *text);
/** ofl_cell_unknown() - not known, in a word of the table; null in a document */
struct ofl_cell ofl_cell_unknown(const char *word);

/** ofl_cell_show() - the value as a line has it: "-" if there is none */
void ofl_cell_show(const struct ofl_cell *c, char *buf, size_t len);

/**
 * ofl_cell_escape() - make a text fit for a terminal and for JSON
 *
 * Shape:  the one place where that is done: each value goes through it once, on
 *         its way into either, since texts may come from a dump.
 */
void ofl_cell_escape(struct ofl_cell *c);

#endif
