// SPDX-License-Identifier: GPL-2.0-or-later
/* test_batch.c - references that lie in the batches of CPUs */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/batch.h"

#define OFFSETS		0xffffffff80000000ull
#define CPU(n)		(0xffff888000000000ull + (n) * 0x1000)
#define BATCHES		0x100ull	/* per-CPU variables */
#define ROTATE		0x800ull
#define MLOCK		0xa00ull
#define BUFFERS		0xc00ull
#define BYTES		(2 + 6 + 15 * 8)
#define A		0xffffea0000000040ull
#define B		0xffffea0000000080ull
#define C		0xffffea00000000c0ull

static struct ofl_layout *l;
static unsigned char cpu[2][0x1000];
static uint64_t unreadable;

static enum ofl_read read_kernel(void *ctx, uint64_t kva, void *buf,
				 size_t bytes)
{
	static const uint64_t offset[2] = { CPU(0), CPU(1) };

	(void)ctx;
	if (unreadable && kva <= unreadable && unreadable < kva + bytes)
		return OFL_READ_EXCLUDED;
	if (kva >= OFFSETS && kva + bytes <= OFFSETS + sizeof(offset))
		memcpy(buf, (const char *)offset + (kva - OFFSETS), bytes);
	else if (kva >= CPU(0) && kva + bytes <= CPU(2))
		memcpy(buf, (char *)cpu + (kva - CPU(0)), bytes);
	else
		return OFL_READ_UNREADABLE;
	return OFL_READ_OK;
}

static void know(enum ofl_fact_id id, uint64_t value)
{
	l->fact[id].known = true;
	l->fact[id].value = (int64_t)value;
}

/* v6.1: five batches together, lru_rotate, and one of mlock */
static int set_up(void **state)
{
	(void)state;
	l = calloc(1, sizeof(*l));
	memset(cpu, 0, sizeof(cpu));
	unreadable = 0;
	know(OFL_F_NR_CPU_IDS, 2);
	know(OFL_F_PER_CPU_OFFSET, OFFSETS);
	know(OFL_F_LRU_BATCHES, BATCHES);
	know(OFL_F_BATCH_ADD, 0);
	know(OFL_F_BATCH_DEACTIVATE_FILE, BYTES);
	know(OFL_F_BATCH_DEACTIVATE, 2 * BYTES);
	know(OFL_F_BATCH_LAZYFREE, 3 * BYTES);
	know(OFL_F_BATCH_ACTIVATE, 4 * BYTES);
	know(OFL_F_LRU_ROTATE, ROTATE);
	know(OFL_F_ROTATE_AT, 0);
	know(OFL_F_MLOCK_BATCH, MLOCK);
	know(OFL_F_MLOCK_AT, 8);
	know(OFL_F_BATCH_NR, 0);
	know(OFL_F_BATCH_PAGES, 8);
	know(OFL_F_BATCH_BYTES, 15 * 8);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	free(l);
	return 0;
}

static void put(unsigned int nr, uint64_t at, uint64_t page)
{
	unsigned char *batch = &cpu[nr][at];

	memcpy(batch + 8 + 8u * batch[0]++, &page, 8);
}

static struct ofl_batches load(void)
{
	static const struct ofl_memory_ops ops = { .read = read_kernel };
	const struct ofl_target t = { .memory = &ops };
	struct ofl_batches b;
	struct ofl_err err;

	assert_int_equal(ofl_batches_load(&t, l, &b, &err), OFL_OK);
	return b;
}

static void expect_unknown(void)
{
	struct ofl_batches b = load();

	assert_false(b.known);
	assert_int_equal(ofl_batches_refs(&b, A), 0);
	ofl_batches_free(&b);
}

static void test_all_batches_of_all_cpus(void **state)
{
	static const uint64_t at[] = {
		BATCHES, BATCHES + BYTES, BATCHES + 2 * BYTES,
		BATCHES + 3 * BYTES, BATCHES + 4 * BYTES, ROTATE, MLOCK + 8,
	};
	struct ofl_batches b;
	size_t i;

	(void)state;
	b = load();
	assert_true(b.known);
	assert_int_equal(b.nr, 0);
	ofl_batches_free(&b);
	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		put(i & 1, at[i], B);
		b = load();
		assert_int_equal(ofl_batches_refs(&b, B), i + 1);
		assert_int_equal(ofl_batches_refs(&b, A), 0);
		ofl_batches_free(&b);
	}
	put(0, BATCHES, C);
	put(1, BATCHES, A);
	b = load();
	assert_int_equal(b.nr, 3);
	assert_int_equal(ofl_batches_refs(&b, A), 1);
	assert_int_equal(ofl_batches_refs(&b, B), 7);
	assert_int_equal(ofl_batches_refs(&b, C), 1);
	ofl_batches_free(&b);
}

/* bh_lrus: a reference for each buffer, which has nothing to do with pages */
static void test_buffers_looked_up_last(void **state)
{
	const uint64_t bh[3] = { C, 0, C };
	struct ofl_batches b;

	(void)state;
	memcpy(&cpu[0][BUFFERS], bh, sizeof(bh));
	memcpy(&cpu[1][BUFFERS], bh, 8);
	b = load();
	assert_false(b.buffers_known);
	assert_int_equal(ofl_batches_refs(&b, C), 0);
	ofl_batches_free(&b);
	know(OFL_F_BH_LRUS, BUFFERS);
	know(OFL_F_BH_LRUS_BYTES, 16 * 8);
	b = load();
	assert_true(b.buffers_known);
	assert_int_equal(ofl_batches_refs(&b, C), 3);
	ofl_batches_free(&b);
	unreadable = CPU(1) + BUFFERS;
	b = load();
	assert_true(b.known);
	assert_false(b.buffers_known);
	ofl_batches_free(&b);
	know(OFL_F_BH_LRUS_BYTES, 4096);
	b = load();
	assert_false(b.buffers_known);
	ofl_batches_free(&b);
}

