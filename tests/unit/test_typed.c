// SPDX-License-Identifier: GPL-2.0-or-later
/* test_typed.c - files of types, held against the builds that the dump has */
#include "unit.h"

#include <elf.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc.h"
#include "kernel/build.h"
#include "layout/buildid.h"
#include "owned.h"
#include "session/session.h"
#include "session/typed.h"

#define ID_A	"0102030405060708090a0b0c0d0e0f1011121314"
#define ID_B	"f1f2f3f4f5f6f7f8f9fafbfcfdfeff0011223344"
#define NOTES	UINT64_C(0xffff888007500000)	/* attributes, names, notes of modules */
#define KNOTES	(K_SYMBOL + 0x30000)		/* of the kernel */

static struct kernel k;
static struct texttarget tt;
static struct ofl_session session;
static struct ofl_err err;
static char hex[OFL_BUILD_ID_MAX];

/** struct note - as a linker writes it */
struct note {
	Elf64_Nhdr head;
	char name[8];
	unsigned char desc[20];
};

static struct note note_of(const char *name, uint32_t type, const char *id)
{
	struct note n = { { (Elf64_Word)strlen(name) + 1, 20, type }, "", "" };
	unsigned int i, byte;

	memcpy(n.name, name, strlen(name) + 1);
	for (i = 0; i < 20; i++) {
		sscanf(id + 2 * i, "%2x", &byte);
		n.desc[i] = (unsigned char)byte;
	}
	return n;
}

/* names are padded to 4 bytes: "GNU" takes 4, and others here 8 */
static size_t put(unsigned char *to, const struct note *n)
{
	size_t name = n->head.n_namesz > 4 ? 8 : 4;

	memcpy(to, &n->head, sizeof(n->head));
	memcpy(to + sizeof(n->head), n->name, name);
	memcpy(to + sizeof(n->head) + name, n->desc, 20);
	return sizeof(n->head) + name + 20;
}

/* what is not ours, then the id */
static size_t notes(unsigned char *to, const char *id)
{
	const struct note other = note_of("Linux", NT_GNU_BUILD_ID, ID_B);
	const struct note wrong = note_of("GNU", NT_GNU_ABI_TAG, ID_B);
	const struct note right = note_of("GNU", NT_GNU_BUILD_ID, id);
	size_t bytes = put(to, &other);

	bytes += put(to + bytes, &wrong);
	return bytes + put(to + bytes, &right);
}

static void line_of_bytes(uint64_t kva, const unsigned char *p, size_t bytes)
{
	size_t i;

	fprintf(k.f, "mem %" PRIx64, kva);
	for (i = 0; i < bytes; i++)
		fprintf(k.f, " b%02x", p[i]);
	fputc('\n', k.f);
}

static void facts(void)
{
	static const char *const line[] = {
		"member module.notes_attrs 96 8",
		"member module_notes_attrs.attrs 16 0",
		"struct bin_attribute 64", "member bin_attribute.attr 0 16",
		"member bin_attribute.size 16 8",
		"member bin_attribute.private 24 8",
		"member attribute.name 0 8",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(line); i++)
		kernel_line(&k, "%s", line[i]);
}

/* the notes of module @nr: two sections, the id is in the second */
static void module_notes(unsigned int nr, const char *id)
{
	uint64_t at = NOTES + nr * 0x1000, attr = at + 16;
	unsigned char buf[256];
	size_t bytes = notes(buf, id);

	kernel_line(&k, "mem %" PRIx64 " %" PRIx64,
		    O_MODULE + nr * 0x10000 + 96, at);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " 0 8 %" PRIx64, attr,
		    at + 0x800, at + 0x900);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " 0 %zx %" PRIx64,
		    attr + 64, at + 0x820, bytes, at + 0xa00);
	kernel_line(&k, "text %" PRIx64 " .note.Linux", at + 0x800);
	kernel_line(&k, "text %" PRIx64 " .note.gnu.build-id", at + 0x820);
	kernel_line(&k, "mem %" PRIx64 " 0", at + 0x900);
	line_of_bytes(at + 0xa00, buf, bytes);
}

