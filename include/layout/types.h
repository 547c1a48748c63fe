/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * types.h - layouts of a driver's structs, whose debuginfo may be missing
 *
 * Depends on target.h, layout.h (late facts) and libbpf. A driver is usually a
 * module, and its types are in the host's debuginfo only after "mod -s". But a
 * kernel with CONFIG_DEBUG_INFO_BTF_MODULES carries the types of its modules
 * in its own memory, hence in the dump.
 */
#ifndef OFL_TYPES_H
#define OFL_TYPES_H

#include "layout/layout.h"
#include "target/text.h"

struct btf;

/** enum ofl_types_source - where a module's types were found */
enum ofl_types_source {
	OFL_TYPES_NOWHERE,
	OFL_TYPES_DEBUGINFO,	/* built in, or loaded with mod -s */
	OFL_TYPES_BTF,		/* the dump's own */
	OFL_TYPES_NOT_FOREIGN,	/* likewise: the loaded ones are another kernel's */
};

/** struct ofl_types_base - BTF of vmlinux in the dump, that all modules share */
struct ofl_types_base {
	struct btf *btf;	/* NULL: none, or not looked for */
	struct btf *owned;	/* the same; NULL: it is the host's */
	bool looked;
};

/** struct ofl_types - types of one module */
struct ofl_types {
	const struct ofl_target *t;
	enum ofl_types_source source;
	const struct btf *base;	/* borrowed */
	struct btf *split;	/* owned; NULL unless BTF */
};

/**
 * ofl_types_open() - find the types of a module
 * @module: in  name as the kernel writes it: virtio_mem
 * @proof:  in  a struct that only this module defines
 * @base:   in/out  zeroed before the first module; it is read when the first
 *              module needs it, and not again
 * @ret:    out always valid; source NOWHERE if nothing has the types
 *
 * Shape:  debuginfo, unless the dump's own BTF has another layout of @proof:
 *         nothing keeps a user from giving mod -s a module of another kernel.
 * Memory: a few KiB of BTF until ofl_types_close(); @base has 4 to 8 MiB, unless
 *         the host's vmlinux has the same, until ofl_types_base_close(), which
 *         comes after that.
 */
void ofl_types_open(const struct ofl_target *t, const struct ofl_layout *l,
		    const char *module, const char *proof,
		    struct ofl_types_base *base, struct ofl_types *ret);

/** ofl_types_kernel() - types of the kernel proper; nothing to close */
static inline struct ofl_types ofl_types_kernel(const struct ofl_target *t)
{
	return (struct ofl_types){ .t = t, .source = OFL_TYPES_DEBUGINFO };
}

/** ofl_types_close() - give everything back; twice is fine */
void ofl_types_close(struct ofl_types *ty);

/** ofl_types_base_close() - the same; it may be read again afterwards */
void ofl_types_base_close(struct ofl_types_base *base);

/**
 * ofl_types_member() - place of a member
 * @path: in  "addr", or through named members "sbm.sb_size"; anonymous
 *            structs and unions need not be named
 *
 * Errors: false if there is no such member, or a bit-field.
 */
bool ofl_types_member(const struct ofl_types *ty, const char *type,
		      const char *path, struct ofl_member *ret);

/** ofl_types_enumerator() - value of an enumerator */
bool ofl_types_enumerator(const struct ofl_types *ty, const char *name,
			  int64_t *ret);

/**
 * ofl_types_advice() - append what a user can do to get the types of a module
 *
 * Shape:  not what was done already: a file that was loaded has none of them.
 */
void ofl_types_advice(const struct ofl_target *t, const char *module,
		      struct ofl_text *text);

/** ofl_types_source_text() - "debuginfo", "BTF in the dump", ... */
const char *ofl_types_source_text(enum ofl_types_source source);

#endif
