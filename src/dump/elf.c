// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * elf.c - pages of an ELF dump, by page frame number
 *
 * The kernel's own program header is often in the file twice, by itself and
 * inside of what holds all memory. So stretches are cut as they are added: none
 * lies over another, and a page is found by bisection.
 */
#include <elf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dump/elf.h"
#include "dump/stretch.h"
#include "dump/window.h"

#define HEADERS_BYTES	4096u
#define DATA_BYTES	(128u << 10)
#define MAX_PAGE_BYTES	65536u
#define MAX_STRETCHES	(1u << 20)

struct ofl_elf {
	size_t page_bytes;
	struct ofl_stretch *stretch;	/* owned; by physical address */
	size_t nr, room;
	struct ofl_window headers, data;
};

static enum ofl_status insert(struct ofl_elf *e, size_t where,
			      const struct ofl_stretch *s, struct ofl_err *err)
{
	size_t room = 2 * e->room + 64;
	struct ofl_stretch *more = e->stretch;

	if (e->nr == MAX_STRETCHES)
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump has more than %u stretches of memory",
				MAX_STRETCHES);
	if (e->nr == e->room) {
		more = realloc(e->stretch, room * sizeof(*more));
		if (!more)
			return ofl_fail(err, OFL_ERR_NOMEM,
					"no memory for %zu stretches of the dump",
					room);
		e->stretch = more;
		e->room = room;
	}
	memmove(&more[where + 1], &more[where], (e->nr - where) * sizeof(*more));
	more[where] = *s;
	e->nr++;
	return OFL_OK;
}

/* leave out the first bytes of a stretch */
static void skip(struct ofl_stretch *s, uint64_t bytes)
{
	if (bytes > s->bytes)
		bytes = s->bytes;
	s->from += bytes;
	s->at += bytes;
	s->bytes -= bytes;
}

/* what no earlier header has: that of the first one counts, as for crash */
static enum ofl_status add(struct ofl_elf *e, struct ofl_stretch s,
			   struct ofl_err *err)
{
	enum ofl_status st = OFL_OK;
	struct ofl_stretch piece;
	size_t i;

	while (!st && s.bytes) {
		i = ofl_stretch_of(e->stretch, e->nr, s.from);
		if (i < e->nr && e->stretch[i].from <= s.from) {
			skip(&s, e->stretch[i].from + e->stretch[i].bytes - s.from);
			continue;
		}
		piece = s;
		if (i < e->nr && e->stretch[i].from - s.from < s.bytes)
			piece.bytes = e->stretch[i].from - s.from;
		st = insert(e, i, &piece, err);
		skip(&s, piece.bytes);
	}
	return st;
}

static enum ofl_status take_header(struct ofl_elf *e, const Elf64_Phdr *p,
				   struct ofl_err *err)
{
	struct ofl_stretch s = { p->p_paddr, p->p_filesz, p->p_offset };

	if (p->p_type != PT_LOAD || !s.bytes)
		return OFL_OK;
	if (s.from > INT64_MAX || s.at > INT64_MAX || s.bytes > INT64_MAX)
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"a program header of the dump has impossible sizes");
	return add(e, s, err);
}

/* with 65,535 headers or more the first section says how many there are */
static bool number_of(struct ofl_elf *e, const Elf64_Ehdr *head,
		      uint64_t *ret)
{
	Elf64_Shdr section;
	const void *from;

	*ret = head->e_phnum;
	if (head->e_phnum != PN_XNUM)
		return true;
	from = ofl_window_peek(&e->headers, head->e_shoff, sizeof(section));
	if (!from)
		return false;
	memcpy(&section, from, sizeof(section));
	*ret = section.sh_info;
	return true;
}

bool ofl_elf_is_one(const struct ofl_file *file)
{
	unsigned char magic[SELFMAG];

	return ofl_file_read(file, magic, sizeof(magic), 0) == sizeof(magic) &&
	       !memcmp(magic, ELFMAG, SELFMAG);
}

