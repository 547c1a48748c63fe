/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan.h - one pass over the memmap
 *
 * Depends on filter.h, sink.h, result.h and node.h.
 */
#ifndef OFL_SCAN_H
#define OFL_SCAN_H

#include "kernel/node.h"
#include "scan/filter.h"
#include "scan/result.h"
#include "scan/sink.h"

struct ofl_ram;
struct ofl_recall;

/** struct ofl_scan_request - what a caller wants of a scan */
struct ofl_scan_request {
	const struct ofl_filter *filter;
	bool every_page;		/* pass over nothing, whatever it seems */
	unsigned int workers;		/* processes; 0: as many as pay */
	struct ofl_recall *recall;	/* of this dump; NULL: read all of it */
	/* busy RAM, asked for when a struct page is all ones; may return NULL */
	const struct ofl_ram *(*ram)(void *arg);	/* NULL: not known */
	void *ram_arg;
};

/**
 * ofl_scan() - walk the memmap once
 * @req:   in   see there
 * @sinks: in   may be NULL with @nr_sinks 0
 * @r:     out  overwritten; ofl_scan_result_free() also after a failure;
 *              after an interrupt or an output error it holds what was done
 *
 * Shape:  a section that @req->recall knows is not read, unless @req->every_page
 *         or a sink has known(). Free blocks and compound pages are passed over
 *         as a whole unless the same; then what passing over would have
 *         missed is counted in @r->hidden.
 * Memory: 2 MiB and a count for each zone, whatever the size of the machine.
 * Errors: OFL_ERR_NOMEM, or what a sink returned. An interrupt is no error:
 *         @r->interrupted. Unreadable memory is no error: unknown pages.
 * Source: mm/memory_hotplug.c: pfn_to_online_page().
 */
enum ofl_status ofl_scan(const struct ofl_target *t, const struct ofl_layout *l,
			 const struct ofl_nodes *n,
			 const struct ofl_scan_request *req,
			 const struct ofl_sink *sinks, size_t nr_sinks,
			 struct ofl_scan_result *r, struct ofl_err *err);

#endif
