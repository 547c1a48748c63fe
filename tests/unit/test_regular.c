// SPDX-License-Identifier: GPL-2.0-or-later
/* test_regular.c - a page comes back as it was, or not at all */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "dump/regular.h"

#define ROWS	64
#define COLUMNS	8

static uint64_t page[ROWS][COLUMNS], got[ROWS][COLUMNS];
static struct ofl_regular *r;

static int set_up(void **state)
{
	(void)state;
	r = ofl_regular_new(sizeof(page));
	assert_non_null(r);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	ofl_regular_free(r);
	r = NULL;
	return 0;
}

static uint64_t noise(void)
{
	static uint64_t word = 1;

	word = word * 6364136223846793005u + 1442695040888963407u;
	return word ^ word >> 31;
}

/* rows [from, to): from anything on, by @step */
static void part(unsigned int from, unsigned int to, int64_t step)
{
	unsigned int i, c;

	for (c = 0; c < COLUMNS; c++)
		page[from][c] = noise();
	for (i = from + 1; i < to; i++)
		for (c = 0; c < COLUMNS; c++)
			page[i][c] = page[i - 1][c] +
				     (uint64_t)(c % 2 ? step : -step / 3);
}

/* a page that is new in @nr places: @nr parts, of two rows at least */
static void parts(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		part(i * ROWS / nr, (i + 1) * ROWS / nr, 64 * (int64_t)i - 500);
}

static bool is_back(uint64_t pfn)
{
	memset(got, 0xa5, sizeof(got));
	if (!ofl_regular_get(r, pfn, got)) {
		assert_int_equal(got[0][0], 0xa5a5a5a5a5a5a5a5u);
		assert_int_equal(got[ROWS - 1][7], 0xa5a5a5a5a5a5a5a5u);
		return false;
	}
	assert_memory_equal(got, page, sizeof(page));
	return true;
}

static bool comes_back(uint64_t pfn)
{
	ofl_regular_put(r, pfn, page);
	return is_back(pfn);
}

static void test_parts(void **state)
{
	unsigned int nr;

	(void)state;
	for (nr = 1; nr <= 16; nr++) {
		parts(nr);
		assert_true(comes_back(nr));
	}
	parts(17);
	assert_false(comes_back(17));
	memset(page, 0, sizeof(page));
	assert_true(comes_back(0));
	/* the last row alone, and one word of it */
	part(0, ROWS, 64);
	page[ROWS - 1][3]++;
	assert_true(comes_back(18));
}

/* steps that are wide, and that are too wide to be kept as such */
static void test_steps(void **state)
{
	static const int64_t step[] = {
		0, 1, -1, 32767, -32768, 32768, -32769, 65536, 1ll << 40,
	};
	unsigned int i, c, kept = 0;
	size_t s;

	(void)state;
	for (s = 0; s < ARRAY_LEN(step); s++) {
		memset(page, 0, sizeof(page));
		for (i = 0; i < ROWS; i++)
			for (c = 0; c < COLUMNS; c++)
				page[i][c] = i * (uint64_t)step[s] - 7;
		kept += comes_back(s);
	}
	assert_int_equal(kept, 5);
}

/* every page of a few kinds of rows comes back or does not: none as another */
static void test_noise(void **state)
{
	unsigned int i, n, kept = 0;

	(void)state;
	for (n = 0; n < 2000; n++) {
		part(0, ROWS, (int64_t)(noise() % 200));
		for (i = noise() % 24; i; i--)
			page[noise() % ROWS][noise() % COLUMNS] += noise() % 3;
		kept += comes_back(n);
	}
	assert_in_range(kept, 500, 1990);
}

static void test_one_place(void **state)
{
	(void)state;
	parts(2);
	assert_true(comes_back(5));
	parts(3);
	assert_true(comes_back(5 + 131072));
	assert_false(ofl_regular_get(r, 5, got));
	/* what was kept of a page is no more what it holds */
	parts(20);
	assert_false(comes_back(5 + 131072));
	assert_false(ofl_regular_get(r, 5 + 131072, got));
	parts(1);
	assert_false(comes_back(UINT64_MAX));
	assert_true(comes_back(UINT64_MAX - 1));
}

/* the room is bounded; what is there stays */
static void test_room_ends(void **state)
{
	uint64_t pfn = 0;

	(void)state;
	parts(16);
	while (pfn < 20000 && comes_back(pfn))
		pfn++;
	assert_int_equal(pfn, 131072 / 16);
	assert_true(is_back(0));
	assert_true(is_back(pfn - 1));
}

static void test_no_memory(void **state)
{
	(void)state;
	ofl_regular_put(NULL, 1, page);
	assert_false(ofl_regular_get(NULL, 1, got));
	ofl_regular_free(NULL);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_parts),
		CASE(test_steps),
		CASE(test_noise),
		CASE(test_one_place),
		CASE(test_room_ends),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests_name("regular", tests, NULL, NULL);
}
