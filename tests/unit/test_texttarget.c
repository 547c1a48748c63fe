// SPDX-License-Identifier: GPL-2.0-or-later
/* test_texttarget.c - words, groups and steps of the fixtures' memory */
#include "unit.h"

#include <stdio.h>

#include "texttarget.h"

static struct texttarget tt;
static struct ofl_err err;

static int drop(void **state)
{
	(void)state;
	texttarget_free(&tt);
	return 0;
}

static void check_words(const char *text, const uint64_t *want, size_t nr)
{
	uint64_t v;
	size_t i;

	assert_int_equal(texttarget_parse(&tt, text, &err), OFL_OK);
	for (i = 0; i < nr; i++) {
		assert_true(ofl_read_u64(&tt.target, 0x1000 + i * 8, &v));
		if (v != want[i])
			fail_msg("word %zu is %lx", i, (unsigned long)v);
	}
	assert_false(ofl_read_u64(&tt.target, 0x1000 + nr * 8, &v));
	texttarget_free(&tt);
}

#define CHECK(text, ...) do {						\
	static const uint64_t want[] = { __VA_ARGS__ };			\
	check_words("mem 1000 " text "\n", want, sizeof(want) / 8);	\
} while (0)

static void test_words(void **state)
{
	(void)state;
	CHECK("1 b 0b12 ff*2", 1, 0xb, 0xb12, 0xff, 0xff);
	CHECK("b01 b00*7 2", 1, 2);
}

static void test_groups(void **state)
{
	(void)state;
	CHECK("( 1 2*2 )*2 9", 1, 2, 2, 1, 2, 2, 9);
	CHECK("( 1 )*1 ( 2 )*2", 1, 2, 2);
}

/* a list of struct pages, a tail's order that stays, an index that falls */
static void test_steps(void **state)
{
	(void)state;
	CHECK("( 10+40 7 3-1 )*3", 0x10, 7, 3, 0x50, 7, 2, 0x90, 7, 1);
	CHECK("( b+4 )*2", 0xb, 0xf);
	CHECK("( 0-1 ffffffffffffffff+1 )*2", 0, UINT64_MAX, UINT64_MAX, 0);
	CHECK("( 5+1 )*1 ( 5 )*2", 5, 5, 5);
	CHECK("( 1+1 )*2 ( 1+2 )*3", 1, 2, 1, 3, 5);
}

static void test_nonsense(void **state)
{
	static const char *const text[] = {
		"1+1", "( 1+ )*2", "( 1+x )*2", "( 1+1*2 )*2", "( 1 )*0",
		"( )*2", "1 )*2", "( 1 )*2 3 )*2", "x", "( 1 )*ffffffff",
		"( 1 )*99999999999999",
	};
	char line[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		snprintf(line, sizeof(line), "mem 1000 %s\n", text[i]);
		if (texttarget_parse(&tt, line, &err) != OFL_ERR_ARG)
			fail_msg("'%s' is taken", text[i]);
		texttarget_free(&tt);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_words, drop),
		cmocka_unit_test_teardown(test_groups, drop),
		cmocka_unit_test_teardown(test_steps, drop),
		cmocka_unit_test_teardown(test_nonsense, drop),
	};

	return cmocka_run_group_tests_name("texttarget", tests, NULL, NULL);
}
