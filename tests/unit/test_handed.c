// SPDX-License-Identifier: GPL-2.0-or-later
/* test_handed.c - who asks for a page gets the struct page of that page */
#include "unit.h"

#include <string.h>

#include "judge/judge.h"
#include "owned.h"
#include "scan/scan.h"

#define PAGE	1500u		/* not in the first section */

static struct kernel k;
static struct owned o;

/** struct handed - what was handed out */
struct handed {
	uint64_t pfn, private;
	unsigned int pages;
};

static void take(void *arg, const struct ofl_classified *c,
		 const unsigned char *raw)
{
	struct handed *h = arg;

	h->pages++;
	h->pfn = c->pfn;
	memcpy(&h->private, raw + O_PRIVATE, sizeof(h->private));
}

static enum ofl_status ignore(void *arg, const struct ofl_block_report *r)
{
	(void)arg;
	(void)r;
	return OFL_OK;
}

/* the page at PAGE, of this type, is handed out with its struct page */
static void expect_handed(uint32_t type)
{
	const struct ofl_filter f = { .node = -1, .hi_pfn = UINT64_MAX };
	const struct ofl_scan_request req = { .filter = &f };
	const struct ofl_ram ram = { .known = false };
	const struct owned_page p = { .type = type, .ref = 1,
				      .private = 0x123456 };
	struct handed h = { .pages = 0 };
	struct ofl_scan_result r;
	struct ofl_judge j;
	struct ofl_sink sink;
	struct ofl_err err;

	owned_open(&k);
	owned_page(&k, PAGE, &p);
	owned_load(&k, &o);
	ofl_judge_init(&j, &o.env, &o.owners, &o.blocks, &ram, &f);
	j.emit = ignore;
	j.page = take;
	j.page_pfn = PAGE;
	j.arg = &h;
	sink = ofl_judge_sink(&j);
	assert_int_equal(ofl_scan(&o.tt.target, &o.l, &o.n, &req, &sink, 1, &r,
				  &err), OFL_OK);
	ofl_scan_result_free(&r);
	owned_free(&o);
	assert_int_equal(h.pages, 1);
	assert_int_equal(h.pfn, PAGE);
	assert_int_equal(h.private, 0x123456);
}

static void test_offline(void **state)
{
	(void)state;
	expect_handed(K_OFFLINE);
}

static void test_not_offline(void **state)
{
	(void)state;
	expect_handed(K_NO_TYPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offline),
		cmocka_unit_test(test_not_offline),
	};

	return cmocka_run_group_tests_name("handed", tests, NULL, NULL);
}
