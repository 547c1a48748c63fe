// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * manual.c - what is said of commands and has no row elsewhere
 *
 * Plain sentences; lines are broken where they are printed, but for examples,
 * which are what a command printed of a dump of Debian's 6.1.
 */
#include "commands/manual.h"
#include "commands/tables.h"
#include "judge/outcome.h"

const struct ofl_word ofl_result_words[OFL_NR_RESULTS] = {
#define RESULT(id, word, is) { word, is },
	OFL_RESULTS(RESULT)
#undef RESULT
};

const char ofl_example_of[] =
	"Of a guest whose balloon and whose virtio_mem took memory away:";

const struct ofl_field ofl_common_fields[] = {
	{ "schema", NULL, OFL_JSON_NUMBER, "2" },
	{ "command", NULL, OFL_JSON_STRING,
	  "offline, offrange, offcheck, offblock, offowner or offmap" },
	{ "host", NULL, OFL_JSON_OBJECT,
	  "which machine, when, and what looked at it" },
	{ "host.nodename", NULL, OFL_JSON_STRING_OR_NULL,
	  "uname -n of the dumped kernel" },
	{ "host.machine", NULL, OFL_JSON_STRING_OR_NULL,
	  "uname -m of the dumped kernel" },
	{ "host.kernel", NULL, OFL_JSON_STRING_OR_NULL,
	  "uname -r of the dumped kernel" },
	{ "host.date", NULL, OFL_JSON_STRING_OR_NULL,
	  "the kernel's clock when it was dumped, in UTC: "
	  "2026-07-01T12:34:56Z" },
	{ "host.live", NULL, OFL_JSON_BOOL,
	  "true: no dump, pages change while they are read" },
	{ "host.tool", NULL, OFL_JSON_STRING, "version of offline.so" },
	{ "host.crash", NULL, OFL_JSON_STRING_OR_NULL, "version of crash" },
	{ "page_size", NULL, OFL_JSON_NUMBER,
	  "bytes of a page; absent if the command failed" },
	{ "totals", NULL, OFL_JSON_OBJECT,
	  "pages within the filters; absent if the command failed" },
	{ "totals.scanned", NULL, OFL_JSON_NUMBER,
	  "pages of online sections that were looked at" },
	{ "totals.offline", NULL, OFL_JSON_NUMBER,
	  "those of them that are PageOffline" },
	{ "totals.unknown", NULL, OFL_JSON_NUMBER,
	  "those of them that nothing is known of" },
	{ "totals.stale", NULL, OFL_JSON_NUMBER,
	  "pages marked offline in sections that are not online; not in the "
	  "three above" },
	{ "status", NULL, OFL_JSON_OBJECT, "the last line of a table" },
	{ "status.result", NULL, OFL_JSON_STRING,
	  "ok, findings, incomplete or failed" },
	{ "status.message", NULL, OFL_JSON_STRING, "one line for people" },
	{ NULL, NULL, OFL_JSON_NONE, NULL }
};

/* ---- offline ---- */

