// SPDX-License-Identifier: GPL-2.0-or-later
/* test_kdump.c - every page as it was written, or none */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "dump/kdump.h"
#include "kdumpfile.h"

#define STEP		8192		/* pfns that kdump.c counts at once */
#define SPARSE_PFNS	(5 * STEP + 100)
#define DENSE_PFNS	1500		/* more descriptors than its buffer has */
#define MAX_PAGES	2048

static struct kdumpfile f;
static struct ofl_kdump *k;
static struct ofl_file *file;	/* of the last that was opened */
static struct ofl_err err;
static uint64_t pfns[MAX_PAGES];	/* that the file has, ascending */
static size_t nr_pages;
static unsigned char *got;		/* exactly a page, so that ASan sees more */

static int drop(void **state)
{
	(void)state;
	ofl_kdump_close(k);
	k = NULL;
	ofl_file_close(file);
	file = NULL;
	kdumpfile_close(&f);
	free(got);
	got = NULL;
	nr_pages = 0;
	return 0;
}

/* ---- what pages hold ---- */

/* each word is another one, and one in seven pages is of zeros */
static void fill(unsigned char *page, uint64_t pfn, size_t bytes)
{
	uint64_t word;
	size_t i;

	memset(page, 0, bytes);
	for (i = 0; pfn % 7 != 6 && i < bytes; i += 2 * sizeof(word)) {
		word = (pfn + 1) * 0x100000 + i;
		memcpy(page + i, &word, sizeof(word));
	}
}

/* noise, which no codec makes smaller */
static void fill_noise(unsigned char *page, uint64_t pfn, size_t bytes)
{
	uint64_t word = pfn * 2 + 1;
	size_t i;

	for (i = 0; i < bytes; i++) {
		word = word * 6364136223846793005u + 1442695040888963407u;
		page[i] = (unsigned char)(word >> 56);
	}
}

static void begin(size_t page_bytes, uint64_t nr_pfns, uint64_t descs)
{
	kdumpfile_init(&f, page_bytes, nr_pfns);
	f.max_descs = descs;
	kdumpfile_open(&f);
}

static void add(uint64_t pfn, enum kf_kind kind)
{
	unsigned char page[65536];

	assert_true(nr_pages < MAX_PAGES);
	fill(page, pfn, f.page_bytes);
	kdumpfile_add(&f, pfn, kind, page);
	pfns[nr_pages++] = pfn;
}

static enum ofl_status open_as(size_t page_bytes, struct ofl_kdump **ret)
{
	ofl_file_close(file);
	file = NULL;
	if (ofl_file_open(f.fd, &file, &err))
		fail_msg("%s", err.text);
	return ofl_kdump_open(file, page_bytes, ret, &err);
}

static void open_it(void)
{
	ofl_kdump_close(k);
	k = NULL;
	if (open_as(f.page_bytes, &k))
		fail_msg("%s", err.text);
	free(got);
	got = malloc(f.page_bytes);
}

static void expect_page(uint64_t pfn)
{
	unsigned char want[65536];

	fill(want, pfn, f.page_bytes);
	memset(got, 0xa5, f.page_bytes);
	if (ofl_kdump_read(k, pfn, got) != OFL_DUMP_READ)
		fail_msg("pfn %lx is not there", (unsigned long)pfn);
	if (memcmp(got, want, f.page_bytes))
		fail_msg("pfn %lx is another page", (unsigned long)pfn);
}

static void expect(uint64_t pfn)
{
	assert_false(ofl_kdump_is_short(k, pfn));
	expect_page(pfn);
}

static void expect_not(uint64_t pfn, enum ofl_dump_page why)
{
	assert_int_equal(ofl_kdump_is_short(k, pfn), why == OFL_DUMP_SHORT);
	if (ofl_kdump_read(k, pfn, got) != why)
		fail_msg("pfn %lx is there, or it is said to be what it is not",
			 (unsigned long)pfn);
}

static void expect_none(uint64_t pfn)
{
	expect_not(pfn, OFL_DUMP_ASK_HOST);
}

static void need(enum kf_kind kind)
{
	if (kdumpfile_can(kind))
		return;
	printf("built without the library for %s: such pages are left to crash\n",
	       kdumpfile_name(kind));
	skip();
}

/* ---- every page ---- */

static void check_in_any_order(void)
{
	size_t i;

	open_it();
	for (i = 0; i < nr_pages; i++)
		expect(pfns[i]);
	for (i = nr_pages; i-- > 0; )
		expect(pfns[i]);
	open_it();		/* and when nothing has been counted yet */
	for (i = nr_pages; i-- > 0; )
		expect(pfns[i]);
	open_it();
	for (i = 0; i < 2 * nr_pages; i++)
		expect(pfns[(size_t)random() % nr_pages]);
}

static bool has(uint64_t pfn)
{
	size_t i;

	for (i = 0; i < nr_pages; i++)
		if (pfns[i] == pfn)
			return true;
	return false;
}

static bool is_sparse(uint64_t pfn)
{
	uint64_t in_step = pfn % STEP;

	if (pfn / STEP == 3)
		return false;	/* a step without any */
	return in_step < 3 || in_step > STEP - 4 || pfn == SPARSE_PFNS - 1 ||
	       in_step / 3 == 1000 || random() % 200 == 0;
}

