// SPDX-License-Identifier: GPL-2.0-or-later
/* test_dump.c - files, streams, ELF dumps and parts of dumps: bytes or nothing */
#include "unit.h"

#include <elf.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc.h"
#include "dump/dump.h"
#include "dump/elf.h"
#include "dump/file.h"
#include "kdumpfile.h"
#include "streamfile.h"

#define PAGE	4096u
#define PFNS	20000u	/* of a made-up kdump: more than a step of its bitmap */

static struct ofl_err err;
static struct ofl_file *file;
static struct ofl_dump *dump;
static int fds[4] = { -1, -1, -1, -1 };

static int drop(void **state)
{
	size_t i;

	(void)state;
	ofl_dump_close(dump);
	dump = NULL;
	ofl_file_close(file);
	file = NULL;
	for (i = 0; i < ARRAY_LEN(fds); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
	return 0;
}

static void refused(enum ofl_status st, const char *text)
{
	assert_string_equal(err.text, text);
	assert_int_equal(err.status, st);
	err.text[0] = '\0';
}

static void fill(unsigned char *page, uint64_t seed)
{
	uint64_t word = seed * 2 + 1;
	size_t i;

	for (i = 0; i < PAGE; i++) {
		word = word * 6364136223846793005u + 1442695040888963407u;
		page[i] = (unsigned char)(word >> 56);
	}
}

/* ---- streams ---- */

static void open_file(int fd)
{
	if (ofl_file_open(fd, &file, &err))
		fail_msg("%s", err.text);
}

static void refuse_file(int fd, enum ofl_status st, const char *text)
{
	assert_int_equal(ofl_file_open(fd, &file, &err), st);
	refused(st, text);
	assert_null(file);
}

/* whatever is asked for, wherever, is what the file itself has there */
static void check_same(const unsigned char *want, size_t bytes)
{
	unsigned char got[9000];
	size_t i, from, n, have;

	for (i = 0; i < 1000; i++) {
		from = (size_t)random() % (bytes + 10);
		n = (size_t)random() % sizeof(got);
		have = from >= bytes ? 0 : bytes - from < n ? bytes - from : n;
		assert_int_equal(ofl_file_read(file, got, n, from), have);
		assert_memory_equal(got, want + (have ? from : 0), have);
	}
	assert_int_equal(ofl_file_read(file, got, 1, bytes), 0);
	assert_int_equal(ofl_file_read(file, got, 1, UINT64_MAX), 0);
}

static void test_stream_is_its_file(void **state)
{
	static unsigned char want[300000];
	static const size_t most[] = { 300, 3000, 70000, 1000000 };
	size_t i, at;

	(void)state;
	unit_seed();
	/* a third of it zeros, of which some are no piece of the stream */
	for (at = 0; at + PAGE <= sizeof(want); at += PAGE)
		if (at / PAGE % 3)
			fill(want + at, at);
	fds[0] = memfd_create("file", 0);
	assert_int_equal(write(fds[0], want, sizeof(want)), sizeof(want));
	open_file(fds[0]);
	assert_false(ofl_file_is_stream(file));
	check_same(want, sizeof(want));
	for (i = 0; i < ARRAY_LEN(most); i++) {
		ofl_file_close(file);
		file = NULL;
		fds[1] = streamfile_of(fds[0], most[i]);
		open_file(fds[1]);
		assert_true(ofl_file_is_stream(file));
		check_same(want, sizeof(want));
		close(fds[1]);
		fds[1] = -1;
	}
}

/* makedumpfile -E writes its program headers again when it knows them */
static void test_later_piece_counts(void **state)
{
	char got[12] = "";

	(void)state;
	fds[0] = streamfile_open();
	streamfile_piece(fds[0], 0, "abcd", 4);
	streamfile_piece(fds[0], 4, "....", 4);
	streamfile_piece(fds[0], 8, "", 0);	/* a piece of nothing is none */
	streamfile_piece(fds[0], 8, "ijk", 3);
	streamfile_piece(fds[0], 4, "efgh", 4);
	streamfile_end(fds[0]);
	open_file(fds[0]);
	assert_int_equal(ofl_file_read(file, got, sizeof(got), 0), 11);
	assert_string_equal(got, "abcdefghijk");
}

static void test_pieces_over_each_other(void **state)
{
	(void)state;
	fds[0] = streamfile_open();
	streamfile_piece(fds[0], 0, "abcd", 4);
	streamfile_piece(fds[0], 3, "efgh", 4);
	streamfile_end(fds[0]);
	refuse_file(fds[0], OFL_ERR_UNSUPPORTED,
		    "pieces of the dump's stream lie over each other");
}

static void test_stream_is_cut_off(void **state)
{
	(void)state;
	fds[0] = streamfile_open();
	streamfile_piece(fds[0], 0, "abcd", 4);
	refuse_file(fds[0], OFL_ERR_UNSUPPORTED, "the dump's stream is cut off");
	streamfile_piece(fds[0], 4, NULL, 1000);
	streamfile_end(fds[0]);		/* inside of what should be the piece */
	refuse_file(fds[0], OFL_ERR_UNSUPPORTED, "the dump's stream is cut off");
}

static void test_impossible_pieces(void **state)
{
	static const uint64_t bad[][2] = {
		{ 0, UINT64_MAX }, { 0, 1ull << 63 }, { UINT64_MAX - 1, 1 },
		{ 1ull << 63, 1 }, { INT64_MAX, 1 }, { 1, INT64_MAX },
		{ 0, INT64_MAX - 4096 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		fds[0] = streamfile_open();
		streamfile_piece(fds[0], bad[i][0], NULL, bad[i][1]);
		streamfile_end(fds[0]);
		refuse_file(fds[0], OFL_ERR_UNSUPPORTED,
			    "a piece of the dump's stream has an impossible size");
		drop(NULL);
	}
}

static void test_unknown_type(void **state)
{
	(void)state;
	fds[0] = streamfile_open();
	streamfile_end(fds[0]);
	assert_int_equal(pwrite(fds[0], "\2", 1, 23), 1);
	refuse_file(fds[0], OFL_ERR_UNSUPPORTED,
		    "the dump's stream is of an unknown type");
}

/* an index takes memory: there is an end to it */
static void test_too_many_pieces(void **state)
{
	const size_t most = 2u << 20, bytes = 16 + 1;
	unsigned char *all = calloc(most + 1, bytes);
	uint64_t i;

	(void)state;
	assert_non_null(all);
	for (i = 0; i <= most; i++) {
		uint64_t head[2] = { htobe64(i * 2), htobe64(1) };

		memcpy(all + i * bytes, head, sizeof(head));
	}
	fds[0] = streamfile_open();
	assert_int_equal(write(fds[0], all, most * bytes), most * bytes);
	streamfile_end(fds[0]);
	open_file(fds[0]);
	ofl_file_close(file);
	file = NULL;
	assert_int_equal(pwrite(fds[0], all + most * bytes, bytes,
				PAGE + (off_t)(most * bytes)), bytes);
	assert_int_equal(lseek(fds[0], 0, SEEK_END) > 0, 1);
	streamfile_end(fds[0]);
	refuse_file(fds[0], OFL_ERR_UNSUPPORTED,
		    "the dump's stream has more than 2097152 pieces");
	free(all);
}

/* ---- dumps ---- */

static enum ofl_status try_dump(int fd, size_t nr_others)
{
	const struct ofl_dump_files files = { fd, fds, nr_others };

	ofl_dump_close(dump);
	dump = NULL;
	return ofl_dump_open(&files, PAGE, &dump, &err);
}

static void open_dump(int fd, size_t nr_others)
{
	if (try_dump(fd, nr_others))
		fail_msg("%s", err.text);
	assert_null(ofl_dump_why_not(dump));
}

static void refuse_dump(int fd, enum ofl_status st, const char *text)
{
	assert_int_equal(try_dump(fd, 0), st);
	refused(st, text);
	assert_null(dump);
}

static void expect(uint64_t pfn, uint64_t seed)
{
	unsigned char want[PAGE], got[PAGE];

	fill(want, seed);
	if (ofl_dump_read(dump, pfn, got) != OFL_DUMP_READ)
		fail_msg("pfn %lx is not there", (unsigned long)pfn);
	if (memcmp(got, want, PAGE))
		fail_msg("pfn %lx is another page", (unsigned long)pfn);
}

static void expect_none(uint64_t pfn)
{
	unsigned char got[PAGE];

	if (ofl_dump_read(dump, pfn, got) != OFL_DUMP_ASK_HOST)
		fail_msg("pfn %lx is there", (unsigned long)pfn);
	assert_false(ofl_dump_is_short(dump, pfn));
}

static void test_other_files(void **state)
{
	static const char *const text =
		"the dump is neither kdump-compressed nor ELF";

	(void)state;
	fds[0] = memfd_create("other", 0);
	refuse_dump(fds[0], OFL_ERR_UNSUPPORTED, text);
	assert_int_equal(pwrite(fds[0], "DISKDUMP....", 12, 0), 12);
	refuse_dump(fds[0], OFL_ERR_UNSUPPORTED, text);
	assert_int_equal(pwrite(fds[0], "KDUMP   ", 8, 0), 8);
	refuse_dump(fds[0], OFL_ERR_UNSUPPORTED,
		    "the dump is not kdump-compressed");
	assert_int_equal(pwrite(fds[0], "\177ELF....", 8, 0), 8);
	refuse_dump(fds[0], OFL_ERR_UNSUPPORTED,
		    "the dump is no ELF dump of this machine's kind");
	refuse_dump(-1, OFL_ERR_UNSUPPORTED, text);
}

/* ---- ELF ---- */

/** struct load - a program header, and the seed of its first page */
struct load {
	uint64_t phys, bytes, seed;
	uint32_t type;
};

#define LOADS_AT	8192u	/* of an ELF dump: its memory */

/* pages that come at once are those that come one by one */
static void check_runs(uint64_t end)
{
	static unsigned char run[40 * PAGE], page[PAGE];
	uint64_t pfn;
	size_t round, most, n, i;

	for (round = 0; round < 500; round++) {
		pfn = (uint64_t)random() % end;
		most = (size_t)random() % 40 + 1;
		n = ofl_dump_read_run(dump, pfn, run, most);
		assert_in_range(n, 0, most);
		assert_int_equal(n > 0, ofl_dump_read(dump, pfn, page) ==
				 OFL_DUMP_READ);
		for (i = 0; i < n; i++) {
			assert_int_equal(ofl_dump_read(dump, pfn + i, page),
					 OFL_DUMP_READ);
			assert_memory_equal(page, run + i * PAGE, PAGE);
		}
	}
	assert_int_equal(ofl_dump_read_run(dump, UINT64_MAX, run, 40), 0);
}

static Elf64_Ehdr head_of(size_t nr)
{
	Elf64_Ehdr h = {
		.e_type = ET_CORE, .e_phoff = 256, .e_phnum = (Elf64_Half)nr,
		.e_phentsize = sizeof(Elf64_Phdr), .e_shoff = 128,
	};

	unit_elf64(h.e_ident);
	return h;
}

static void put(int fd, const void *data, size_t bytes, uint64_t at)
{
	assert_int_equal(pwrite(fd, data, bytes, (off_t)at), bytes);
}

static int elf_of(const struct load *load, size_t nr)
{
	unsigned char page[PAGE];
	Elf64_Ehdr h = head_of(nr);
	uint64_t at = LOADS_AT, done;
	int fd = memfd_create("elf", 0);
	size_t i;

	put(fd, &h, sizeof(h), 0);
	for (i = 0; i < nr; i++) {
		Elf64_Phdr p = {
			.p_type = load[i].type, .p_offset = at,
			.p_paddr = load[i].phys, .p_filesz = load[i].bytes,
			.p_memsz = load[i].bytes + PAGE,
		};

		put(fd, &p, sizeof(p), h.e_phoff + i * sizeof(p));
		for (done = 0; done < load[i].bytes; done += PAGE) {
			fill(page, load[i].seed + done / PAGE);
			put(fd, page, load[i].bytes - done < PAGE ?
			    load[i].bytes - done : PAGE, at + done);
		}
		at += load[i].bytes;
	}
	return fd;
}

static const struct load loads[] = {
	{ 0, 500, 999, PT_NOTE },
	/* the kernel by itself, then all of memory that it is in the middle of */
	{ 100 * PAGE, 20 * PAGE, 5000, PT_LOAD },
	{ 50 * PAGE, 200 * PAGE, 1050, PT_LOAD },
	{ 0, 10 * PAGE + 100, 1000, PT_LOAD },
	{ 240 * PAGE, 30 * PAGE, 2000, PT_LOAD },	/* over its end */
	{ 40 * PAGE, 300 * PAGE, 3000, PT_LOAD },	/* over all of it */
	{ 400 * PAGE + 8, 5 * PAGE, 4000, PT_LOAD },
	{ 500 * PAGE, 0, 0, PT_LOAD },
};

/* the seed of a page, by the first header that has it; 0: none has all of it */
static uint64_t seed_of(uint64_t pfn)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(loads); i++)
		if (loads[i].type == PT_LOAD && !(loads[i].phys % PAGE) &&
		    pfn * PAGE >= loads[i].phys &&
		    (pfn + 1) * PAGE <= loads[i].phys + loads[i].bytes)
			return loads[i].seed + pfn - loads[i].phys / PAGE;
	return 0;
}

