// SPDX-License-Identifier: GPL-2.0-or-later
/* test_owner_list.c - sets of pages, and lists that want to lead us astray */
#include "unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "judge/next.h"
#include "kernel/module.h"
#include "owned.h"
#include "owners/pagelist.h"

#define HEAD	UINT64_C(0xffff888007000000)
#define DEV	UINT64_C(0xffff888007000100)

static struct kernel k;
static struct owned o;
static struct ofl_pagelist list;
static struct ofl_err err;

static int set_up(void **state)
{
	(void)state;
	owned_open(&k);
	memset(&list, 0, sizeof(list));
	list.unit_pages = 1;
	return 0;
}

static int drop(void **state)
{
	(void)state;
	ofl_pagelist_free(&list);
	owned_free(&o);
	return 0;
}

static void walk(void)
{
	owned_load(&k, &o);
	assert_int_equal(ofl_pagelist_walk(&o.env, HEAD, &list, &err), OFL_OK);
}

/* ---- sets ---- */

static void test_pfnset(void **state)
{
	struct ofl_pfnset s = { .piece_pages = 1024 };
	uint64_t i, x = 12345;

	(void)state;
	assert_false(ofl_pfnset_has(&s, 0));
	assert_int_equal(ofl_pfnset_add(&s, 5000), OFL_PFNSET_NEW_PIECE);
	assert_int_equal(ofl_pfnset_add(&s, 5001), OFL_PFNSET_NEW);
	assert_int_equal(ofl_pfnset_add(&s, 5000), OFL_PFNSET_AGAIN);
	assert_int_equal(ofl_pfnset_add(&s, 0), OFL_PFNSET_NEW_PIECE);
	assert_true(ofl_pfnset_has(&s, 5001));
	assert_false(ofl_pfnset_has(&s, 5002));
	assert_false(ofl_pfnset_has(&s, UINT64_MAX));
	assert_int_equal(s.pages, 3);
	for (i = 0; i < 100000; i++) {
		x = x * 6364136223846793005ull + 1442695040888963407ull;
		ofl_pfnset_add(&s, x >> 40);
		assert_true(ofl_pfnset_has(&s, x >> 40));
	}
	for (i = 1; i < s.nr_pieces; i++)
		assert_true(s.piece[i - 1].nr < s.piece[i].nr);
	ofl_pfnset_free(&s);
	ofl_pfnset_free(&s);
	assert_false(ofl_pfnset_has(&s, 5000));
}

static void expect_ends(uint64_t piece_pages)
{
	struct ofl_pfnset s = { .piece_pages = piece_pages };
	uint64_t pfn, end, pages = 0;

	assert_int_equal(ofl_pfnset_end(&s, 7), UINT64_MAX);
	for (pfn = 0; pfn < 5120; pfn++) {
		pages = pages ? pages - 1 : (uint64_t)random() % 200;
		if (pages % 100 > 40 && pfn / piece_pages % 5 != 3)
			ofl_pfnset_add(&s, pfn);
	}
	for (pfn = 0; pfn < 5120; pfn++) {
		end = pfn + 1;
		while (end % piece_pages && ofl_pfnset_has(&s, end) ==
					    ofl_pfnset_has(&s, pfn))
			end++;
		assert_int_equal(ofl_pfnset_end(&s, pfn), end);
	}
	ofl_pfnset_free(&s);
}

/*
 * As far as it can be, not across the end of a piece. A section of 2 MiB has 32
 * pages of 64 KiB, half a word of bits.
 */
static void test_pfnset_end(void **state)
{
	uint64_t piece_pages;

	(void)state;
	unit_seed();
	for (piece_pages = 16; piece_pages <= 256; piece_pages *= 2)
		expect_ends(piece_pages);
}

/* an answer about a stretch holds until a page is added */
static void test_pfnset_end_changes(void **state)
{
	struct ofl_pfnset s = { .piece_pages = 1024 };

	(void)state;
	ofl_pfnset_add(&s, 1);
	assert_int_equal(ofl_pfnset_end(&s, 5), 1024);
	assert_int_equal(ofl_pfnset_end(&s, 700), 1024);
	ofl_pfnset_add(&s, 600);
	assert_int_equal(ofl_pfnset_end(&s, 5), 600);
	assert_int_equal(ofl_pfnset_end(&s, 599), 600);
	assert_int_equal(ofl_pfnset_end(&s, 600), 601);
	assert_int_equal(ofl_pfnset_end(&s, 5), 600);
	assert_int_equal(ofl_pfnset_end(&s, 1), 2);
	assert_int_equal(ofl_pfnset_end(&s, 5000), 5120);
	ofl_pfnset_free(&s);
	ofl_pfnset_add(&s, 7);
	assert_int_equal(ofl_pfnset_end(&s, 5), 7);
	ofl_pfnset_free(&s);
}

