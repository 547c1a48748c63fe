// SPDX-License-Identifier: GPL-2.0-or-later
/* test_offcheck.c - what offcheck and offowner count is what they show */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "owned.h"

#define HEAP	UINT64_C(0xffff888007000000)
#define DEVICES	64
#define REFS	4		/* -1, 0, 1, 2 */
#define ORPHANS	7
#define PAGES	(DEVICES * REFS + ORPHANS)

static struct kernel k;
static struct texttarget tt;
static struct ofl_session session;
static char *text;		/* what the last command printed */

static void page(uint64_t pfn, uint64_t info, int32_t ref)
{
	const struct owned_page p = {
		.private = info, .mapping = info ? 2 : 0, .type = K_OFFLINE,
		.ref = ref,
	};

	owned_page(&k, pfn, &p);
}

/* as many balloons as can be, each with a page of every reference count */
static int set_up(void **state)
{
	uint64_t info, pfn = 0x40;
	int i, ref;

	(void)state;
	owned_open(&k);
	for (i = 0; i < DEVICES; i++) {
		info = HEAP + 0x100 * (uint64_t)(i + 1);
		kernel_line(&k, "mem %" PRIx64 " 0 %" PRIx64 " %" PRIx64 " %"
			    PRIx64, info, info + 8, info + 8, HEAP);
		for (ref = -1; ref < REFS - 1; ref++)
			page(pfn++, info, ref);
	}
	for (i = 0; i < ORPHANS; i++)
		page(pfn++, 0, 1);
	kernel_load(&k, &tt);
	ofl_session_init(&session, &tt.target);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	asked_drop(&session, &tt, &text);
	return 0;
}

static void run(const char *line)
{
	struct ofl_err err;

	assert_int_equal(asked(&session, line, &text, &err), OFL_OK);
}

static unsigned long number_before(const char *words)
{
	const char *at = strstr(text, words);

	if (!at)
		fail_msg("no '%s' in %s", words, text);
	while (at > text && at[-1] >= '0' && at[-1] <= '9')
		at--;
	return strtoul(at, NULL, 10);
}

/* how often a member has this value */
static unsigned long count(const char *words)
{
	unsigned long n = 0;
	const char *at;

	for (at = text; (at = strstr(at, words)); at += strlen(words))
		n++;
	return n;
}

/* pages of all rows of the array classes */
static unsigned long pages_of_classes(void)
{
	const char *at = strstr(text, "\"classes\""), *end;
	unsigned long sum = 0;

	end = strstr(at, "\"findings\"");
	while ((at = strstr(at, "\"pages\": ")) && at < end) {
		at += strlen("\"pages\": ");
		sum += strtoul(at, NULL, 10);
	}
	return sum;
}

static void test_every_class_has_a_row(void **state)
{
	(void)state;
	run("offcheck -j");
	assert_int_equal(pages_of_classes(), PAGES);
	assert_int_equal(number_before(" offline, "), PAGES);
	assert_non_null(strstr(text, "\"owner\": \"orphan\""));
}

/* errors, warnings and infos of the status line */
static unsigned long findings(void)
{
	return number_before(" error") + number_before(" warning") +
	       number_before(" info");
}

/* ^C at any moment: the two passes do not contradict each other */
static void test_interrupted(void **state)
{
	unsigned long n, all, listed;
	bool interrupted;

	(void)state;
	run("offcheck -j");
	all = findings();
	assert_true(all > 0);
	for (n = 1; ; n++) {
		tt.polls = 0;
		tt.interrupt_after = n;
		run("offcheck -j");
		interrupted = tt.polls > n;
		assert_int_equal(pages_of_classes(), number_before(" offline, "));
		listed = count("\"severity\": ");
		assert_true(listed <= findings());
		if (!interrupted)
			break;
		if (listed < findings())
			assert_non_null(strstr(text, "\"incomplete\""));
	}
	assert_true(n > 5);
	assert_int_equal(listed, all);
}

static void counts_what_it_shows(void)
{
	run("offowner -j");
	assert_int_equal(count("\"severity\": \"error\""),
			 number_before(" error"));
	assert_int_equal(count("\"severity\": \"warning\""),
			 number_before(" warning"));
	assert_int_equal(count("\"severity\": \"info\""),
			 number_before(" info"));
}

/* each problem of the status line has its row, and the other way round */
static void test_owner_counts_what_it_shows(void **state)
{
	(void)state;
	counts_what_it_shows();
	assert_int_equal(number_before(" without owner"), ORPHANS);
	assert_int_equal(number_before(" warning"), DEVICES + 1);
}

static void is_instead(const char *kernel)
{
	struct ofl_err err;

	asked_drop(&session, &tt, &text);
	assert_int_equal(texttarget_parse(&tt, kernel, &err), OFL_OK);
	ofl_session_init(&session, &tt.target);
}

/* findings of each severity, of devices, of pages and of the kernel's counters */
static void test_owner_counts_each_severity(void **state)
{
	(void)state;
	is_instead("include tests/golden/6.1-hyperv.fixture\n");
	counts_what_it_shows();
	assert_true(number_before(" info") > 0);
	is_instead("include tests/golden/devices-orphaned.fixture\n"
		   "without member balloon_dev_info.pages\n");
	counts_what_it_shows();
	assert_true(number_before(" info") > 1);
	assert_true(count("NR_BALLOON_PAGES is 57344, but 0 ") +
		    count("BALLOON_INFLATE-DEFLATE is 57344, but 0 ") > 0);
}

/* all that can fall short at once, into buffers of every size: ASan looks on */
static void test_status_fits_any_buffer(void **state)
{
	const struct ofl_scan_result r = {
		.total = { UINT64_MAX, UINT64_MAX, UINT64_MAX },
		.unknown = { 0, 1, 1, 1, 1, 1, 1 }, .stale = UINT64_MAX,
		.sections = { .unreadable = UINT64_MAX, .corrupt = UINT64_MAX,
			      .unreadable_nr = UINT64_MAX,
			      .corrupt_nr = UINT64_MAX },
		.blocks = { .lost = UINT64_MAX, .disagree = UINT64_MAX },
		.hidden = UINT64_MAX, .sections_wanted = UINT64_MAX,
		.sections_done = UINT64_MAX, .interrupted = true,
	};
	char why[160], *buf;
	size_t bytes;

	(void)state;
	memset(why, 'w', sizeof(why) - 1);
	why[sizeof(why) - 1] = '\0';
	for (bytes = 1; bytes <= OFL_STATUS_BYTES; bytes += 1 + bytes / 16) {
		struct ofl_text t;

		buf = malloc(bytes);
		t = ofl_text_over(buf, bytes);
		ofl_scan_status(&r, "; 1 row", &t);
		ofl_owners_status(OFL_RESULT_OK, why, &t);
		ofl_text_add(&t, "; offrange -a lists the unknown pages");
		assert_true(strlen(buf) < bytes);
		assert_int_equal(t.cut, bytes < 1200 ? t.cut : false);
		free(buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_class_has_a_row,
						set_up, drop),
		cmocka_unit_test_setup_teardown(test_owner_counts_each_severity,
						set_up, drop),
		cmocka_unit_test_setup_teardown(test_interrupted, set_up, drop),
		cmocka_unit_test(test_status_fits_any_buffer),
		cmocka_unit_test_setup_teardown(test_owner_counts_what_it_shows,
						set_up, drop),
	};

	return cmocka_run_group_tests_name("offcheck", tests, NULL, NULL);
}
