/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workers.h - a scan shared among processes
 *
 * Depends on scan.h. A worker is a copy of this process that scans every n-th
 * section and tells through a pipe what it saw; the parent takes the sections
 * in their order and says it over to the sinks. So the sinks hear the same
 * whatever the number of workers. A full pipe makes a worker wait: memory is
 * a worker's image, its buffer and one for listening to it.
 */
#ifndef OFL_WORKERS_H
#define OFL_WORKERS_H

#include "scan.h"

/*
 * Each takes some 5 MiB: an image of the memmap, buffers, a pipe, and what the
 * host writes to in its copy.
 */
#define OFL_MAX_WORKERS	8

struct ofl_crew;
struct ofl_teller;

/**
 * ofl_workers_why_one() - why there can be no workers at all
 *
 * Shape:  words for the user; NULL: there can be.
 */
const char *ofl_workers_why_one(const struct ofl_target *t);

/**
 * ofl_workers_number() - how many processes are to do a scan
 * @asked: in  by the user; 0: as many as pay
 * @pages: in  whose struct pages will be walked
 *
 * Shape:  1: this process alone.
 */
unsigned int ofl_workers_number(const struct ofl_target *t, unsigned int asked,
				uint64_t pages);

/**
 * ofl_crew_start() - start @nr workers, each of which runs @work
 * @work: in  in the copy: scan the sections whose index modulo @nr is @worker,
 *            with ofl_teller_sink(), and end each with ofl_tell_section()
 *
 * Shape:  NULL: not to be had, do without. A worker that cannot be started is
 *         one that is gone: see ofl_crew_replay().
 * Memory: ofl_crew_end(), which must be called however the scan ends.
 */
struct ofl_crew *ofl_crew_start(const struct ofl_target *t,
				const struct ofl_nodes *n, unsigned int nr,
				void (*work)(void *arg, unsigned int worker,
					     struct ofl_teller *teller),
				void *arg);

/**
 * ofl_crew_replay() - what a worker saw in a section, for the sinks
 * @s:        in   the next section
 * @sinks:    in   without known()
 * @r:        out  what the worker counted is added
 * @told_pfn: out  the sinks have been told of what lies before it; no more
 *                 than that if the call fails
 * @st:       out  a status that a sink returned
 *
 * Shape:  false: the worker is gone, it was not waited for because of ^C, or
 *         it talks nonsense, and @r is as it was. It is ended then, so that
 *         the same is said of all its sections to come; the caller scans them.
 */
bool ofl_crew_replay(struct ofl_crew *crew, const struct ofl_section *s,
		     uint64_t end_pfn, const struct ofl_sink *sinks,
		     size_t nr_sinks, struct ofl_scan_result *r,
		     uint64_t *told_pfn, enum ofl_status *st);

/** ofl_crew_end() - end the workers, whatever they are at; NULL is fine */
void ofl_crew_end(struct ofl_crew *crew);

/** ofl_teller_sink() - a sink that tells the parent */
struct ofl_sink ofl_teller_sink(struct ofl_teller *teller);

/**
 * ofl_tell_section() - a section is done
 * @r: in/out  what was counted in it alone; zeroed for the next one
 *
 * Errors: OFL_ERR_OUTPUT: nobody listens.
 */
enum ofl_status ofl_tell_section(struct ofl_teller *teller,
				 const struct ofl_section *s,
				 struct ofl_scan_result *r);

#endif
