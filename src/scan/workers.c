// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * workers.c - a scan shared among processes
 *
 * Both ends of a pipe are the same program, so notes cross it as they are in
 * memory. A worker takes the next unit of sections when it is done with one, and
 * the parent takes units too while there is nothing to read: so none is idle
 * before the end, even if some share a processor. Only the number of the next
 * unit is shared memory. What the parent saw itself is input like the rest.
 *
 * A worker is a copy of crash, which does what it likes. So the parent believes
 * nothing that is not sealed: a hash of all that the worker wrote so far follows
 * each note and each result. Bytes that are lost, doubled, or somebody else's
 * end the worker, and the parent looks at the section itself.
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
 * other, and as much to end, and several times that where page tables are
 * expensive. A walk of a million pages takes 70 ms of a dump compressed with
 * zlib, 130 if the host decompresses (docs/performance.md).
 */
#define WORTH_PAGES	(4u << 20)

/* besides enum ofl_note_kind; both have the first pfn of the section */
#define NOTE_BEGIN	OFL_NR_NOTES
#define NOTE_SECTION	(OFL_NR_NOTES + 1)	/* done: counts, and a sum, follow */

/** struct ofl_writer - a worker's end */
struct ofl_writer {
	int fd;
	struct input *own;	/* not NULL: written there, not into a pipe */
	uint64_t *taken;	/* see struct ofl_workers */
	size_t nr_zones, sum_bytes;
	struct ofl_noter noter;
	uint64_t seal;		/* hash of all that was put */
	size_t used;
	unsigned char buf[BUFFER_BYTES];
};

/** struct input - the parent's end of one pipe, or of what it saw itself */
struct input {
	struct ofl_process process;	/* pid 0: there is no more to come */
	bool begun;		/* what comes next was seen ... */
	uint64_t begun_pfn;	/* ... in the section of this pfn */
	uint64_t seal;		/* hash of all that was taken */
	size_t at, have, room;
	unsigned char *buf;	/* owned */
};

/** struct ofl_workers - all workers of a scan */
struct ofl_workers {
	const struct ofl_target *t;
	const struct ofl_nodes *n;
	struct ofl_worker_calls calls;
	void *arg;
	unsigned int nr;
	uint64_t *taken;	/* how many units are; shared by all processes */
	struct ofl_count *zone;	/* of a section, until it is whole ... */
	void *sum;		/* ... and what a sink added up; NULL: nothing */
	struct ofl_writer *writer;	/* the parent's; NULL: it takes no section */
	struct input input[OFL_MAX_WORKERS];	/* [0] is the parent's own */
};

/* ---- whether, and how many ---- */

const char *ofl_workers_why_one(const struct ofl_target *t)
{
	struct ofl_sharing sharing;

	if (!ofl_sharing(t, &sharing))
		return "this session cannot be copied";
	return sharing.why_not;
}

unsigned int ofl_workers_number(const struct ofl_target *t, unsigned int asked,
				uint64_t pages, bool every_page)
{
	struct ofl_sharing sharing;

	if (asked == 1 || !ofl_sharing(t, &sharing) || sharing.why_not)
		return 1;
	/* two fifths of a mixed guest's memmap are read if not every page is */
	if (!asked && sharing.decompresses &&
	    pages >= (every_page ? WORTH_PAGES : 2 * WORTH_PAGES))
		asked = sharing.processors;
	if (asked > OFL_MAX_WORKERS)
		asked = OFL_MAX_WORKERS;
	return asked ? asked : 1;
}

/* ---- seals ---- */

/* a seal is put like the rest: not to be (seal ^ word), which is 0 for it */
static uint64_t add_to_seal(uint64_t seal, const void *p, size_t bytes)
{
	uint64_t word;
	size_t i;

	for (i = 0; i < bytes; i += sizeof(word)) {
		word = 0;
		memcpy(&word, (const char *)p + i,
		       bytes - i < sizeof(word) ? bytes - i : sizeof(word));
		seal = seal * 0x9e3779b97f4a7c15ull ^ word;
		seal ^= seal >> 32;
	}
	return seal + 1;
}

/* ---- a worker ---- */

static enum ofl_status append(struct input *input, const void *p, size_t bytes)
{
	size_t room = 2 * (input->have + bytes);
	unsigned char *more;

