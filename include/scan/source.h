/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - where a scan gets a section from
 *
 * Depends on look.h, recall.h and workers.h. What was kept of a section comes
 * first; then a copy of this process that looked at it; then this process looks
 * at it itself. The sinks get the same from each of the three.
 */
#ifndef OFL_SOURCE_H
#define OFL_SOURCE_H

#include "scan/look.h"
#include "scan/recall.h"
#include "scan/workers.h"

#define OFL_SOURCE_SINKS	3	/* with more nothing is kept for later */

/** struct ofl_source - of the sections of one scan */
struct ofl_source {
	struct ofl_look *look;		/* borrowed */
	struct ofl_recall *recall;	/* NULL: every section is to be read */
	struct ofl_workers *workers;		/* NULL: this process reads all of them */
	/*
	 * Sections to be read that one process looks at together are a unit:
	 * one section, or those of a block.
	 */
	uint64_t unit_sections;
	uint64_t unit;			/* number of the unit in work, ... */
	uint64_t unit_index;		/* ... and how many came before it */
	const struct ofl_sink *summing;	/* NULL: no sink looks at struct pages */
	void *sum;			/* owned; its take() fills it */
	/* for each zone, owned: counts of one section that is to be kept, ... */
	struct ofl_count *zone_of_kept;
	struct ofl_count *zone_of_share;	/* and of one that is shared */
};

/**
 * ofl_source_open() - this process alone, for a start
 * @recall: in  NULL: nothing is kept, or may be used
 *
 * Memory: two counts for each zone, until ofl_source_close().
 * Errors: OFL_ERR_NOMEM.
 */
enum ofl_status ofl_source_open(struct ofl_source *src, struct ofl_look *look,
				struct ofl_recall *recall, struct ofl_err *err);

/** ofl_source_close() - end the copies; also after a failure, twice is fine */
void ofl_source_close(struct ofl_source *src);

/** ofl_source_wants() - may a section have pages that the filter lets through? */
bool ofl_source_wants(const struct ofl_source *src,
		      const struct ofl_section *s);

/** ofl_source_has_kept() - is a section known, so that it need not be read? */
bool ofl_source_has_kept(const struct ofl_source *src,
			 const struct ofl_section *s);

/**
 * ofl_source_share() - let copies of this process read sections too
 * @nr:      in  processes, this one included; 1: none
 * @summing: in  as of ofl_sinks_summing(); must stay
 *
 * Shape:  where they cannot be had this process goes on alone.
 */
void ofl_source_share(struct ofl_source *src, unsigned int nr,
		      const struct ofl_sink *summing);

/**
 * ofl_source_get() - call the sinks with what is in a section, and count it
 * @s: in  wanted ones only, ascending, none left out
 * @r: in/out  is added to
 *
 * Errors: the first that a sink returned.
 */
enum ofl_status ofl_source_get(struct ofl_source *src,
			       const struct ofl_section *s,
			       const struct ofl_sinks *sinks,
			       struct ofl_scan_result *r);

#endif
