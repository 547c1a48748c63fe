/* SPDX-License-Identifier: GPL-2.0-or-later */
/* btf.h - look for a member in BTF, wherever the BTF is from */
#ifndef OFL_BTF_H
#define OFL_BTF_H

#include <stdbool.h>

#include "target/target.h"

struct btf;
struct btf_type;

/**
 * ofl_btf_member() - place and size of a member of a struct or union
 * @t:    in  may be damaged, or nest in itself
 * @path: in  a name, or names with dots between them; anonymous members on
 *            the way are seen through
 *
 * Errors: false if there is none, or it is a bit field.
 */
bool ofl_btf_member(const struct btf *btf, const struct btf_type *t,
		    const char *path, struct ofl_member *ret);

#endif
