// SPDX-License-Identifier: GPL-2.0-or-later
/* window.c - a part of a file that goes along with its reader */
#include <stdlib.h>

#include "dump/window.h"

bool ofl_window_open(struct ofl_window *w, const struct ofl_file *file,
		     size_t room_bytes)
{
	w->file = file;
	w->at = malloc(room_bytes);
	w->room_bytes = room_bytes;
	return w->at != NULL;
}

void ofl_window_close(struct ofl_window *w)
{
	free(w->at);
	w->at = NULL;
}

/*
 * Where to fill the window from, for the bytes [from, from + bytes). Going back
 * twice is likely to go on: a driver's list of pages leads downwards, from one
 * stretch to the next, and upwards in each; it would fill the window again for
 * each stretch. So half of it lies before what is asked for, and half behind.
 * Going back once was looking ahead before, and all that follows lies behind.
 */
static uint64_t start_of(struct ofl_window *w, uint64_t from, size_t bytes)
{
	bool back = w->bytes && from < w->from, again = back && w->went_back;
	uint64_t half = w->room_bytes / 2;

	w->went_back = back;
	if (!again || bytes > half)
		return from;
	return from > half ? from - half : 0;
}

const void *ofl_window_peek(struct ofl_window *w, uint64_t from, size_t bytes)
{
	if (from >= w->from && from - w->from <= w->bytes &&
	    w->bytes - (from - w->from) >= bytes)
		return w->at + (from - w->from);
	if (bytes > w->room_bytes) {
		w->bytes = 0;
		return NULL;
	}
	w->from = start_of(w, from, bytes);
	w->bytes = ofl_file_read(w->file, w->at, w->room_bytes, w->from);
	return w->bytes >= from - w->from + bytes ? w->at + (from - w->from) :
						    NULL;
}
