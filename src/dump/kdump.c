// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kdump.c - find a page in a kdump-compressed file, and decompress it
 *
 * The file is: a header, a sub-header, two bitmaps (memory that exists, and
 * pages that the file has), a descriptor for each page that it has, in the
 * order of their pfns, and then the pages. So the place of a page's descriptor
 * is the number of bits before its own; these are counted once, by steps.
 *
 * Everything is read through small windows: see window.h.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dump/codec.h"
#include "dump/kdump.h"
#include "dump/regular.h"
#include "dump/window.h"

#define STEP_BYTES	1024u		/* of a bitmap, per counted step */
#define STEP_BLOCKS	(STEP_BYTES * 8)
#define MAX_PAGE_BYTES	65536u
#define NO_BLOCK	UINT64_MAX

/* struct disk_dump_header: utsname takes 6 * 65 bytes, padding follows */
#define SIGNATURE	"KDUMP   "
#define SIGNATURE_BYTES	8
#define HEAD_VERSION	8
#define HEAD_UTSNAME	12
#define UTSNAME_BYTES	(6 * 65)
#define HEAD_STATUS	424
#define HEAD_BYTES	444
#define STATUS_INCOMPLETE	0x8
#define MAX_ASKED	512	/* blocks, a power of two */

/** struct numbers - what we want of the header */
struct numbers {
	uint32_t status;
	int32_t block_bytes;
	int32_t sub_blocks;
	uint32_t bitmap_blocks;
	uint32_t max_mapnr;
};

/** struct sub_header - struct kdump_sub_header of version 6 */
struct sub_header {
	uint64_t phys_base;
	int32_t dump_level, split;
	uint64_t start_pfn, end_pfn;
	uint64_t vmcoreinfo[2], note[2], eraseinfo[2];
	uint64_t start_pfn_64, end_pfn_64, max_mapnr_64;
};

/** struct desc - struct page_desc */
struct desc {
	int64_t offset;
	uint32_t bytes;
	uint32_t flags;
	uint64_t page_flags;
};

struct ofl_kdump {
	const char *why_not;	/* see ofl_kdump_why_not() */
	size_t page_bytes;
	size_t block_bytes;
	unsigned char *block;	/* the last one; NULL: blocks are pages */
	uint64_t block_nr;
	uint64_t nr_blocks;	/* that bitmaps and header have room for */
	uint64_t exists_at;	/* the first bitmap */
	uint64_t has_at;	/* the second */
	uint64_t desc_at;
	uint64_t part_start, part_end;	/* the blocks that have descriptors */
	uint64_t skipped;	/* pages of other parts before them */
	bool knows_skipped;
	unsigned char utsname[UTSNAME_BYTES];
	uint64_t *before;	/* pages in the file before each step ... */
	uint64_t counted;	/* ... up to this one */
	uint64_t ranked_end;	/* behind the last one of the file that was ... */
	uint64_t ranked_before;	/* ... counted, and its number; 0: none was */
	struct ofl_window exists, has, desc, data;
	struct ofl_regular *regular;	/* pages that were kept; NULL: none */
	bool keeps;			/* those that are read now */
	bool failed;		/* a page did not decompress */
	/* ofl_kdump_is_short(): small reads ask for the same few again and again */
	uint64_t asked[MAX_ASKED];	/* 1 above the block's number, and the answer in bit 0 */
	void *state[OFL_MAX_CODECS];
};

static unsigned int bits_of(uint64_t word)
{
	return (unsigned int)__builtin_popcountll(word);
}

/* of a bitmap, in the byte order of the file: only whole bytes are counted */
static uint64_t count_bits(const unsigned char *at, size_t bytes)
{
	uint64_t n = 0, word;
	size_t i;

	for (i = 0; i + sizeof(word) <= bytes; i += sizeof(word)) {
		memcpy(&word, at + i, sizeof(word));
		n += bits_of(word);
	}
	for (; i < bytes; i++)
		n += bits_of(at[i]);
	return n;
}

/* [0, step] of before[]; the file may be large, so no further than needed */
static bool count_to(struct ofl_kdump *k, uint64_t step)
{
	const unsigned char *at;

	for (; k->counted < step; k->counted++) {
		at = ofl_window_peek(&k->data, k->has_at + k->counted * STEP_BYTES,
			  STEP_BYTES);
		if (!at)
			return false;
		k->before[k->counted + 1] = k->before[k->counted] +
					    count_bits(at, STEP_BYTES);
	}
	return true;
}

