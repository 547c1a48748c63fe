// SPDX-License-Identifier: GPL-2.0-or-later
/* test_session.c - what is found once, and what ends that */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "owned.h"

static struct kernel k;
static struct texttarget tt;
static struct ofl_session session;
static struct ofl_err err;
static char *text;		/* what the last command printed */

/* ---- a host that counts what it is asked ---- */

static struct ofl_target plain;	/* what answers them */
static struct ofl_memory_ops memory_ops;
static struct ofl_type_ops type_ops;
static struct ofl_host_ops host_ops;
static unsigned long lookups;	/* of types, symbols, numbers */
static uint64_t types;
static const char *no_type;	/* types of this name are not loaded */
static const char *no_symbol;	/* this kernel has no such symbol */
static const char *wild;	/* this member of struct page lies behind its end */
static bool differ, host, new_mark;

static bool is_hidden(const char *type)
{
	lookups++;
	return no_type && !strcmp(type, no_type);
}

static bool ask_symbol(void *ctx, const char *name, uint64_t *ret)
{
	lookups++;
	if (no_symbol && !strcmp(name, no_symbol))
		return false;
	return plain.memory->symbol(ctx, name, ret);
}

static bool ask_struct(void *ctx, const char *type, uint64_t *ret)
{
	return !is_hidden(type) && plain.types->struct_bytes(ctx, type, ret);
}

static bool ask_member(void *ctx, const char *type, const char *member,
		       struct ofl_member *ret)
{
	if (is_hidden(type) || !plain.types->member(ctx, type, member, ret))
		return false;
	if (wild && !strcmp(type, "page") && !strcmp(member, wild))
		ret->offset_bytes = 4096;
	return true;
}

static bool ask_enumerator(void *ctx, const char *name, int64_t *ret)
{
	lookups++;
	if (new_mark && !strcmp(name, "PG_offline_skippable")) {
		*ret = 20;
		return true;
	}
	return plain.types->enumerator(ctx, name, ret);
}

static bool ask_array(void *ctx, const char *symbol, uint64_t *ret)
{
	lookups++;
	return plain.types->array_len(ctx, symbol, ret);
}

static bool ask_vmcoreinfo(void *ctx, const char *key, char *buf, size_t bytes)
{
	lookups++;
	return plain.memory->vmcoreinfo(ctx, key, buf, bytes);
}

static bool ask_host(void *ctx, enum ofl_host what, uint64_t *ret)
{
	lookups++;
	return plain.host->number(ctx, what, ret);
}

static uint64_t say_types(void *ctx)
{
	(void)ctx;
	return types;
}

static void say_reading(void *ctx, struct ofl_reading *ret)
{
	(void)ctx;
	*ret = (struct ofl_reading){ .why_host = host ? "-C" : NULL,
				     .differ = differ };
}

static void choose(void *ctx, bool on)
{
	(void)ctx;
	host = on;
}

static void count_questions(void)
{
	plain = tt.target;
	memory_ops = *plain.memory;
	type_ops = *plain.types;
	host_ops = *plain.host;
	memory_ops.symbol = ask_symbol;
	type_ops.struct_bytes = ask_struct;
	type_ops.member = ask_member;
	type_ops.enumerator = ask_enumerator;
	type_ops.array_len = ask_array;
	memory_ops.vmcoreinfo = ask_vmcoreinfo;
	host_ops.number = ask_host;
	host_ops.types = say_types;
	host_ops.reading = say_reading;
	host_ops.host_reads = choose;
	tt.target.memory = &memory_ops;
	tt.target.types = &type_ops;
	tt.target.host = &host_ops;
	types = 0;
	no_type = no_symbol = wild = NULL;
	differ = host = new_mark = false;
	ofl_session_init(&session, &tt.target);
}

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(texttarget_load(&tt,
			 "tests/golden/6.12-both-whole.fixture", &err), OFL_OK);
	count_questions();
	return 0;
}

static int drop(void **state)
{
	(void)state;
	asked_drop(&session, &tt, &text);
	return 0;
}

static enum ofl_status run(const char *line)
{
	lookups = tt.reads = 0;
	return asked(&session, line, &text, &err);
}

/* what a command prints that finds everything by itself; free() it */
static char *fresh(const char *line)
{
	char *ret;

	ofl_session_drop(&session);
	assert_int_equal(run(line), OFL_OK);
	ret = text;
	text = NULL;
	ofl_session_drop(&session);
	return ret;
}

#define EDGE " -p 107f00-1080ff"	/* pages of two owners */

#define ONE "offowner" EDGE