static void check_elf(void)
{
	uint64_t pfn;
	size_t i;

	for (i = 0; i < 1200; i++) {
		pfn = i < 600 ? i : (uint64_t)random() % 600;
		/* the second half of a page that begins behind it is another's */
		if (pfn >= 400 && pfn < 406)
			continue;
		if (seed_of(pfn))
			expect(pfn, seed_of(pfn));
		else
			expect_none(pfn);
	}
	expect_none(UINT64_MAX);
	expect_none(UINT64_MAX / PAGE);
	expect_none(400);	/* its first bytes are not there */
	check_runs(600);
}

static void test_elf(void **state)
{
	(void)state;
	unit_seed();
	fds[0] = elf_of(loads, ARRAY_LEN(loads));
	open_dump(fds[0], 0);
	assert_false(ofl_dump_is_stream(dump));
	check_elf();
	fds[1] = streamfile_of(fds[0], 20000);
	open_dump(fds[1], 0);
	assert_true(ofl_dump_is_stream(dump));
	check_elf();
	ofl_dump_keep(dump, true);	/* there is nothing to gain, and no harm */
	check_elf();
	assert_int_equal(lseek(fds[0], 77, SEEK_SET), 77);
	open_dump(fds[0], 0);
	check_elf();
	assert_int_equal(lseek(fds[0], 0, SEEK_CUR), 77);
}

