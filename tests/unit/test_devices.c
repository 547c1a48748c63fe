// SPDX-License-Identifier: GPL-2.0-or-later
/* test_devices.c - which device a block belongs to: right names, or none */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "devices/devices.h"
#include "kernel.h"
#include "kernel/iomem.h"
#include "kernel/section.h"
#include "layout/load.h"

#define H	UINT64_C(0xffff888010000000)
#define BLOCK	UINT64_C(0x400000)	/* bytes of a memory block */
#define RES	(H + 0x1000)		/* resources, 0x40 each */
#define KSET	(H + 0x2000)
#define BUS	(H + 0x2100)
#define DEVPRIV	(H + 0x2200)
#define ACPI	(H + 0x2400)
#define MEMDEV	(H + 0x2500)
#define INFO	(H + 0x2600)
#define INFO2	(H + 0x2680)
#define GROUP	(H + 0x3000)
#define GROUPS	(H + 0x3100)
#define DRMEM	(H + 0x4000)
#define LMBS	(H + 0x4100)
#define TEXTS	(H + 0x9000)

#define SYSRAM	(OFL_IORES_MEM | OFL_IORES_SYSRAM | OFL_IORES_BUSY)

static const char facts[] =
	"member page.private 40 8\nmember page.lru 8 16\n"
	"member page.mapping 24 8\nenumerator ZONE_MOVABLE 2\n"
	"enumerator PGTY_buddy 240\n"
	"member resource.start 0 8\nmember resource.end 8 8\n"
	"member resource.name 16 8\nmember resource.flags 24 8\n"
	"member resource.sibling 32 8\nmember resource.child 40 8\n"
	"member kset.list 0 16\nmember kset.kobj 16 64\n"
	"member kobject.name 0 8\nmember kobject.entry 8 16\n"
	"member subsys_private.klist_devices 96 16\n"
	"member klist.k_list 0 16\nmember klist_node.n_node 0 16\n"
	"member device_private.knode_bus 0 16\n"
	"member device_private.device 16 8\nmember device.kobj 0 64\n"
	"member acpi_device.dev 64 128\nmember acpi_device.driver_data 0 8\n";

static const char acpi_facts[] =
	"member acpi_memory_device.device 0 8\n"
	"member acpi_memory_device.res_list 8 16\n"
	"member acpi_memory_info.list 0 16\n"
	"member acpi_memory_info.start_addr 16 8\n"
	"member acpi_memory_info.length 24 8\n";

static const char group_facts[] =
	"member memory_block.group 128 8\n"
	"member memory_group.is_dynamic 8 1\n"
	"member memory_group.d.unit_pages 16 8\n";

static const char lmb_facts[] =
	"struct drmem_lmb 24\nmember drmem_lmb.base_addr 0 8\n"
	"member drmem_lmb.drc_index 8 4\nmember drmem_lmb.flags 16 4\n"
	"member drmem_lmb_info.lmbs 0 8\nmember drmem_lmb_info.n_lmbs 8 4\n"
	"member drmem_lmb_info.lmb_size 16 8\n";

static struct kernel k;
static struct texttarget tt;
static struct ofl_layout layout;
static struct ofl_nodes nodes;
static struct ofl_blocks blocks;
static struct ofl_env env;
static struct ofl_types_base types;
static struct ofl_owners owners;
static struct ofl_chain chain;
static struct ofl_memdevs devs;
static unsigned int texts;

#define LINE(...) kernel_line(&k, __VA_ARGS__)
#define MEM(kva, fmt, ...) kernel_line(&k, "mem %" PRIx64 " " fmt, kva, __VA_ARGS__)

static uint64_t text(const char *what)
{
	uint64_t at = TEXTS + texts++ * UINT64_C(0x100);

	LINE("text %" PRIx64 " %s", at, what);
	return at;
}

