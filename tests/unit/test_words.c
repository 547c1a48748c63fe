// SPDX-License-Identifier: GPL-2.0-or-later
/* test_words.c - which names files do not have; when in doubt they have them */
#include "unit.h"

#include <elf.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc.h"
#include "layout/words.h"

#define NR_SECTIONS	4	/* none, names, debuginfo, one more */

/** struct file - ELF with a text in its debuginfo */
static struct file {
	Elf64_Ehdr head;
	char names[64];
	char info[64];
	Elf64_Shdr section[NR_SECTIONS];
} file;

static struct ofl_words words;
static int fd;

static int set_up(void **state)
{
	static const char names[] = "\0.shstrtab\0.debug_info\0.text";
	static const char info[] = "xvirtio_mem\0folio";

	(void)state;
	memset(&file, 0, sizeof(file));
	unit_elf64(file.head.e_ident);
	file.head.e_shentsize = sizeof(Elf64_Shdr);
	file.head.e_shnum = NR_SECTIONS;
	file.head.e_shstrndx = 1;
	file.head.e_shoff = offsetof(struct file, section);
	memcpy(file.names, names, sizeof(names));
	memcpy(file.info, info, sizeof(info));
	file.section[1] = (Elf64_Shdr){ .sh_name = 1,
		.sh_offset = offsetof(struct file, names),
		.sh_size = sizeof(file.names) };
	file.section[2].sh_name = 11;
	file.section[3].sh_name = 23;
	words = (struct ofl_words){ .at = NULL };
	fd = memfd_create("module", MFD_CLOEXEC);
	assert_true(fd >= 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ofl_words_free(&words);
	close(fd);
	return 0;
}

static void add(void)
{
	char path[32];

	assert_int_equal(pwrite(fd, &file, sizeof(file), 0), sizeof(file));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ofl_words_add(&words, path);
}

static void expect_blind(void)
{
	add();
	assert_true(words.blind);
	assert_true(ofl_words_may_have(&words, "no_such_name"));
}

static void test_none(void **state)
{
	(void)state;
	assert_false(ofl_words_may_have(&words, "folio"));
}

static void test_names(void **state)
{
	char longer[300];

	(void)state;
	add();
	assert_false(words.blind);
	assert_true(ofl_words_may_have(&words, "folio"));
	/* the end of another one: a linker shares it */
	assert_true(ofl_words_may_have(&words, "virtio_mem"));
	assert_false(ofl_words_may_have(&words, "virtio"));
	assert_false(ofl_words_may_have(&words, "foliox"));
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_true(ofl_words_may_have(&words, longer));
}

static void test_several_files(void **state)
{
	(void)state;
	add();
	strcpy(file.info, "page_pool");
	add();
	assert_false(words.blind);
	assert_true(ofl_words_may_have(&words, "folio"));
	assert_true(ofl_words_may_have(&words, "page_pool"));
	assert_false(ofl_words_may_have(&words, "none"));
	file.head.e_ident[EI_CLASS] = ELFCLASS32;
	expect_blind();
	ofl_words_free(&words);
	assert_false(ofl_words_may_have(&words, "folio"));
}

static void test_compressed(void **state)
{
	(void)state;
	file.section[3].sh_flags = SHF_COMPRESSED;
	expect_blind();
}

static void test_no_debuginfo(void **state)
{
	(void)state;
	file.section[2].sh_name = 23;
	expect_blind();
}

static void test_names_of_sections_elsewhere(void **state)
{
	(void)state;
	file.section[1].sh_offset = UINT64_MAX - 8;
	expect_blind();
}

static void test_debuginfo_elsewhere(void **state)
{
	static const char *const name[] = {
		".gnu_debugaltlink", ".debug_sup", ".zdebug_str",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(name); i++) {
		strcpy(file.names + 23, name[i]);
		expect_blind();
		ofl_words_free(&words);
	}
	strcpy(file.names + 23, ".text");
	strcpy(file.info + 30, "virtio_mem.dwo");
	expect_blind();
}

static void test_not_elf(void **state)
{
	(void)state;
	file.head.e_ident[1]++;
	expect_blind();
	ofl_words_free(&words);
	ofl_words_add(&words, "/nowhere");
	assert_true(words.blind);
	ofl_words_free(&words);
	ofl_words_add(&words, "/dev/null");
	assert_true(words.blind);
}

/* each number of the header, turned into every kind of nonsense: no access outside */
static void test_damaged(void **state)
{
	static const uint16_t bad[] = { 0, 1, 3, 5, 0x7fff, 0xffff };
	struct file good = file;
	size_t at, i;

	(void)state;
	for (at = EI_NIDENT; at < sizeof(file); at += 2)
		for (i = 0; i < ARRAY_LEN(bad); i++) {
			file = good;
			memcpy((char *)&file + at, &bad[i], sizeof(bad[i]));
			add();
			ofl_words_may_have(&words, "folio");
			ofl_words_free(&words);
		}
}

static void test_cut_off(void **state)
{
	off_t bytes;

	(void)state;
	add();
	for (bytes = sizeof(file) - 1; bytes >= 0; bytes--) {
		char path[32];

		assert_int_equal(ftruncate(fd, bytes), 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		ofl_words_free(&words);
		ofl_words_add(&words, path);
		assert_true(words.blind);
	}
}

static void test_too_large(void **state)
{
	(void)state;
	assert_int_equal(ftruncate(fd, (64 << 20) + 1), 0);
	expect_blind();
	assert_null(words.at);
}

static void test_no_memory(void **state)
{
	unsigned long n;

	(void)state;
	for (n = 1; n <= 2; n++) {
		alloc_fail_from_now(n);
		add();
		assert_int_equal(alloc_stop(), n);
		assert_true(words.blind);
		ofl_words_free(&words);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_none),
		CASE(test_names),
		CASE(test_several_files),
		CASE(test_compressed),
		CASE(test_no_debuginfo),
		CASE(test_names_of_sections_elsewhere),
		CASE(test_debuginfo_elsewhere),
		CASE(test_not_elf),
		CASE(test_damaged),
		CASE(test_cut_off),
		CASE(test_too_large),
		CASE(test_no_memory),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
