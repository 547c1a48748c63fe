// SPDX-License-Identifier: GPL-2.0-or-later
/* test_recall.c - a section that is not read again tells the same */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "kernel.h"
#include "layout/load.h"
#include "scan/recall.h"
#include "story.h"

#define SECTIONS	16
#define HOLEY		3	/* the section with an unknown page */
#define TWO_ZONES	5
#define NOT_ONLINE	7
#define READ_AGAIN	3	/* the three above */

static struct kernel k;
static struct texttarget tt;
static struct ofl_layout *l;
static struct ofl_nodes n;
static struct ofl_filter f;
static struct ofl_scan_request req;
static struct ofl_scan_result r;
static struct ofl_recall recall;
static struct ofl_err err;
static struct story story;
static uint64_t pages;		/* of a section */

static void fill(uint64_t nr)
{
	uint64_t zone = kernel_zone_bits(nr >= SECTIONS / 2, 1), pfn = nr * pages;
	uint64_t count;

	kernel_section(&k, nr, nr == NOT_ONLINE ? K_LIVE & ~K_ONLINE : K_LIVE,
		       ~0ull);
	kernel_pages(&k, pfn, pages, K_LRU | zone, K_NO_TYPE, 1);
	for (; nr % 3 && pfn < (nr + 1) * pages - 64; pfn += 1 + count + random() % 99) {
		count = 1 + (uint64_t)random() % 60;
		kernel_pages(&k, pfn, count, zone | (random() % 2 ? K_DIRTY : 0),
			     K_OFFLINE, (int32_t)(random() % 2));
	}
	if (nr == TWO_ZONES)
		kernel_pages(&k, nr * pages + 9, 1,
			     kernel_zone_bits(0, 2) | K_LRU, K_NO_TYPE, 1);
	/* the kernel's own pages without zone, that no filter lets through */
	if (nr % 2)
		kernel_pages(&k, nr * pages + 3, 2,
			     kernel_zone_bits(1, 0) | K_RESERVED, K_NO_TYPE, 1);
}

static int set_up(void **state)
{
	uint64_t nr;

	(void)state;
	unit_seed();
	kernel_init(&k);
	l = calloc(1, sizeof(*l));
	memset(&n, 0, sizeof(n));
	pages = kernel_section_pages(&k);
	kernel_open(&k);
	kernel_zone(&k, 0, 1, 0, SECTIONS / 2 * pages);
	kernel_zone(&k, 0, 2, 0, SECTIONS * pages);
	kernel_zone(&k, 1, 1, SECTIONS / 2 * pages, SECTIONS / 2 * pages);
	for (nr = 0; nr < SECTIONS; nr++)
		fill(nr);
	kernel_line(&k, "excluded %lx 1000",
		    (unsigned long)(K_VMEMMAP + HOLEY * pages * k.struct_page));
	kernel_nodes(&k, &tt, l, &n);
	f = (struct ofl_filter){ .hi_pfn = l->nr_sections * l->section_pages,
				 .node = -1 };
	req = (struct ofl_scan_request){ .filter = &f, .recall = &recall };
	story.fail_call = 0;
	return 0;
}

static int drop(void **state)
{
	(void)state;
	ofl_recall_free(&recall);
	ofl_recall_free(&recall);
	ofl_nodes_free(&n);
	texttarget_free(&tt);
	free(l);
	return 0;
}

/* -> the story of a scan; free() it. @kept: sections that were not read */
static char *listen(uint64_t kept)
{
	const struct ofl_sink sink = story_sink(&story);

	story_begin(&story);
	assert_int_equal(ofl_scan(&tt.target, l, &n, &req, &sink, 1, &r, &err),
			 OFL_OK);
	story_end(&story, &r, n.nr_zones);
	assert_int_equal(r.sections_recalled, kept);
	ofl_scan_result_free(&r);
	return story.text;
}

/* with what was kept and without it */
static void expect_same(uint64_t kept)
{
	char *with = listen(kept), *without;

	req.recall = NULL;
	without = listen(0);
	req.recall = &recall;
	assert_string_equal(with, without);
	free(with);
	free(without);
}

static void test_same_again(void **state)
{
	(void)state;
	expect_same(0);
	expect_same(SECTIONS - READ_AGAIN);
	expect_same(SECTIONS - READ_AGAIN);
}

static uint64_t notes_of_sections(void)
{
	uint64_t used = 0, i;

	for (i = 0; i < recall.nr_sections; i++)
		used += recall.section[i].nr_notes;
	return used;
}

/* notes of sections that are not kept do not pile up */
static void test_no_note_is_left_over(void **state)
{
	(void)state;
	free(listen(0));
	free(listen(SECTIONS - READ_AGAIN));
	assert_int_equal(notes_of_sections(), recall.nr_notes);
}

/* the memmap of sections that are kept is not touched */
static void test_not_read(void **state)
{
	uint64_t first, again;

	(void)state;
	free(listen(0));
	assert_int_equal(ofl_scan(&tt.target, l, &n, &req, NULL, 0, &r, &err),
			 OFL_OK);
	again = r.memmap_pages;
	ofl_scan_result_free(&r);
	req.recall = NULL;
	assert_int_equal(ofl_scan(&tt.target, l, &n, &req, NULL, 0, &r, &err),
			 OFL_OK);
	first = r.memmap_pages;
	ofl_scan_result_free(&r);
	assert_int_equal(again, first / SECTIONS * READ_AGAIN);
}

static void test_every_page_is_read(void **state)
{
	(void)state;
	free(listen(0));
	req.every_page = true;
	expect_same(0);
}

