/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shrink_rows.h - what keeps a device from giving memory back: offowner -v
 *
 * Depends on command.h and shrink.h.
 */
#ifndef OFL_SHRINK_ROWS_H
#define OFL_SHRINK_ROWS_H

#include "commands/command.h"
#include "holders/shrink.h"

/**
 * ofl_show_shrinking() - the table, of each device that has more than is wanted
 * @only: in  devices of this driver; NULL: of any
 *
 * Shape:  reads the memmap of such devices once more, within the filters;
 *         without one nothing is read, and no table is shown.
 * Errors: of ofl_scan() and ofl_session_holders(), OFL_ERR_NOMEM.
 */
enum ofl_status ofl_show_shrinking(struct ofl_view *v,
				   const struct ofl_run_ctx *ctx,
				   const struct ofl_env *env,
				   const struct ofl_owner_ops *only,
				   struct ofl_shrink_doubts *d,
				   struct ofl_err *err);

/** ofl_shrink_status() - say what is not known of it */
enum ofl_result ofl_shrink_status(const struct ofl_shrink_doubts *d,
				  enum ofl_result result,
				  struct ofl_text *text);

#endif
