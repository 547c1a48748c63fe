// SPDX-License-Identifier: GPL-2.0-or-later
/* test_command.c - whole commands: options, recordings, and things that fail */
#include "unit.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "asked.h"
#include "commands/command.h"
#include "commands/options.h"
#include "commands/run.h"
#include "kernel.h"
#include "target/record.h"

static struct kernel k;
static struct texttarget tt;
static struct ofl_session session;
static struct ofl_err err;
static char *text;		/* what the last command printed */

/* offline and unknown pages, a section that is not online, two nodes */
static void load(void)
{
	uint64_t normal = kernel_zone_bits(0, 1);

	kernel_init(&k);
	kernel_open(&k);
	kernel_small(&k);
	kernel_line(&k, "vmcoreinfo NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456");
	kernel_pages(&k, 5, 3, normal, K_OFFLINE, 0);
	kernel_pages(&k, 8, 2, normal | K_DIRTY, K_OFFLINE, 1);
	kernel_pages(&k, 100, 1, 0, 0, 0);
	kernel_line(&k, "excluded %" PRIx64 " 1000", K_VMEMMAP + 2048 * 64);
	kernel_section(&k, 3, K_PRESENT | K_MEM_MAP, ~0ull);
	kernel_block(&k, 3, 2);
	kernel_pages(&k, 3072, 4, kernel_zone_bits(1, 2), K_OFFLINE, 0);
	kernel_load(&k, &tt);
	ofl_session_init(&session, &tt.target);
}

static int set_up(void **state)
{
	(void)state;
	load();
	return 0;
}

static int drop(void **state)
{
	(void)state;
	ofl_session_drop(&session);
	asked_drop(&session, &tt, &text);
	return 0;
}

static enum ofl_status run(struct ofl_session *s, const char *line)
{
	return asked(s, line, &text, &err);
}

/* ---- options ---- */

static const struct {
	const char *line, *text;
} bad_options[] = {
	{ "offline -y", "unknown option -y; see 'help offline'" },
	{ "offline -a", "unknown option -a" },
	{ "offcheck -v", "unknown option -v" },
	{ "offrange -s -o pfn", "-s and -o exclude each other" },
	{ "offrange -as", "-s and -a exclude each other" },
	{ "offrange -sv", "-s and -v exclude each other" },
	{ "offrange -v -o pfn", "-v and -o exclude each other" },
	{ "offblock -o block -v", "-v and -o exclude each other" },
	{ "offline -r -v", "-r and -v exclude each other" },
	{ "offowner -rv", "-r and -v exclude each other" },
	{ "offline --version -H", "--version and -H exclude each other" },
	{ "offline -n 0 --version", "--version and -n exclude each other" },
	{ "offblock -w 2", "-w takes no number here: --workers 2 " },
	/* a filter that is given twice: not silently the last of them */
	{ "offcheck -B memory2 -B memory0",
	  "-B memory2 and -B memory0 exclude each other" },
	{ "offline -z Movable -z DMA", "-z Movable and -z DMA exclude" },
	{ "offline -n 0 -n 1", "-n 0 and -n 1 exclude" },
	{ "offrange -p 0 -p 800", "-p 0 and -p 800 exclude" },
	{ "offrange -P 0 -P 800", "-P 0 and -P 800 exclude" },
	{ "offrange -S 0 -S 2", "-S 0 and -S 2 exclude" },
	{ "offrange -O orphan -O virtio_mem",
	  "-O orphan and -O virtio_mem exclude" },
	{ "offblock -V blocked -V driver",
	  "-V blocked and -V driver exclude" },
	{ "offrange -w 2 --workers 3", "-w 2 and -w 3 exclude" },
	{ "offblock --workers 2 --workers 3",
	  "--workers 2 and --workers 3 exclude" },
	{ "offrange -o pfn -o node", "-o pfn and -o node exclude" },
	{ "offrange --json", "unknown option --json; see 'help offrange'" },
	{ "offrange --version", "unknown option --version" },
	{ "offline --version=2", "unknown option --version=2" },
	{ "offrange -p", "-p needs an argument; see 'help offrange'" },
	{ "offrange junk", "unexpected argument 'junk'" },
	{ "offrange -o nonsense", "no column 'nonsense'" },
	{ "offrange -p x", "not a range" },
	{ "offrange -n 7", "no such node" },
	{ "offline -z Lost", "no such zone" },
	{ "nonsense", "no command nonsense" },
	/* filters that leave nothing: both are named, whatever the command */
	{ "offline -n 0 -p 800-8ff", "-n 0 and -p 800-8ff exclude each other" },
	{ "offline -p 0-10 -S 1", "-p 0-10 and -S 1 exclude each other" },
	{ "offrange -z Normal -B memory2",
	  "-z Normal and -B memory2 exclude each other" },
	{ "offrange -n 0 -z Movable", "-n 0 and -z Movable exclude each other" },
	{ "offline -n 1 -P 0-1000", "-n 1 and -P 0-1000 exclude each other" },
	{ "offrange -z Movable -S 0", "-z Movable and -S 0 exclude each other" },
	{ "offline -p 800-8ff -B memory2 -n 0",
	  "-n 0 and -p 800-8ff exclude each other" },
	{ "offline -p 10000-10fff", "no memory section has a memmap" },
};

