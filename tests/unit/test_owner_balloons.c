// SPDX-License-Identifier: GPL-2.0-or-later
/* test_owner_balloons.c - balloons of VMware, CMM and Xen, and records that lie */
#include "drivers.h"

static struct ofl_device dev[1];

/* ---- VMware ---- */

/* struct rwbase_rt: 0x80000000 readers while nobody holds it */
static void vmware_rt(uint32_t readers, const char *words)
{
	static const uint64_t heads[] = { 1024 };
	struct ofl_account a;

	vmware_units(516, heads, 1);
	kernel_line(&k, "without member vmballoon.conf_sem.count");
	kernel_line(&k, "member vmballoon.conf_sem.rwbase.readers 128 4");
	kernel_line(&k, "mem %" PRIx64 " %x", VMW + 128, readers);
	owned_load(&k, &o);
	a = owned_account(&o, "vmw_balloon", 0);
	assert_int_equal(strncmp(a.in_flight, words, strlen(words)), 0);
	assert_int_equal(!a.in_flight[0], !words[0]);
}

static void test_vmware_rt(void **state)
{
	(void)state;
	vmware_rt(0x80000000, "");
}

static void test_vmware_rt_reader(void **state)
{
	(void)state;
	vmware_rt(0x80000001, "conf_sem is held");
}

static void test_vmware_rt_writer(void **state)
{
	(void)state;
	vmware_rt(0x40000000, "conf_sem is held");
}

static void test_vmware_semaphore_is_excluded(void **state)
{
	struct ofl_account a;

	(void)state;
	vmware(516);
	kernel_line(&k, "excluded %" PRIx64 " 8", VMW + 128);
	owned_load(&k, &o);
	a = owned_account(&o, "vmw_balloon", 0);
	assert_string_equal(a.in_flight, "whether conf_sem is held is not known");
}

static void test_vmware(void **state)
{
	struct ofl_account a;
	struct ofl_claim c;

	(void)state;
	vmware(516);
	owned_load(&k, &o);
	assert_owner(700, "vmw_balloon", OFL_EV_LIST);
	c = owned_claim(&o, 1024);
	assert_false(c.unit_tail);
	assert_int_equal(c.unit_pages, 512);
	c = owned_claim(&o, 1535);
	assert_string_equal(ofl_owner_name(&c), "vmw_balloon");
	assert_true(c.unit_tail);
	assert_int_equal(c.unit_pfn, 1024);
	assert_owner(1536, "orphan", OFL_EV_NONE);
	a = owned_account(&o, "vmw_balloon", 0);
	assert_true(a.known);
	assert_int_equal(a.expected, 516);
	assert_int_equal(a.not_in_node_stat, 512);
}

/* an answer goes no further than the unit, or than the pages between units */
static void test_vmware_units(void **state)
{
	static const uint64_t heads[] = { 1536, 1024, 2560 };

	(void)state;
	vmware_units(3 * 512 + 4, heads, ARRAY_LEN(heads));
	owned_load(&k, &o);
	assert_int_equal(owned_claim(&o, 1024).end_pfn, 1025);
	assert_int_equal(owned_claim(&o, 1025).end_pfn, 1536);
	assert_int_equal(owned_claim(&o, 1536).end_pfn, 1537);
	assert_int_equal(owned_claim(&o, 2047).end_pfn, 2048);
	assert_owner(2200, "orphan", OFL_EV_NONE);
	assert_int_equal(owned_claim(&o, 2200).end_pfn, 2560);
}

static void test_vmware_negative_size(void **state)
{
	struct ofl_account a;

	(void)state;
	vmware(UINT64_MAX);
	owned_load(&k, &o);
	a = owned_account(&o, "vmw_balloon", 0);
	assert_false(a.known);
	assert_true(owned_complaint(&a, "counter-negative"));
}

/* units that are behind the damage are not to be called nobody's */
static void test_vmware_broken_list_of_units(void **state)
{
	struct owned_page head = {
		.next = 0x7f0000001000, .prev = VMW + 64, .type = K_OFFLINE,
		.ref = 1,
	};
	struct ofl_account a;
	struct ofl_claim c;

	(void)state;
	vmware(1028);
	owned_page(&k, 1024, &head);
	owned_load(&k, &o);
	assert_owner(1024, "vmw_balloon", OFL_EV_LIST);
	c = owned_claim(&o, 1536);
	assert_string_equal(ofl_owner_name(&c), "unknown");
	assert_non_null(strstr(c.blind, "vmw_balloon: its list"));
	a = owned_account(&o, "vmw_balloon", 0);
	assert_true(owned_complaint(&a, "list-broken"));
}