/* what QEMU and makedumpfile write when there are too many headers for a number */
static void test_many_headers(void **state)
{
	Elf64_Ehdr h = head_of(PN_XNUM);
	Elf64_Shdr section = { .sh_info = 70000 };
	uint64_t i, phdr = 256, at = 71000 * sizeof(Elf64_Phdr);
	unsigned char page[PAGE];
	Elf64_Phdr *p = calloc(70000, sizeof(*p));

	(void)state;
	assert_non_null(p);
	fds[0] = memfd_create("elf", 0);
	for (i = 0; i < 70000; i++)
		p[i] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_paddr = i * 2 * PAGE,
				     .p_offset = at, .p_filesz = PAGE };
	p[69999].p_offset += PAGE;
	put(fds[0], &h, sizeof(h), 0);
	put(fds[0], &section, sizeof(section), h.e_shoff);
	put(fds[0], p, 70000 * sizeof(*p), phdr);
	fill(page, 1);
	put(fds[0], page, PAGE, at);
	fill(page, 2);
	put(fds[0], page, PAGE, at + PAGE);
	open_dump(fds[0], 0);
	expect(0, 1);
	expect(2 * 69998, 1);
	expect(2 * 69999, 2);
	expect_none(1);
	expect_none(2 * 70000);
	assert_int_equal(ftruncate(fds[0], (off_t)(phdr + 70000 * sizeof(*p) - 1)), 0);
	refuse_dump(fds[0], OFL_ERR_UNREADABLE,
		    "the dump ends inside of its headers");
	assert_int_equal(ftruncate(fds[0], 140), 0);
	refuse_dump(fds[0], OFL_ERR_UNREADABLE,
		    "the dump ends inside of its headers");
	free(p);
}

