/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * floor DUMP CODEC ROUNDS STRUCT OFFSET MASK VALUE <MEMMAP
 *
 * How fast can a memmap be walked at all? Reads, decompresses and scans the
 * bytes of the memmap, and does nothing else: no page tables, no cache, no
 * check of anything. MEMMAP is lines of "PHYSICAL BYTES". Prints the CPU
 * seconds of each round and the number of pages whose word at OFFSET is VALUE
 * under MASK.
 *
 * CODEC: zlib, libdeflate, lzo, snappy, zstd, none (for kdump-compressed, not
 * flattened), or elf.
 */
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PAGE		4096u
#define BATCH		(1u << 20)	/* bytes a pread() */
#define MAX_SPANS	65536

static void die(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(1);
}

static void *must_read(int fd, off_t at, size_t bytes)
{
	char *buf = malloc(bytes + 1);
	size_t have = 0;
	ssize_t n;

	while (buf && have < bytes) {
		n = pread(fd, buf + have, bytes - have, at + (off_t)have);
		if (n <= 0)
			die("the dump ends early");
		have += (size_t)n;
	}
	return buf ? buf : (die("no memory"), NULL);
}

static void must_read_into(int fd, void *buf, size_t bytes, off_t at)
{
	if (pread(fd, buf, bytes, at) != (ssize_t)bytes)
		die("the dump ends early");
}

/* ---- what is to be found ---- */

static struct { uint64_t phys, bytes; } span[MAX_SPANS];
static size_t nr_spans;
static uint64_t found;
static uint32_t struct_bytes, type_at, mask, value;

static void scan(const unsigned char *p, size_t bytes)
{
	const unsigned char *end = p + bytes;
	uint64_t here = 0;
	uint32_t type;

	for (p += type_at; p < end; p += struct_bytes) {
		memcpy(&type, p, sizeof(type));
		here += (type & mask) == value;
	}
	found += here;
}

/* ---- codecs, bound at run time: their headers are not needed ---- */

static int (*z_uncompress)(void *to, unsigned long *room, const void *from,
			   unsigned long bytes);
static int (*lzo_decompress)(const void *from, unsigned long bytes, void *to,
			     unsigned long *room, void *work);
static void *(*ld_new)(void);
static int (*ld_decompress)(void *d, const void *from, size_t bytes, void *to,
			    size_t room, size_t *got);
static void *ld;

static int inflate_zlib(const void *from, size_t bytes, void *to)
{
	unsigned long room = PAGE;

	return z_uncompress(to, &room, from, bytes);
}

static int inflate_ld(const void *from, size_t bytes, void *to)
{
	return ld_decompress(ld, from, bytes, to, PAGE, NULL);
}

static int inflate_lzo(const void *from, size_t bytes, void *to)
{
	unsigned long room = PAGE;

	return lzo_decompress(from, bytes, to, &room, NULL);
}

static int (*snappy_uncompress)(const void *from, size_t bytes, void *to,
				size_t *room);
static size_t (*zstd_decompress)(void *d, void *to, size_t room,
				 const void *from, size_t bytes);
static void *zstd;

static int inflate_snappy(const void *from, size_t bytes, void *to)
{
	size_t room = PAGE;

	return snappy_uncompress(from, bytes, to, &room);
}

static int inflate_zstd(const void *from, size_t bytes, void *to)
{
	return zstd_decompress(zstd, to, PAGE, from, bytes) != PAGE;
}

static void *bind(const char *library, const char *name)
{
	void *handle = dlopen(library, RTLD_NOW);
	void *function = handle ? dlsym(handle, name) : NULL;

	return function ? function : (die(library), NULL);
}

