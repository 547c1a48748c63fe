// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * help.c - the help pages, in the shape that crash wants
 *
 * Name, short description, synopsis, then lines. Every string is a printf
 * format to crash: no percent sign in the first three, none next to a %s.
 */
#include <stddef.h>

#include "commands/command.h"

#define HELP_FILTERS \
"  Filters narrow what is read; several intersect. Ranges are hexadecimal,", \
"  with or without 0x, and END is included, as printed:", \
"", \
"    -n node            pages of one NUMA node (decimal)", \
"    -z zone            pages of one zone, by name: DMA32, Normal, Movable ...", \
"    -p pfn[-pfn]       page frame numbers", \
"    -P phys[-phys]     physical addresses", \
"    -S section[-section]  section numbers; \"kmem -n\" prints them in decimal", \
"    -B memoryN         a memory block, or its number N in decimal", \
""

#define HELP_OUTPUT \
"  Output:", \
"", \
"    -j                 one JSON document (docs/output.md has the schema)", \
"    -o column[,...]    which columns, in which order", \
"    -H                 no column names", \
"    -R file            also record everything asked of the kernel in a new", \
"                       text file: struct pages and bookkeeping, no content of", \
"                       pages; for a report that can be replayed", \
"    -C                 have crash read all; otherwise offline.so reads pages of", \
"                       a kdump-compressed dump itself, which is faster, and", \
"                       compares some with what crash reads", \
""

#define HELP_STATUS \
"  The last line is for scripts, crash itself gives them no exit status:", \
"  \"status: ok\", \"findings\", \"incomplete\" (something is unknown) or \"failed\"."

const char *const ofl_help_offline[] = {
"offline",
"PageOffline memory: what is offline here",
"[-n node] [-z zone] [-p pfns] [-P phys] [-S sections] [-B block]\n          [-j | [-o columns] [-H] [-v]] [-x] [-w number] [-R file] [-C]",
"  This is about memory. For offline CPUs see \"set offline\" and the option",
"  --offline of crash.",
"",
"  A hypervisor driver that takes a page away from the kernel leaves its struct",
"  page behind, marked PageOffline. This command counts such pages on one",
"  screen: how they are recognised in this kernel and according to what, how",
"  many there are by node and zone, how many pages could not be judged",
"  (unknown), and how many marks are left over in sections that are not online",
"  (stale). offrange lists them.",
"",
HELP_FILTERS,
HELP_OUTPUT,
"    -x                 look at every page, also inside of free blocks and",
"                       compound pages, which are passed over otherwise",
"    -w number          processes that share the reading, 1 to 8; if not given,",
"                       one, or one a processor for a large compressed dump",
"    -v                 every fact about this kernel with its source, and how",
"                       much was read: sections that an earlier command read are",
"                       kept, unless the system is live; -x reads them again",
"",
HELP_STATUS,
"\nEXAMPLE",
"    %s> offline",
"    KERNEL       6.1.0-56-cloud-amd64 x86_64",
"    SIZES        page 4 KiB, section 128 MiB, memory block 128 MiB",
"    PAGEOFFLINE  (page_type & 0xf0000100) == 0xf0000000",
"    ACCORDING TO VMCOREINFO PAGE_OFFLINE_MAPCOUNT_VALUE",
"    SECTIONS     16 online, 0 not online",
"    BLOCKS       16 online, 0 offline, 0 going offline, 0 in other states, 0 unreadable",
"    UNKNOWN      0 pages",
"    STALE        0 pages still marked in sections that are not online (not counted below)",
"    HOLES        3 reserved pages that name no zone (in no row below)",
"    OWNERS       virtio-mem 31744, virtio-balloon 57344",
"    NODE ZONE      SCANNED   OFFLINE SIZE",
"       0 DMA          4096         0    0",
"       0 DMA32      258045         0    0",
"       0 Movable    262144     89088 348M",
"    status: ok: 524288 pages scanned in 16 sections: 89088 offline, 0 unknown, 0 stale",
NULL
};