/* most of memory is filtered out: it has no descriptors */
static void all_exist(uint64_t nr_pfns)
{
	unsigned char ones[STEP];

	memset(ones, 0xff, sizeof(ones));
	assert_in_range(nr_pfns, 1, 8 * sizeof(ones));
	kdumpfile_poke(&f, f.map_at[KF_EXISTS], ones, nr_pfns / 8);
}

static void check_kind(enum kf_kind kind, size_t page_bytes)
{
	uint64_t pfn;

	need(kind);
	unit_seed();
	begin(page_bytes, SPARSE_PFNS, MAX_PAGES);
	all_exist(SPARSE_PFNS);
	for (pfn = 0; pfn < SPARSE_PFNS; pfn++)
		if (is_sparse(pfn))
			add(pfn, kind);
	check_in_any_order();
	for (pfn = 0; pfn < SPARSE_PFNS; pfn++)
		if (!has(pfn))
			expect_none(pfn);
	expect_none(SPARSE_PFNS);
	expect_none(SPARSE_PFNS + STEP);
	expect_none(UINT64_MAX);
	expect(SPARSE_PFNS - 1);
}

#define KIND(name, kind)				\
static void test_4k_##name(void **state)		\
{							\
	(void)state;					\
	check_kind(kind, 4096);				\
}							\
							\
static void test_64k_##name(void **state)		\
{							\
	(void)state;					\
	check_kind(kind, 65536);			\
}

KIND(raw, KF_RAW)
KIND(zlib, KF_ZLIB)
KIND(lzo, KF_LZO)
KIND(snappy, KF_SNAPPY)
KIND(zstd, KF_ZSTD)

/* @pfn counts pages of @page_bytes, of which a block has several */
static void expect_part(uint64_t pfn, size_t page_bytes)
{
	uint64_t parts = f.page_bytes / page_bytes;
	unsigned char want[65536];

	fill(want, pfn / parts, f.page_bytes);
	memset(got, 0xa5, page_bytes);
	if (ofl_kdump_read(k, pfn, got) != OFL_DUMP_READ)
		fail_msg("pfn %lx is not there", (unsigned long)pfn);
	if (memcmp(got, want + pfn % parts * page_bytes, page_bytes))
		fail_msg("pfn %lx is another page", (unsigned long)pfn);
}

static void check_parts(enum kf_kind kind, size_t block_bytes, size_t page_bytes)
{
	uint64_t parts = block_bytes / page_bytes, pfn;
	size_t i;

	begin(block_bytes, 2 * STEP, 64);
	for (i = 0; i < 40; i++)
		add(i * 400 + (i & 1), kind);
	assert_int_equal(open_as(page_bytes, &k), OFL_OK);
	got = malloc(page_bytes);
	for (i = 0; i < nr_pages; i++)
		for (pfn = 0; pfn < parts; pfn++)
			expect_part(pfns[i] * parts + pfn, page_bytes);
	for (i = 0; i < 2000; i++)
		expect_part(pfns[(size_t)random() % nr_pages] * parts +
			    (uint64_t)random() % parts, page_bytes);
	expect_none(2 * parts);
	expect_part(parts - 1, page_bytes);
	expect_none(2 * STEP * parts);
	expect_none(UINT64_MAX);
	drop(NULL);
}

/* QEMU writes arm64 so */
static void test_blocks_of_pages(void **state)
{
	(void)state;
	unit_seed();
	check_parts(KF_RAW, 65536, 4096);
	check_parts(KF_RAW, 8192, 4096);
	check_parts(KF_RAW, 65536, 16384);
	if (kdumpfile_can(KF_ZLIB))
		check_parts(KF_ZLIB, 65536, 4096);
}

/* what is left of another block is no page of the one that is damaged */
static void test_damaged_block_of_pages(void **state)
{
	enum kf_kind kind;
	struct kf_desc d;

	(void)state;
	for (kind = KF_RAW; kind < KF_KINDS; kind++) {
		if (!kdumpfile_can(kind))
			continue;
		begin(65536, STEP, 64);
		add(1, kind);
		add(2, kind);
		d = kdumpfile_desc(&f, 1);
		if (kind == KF_RAW)
			d.flags = 0x4000;
		else
			d.size -= 9;	/* the first pages still come out */
		kdumpfile_set_desc(&f, 1, &d);
		assert_int_equal(open_as(4096, &k), OFL_OK);
		got = malloc(4096);
		expect_part(1 * 16 + 3, 4096);
		expect_none(60 * 16);	/* the dump does not have it */
		assert_false(ofl_kdump_failed(k));
		expect_none(2 * 16 + 3);
		assert_true(ofl_kdump_failed(k));
		expect_none(2 * 16 + 3);
		expect_part(1 * 16 + 4, 4096);
		expect_none(2 * 16 + 3);
		expect_part(1 * 16, 4096);
		drop(NULL);
	}
}

/* all bits of a byte, of a word and of steps, and many descriptors */
static void test_dense(void **state)
{
	uint64_t pfn;

	(void)state;
	unit_seed();
	begin(4096, 2 * STEP, MAX_PAGES);
	for (pfn = STEP - DENSE_PFNS / 2; nr_pages < DENSE_PFNS; pfn++)
		add(pfn, KF_RAW);
	check_in_any_order();
	expect_none(pfns[0] - 1);
	expect_none(pfns[nr_pages - 1] + 1);
}