static void test_pfnset_without_memory(void **state)
{
	struct ofl_pfnset s = { .piece_pages = 1024 };
	unsigned long nth;

	(void)state;
	for (nth = 1; nth <= 2; nth++) {
		alloc_fail_from_now(nth);
		assert_int_equal(ofl_pfnset_add(&s, 1), OFL_PFNSET_NOMEM);
		alloc_stop();
		assert_int_equal(s.pages, 0);
		assert_false(ofl_pfnset_has(&s, 1));
	}
	assert_int_equal(ofl_pfnset_add(&s, 1), OFL_PFNSET_NEW_PIECE);
	ofl_pfnset_free(&s);
}

/* ---- lists ---- */

static const uint64_t pfns[] = { 700, 3, 2100, 701 };

static void test_whole(void **state)
{
	size_t i;

	(void)state;
	owned_list(&k, HEAD, pfns, ARRAY_LEN(pfns), DEV, 2);
	list.private = DEV;
	walk();
	assert_int_equal(list.end, OFL_LIST_WHOLE);
	assert_int_equal(list.entries, 4);
	assert_int_equal(list.set.pages, 4);
	for (i = 0; i < ARRAY_LEN(pfns); i++)
		assert_true(ofl_pfnset_has(&list.set, pfns[i]));
	assert_int_equal(list.not_offline.pages + list.bad_private.pages +
			 list.bad_ref.pages + list.extra_ref.pages +
			 list.not_online.pages, 0);
}

static void test_empty(void **state)
{
	(void)state;
	owned_list(&k, HEAD, NULL, 0, 0, 0);
	walk();
	assert_int_equal(list.end, OFL_LIST_WHOLE);
	assert_int_equal(list.entries, 0);
}

static void test_no_head(void **state)
{
	(void)state;
	walk();
	assert_int_equal(list.end, OFL_LIST_NO_HEAD);
}

/* the third entry points to @kva: @end there, and two or three pages proved */
static void break_at_third(uint64_t kva, enum ofl_pagelist_end end)
{
	struct owned_page p = {
		.next = kva, .prev = owned_lru(3), .type = K_OFFLINE, .ref = 1,
	};

	owned_list(&k, HEAD, pfns, ARRAY_LEN(pfns), 0, 0);
	owned_page(&k, 2100, &p);
	walk();
	assert_int_equal(list.end, end);
	assert_int_equal(list.entries, 3);
	assert_true(list.broken_kva == kva);
	assert_true(list.from_kva == owned_lru(2100));
	assert_true(ofl_pfnset_has(&list.set, 2100));
}

static void test_loop(void **state)
{
	(void)state;
	break_at_third(owned_lru(3), OFL_LIST_LOOP);
}

static void test_loop_on_itself(void **state)
{
	(void)state;
	break_at_third(owned_lru(2100), OFL_LIST_LOOP);
}

static void test_user_space(void **state)
{
	(void)state;
	break_at_third(0x7f0000001000, OFL_LIST_NOWHERE);
}

static void test_odd_address(void **state)
{
	(void)state;
	break_at_third(owned_lru(701) + 1, OFL_LIST_NOWHERE);
}

static void test_inside_of_a_page(void **state)
{
	(void)state;
	break_at_third(owned_lru(701) + 8, OFL_LIST_NOWHERE);
}

static void test_behind_all_memory(void **state)
{
	(void)state;
	break_at_third(owned_lru(1ull << 18), OFL_LIST_NOWHERE);
}

static void test_no_such_section(void **state)
{
	(void)state;
	break_at_third(owned_lru(9 * 1024), OFL_LIST_NOWHERE);
}

/* whether there is such a section is not known: the driver is not to blame */
static void test_section_cannot_be_read(void **state)
{
	struct ofl_account a = { .known = false };

	(void)state;
	owned_list(&k, HEAD, pfns, ARRAY_LEN(pfns), 0, 0);
	kernel_line(&k, "unreadable %" PRIx64 " 8", K_USAGE + 16);
	walk();
	assert_int_equal(list.end, OFL_LIST_NO_SECTION);
	ofl_pagelist_complain(&list, "the list", &a);
	assert_string_equal(a.complaint[0].row->code, "list-unreadable");
	assert_int_equal(a.complaint[0].severity, OFL_SEV_INFO);
}

