// SPDX-License-Identifier: GPL-2.0-or-later
/* fence.c - crash's jumps and output, caught for the time of a call */
#include <defs.h>

#include "crash/fence.h"

void ofl_fence_raise(struct ofl_fence *f)
{
	memcpy(&f->landing, &pc->foreach_loop_env, sizeof(f->landing));
	memcpy(&f->main_landing, &pc->main_loop_env, sizeof(f->main_landing));
	f->tmpfile = pc->tmpfile;
	f->in_foreach = pc->flags & IN_FOREACH;
	f->fp = fp;
	f->error_fp = pc->error_fp;
	fp = pc->error_fp = pc->nullfp;
	pc->flags |= IN_FOREACH;
}

void ofl_fence_lower(const struct ofl_fence *f)
{
	/* left open by what jumped; crash refuses to open a second one */
	if (pc->tmpfile && !f->tmpfile)
		close_tmpfile();
	fp = f->fp;
	pc->error_fp = f->error_fp;
	if (!f->in_foreach)
		pc->flags &= ~IN_FOREACH;
	memcpy(&pc->foreach_loop_env, &f->landing, sizeof(f->landing));
	memcpy(&pc->main_loop_env, &f->main_landing, sizeof(f->main_landing));
}
