// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * workers.c - a scan shared among processes
 *
 * Both ends of a pipe are the same program, so notes cross it as they are in
 * memory. Sections are dealt out in turn: workers then keep pace with each
 * other and with the parent, and a pipe's buffer is all that waits.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "note.h"
#include "workers.h"

#define BUFFER_BYTES	(64u << 10)
#define POLL_MS		100	/* how long ^C may go unnoticed */

/*
 * When workers pay: they cost the host 10 to 15 ms each to start, one after the
 * other, and a first walk of a million pages takes 35 ms of a dump compressed
 * with zlib, 60 if the host decompresses (docs/performance.md).
 */
#define WORTH_PAGES	(4u << 20)

#define NOTE_SECTION	OFL_NR_NOTES	/* "done": of pfn, counts follow */

/** struct ofl_teller - a worker's end */
struct ofl_teller {
	int fd;
	size_t nr_zones;
	struct ofl_noter noter;
	size_t used;
	unsigned char buf[BUFFER_BYTES];
};

/** struct ear - the parent's end of one pipe */
struct ear {
	struct ofl_process process;
	size_t at, have;
	unsigned char buf[BUFFER_BYTES];
};

/** struct ofl_crew - all workers of a scan */
struct ofl_crew {
	const struct ofl_target *t;
	const struct ofl_nodes *n;
	void (*work)(void *arg, unsigned int worker, struct ofl_teller *teller);
	void *arg;
	unsigned int nr;
	unsigned int next;	/* whose turn it is, and which one starts */
	struct ofl_count *zone;	/* of a section, until it is whole */
	struct ear ear[];
};

/* ---- whether, and how many ---- */

const char *ofl_workers_why_one(const struct ofl_target *t)
{
	struct ofl_sharing sharing = { .why_not = "this session cannot be copied" };

	if (t->ops->sharing)
		t->ops->sharing(t->ctx, &sharing);
	return sharing.why_not;
}

unsigned int ofl_workers_number(const struct ofl_target *t, unsigned int asked,
				uint64_t pages)
{
	struct ofl_sharing sharing;

	if (asked == 1 || ofl_workers_why_one(t))
		return 1;
	t->ops->sharing(t->ctx, &sharing);
	if (!asked && sharing.decompresses && pages >= WORTH_PAGES)
		asked = sharing.processors;
	if (asked > OFL_MAX_WORKERS)
		asked = OFL_MAX_WORKERS;
	return asked ? asked : 1;
}

/* ---- a worker ---- */

static enum ofl_status put_out(struct ofl_teller *te)
{
	const unsigned char *p = te->buf;
	ssize_t n;

	while (te->used) {
		n = write(te->fd, p, te->used);
		if (n < 0 && errno != EINTR)
			return OFL_ERR_OUTPUT;
		if (n > 0) {
			p += n;
			te->used -= (size_t)n;
		}
	}
	return OFL_OK;
}

static enum ofl_status put(struct ofl_teller *te, const void *p, size_t bytes)
{
	enum ofl_status st = OFL_OK;
	size_t n;

	for (; bytes && !st; bytes -= n, p = (const char *)p + n) {
		n = sizeof(te->buf) - te->used;
		if (n > bytes)
			n = bytes;
		memcpy(te->buf + te->used, p, n);
		te->used += n;
		if (te->used == sizeof(te->buf))
			st = put_out(te);
	}
	return st;
}

static enum ofl_status put_note(void *arg, const struct ofl_note *note)
{
	return put(arg, note, sizeof(*note));
}

struct ofl_sink ofl_teller_sink(struct ofl_teller *teller)
{
	return ofl_noter_sink(&teller->noter);
}

enum ofl_status ofl_tell_section(struct ofl_teller *te,
				 const struct ofl_section *s,
				 struct ofl_scan_result *r)
{
	const struct ofl_note done = {
		.kind = NOTE_SECTION, .pfn = s->start_pfn,
	};
	size_t bytes = te->nr_zones * sizeof(*r->zone);
	struct ofl_count *zone = r->zone;
	enum ofl_status st = put(te, &done, sizeof(done));

	st = st ? st : put(te, r, sizeof(*r));
	st = st ? st : put(te, zone, bytes);
	memset(r, 0, sizeof(*r));
	memset(zone, 0, bytes);
	r->zone = zone;
	/* the parent may be waiting for this one */
	return st ? st : put_out(te);
}

/* in the copy: one worker from its start to its end */
static void run_worker(void *arg, int fd)
{
	struct ofl_crew *crew = arg;
	struct ofl_teller *te = calloc(1, sizeof(*te));

	if (!te)
		return;
	te->fd = fd;
	te->noter.put = put_note;
	te->noter.arg = te;
	te->nr_zones = crew->n->nr_zones;
	crew->work(crew->arg, crew->next, te);
	free(te);
}

/* ---- the parent ---- */

