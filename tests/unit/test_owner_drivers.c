// SPDX-License-Identifier: GPL-2.0-or-later
/* test_owner_drivers.c - drivers in a made-up kernel, and books that lie */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "judge/records.h"
#include "commands/offowner.h"
#include "holders/holders.h"
#include "owned.h"

#define HEAP	UINT64_C(0xffff888007000000)
#define TEXT	UINT64_C(0xffffffffc0300000)

static struct kernel k;
static struct owned o;
static struct ofl_device dev[1];

static int set_up(void **state)
{
	(void)state;
	owned_open(&k);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	owned_free(&o);
	return 0;
}

static const uint64_t pfns[] = { 700, 3, 2100, 701 };

static void assert_owner(uint64_t pfn, const char *name,
			 enum ofl_evidence evidence)
{
	struct ofl_claim c = owned_claim(&o, pfn);

	assert_string_equal(ofl_owner_name(&c), name);
	assert_int_equal(c.evidence, evidence);
}

/* a balloon_dev_info and its list */
static void balloon(uint64_t at, uint64_t isolated, uint64_t migrate)
{
	owned_list(&k, at + 8, pfns, ARRAY_LEN(pfns), migrate ? at : 0, 2);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, at, isolated);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, at + 24, migrate);
}

/* ---- virtio-balloon ---- */

#define VB	(HEAP + 0x1000)		/* struct virtio_balloon */
#define VDEV	(HEAP + 0x2000)		/* struct virtio_device */
#define BUSES	(HEAP + 0x3000)		/* the kset of all buses */
#define BUS	(HEAP + 0x4000)		/* struct subsys_private */
#define DEVPRIV	(HEAP + 0x5000)

static void virtio_types(void)
{
	kernel_line(&k, "symbol bus_kset %" PRIx64, K_SYMBOL + 0x11000);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, K_SYMBOL + 0x11000, BUSES);
	kernel_line(&k, "struct kset 96");
	kernel_line(&k, "member kset.list 0 16");
	kernel_line(&k, "member kset.kobj 24 64");
	kernel_line(&k, "struct kobject 64");
	kernel_line(&k, "member kobject.name 0 8");
	kernel_line(&k, "member kobject.entry 8 16");
	kernel_line(&k, "struct subsys_private 400");
	kernel_line(&k, "member subsys_private.klist_devices 160 40");
	kernel_line(&k, "struct klist 40");
	kernel_line(&k, "member klist.k_list 8 16");
	kernel_line(&k, "struct klist_node 32");
	kernel_line(&k, "member klist_node.n_node 8 16");
	kernel_line(&k, "struct device_private 200");
	kernel_line(&k, "member device_private.knode_bus 100 32");
	kernel_line(&k, "member device_private.device 168 8");
	kernel_line(&k, "struct device 700");
	kernel_line(&k, "member device.kobj 0 64");
	kernel_line(&k, "struct virtio_device 816");
	kernel_line(&k, "member virtio_device.dev 16 700");
	kernel_line(&k, "member virtio_device.id 760 8");
	kernel_line(&k, "member virtio_device.priv 808 8");
	kernel_line(&k, "struct virtio_balloon 512");
	kernel_line(&k, "member virtio_balloon.vdev 0 8");
	kernel_line(&k, "member virtio_balloon.num_pages 8 4");
	kernel_line(&k, "member virtio_balloon.vb_dev_info 16 32");
	kernel_line(&k, "member virtio_balloon.balloon_lock 64 32");
}

/* one bus, "virtio", with one device on it */
static void virtio_bus(uint32_t id)
{
	uint64_t kobj = BUS + 24, node = DEVPRIV + 100 + 8;
	uint64_t head = BUS + 160 + 8;

	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, BUSES, kobj + 8);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, kobj,
		    HEAP + 0x100, BUSES);
	kernel_line(&k, "text %" PRIx64 " virtio", HEAP + 0x100);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, head, node);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, node, head);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, DEVPRIV + 168, VDEV + 16);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, VDEV + 16, HEAP + 0x110);
	kernel_line(&k, "text %" PRIx64 " virtio7", HEAP + 0x110);
	kernel_line(&k, "mem %" PRIx64 " %x", VDEV + 760, id);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, VDEV + 808, VB);
}

static void virtio_balloon(uint64_t num_pages, uint64_t isolated)
{
	virtio_types();
	virtio_bus(5);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, VB, VDEV,
		    num_pages);
	kernel_line(&k, "mem %" PRIx64 " 0", VB + 64);
	balloon(VB + 16, isolated, TEXT);
}

static void test_virtio_balloon(void **state)
{
	struct ofl_account a;

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
}

