/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * look.h - look at the struct pages of one section
 *
 * Depends on iomem.h, filter.h, skip.h, sink.h and result.h. Nothing is remembered from
 * section to section.
 */
#ifndef OFL_LOOK_H
#define OFL_LOOK_H

#include "kernel/iomem.h"
#include "scan/filter.h"
#include "scan/result.h"
#include "scan/sink.h"
#include "scan/skip.h"

/** struct ofl_look - how sections are looked at; the same for all of a scan */
struct ofl_look {
	const struct ofl_target *t;
	const struct ofl_layout *l;
	const struct ofl_nodes *n;
	const struct ofl_filter *filter;
	bool want_known;		/* a sink gets pages that are not offline */
	bool every_page;		/* pass over nothing */
	bool reads_ahead;		/* and read what follows a page before */
	/* as in struct ofl_scan_request */
	const struct ofl_ram *(*ram)(void *arg);
	void *ram_arg;
	struct ofl_ram_span hole;	/* not RAM: the last one that was met */
	struct ofl_page_format format;
	struct ofl_skipper skipper;
	struct ofl_image image;
};

/**
 * ofl_look_init() - the members down to @ram_arg are given
 *
 * Memory: 2 MiB until ofl_look_free(), also after a failure.
 * Errors: OFL_ERR_NOMEM.
 */
enum ofl_status ofl_look_init(struct ofl_look *lk, struct ofl_err *err);
void ofl_look_free(struct ofl_look *lk);

/**
 * ofl_look_at() - hand the part of a section that the filter wants to the sinks
 * @told_pfn: in      the sinks know already of what lies before it
 * @r:        in/out  is added to
 *
 * Errors: the first that a sink returned.
 */
enum ofl_status ofl_look_at(struct ofl_look *lk, const struct ofl_section *s,
			    const struct ofl_sinks *sinks, uint64_t told_pfn,
			    struct ofl_scan_result *r);

/** ofl_look_end() - end of the part of a section that the filter wants */
uint64_t ofl_look_end(const struct ofl_look *lk, const struct ofl_section *s);

#endif