	if (input->have + bytes > input->room) {
		more = realloc(input->buf, room);
		if (!more)
			return OFL_ERR_NOMEM;
		input->buf = more;
		input->room = room;
	}
	memcpy(input->buf + input->have, p, bytes);
	input->have += bytes;
	return OFL_OK;
}

static enum ofl_status put_out(struct ofl_writer *te)
{
	const unsigned char *p = te->buf;
	ssize_t n;

	if (te->own) {
		n = (ssize_t)te->used;
		te->used = 0;
		return append(te->own, p, (size_t)n);
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

static enum ofl_status put(struct ofl_writer *te, const void *p, size_t bytes)
{
	enum ofl_status st = OFL_OK;
	size_t n;

	te->seal = add_to_seal(te->seal, p, bytes);
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

static enum ofl_status put_seal(struct ofl_writer *te)
{
	const uint64_t seal = te->seal;

	return put(te, &seal, sizeof(seal));
}

static enum ofl_status put_note(void *arg, const struct ofl_note *note)
{
	enum ofl_status st = put(arg, note, sizeof(*note));

	return st ? st : put_seal(arg);
}

struct ofl_sink ofl_writer_sink(struct ofl_writer *writer)
{
	return ofl_noter_sink(&writer->noter);
}

uint64_t ofl_writer_next(struct ofl_writer *te)
{
	return __atomic_fetch_add(te->taken, 1, __ATOMIC_RELAXED);
}

enum ofl_status ofl_writer_begin(struct ofl_writer *te,
			       const struct ofl_section *s)
{
	const struct ofl_note begin = {
		.kind = NOTE_BEGIN, .pfn = s->start_pfn,
	};

	return put_note(te, &begin);
}

enum ofl_status ofl_writer_end(struct ofl_writer *te,
			       const struct ofl_section *s, const void *sum,
			       struct ofl_scan_result *r)
{
	const struct ofl_note done = {
		.kind = NOTE_SECTION, .pfn = s->start_pfn,
	};
	size_t bytes = te->nr_zones * sizeof(*r->zone);
	struct ofl_count *zone = r->zone;
	enum ofl_status st = put_note(te, &done);

	st = st ? st : put(te, r, sizeof(*r));
	st = st ? st : put(te, zone, bytes);
	st = st ? st : put(te, sum, te->sum_bytes);
	st = st ? st : put_seal(te);
	memset(r, 0, sizeof(*r));
	memset(zone, 0, bytes);
	r->zone = zone;
	/* the parent may be waiting for this one */
	return st ? st : put_out(te);
}

static struct ofl_writer *new_writer(const struct ofl_workers *workers)
{
	struct ofl_writer *te = calloc(1, sizeof(*te));

	if (!te)
		return NULL;
	te->taken = workers->taken;
	te->noter.put = put_note;
	te->noter.arg = te;
	te->nr_zones = workers->n->nr_zones;
	te->sum_bytes = workers->calls.sum_bytes;
	return te;
}

/* in the copy: one worker from its start to its end */
static void run_worker(void *arg, int fd)
{
	struct ofl_workers *workers = arg;
	struct ofl_writer *te = new_writer(workers);

	if (!te)
		return;
	te->fd = fd;
	workers->calls.work(workers->arg, te);
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

static void start(struct ofl_workers *workers, struct input *input)
{
	const struct ofl_target *t = workers->t;

	input->buf = malloc(BUFFER_BYTES);
	input->room = BUFFER_BYTES;
	if (!input->buf ||
	    !ofl_start(t, run_worker, workers, &input->process))
		input->process.pid = 0;
}

struct ofl_workers *ofl_workers_start(const struct ofl_target *t,
				const struct ofl_nodes *n, unsigned int nr,
				const struct ofl_worker_calls *calls, void *arg)
{
	struct ofl_workers *workers = calloc(1, sizeof(*workers));
	unsigned int i;

	if (!workers)
		return NULL;
	workers->t = t;
	workers->n = n;
	workers->calls = *calls;
	workers->arg = arg;
	workers->nr = nr;
	workers->taken = map_shared(sizeof(*workers->taken));
	workers->zone = calloc(n->nr_zones, sizeof(*workers->zone));
	workers->sum = calls->sum_bytes ? malloc(calls->sum_bytes) : NULL;
	if (!workers->zone || !workers->taken ||
	    (calls->sum_bytes && !workers->sum)) {
		ofl_workers_end(workers);
		return NULL;
	}
	for (i = 1; i < nr; i++)
		start(workers, &workers->input[i]);
	workers->writer = new_writer(workers);
	if (workers->writer)
		workers->writer->own = &workers->input[0];
	return workers;
}

static void stop_worker(struct ofl_workers *workers, struct input *input)
{
	if (input->process.pid)
		ofl_stop(workers->t, &input->process);
	input->process.pid = 0;
	input->begun = false;
	input->at = input->have = 0;
}

void ofl_workers_end(struct ofl_workers *workers)
{
	unsigned int i;

	if (!workers)
		return;
	for (i = 0; i < workers->nr; i++) {
		stop_worker(workers, &workers->input[i]);
		free(workers->input[i].buf);
	}
	if (workers->taken)
		munmap(workers->taken, sizeof(*workers->taken));
	free(workers->writer);
	free(workers->zone);
	free(workers->sum);
	free(workers);
}

/* wait for more; not longer than ^C lets us */
static bool fill(struct ofl_workers *workers, struct input *input)
{
	struct pollfd wait = { .fd = input->process.fd, .events = POLLIN };
	ssize_t n;

	if (!input->process.pid)
		return false;
	while (poll(&wait, 1, POLL_MS) <= 0)
		if (ofl_interrupted(workers->t))
			return false;
	do
		n = read(input->process.fd, input->buf, input->room);
	while (n < 0 && errno == EINTR);
	input->at = 0;
	input->have = n > 0 ? (size_t)n : 0;
	return n > 0;
}

static bool take(struct ofl_workers *workers, struct input *input, void *p, size_t bytes)
{
	size_t done, n;

	for (done = 0; done < bytes; done += n) {
		if (input->at == input->have && !fill(workers, input))
			return false;
		n = input->have - input->at;
		if (n > bytes - done)
			n = bytes - done;
		memcpy((char *)p + done, input->buf + input->at, n);
		input->at += n;
	}
	input->seal = add_to_seal(input->seal, p, bytes);
	return true;
}

/* is all that was taken what the worker put? */
static bool is_sealed(struct ofl_workers *workers, struct input *input)
{
	const uint64_t want = input->seal;
	uint64_t seal;

	return take(workers, input, &seal, sizeof(seal)) && seal == want;
}

static bool take_note(struct ofl_workers *workers, struct input *input,
		      struct ofl_note *note)
{
	return take(workers, input, note, sizeof(*note)) &&
	       is_sealed(workers, input);
}

/* can this be the next note of a section? */
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

/* the section is done: what the worker counted in it follows */
static bool take_result(struct ofl_workers *workers, struct input *input,
			const struct ofl_section *s,
			const struct ofl_sinks *sinks,
			struct ofl_scan_result *r, enum ofl_status *st)
{
	const struct ofl_sink *summing = ofl_sinks_summing(sinks);
	size_t nr = workers->n->nr_zones;
	struct ofl_scan_result one;

	if (!take(workers, input, &one, sizeof(one)) ||
	    !take(workers, input, workers->zone, nr * sizeof(*workers->zone)) ||
	    !take(workers, input, workers->sum, workers->calls.sum_bytes) ||
	    !is_sealed(workers, input))
		return false;
	one.zone = workers->zone;
	ofl_scan_result_add(r, &one, nr);
	if (workers->sum && summing)
		*st = summing->sum.add(summing->arg, s, workers->sum);
	return true;
}

static bool replay(struct ofl_workers *workers, struct input *input,
		   const struct ofl_section *s, uint64_t end_pfn,
		   const struct ofl_sinks *sinks,
		   struct ofl_scan_result *r, uint64_t *told_pfn,
		   enum ofl_status *st)
{
	struct ofl_note note;

	while (take_note(workers, input, &note) &&
	       makes_sense(&note, s, *told_pfn, end_pfn)) {
		if (note.kind == NOTE_SECTION)
			return take_result(workers, input, s, sinks, r, st);
		*st = ofl_note_replay(&note, s, workers->n, sinks);
		if (*st)
			return true;
		*told_pfn = note.pfn + note.pages;
	}
	return false;
}

/* which section comes next? a worker that writes nonsense is stopped */
static void read_begin(struct ofl_workers *workers, struct input *input)
{
	struct ofl_note note = { .kind = OFL_NR_NOTES };

	input->begun = take_note(workers, input, &note) &&
		     note.kind == NOTE_BEGIN;
	input->begun_pfn = note.pfn;
	if (!input->begun)
		stop_worker(workers, input);
}

/* the inputs whose next section is not known yet */
static nfds_t list_waiting(struct ofl_workers *workers, struct input **waiting,
			  struct pollfd *wait)
{
	unsigned int i;
	nfds_t nr = 0;

	for (i = 0; i < workers->nr; i++) {
		struct input *input = &workers->input[i];

		if (input->begun || (!input->process.pid &&
				     input->at == input->have))
			continue;
		wait[nr] = (struct pollfd){ .fd = input->process.fd,
					    .events = POLLIN };
		/* what was read at once with the section before */
		if (input->at < input->have)
			wait[nr].fd = -1;
		waiting[nr++] = input;
	}
	return nr;
}

/* read which section comes next, where it is there; false: nowhere in @ms */
static bool read_any(struct ofl_workers *workers, int ms)
{
	struct pollfd wait[OFL_MAX_WORKERS];
	struct input *waiting[OFL_MAX_WORKERS];
	nfds_t i, nr = list_waiting(workers, waiting, wait);
	bool any = false;

	for (i = 0; i < nr; i++)
		if (wait[i].fd < 0)
			ms = 0;
	if (!nr || poll(wait, nr, ms) < 0)
		return false;
	for (i = 0; i < nr; i++)
		if (wait[i].fd < 0 || wait[i].revents) {
			read_begin(workers, waiting[i]);
			any = true;
		}
	return any;
}

static bool any_waiting(const struct ofl_workers *workers)
{
	unsigned int i;

	for (i = 0; i < workers->nr; i++)
		if (workers->input[i].process.pid && !workers->input[i].begun)
			return true;
	return false;
}

/* instead of waiting: look at a unit here, as input for its turn */
static bool help(struct ofl_workers *workers, const struct ofl_section *s)
{
	struct input *own = &workers->input[0];

	if (!workers->writer || own->begun)
		return false;
	own->at = own->have = 0;
	own->seal = workers->writer->seal;
	if (workers->calls.help(workers->arg, s, ofl_writer_next(workers->writer),
			     workers->writer))
		read_begin(workers, own);
	else
		own->at = own->have = 0;
	if (!own->begun) {
		/* there is none left, or the caller will meet what is wrong */
		free(workers->writer);
		workers->writer = NULL;
	}
	return own->begun;
}

static struct input *begun(struct ofl_workers *workers, const struct ofl_section *s)
{
	unsigned int i;

	for (i = 0; i < workers->nr; i++) {
		struct input *input = &workers->input[i];

		if (input->begun && input->begun_pfn == s->start_pfn)
			return input;
		/* sections are taken in their order */
		if (input->begun && input->begun_pfn < s->start_pfn)
			stop_worker(workers, input);
	}
	return NULL;
}

/* the input that has the section; NULL: its worker is gone, or ^C */
static struct input *find_input(struct ofl_workers *workers, const struct ofl_section *s)
{
	struct input *input;

	while (!(input = begun(workers, s))) {
		if (read_any(workers, 0) || help(workers, s))
			continue;
		if (!any_waiting(workers))
			return NULL;
		if (!read_any(workers, POLL_MS) &&
		    ofl_interrupted(workers->t))
			return NULL;
	}
	return input;
}

bool ofl_workers_replay(struct ofl_workers *workers, const struct ofl_section *s,
		     uint64_t end_pfn, const struct ofl_sinks *sinks,
		     struct ofl_scan_result *r, uint64_t *told_pfn,
		     enum ofl_status *st)
{
	struct input *input = find_input(workers, s);

	*st = OFL_OK;
	*told_pfn = s->start_pfn;
	if (!input)
		return false;
	input->begun = false;
	if (replay(workers, input, s, end_pfn, sinks, r, told_pfn, st))
		return true;
	stop_worker(workers, input);
	return false;
}
