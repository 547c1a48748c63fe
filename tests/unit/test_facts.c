// SPDX-License-Identifier: GPL-2.0-or-later
/* test_facts.c - the table of facts, and its page in docs/ */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "layout/layout.h"
#include "layout/load.h"

static void test_rows_are_whole(void **state)
{
	int i, j;

	(void)state;
	for (i = 0; i < OFL_NR_FACTS; i++) {
		const struct ofl_fact_row *row = &ofl_fact_rows[i];

		if (!row->name || !row->name[0])
			fail_msg("fact %d has no name", i);
		if (row->witness[0].kind == OFL_W_NONE)
			fail_msg("%s has no witness", row->name);
		if (!row->history || !row->history[0])
			fail_msg("%s has no history", row->name);
		if (!row->needed_by == !row->without)
			fail_msg("%s: it is needed, or something is lost without it",
				 row->name);
		if (row->needed_by == OFL_BY_SCAN && row->asked != OFL_ASKED_EARLY)
			fail_msg("%s is needed before it is asked for",
				 row->name);
		if (row->needed_by && row->asked == OFL_ASKED_HOLDERS)
			fail_msg("%s is needed, and few commands ask for it",
				 row->name);
		for (j = 0; j < i; j++)
			assert_string_not_equal(row->name,
						ofl_fact_rows[j].name);
	}
}

/* a page of markdown quotes names in `` and splits no string */
static void test_rows_are_documented(void **state)
{
	char *page = unit_slurp("docs/kernels.md");
	int i, lost = 0;

	(void)state;
	if (!page) {
		printf("docs/kernels.md is not there yet\n");
		skip();
	}
	for (i = 0; i < OFL_NR_FACTS; i++) {
		const struct ofl_fact_row *row = &ofl_fact_rows[i];

		if (strstr(page, row->name) && strstr(page, row->history) &&
		    (!row->without || strstr(page, row->without)))
			continue;
		fprintf(stderr, "docs/kernels.md lacks %s: %s\n", row->name,
			row->history);
		lost++;
	}
	free(page);
	assert_int_equal(lost, 0);
}

/* ---- witnesses ---- */

static enum ofl_status load_row(const struct ofl_fact_row *row, const char *text,
				struct ofl_fact *ret, struct ofl_err *err)
{
	struct texttarget tt;
	enum ofl_status st;

	if (texttarget_parse(&tt, text, err))
		fail_msg("%s", err->text);
	st = ofl_fact_load(&tt.target, row, ret, err);
	texttarget_free(&tt);
	return st;
}

static void test_witnesses(void **state)
{
	static const struct ofl_fact_row row = { .name = "it", .witness = {
		{ OFL_W_ENUM, "E", NULL, 0 }, { OFL_W_NUMBER, "N", NULL, 0 },
		{ OFL_W_ALWAYS, NULL, NULL, 9 } } };
	struct ofl_fact f;
	struct ofl_err err;

	(void)state;
	assert_int_equal(load_row(&row, "# no\n", &f, &err), OFL_OK);
	assert_true(f.known && f.value == 9);
	assert_int_equal(load_row(&row, "enumerator E 9\n", &f, &err), OFL_OK);
	assert_string_equal(f.source, "enumerator E");
	assert_int_equal(load_row(&row, "vmcoreinfo N=-5\n", &f, &err), OFL_OK);
	assert_true(f.known && f.value == -5);
	assert_int_equal(load_row(&row, "enumerator E 3\nvmcoreinfo N=3\n", &f,
				  &err), OFL_OK);
	assert_string_equal(f.source, "enumerator E");
	assert_int_equal(load_row(&row, "enumerator E 3\nvmcoreinfo N=4\n", &f,
				  &err), OFL_ERR_CONFLICT);
	assert_non_null(strstr(err.text, "enumerator E says 3"));
	assert_non_null(strstr(err.text, "VMCOREINFO N says 4"));
}

/* where the subpool of a huge page is: 6.1 has it where neither 6.0 nor 6.2 do */
static void test_subpool_of_a_huge_page(void **state)
{
	const struct ofl_fact_row *row = &ofl_fact_rows[OFL_F_HUGE_SUBPOOL];
	struct ofl_fact f;
	struct ofl_err err;

	(void)state;
	assert_int_equal(load_row(row, "struct folio 128\n"
				  "member folio._private_1 96 8\n", &f, &err),
			 OFL_OK);
	assert_true(f.known && f.value == 96);
	assert_int_equal(load_row(row, "struct folio 192\n"
				  "member folio._hugetlb_subpool 144 8\n", &f,
				  &err), OFL_OK);
	assert_true(f.known && f.value == 144);
	assert_int_equal(load_row(row, "# no\n", &f, &err), OFL_OK);
	assert_false(f.known);
}