static void test_other_elf_files(void **state)
{
	static const struct {
		size_t at;
		unsigned char byte;
	} bad[] = {
		{ EI_CLASS, ELFCLASS32 }, { EI_DATA, ELFDATANONE },
		{ EI_DATA, __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ?
			   ELFDATA2MSB : ELFDATA2LSB },
		{ offsetof(Elf64_Ehdr, e_type), ET_EXEC },
		{ offsetof(Elf64_Ehdr, e_phentsize), 32 },
	};
	Elf64_Ehdr h;
	size_t i;

	(void)state;
	fds[0] = elf_of(loads, ARRAY_LEN(loads));
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		h = head_of(ARRAY_LEN(loads));
		((unsigned char *)&h)[bad[i].at] = bad[i].byte;
		put(fds[0], &h, sizeof(h), 0);
		refuse_dump(fds[0], OFL_ERR_UNSUPPORTED,
			    "the dump is no ELF dump of this machine's kind");
	}
}

static void test_impossible_headers(void **state)
{
	static const Elf64_Phdr bad[] = {
		{ .p_type = PT_LOAD, .p_paddr = 1ull << 63, .p_filesz = 1 },
		{ .p_type = PT_LOAD, .p_offset = 1ull << 63, .p_filesz = 1 },
		{ .p_type = PT_LOAD, .p_filesz = 1ull << 63 },
	};
	size_t i;

	(void)state;
	fds[0] = elf_of(loads, 2);
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		put(fds[0], &bad[i], sizeof(bad[i]), 256);
		refuse_dump(fds[0], OFL_ERR_UNSUPPORTED,
			    "a program header of the dump has impossible sizes");
	}
}

