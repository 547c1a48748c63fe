/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buildid.h - the build id of a file or of notes in memory
 *
 * A linker writes it: a hash of what it links, so two builds have two. What
 * strips a file or takes its debuginfo out of it leaves the id alone.
 * Source: the note NT_GNU_BUILD_ID, whose name is "GNU".
 */
#ifndef OFL_BUILDID_H
#define OFL_BUILDID_H

#include <stdbool.h>
#include <stddef.h>

#include "target/target.h"

/**
 * ofl_build_id_of_notes() - find it among notes
 * @notes: in  as they are in a file or in memory, in our byte order
 * @hex:   out "01d2640d...", OFL_BUILD_ID_MAX; "" if there is none
 *
 * Errors: false: there is none, or the notes are cut off before it.
 */
bool ofl_build_id_of_notes(const void *notes, size_t bytes, char *hex);

/**
 * ofl_build_id_of_file() - of vmlinux or of a module's file
 * @hex: out as above
 *
 * Errors: false: as above, or it is no file that we can read, or not ELF of
 *         64 bits in the byte order of this machine.
 */
bool ofl_build_id_of_file(const char *path, char *hex);

#endif