static int (*bind_codec(const char *name))(const void *, size_t, void *)
{
	if (!strcmp(name, "zlib")) {
		*(void **)&z_uncompress = bind("libz.so.1", "uncompress");
		return inflate_zlib;
	}
	if (!strcmp(name, "lzo")) {
		*(void **)&lzo_decompress =
			bind("liblzo2.so.2", "lzo1x_decompress_safe");
		return inflate_lzo;
	}
	if (!strcmp(name, "snappy")) {
		*(void **)&snappy_uncompress =
			bind("libsnappy.so.1", "snappy_uncompress");
		return inflate_snappy;
	}
	if (!strcmp(name, "zstd")) {
		void *(*new)(void);

		*(void **)&new = bind("libzstd.so.1", "ZSTD_createDCtx");
		*(void **)&zstd_decompress =
			bind("libzstd.so.1", "ZSTD_decompressDCtx");
		zstd = new();
		return inflate_zstd;
	}
	if (!strcmp(name, "none"))
		return NULL;	/* all pages are as long as pages are */
	*(void **)&ld_new = bind("libdeflate.so.0",
				 "libdeflate_alloc_decompressor");
	*(void **)&ld_decompress = bind("libdeflate.so.0",
					"libdeflate_zlib_decompress");
	ld = ld_new();
	return inflate_ld;
}

/* ---- kdump-compressed ---- */

struct page_desc {
	int64_t offset;
	uint32_t size, flags;
	uint64_t page_flags;
};

static int fd;
static unsigned char *bitmap;		/* the second: pages that are there */
static uint32_t *rank_of;		/* pages there before each 512 */
static uint64_t desc_at, max_pfn;

/* struct disk_dump_header of makedumpfile: block_size, sub_hdr_size, bitmap_blocks */
static void open_kdump(void)
{
	unsigned char *head = must_read(fd, 0, PAGE), *sub;
	uint32_t sub_blocks, bitmap_blocks, version;
	uint64_t i, half;

	if (memcmp(head, "KDUMP   ", 8))
		die("not kdump-compressed, or flattened");
	memcpy(&version, head + 8, 4);
	memcpy(&sub_blocks, head + 8 + 4 + 6 * 65 + 6 + 16 + 4 + 4, 4);
	memcpy(&bitmap_blocks, head + 8 + 4 + 6 * 65 + 6 + 16 + 4 + 4 + 4, 4);
	sub = must_read(fd, PAGE, sub_blocks * PAGE);
	half = (uint64_t)bitmap_blocks / 2 * PAGE;
	max_pfn = half * 8;
	bitmap = must_read(fd, (off_t)((1 + sub_blocks) * PAGE + half), half);
	desc_at = (1 + sub_blocks + bitmap_blocks) * (uint64_t)PAGE;
	rank_of = malloc((max_pfn / 512 + 1) * sizeof(*rank_of));
	if (!rank_of)
		die("no memory");
	rank_of[0] = 0;
	for (i = 0; i < max_pfn / 512; i++) {
		uint64_t word[8];
		int w;

		memcpy(word, bitmap + i * 64, sizeof(word));
		rank_of[i + 1] = rank_of[i];
		for (w = 0; w < 8; w++)
			rank_of[i + 1] += (uint32_t)__builtin_popcountll(word[w]);
	}
	free(head);
	free(sub);
}

static uint64_t index_of(uint64_t pfn)
{
	uint64_t n = rank_of[pfn / 512], at = pfn & ~511ull;

	for (; at + 8 <= pfn; at += 8)
		n += (uint64_t)__builtin_popcount(bitmap[at / 8]);
	return n + (uint64_t)__builtin_popcount(bitmap[at / 8] &
						((1u << (pfn - at)) - 1));
}

