// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz_kdump.c - a kdump-compressed file that is damaged
 *
 * Input: the file. Its blocks are as large as it says itself if that can be,
 * so that small inputs have all parts; otherwise 4 KiB. They are read as pages,
 * and as four pages each. What the reader gives has to be what a reading of the
 * same bytes without tables and buffers gives, in whatever order it is asked.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dump/codec.h"
#include "dump/kdump.h"

#define MAX_PAGE	65536u
#define MAX_BLOCKS	40	/* asked for, of one file */

/** struct file - the input, and its numbers once it was opened */
struct file {
	const uint8_t *at;
	size_t bytes;
	uint64_t block_bytes, nr_blocks, exists_at, has_at, desc_at;
	uint64_t part_start, part_end;	/* blocks that have descriptors */
};

static void *states[OFL_MAX_CODECS];
static int memfd = -1;

static uint64_t number(const struct file *f, uint64_t at, size_t bytes)
{
	uint64_t v = 0;

	if (at <= f->bytes && bytes <= f->bytes - at)
		memcpy(&v, f->at + at, bytes);
	return v;
}

static uint64_t block_bytes_of(const struct file *f)
{
	uint64_t v = number(f, 428, 4);

	return v >= 1024 && v <= MAX_PAGE && !(v & (v - 1)) ? v : 4096;
}

/* of a dump that was split the file has some blocks */
static void take_part(struct file *f)
{
	uint64_t version = number(f, 8, 4), sub = f->block_bytes;
	bool split = (int32_t)version >= 2 && number(f, sub + 12, 4), wide;

	wide = (int32_t)version >= 6;
	f->part_start = !split ? 0 : number(f, sub + (wide ? 80 : 16), 8);
	f->part_end = !split ? UINT64_MAX : number(f, sub + (wide ? 88 : 24), 8);
	if (f->part_start > f->part_end)
		abort();
}

/* of a file that could be opened, so these have to be possible */
static void take_numbers(struct file *f)
{
	uint64_t blocks = number(f, 436, 4);

	f->exists_at = (1 + number(f, 432, 4)) * f->block_bytes;
	f->has_at = f->exists_at + blocks / 2 * f->block_bytes;
	f->desc_at = f->exists_at + blocks * f->block_bytes;
	f->nr_blocks = (int32_t)number(f, 8, 4) >= 6 ?
		     number(f, f->block_bytes + 96, 8) : number(f, 440, 4);
	take_part(f);
	if (blocks % 2 || f->has_at == f->exists_at ||
	    f->nr_blocks > (f->has_at - f->exists_at) * 8 ||
	    f->desc_at > f->bytes)
		abort();
}

static bool bit(const struct file *f, uint64_t map, uint64_t pfn)
{
	return number(f, map + pfn / 8, 1) >> pfn % 8 & 1;
}

static bool plain_expand(const struct file *f, uint64_t offset, uint64_t bytes,
			 uint64_t flags, void *page)
{
	size_t i;

	if (!flags) {
		memcpy(page, f->at + offset, bytes);
		return true;
	}
	for (i = 0; ofl_codecs[i].name; i++)
		if (ofl_codecs[i].flag == flags)
			return ofl_codecs[i].expand(states[i], f->at + offset,
						    bytes, page, f->block_bytes);
	return false;
}

static enum ofl_dump_page plain_read(const struct file *f, uint64_t nr,
				      void *block)
{
	uint64_t i, at = f->desc_at, offset, bytes, flags;

	if (nr >= f->nr_blocks || nr < f->part_start || nr >= f->part_end ||
	    !bit(f, f->exists_at, nr) ||
	    !bit(f, f->has_at, nr))
		return OFL_DUMP_ASK_HOST;
	for (i = f->part_start; i < nr; i++)
		at += bit(f, f->has_at, i) ? 24 : 0;
	if (at + 24 > f->bytes)
		return OFL_DUMP_ASK_HOST;
	offset = number(f, at, 8);
	bytes = number(f, at + 8, 4);
	flags = number(f, at + 12, 4);
	if (!offset || offset > INT64_MAX || bytes > f->block_bytes)
		return OFL_DUMP_ASK_HOST;
	if (bytes < f->block_bytes && !(flags & (0x1 | 0x2 | 0x4 | 0x20)))
		return OFL_DUMP_SHORT;
	if (offset > f->bytes || !bytes || bytes > f->bytes - offset ||
	    !plain_expand(f, offset, bytes, flags, block))
		return OFL_DUMP_ASK_HOST;
	return OFL_DUMP_READ;
}

