/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run.h - the table of commands, and how one of them is run; no crash in sight
 *
 * Depends on command.h. offline.c registers the table with crash; tests run it
 * over a text target.
 */
#ifndef OFL_RUN_H
#define OFL_RUN_H

#include "commands/command.h"

extern const struct ofl_command ofl_commands[];	/* ends with a NULL name */

/**
 * ofl_command_run() - one whole command
 * @out: in  where the view goes
 *
 * Shape:  with -j a failure is a document too, also of words that cannot be
 *         parsed, with status.result "failed"; the call then returns OFL_OK.
 * Errors: otherwise the failure, with nothing printed; the caller shows
 *         @err->text. It is empty if the reader closed the output.
 */
enum ofl_status ofl_command_run(struct ofl_session *s, int argc, char **argv,
				FILE *out, struct ofl_err *err);

/**
 * ofl_command_refuse() - a command in a session that can serve none
 * @s:   in  only for what it is told of the kernel: its target may be NULL
 * @why: in  one line: what is the matter, and what to do
 *
 * Shape:  otherwise as ofl_command_run() that fails: OFL_ERR_UNSUPPORTED, or a
 *         document.
 */
enum ofl_status ofl_command_refuse(struct ofl_session *s, const char *why,
				   int argc, char **argv, FILE *out,
				   struct ofl_err *err);

#endif
