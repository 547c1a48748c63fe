// SPDX-License-Identifier: GPL-2.0-or-later
/* test_owner_virtio_mem.c - virtio-mem's records, and such that lie */
#include "drivers.h"

static struct ofl_device dev[1];

/* ---- virtio-mem ---- */

static void test_virtio_mem(void **state)
{
	struct ofl_account a;
	struct ofl_claim c;

	(void)state;
	virtio_mem(0x6, BITS);		/* the second and third are plugged */
	offline_pages(2048, 4);
	offline_pages(2560, 1);
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "virtio_mem", dev), 1);
	assert_string_equal(dev[0].name, "virtio9");
	assert_int_equal(owned_claim(&o, 2000).end_pfn, 2048);
	c = owned_claim(&o, 2049);
	assert_int_equal(c.end_pfn, 2560);
	assert_int_equal(c.mgo, OFL_MGO_DROPS);
	assert_int_equal(c.evidence, OFL_EV_BITMAP);
	assert_int_equal(c.unit_pfn, 2048);
	assert_int_equal(c.unit_pages, 512);
	c = owned_claim(&o, 2560);
	assert_int_equal(c.mgo, OFL_MGO_KEEPS);
	assert_false(c.stray);
	assert_true(ofl_owners_expect(&o.owners, 2559, &c));
	assert_false(ofl_owners_expect(&o.owners, 2560, &c));
	assert_false(ofl_owners_expect(&o.owners, 3583, &c));
	assert_true(ofl_owners_expect(&o.owners, 3584, &c));
	a = owned_account(&o, "virtio_mem", 0);
	assert_true(a.known);
	assert_int_equal(a.expected, 1024);
	assert_int_equal(a.nr_complaints, 0);
}

static void test_virtio_mem_block_offline(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem(0x6, BITS);
	kernel_block(&k, 3, 2);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_int_equal(a.expected, 512);
}

static void test_virtio_mem_plugged_size(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem(0x7, BITS);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_true(owned_complaint(&a, "plugged-size"));
}

/* -> two sub-blocks of 2M are plugged, and so many bytes requested */
static struct ofl_account requested(uint64_t bytes)
{
	virtio_mem(0x6, BITS);
	kernel_line(&k, "member virtio_mem.requested_size 104 8");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, VM + 104, bytes);
	owned_load(&k, &o);
	return owned_account(&o, "virtio_mem", 0);
}

static void test_virtio_mem_above_request(void **state)
{
	struct ofl_account a = requested(0x200000);

	(void)state;
	assert_int_equal(a.nr_complaints, 1);
	assert_string_equal(a.complaint[0].row->code, "above-request");
	assert_int_equal(a.complaint[0].severity, OFL_SEV_INFO);
	assert_non_null(strstr(a.complaint[0].text,
		"2M requested, 4M plugged: 2M have not been unplugged, 1 sub-block"));
}

/* nobody can say that the device has what was requested */
static void test_virtio_mem_without_request(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem(0x6, BITS);
	kernel_line(&k, "member virtio_mem.sbm.mb_states 200 8");
	kernel_line(&k, "enumerator VIRTIO_MEM_SBM_MB_KERNEL 5");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, VM + 200, BITS + 64);
	kernel_line(&k, "mem %" PRIx64 " 505", BITS + 64);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_non_null(a.untold);
	assert_non_null(strstr(a.untold, "requested_size"));
}

static void test_virtio_mem_below_request(void **state)
{
	struct ofl_account a = requested(0x800000);

	(void)state;
	assert_int_equal(a.nr_complaints, 1);
	assert_string_equal(a.complaint[0].row->code, "below-request");
	assert_non_null(strstr(a.complaint[0].text, "2 sub-blocks"));
}

/* the driver cannot plug or unplug less than a sub-block */
static void test_virtio_mem_as_requested(void **state)
{
	struct ofl_account a = requested(0x400000 + 0x100000);

	(void)state;
	assert_int_equal(a.nr_complaints, 0);
}

static void test_virtio_mem_bitmap_null(void **state)
{
	struct ofl_claim c;

	(void)state;
	virtio_mem(0x6, 0);
	offline_pages(2048, 1);
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "virtio_mem", dev), 1);
	assert_non_null(strstr(dev[0].note, "unreadable"));
	c = owned_claim(&o, 2048);
	assert_string_equal(ofl_owner_name(&c), "virtio_mem");
	assert_int_equal(c.mgo, OFL_MGO_ASSUMED);
	assert_false(ofl_owners_expect(&o.owners, 2048, &c));
	assert_false(owned_account(&o, "virtio_mem", 0).known);
}