/* -x, -a: none keeps sections or uses kept ones, so that reads compare */
static const char *const commands[] = {
	"offline -x" EDGE, "offline -x -j" EDGE, "offrange -x -w 1" EDGE,
	"offrange -x -O orphan" EDGE, "offcheck" EDGE, "offblock -j 39",
	"offowner -a" EDGE, "offowner -a -v -O virtio_mem" EDGE,
};

/* ---- found once ---- */

static void check_second(const char *first, const char *second,
			 unsigned long least, const char *wanted)
{
	ofl_session_drop(&session);
	assert_int_equal(run(first), OFL_OK);
	assert_int_equal(run(second), OFL_OK);
	if (strcmp(text, wanted))
		fail_msg("%s, then %s: %s", first, second, text);
	/* RAM is found by the first verdict on a block */
	if (strstr(second, "offblock"))
		run(second);
	if (lookups || tt.reads != least)
		fail_msg("%s, then %s: %lu look-ups, %lu reads, not %lu", first,
			 second, lookups, tt.reads, least);
}

/* whatever the first command was, the second finds it all there */
/* crash's target is there when a command runs, not when it loads the extension */
static void test_target_comes_later(void **state)
{
	(void)state;
	ofl_session_init(&session, NULL);
	session.t = &tt.target;
	run("offline");
	assert_non_null(strstr(text, "status: ok"));
}

static void test_second_command_loads_nothing(void **state)
{
	unsigned long alone, least;
	char *wanted;
	size_t a, b;

	(void)state;
	for (b = 0; b < ARRAY_LEN(commands); b++) {
		wanted = fresh(commands[b]);
		alone = tt.reads;
		assert_true(lookups > 100);
		run(commands[b]);
		run(commands[b]);
		least = tt.reads;
		assert_true(least < alone);
		for (a = 0; a < ARRAY_LEN(commands); a++)
			check_second(commands[a], commands[b], least, wanted);
		free(wanted);
	}
}

/* a command that needs no owners asks for none */
static void test_owners_are_asked_when_wanted(void **state)
{
	(void)state;
	assert_int_equal(run("offrange -o pfn,pages"), OFL_OK);
	assert_null(session.analysis);
	assert_int_equal(run("offline -p 0-fff"), OFL_OK);
	assert_null(session.analysis);
	assert_int_equal(run("offline"), OFL_OK);
	assert_non_null(session.analysis);
}

/* neither an index nor the devices of the bus: verdicts alone need blocks */
static void test_without_memory_blocks(void **state)
{
	(void)state;
	no_symbol = "memory_blocks";
	assert_int_equal(run("offowner"), OFL_OK);
	assert_non_null(strstr(text, "virtio_balloon=57344"));
	assert_non_null(strstr(text, "virtio_mem=31744"));
	assert_int_equal(run("offcheck" EDGE), OFL_OK);
	assert_non_null(strstr(text, "virtio_balloon"));
	assert_int_equal(run("offline"), OFL_OK);
	assert_non_null(strstr(text, "\nvirtio_mem     virtio1     31744   124M"));
	assert_non_null(strstr(text, "\nvirtio_balloon virtio0     57344   224M"));
	assert_int_equal(run("offblock"), OFL_ERR_NODATA);
	assert_non_null(strstr(err.text, "no index memory_blocks"));
	/* no verdict, and what was found of the drivers is still kept */
	assert_int_equal(run(ONE), OFL_OK);
	assert_int_equal(lookups, 0);
}

/* an error says for what the fact was wanted that is wrong, or lacks */
static void test_what_an_error_was_met_in(void **state)
{
	(void)state;
	wild = "lru";
	assert_int_equal(run("offowner"), OFL_ERR_CONFLICT);
	assert_string_equal(err.text, "what judging pages needs to know: page.lru: debuginfo page.lru says 4096, VMCOREINFO OFFSET(page.lru) says 8; is this the vmlinux of this dump?");
	assert_int_equal(run("offrange -o pfn,pages"), OFL_OK);
	wild = NULL;
	types++;
	no_symbol = "node_data";
	assert_int_equal(run("offline"), OFL_ERR_NODATA);
	assert_string_equal(err.text, "nodes and zones: neither node_data[] nor contig_page_data is known here: start crash with the vmlinux that has debuginfo");
}

/* ---- what puts all of it in doubt ---- */

static unsigned int count(const char *words)
{
	unsigned int n = 0;
	const char *at;

	for (at = text; (at = strstr(at, words)); at += strlen(words))
		n++;
	return n;
}

/* every command says it, once; not only the one that knows most of it */
static void check_doubt(const char *words)
{
	static const char *const lines[] = {
		"offline" EDGE, "offrange" EDGE, "offcheck" EDGE, "offblock 39",
		"offowner" EDGE,
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(lines); i++) {
		assert_int_equal(run(lines[i]), OFL_OK);
		if (count(words) != 1 || count("status: ok"))
			fail_msg("%s: not once '%s', or ok:\n%s", lines[i],
				 words, text);
	}
}