/* that this process has read from any file so far */
static unsigned long bytes_read(void)
{
	FILE *io = fopen("/proc/self/io", "re");
	unsigned long bytes;

	assert_non_null(io);
	assert_int_equal(fscanf(io, "rchar: %lu", &bytes), 1);
	fclose(io);
	return bytes;
}

/* a list of pages leads downwards, mostly: no page costs a buffer of its own */
static void test_backwards_reads_no_more_than_needed(void **state)
{
	unsigned long before, up, down;
	uint64_t pfn;
	size_t i;

	(void)state;
	begin(4096, 2 * STEP, MAX_PAGES);
	/* without those of zeros, all of which are one page of the file */
	for (pfn = STEP - DENSE_PFNS / 2; nr_pages < DENSE_PFNS; pfn++)
		if (pfn % 7 != 6)
			add(pfn, KF_RAW);
	open_it();
	before = bytes_read();
	for (i = 0; i < nr_pages; i++)
		expect(pfns[i]);
	up = bytes_read() - before;
	before = bytes_read();
	/* from stretch to stretch, and upwards in each */
	for (i = 0; i < nr_pages; i++)
		expect(pfns[nr_pages - 1 - i / 5 * 5 - (4 - i % 5)]);
	down = bytes_read() - before;
	assert_in_range(up, DENSE_PFNS * 4096, DENSE_PFNS * 4096 * 5 / 4);
	assert_in_range(down, up, 3 * up);
	/* back once, and on from there: as much lies ahead as ever */
	before = bytes_read();
	for (i = 0; i < nr_pages; i++)
		expect(pfns[i / 16 % 2 ? i - 16 : i + 16 < nr_pages ? i + 16 : i]);
	up = bytes_read() - before;
	assert_in_range(up, DENSE_PFNS * 4096, DENSE_PFNS * 4096 * 5 / 4);
}

/* makedumpfile leaves a page as it is when compressing does not help */
static void test_mixed_kinds(void **state)
{
	unsigned char noise[4096];
	uint64_t pfn;

	(void)state;
	begin(4096, STEP, 256);
	for (pfn = 0; pfn < 200; pfn++) {
		enum kf_kind kind = (enum kf_kind)(pfn % KF_KINDS);

		fill_noise(noise, pfn, 4096);
		if (pfn % 9 == 8)
			kdumpfile_add(&f, pfn, kind, noise);
		else
			add(pfn, kdumpfile_can(kind) ? kind : KF_RAW);
	}
	check_in_any_order();
	for (pfn = 8; pfn < 200; pfn += 9) {
		assert_int_equal(ofl_kdump_read(k, pfn, got), OFL_DUMP_READ);
		fill_noise(noise, pfn, 4096);
		assert_memory_equal(got, noise, 4096);
	}
}

/* data need not lie in the order of the descriptors */
static void test_data_in_any_order(void **state)
{
	struct kf_desc a, b;
	uint64_t pfn, i;

	(void)state;
	begin(4096, STEP, 64);
	for (pfn = 0; pfn < 60; pfn++)
		add(pfn * 5, KF_RAW);
	for (i = 0; i < 30; i++) {
		a = kdumpfile_desc(&f, i);
		b = kdumpfile_desc(&f, 59 - i);
		kdumpfile_set_desc(&f, i, &b);
		kdumpfile_set_desc(&f, 59 - i, &a);
	}
	open_it();
	for (i = 0; i < 60; i++) {
		unsigned char want[4096];

		fill(want, (59 - i) * 5, 4096);
		assert_int_equal(ofl_kdump_read(k, i * 5, got), OFL_DUMP_READ);
		assert_memory_equal(got, want, 4096);
	}
}

/* pages that are kept need no file any more; others do */
static void test_kept(void **state)
{
	uint64_t pfn;

	(void)state;
	begin(4096, STEP, 256);
	for (pfn = 0; pfn < 200; pfn++)
		add(pfn, KF_RAW);
	open_it();
	expect(150);
	ofl_kdump_keep(k, true);
	for (pfn = 0; pfn < 100; pfn++)
		expect(pfn);
	ofl_kdump_keep(k, false);
	for (pfn = 0; pfn < 200; pfn++)
		expect(pfn);
	kdumpfile_cut(&f, f.desc_at);
	for (pfn = 0; pfn < 100; pfn++)
		expect_page(pfn);
	assert_int_equal(ofl_kdump_read(k, 120, got), OFL_DUMP_ASK_HOST);
	ofl_kdump_keep(NULL, true);
}

/* where the bitmaps begin is said by the header */
static void test_sub_header_sizes(void **state)
{
	uint32_t blocks;
	uint64_t pfn;

	(void)state;
	for (blocks = 1; blocks < 6; blocks++) {
		kdumpfile_init(&f, 4096, STEP);
		f.sub_blocks = blocks;
		kdumpfile_open(&f);
		for (pfn = 3; pfn < 40; pfn += 4)
			add(pfn, KF_RAW);
		check_in_any_order();
		drop(NULL);
	}
}

