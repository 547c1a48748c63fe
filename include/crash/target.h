/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * target.h - the seam as a crash session answers it
 *
 * Depends on target/target.h. Needs no defs.h to be included, like the other
 * headers of this room.
 */
#ifndef OFL_CRASH_TARGET_H
#define OFL_CRASH_TARGET_H

#include "target/target.h"

/**
 * ofl_crash_target() - the kernel of this session
 *
 * Shape:  the same object each time; release and machine are taken anew.
 */
const struct ofl_target *ofl_crash_target(void);

/**
 * ofl_crash_catch_interrupts() - a command begins: ^C only sets a flag
 *
 * Shape:  its time, and what gdb is asked, count from here.
 */
void ofl_crash_catch_interrupts(void);

/** ofl_crash_release_interrupts() - crash's handler again; twice is fine */
void ofl_crash_release_interrupts(void);

#endif
