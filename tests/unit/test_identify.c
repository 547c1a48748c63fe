// SPDX-License-Identifier: GPL-2.0-or-later
/* test_identify.c - like pages that are not all the same driver's */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "owned.h"

#define XEN	(K_SYMBOL + 0x12000)
#define HEAP	UINT64_C(0xffff888007000000)

static struct kernel k;
static struct texttarget tt;
static struct ofl_session session;
static char *text;		/* what the last command printed */

static int set_up(void **state)
{
	(void)state;
	owned_open(&k);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	asked_drop(&session, &tt, &text);
	return 0;
}

static void load(void)
{
	kernel_load(&k, &tt);
	ofl_session_init(&session, &tt.target);
}

static void run(const char *line)
{
	struct ofl_err err;

	asked(&session, line, &text, &err);
}

/* is there a line of these two words? */
static void expect_row(const char *first, const char *second)
{
	char a[64], b[64];
	const char *line;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "%63s %63s", a, b) == 2 && !strcmp(a, first) &&
		    !strcmp(b, second))
			return;
	}
	fail_msg("no row %s %s in:\n%s", first, second, text);
}

/* offline: no device in between */
static void expect_owner(const char *owner, const char *pages)
{
	char a[64], b[64], c[64];
	const char *line;

	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "%63s %63s %63s", a, b, c) == 3 &&
		    !strcmp(a, owner) && !strcmp(b, "-") && !strcmp(c, pages))
			return;
	}
	fail_msg("no row %s - %s in:\n%s", owner, pages, text);
}

static void expect_text(const char *wanted)
{
	if (!strstr(text, wanted))
		fail_msg("no '%s' in:\n%s", wanted, text);
}

static void page(uint64_t pfn, uint64_t private, uint64_t mapping)
{
	const struct owned_page p = {
		.private = private, .mapping = mapping, .type = K_OFFLINE,
		.ref = 1,
	};

	owned_page(&k, pfn, &p);
}

/* pages 90 to 119 are alike; those from 100 to 104 are on Xen's list */
static void xen(void)
{
	static const uint64_t pfns[] = { 100, 101, 102, 103, 104 };
	uint64_t pfn;

	for (pfn = 90; pfn < 120; pfn++)
		page(pfn, 0, 0);
	kernel_line(&k, "symbol ballooned_pages %" PRIx64, XEN);
	kernel_line(&k, "symbol balloon_mutex %" PRIx64, XEN + 0x800);
	kernel_line(&k, "mem %" PRIx64 " 0", XEN + 0x800);
	owned_list(&k, XEN, pfns, ARRAY_LEN(pfns), 0, 0);
}

static void test_part_of_a_run(void **state)
{
	(void)state;
	xen();
	load();
	run("offrange -o pfn,owner");
	expect_row("0x5a-0x63", "orphan");
	expect_row("0x64-0x68", "xen_balloon");
	expect_row("0x69-0x77", "orphan");
	expect_text("; 3 rows");
	run("offline -H");
	expect_owner("xen_balloon", "5");
	expect_owner("orphan", "25");
	run("offrange -O xen_balloon");
	expect_text("; 1 row\n");
}

/* what is behind the break may be Xen's too, and is nobody's for certain */
static void test_part_is_not_known(void **state)
{
	(void)state;
	xen();
	kernel_line(&k, "mem %" PRIx64 " 0", owned_lru(102));
	load();
	run("offrange -o pfn,owner");
	expect_row("0x5a-0x63", "unknown");
	expect_row("0x64-0x66", "xen_balloon");
	expect_row("0x67-0x77", "unknown");
	run("offline -H");
	expect_owner("xen_balloon", "3");
	expect_owner("unknown", "27");
}

/* owners look at more of a page than its row shows */
static void test_pages_that_only_owners_tell_apart(void **state)
{
	uint64_t info = HEAP + 0x100, pfn;

	(void)state;
	kernel_line(&k, "mem %" PRIx64 " 0 %" PRIx64 " %" PRIx64 " %" PRIx64,
		    info, info + 8, info + 8, HEAP);
	for (pfn = 90; pfn < 120; pfn++)
		page(pfn, pfn < 110 ? info : info + 0x800, pfn < 100 ? 0 : 2);
	load();
	run("offrange -o pfn,owner");
	/*
	 * The first ones point to a balloon and are not movable, which proves
	 * nothing; what the last ones point to cannot be read. Neither makes
	 * the pages between them anybody else's.
	 */
	expect_row("0x5a-0x63", "unknown");
	expect_row("0x64-0x6d", "balloon");
	expect_row("0x6e-0x77", "unknown");
}

/* nobody is asked for these, but all are counted */
static void test_stale_pages(void **state)
{
	uint64_t first = 3 * kernel_section_pages(&k);

	(void)state;
	kernel_section(&k, 3, K_PRESENT | K_MEM_MAP, ~0ull);
	kernel_block(&k, 3, 2);
	kernel_pages(&k, first + 7, 5, kernel_zone_bits(1, 2), K_OFFLINE, 0);
	load();
	run("offowner -j");
	expect_text("\"offline\": 0, \"stale\": 5, \"owners\"");
	run("offrange -a -H");
	expect_row("0xc07-0xc0b", "0xc07000-0xc0bfff");
	expect_text("; 1 row\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_part_of_a_run, set_up, drop),
		cmocka_unit_test_setup_teardown(test_part_is_not_known, set_up,
						drop),
		cmocka_unit_test_setup_teardown(
			test_pages_that_only_owners_tell_apart, set_up, drop),
		cmocka_unit_test_setup_teardown(test_stale_pages, set_up, drop),
	};

	return cmocka_run_group_tests_name("identify", tests, NULL, NULL);
}
