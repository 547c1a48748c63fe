// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kdump.c - find a page in a kdump-compressed file, and decompress it
 *
 * The file is: a header, a sub-header, two bitmaps (memory that exists, and
 * pages that the file has), a descriptor for each page that it has, in the
 * order of their pfns, and then the pages. So the place of a page's descriptor
 * is the number of bits before its own; these are counted once, by steps.
 *
 * Everything is read through small buffers that go along with the reader: the
 * memmap lies in the file nearly in order. Nothing is mapped, since a file
 * that is truncated meanwhile would then end the session by a signal.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump/codec.h"
#include "dump/kdump.h"
#include "dump/regular.h"

#define STEP_BYTES	1024u		/* of a bitmap, per counted step */
#define STEP_BLOCKS	(STEP_BYTES * 8)
#define MAX_PAGE_BYTES	65536u
#define NO_BLOCK	UINT64_MAX

/* struct disk_dump_header: utsname takes 6 * 65 bytes, padding follows */
#define HEAD_VERSION	8
#define HEAD_STATUS	424
#define HEAD_BYTES	444
#define STATUS_INCOMPLETE	0x8
#define STATUS_CODECS	0x27	/* zlib, lzo, snappy, zstd: as in page_desc.flags */

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

/** struct buffer - a part of the file */
struct buffer {
	unsigned char *at;	/* owned */
	size_t room;
	uint64_t from;		/* place of at[0] in the file */
	size_t bytes;		/* of it are there */
	bool went_back;		/* when it was filled last */
};

struct ofl_kdump {
	int fd;
	const char *why_not;	/* see ofl_kdump_why_not() */
	size_t page_bytes;
	size_t block_bytes;
	unsigned char *block;	/* the last one; NULL: blocks are pages */
	uint64_t block_nr;
	uint64_t nr_blocks;	/* that bitmaps and header have room for */
	uint64_t exists_at;	/* the first bitmap */
	uint64_t has_at;	/* the second */
	uint64_t desc_at;
	uint64_t *before;	/* pages in the file before each step ... */
	uint64_t counted;	/* ... up to this one */
	struct buffer exists, has, desc, data;
	struct ofl_regular *regular;	/* pages that were kept; NULL: none */
	bool keeps;			/* those that are read now */
	void *state[OFL_MAX_CODECS];
};

/*
 * Where to fill a buffer from, for the bytes [from, from + bytes). Going back
 * twice is likely to go on: a driver's list of pages leads downwards, from one
 * stretch to the next, and upwards in each; it would fill the buffer again for
 * each stretch. So half of it lies before what is asked for, and half behind.
 * Going back once was looking ahead before, and all that follows lies behind.
 */
static uint64_t start_of(struct buffer *b, uint64_t from, size_t bytes)
{
	bool back = b->bytes && from < b->from, again = back && b->went_back;
	uint64_t half = b->room / 2;

	b->went_back = back;
	if (!again || bytes > half)
		return from;
	return from > half ? from - half : 0;
}

/* the bytes [from, from + bytes) of the file; NULL: not there */
static const void *peek(const struct ofl_kdump *k, struct buffer *b,
			uint64_t from, size_t bytes)
{
	uint64_t start;
	ssize_t got;

	if (from >= b->from && from - b->from <= b->bytes &&
	    b->bytes - (from - b->from) >= bytes)
		return b->at + (from - b->from);
	if (bytes > b->room || from > INT64_MAX - b->room) {
		b->bytes = 0;
		return NULL;
	}
	start = start_of(b, from, bytes);
	b->bytes = 0;
	got = pread(k->fd, b->at, b->room, (off_t)start);
	if (got < 0)
		return NULL;
	b->from = start;
	b->bytes = (size_t)got;
	return b->bytes >= from - start + bytes ? b->at + (from - start) : NULL;
}