/* @words behind the command: an error of one line, which shows what was given */
static void refuses_empty(const struct ofl_command *c, char *option, char *word)
{
	char name[24];
	char *argv[] = { name, option, word, NULL };
	FILE *f = tmpfile();

	assert_non_null(f);
	snprintf(name, sizeof(name), "%s", c->name);
	assert_int_equal(ofl_command_run(&session, word ? 3 : 2, argv, f, &err),
			 OFL_ERR_ARG);
	if (!strstr(err.text, "empty") || !strstr(err.text, "'") ||
	    strchr(err.text, '\n'))
		fail_msg("%s %s: %s", c->name, option, err.text);
	assert_int_equal(ftell(f), 0);
	assert_int_equal(fclose(f), 0);
}

/* what is left of a script's empty variable is no word of anything */
static void test_empty_arguments(void **state)
{
	char option[] = "-x", nothing[] = "", blanks[] = "  ";
	const struct ofl_option *row;
	const struct ofl_command *c;

	(void)state;
	for (c = ofl_commands; c->name; c++) {
		refuses_empty(c, nothing, NULL);
		refuses_empty(c, blanks, NULL);
		for (row = ofl_option_rows; row->letter; row++) {
			if (!(row->on & c->on) || !row->argument || row->name)
				continue;
			option[1] = row->letter;
			refuses_empty(c, option, nothing);
			refuses_empty(c, option, blanks);
		}
	}
}

static void test_version(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_int_equal(run(&session, "offline --version"), OFL_OK);
	assert_string_equal(text, "offline.so " OFL_VERSION "\n");
	assert_non_null(full);
	assert_int_equal(asked_to(&session, "offline --version", full, &err),
			 OFL_ERR_OUTPUT);
	fclose(full);
}

/* a section that is not online may have stale pages of any zone */
static void test_stale_pages_of_a_zone(void **state)
{
	(void)state;
	assert_int_equal(run(&session, "offline -n 0 -p c00-cff"), OFL_OK);
	assert_int_equal(run(&session, "offline -n 1 -p c00-cff"), OFL_OK);
	assert_non_null(strstr(text, "4 stale"));
}

/* a zone may span pages that are all of another */
static void test_filter_that_no_page_passes(void **state)
{
	drop(state);
	kernel_init(&k);
	kernel_open(&k);
	kernel_small(&k);
	kernel_line(&k, "vmcoreinfo NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456");
	kernel_zone(&k, 0, 2, 0, kernel_section_pages(&k));
	kernel_load(&k, &tt);
	ofl_session_init(&session, &tt.target);
	assert_int_equal(run(&session, "offline -z Movable -S 0"), OFL_OK);
	assert_non_null(strstr(text, ": 0 pages scanned in 1 section"));
	assert_non_null(strstr(text, "; no page passes the filter"));
	assert_int_equal(run(&session, "offrange -z Movable -S 0"), OFL_OK);
	assert_non_null(strstr(text, "; no page passes the filter"));
	assert_int_equal(run(&session, "offline -z Normal -S 0"), OFL_OK);
	assert_null(strstr(text, "passes the filter"));
}

/* @node_0: in  what struct zone says of the 2048 pages of node 0, or "unreadable" */
static bool says_what_crash_says(const char *node_0, const char *command)
{
	uint64_t present_kva = K_PGDAT + 0x100 + 16;
	bool found;

	kernel_init(&k);
	kernel_open(&k);
	kernel_small(&k);
	kernel_line(&k, "member zone.present_pages 16 8");
	kernel_line(&k, !strcmp(node_0, "unreadable") ?
		    "unreadable %" PRIx64 " 8" : "mem %" PRIx64 " %s",
		    present_kva, node_0);
	kernel_load(&k, &tt);
	ofl_session_init(&session, &tt.target);
	assert_int_equal(run(&session, command), OFL_OK);
	found = strstr(text, "crash says MEMORY");
	ofl_session_drop(&session);
	asked_drop(&session, &tt, &text);
	return found;
}

