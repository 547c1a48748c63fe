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

struct ofl_workers;
struct ofl_writer;

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
 * @every_page: in  each of them is looked at; else most are passed over
 *
 * Shape:  1: this process alone.
 */
unsigned int ofl_workers_number(const struct ofl_target *t, unsigned int asked,
				uint64_t pages, bool every_page);

/** struct ofl_worker_calls - what is done to sections; @arg as given */
struct ofl_worker_calls {
	/**
	 * work - in a copy: scan the sections of the unit that
	 * ofl_writer_next() gives, each between ofl_writer_begin() and
	 * ofl_writer_end(), with ofl_writer_sink(); and so on until there is
	 * none of that index
	 */
	void (*work)(void *arg, struct ofl_writer *writer);
	/**
	 * help - in this process: do so with the unit of one index only
	 * @s: in  the section that the sinks are to get next; the unit of
	 *         @number begins with it or comes after it
	 *
	 * Shape:  false: there is none, or it failed; it is not called again.
	 */
	bool (*help)(void *arg, const struct ofl_section *s, uint64_t number,
		     struct ofl_writer *writer);
	size_t sum_bytes;	/* what ofl_writer_end() gets; 0: nothing */
};

/**
 * ofl_workers_start() - start workers
 * @nr: in  processes, this one included: 2 to OFL_MAX_WORKERS
 *
 * Shape:  NULL: there are none, go on without. A worker that cannot be started
 *         is one that is gone: see ofl_workers_replay().
 * Memory: ofl_workers_end(), which must be called however the scan ends.
 */
struct ofl_workers *ofl_workers_start(const struct ofl_target *t,
				const struct ofl_nodes *n, unsigned int nr,
				const struct ofl_worker_calls *calls, void *arg);

/**
 * ofl_workers_replay() - call the sinks with what was seen in a section
 * @s:        in   the next section
 * @sinks:    in   known() is not called; add() is, of the sink that sums up
 * @r:        out  what the worker counted is added
 * @told_pfn: out  the sinks have been told of what lies before it; no more
 *                 than that if the call fails
 * @st:       out  a status that a sink returned
 *
 * Shape:  false: the worker that took it is gone, wrote nonsense and is ended,
 *         or was not waited for because of ^C; @r is as it was, and the caller
 *         scans the section. The other workers go on.
 */
bool ofl_workers_replay(struct ofl_workers *workers, const struct ofl_section *s,
		     uint64_t end_pfn, const struct ofl_sinks *sinks,
		     struct ofl_scan_result *r, uint64_t *told_pfn,
		     enum ofl_status *st);

/** ofl_workers_end() - end the workers, whatever they are at; NULL is fine */
void ofl_workers_end(struct ofl_workers *workers);

/** ofl_writer_sink() - a sink that writes what it gets to the parent */
struct ofl_sink ofl_writer_sink(struct ofl_writer *writer);

/**
 * ofl_writer_next() - take a unit: sections that are looked at together
 *
 * Shape:  its index among those that are to be read, from 0 on and ascending.
 *         Each index is given to exactly one process.
 */
uint64_t ofl_writer_next(struct ofl_writer *writer);

/** ofl_writer_begin() - what is written from now on was seen in this section */
enum ofl_status ofl_writer_begin(struct ofl_writer *writer,
			       const struct ofl_section *s);

/**
 * ofl_writer_end() - the section is done
 * @sum: in      of the sink that sums up; NULL: there is none
 * @r:   in/out  what was counted in it alone; zeroed for the next one
 *
 * Errors: OFL_ERR_OUTPUT: the parent does not read any more.
 */
enum ofl_status ofl_writer_end(struct ofl_writer *writer,
			       const struct ofl_section *s, const void *sum,
			       struct ofl_scan_result *r);

#endif
