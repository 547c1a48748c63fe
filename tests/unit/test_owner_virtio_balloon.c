// SPDX-License-Identifier: GPL-2.0-or-later
/* test_owner_virtio_balloon.c - virtio-balloon's records, and such that lie */
#include "drivers.h"

#include "judge/records.h"
#include "commands/offowner.h"
#include "holders/holders.h"

static struct ofl_device dev[1];


static void test_virtio_balloon(void **state)
{
	struct ofl_account a;
	char buf[256];
	struct ofl_text text = ofl_text_over(buf, sizeof(buf));

	(void)state;
	virtio_balloon(4, 0);
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "virtio_balloon", dev), 1);
	assert_string_equal(dev[0].name, "virtio7");
	assert_true(dev[0].kva == VB);
	assert_owner(3, "virtio_balloon", OFL_EV_LIST);
	assert_owner(2100, "virtio_balloon", OFL_EV_LIST);
	a = owned_account(&o, "virtio_balloon", 0);
	assert_true(a.known);
	assert_int_equal(a.expected, 4);
	assert_int_equal(a.nr_complaints, 0);
	assert_string_equal(a.in_flight, "");
	assert_false(ofl_owners_unlisted(&o.owners, &ofl_owner_virtio_balloon, &text));
}

/* -> the account of a balloon with these features and free blocks for hints */
static struct ofl_account featured(uint64_t features, uint64_t blocks)
{
	virtio_balloon(4, 0);
	kernel_line(&k, "member virtio_device.features 776 8");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, VDEV + 776, features);
	kernel_line(&k, "member virtio_balloon.num_free_page_blocks 128 8");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, VB + 128, blocks);
	owned_load(&k, &o);
	return owned_account(&o, "virtio_balloon", 0);
}

static void test_balloon_features(void **state)
{
	struct ofl_account a = featured(0x100000024, 0);

	(void)state;
	assert_string_equal(detail(&a, "features"),
			    "deflates when memory runs out, free page reporting");
	assert_null(detail(&a, "hints"));
}

static void test_balloon_holds_hints(void **state)
{
	struct ofl_account a = featured(8, 3);

	(void)state;
	assert_string_equal(detail(&a, "features"), "free page hints");
	assert_non_null(strstr(detail(&a, "hints"), "3 free blocks ("));
}

/* where the last held_by() broke off; 0: nowhere */
static uint64_t held_bad_kva;

/*
 * The holder that is named for a kernel allocation of this pfn, which is
 * listed between these two; "": none is.
 */
static const char *held_between(uint64_t pfn, uint64_t next, uint64_t prev)
{
	static char kind[32];
	const struct ofl_classified c = {
		.pfn = pfn, .page_kva = owned_lru(pfn) - O_LRU,
		.kind = OFL_KIND_KERNEL, .outcome = OFL_OUT_BLOCKED,
	};
	const uint64_t raw[8] = { [O_LRU / 8] = next, [O_LRU / 8 + 1] = prev };
	struct ofl_holders *h = ofl_holders_open(&o.env, 0, UINT64_MAX);
	struct ofl_share share;

	assert_non_null(h);
	ofl_holders_page(h, &c, (const unsigned char *)raw, &share);
	snprintf(kind, sizeof(kind), "%s", share.ops ? share.ops->kind : "");
	held_bad_kva = share.bad_what ? share.bad_kva : 0;
	ofl_holders_close(h);
	return kind;
}

static const char *held_by(uint64_t pfn)
{
	return held_between(pfn, 0, 0);
}

/* a list of two blocks, of which the second points back to @back */
static void hint_two(uint64_t first, uint64_t second, uint64_t back)
{
	uint64_t head = VB + 136;

	virtio_balloon(4, 0);
	kernel_line(&k, "member virtio_balloon.free_page_list 136 16");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, head,
		    owned_lru(first), owned_lru(second));
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64,
		    owned_lru(first), owned_lru(second), head);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64,
		    owned_lru(second), head, back);
	owned_load(&k, &o);
}

