/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tables.h - every table that a command prints, and every member it writes
 *
 * Depends on view.h. A column is one row of its table, beside the command that
 * fills it; help.c and tests/docs print the rows.
 */
#ifndef OFL_TABLES_H
#define OFL_TABLES_H

#include "view/view.h"

extern const struct ofl_table ofl_zone_table;		/* offline */
extern const struct ofl_table ofl_balance_table;
extern const struct ofl_table ofl_offline_next_table;
extern const struct ofl_table ofl_fact_table;
extern const struct ofl_table ofl_range_table;		/* offrange */
extern const struct ofl_table ofl_range_sum_table;	/* ofl_range_sum */
extern const struct ofl_table ofl_range_length_table;
extern const struct ofl_table ofl_class_table;		/* offcheck */
extern const struct ofl_table ofl_finding_table;
extern const struct ofl_table ofl_finding_class_table;
extern const struct ofl_table ofl_block_table;		/* offblock */
extern const struct ofl_table ofl_sum_table;
extern const struct ofl_table ofl_memdev_table;	/* ofl_device_row */
extern const struct ofl_table ofl_page_table;		/* ofl_page_row */
extern const struct ofl_table ofl_step_table;
extern const struct ofl_table ofl_kind_table;
extern const struct ofl_table ofl_first_table;
extern const struct ofl_table ofl_counter_table;
extern const struct ofl_table ofl_holder_row_table;	/* ofl_holder_row */
extern const struct ofl_table ofl_callback_table;
extern const struct ofl_table ofl_section_table;	/* offowner: ofl_section_row */
extern const struct ofl_table ofl_device_table;	/* ofl_device_records */
extern const struct ofl_table ofl_complaint_table;	/* ofl_complaint_row */
extern const struct ofl_table ofl_shrink_table;		/* with -v */
extern const struct ofl_table ofl_map_table;		/* offmap */
extern const struct ofl_table ofl_map_cell_table;
extern const struct ofl_table ofl_legend_table;
extern const struct ofl_table ofl_unknown_table;	/* every document: ofl_run */

#endif