const char *const ofl_help_offrange[] = {
"offrange",
"PageOffline memory: ranges of pages",
"[-n node] [-z zone] [-p pfns] [-P phys] [-S sections] [-B block]\n           [-j | [-o columns] [-H]] [-a] [-O owner] [-x] [-w number] [-R file] [-C]",
"  One row for a run of neighbouring PageOffline pages that are alike in",
"  everything that is shown; choosing fewer columns with -o makes longer runs.",
"",
"    PFN       first and last page frame number",
"    PHYS      first and last byte, physical",
"    PAGES     number of pages",
"    SIZE      the same as memory",
"    REFCOUNT  reference count of each page",
"    FLAGS     page flags by name",
"    NODE      NUMA node",
"    ZONE      zone",
"    SECTION   memory section number",
"    OWNER     the driver that holds the pages, see offowner; \"orphan\": nobody;",
"              \"?\": not known, and the last line says why",
"    DEVICE    which of its devices",
"    STATE     \"-\"; \"stale\": the section is not online, the mark is left over;",
"              \"unknown:\" and why nothing is known of these pages",
"",
"    -a                 also stale pages and unknown pages",
"    -O owner           only pages of this owner: virtio-mem, orphan ...",
"    -x                 look at every page, also inside of free blocks and",
"                       compound pages, which are passed over otherwise",
"    -w number          processes that share the reading, 1 to 8; if not given,",
"                       one, or one a processor for a large compressed dump",
"",
HELP_FILTERS,
HELP_OUTPUT,
HELP_STATUS,
"\nEXAMPLE",
"    %s> offrange",
"    PFN           PHYS                 PAGES  SIZE REFCOUNT FLAGS          NODE ZONE    SECTION OWNER          DEVICE  STATE",
"    100000-107fff 100000000-107ffffff  32768  128M        1 -                 0 Movable    0x20 virtio-balloon virtio0 -",
"    108000-10dfff 108000000-10dffffff  24576   96M        1 -                 0 Movable    0x21 virtio-balloon virtio0 -",
"    138400-13ffff 138400000-13fffffff  31744  124M        1 dirty             0 Movable    0x27 virtio-mem     virtio1 -",
"    status: ok: 524288 pages scanned in 16 sections: 89088 offline, 0 unknown, 0 stale; 3 rows",
NULL
};

const char *const ofl_help_offcheck[] = {
"offcheck",
"PageOffline memory: does every page obey the skip-on-offline rule",
"[-n node] [-z zone] [-p pfns] [-P phys] [-S sections] [-B block]\n           [-j | [-H]] [-a | -l number] [-R file] [-C]",
"  When a memory block is offlined, the kernel skips a PageOffline page only if",
"  its reference count is 0. Drivers hold one reference; virtio-mem gives it",
"  back when it is told that the block goes offline, balloon pages can be",
"  migrated, all others block the whole memory block.",
"",
"  First table: online PageOffline pages by owner, reference count and outcome:",
"",
"    skipped   refcount 0: skipped as it stands",
"    driver    its driver drops the reference in MEM_GOING_OFFLINE",
"    migrates  the driver can migrate it",
"    blocks    the memory block cannot be offlined",
"    unknown   the dump does not say",
"",
"  Second table: pages that break a rule the kernel relies on, and books of",
"  drivers that contradict the pages or themselves (docs/output.md has the",
"  codes). An error is what the kernel takes for impossible, a warning will",
"  block or leak, an info is explained by something in flight.",
"",
"    -l number          so many findings, 20 unless told",
"    -a                 all findings",
"",
HELP_FILTERS,
"  Output:",
"",
"    -j                 one JSON document with all findings",
"    -H                 no column names",
"    -R file            record, see offrange",
"",
HELP_STATUS,
"\nEXAMPLE",
"    %s> offcheck",
"    OWNER          DEVICE   REFCOUNT OUTCOME     PAGES   SIZE CODE             WHAT",
"    virtio-balloon virtio0         1 migrates    57344   224M offline-movable  offline balloon page that its driver can migrate",
"    virtio-mem     virtio1         1 driver      31744   124M offline-driver   offline, its driver drops the reference in MEM_GOING_OFFLINE",
"    status: ok: 524288 pages scanned in 16 sections: 89088 offline, 0 unknown, 0 stale; 0 errors, 0 warnings, 0 infos",
NULL
};

