/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crash_target.h - the seam as a crash session answers it
 *
 * Needs no defs.h to be included. What knows crash is in src/crash/target.c;
 * src/crash/process.c knows processes, src/crash/reader.c the dump's file.
 */
#ifndef OFL_CRASH_TARGET_H
#define OFL_CRASH_TARGET_H

#include "layout/enums.h"
#include "dump/kdump.h"
#include "target/target.h"

/**
 * ofl_crash_target() - the kernel of this session
 *
 * Shape:  the same object each time; release and machine are taken anew.
 */
const struct ofl_target *ofl_crash_target(void);

/** ofl_crash_forget_enums() - free what was read of vmlinux; twice is fine */
void ofl_crash_forget_enums(void);

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

/** struct ofl_crash_source - what crash reads from */
struct ofl_crash_source {
	const char *why_host;	/* words why nobody else can; NULL: one may try */
	const char *path;	/* of the dump */
	size_t page_bytes;
	uint64_t stamp;		/* see stamp() of struct ofl_target_ops */
};

/**
 * ofl_crash_open_reader() - begin to read pages ourselves, if that is possible
 * @host: in  leave it to crash in this command
 *
 * Shape:  for one command. Nothing is opened: we read through the descriptor
 *         that crash has, without moving its offset.
 */
void ofl_crash_open_reader(const struct ofl_crash_source *from, bool host);

/** ofl_crash_close_reader() - free what it takes; twice is fine */
void ofl_crash_close_reader(void);

/** ofl_crash_reader() - to read a page with; NULL: crash has to */
struct ofl_kdump *ofl_crash_reader(void);

/** ofl_crash_can_tell() - does ofl_crash_is_short() know anything? */
bool ofl_crash_can_tell(void);

/**
 * ofl_crash_is_short() - would crash give something else for this page?
 *
 * Shape:  see OFL_KDUMP_SHORT. False also where nobody but crash can tell.
 */
bool ofl_crash_is_short(uint64_t pfn);

/** ofl_crash_is_sample() - is this one of the pages that crash reads too? */
bool ofl_crash_is_sample(uint64_t pfn);

/** ofl_crash_distrust() - crash read something else at @kva: end of the reader */
void ofl_crash_distrust(uint64_t kva);

/** ofl_crash_reading() - reading() of struct ofl_target_ops */
void ofl_crash_reading(void *ctx, struct ofl_reading *ret);

/** sharing(), start() and stop() of struct ofl_target_ops, in process.c */
void ofl_crash_sharing(void *ctx, struct ofl_sharing *ret);
bool ofl_crash_start(void *ctx, void (*work)(void *arg, int fd), void *arg,
		     struct ofl_process *ret);
void ofl_crash_stop(void *ctx, struct ofl_process *process);

/**
 * ofl_crash_descriptor_of() - where this process has a file open for reading
 *
 * Shape:  -1: nowhere, or @path is another file by now.
 */
int ofl_crash_descriptor_of(const char *path);

/** ofl_crash_stop_workers() - end all copies of this process; twice is fine */
void ofl_crash_stop_workers(void);

#endif
