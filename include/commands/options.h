/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - the options, one row each
 *
 * Depends on command.h. A row is all that is said of an option: the parser, the
 * synopsis and the list of a help page, and docs/commands.md are made from it.
 */
#ifndef OFL_OPTIONS_H
#define OFL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "commands/command.h"

/* letters that cannot be typed: options that have a name only */
#define OFL_OPTION_VERSION	1
#define OFL_OPTION_WORKERS	2
#define OFL_OPTION_TEXT_MAX	64

/* a number for each command, only for the bits below */
enum {
#define COMMAND(id, ID, judges, operand) OFL_BIT_##ID,
#include "commands/commands.def"
#undef COMMAND
	OFL_NR_COMMANDS
};

/** enum ofl_on - which commands have an option: a bit each */
enum ofl_on {
#define COMMAND(id, ID, judges, operand) OFL_ON_##ID = 1u << OFL_BIT_##ID,
#include "commands/commands.def"
#undef COMMAND
	OFL_ON_ALL = (1u << OFL_NR_COMMANDS) - 1
};

/** enum ofl_option_group - options that a help page lists together */
enum ofl_option_group {
	OFL_GROUP_FILTER,	/* which pages are read */
	OFL_GROUP_SHOW,		/* what of them is shown */
	OFL_GROUP_OUTPUT,	/* how it is written */
	OFL_GROUP_READING,	/* how pages are read */
	OFL_NR_GROUPS
};

/** enum ofl_option_kind - what becomes of it */
enum ofl_option_kind {
	OFL_OPTION_FLAG,	/* sets a bool of struct ofl_options */
	OFL_OPTION_TEXT,	/* its argument goes to a const char * there */
	OFL_OPTION_PROCESSES,	/* a number, to an unsigned int there */
};

/** struct ofl_option - one row an option, or one of its meanings */
struct ofl_option {
	char letter;		/* not printable: it has a name only */
	const char *name;	/* behind --; NULL: it has a letter only */
	const char *argument;	/* as a synopsis has it; NULL: it takes none */
	unsigned int on;	/* OFL_ON_* */
	enum ofl_option_group group;
	bool not_json;		/* is about tables: refused together with -j */
	enum ofl_option_kind kind;
	size_t at;		/* offset in struct ofl_options */
	const char *help;	/* what it does; no full stop */
};

extern const struct ofl_option ofl_option_rows[];	/* ends with letter 0 */

/** ofl_option_text() - "-p pfn[-pfn]", "--version"; its letter, if it has one */
void ofl_option_text(const struct ofl_option *row, char *buf, size_t bytes);

/**
 * ofl_options_parse() - argv to options
 * @argv: in  argv[0] is the command; may be permuted, as getopt() does
 *
 * Errors: OFL_ERR_ARG with one line that ends in the help to read.
 */
enum ofl_status ofl_options_parse(const struct ofl_command *c, int argc,
				  char **argv, struct ofl_options *o,
				  struct ofl_err *err);

/**
 * ofl_options_json() - do the words have -j, whatever else is wrong with them?
 * @argv: in  as for ofl_options_parse()
 */
bool ofl_options_json(const struct ofl_command *c, int argc, char **argv);

extern const char *const ofl_option_groups[OFL_NR_GROUPS];	/* headings */

#endif