static void test_virtio_mem_ids_overflow(void **state)
{
	(void)state;
	virtio_mem(0x6, BITS);
	kernel_line(&k, "mem %" PRIx64 " 2 fffffffffffffff0", VM + 32);
	owned_load(&k, &o);
	assert_non_null((owned_devices(&o, "virtio_mem", dev), strstr(dev[0].note, "impossible")));
}

/* sub-blocks larger than a block: their product is its size, modulo 2^64 */
static void test_virtio_mem_units_overflow(void **state)
{
	(void)state;
	virtio_mem(0x6, BITS);
	kernel_line(&k, "mem %" PRIx64 " 8000000000200000 2", VM + 48);
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "virtio_mem", dev), 1);
	assert_non_null(strstr(dev[0].note, "impossible"));
}

static void virtio_mem_big(uint64_t bb_bytes)
{
	virtio_mem(0x6, BITS);
	kernel_line(&k, "member virtio_mem.bbm.first_bb_id 304 8");
	kernel_line(&k, "member virtio_mem.bbm.next_bb_id 312 8");
	kernel_line(&k, "member virtio_mem.bbm.bb_size 320 8");
	kernel_line(&k, "member virtio_mem.bbm.bb_states 328 8");
	kernel_line(&k, "enumerator VIRTIO_MEM_BBM_BB_FAKE_OFFLINE 3");
	kernel_line(&k, "mem %" PRIx64 " 0", VM + 16);
	kernel_line(&k, "mem %" PRIx64 " 1 2 %" PRIx64 " %" PRIx64, VM + 304,
		    bb_bytes, BITS + 64);
	kernel_line(&k, "mem %" PRIx64 " 3", BITS + 64);
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "virtio_mem", dev), 1);
}

/* one big block, which is the whole region */
static void test_virtio_mem_big_block(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem_big(0x800000);
	assert_string_equal(dev[0].note, "");
	a = owned_account(&o, "virtio_mem", 0);
	assert_true(a.known);
	assert_int_equal(a.expected, 2048);
}

/* a size that the device's region has no room for */
static void test_virtio_mem_big_block_overflow(void **state)
{
	(void)state;
	virtio_mem_big(0x4000000000000000);
	assert_non_null(strstr(dev[0].note, "impossible"));
}

static void test_virtio_mem_big_block_of_nothing(void **state)
{
	(void)state;
	virtio_mem_big(0);
	assert_non_null(strstr(dev[0].note, "impossible"));
}

/* the same where the size of a memory block is not known: nothing is divided by it */
static void test_virtio_mem_big_block_of_nothing_known(void **state)
{
	(void)state;
	kernel_line(&k, "without symbol sections_per_block");
	virtio_mem_big(0);
	assert_non_null(strstr(dev[0].note, "impossible"));
}

/* --no_modules: the host has no name for a callback, the module itself has */
static void test_callback_of_a_module(void **state)
{
	const struct owned_symbol symbol = { "virtio_mem_memory_notifier_cb", TEXT };
	const struct owned_module module = { "virtio_mem", &symbol, 1 };

	(void)state;
	virtio_mem(0x6, BITS);
	kernel_line(&k, "without symbol_at %" PRIx64, TEXT);
	owned_load(&k, &o);
	assert_int_equal(o.chain.nr, 1);
	assert_string_equal(o.chain.callback[0].name, "");
	assert_int_equal(o.chain.callback[0].veto, OFL_VETO_UNKNOWN);
	owned_free(&o);
	owned_open(&k);
	virtio_mem(0x6, BITS);
	kernel_line(&k, "without symbol_at %" PRIx64, TEXT);
	owned_modules(&k, &module, 1);
	owned_load(&k, &o);
	assert_string_equal(o.chain.callback[0].name, symbol.name);
	assert_int_equal(o.chain.callback[0].veto, OFL_VETO_OWNER);
}

static enum ofl_refusal refusal(uint64_t start_pfn, uint64_t pages,
				const struct ofl_owner_ops **who)
{
	return ofl_owners_refusing(&o.owners, start_pfn, pages, who);
}

