// SPDX-License-Identifier: GPL-2.0-or-later
/* test_field.c - members of a driver's structs: where, how large, readable */
#include "unit.h"

#include <inttypes.h>
#include <string.h>

#include "kernel.h"
#include "owners/field.h"

#define AT UINT64_C(0xffff888007000000)

enum { BYTE, HALF, WORD, LONG, PLACE, OLDER, GONE, NR };

static const struct ofl_field fields[NR] = {
	[BYTE] = { "drv", "flag", NULL, 1, false },
	[HALF] = { "drv", "half", NULL, 2, false },
	[WORD] = { "drv", "inner.word", NULL, 4, false },
	[LONG] = { "drv", "address", NULL, 8, false },
	[PLACE] = { "drv", "lock", NULL, 0, false },
	[OLDER] = { "drv", "sbm.first", "first", 8, false },
	[GONE] = { "drv", "gone", NULL, 8, true },
};

static struct kernel k;
static struct texttarget tt;
static struct ofl_place at[NR];

static int set_up(void **state)
{
	(void)state;
	kernel_init(&k);
	kernel_open(&k);
	kernel_line(&k, "struct drv 64");
	kernel_line(&k, "member drv.flag 1 1");
	kernel_line(&k, "member drv.half 2 2");
	/* of a path through a member hosts know the place, but not the size */
	kernel_line(&k, "member drv.inner.word 4 0");
	kernel_line(&k, "member drv.address 8 8");
	kernel_line(&k, "member drv.lock 16 32");
	kernel_line(&k, "member drv.first 48 8");
	/* every byte is another one: a read of a wrong size, or end, shows */
	kernel_line(&k, "mem %" PRIx64 " bf1 b02 b03 bf4 b05 b06 b07 bf8 b11 b12 b13 b14 b15 b16 b17 bf8",
		    AT);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	texttarget_free(&tt);
	return 0;
}

static bool load(void)
{
	struct ofl_types ty;

	kernel_load(&k, &tt);
	ty = ofl_types_kernel(&tt.target);
	return ofl_fields_load(&ty, fields, NR, at);
}

/* the bytes at @offset as this machine reads a number of that size */
static uint64_t number(unsigned int offset, size_t bytes)
{
	static const unsigned char raw[] = {
		0xf1, 0x02, 0x03, 0xf4, 0x05, 0x06, 0x07, 0xf8,
		0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0xf8,
	};
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < bytes; i++)
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
		v = v << 8 | raw[offset + i];
#else
		v |= (uint64_t)raw[offset + i] << 8 * i;
#endif
	return v;
}

static void test_sizes(void **state)
{
	uint64_t v = UINT64_MAX;

	(void)state;
	assert_true(load());
	assert_true(ofl_place_read(&tt.target, AT, &at[BYTE], &v));
	assert_true(v == number(1, 1));
	assert_true(ofl_place_read(&tt.target, AT, &at[HALF], &v));
	assert_true(v == number(2, 2));
	assert_true(ofl_place_read(&tt.target, AT, &at[WORD], &v));
	assert_true(v == number(4, 4));
	assert_true(ofl_place_read(&tt.target, AT, &at[LONG], &v));
	assert_true(v == number(8, 8));
}

/* the size is the one that the types say: a flag that grew to an int */
static void test_size_of_the_types(void **state)
{
	uint64_t v;

	(void)state;
	kernel_line(&k, "member drv.flag 4 4");
	assert_true(load());
	assert_true(ofl_place_read(&tt.target, AT, &at[BYTE], &v));
	assert_true(v == number(4, 4));
}

static void test_no_number(void **state)
{
	uint64_t v = 77;

	(void)state;
	assert_true(load());
	assert_true(at[PLACE].known);
	assert_int_equal(at[PLACE].offset_bytes, 16);
	assert_int_equal(at[PLACE].size_bytes, 32);
	assert_false(ofl_place_read(&tt.target, AT, &at[PLACE], &v));
	assert_false(at[GONE].known);
	assert_false(ofl_place_read(&tt.target, AT, &at[GONE], &v));
	assert_int_equal(v, 77);
}

static void test_older_path(void **state)
{
	(void)state;
	assert_true(load());
	assert_true(at[OLDER].known);
	assert_true(at[OLDER].older);
	assert_int_equal(at[OLDER].offset_bytes, 48);
	assert_false(at[LONG].older);
}

/* a failed read is no number, whatever was there before */
static void test_unreadable(void **state)
{
	uint64_t v = 77;

	(void)state;
	kernel_line(&k, "excluded %" PRIx64 " 10", AT);
	assert_true(load());
	assert_false(ofl_place_read(&tt.target, AT, &at[BYTE], &v));
	assert_false(ofl_place_read(&tt.target, AT, &at[LONG], &v));
	assert_int_equal(v, 77);
}

/* all that are needed are, but one */
static void test_one_is_missing(void **state)
{
	static const struct ofl_field needed[] = {
		{ "drv", "flag", NULL, 1, false },
		{ "drv", "gone", NULL, 8, false },
		{ "drv", "address", NULL, 8, false },
	};
	struct ofl_types ty;

	(void)state;
	assert_true(load());
	ty = ofl_types_kernel(&tt.target);
	assert_false(ofl_fields_load(&ty, needed, ARRAY_LEN(needed), at));
	/* the others are known all the same */
	assert_true(at[0].known);
	assert_false(at[1].known);
	assert_true(at[2].known);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_sizes),
		CASE(test_size_of_the_types),
		CASE(test_no_number),
		CASE(test_older_path),
		CASE(test_unreadable),
		CASE(test_one_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