static void test_null(void **state)
{
	(void)state;
	break_at_third(0, OFL_LIST_NULL);
}

static void test_poison(void **state)
{
	(void)state;
	break_at_third(0xdead000000000100, OFL_LIST_POISON);
}

static void test_poison_of_powerpc(void **state)
{
	(void)state;
	break_at_third(0x5deadbeef0000122, OFL_LIST_POISON);
}

static void test_poison_without_delta(void **state)
{
	(void)state;
	break_at_third(0x122, OFL_LIST_POISON);
}

static void test_prev_leads_elsewhere(void **state)
{
	struct owned_page p = {
		.next = owned_lru(701), .prev = owned_lru(700),
		.type = K_OFFLINE, .ref = 1,
	};

	(void)state;
	owned_list(&k, HEAD, pfns, ARRAY_LEN(pfns), 0, 0);
	owned_page(&k, 2100, &p);
	walk();
	assert_int_equal(list.end, OFL_LIST_BACKWARDS);
	assert_true(list.broken_kva == owned_lru(2100));
	assert_true(list.from_kva == owned_lru(3));
	assert_int_equal(list.entries, 2);
	assert_false(ofl_pfnset_has(&list.set, 2100));
}

static void test_where_it_broke_is_said(void **state)
{
	struct ofl_account a = { .known = false };
	char text[80];

	(void)state;
	break_at_third(0, OFL_LIST_NULL);
	ofl_pagelist_complain(&list, "the list", &a);
	assert_true(owned_complaint(&a, "list-broken"));
	snprintf(text, sizeof(text),
		 "the list ends in NULL, at 0x0 from 0x%" PRIx64 ", after 3 entries",
		 owned_lru(2100));
	assert_string_equal(a.complaint[0].text, text);
}

/* that the dump lacks a struct page says nothing of the driver */
static void test_unreadable_is_not_broken(void **state)
{
	struct ofl_account a = { .known = false };

	(void)state;
	owned_list(&k, HEAD, pfns, ARRAY_LEN(pfns), 0, 0);
	kernel_line(&k, "excluded %" PRIx64 " 1000",
		    (K_VMEMMAP + 2100 * 64) & ~UINT64_C(0xfff));
	walk();
	ofl_pagelist_complain(&list, "the list", &a);
	assert_int_equal(a.nr_complaints, 1);
	assert_string_equal(a.complaint[0].row->code, "list-unreadable");
	assert_int_equal(a.complaint[0].severity, OFL_SEV_INFO);
	assert_string_equal(ofl_finding_do(a.complaint[0].row, OFL_SEV_INFO),
			    "take a dump that has this memory, and ask again");
	/* what explains it is said; the maintainer has nothing to mend */
	assert_null(ofl_finding_do(&ofl_finding_rows[OFL_FINDING_COUNTER],
				   OFL_SEV_INFO));
	assert_non_null(ofl_finding_do(&ofl_finding_rows[OFL_FINDING_COUNTER],
				       OFL_SEV_WARNING));
}

/* the driver's list is as it was, only nobody walked it to its end */
static void test_interrupted_is_not_broken(void **state)
{
	struct ofl_account a = { .known = false };

	(void)state;
	owned_list(&k, HEAD, pfns, ARRAY_LEN(pfns), 0, 0);
	walk();
	list.end = OFL_LIST_INTERRUPTED;
	list.entries = 4096;
	ofl_pagelist_complain(&list, "the list", &a);
	assert_int_equal(a.nr_complaints, 1);
	assert_string_equal(a.complaint[0].row->code, "list-interrupted");
	assert_int_equal(a.complaint[0].severity, OFL_SEV_INFO);
	assert_non_null(strstr(a.complaint[0].text,
		"the list was not walked to its end: interrupted, at "));
	assert_string_equal(ofl_finding_do(a.complaint[0].row, OFL_SEV_INFO),
			    "run the command again, without ^C");
}

static void test_struct_page_is_gone(void **state)
{
	(void)state;
	owned_list(&k, HEAD, pfns, ARRAY_LEN(pfns), 0, 0);
	kernel_line(&k, "excluded %" PRIx64 " 1000",
		    (K_VMEMMAP + 2100 * 64) & ~UINT64_C(0xfff));
	walk();
	assert_int_equal(list.end, OFL_LIST_UNREADABLE);
	assert_int_equal(list.entries, 3);
}

