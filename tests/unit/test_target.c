// SPDX-License-Identifier: GPL-2.0-or-later
/* test_target.c - typed reads: as wide as the member is, and no wider */
#include "unit.h"

#include <string.h>

#include "target/count.h"
#include "texttarget.h"

#define KVA	0x1000

static struct texttarget tt;

static int set_up(void **state)
{
	struct ofl_err err;

	(void)state;
	if (texttarget_parse(&tt, "mem 1000 ffeeddccbbaa9988 7766554433221100\n",
			     &err))
		fail_msg("%s", err.text);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	texttarget_free(&tt);
	return 0;
}

/* what lies in memory at @at, as the machine itself would read it */
static uint64_t native(size_t at, size_t bytes)
{
	static const uint64_t words[] = { 0xffeeddccbbaa9988,
					  0x7766554433221100 };
	unsigned char raw[sizeof(words)];
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	memcpy(raw, words, sizeof(raw));
	memcpy(&two, raw + at, sizeof(two));
	memcpy(&four, raw + at, sizeof(four));
	memcpy(&eight, raw + at, sizeof(eight));
	return bytes == 1 ? raw[at] : bytes == 2 ? two :
	       bytes == 4 ? four : eight;
}

static void test_every_width(void **state)
{
	static const size_t width[] = { 1, 2, 4, 8 };
	uint64_t v;
	size_t i, at;

	(void)state;
	for (i = 0; i < OFL_COUNT(width); i++)
		for (at = 0; at <= 8; at += width[i]) {
			struct ofl_member m = { at, width[i] };

			v = 0;
			assert_true(ofl_read_uint(&tt.target, KVA + at,
						  width[i], &v));
			assert_int_equal(v, native(at, width[i]));
			v = 0;
			assert_true(ofl_read_member(&tt.target, KVA, &m, &v));
			assert_int_equal(v, native(at, width[i]));
		}
}

static void test_no_integer(void **state)
{
	static const uint64_t width[] = { 0, 3, 5, 6, 7, 9, 16, UINT64_MAX };
	uint64_t v = 42;
	size_t i;

	(void)state;
	for (i = 0; i < OFL_COUNT(width); i++)
		assert_false(ofl_read_uint(&tt.target, KVA, width[i], &v));
	assert_false(ofl_read_uint(&tt.target, KVA + 16, 1, &v));
	assert_int_equal(v, 42);
}

/* the first read that fails is known by its address and by what it was for */
static void test_missed(void **state)
{
	struct ofl_missed missed = { .reads = 0 }, part, before;
	uint64_t v;

	(void)state;
	tt.target.missed = &missed;
	ofl_missed_what(&tt.target, "all of it");
	before = ofl_missed_begin(&tt.target);
	ofl_missed_what(&tt.target, "one part");
	assert_false(ofl_read_u64(&tt.target, KVA + 16, &v));
	ofl_missed_what(&tt.target, "the other part");
	assert_false(ofl_read_u64(&tt.target, KVA + 24, &v));
	ofl_missed_end(&tt.target, &before, &part);
	assert_string_equal(missed.what, "all of it");
	assert_string_equal(missed.first_what, "one part");
	assert_int_equal(missed.first_kva, KVA + 16);
	assert_int_equal(missed.reads, 2);
	missed = (struct ofl_missed){ .reads = 0 };
	ofl_missed_again(&tt.target, &part);
	assert_string_equal(missed.first_what, "one part");
	assert_false(ofl_read_u64(&tt.target, KVA + 24, &v));
	assert_string_equal(missed.first_what, "one part");
	assert_int_equal(missed.reads, 3);
}

/* what of a name could be read is another name */
static void test_no_part_of_a_text(void **state)
{
	static const char *const kernel[] = {
		"mem 2000 74726976\n",			/* ends: "virt", 0 */
		"text 2000 vi\nunreadable 2002 1\n",
		"mem 2000 1b6976\n",			/* "vi", escape */
	};
	char buf[OFL_STR_MAX];
	struct texttarget t;
	struct ofl_err err;
	size_t i;

	(void)state;
	for (i = 0; i < OFL_COUNT(kernel); i++) {
		assert_int_equal(texttarget_parse(&t, kernel[i], &err), OFL_OK);
		memset(buf, 'x', sizeof(buf));
		assert_int_equal(ofl_read_str(&t.target, 0x2000, buf,
					      sizeof(buf)), !i);
		assert_string_equal(buf, i ? "" : "virt");
		texttarget_free(&t);
	}
}

/* how many reads failed, and where first: only what was asked in earnest */
static void test_missed_count(void **state)
{
	struct ofl_missed m = { .reads = 0 }, before, part;
	struct ofl_target t = tt.target;
	uint64_t v;

	(void)state;
	t.missed = &m;
	assert_true(ofl_read_u64(&t, KVA, &v));
	assert_int_equal(m.reads, 0);
	assert_false(ofl_read_u64(&t, 0x9000, &v));
	assert_false(ofl_read_u64(&t, 0x8000, &v));
	ofl_aside(&t, true);
	assert_false(ofl_read_u64(&t, 0x5000, &v));
	ofl_aside(&t, false);
	assert_int_equal(m.reads, 2);
	assert_int_equal(m.first_kva, 0x9000);
	/* a part of it, which may be counted again without reading again */
	before = ofl_missed_begin(&t);
	assert_false(ofl_read_u64(&t, 0x7000, &v));
	ofl_missed_end(&t, &before, &part);
	assert_int_equal(part.reads, 1);
	assert_int_equal(part.first_kva, 0x7000);
	assert_int_equal(m.reads, 3);
	assert_int_equal(m.first_kva, 0x9000);
	m = (struct ofl_missed){ .reads = 0 };
	ofl_missed_again(&t, &part);
	assert_int_equal(m.reads, 1);
	assert_int_equal(m.first_kva, 0x7000);
	/* a target that does not count */
	t.missed = NULL;
	before = ofl_missed_begin(&t);
	assert_false(ofl_read_u64(&t, 0x7000, &v));
	ofl_missed_end(&t, &before, &part);
	ofl_missed_again(&t, &part);
	assert_int_equal(part.reads, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_width, set_up, drop),
		cmocka_unit_test_setup_teardown(test_no_integer, set_up, drop),
		cmocka_unit_test_setup_teardown(test_missed, set_up, drop),
		cmocka_unit_test(test_no_part_of_a_text),
		cmocka_unit_test_setup_teardown(test_missed_count, set_up, drop),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
