/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.h - write down what a command asked of a kernel
 *
 * A recording is a text file that tests/lib/texttarget.c can answer from: a
 * field problem becomes a test case without the dump leaving its site. It
 * holds struct pages and bookkeeping, never the content of pages.
 */
#ifndef OFL_RECORD_H
#define OFL_RECORD_H

#include "target/target.h"

struct ofl_recorder;

/**
 * ofl_record_open() - begin a recording
 * @path: in  file to create; must not exist
 *
 * Memory: @ret is freed by ofl_record_close().
 * Errors: OFL_ERR_ARG if the file cannot be created, OFL_ERR_NOMEM.
 */
enum ofl_status ofl_record_open(const struct ofl_target *t, const char *path,
				struct ofl_recorder **ret, struct ofl_err *err);

/** ofl_record_target() - the target to use instead of the recorded one */
const struct ofl_target *ofl_record_target(struct ofl_recorder *rec);

/**
 * ofl_record_close() - end the recording
 * @err: in/out  NULL: the caller failed already and keeps its own text
 *
 * Errors: OFL_ERR_OUTPUT if the file could not be written whole.
 */
enum ofl_status ofl_record_close(struct ofl_recorder *rec, struct ofl_err *err);

#endif
