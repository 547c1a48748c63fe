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

#define FIXTURE		"tests/golden/6.12-both-whole.fixture"

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
} rows[] = {
	{ "offline", { 7500, 21500, 74, 276 }, { 1300, 4400, 0, 0 } },
	{ "offline -x", { 13000, 45000, 74, 276 }, { 10000, 40000, 0, 0 } },
	{ "offrange", { 7500, 21500, 74, 276 }, { 1300, 4400, 0, 0 } },
	{ "offcheck", { 7500, 21500, 74, 276 }, { 1300, 4400, 0, 0 } },
	{ "offowner", { 7500, 21500, 74, 276 }, { 1300, 4400, 0, 0 } },
	{ "offblock -x", { 13500, 42000, 74, 276 }, { 9500, 37000, 0, 0 } },
	{ "offmap", { 8000, 21500, 74, 276 }, { 310, 1150, 0, 0 } },
	{ "offblock", { 8000, 21500, 74, 276 }, { 310, 1150, 0, 0 } },
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

static void test_effort(void **state)
{
	struct ofl_memory_ops memory;
	struct ofl_type_ops types;
	struct ofl_session s;
	struct effort first, again;
	struct ofl_err err;
	int wrong = 0;
	size_t i;

	(void)state;
	assert_int_equal(texttarget_load(&tt, FIXTURE, &err), OFL_OK);
	plain = tt.target;
	memory = *plain.memory;
	types = *plain.types;
	memory.read = count_read;
	memory.symbol = count_symbol;
	types.struct_bytes = count_struct;
	types.member = count_member;
	types.enumerator = count_enumerator;
	types.array_len = count_array;
	tt.target.memory = &memory;
	tt.target.types = &types;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		ofl_session_init(&s, &tt.target);
		first = run(&s, rows[i].line);
		again = run(&s, rows[i].line);
		ofl_session_drop(&s);
		wrong += !check(rows[i].line, "first", &first, &rows[i].first);
		wrong += !check(rows[i].line, "again", &again, &rows[i].again);
	}
	texttarget_free(&tt);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_effort),
	};

	return cmocka_run_group_tests_name("effort", tests, NULL, NULL);
}
