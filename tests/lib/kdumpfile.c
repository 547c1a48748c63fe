// SPDX-License-Identifier: GPL-2.0-or-later
/* kdumpfile.c - write kdump-compressed files, and damage them */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#ifdef HAVE_LZO2
#include <lzo/lzo1x.h>
#endif
#ifdef HAVE_LIBZSTD
#include <zstd.h>
#endif
#ifdef HAVE_SNAPPY
#include <snappy-c.h>
#endif

#include "kdumpfile.h"

/** struct head - struct disk_dump_header */
struct head {
	char signature[8];
	int32_t header_version;
	char utsname[6][65];
	struct timeval timestamp;
	uint32_t status;
	int32_t block_size;
	int32_t sub_hdr_size;
	uint32_t bitmap_blocks;
	uint32_t max_mapnr;
	uint32_t total_ram_blocks, device_blocks, written_blocks, current_cpu;
	int32_t nr_cpus;
};

/** struct sub_head - struct kdump_sub_header */
struct sub_head {
	unsigned long phys_base;
	int32_t dump_level;
	int32_t split;
	unsigned long start_pfn, end_pfn;
	off_t offset_vmcoreinfo;
	unsigned long size_vmcoreinfo;
	off_t offset_note;
	unsigned long size_note;
	off_t offset_eraseinfo;
	unsigned long size_eraseinfo;
	unsigned long long start_pfn_64, end_pfn_64, max_mapnr_64;
};

#define HEAD(name) { 0, offsetof(struct head, name), \
		     sizeof(((struct head *)0)->name) }
#define SUB(name) { 1, offsetof(struct sub_head, name), \
		    sizeof(((struct sub_head *)0)->name) }

static const struct {
	unsigned int block;
	size_t offset, bytes;
} fields[] = {
	[KF_VERSION] = HEAD(header_version),
	[KF_STATUS] = HEAD(status),
	[KF_BLOCK_SIZE] = HEAD(block_size),
	[KF_SUB_HDR_SIZE] = HEAD(sub_hdr_size),
	[KF_BITMAP_BLOCKS] = HEAD(bitmap_blocks),
	[KF_MAX_MAPNR] = HEAD(max_mapnr),
	[KF_SPLIT] = SUB(split),
	[KF_START_PFN] = SUB(start_pfn),
	[KF_END_PFN] = SUB(end_pfn),
	[KF_START_PFN_64] = SUB(start_pfn_64),
	[KF_END_PFN_64] = SUB(end_pfn_64),
	[KF_MAX_MAPNR_64] = SUB(max_mapnr_64),
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

/* ---- compressors ---- */

#ifdef HAVE_LIBDEFLATE
static size_t squeeze_zlib(const void *from, size_t bytes, void *to, size_t room)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t got;

	must(c != NULL, "libdeflate");
	got = libdeflate_zlib_compress(c, from, bytes, to, room);
	libdeflate_free_compressor(c);
	return got;
}
#else
#define squeeze_zlib NULL
#endif

#ifdef HAVE_LZO2
/* the compressor checks no bounds: the buffer is large enough for any output */
static size_t squeeze_lzo(const void *from, size_t bytes, void *to, size_t room)
{
	void *work = malloc(LZO1X_1_MEM_COMPRESS);
	void *worst = malloc(bytes + bytes / 16 + 64 + 3);
	lzo_uint got = 0;

	must(work && worst && lzo_init() == LZO_E_OK, "lzo");
	must(lzo1x_1_compress(from, bytes, worst, &got, work) == LZO_E_OK, "lzo");
	if (got > room)
		got = 0;
	memcpy(to, worst, got);
	free(work);
	free(worst);
	return got;
}
#else
#define squeeze_lzo NULL
#endif

#ifdef HAVE_SNAPPY
static size_t squeeze_snappy(const void *from, size_t bytes, void *to,
			     size_t room)
{
	size_t got = snappy_max_compressed_length(bytes);
	char *worst = malloc(got);

	must(worst && snappy_compress(from, bytes, worst, &got) == SNAPPY_OK,
	     "snappy");
	if (got > room)
		got = 0;
	memcpy(to, worst, got);
	free(worst);
	return got;
}
#else
#define squeeze_snappy NULL
#endif

#ifdef HAVE_LIBZSTD
static size_t squeeze_zstd(const void *from, size_t bytes, void *to, size_t room)
{
	size_t got = ZSTD_compress(to, room, from, bytes, 1);

	return ZSTD_isError(got) ? 0 : got;
}
#else
#define squeeze_zstd NULL
#endif

typedef size_t (*squeezer)(const void *from, size_t bytes, void *to,
			   size_t room);

static const struct {
	const char *name;
	uint32_t flag;
	squeezer squeeze;	/* NULL: stored raw, or the library is missing */
} kinds[KF_KINDS] = {
	[KF_RAW] = { "raw", 0, NULL },
	[KF_ZLIB] = { "zlib", 0x1, squeeze_zlib },
	[KF_LZO] = { "lzo", 0x2, squeeze_lzo },
	[KF_SNAPPY] = { "snappy", 0x4, squeeze_snappy },
	[KF_ZSTD] = { "zstd", 0x20, squeeze_zstd },
};

size_t kdumpfile_squeeze(enum kf_kind kind, const void *from, size_t bytes,
			 void *to, size_t room)
{
	if (!kinds[kind].squeeze)
		return 0;
	return kinds[kind].squeeze(from, bytes, to, room);
}

bool kdumpfile_can(enum kf_kind kind)
{
	return kind == KF_RAW || kinds[kind].squeeze;
}