static const char *detail(const struct ofl_account *a, const char *name)
{
	unsigned int i;

	for (i = 0; i < a->nr_details; i++)
		if (!strcmp(a->detail[i].name, name))
			return a->detail[i].text;
	return NULL;
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

/* a page of no device: may a balloon at work have it? */
static bool in_flight(uint64_t private)
{
	const struct ofl_owner_page page = { .pfn = 40, .private = private };
	struct ofl_claim claim;

	ofl_owners_claim(&o.owners, &page, &claim);
	assert_null(claim.owner);
	assert_int_equal(claim.in_flight, claim.blind != NULL);
	return claim.in_flight;
}

/* a page in nobody's books is no orphan while a balloon is at work */
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

/* ---- VMware ---- */

#define VMW UINT64_C(0xffffffffc0400000)

static void vmware_units(uint64_t size, const uint64_t *heads, size_t nr)
{
	static const struct owned_symbol mine[] = { { "balloon", VMW } },
		others[] = { { "balloon", VMW + 0x1000 } };
	static const struct owned_module m[] = {
		{ "other", others, 1 }, { "vmw_balloon", mine, 1 },
	};
	struct owned_page tail = { .type = K_OFFLINE };
	uint64_t i;
	size_t n;

	owned_modules(&k, m, 2);
	kernel_line(&k, "struct vmballoon 256");
	kernel_line(&k, "member vmballoon.size 0 8");
	kernel_line(&k, "member vmballoon.target 8 8");
	kernel_line(&k, "member vmballoon.b_dev_info 16 32");
	kernel_line(&k, "member vmballoon.huge_pages 64 16");
	kernel_line(&k, "member vmballoon.conf_sem.count 128 0");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " 208", VMW, size);
	kernel_line(&k, "mem %" PRIx64 " 0", VMW + 128);
	for (n = 0; n < nr; n++)
		for (i = 1; i < 512; i++)
			owned_page(&k, heads[n] + i, &tail);
	owned_list(&k, VMW + 64, heads, nr, 0, 0);
	balloon(VMW + 16, 0, TEXT);
}

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

static void vmware(uint64_t size)
{
	static const uint64_t heads[] = { 1024 };

	vmware_units(size, heads, 1);
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

/* it has one page in its hands, no two */
static void test_cmm_off_by_two(void **state)
{
	struct ofl_account a;

	(void)state;
	cmm(6, 100);
	a = owned_account(&o, "cmm", 0);
	assert_string_equal(a.in_flight, "");
}

static const struct owned_symbol cmm_functions[] = {
	{ "cmm_migratepage", TEXT },
};
static const struct owned_module cmm_module[] = {
	{ "cmm", cmm_functions, 1 },
};

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

#define XEN (K_SYMBOL + 0x12000)

static void xen(uint64_t low, uint64_t current, bool empty)
{
	kernel_line(&k, "symbol ballooned_pages %" PRIx64, XEN);
	kernel_line(&k, "symbol balloon_mutex %" PRIx64, XEN + 0x800);
	kernel_line(&k, "mem %" PRIx64 " 0", XEN + 0x800);
	kernel_line(&k, "symbol balloon_stats %" PRIx64, XEN + 0x100);
	kernel_line(&k, "struct balloon_stats 64");
	kernel_line(&k, "member balloon_stats.current_pages 0 8");
	kernel_line(&k, "member balloon_stats.balloon_low 8 8");
	kernel_line(&k, "member balloon_stats.balloon_high 16 8");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64 " 0",
		    XEN + 0x100, current, low);
	owned_list(&k, XEN, pfns, empty ? 0 : ARRAY_LEN(pfns), 0, 0);
}

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
		if (strstr(a.complaint[i].code, "-target"))
			return &a.complaint[i];
	return NULL;
}

static void test_xen_below_target(void **state)
{
	const struct ofl_complaint *c = xen_target(1256);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->code, "below-target");
	assert_int_equal(c->severity, OFL_SEV_INFO);
	assert_non_null(strstr(c->text, "256 pages (1M) short"));
}

static void test_xen_above_target(void **state)
{
	const struct ofl_complaint *c = xen_target(999);

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->code, "above-target");
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

/* what lies behind the damage may be his */
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

/* ---- Hyper-V ---- */

#define DM	UINT64_C(0xffffffffc0500000)
#define REGION	(HEAP + 0x6000)
#define GAP	(HEAP + 0x7000)

static void hyperv(uint32_t ballooned, uint64_t covered_end)
{
	static const struct owned_symbol s[] = { { "dm_device", DM } };
	static const struct owned_module m[] = { { "hv_balloon", s, 1 } };
	static const char *const member[] = {
		"hv_dynmem_device.state 0 4",
		"hv_dynmem_device.num_pages_ballooned 4 4",
		"hv_dynmem_device.num_pages_onlined 8 4",
		"hv_dynmem_device.num_pages_added 12 4",
		"hv_dynmem_device.ha_region_list 16 16",
		"hv_hotadd_state.list 0 16", "hv_hotadd_state.start_pfn 16 8",
		"hv_hotadd_state.covered_start_pfn 24 8",
		"hv_hotadd_state.covered_end_pfn 32 8",
		"hv_hotadd_state.ha_end_pfn 40 8",
		"hv_hotadd_state.end_pfn 48 8", "hv_hotadd_state.gap_list 56 16",
		"hv_hotadd_gap.list 0 16", "hv_hotadd_gap.start_pfn 16 8",
		"hv_hotadd_gap.end_pfn 24 8",
	};
	size_t i;

	owned_modules(&k, m, 1);
	kernel_line(&k, "struct hv_dynmem_device 64");
	kernel_line(&k, "enumerator DM_BALLOON_UP 4");
	for (i = 0; i < ARRAY_LEN(member); i++)
		kernel_line(&k, "member %s", member[i]);
	kernel_line(&k, "mem %" PRIx64 " %x00000000 40000000400 %" PRIx64, DM,
		    ballooned, REGION);
	/* pfns 3072 to 4096: backed up to @covered_end but for 3100 to 3110 */
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " 0 c00 c00 %" PRIx64
		    " 1000 1000 %" PRIx64, REGION, DM + 16, covered_end, GAP);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " 0 c1c c26", GAP,
		    REGION + 56);
}