/* pages point back to the device, also those behind the damage */
static void test_vmware_broken_list_of_pages(void **state)
{
	struct owned_page first = {
		.next = 0, .prev = VMW + 16 + 8, .private = VMW + 16,
		.type = K_OFFLINE, .ref = 1,
	};

	(void)state;
	vmware(516);
	owned_page(&k, 700, &first);
	owned_load(&k, &o);
	assert_owner(700, "vmw_balloon", OFL_EV_LIST);
	assert_owner(3, "vmw_balloon", OFL_EV_POINTER);
	assert_owner(1536, "orphan", OFL_EV_NONE);
}

/* ---- CMM ---- */

/* the list has four pages */
static void cmm_records(uint64_t loaned, uint64_t target)
{
	static const struct owned_symbol s[] = {
		{ "b_dev_info", VMW }, { "loaned_pages", VMW + 0x100 },
		{ "loaned_pages_target", VMW + 0x108 },
	};
	static const struct owned_module m[] = { { "cmm", s, ARRAY_LEN(s) } };

	owned_modules(&k, m, 1);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, VMW + 0x100,
		    loaned, target);
	balloon(VMW, 0, 0);
}

static void cmm(uint64_t loaned, uint64_t target)
{
	cmm_records(loaned, target);
	owned_load(&k, &o);
}

static void test_cmm(void **state)
{
	struct ofl_account a;

	(void)state;
	cmm(4, 4);
	assert_owner(700, "cmm", OFL_EV_LIST);
	a = owned_account(&o, "cmm", 0);
	assert_true(a.known);
	assert_int_equal(a.expected, 4);
	assert_string_equal(a.counter[1].name, "loaned_pages_target");
	assert_string_equal(a.in_flight, "");
}

/* without migration no page points to the device: what is behind the damage? */
static void test_cmm_list_breaks(void **state)
{
	(void)state;
	cmm_records(4, 4);
	kernel_line(&k, "mem %" PRIx64 " 0", owned_lru(pfns[1]));
	owned_load(&k, &o);
	assert_non_null(o.owners.blind);
	assert_non_null(strstr(o.owners.blind, "cmm: its list"));
}

static void test_cmm_at_work(void **state)
{
	struct ofl_account a;

	(void)state;
	cmm(3, 100);
	a = owned_account(&o, "cmm", 0);
	assert_int_equal(a.expected, 3);
	assert_string_not_equal(a.in_flight, "");
}

/* since v6.17 the page that it takes back keeps its mark a while */
static void test_cmm_work_not_known(void **state)
{
	static const char *const lines[] = {
		"excluded ffffffffc0400100 8", "excluded ffffffffc0400108 8",
		"excluded ffffffffc0400000 8",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(lines); i++) {
		if (i)
			set_up(state);
		cmm_records(4, 4);
		kernel_line(&k, "%s", lines[i]);
		owned_load(&k, &o);
		assert_string_equal(owned_account(&o, "cmm", 0).in_flight,
				    "whether a page is loaned or taken back is not known");
		if (i + 1 < ARRAY_LEN(lines))
			drop(state);
	}
}

/* it has one page in its hands, no two */
static void test_cmm_off_by_two(void **state)
{
	struct ofl_account a;

	(void)state;
	cmm(6, 100);
	a = owned_account(&o, "cmm", 0);
	assert_string_equal(a.in_flight, "");
}

/* functions could be read: then the kernel keeps no variables */
static void test_cmm_without_variables(void **state)
{
	struct ofl_account a;

	(void)state;
	owned_modules(&k, cmm_module, 1);
	balloon(VMW, 1, TEXT);
	owned_load(&k, &o);
	assert_owner(3, "cmm", OFL_EV_LIST);
	assert_int_equal(owned_devices(&o, "cmm", dev), 1);
	assert_non_null(strstr(dev[0].note, "not with loaned_pages"));
	assert_null(dev[0].lost);
	a = owned_account(&o, "cmm", 0);
	assert_true(a.known);
	assert_int_equal(a.expected, 5);
	assert_string_equal(a.counter[0].name, "isolated_pages");
}

static void test_cmm_without_symbols(void **state)
{
	(void)state;
	owned_modules(&k, cmm_module, 1);
	kernel_line(&k, "symbol_at %" PRIx64 " cmm_migratepage", TEXT);
	kernel_line(&k, "without member mod_kallsyms.strtab");
	balloon(VMW, 1, TEXT);
	owned_load(&k, &o);
	assert_owner(3, "cmm", OFL_EV_LIST);
	assert_int_equal(owned_devices(&o, "cmm", dev), 1);
	assert_non_null(strstr(dev[0].lost, "cmm cannot be read"));
}

static void test_cmm_without_variables_or_migration(void **state)
{
	(void)state;
	owned_modules(&k, cmm_module, 1);
	balloon(VMW, 0, 0);
	owned_load(&k, &o);
	assert_non_null(o.owners.blind);
	assert_owner(700, "unknown", OFL_EV_NONE);
}

/* ---- Xen ---- */

