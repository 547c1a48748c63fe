/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmcoreinfo.h - what the kernel exports about itself for dump tools
 *
 * Depends on target.h. The text is found in the dump's note, or, when the
 * dump has none (QEMU without -device vmcoreinfo, VMware), in the kernel's
 * own memory, from which the note would have been copied.
 */
#ifndef OFL_VMCOREINFO_H
#define OFL_VMCOREINFO_H

#include "target/target.h"

/**
 * ofl_vmcoreinfo_text() - text behind "@key=" without its newline
 *
 * Shape:  the note wins; memory is asked only if there is no note at all.
 * Errors: false if the key is nowhere, or does not fit @bytes.
 * Source: kernel/vmcore_info.c (kernel/crash_core.c before v6.9):
 *         vmcoreinfo_data, vmcoreinfo_size.
 */
bool ofl_vmcoreinfo_text(const struct ofl_target *t, const char *key,
			 char *buf, size_t bytes);

/**
 * ofl_vmcoreinfo_number() - decimal number at a key
 *
 * Errors: false if the key is nowhere or not a number.
 */
bool ofl_vmcoreinfo_number(const struct ofl_target *t, const char *key,
			   int64_t *ret);

#endif
