/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * asked.h - a session in which a test runs commands, and what they print
 *
 * Depends on run.h and texttarget.h.
 */
#ifndef ASKED_H
#define ASKED_H

#include "commands/run.h"
#include "texttarget.h"

/** asked_to() - run a command line, at most 16 words */
enum ofl_status asked_to(struct ofl_session *s, const char *line, FILE *out,
			 struct ofl_err *err);

/**
 * asked() - the same, with the output in memory
 * @text: in/out  of the command before, or NULL; asked_drop() frees it
 *
 * Shape: a document is left to the runner, see unit_document().
 */
enum ofl_status asked(struct ofl_session *s, const char *line, char **text,
		      struct ofl_err *err);

/** asked_drop() - give back a session, its target and its last output */
void asked_drop(struct ofl_session *s, struct texttarget *tt, char **text);

#endif