/* memory that the file ends before is the host's to explain */
static void test_elf_is_cut_off(void **state)
{
	static const struct load one[] = { { 0, 100 * PAGE, 7, PT_LOAD } };

	(void)state;
	fds[0] = elf_of(one, 1);
	assert_int_equal(ftruncate(fds[0], LOADS_AT + 50 * PAGE + 1), 0);
	open_dump(fds[0], 0);
	expect(49, 7 + 49);
	expect_none(50);
	expect_none(51);
	expect(0, 7);
}

/* ---- parts ---- */

static bool is_there(uint64_t pfn)
{
	return pfn % 3 == 0 || pfn % 100 == 50;
}

/* the pages of [start, end), and the bitmaps of all: as makedumpfile --split writes */
static int part_of(uint64_t start, uint64_t end)
{
	struct kdumpfile f;
	unsigned char map[PFNS / 8] = { 0 }, page[PAGE];
	uint64_t pfn;

	kdumpfile_init(&f, PAGE, PFNS);
	f.max_descs = PFNS;
	kdumpfile_open(&f);
	for (pfn = 0; pfn < PFNS; pfn++) {
		if (!is_there(pfn))
			continue;
		map[pfn / 8] |= (unsigned char)(1u << pfn % 8);
		fill(page, pfn);
		if (pfn >= start && pfn < end && pfn % 16 == 0)
			kdumpfile_add(&f, pfn, KF_RAW, page);
		else if (pfn >= start && pfn < end)
			/* most are not looked at, and need no place */
			kdumpfile_add_data(&f, pfn, 0x4000, "x", 1);
	}
	kdumpfile_poke(&f, f.map_at[KF_EXISTS], map, sizeof(map));
	kdumpfile_poke(&f, f.map_at[KF_HAS], map, sizeof(map));
	if (end != UINT64_MAX) {
		kdumpfile_set(&f, KF_SPLIT, 1);
		kdumpfile_set(&f, KF_START_PFN_64, start);
		kdumpfile_set(&f, KF_END_PFN_64, end);
	}
	return f.fd;
}