static void offline_pages(uint64_t pfn, uint64_t nr)
{
	struct owned_page p = { .type = K_OFFLINE, .ref = 1 };

	while (nr--)
		owned_page(&k, pfn++, &p);
}

static void assert_detail(const struct ofl_account *a, const char *name,
			  const char *text)
{
	unsigned int i;

	for (i = 0; i < a->nr_details; i++)
		if (!strcmp(a->detail[i].name, name)) {
			assert_string_equal(a->detail[i].text, text);
			return;
		}
	fail_msg("no detail %s", name);
}

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
		ofl_account_complain(&a, OFL_SEV_INFO, "code", 0, 0, "%d", i);
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
	assert_string_equal(a.complaint[0].code, "counter-negative");
	assert_int_equal(a.nr_complaints, 12);
	assert_string_equal(a.complaint[11].code, "listed-extra-ref");
	assert_int_equal(a.complaint[11].pfn, 1025);
}

/* ---- virtio-mem ---- */

#define VM	(HEAP + 0x8000)		/* struct virtio_mem */
#define RES	(HEAP + 0x9000)		/* resources */
#define BITS	(HEAP + 0xa000)

static const char *const virtio_mem_types[] = {
	"struct blocking_notifier_head 40",
	"member blocking_notifier_head.head 32 8",
	"struct notifier_block 24",
	"member notifier_block.notifier_call 0 8",
	"member notifier_block.next 8 8",
	"struct virtio_mem 512",
	"member virtio_mem.addr 0 8", "member virtio_mem.region_size 8 8",
	"member virtio_mem.removing 16 1", "member virtio_mem.in_sbm 17 1",
	"member virtio_mem.plugged_size 24 8",
	"member virtio_mem.sbm.first_mb_id 32 8",
	"member virtio_mem.sbm.next_mb_id 40 8",
	"member virtio_mem.sbm.sb_size 48 8",
	"member virtio_mem.sbm.sbs_per_mb 56 4",
	"member virtio_mem.sbm.sb_states 64 8",
	"member virtio_mem.hotplug_mutex 72 32",
	"member virtio_mem.memory_notifier 128 24",
};

#define CHAIN (K_SYMBOL + 0x13000)	/* memory_chain */

/*
 * pfns 2048 to 4096: two blocks, sub-blocks of 512 pages; @lost is the type
 * that is not known
 */
static void virtio_mem_but(uint64_t bitmap, uint64_t bitmap_kva, size_t lost)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(virtio_mem_types); i++)
		if (i != lost)
			kernel_line(&k, "%s", virtio_mem_types[i]);
	kernel_line(&k, "symbol memory_chain %" PRIx64, CHAIN);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, CHAIN + 32, VM + 128);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " 0 0", VM + 128, TEXT);
	kernel_line(&k, "symbol_at %" PRIx64 " virtio_mem_memory_notifier_cb",
		    TEXT);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, O_IOMEM + 48, RES);
	kernel_line(&k, "mem %" PRIx64 " 800000 ffffff %" PRIx64 " 200 0 0 %"
		    PRIx64, RES, RES + 0x200, RES + 0x100);
	kernel_line(&k, "text %" PRIx64 " virtio9", RES + 0x200);
	kernel_line(&k, "mem %" PRIx64 " 800000 ffffff %" PRIx64
		    " 83000200 0 0 0", RES + 0x100, RES + 0x210);
	kernel_line(&k, "text %" PRIx64 " System RAM (virtio_mem)", RES + 0x210);
	kernel_line(&k, "mem %" PRIx64 " 800000 800000 100 400000 2 4 200000 2 %"
		    PRIx64 " 0", VM, bitmap_kva);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, BITS, bitmap);
}

static void virtio_mem(uint64_t bitmap, uint64_t bitmap_kva)
{
	virtio_mem_but(bitmap, bitmap_kva, SIZE_MAX);
}

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
	assert_string_equal(a.complaint[0].code, "above-request");
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
	assert_string_equal(a.complaint[0].code, "below-request");
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
static void test_virtio_mem_beyond_the_books(void **state)
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

/* ---- more devices than anybody has ---- */

#define MANY 70

/* a region of one page each, from pfn 2048 on, and of no device a struct */
static void many_regions(void)
{
	uint64_t at, pa;
	int i;

	kernel_line(&k, "text %" PRIx64 " System RAM (virtio_mem)", RES - 0x40);
	for (i = 0; i < MANY; i++) {
		at = RES + (uint64_t)i * 0x100;
		pa = (2048 + (uint64_t)i) * 4096;
		kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64
			    " 200 0 %" PRIx64 " %" PRIx64, at, pa, pa + 4095,
			    at + 0xc0, i + 1 < MANY ? at + 0x100 : 0, at + 0x80);
		kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64
			    " 83000200 0 0 0", at + 0x80, pa, pa + 4095,
			    RES - 0x40);
		kernel_line(&k, "text %" PRIx64 " virtio%d", at + 0xc0, i);
	}
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, O_IOMEM + 48, RES);
	offline_pages(2048, MANY);
}

