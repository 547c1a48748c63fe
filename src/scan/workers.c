// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * workers.c - a scan shared among processes
 *
 * Both ends of a pipe are the same program, so notes cross it as they are in
 * memory. A worker takes the next section that nobody has when it is done with
 * one, and the parent does so too while it has nothing to hear: so none is idle
 * before the end, whoever has to share a processor. Only the number of the next
 * section is shared memory. What the parent saw itself it hears like the rest.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scan/note.h"
#include "scan/workers.h"

#define BUFFER_BYTES	(64u << 10)
#define POLL_MS		100	/* how long ^C may go unnoticed */

/*
 * When workers pay: they cost the host 5 to 10 ms each to start, one after the
 * other, and as much to end, and a first walk of a million pages takes 35 ms of a
 * dump compressed with zlib, 65 if the host decompresses (docs/performance.md).
 */
#define WORTH_PAGES	(4u << 20)

/* besides enum ofl_note_kind; both have the first pfn of the section */
#define NOTE_BEGIN	OFL_NR_NOTES
#define NOTE_SECTION	(OFL_NR_NOTES + 1)	/* it is done: counts follow */

/** struct ofl_teller - a worker's end */
struct ofl_teller {
	int fd;
	struct ear *own;	/* not NULL: nothing is written, he hears it */
	uint64_t *dealt;	/* see struct ofl_crew */
	size_t nr_zones;
	struct ofl_noter noter;
	size_t used;
	unsigned char buf[BUFFER_BYTES];
};

/** struct ear - the parent's end of one pipe, or of what it saw itself */
struct ear {
	struct ofl_process process;	/* pid 0: there is no more to come */
	bool begun;		/* the next to hear is what ... */
	uint64_t begun_pfn;	/* ... was seen of this section */
	size_t at, have, room;
	unsigned char *buf;	/* owned */
};

/** struct ofl_crew - all workers of a scan */
struct ofl_crew {
	const struct ofl_target *t;
	const struct ofl_nodes *n;
	struct ofl_crew_calls calls;
	void *arg;
	unsigned int nr;
	uint64_t *dealt;	/* sections that somebody took; all share it */
	struct ofl_count *zone;	/* of a section, until it is whole */
	struct ofl_teller *teller;	/* the parent's; NULL: it takes none */
	struct ear ear[OFL_MAX_WORKERS];	/* [0] is the parent's own */
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

static enum ofl_status keep(struct ear *ear, const void *p, size_t bytes)
{
	size_t room = 2 * (ear->have + bytes);
	unsigned char *more;

	if (ear->have + bytes > ear->room) {
		more = realloc(ear->buf, room);
		if (!more)
			return OFL_ERR_NOMEM;
		ear->buf = more;
		ear->room = room;
	}
	memcpy(ear->buf + ear->have, p, bytes);
	ear->have += bytes;
	return OFL_OK;
}

static enum ofl_status put_out(struct ofl_teller *te)
{
	const unsigned char *p = te->buf;
	ssize_t n;