/* mm/memory_hotplug.c: adjust_present_page_count(): holes are not counted */
static void test_what_crash_prints_as_memory(void **state)
{
	drop(state);
	assert_true(says_what_crash_says("600", "offline"));
	assert_true(says_what_crash_says("900", "offline"));
	assert_false(says_what_crash_says("800", "offline"));
	assert_false(says_what_crash_says("7ff", "offline"));
	assert_false(says_what_crash_says("600", "offline -n 0"));
	assert_false(says_what_crash_says("unreadable", "offline"));
	load();
}

static void test_bad_options(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad_options); i++) {
		if (run(&session, bad_options[i].line) != OFL_ERR_ARG ||
		    !strstr(err.text, bad_options[i].text))
			fail_msg("%s: %s", bad_options[i].line, err.text);
		assert_null(strchr(err.text, '\n'));
		assert_string_equal(text, "");	/* nothing half printed */
	}
	/* and the session goes on */
	assert_int_equal(run(&session, "offrange"), OFL_OK);
}

/* with -j anything that is wrong is a document, wherever -j stands */
static void test_failed_document(void **state)
{
	static const struct {
		const char *line, *text;
	} bad[] = {
		{ "offrange -j -n 7", "no such node" },
		{ "offrange -j -o pfn", "-o chooses" },
		{ "offrange -j -H", "-H chooses" },
		{ "offrange -a junk -j", "unexpected argument 'junk'" },
		{ "offrange -y -j", "unknown option -y" },
		{ "offrange --nonsense -aj", "unknown option --nonsense" },
		{ "offline -j -p", "-p needs an argument" },
	};
	struct json_object *o, *status, *said;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(run(&session, bad[i].line), OFL_OK);
		o = json_tokener_parse(text);
		assert_non_null(o);
		assert_true(json_object_object_get_ex(o, "host", &status));
		assert_true(json_object_object_get_ex(status, "kernel", &said));
		assert_string_equal(json_object_get_string(said),
				    "0.0-made-up");
		assert_true(json_object_object_get_ex(o, "status", &status));
		assert_true(json_object_object_get_ex(status, "result", &said));
		assert_string_equal(json_object_get_string(said), "failed");
		assert_true(json_object_object_get_ex(status, "message",
						      &said));
		if (!strstr(json_object_get_string(said), bad[i].text))
			fail_msg("%s: %s", bad[i].line,
				 json_object_get_string(said));
		json_object_put(o);
	}
	/* what follows -p is no option */
	assert_int_equal(run(&session, "offrange -p -j"), OFL_ERR_ARG);
}

/* ---- documented members ---- */

static struct json_object *member(struct json_object *o, const char *path)
{
	char copy[128], *word, *save = NULL;

	snprintf(copy, sizeof(copy), "%s", path);
	for (word = strtok_r(copy, ".", &save); word;
	     word = strtok_r(NULL, ".", &save))
		if (!json_object_object_get_ex(o, word, &o))
			fail_msg("no member %s", path);
	return o;
}

static void test_members(void **state)
{
	static const char *const command[] = { "offline -j", "offrange -j" };
	static const char *const path[] = { "schema", "command",
		"host.kernel", "host.nodename", "host.date", "host.live",
		"host.tool", "host.crash",
		"page_size", "totals.scanned", "totals.offline",
		"totals.unknown", "totals.stale", "status.result",
		"status.message" };
	static const char *const of_range[] = { "start_pfn", "pages",
		"refcount", "flags", "node", "zone", "section", "online" };
	struct json_object *o, *range;
	size_t c, i;

	(void)state;
	for (c = 0; c < ARRAY_LEN(command); c++) {
		assert_int_equal(run(&session, command[c]), OFL_OK);
		o = json_tokener_parse(text);
		assert_non_null(o);
		for (i = 0; i < ARRAY_LEN(path); i++)
			member(o, path[i]);
		assert_int_equal(json_object_get_int(member(o,
						"totals.offline")), 5);
		assert_int_equal(json_object_get_int(member(o,
						"totals.unknown")), 65);
		assert_int_equal(json_object_get_int(member(o,
						"totals.stale")), 4);
		assert_string_equal(json_object_get_string(member(o,
						"status.result")), "incomplete");
		if (c == 0) {
			member(o, "facts.page_size.value");
			member(o, "facts.page_size.source");
		} else {
			range = json_object_array_get_idx(member(o, "ranges"), 0);
			for (i = 0; i < ARRAY_LEN(of_range); i++)
				member(range, of_range[i]);
			assert_int_equal(json_object_get_int(
					 member(range, "start_pfn")), 5);
		}
		json_object_put(o);
	}
}

/* ---- one state, one story ---- */

static void test_same_input_same_bytes(void **state)
{
	char *first;

	(void)state;
	assert_int_equal(run(&session, "offrange -a"), OFL_OK);
	first = text;
	text = NULL;
	assert_int_equal(run(&session, "offrange -a"), OFL_OK);
	assert_string_equal(text, first);
	free(first);
}