static void one_callback(const char *name)
{
	kernel_line(&k, "symbol memory_chain %" PRIx64, CHAIN);
	kernel_line(&k, "member blocking_notifier_head.head 32 8");
	kernel_line(&k, "member notifier_block.notifier_call 0 8");
	kernel_line(&k, "member notifier_block.next 8 8");
	kernel_line(&k, "member notifier_block.priority 16 4");
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, CHAIN + 32, VM + 128);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " 0 0", VM + 128, TEXT);
	if (name)
		kernel_line(&k, "symbol_at %" PRIx64 " %s", TEXT, name);
}

/* kdump_mem_notifier() of s390x: up to the size of crashk_res */
static void test_callback_of_the_crash_kernel(void **state)
{
	(void)state;
	one_callback("kdump_mem_notifier");
	owned_load(&k, &o);
	assert_int_equal(o.chain.callback[0].veto, OFL_VETO_SOMETIMES);
	owned_free(&o);
	owned_open(&k);
	one_callback("kdump_mem_notifier");
	kernel_line(&k, "symbol crashk_res %" PRIx64, RES + 0x300);
	kernel_line(&k, "mem %" PRIx64 " 40000000 4fffffff", RES + 0x300);
	owned_load(&k, &o);
	assert_int_equal(o.chain.callback[0].veto, OFL_VETO_BELOW);
	assert_int_equal(o.chain.callback[0].below_pfn, 0x10000);
}

#define AREAS (RES + 0x400)

/* two areas of struct cma, 64 bytes each; the count is an int in four bytes */
static void cma_areas(const char *count)
{
	one_callback("s390_cma_mem_notifier");
	kernel_line(&k, "symbol cma_area_count %" PRIx64, AREAS);
	kernel_line(&k, "mem %" PRIx64 " %s", AREAS, count);
	kernel_line(&k, "symbol cma_areas %" PRIx64, AREAS + 64);
	kernel_line(&k, "struct cma 64");
	kernel_line(&k, "member cma.count 8 8");
	kernel_line(&k, "mem %" PRIx64 " 1000 200", AREAS + 64);
	kernel_line(&k, "mem %" PRIx64 " 8000 400", AREAS + 128);
}

/* s390_cma_mem_notifier(): cma_for_each_area() */
static void test_callback_of_cma(void **state)
{
	const struct ofl_callback *cb = &o.chain.callback[0];

	(void)state;
	cma_areas("2");
	owned_load(&k, &o);
	assert_int_equal(cb->veto, OFL_VETO_SOMETIMES);
	owned_free(&o);
	owned_open(&k);
	cma_areas("2");
	kernel_line(&k, "member cma.base_pfn 0 8");
	owned_load(&k, &o);
	assert_int_equal(cb->veto, OFL_VETO_AREAS);
	assert_int_equal(cb->nr_areas, 2);
	assert_int_equal(cb->area[0].start_pfn, 0x1000);
	/* the page behind an area is refused, too */
	assert_int_equal(cb->area[1].end_pfn, 0x8401);
	owned_free(&o);
	owned_open(&k);
	cma_areas("21");	/* 33, and all can be read */
	kernel_line(&k, "mem %" PRIx64 " 0*248", AREAS + 192);
	kernel_line(&k, "member cma.base_pfn 0 8");
	owned_load(&k, &o);
	assert_int_equal(cb->veto, OFL_VETO_SOMETIMES);
	owned_free(&o);
	owned_open(&k);
	cma_areas("0");
	owned_load(&k, &o);
	assert_int_equal(cb->veto, OFL_VETO_AREAS);
	assert_int_equal(cb->nr_areas, 0);
}

/* cma_intersects(): an area of two ranges, and one of none */
static void cma_ranges(const char *missing)
{
	cma_areas("2");
	kernel_line(&k, "member cma.ranges 16 192");
	kernel_line(&k, "member cma.nranges 8 4");
	kernel_line(&k, "struct cma_memrange 24");
	kernel_line(&k, "member cma_memrange.base_pfn 0 8");
	kernel_line(&k, "member cma_memrange.count 8 8");
	kernel_line(&k, "mem %" PRIx64 " 600 2 1000 200 0 8000 400 0",
		    AREAS + 64);
	kernel_line(&k, "mem %" PRIx64 " 0 0", AREAS + 128);
	kernel_line(&k, "struct cma 64");
	kernel_line(&k, "%s", missing);
	owned_load(&k, &o);
}

static void test_callback_of_cma_ranges(void **state)
{
	const struct ofl_callback *cb = &o.chain.callback[0];

	(void)state;
	cma_ranges("without struct cma_memrange");
	assert_int_equal(cb->veto, OFL_VETO_SOMETIMES);
	owned_free(&o);
	owned_open(&k);
	cma_ranges("");
	assert_int_equal(cb->veto, OFL_VETO_AREAS);
	assert_int_equal(cb->nr_areas, 2);
	/* the page before a range is refused, too */
	assert_int_equal(cb->area[0].start_pfn, 0xfff);
	assert_int_equal(cb->area[0].end_pfn, 0x1200);
	assert_int_equal(cb->area[1].start_pfn, 0x7fff);
	assert_int_equal(cb->area[1].end_pfn, 0x8400);
}

