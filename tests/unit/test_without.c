// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test_without.c - what each fact costs that is missing: does it?
 *
 * A recording of a whole memmap is asked again without all witnesses of one
 * fact. What the row of the fact says (column "without it" of docs/kernels.md)
 * is held against what commands show then, as far as its words are of the kind
 * that the table here has.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "layout/facts.h"

#define FIXTURE	"tests/golden/6.12-both-whole.fixture"

enum { OFFLINE, OFFCHECK, OFFBLOCK, OFFOWNER, NR_COMMANDS };

static const char *const command[NR_COMMANDS] = {
	"offline -j -p 138000-13ffff", "offcheck -j -p 138000-13ffff",
	"offblock -j -B memory39", "offowner -j",
};

/** struct answer - what a command says */
struct answer {
	char *text;
	bool failed, incomplete, unknown;	/* the last: of a verdict */
};

static struct texttarget tt;
static const struct ofl_target *from;
static struct ofl_target target;
static struct ofl_memory_ops memory;
static struct ofl_type_ops types;
static struct ofl_host_ops host;
static const struct ofl_fact_row *lost;
static unsigned int hidden;		/* answers that were there */
static unsigned int wrong;
static struct answer full[NR_COMMANDS];

/* ---- a target without the witnesses of one fact ---- */

static bool is_lost(enum ofl_witness_kind kind, const char *a, const char *b)
{
	const struct ofl_witness *w;

	for (w = lost ? lost->witness : NULL;
	     w && w < lost->witness + ARRAY_LEN(lost->witness); w++)
		if (w->kind == kind && !strcmp(w->a, a) &&
		    (!b || !strcmp(w->b, b)))
			return true;
	return false;
}

static bool symbol(void *ctx, const char *name, uint64_t *ret)
{
	bool known = from->memory->symbol(ctx, name, ret);

	if (!is_lost(OFL_W_SYMBOL, name, NULL) &&
	    !is_lost(OFL_W_INT, name, NULL))
		return known;
	hidden += known;
	return false;
}

static bool struct_bytes(void *ctx, const char *type, uint64_t *ret)
{
	bool known = from->types->struct_bytes(ctx, type, ret);

	if (!is_lost(OFL_W_STRUCT, type, NULL))
		return known;
	hidden += known;
	return false;
}

static bool member(void *ctx, const char *type, const char *name,
		   struct ofl_member *ret)
{
	bool known = from->types->member(ctx, type, name, ret);

	if (!is_lost(OFL_W_OFFSET, type, name) &&
	    !is_lost(OFL_W_BYTES, type, name))
		return known;
	hidden += known;
	return false;
}

static bool enumerator(void *ctx, const char *name, int64_t *ret)
{
	bool known = from->types->enumerator(ctx, name, ret);

	if (!is_lost(OFL_W_ENUM, name, NULL))
		return known;
	hidden += known;
	return false;
}

static bool array_len(void *ctx, const char *name, uint64_t *ret)
{
	bool known = from->types->array_len(ctx, name, ret);

	if (!is_lost(OFL_W_ARRAY, name, NULL))
		return known;
	hidden += known;
	return false;
}

static bool number(void *ctx, enum ofl_host what, uint64_t *ret)
{
	bool known = from->host->number(ctx, what, ret);
	const struct ofl_witness *w;

	for (w = lost ? lost->witness : NULL;
	     w && w < lost->witness + ARRAY_LEN(lost->witness); w++)
		if (w->kind == OFL_W_HOST && w->n == (int64_t)what) {
			hidden += known;
			return false;
		}
	return known;
}

static bool vmcoreinfo(void *ctx, const char *key, char *buf, size_t bytes)
{
	bool known = from->memory->vmcoreinfo(ctx, key, buf, bytes);

	if (!is_lost(OFL_W_NUMBER, key, NULL))
		return known;
	hidden += known;
	return false;
}

static void wrap(void)
{
	from = &tt.target;
	target = *from;
	memory = *from->memory;
	types = *from->types;
	host = *from->host;
	memory.symbol = symbol;
	memory.vmcoreinfo = vmcoreinfo;
	types.struct_bytes = struct_bytes;
	types.member = member;
	types.enumerator = enumerator;
	types.kernel_enumerator = NULL;
	types.array_len = array_len;
	host.number = number;
	target.memory = &memory;
	target.types = &types;
	target.host = &host;
}

/* a session of its own; @ret: out  free its text */
static void ask(int which, struct answer *ret)
{
	struct ofl_session s;
	struct ofl_err err;
	size_t len;
	FILE *f = open_memstream(&ret->text, &len);

	ofl_session_init(&s, &target);
	if (asked_to(&s, command[which], f, &err))
		fprintf(f, "%s\n", err.text);
	fclose(f);
	ofl_session_drop(&s);
	ret->failed = strstr(ret->text, "\"result\": \"failed\"");
	ret->incomplete = strstr(ret->text, "\"result\": \"incomplete\"");
	ret->unknown = strstr(ret->text, "\"verdict\": \"UNKNOWN\"");
}

/* ---- what words say ---- */

