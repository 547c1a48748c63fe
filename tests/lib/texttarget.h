/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * texttarget.h - a target that reads a text file, and ways to make it fail
 *
 * Depends on target.h. The format is described in tests/golden/README; it is
 * what src/target/record.c writes, with additions for files written by hand.
 */
#ifndef TEXTTARGET_H
#define TEXTTARGET_H

#include "target/target.h"

struct tt_line;
struct tt_piece;

/** struct texttarget - a kernel described by a text */
struct texttarget {
	struct ofl_target target;	/* give &target to the core */

	/* knobs, to be set after loading */
	unsigned long fail_read;	/* number of the read that fails, from 1; 0: none */
	enum ofl_read fail_how;		/* its answer: UNREADABLE, EXCLUDED */
	uint64_t stamp;
	unsigned int columns;	/* of the terminal; 0: none */
	unsigned long interrupt_after;	/* number of polls before ^C; 0: no ^C */

	/* what happened so far */
	unsigned long reads;
	unsigned long polls;

	/* private */
	struct tt_line *line;
	size_t nr_lines, max_lines;
	struct tt_piece *piece;		/* ascending, apart from each other */
	size_t nr_pieces, max_pieces;
};

/**
 * texttarget_load() - read a file
 *
 * Memory: texttarget_free(), also after a failure.
 * Errors: OFL_ERR_ARG with file and line.
 */
enum ofl_status texttarget_load(struct texttarget *tt, const char *path,
				struct ofl_err *err);

/** texttarget_parse() - the same from a string; tests compose theirs */
enum ofl_status texttarget_parse(struct texttarget *tt, const char *text,
				 struct ofl_err *err);

void texttarget_free(struct texttarget *tt);

#endif