static void test_hinted_blocks_are_held(void **state)
{
	(void)state;
	hint_two(0x400, 0x800, owned_lru(0x400));
	assert_string_equal(held_between(0xc00, owned_lru(0x900), 0), "");
	assert_int_equal(held_bad_kva, 0);
	assert_string_equal(held_by(0x400), "free-page-hint");
	assert_string_equal(held_by(0x800), "free-page-hint");
	/* the pages behind the first have no reference, and are not listed */
	assert_string_equal(held_by(0x401), "");
}

/* behind the entry where the list breaks nothing is named */
static void test_hinted_list_breaks(void **state)
{
	(void)state;
	hint_two(0x400, 0x800, owned_lru(0x900));
	assert_string_equal(held_by(0x400), "free-page-hint");
	assert_int_equal(held_bad_kva, 0);
	assert_string_equal(held_between(0x800, VB + 136, owned_lru(0x900)), "");
	assert_int_equal(held_bad_kva, owned_lru(0x800));
	/* what else may be behind the break: linked to struct pages, or the head */
	assert_string_equal(held_between(0xc00, owned_lru(0x900), 0), "");
	assert_int_equal(held_bad_kva, owned_lru(0x800));
	assert_string_equal(held_between(0xc00, 0, owned_lru(0x900)), "");
	assert_int_equal(held_bad_kva, owned_lru(0x800));
	assert_string_equal(held_between(0xc00, 0, VB + 136), "");
	assert_int_equal(held_bad_kva, owned_lru(0x800));
	/* what is on no list cannot be */
	assert_string_equal(held_between(0xc00, UINT64_C(0xdead000000000100),
					 UINT64_C(0xdead000000000122)), "");
	assert_int_equal(held_bad_kva, 0);
}

/* an entry that is in no struct page */
static void test_hinted_is_no_page(void **state)
{
	uint64_t head = VB + 136, wild = VB + 200;

	(void)state;
	virtio_balloon(4, 0);
	kernel_line(&k, "member virtio_balloon.free_page_list 136 16");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, head, wild, wild);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, wild, head, head);
	owned_load(&k, &o);
	assert_string_equal(held_between(0x400, owned_lru(0x800), head), "");
	assert_int_equal(held_bad_kva, wild);
}

/* without the feature the list is never begun: that is no damage */
static void test_no_list_of_hints(void **state)
{
	(void)state;
	virtio_balloon(4, 0);
	kernel_line(&k, "member virtio_balloon.free_page_list 136 16");
	kernel_line(&k, "mem %" PRIx64 " 0 0", VB + 136);
	owned_load(&k, &o);
	assert_string_equal(held_between(0x400, owned_lru(0x800), 0), "");
	assert_int_equal(held_bad_kva, 0);
}

static void test_nothing_is_hinted(void **state)
{
	(void)state;
	virtio_balloon(4, 0);
	kernel_line(&k, "member virtio_balloon.free_page_list 136 16");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 "*2", VB + 136, VB + 136);
	owned_load(&k, &o);
	assert_string_equal(held_by(0x400), "");
}

static void test_balloon_without_features(void **state)
{
	struct ofl_account a = featured(0x100000000, 0);

	(void)state;
	assert_non_null(strstr(detail(&a, "features"), "neither"));
}

/* what cannot be read is not said to be missing */
static void test_balloon_features_not_known(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_balloon(4, 0);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_balloon", 0);
	assert_null(detail(&a, "features"));
}

static void test_lock_is_held(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_balloon(260, 0);
	kernel_line(&k, "mem %" PRIx64 " ffff888001234001", VB + 64);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_balloon", 0);
	assert_int_equal(a.expected, 260);
	assert_non_null(strstr(a.in_flight, "balloon_lock is held"));
}

