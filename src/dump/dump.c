// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dump.c - pages of a dump, in whatever format it is
 *
 * A dump that was split is several files, each with the pages of some stretch
 * of memory; any other is one file with all of them.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "dump/dump.h"
#include "dump/elf.h"
#include "dump/file.h"
#include "dump/kdump.h"

/** struct part - a file of the dump; either @kdump or @elf */
struct part {
	int fd;				/* borrowed */
	struct ofl_file *file;		/* owned, like the two below */
	struct ofl_kdump *kdump;
	struct ofl_elf *elf;
	uint64_t start_pfn, end_pfn;	/* that it may have */
};

struct ofl_dump {
	struct part *part;	/* owned; [0] is the one that was asked for */
	size_t nr;
	size_t page_bytes;
};

static void close_part(struct part *p)
{
	ofl_kdump_close(p->kdump);
	ofl_elf_close(p->elf);
	ofl_file_close(p->file);
	*p = (struct part){ .fd = -1 };
}

static enum ofl_status open_format(struct part *p, size_t page_bytes,
				   struct ofl_err *err)
{
	enum ofl_status st;

	p->end_pfn = UINT64_MAX;
	if (ofl_elf_is_one(p->file))
		return ofl_elf_open(p->file, page_bytes, &p->elf, err);
	if (!ofl_kdump_is_one(p->file))
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump is neither kdump-compressed nor ELF");
	st = ofl_kdump_open(p->file, page_bytes, &p->kdump, err);
	if (!st)
		ofl_kdump_part(p->kdump, &p->start_pfn, &p->end_pfn);
	return st;
}

static enum ofl_status open_part(struct part *p, int fd, size_t page_bytes,
				 struct ofl_err *err)
{
	enum ofl_status st = ofl_file_open(fd, &p->file, err);

	p->fd = fd;
	if (!st)
		st = open_format(p, page_bytes, err);
	if (st)
		close_part(p);
	return st;
}

static bool is_split(const struct part *p)
{
	return p->start_pfn || p->end_pfn != UINT64_MAX;
}

/* a part of the dump that the first one is of */
static bool belongs(const struct ofl_dump *d, const struct part *p)
{
	return p->kdump && is_split(p) &&
	       ofl_kdump_same(d->part[0].kdump, p->kdump);
}

/* a file may be open twice: then it is there already */
static bool is_there(const struct ofl_dump *d, const struct part *p)
{
	size_t i;

	for (i = 0; i < d->nr; i++)
		if (p->start_pfn == d->part[i].start_pfn &&
		    p->end_pfn == d->part[i].end_pfn)
			return true;
	return false;
}

/* NULL: none */
static const struct part *lies_over(const struct ofl_dump *d,
				    const struct part *p)
{
	size_t i;

	for (i = 0; i < d->nr; i++)
		if (p->start_pfn < d->part[i].end_pfn &&
		    d->part[i].start_pfn < p->end_pfn)
			return &d->part[i];
	return NULL;
}

static enum ofl_status both_have(const struct part *a, const struct part *b,
				 struct ofl_err *err)
{
	uint64_t from = a->start_pfn > b->start_pfn ? a->start_pfn : b->start_pfn;
	uint64_t end = a->end_pfn < b->end_pfn ? a->end_pfn : b->end_pfn;

	return ofl_fail(err, OFL_ERR_UNSUPPORTED,
			"two parts of the dump have the same pages, 0x%" PRIx64
			"-0x%" PRIx64, from, end - 1);
}

static enum ofl_status open_others(struct ofl_dump *d,
				   const struct ofl_dump_files *files,
				   size_t page_bytes, struct ofl_err *err)
{
	const struct part *other;
	struct ofl_err ignored;
	struct part p;
	size_t i;

	for (i = 0; i < files->nr_others; i++) {
		p = (struct part){ .fd = -1 };
		if (open_part(&p, files->others[i], page_bytes, &ignored))
			continue;	/* vmlinux, say */
		if (!belongs(d, &p) || is_there(d, &p)) {
			close_part(&p);
			continue;
		}
		other = lies_over(d, &p);
		if (other) {
			both_have(other, &p, err);
			close_part(&p);
			return err->status;
		}
		d->part[d->nr++] = p;
	}
	return OFL_OK;
}

