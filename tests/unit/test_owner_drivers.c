// SPDX-License-Identifier: GPL-2.0-or-later
/* test_owner_drivers.c - several drivers at once, and what none can say */
#include "drivers.h"

#include "alloc.h"
#include "judge/records.h"
#include "commands/offowner.h"

static struct ofl_device dev[1];

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
	owned_free(&o);
	owned_open(&k);
	one_callback("slab_memory_callback");
	kernel_line(&k, "member kmem_cache.cpu_cache 0 8");
	owned_load(&k, &o);
	assert_int_equal(o.chain.callback[0].veto, OFL_VETO_LAST_OF_NODE);
}

/* it is not there, or is not known while what adds to it is */
static void test_node_chain(void **state)
{
	struct ofl_chain chain;

	(void)state;
	owned_load(&k, &o);
	ofl_node_chain_load(&o.tt.target, &o.l, &chain);
	assert_true(chain.known);
	owned_free(&o);
	owned_open(&k);
	kernel_line(&k, "symbol register_node_notifier %" PRIx64, TEXT + 128);
	owned_load(&k, &o);
	ofl_node_chain_load(&o.tt.target, &o.l, &chain);
	assert_false(chain.known);
	assert_int_equal(chain.nr, 0);
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

/* memtrace_free_regions() leaves -1, so zeros are a page that is not in the dump */
static void test_memtrace_of_zeros(void **state)
{
	(void)state;
	kernel_line(&k, "mem %" PRIx64 " 0 0 0 0 0 64000 4000 0", TRACES);
	memtrace(2, false);
	assert_owner(103, "memtrace", OFL_EV_RANGE);
	assert_owner(104, OFL_NOT_KNOWN, OFL_EV_NONE);
}

/* what cannot be read may have been its page: pages of no known owner are not orphans */
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
	struct ofl_owner_choice c;
	struct ofl_err err;

	(void)state;
	owned_load(&k, &o);
	assert_true(ofl_owner_find("virtio_mem", &c));
	assert_ptr_equal(c.owner, &ofl_owner_virtio_mem);
	assert_true(ofl_owner_find("orphan", &c));
	assert_true(!c.owner && !c.unknown);
	assert_true(ofl_owner_find("Unknown", &c));
	assert_true(!c.owner && c.unknown);
	assert_false(ofl_owner_find("orphans", &c));
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

static const struct CMUnitTest tests[] = {
	CASE(test_callback_of_the_crash_kernel),
	CASE(test_callback_of_cma),
	CASE(test_callback_of_cma_ranges),
	CASE(test_callback_of_slab),
	CASE(test_node_chain),
	CASE(test_memtrace),
	CASE(test_memtrace_of_zeros),
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
	CASE(test_balloon_in_plugged_memory),
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