/* ---- pages that are not there ---- */

static void test_only_in_one_bitmap(void **state)
{
	uint64_t pfn;

	(void)state;
	begin(4096, 2 * STEP, 64);
	for (pfn = 10; pfn < 40; pfn++)
		add(pfn, KF_RAW);
	add(STEP + 1, KF_RAW);
	/* memory that was filtered out; it has no descriptor */
	kdumpfile_bit(&f, KF_EXISTS, 9, true);
	kdumpfile_bit(&f, KF_EXISTS, STEP, true);
	/* it has one, which counts, but crash does not look there */
	kdumpfile_bit(&f, KF_EXISTS, 20, false);
	open_it();
	expect_none(9);
	expect_none(STEP);
	expect_none(20);
	for (pfn = 10; pfn < 40; pfn++)
		if (pfn != 20)
			expect(pfn);
	expect(STEP + 1);
}

/* bits behind the last pfn mean nothing */
static void test_behind_the_last(void **state)
{
	uint64_t pfn;

	(void)state;
	begin(4096, STEP, 64);
	for (pfn = 90; pfn < 110; pfn++)
		add(pfn, KF_RAW);
	kdumpfile_set(&f, KF_MAX_MAPNR_64, 100);
	open_it();
	expect(99);
	expect_none(100);
	expect_none(101);
}

/* ---- refusals ---- */

static void refused(enum ofl_status st, const char *text)
{
	struct ofl_kdump *none = NULL;

	assert_int_equal(open_as(f.page_bytes, &none), st);
	assert_string_equal(err.text, text);
	assert_null(none);
}

static const char *const not_kdump = "the dump is not kdump-compressed";
static const char *const other_blocks =
	"the dump's blocks are no whole pages of the kernel";
static const char *const impossible = "the dump's header has impossible sizes";
static const char *const in_bitmaps = "the dump ends inside of its bitmaps";
static const char *const incomplete = "the dump is incomplete";
static const char *const no_codec =
	"offline.so was built without what decompresses the dump";
static const char no_memory[] = "no memory ";	/* for what is said behind it */

static void test_page_sizes(void **state)
{
	static const size_t bad[] = { 0, 1, 512, 1023, 1025, 4095, 5000, 12288,
				      65537, 131072, SIZE_MAX };
	size_t i, good;

	(void)state;
	begin(4096, STEP, 64);
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		f.page_bytes = bad[i];
		refused(OFL_ERR_UNSUPPORTED, "pages have an unusual size");
	}
	drop(NULL);
	for (good = 1024; good <= 65536; good *= 2) {
		begin(good, STEP, 64);
		add(7, KF_RAW);
		check_in_any_order();
		drop(NULL);
	}
}

static void test_other_files(void **state)
{
	(void)state;
	begin(4096, STEP, 64);
	add(1, KF_RAW);
	kdumpfile_poke(&f, 0, "DISKDUMP", 8);
	refused(OFL_ERR_UNSUPPORTED, not_kdump);
	kdumpfile_poke(&f, 0, "KDUMP  \0", 8);
	refused(OFL_ERR_UNSUPPORTED, not_kdump);
	kdumpfile_poke(&f, 0, "\177ELF", 4);
	refused(OFL_ERR_UNSUPPORTED, not_kdump);
	kdumpfile_poke(&f, 0, "makedumpfile ", 13);
	refused(OFL_ERR_UNSUPPORTED, not_kdump);
	kdumpfile_cut(&f, 0);
	refused(OFL_ERR_UNSUPPORTED, not_kdump);
}

/* crash takes one bitmap for both, then */
static void test_no_bitmaps(void **state)
{
	(void)state;
	begin(4096, STEP, 64);
	kdumpfile_set(&f, KF_BITMAP_BLOCKS, 0);
	kdumpfile_set(&f, KF_MAX_MAPNR_64, 0);
	refused(OFL_ERR_UNSUPPORTED, impossible);
}

/* nothing but the end of the file is wrong; sizes of makedumpfile's structures */
static void test_cut_anywhere(void **state)
{
	uint64_t bytes;

	(void)state;
	begin(4096, STEP, 64);
	add(1, KF_RAW);
	open_it();
	kdumpfile_cut(&f, f.desc_at);
	open_it();
	expect_none(1);
	for (bytes = f.desc_at - 1; bytes >= 4096 + 104; bytes -= 11) {
		kdumpfile_cut(&f, bytes);
		refused(OFL_ERR_UNREADABLE, in_bitmaps);
	}
	kdumpfile_cut(&f, 4096 + 104);
	refused(OFL_ERR_UNREADABLE, in_bitmaps);
	kdumpfile_cut(&f, 4096 + 103);
	refused(OFL_ERR_UNREADABLE, "the dump ends inside of its header");
	kdumpfile_cut(&f, 444);
	refused(OFL_ERR_UNREADABLE, "the dump ends inside of its header");
	kdumpfile_cut(&f, 443);
	refused(OFL_ERR_UNSUPPORTED, not_kdump);
}

