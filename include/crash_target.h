/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crash_target.h - the seam as a crash session answers it
 *
 * Needs no defs.h to be included. Implemented in src/crash, the only files
 * besides offline.c that know crash.
 */
#ifndef OFL_CRASH_TARGET_H
#define OFL_CRASH_TARGET_H

#include "target.h"

/**
 * ofl_crash_target() - the kernel of this session
 *
 * Shape:  the same object each time; release and machine are taken anew.
 */
const struct ofl_target *ofl_crash_target(void);

/**
 * ofl_crash_catch_interrupts() - from now on ^C only sets a flag
 *
 * crash's own handler jumps out of whatever runs, malloc() and stdio
 * included. Ours lets the scan stop at a section and the view finish.
 */
void ofl_crash_catch_interrupts(void);

/** ofl_crash_release_interrupts() - crash's handler again; twice is fine */
void ofl_crash_release_interrupts(void);

/** sharing(), start() and stop() of struct ofl_target_ops, in process.c */
void ofl_crash_sharing(void *ctx, struct ofl_sharing *ret);
bool ofl_crash_start(void *ctx, void (*work)(void *arg, int fd), void *arg,
		     struct ofl_process *ret);
void ofl_crash_stop(void *ctx, struct ofl_process *process);

/** ofl_crash_stop_workers() - end all copies of this process; twice is fine */
void ofl_crash_stop_workers(void);

#endif