/* mm/slab.c and mm/slub.c have a callback of one name */
static void test_callback_of_slab(void **state)
{
	(void)state;
	one_callback("slab_memory_callback");
	owned_load(&k, &o);
	assert_int_equal(o.chain.callback[0].veto, OFL_VETO_NEVER);
	owned_free(&o);
	owned_open(&k);
	one_callback("slab_memory_callback");
	kernel_line(&k, "symbol slab_prepare_cpu %" PRIx64, TEXT + 64);
	owned_load(&k, &o);
	assert_int_equal(o.chain.callback[0].veto, OFL_VETO_LAST_OF_NODE);
}

static void test_many_virtio_mem_devices(void **state)
{
	int i;

	(void)state;
	many_regions();
	one_callback("virtio_mem_memory_notifier_cb");
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "virtio_mem", dev), MANY);
	for (i = 0; i < MANY; i++) {
		assert_owner(2048 + (uint64_t)i, "virtio_mem", OFL_EV_RANGE);
		assert_int_equal(owned_claim(&o, 2048 + (uint64_t)i).device, i);
	}
}

/* is the driver still there? a callback without name does not say so */
static void test_virtio_mem_maybe_gone(void **state)
{
	(void)state;
	many_regions();
	owned_load(&k, &o);
	assert_owner(2048, "unknown", OFL_EV_NONE);
	drop(state);
	set_up(state);
	many_regions();
	one_callback(NULL);
	owned_load(&k, &o);
	assert_owner(2048, "unknown", OFL_EV_NONE);
	drop(state);
	set_up(state);
	many_regions();
	one_callback("slab_memory_callback");
	owned_load(&k, &o);
	assert_owner(2048, "orphan", OFL_EV_NONE);
}

static void assert_found(size_t records, uint64_t pages)
{
	const struct ofl_scan_result r = { .total = { .scanned = 1 } };
	struct ofl_classified page = { .offline = true };
	struct ofl_records b;
	struct ofl_err err;
	uint64_t i, sum = 0;

	assert_int_equal(ofl_records_open(&b, &o.env, &o.owners, &err), OFL_OK);
	for (i = 0; i < pages; i++) {
		page.claim = owned_claim(&o, 2048 + i);
		ofl_records_add(&b, &page, 1);
	}
	assert_int_equal(ofl_records_close(&b, false, &r, &err), OFL_OK);
	assert_int_equal(b.nr, records);
	for (i = 0; i < b.nr; i++)
		sum += b.device[i].found.pages;
	assert_int_equal(sum, pages);
	ofl_records_free(&b);
}

/* each page points to a balloon of its own, which only that tells of */
static void test_many_balloons(void **state)
{
	uint64_t at, pfn;
	int i;

	(void)state;
	for (i = 0; i < MANY; i++) {
		at = HEAP + 0x20000 + (uint64_t)i * 0x40;
		pfn = 2048 + (uint64_t)i;
		owned_list(&k, at + 8, &pfn, 1, at, 2);
		kernel_line(&k, "mem %" PRIx64 " 0", at);
		kernel_line(&k, "mem %" PRIx64 " %" PRIx64, at + 24, TEXT);
	}
	owned_load(&k, &o);
	for (i = 0; i < MANY; i++) {
		assert_owner(2048 + (uint64_t)i, "balloon", OFL_EV_LIST);
		assert_int_equal(owned_claim(&o, 2048 + (uint64_t)i).device, i);
	}
	assert_found(MANY, MANY);
	/* the next command finds them again, in the order of its pages */
	ofl_owners_forget(&o.owners);
	assert_int_equal(owned_claim(&o, 2048 + MANY - 1).device, 0);
	assert_int_equal(owned_claim(&o, 2048).device, 1);
}

/* ---- memtrace, the VMSA page ---- */

#define TRACES	(HEAP + 0xc000)
#define TRACE_VARIABLES	(K_SYMBOL + 0x15000)

/* pfns 100 to 103; the entry before it was given back */
static void memtrace(uint64_t nr, bool readable)
{
	kernel_line(&k, "struct memtrace_entry 32");
	kernel_line(&k, "member memtrace_entry.start 8 8");
	kernel_line(&k, "member memtrace_entry.size 16 8");
	kernel_line(&k, "symbol memtrace_array %" PRIx64, TRACE_VARIABLES);
	kernel_line(&k, "symbol memtrace_array_nr %" PRIx64, TRACE_VARIABLES + 8);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, TRACE_VARIABLES,
		    TRACES, nr);
	if (readable)
		kernel_line(&k, "mem %" PRIx64 " 0 %" PRIx64 " %" PRIx64
			    " 0 0 64000 4000 0", TRACES, UINT64_MAX, UINT64_MAX);
	offline_pages(100, 4);
	owned_load(&k, &o);
}