/* resource @nr with its next and first child, 0: none; of whole blocks */
static void resource(unsigned int nr, uint64_t first, uint64_t count,
		     const char *name, unsigned int sibling, unsigned int child)
{
	MEM(RES + nr * 0x40, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64
	    " %" PRIx64 " %" PRIx64, first * BLOCK,
	    (first + count) * BLOCK - 1, text(name), (uint64_t)SYSRAM,
	    sibling ? RES + sibling * 0x40 : 0, child ? RES + child * 0x40 : 0);
}

/* a bus without devices */
static void acpi_bus(void)
{
	LINE("%s", acpi_facts);
	LINE("symbol bus_kset %" PRIx64, KSET);
	MEM(KSET, "%" PRIx64, KSET + 8);
	MEM(KSET + 8, "%" PRIx64 " 0", BUS + 16 + 8);
	MEM(BUS, "0 0 %" PRIx64 " %" PRIx64 " %" PRIx64, text("acpi"),
	    KSET + 8, KSET + 8);
	MEM(BUS + 96, "%" PRIx64 " %" PRIx64, BUS + 96, BUS + 96);
}

/* one device PNP0C80:00 on the bus, of one range: block 1 */
static void acpi(void)
{
	acpi_bus();
	MEM(BUS + 96, "%" PRIx64 " %" PRIx64, DEVPRIV, DEVPRIV);
	MEM(DEVPRIV, "%" PRIx64 " %" PRIx64 " %" PRIx64, BUS + 96, BUS + 96,
	    ACPI + 64);
	MEM(ACPI, "%" PRIx64, MEMDEV);
	MEM(ACPI + 64, "%" PRIx64, text("PNP0C80:00"));
	MEM(MEMDEV, "%" PRIx64 " %" PRIx64 " %" PRIx64, ACPI, INFO, INFO);
	MEM(INFO, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64, MEMDEV + 8,
	    MEMDEV + 8, BLOCK, BLOCK);
}

/* group 1 has blocks 1 and 2 */
static void groups(void)
{
	LINE("%s", group_facts);
	LINE("symbol memory_groups %" PRIx64, GROUPS);
	MEM(GROUPS, "0 %" PRIx64, GROUPS + 0x40 + 2);
	MEM(GROUPS + 0x40, "0*%d", 80);
	MEM(GROUPS + 0x40 + 40 + 8, "%" PRIx64, GROUP);
	MEM(GROUP, "0 1 %x", 0x400);
	MEM(K_BLOCK + 0x100 + 128, "%" PRIx64, GROUP);
	MEM(K_BLOCK + 0x200 + 128, "%" PRIx64, GROUP);
}

/* two LMBs of a block each, from block 2 on; the second is not assigned */
static void lmbs(void)
{
	LINE("%s", lmb_facts);
	LINE("symbol drmem_info %" PRIx64, DRMEM);
	MEM(DRMEM, "%" PRIx64, DRMEM + 8);
	MEM(DRMEM + 8, "%" PRIx64 " 2 %" PRIx64, LMBS, BLOCK);
	MEM(LMBS, "%" PRIx64 " 80000002 8 %" PRIx64 " 80000003 0", 2 * BLOCK,
	    3 * BLOCK);
}

static int begin(void **state)
{
	unsigned int i;

	(void)state;
	texts = 0;
	kernel_init(&k);
	kernel_open(&k);
	kernel_small(&k);
	LINE("%s", facts);
	MEM(TEXTS, "0*%d", 0x400);
	for (i = 0; i < 4; i++) {
		kernel_block(&k, i, 1);
		MEM(K_BLOCK + i * 0x100 + 128, "%d", 0);
	}
	LINE("symbol iomem_resource %" PRIx64, RES);
	resource(0, 0, 0x1000, "PCI mem", 0, 1);
	resource(1, 0, 4, "System RAM", 0, 0);
	kernel_section(&k, 0, K_LIVE | K_EARLY, ~0ull);
	return 0;
}

