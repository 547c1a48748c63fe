/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view.h - the only module that prints
 *
 * Depends on out.h, libsmartcols and json-c; reads no memory of the
 * kernel. A command says what it has once, as fields and tables; the view
 * makes lines or one JSON document of it. Rows leave as they come, so memory
 * does not grow with their number.
 */
#ifndef OFL_VIEW_H
#define OFL_VIEW_H

#include "view/out.h"

/* RESULT(id, word, is): how a command ended, its word for scripts, what that means */
#define OFL_RESULTS(RESULT)						       \
	RESULT(OK, "ok", "everything that was asked for was looked at")	       \
	RESULT(FINDINGS, "findings",					       \
	       "likewise, and something in the dump is wrong")		       \
	RESULT(INCOMPLETE, "incomplete",				       \
	       "a part could not be looked at: unknown pages, records that cannot be read, or ^C") \
	RESULT(FAILED, "failed",					       \
	       "nothing was found out; the message says why and what to do")

/** enum ofl_result - rows of OFL_RESULTS */
enum ofl_result {
#define RESULT(id, word, is) OFL_RESULT_##id,
	OFL_RESULTS(RESULT)
#undef RESULT
	OFL_NR_RESULTS
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

/** ofl_view_words() - a field of lines only; a format as of printf() */
void ofl_view_words(struct ofl_view *v, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** ofl_view_number() - a field of a document only */
void ofl_view_number(struct ofl_view *v, const char *json, uint64_t value);

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

/** ofl_result_text() - ok, findings, incomplete, failed */
const char *ofl_result_text(enum ofl_result result);

#endif