static void test_live_is_never_kept(void **state)
{
	(void)state;
	tt.target.live = true;
	expect_same(0);
	expect_same(0);
	assert_int_equal(recall.nr_sections, 0);
}

/* what a filter shows of a section is not all of it */
static void test_filters(void **state)
{
	(void)state;
	f.node = 1;
	expect_same(0);
	assert_int_equal(recall.nr_sections, 0);
	f.node = -1;
	f.lo_pfn = pages / 2;
	f.hi_pfn = 2 * pages + 1;
	expect_same(0);
	assert_int_equal(recall.nr_sections, 1);
	expect_same(1);
	f.lo_pfn = 0;
	f.hi_pfn = l->nr_sections * l->section_pages;
	expect_same(1);
	f.node = 1;
	expect_same(SECTIONS / 2);
	strcpy(f.zone, "Movable");
	f.node = 0;
	expect_same(SECTIONS - READ_AGAIN);
}

/* sections come in any order when the user's ranges do */
static void test_any_order(void **state)
{
	uint64_t nr;

	(void)state;
	for (nr = SECTIONS; nr-- > 0; ) {
		f.lo_pfn = nr * pages;
		f.hi_pfn = f.lo_pfn + pages;
		expect_same(0);
	}
	f.lo_pfn = 0;
	f.hi_pfn = l->nr_sections * l->section_pages;
	expect_same(SECTIONS - READ_AGAIN);
}

static void test_an_end_in_between(void **state)
{
	const struct ofl_sink sink = story_sink(&story);

	(void)state;
	for (story.fail_call = 1; story.fail_call < 90; story.fail_call += 11) {
		story_begin(&story);
		assert_int_equal(ofl_scan(&tt.target, l, &n, &req, &sink, 1, &r,
					  &err), OFL_ERR_OUTPUT);
		assert_int_equal(story.nr_calls, story.fail_call);
		ofl_scan_result_free(&r);
		fclose(story.f);
		free(story.text);
	}
	story.fail_call = 0;
	assert_int_equal(notes_of_sections(), recall.nr_notes);
	expect_same(recall.nr_sections);
}

static void test_interrupted(void **state)
{
	(void)state;
	tt.interrupt_after = 5;
	free(listen(0));
	tt.interrupt_after = 0;
	assert_in_range(recall.nr_sections, 1, SECTIONS - READ_AGAIN - 1);
	expect_same(recall.nr_sections);
}

/* nothing fails for want of memory to keep things in */
static void test_out_of_memory(void **state)
{
	const struct ofl_sink sink = story_sink(&story);
	unsigned long nth, used;
	char *want;

	(void)state;
	req.recall = NULL;
	want = listen(0);
	req.recall = &recall;
	for (nth = 4; ; nth++) {
		enum ofl_status st;

		story_begin(&story);
		alloc_fail_from_now(nth);
		st = ofl_scan(&tt.target, l, &n, &req, &sink, 1, &r, &err);
		used = alloc_stop();
		assert_int_equal(st, OFL_OK);
		story_end(&story, &r, n.nr_zones);
		ofl_scan_result_free(&r);
		assert_string_equal(story.text, want);
		free(story.text);
		expect_same(recall.nr_sections);
		ofl_recall_free(&recall);
		if (used < nth)
			break;
	}
	assert_true(nth > 6);
	free(want);
}

/* it is bounded, whatever the dump */
static void test_bounded(void **state)
{
	struct ofl_section s = { .online = true };
	struct ofl_count zone = { .scanned = 1 };
	const struct ofl_scan_result one = { .zone = &zone };
	struct ofl_page p = { .refcount = 1 };
	struct ofl_sink sink;
	uint64_t i, before = 0;

	(void)state;
	for (s.nr = 0; s.nr < 500; s.nr++) {
		before = recall.nr_sections;
		sink = ofl_recall_begin(&recall);
		for (i = 0; i < 2000; i++) {
			p.pfn += 2;
			assert_int_equal(sink.offline(sink.arg, &s, &p, 1), OFL_OK);
		}
		ofl_recall_end(&recall, &s, &one, 1);
	}
	assert_in_range(recall.nr_sections, 50, 499);
	assert_int_equal(before, recall.nr_sections);
	assert_true(recall.note_room * sizeof(*recall.note) +
		    recall.room * sizeof(*recall.section) <= OFL_RECALL_BYTES);
	assert_null(ofl_recall_find(&recall, 499));
	assert_int_equal(ofl_recall_find(&recall, 3)->nr_notes, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same_again, set_up, drop),
		cmocka_unit_test_setup_teardown(test_no_note_is_left_over, set_up, drop),
		cmocka_unit_test_setup_teardown(test_not_read, set_up, drop),
		cmocka_unit_test_setup_teardown(test_every_page_is_read, set_up, drop),
		cmocka_unit_test_setup_teardown(test_live_is_never_kept, set_up, drop),
		cmocka_unit_test_setup_teardown(test_filters, set_up, drop),
		cmocka_unit_test_setup_teardown(test_any_order, set_up, drop),
		cmocka_unit_test_setup_teardown(test_an_end_in_between, set_up, drop),
		cmocka_unit_test_setup_teardown(test_interrupted, set_up, drop),
		cmocka_unit_test_setup_teardown(test_out_of_memory, set_up, drop),
		cmocka_unit_test_setup_teardown(test_bounded, set_up, drop),
	};

	return cmocka_run_group_tests_name("recall", tests, NULL, NULL);
}