static void check_pages(uint64_t start, uint64_t end)
{
	uint64_t pfn;

	for (pfn = 0; pfn < PFNS; pfn += 16)
		if (is_there(pfn) && pfn >= start && pfn < end)
			expect(pfn, pfn);
		else
			expect_none(pfn);
	expect_none(PFNS);
	expect_none(UINT64_MAX);
	check_runs(PFNS + 10);
}

static void test_split(void **state)
{
	size_t i;

	(void)state;
	/* 7007 is in no file, 7008 is the first page of its part */
	fds[0] = part_of(0, 7007);
	fds[1] = part_of(7007, 16400);
	fds[2] = part_of(16400, PFNS);
	for (i = 0; i < 3; i++) {	/* whichever of them crash was told first */
		open_dump(fds[i], 3);
		check_pages(0, PFNS);
	}
	open_dump(fds[1], 0);
	check_pages(7007, 16400);
	open_dump(fds[0], 2);
	check_pages(0, 16400);
	assert_int_equal(ofl_dump_part_fd(dump, 0), fds[0]);
	assert_int_equal(ofl_dump_part_fd(dump, 1), fds[1]);
	assert_int_equal(ofl_dump_part_fd(dump, 2), -1);
}

/* other files that crash has open are no parts: another dump, vmlinux */
static void test_other_parts(void **state)
{
	(void)state;
	fds[0] = part_of(0, 7000);
	fds[1] = elf_of(loads, ARRAY_LEN(loads));
	fds[2] = part_of(7000, UINT64_MAX);
	fds[3] = part_of(7000, PFNS);
	put(fds[3], "another host", 12, 12 + 65);
	open_dump(fds[0], 4);
	check_pages(0, 7000);
	fds[1] = part_of(6999, PFNS);
	assert_int_equal(try_dump(fds[0], 2), OFL_ERR_UNSUPPORTED);
	refused(OFL_ERR_UNSUPPORTED, 
		"two parts of the dump have the same pages, 0x1b57-0x1b57");
	assert_null(dump);
}

/* a dump that is whole has no other files, whatever else is open */
static void test_whole_has_no_parts(void **state)
{
	(void)state;
	fds[0] = part_of(0, UINT64_MAX);
	fds[1] = part_of(7000, 16400);
	open_dump(fds[0], 2);
	assert_int_equal(ofl_dump_part_fd(dump, 1), -1);
	check_pages(0, PFNS);
	fds[2] = streamfile_of(fds[0], 50000);
	open_dump(fds[2], 0);
	assert_true(ofl_dump_is_stream(dump));
	check_pages(0, PFNS);
}

static void test_impossible_parts(void **state)
{
	(void)state;
	fds[0] = part_of(7000, 6999);
	refuse_dump(fds[0], OFL_ERR_UNSUPPORTED,
		    "a part of the dump has impossible sizes");
	fds[1] = part_of(PFNS * 16, PFNS * 17);
	refuse_dump(fds[1], OFL_ERR_UNSUPPORTED,
		    "a part of the dump has impossible sizes");
}

