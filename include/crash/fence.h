/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fence.h - crash's jumps and output, caught for the time of a call
 *
 * A read that fails inside the page-table walk leaves by longjmp even under
 * RETURN_ON_ERROR; and error() prints into our own output. So each call of
 * crash that may do that is fenced: a landing place of our own, and both output
 * streams turned to the null device meanwhile.
 */
#ifndef OFL_FENCE_H
#define OFL_FENCE_H

#include <setjmp.h>
#include <stdio.h>

/** struct ofl_fence - what has to be put back after a fenced call */
struct ofl_fence {
	jmp_buf landing, main_landing;
	unsigned long long in_foreach;
	FILE *fp, *error_fp, *tmpfile;
};

/**
 * ofl_fence_raise() - until ofl_fence_lower() nothing is printed
 * @f: out  what is to be put back
 *
 * Shape:  the caller calls setjmp(pc->foreach_loop_env) next, and what crash
 *         cannot do is done when that returns again.
 */
void ofl_fence_raise(struct ofl_fence *f);
void ofl_fence_lower(const struct ofl_fence *f);

#endif