static void test_types_are_missing(void **state)
{
	(void)state;
	no_type = "virtio_mem";
	check_doubt("without types of virtio_mem: mod -s loads them;");
	/* who asks for no owner is not told */
	assert_int_equal(run("offrange -o pfn,pages" EDGE), OFL_OK);
	assert_int_equal(count("mod -s"), 0);
}

static void test_mark_that_is_not_known(void **state)
{
	(void)state;
	new_mark = true;
	check_doubt("a mark that is not known here");
}

/* ---- what ends it ---- */

static const struct ofl_analysis *analysis_after(const char *line)
{
	run(line);
	return session.analysis;
}

/* is it all found anew by the next command, with the same outcome? */
static void check_all_anew(const char *wanted)
{
	assert_int_equal(run(ONE), OFL_OK);
	assert_true(lookups > 100);
	assert_string_equal(text, wanted);
	assert_int_equal(run(ONE), OFL_OK);
	assert_int_equal(lookups, 0);
}

static void test_file_was_written_to(void **state)
{
	char *wanted = fresh(ONE);

	(void)state;
	run("offline");
	assert_true(session.recall.nr_sections > 0);
	tt.stamp++;
	check_all_anew(wanted);
	free(wanted);
}

static void test_host_is_to_read(void **state)
{
	char *wanted = fresh(ONE);

	(void)state;
	run("offline");
	run("offline -C");
	assert_true(lookups > 100);
	run("offline -C");
	assert_int_equal(lookups, 0);
	/* what the host has read is good for everybody ... */
	run("offline");
	assert_int_equal(lookups, 0);
	/* ... until the other reader has added to it */
	run("offline -C");
	assert_true(lookups > 100);
	assert_int_equal(run(ONE), OFL_OK);
	assert_string_equal(text, wanted);
	free(wanted);
}

static void test_readers_differ(void **state)
{
	char *wanted = fresh(ONE);

	(void)state;
	run("offline");
	differ = true;
	run("offcheck -j");
	assert_false(session.loaded);
	assert_null(session.analysis);
	differ = false;
	check_all_anew(wanted);
	free(wanted);
}

static void test_live(void **state)
{
	char *wanted;

	(void)state;
	tt.target.live = true;
	wanted = fresh(ONE);
	run(ONE);
	assert_string_equal(text, wanted);
	assert_true(lookups > 100);
	assert_null(session.analysis);
	assert_false(session.loaded);
	free(wanted);
}

/* crash left the last command by a jump */
static void test_command_was_left(void **state)
{
	char *wanted = fresh(ONE);

	(void)state;
	run("offline");
	session.running = true;
	check_all_anew(wanted);
	free(wanted);
}

/* a list that ^C cut short is no list, a fact is a fact */
static void test_interrupted(void **state)
{
	char *wanted = fresh(ONE);

	(void)state;
	tt.polls = 0;
	tt.interrupt_after = 1;
	assert_null(analysis_after(ONE));
	tt.interrupt_after = 0;
	assert_true(session.loaded);
	run(ONE);
	assert_string_equal(text, wanted);
	free(wanted);
}

/* mod -s between two commands: the second knows what a fresh one would */
static void test_types_are_loaded(void **state)
{
	char *poor, *rich = fresh(ONE);

	(void)state;
	no_type = "virtio_mem";
	poor = fresh(ONE);
	assert_string_not_equal(poor, rich);
	run("offline");
	run(ONE);
	assert_string_equal(text, poor);
	no_type = NULL;
	types++;
	check_all_anew(rich);
	free(poor);
	free(rich);
}

/* where nobody tells that types came, a driver that was blind is asked again */
static void test_blind_owner(void **state)
{
	(void)state;
	no_type = "resource";
	assert_non_null(analysis_after(ONE));
	assert_non_null(session.analysis->owners.blind);
	host_ops.types = NULL;
	ofl_session_drop(&session);
	assert_null(analysis_after(ONE));
	no_type = NULL;
	assert_null(analysis_after(ONE " -y"));
}

/* the same words for fewer reads, until another filter or way is asked for */
static void test_verdicts_are_kept(void **state)
{
	static const char *const lines[] = {
		"offblock -a", "offmap", "offblock -a -z Movable", "offblock -j",
		"offblock -a -x", "offblock -a",
	};
	unsigned long first;
	char *wanted;
	size_t i;

	(void)state;
	run("offblock");
	first = tt.reads;
	run("offblock");
	assert_in_range(tt.reads, 0, first / 10);
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		wanted = fresh(lines[i]);
		run(lines[i]);
		assert_string_equal(text, wanted);
		free(wanted);
	}
	run("offblock -x");
	assert_in_range(tt.reads, first, 10 * first);
}