static bool buffer_init(struct buffer *b, size_t room)
{
	b->at = malloc(room);
	b->room = room;
	return b->at != NULL;
}

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
		at = peek(k, &k->data, k->has_at + k->counted * STEP_BYTES,
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
	if (!peek(k, &k->has, k->desc_at - 1, 1))
		return ofl_fail(err, OFL_ERR_UNREADABLE,
				"the dump ends inside of its bitmaps");
	/* bitmaps are blocks, which are whole steps */
	k->before = calloc(k->nr_blocks / STEP_BLOCKS + 1, sizeof(*k->before));
	if (k->block_bytes != k->page_bytes)
		k->block = malloc(k->block_bytes);
	if (!k->before || (k->block_bytes != k->page_bytes && !k->block))
		return ofl_fail(err, OFL_ERR_NOMEM, "there is no memory for it");
	return OFL_OK;
}

/* what the file says of its pages: each may be as it is, or squeezed so */
static bool have_codec(uint32_t status)
{
	size_t i;

	for (i = 0; ofl_codecs[i].name; i++)
		if (status & ofl_codecs[i].flag)
			return true;
	return !(status & STATUS_CODECS);
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
	if (version >= 2 && sub->split)
		return ofl_fail(err, OFL_ERR_UNSUPPORTED, "the dump is split");
	/* with one bitmap only, crash takes it for both; odd ones it halves */
	if (n->sub_blocks < 1 || !half || n->bitmap_blocks % 2 || max > half * 8)
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump's header has impossible sizes");
	k->nr_blocks = max;
	k->exists_at = (1 + (uint64_t)n->sub_blocks) * k->block_bytes;
	k->has_at = k->exists_at + half;
	k->desc_at = k->exists_at + (uint64_t)n->bitmap_blocks * k->block_bytes;
	return OFL_OK;
}

static bool take_block_bytes(struct ofl_kdump *k, int32_t bytes)
{
	k->block_bytes = (size_t)bytes;
	return bytes > 0 && k->block_bytes >= k->page_bytes &&
	       k->block_bytes <= MAX_PAGE_BYTES && !(bytes & (bytes - 1));
}

static enum ofl_status read_headers(struct ofl_kdump *k, struct ofl_err *err)
{
	const unsigned char *head = peek(k, &k->desc, 0, HEAD_BYTES);
	const struct sub_header *from;
	struct sub_header sub;
	struct numbers n;
	int32_t version;

	if (head && !memcmp(head, "makedumpfile\0\0\0", 16))
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump is flattened");
	if (!head || memcmp(head, "KDUMP   ", 8))
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump is not kdump-compressed");
	memcpy(&version, head + HEAD_VERSION, sizeof(version));
	memcpy(&n, head + HEAD_STATUS, sizeof(n));
	if (!take_block_bytes(k, n.block_bytes))
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"the dump's blocks are no whole pages of the kernel");
	from = peek(k, &k->desc, k->block_bytes, sizeof(sub));
	if (!from)
		return ofl_fail(err, OFL_ERR_UNREADABLE,
				"the dump ends inside of its header");
	memcpy(&sub, from, sizeof(sub));
	return take_numbers(k, version, &n, &sub, err);
}

static bool take_memory(struct ofl_kdump *k)
{
	size_t i;
	bool ok = buffer_init(&k->exists, 4096) && buffer_init(&k->has, 4096) &&
		  buffer_init(&k->desc, 8192) &&
		  buffer_init(&k->data, MAX_PAGE_BYTES);

	for (i = 0; ok && ofl_codecs[i].name; i++) {
		if (ofl_codecs[i].new)
			k->state[i] = ofl_codecs[i].new();
		ok = !ofl_codecs[i].new || k->state[i];
	}
	return ok;
}

enum ofl_status ofl_kdump_open(int fd, size_t page_bytes,
			       struct ofl_kdump **ret, struct ofl_err *err)
{
	struct ofl_kdump *k;
	enum ofl_status st;

