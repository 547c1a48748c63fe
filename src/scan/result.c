// SPDX-License-Identifier: GPL-2.0-or-later
/* result.c - add up what was counted */
#include <stdlib.h>
#include <string.h>

#include "scan/result.h"

static void add_count(struct ofl_count *to, const struct ofl_count *from)
{
	to->scanned += from->scanned;
	to->offline += from->offline;
	to->unknown += from->unknown;
}

void ofl_scan_result_first(uint64_t *first_pfn, uint64_t nr, uint64_t pfn)
{
	if (!nr || pfn < *first_pfn)
		*first_pfn = pfn;
}

void ofl_scan_result_add(struct ofl_scan_result *to,
			 const struct ofl_scan_result *from, size_t nr_zones)
{
	size_t i;

	add_count(&to->total, &from->total);
	for (i = 0; i < nr_zones; i++)
		add_count(&to->zone[i], &from->zone[i]);
	for (i = 0; i < OFL_NR_UNKNOWN; i++) {
		if (from->unknown[i])
			ofl_scan_result_first(&to->unknown_pfn[i], to->unknown[i],
					      from->unknown_pfn[i]);
		to->unknown[i] += from->unknown[i];
	}
	if (from->stale_unread)
		ofl_scan_result_first(&to->stale_unread_pfn, to->stale_unread,
				      from->stale_unread_pfn);
	to->stale += from->stale;
	to->stale_unread += from->stale_unread;
	to->no_zone += from->no_zone;
	to->device += from->device;
	if (!to->hidden)
		to->hidden_pfn = from->hidden_pfn;
	to->hidden += from->hidden;
	to->memmap_pages += from->memmap_pages;
}

void ofl_scan_result_free(struct ofl_scan_result *r)
{
	free(r->zone);
	memset(r, 0, sizeof(*r));
}
