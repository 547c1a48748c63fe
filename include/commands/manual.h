/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manual.h - what help pages and docs/ say of a command
 *
 * Depends on view.h. The words of columns and options are in their own rows;
 * here is what has no row elsewhere. help.c makes pages of it for crash,
 * tests/docs the tables of docs/.
 */
#ifndef OFL_MANUAL_H
#define OFL_MANUAL_H

#include "view/view.h"

/** struct ofl_field - a member that is no column, or a line with a label */
struct ofl_field {
	const char *json;	/* "sections.online"; NULL: a line only */
	const char *label;	/* word before the line; NULL: a member only */
	enum ofl_json type;
	const char *help;	/* NULL: behind the last row */
};

/** struct ofl_word - a word of a fixed list */
struct ofl_word {
	const char *word;
	const char *help;	/* NULL: not listed */
};

/** struct ofl_manual - a command in words */
struct ofl_manual {
	const char *summary;			/* one line */
	const char *operand;			/* for the synopsis; or NULL */
	const char *const *about;		/* paragraphs; NULL-terminated */
	const struct ofl_field *fields;		/* may be NULL */
	const struct ofl_table *const *tables;	/* NULL-terminated */
	const char *words_of;			/* a column; NULL: none */
	const struct ofl_word *words;
	size_t nr_words;
	const char *command;			/* of the example */
	const char *const *example;		/* its lines; NULL-terminated */
};

#define COMMAND(id, ID, judges, operand) \
	extern const struct ofl_manual ofl_manual_##id;
#include "commands/commands.def"
#undef COMMAND

extern const struct ofl_field ofl_common_fields[];	/* every document */
extern const struct ofl_word ofl_result_words[OFL_NR_RESULTS];	/* of the last line */

/** ofl_example_of - the sentence before every example: of which dump it is */
extern const char ofl_example_of[];

struct ofl_command;

/**
 * ofl_help() - the help page of a command, as crash wants it
 *
 * Shape:  name, summary, synopsis, then lines; NULL-terminated. A "%s" is
 *         crash's name, no line with one has another percent sign.
 * Memory: made at the first call, kept until ofl_help_free(): crash keeps the
 *         pointer. Without memory the page is one line that names the lack.
 */
const char *const *ofl_help(const struct ofl_command *c);

/** ofl_help_free() - free all pages */
void ofl_help_free(void);

#endif