static void test_interrupted(void **state)
{
	(void)state;
	assert_int_equal(run(&session, "offline"), OFL_OK);
	tt.polls = 0;
	tt.interrupt_after = 1;
	assert_int_equal(run(&session, "offrange"), OFL_OK);
	assert_non_null(strstr(text, "status: incomplete"));
	assert_non_null(strstr(text, "interrupted, 1 of 4 sections"));
}

/* on a live system nothing is remembered between two commands */
static void test_live(void **state)
{
	unsigned long first, second;

	(void)state;
	tt.target.live = true;
	assert_int_equal(run(&session, "offline"), OFL_OK);
	assert_non_null(strstr(text, "NOTE         the system is live: pages change"));
	first = tt.reads;
	assert_int_equal(run(&session, "offline"), OFL_OK);
	second = tt.reads - first;
	assert_int_equal(first, second);
}

static const char *const written[] = {
	"offline", "offline -j", "offrange -a", "offrange -j", "offline -j -n 7",
	"offline --version",
};

/* with and without a buffer: the write fails at once, or at the end */
static void test_full_device(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < 2 * ARRAY_LEN(written); i++) {
		FILE *f = fopen("/dev/full", "w");

		setvbuf(f, NULL, i % 2 ? _IOFBF : _IONBF, 65536);
		assert_int_equal(asked_to(&session, written[i / 2], f, &err),
				 OFL_ERR_OUTPUT);
		assert_string_equal(err.text, "the output was not written whole: No space left on device");
		fclose(f);
	}
}

/* a pager that was quit, head: nothing is lost that somebody wants */
static void test_closed_pipe(void **state)
{
	int ends[2];
	size_t i;
	FILE *f;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < 2 * ARRAY_LEN(written); i++) {
		assert_int_equal(pipe(ends), 0);
		f = fdopen(ends[1], "w");
		close(ends[0]);
		setvbuf(f, NULL, i % 2 ? _IOFBF : _IONBF, 65536);
		assert_int_equal(asked_to(&session, written[i / 2], f, &err),
				 OFL_ERR_OUTPUT);
		assert_string_equal(err.text, "");
		fclose(f);
	}
	signal(SIGPIPE, SIG_DFL);
}

/* ---- recordings ---- */

static void test_round_trip(void **state)
{
	static const char *const command[] = { "offline", "offline -j",
		"offrange", "offrange -a", "offrange -j -a",
		"offrange -a -p 0-900", "offline -n 1" };
	char path[] = "/tmp/ofl-record-XXXXXX", line[256], *first;
	struct ofl_session replayed;
	struct texttarget again;
	size_t i;

	(void)state;
	close(mkstemp(path));
	for (i = 0; i < ARRAY_LEN(command); i++) {
		unlink(path);
		snprintf(line, sizeof(line), "%s -R %s", command[i], path);
		assert_int_equal(run(&session, line), OFL_OK);
		first = text;
		text = NULL;
		assert_int_equal(texttarget_load(&again, path, &err), OFL_OK);
		ofl_session_init(&replayed, &again.target);
		assert_int_equal(run(&replayed, command[i]), OFL_OK);
		assert_string_equal(text, first);
		assert_int_equal(run(&session, command[i]), OFL_OK);
		assert_string_equal(text, first);	/* nor does -R change it */
		free(first);
		ofl_session_drop(&replayed);
		texttarget_free(&again);
	}
	/* never over a file that is there */
	assert_int_equal(run(&session, line), OFL_ERR_ARG);
	assert_non_null(strstr(err.text, path));
	assert_string_equal(text, "");
	unlink(path);
}

/* any bytes, at any length, come back as they were */
static void test_recorded_memory(void **state)
{
	static const char *const words = "mem 1000 1 2 2 3*3 0 0 "
		"ffffffffffffffff*4 b 0b0b b00 b0b b0b b0b\n";
	char path[] = "/tmp/ofl-record-XXXXXX";
	struct texttarget one, again;
	unsigned char a[256], b[256];
	struct ofl_recorder *rec;
	const struct ofl_target *t;
	uint64_t kva;
	size_t len;

	(void)state;
	assert_int_equal(texttarget_parse(&one, words, &err), OFL_OK);
	close(mkstemp(path));
	for (kva = 0x1000; kva < 0x1000 + 116; kva++)
		for (len = 1; kva + len <= 0x1000 + 116; len++) {
			unlink(path);
			assert_int_equal(ofl_record_open(&one.target, path, &rec,
							 &err), OFL_OK);
			t = ofl_record_target(rec);
			assert_int_equal(ofl_read(t, kva, a, len),
					 OFL_READ_OK);
			assert_int_equal(ofl_record_close(rec, &err), OFL_OK);
			assert_int_equal(texttarget_load(&again, path, &err),
					 OFL_OK);
			t = &again.target;
			assert_int_equal(ofl_read(t, kva, b, len),
					 OFL_READ_OK);
			assert_memory_equal(a, b, len);
			assert_int_equal(ofl_read(t, kva, b, len + 1),
					 OFL_READ_UNREADABLE);
			texttarget_free(&again);
		}
	unlink(path);
	texttarget_free(&one);
}

