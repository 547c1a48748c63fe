// SPDX-License-Identifier: GPL-2.0-or-later
/* test_pagetype.c - every encoding, told by its numbers; and none by guessing */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "layout/layout.h"
#include "layout/pagetype.h"
#include "layout/recognise.h"

/** struct era - what a kernel of that time says, and what its words mean */
struct era {
	const char *name;
	int64_t number;		/* VMCOREINFO PAGE_OFFLINE_MAPCOUNT_VALUE */
	uint32_t mask, value;
	uint32_t offline[4];	/* words that are PageOffline; 0 ends */
	uint32_t other[12];	/* words that are not; UINT32_MAX ends */
};

static const struct era eras[] = {
	{ "4.18-6.10", -257, 0xf0000100, 0xf0000000,
	  /* alone; with PG_table; with low bits of another owner */
	  { 0xfffffeff, 0xfffffaff, 0xf0000000, 0 },
	  /* buddy, table, guard, hugetlb, slab; mapcounts; a free word */
	  { 0xffffff7f, 0xfffffbff, 0xfffffdff, 0xfffff7ff, 0xffffefff, 0, 1,
	    0x7fffffff, 0x80000000, 0xe0000000, 0xfffffffe, UINT32_MAX } },
	{ "6.11", 0xdfffffff, 0xa0000000, 0x80000000,
	  { 0xdfffffff, 0xdfff0000, 0x9fffffff, 0 },
	  { 0xbfffffff, 0xefffffff, 0xf7ffffff, 0xfbffffff, 0xfdffffff,
	    0xff7fffff, 0, 1, 0x5fffffff, 0x7fffffff, 0xa0000000, UINT32_MAX } },
	{ "6.12", -251658240, 0xff000000, 0xf1000000,
	  { 0xf1000000, 0xf1ffffff, 0xf1000001, 0 },
	  { 0xf0000000, 0xf2000000, 0xf3000000, 0xf4000000, 0xf5000000,
	    0xf8000000, 0xff000000, 0, 1, 0x71000000, 0xf1, UINT32_MAX } },
};

static void test_words_of_each_era(void **state)
{
	struct ofl_pagetype pt;
	size_t e, i;

	(void)state;
	for (e = 0; e < ARRAY_LEN(eras); e++) {
		const struct era *era = &eras[e];

		assert_true(ofl_pagetype_from_number(era->number, &pt));
		assert_int_equal(pt.mask, era->mask);
		assert_int_equal(pt.value, era->value);
		for (i = 0; era->offline[i]; i++)
			assert_true(ofl_pagetype_is(&pt, era->offline[i]));
		for (i = 0; era->other[i] != UINT32_MAX; i++)
			if (ofl_pagetype_is(&pt, era->other[i]))
				fail_msg("%s: %#x is not offline", era->name,
					 era->other[i]);
		assert_false(ofl_pagetype_is(&pt, UINT32_MAX));
	}
}

/* what a kernel writes itself: without a type, with one that is not named here */
static void test_any_type(void **state)
{
	static const struct ofl_pagetype none = { .shape = OFL_SHAPE_NONE };
	struct ofl_pagetype low, high, byte;

	(void)state;
	assert_true(ofl_pagetype_from_number(-257, &low));
	assert_true(ofl_pagetype_from_number(0xdfffffff, &high));
	assert_true(ofl_pagetype_from_number(-251658240, &byte));
	assert_true(ofl_pagetype_any(&low, 0xfffffbff));
	assert_false(ofl_pagetype_any(&low, 0x7fffffff));
	assert_true(ofl_pagetype_any(&high, 0xfdffffff));
	assert_false(ofl_pagetype_any(&high, 0x5fffffff));
	assert_true(ofl_pagetype_any(&byte, 0xfe000000));
	assert_false(ofl_pagetype_any(&byte, 0xef000000));
	assert_false(ofl_pagetype_any(&low, UINT32_MAX));
	assert_false(ofl_pagetype_any(&high, UINT32_MAX));
	assert_false(ofl_pagetype_any(&byte, UINT32_MAX));
	assert_false(ofl_pagetype_any(&none, 0xfffffbff));
	assert_false(ofl_pagetype_numbered(&low));
	assert_false(ofl_pagetype_numbered(&none));
	assert_true(ofl_pagetype_numbered(&byte));
}

