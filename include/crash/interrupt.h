/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interrupt.h - ^C sets a flag while a command runs
 *
 * crash's own handler jumps out of whatever runs, malloc() and stdio
 * included. Ours lets the scan stop at a section and the view finish.
 */
#ifndef OFL_INTERRUPT_H
#define OFL_INTERRUPT_H

#include <stdbool.h>

/** ofl_interrupts_catch() - from now on; there was none yet */
void ofl_interrupts_catch(void);

/** ofl_interrupts_retake() - crash may have taken ^C back, while we catch it */
void ofl_interrupts_retake(void);

/** ofl_interrupts_release() - crash's handler again; twice is fine */
void ofl_interrupts_release(void);

/** ofl_interrupts_seen() - was ^C pressed since ofl_interrupts_catch()? */
bool ofl_interrupts_seen(void);

#endif
