// SPDX-License-Identifier: GPL-2.0-or-later
/* jumps.c - where crash's jumps land in a copy of its process */
#include <defs.h>

#include "crash/jumps.h"

void ofl_crash_land_jumps(void (*run)(void *arg), void *arg)
{
	fp = pc->error_fp = pc->nullfp;
	/* C lets setjmp() stand alone in a condition, and nowhere else */
	if (setjmp(pc->main_loop_env))
		_exit(1);
	if (setjmp(pc->foreach_loop_env))
		_exit(1);
	run(arg);
}