static const struct ofl_field offline_fields[] = {
	{ NULL, "MEMORY", OFL_JSON_NONE,
	  "what online sections have struct pages for, within the filters: "
	  "usable, PageOffline, and unknown if there is any; and memory "
	  "blocks that are offline, whatever the filters are" },
	{ NULL, "NOTE", OFL_JSON_NONE,
	  "what cannot be seen of this kernel, if there is something; that "
	  "pages change while they are read; a device whose driver is gone, or "
	  "that has more or less than it was asked to have; what balloons took "
	  "and gave back since the boot, if they gave back any" },
	{ NULL, "NODES", OFL_JSON_NONE,
	  "present_pages of all zones, which crash prints as MEMORY, if they "
	  "differ by a thousandth or more; with -v, if they differ at all" },
	{ NULL, "BLOCKS", OFL_JSON_NONE,
	  "states of all memory blocks, whatever the filters are, if not all "
	  "of them are online" },
	{ NULL, "ADDED", OFL_JSON_NONE,
	  "memory that was added and never onlined, whatever the filters are, if "
	  "there is any: its pageblocks have no state yet" },
	{ NULL, "POLICY", OFL_JSON_NONE,
	  "with -v, or if a memory block is offline: what becomes of memory that "
	  "is added, as /sys/devices/system/memory/auto_online_blocks has it" },
	{ NULL, "ZONES", OFL_JSON_NONE,
	  "with it, since v5.15: how the kernel chooses the zone of memory that "
	  "is onlined, where that is not said, as the module parameter "
	  "memory_hotplug.online_policy has it" },
	{ NULL, "UNKNOWN", OFL_JSON_NONE,
	  "pages that nothing is known of, with the reasons, if there are any; "
	  "they are in no row of the tables" },
	{ NULL, "STALE", OFL_JSON_NONE,
	  "pages that are still marked in sections that are not online, if there "
	  "are any; the kernel does not keep such struct pages up to date" },
	{ NULL, "DEVICE", OFL_JSON_NONE,
	  "pages of ZONE_DEVICE, which are not looked at, if there are any" },
	{ NULL, "HOLES", OFL_JSON_NONE,
	  "pages of holes that the kernel gave no zone, if there are any; with "
	  "UNKNOWN they are what the rows of zones lack" },
	{ NULL, "KERNEL", OFL_JSON_NONE, "with -v: release and machine" },
	{ NULL, "SIZES", OFL_JSON_NONE,
	  "with -v: of a page, a memory section and a memory block" },
	{ NULL, "PAGEOFFLINE", OFL_JSON_NONE,
	  "with -v: the test for a PageOffline page in this kernel" },
	{ NULL, "ACCORDING TO", OFL_JSON_NONE,
	  "with -v: every source that says so; they all agree, or the command "
	  "stops" },
	{ NULL, "SECTIONS", OFL_JSON_NONE,
	  "with -v: memory sections with a memmap, within the filters" },
	{ NULL, "MEMMAP", OFL_JSON_NONE,
	  "with -v: how many pages of the memmap were read" },
	{ NULL, "READER", OFL_JSON_NONE,
	  "with -v: what read the memmap, offline.so or crash, and why crash" },
	{ NULL, "GDB", OFL_JSON_NONE,
	  "with -v: how often gdb was asked about types, if it was; the next "
	  "command of a session need not ask" },
	{ NULL, "KEPT", OFL_JSON_NONE,
	  "with -v: sections that an earlier command of this session read and "
	  "that were not read again; nothing is kept of a live system" },
	{ NULL, "WORKERS", OFL_JSON_NONE,
	  "with -v: why -w has no effect, if it has none" },
	{ "section_size", NULL, OFL_JSON_NUMBER, "bytes of a memory section" },
	{ "block_size", NULL, OFL_JSON_NUMBER,
	  "bytes of a memory block; absent without CONFIG_MEMORY_HOTPLUG" },
	{ "recognition", NULL, OFL_JSON_OBJECT,
	  "a page is PageOffline if (page_type & mask) == value" },
	{ "recognition.mask", NULL, OFL_JSON_NUMBER, "32 bits" },
	{ "recognition.value", NULL, OFL_JSON_NUMBER, "32 bits" },
	{ "recognition.source", NULL, OFL_JSON_STRING,
	  "every source that says so, separated by \"; \"" },
	{ "sections", NULL, OFL_JSON_OBJECT,
	  "memory sections with a memmap, within the filters" },
	{ "sections.online", NULL, OFL_JSON_NUMBER, "number that are online" },
	{ "sections.not_online", NULL, OFL_JSON_NUMBER,
	  "number that are not" },
	{ "sections.unreadable", NULL, OFL_JSON_NUMBER,
	  "section numbers with a mem_section that cannot be read" },
	{ "sections.corrupt", NULL, OFL_JSON_NUMBER,
	  "section numbers with an impossible memmap address" },
	{ "memory_blocks", NULL, OFL_JSON_OBJECT,
	  "all memory blocks, whatever the filters are; absent if the kernel "
	  "has no index of them" },
	{ "memory_blocks.online", NULL, OFL_JSON_NUMBER,
	  "blocks in this state" },
	{ "memory_blocks.offline", NULL, OFL_JSON_NUMBER,
	  "blocks in this state" },
	{ "memory_blocks.going_offline", NULL, OFL_JSON_NUMBER,
	  "blocks in this state" },
	{ "memory_blocks.other", NULL, OFL_JSON_NUMBER,
	  "blocks that go online, whose change was cancelled, or damaged" },
	{ "memory_blocks.unreadable", NULL, OFL_JSON_NUMBER,
	  "parts of the index that cannot be read" },
	{ "node_present_pages", NULL, OFL_JSON_NUMBER,
	  "pages of all nodes that are online, which crash prints as MEMORY; "
	  "absent with a filter, or if it cannot be read" },
	{ "never_online", NULL, OFL_JSON_OBJECT,
	  "memory that was added and never onlined, whatever the filters are; "
	  "absent if no memory block is offline" },
	{ "never_online.blocks", NULL, OFL_JSON_NUMBER, "memory blocks of it" },
	{ "never_online.first", NULL, OFL_JSON_NUMBER,
	  "number of the first one; absent if there is none" },
	{ "never_online.not_known", NULL, OFL_JSON_NUMBER,
	  "offline memory blocks of which the dump does not say whether they "
	  "were ever online" },
	{ "online_policy", NULL, OFL_JSON_STRING_OR_NULL,
	  "what becomes of memory that is added, as auto_online_blocks has it: "
	  "offline, online, online_kernel or online_movable; null: not known, or "
	  "not decided yet; absent if no memory block is offline, but with -v" },
	{ "zone_policy", NULL, OFL_JSON_STRING_OR_NULL,
	  "how the kernel chooses the zone of memory that is onlined, as "
	  "memory_hotplug.online_policy has it: contig-zones or auto-movable; "
	  "null: not known; absent with online_policy, and before v5.15" },
	{ "holes", NULL, OFL_JSON_NUMBER,
	  "pages of holes that the kernel gave no zone" },
	{ "device_pages", NULL, OFL_JSON_NUMBER,
	  "pages of ZONE_DEVICE, which are not looked at" },
	{ "stale_unread", NULL, OFL_JSON_NUMBER,
	  "pages of sections that are not online whose struct page cannot be "
	  "read" },
	{ "owners", NULL, OFL_JSON_MAP,
	  "PageOffline pages by owner; orphan: no driver holds them; unknown: "
	  "the owner is not known" },
	{ NULL, NULL, OFL_JSON_NONE, NULL }
};