static void test_memtrace(void **state)
{
	(void)state;
	memtrace(2, true);
	assert_int_equal(owned_devices(&o, "memtrace", dev), 1);
	assert_owner(100, "memtrace", OFL_EV_RANGE);
	assert_owner(103, "memtrace", OFL_EV_RANGE);
	assert_owner(104, OFL_ORPHAN, OFL_EV_NONE);
	assert_int_equal(owned_account(&o, "memtrace", 0).expected, 4);
}

/* what cannot be read may have been his: nobody's pages are not orphans */
static void test_many_memtraces(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 0; i < MANY; i++)
		kernel_line(&k, "mem %" PRIx64 " 0 %" PRIx64 " 1000 0",
			    TRACES + i * 32, (100 + i) * 4096);
	memtrace(MANY, false);
	assert_int_equal(owned_devices(&o, "memtrace", dev), MANY);
	assert_int_equal(owned_claim(&o, 103).device, 3);
}

/* one of its two symbols is missing: its pages are not orphans */
static void test_memtrace_half_known(void **state)
{
	(void)state;
	kernel_line(&k, "symbol memtrace_array %" PRIx64, TRACE_VARIABLES);
	offline_pages(100, 4);
	owned_load(&k, &o);
	assert_owner(100, OFL_NOT_KNOWN, OFL_EV_NONE);
}

static void test_memtrace_unreadable(void **state)
{
	(void)state;
	memtrace(2, false);
	assert_owner(100, OFL_NOT_KNOWN, OFL_EV_NONE);
}

static void test_memtrace_absurd(void **state)
{
	(void)state;
	memtrace(0xffffffff, true);
	assert_owner(100, OFL_NOT_KNOWN, OFL_EV_NONE);
}

static void test_vmsa(void **state)
{
	(void)state;
	kernel_line(&k, "symbol sev_vmsa 100");
	kernel_line(&k, "symbol __per_cpu_offset %" PRIx64, TRACE_VARIABLES);
	kernel_line(&k, "symbol nr_cpu_ids %" PRIx64, TRACE_VARIABLES + 64);
	kernel_line(&k, "mem %" PRIx64 " 2", TRACE_VARIABLES + 64);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, TRACE_VARIABLES,
		    TRACES, TRACES + 0x100);
	kernel_line(&k, "mem %" PRIx64 " 0", TRACES + 0x100);
	kernel_line(&k, "mem %" PRIx64 " ffff888000064000", TRACES + 0x200);
	owned_load(&k, &o);
	assert_int_equal(owned_devices(&o, "snp_vmsa", dev), 1);
	assert_owner(100, "snp_vmsa", OFL_EV_POINTER);
	assert_owner(101, OFL_ORPHAN, OFL_EV_NONE);
}

/* where the pages of CPUs are is not known: none without owner is an orphan */
static void test_vmsa_without_cpus(void **state)
{
	(void)state;
	kernel_line(&k, "symbol sev_vmsa 100");
	offline_pages(100, 1);
	owned_load(&k, &o);
	assert_owner(100, OFL_NOT_KNOWN, OFL_EV_NONE);
	assert_non_null(strstr(owned_claim(&o, 100).blind, "snp_vmsa"));
}

/* a module has lost its name: it may be a driver that has pages here */
static void test_module_without_name(void **state)
{
	(void)state;
	owned_modules(&k, cmm_module, 1);
	kernel_line(&k, "excluded %" PRIx64 " 1", O_MODULE + 24);
	offline_pages(100, 1);
	owned_load(&k, &o);
	assert_owner(100, OFL_NOT_KNOWN, OFL_EV_NONE);
}

static void test_xen_half_known(void **state)
{
	(void)state;
	kernel_line(&k, "symbol balloon_stats %" PRIx64, TRACE_VARIABLES);
	offline_pages(100, 1);
	owned_load(&k, &o);
	assert_owner(100, OFL_NOT_KNOWN, OFL_EV_NONE);
}

/* a balloon may have taken a page from what the device has plugged */
static void test_balloon_in_plugged_memory(void **state)
{
	(void)state;
	virtio_mem(0xf, BITS);
	balloon(HEAP + 0xb000, 0, TEXT);
	owned_load(&k, &o);
	assert_owner(2100, "balloon", OFL_EV_LIST);
}

static void test_two_owners(void **state)
{
	struct ofl_claim c;

	(void)state;
	virtio_mem(0x8, BITS);
	xen(4, 1000, false);
	owned_load(&k, &o);
	c = owned_claim(&o, 2100);
	assert_string_equal(c.owner->name, "virtio_mem");
	assert_non_null(c.rival);
	assert_string_equal(c.rival->name, "xen_balloon");
	c = owned_claim(&o, 3);
	assert_null(c.rival);
}

/* ---- a host that does not know how large a member is ---- */

/* every member of a driver's structs written so far has no size */
static void forget_sizes(const char *of)
{
	char *line, *end;

	fflush(k.f);
	for (line = k.text; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			break;
		if (strncmp(line, "member ", 7) ||
		    strncmp(line + 7, of, strlen(of)))
			continue;
		while (end[-1] != ' ')
			*--end = '0';
		end = strchr(line, '\n');
	}
}

