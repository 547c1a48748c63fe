// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_dump.c - a stream or an ELF dump that is damaged
 *
 * Input: the file. What is read of a stream has to be what a search of all of
 * its pieces, byte by byte, finds; and a page of an ELF dump has to be what the
 * first program header with each of its bytes says. (kdumps: fuzz_kdump.c.)
 */
#include "fuzz.h"

#include <elf.h>
#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dump/dump.h"
#include "dump/elf.h"
#include "dump/file.h"

#define PAGE		1024u	/* so that small inputs have some */
#define MAX_ASKED	60

static int memfd = -1;

/** struct input - the bytes, and where they are a stream's first piece */
struct input {
	const uint8_t *at;
	size_t bytes;
	bool stream;
};

static uint64_t number(const struct input *in, uint64_t at)
{
	uint64_t v = 0;

	if (at <= in->bytes && in->bytes - at >= sizeof(v))
		memcpy(&v, in->at + at, sizeof(v));
	return be64toh(v);
}

/* a byte of the file that a stream stands for; -1: it is behind the end */
static int byte_of(const struct input *in, uint64_t offset)
{
	uint64_t at, from, bytes;
	int found = -1;

	if (!in->stream)
		return offset < in->bytes ? in->at[offset] : -1;
	for (at = 4096; number(in, at) != UINT64_MAX; at += 16 + bytes) {
		from = number(in, at);
		bytes = number(in, at + 8);
		if (offset >= from && offset - from < bytes)
			found = in->at[at + 16 + (offset - from)];
		else if (found < 0 && bytes && from + bytes > offset)
			found = 0;	/* between two pieces */
	}
	return found;
}

static void check_bytes(const struct input *in, const struct ofl_file *file,
			uint64_t from)
{
	unsigned char got[40];
	size_t have = ofl_file_read(file, got, sizeof(got), from), i;

	for (i = 0; i < sizeof(got); i++)
		if (byte_of(in, from + i) != (i < have ? got[i] : -1))
			abort();
}

static void check_stream(const struct input *in, const struct ofl_file *file)
{
	uint64_t at, from;
	size_t asked;

	if (!in->stream)
		return;
	for (at = 4096, asked = 0; number(in, at) != UINT64_MAX &&
	     asked < MAX_ASKED; asked++) {
		from = number(in, at);
		check_bytes(in, file, from);
		check_bytes(in, file, from > 7 ? from - 7 : 0);
		if (number(in, at + 8))
			check_bytes(in, file, from + number(in, at + 8) - 1);
		at += 16 + number(in, at + 8);
	}
	check_bytes(in, file, 0);
}

/** struct headers - of an ELF dump */
struct headers {
	const struct ofl_file *file;
	Elf64_Ehdr head;
	uint64_t nr;
};

static bool header_of(const struct headers *h, uint64_t i, Elf64_Phdr *ret)
{
	return ofl_file_read(h->file, ret, sizeof(*ret), h->head.e_phoff +
			     i * sizeof(*ret)) == sizeof(*ret);
}

/* by the first header that has it; -1: none has, or the file ends before */
static int elf_byte(const struct headers *h, uint64_t phys)
{
	unsigned char byte;
	Elf64_Phdr p;
	uint64_t i;

	for (i = 0; i < h->nr && header_of(h, i, &p); i++)
		if (p.p_type == PT_LOAD && phys >= p.p_paddr &&
		    phys - p.p_paddr < p.p_filesz)
			return ofl_file_read(h->file, &byte, 1, p.p_offset +
					     (phys - p.p_paddr)) ? byte : -1;
	return -1;
}

static void check_page(const struct headers *h, struct ofl_elf *e, uint64_t pfn)
{
	unsigned char *got = calloc(1, PAGE);	/* so that a byte behind is seen */
	size_t i;

	if (!got)
		abort();
	if (ofl_elf_read(e, pfn, got) == OFL_DUMP_READ)
		for (i = 0; i < PAGE; i += 37)
			if (elf_byte(h, pfn * PAGE + i) != got[i])
				abort();
	free(got);
}

/* a page that one header has, alone, and the file too, must be read */
static void check_there(const struct headers *h, struct ofl_elf *e)
{
	unsigned char page[PAGE];
	Elf64_Phdr p;

	if (h->nr == 1 && header_of(h, 0, &p) && p.p_type == PT_LOAD &&
	    !(p.p_paddr % PAGE) && p.p_filesz >= PAGE &&
	    ofl_file_read(h->file, page, PAGE, p.p_offset) == PAGE &&
	    ofl_elf_read(e, p.p_paddr / PAGE, page) != OFL_DUMP_READ)
		abort();
}

static void check_elf(const struct ofl_file *file)
{
	struct ofl_err err = { .status = OFL_OK };
	struct headers h = { .file = file };
	struct ofl_elf *e;
	Elf64_Shdr section;
	Elf64_Phdr p;
	uint64_t i;

	if (ofl_elf_open(file, PAGE, &e, &err)) {
		if (!err.text[0])
			abort();	/* a refusal without a word */
		return;
	}
	ofl_file_read(file, &h.head, sizeof(h.head), 0);
	h.nr = h.head.e_phnum;
	if (h.nr == PN_XNUM && ofl_file_read(file, &section, sizeof(section),
					     h.head.e_shoff) == sizeof(section))
		h.nr = section.sh_info;
	for (i = 0; i < h.nr && i < MAX_ASKED && header_of(&h, i, &p); i++) {
		check_page(&h, e, p.p_paddr / PAGE);
		check_page(&h, e, p.p_paddr / PAGE + 1);
		check_page(&h, e, (p.p_paddr + p.p_filesz) / PAGE - 1);
		check_page(&h, e, (p.p_paddr + p.p_filesz) / PAGE);
	}
	check_page(&h, e, UINT64_MAX);
	check_there(&h, e);
	ofl_elf_close(e);
}

/* pages that come at once are those that come one by one */
static void check_run(struct ofl_dump *d, uint64_t pfn)
{
	static unsigned char run[8 * 4096], page[4096];
	size_t n = ofl_dump_read_run(d, pfn, run, 8), i;

	if (n > 8 || !n != (ofl_dump_read(d, pfn, page) != OFL_DUMP_READ))
		abort();
	for (i = 0; i < n; i++)
		if (ofl_dump_read(d, pfn + i, page) != OFL_DUMP_READ ||
		    memcmp(page, run + i * 4096, 4096))
			abort();
}

/* the same by way of dump.c, which chooses the format */
static void check_dump(void)
{
	const struct ofl_dump_files files = { .fd = memfd };
	struct ofl_err err = { .status = OFL_OK };
	struct ofl_dump *d;

	if (ofl_dump_open(&files, 4096, &d, &err)) {
		if (!err.text[0])
			abort();
		return;
	}
	check_run(d, 0);
	check_run(d, 1);
	check_run(d, UINT64_MAX);
	ofl_dump_is_short(d, 1);
	ofl_dump_close(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct ofl_err err = { .status = OFL_OK };
	struct input in = { .at = data, .bytes = bytes };
	struct ofl_file *file;

	if (memfd < 0)
		memfd = memfd_create("fuzz", 0);
	if (ftruncate(memfd, 0) ||
	    pwrite(memfd, data, bytes, 0) != (ssize_t)bytes)
		abort();
	if (ofl_file_open(memfd, &file, &err)) {
		if (!err.text[0])
			abort();
		return 0;
	}
	in.stream = ofl_file_is_stream(file);
	check_stream(&in, file);
	if (ofl_elf_is_one(file))
		check_elf(file);
	ofl_file_close(file);
	check_dump();
	return 0;
}