static void load(void)
{
	struct ofl_err err = { .status = OFL_OK };

	kernel_load(&k, &tt);
	if (ofl_layout_load(&tt.target, &layout, &err) ||
	    ofl_layout_load_late(&tt.target, &layout, &err) ||
	    ofl_nodes_load(&tt.target, &layout, &nodes, &err) ||
	    ofl_section_find_vmemmap(&tt.target, &layout, &err) ||
	    ofl_blocks_load(&tt.target, &layout, &blocks, &err))
		fail_msg("%s", err.text);
	assert_int_equal(blocks.nr, 4);
	env = (struct ofl_env){ .t = &tt.target, .l = &layout, .n = &nodes,
				.blocks = &blocks, .chain = &chain,
				.owners = &owners, .types = &types };
	ofl_chain_load(&tt.target, &layout, &chain);
	if (ofl_owners_probe(&env, &owners, &err))
		fail_msg("%s", err.text);
	if (ofl_memdevs_load(&env, &devs, &err))
		fail_msg("%s", err.text);
}

static int end(void **state)
{
	(void)state;
	ofl_memdevs_free(&devs);
	ofl_owners_free(&owners);
	ofl_types_base_close(&types);
	ofl_blocks_free(&blocks);
	ofl_nodes_free(&nodes);
	texttarget_free(&tt);
	return 0;
}

static const char *device(uint64_t nr)
{
	const struct ofl_memdev *dev =
		ofl_memdevs_of_block(&devs, &blocks.block[nr]);

	return dev ? dev->name : "-";
}

#define DEVICES(a, b, c, d) do {					\
	assert_string_equal(device(0), a);				\
	assert_string_equal(device(1), b);				\
	assert_string_equal(device(2), c);				\
	assert_string_equal(device(3), d);				\
} while (0)

/* memory of the boot says so itself, other memory is nobody's that is known */
static void test_none(void **state)
{
	(void)state;
	acpi_bus();
	load();
	DEVICES("boot", "-", "-", "-");
	assert_int_equal(devs.nr, 0);
	assert_null(devs.missing);
	assert_non_null(devs.boot.never);
}

/* what is lost of a kind that the kernel has: what it has is not known */
static void lost(const char *kind)
{
	load();
	assert_string_equal(devs.missing, kind);
	assert_null(devs.boot.never);
}

static void test_boot_before_the_bit(void **state)
{
	(void)state;
	LINE("without member mem_section.usage");
	LINE("member mem_section.pageblock_flags 8 8");
	load();
	assert_null(devs.missing);
	DEVICES("-", "-", "-", "-");
}

/* neither member: a kernel with one of them, and a vmlinux without */
static void test_boot_not_known(void **state)
{
	(void)state;
	LINE("without member mem_section.usage");
	lost("boot");
	DEVICES("-", "-", "-", "-");
}

/* a DIMM or an LMB may have it, and nothing tells */
static void test_boot_of_a_device(void **state)
{
	(void)state;
	load();
	DEVICES("boot", "-", "-", "-");
	assert_null(devs.missing);
	assert_null(devs.boot.never);
}

static void test_acpi_short_of_facts(void **state)
{
	(void)state;
	acpi();
	LINE("without member acpi_memory_device.device");
	lost("acpi");
	DEVICES("boot", "-", "-", "-");
}

static void test_acpi_without_buses(void **state)
{
	(void)state;
	acpi();
	LINE("without symbol bus_kset");
	lost("acpi");
}

/* another bus may be it, if its name cannot be read */
static void test_acpi_bus_without_name(void **state)
{
	(void)state;
	acpi();
	MEM(BUS + 16, "%d", 0);
	lost("acpi");
}

static void test_acpi_no_bus(void **state)
{
	(void)state;
	acpi();
	MEM(BUS + 16, "%" PRIx64, text("pci"));
	load();
	DEVICES("boot", "-", "-", "-");
	assert_null(devs.missing);
	assert_non_null(devs.boot.never);
}

