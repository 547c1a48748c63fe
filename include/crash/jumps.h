/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jumps.h - where crash's jumps land in a copy of its process
 */
#ifndef OFL_CRASH_JUMPS_H
#define OFL_CRASH_JUMPS_H

/**
 * ofl_crash_land_jumps() - run @run with crash's jumps and output caught
 *
 * Shape:  for a copy of the session: whatever crash prints is dropped, and a
 *         jump to its main loop ends the process instead.
 */
void ofl_crash_land_jumps(void (*run)(void *arg), void *arg);

#endif