const char *const ofl_help_offblock[] = {
"offblock",
"PageOffline memory: can each memory block be offlined, and why not",
"[-n node] [-z zone] [-p pfns] [-P phys] [-S sections] [-B block]\n           [-j | [-o columns] [-H]] [-R file] [block | physical range]",
"  One row a memory block, the units of /sys/devices/system/memory:",
"",
"    OFFLINABLE  all of it is free, or skipped as it stands",
"    DRIVER      a driver drops its references first; then it is skipped",
"    MIGRATE     depends on migration, which a dump cannot foretell",
"    SPINS       offlining never fails and never ends, until a signal",
"    BLOCKED     offlining fails, with the kernel's own words for it",
"    OFFLINE     it is offline already",
"    UNKNOWN     the dump does not say",
"",
"  With a block (memory39, or 39), a pfn (-p), or a physical range as dmesg",
"  prints it ([mem 0x138000000-0x13fffffff]) that block is explained: the steps",
"  the kernel goes through, in its order; every kind of page that is not free,",
"  with its number and first pfns; and who is asked before.",
"",
HELP_FILTERS,
HELP_OUTPUT,
HELP_STATUS,
"\nEXAMPLE",
"    %s> offblock memory39",
"    BLOCK     PHYS                NODE ZONE    STATE   OFFLINE VERDICT    PFN      REASON",
"    memory39  138000000-13fffffff    0 Movable online    31744 DRIVER     0x138400 virtio-mem virtio1: offline, its driver drops the reference in MEM_GOING_OFFLINE",
"    STEP          RESULT    DETAIL",
"    zone          passes    one zone",
"    holes         passes    all of it is busy System RAM",
"    isolate       passes    no page refuses",
"    notify        driver    31744 offline-driver",
"    scan-migrate  passes    nothing to migrate",
"    dissolve      passes    no huge page in the way",
"    test-isolated passes    everything free or skipped",
"    OUTCOME   PAGES CODE             STEP          PFNS                        PAGE             REFCOUNT FLAGS          OWNER          DEVICE   WHAT",
"    driver    31744 offline-driver   notify        138400,138401,138402,138403 ff9f195cc4e10000        1 dirty          virtio-mem     virtio1  offline, its driver drops the reference in MEM_GOING_OFFLINE",
"    NOTIFIER                       VETO      WHAT",
"    ksm_memory_callback            no        KSM: waits",
"    memtier_hotplug_callback       no        memory tiers: nothing",
"    cpuset_track_online_nodes      no        cpusets: nothing",
"    mm_compute_batch_notifier      no        vm counters: nothing",
"    slab_memory_callback           no        slab: shrinks caches",
"    reserve_mem_notifier           no        user reserve: nothing",
"    kcore_callback                 no        /proc/kcore: nothing",
"    virtio_mem_memory_notifier_cb  simulated virtio-mem: drops the references of its unplugged sub-blocks",
"    status: ok: 1 block: 1 DRIVER",
NULL
};

const char *const ofl_help_offowner[] = {
"offowner",
"PageOffline memory: which driver and which device holds it",
"[-n node] [-z zone] [-p pfns] [-P phys] [-S sections] [-B block]\n           [-j | [-H] [-v]] [-a] [-O owner] [-R file] [-C]",
"  First table: memory sections that hold offline pages, neighbours that are",
"  alike in one row, with the number of pages by owner. Owners are drivers, the",
"  kernel's memory hotplug, and \"orphan\": pages that are in nobody's books.",
"",
"  Second table, one row a device:",
"",
"    FOUND       offline pages that are his",
"    EXPECTED    what his own counters say; \"?\" if they are not known",
"    DIFFERENCE  found minus expected; \"?\" if only a part was looked at",
"    EXPLAINED   a held lock or another reason for the difference",
"    OFFLINING   what becomes of his pages when their memory block is offlined,",
"                as offcheck has it, the worst first",
"    EVIDENCE    bitmap, range or list of the driver; back-pointer of the page;",
"                counter: nobody else has the page, and his counter fits",
"    COUNTERS    the counters, by the driver's names for them",
"",
"  Then what is wrong with the books, if anything is, and what would help:",
"  layouts come from debuginfo of the module (\"mod -s\"), else from the BTF",
"  in the dump.",
"",
"    -O owner           only this owner: virtio-mem, virtio-balloon, orphan ...",
"    -a                 a row for every section",
"    -v                 more of every device",
"",
HELP_FILTERS,
"  Output:",
"",
"    -j                 one JSON document (docs/output.md has the schema)",
"    -H                 no column names",
"    -R file            record, see offrange",
"",
HELP_STATUS,
"\nEXAMPLE",
"    %s> offowner",
"    SECTION PHYS                NODE STATE  OFFLINE STALE OWNERS",
"    20-21   100000000-10fffffff    0 online   57344     0 virtio-balloon=57344",
"    27      138000000-13fffffff    0 online   31744     0 virtio-mem=31744",
"    DRIVER         DEVICE     FOUND EXPECTED DIFFERENCE EXPLAINED OFFLINING EVIDENCE COUNTERS",
"    virtio-mem     virtio1    31744    31744          0 -         driver    bitmap   unplugged_pages=31744 requested_size=943718400 plugged_size=943718400",
"    virtio-balloon virtio0    57344    57344          0 -         migrates  list     num_pages=57344 isolated_pages=0 listed=57344",
"    status: ok: 524288 pages scanned in 16 sections: 89088 offline, 0 unknown, 0 stale; 0 without owner, 0 errors, 0 warnings",
NULL
};