static void test_number_is_low_32_bits(void **state)
{
	struct ofl_pagetype a, b;

	/* printed with %ld: signed or not, by era and by compiler */
	(void)state;
	assert_true(ofl_pagetype_from_number(-251658240, &a));
	assert_true(ofl_pagetype_from_number(0xf1000000, &b));
	assert_true(ofl_pagetype_equal(&a, &b));
	assert_true(ofl_pagetype_from_number(-536870913, &a));
	assert_true(ofl_pagetype_from_number(0xdfffffff, &b));
	assert_true(ofl_pagetype_equal(&a, &b));
}

/* the rule in other words: bit by bit instead of masks */
static bool is_known_shape(uint32_t v)
{
	int zeros = 0, zero_at = -1, i;

	for (i = 0; i < 32; i++)
		if (!(v >> i & 1)) {
			zeros++;
			zero_at = i;
		}
	if (zeros == 1)		/* an inverted bit, outside of its base */
		return zero_at < 31;	/* not the base itself */
	return (v & 0xffffff) == 0 && v >> 24 >= 0xf0 && v >> 24 <= 0xfe;
}

static void check_shape(uint32_t v)
{
	struct ofl_pagetype pt = { .mask = 0x1234 };
	bool got = ofl_pagetype_from_number(v, &pt);

	if (got != is_known_shape(v))
		fail_msg("%#x: %s", v, got ? "guessed" : "not recognised");
	if (!got)
		assert_int_equal(pt.mask, 0x1234);	/* untouched */
	else
		assert_true(ofl_pagetype_is(&pt, v));	/* is of its own type */
}

static void test_garbage_is_refused(void **state)
{
	uint32_t v;
	int i, j;

	(void)state;
	unit_seed();
	check_shape(0);
	check_shape(UINT32_MAX);
	check_shape(0xffffff00);	/* -256: PG_balloon before 4.18 */
	check_shape(0xffffff80);	/* -128 */
	for (i = 0; i < 256; i++)
		check_shape((uint32_t)i << 24);
	for (i = 0; i < 32; i++)
		for (j = 0; j < 32; j++) {
			check_shape(~(1u << i));
			check_shape(~(1u << i | 1u << j));
			check_shape(1u << i | 1u << j);
		}
	for (i = 0; i < 1000000; i++) {
		v = (uint32_t)random() ^ (uint32_t)random() << 16;
		check_shape(v);
		check_shape(v & 0xff0000ff);
	}
}

static void test_bytes(void **state)
{
	struct ofl_pagetype pt;
	int64_t type;

	(void)state;
	for (type = -300; type < 600; type++)
		assert_int_equal(ofl_pagetype_from_byte(type, &pt),
				 type >= 0xf0 && type <= 0xfe);
	assert_false(ofl_pagetype_from_byte(0xf1000000, &pt));
	assert_false(ofl_pagetype_from_byte(INT64_MIN, &pt));
}

static void test_bits(void **state)
{
	struct ofl_pagetype pt;

	(void)state;
	assert_true(ofl_pagetype_from_bit(0x100, 0xf0000000, &pt));
	assert_true(ofl_pagetype_from_bit(0x100, (int32_t)0xf0000000, &pt));
	assert_true(ofl_pagetype_from_bit(0x20000000, 0x80000000, &pt));
	assert_false(ofl_pagetype_from_bit(0x300, 0xf0000000, &pt));
	assert_false(ofl_pagetype_from_bit(0, 0xf0000000, &pt));
	assert_false(ofl_pagetype_from_bit(0x100, 0xe0000000, &pt));
	assert_false(ofl_pagetype_from_bit(0x100, 0, &pt));
	assert_false(ofl_pagetype_from_bit(0x20000000, 0xf0000000, &pt));
	assert_false(ofl_pagetype_from_bit(0x80000000, 0x80000000, &pt));
}

/* ---- which source is believed ---- */

/** struct told - what the dump says, and what must come of it */
struct told {
	const char *what;
	int64_t pgty, pg, base, number, buddy;	/* 0: not there */
	enum ofl_status status;
	uint32_t mask;
	const char *text;	/* part of the source, or of the error */
};

