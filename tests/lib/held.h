/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * held.h - who holds the pages of the made-up kernel
 *
 * Depends on kernel.h.
 */
#ifndef HELD_H
#define HELD_H

#include "holders/holders.h"
#include "kernel.h"

/** struct held - what a question for a holder needs: once held_load() is done */
struct held {
	struct ofl_layout layout;
	struct ofl_nodes nodes;
	struct ofl_env env;
	struct ofl_holders *holders;
};

/** held_load() - load what kernel_open() and others wrote; false: not all of it */
bool held_load(struct held *h, struct kernel *k, struct texttarget *tt);

/** held_end() - let go of all of it, and of @tt */
void held_end(struct held *h, struct texttarget *tt);

#endif