static void expect(bool holds, int which, const char *what,
		   const struct answer *is)
{
	if (holds || !hidden)
		return;
	fprintf(stderr, "%s, \"%s\": %s is not %s, but says:\n%.200s\n",
		lost->name, lost->without ? lost->without : "needed",
		command[which], what, strstr(is->text, "\"result\"") ?
		strstr(is->text, "\"result\"") : is->text);
	wrong++;
}

/* the block's row: who holds its pages is told behind it */
static bool same_verdict(const struct answer *is)
{
	const char *a = strstr(full[OFFBLOCK].text, "\"blocks\": [");
	const char *b = strstr(is->text, "\"blocks\": [");

	return a && b && !strncmp(a, b, (size_t)(strchr(a, ']') - a));
}

static void fails(int which)
{
	struct answer is;

	ask(which, &is);
	expect(is.failed, which, "failed", &is);
	free(is.text);
}

static void is_incomplete(int which)
{
	struct answer is;

	ask(which, &is);
	expect(is.incomplete, which, "incomplete", &is);
	free(is.text);
}

static void is_unknown(int which)
{
	struct answer is;

	ask(which, &is);
	expect(is.unknown, which, "of an unknown verdict", &is);
	free(is.text);
}

static void keeps_its_verdict(int which)
{
	struct answer is;

	ask(which, &is);
	expect(same_verdict(&is), which, "of the same verdict", &is);
	free(is.text);
}

static void is_the_same(int which)
{
	struct answer is;

	ask(which, &is);
	expect(!strcmp(is.text, full[which].text), which, "the same", &is);
	free(is.text);
}

/** struct promise - words that a row may have, and what they promise */
static const struct promise {
	const char *words;
	int which;
	void (*check)(int which);
} promises[] = {
	{ "incomplete, and offblock fails", OFFBLOCK, fails },
	{ "incomplete, and offblock fails", OFFCHECK, is_incomplete },
	{ "are not named", OFFBLOCK, keeps_its_verdict },
	{ "is not named", OFFBLOCK, keeps_its_verdict },
	{ "offowner is incomplete", OFFOWNER, is_incomplete },
	{ "owners are less certain, incomplete", OFFOWNER, is_incomplete },
	{ "pages of balloons have no owner, incomplete", OFFOWNER, is_incomplete },
	{ "verdicts are UNKNOWN", OFFBLOCK, is_unknown },
	{ "verdicts and owners are", OFFBLOCK, is_unknown },
	{ "outcomes and verdicts are", OFFBLOCK, is_unknown },
	{ "nothing", OFFBLOCK, is_the_same },
	{ "nothing", OFFCHECK, is_the_same },
};

/* it depends on another fact, or on the kernel: not of this one alone */
static bool is_of_several(const char *without)
{
	static const char *const words[] = {
		"neither", "with none", "else", "before v", "since v",
		"if only", "instead", "another", "are looked for on",
		"without mod -s",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (strstr(without, words[i]))
			return true;
	return false;
}

static bool has_words(const char *without, const char *words)
{
	return !strcmp(words, "nothing") ? !strncmp(without, words, 7) :
					   strstr(without, words) != NULL;
}

/* -> how much was checked */
static unsigned int check_row(void)
{
	unsigned int checked = 0;
	size_t i;
	int c;

	if (lost->needed_by) {
		for (c = lost->needed_by == OFL_BY_SCAN ? OFFLINE : OFFCHECK;
		     c < NR_COMMANDS; c++, checked++)
			fails(c);
		return checked;
	}
	for (i = 0; i < ARRAY_LEN(promises); i++)
		if (!is_of_several(lost->without) &&
		    has_words(lost->without, promises[i].words)) {
			promises[i].check(promises[i].which);
			checked++;
		}
	return checked;
}

/* what never differed needs no witness */
static bool can_be_lost(const struct ofl_fact_row *row)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(row->witness); i++)
		if (row->witness[i].kind == OFL_W_ALWAYS)
			return false;
	return true;
}

static void test_every_row(void **state)
{
	unsigned int checked = 0, rows = 0, n;
	int i;

	(void)state;
	for (i = 0; i < OFL_NR_FACTS; i++) {
		if (!can_be_lost(&ofl_fact_rows[i]))
			continue;
		lost = &ofl_fact_rows[i];
		hidden = 0;
		n = check_row();
		/* this kernel may not have had it at all */
		rows += hidden && n;
		checked += hidden ? n : 0;
	}
	printf("%u rows, %u answers\n", rows, checked);
	assert_int_equal(wrong, 0);
	assert_true(rows > 40);
}

static int set_up(void **state)
{
	struct ofl_err err;
	int i;

	(void)state;
	if (texttarget_load(&tt, FIXTURE, &err))
		return -1;
	wrap();
	for (i = 0; i < NR_COMMANDS; i++)
		ask(i, &full[i]);
	return 0;
}

static int drop(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < NR_COMMANDS; i++)
		free(full[i].text);
	texttarget_free(&tt);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row),
	};

	return cmocka_run_group_tests_name("without", tests, set_up, drop);
}