static void test_pages_that_should_not_be_there(void **state)
{
	struct ofl_account a = { .known = false };
	struct owned_page p = {
		.next = owned_lru(2100), .prev = owned_lru(700), .private = DEV,
		.type = K_NO_TYPE, .ref = 1,
	};

	(void)state;
	owned_list(&k, HEAD, pfns, ARRAY_LEN(pfns), DEV, 0);
	owned_page(&k, 3, &p);
	p = (struct owned_page){
		.next = owned_lru(701), .prev = owned_lru(3),
		.private = DEV + 8, .type = K_OFFLINE, .ref = 0,
	};
	owned_page(&k, 2100, &p);
	list.private = DEV;
	walk();
	assert_int_equal(list.end, OFL_LIST_WHOLE);
	assert_int_equal(list.not_offline.pages, 1);
	assert_int_equal(list.not_offline.pfn, 3);
	assert_int_equal(list.bad_ref.pfn, 2100);
	assert_int_equal(list.bad_private.pfn, 2100);
	ofl_pagelist_complain(&list, "the list", &a);
	assert_true(owned_complaint(&a, "listed-not-offline"));
	assert_true(owned_complaint(&a, "listed-bad-ref"));
	assert_true(owned_complaint(&a, "listed-bad-pointer"));
	assert_false(owned_complaint(&a, "list-broken"));
}

static void test_section_not_online(void **state)
{
	(void)state;
	owned_list(&k, HEAD, pfns, ARRAY_LEN(pfns), 0, 0);
	kernel_section(&k, 2, K_PRESENT | K_MEM_MAP, ~0ull);
	walk();
	assert_int_equal(list.end, OFL_LIST_WHOLE);
	assert_int_equal(list.not_online.pfn, 2100);
}

static void test_units(void **state)
{
	static const uint64_t heads[] = { 512, 2560 };
	struct owned_page p = { .type = K_OFFLINE };
	uint64_t i;

	(void)state;
	for (i = 1; i < 512; i++) {
		owned_page(&k, 512 + i, &p);
		owned_page(&k, 2560 + i, &p);
	}
	p.type = K_NO_TYPE;
	owned_page(&k, 2563, &p);
	owned_list(&k, HEAD, heads, ARRAY_LEN(heads), 0, 0);
	list.unit_pages = 512;
	walk();
	assert_int_equal(list.end, OFL_LIST_WHOLE);
	assert_int_equal(list.entries, 2);
	assert_int_equal(list.set.pages, 1024);
	assert_int_equal(list.not_offline.pages, 1);
	assert_int_equal(list.not_offline.pfn, 2563);
	assert_int_equal(list.bad_ref.pages, 0);
}

static void test_units_overlap(void **state)
{
	static const uint64_t heads[] = { 512, 600 };

	(void)state;
	owned_list(&k, HEAD, heads, ARRAY_LEN(heads), 0, 0);
	list.unit_pages = 512;
	walk();
	assert_int_equal(list.end, OFL_LIST_LOOP);
}

static void test_without_memory(void **state)
{
	(void)state;
	owned_list(&k, HEAD, pfns, ARRAY_LEN(pfns), 0, 0);
	owned_load(&k, &o);
	alloc_fail_from_now(1);
	assert_int_equal(ofl_pagelist_walk(&o.env, HEAD, &list, &err),
			 OFL_ERR_NOMEM);
	alloc_stop();
}

/* ---- modules ---- */

static const struct owned_symbol vmw[] = {
	{ "balloon", 0xffffffffc0400000 },
	{ "balloon_stat_enabled", 0xffffffffc0400100 },
	/* arm64's mark of code, and a label of the assembler's: no names */
	{ "$x", 0xffffffffc0300000 },
	{ ".L42", 0xffffffffc0300000 },
	{ "vmballoon_migratepage", 0xffffffffc0300000 },
}, other[] = {
	{ "balloon", 0xffffffffc0900000 },
};

static const struct owned_module modules[] = {
	{ "other", other, ARRAY_LEN(other) },
	{ "vmw_balloon", vmw, ARRAY_LEN(vmw) },
};

