/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offline_rows.h - what a row of offline's tables is made of
 *
 * Depends on offline_told.h, outcome.h, owner.h, result.h and text.h. cmd_offline.c fills rows in,
 * offline_tables.c has their columns; nothing here reads memory.
 */
#ifndef OFL_OFFLINE_ROWS_H
#define OFL_OFFLINE_ROWS_H

#include "commands/offline_told.h"
#include "judge/outcome.h"
#include "owners/owner.h"
#include "scan/result.h"
#include "target/text.h"

/** struct ofl_zone_row - a row of ofl_zone_table */
struct ofl_zone_row {
	const struct ofl_zone *zone;
	const struct ofl_count *count;
};

/** struct ofl_fact_line - a row of ofl_fact_table */
struct ofl_fact_line {
	const char *name;
	const struct ofl_fact *fact;
	bool hex;
};

/** struct ofl_offline_next - a row of ofl_offline_next_table */
struct ofl_offline_next {
	const char *about;	/* a driver; a finding's code; added; going offline */
	const char *text;
};

/** struct ofl_balance_row - a row of ofl_balance_table: a device, orphans, or unknown */
struct ofl_balance_row {
	const char *name;
	const struct ofl_owner_ops *owner;	/* NULL: the two without */
	unsigned int device;
	const char *device_name;		/* kept by struct ofl_owners */
	uint64_t pages, of;	/* of all that are present */
	uint64_t outcome[OFL_NR_OUTCOMES];
	const struct ofl_told_device *told;	/* NULL: nothing */
};

/** struct ofl_balance - all of them */
struct ofl_balance {
	struct ofl_balance_row *row;		/* owned; the largest first */
	size_t nr, max;
	bool lost;				/* no memory for some */
};

/** ofl_permille() - @pages in tenths of a percent of @of, rounded */
static inline uint64_t ofl_permille(uint64_t pages, uint64_t of)
{
	return of ? (pages * 1000 + of / 2) / of : 0;
}

/** ofl_pages_size() - the size of @pages as a text; -> @buf */
static inline const char *ofl_pages_size(const struct ofl_layout *l,
					 uint64_t pages, char *buf, size_t bytes)
{
	ofl_size_text(pages * l->page_bytes, buf, bytes);
	return buf;
}

#endif
