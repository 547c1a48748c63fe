/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process.h - copies of a crash session that read the same dump
 *
 * Depends on target/target.h.
 */
#ifndef OFL_CRASH_PROCESS_H
#define OFL_CRASH_PROCESS_H

#include "target/target.h"

/**
 * ofl_crash_share() - how many processors there are, and can files be opened
 * again?
 * @ret: out  overwritten; @decompresses is not known here
 */
void ofl_crash_share(struct ofl_sharing *ret);

/** start() and stop() of struct ofl_host_ops */
bool ofl_crash_start(void *ctx, void (*work)(void *arg, int fd), void *arg,
		     struct ofl_process *ret);
void ofl_crash_stop(void *ctx, struct ofl_process *process);

/**
 * ofl_crash_descriptor_of() - where this process has a file open for reading
 *
 * Shape:  -1: nowhere, or @path is another file by now.
 */
int ofl_crash_descriptor_of(const char *path);

/**
 * ofl_crash_descriptors() - files that this process has open for reading
 * @fds: out  the first @room of them, in no order
 *
 * Shape:  how many are in @fds.
 */
size_t ofl_crash_descriptors(int *fds, size_t room);

/** ofl_crash_stop_workers() - end all copies of this process; twice is fine */
void ofl_crash_stop_workers(void);

#endif
