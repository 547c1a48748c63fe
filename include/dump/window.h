/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * window.h - a part of a file that goes along with its reader
 *
 * Depends on file.h. The memmap lies in a dump nearly in order. Nothing is
 * mapped, since a file that is truncated meanwhile would end the session by a
 * signal.
 */
#ifndef OFL_WINDOW_H
#define OFL_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/file.h"

/** struct ofl_window - zeroed, then ofl_window_open() */
struct ofl_window {
	const struct ofl_file *file;
	unsigned char *at;	/* owned */
	size_t room_bytes;
	uint64_t from;		/* place of at[0] in the file */
	size_t bytes;		/* of it are there */
	bool went_back;		/* when it was filled last */
};

/**
 * ofl_window_open() - of @room_bytes of @file, which is borrowed
 *
 * Errors: false: no memory.
 */
bool ofl_window_open(struct ofl_window *w, const struct ofl_file *file,
		     size_t room_bytes);
void ofl_window_close(struct ofl_window *w);

/**
 * ofl_window_peek() - the bytes [from, from + bytes) of the file
 *
 * Shape:  NULL: not all are there, or they are more than the window has room
 *         for. Borrowed until the next call.
 */
const void *ofl_window_peek(struct ofl_window *w, uint64_t from, size_t bytes);

#endif
