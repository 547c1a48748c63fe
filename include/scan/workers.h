/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * workers.h - a scan shared among processes
 *
 * Depends on sink.h and result.h. A worker is a copy of this process. It takes
 * one section after the other and writes into a pipe what it saw. The parent
 * reads the pipes in the order of the sections and calls the sinks; while there
 * is nothing to read it takes sections itself. So the sinks get the same
 * whatever the number of workers. A full pipe makes a worker wait: memory is a
 * worker's image, its buffer, the parent's buffer for its pipe, and what the
 * parent saw of one section.
 */
#ifndef OFL_WORKERS_H
#define OFL_WORKERS_H

#include "scan/result.h"
#include "scan/sink.h"

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

/** struct ofl_crew_calls - what is done to sections; @arg as given */
struct ofl_crew_calls {
	/**
	 * work - in a copy: scan the section whose number ofl_teller_take()
	 * says, between ofl_tell_begin() and ofl_tell_section(), with
	 * ofl_teller_sink(); and so on until there is none with the number
	 */
	void (*work)(void *arg, struct ofl_teller *teller);
	/**
	 * help - in this process: do so with section @number only
	 * @s: in  the section that is to be heard of next; it is not after
	 *         that with @number
	 *
	 * Shape:  false: there is none, or it failed; it is not called again.
	 */
	bool (*help)(void *arg, const struct ofl_section *s, uint64_t number,
		     struct ofl_teller *teller);
};

/**
 * ofl_crew_start() - start workers
 * @nr: in  processes, this one included: 2 to OFL_MAX_WORKERS
 *
 * Shape:  NULL: not to be had, do without. A worker that cannot be started is
 *         one that is gone: see ofl_crew_replay().
 * Memory: ofl_crew_end(), which must be called however the scan ends.
 */
struct ofl_crew *ofl_crew_start(const struct ofl_target *t,
				const struct ofl_nodes *n, unsigned int nr,
				const struct ofl_crew_calls *calls, void *arg);

/**
 * ofl_crew_replay() - what a worker saw in a section, for the sinks
 * @s:        in   the next section
 * @sinks:    in   without known()
 * @r:        out  what the worker counted is added
 * @told_pfn: out  the sinks have been told of what lies before it; no more
 *                 than that if the call fails
 * @st:       out  a status that a sink returned
 *
 * Shape:  false: the worker that took it is gone, talks nonsense and is ended,
 *         or was not waited for because of ^C; @r is as it was, and the caller
 *         scans the section. The others go on with those to come.
 */
bool ofl_crew_replay(struct ofl_crew *crew, const struct ofl_section *s,
		     uint64_t end_pfn, const struct ofl_sinks *sinks,
		     struct ofl_scan_result *r, uint64_t *told_pfn,
		     enum ofl_status *st);

/** ofl_crew_end() - end the workers, whatever they are at; NULL is fine */
void ofl_crew_end(struct ofl_crew *crew);

/** ofl_teller_sink() - a sink that tells the parent */
struct ofl_sink ofl_teller_sink(struct ofl_teller *teller);

/**
 * ofl_teller_take() - the number of the section that is this worker's next
 *
 * Shape:  of those that are to be read, from 0 on and ascending. No other
 *         worker is given the same, and each number is given to one.
 */
uint64_t ofl_teller_take(struct ofl_teller *teller);

/** ofl_tell_begin() - what is told from now on is of this section */
enum ofl_status ofl_tell_begin(struct ofl_teller *teller,
			       const struct ofl_section *s);

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
