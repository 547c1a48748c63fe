/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump.h - pages of a kdump-compressed file, by page frame number
 *
 * Depends on status.h and codec.h. A second reader beside the host's, for its
 * speed only. It gives bytes or nothing: what is not in the file, damaged, or
 * of a kind that it does not know is for the host to read, and to give the
 * reason for.
 *
 * Source: struct disk_dump_header, kdump_sub_header and page_desc of
 * makedumpfile's diskdump_mod.h (1.7.2) and of crash's diskdump.h (9.0.2).
 */
#ifndef OFL_KDUMP_H
#define OFL_KDUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "status.h"

struct ofl_kdump;

/**
 * ofl_kdump_open() - look at the header of a file
 * @fd:         in   of the file; borrowed, and its offset is left alone, so
 *                   that copies of the process may share it
 * @page_bytes: in   of the kernel
 *
 * Memory: 200 KiB, half of it zstd's, 8 bytes for every 8192 blocks, and one
 *         block if that is more than a page; ofl_kdump_close().
 * Errors: OFL_ERR_UNSUPPORTED: @err->text is a clause for the user, "the dump
 *         is flattened"; OFL_ERR_UNREADABLE, OFL_ERR_NOMEM.
 */
enum ofl_status ofl_kdump_open(int fd, size_t page_bytes,
			       struct ofl_kdump **ret, struct ofl_err *err);
void ofl_kdump_close(struct ofl_kdump *k);

/**
 * ofl_kdump_read() - a page
 * @page: out  page_bytes of it; undefined on failure
 *
 * Errors: false: the host has to be asked.
 */
bool ofl_kdump_read(struct ofl_kdump *k, uint64_t pfn, void *page);

#endif