static const struct told told[] = {
	{ "6.12+, both", 0xf1, 0, 0, -251658240, -268435456, OFL_OK,
	  0xff000000, "enumerator PGTY_offline; VMCOREINFO" },
	{ "6.12+, no note", 0xf1, 0, 0, 0, 0, OFL_OK, 0xff000000,
	  "enumerator PGTY_offline" },
	{ "6.12+, no debuginfo", 0, 0, 0, -251658240, 0, OFL_OK, 0xff000000,
	  "VMCOREINFO PAGE_OFFLINE" },
	{ "a byte moved by one", 0xf2, 0, 0, -234881024, 0, OFL_OK, 0xff000000,
	  "PGTY_offline" },
	{ "6.11", 0, 0x20000000, 0x80000000, 0xdfffffff, 0, OFL_OK, 0xa0000000,
	  "PAGE_TYPE_BASE; VMCOREINFO" },
	{ "6.10", 0, 0x100, 0xf0000000, -257, -129, OFL_OK, 0xf0000100,
	  "PAGE_TYPE_BASE; VMCOREINFO" },
	{ "5.1-6.9", 0, 0, 0, -257, -129, OFL_OK, 0xf0000100,
	  "VMCOREINFO PAGE_OFFLINE" },
	{ "4.18-5.0", 0, 0, 0, 0, -129, OFL_OK, 0xf0000100, "PG_balloon" },
	{ "4.17", 0, 0, 0, 0, -128, OFL_ERR_UNSUPPORTED, 0, "before 4.18" },
	{ "nothing", 0, 0, 0, 0, 0, OFL_ERR_NODATA, 0, "nothing tells" },
	{ "buddy of 6.12 alone", 0, 0, 0, 0, -268435456, OFL_ERR_NODATA, 0,
	  "nothing tells" },
	{ "PG_offline without its base", 0, 0x100, 0, 0, 0, OFL_ERR_NODATA, 0,
	  "nothing tells" },
	{ "conflict: byte", 0xf1, 0, 0, -234881024, 0, OFL_ERR_CONFLICT, 0,
	  "PGTY_offline says" },
	{ "conflict: other shape", 0xf1, 0, 0, -257, 0, OFL_ERR_CONFLICT, 0,
	  "VMCOREINFO PAGE_OFFLINE_MAPCOUNT_VALUE says" },
	{ "conflict: two enumerators", 0xf1, 0x100, 0xf0000000, 0, 0,
	  OFL_ERR_CONFLICT, 0, "PAGE_TYPE_BASE says" },
	{ "unknown byte", 0x1f1, 0, 0, 0, 0, OFL_ERR_UNSUPPORTED, 0,
	  "not guessing" },
	{ "unknown bits", 0, 0x300, 0xf0000000, -257, 0, OFL_ERR_UNSUPPORTED, 0,
	  "not guessing" },
	{ "unknown number beside a known byte", 0xf1, 0, 0, 77, 0,
	  OFL_ERR_UNSUPPORTED, 0, "77" },
	{ "unknown number", 0, 0, 0, -256, -129, OFL_ERR_UNSUPPORTED, 0,
	  "-256" },
};

static void set(struct ofl_layout *l, enum ofl_fact_id id, int64_t v)
{
	l->fact[id].known = v != 0;
	l->fact[id].value = v;
}

static void test_sources(void **state)
{
	struct ofl_err err;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(told); i++) {
		const struct told *d = &told[i];
		struct ofl_layout l = { 0 };
		const char *text;
		enum ofl_status st;

		set(&l, OFL_F_PGTY_OFFLINE, d->pgty);
		set(&l, OFL_F_PG_OFFLINE, d->pg);
		set(&l, OFL_F_PAGE_TYPE_BASE, d->base);
		set(&l, OFL_F_OFFLINE_NUMBER, d->number);
		set(&l, OFL_F_BUDDY_NUMBER, d->buddy);
		st = ofl_recognise_offline(&l, &err);
		text = st ? err.text : l.offline_source;
		if (st != d->status || !strstr(text, d->text))
			fail_msg("%s: status %d, %s", d->what, st, text);
		if (!st)
			assert_int_equal(l.offline.mask, d->mask);
		assert_int_equal(l.marks_balloon_core_only,
				 !st && d->number == 0 && d->buddy == -129);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_of_each_era),
		cmocka_unit_test(test_any_type),
		cmocka_unit_test(test_number_is_low_32_bits),
		cmocka_unit_test(test_garbage_is_refused),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_sources),
	};

	return cmocka_run_group_tests_name("pagetype", tests, NULL, NULL);
}