static int set_up(void **state)
{
	static const struct owned_module m[] = {
		{ "virtio_mem", NULL, 0 }, { "xfs", NULL, 0 },
		{ "virtio_balloon", NULL, 0 },
	};
	unsigned int i;

	(void)state;
	owned_open(&k);
	facts();
	owned_modules(&k, m, ARRAY_LEN(m));
	for (i = 0; i < ARRAY_LEN(m); i++)
		module_notes(i, ID_A);
	kernel_line(&k, "release 6.1.0-57-amd64");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ofl_session_drop(&session);
	texttarget_free(&tt);
	return 0;
}

static void load(void)
{
	kernel_load(&k, &tt);
	ofl_session_init(&session, &tt.target);
}

static enum ofl_status check(void)
{
	load();
	return ofl_typed_check(&tt.target, &err);
}

static void test_right_files(void **state)
{
	(void)state;
	kernel_line(&k, "typed vmlinux " ID_B);
	kernel_line(&k, "typed virtio_mem " ID_A);
	kernel_line(&k, "typed virtio_balloon " ID_A);
	assert_int_equal(check(), OFL_OK);
}

/* what, both sources, what to do */
static void test_foreign_file(void **state)
{
	(void)state;
	kernel_line(&k, "typed virtio_mem " ID_A);
	kernel_line(&k, "typed virtio_balloon " ID_B);
	assert_int_equal(check(), OFL_ERR_CONFLICT);
	assert_string_equal(err.text,
		"virtio_balloon: the file that mod -s loaded is of another build (build id "
		ID_B ", in the dump " ID_A "), so no type can be trusted: mod -d virtio_balloon, then mod -s virtio_balloon with the file of 6.1.0-57-amd64");
}

static void test_foreign_files(void **state)
{
	(void)state;
	kernel_line(&k, "typed xfs " ID_B);
	kernel_line(&k, "typed virtio_balloon " ID_B);
	assert_int_equal(check(), OFL_ERR_CONFLICT);
	assert_string_equal(err.text,
		"xfs, virtio_balloon: files that mod -s loaded are of other builds (xfs: build id "
		ID_B ", in the dump " ID_A "), so no type can be trusted: mod -d each of them, or start crash anew; take the files of 6.1.0-57-amd64");
}

/* mod -S of the wrong folder: the line does not grow with it */
static void test_many_foreign_files(void **state)
{
	struct owned_module m[24];
	char name[24][OFL_STR_MAX];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(m); i++) {
		snprintf(name[i], sizeof(name[i]), "a_driver_of_some_%u", i);
		m[i] = (struct owned_module){ name[i], NULL, 0 };
	}
	owned_modules(&k, m, ARRAY_LEN(m));
	for (i = 0; i < ARRAY_LEN(m); i++) {
		module_notes(i, ID_A);
		kernel_line(&k, "typed %s " ID_B, name[i]);
	}
	assert_int_equal(check(), OFL_ERR_CONFLICT);
	assert_non_null(strstr(err.text, " a_driver_of_some_3 and 20 more: files"));
	assert_null(strstr(err.text, "_of_some_4"));
	assert_non_null(strstr(err.text, "take the files of 6.1.0-57-amd64"));
}