static bool is_ours(const Elf64_Ehdr *head)
{
	const unsigned char data =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB :
							    ELFDATA2MSB;

	return !memcmp(head->e_ident, ELFMAG, SELFMAG) &&
	       head->e_ident[EI_CLASS] == ELFCLASS64 &&
	       head->e_ident[EI_DATA] == data && head->e_type == ET_CORE &&
	       head->e_phentsize == sizeof(Elf64_Phdr);
}

static enum ofl_status read_headers(struct ofl_elf *e, struct ofl_err *err)
{
	enum ofl_status st = OFL_OK;
	Elf64_Ehdr head;
	Elf64_Phdr p;
	const void *from = ofl_window_peek(&e->headers, 0, sizeof(head));
	uint64_t i, nr;

	if (from)
		memcpy(&head, from, sizeof(head));
	if (!from || !is_ours(&head))
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump is no ELF dump of this machine's kind");
	if (!number_of(e, &head, &nr))
		return ofl_fail(err, OFL_ERR_UNREADABLE,
				"the dump ends inside of its headers");
	for (i = 0; !st && i < nr; i++) {
		from = ofl_window_peek(&e->headers, head.e_phoff +
				       i * sizeof(p), sizeof(p));
		if (!from)
			return ofl_fail(err, OFL_ERR_UNREADABLE,
					"the dump ends inside of its headers");
		memcpy(&p, from, sizeof(p));
		st = take_header(e, &p, err);
	}
	return st;
}

enum ofl_status ofl_elf_open(const struct ofl_file *file, size_t page_bytes,
			     struct ofl_elf **ret, struct ofl_err *err)
{
	struct ofl_elf *e = calloc(1, sizeof(*e));
	enum ofl_status st;

	if (!e || !ofl_window_open(&e->headers, file, HEADERS_BYTES) ||
	    !ofl_window_open(&e->data, file, DATA_BYTES)) {
		ofl_elf_close(e);
		return ofl_fail(err, OFL_ERR_NOMEM,
				"no memory to read the dump with");
	}
	e->page_bytes = page_bytes;
	st = page_bytes && page_bytes <= MAX_PAGE_BYTES ? read_headers(e, err) :
		ofl_fail(err, OFL_ERR_UNSUPPORTED, "pages have an unusual size");
	if (st)
		ofl_elf_close(e);
	else
		*ret = e;
	return st;
}

void ofl_elf_close(struct ofl_elf *e)
{
	if (!e)
		return;
	free(e->stretch);
	ofl_window_close(&e->headers);
	ofl_window_close(&e->data);
	free(e);
}

/* whole pages of one stretch from @pfn on, and where they are in the file */
static uint64_t pages_from(const struct ofl_elf *e, uint64_t pfn,
			   uint64_t *at_ret)
{
	uint64_t phys = pfn * e->page_bytes;
	const struct ofl_stretch *s;
	size_t i;

	if (pfn > INT64_MAX / e->page_bytes)
		return 0;
	i = ofl_stretch_of(e->stretch, e->nr, phys);
	if (i == e->nr)
		return 0;
	s = &e->stretch[i];
	if (s->from > phys)
		return 0;
	*at_ret = s->at + (phys - s->from);
	return (s->bytes - (phys - s->from)) / e->page_bytes;
}

enum ofl_dump_page ofl_elf_read(struct ofl_elf *e, uint64_t pfn, void *page)
{
	const void *from;
	uint64_t at;

	if (!pages_from(e, pfn, &at))
		return OFL_DUMP_ASK_HOST;
	from = ofl_window_peek(&e->data, at, e->page_bytes);
	if (!from)
		return OFL_DUMP_ASK_HOST;
	memcpy(page, from, e->page_bytes);
	return OFL_DUMP_READ;
}

size_t ofl_elf_read_run(const struct ofl_elf *e, uint64_t pfn, void *buf,
			size_t pages)
{
	uint64_t at, there = pages_from(e, pfn, &at);

	if (pages > there)
		pages = there;
	if (!pages)
		return 0;
	return ofl_file_read(e->data.file, buf, pages * e->page_bytes, at) /
	       e->page_bytes;
}
