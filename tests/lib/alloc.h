/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alloc.h - make the core's memory run out
 *
 * The programs are linked with --wrap for malloc(), calloc(), realloc() and
 * for the allocating functions of libsmartcols, json-c and the libraries of
 * codec.c; see WRAPPED in the Makefile.
 */
#ifndef ALLOC_H
#define ALLOC_H

#include <stddef.h>

/**
 * alloc_fail_from_now() - the @nth allocation after this call fails, from 1
 *
 * Shape:  one fails, the next ones do not; 0: none fails, count only.
 */
void alloc_fail_from_now(unsigned long nth);

/** alloc_stop() - stop failing; returns the number of allocations since then */
unsigned long alloc_stop(void);

/** alloc_largest() - size of the largest allocation since then */
size_t alloc_largest(void);

/** alloc_in_use() - bytes of the heap in use, libraries included */
size_t alloc_in_use(void);

#endif