/* nothing is said of what is not known, on either side */
static void test_unknown(void **state)
{
	static const char *const less[] = {
		"typed virtio_mem -", "typed nfs " ID_B,
		"without member module.notes_attrs",
		"without struct bin_attribute",
		"mem ffffffffc0000060 0", "unreadable ffffffffc0000060 8",
		"unreadable ffff888007500010 8",
		"unreadable ffff888007500060 8",	/* its size */
		"mem ffff888007500060 0", "mem ffff888007500060 ffffffff",
		"unreadable ffff888007500a00 8",
		"mem ffff888007500a00 ffffffffffffffff",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(less); i++) {
		if (i)
			assert_int_equal(set_up(NULL), 0);
		kernel_line(&k, "typed virtio_mem " ID_B);
		kernel_line(&k, "%s", less[i]);
		if (i == 1)
			kernel_line(&k, "without typed virtio_mem");
		if (check() != OFL_OK)
			fail_msg("%s: %s", less[i], err.text);
		if (i + 1 < ARRAY_LEN(less))
			tear_down(NULL);
	}
}

/* the check is first: nothing of what the wrong types say is kept or shown */
static void test_session(void **state)
{
	(void)state;
	kernel_line(&k, "typed virtio_mem " ID_B);
	kernel_line(&k, "struct page 7");
	load();
	assert_int_equal(ofl_session_begin(&session, false, &err),
			 OFL_ERR_CONFLICT);
	assert_non_null(strstr(err.text, "mod -d virtio_mem"));
	assert_false(session.loaded);
	assert_int_equal(ofl_session_end(&session, &err), OFL_OK);
}

static void test_no_memory(void **state)
{
	enum ofl_status st;

	(void)state;
	kernel_line(&k, "typed virtio_mem " ID_A);
	load();
	alloc_fail_from_now(1);
	st = ofl_typed_check(&tt.target, &err);
	alloc_stop();
	assert_int_equal(st, OFL_ERR_NOMEM);
}

/* ---- vmlinux ---- */

static const char *doubt(void)
{
	load();
	assert_int_equal(ofl_session_begin(&session, false, &err), OFL_OK);
	return session.doubt;
}

static void test_vmlinux(void **state)
{
	(void)state;
	kernel_line(&k, "vmcoreinfo BUILD-ID=" ID_A);
	kernel_line(&k, "typed vmlinux " ID_A);
	assert_string_equal(doubt(), "");
}

static void test_other_vmlinux(void **state)
{
	(void)state;
	kernel_line(&k, "vmcoreinfo BUILD-ID=" ID_A);
	kernel_line(&k, "typed vmlinux " ID_B);
	assert_string_equal(doubt(),
		"vmlinux is of another build than the kernel in the dump (build id "
		ID_B ", in the dump " ID_A "): layouts may differ");
}

/* before v5.9, by its notes in memory */
static void kernel_notes(const char *id)
{
	unsigned char buf[256];
	size_t bytes = notes(buf, id);

	kernel_line(&k, "symbol __start_notes %" PRIx64, KNOTES);
	kernel_line(&k, "symbol __stop_notes %" PRIx64, KNOTES + bytes);
	line_of_bytes(KNOTES, buf, bytes);
}

static void test_kernel_notes(void **state)
{
	(void)state;
	kernel_notes(ID_A);
	kernel_line(&k, "typed vmlinux " ID_A);
	assert_string_equal(doubt(), "");
	assert_true(ofl_build_of_kernel(&tt.target, hex));
	assert_string_equal(hex, ID_A);
}

static void test_other_kernel_notes(void **state)
{
	(void)state;
	kernel_notes(ID_B);
	kernel_line(&k, "typed vmlinux " ID_A);
	assert_non_null(strstr(doubt(), "another build"));
}

static void test_no_kernel_notes(void **state)
{
	(void)state;
	kernel_notes(ID_B);
	kernel_line(&k, "unreadable %" PRIx64 " 8", KNOTES);
	kernel_line(&k, "typed vmlinux " ID_A);
	assert_string_equal(doubt(), "");
	assert_false(ofl_build_of_kernel(&tt.target, hex));
}

/* ---- files ---- */

static struct file {
	Elf64_Ehdr head;
	Elf64_Shdr section[3];
	unsigned char notes[256];
} file;

