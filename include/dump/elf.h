/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * elf.h - pages of an ELF dump, by page frame number
 *
 * Depends on file.h and answer.h. Like kdump.h it gives bytes or nothing: what
 * has no bytes in the file is for the host to read, and to give the reason for.
 *
 * Source: elf(5); read_kdump() and read_netdump() of crash's netdump.c (9.0.2),
 * which take the first program header that has a physical address.
 */
#ifndef OFL_ELF_H
#define OFL_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dump/file.h"
#include "dump/answer.h"

struct ofl_elf;

/**
 * ofl_elf_open() - look at the program headers of a file
 * @file:       in   borrowed until ofl_elf_close()
 * @page_bytes: in   of the kernel
 *
 * Memory: 128 KiB, and 24 bytes for each stretch of memory, at most 24 MiB;
 *         ofl_elf_close().
 * Errors: OFL_ERR_UNSUPPORTED: @err->text is a clause for the user;
 *         OFL_ERR_UNREADABLE, OFL_ERR_NOMEM.
 */
enum ofl_status ofl_elf_open(const struct ofl_file *file, size_t page_bytes,
			     struct ofl_elf **ret, struct ofl_err *err);
void ofl_elf_close(struct ofl_elf *e);

/** ofl_elf_is_one() - does a file begin like one? */
bool ofl_elf_is_one(const struct ofl_file *file);

/**
 * ofl_elf_read() - a page
 * @page: out  page_bytes of it; undefined unless OFL_DUMP_READ
 */
enum ofl_dump_page ofl_elf_read(struct ofl_elf *e, uint64_t pfn, void *page);

/**
 * ofl_elf_read_run() - pages that follow each other in the file, at once
 * @buf: out  the first of @pages pages from @pfn on
 *
 * Shape:  how many of them; 0: ofl_elf_read() says why.
 */
size_t ofl_elf_read_run(const struct ofl_elf *e, uint64_t pfn, void *buf,
			size_t pages);

#endif