/* what may be held is not called free: a difference is no fault of the driver then */
static void expect_lock(const char *line, const char *words)
{
	struct ofl_account a;

	virtio_balloon(260, 0);
	kernel_line(&k, "%s", line);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_balloon", 0);
	assert_string_equal(a.in_flight, words);
}

#define NOT_KNOWN "whether balloon_lock is held is not known"

static void test_lock_that_is_excluded(void **state)
{
	char line[64];

	(void)state;
	snprintf(line, sizeof(line), "excluded %" PRIx64 " 8", VB + 64);
	expect_lock(line, NOT_KNOWN);
}

static void test_lock_of_no_known_kind(void **state)
{
	(void)state;
	expect_lock("without member mutex.owner", NOT_KNOWN);
}

/* PREEMPT_RT: a mutex is an rt_mutex_base; bit 0 of its owner: there are waiters */
static void rt_mutex(const char *path, uint64_t owner)
{
	kernel_line(&k, "without member mutex.owner");
	kernel_line(&k, "member mutex.%s 24 8", path);
	virtio_balloon(260, 0);
	kernel_line(&k, "mem %" PRIx64 " 1000000000000 0 0 %" PRIx64, VB + 64,
		    owner);
	owned_load(&k, &o);
}

static void test_rt_lock(void **state)
{
	struct ofl_account a;

	(void)state;
	rt_mutex("rtmutex.owner", 0);
	a = owned_account(&o, "virtio_balloon", 0);
	assert_string_equal(a.in_flight, "");
}

static void expect_rt_lock_held(const char *path)
{
	struct ofl_account a;

	rt_mutex(path, UINT64_C(0xffff888001234001));
	a = owned_account(&o, "virtio_balloon", 0);
	assert_non_null(strstr(a.in_flight, "balloon_lock is held"));
}

static void test_rt_lock_is_held(void **state)
{
	(void)state;
	expect_rt_lock_held("rtmutex.owner");
}

/* in the patches before v5.15 */
static void test_older_rt_lock_is_held(void **state)
{
	(void)state;
	expect_rt_lock_held("lock.owner");
}

/* a page in no driver's records is no orphan while a balloon is at work */
static void test_at_work(void **state)
{
	(void)state;
	virtio_balloon(4, 0);
	owned_load(&k, &o);
	assert_false(in_flight(0));
}

static void test_at_work_with_a_lock(void **state)
{
	(void)state;
	virtio_balloon(4, 0);
	kernel_line(&k, "mem %" PRIx64 " ffff888001234001", VB + 64);
	owned_load(&k, &o);
	assert_true(in_flight(0));
	/* balloon_page_finalize() clears it */
	assert_false(in_flight(HEAP + 0x700));
}

/* virtio_balloon is loaded, and a page that nobody proves points nowhere */
static struct ofl_claim not_proved(const char *line, uint64_t private)
{
	static const struct owned_symbol functions[] = {
		{ "virtballoon_migratepage", TEXT },
	};
	static const struct owned_module m[] = {
		{ "virtio_balloon", functions, 1 },
	};
	const struct ofl_owner_page page = {
		.pfn = 40, .private = private, .movable_ops = !private,
	};
	struct ofl_claim claim;

	owned_modules(&k, m, 1);
	virtio_balloon(4, 0);
	kernel_line(&k, "%s", line);
	owned_load(&k, &o);
	assert_null(o.owners.blind);
	ofl_owners_claim(&o.owners, &page, &claim);
	assert_null(claim.owner);
	assert_false(claim.in_flight);
	assert_int_equal(claim.deviceless, claim.blind != NULL);
	return claim;
}

/*
 * A device that a page made known is read once a session, and what of its list
 * cannot be read is counted in each command that it is used in.
 */
