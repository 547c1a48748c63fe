/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump.h - pages of a kdump-compressed file, by page frame number
 *
 * Depends on file.h, answer.h and codec.h. A second reader beside the host's, for its
 * speed. It gives bytes or nothing: what is not in the file, damaged, or of a
 * kind that it does not know is for the host to read, and to give the reason
 * for. One kind of damage the host does not see; that is named here.
 *
 * Source: struct disk_dump_header, kdump_sub_header and page_desc of
 * makedumpfile's diskdump_mod.h (1.7.2) and of crash's diskdump.h (9.0.2).
 */
#ifndef OFL_KDUMP_H
#define OFL_KDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/file.h"
#include "dump/answer.h"

struct ofl_kdump;

/**
 * ofl_kdump_open() - look at the header of a file
 * @file:       in   borrowed until ofl_kdump_close()
 * @page_bytes: in   of the kernel
 *
 * Memory: 200 KiB, half of it zstd's, 8 bytes for every 8192 blocks, one
 *         block if that is more than a page, and what ofl_kdump_keep() keeps;
 *         ofl_kdump_close().
 * Errors: OFL_ERR_UNSUPPORTED: @err->text is a clause for the user, "the dump
 *         is flattened"; OFL_ERR_UNREADABLE, OFL_ERR_NOMEM.
 * See also ofl_kdump_why_not().
 */
enum ofl_status ofl_kdump_open(const struct ofl_file *file, size_t page_bytes,
			       struct ofl_kdump **ret, struct ofl_err *err);
void ofl_kdump_close(struct ofl_kdump *k);

/**
 * ofl_kdump_part() - the pages that it may have: [start, end)
 *
 * Shape:  [0, UINT64_MAX), unless the file is one of those that
 *         makedumpfile --split wrote. The others are files of their own.
 */
void ofl_kdump_part(const struct ofl_kdump *k, uint64_t *start_pfn,
		    uint64_t *end_pfn);

/** ofl_kdump_same() - do two files have the same kernel and as much memory? */
bool ofl_kdump_same(const struct ofl_kdump *a, const struct ofl_kdump *b);

/** ofl_kdump_is_one() - does a file begin like one? */
bool ofl_kdump_is_one(const struct ofl_file *file);

/**
 * ofl_kdump_why_not() - why no page of the file can be read
 *
 * Shape:  such a clause, or NULL: they can be. It is still known which of them
 *         are short.
 */
const char *ofl_kdump_why_not(const struct ofl_kdump *k);

/**
 * ofl_kdump_read() - a page
 * @page: out  page_bytes of it; undefined unless OFL_DUMP_READ
 */
enum ofl_dump_page ofl_kdump_read(struct ofl_kdump *k, uint64_t pfn,
				   void *page);

/**
 * ofl_kdump_keep() - keep regular pages from now on, or no more
 * @k: in/out  NULL: nothing is done
 *
 * Shape:  those that are kept are given by ofl_kdump_read() without a look at
 *         the file: see regular.h. Nothing is kept where blocks are not pages.
 */
void ofl_kdump_keep(struct ofl_kdump *k, bool on);

/** ofl_kdump_failed() - was there a page that did not decompress? */
bool ofl_kdump_failed(const struct ofl_kdump *k);

/** ofl_kdump_is_short() - would ofl_kdump_read() say OFL_DUMP_SHORT? */
bool ofl_kdump_is_short(struct ofl_kdump *k, uint64_t pfn);

#endif
