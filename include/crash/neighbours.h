/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * neighbours.h - are the libraries that we call the ones that we were linked with?
 *
 * crash loads extensions into one namespace (RTLD_GLOBAL). One that was loaded
 * before us and has functions of a library in itself, and shows them, takes the
 * place of that library, for us and inside of the library: two versions of it
 * then work on each other's structures.
 */
#ifndef OFL_CRASH_NEIGHBOURS_H
#define OFL_CRASH_NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * ofl_crash_libraries_are_ours() - does each function of each library come from it?
 * @buf: out  if not: one line that says whose it is, and what to do
 *
 * Shape:  only what was loaded before us can be in the way. With STATIC=1 there
 *         is nothing to be looked at.
 * Errors: none; what cannot be found out is taken as in order.
 */
bool ofl_crash_libraries_are_ours(char *buf, size_t bytes);

#endif