/* an address of code lies in a function, by its size */
static void test_symbol_in(void **state)
{
	const struct ofl_target *t = &o.tt.target;
	char name[64];

	(void)state;
	owned_modules(&k, modules, ARRAY_LEN(modules));
	owned_load(&k, &o);
	assert_true(ofl_modules_symbol_in(t, &o.l, vmw[4].kva + 0x7f, name,
					  sizeof(name)));
	assert_string_equal(name, "vmballoon_migratepage");
	assert_true(ofl_modules_symbol_in(t, &o.l, other[0].kva, name,
					  sizeof(name)));
	assert_string_equal(name, "balloon");
	assert_false(ofl_modules_symbol_in(t, &o.l, vmw[4].kva + 0x80, name,
					   sizeof(name)));
	assert_false(ofl_modules_symbol_in(t, &o.l, vmw[4].kva - 1, name,
					   sizeof(name)));
	assert_false(ofl_modules_symbol_at(t, &o.l, vmw[4].kva + 0x7f, name,
					   sizeof(name)));
}

static void test_symbols_of_the_right_module(void **state)
{
	struct ofl_module m;
	char name[64];
	uint64_t kva;

	(void)state;
	owned_modules(&k, modules, ARRAY_LEN(modules));
	owned_load(&k, &o);
	assert_int_equal(ofl_module_find(&o.tt.target, &o.l, "vmw_balloon", &m),
			 OFL_MODULE_LOADED);
	assert_true(ofl_module_symbol(&m, "balloon", &kva));
	assert_true(kva == vmw[0].kva);
	assert_true(ofl_module_symbol(&m, "balloon_stat_enabled", &kva));
	assert_true(kva == vmw[1].kva);
	assert_false(ofl_module_symbol(&m, "balloo", &kva));
	assert_false(ofl_module_symbol(&m, "balloons", &kva));
	assert_true(ofl_module_symbol_at(&m, vmw[4].kva, name, sizeof(name)));
	assert_string_equal(name, "vmballoon_migratepage");
	assert_false(ofl_module_symbol_at(&m, other[0].kva, name, sizeof(name)));
	ofl_module_close(&m);
	ofl_module_close(&m);
	assert_int_equal(ofl_module_find(&o.tt.target, &o.l, "cmm", &m),
			 OFL_MODULE_ABSENT);
}

static void test_modules_that_loop(void **state)
{
	struct ofl_module m;

	(void)state;
	owned_modules(&k, modules, ARRAY_LEN(modules));
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, O_MODULE + 0x10000 + 8,
		    O_MODULE + 8);
	owned_load(&k, &o);
	assert_int_equal(ofl_module_find(&o.tt.target, &o.l, "cmm", &m),
			 OFL_MODULE_UNKNOWN);
}

static void test_module_without_symbols(void **state)
{
	struct ofl_module m;
	uint64_t kva;

	(void)state;
	owned_modules(&k, modules, ARRAY_LEN(modules));
	kernel_line(&k, "mem %" PRIx64 " ffffffffffffffff",
		    O_MODULE + 0x10000 + 0x108);
	owned_load(&k, &o);
	assert_int_equal(ofl_module_find(&o.tt.target, &o.l, "vmw_balloon", &m),
			 OFL_MODULE_LOADED);
	assert_false(ofl_module_symbol(&m, "balloon", &kva));
	ofl_module_close(&m);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pfnset), cmocka_unit_test(test_pfnset_end),
		cmocka_unit_test(test_pfnset_end_changes),
		cmocka_unit_test(test_pfnset_without_memory),
		CASE(test_whole),
		CASE(test_empty),
		CASE(test_no_head),
		CASE(test_loop),
		CASE(test_loop_on_itself),
		CASE(test_user_space),
		CASE(test_odd_address),
		CASE(test_inside_of_a_page),
		CASE(test_behind_all_memory),
		CASE(test_no_such_section),
		CASE(test_section_cannot_be_read),
		CASE(test_null),
		CASE(test_poison),
		CASE(test_poison_of_powerpc),
		CASE(test_poison_without_delta),
		CASE(test_prev_leads_elsewhere),
		CASE(test_where_it_broke_is_said),
		CASE(test_interrupted_is_not_broken),
		CASE(test_unreadable_is_not_broken),
		CASE(test_struct_page_is_gone),
		CASE(test_pages_that_should_not_be_there),
		CASE(test_section_not_online),
		CASE(test_units),
		CASE(test_units_overlap),
		CASE(test_without_memory),
		CASE(test_symbols_of_the_right_module), CASE(test_symbol_in),
		CASE(test_modules_that_loop),
		CASE(test_module_without_symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