/* ---- faults ---- */

static bool is_defined(enum ofl_status st)
{
	return st == OFL_OK || st == OFL_ERR_NODATA || st == OFL_ERR_NOMEM ||
	       st == OFL_ERR_UNREADABLE || st == OFL_ERR_CORRUPT ||
	       st == OFL_ERR_OUTPUT;
}

/*
 * A command either fails in one line with nothing printed, or prints what a
 * sound run prints, or says that something is missing.
 */
static void check_outcome(const char *what, unsigned long n,
			  const char *command, enum ofl_status st,
			  const char *sound)
{
	bool told = text && (strstr(text, "incomplete") ||
			     strstr(text, "failed") ||
			     strstr(text, "findings"));

	if (!is_defined(st))
		fail_msg("%s %lu of %s: status %d", what, n, command, st);
	if (st == OFL_ERR_OUTPUT) {
		assert_string_equal(err.text, "the output was not written whole: no memory is left");
		return;
	}
	if (st) {
		assert_string_not_equal(err.text, "");
		assert_null(strchr(err.text, '\n'));
		assert_string_equal(text, "");
	} else if (strcmp(text, sound) && !told) {
		fail_msg("%s %lu of %s is not told:\n%s", what, n, command,
			 text);
	}
}

static const char *const faulted[] = { "offline -p 0-7ff", "offline -j -p 0-7ff",
				       "offrange -a -p 0-7ff",
				       "offrange -j -p 0-7ff" };

static void test_every_read_fails(void **state)
{
	static const enum ofl_read how[] = { OFL_READ_UNREADABLE,
					     OFL_READ_EXCLUDED };
	unsigned long n;
	size_t c, h;

	(void)state;
	drop(NULL);
	for (c = 0; c < ARRAY_LEN(faulted) * ARRAY_LEN(how); c++) {
		const char *command = faulted[c / ARRAY_LEN(how)];
		char *sound;

		h = c % ARRAY_LEN(how);
		load();
		assert_int_equal(run(&session, command), OFL_OK);
		sound = text;
		text = NULL;
		for (n = 1; ; n++) {
			enum ofl_status st;

			ofl_session_drop(&session);
			tt.reads = 0;
			tt.fail_read = n;
			tt.fail_how = how[h];
			st = run(&session, command);
			if (tt.reads < n)
				break;
			check_outcome("read", n, command, st, sound);
		}
		assert_true(n > 20);
		assert_string_equal(text, sound);
		free(sound);
		drop(NULL);
	}
	load();
}

/* -> was allocation @n still one of the command's? */
static bool fail_allocation(const char *command, unsigned long n,
			    const char *sound)
{
	enum ofl_status st;
	unsigned long made;
	size_t len;
	FILE *f;

	ofl_session_drop(&session);
	free(text);
	text = NULL;
	f = open_memstream(&text, &len);
	alloc_fail_from_now(n);
	st = asked_to(&session, command, f, &err);
	made = alloc_stop();
	fclose(f);
	if (made >= n)
		check_outcome("allocation", n, command, st, sound);
	return made >= n;
}

static void fail_allocations(const char *const *command, size_t nr,
			     unsigned long step)
{
	unsigned long n;
	char *sound;
	size_t c;

	for (c = 0; c < nr; c++) {
		assert_int_equal(run(&session, command[c]), OFL_OK);
		sound = text;
		text = NULL;
		for (n = 1; fail_allocation(command[c], n, sound); n += step)
			;
		assert_true(n > 5 * step);
		assert_string_equal(text, sound);
		free(sound);
	}
}