static void test_adopted_twice(void **state)
{
	struct ofl_missed missed = { .reads = 0 };
	const uint64_t page = K_VMEMMAP + 2100 * 64;
	int i;

	(void)state;
	virtio_balloon(4, 0);
	kernel_line(&k, "without struct virtio_balloon");
	kernel_line(&k, "excluded %" PRIx64 " 40", page);
	owned_load(&k, &o);
	o.tt.target.missed = &missed;
	for (i = 0; i < 2; i++) {
		missed.reads = 0;
		assert_owner(3, "balloon", OFL_EV_LIST);
		assert_true(missed.reads);
		assert_string_equal(missed.first_what, "balloon");
		ofl_owners_forget(&o.owners);
	}
}

/* what does not say that a balloon is idle does not make an orphan of a page */
static void test_work_not_known(void **state)
{
	static const char *const lines[] = {
		"without struct virtio_balloon",
		"without member virtio_balloon.balloon_lock",
		"without symbol bus_kset", "without member virtio_device.priv",
		"mem ffff8880070022f8 0",	/* an id that there is not */
		"excluded ffff888007001000 8",	/* virtio_balloon.vdev */
		"mem ffff888007001000 0",
	};
	char buf[512];
	struct ofl_text text;
	size_t i;

	for (i = 0; i < ARRAY_LEN(lines); i++) {
		text = ofl_text_over(buf, sizeof(buf));
		if (i)
			set_up(state);
		assert_non_null(not_proved(lines[i], 0).blind);
		/* and it may have been the only thing that is known of a device */
		assert_true(ofl_owners_unlisted(&o.owners, &ofl_owner_virtio_balloon, &text));
		assert_non_null(strstr(buf, "; virtio_balloon: a device without pages may not be listed: "));
		if (i + 1 < ARRAY_LEN(lines))
			drop(state);
	}
}

/* before v6.17 nothing has the mark that is not listed; a page that points has its device */
static void test_work_does_not_matter(void **state)
{
	assert_null(not_proved("enumerator PG_other 40", 0).blind);
	drop(state);
	set_up(state);
	assert_null(not_proved("without struct virtio_balloon",
			       HEAP + 0x700).blind);
	drop(state);
	set_up(state);
	kernel_line(&k, "enumerator PG_isolated 18");
	assert_null(not_proved("without struct virtio_balloon", 0).blind);
}

/* the same of a balloon that is at work */
static void test_at_work_without_batch(void **state)
{
	(void)state;
	virtio_balloon(4, 0);
	kernel_line(&k, "mem %" PRIx64 " ffff888001234001", VB + 64);
	kernel_line(&k, "enumerator PG_isolated 18");
	owned_load(&k, &o);
	assert_false(in_flight(0));
}

/* such a page is called alike wherever it is shown */
static void expect_nobodys(uint64_t pages, enum ofl_severity severity)
{
	const struct ofl_scan_result r = { .total = { .scanned = 1 } };
	const struct ofl_classified page = {
		.pfn = 7, .offline = true,
		.claim = { .blind = "at work", .in_flight = true },
	};
	struct ofl_records b;
	struct ofl_err err;

	assert_int_equal(ofl_records_open(&b, &o.env, &o.owners, &err), OFL_OK);
	ofl_records_add(&b, &page, pages);
	assert_int_equal(ofl_records_close(&b, false, &r, &err), OFL_OK);
	assert_int_equal(b.device[b.nr - 1].severity, severity);
	assert_string_equal(ofl_device_driver(&b.device[b.nr - 1]), "unknown");
	ofl_records_free(&b);
}

static void test_nobody_has_a_name(void **state)
{
	(void)state;
	virtio_balloon(4, 0);
	kernel_line(&k, "mem %" PRIx64 " ffff888001234001", VB + 64);
	owned_load(&k, &o);
	assert_null(o.owners.blind);
	expect_nobodys(256, OFL_SEV_INFO);
	/* no driver has so many in its hands */
	expect_nobodys(257, OFL_SEV_WARNING);
}