static void check(const struct file *f, struct ofl_kdump *k, uint64_t parts,
		  uint64_t pfn)
{
	size_t page_bytes = f->block_bytes / parts;
	/* as large as they are, so that a byte behind them is seen */
	unsigned char *want = calloc(1, f->block_bytes);
	unsigned char *got = calloc(1, page_bytes);
	enum ofl_dump_page known;

	if (!want || !got)
		abort();
	known = plain_read(f, pfn / parts, want);
	if (known == OFL_DUMP_READ && ofl_kdump_why_not(k))
		known = OFL_DUMP_ASK_HOST;
	if (ofl_kdump_is_short(k, pfn) != (known == OFL_DUMP_SHORT) ||
	    ofl_kdump_read(k, pfn, got) != known)
		abort();
	if (known == OFL_DUMP_READ &&
	    memcmp(got, want + pfn % parts * page_bytes, page_bytes))
		abort();
	free(want);
	free(got);
}

/* the extremes, and what the file says it has, the first and the last */
static size_t choose(const struct file *f, uint64_t *nr)
{
	uint64_t i, end = f->nr_blocks < 1 << 18 ? f->nr_blocks : 1 << 18;
	size_t n = 0;

	nr[n++] = f->nr_blocks - 1;
	nr[n++] = f->nr_blocks;
	nr[n++] = UINT64_MAX / 8;
	nr[n++] = 0;
	for (i = 0; i < end && n < MAX_BLOCKS / 2; i++)
		if (bit(f, f->has_at, i))
			nr[n++] = i;
	for (i = end; i-- > 0 && n < MAX_BLOCKS; )
		if (bit(f, f->has_at, i))
			nr[n++] = i;
	return n;
}

static void check_pages(struct file *f, struct ofl_kdump *k, uint64_t parts)
{
	uint64_t nr[MAX_BLOCKS];
	size_t i, n;

	take_numbers(f);
	n = choose(f, nr);
	for (i = 0; i < n; i++)
		check(f, k, parts, nr[i] * parts);
	for (i = n; i-- > 0; )
		check(f, k, parts, nr[i] * parts + parts - 1);
	check(f, k, parts, UINT64_MAX);
}

static void check_file(struct file *f, uint64_t parts)
{
	struct ofl_err err = { .status = OFL_OK };
	struct ofl_file *file = NULL;
	struct ofl_kdump *k;

	if (ofl_file_open(memfd, &file, &err) ||
	    ofl_kdump_open(file, f->block_bytes / parts, &k, &err)) {
		if (!err.text[0])
			abort();	/* a refusal without a word */
	} else {
		check_pages(f, k, parts);
		ofl_kdump_close(k);
	}
	ofl_file_close(file);
}

static void prepare(void)
{
	size_t i;

	memfd = memfd_create("fuzz", 0);
	for (i = 0; ofl_codecs[i].name; i++)
		if (ofl_codecs[i].new)
			states[i] = ofl_codecs[i].new();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct file f = { .at = data, .bytes = bytes };

	if (memfd < 0)
		prepare();
	if (ftruncate(memfd, 0) ||
	    pwrite(memfd, data, bytes, 0) != (ssize_t)bytes)
		abort();
	f.block_bytes = block_bytes_of(&f);
	check_file(&f, 1);
	if (f.block_bytes >= 4096)
		check_file(&f, 4);
	return 0;
}