static enum ofl_status check_bitmaps(struct ofl_kdump *k, struct ofl_err *err)
{
	/* a header that promises too much is not worth the memory */
	if (!ofl_window_peek(&k->has, k->desc_at - 1, 1))
		return ofl_fail(err, OFL_ERR_UNREADABLE,
				"the dump ends inside of its bitmaps");
	/* bitmaps are blocks, which are whole steps */
	k->before = calloc(k->nr_blocks / STEP_BLOCKS + 1, sizeof(*k->before));
	if (k->block_bytes != k->page_bytes)
		k->block = malloc(k->block_bytes);
	if (!k->before || (k->block_bytes != k->page_bytes && !k->block))
		return ofl_fail(err, OFL_ERR_NOMEM,
				"no memory for the bitmaps of %" PRIu64 " pages",
				k->nr_blocks);
	return OFL_OK;
}

/* what the file says of its pages: each may be as it is, or squeezed so */
static bool have_codec(uint32_t status)
{
	size_t i;

	for (i = 0; ofl_codecs[i].name; i++)
		if (status & ofl_codecs[i].flag)
			return true;
	return !(status & OFL_CODEC_FLAGS);
}

/* of a dump that makedumpfile --split wrote, a file has the pages of some blocks */
static enum ofl_status take_part(struct ofl_kdump *k, int32_t version,
				 const struct sub_header *sub,
				 struct ofl_err *err)
{
	k->part_end = UINT64_MAX;
	if (version < 2 || !sub->split)
		return OFL_OK;
	k->part_start = version >= 6 ? sub->start_pfn_64 : sub->start_pfn;
	k->part_end = version >= 6 ? sub->end_pfn_64 : sub->end_pfn;
	if (k->part_start > k->part_end || k->part_start > k->nr_blocks)
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"a part of the dump has impossible sizes");
	/* a pfn would be one of pages in one place and of blocks in another */
	if (k->block_bytes != k->page_bytes)
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump is split, and its blocks are not pages");
	return OFL_OK;
}

/* the file's own numbers; every product of them fits */
static enum ofl_status take_numbers(struct ofl_kdump *k, int32_t version,
				    const struct numbers *n,
				    const struct sub_header *sub,
				    struct ofl_err *err)
{
	uint64_t half = (uint64_t)n->bitmap_blocks / 2 * k->block_bytes;
	uint64_t max = version >= 6 ? sub->max_mapnr_64 : n->max_mapnr;

	if (n->status & STATUS_INCOMPLETE)
		k->why_not = "the dump is incomplete";
	else if (!have_codec(n->status))
		k->why_not = "offline.so was built without what decompresses the dump";
	/* with one bitmap only, crash takes it for both; odd ones it halves */
	if (n->sub_blocks < 1 || !half || n->bitmap_blocks % 2 || max > half * 8)
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump's header has impossible sizes");
	k->nr_blocks = max;
	k->exists_at = (1 + (uint64_t)n->sub_blocks) * k->block_bytes;
	k->has_at = k->exists_at + half;
	k->desc_at = k->exists_at + (uint64_t)n->bitmap_blocks * k->block_bytes;
	return take_part(k, version, sub, err);
}

static bool take_block_bytes(struct ofl_kdump *k, int32_t bytes)
{
	k->block_bytes = (size_t)bytes;
	return bytes > 0 && k->block_bytes >= k->page_bytes &&
	       k->block_bytes <= MAX_PAGE_BYTES && !(bytes & (bytes - 1));
}

static enum ofl_status read_headers(struct ofl_kdump *k, struct ofl_err *err)
{
	const unsigned char *head = ofl_window_peek(&k->desc, 0, HEAD_BYTES);
	const struct sub_header *from;
	struct sub_header sub;
	struct numbers n;
	int32_t version;

	if (!head || memcmp(head, SIGNATURE, SIGNATURE_BYTES))
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump is not kdump-compressed");
	memcpy(&version, head + HEAD_VERSION, sizeof(version));
	memcpy(&n, head + HEAD_STATUS, sizeof(n));
	memcpy(k->utsname, head + HEAD_UTSNAME, sizeof(k->utsname));
	if (!take_block_bytes(k, n.block_bytes))
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump's blocks are no whole pages of the kernel");
	from = ofl_window_peek(&k->desc, k->block_bytes, sizeof(sub));
	if (!from)
		return ofl_fail(err, OFL_ERR_UNREADABLE,
				"the dump ends inside of its header");
	memcpy(&sub, from, sizeof(sub));
	return take_numbers(k, version, &n, &sub, err);
}