static const struct {
	enum kf_field field;
	uint64_t value;
	const char *text;	/* NULL: it can be opened */
} headers[] = {
	{ KF_BLOCK_SIZE, 2048, other_blocks }, { KF_BLOCK_SIZE, 0, other_blocks },
	{ KF_BLOCK_SIZE, 4097, other_blocks }, { KF_BLOCK_SIZE, 12288, other_blocks },
	{ KF_BLOCK_SIZE, 131072, other_blocks },
	{ KF_BLOCK_SIZE, (uint32_t)-4096, other_blocks },
	{ KF_STATUS, 0x10, NULL }, { KF_STATUS, 0, NULL },
	{ KF_SPLIT, 1, NULL },
	{ KF_SUB_HDR_SIZE, 0, impossible },
	{ KF_SUB_HDR_SIZE, (uint32_t)-1, impossible },
	{ KF_SUB_HDR_SIZE, INT32_MAX, in_bitmaps },
	{ KF_BITMAP_BLOCKS, 0, impossible }, { KF_BITMAP_BLOCKS, 1, impossible },
	{ KF_BITMAP_BLOCKS, 3, impossible },
	{ KF_BITMAP_BLOCKS, UINT32_MAX, impossible },
	{ KF_BITMAP_BLOCKS, UINT32_MAX - 1, in_bitmaps },
	{ KF_BITMAP_BLOCKS, 0x80000000u, in_bitmaps },
	/* a block has room for so many bits */
	{ KF_MAX_MAPNR_64, 4096 * 8, NULL },
	{ KF_MAX_MAPNR_64, 4096 * 8 + 1, impossible },
	{ KF_MAX_MAPNR_64, UINT64_MAX, impossible },
	{ KF_MAX_MAPNR_64, 1ull << 63, impossible },
	{ KF_MAX_MAPNR_64, 0, NULL },
	{ KF_MAX_MAPNR, UINT32_MAX, NULL },
};

/* a dump for whose pages there is no library is left to crash, all of it */
static void test_codecs(void **state)
{
	enum kf_kind kind;

	(void)state;
	begin(4096, STEP, 64);
	for (kind = KF_ZLIB; kind < KF_KINDS; kind++) {
		kdumpfile_set(&f, KF_STATUS, kdumpfile_flag(kind));
		open_it();
		if (kdumpfile_can(kind))
			assert_null(ofl_kdump_why_not(k));
		else
			assert_string_equal(ofl_kdump_why_not(k), no_codec);
	}
}

/* it can be told which pages are damaged, if nothing else */
static void test_not_read(void **state)
{
	static const struct {
		uint64_t status;
		const char *why;
	} rows[] = {
		{ 0x8, incomplete }, { 0x9, incomplete }, { 0xc, incomplete },
		{ 0x4, no_codec }, { 0x14, no_codec },
	};
	const size_t nr = ARRAY_LEN(rows) - (kdumpfile_can(KF_SNAPPY) ? 2 : 0);
	struct kf_desc d;
	size_t i;

	(void)state;
	begin(4096, STEP, 64);
	add(1, KF_RAW);
	add(2, KF_RAW);
	d = kdumpfile_desc(&f, 1);
	d.size--;
	kdumpfile_set_desc(&f, 1, &d);
	for (i = 0; i < nr; i++) {
		kdumpfile_set(&f, KF_STATUS, rows[i].status);
		open_it();
		assert_string_equal(ofl_kdump_why_not(k), rows[i].why);
		expect_none(1);
		expect_not(2, OFL_DUMP_SHORT);
		expect_none(3);
	}
	kdumpfile_set(&f, KF_STATUS, 0x1);
	open_it();
	if (kdumpfile_can(KF_ZLIB))
		expect(1);
}

static void test_headers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(headers); i++) {
		bool ends = headers[i].text == in_bitmaps;

		begin(4096, STEP, 64);
		add(1, KF_RAW);
		kdumpfile_set(&f, headers[i].field, headers[i].value);
		if (headers[i].text)
			refused(ends ? OFL_ERR_UNREADABLE : OFL_ERR_UNSUPPORTED,
				headers[i].text);
		else
			open_it();
		drop(NULL);
	}
}

/* a number counts from the version on that brought it */
static void test_versions(void **state)
{
	(void)state;
	begin(4096, STEP, 64);
	add(10, KF_RAW);
	add(20, KF_RAW);
	kdumpfile_set(&f, KF_VERSION, 5);
	kdumpfile_set(&f, KF_MAX_MAPNR, 15);
	open_it();
	expect(10);
	expect_none(20);
	kdumpfile_set(&f, KF_MAX_MAPNR, 4096 * 8 + 1);
	refused(OFL_ERR_UNSUPPORTED, impossible);
	kdumpfile_set(&f, KF_MAX_MAPNR, 15);
	kdumpfile_set(&f, KF_VERSION, 6);
	open_it();
	expect(20);
	/* part of a dump: [0, 0) in the old numbers, [0, 15) in the new ones */
	kdumpfile_set(&f, KF_SPLIT, 1);
	kdumpfile_set(&f, KF_END_PFN_64, 15);
	open_it();
	expect(10);
	expect_none(20);
	kdumpfile_set(&f, KF_VERSION, 2);
	open_it();
	expect_none(10);
	kdumpfile_set(&f, KF_VERSION, 1);
	open_it();
	expect(10);
}

