/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * streamfile.h - write a file as a stream of pieces, as makedumpfile -F does
 *
 * Depends on nothing.
 *
 * Source: struct makedumpfile_header and makedumpfile_data_header of
 * makedumpfile 1.7.2.
 */
#ifndef STREAMFILE_H
#define STREAMFILE_H

#include <stddef.h>
#include <stdint.h>

/** streamfile_open() - -> an unnamed file in memory with the stream's header */
int streamfile_open(void);

/** streamfile_piece() - add a piece; @data may be NULL: it is left out */
void streamfile_piece(int fd, uint64_t from, const void *data, uint64_t bytes);

/** streamfile_end() - add the mark behind the last one */
void streamfile_end(int fd);

/**
 * streamfile_of() - -> the stream of all of a file
 *
 * Shape:  in pieces of up to @most_bytes, in no order (random()); what is zeros
 *         in the file is left out now and then, except for its end.
 */
int streamfile_of(int fd, size_t most_bytes);

#endif