const char *kdumpfile_name(enum kf_kind kind)
{
	return kinds[kind].name;
}

uint32_t kdumpfile_flag(enum kf_kind kind)
{
	return kinds[kind].flag;
}

/* ---- bytes of the file ---- */

void kdumpfile_poke(struct kdumpfile *f, uint64_t at, const void *p, size_t n)
{
	must(pwrite(f->fd, p, n, (off_t)at) == (ssize_t)n, "pwrite");
}

void kdumpfile_cut(struct kdumpfile *f, uint64_t bytes)
{
	must(!ftruncate(f->fd, (off_t)bytes), "ftruncate");
}

void kdumpfile_set(struct kdumpfile *f, enum kf_field field, uint64_t value)
{
	kdumpfile_poke(f, fields[field].block * f->page_bytes +
		       fields[field].offset, &value, fields[field].bytes);
}

void kdumpfile_bit(struct kdumpfile *f, enum kf_map map, uint64_t pfn, bool on)
{
	uint64_t at = f->map_at[map] + pfn / 8;
	unsigned char byte, bit = (unsigned char)(1 << pfn % 8);

	must(pread(f->fd, &byte, 1, (off_t)at) == 1, "pread");
	byte = (unsigned char)(on ? byte | bit : byte & ~bit);
	kdumpfile_poke(f, at, &byte, 1);
}

struct kf_desc kdumpfile_desc(const struct kdumpfile *f, uint64_t nr)
{
	struct kf_desc d;

	must(pread(f->fd, &d, sizeof(d),
		   (off_t)(f->desc_at + nr * sizeof(d))) == sizeof(d), "pread");
	return d;
}

void kdumpfile_set_desc(struct kdumpfile *f, uint64_t nr,
			const struct kf_desc *d)
{
	kdumpfile_poke(f, f->desc_at + nr * sizeof(*d), d, sizeof(*d));
}

/* ---- the file ---- */

void kdumpfile_init(struct kdumpfile *f, size_t page_bytes, uint64_t nr_pfns)
{
	memset(f, 0, sizeof(*f));
	f->page_bytes = page_bytes;
	f->nr_pfns = nr_pfns;
	f->sub_blocks = 2;	/* room for notes, as in a real dump */
	f->max_descs = 64;
}

void kdumpfile_open(struct kdumpfile *f)
{
	uint64_t blocks = (f->nr_pfns + f->page_bytes * 8 - 1) /
			  (f->page_bytes * 8);
	const struct head head = {
		.signature = { 'K', 'D', 'U', 'M', 'P', ' ', ' ', ' ' },
		.header_version = 6,
		.utsname = { "Linux" },
		.block_size = (int32_t)f->page_bytes,
		.sub_hdr_size = (int32_t)f->sub_blocks,
		.bitmap_blocks = (uint32_t)blocks * 2,
		.max_mapnr = (uint32_t)f->nr_pfns,
		.nr_cpus = 1,
	};
	const struct sub_head sub = {
		.dump_level = 31, .max_mapnr_64 = f->nr_pfns,
	};

	f->fd = memfd_create("kdumpfile", 0);
	must(f->fd >= 0, "memfd_create");
	f->map_at[KF_EXISTS] = (1 + f->sub_blocks) * f->page_bytes;
	f->map_at[KF_HAS] = f->map_at[KF_EXISTS] + blocks * f->page_bytes;
	f->desc_at = f->map_at[KF_HAS] + blocks * f->page_bytes;
	f->end = f->desc_at + f->max_descs * sizeof(struct kf_desc);
	kdumpfile_cut(f, f->end);
	kdumpfile_poke(f, 0, &head, sizeof(head));
	kdumpfile_poke(f, f->page_bytes, &sub, sizeof(sub));
}

void kdumpfile_close(struct kdumpfile *f)
{
	if (f->fd > 0)
		close(f->fd);
	f->fd = 0;
}

static void add_desc(struct kdumpfile *f, uint64_t pfn, const struct kf_desc *d)
{
	must(f->nr_descs < f->max_descs && pfn < f->nr_pfns, "no room");
	kdumpfile_bit(f, KF_EXISTS, pfn, true);
	kdumpfile_bit(f, KF_HAS, pfn, true);
	kdumpfile_set_desc(f, f->nr_descs++, d);
}

void kdumpfile_add_data(struct kdumpfile *f, uint64_t pfn, uint32_t flags,
			const void *data, size_t bytes)
{
	struct kf_desc d = { .offset = (int64_t)f->end,
			     .size = (uint32_t)bytes, .flags = flags };

	kdumpfile_poke(f, f->end, data, bytes);
	f->end += bytes;
	add_desc(f, pfn, &d);
}

static bool is_zero(const unsigned char *p, size_t bytes)
{
	return !p[0] && !memcmp(p, p + 1, bytes - 1);
}

void kdumpfile_add(struct kdumpfile *f, uint64_t pfn, enum kf_kind kind,
		   const void *page)
{
	bool zero = is_zero(page, f->page_bytes);
	unsigned char small[65536];
	size_t bytes;

	if (zero && f->zero[kind].offset) {
		add_desc(f, pfn, &f->zero[kind]);
		return;
	}
	bytes = kdumpfile_squeeze(kind, page, f->page_bytes, small,
				  f->page_bytes - 1);
	if (bytes)
		kdumpfile_add_data(f, pfn, kinds[kind].flag, small, bytes);
	else
		kdumpfile_add_data(f, pfn, 0, page, f->page_bytes);
	if (zero)
		f->zero[kind] = kdumpfile_desc(f, f->nr_descs - 1);
}