static bool take_memory(struct ofl_kdump *k, const struct ofl_file *file)
{
	size_t i;
	bool ok = ofl_window_open(&k->exists, file, 4096) &&
		  ofl_window_open(&k->has, file, 4096) &&
		  ofl_window_open(&k->desc, file, 8192) &&
		  ofl_window_open(&k->data, file, MAX_PAGE_BYTES);

	for (i = 0; ok && ofl_codecs[i].name; i++) {
		if (ofl_codecs[i].new)
			k->state[i] = ofl_codecs[i].new();
		ok = !ofl_codecs[i].new || k->state[i];
	}
	return ok;
}

enum ofl_status ofl_kdump_open(const struct ofl_file *file, size_t page_bytes,
			       struct ofl_kdump **ret, struct ofl_err *err)
{
	static const char no_memory[] = "no memory to read the dump with";
	struct ofl_kdump *k;
	enum ofl_status st;

	if (page_bytes < STEP_BYTES || page_bytes > MAX_PAGE_BYTES ||
	    (page_bytes & (page_bytes - 1)))
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"pages have an unusual size");
	k = calloc(1, sizeof(*k));
	if (!k)
		return ofl_fail(err, OFL_ERR_NOMEM, "%s", no_memory);
	k->page_bytes = page_bytes;
	k->block_nr = NO_BLOCK;
	if (take_memory(k, file))
		st = read_headers(k, err);
	else
		st = ofl_fail(err, OFL_ERR_NOMEM, "%s", no_memory);
	if (!st)
		st = check_bitmaps(k, err);
	if (st)
		ofl_kdump_close(k);
	else
		*ret = k;
	return st;
}

void ofl_kdump_close(struct ofl_kdump *k)
{
	size_t i;

	if (!k)
		return;
	for (i = 0; ofl_codecs[i].name; i++)
		if (k->state[i])
			ofl_codecs[i].free(k->state[i]);
	ofl_regular_free(k->regular);
	ofl_window_close(&k->exists);
	ofl_window_close(&k->has);
	ofl_window_close(&k->desc);
	ofl_window_close(&k->data);
	free(k->before);
	free(k->block);
	free(k);
}

void ofl_kdump_part(const struct ofl_kdump *k, uint64_t *start, uint64_t *end)
{
	*start = k->part_start;
	*end = k->part_end;
}

bool ofl_kdump_same(const struct ofl_kdump *a, const struct ofl_kdump *b)
{
	return a->nr_blocks == b->nr_blocks && a->has_at == b->has_at &&
	       a->block_bytes == b->block_bytes &&
	       !memcmp(a->utsname, b->utsname, sizeof(a->utsname));
}

bool ofl_kdump_is_one(const struct ofl_file *file)
{
	char magic[SIGNATURE_BYTES];

	return ofl_file_read(file, magic, sizeof(magic), 0) == sizeof(magic) &&
	       !memcmp(magic, SIGNATURE, sizeof(magic));
}

const char *ofl_kdump_why_not(const struct ofl_kdump *k)
{
	return k->why_not;
}

static bool exists(struct ofl_kdump *k, uint64_t nr)
{
	const unsigned char *at = ofl_window_peek(&k->exists, k->exists_at + nr / 8, 1);

	return at && (*at >> (nr & 7) & 1);
}

/* the bits of the second bitmap before that of block @nr, and its own */
static bool rank(struct ofl_kdump *k, uint64_t nr, uint64_t *before, bool *has)
{
	uint64_t step = nr / STEP_BLOCKS;
	size_t byte = nr % STEP_BLOCKS / 8;
	unsigned int bit = nr & 7;
	const unsigned char *at = ofl_window_peek(&k->has, k->has_at + step * STEP_BYTES,
				       STEP_BYTES);

	if (!at)
		return false;
	*has = at[byte] >> bit & 1;
	if (!*has && nr != k->part_start)
		return true;	/* nobody wants the number, which takes long */
	if (!count_to(k, step))
		return false;
	if (nr && nr == k->ranked_end)	/* walks ask for one after the other */
		*before = k->ranked_before + 1;
	else
		*before = k->before[step] + count_bits(at, byte) +
			  bits_of(at[byte] & ((1u << bit) - 1));
	k->ranked_end = *has ? nr + 1 : 0;
	k->ranked_before = *before;
	return true;
}