static void test_every_allocation_fails(void **state)
{
	(void)state;
	fail_allocations(faulted, ARRAY_LEN(faulted), 1);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

static unsigned long reads_of(const char *line)
{
	unsigned long before = tt.reads;

	assert_int_equal(run(&session, line), OFL_OK);
	return tt.reads - before;
}

/* sections are kept from command to command, until the file changes */
static void test_kept_until_the_dump_changes(void **state)
{
	const char *line = "offrange -w 1 -o pfn,pages";
	unsigned long all, again;

	(void)state;
	all = reads_of(line);
	again = reads_of(line);
	assert_true(again < all);
	assert_int_equal(reads_of(line), again);
	tt.stamp++;
	assert_int_equal(reads_of(line), all);
	assert_int_equal(reads_of(line), again);
}

/* ---- who reads ---- */

static struct ofl_host_ops reader_ops;
static struct ofl_reading reading;
static int host_reads;		/* -1: nobody was told */
static unsigned long reads_until_told;
static unsigned long differ_after;	/* reads; 0: they agree */
static unsigned int asks, differ_from;	/* asked so often; 0: they agree */

static void say_reading(void *ctx, struct ofl_reading *ret)
{
	(void)ctx;
	*ret = reading;
	ret->differ |= differ_after && tt.reads > differ_after;
	ret->differ |= differ_from && ++asks >= differ_from;
}

static void note_host_reads(void *ctx, bool on)
{
	(void)ctx;
	host_reads = on;
	reads_until_told = tt.reads;
	differ_after = 0;	/* another command, another reader */
}

/* a real kernel, which every command can say something of */
static int set_up_whole(void **state)
{
	(void)state;
	assert_int_equal(texttarget_load(&tt,
			 "tests/golden/6.12-both-whole.fixture", &err), OFL_OK);
	ofl_session_init(&session, &tt.target);
	return 0;
}

/* owners, devices, verdicts and holders have more to lose: every fifth of it */
static void test_allocations_of_a_real_kernel(void **state)
{
	static const char *const command[] = {
		"offrange -j -B memory39", "offcheck -B memory39",
		"offcheck -j -B memory39", "offowner -v -B memory39",
		"offowner -j -B memory39", "offblock -w -B memory39",
		"offblock -w -j -B memory39", "offmap -B memory39",
	};

	(void)state;
	fail_allocations(command, ARRAY_LEN(command), 5);
}

static void have_readers(void)
{
	reader_ops = *tt.target.host;
	reader_ops.reading = say_reading;
	reader_ops.host_reads = note_host_reads;
	tt.target.host = &reader_ops;
	reading = (struct ofl_reading){ .why_host = NULL };
	host_reads = -1;
	differ_after = differ_from = asks = 0;
}

static void check_choice(const char *line, int host)
{
	unsigned long before = tt.reads;

	host_reads = -1;
	assert_int_equal(run(&session, line), OFL_OK);
	if (host_reads != host)
		fail_msg("%s: %d, not %d", line, host_reads, host);
	/* before anything is read */
	assert_int_equal(reads_until_told, before);
}

static void test_who_is_to_read(void **state)
{
	static const char *const command[] = { "offline", "offrange",
		"offcheck", "offblock", "offowner", "offmap", "offmap -w",
		"offline -x -j -p 100000-107fff" };
	char line[64];
	size_t i;

	(void)state;
	have_readers();
	assert_int_equal(run(&session, "offline -v"), OFL_OK);
	for (i = 0; i < ARRAY_LEN(command); i++) {
		check_choice(command[i], false);
		snprintf(line, sizeof(line), "%s -C -p 100000-107fff", command[i]);
		check_choice(line, true);
	}
	check_choice(command[0], false);
	/* what is not a command asks nobody */
	host_reads = -1;
	assert_int_equal(run(&session, "offline -C -y"), OFL_ERR_ARG);
	assert_int_equal(host_reads, -1);
}

static const char *const we_read = "offline.so itself; what crash reads of one "
				   "page in 128 was the same\n";

/* -> the words behind READER; NULL: no such line */
static const char *reader_line(const char *line)
{
	char *at;

	assert_int_equal(run(&session, line), OFL_OK);
	at = strstr(text, "READER");
	if (!at)
		return NULL;
	at += strlen("READER");
	at += strspn(at, " ");
	at[strcspn(at, "\n") + 1] = '\0';
	return at;
}

static void test_who_has_read(void **state)
{
	(void)state;
	assert_null(reader_line("offline -v"));	/* a target that has no choice */
	have_readers();
	assert_string_equal(reader_line("offline -v"), we_read);
	/* what an earlier command read is not compared now */
	assert_string_equal(reader_line("offline -v -p 100000-107fff"),
			    "none: no page of the memmap had to be read\n");
	reading.why_host = "the dump is incomplete";
	assert_string_equal(reader_line("offline -v"), "crash: the dump is incomplete\n");
	assert_int_equal(run(&session, "offline"), OFL_OK);
	assert_null(strstr(text, "READER"));
}

/* what the host's debugger was asked is the effort of this command */
static void test_debugger_asked(void **state)
{
	(void)state;
	have_readers();
	assert_int_equal(run(&session, "offline -v"), OFL_OK);
	assert_null(strstr(text, "\nGDB"));
	reading.asked = 1;
	assert_int_equal(run(&session, "offline -v"), OFL_OK);
	assert_non_null(strstr(text, "\nGDB          asked about types 1 time\n"));
	reading.asked = 66;
	assert_int_equal(run(&session, "offline -v"), OFL_OK);
	assert_non_null(strstr(text, "asked about types 66 times\n"));
	assert_int_equal(run(&session, "offline"), OFL_OK);
	assert_null(strstr(text, "\nGDB"));
}

/* a recording goes through the same reader */
static void test_recorder_hands_on(void **state)
{
	char path[] = "/tmp/ofl-record-XXXXXX", line[96];

	(void)state;
	have_readers();
	close(mkstemp(path));
	unlink(path);
	snprintf(line, sizeof(line), "offline -C -p 100000-107fff -R %s", path);
	assert_int_equal(run(&session, line), OFL_OK);
	assert_int_equal(host_reads, true);
	unlink(path);
	snprintf(line, sizeof(line), "offline -v -p 100000-107fff -R %s", path);
	assert_int_equal(run(&session, line), OFL_OK);
	assert_int_equal(host_reads, false);
	assert_non_null(strstr(text, we_read));
	unlink(path);
	reading.why_host = "-C";
	assert_int_equal(run(&session, line), OFL_OK);
	assert_non_null(strstr(text, "crash: -C\n"));
	unlink(path);
}

/* asked of a recorder whose target has no such ops */
static void test_recorder_of_one_reader(void **state)
{
	char path[] = "/tmp/ofl-record-XXXXXX";
	struct ofl_reading got = { .why_host = "junk", .differ = true };
	const struct ofl_target *t;
	struct ofl_recorder *rec;

	(void)state;
	close(mkstemp(path));
	unlink(path);
	assert_int_equal(ofl_record_open(&tt.target, path, &rec, &err), OFL_OK);
	t = ofl_record_target(rec);
	ofl_host_reads(t, true);
	ofl_reading(t, &got);
	assert_string_equal(got.why_host, "");
	assert_false(got.differ);
	assert_int_equal(ofl_record_close(rec, &err), OFL_OK);
	unlink(path);
}

static const char *const disagree = "offline.so and crash read different bytes";

static size_t count_words(const char *in, const char *word)
{
	size_t found = 0;

	for (; (in = strstr(in, word)); in += strlen(word))
		found++;
	return found;
}

/*
 * At any read of a command the two may turn out to differ. It is said once,
 * and the next command begins anew.
 */
static void check_differ(const char *line, unsigned long times)
{
	unsigned long reads, n;
	enum ofl_status st;
	char *sound;

	assert_int_equal(run(&session, line), OFL_OK);
	ofl_session_drop(&session);
	reads = reads_of(line);
	sound = text;
	text = NULL;
	for (n = 1; n < reads; n += 1 + reads / times) {
		ofl_session_drop(&session);
		tt.reads = 0;
		differ_after = n;
		st = run(&session, line);
		if (count_words(text, disagree) +
		    (st && strstr(err.text, disagree)) != 1)
			fail_msg("%s, %lu: %s%s", line, n, text, err.text);
		/* nothing was kept: it is all read again */
		differ_after = 0;
		assert_int_equal(reads_of(line), reads);
		assert_string_equal(text, sound);
	}
	free(sound);
}

static void test_readers_differ(void **state)
{
	(void)state;
	have_readers();
	reader_ops.host_reads = NULL;
	check_differ("offline", 40);
	check_differ("offline -x", 40);
	check_differ("offrange -a", 40);
	check_differ("offrange -j", 40);
}

/* also in what is read for facts and owners, outside of the scan */
static void test_readers_differ_elsewhere(void **state)
{
	(void)state;
	have_readers();
	reader_ops.host_reads = NULL;
	check_differ("offowner", 5);
	check_differ("offblock 32", 5);
}

/* behind the scan: the view is not closed yet, and says it, once */
static void test_readers_differ_at_the_end(void **state)
{
	static const char *const lines[] = {
		"offline", "offline -j", "offrange", "offrange -j", "offcheck -j",
		"offowner -j", "offblock -j", "offmap -j", "offmap -w -j",
	};
	unsigned int last;
	size_t i;

	(void)state;
	have_readers();
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		ofl_session_drop(&session);
		differ_from = 1000;
		asks = 0;
		run(&session, lines[i]);
		assert_null(strstr(text, disagree));
		last = asks - 1;	/* one more comes when all is over */
		ofl_session_drop(&session);
		differ_from = last;
		asks = 0;
		assert_int_equal(run(&session, lines[i]), OFL_OK);
		assert_int_equal(asks, last + 1);
		assert_int_equal(count_words(text, disagree), 1);
		assert_int_equal(count_words(text, "failed"), 1);
		assert_int_equal(count_words(text, "\"command\""),
				 strstr(lines[i], "-j") ? 1 : 0);
		assert_false(session.loaded);
	}
}