/* pages of any part that are kept need no file any more; keeping ends */
static void test_kept(void **state)
{
	static const uint64_t first[] = { 100, 9000 };
	unsigned char page[PAGE];
	struct kdumpfile f;
	uint64_t i;
	size_t part;

	(void)state;
	for (part = 0; part < 2; part++) {
		kdumpfile_init(&f, PAGE, PFNS);
		kdumpfile_open(&f);
		memset(page, 0, PAGE);
		for (i = 0; i < 40; i++) {
			kdumpfile_add(&f, first[part] + i, KF_RAW, page);
			fill(page, i);
		}
		kdumpfile_set(&f, KF_SPLIT, 1);
		kdumpfile_set(&f, KF_START_PFN_64, part ? 7000 : 0);
		kdumpfile_set(&f, KF_END_PFN_64, part ? PFNS : 7000);
		fds[part] = f.fd;
	}
	open_dump(fds[0], 2);
	for (part = 0; part < 2; part++) {
		ofl_dump_keep(dump, true);
		assert_int_equal(ofl_dump_read(dump, first[part], page),
				 OFL_DUMP_READ);
		ofl_dump_keep(dump, false);
		/* more than the window has room for */
		for (i = 1; i < 40; i++)
			expect(first[part] + i, i - 1);
		assert_int_equal(ftruncate(fds[part], 0), 0);
		assert_int_equal(ofl_dump_read(dump, first[part], page),
				 OFL_DUMP_READ);
		expect_none(first[part] + 1);
	}
}

/* ---- memory ---- */

static void fail_each(int fd, size_t nr_others)
{
	size_t before = alloc_in_use();
	enum ofl_status st = OFL_ERR_NOMEM;
	unsigned long nth, made;

	for (nth = 1; ; nth++) {
		alloc_fail_from_now(nth);
		st = try_dump(fd, nr_others);
		made = alloc_stop();
		if (made < nth)
			break;
		assert_in_range(st, OFL_OK, OFL_ERR_NOMEM);
		/* a part for which there is no memory is no part */
		if (st == OFL_OK) {
			assert_true(nr_others > 0);
			ofl_dump_close(dump);
			dump = NULL;
		}
		assert_null(dump);
		assert_int_equal(alloc_in_use(), before);
	}
	assert_int_equal(st, OFL_OK);
	ofl_dump_close(dump);
	dump = NULL;
	assert_int_equal(alloc_in_use(), before);
}

static void test_every_allocation_fails(void **state)
{
	(void)state;
	fds[0] = part_of(0, 7000);
	fds[1] = part_of(7000, PFNS);
	fds[2] = elf_of(loads, ARRAY_LEN(loads));
	fds[3] = streamfile_of(fds[2], 20000);
	fail_each(fds[2], 0);
	fail_each(fds[3], 0);
	fail_each(fds[0], 2);
	ofl_dump_close(NULL);
	ofl_file_close(NULL);
	ofl_elf_close(NULL);
	ofl_dump_keep(NULL, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_stream_is_its_file, drop),
		cmocka_unit_test_teardown(test_later_piece_counts, drop),
		cmocka_unit_test_teardown(test_pieces_over_each_other, drop),
		cmocka_unit_test_teardown(test_stream_is_cut_off, drop),
		cmocka_unit_test_teardown(test_impossible_pieces, drop),
		cmocka_unit_test_teardown(test_unknown_type, drop),
		cmocka_unit_test_teardown(test_too_many_pieces, drop),
		cmocka_unit_test_teardown(test_other_files, drop),
		cmocka_unit_test_teardown(test_elf, drop),
		cmocka_unit_test_teardown(test_many_headers, drop),
		cmocka_unit_test_teardown(test_other_elf_files, drop),
		cmocka_unit_test_teardown(test_impossible_headers, drop),
		cmocka_unit_test_teardown(test_elf_is_cut_off, drop),
		cmocka_unit_test_teardown(test_split, drop),
		cmocka_unit_test_teardown(test_other_parts, drop),
		cmocka_unit_test_teardown(test_whole_has_no_parts, drop),
		cmocka_unit_test_teardown(test_impossible_parts, drop),
		cmocka_unit_test_teardown(test_kept, drop),
		cmocka_unit_test_teardown(test_every_allocation_fails, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