static const char *const offline_about[] = {
	"This is about memory. For offline CPUs see \"set offline\" and the "
	"option --offline of crash.",
	"A hypervisor driver that takes a page away from the kernel leaves its "
	"struct page behind, marked PageOffline. This command counts such "
	"pages on one screen: what is left for use, whose they are, and how many "
	"there are by node and zone; then pages that are unknown, and marks "
	"that are left over in sections that are not online (stale), if there "
	"are any. Lines NEXT name the command that says more of what would be in "
	"the way of offlining. With -v it also says how such pages are "
	"recognised in this kernel, and according to what. offrange lists them.",
	NULL
};

static const struct ofl_table *const offline_tables[] = {
	&ofl_balance_table, &ofl_zone_table, &ofl_offline_next_table,
	&ofl_fact_table, NULL
};

static const char *const offline_example[] = {
/* replay: 6.1-both-whole at 72: offline */
"MEMORY       2G present = 1700M usable + 348M PageOffline (17.0%); 0",
"             blocks offline",
"HOLES        3 pages of holes are present and in no zone",
"OWNER          DEVICE   OFFPAGES   SIZE  SHARE WHEN OFFLINED",
"  RECORDS",
"virtio_balloon virtio0     57344   224M  10.9% migrate",
"  -",
"virtio_mem     virtio1     31744   124M   6.1% driver",
"  plugged 900M, requested 900M",
"NODE ZONE      SCANNED  OFFPAGES SIZE",
"   0 DMA          4096         0    0",
"   0 DMA32      258045         0    0",
"   0 Movable    262144     89088 348M",
"status: ok: 524288 pages scanned in 16 sections: 89088 offline, 0",
"            unknown, 0 stale",
/* end of replay */
NULL
};