static void test_acpi_bus_broken(void **state)
{
	(void)state;
	acpi();
	MEM(DEVPRIV, "%d", 0);
	lost("acpi");
	DEVICES("boot", "PNP0C80:00", "-", "-");
}

static void test_acpi_device_without_name(void **state)
{
	(void)state;
	acpi();
	MEM(ACPI + 64, "%d", 0);
	lost("acpi");
}

static void test_lmb_short_of_facts(void **state)
{
	(void)state;
	lmbs();
	LINE("without member drmem_lmb.flags");
	lost("lmb");
	DEVICES("boot", "-", "-", "-");
}

static void test_group_short_of_facts(void **state)
{
	(void)state;
	groups();
	LINE("without symbol memory_groups");
	lost("group");
	DEVICES("boot", "-", "-", "-");
}

/* without what a kind before has, a group may be its device */
static void test_group_instead(void **state)
{
	(void)state;
	groups();
	acpi();
	LINE("without member acpi_memory_info.length");
	lost("acpi");
	DEVICES("boot", "group1", "group1", "-");
	assert_true(devs.device[0].unsure);
}

/* a device of which another kind has a part */
static void test_overlap(void **state)
{
	(void)state;
	resource(1, 0, 1, "System RAM", 2, 0);
	resource(2, 1, 1, "System RAM (kmem)", 0, 0);
	acpi();
	MEM(INFO + 16, "%" PRIx64 " %" PRIx64, BLOCK, 2 * BLOCK);
	lost("acpi");
	DEVICES("boot", "kmem", "-", "-");
}

static void test_same_memory_twice(void **state)
{
	(void)state;
	lmbs();
	MEM(LMBS, "%" PRIx64 " 80000002 8 %" PRIx64 " 80000003 8", 2 * BLOCK,
	    2 * BLOCK);
	lost("lmb");
}

static void test_kmem(void **state)
{
	(void)state;
	resource(1, 0, 1, "System RAM", 2, 0);
	resource(2, 1, 3, "dax0.0", 0, 3);
	resource(3, 1, 1, "System RAM (kmem)", 4, 0);
	resource(4, 3, 1, "System RAM (kmem)", 0, 0);
	load();
	DEVICES("boot", "dax0.0", "-", "dax0.0");
	assert_int_equal(devs.nr, 1);
	assert_int_equal(devs.device[0].ranges, 2);
	assert_int_equal(devs.device[0].bytes, 2 * BLOCK);
	assert_string_equal(devs.device[0].note, "added by kmem");
	assert_string_equal(devs.device[0].kind->name, "managed");
}

/* its region has a name; whether its driver is there is the chain's to say */
static void virtio_mem(void)
{
	resource(1, 0, 1, "System RAM", 2, 0);
	resource(2, 1, 2, "virtio1", 0, 3);
	resource(3, 1, 1, "System RAM (virtio_mem)", 0, 0);
	/* the region is at depth 0, as the driver asks for it */
	MEM(RES + 40, "%" PRIx64, RES + 0x40);
}

static void test_virtio_mem(void **state)
{
	(void)state;
	virtio_mem();
	load();
	DEVICES("boot", "virtio1", "virtio1", "-");
	assert_string_equal(devs.device[0].kind->name, "virtio_mem");
	assert_null(devs.device[0].never);
	assert_int_equal(devs.nr, 1);
}

/* a semaphore of two words, and the first entry */
static void chained(uint64_t semaphore, uint64_t head)
{
	virtio_mem();
	LINE("symbol memory_chain %" PRIx64, H + 0x5000);
	LINE("member blocking_notifier_head.head 16 8");
	LINE("member notifier_block.notifier_call 0 8");
	LINE("member notifier_block.next 8 8");
	MEM(H + 0x5000, "0 %" PRIx64 " %" PRIx64, semaphore, head);
	load();
}