/* mm/mlock.c keeps flags in the low bits */
static void test_tagged_pointers(void **state)
{
	struct ofl_batches b;

	(void)state;
	put(1, MLOCK + 8, A | 1);
	put(1, MLOCK + 8, A | 2);
	b = load();
	assert_int_equal(ofl_batches_refs(&b, A), 2);
	ofl_batches_free(&b);
}

/* what is behind the count is old */
static void test_what_is_left_there(void **state)
{
	struct ofl_batches b;

	(void)state;
	put(0, BATCHES, A);
	put(0, BATCHES, B);
	cpu[0][BATCHES] = 1;
	b = load();
	assert_int_equal(ofl_batches_refs(&b, A), 1);
	assert_int_equal(ofl_batches_refs(&b, B), 0);
	ofl_batches_free(&b);
}

/* a part of them is as good as nothing */
static void test_a_batch_that_is_not_known(void **state)
{
	static const enum ofl_fact_id needed[] = {
		OFL_F_NR_CPU_IDS, OFL_F_PER_CPU_OFFSET, OFL_F_LRU_BATCHES,
		OFL_F_BATCH_ADD, OFL_F_BATCH_DEACTIVATE_FILE,
		OFL_F_BATCH_DEACTIVATE, OFL_F_BATCH_LAZYFREE, OFL_F_LRU_ROTATE,
		OFL_F_ROTATE_AT, OFL_F_MLOCK_AT, OFL_F_BATCH_NR,
		OFL_F_BATCH_PAGES, OFL_F_BATCH_BYTES, OFL_F_BATCH_ACTIVATE,
		OFL_F_MLOCK_BATCH,
	};
	struct ofl_batches b;
	size_t i;

	(void)state;
	put(0, BATCHES, A);
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		l->fact[needed[i]].known = false;
		expect_unknown();
		l->fact[needed[i]].known = true;
	}
	/* v5.10 has none of mlock; v6.12 has lru_move_tail for lru_rotate */
	l->fact[OFL_F_MLOCK_BATCH].known = false;
	l->fact[OFL_F_MLOCK_AT].known = false;
	l->fact[OFL_F_LRU_ROTATE].known = false;
	l->fact[OFL_F_ROTATE_AT].known = false;
	know(OFL_F_BATCH_MOVE_TAIL, 5 * BYTES);
	put(1, BATCHES + 5 * BYTES, A);
	b = load();
	assert_true(b.known);
	assert_int_equal(ofl_batches_refs(&b, A), 2);
	ofl_batches_free(&b);
}

/* v4.18 to v5.7: a variable each, which is the batch; no lru_deactivate_pvecs before v5.4 */
static void test_batches_that_are_variables(void **state)
{
	static const enum ofl_fact_id own[] = {
		OFL_F_ADD_PVEC, OFL_F_ROTATE_PVECS, OFL_F_DEACTIVATE_FILE_PVECS,
		OFL_F_LAZYFREE_PVECS, OFL_F_ACTIVATE_PVECS, OFL_F_DEACTIVATE_PVECS,
	};
	static const enum ofl_fact_id later[] = {
		OFL_F_LRU_BATCHES, OFL_F_BATCH_ADD, OFL_F_BATCH_DEACTIVATE_FILE,
		OFL_F_BATCH_DEACTIVATE, OFL_F_BATCH_LAZYFREE,
		OFL_F_BATCH_ACTIVATE, OFL_F_LRU_ROTATE, OFL_F_ROTATE_AT,
		OFL_F_MLOCK_BATCH, OFL_F_MLOCK_AT,
	};
	struct ofl_batches b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		l->fact[later[i]].known = false;
	expect_unknown();
	for (i = 0; i < 6; i++) {
		if (i < 5)
			expect_unknown();
		know(own[i], 0x300 + i * BYTES);
		put(i & 1, 0x300 + i * BYTES, A);
		if (i >= 4) {
			b = load();
			assert_true(b.known);
			assert_int_equal(ofl_batches_refs(&b, A), i + 1);
			ofl_batches_free(&b);
		}
	}
	for (i = 0; i < 5; i++) {
		l->fact[own[i]].known = false;
		expect_unknown();
		l->fact[own[i]].known = true;
	}
	unreadable = CPU(1) + 0x300 + 3 * BYTES;
	expect_unknown();
}

static void test_a_batch_that_cannot_be_read(void **state)
{
	(void)state;
	put(0, BATCHES, A);
	unreadable = CPU(1) + ROTATE;
	expect_unknown();
	unreadable = OFFSETS + 8;
	expect_unknown();
	unreadable = CPU(0) + BATCHES + 8;
	expect_unknown();
	unreadable = 0;
	cpu[0][ROTATE] = 16;
	expect_unknown();
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, drop)
	const struct CMUnitTest tests[] = {
		CASE(test_all_batches_of_all_cpus),
		CASE(test_buffers_looked_up_last),
		CASE(test_tagged_pointers),
		CASE(test_what_is_left_there),
		CASE(test_a_batch_that_is_not_known),
		CASE(test_batches_that_are_variables),
		CASE(test_a_batch_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