enum ofl_status ofl_dump_open(const struct ofl_dump_files *files,
			      size_t page_bytes, struct ofl_dump **ret,
			      struct ofl_err *err)
{
	struct ofl_dump *d = calloc(1, sizeof(*d));
	enum ofl_status st;

	if (d)
		d->part = calloc(files->nr_others + 1, sizeof(*d->part));
	if (!d || !d->part) {
		ofl_dump_close(d);
		return ofl_fail(err, OFL_ERR_NOMEM,
				"no memory for the parts of the dump");
	}
	d->page_bytes = page_bytes;
	st = open_part(&d->part[0], files->fd, page_bytes, err);
	if (!st) {
		d->nr = 1;
		if (is_split(&d->part[0]))
			st = open_others(d, files, page_bytes, err);
	}
	if (st)
		ofl_dump_close(d);
	else
		*ret = d;
	return st;
}

void ofl_dump_close(struct ofl_dump *d)
{
	size_t i;

	if (!d)
		return;
	for (i = 0; i < d->nr; i++)
		close_part(&d->part[i]);
	free(d->part);
	free(d);
}

bool ofl_dump_is_stream(const struct ofl_dump *d)
{
	return ofl_file_is_stream(d->part[0].file);
}

int ofl_dump_part_fd(const struct ofl_dump *d, size_t nr)
{
	return nr < d->nr ? d->part[nr].fd : -1;
}

const char *ofl_dump_why_not(const struct ofl_dump *d)
{
	const char *why = NULL;
	size_t i;

	for (i = 0; !why && i < d->nr; i++)
		if (d->part[i].kdump)
			why = ofl_kdump_why_not(d->part[i].kdump);
	return why;
}

static struct part *part_of(struct ofl_dump *d, uint64_t pfn)
{
	size_t i;

	for (i = 0; i < d->nr; i++)
		if (pfn >= d->part[i].start_pfn && pfn < d->part[i].end_pfn)
			return &d->part[i];
	return NULL;
}

enum ofl_dump_page ofl_dump_read(struct ofl_dump *d, uint64_t pfn, void *page)
{
	struct part *p = part_of(d, pfn);

	if (!p)
		return OFL_DUMP_ASK_HOST;
	return p->elf ? ofl_elf_read(p->elf, pfn, page) :
			ofl_kdump_read(p->kdump, pfn, page);
}

size_t ofl_dump_read_run(struct ofl_dump *d, uint64_t pfn, void *buf,
			 size_t pages)
{
	struct part *p = part_of(d, pfn);
	unsigned char *to = buf;
	size_t n;

	if (!p)
		return 0;
	if (p->elf)
		return ofl_elf_read_run(p->elf, pfn, buf, pages);
	for (n = 0; n < pages; n++, to += d->page_bytes)
		if (ofl_kdump_read(p->kdump, pfn + n, to) != OFL_DUMP_READ)
			break;
	return n;
}

bool ofl_dump_failed(const struct ofl_dump *d)
{
	size_t i;

	for (i = 0; i < d->nr; i++)
		if (d->part[i].kdump && ofl_kdump_failed(d->part[i].kdump))
			return true;
	return false;
}

bool ofl_dump_is_short(struct ofl_dump *d, uint64_t pfn)
{
	struct part *p = part_of(d, pfn);

	return p && p->kdump && ofl_kdump_is_short(p->kdump, pfn);
}

void ofl_dump_keep(struct ofl_dump *d, bool on)
{
	size_t i;

	for (i = 0; d && i < d->nr; i++)
		if (d->part[i].kdump)
			ofl_kdump_keep(d->part[i].kdump, on);
}