static void make_file(void)
{
	memset(&file, 0, sizeof(file));
	unit_elf64(file.head.e_ident);
	file.head.e_shentsize = sizeof(Elf64_Shdr);
	file.head.e_shnum = 3;
	file.head.e_shoff = offsetof(struct file, section);
	file.section[1].sh_type = SHT_NOBITS;	/* as .text of debuginfo */
	file.section[1].sh_size = 1u << 30;
	file.section[2].sh_type = SHT_NOTE;
	file.section[2].sh_offset = offsetof(struct file, notes);
	file.section[2].sh_size = notes(file.notes, ID_A);
}

static bool ask_file(size_t bytes)
{
	char path[32];
	int fd = memfd_create("module", MFD_CLOEXEC);
	bool found;

	assert_int_equal(pwrite(fd, &file, bytes, 0), bytes);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	found = ofl_build_id_of_file(path, hex);
	close(fd);
	return found;
}

static void test_file(void **state)
{
	(void)state;
	make_file();
	assert_true(ask_file(sizeof(file)));
	assert_string_equal(hex, ID_A);
}

static void test_no_file(void **state)
{
	(void)state;
	assert_false(ofl_build_id_of_file("/nonexistent/virtio_mem.ko", hex));
	assert_string_equal(hex, "");
}

static void expect_none(size_t bytes)
{
	assert_false(ask_file(bytes));
	assert_string_equal(hex, "");
	make_file();
}

/* what is no ELF of ours, or ends too early, has no id */
static void test_odd_files(void **state)
{
	(void)state;
	make_file();
	expect_none(sizeof(file) - sizeof(file.notes) + 8);
	expect_none(sizeof(Elf64_Ehdr) + 8);
	expect_none(8);
	file.head.e_ident[0] = 'x';
	expect_none(sizeof(file));
	file.head.e_ident[EI_CLASS] = ELFCLASS32;
	expect_none(sizeof(file));
	file.head.e_ident[EI_DATA] ^= 3;
	expect_none(sizeof(file));
	file.head.e_shentsize = 1;
	expect_none(sizeof(file));
	file.head.e_shnum = 0;
	expect_none(sizeof(file));
	file.head.e_shoff = UINT64_MAX - 8;
	expect_none(sizeof(file));
	file.section[2].sh_size = 1u << 30;
	expect_none(sizeof(file));
	file.section[2].sh_type = SHT_PROGBITS;
	expect_none(sizeof(file));
}

static void test_odd_notes(void **state)
{
	struct note n = note_of("GNU", NT_GNU_BUILD_ID, ID_A);
	unsigned char buf[64];
	size_t bytes = put(buf, &n), cut;

	(void)state;
	assert_true(ofl_build_id_of_notes(buf, bytes, hex));
	for (cut = 0; cut < bytes; cut++)
		assert_false(ofl_build_id_of_notes(buf, cut, hex));
	n.head.n_descsz = 0;
	put(buf, &n);
	assert_false(ofl_build_id_of_notes(buf, bytes, hex));
	n.head.n_descsz = UINT32_MAX;
	put(buf, &n);
	assert_false(ofl_build_id_of_notes(buf, bytes, hex));
	n.head.n_descsz = 33;	/* longer than any id */
	put(buf, &n);
	memset(buf + bytes, 0, sizeof(buf) - bytes);
	assert_false(ofl_build_id_of_notes(buf, sizeof(buf), hex));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_right_files),
		CASE(test_foreign_file),
		CASE(test_foreign_files),
		CASE(test_many_foreign_files),
		CASE(test_unknown),
		CASE(test_session),
		CASE(test_no_memory),
		CASE(test_vmlinux),
		CASE(test_other_vmlinux),
		CASE(test_kernel_notes),
		CASE(test_other_kernel_notes),
		CASE(test_no_kernel_notes),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_odd_files),
		cmocka_unit_test(test_odd_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