/* a device that goes refuses for all of its region, plugged and unplugged */
static void test_virtio_mem_that_is_removed(void **state)
{
	const struct ofl_owner_ops *who;

	(void)state;
	virtio_mem(0x6, BITS);
	owned_load(&k, &o);
	assert_int_equal(refusal(0, 8192, &who), OFL_REFUSES_NOT);
	assert_null(who);
	owned_free(&o);
	owned_open(&k);
	virtio_mem(0x6, BITS);
	kernel_line(&k, "mem %" PRIx64 " 101", VM + 16);
	owned_load(&k, &o);
	assert_int_equal(refusal(3072, 1024, &who), OFL_REFUSES);
	assert_string_equal(who->name, "virtio_mem");
	assert_int_equal(refusal(2048, 1024, &who), OFL_REFUSES);
	assert_int_equal(refusal(1024, 1024, &who), OFL_REFUSES_NOT);
	assert_int_equal(refusal(4096, 1024, &who), OFL_REFUSES_NOT);
}

/* whether it goes is not in the dump: it may refuse what it has, and nothing else */
static void test_virtio_mem_that_may_be_removed(void **state)
{
	const struct ofl_owner_ops *who;

	(void)state;
	virtio_mem(0x6, BITS);
	kernel_line(&k, "without member virtio_mem.removing");
	owned_load(&k, &o);
	assert_int_equal(refusal(3072, 1024, &who), OFL_REFUSES_MAYBE);
	assert_string_equal(who->name, "virtio_mem");
	assert_int_equal(refusal(4096, 1024, &who), OFL_REFUSES_NOT);
}

/* the device has memory blocks 2 and 3; its driver says 2 only */
static void test_virtio_mem_beyond_its_records(void **state)
{
	struct ofl_claim c;

	(void)state;
	virtio_mem(0x2, BITS);
	kernel_line(&k, "mem %" PRIx64 " 2 3", VM + 32);
	offline_pages(2048, 1);
	offline_pages(3072, 1);
	owned_load(&k, &o);
	c = owned_claim(&o, 2048);
	assert_false(c.stray);
	c = owned_claim(&o, 3072);
	assert_string_equal(ofl_owner_name(&c), "virtio_mem");
	assert_int_equal(c.evidence, OFL_EV_RANGE);
	assert_true(c.stray);
}

/* one byte a memory block, and what the driver counted of them */
static void virtio_mem_states(uint64_t states, const char *counts,
			      uint64_t offline_size)
{
	virtio_mem(0x6, BITS);
	kernel_line(&k, "member virtio_mem.sbm.mb_states 200 8");
	kernel_line(&k, "member virtio_mem.sbm.mb_count 208 64");
	kernel_line(&k, "member virtio_mem.offline_size 272 8");
	kernel_line(&k, "enumerator VIRTIO_MEM_SBM_MB_PLUGGED 1");
	kernel_line(&k, "enumerator VIRTIO_MEM_SBM_MB_OFFLINE_PARTIAL 3");
	kernel_line(&k, "enumerator VIRTIO_MEM_SBM_MB_KERNEL 4");
	kernel_line(&k, "enumerator VIRTIO_MEM_SBM_MB_KERNEL_PARTIAL 5");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %s %" PRIx64, VM + 200,
		    BITS + 64, counts, offline_size);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, BITS + 64, states);
}

static void test_virtio_mem_states(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem_states(0x505, "0 0 0 0 0 2 0 0", 0);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_int_equal(a.nr_complaints, 0);
}

static void test_virtio_mem_block_says_other(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem_states(0x305, "0 0 0 1 0 1 0 0", 0);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_true(owned_complaint(&a, "block-state"));
	assert_string_equal(a.complaint[0].text,
		"the driver says memory3 is offline-partial, but the memory block is online; 1 such block");
	assert_int_equal(a.complaint[0].pfn, 3072);
	assert_int_equal(a.nr_complaints, 1);
}

static void test_virtio_mem_full_but_given_back(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem_states(0x404, "0 0 0 0 2 0 0 0", 0);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_true(owned_complaint(&a, "block-state"));
	assert_non_null(strstr(a.complaint[0].text, "given back; 2 such blocks"));
}

static void test_virtio_mem_unused_but_there(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem_states(0x105, "0 1 0 0 0 1 0 0", 0);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_true(owned_complaint(&a, "block-state"));
	assert_non_null(strstr(a.complaint[0].text, "plugged, but there is a memory block"));
}