const struct ofl_manual ofl_manual_offline = {
	.summary = "PageOffline memory: what is offline here",
	.about = offline_about,
	.fields = offline_fields,
	.tables = offline_tables,
	.command = "offline",
	.example = offline_example,
};

/* ---- offrange ---- */

static const char *const offrange_about[] = {
	"One row for a run of neighbouring PageOffline pages that are alike in "
	"everything that is shown: more columns, with -v or -o, make shorter "
	"runs. With -a nothing is merged but pages that are alike in every "
	"column, and stale and unknown pages are listed, too.",
	NULL
};

static const struct ofl_table *const offrange_tables[] = {
	&ofl_range_table, &ofl_range_sum_table, &ofl_range_length_table, NULL
};

static const char *const offrange_example[] = {
/* replay: 6.1-both-whole at 72: offrange */
"PFN                PAGES   SIZE OWNER          DEVICE  NODE ZONE",
"0x100000-0x10dfff  57344   224M virtio_balloon virtio0    0 Movable",
"0x138400-0x13ffff  31744   124M virtio_mem     virtio1    0 Movable",
"status: ok: 524288 pages scanned in 16 sections: 89088 offline, 0",
"            unknown, 0 stale; 2 rows",
/* end of replay */
NULL
};

const struct ofl_manual ofl_manual_offrange = {
	.summary = "PageOffline memory: ranges of pages",
	.about = offrange_about,
	.tables = offrange_tables,
	.command = "offrange",
	.example = offrange_example,
};

/* ---- offcheck ---- */

static const char *const offcheck_about[] = {
	"When a memory block is offlined, the kernel skips a PageOffline page "
	"only if its reference count is 0. Drivers hold one reference: "
	"virtio_mem lets go of it when offlining starts, balloon pages can be "
	"migrated, all others block the whole memory block.",
	"The first table counts the pages by what becomes of them. The second "
	"lists findings: pages that break a rule which the kernel relies on, and "
	"records of drivers that contradict the pages or themselves; "
	"docs/output.md lists the codes. They are one row a kind and device; "
	"-a or -l lists every range.",
	NULL
};

static const struct ofl_word outcome_words[OFL_NR_OUTCOMES] = {
#define OUTCOME(id, rank, passes, page, step, block, page_is, block_is, mark, colour) \
	{ page, page_is },
#include "judge/outcomes.def"
#undef OUTCOME
};

static const struct ofl_table *const offcheck_tables[] = {
	&ofl_class_table, &ofl_finding_class_table, &ofl_finding_table, NULL
};

static const char *const offcheck_example[] = {
/* replay: 6.1-both-whole at 72: offcheck */
"OWNER          DEVICE   OUTCOME       PAGES   SIZE REASON",
"virtio_balloon virtio0  migrate       57344   224M balloon page that its",
"                                                   driver can migrate",
"virtio_mem     virtio1  driver        31744   124M unplugged by",
"                                                   virtio_mem, which",
"                                                   lets go when",
"                                                   offlining starts",
"status: ok: 524288 pages scanned in 16 sections: 89088 offline, 0",
"            unknown, 0 stale; 0 errors, 0 warnings, 0 infos",
/* end of replay */
NULL
};

const struct ofl_manual ofl_manual_offcheck = {
	.summary = "PageOffline memory: does every page obey the rule",
	.about = offcheck_about,
	.tables = offcheck_tables,
	.words_of = "OUTCOME",
	.words = outcome_words,
	.nr_words = OFL_NR_OUTCOMES,
	.command = "offcheck",
	.example = offcheck_example,
};

/* ---- offblock ---- */

static const char *const offblock_about[] = {
	"A line of dmesg may be pasted whole: the block of its memory range "
	"([mem 0x138000000-0x13fffffff]) or of its page (page:... pfn:0x12345) "
	"is explained.",
	"One row a memory block; neighbours that are alike are one row. With a "
	"block (memory39, 39, -B), a section (-S), a pfn (-p) or a physical "
	"address or range (-P), that block is explained: the verdict and what to do next (NEXT), the steps that the "
	"kernel goes through, in its order, every kind of page that is not "
	"free, who holds what is in the way, and the callbacks that are asked, "
	"if they matter to the verdict. Filters choose blocks, never parts of "
	"one.",
	"A page may also be given as pfn:0x12345, or as the address of its "
	"struct page: its block is explained, and what the page is.",
	NULL
};