/* a driver, its structs, and what it is known to have */
static const struct unsized {
	const char *driver, *of;
	uint64_t expected;
} unsized[] = {
	{ "virtio_balloon", "virtio_balloon.", 4 },
	{ "vmw_balloon", "vmballoon.", 516 },
	{ "hv_balloon", "hv_", 2 + 10 + 96 },
	{ "virtio_mem", "virtio_mem.", 1024 },
};

static void write_driver(size_t i)
{
	switch (i) {
	case 0:
		virtio_balloon(4, 0);
		break;
	case 1:
		vmware(516);
		break;
	case 2:
		hyperv(2, 4000);
		break;
	default:
		virtio_mem(0x6, BITS);
	}
}

static void test_members_without_sizes(void **state)
{
	struct ofl_account with, without;
	size_t i;

	for (i = 0; i < ARRAY_LEN(unsized); i++) {
		write_driver(i);
		owned_load(&k, &o);
		with = owned_account(&o, unsized[i].driver, 0);
		drop(state);
		set_up(state);
		write_driver(i);
		forget_sizes(unsized[i].of);
		owned_load(&k, &o);
		without = owned_account(&o, unsized[i].driver, 0);
		assert_true(without.known);
		assert_int_equal(without.expected, unsized[i].expected);
		assert_memory_equal(&without, &with, sizeof(with));
		drop(state);
		set_up(state);
	}
	owned_load(&k, &o);
}

/* ---- that the dump lacks a word says nothing of the driver ---- */

/* words of its records that lie one after the other */
static const struct words {
	size_t driver;		/* as in unsized[] */
	uint64_t kva;
	unsigned int words;
} records[] = {
	{ 0, VB, 9 }, { 1, VMW, 10 },
	{ 2, DM, 4 }, { 2, REGION, 9 }, { 2, GAP, 4 },
	{ 3, VM, 20 }, { 3, BITS, 1 },
};

static void assert_no_error(const char *driver, uint64_t lost_kva)
{
	struct ofl_account a;
	unsigned int i;

	if (!owned_devices(&o, driver, dev))
		return;
	a = owned_account(&o, driver, 0);
	for (i = 0; i < a.nr_complaints; i++)
		if (a.complaint[i].severity != OFL_SEV_INFO)
			fail_msg("%s without %" PRIx64 ": %s", driver, lost_kva,
				 a.complaint[i].text);
}

static void test_unreadable_is_not_broken(void **state)
{
	unsigned int word;
	uint64_t lost_kva;
	size_t i;

	for (i = 0; i < ARRAY_LEN(records); i++)
		for (word = 0; word < records[i].words; word++) {
			lost_kva = records[i].kva + 8 * (uint64_t)word;
			write_driver(records[i].driver);
			kernel_line(&k, "unreadable %" PRIx64 " 8", lost_kva);
			owned_load(&k, &o);
			assert_no_error(unsized[records[i].driver].driver,
					lost_kva);
			drop(state);
			set_up(state);
		}
	owned_load(&k, &o);
}

/* what can be read, and is none, is broken */
static void test_balloon_that_is_none(void **state)
{
	struct ofl_account a;

	(void)state;
	virtio_balloon(4, 0);
	kernel_line(&k, "mem %" PRIx64 " 0", VB + 16 + 8);
	owned_load(&k, &o);
	a = owned_account(&o, "virtio_balloon", 0);
	assert_true(owned_complaint(&a, "records-broken"));
	assert_false(owned_complaint(&a, "records-unreadable"));
}

/* ---- hotplug ---- */

static void test_going_online(void **state)
{
	(void)state;
	kernel_block(&k, 1, 7);
	offline_pages(1030, 1);
	offline_pages(2050, 1);
	owned_load(&k, &o);
	assert_owner(1030, "hotplug", OFL_EV_RANGE);
	assert_owner(2050, "orphan", OFL_EV_NONE);
}

/* ---- who cannot be asked ---- */

static void assert_blind(const char *why)
{
	struct ofl_claim c;

	offline_pages(100, 1);
	owned_load(&k, &o);
	c = owned_claim(&o, 100);
	assert_string_equal(ofl_owner_name(&c), "unknown");
	assert_non_null(strstr(c.blind, why));
}

static void test_no_iomem(void **state)
{
	(void)state;
	kernel_line(&k, "without symbol iomem_resource");
	assert_blind("iomem");
}

static void test_no_list_of_modules(void **state)
{
	(void)state;
	kernel_line(&k, "mem %" PRIx64 " 0", O_MODULES);
	assert_blind("modules");
}

static void test_vmware_without_layout(void **state)
{
	(void)state;
	vmware(516);
	kernel_line(&k, "without struct vmballoon");
	assert_blind("mod -s vmw_balloon");
}

static void test_hyperv_without_layout(void **state)
{
	(void)state;
	hyperv(2, 4000);
	kernel_line(&k, "without struct hv_dynmem_device");
	assert_blind("mod -s hv_balloon");
}

static void test_hyperv_file_without_layout(void **state)
{
	(void)state;
	hyperv(2, 4000);
	kernel_line(&k, "typed hv_balloon -");
	kernel_line(&k, "without struct hv_dynmem_device");
	assert_blind("the file that mod -s loaded has no debuginfo");
}