static void test_virtio_mem_histogram(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem_states(0x505, "0 0 0 0 1 1 0 0", 0);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_true(owned_complaint(&a, "block-count"));
	assert_int_equal(a.nr_complaints, 1);
}

/* what cannot be read may say that it plugs or unplugs right now */
static void test_virtio_mem_work_not_known(void **state)
{
	static const struct { const char *line, *words; } rows[] = {
		{ "without member virtio_mem.wq_active",
		  "whether it plugs or unplugs is not known" },
		{ "without member virtio_mem.hotplug_active",
		  "whether a block goes online or offline is not known" },
		{ "without member virtio_mem.hotplug_mutex",
		  "whether hotplug_mutex is held is not known" },
		{ "mem ffff888007008068 100000000",
		  "wq_active: plugging or unplugging" },
		{ "mem ffff888007008068 1",
		  "hotplug_active: a block goes online or offline" },
		{ "mem ffff888007008068 0", "" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		if (i)
			set_up(state);
		virtio_mem(0x6, BITS);
		kernel_line(&k, "%s", rows[i].line);
		owned_load(&k, &o);
		assert_string_equal(owned_account(&o, "virtio_mem", 0).in_flight,
				    rows[i].words);
		if (i + 1 < ARRAY_LEN(rows))
			drop(state);
	}
}

static void test_virtio_mem_offline_size(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem_states(0x305, "0 0 0 1 0 1 0 0", 0x400000);
	kernel_block(&k, 3, 2);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_int_equal(a.nr_complaints, 0);
}

static void test_virtio_mem_offline_size_differs(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem_states(0x305, "0 0 0 1 0 1 0 0", 0x800000);
	kernel_block(&k, 3, 2);
	/* in flight: no more than worth knowing */
	kernel_line(&k, "mem %" PRIx64 " ffff888000001000", VM + 72);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_true(owned_complaint(&a, "offline-size"));
	assert_int_equal(a.nr_complaints, 1);
	assert_int_equal(a.complaint[0].severity, OFL_SEV_INFO);
}

/* the first block of the region is shared with other memory, which is offline */
static void test_virtio_mem_offline_size_of_others(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem_states(0x505, "0 0 0 0 0 2 0 0", 0);
	kernel_block(&k, 1, 2);
	kernel_line(&k, "mem %" PRIx64 " 600000", RES);
	kernel_line(&k, "mem %" PRIx64 " 600000", RES + 0x100);
	kernel_line(&k, "mem %" PRIx64 " 600000 a00000", VM);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_int_equal(a.nr_complaints, 0);
}

/* without the driver's enumerators nothing follows from a state */
static void test_virtio_mem_states_without_names(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_mem(0x6, BITS);
	kernel_line(&k, "member virtio_mem.sbm.mb_states 200 8");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, VM + 200, BITS + 64);
	kernel_line(&k, "mem %" PRIx64 " 505", BITS + 64);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_mem", 0);
	assert_int_equal(a.nr_complaints, 0);
	assert_detail(&a, "blocks", "unknown 2");
	assert_non_null(strstr(a.untold, "states"));
}

/* ---- a device that has no memory, so that the iomem tree has none of it ---- */

/* what is said of devices that may be missing; the device's row is @row, or is not there */
static void assert_unlisted(const char *line, bool row, const char *said)
{
	static bool owned;
	char buf[256];
	struct ofl_text text = ofl_text_over(buf, sizeof(buf));

	/* of the one before */
	if (owned) {
		drop(NULL);
		set_up(NULL);
	}
	owned = true;
	virtio_mem(0, BITS);
	kernel_line(&k, "mem %" PRIx64 " 0", RES + 48);	/* no child */
	kernel_line(&k, "%s", line);
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "virtio_mem", dev), row);
	assert_int_equal(ofl_owners_unlisted(&o.owners, NULL, &text), said[0] != 0);
	if (said[0])
		assert_non_null(strstr(buf, said));
}

static const char *excluded(uint64_t kva)
{
	static char line[64];

	snprintf(line, sizeof(line), "excluded %" PRIx64 " 8", kva);
	return line;
}

static void test_virtio_mem_without_memory(void **state)
{
	static const char cut[] = "; virtio_mem: a device without memory may not be listed: memory_chain cannot be";
	static const char types[] = "; virtio_mem: a device without memory is not listed: layout of struct virtio_mem is not known: ";
	static const char lost[] = "; virtio_mem: a device without memory is not listed: its struct cannot be read";

	(void)state;
	assert_unlisted("member nothing.at_all 0 8", true, "");
	assert_unlisted("without member notifier_block.notifier_call", false, cut);
	assert_unlisted(excluded(CHAIN + 32), false, cut);
	assert_unlisted("without struct virtio_mem", false, types);
	assert_unlisted(excluded(VM), false, lost);
}

