/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file.h - the bytes of a dump's file, where its format says they are
 *
 * Depends on status.h. A dump that was sent through a pipe is a stream of
 * pieces, each with the offset that it has in the file; who reads such a
 * stream through here reads the file that it would be once it is put together.
 *
 * Source: struct makedumpfile_header and makedumpfile_data_header of
 * makedumpfile.h (1.7.2); QEMU's dump/dump.c writes the same.
 */
#ifndef OFL_FILE_H
#define OFL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "target/status.h"

struct ofl_file;

/**
 * ofl_file_open() - find out where its bytes are
 * @fd: in  borrowed, and its offset is left alone, so that copies of the
 *          process may share it
 *
 * Memory: 24 bytes for each piece of a stream, at most 48 MiB; ofl_file_close().
 * Errors: OFL_ERR_UNSUPPORTED: @err->text is a clause for the user, "the dump's
 *         stream is cut off"; OFL_ERR_NOMEM.
 */
enum ofl_status ofl_file_open(int fd, struct ofl_file **ret,
			      struct ofl_err *err);
void ofl_file_close(struct ofl_file *f);

/**
 * ofl_file_read() - the bytes [from, from + bytes)
 *
 * Shape:  how many of them are there, from the first one on. What lies between
 *         two pieces of a stream is zeros, as it is in a file.
 * Errors: 0, also when the file cannot be read.
 */
size_t ofl_file_read(const struct ofl_file *f, void *buf, size_t bytes,
		     uint64_t from);

/** ofl_file_is_stream() - is it one? */
bool ofl_file_is_stream(const struct ofl_file *f);

#endif
