/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * columns.h - what a table consists of, and which of its columns are shown
 *
 * Depends on cell.h and status.h.
 */
#ifndef OFL_COLUMNS_H
#define OFL_COLUMNS_H

#include "target/status.h"
#include "view/cell.h"

#define OFL_MAX_COLUMNS		24

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

/** ofl_json_text() - the type in words, as docs/output.md has it */
const char *ofl_json_text(enum ofl_json type);

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
