// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test_effort.c - how much each command asks of a dump: counted, not timed
 *
 * A fixture answers as the dump of a guest of 2 GiB did. A command that asks
 * for more than its row allows has become slower on every dump: find out why, or
 * say in the commit why the row is raised. One that asks for much less has a
 * row that no longer guards anything: lower it.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"

/** struct effort - questions to a target */
struct effort {
	unsigned long reads;		/* of memory */
	unsigned long kib;		/* that these were of */
	unsigned long symbols;
	unsigned long types;		/* sizes, members, enumerators, arrays */
};

/** struct row - what a command may ask for, first in a session and again */
static const struct row {
	const char *line;
	struct effort first, again;
} of_6_12[] = {
	{ "offline", { 7500, 21500, 80, 284 }, { 1300, 4400, 0, 0 } },
	{ "offline -x", { 13000, 45000, 80, 284 }, { 10000, 40000, 0, 0 } },
	{ "offrange", { 7500, 21500, 80, 284 }, { 1300, 4400, 0, 0 } },
	{ "offcheck", { 7500, 21500, 80, 284 }, { 1300, 4400, 0, 0 } },
	{ "offowner", { 7500, 21500, 80, 284 }, { 1300, 4400, 0, 0 } },
	{ "offblock -x", { 13500, 42000, 80, 284 }, { 9500, 37000, 0, 0 } },
	{ "offmap", { 8000, 21500, 80, 284 }, { 310, 1150, 0, 0 } },
	{ "offblock", { 8000, 21500, 80, 284 }, { 310, 1150, 0, 0 } },
	{ "offcheck -x", { 12500, 42000, 80, 284 }, { 9600, 37500, 0, 0 } },
	{ "offrange -x", { 12500, 42000, 80, 284 }, { 9600, 37500, 0, 0 } },
	{ "offowner -x", { 12500, 42000, 80, 284 }, { 9600, 37500, 0, 0 } },
	{ "offmap -x", { 13000, 42000, 80, 284 }, { 9600, 37500, 0, 0 } },
	{ "offblock memory33", { 5050, 6950, 100, 381 }, { 1150, 2150, 0, 0 } },
	{ "offblock -d", { 8750, 21300, 100, 381 }, { 355, 1150, 0, 0 } },
};

/* no index of blocks, and words of pageblocks that have to be asked for their order */
static const struct row of_5_4[] = {
	{ "offline", { 7850, 21000, 80, 283 }, { 1420, 4150, 0, 0 } },
	{ "offcheck", { 7850, 21000, 80, 283 }, { 1440, 4150, 0, 0 } },
	{ "offowner", { 7850, 21000, 80, 283 }, { 1440, 4150, 0, 0 } },
	{ "offblock", { 9100, 21800, 80, 283 }, { 4400, 15900, 0, 0 } },
	{ "offblock -x", { 14400, 43000, 80, 283 }, { 9700, 37000, 0, 0 } },
};

static struct texttarget tt;
static struct ofl_target plain;		/* what answers */
static struct effort used;
static uint64_t bytes_read;

static enum ofl_read count_read(void *ctx, uint64_t kva, void *buf, size_t bytes)
{
	used.reads++;
	bytes_read += bytes;
	return plain.memory->read(ctx, kva, buf, bytes);
}

static bool count_symbol(void *ctx, const char *name, uint64_t *ret)
{
	used.symbols++;
	return plain.memory->symbol(ctx, name, ret);
}

static bool count_struct(void *ctx, const char *type, uint64_t *ret)
{
	used.types++;
	return plain.types->struct_bytes(ctx, type, ret);
}

static bool count_member(void *ctx, const char *type, const char *member,
			 struct ofl_member *ret)
{
	used.types++;
	return plain.types->member(ctx, type, member, ret);
}

static bool count_enumerator(void *ctx, const char *name, int64_t *ret)
{
	used.types++;
	return plain.types->enumerator(ctx, name, ret);
}

static bool count_array(void *ctx, const char *symbol, uint64_t *ret)
{
	used.types++;
	return plain.types->array_len(ctx, symbol, ret);
}

/* as crash, which would see that types came: what a blind driver said is kept */
static uint64_t no_types_came(void *ctx)
{
	(void)ctx;
	return 1;
}

static struct effort run(struct ofl_session *s, const char *line)
{
	char *text = NULL;
	struct ofl_err err;

	used = (struct effort){ 0 };
	bytes_read = 0;
	if (asked(s, line, &text, &err))
		fail_msg("%s: %s", line, err.text);
	used.kib = (unsigned long)(bytes_read >> 10);
	free(text);
	return used;
}

/* -> is it more than the limit, or so much less that the limit is none? */
static bool is_off(unsigned long is, unsigned long limit)
{
	return is > limit || is + is / 4 + 8 < limit;
}

static bool check(const char *line, const char *when, const struct effort *is,
		  const struct effort *limit)
{
	bool off = is_off(is->reads, limit->reads) ||
		   is_off(is->kib, limit->kib) ||
		   is_off(is->symbols, limit->symbols) ||
		   is_off(is->types, limit->types);

	if (off)
		fprintf(stderr, "%s, %s: { %lu, %lu, %lu, %lu }, but its row says { %lu, %lu, %lu, %lu }\n",
			line, when, is->reads, is->kib, is->symbols, is->types,
			limit->reads, limit->kib, limit->symbols, limit->types);
	return !off;
}

static int run_rows(const struct row *row, size_t nr)
{
	struct effort first, again;
	struct ofl_session s;
	int wrong = 0;

	for (; nr; nr--, row++) {
		ofl_session_init(&s, &tt.target);
		first = run(&s, row->line);
		again = run(&s, row->line);
		ofl_session_drop(&s);
		wrong += !check(row->line, "first", &first, &row->first);
		wrong += !check(row->line, "again", &again, &row->again);
	}
	return wrong;
}

static void test_rows(const char *fixture, const struct row *row, size_t nr)
{
	struct ofl_memory_ops memory;
	struct ofl_type_ops types;
	struct ofl_host_ops host;
	struct ofl_err err;
	int wrong;

	assert_int_equal(texttarget_load(&tt, fixture, &err), OFL_OK);
	plain = tt.target;
	memory = *plain.memory;
	types = *plain.types;
	host = *plain.host;
	host.types = no_types_came;
	memory.read = count_read;
	memory.symbol = count_symbol;
	types.struct_bytes = count_struct;
	types.member = count_member;
	types.enumerator = count_enumerator;
	types.array_len = count_array;
	tt.target.memory = &memory;
	tt.target.types = &types;
	tt.target.host = &host;
	wrong = run_rows(row, nr);
	texttarget_free(&tt);
	assert_int_equal(wrong, 0);
}

static void test_6_12(void **state)
{
	(void)state;
	test_rows("tests/golden/6.12-both-whole.fixture", of_6_12, ARRAY_LEN(of_6_12));
}

static void test_5_4(void **state)
{
	(void)state;
	test_rows("tests/golden/5.4-whole.fixture", of_5_4, ARRAY_LEN(of_5_4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_6_12),
		cmocka_unit_test(test_5_4),
	};

	return cmocka_run_group_tests_name("effort", tests, NULL, NULL);
}