/* in a part of a dump the bitmaps are those of the whole one */
static bool know_skipped(struct ofl_kdump *k)
{
	bool has;

	if (!k->knows_skipped && k->part_start)
		k->knows_skipped = rank(k, k->part_start, &k->skipped, &has);
	return k->knows_skipped || !k->part_start;
}

/* which of the descriptors is that of block @nr; false: the file has it not */
static bool index_of(struct ofl_kdump *k, uint64_t nr, uint64_t *ret)
{
	bool has = false;

	if (nr < k->part_start || nr >= k->part_end || !know_skipped(k) ||
	    !rank(k, nr, ret, &has) || !has)
		return false;
	*ret -= k->skipped;
	return true;
}

static bool expand(struct ofl_kdump *k, const struct desc *d, void *block)
{
	const void *from = ofl_window_peek(&k->data, (uint64_t)d->offset, d->bytes);
	size_t i;

	if (!from || !d->bytes)
		return false;
	if (!d->flags) {
		memcpy(block, from, d->bytes);
		return true;
	}
	for (i = 0; ofl_codecs[i].name; i++)
		if (d->flags == ofl_codecs[i].flag)
			return ofl_codecs[i].expand(k->state[i], from, d->bytes,
						    block, k->block_bytes);
	return false;
}

static bool find_desc(struct ofl_kdump *k, uint64_t nr, struct desc *ret)
{
	const void *from;
	uint64_t i;

	if (nr >= k->nr_blocks || !exists(k, nr) || !index_of(k, nr, &i))
		return false;
	from = ofl_window_peek(&k->desc, k->desc_at + i * sizeof(*ret), sizeof(*ret));
	if (!from)
		return false;
	memcpy(ret, from, sizeof(*ret));
	/* offset 0: the disk was full when the dump was written */
	return ret->offset > 0 && ret->bytes <= k->block_bytes;
}

static bool is_short(const struct ofl_kdump *k, const struct desc *d)
{
	return !(d->flags & OFL_CODEC_FLAGS) && d->bytes < k->block_bytes;
}

static enum ofl_dump_page read_block(struct ofl_kdump *k, uint64_t nr,
				      void *block)
{
	struct desc d;

	if (!find_desc(k, nr, &d))
		return OFL_DUMP_ASK_HOST;
	if (is_short(k, &d))
		return OFL_DUMP_SHORT;
	if (k->why_not)
		return OFL_DUMP_ASK_HOST;
	if (expand(k, &d, block))
		return OFL_DUMP_READ;
	k->failed = true;
	return OFL_DUMP_ASK_HOST;
}

void ofl_kdump_keep(struct ofl_kdump *k, bool on)
{
	if (!k || k->block)
		return;
	if (on && !k->regular)
		k->regular = ofl_regular_new(k->page_bytes);
	k->keeps = on;
}

/* a block that is a page, from what was kept if it is there */
static enum ofl_dump_page read_page(struct ofl_kdump *k, uint64_t pfn,
				     void *page)
{
	enum ofl_dump_page got;

	if (ofl_regular_get(k->regular, pfn, page))
		return OFL_DUMP_READ;
	got = read_block(k, pfn, page);
	if (got == OFL_DUMP_READ && k->keeps)
		ofl_regular_put(k->regular, pfn, page);
	return got;
}

enum ofl_dump_page ofl_kdump_read(struct ofl_kdump *k, uint64_t pfn,
				   void *page)
{
	uint64_t pages = k->block_bytes / k->page_bytes, nr = pfn / pages;
	enum ofl_dump_page got;

	if (!k->block)
		return read_page(k, pfn, page);
	if (nr != k->block_nr) {
		k->block_nr = NO_BLOCK;
		got = read_block(k, nr, k->block);
		if (got != OFL_DUMP_READ)
			return got;
		k->block_nr = nr;
	}
	memcpy(page, k->block + pfn % pages * k->page_bytes, k->page_bytes);
	return OFL_DUMP_READ;
}

bool ofl_kdump_failed(const struct ofl_kdump *k)
{
	return k->failed;
}

bool ofl_kdump_is_short(struct ofl_kdump *k, uint64_t pfn)
{
	uint64_t nr = pfn / (k->block_bytes / k->page_bytes);
	uint64_t *asked = &k->asked[nr % MAX_ASKED];
	struct desc d;

	if (*asked >> 1 != nr + 1)
		*asked = (nr + 1) << 1 |
			 (find_desc(k, nr, &d) && is_short(k, &d));
	return *asked & 1;
}