/* so are holders, with the verdicts of the same pass */
static void test_holders_are_kept(void **state)
{
	static const char *const lines[] = {
		"offblock -w", "offblock -d -j", "offblock -w -V blocked -j",
		"offblock -w -a", "offblock -w -j -z Movable", "offblock -j",
		"offblock -w -j", "offblock -w -j -x", "offblock -w -j memory1",
		"offblock -w -j",
	};
	unsigned long first;
	char *wanted;
	size_t i;

	(void)state;
	run("offblock -w -j");
	first = tt.reads;
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		wanted = fresh(lines[i]);
		run("offblock -w -j");
		run(lines[i]);
		assert_string_equal(text, wanted);
		run(lines[i]);
		assert_string_equal(text, wanted);
		free(wanted);
	}
	/* a block that was asked for in between changes nothing */
	run("offblock -w memory1");
	run("offblock -w -j");
	assert_in_range(tt.reads, 0, first / 10);
	tt.stamp++;
	run("offblock -w -j");
	assert_in_range(tt.reads, first / 2, 2 * first);
	tt.interrupt_after = 1;
	run("offblock -w -x");
	tt.interrupt_after = 0;
	run("offblock -w -j");
	assert_in_range(tt.reads, first / 2, 2 * first);
}

/* ---- what pages made known ---- */

#define HEAP	UINT64_C(0xffff888007000000)

/* no bus and no module tells of these balloons, only their pages do */
static void balloon(uint64_t info, uint64_t pfn, uint64_t end_pfn)
{
	const struct owned_page p = {
		.private = info, .mapping = 2, .type = K_OFFLINE, .ref = 1,
	};

	kernel_line(&k, "mem %" PRIx64 " 0 %" PRIx64 " %" PRIx64 " %" PRIx64,
		    info, info + 8, info + 8, HEAP);
	for (; pfn < end_pfn; pfn++)
		owned_page(&k, pfn, &p);
}

static int set_up_balloons(void **state)
{
	(void)state;
	owned_open(&k);
	balloon(HEAP + 0x100, 0x50, 0x58);
	balloon(HEAP + 0x200, 0x60, 0x68);
	balloon(HEAP + 0x300, 0x70, 0x78);
	kernel_load(&k, &tt);
	count_questions();
	return 0;
}

static void test_verdicts_on_them_are_kept(void **state)
{
	unsigned long first;
	char *wanted;

	(void)state;
	wanted = fresh("offblock -a");
	run("offblock -a");
	first = tt.reads;
	/* another order of devices, which is forgotten again */
	run("offrange -x -p 60-77");
	run("offblock -a");
	assert_string_equal(text, wanted);
	assert_in_range(tt.reads, 0, first / 4);
	free(wanted);
}

static void test_same_devices_in_any_order(void **state)
{
	static const char *const parts[] = {
		"offrange -x -p 70-77", "offowner -a -p 60-7f", "offowner -a -p 50",
		"offcheck -p 60", "offline -x -p 50-67", "offowner -a",
		"offblock -a", "offmap",
	};
	unsigned long least;
	size_t i, n;
	char *wanted;

	(void)state;
	for (i = 0; i < ARRAY_LEN(parts); i++) {
		wanted = fresh(parts[i]);
		run(parts[i]);
		run(parts[i]);
		least = tt.reads;
		run("offowner");
		for (n = 1; n < ARRAY_LEN(parts); n++) {
			run(parts[(i + n) % ARRAY_LEN(parts)]);
			run(parts[i]);
			assert_string_equal(text, wanted);
			/* and nothing of a device is read again */
			assert_int_equal(tt.reads, least);
		}
		free(wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)
		CASE(test_target_comes_later),
		CASE(test_second_command_loads_nothing),
		CASE(test_owners_are_asked_when_wanted),
		CASE(test_without_memory_blocks), CASE(test_types_are_missing),
		CASE(test_what_an_error_was_met_in),
		CASE(test_mark_that_is_not_known),
	 CASE(test_file_was_written_to), CASE(test_host_is_to_read),
		CASE(test_readers_differ), CASE(test_live),
		CASE(test_command_was_left), CASE(test_interrupted),
		CASE(test_holders_are_kept),
		CASE(test_types_are_loaded), CASE(test_blind_owner),
		CASE(test_verdicts_are_kept),
		cmocka_unit_test_setup_teardown(test_verdicts_on_them_are_kept,
						set_up_balloons, drop),
		cmocka_unit_test_setup_teardown(test_same_devices_in_any_order,
						set_up_balloons, drop),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
