// SPDX-License-Identifier: GPL-2.0-or-later
/* test_audit.c - which rule an offline page breaks by the records */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "judge/audit.h"

#define DIRTY	0x10

static struct ofl_env env;
static struct ofl_layout *l;
static struct ofl_owners owners;
static struct ofl_records records;
static struct ofl_audit audit;
static struct ofl_classified page;

static const struct ofl_owner_ops *const driver = &ofl_owner_virtio_mem;

static void at_work(bool busy)
{
	ofl_records_found(&records, driver, 0)->busy = busy ? OFL_BUSY : OFL_BUSY_NO;
}

static int set_up(void **state)
{
	(void)state;
	l = calloc(1, sizeof(*l));
	l->nr_pageflags = 1;
	l->pageflag[0].mask = DIRTY;
	strcpy(l->pageflag[0].name, "dirty");
	env.l = l;
	records = (struct ofl_records){ .env = &env, .owners = &owners };
	at_work(false);
	page = (struct ofl_classified){
		.pfn = 512, .offline = true, .kind = OFL_KIND_OFFLINE_DRIVER,
		.claim = { .owner = driver, .evidence = OFL_EV_BITMAP,
			   .unit_pfn = 512, .unit_pages = 512 },
	};
	ofl_audit_init(&audit, &records);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	ofl_records_free(&records);
	free(l);
	return 0;
}

static void expect(const char *code, enum ofl_severity severity)
{
	enum ofl_severity got;
	const struct ofl_finding_row *row = ofl_audit_offline(&audit, &page, &got);

	if (!code) {
		assert_null(row);
		assert_int_equal(got, OFL_SEV_NONE);
		return;
	}
	assert_non_null(row);
	assert_string_equal(row->code, code);
	assert_int_equal(got, severity);
}

static void test_well(void **state)
{
	(void)state;
	expect(NULL, OFL_SEV_NONE);
}

static void test_orphan(void **state)
{
	(void)state;
	page.claim = (struct ofl_claim){ .owner = NULL };
	expect("orphan", OFL_SEV_WARNING);
	page.claim.blind = "somebody: not asked";
	expect("owner-unknown", OFL_SEV_INFO);
	page.claim.in_flight = true;
	expect("in-flight", OFL_SEV_INFO);
}

static void test_claimed_twice(void **state)
{
	(void)state;
	page.claim.rival = driver;
	at_work(true);	/* nothing in flight explains it */
	expect("claimed-twice", OFL_SEV_ERROR);
}

static void test_plugged(void **state)
{
	(void)state;
	page.kind = OFL_KIND_OFFLINE_PLUGGED;
	expect("offline-plugged", OFL_SEV_WARNING);
}

static void test_in_flight(void **state)
{
	(void)state;
	at_work(true);
	page.kind = OFL_KIND_OFFLINE_PLUGGED_BUSY;
	expect("offline-plugged", OFL_SEV_INFO);
}

static void test_beyond_the_records(void **state)
{
	(void)state;
	page.claim.stray = true;
	page.claim.evidence = OFL_EV_RANGE;
	expect("outside-records", OFL_SEV_WARNING);
}

static void test_not_listed(void **state)
{
	(void)state;
	page.kind = OFL_KIND_OFFLINE_UNLISTED;
	page.claim.evidence = OFL_EV_POINTER;
	expect("not-listed", OFL_SEV_WARNING);
	page.kind = OFL_KIND_OFFLINE_MOVABLE;
	expect(NULL, OFL_SEV_NONE);
}

/* alike within a unit; another unit may be marked otherwise */
static void test_mixed(void **state)
{
	(void)state;
	page.flags = DIRTY;
	expect(NULL, OFL_SEV_NONE);
	page.flags = 0;
	page.pfn++;
	expect("mixed-never-onlined", OFL_SEV_WARNING);
	page.pfn = page.claim.unit_pfn = 1024;
	expect(NULL, OFL_SEV_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_well, set_up, drop),
		cmocka_unit_test_setup_teardown(test_orphan, set_up, drop),
		cmocka_unit_test_setup_teardown(test_claimed_twice, set_up, drop),
		cmocka_unit_test_setup_teardown(test_plugged, set_up, drop),
		cmocka_unit_test_setup_teardown(test_in_flight, set_up, drop),
		cmocka_unit_test_setup_teardown(test_beyond_the_records, set_up, drop),
		cmocka_unit_test_setup_teardown(test_not_listed, set_up, drop),
		cmocka_unit_test_setup_teardown(test_mixed, set_up, drop),
	};

	return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