static void test_xen_at_work(void **state)
{
	static const struct { const char *line, *words; } rows[] = {
		{ "mem ffffffff82012800 ffff888001234000",
		  "balloon_mutex is held: ballooning" },
		{ "excluded ffffffff82012800 8",
		  "whether balloon_mutex is held is not known" },
		{ "without symbol balloon_mutex",
		  "whether balloon_mutex is held is not known" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		if (i)
			set_up(state);
		xen(4, 1000, false);
		kernel_line(&k, "%s", rows[i].line);
		owned_load(&k, &o);
		assert_string_equal(owned_account(&o, "xen_balloon", 0).in_flight,
				    rows[i].words);
		if (i + 1 < ARRAY_LEN(rows))
			drop(state);
	}
}

static void test_xen(void **state)
{
	struct ofl_account a;

	(void)state;
	xen(4, 1000, false);
	owned_load(&k, &o);
	assert_owner(701, "xen_balloon", OFL_EV_LIST);
	a = owned_account(&o, "xen_balloon", 0);
	assert_true(a.known);
	assert_int_equal(a.expected, 4);
}

/* -> the complaint about the target, or NULL */
static const struct ofl_complaint *xen_target(uint64_t target)
{
	static struct ofl_account a;
	unsigned int i;

	xen(4, 1000, false);
	kernel_line(&k, "member balloon_stats.target_pages 24 8");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, XEN + 0x118, target);
	owned_load(&k, &o);
	a = owned_account(&o, "xen_balloon", 0);
	for (i = 0; i < a.nr_complaints; i++)
		if (strstr(a.complaint[i].row->code, "-target"))
			return &a.complaint[i];
	return NULL;
}

static void test_xen_below_target(void **state)
{
	const struct ofl_complaint *c = xen_target(1256);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->row->code, "below-target");
	assert_int_equal(c->severity, OFL_SEV_INFO);
	assert_non_null(strstr(c->text, "256 pages (1M) short"));
}

static void test_xen_above_target(void **state)
{
	const struct ofl_complaint *c = xen_target(999);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->row->code, "above-target");
	assert_non_null(strstr(c->text, "1 page (4K) more"));
}

static void test_xen_at_target(void **state)
{
	(void)state;
	assert_null(xen_target(1000));
}

/* a target that cannot be read is none that was missed */
static void test_xen_without_target(void **state)
{
	struct ofl_account a;

	(void)state;
	xen(4, 1000, false);
	owned_load(&k, &o);
	a = owned_account(&o, "xen_balloon", 0);
	assert_int_equal(a.nr_complaints, 0);
	assert_non_null(a.untold);
}

/* what lies behind the damage may be its page */
static void test_xen_list_breaks(void **state)
{
	struct ofl_claim c;

	(void)state;
	xen(4, 1000, false);
	kernel_line(&k, "mem %" PRIx64 " 0", owned_lru(pfns[1]));
	owned_load(&k, &o);
	assert_owner(pfns[0], "xen_balloon", OFL_EV_LIST);
	c = owned_claim(&o, 900);
	assert_null(c.owner);
	assert_non_null(c.blind);
	assert_non_null(strstr(c.blind, "xen_balloon: its list"));
}

static void test_xen_without_head(void **state)
{
	(void)state;
	xen(4, 0, false);
	kernel_line(&k, "unreadable %" PRIx64 " 10", XEN);
	owned_load(&k, &o);
	assert_non_null(o.owners.blind);
	assert_non_null(strstr(o.owners.blind, "xen_balloon: its list"));
}

static void test_xen_elsewhere(void **state)
{
	(void)state;
	xen(0, 0, true);
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "xen_balloon", dev), 0);
}

static void test_xen_with_nothing_ballooned(void **state)
{
	(void)state;
	xen(0, 1000, true);
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "xen_balloon", dev), 1);
}

static const struct CMUnitTest tests[] = {
	CASE(test_vmware),
	CASE(test_vmware_units),
	CASE(test_vmware_rt),
	CASE(test_vmware_rt_reader),
	CASE(test_vmware_rt_writer),
	CASE(test_vmware_semaphore_is_excluded),
	CASE(test_vmware_negative_size),
	CASE(test_vmware_broken_list_of_units),
	CASE(test_vmware_broken_list_of_pages),
	CASE(test_cmm),
	CASE(test_cmm_list_breaks),
	CASE(test_cmm_at_work),
	CASE(test_cmm_work_not_known),
	CASE(test_cmm_off_by_two),
	CASE(test_cmm_without_variables),
	CASE(test_cmm_without_symbols),
	CASE(test_cmm_without_variables_or_migration),
	CASE(test_xen),
	CASE(test_xen_at_work),
	CASE(test_xen_below_target),
	CASE(test_xen_above_target),
	CASE(test_xen_at_target),
	CASE(test_xen_without_target),
	CASE(test_xen_list_breaks),
	CASE(test_xen_without_head),
	CASE(test_xen_elsewhere),
	CASE(test_xen_with_nothing_ballooned),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