struct ofl_crew *ofl_crew_start(const struct ofl_target *t,
				const struct ofl_nodes *n, unsigned int nr,
				void (*work)(void *arg, unsigned int worker,
					     struct ofl_teller *teller),
				void *arg)
{
	struct ofl_crew *crew;

	crew = calloc(1, sizeof(*crew) + nr * sizeof(crew->ear[0]));
	if (!crew)
		return NULL;
	crew->t = t;
	crew->n = n;
	crew->work = work;
	crew->arg = arg;
	crew->nr = nr;
	crew->zone = calloc(n->nr_zones, sizeof(*crew->zone));
	if (!crew->zone) {
		free(crew);
		return NULL;
	}
	for (; crew->next < nr; crew->next++) {
		struct ofl_process *p = &crew->ear[crew->next].process;

		if (!t->ops->start(t->ctx, run_worker, crew, p))
			p->pid = 0;
	}
	crew->next = 0;
	return crew;
}

static void dismiss(struct ofl_crew *crew, struct ear *ear)
{
	if (ear->process.pid)
		crew->t->ops->stop(crew->t->ctx, &ear->process);
	ear->process.pid = 0;
	ear->at = ear->have = 0;
}

void ofl_crew_end(struct ofl_crew *crew)
{
	unsigned int i;

	for (i = 0; crew && i < crew->nr; i++)
		dismiss(crew, &crew->ear[i]);
	if (crew)
		free(crew->zone);
	free(crew);
}

/* wait for more; not longer than ^C lets us */
static bool fill(struct ofl_crew *crew, struct ear *ear)
{
	struct pollfd wait = { .fd = ear->process.fd, .events = POLLIN };
	ssize_t n;

	while (poll(&wait, 1, POLL_MS) <= 0)
		if (crew->t->ops->interrupted(crew->t->ctx))
			return false;
	do
		n = read(ear->process.fd, ear->buf, sizeof(ear->buf));
	while (n < 0 && errno == EINTR);
	ear->at = 0;
	ear->have = n > 0 ? (size_t)n : 0;
	return n > 0;
}

static bool take(struct ofl_crew *crew, struct ear *ear, void *p, size_t bytes)
{
	size_t n;

	for (; bytes; bytes -= n, p = (char *)p + n) {
		if (ear->at == ear->have && !fill(crew, ear))
			return false;
		n = ear->have - ear->at;
		if (n > bytes)
			n = bytes;
		memcpy(p, ear->buf + ear->at, n);
		ear->at += n;
	}
	return true;
}

/* can this be the next thing to hear of a section? */
static bool makes_sense(const struct ofl_note *note, const struct ofl_section *s,
			uint64_t from_pfn, uint64_t end_pfn)
{
	if (note->kind == NOTE_SECTION)
		return note->pfn == s->start_pfn;
	if (note->pfn < from_pfn || note->pfn >= end_pfn || !note->pages ||
	    note->pages > end_pfn - note->pfn)
		return false;
	return note->kind == OFL_NOTE_PAGES ||
	       (note->kind == OFL_NOTE_HOLE && note->type < OFL_NR_UNKNOWN);
}

/* the worker has ended the section: what it counted follows */
static bool take_result(struct ofl_crew *crew, struct ear *ear,
			struct ofl_scan_result *r)
{
	size_t nr = crew->n->nr_zones;
	struct ofl_scan_result one;

	if (!take(crew, ear, &one, sizeof(one)) ||
	    !take(crew, ear, crew->zone, nr * sizeof(*crew->zone)))
		return false;
	one.zone = crew->zone;
	ofl_scan_result_add(r, &one, nr);
	return true;
}

static bool replay(struct ofl_crew *crew, struct ear *ear,
		   const struct ofl_section *s, uint64_t end_pfn,
		   const struct ofl_sink *sinks, size_t nr_sinks,
		   struct ofl_scan_result *r, uint64_t *told_pfn,
		   enum ofl_status *st)
{
	struct ofl_note note;

	while (ear->process.pid && take(crew, ear, &note, sizeof(note)) &&
	       makes_sense(&note, s, *told_pfn, end_pfn)) {
		if (note.kind == NOTE_SECTION)
			return take_result(crew, ear, r);
		*st = ofl_note_say(&note, s, crew->n, sinks, nr_sinks);
		if (*st)
			return true;
		*told_pfn = note.pfn + note.pages;
	}
	return false;
}

bool ofl_crew_replay(struct ofl_crew *crew, const struct ofl_section *s,
		     uint64_t end_pfn, const struct ofl_sink *sinks,
		     size_t nr_sinks, struct ofl_scan_result *r,
		     uint64_t *told_pfn, enum ofl_status *st)
{
	struct ear *ear = &crew->ear[crew->next];

	crew->next = (crew->next + 1) % crew->nr;
	*st = OFL_OK;
	*told_pfn = s->start_pfn;
	if (replay(crew, ear, s, end_pfn, sinks, nr_sinks, r, told_pfn, st))
		return true;
	dismiss(crew, ear);
	return false;
}