/* an answer goes no further than to where any of the lists begins or ends */
static void test_two_balloons(void **state)
{
	static const uint64_t more[] = { 2200, 2201 };
	const uint64_t a = HEAP + 0x400, b = HEAP + 0x800;

	(void)state;
	balloon(a, 0, TEXT);
	owned_list(&k, b + 8, more, ARRAY_LEN(more), b, 2);
	kernel_line(&k, "mem %" PRIx64 " 0", b);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, b + 24, TEXT);
	owned_load(&k, &o);
	assert_owner(700, "balloon", OFL_EV_LIST);
	assert_owner(2200, "balloon", OFL_EV_LIST);
	assert_int_equal(owned_claim(&o, 700).device, 0);
	assert_int_equal(owned_claim(&o, 2200).device, 1);
	assert_int_equal(owned_claim(&o, 2090).end_pfn, 2100);
	assert_int_equal(owned_claim(&o, 2150).end_pfn, 2200);
	assert_int_equal(owned_claim(&o, 2200).end_pfn, 2202);
}

static void test_isolated_page(void **state)
{
	struct owned_page p = {
		.next = 0xdead000000000100, .prev = 0xdead000000000122,
		.mapping = 2, .private = VB + 16, .type = K_OFFLINE, .ref = 2,
	};

	(void)state;
	virtio_balloon(5, 1);
	owned_page(&k, 800, &p);
	owned_load(&k, &o);
	assert_owner(800, "virtio_balloon", OFL_EV_POINTER);
	assert_false(owned_claim(&o, 800).list_cut);
}

static void test_negative_counter(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_balloon(4, UINT64_MAX);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_balloon", 0);
	assert_true(owned_complaint(&a, "counter-negative"));
}

static void test_list_into_user_space(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_balloon(4, 0);
	kernel_line(&k, "mem %" PRIx64 " 7f0000001000", owned_lru(2100));
	owned_load(&k, &o);
	assert_owner(3, "virtio_balloon", OFL_EV_LIST);
	/* behind the break the page still says whose it is */
	assert_owner(701, "virtio_balloon", OFL_EV_POINTER);
	assert_true(owned_claim(&o, 701).list_cut);
	a = owned_account(&o, "virtio_balloon", 0);
	assert_true(owned_complaint(&a, "list-broken"));
	assert_non_null(strstr(a.complaint[0].text, "7f0000001000"));
}

static void test_not_a_balloon_device(void **state)
{
	(void)state;
	virtio_balloon(4, 0);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, VB, VDEV + 8);
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "virtio_balloon", dev), 0);
	/* its pages still say that they are some balloon's */
	assert_owner(3, "balloon", OFL_EV_LIST);
}

static void test_bus_that_loops(void **state)
{
	(void)state;
	virtio_balloon(4, 0);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, DEVPRIV + 108,
		    DEVPRIV + 108);
	owned_load(&k, &o);
	assert_true(owned_devices(&o, "virtio_balloon", dev) >= 1);
}

/* no types at all: known by its pages and by the name of migratepage */
static void test_without_types(void **state)
{
	static const struct owned_symbol s[] = {
		{ "virtballoon_migratepage", TEXT },
	};
	static const struct owned_module m[] = { { "virtio_balloon", s, 1 } };
	struct ofl_account a;

	(void)state;
	balloon(VB + 16, 0, TEXT);
	owned_modules(&k, m, 1);
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "virtio_balloon", dev), 0);
	assert_owner(3, "virtio_balloon", OFL_EV_LIST);
	assert_int_equal(owned_devices(&o, "virtio_balloon", dev), 1);
	assert_non_null(strstr(dev[0].note, "virtio_balloon is not known: mod -"));
	a = owned_account(&o, "virtio_balloon", 0);
	assert_false(a.known);
}

/* crash --no_modules: mod -s loads nothing there */
static void test_without_types_and_modules(void **state)
{
	char buf[200];
	struct ofl_text text = ofl_text_over(buf, sizeof(buf));

	kernel_line(&k, "host no_modules 1");
	test_without_types(state);
	ofl_owners_hint(&o.owners, &o.tt.target, &text);
	assert_string_equal(buf, "; try crash without --no_modules, then mod -s virtio_balloon");
}

