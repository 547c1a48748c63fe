/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * words.h - which names can the debuginfo of some files not have?
 *
 * A debugger takes 20 to 40 ms to find out that there is no type of a name. A
 * file whose bytes do not have the name as a text cannot define it.
 */
#ifndef OFL_WORDS_H
#define OFL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/** struct ofl_words - the bytes of files; zeroed: of none, which have no names */
struct ofl_words {
	unsigned char *at;	/* owned */
	size_t bytes;
	bool blind;		/* a file does not tell: it may have any name */
};

/**
 * ofl_words_add() - one more file
 * @path: in  as crash gave it to gdb
 *
 * Shape:  blind unless the file is ELF of 64 bits in the byte order of this
 *         machine and has all its debuginfo in itself, not compressed; and if
 *         all files together are larger than 64 MiB.
 * Memory: all of the file until ofl_words_free().
 */
void ofl_words_add(struct ofl_words *w, const char *path);

/** ofl_words_may_have() - false: no file has a type, member or enumerator @name */
bool ofl_words_may_have(const struct ofl_words *w, const char *name);

/** ofl_words_free() - give everything back; @w is as zeroed */
void ofl_words_free(struct ofl_words *w);

#endif
