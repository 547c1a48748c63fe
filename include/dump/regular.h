/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * regular.h - pages whose words grow from struct to struct, kept in little room
 *
 * Depends on nothing. The struct pages of what a balloon has are all alike, but
 * for the links of its list, which lead from each to the next: such a page of the
 * memmap is told by its first 64 bytes, and by how much each of their words grows
 * every 64 bytes. Where another stretch of the list begins, or another use of
 * memory, begins another such part. A part takes 88 bytes, and a page is made of
 * its parts in a fraction of the time that decompressing it takes.
 */
#ifndef OFL_REGULAR_H
#define OFL_REGULAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ofl_regular;

/**
 * ofl_regular_new() - room for pages of @page_bytes each
 *
 * Shape:  NULL: no memory. The others below take NULL, and then keep nothing.
 * Memory: at most 13 MiB, taken as pages are kept; ofl_regular_free().
 */
struct ofl_regular *ofl_regular_new(size_t page_bytes);
void ofl_regular_free(struct ofl_regular *r);

/**
 * ofl_regular_put() - keep a page, if it has few parts and there is room
 *
 * Shape:  of two pages whose numbers differ by a multiple of 131,072 the later
 *         one is kept.
 */
void ofl_regular_put(struct ofl_regular *r, uint64_t pfn, const void *page);

/**
 * ofl_regular_get() - the bytes that ofl_regular_put() had for @pfn last
 * @page: out  untouched if they are not kept
 */
bool ofl_regular_get(const struct ofl_regular *r, uint64_t pfn, void *page);

#endif