/* a chain without its callback proves that nothing unplugs any more */
static void test_virtio_mem_gone(void **state)
{
	(void)state;
	chained(H + 0x5008, 0);
	DEVICES("boot", "virtio1", "virtio1", "-");
	assert_non_null(devs.device[0].never);
}

/* a chain of zeros is not in the dump: it proves nothing */
static void test_virtio_mem_chain_of_zeros(void **state)
{
	(void)state;
	chained(0, 0);
	assert_null(devs.device[0].never);
}

/* names that only look like it */
static void test_no_driver(void **state)
{
	(void)state;
	resource(1, 0, 1, "System RAM ()", 2, 0);
	resource(2, 1, 1, "System RAM (kmem", 3, 0);
	resource(3, 2, 1, "System RAM (kmem) x", 4, 0);
	resource(4, 3, 1, "System RAM (a-name-that-no-module-has-ever-had)", 0,
		 0);
	load();
	DEVICES("boot", "-", "-", "-");
}

static void test_tree_broken(void **state)
{
	(void)state;
	resource(1, 1, 1, "System RAM (kmem)", 2, 0);
	resource(2, 0, 1, "System RAM", 0, 0);	/* goes back */
	load();
	assert_string_equal(devs.missing, "virtio_mem");
	DEVICES("boot", "kmem", "-", "-");
}

static void test_acpi(void **state)
{
	(void)state;
	acpi();
	load();
	DEVICES("boot", "PNP0C80:00", "-", "-");
	assert_null(devs.missing);
}

/* a device of ACPI that is no memory has no struct of that kind */
static void test_acpi_other_device(void **state)
{
	(void)state;
	acpi();
	MEM(ACPI + 64, "%" PRIx64, text("PNP0C02:00"));
	load();
	DEVICES("boot", "-", "-", "-");
	assert_null(devs.missing);
}

static void test_acpi_without_driver(void **state)
{
	(void)state;
	acpi();
	MEM(ACPI, "%d", 0);
	load();
	DEVICES("boot", "-", "-", "-");
	assert_null(devs.missing);
}

static void test_acpi_of_another(void **state)
{
	(void)state;
	acpi();
	MEM(MEMDEV, "%" PRIx64, ACPI + 8);
	load();
	DEVICES("boot", "-", "-", "-");
	assert_string_equal(devs.missing, "acpi");
}

static void test_acpi_wild(void **state)
{
	(void)state;
	acpi();
	MEM(ACPI, "%" PRIx64, UINT64_C(0x1234560));
	load();
	assert_string_equal(devs.missing, "acpi");
}

static void test_acpi_list_does_not_point_back(void **state)
{
	(void)state;
	acpi();
	MEM(INFO, "%" PRIx64 " %" PRIx64, INFO2, MEMDEV + 8);
	MEM(INFO2, "%" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64, MEMDEV + 8,
	    MEMDEV + 8, 2 * BLOCK, BLOCK);
	load();
	DEVICES("boot", "PNP0C80:00", "-", "-");
	assert_string_equal(devs.missing, "acpi");
}

/* each entry points back, and the list never comes to its head */
static void test_acpi_list_in_a_circle(void **state)
{
	(void)state;
	acpi();
	MEM(INFO, "%" PRIx64 " %" PRIx64, INFO, MEMDEV + 8);
	load();
	assert_string_equal(devs.missing, "acpi");
	MEM(INFO, "%" PRIx64 " %" PRIx64, INFO, INFO);
}

static void test_acpi_range_wraps(void **state)
{
	(void)state;
	acpi();
	MEM(INFO + 16, "%" PRIx64 " %" PRIx64, BLOCK, UINT64_MAX - 5);
	load();
	DEVICES("boot", "-", "-", "-");
	assert_string_equal(devs.missing, "acpi");
}

