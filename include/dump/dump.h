/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump.h - pages of a dump, in whatever format it is
 *
 * Depends on status.h and answer.h. A second reader beside the host's, for its
 * speed: kdump-compressed and ELF, each as a file or as the stream that
 * makedumpfile -F and QEMU write, and what makedumpfile --split wrote. It gives
 * bytes or nothing: see kdump.h.
 */
#ifndef OFL_DUMP_H
#define OFL_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/answer.h"
#include "target/status.h"

struct ofl_dump;

/** struct ofl_dump_files - of a process that has a dump open */
struct ofl_dump_files {
	int fd;			/* of the dump, or of a part of it */
	/* among these are the other parts, if it has any */
	const int *others;
	size_t nr_others;
};

/**
 * ofl_dump_open() - look at the headers
 * @files:      in   borrowed; offsets are left alone, so that copies of the
 *                   process may share them
 * @page_bytes: in   of the kernel
 *
 * Memory: see file.h, kdump.h and elf.h; ofl_dump_close().
 * Errors: OFL_ERR_UNSUPPORTED: @err->text is a clause for the user, "the dump
 *         is neither kdump-compressed nor ELF"; OFL_ERR_UNREADABLE,
 *         OFL_ERR_NOMEM.
 */
enum ofl_status ofl_dump_open(const struct ofl_dump_files *files,
			      size_t page_bytes, struct ofl_dump **ret,
			      struct ofl_err *err);
void ofl_dump_close(struct ofl_dump *d);

/** ofl_dump_is_stream() - is it one, whose pieces take long to find? */
bool ofl_dump_is_stream(const struct ofl_dump *d);

/** ofl_dump_part_fd() - of file @nr, from 0; -1: there are no more */
int ofl_dump_part_fd(const struct ofl_dump *d, size_t nr);

/** ofl_dump_why_not() - see ofl_kdump_why_not() */
const char *ofl_dump_why_not(const struct ofl_dump *d);

/**
 * ofl_dump_read() - a page
 * @page: out  page_bytes of it; undefined unless OFL_DUMP_READ
 */
enum ofl_dump_page ofl_dump_read(struct ofl_dump *d, uint64_t pfn, void *page);

/**
 * ofl_dump_read_run() - pages from @pfn on, as many as can be had at once
 * @buf: out  the first of @pages pages
 *
 * Shape:  how many of them; ofl_dump_read() says why it is not one more.
 */
size_t ofl_dump_read_run(struct ofl_dump *d, uint64_t pfn, void *buf,
			 size_t pages);

/** ofl_dump_failed() - did a page not decompress, since it was opened? */
bool ofl_dump_failed(const struct ofl_dump *d);

/** ofl_dump_is_short() - would ofl_dump_read() say OFL_DUMP_SHORT? */
bool ofl_dump_is_short(struct ofl_dump *d, uint64_t pfn);

/**
 * ofl_dump_keep() - see ofl_kdump_keep()
 * @d: in/out  NULL: nothing is done
 */
void ofl_dump_keep(struct ofl_dump *d, bool on);

#endif
