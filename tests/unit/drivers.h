/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drivers.h - what tests of drivers have in common: each driver in a made-up kernel
 *
 * Depends on owned.h. Between set_up() and owned_load() a test writes the records
 * of the drivers that it wants; then it asks. A test file includes this once.
 */
#ifndef DRIVERS_H
#define DRIVERS_H

#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "owned.h"

#define HEAP	UINT64_C(0xffff888007000000)
#define TEXT	UINT64_C(0xffffffffc0300000)

static struct kernel k;
static struct owned o;

static inline int set_up(void **state)
{
	(void)state;
	owned_open(&k);
	return 0;
}

static inline int drop(void **state)
{
	(void)state;
	owned_free(&o);
	return 0;
}

static const uint64_t pfns[] = { 700, 3, 2100, 701 };

static inline void assert_owner(uint64_t pfn, const char *name,
				enum ofl_evidence evidence)
{
	struct ofl_claim c = owned_claim(&o, pfn);

	assert_string_equal(ofl_owner_name(&c), name);
	assert_int_equal(c.evidence, evidence);
}

/* a balloon_dev_info and its list */
static inline void balloon(uint64_t at, uint64_t isolated, uint64_t migrate)
{
	owned_list(&k, at + 8, pfns, ARRAY_LEN(pfns), migrate ? at : 0, 2);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, at, isolated);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, at + 24, migrate);
}

static inline void offline_pages(uint64_t pfn, uint64_t nr)
{
	struct owned_page p = { .type = K_OFFLINE, .ref = 1 };

	while (nr--)
		owned_page(&k, pfn++, &p);
}

/* ---- virtio-balloon ---- */

#define VB	(HEAP + 0x1000)		/* struct virtio_balloon */
#define VDEV	(HEAP + 0x2000)		/* struct virtio_device */
#define BUSES	(HEAP + 0x3000)		/* the kset of all buses */
#define BUS	(HEAP + 0x4000)		/* struct subsys_private */
#define DEVPRIV	(HEAP + 0x5000)

static inline void virtio_types(void)
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
static inline void virtio_bus(uint32_t id)
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

static inline void virtio_balloon(uint64_t num_pages, uint64_t isolated)
{
	virtio_types();
	virtio_bus(5);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64 " %" PRIx64, VB, VDEV,
		    num_pages);
	kernel_line(&k, "mem %" PRIx64 " 0", VB + 64);
	balloon(VB + 16, isolated, TEXT);
}

/* ---- VMware ---- */

#define VMW UINT64_C(0xffffffffc0400000)

static inline void vmware_units(uint64_t size, const uint64_t *heads, size_t nr)
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

static inline void vmware(uint64_t size)
{
	static const uint64_t heads[] = { 1024 };

	vmware_units(size, heads, 1);
}

/* ---- CMM ---- */

static const struct owned_symbol cmm_functions[] = {
	{ "cmm_migratepage", TEXT },
};
static const struct owned_module cmm_module[] = {
	{ "cmm", cmm_functions, 1 },
};

/* ---- Xen ---- */

#define XEN (K_SYMBOL + 0x12000)

static inline void xen(uint64_t low, uint64_t current, bool empty)
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

/* ---- Hyper-V ---- */

#define DM	UINT64_C(0xffffffffc0500000)
#define REGION	(HEAP + 0x6000)
#define GAP	(HEAP + 0x7000)

static inline void hyperv(uint32_t ballooned, uint64_t covered_end)
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
	kernel_line(&k, "enumerator DM_BALLOON_DOWN 5");
	kernel_line(&k, "enumerator DM_HOT_ADD 6");
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

/* ---- virtio-mem ---- */

#define VM	(HEAP + 0x8000)		/* struct virtio_mem */
#define RES	(HEAP + 0x9000)		/* resources */
#define BITS	(HEAP + 0xa000)
#define CHAIN (K_SYMBOL + 0x13000)	/* memory_chain */

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
	"member virtio_mem.hotplug_active 104 1",
	"member virtio_mem.wq_active 108 4",
	"member virtio_mem.memory_notifier 128 24",
};

/*
 * pfns 2048 to 4096: two blocks, sub-blocks of 512 pages; @lost is the type
 * that is not known
 */
static inline void virtio_mem_but(uint64_t bitmap, uint64_t bitmap_kva, size_t lost)
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
		    PRIx64 " 0*5", VM, bitmap_kva);
	kernel_line(&k, "mem %" PRIx64 " %" PRIx64, BITS, bitmap);
}

static inline void virtio_mem(uint64_t bitmap, uint64_t bitmap_kva)
{
	virtio_mem_but(bitmap, bitmap_kva, SIZE_MAX);
}

/* ---- what comes of it ---- */

static inline const char *detail(const struct ofl_account *a, const char *name)
{
	unsigned int i;

	for (i = 0; i < a->nr_details; i++)
		if (!strcmp(a->detail[i].name, name))
			return a->detail[i].text;
	return NULL;
}

/* a page of no device: may a balloon at work have it? */
static inline bool in_flight(uint64_t private)
{
	const struct ofl_owner_page page = { .pfn = 40, .private = private };
	struct ofl_claim claim;

	ofl_owners_claim(&o.owners, &page, &claim);
	assert_null(claim.owner);
	assert_int_equal(claim.in_flight, claim.blind != NULL);
	return claim.in_flight;
}

static inline void assert_detail(const struct ofl_account *a, const char *name,
				 const char *text)
{
	const char *is = detail(a, name);

	assert_non_null(is);
	assert_string_equal(is, text);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, drop)

#endif
