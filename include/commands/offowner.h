/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * offowner.h - the tables of offowner, and what a row of each is
 *
 * Depends on records.h and view.h. cmd_offowner.c fills rows in; nothing here
 * reads memory.
 */
#ifndef OFL_OFFOWNER_H
#define OFL_OFFOWNER_H

#include "judge/records.h"
#include "view/view.h"

/** struct ofl_section_row - neighbouring sections */
struct ofl_section_row {
	uint64_t nr, sections;		/* 0 sections: none */
	int node;
	bool online;
	enum ofl_block_state state;
	uint64_t offline, stale;
	uint64_t pages[OFL_RECORDS_OWNERS];	/* by ofl_records_owner() */
};

/** struct ofl_complaint_row - a complaint and whose it is */
struct ofl_complaint_row {
	/* NULL: the kernel's own counters */
	const struct ofl_device_records *device;
	const struct ofl_complaint *c;
	const char *next;	/* what a person can do; NULL: nothing */
};

/** ofl_device_driver() - the driver's name, or the word for its lack */
const char *ofl_device_driver(const struct ofl_device_records *k);

/** ofl_map_add() - add name=value to a cell; what does not fit makes it cut */
void ofl_map_add(struct ofl_cell *c, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