	if (page_bytes < STEP_BYTES || page_bytes > MAX_PAGE_BYTES ||
	    (page_bytes & (page_bytes - 1)))
		return ofl_fail(err, OFL_ERR_UNSUPPORTED,
				"pages have an unusual size");
	k = calloc(1, sizeof(*k));
	if (!k)
		return ofl_fail(err, OFL_ERR_NOMEM, "there is no memory for it");
	k->fd = fd;
	k->page_bytes = page_bytes;
	k->block_nr = NO_BLOCK;
	if (take_memory(k))
		st = read_headers(k, err);
	else
		st = ofl_fail(err, OFL_ERR_NOMEM, "there is no memory for it");
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
	free(k->exists.at);
	free(k->has.at);
	free(k->desc.at);
	free(k->data.at);
	free(k->before);
	free(k->block);
	free(k);
}

const char *ofl_kdump_why_not(const struct ofl_kdump *k)
{
	return k->why_not;
}

static bool exists(struct ofl_kdump *k, uint64_t nr)
{
	const unsigned char *at = peek(k, &k->exists, k->exists_at + nr / 8, 1);

	return at && (*at >> (nr & 7) & 1);
}

/* which of the descriptors is that of block @nr; false: the file has it not */
static bool index_of(struct ofl_kdump *k, uint64_t nr, uint64_t *ret)
{
	uint64_t step = nr / STEP_BLOCKS;
	size_t byte = nr % STEP_BLOCKS / 8;
	unsigned int bit = nr & 7;
	const unsigned char *at = peek(k, &k->has, k->has_at + step * STEP_BYTES,
				       STEP_BYTES);

	if (!at || !(at[byte] >> bit & 1) || !count_to(k, step))
		return false;
	*ret = k->before[step] + count_bits(at, byte) +
	       bits_of(at[byte] & ((1u << bit) - 1));
	return true;
}

static bool expand(struct ofl_kdump *k, const struct desc *d, void *block)
{
	const void *from = peek(k, &k->data, (uint64_t)d->offset, d->bytes);
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
	from = peek(k, &k->desc, k->desc_at + i * sizeof(*ret), sizeof(*ret));
	if (!from)
		return false;
	memcpy(ret, from, sizeof(*ret));
	/* offset 0: the disk was full when the dump was written */
	return ret->offset > 0 && ret->bytes <= k->block_bytes;
}

static bool is_short(const struct ofl_kdump *k, const struct desc *d)
{
	return !(d->flags & STATUS_CODECS) && d->bytes < k->block_bytes;
}

static enum ofl_kdump_page read_block(struct ofl_kdump *k, uint64_t nr,
				      void *block)
{
	struct desc d;

	if (!find_desc(k, nr, &d))
		return OFL_KDUMP_ASK_HOST;
	if (is_short(k, &d))
		return OFL_KDUMP_SHORT;
	if (k->why_not)
		return OFL_KDUMP_ASK_HOST;
	return expand(k, &d, block) ? OFL_KDUMP_READ : OFL_KDUMP_ASK_HOST;
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
static enum ofl_kdump_page read_page(struct ofl_kdump *k, uint64_t pfn,
				     void *page)
{
	enum ofl_kdump_page got;

	if (ofl_regular_get(k->regular, pfn, page))
		return OFL_KDUMP_READ;
	got = read_block(k, pfn, page);
	if (got == OFL_KDUMP_READ && k->keeps)
		ofl_regular_put(k->regular, pfn, page);
	return got;
}

enum ofl_kdump_page ofl_kdump_read(struct ofl_kdump *k, uint64_t pfn,
				   void *page)
{
	uint64_t pages = k->block_bytes / k->page_bytes, nr = pfn / pages;
	enum ofl_kdump_page got;

	if (!k->block)
		return read_page(k, pfn, page);
	if (nr != k->block_nr) {
		k->block_nr = NO_BLOCK;
		got = read_block(k, nr, k->block);
		if (got != OFL_KDUMP_READ)
			return got;
		k->block_nr = nr;
	}
	memcpy(page, k->block + pfn % pages * k->page_bytes, k->page_bytes);
	return OFL_KDUMP_READ;
}

bool ofl_kdump_is_short(struct ofl_kdump *k, uint64_t pfn)
{
	struct desc d;

	return find_desc(k, pfn / (k->block_bytes / k->page_bytes), &d) &&
	       is_short(k, &d);
}