/* nothing is read any more then; but if it were so, the command would fail */
static void test_readers_differ_behind_the_end(void **state)
{
	char name[] = "offline", *argv[] = { name, NULL };
	size_t len;
	FILE *out;

	(void)state;
	have_readers();
	differ_from = 3;
	out = open_memstream(&text, &len);
	err.status = OFL_ERR_CONFLICT;	/* what an earlier command left */
	assert_int_equal(ofl_command_run(&session, 1, argv, out, &err),
			 OFL_ERR_CONFLICT);
	fclose(out);
	assert_int_equal(asks, 3);
	assert_memory_equal(err.text, disagree, strlen(disagree));
	assert_false(session.loaded);
}

/* memory runs out while the readers differ: still one document */
static void test_one_document(void **state)
{
	unsigned long n, made;
	size_t len;
	FILE *f;

	(void)state;
	have_readers();
	reader_ops.host_reads = NULL;
	for (n = 1; ; n++) {
		ofl_session_drop(&session);
		free(text);
		f = open_memstream(&text, &len);
		differ_after = 1;
		alloc_fail_from_now(n);
		asked_to(&session, "offrange -j", f, &err);
		made = alloc_stop();
		fclose(f);
		assert_true(count_words(text, "\"command\"") <= 1);
		if (made < n)
			break;
	}
	assert_true(n > 5);
}