/* ---- a balloon in the region of virtio-mem, with less and less known ---- */

static void assert_owner_or_unknown(uint64_t pfn, const char *name)
{
	struct ofl_claim c = owned_claim(&o, pfn);

	assert_null(c.rival);
	if (c.owner)
		assert_string_equal(ofl_owner_name(&c), name);
	else
		assert_non_null(c.blind);
}

/* pages 2100 and 700 are the balloon's, 3000 is virtio-mem's */
static void balloon_in_region(size_t lost)
{
	virtio_mem_but(0x5, BITS, lost);
	virtio_balloon(4, 0);
	offline_pages(3000, 1);
	owned_load(&k, &o);
}

static void test_balloon_in_region(void **state)
{
	(void)state;
	balloon_in_region(SIZE_MAX);
	assert_owner(2100, "virtio_balloon", OFL_EV_LIST);
	assert_owner(3000, "virtio_mem", OFL_EV_BITMAP);
	assert_null(owned_claim(&o, 2100).rival);
}

/* whatever single type of virtio-mem or of the chain is missing */
static void test_balloon_in_region_less_known(void **state)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(virtio_mem_types); i++) {
		balloon_in_region(i);
		assert_owner(2100, "virtio_balloon", OFL_EV_LIST);
		assert_owner(700, "virtio_balloon", OFL_EV_LIST);
		assert_owner_or_unknown(2100, "virtio_balloon");
		assert_owner_or_unknown(3000, "virtio_mem");
		drop(state);
		set_up(state);
	}
	balloon_in_region(SIZE_MAX);
}

/* virtio-mem sets neither page.private nor movable operations */
static void test_page_of_another_in_region(void **state)
{
	static const struct owned_page p = {
		.type = K_OFFLINE, .ref = 1, .private = HEAP + 0xc000,
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(virtio_mem_types); i++) {
		virtio_mem_but(0x5, BITS, i);
		owned_page(&k, 2200, &p);
		kernel_line(&k, "mem %" PRIx64 " 0 1 2 3", HEAP + 0xc000);
		owned_load(&k, &o);
		/* the bitmap has it, or nobody: that it lies there is no proof */
		assert_int_not_equal(owned_claim(&o, 2200).evidence,
				     OFL_EV_RANGE);
		drop(state);
		set_up(state);
	}
	owned_load(&k, &o);
}

static const struct CMUnitTest tests[] = {
	CASE(test_virtio_mem),
	CASE(test_virtio_mem_block_offline),
	CASE(test_virtio_mem_plugged_size),
	CASE(test_virtio_mem_above_request),
	CASE(test_virtio_mem_without_request),
	CASE(test_virtio_mem_below_request),
	CASE(test_virtio_mem_as_requested),
	CASE(test_virtio_mem_bitmap_null),
	CASE(test_virtio_mem_ids_overflow),
	CASE(test_virtio_mem_units_overflow),
	CASE(test_virtio_mem_big_block),
	CASE(test_virtio_mem_big_block_overflow),
	CASE(test_virtio_mem_big_block_of_nothing),
	CASE(test_virtio_mem_big_block_of_nothing_known),
	CASE(test_callback_of_a_module),
	CASE(test_virtio_mem_that_is_removed),
	CASE(test_virtio_mem_that_may_be_removed),
	CASE(test_balloon_in_region),
	CASE(test_balloon_in_region_less_known),
	CASE(test_virtio_mem_beyond_its_records),
	CASE(test_virtio_mem_states),
	CASE(test_virtio_mem_block_says_other),
	CASE(test_virtio_mem_full_but_given_back),
	CASE(test_virtio_mem_unused_but_there),
	CASE(test_virtio_mem_histogram),
	CASE(test_virtio_mem_work_not_known),
	CASE(test_virtio_mem_offline_size),
	CASE(test_virtio_mem_offline_size_differs),
	CASE(test_virtio_mem_offline_size_of_others),
	CASE(test_virtio_mem_states_without_names),
	CASE(test_virtio_mem_without_memory),
	CASE(test_page_of_another_in_region),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