/* pages that lie one behind the other in the file are read together */
static void walk_descs(const struct page_desc *d, size_t nr,
		       int (*inflate)(const void *, size_t, void *))
{
	static unsigned char in[BATCH + PAGE], page[PAGE];
	size_t i, first;

	for (i = first = 0; i < nr; i = first) {
		size_t bytes = 0;

		while (first < nr && bytes + d[first].size <= BATCH &&
		       d[first].offset == d[i].offset + (int64_t)bytes)
			bytes += d[first++].size;
		must_read_into(fd, in, bytes, d[i].offset);
		for (bytes = 0; i < first; bytes += d[i++].size) {
			const void *at = in + bytes;

			if (d[i].size != PAGE && (!inflate ||
			    inflate(in + bytes, d[i].size, page)))
				die("a page does not decompress");
			scan(d[i].size == PAGE ? at : page, PAGE);
		}
	}
}

static void walk_kdump(int (*inflate)(const void *, size_t, void *))
{
	static struct page_desc desc[512];
	size_t i, n;

	for (i = 0; i < nr_spans; i++) {
		uint64_t pfn = span[i].phys / PAGE;
		uint64_t end = pfn + span[i].bytes / PAGE;

		for (; pfn < end; pfn += n) {
			n = end - pfn < 512 ? end - pfn : 512;
			must_read_into(fd, desc, n * sizeof(desc[0]),
				(off_t)(desc_at + index_of(pfn) * sizeof(desc[0])));
			walk_descs(desc, n, inflate);
		}
	}
}

/* ---- ELF ---- */

static Elf64_Phdr *phdr;
static size_t nr_phdrs;

static void open_elf(void)
{
	Elf64_Ehdr *e = must_read(fd, 0, sizeof(*e));

	if (memcmp(e->e_ident, ELFMAG, SELFMAG))
		die("not ELF");
	nr_phdrs = e->e_phnum;
	phdr = must_read(fd, (off_t)e->e_phoff, nr_phdrs * sizeof(*phdr));
	free(e);
}

static void walk_elf(void)
{
	static unsigned char in[BATCH];
	size_t i, p;

	for (i = 0; i < nr_spans; i++) {
		uint64_t at = span[i].phys, end = at + span[i].bytes, n;

		for (p = 0; p < nr_phdrs; p++)
			if (phdr[p].p_type == PT_LOAD && at >= phdr[p].p_paddr &&
			    end <= phdr[p].p_paddr + phdr[p].p_filesz)
				break;
		if (p == nr_phdrs)
			die("memory that no segment holds");
		for (; at < end; at += n) {
			n = end - at < BATCH ? end - at : BATCH;
			must_read_into(fd, in, n, (off_t)(phdr[p].p_offset +
						at - phdr[p].p_paddr));
			scan(in, n);
		}
	}
}

/* ---- */

static double spent(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	int (*inflate)(const void *, size_t, void *) = NULL;
	unsigned long rounds;
	double before;
	int is_elf;

	if (argc != 8)
		die("floor DUMP CODEC ROUNDS STRUCT OFFSET MASK VALUE <MEMMAP");
	rounds = strtoul(argv[3], NULL, 10);
	struct_bytes = (uint32_t)strtoul(argv[4], NULL, 10);
	type_at = (uint32_t)strtoul(argv[5], NULL, 10);
	mask = (uint32_t)strtoul(argv[6], NULL, 10);
	value = (uint32_t)strtoul(argv[7], NULL, 10);
	while (nr_spans < MAX_SPANS &&
	       scanf("%lu %lu", &span[nr_spans].phys, &span[nr_spans].bytes) == 2)
		nr_spans++;
	fd = open(argv[1], O_RDONLY);
	if (fd < 0 || !struct_bytes || PAGE % struct_bytes)
		die("the dump cannot be opened, or struct page is odd");
	is_elf = !strcmp(argv[2], "elf");
	if (is_elf) {
		open_elf();
	} else {
		inflate = bind_codec(argv[2]);
		open_kdump();
	}
	while (rounds--) {
		before = spent();
		found = 0;
		if (is_elf)
			walk_elf();
		else
			walk_kdump(inflate);
		printf("%.4f\n", spent() - before);
	}
	printf("%lu\n", found);
	return 0;
}