static const struct ofl_word verdict_words[OFL_NR_OUTCOMES] = {
#define OUTCOME(id, rank, passes, page, step, block, page_is, block_is, mark, colour) \
	{ block, block_is },
#include "judge/outcomes.def"
#undef OUTCOME
};

static const struct ofl_field offblock_fields[] = {
	{ "verdicts", NULL, OFL_JSON_MAP,
	  "number of these blocks by verdict; OFFLINE are those that are offline" },
	{ NULL, NULL, OFL_JSON_NONE, NULL }
};

static const struct ofl_table *const offblock_tables[] = {
	&ofl_block_table, &ofl_sum_table, &ofl_memdev_table, &ofl_page_table, &ofl_step_table,
	&ofl_kind_table, &ofl_first_table, &ofl_holder_row_table,
	&ofl_callback_table, NULL
};

static const char *const offblock_example[] = {
/* replay: 6.1-both-whole at 72: offblock memory39 */
"memory39 is DRIVER: it can be offlined, its driver lets go: virtio_mem",
"virtio1: unplugged by virtio_mem, which lets go when offlining starts",
"NEXT: offline the block: virtio_mem drops its references when offlining",
"      starts",
"BLOCK: 128M, 0x138000000-0x13fffffff, node 0, zone Movable, online,",
"       31744 PageOffline pages",
"STEP          OUTCOME   DETAIL",
"zone          passes    one zone",
"holes         passes    every page is System RAM",
"isolate       passes    every page can be isolated",
"notify        driver    31744 offline-driver",
"scan-migrate  passes    nothing to migrate",
"dissolve      passes    no huge page in the way",
"test-isolated passes    every page is free or left out",
"OUTCOME     PAGES   SIZE CODE             REASON",
"driver      31744   124M offline-driver   virtio_mem virtio1: unplugged",
"                                          by virtio_mem, which lets go",
"                                          when offlining starts",
"CODE             REFCOUNT PAGE               FIRST PFNS; FLAGS",
"offline-driver          1 0xff9f195cc4e10000 0x138400 0x138401 0x138402",
"                                             0x138403; dirty",
"NOTIFIER                       VETO      DOES",
"virtio_mem_memory_notifier_cb  simulated virtio_mem: drops the",
"                                         references of its unplugged",
"                                         sub-blocks",
"status: ok: 1 block: 1 DRIVER (128M)",
/* end of replay */
NULL
};

const struct ofl_manual ofl_manual_offblock = {
	.summary = "PageOffline memory: can each memory block be offlined, "
		   "and why not",
	.operand = "[block | page | address | physical range]",
	.about = offblock_about,
	.fields = offblock_fields,
	.tables = offblock_tables,
	.words_of = "VERDICT",
	.words = verdict_words,
	.nr_words = OFL_NR_OUTCOMES,
	.command = "offblock memory39",
	.example = offblock_example,
};

/* ---- offowner ---- */

static const struct ofl_field offowner_fields[] = {
	{ "kernel_counters", "kernel", OFL_JSON_MAP,
	  "the kernel's own counters of ballooned pages: now, and what was "
	  "inflated and deflated since the boot" },
	{ NULL, NULL, OFL_JSON_NONE, NULL }
};

