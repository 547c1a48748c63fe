// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * file.c - the bytes of a dump's file, where its format says they are
 *
 * A piece is found by bisection: walks of the memmap fill buffers of 64 KiB, so
 * that it is asked for once in some ten pages.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump/file.h"
#include "dump/stretch.h"

#define SIGNATURE	"makedumpfile"
#define TYPE_FLAT	1
#define FIRST_PIECE	4096u	/* MAX_SIZE_MDF_HEADER */
#define MAX_PIECES	(2u << 20)

/** struct head - struct makedumpfile_header, big-endian */
struct head {
	char signature[16];
	uint64_t type, version;
};

struct ofl_file {
	int fd;
	bool stream;
	struct ofl_stretch *piece;	/* owned; by place in the file */
	size_t nr_pieces, room;
};

static size_t read_plain(int fd, void *buf, size_t bytes, uint64_t from)
{
	ssize_t got;

	if (from > INT64_MAX - bytes)
		return 0;
	got = pread(fd, buf, bytes, (off_t)from);
	return got < 0 ? 0 : (size_t)got;
}

static bool add_piece(struct ofl_file *f, const struct ofl_stretch *p)
{
	struct ofl_stretch *more;

	if (f->nr_pieces == f->room) {
		more = realloc(f->piece, (2 * f->room + 512) * sizeof(*more));
		if (!more)
			return false;
		f->piece = more;
		f->room = 2 * f->room + 512;
	}
	f->piece[f->nr_pieces++] = *p;
	return true;
}

/* by place in the file, and those of one place as the stream has them */
static int compare(const void *a, const void *b)
{
	const struct ofl_stretch *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/*
 * makedumpfile writes the program headers of an ELF dump twice, at first when
 * it does not know all of them yet: of two pieces for the same bytes the later
 * one counts. Other pieces that lie over each other nobody writes.
 */
static enum ofl_status put_in_order(struct ofl_file *f, struct ofl_err *err)
{
	struct ofl_stretch *last;
	size_t i, n = 0;

	if (f->nr_pieces)
		qsort(f->piece, f->nr_pieces, sizeof(*f->piece), compare);
	for (i = 0; i < f->nr_pieces; i++) {
		last = n ? &f->piece[n - 1] : NULL;
		if (last && last->from == f->piece[i].from &&
		    last->bytes == f->piece[i].bytes)
			*last = f->piece[i];
		else if (last && f->piece[i].from - last->from < last->bytes)
			return ofl_fail(err, OFL_ERR_UNSUPPORTED,
					"pieces of the dump's stream lie over each other");
		else
			f->piece[n++] = f->piece[i];
	}
	f->nr_pieces = n;
	return OFL_OK;
}

static enum ofl_status read_pieces(struct ofl_file *f, struct ofl_err *err)
{
	uint64_t head[2], at = FIRST_PIECE;
	struct ofl_stretch p;

	for (;; at = p.at + p.bytes) {
		if (read_plain(f->fd, head, sizeof(head), at) != sizeof(head))
			return ofl_fail(err, OFL_ERR_UNSUPPORTED,
					"the dump's stream is cut off");
		p.from = be64toh(head[0]);
		p.bytes = be64toh(head[1]);
		p.at = at + sizeof(head);
		if (p.from == UINT64_MAX)	/* END_FLAG_FLAT_HEADER */
			return put_in_order(f, err);
		if (p.from > INT64_MAX || p.bytes > INT64_MAX - p.from ||
		    p.bytes > INT64_MAX - p.at)
			return ofl_fail(err, OFL_ERR_UNSUPPORTED,
					"a piece of the dump's stream has an impossible size");
		if (f->nr_pieces == MAX_PIECES)
			return ofl_fail(err, OFL_ERR_UNSUPPORTED,
					"the dump's stream has more than %u pieces",
					MAX_PIECES);
		if (p.bytes && !add_piece(f, &p))
			return ofl_fail(err, OFL_ERR_NOMEM,
					"no memory for %zu pieces of the dump's stream",
					f->nr_pieces + 1);
	}
}

static enum ofl_status find_pieces(struct ofl_file *f, struct ofl_err *err)
{
	struct head head;

	if (read_plain(f->fd, &head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head.signature, SIGNATURE, sizeof(SIGNATURE)))
		return OFL_OK;
	f->stream = true;
	if (be64toh(head.type) != TYPE_FLAT)
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump's stream is of an unknown type");
	return read_pieces(f, err);
}

enum ofl_status ofl_file_open(int fd, struct ofl_file **ret,
			      struct ofl_err *err)
{
	struct ofl_file *f = calloc(1, sizeof(*f));
	enum ofl_status st;

	if (!f)
		return ofl_fail(err, OFL_ERR_NOMEM,
				"no memory to read the dump with");
	f->fd = fd;
	st = find_pieces(f, err);
	if (st)
		ofl_file_close(f);
	else
		*ret = f;
	return st;
}

void ofl_file_close(struct ofl_file *f)
{
	if (!f)
		return;
	free(f->piece);
	free(f);
}

bool ofl_file_is_stream(const struct ofl_file *f)
{
	return f->stream;
}

/* as much as one piece, or the gap before it, has of [from, from + bytes) */
static size_t read_piece(const struct ofl_file *f, const struct ofl_stretch *p,
			 void *buf, size_t bytes, uint64_t from)
{
	if (from < p->from) {
		if (bytes > p->from - from)
			bytes = p->from - from;
		memset(buf, 0, bytes);
		return bytes;
	}
	from -= p->from;
	if (bytes > p->bytes - from)
		bytes = p->bytes - from;
	return read_plain(f->fd, buf, bytes, p->at + from);
}

size_t ofl_file_read(const struct ofl_file *f, void *buf, size_t bytes,
		     uint64_t from)
{
	unsigned char *to = buf;
	size_t done = 0, got = 1, i;

	if (!f->stream)
		return read_plain(f->fd, buf, bytes, from);
	for (i = ofl_stretch_of(f->piece, f->nr_pieces, from); got && done < bytes && i < f->nr_pieces;) {
		got = read_piece(f, &f->piece[i], to + done, bytes - done,
				 from + done);
		done += got;
		if (from + done >= f->piece[i].from + f->piece[i].bytes)
			i++;
	}
	return done;
}
