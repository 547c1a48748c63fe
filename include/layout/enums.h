/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * enums.h - enumerators and structs of a kernel, from the BTF in its vmlinux
 *
 * Depends on libbpf. A vmlinux with debuginfo usually has its types twice, as
 * DWARF and as BTF, made from one another when it was built (pahole). Asking a
 * debugger for an enumerator costs 15 to 40 ms, the most when there is none of
 * that name, and the facts ask for dozens that only some kernels have.
 */
#ifndef OFL_ENUMS_H
#define OFL_ENUMS_H

#include <stdint.h>

#include "target/target.h"

struct btf;
struct ofl_enums;

/** enum ofl_enum_found - what looking for an enumerator came to */
enum ofl_enum_found {
	OFL_ENUM_FOUND,
	OFL_ENUM_ABSENT,	/* the kernel proper has none of this name */
	OFL_ENUM_UNKNOWN,	/* no BTF, or it does not tell which value is meant */
};

/**
 * ofl_enums_open() - find all enums in a file
 * @path: in  vmlinux, or BTF as it is
 *
 * Shape:  NULL: it has no BTF, it makes no sense, or there is no memory.
 * Memory: its BTF, 4 to 8 MiB, until ofl_enums_close().
 */
struct ofl_enums *ofl_enums_open(const char *path);
void ofl_enums_close(struct ofl_enums *e);

/** ofl_enums_btf() - that BTF, borrowed; NULL for NULL */
struct btf *ofl_enums_btf(const struct ofl_enums *e);

/**
 * ofl_enums_find() - value of an enumerator of any enum, also of an anonymous one
 * @e:   in  NULL: OFL_ENUM_UNKNOWN
 * @ret: out only if found
 */
enum ofl_enum_found ofl_enums_find(const struct ofl_enums *e, const char *name,
				   int64_t *ret);

/**
 * ofl_enums_struct() - sizeof(struct @type)
 *
 * Shape:  OFL_ENUM_UNKNOWN also if there are several of the name that are not
 *         as large as each other.
 */
enum ofl_enum_found ofl_enums_struct(const struct ofl_enums *e,
				     const char *type, uint64_t *bytes_ret);

/** ofl_enums_member() - the same for a member, see ofl_btf_member() */
enum ofl_enum_found ofl_enums_member(const struct ofl_enums *e,
				     const char *type, const char *path,
				     struct ofl_member *ret);

#endif