/* a session that can serve no command: a document where one was asked for */
static void test_refused(void **state)
{
	char name[] = "offrange", json[] = "-j", bad[] = "-y";
	char *plain[] = { name, NULL }, *doc[] = { name, json, NULL };
	char *wrong[] = { name, bad, NULL };
	size_t len;
	FILE *f;

	(void)state;
	f = open_memstream(&text, &len);
	assert_int_equal(ofl_command_refuse(&session, "no layout", 1, plain, f,
					    &err), OFL_ERR_UNSUPPORTED);
	assert_string_equal(err.text, "no layout");
	assert_int_equal(ofl_command_refuse(&session, "no layout", 2, wrong, f,
					    &err), OFL_ERR_ARG);
	fflush(f);
	assert_int_equal(len, 0);
	assert_int_equal(ofl_command_refuse(&session, "no layout", 2, doc, f,
					    &err), OFL_OK);
	fclose(f);
	assert_int_equal(count_words(text, "\"failed\""), 1);
	assert_non_null(strstr(text, "\"message\": \"no layout\""));
}

/* a block is explained, whichever option names it */
static void test_explained(void **state)
{
	static const char *const lines[] = {
		"offblock 39", "offblock -B 39", "offblock -S 0x27",
		"offblock -p 138000", "offblock -P 138000000",
	};
	char *first;
	size_t i;

	(void)state;
	assert_int_equal(run(&session, lines[0]), OFL_OK);
	first = text;
	text = NULL;
	assert_non_null(strstr(first, "NOTIFIER"));
	for (i = 1; i < ARRAY_LEN(lines); i++) {
		assert_int_equal(run(&session, lines[i]), OFL_OK);
		if (strstr(lines[i], " -p ") || strstr(lines[i], " -P ")) {
			/* the page that was asked for has lines before it */
			assert_int_equal(strncmp(text, "PFN ", 4), 0);
			assert_non_null(strstr(text, " 0x138000\n"));
			assert_non_null(strstr(text, first));
		} else {
			assert_string_equal(text, first);
		}
	}
	free(first);
}

#define WHOLE(f) cmocka_unit_test_setup_teardown(f, set_up_whole, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_bad_options), CASE(test_version),
		CASE(test_filter_that_no_page_passes),
		CASE(test_what_crash_prints_as_memory),
		CASE(test_stale_pages_of_a_zone), CASE(test_failed_document),
		CASE(test_members), CASE(test_same_input_same_bytes),
		CASE(test_empty_arguments),
		CASE(test_interrupted), CASE(test_live),
		CASE(test_full_device), CASE(test_closed_pipe),
		CASE(test_round_trip),
		CASE(test_recorded_memory),
		CASE(test_every_read_fails), CASE(test_every_allocation_fails),
		CASE(test_kept_until_the_dump_changes),
		WHOLE(test_allocations_of_a_real_kernel),
		WHOLE(test_who_is_to_read), WHOLE(test_who_has_read),
		WHOLE(test_debugger_asked),
		WHOLE(test_recorder_hands_on), CASE(test_recorder_of_one_reader),
		CASE(test_readers_differ), CASE(test_readers_differ_behind_the_end),
		WHOLE(test_readers_differ_elsewhere),
		WHOLE(test_readers_differ_at_the_end),
		CASE(test_one_document), CASE(test_refused),
		WHOLE(test_explained),
	};

	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
