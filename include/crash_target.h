/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crash_target.h - the seam as a crash session answers it
 *
 * Needs no defs.h to be included. What knows crash is in src/crash/target.c;
 * src/crash/process.c knows processes.
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

/**
 * ofl_crash_why_not_shared() - why no second process can read this dump
 * @decompresses: out  the dump is kdump-compressed
 *
 * Shape:  NULL if nothing in crash forbids it.
 */
const char *ofl_crash_why_not_shared(bool *decompresses);

/**
 * ofl_crash_land_jumps() - run @run where crash's jumps and words lead nowhere
 *
 * Shape:  for a copy of the session: whatever crash prints is dropped, and a
 *         jump to its main loop ends the process instead.
 */
void ofl_crash_land_jumps(void (*run)(void *arg), void *arg);

/** sharing(), start() and stop() of struct ofl_target_ops, in process.c */
void ofl_crash_sharing(void *ctx, struct ofl_sharing *ret);
bool ofl_crash_start(void *ctx, void (*work)(void *arg, int fd), void *arg,
		     struct ofl_process *ret);
void ofl_crash_stop(void *ctx, struct ofl_process *process);

/** ofl_crash_stop_workers() - end all copies of this process; twice is fine */
void ofl_crash_stop_workers(void);

#endif