/* ---- damaged pages ---- */

/* cache_page() of crash copies a whole page of these */
static bool is_short(const struct kf_desc *d)
{
	return d->offset > 0 && d->size < 4096 && !(d->flags & 0x27);
}

/* the descriptor of the page in the middle of five becomes @bad */
static void check_desc(const struct kf_desc *bad)
{
	enum ofl_dump_page why = is_short(bad) ? OFL_DUMP_SHORT :
						  OFL_DUMP_ASK_HOST;

	kdumpfile_set_desc(&f, 2, bad);
	open_it();
	expect(101);
	expect_not(102, why);
	expect(103);
	expect_not(102, why);
	expect(100);
	expect(104);
}

static void begin_five(enum kf_kind kind)
{
	uint64_t pfn;

	begin(4096, STEP, 64);
	for (pfn = 100; pfn < 105; pfn++)
		add(pfn, kind);
}

static void test_bad_descriptors(void **state)
{
	static const int64_t offset[] = { 0, -1, -4096, INT64_MIN, INT64_MAX,
					  INT64_MAX - 4096, INT64_MAX - 65536,
					  INT64_MAX - 65535, 1ll << 50 };
	static const uint32_t size[] = { 0, 1, 4095, 4097, 65536, 65537,
					 INT32_MAX, UINT32_MAX };
	static const uint32_t flags[] = { 0x4, 0x8, 0x10, 0x40, 0x80, 0x3, 0x21,
					  0x100, 0x80000000u, UINT32_MAX };
	struct kf_desc good, bad;
	size_t i;

	(void)state;
	begin_five(KF_RAW);
	good = kdumpfile_desc(&f, 2);
	for (i = 0; i < ARRAY_LEN(offset); i++) {
		bad = good;
		bad.offset = offset[i];
		check_desc(&bad);
	}
	for (i = 0; i < ARRAY_LEN(size); i++) {
		bad = good;
		bad.size = size[i];
		check_desc(&bad);
	}
	for (i = 0; i < ARRAY_LEN(flags); i++) {
		bad = good;
		bad.flags = flags[i];
		check_desc(&bad);
	}
	good.page_flags = UINT64_MAX;	/* nobody's business */
	kdumpfile_set_desc(&f, 2, &good);
	open_it();
	expect(102);
}

/* a page that is not compressed is there as a whole, or damaged */
static void test_short(void **state)
{
	struct kf_desc good, bad;
	uint32_t bytes;

	(void)state;
	begin_five(KF_RAW);
	good = kdumpfile_desc(&f, 2);
	for (bytes = 0; bytes < 4096; bytes += bytes < 8 ? 1 : 511) {
		bad = good;
		bad.size = bytes;
		assert_true(is_short(&bad));
		check_desc(&bad);
		bad.flags = 0x40;
		check_desc(&bad);
		bad.flags = kdumpfile_flag(KF_ZLIB);
		assert_false(is_short(&bad));
		check_desc(&bad);
	}
	/* where there is no page there is no short one */
	kdumpfile_bit(&f, KF_EXISTS, 102, false);
	open_it();
	expect_none(102);
}

/* each page of a short block, and no other */
static void test_short_block_of_pages(void **state)
{
	struct kf_desc d;

	(void)state;
	begin(65536, STEP, 64);
	add(1, KF_RAW);
	add(2, KF_RAW);
	d = kdumpfile_desc(&f, 1);
	d.size -= 9;
	kdumpfile_set_desc(&f, 1, &d);
	assert_int_equal(open_as(4096, &k), OFL_OK);
	got = malloc(4096);
	expect_not(2 * 16, OFL_DUMP_SHORT);
	expect_part(1 * 16 + 15, 4096);
	expect_not(2 * 16 + 15, OFL_DUMP_SHORT);
	expect_none(3 * 16);
}

/* the last page ends with the file, or a byte before its end */
static void test_page_at_the_end(void **state)
{
	(void)state;
	begin_five(KF_RAW);
	kdumpfile_cut(&f, f.end);
	open_it();
	expect(104);
	kdumpfile_cut(&f, f.end - 1);
	open_it();
	expect_none(104);
	expect(103);
}

/* @bytes of the page are what its data expands to */
static void check_expands_to(enum kf_kind kind, size_t bytes, bool fits)
{
	unsigned char page[8192], small[8192];
	struct kf_desc d;
	size_t n;

	fill(page, 102, 4096);
	fill(page + 4096, 103, 4096);
	n = kdumpfile_squeeze(kind, page, bytes, small, sizeof(small));
	assert_in_range(n, 1, 4096);
	begin_five(kind);
	d = kdumpfile_desc(&f, 2);
	d.offset = (int64_t)f.end;
	d.size = (uint32_t)n;
	kdumpfile_poke(&f, f.end, small, n);
	if (fits) {
		kdumpfile_set_desc(&f, 2, &d);
		check_in_any_order();
	} else {
		check_desc(&d);
	}
	drop(NULL);
}

static void check_wrong_sizes(enum kf_kind kind)
{
	need(kind);
	check_expands_to(kind, 4096, true);
	check_expands_to(kind, 4095, false);
	check_expands_to(kind, 4097, false);
	check_expands_to(kind, 8192, false);
	check_expands_to(kind, 1, false);
}

