/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reader.h - read the pages of a dump beside crash
 *
 * Depends on dump.h.
 */
#ifndef OFL_CRASH_READER_H
#define OFL_CRASH_READER_H

#include "dump/dump.h"
#include "target/target.h"

/** struct ofl_crash_source - what crash reads from */
struct ofl_crash_source {
	const char *why_host;	/* words why only crash can; NULL: we may try */
	const char *path;	/* of the dump */
	size_t page_bytes;
	uint64_t stamp;		/* see stamp() of struct ofl_host_ops */
};

/**
 * ofl_crash_open_reader() - begin to read pages ourselves, if that is possible
 * @host: in  leave it to crash in this command
 *
 * Shape:  for one command, but a stream's index is kept for the next one.
 *         Nothing is opened: we read through the descriptors that crash has,
 *         without moving their offsets.
 */
void ofl_crash_open_reader(const struct ofl_crash_source *from, bool host);

/** ofl_crash_close_reader() - a command ends; twice is fine */
void ofl_crash_close_reader(void);

/** ofl_crash_forget_reader() - free what is kept for the next one, too */
void ofl_crash_forget_reader(void);

/** ofl_crash_reader() - to read a page with; NULL: crash has to */
struct ofl_dump *ofl_crash_reader(void);

/** ofl_crash_can_tell() - does ofl_crash_is_short() know anything? */
bool ofl_crash_can_tell(void);

/**
 * ofl_crash_is_short() - would crash give something else for this page?
 *
 * Shape:  see OFL_DUMP_SHORT. False also where only crash can tell.
 */
bool ofl_crash_is_short(uint64_t pfn);

/** ofl_crash_is_sample() - is this one of the pages that crash reads too? */
bool ofl_crash_is_sample(uint64_t pfn);

/** ofl_crash_distrust() - crash read something else at @kva: end of the reader */
void ofl_crash_distrust(uint64_t kva);

/** ofl_crash_reading() - reading() of struct ofl_host_ops */
void ofl_crash_reading(void *ctx, struct ofl_reading *ret);

#endif
