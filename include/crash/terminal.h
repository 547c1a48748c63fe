/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * terminal.h - what a terminal shows, and how wide it is
 *
 * Depends on the C library and crash only.
 */
#ifndef OFL_CRASH_TERMINAL_H
#define OFL_CRASH_TERMINAL_H

#include <stdint.h>

/** progress() and columns() of struct ofl_host_ops */
void ofl_crash_progress(void *ctx, uint64_t done, uint64_t total);
unsigned int ofl_crash_columns(void *ctx);

/** ofl_crash_progress_begin() - a command begins: its time counts from here */
void ofl_crash_progress_begin(void);

/** ofl_crash_progress_end() - take away the line that is shown; twice is fine */
void ofl_crash_progress_end(void);

#endif
