/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * types.h - what crash is asked of types
 *
 * Depends on target/target.h.
 */
#ifndef OFL_CRASH_TYPES_H
#define OFL_CRASH_TYPES_H

#include "target/target.h"

/** the answers of types: of the BTF of vmlinux, else of gdb */
extern const struct ofl_type_ops ofl_crash_type_ops;

/** ofl_crash_types() - types() of struct ofl_host_ops */
uint64_t ofl_crash_types(void *ctx);

/** ofl_crash_asked_none() - a command begins; ofl_crash_asked() counts from here */
void ofl_crash_asked_none(void);

/** ofl_crash_asked() - how many questions went to gdb */
uint64_t ofl_crash_asked(void);

/** ofl_crash_forget_enums() - free what was read of vmlinux; twice is fine */
void ofl_crash_forget_enums(void);

#endif
