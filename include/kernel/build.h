/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * build.h - which build of the kernel, and of a module, is in the dump?
 *
 * Depends on module.h and buildid.h. It is what a file of types is held
 * against: an id is as it is in the memory of the kernel.
 */
#ifndef OFL_BUILD_H
#define OFL_BUILD_H

#include "layout/layout.h"

/**
 * ofl_build_of_kernel() - of the kernel proper
 * @hex: out "01d2640d...", OFL_BUILD_ID_MAX
 *
 * Source: BUILD-ID of VMCOREINFO, since 0935288c6e00 (in v5.9); else the notes
 *         from __start_notes on.
 * Errors: false: neither is in the dump.
 */
bool ofl_build_of_kernel(const struct ofl_target *t, char *hex);

/**
 * ofl_build_of_module() - of a loaded module
 * @l:   in  ofl_layout_load_modules() is enough
 * @hex: out as above
 *
 * Source: /sys/module/NAME/notes, kernel/module/sysfs.c: add_notes_attrs().
 * Errors: false: it is not loaded, or its notes are not known.
 */
bool ofl_build_of_module(const struct ofl_target *t, const struct ofl_layout *l,
			 const char *name, char *hex);

#endif