static void test_no_balloon_core(void **state)
{
	(void)state;
	kernel_line(&k, "symbol balloon_page_alloc %" PRIx64, TEXT);
	kernel_line(&k, "without member balloon_dev_info.pages");
	assert_blind("balloon_dev_info");
}

/* ---- the table ---- */

static void test_names(void **state)
{
	const struct ofl_owner_ops *ops;
	struct ofl_err err;

	(void)state;
	owned_load(&k, &o);
	assert_true(ofl_owner_find("virtio_mem", &ops));
	assert_ptr_equal(ops, &ofl_owner_virtio_mem);
	assert_true(ofl_owner_find("orphan", &ops));
	assert_null(ops);
	assert_false(ofl_owner_find("orphans", &ops));
	assert_int_equal(ofl_owner_check("xen_balloon", &err), OFL_OK);
	assert_int_equal(ofl_owner_check("xen", &err), OFL_ERR_ARG);
	assert_non_null(strstr(err.text, "xen_balloon, "));
	assert_non_null(strstr(err.text, "hotplug, orphan"));
}

/* every allocation of a probe fails once; nothing leaks, nothing crashes */
static void test_probe_without_memory(void **state)
{
	struct ofl_owners owners;
	enum ofl_status st;
	struct ofl_err err;
	unsigned long nth, n;

	(void)state;
	vmware(516);
	virtio_mem(0x6, BITS);
	owned_load(&k, &o);
	alloc_fail_from_now(0);
	assert_int_equal(ofl_owners_probe(&o.env, &owners, &err), OFL_OK);
	n = alloc_stop();
	ofl_owners_free(&owners);
	for (nth = 1; nth <= n; nth++) {
		alloc_fail_from_now(nth);
		st = ofl_owners_probe(&o.env, &owners, &err);
		alloc_stop();
		ofl_owners_free(&owners);
		if (st)
			assert_non_null(strstr(err.text, ": no memory for "));
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

static const struct CMUnitTest tests[] = {
	CASE(test_virtio_balloon),
	CASE(test_balloon_features),
	CASE(test_balloon_holds_hints),
	CASE(test_hinted_blocks_are_held), CASE(test_hinted_list_breaks),
	CASE(test_hinted_is_no_page), CASE(test_no_list_of_hints),
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
	CASE(test_nobody_has_a_name),
	CASE(test_isolated_page), CASE(test_two_balloons),
	CASE(test_negative_counter),
	CASE(test_list_into_user_space),
	CASE(test_not_a_balloon_device),
	CASE(test_bus_that_loops),
	CASE(test_without_types),
	CASE(test_without_types_in_the_file),
	CASE(test_without_types_and_modules),
	CASE(test_private_leads_astray),
	CASE(test_vmware), CASE(test_vmware_units),
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
	CASE(test_hyperv),
	CASE(test_hyperv_blocks_lost),
	CASE(test_hyperv_at_work),
	CASE(test_hyperv_region_overflows),
	CASE(test_hyperv_regions_loop),
	CASE(test_hyperv_regions_overlap),
	CASE(test_hyperv_regions_apart),
	CASE(test_hyperv_region_in_vain),
	CASE(test_account_is_full),
	CASE(test_account_has_room),
	CASE(test_everything_is_wrong),
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
	CASE(test_callback_of_a_module),
	CASE(test_callback_of_the_crash_kernel),
		CASE(test_callback_of_cma), CASE(test_callback_of_cma_ranges),
	CASE(test_callback_of_slab),
	CASE(test_virtio_mem_that_is_removed),
	CASE(test_virtio_mem_that_may_be_removed),
	CASE(test_balloon_in_region),
	CASE(test_balloon_in_region_less_known),
	CASE(test_memtrace),
	CASE(test_memtrace_unreadable),
	CASE(test_memtrace_absurd),
	CASE(test_vmsa),
	CASE(test_vmsa_without_cpus),
	CASE(test_module_without_name),
	CASE(test_xen_half_known),
	CASE(test_memtrace_half_known),
	CASE(test_many_memtraces),
	CASE(test_many_virtio_mem_devices),
	CASE(test_virtio_mem_maybe_gone),
	CASE(test_many_balloons),
	CASE(test_virtio_mem_beyond_the_books),
	CASE(test_virtio_mem_states),
	CASE(test_virtio_mem_block_says_other),
	CASE(test_virtio_mem_full_but_given_back),
	CASE(test_virtio_mem_unused_but_there),
	CASE(test_virtio_mem_histogram),
	CASE(test_virtio_mem_offline_size),
	CASE(test_virtio_mem_offline_size_differs),
	CASE(test_virtio_mem_offline_size_of_others),
	CASE(test_virtio_mem_states_without_names),
	CASE(test_balloon_in_plugged_memory),
	CASE(test_page_of_another_in_region),
	CASE(test_two_owners),
	CASE(test_members_without_sizes),
	CASE(test_unreadable_is_not_broken),
	CASE(test_balloon_that_is_none),
	CASE(test_going_online),
	CASE(test_no_iomem),
	CASE(test_no_list_of_modules),
	CASE(test_vmware_without_layout),
	CASE(test_hyperv_without_layout),
	CASE(test_hyperv_file_without_layout),
	CASE(test_no_balloon_core),
	CASE(test_names),
	CASE(test_probe_without_memory),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
