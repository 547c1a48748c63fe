/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * typed.h - are the files that types come from those of what is in the dump?
 *
 * Depends on build.h. Nothing keeps a user from giving "mod -s" a module of another
 * kernel. The host's debugger looks through all files that it has, so a struct
 * that only the other kernel has would be found, and be taken for this one's.
 */
#ifndef OFL_TYPED_H
#define OFL_TYPED_H

#include "target/target.h"

/**
 * ofl_typed_check() - has each module with types the build id of its file?
 *
 * Shape:  nothing is said of a module whose id is not known on either side.
 * Errors: OFL_ERR_CONFLICT: names the first one, both ids, how many more there
 *         are, and the command of crash that ends it. OFL_ERR_NOMEM.
 */
enum ofl_status ofl_typed_check(const struct ofl_target *t, struct ofl_err *err);

/**
 * ofl_typed_doubt() - has vmlinux the build id of the kernel?
 * @buf: out  words for the user; "": it has, or that is not known
 *
 * Shape:  another build need not have other types: who has no vmlinux builds one
 *         from the same sources. So it is a doubt.
 */
void ofl_typed_doubt(const struct ofl_target *t, char *buf, size_t bytes);

#endif
