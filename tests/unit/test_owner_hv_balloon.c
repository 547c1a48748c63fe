// SPDX-License-Identifier: GPL-2.0-or-later
/* test_owner_hv_balloon.c - Hyper-V's balloon and its regions, and records that lie */
#include "drivers.h"

#include "judge/records.h"
#include "commands/offowner.h"


static void test_hyperv(void **state)
{
	struct ofl_account a;
	struct ofl_claim c;

	(void)state;
	hyperv(2, 4000);
	offline_pages(100, 2);
	offline_pages(3100, 1);
	offline_pages(4000, 1);
	owned_load(&k, &o);
	assert_owner(3100, "hv_balloon", OFL_EV_RANGE);
	assert_owner(4000, "hv_balloon", OFL_EV_RANGE);
	assert_owner(100, "hv_balloon", OFL_EV_COUNTER);
	assert_true(ofl_owners_expect(&o.owners, 3109, &c));
	assert_false(ofl_owners_expect(&o.owners, 3110, &c));
	assert_true(ofl_owners_expect(&o.owners, 4095, &c));
	assert_false(ofl_owners_expect(&o.owners, 4096, &c));
	a = owned_account(&o, "hv_balloon", 0);
	assert_true(a.known);
	assert_int_equal(a.expected, 2 + 10 + 96);
	assert_int_equal(a.not_in_node_stat, 106);
	assert_string_equal(a.in_flight, "");
	assert_detail(&a, "region0", "0xc00-0xfff covered 0xc00-0xf9f but for 0xc1c-0xc25");
}

static void test_hyperv_blocks_lost(void **state)
{
	struct ofl_account a;

	(void)state;
	hyperv(2, 4000);
	owned_load(&k, &o);
	o.blocks.lost = 1;
	a = owned_account(&o, "hv_balloon", 0);
	assert_false(a.known);
}

static void test_hyperv_at_work(void **state)
{
	struct ofl_account a;

	(void)state;
	hyperv(0, 4096);
	kernel_line(&k, "mem %" PRIx64 " b04", DM);
	offline_pages(100, 1);
	owned_load(&k, &o);
	assert_owner(100, "unknown", OFL_EV_NONE);
	a = owned_account(&o, "hv_balloon", 0);
	assert_non_null(strstr(a.in_flight, "DM_BALLOON_UP"));
}

/* without a name for each state that is at work, none is idle */
static void test_hyperv_state_without_name(void **state)
{
	(void)state;
	hyperv(0, 4096);
	kernel_line(&k, "without enumerator DM_HOT_ADD");
	offline_pages(100, 1);
	owned_load(&k, &o);
	assert_owner(100, "unknown", OFL_EV_NONE);
	assert_string_equal(owned_account(&o, "hv_balloon", 0).in_flight,
			    "whether it balloons or adds memory is not known");
}

static void test_hyperv_region_overflows(void **state)
{
	struct ofl_account a;

	(void)state;
	hyperv(2, 4000);
	kernel_line(&k, "mem %" PRIx64 " fffffffffffff000 fffffffffffff000",
		    REGION + 40);
	owned_load(&k, &o);
	a = owned_account(&o, "hv_balloon", 0);
	assert_false(a.known);
	assert_true(owned_complaint(&a, "list-broken"));
}

static void test_hyperv_regions_loop(void **state)
{
	struct ofl_account a;

	(void)state;
	hyperv(2, 4000);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, REGION, REGION);
	owned_load(&k, &o);
	a = owned_account(&o, "hv_balloon", 0);
	assert_false(a.known);
	assert_true(owned_complaint(&a, "list-broken"));
}

/* behind the region of hyperv() in the list: [start, end) announced, up to @added */
static void second_region(unsigned int start, unsigned int added,
			  unsigned int end)
{
	const uint64_t region = REGION + 0x200;

	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, REGION, region);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " 0 %x %x %x %x %x %" PRIx64,
		    region, DM + 16, start, start, added, added, end,
		    region + 56);
}

/* what the second says is backed the first, which comes first, never was given */
static void test_hyperv_regions_overlap(void **state)
{
	struct ofl_account a;
	struct ofl_claim c;

	(void)state;
	hyperv(0, 4000);
	kernel_line(&k, "mem %" PRIx64 " 1400", REGION + 48);
	second_region(0x1000, 0x1400, 0x1400);
	offline_pages(0x1000, 1);
	owned_load(&k, &o);
	assert_owner(0x1000, "hv_balloon", OFL_EV_RANGE);
	assert_false(ofl_owners_expect(&o.owners, 0x1000, &c));
	assert_true(ofl_owners_expect(&o.owners, 4095, &c));
	a = owned_account(&o, "hv_balloon", 0);
	assert_false(a.known);
	assert_true(owned_complaint(&a, "regions-overlap"));
	assert_false(owned_complaint(&a, "list-broken"));
}

/* one behind the other, as they should be */
static void test_hyperv_regions_apart(void **state)
{
	struct ofl_account a;

	(void)state;
	hyperv(0, 4000);
	second_region(0x1000, 0x1200, 0x1400);
	owned_load(&k, &o);
	a = owned_account(&o, "hv_balloon", 0);
	assert_true(a.known);
	assert_false(owned_complaint(&a, "regions-overlap"));
}

