/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offline_next.h - what a person can do, in the lines NEXT of offline
 *
 * Depends on offline_rows.h and view.h.
 */
#ifndef OFL_OFFLINE_NEXT_H
#define OFL_OFFLINE_NEXT_H

#include "commands/offline_rows.h"
#include "kernel/block.h"
#include "view/view.h"

/**
 * ofl_offline_next() - lines behind the tables; member next
 * @b:     in  NULL: the drivers could not be asked
 * @added: in  about memory that was never online; "": nothing
 */
void ofl_offline_next(struct ofl_view *v, const struct ofl_balance *b,
		      const struct ofl_told *told, const char *added,
		      const struct ofl_block_totals *blocks);

#endif
