/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alloc.h - make the core's memory run out
 *
 * The programs are linked with --wrap for malloc(), calloc(), realloc() and
 * for what allocates in libsmartcols, json-c and the libraries of codec.c, see
 * WRAPPED in the Makefile.
 */
#ifndef ALLOC_H
#define ALLOC_H

#include <stddef.h>

/**
 * alloc_fail_from_now() - the @nth allocation from now on fails, from 1
 *
 * Shape:  one fails, the next ones do not; 0: none fails, count only.
 */
void alloc_fail_from_now(unsigned long nth);

/** alloc_stop() - fail no more; returns the allocations since the start */
unsigned long alloc_stop(void);

/** alloc_largest() - the most that one allocation since the start asked for */
size_t alloc_largest(void);

/** alloc_in_use() - bytes of the heap in use, libraries included */
size_t alloc_in_use(void);

#endif
