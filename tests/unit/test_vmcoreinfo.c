// SPDX-License-Identifier: GPL-2.0-or-later
/* test_vmcoreinfo.c - a key of VMCOREINFO, from the note and from memory */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "texttarget.h"
#include "target/vmcoreinfo.h"

#define DATA	"ffff888000001000"

static struct texttarget tt;
static struct ofl_err err;

static void load(const char *text)
{
	assert_int_equal(texttarget_parse(&tt, text, &err), OFL_OK);
}

static int drop(void **state)
{
	(void)state;
	texttarget_free(&tt);
	return 0;
}

/* "OSRELEASE=x\nKEY=-257\nLAST=" in memory, without a newline at the end */
#define IN_MEMORY(size)							\
	"symbol vmcoreinfo_data ffffffff82000000\n"			\
	"symbol vmcoreinfo_size ffffffff82000008\n"			\
	"mem ffffffff82000000 " DATA " " size "\n"			\
	"text " DATA " OSRELEASE=x\n"					\
	"mem ffff88800000100b b0a\n"					\
	"text ffff88800000100c KEY=-257\n"				\
	"mem ffff888000001014 b0a\n"					\
	"text ffff888000001015 LAST=7\n"

static void test_note(void **state)
{
	char buf[16];
	int64_t v;

	(void)state;
	load("vmcoreinfo OSRELEASE=y\nvmcoreinfo KEY=-257\nvmcoreinfo TEXT=a b\n");
	assert_true(ofl_vmcoreinfo_number(&tt.target, "KEY", &v));
	assert_int_equal(v, -257);
	assert_true(ofl_vmcoreinfo_text(&tt.target, "TEXT", buf, sizeof(buf)));
	assert_string_equal(buf, "a b");
	assert_false(ofl_vmcoreinfo_text(&tt.target, "TEXT", buf, 3));
	assert_false(ofl_vmcoreinfo_text(&tt.target, "KE", buf, sizeof(buf)));
}

static void test_memory_without_note(void **state)
{
	char buf[16];
	int64_t v;

	(void)state;
	load(IN_MEMORY("1b"));
	assert_true(ofl_vmcoreinfo_number(&tt.target, "KEY", &v));
	assert_int_equal(v, -257);
	assert_true(ofl_vmcoreinfo_number(&tt.target, "LAST", &v));
	assert_int_equal(v, 7);
	/* neither the end of a key nor its beginning */
	assert_false(ofl_vmcoreinfo_text(&tt.target, "EY", buf, sizeof(buf)));
	assert_false(ofl_vmcoreinfo_text(&tt.target, "KE", buf, sizeof(buf)));
	assert_false(ofl_vmcoreinfo_text(&tt.target, "OSRELEASE", buf, 1));
	assert_true(ofl_vmcoreinfo_text(&tt.target, "OSRELEASE", buf, 2));
}

static void test_note_beats_memory(void **state)
{
	int64_t v = 1;

	/* a key that the note lacks is not there, whatever memory says */
	(void)state;
	load(IN_MEMORY("1b") "vmcoreinfo OSRELEASE=z\n");
	assert_false(ofl_vmcoreinfo_number(&tt.target, "KEY", &v));
	assert_int_equal(v, 1);
}

static void test_size_ends_the_text(void **state)
{
	int64_t v;

	(void)state;
	load(IN_MEMORY("14"));
	assert_true(ofl_vmcoreinfo_number(&tt.target, "KEY", &v));
	assert_int_equal(v, -257);
	assert_false(ofl_vmcoreinfo_number(&tt.target, "LAST", &v));
}

static void test_bad_memory(void **state)
{
	static const char *const size[] = { "0", "2001", "ffffffffffffffff",
					    "1000" };
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(size); i++) {
		char text[1024] = "";

		strcat(text, "symbol vmcoreinfo_data ffffffff82000000\n"
		       "symbol vmcoreinfo_size ffffffff82000008\n"
		       "text " DATA " KEY=5\n"
		       "mem ffffffff82000000 " DATA " ");
		strcat(text, size[i]);
		strcat(text, "\n");
		load(text);
		assert_false(ofl_vmcoreinfo_number(&tt.target, "KEY", &v));
		texttarget_free(&tt);
	}
	load("symbol vmcoreinfo_data ffffffff82000000\n");
	assert_false(ofl_vmcoreinfo_number(&tt.target, "KEY", &v));
}

static void test_not_a_number(void **state)
{
	static const char *const text[] = { "", "x", "12x", "0x10", "1 2",
		"99999999999999999999999", "-99999999999999999999999" };
	char line[128];
	int64_t v = 3;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(text); i++) {
		snprintf(line, sizeof(line), "vmcoreinfo KEY=%s\n", text[i]);
		load(line);
		if (ofl_vmcoreinfo_number(&tt.target, "KEY", &v))
			fail_msg("'%s' is %ld", text[i], (long)v);
		assert_int_equal(v, 3);
		texttarget_free(&tt);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_note, drop),
		cmocka_unit_test_teardown(test_memory_without_note, drop),
		cmocka_unit_test_teardown(test_note_beats_memory, drop),
		cmocka_unit_test_teardown(test_size_ends_the_text, drop),
		cmocka_unit_test_teardown(test_bad_memory, drop),
		cmocka_unit_test_teardown(test_not_a_number, drop),
	};

	return cmocka_run_group_tests_name("vmcoreinfo", tests, NULL, NULL);
}