/* data that is cut off, or of another format, or noise */
static void check_damaged_data(enum kf_kind kind)
{
	unsigned char noise[4096];
	struct kf_desc good, bad;
	enum kf_kind other;
	uint32_t n;

	need(kind);
	begin_five(kind);
	good = kdumpfile_desc(&f, 2);
	assert_int_equal(good.flags, kdumpfile_flag(kind));
	for (n = 1; n < good.size; n += 1 + n / 8) {
		bad = good;
		bad.size = good.size - n;
		check_desc(&bad);
	}
	for (other = KF_RAW; other < KF_KINDS; other++) {
		bad = good;
		bad.flags = kdumpfile_flag(other);
		if (other != kind)
			check_desc(&bad);
	}
	/* with a bit besides that nobody knows */
	for (n = 0x4; n <= 0x80; n *= 2) {
		bad = good;
		bad.flags |= n;
		if (bad.flags != good.flags)
			check_desc(&bad);
	}
	for (n = 0; n < 100; n++) {
		fill_noise(noise, n, sizeof(noise));
		kdumpfile_poke(&f, (uint64_t)good.offset, noise, good.size);
		check_desc(&good);
	}
	drop(NULL);
}

/* compressed it is larger than before: makedumpfile would not have written it */
static void check_larger_than_a_page(enum kf_kind kind)
{
	unsigned char page[4096], large[8192];
	struct kf_desc d;

	need(kind);
	begin_five(kind);
	fill_noise(page, 102, sizeof(page));
	d = kdumpfile_desc(&f, 2);
	d.offset = (int64_t)f.end;
	d.size = (uint32_t)kdumpfile_squeeze(kind, page, sizeof(page), large,
					     sizeof(large));
	assert_in_range(d.size, 4097, 8192);
	kdumpfile_poke(&f, f.end, large, d.size);
	check_desc(&d);
}

#define CODEC(name, kind)				\
static void test_larger_##name(void **state)		\
{							\
	(void)state;					\
	check_larger_than_a_page(kind);			\
}							\
							\
static void test_wrong_sizes_##name(void **state)	\
{							\
	(void)state;					\
	check_wrong_sizes(kind);			\
}							\
							\
static void test_damaged_##name(void **state)		\
{							\
	(void)state;					\
	check_damaged_data(kind);			\
}

CODEC(zlib, KF_ZLIB)
CODEC(lzo, KF_LZO)
CODEC(zstd, KF_ZSTD)

/* ---- while it is open ---- */

/* pages of zeros share their data, which stays, so they are not asked for */
static bool lies_before(size_t nr, uint64_t end)
{
	struct kf_desc d = kdumpfile_desc(&f, nr);

	return (uint64_t)d.offset + d.size <= end;
}

static void test_data_cut_off_while_open(void **state)
{
	size_t i;

	(void)state;
	begin(4096, 4 * STEP, MAX_PAGES);
	for (i = 0; i < 200; i++)
		add(i * 150, KF_RAW);
	open_it();
	expect(pfns[0]);
	kdumpfile_cut(&f, f.end / 2);
	for (i = 0; i < nr_pages; i++)
		if (lies_before(i, f.end / 2))
			expect(pfns[i]);
		else
			expect_none(pfns[i]);
	kdumpfile_cut(&f, f.desc_at);
	open_it();
	for (i = 0; i < nr_pages; i++)
		expect_none(pfns[i]);
}

/* bitmaps that are larger than their buffers, a page in each step */
static void begin_wide(void)
{
	uint64_t i;

	drop(NULL);
	begin(4096, 64 * STEP, 64);
	for (i = 0; i < 64; i++)
		add(i * STEP + i, KF_RAW);
	open_it();
}

static void test_bitmaps_cut_off_while_open(void **state)
{
	const uint64_t step_bytes = STEP / 8;

	(void)state;
	begin_wide();
	kdumpfile_cut(&f, f.map_at[KF_EXISTS] + 30 * step_bytes);
	expect_none(pfns[40]);
	begin_wide();
	kdumpfile_cut(&f, f.map_at[KF_HAS] + 30 * step_bytes);
	expect_none(pfns[40]);
	begin_wide();
	/* the step is in the buffer, those before are not counted and lost */
	kdumpfile_bit(&f, KF_EXISTS, 40 * STEP, true);
	expect_none(40 * STEP);
	kdumpfile_cut(&f, f.map_at[KF_HAS] + 30 * step_bytes + 5);
	expect_none(pfns[41]);
	expect_none(pfns[41]);
	kdumpfile_cut(&f, 0);
	expect_none(pfns[41]);
	expect_none(pfns[1]);
}

/* whatever can be asked of a descriptor, but no byte of a file */
static void test_descriptor_that_gives_errors(void **state)
{
	static const char *const instead[] = { "/dev/null", "/" };
	size_t i, nr;
	int fd;

	(void)state;
	for (i = 0; i < ARRAY_LEN(instead); i++) {
		begin_wide();
		expect(pfns[3]);
		fd = open(instead[i], i ? O_RDONLY : O_WRONLY);
		assert_true(fd >= 0);
		assert_int_equal(dup2(fd, f.fd), f.fd);
		close(fd);
		for (nr = 4; nr < nr_pages; nr++)
			expect_none(pfns[nr]);
		refused(OFL_ERR_UNSUPPORTED, not_kdump);
	}
}