	if (te->own) {
		n = (ssize_t)te->used;
		te->used = 0;
		return keep(te->own, p, (size_t)n);
	}
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

uint64_t ofl_teller_take(struct ofl_teller *te)
{
	return __atomic_fetch_add(te->dealt, 1, __ATOMIC_RELAXED);
}

enum ofl_status ofl_tell_begin(struct ofl_teller *te,
			       const struct ofl_section *s)
{
	const struct ofl_note begin = {
		.kind = NOTE_BEGIN, .pfn = s->start_pfn,
	};

	return put(te, &begin, sizeof(begin));
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

static struct ofl_teller *new_teller(const struct ofl_crew *crew)
{
	struct ofl_teller *te = calloc(1, sizeof(*te));

	if (!te)
		return NULL;
	te->dealt = crew->dealt;
	te->noter.put = put_note;
	te->noter.arg = te;
	te->nr_zones = crew->n->nr_zones;
	return te;
}

/* in the copy: one worker from its start to its end */
static void run_worker(void *arg, int fd)
{
	struct ofl_crew *crew = arg;
	struct ofl_teller *te = new_teller(crew);

	if (!te)
		return;
	te->fd = fd;
	crew->calls.work(crew->arg, te);
	free(te);
}

/* ---- the parent ---- */

/* memory that copies of this process see change; NULL: there is none */
static void *map_shared(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void start(struct ofl_crew *crew, struct ear *ear)
{
	const struct ofl_target *t = crew->t;

	ear->buf = malloc(BUFFER_BYTES);
	ear->room = BUFFER_BYTES;
	if (!ear->buf ||
	    !t->ops->start(t->ctx, run_worker, crew, &ear->process))
		ear->process.pid = 0;
}

struct ofl_crew *ofl_crew_start(const struct ofl_target *t,
				const struct ofl_nodes *n, unsigned int nr,
				const struct ofl_crew_calls *calls, void *arg)
{
	struct ofl_crew *crew = calloc(1, sizeof(*crew));
	unsigned int i;

	if (!crew)
		return NULL;
	crew->t = t;
	crew->n = n;
	crew->calls = *calls;
	crew->arg = arg;
	crew->nr = nr;
	crew->dealt = map_shared(sizeof(*crew->dealt));
	crew->zone = calloc(n->nr_zones, sizeof(*crew->zone));
	if (!crew->zone || !crew->dealt) {
		ofl_crew_end(crew);
		return NULL;
	}
	for (i = 1; i < nr; i++)
		start(crew, &crew->ear[i]);
	crew->teller = new_teller(crew);
	if (crew->teller)
		crew->teller->own = &crew->ear[0];
	return crew;
}

static void dismiss(struct ofl_crew *crew, struct ear *ear)
{
	if (ear->process.pid)
		crew->t->ops->stop(crew->t->ctx, &ear->process);
	ear->process.pid = 0;
	ear->begun = false;
	ear->at = ear->have = 0;
}

void ofl_crew_end(struct ofl_crew *crew)
{
	unsigned int i;

	if (!crew)
		return;
	for (i = 0; i < crew->nr; i++) {
		dismiss(crew, &crew->ear[i]);
		free(crew->ear[i].buf);
	}
	if (crew->dealt)
		munmap(crew->dealt, sizeof(*crew->dealt));
	free(crew->teller);
	free(crew->zone);
	free(crew);
}

/* wait for more; not longer than ^C lets us */
static bool fill(struct ofl_crew *crew, struct ear *ear)
{
	struct pollfd wait = { .fd = ear->process.fd, .events = POLLIN };
	ssize_t n;

	if (!ear->process.pid)
		return false;
	while (poll(&wait, 1, POLL_MS) <= 0)
		if (crew->t->ops->interrupted(crew->t->ctx))
			return false;
	do
		n = read(ear->process.fd, ear->buf, ear->room);
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
		   const struct ofl_sinks *sinks,
		   struct ofl_scan_result *r, uint64_t *told_pfn,
		   enum ofl_status *st)
{
	struct ofl_note note;

	while (take(crew, ear, &note, sizeof(note)) &&
	       makes_sense(&note, s, *told_pfn, end_pfn)) {
		if (note.kind == NOTE_SECTION)
			return take_result(crew, ear, r);
		*st = ofl_note_say(&note, s, crew->n, sinks);
		if (*st)
			return true;
		*told_pfn = note.pfn + note.pages;
	}
	return false;
}

/* what is it going to tell of? who says nothing sensible is gone */
static void hear_begin(struct ofl_crew *crew, struct ear *ear)
{
	struct ofl_note note = { .kind = OFL_NR_NOTES };

	ear->begun = take(crew, ear, &note, sizeof(note)) &&
		     note.kind == NOTE_BEGIN;
	ear->begun_pfn = note.pfn;
	if (!ear->begun)
		dismiss(crew, ear);
}

/* those that have not said of what they will tell next */
static nfds_t list_silent(struct ofl_crew *crew, struct ear **silent,
			  struct pollfd *wait)
{
	unsigned int i;
	nfds_t nr = 0;

	for (i = 0; i < crew->nr; i++) {
		struct ear *ear = &crew->ear[i];

		if (!ear->process.pid || ear->begun)
			continue;
		wait[nr] = (struct pollfd){ .fd = ear->process.fd,
					    .events = POLLIN };
		/* what was read at once with the section before */
		if (ear->at < ear->have)
			wait[nr].fd = -1;
		silent[nr++] = ear;
	}
	return nr;
}

/* hear of some of them what is next; false: none has said it in this time */
static bool hear_any(struct ofl_crew *crew, int ms)
{
	struct pollfd wait[OFL_MAX_WORKERS];
	struct ear *silent[OFL_MAX_WORKERS];
	nfds_t i, nr = list_silent(crew, silent, wait);
	bool any = false;

	for (i = 0; i < nr; i++)
		if (wait[i].fd < 0)
			ms = 0;
	if (!nr || poll(wait, nr, ms) < 0)
		return false;
	for (i = 0; i < nr; i++)
		if (wait[i].fd < 0 || wait[i].revents) {
			hear_begin(crew, silent[i]);
			any = true;
		}
	return any;
}

static bool any_silent(const struct ofl_crew *crew)
{
	unsigned int i;

	for (i = 0; i < crew->nr; i++)
		if (crew->ear[i].process.pid && !crew->ear[i].begun)
			return true;
	return false;
}

/* instead of waiting: look at the next section here, to hear of it in its turn */
static bool help(struct ofl_crew *crew, const struct ofl_section *s)
{
	struct ear *own = &crew->ear[0];

	if (!crew->teller || own->begun)
		return false;
	own->at = own->have = 0;
	if (crew->calls.help(crew->arg, s, ofl_teller_take(crew->teller),
			     crew->teller))
		hear_begin(crew, own);
	if (!own->begun) {
		/* there is none left, or the caller will meet what is wrong */
		free(crew->teller);
		crew->teller = NULL;
	}
	return own->begun;
}

static struct ear *begun(struct ofl_crew *crew, const struct ofl_section *s)
{
	unsigned int i;

	for (i = 0; i < crew->nr; i++) {
		struct ear *ear = &crew->ear[i];

		if (ear->begun && ear->begun_pfn == s->start_pfn)
			return ear;
		/* sections are taken in their order */
		if (ear->begun && ear->begun_pfn < s->start_pfn)
			dismiss(crew, ear);
	}
	return NULL;
}

/* who took the section? NULL: a worker that is gone, or ^C */
static struct ear *who_has(struct ofl_crew *crew, const struct ofl_section *s)
{
	struct ear *ear;

	while (!(ear = begun(crew, s))) {
		if (hear_any(crew, 0) || help(crew, s))
			continue;
		if (!any_silent(crew))
			return NULL;
		if (!hear_any(crew, POLL_MS) &&
		    crew->t->ops->interrupted(crew->t->ctx))
			return NULL;
	}
	return ear;
}

bool ofl_crew_replay(struct ofl_crew *crew, const struct ofl_section *s,
		     uint64_t end_pfn, const struct ofl_sinks *sinks,
		     struct ofl_scan_result *r, uint64_t *told_pfn,
		     enum ofl_status *st)
{
	struct ear *ear = who_has(crew, s);

	*st = OFL_OK;
	*told_pfn = s->start_pfn;
	if (!ear)
		return false;
	ear->begun = false;
	if (replay(crew, ear, s, end_pfn, sinks, r, told_pfn, st))
		return true;
	dismiss(crew, ear);
	return false;
}