/* announced twice, added by neither */
static void test_hyperv_region_in_vain(void **state)
{
	struct ofl_account a;

	(void)state;
	hyperv(0, 4000);
	kernel_line(&k, "mem %" PRIx64 " 1400", REGION + 48);
	second_region(0x1000, 0x1000, 0x1400);
	owned_load(&k, &o);
	a = owned_account(&o, "hv_balloon", 0);
	assert_true(a.known);
	assert_int_equal(a.expected, 10 + 96);
	assert_false(owned_complaint(&a, "regions-overlap"));
}

/* what an account has no room for is counted, and makes the result incomplete */
static void test_account_is_full(void **state)
{
	const struct ofl_scan_result r = { .total = { .scanned = 1 } };
	struct ofl_account a = { .known = false };
	char line[200] = "";
	struct ofl_text text = ofl_text_over(line, sizeof(line));
	struct ofl_records b;
	struct ofl_err err;
	int i;

	(void)state;
	for (i = 0; i < OFL_MAX_COUNTERS + 1; i++)
		ofl_account_counter(&a, "counter", i);
	assert_int_equal(a.counter[OFL_MAX_COUNTERS - 1].value,
			 OFL_MAX_COUNTERS - 1);
	for (i = 0; i < OFL_MAX_DETAILS + 2; i++)
		ofl_account_detail(&a, "detail", "%d", i);
	for (i = 0; i < OFL_MAX_COMPLAINTS + 4; i++)
		ofl_account_complain(&a, OFL_FINDING_OVERLAP, false, 0, 0,
				     "%d", i);
	assert_int_equal(a.dropped, 1 + 2 + 4);
	virtio_balloon(4, 0);
	owned_load(&k, &o);
	assert_int_equal(ofl_records_open(&b, &o.env, &o.owners, &err), OFL_OK);
	b.kernel.dropped = a.dropped;
	assert_int_equal(ofl_records_close(&b, true, &r, &err), OFL_OK);
	assert_true(ofl_records_shortfall(&b, &text));
	assert_non_null(strstr(line, "; 7 more counters, details or findings"));
	ofl_records_free(&b);
}

static void test_account_has_room(void **state)
{
	const struct ofl_scan_result r = { .total = { .scanned = 1 } };
	char line[200] = "";
	struct ofl_text text = ofl_text_over(line, sizeof(line));
	struct ofl_records b;
	struct ofl_err err;

	(void)state;
	virtio_balloon(4, 0);
	owned_load(&k, &o);
	assert_int_equal(ofl_records_open(&b, &o.env, &o.owners, &err), OFL_OK);
	assert_int_equal(ofl_records_close(&b, true, &r, &err), OFL_OK);
	assert_false(ofl_records_shortfall(&b, &text));
	assert_string_equal(line, "");
	ofl_records_free(&b);
}

/* nothing of what is wrong is left out, however much there is */
static void test_everything_is_wrong(void **state)
{
	struct owned_page first = {
		.next = owned_lru(3), .prev = VMW + 24, .mapping = 2,
		.private = VMW + 16, .type = K_NO_TYPE,
	}, second = {
		.next = owned_lru(2100), .prev = owned_lru(700), .mapping = 2,
		.private = 8, .type = K_OFFLINE, .ref = 2,
	}, unit = { .prev = VMW + 64, .type = K_NO_TYPE };
	const struct owned_page tail = { .type = K_OFFLINE, .ref = 1 };
	struct ofl_account a;

	(void)state;
	vmware(UINT64_MAX);
	kernel_section(&k, 2, K_PRESENT | K_MEM_MAP, ~0ull);
	kernel_line(&k, "mem %" PRIx64 " ffffffffffffffff", VMW + 16);
	owned_page(&k, 700, &first);
	owned_page(&k, 3, &second);
	kernel_line(&k, "mem %" PRIx64 " 0", owned_lru(701));
	owned_page(&k, 1024, &unit);
	owned_page(&k, 1025, &tail);
	owned_load(&k, &o);
	a = owned_account(&o, "vmw_balloon", 0);
	assert_string_equal(a.complaint[0].row->code, "counter-negative");
	assert_int_equal(a.nr_complaints, 12);
	assert_string_equal(a.complaint[11].row->code, "listed-extra-ref");
	assert_int_equal(a.complaint[11].pfn, 1025);
}

static const struct CMUnitTest tests[] = {
	CASE(test_hyperv),
	CASE(test_hyperv_blocks_lost),
	CASE(test_hyperv_at_work),
	CASE(test_hyperv_state_without_name),
	CASE(test_hyperv_region_overflows),
	CASE(test_hyperv_regions_loop),
	CASE(test_hyperv_regions_overlap),
	CASE(test_hyperv_regions_apart),
	CASE(test_hyperv_region_in_vain),
	CASE(test_account_is_full),
	CASE(test_account_has_room),
	CASE(test_everything_is_wrong),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
