/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view.h - the only module that prints
 *
 * Depends on the C library, libsmartcols and json-c; reads no memory of the
 * kernel. A command says what it has once, as fields and tables; the view
 * makes lines or one JSON document of it. Rows leave as they come, so memory
 * does not grow with their number.
 */
#ifndef OFL_VIEW_H
#define OFL_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "target/status.h"

#define OFL_VIEW_DEPTH		4
#define OFL_MAX_COLUMNS		24

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

/** enum ofl_json - what a member of a document is, in JSON's words */
enum ofl_json {
	OFL_JSON_NONE,		/* not in documents */
	OFL_JSON_NUMBER,
	OFL_JSON_NUMBER_OR_NULL,
	OFL_JSON_STRING,
	OFL_JSON_STRING_OR_NULL,
	OFL_JSON_HEX,		/* a string, 0x... */
	OFL_JSON_HEX_OR_NULL,
	OFL_JSON_NUMBER_OR_HEX,	/* or null */
	OFL_JSON_BOOL,
	OFL_JSON_STRINGS,		/* array of strings */
	OFL_JSON_STRINGS_OR_NULL,
	OFL_JSON_MAP,		/* object, its names depend on the dump */
	OFL_JSON_OBJECT,		/* its members have rows of their own */
	OFL_NR_JSON
};

/**
 * struct ofl_column - a column of a table, a member of its JSON elements
 *
 * All that is said of it: help pages and docs/ are printed from these rows.
 */
struct ofl_column {
	const char *name;	/* header and -o name; NULL: JSON only */
	const char *json;	/* member name; NULL: table only */
	int width;		/* usual width: keeps streamed rows in line */
	bool right;		/* align right */
	unsigned int split;	/* OFL_SPLIT_* that showing it implies */
	/* @ret comes as NONE with an empty text */
	void (*get)(const void *row, const void *ctx, struct ofl_cell *ret);
	enum ofl_json type;	/* of the member */
	const char *help;	/* what it says; no full stop */
};

/** struct ofl_table - a table's shape */
struct ofl_table {
	const char *json;	/* member that holds it; NULL: table only */
	bool keyed;		/* JSON object; the first column has the keys */
	const char *help;	/* what a row is; no full stop */
	const struct ofl_column *column;
	size_t nr_columns;
};

/** struct ofl_columns - which columns are shown, in order */
struct ofl_columns {
	uint8_t index[OFL_MAX_COLUMNS];
	size_t nr;
};

/** enum ofl_result - how a command ended, for scripts */
enum ofl_result {
	OFL_RESULT_OK,
	OFL_RESULT_FINDINGS,
	OFL_RESULT_INCOMPLETE,	/* something is unknown */
	OFL_RESULT_FAILED,
};

struct ofl_batch;		/* rows of a table that wait to be printed */

/** struct ofl_view - a view being written */
struct ofl_view {
	FILE *out;		/* borrowed */
	bool json;
	bool header;		/* table: print column names */
	/*
	 * Columns of the terminal, 0: none. The last column of a table wraps
	 * then, as lines do.
	 */
	unsigned int width;
	bool raw;		/* only rows of the first table, for awk */
	bool past_first;	/* the first table is over */
	int depth;
	bool more[OFL_VIEW_DEPTH];	/* JSON: a comma is due at this depth */
	const struct ofl_table *table;	/* the table that is open */
	struct ofl_columns shown;
	struct ofl_batch *batch;
	bool failed;		/* the output is gone or memory ran out */
	int lost;		/* errno of the write that failed; 0: none did */
	bool cut;		/* a cell was: the result is incomplete */
};

/**
 * ofl_view_open() - begin a view
 * @command: in  name of the command, for JSON
 */
void ofl_view_open(struct ofl_view *v, FILE *out, bool json, bool header,
		   const char *command);

/**
 * ofl_view_raw() - from now on only rows of the first table are written
 *
 * Shape:  without column names; values are separated by one blank each, blanks
 *         in all but the last one become _; sizes are bytes. The status is
 *         left out if it is ok or findings, else it is a line "# status: ...".
 */
void ofl_view_raw(struct ofl_view *v);

/**
 * ofl_view_sentence() - a line of words, wrapped; nothing in a document
 * @label: in  word before it: "NEXT:"; NULL: none
 */
void ofl_view_sentence(struct ofl_view *v, const char *label,
		       const char *text);

/**
 * ofl_view_field() - one named value
 * @json:  in  member name; NULL: lines only
 * @label: in  words before the value; NULL: JSON only
 */
void ofl_view_field(struct ofl_view *v, const char *json, const char *label,
		    const struct ofl_cell *value);

/** ofl_view_object() / ofl_view_object_end() - fields that belong together */
void ofl_view_object(struct ofl_view *v, const char *json);
void ofl_view_object_end(struct ofl_view *v);

/** ofl_view_table() - begin a table; @shown NULL: all columns with a name */
void ofl_view_table(struct ofl_view *v, const struct ofl_table *table,
		    const struct ofl_columns *shown);

/**
 * ofl_view_row() - one row
 *
 * Errors: OFL_ERR_OUTPUT when the output is gone: the command should end.
 */
enum ofl_status ofl_view_row(struct ofl_view *v, const void *row,
			     const void *ctx);
void ofl_view_table_end(struct ofl_view *v);

/**
 * ofl_view_close() - the last line, or the status member, and the end
 *
 * Shape:  a cell that could not hold all of its map makes the result
 *         incomplete here, whatever the caller knows.
 * Errors: OFL_ERR_OUTPUT if anything could not be written.
 */
enum ofl_status ofl_view_close(struct ofl_view *v, enum ofl_result result,
			       const char *message);

/**
 * ofl_view_lost() - the error of a view that could not write all
 * @err: out  one line that says why; "" if the reader has closed the pipe,
 *            as a pager or head does
 *
 * Errors: OFL_ERR_OUTPUT.
 */
enum ofl_status ofl_view_lost(const struct ofl_view *v, struct ofl_err *err);

/**
 * ofl_view_line() - "@name @value", without a view
 *
 * Errors: of ofl_view_lost() if it could not be written.
 */
enum ofl_status ofl_view_line(FILE *out, const char *name, const char *value,
			      struct ofl_err *err);

/** cell constructors */
struct ofl_cell ofl_cell_int(int64_t i);
struct ofl_cell ofl_cell_hex(uint64_t u);
struct ofl_cell ofl_cell_span(uint64_t first, uint64_t last);
struct ofl_cell ofl_cell_kva(uint64_t kva);
struct ofl_cell ofl_cell_size(uint64_t bytes);
struct ofl_cell ofl_cell_text(const char *text);

/** ofl_json_text() - the type in words, as docs/output.md has it */
const char *ofl_json_text(enum ofl_json type);

/** ofl_result_text() - ok, findings, incomplete, failed */
const char *ofl_result_text(enum ofl_result result);

/**
 * ofl_columns_parse() - the list behind -o
 * @list: in  comma-separated names, any case
 *
 * Errors: OFL_ERR_ARG: unknown name (all names are listed), none, too many.
 */
enum ofl_status ofl_columns_parse(const struct ofl_table *table,
				  const char *list, struct ofl_columns *ret,
				  struct ofl_err *err);

/** ofl_columns_split() - what the columns shown split runs by */
unsigned int ofl_columns_split(const struct ofl_table *table,
			       const struct ofl_columns *shown);

/** ofl_columns_default() - all columns that have a name */
void ofl_columns_default(const struct ofl_table *table,
			 struct ofl_columns *ret);

#endif