static const char *const offowner_about[] = {
	"The first table has the memory sections that hold PageOffline pages, "
	"neighbours that are alike in one row, with the number of pages by "
	"owner. Owners are drivers, the kernel's memory hotplug, and orphan: "
	"pages that are in no driver's records.",
	"The second table has one row a device: what was found beside what its "
	"own counters say. The third has these counters. Then comes what is wrong with the records, if "
	"anything is; lines NEXT say what to do about it, and about pages that their driver keeps. "
	"What would help to see more is said last: layouts come from debuginfo of the "
	"module (\"mod -s\"), else from the BTF in the dump. A module of another "
	"kernel that crash was given ends every command: its build id differs "
	"from that of the module in the dump.",
	"With -v there is one table more if a virtio_mem device was asked to "
	"shrink and still has more: whether the driver can unplug each of its "
	"sub-blocks, and if not, who holds what is in the way. It unplugs "
	"what alloc_contig_range() can empty, which is not the same as "
	"offlining: poisoned and PageOffline pages are not passed over, and "
	"what cannot be moved makes it fail; the driver tries again later.",
	NULL
};

static const struct ofl_table *const offowner_tables[] = {
	&ofl_section_table, &ofl_device_table, &ofl_counter_table,
	&ofl_complaint_table, &ofl_shrink_table, NULL
};

static const char *const offowner_example[] = {
/* replay: 6.1-both-whole at 72: offowner */
"SECTION   PHYS        NODE STATE  OFFPAGES  SIZE STALE",
"  OWNERS",
"0x20-0x21 0x100000000    0 online    57344  224M     0",
"  virtio_balloon=57344",
"0x27      0x138000000    0 online    31744  124M     0",
"  virtio_mem=31744",
"OWNER          DEVICE     FOUND EXPECTED DIFFERENCE OUTCOME   EXPLAINED",
"virtio_mem     virtio1    31744    31744          0 driver    -",
"virtio_balloon virtio0    57344    57344          0 migrate   -",
"OWNER          DEVICE   EVIDENCE COUNTERS",
"virtio_mem     virtio1  bitmap   unplugged_pages=31744",
"                                 requested_size=943718400",
"                                 plugged_size=943718400",
"virtio_balloon virtio0  list     num_pages=57344 isolated_pages=0",
"                                 listed=57344",
"status: ok: 524288 pages scanned in 16 sections: 89088 offline, 0",
"            unknown, 0 stale; 0 without owner, 0 errors, 0 warnings, 0",
"            infos",
/* end of replay */
NULL
};

const struct ofl_manual ofl_manual_offowner = {
	.summary = "PageOffline memory: which driver and which device holds "
		   "it",
	.about = offowner_about,
	.fields = offowner_fields,
	.tables = offowner_tables,
	.command = "offowner",
	.example = offowner_example,
};

/* ---- offmap ---- */

static const struct ofl_field offmap_fields[] = {
	{ "by", NULL, OFL_JSON_STRING, "verdict, or owner with -w" },
	{ "unit", NULL, OFL_JSON_STRING,
	  "what a character stands for: block, or section with -s" },
	{ "unit_size", NULL, OFL_JSON_NUMBER, "bytes of such a unit" },
	{ NULL, NULL, OFL_JSON_NONE, NULL }
};

static const char *const offmap_about[] = {
	"A map of the memory: one character a memory block, by the verdict that "
	"offblock gives it, or with -w by the driver that holds PageOffline "
	"pages of it. Rows begin at multiples of their length, which is that "
	"of the terminal; the legend counts what is on the map. With -g the "
	"map is also a picture, in colours that the colour-blind can tell "
	"apart.",
	NULL
};

static const struct ofl_table *const offmap_tables[] = {
	&ofl_map_table, &ofl_map_cell_table, &ofl_legend_table, NULL
};

static const char *const offmap_example[] = {
/* replay: 6.1-both-whole at 72: offmap */
"FROM        MAP",
"memory0     #.#....#________ ________________ mm.....d",
"MARK MEANS          COUNT   SIZE OFFPAGES",
".    OFFLINABLE        10  1280M        0",
"d    DRIVER             1   128M    31744",
"m    MIGRATE            2   256M    57344",
"#    BLOCKED            3   384M        0",
"_    no block           -      -        -",
"status: ok: 16 blocks",
/* end of replay */
NULL
};

const struct ofl_manual ofl_manual_offmap = {
	.summary = "PageOffline memory: a map, one character a memory block",
	.about = offmap_about,
	.fields = offmap_fields,
	.tables = offmap_tables,
	.command = "offmap",
	.example = offmap_example,
};