/* copies of the process share the offset of the descriptor with crash */
static void test_offset_is_left_alone(void **state)
{
	(void)state;
	begin_five(KF_RAW);
	assert_int_equal(lseek(f.fd, 1234, SEEK_SET), 1234);
	check_in_any_order();
	assert_int_equal(lseek(f.fd, 0, SEEK_CUR), 1234);
}

/* ---- memory ---- */

/* -> how many allocations an open takes */
static unsigned long fail_each(size_t page_bytes)
{
	size_t before = alloc_in_use();
	struct ofl_kdump *one = NULL;
	unsigned long nth, made;

	for (nth = 1; ; nth++) {
		enum ofl_status st;

		alloc_fail_from_now(nth);
		st = ofl_kdump_open(file, page_bytes, &one, &err);
		made = alloc_stop();
		if (made < nth) {
			assert_int_equal(st, OFL_OK);
			break;
		}
		assert_int_equal(st, OFL_ERR_NOMEM);
		assert_memory_equal(err.text, no_memory, strlen(no_memory));
		assert_true(strlen(err.text) > strlen(no_memory));
		assert_null(one);
		assert_int_equal(alloc_in_use(), before);
	}
	ofl_kdump_close(one);
	assert_int_equal(alloc_in_use(), before);
	return nth - 1;
}

static void test_every_allocation_fails(void **state)
{
	unsigned int codecs = kdumpfile_can(KF_ZLIB) + kdumpfile_can(KF_ZSTD);

	(void)state;
	begin_five(KF_RAW);
	open_it();
	assert_int_equal(fail_each(4096), 6 + codecs);
	assert_int_equal(fail_each(1024), 7 + codecs);
	ofl_kdump_close(NULL);
}

/* reading takes none of ours, and the table is no larger than is said */
static void test_memory_is_bounded(void **state)
{
	const uint64_t steps = 64;
	size_t before, i;

	(void)state;
	begin(4096, steps * STEP, MAX_PAGES);
	for (i = 0; i < steps; i++)
		add(i * STEP + i, KF_RAW);
	before = alloc_in_use();
	alloc_fail_from_now(0);
	assert_int_equal(open_as(4096, &k), OFL_OK);
	assert_in_range(alloc_largest(), 65536, 65536);
	got = malloc(4096);
	alloc_fail_from_now(0);
	for (i = 0; i < nr_pages; i++)
		expect(pfns[i]);
	assert_int_equal(alloc_stop(), 0);
	/* libraries included, see kdump.h */
	assert_in_range(alloc_in_use() - before - 4096, 1, 200 * 1024);
}

/* what the header promises is not worth memory until the file has it */
static void test_promises(void **state)
{
	(void)state;
	begin(4096, STEP, 64);
	kdumpfile_set(&f, KF_BITMAP_BLOCKS, UINT32_MAX - 1);
	kdumpfile_set(&f, KF_MAX_MAPNR_64, 1ull << 45);
	alloc_fail_from_now(0);
	refused(OFL_ERR_UNREADABLE, in_bitmaps);
	alloc_stop();
	assert_in_range(alloc_largest(), 1, 65536);
}

#define CASE(f) cmocka_unit_test_teardown(f, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_4k_raw), CASE(test_64k_raw),
		CASE(test_blocks_of_pages),
		CASE(test_damaged_block_of_pages),
		CASE(test_4k_zlib), CASE(test_64k_zlib),
		CASE(test_4k_lzo), CASE(test_64k_lzo),
		CASE(test_4k_snappy), CASE(test_64k_snappy),
		CASE(test_4k_zstd), CASE(test_64k_zstd),
		CASE(test_dense), CASE(test_mixed_kinds),
		CASE(test_backwards_reads_no_more_than_needed),
		CASE(test_data_in_any_order), CASE(test_kept),
		CASE(test_sub_header_sizes),
		CASE(test_only_in_one_bitmap), CASE(test_behind_the_last),
		CASE(test_page_sizes), CASE(test_other_files),
		CASE(test_cut_anywhere), CASE(test_headers), CASE(test_codecs),
		CASE(test_versions), CASE(test_bad_descriptors),
		CASE(test_not_read), CASE(test_short), CASE(test_short_block_of_pages),
		CASE(test_page_at_the_end),
		CASE(test_wrong_sizes_zlib), CASE(test_damaged_zlib),
		CASE(test_wrong_sizes_lzo), CASE(test_damaged_lzo),
		CASE(test_wrong_sizes_zstd), CASE(test_damaged_zstd),
		CASE(test_larger_zlib), CASE(test_larger_lzo),
		CASE(test_larger_zstd), CASE(test_no_bitmaps),
		CASE(test_data_cut_off_while_open),
		CASE(test_bitmaps_cut_off_while_open),
		CASE(test_descriptor_that_gives_errors),
		CASE(test_offset_is_left_alone),
		CASE(test_every_allocation_fails),
		CASE(test_memory_is_bounded), CASE(test_promises),
	};

	return cmocka_run_group_tests_name("kdump", tests, NULL, NULL);
}