/** struct bad_kernel - a line that makes a kernel impossible, and the refusal */
static const struct bad_kernel {
	const char *line;
	enum ofl_status status;
	const char *text;
} bad_kernels[] = {
	{ "host page_size 5000", OFL_ERR_CORRUPT, "impossible geometry" },
	{ "host page_size 0", OFL_ERR_CORRUPT, "impossible geometry" },
	{ "host page_size 2048", OFL_ERR_CORRUPT, "impossible geometry" },
	{ "host section_size_bits 64", OFL_ERR_CORRUPT, "impossible geometry" },
	{ "host section_size_bits 30", OFL_ERR_CORRUPT, "impossible geometry" },
	{ "member mem_section_usage.subsection_map 16 32", OFL_ERR_CONFLICT,
	  "subsection_map) of 32 bytes says 29" },
	{ "member mem_section_usage.subsection_map 16 16", OFL_ERR_CONFLICT,
	  "subsection_map) of 16 bytes says 28" },
	{ "host max_physmem_bits 64", OFL_ERR_CORRUPT, "impossible geometry" },
	{ "struct page 0", OFL_ERR_CORRUPT, "impossible geometry" },
	{ "struct page 4096", OFL_ERR_CORRUPT, "impossible geometry" },
	{ "struct mem_section 0", OFL_ERR_CORRUPT, "impossible geometry" },
	{ "member page.page_type 62 4", OFL_ERR_CORRUPT, "outside of its struct" },
	{ "member page._refcount 18446744073709551615 4", OFL_ERR_CORRUPT,
	  "outside of its struct" },
	{ "member page.flags 4294967296 8", OFL_ERR_CORRUPT, "outside of its struct" },
	{ "member mem_section.section_mem_map 16 8", OFL_ERR_CORRUPT,
	  "mem_section.section_mem_map: offset 16" },
	{ "member mem_section.usage 12 8", OFL_ERR_CORRUPT,
	  "mem_section.usage: offset 12" },
	{ "enumerator SECTION_MAP_LAST_BIT 64", OFL_ERR_CORRUPT,
	  "no flag can be bit 64" },
	{ "enumerator SECTION_IS_ONLINE_BIT 64", OFL_ERR_CORRUPT,
	  "no flag can be bit 64" },
	{ "mem ffffffff82000020 b00 b00 b00 b00", OFL_ERR_CORRUPT,
	  "0 sections per block" },
	{ "without struct page", OFL_ERR_NODATA, "debuginfo" },
	{ "without member page.flags", OFL_ERR_NODATA, "debuginfo" },
	{ "without symbol mem_section", OFL_ERR_NODATA, "mem_section" },
	{ "unreadable ffffffff82000000 8", OFL_ERR_UNREADABLE,
	  "mem_section at 0xffffffff82000000 cannot be read from the dump" },
	{ "excluded ffffffff82000000 8", OFL_ERR_UNREADABLE,
	  "mem_section at 0xffffffff82000000 was left out of the dump by its filter" },
	{ "vmcoreinfo SYMBOL(mem_section)=ffff888000999000", OFL_ERR_CONFLICT,
	  "SYMBOL(mem_section)" },
	{ "vmcoreinfo PAGESIZE=65536", OFL_ERR_CONFLICT, "page_size" },
	{ "vmcoreinfo SIZE(page)=56", OFL_ERR_CONFLICT, "sizeof(page)" },
	{ "enumerator PGTY_offline 242", OFL_ERR_CONFLICT, "PageOffline" },
};

static void test_impossible_kernels(void **state)
{
	struct ofl_layout *l = calloc(1, sizeof(*l));
	int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad_kernels); i++) {
		const struct bad_kernel *b = &bad_kernels[i];
		struct ofl_err err = { .status = OFL_OK };
		struct texttarget tt;
		enum ofl_status st;
		struct kernel k;

		kernel_init(&k);
		kernel_open(&k);
		kernel_line(&k, "%s", b->line);
		kernel_load(&k, &tt);
		st = ofl_layout_load(&tt.target, l, &err);
		if (st != b->status || !strstr(err.text, b->text)) {
			fprintf(stderr, "%s: %d %s\n", b->line, st, err.text);
			wrong++;
		}
		texttarget_free(&tt);
	}
	free(l);
	assert_int_equal(wrong, 0);
}

/* crash has them by architecture, the kernel of this dump says them itself */
static void test_sizes_of_the_host(void **state)
{
	struct ofl_layout *l = calloc(1, sizeof(*l));
	struct texttarget tt;
	struct ofl_err err;
	struct kernel k;

	(void)state;
	kernel_init(&k);
	kernel_open(&k);
	kernel_line(&k, "vmcoreinfo NUMBER(SECTION_SIZE_BITS)=%u", k.section_bits);
	kernel_line(&k, "vmcoreinfo NUMBER(MAX_PHYSMEM_BITS)=%u", k.physmem_bits);
	kernel_line(&k, "host section_size_bits %u", k.section_bits + 1);
	kernel_line(&k, "host max_physmem_bits %u", k.physmem_bits + 1);
	kernel_load(&k, &tt);
	assert_int_equal(ofl_layout_load(&tt.target, l, &err), OFL_OK);
	assert_int_equal(l->section_pages, 1u << (k.section_bits - 12));
	texttarget_free(&tt);
	free(l);
}

/* ---- what crash sees of us ---- */

static void test_no_symbol_leaks(void **state)
{
	const char *build = getenv("OFL_BUILD");
	char path[512], command[600], line[256];
	int wrong = 0, ret;
	char *so;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/offline.so", build ? build : "build");
	so = unit_slurp(path);
	if (!so) {
		printf("%s is not built\n", path);
		skip();
	}
	free(so);
	snprintf(command, sizeof(command), "nm -D --defined-only '%s'", path);
	f = popen(command, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		/* _init and _fini are the linker's */
		if (strstr(line, " _init\n") || strstr(line, " _fini\n"))
			continue;
		fprintf(stderr, "%s", line);
		wrong++;
	}
	ret = pclose(f);
	if (ret) {
		printf("nm is not there\n");
		skip();
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_whole),
		cmocka_unit_test(test_rows_are_documented),
		cmocka_unit_test(test_witnesses),
		cmocka_unit_test(test_subpool_of_a_huge_page),
		cmocka_unit_test(test_impossible_kernels),
		cmocka_unit_test(test_sizes_of_the_host),
		cmocka_unit_test(test_no_symbol_leaks),
	};

	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