/* the user has done what is advised, with a file that has no types */
static void test_without_types_in_the_file(void **state)
{
	char buf[200];
	struct ofl_text text = ofl_text_over(buf, sizeof(buf));
	bool bare;

	kernel_line(&k, "typed virtio_balloon -");
	test_without_types(state);
	assert_non_null(strstr(dev[0].note, "known: mod -d virtio_balloon, then mod -s virtio_balloon with a file that has debuginfo"));
	ofl_owners_hint(&o.owners, &o.tt.target, &text);
	assert_string_equal(buf, "; try mod -d virtio_balloon, then mod -s virtio_balloon with a file that has debuginfo");
	text = ofl_text_over(buf, sizeof(buf));
	assert_true(ofl_owners_missing(&o.owners, &o.tt.target, &text, &bare));
	assert_true(bare);
}

static void test_private_leads_astray(void **state)
{
	struct owned_page p = {
		.mapping = 2, .private = 0x7f0000001000, .type = K_OFFLINE,
		.ref = 1,
	};

	(void)state;
	owned_page(&k, 800, &p);
	p.private = HEAP + 0x9000;	/* readable, but no list head */
	owned_page(&k, 801, &p);
	kernel_line(&k, "mem %" PRIx64 " 0 1 2 3", HEAP + 0x9000);
	/* the first entry of its list, in the memmap, cannot be read */
	p.private = HEAP + 0xa000;
	owned_page(&k, 802, &p);
	kernel_line(&k, "mem %" PRIx64 " 0 %" PRIx64 " %" PRIx64 " 3",
		    HEAP + 0xa000, owned_lru(200000), owned_lru(200000));
	/* the second half of its list head cannot be read */
	p.private = HEAP + 0xb000;
	owned_page(&k, 803, &p);
	kernel_line(&k, "mem %" PRIx64 " 0 0", HEAP + 0xb000);
	kernel_line(&k, "mem %" PRIx64 " 0", HEAP + 0xb000 + 24);
	owned_load(&k, &o);
	assert_owner(802, "unknown", OFL_EV_NONE);
	assert_owner(803, "unknown", OFL_EV_NONE);
	/* what cannot be read may be a balloon; what can be, and is none, is not */
	assert_owner(800, "unknown", OFL_EV_NONE);
	assert_non_null(strstr(owned_claim(&o, 800).blind, "cannot be read"));
	assert_owner(801, "orphan", OFL_EV_NONE);
}

static const struct CMUnitTest tests[] = {
	CASE(test_virtio_balloon),
	CASE(test_balloon_features),
	CASE(test_balloon_holds_hints),
	CASE(test_hinted_blocks_are_held),
	CASE(test_hinted_list_breaks),
	CASE(test_hinted_is_no_page),
	CASE(test_no_list_of_hints),
	CASE(test_nothing_is_hinted),
	CASE(test_balloon_without_features),
	CASE(test_balloon_features_not_known),
	CASE(test_lock_is_held),
	CASE(test_lock_that_is_excluded),
	CASE(test_lock_of_no_known_kind),
	CASE(test_rt_lock),
	CASE(test_rt_lock_is_held),
	CASE(test_older_rt_lock_is_held),
	CASE(test_at_work),
	CASE(test_at_work_with_a_lock),
	CASE(test_adopted_twice),
	CASE(test_work_not_known),
	CASE(test_work_does_not_matter),
	CASE(test_at_work_without_batch),
	CASE(test_nobody_has_a_name),
	CASE(test_isolated_page),
	CASE(test_two_balloons),
	CASE(test_negative_counter),
	CASE(test_list_into_user_space),
	CASE(test_not_a_balloon_device),
	CASE(test_bus_that_loops),
	CASE(test_without_types),
	CASE(test_without_types_in_the_file),
	CASE(test_without_types_and_modules),
	CASE(test_private_leads_astray),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