static void test_group(void **state)
{
	(void)state;
	groups();
	load();
	DEVICES("boot", "group1", "group1", "-");
	assert_string_equal(devs.device[0].note,
			    "comes and goes by units of 4 MiB");
}

/* what says more of a device goes before the group that it made */
static void test_group_of_a_device(void **state)
{
	(void)state;
	groups();
	acpi();
	load();
	DEVICES("boot", "PNP0C80:00", "group1", "-");
	assert_false(devs.device[1].unsure);
}

static void test_group_that_is_none(void **state)
{
	(void)state;
	groups();
	MEM(K_BLOCK + 0x200 + 128, "%" PRIx64, GROUP + 64);
	load();
	DEVICES("boot", "group1", "-", "-");
	assert_string_equal(devs.missing, "group");
}

static void test_lmb(void **state)
{
	(void)state;
	lmbs();
	load();
	DEVICES("boot", "-", "drc80000002", "-");
}

static void test_lmb_unaligned(void **state)
{
	(void)state;
	lmbs();
	MEM(LMBS, "%" PRIx64, 2 * BLOCK + 4096);
	load();
	DEVICES("boot", "-", "-", "-");
	assert_string_equal(devs.missing, "lmb");
}

static void test_lmb_too_many(void **state)
{
	(void)state;
	lmbs();
	MEM(DRMEM + 16, "%" PRIx64, UINT64_C(0x7fffffff));
	load();
	assert_string_equal(devs.missing, "lmb");
}

static void test_lmb_of_no_size(void **state)
{
	(void)state;
	lmbs();
	MEM(DRMEM + 24, "%d", 0);
	load();
	assert_string_equal(devs.missing, "lmb");
}

/* two devices in one block: none of them is named */
static void test_several(void **state)
{
	(void)state;
	acpi();
	MEM(INFO + 16, "%" PRIx64 " %" PRIx64, BLOCK, BLOCK / 2);
	lmbs();
	MEM(DRMEM + 24, "%" PRIx64, BLOCK / 2);
	MEM(LMBS, "%" PRIx64, BLOCK + BLOCK / 2);
	load();
	DEVICES("boot", "-", "-", "-");
	assert_int_equal(devs.nr, 2);
}

/* each says how it is unplugged and what to do if it cannot be; the boot is none */
static void test_every_kind_says_what_to_do(void **state)
{
	static const struct ofl_memdev_kind *const kinds[] = {
#define KIND(name) &ofl_memdev_##name,
#include "devices/kinds.def"
#undef KIND
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i] != &ofl_memdev_boot &&
		    (kinds[i]->never ? !kinds[i]->next_never :
				       !kinds[i]->next || !kinds[i]->next_held))
			fail_msg("%s says nothing", kinds[i]->name);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(none), TEST(boot_before_the_bit),
		TEST(boot_not_known), TEST(boot_of_a_device),
		TEST(acpi_short_of_facts), TEST(acpi_without_buses),
		TEST(acpi_bus_without_name), TEST(acpi_no_bus),
		TEST(acpi_bus_broken), TEST(acpi_device_without_name),
		TEST(lmb_short_of_facts), TEST(group_short_of_facts),
		TEST(group_instead), TEST(overlap),
		TEST(same_memory_twice), TEST(kmem),
		TEST(virtio_mem), TEST(virtio_mem_gone), TEST(virtio_mem_chain_of_zeros),
		TEST(no_driver), TEST(tree_broken), TEST(acpi),
		TEST(acpi_other_device), TEST(acpi_without_driver),
		TEST(acpi_of_another), TEST(acpi_wild),
		TEST(acpi_list_does_not_point_back),
		TEST(acpi_list_in_a_circle), TEST(acpi_range_wraps),
		TEST(group), TEST(group_of_a_device), TEST(group_that_is_none),
		TEST(lmb), TEST(lmb_unaligned), TEST(lmb_too_many),
		TEST(lmb_of_no_size), TEST(several),
		cmocka_unit_test(test_every_kind_says_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
