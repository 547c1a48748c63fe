# SPDX-License-Identifier: GPL-2.0-or-later
"""Who holds the pages of the campaign's guests: what they make on purpose, and what none of them can have.

A document of `offblock -w -a -j` is held against both, and against what the guest wrote down of itself.
"""

import dataclasses
import re

from .kinds import CHANCE, GRIP, GROUP, PROGRAMS, kind_of

#: what offblock is asked: each holder of each block that something is in the way of
COMMAND = "offblock -w -a -j"
#: of all pages in the way of a kernel's guests that do not move by themselves, at the least
IDENTIFIED = 0.9
PAGE_KB = 4
COMM = 15


@dataclasses.dataclass(frozen=True)
class Expected:
    """A holder that a guest has on purpose: its pages are in the way of some block."""
    kind: str
    name: str               # a pattern of all of it
    pages: int              # at the least, in all blocks together
    detail: str = ".*"
    evidence: str = ""      # a part of it
    objects: int = 0        # at the least
    without: tuple = ()     # kernels that cannot have it

    def of(self, rows):
        """The rows that are this holder."""
        return [row for row in rows if row["kind"] == self.kind and re.fullmatch(self.name, row["name"])
                and re.fullmatch(self.detail, row["detail"] or "") and self.evidence in (row["evidence"] or "")]

    def lacks(self, rows):
        """What is missing of it, in words; nothing, one hopes."""
        found = self.of(rows)
        pages, objects = (sum(row[what] or 0 for row in found) for what in ("pages", "objects"))
        if pages >= self.pages and objects >= self.objects:
            return ""
        return (f"{self.kind} {self.name} ({self.detail}, by {self.evidence or 'anything'}): {pages} of {self.pages} pages"
                f"{f', {objects} of {self.objects} objects' * bool(self.objects)} are named so")


def mib(number):
    """Pages, less what may not be touched yet or lie in a block that nothing is in the way of."""
    return number * 256 * 9 // 10


def process(name, pages, **more):
    """Anonymous memory of a program."""
    return Expected("process", name, pages, r"pid \d+(, one of (at least )?\d+ that may map it)?", "anon_vma", **more)


def file(name, pages, detail, **more):
    """Page cache of a file."""
    return Expected("file", name, pages, detail, "address_space", **more)


#: in every guest: its boot memory never passes
COMMON = (
    Expected("slab", "dentry", 5, r"objects of \d+ bytes", "slab_cache", 50),
    file("/bin/busybox", 100, "rootfs"),
    process("init", 5),
    Expected("region", "Kernel code", 1000, "iomem .*", "iomem_resource"),
    Expected("stack", "kthreadd", 4, "pid 2", "stack_vm_area"),
    Expected("percpu", "per-CPU memory", 1, "chunk at 0x.*", "pcpu_chunk_lists"),
)

#: zs_pool.name and zspage.pool lead to it since v5.17
POOL = (Expected("movable", "zram0", 500, "pool of zsmalloc", "zspage.pool", without=("5.10",)),
        Expected("movable", "zsmalloc", 500, "zram or zswap", without=("6.1", "6.12", "7.2", "7.3")))
#: what is kept of a file without a path in any directory
NAMELESS = ", deleted or never linked"
EXPECTED = {
    "kernel-zone": (process("hold", mib(200)), Expected("slab", "shmem_inode_cache", 5000, objects=50000),
                    Expected("slab", "dentry", 2000, objects=50000)),
    "movable-zone": (process("hold", mib(300)),),
    # that of the disk goes when dd closes it, the last that has it open: blkdev_put()
    "page-cache": (file("/tmp/fill", mib(400), "rootfs"),),
    "locked": (process("hold", mib(900)),),
    "huge-used": (process("hold", mib(400)),),
    "huge-reserved": (process("hold", mib(60)),
                      Expected("hugetlb", "pool of huge pages", mib(400), "free", "reference count 0")),
    "slab": (Expected("slab", "shmem_inode_cache", 5000, objects=100000),),
    "states": (process("hold", mib(100)),),
    "pinned": (process("hold", 600),),
    "made": (Expected("slab", "offpages", 400, "objects of 64 bytes", "slab_cache", 400 * 64),
             Expected("page-table", "whose is not known", 2, evidence="page_type"),
             Expected("region", r"System RAM \(virtio_mem\)", 2, "iomem .*", "iomem_resource")),
    "huge-poisoned": (file("memfd:grip", mib(38), "hugetlbfs" + NAMELESS),),
    "gigantic-used": (process("hold", mib(1024)),),
    "ring-buffers": (process("grip", mib(80)),),
    "piped": (process("grip", mib(60)),),
    "secret": (file("secretmem", mib(24), f"secretmem({NAMELESS})?"),),
    # perf_mmap_fault() gave each page the mapping of the event's file, until v7.1
    "event-rings": (file(r"\[perf_event\]", 1800, "anon_inodefs", without=("7.2", "7.3")),),
    "referenced": (process("grip", 24), file("/tmp/grip", 12, "rootfs")),
    "huge-ring": (process("grip", mib(600)),),
    "huge-far": (process("hold", mib(200)),),
    "swapping": (process("hold", mib(500)), *POOL),
    "mounted": (file(r"loop0 \(7:0\)", 1, "bdev, buffers held by a file system"), file("/tmp/disk", mib(300), "rootfs"),
                file("/file", mib(200), "ext4 on loop0")),
    "in-flight": (process("flight", mib(24)),),
    "traced": (process("tracer", mib(4)),),
    "huge-mixed": (process("hold", mib(40 + 20 + 1024)),),
    "under-load": (process("load", 100),),
    "under-load-kernel": (process("load", 100),),
    "thp-part": (process("hold", mib(150)),),
    "ramfs": (file("/file", mib(300), "ramfs"),),
    "huge-mount": (process("mapped", mib(200)),),
    "huge-full": (process("hold", mib(300)),),
    "huge-lent": (process("hold", mib(180)),),
    "nowhere": (process("hold", mib(500)),),
    # c07aea3ef4d4 (in v5.14) gave pages of a pool their mark, b8c8ba73c68b (in v6.14) large kmalloc() its type
    "held": (Expected("page-pool", "holdmod", 256, "page pool", "pp_magic", without=("5.10",)),
             Expected("vmalloc", "holdmod_area", 1024, r"caller of vmalloc\(\)", "vm_struct"),
             *(Expected("stack", f"holdmod/{i}", 4, r"pid \d+", "stack_vm_area") for i in range(8)),
             Expected("slab", "holdmod", 90, "objects of 64 bytes", "slab_cache", 6400),
             Expected("kmalloc", "kmalloc, large", 250, evidence="page_type", without=("5.10", "6.1", "6.12")),
             Expected("cgroup", GROUP, 1024, "kernel memory charged to it", "memcg_data"),
             Expected("region", "Crash kernel", 16384, "iomem .*", "iomem_resource"),
             file("/folder/held", 20 * 256, "tmpfs"), file("/folder/held", 40 * 256, "hugetlbfs"),
             file("memfd:held", 8 * 256, "tmpfs" + NAMELESS), file("SYSV68656c64", 8 * 256, "tmpfs" + NAMELESS),
             process("grip", mib(20))),
    "caught-pinned": (process("hold", 300),),
}


def missing(dump, rows):
    """Holders that the guest has on purpose and that are not named, one line each; none, one hopes."""
    series = dump.kernel.series.name
    expected = [one for one in (*COMMON, *EXPECTED.get(dump.case, ())) if series not in one.without]
    return [f"not named: {words}" for words in (one.lacks(rows) for one in expected) if words]


# -- named wrong ------------------------------------------------------------------

#: paths that one guest has besides
HELD = re.compile(r"/folder/held|/tmp/held|memfd:held|SYSV68656c64")
#: paths that the guests have, and names of what has none
FILES = re.compile(r"/(init|file|disk|bin/[\w\[.-]+|lib/modules/[\w.-]+|tmp/[\w/.-]+|dev/[\w-]+|etc/[\w-]+)"
                   r"|memfd:(grip|chance|truncated)|secretmem|\[perf_event\]|inode \d+|(vda|loop0|zram0|dm-0) \(\d+:\d+\)")
#: the host's commands: what ran last may still be ending when the dump is taken, say always does
PASSING = {"sh", "busybox", "kpf", "say", "sieve"}
#: that run in a guest besides its programs
RUNS = {"init", *PASSING, *PROGRAMS}
#: kinds of which a guest of the campaign has none: no hint, no page_owner
NONE_HAS = ("free-page-hint", "allocation")
#: the kernel's count of a group's pages has no tails of compound pages, is of a moment before, and has charged stacks, too
COUNTED_NEAR = 64
#: {kind: (file, line, pages in one)}: at most so many pages are such, says the guest's kernel
COUNTED = {"slab": ("meminfo", "Slab", PAGE_KB), "stack": ("meminfo", "KernelStack", PAGE_KB),
           "percpu": ("meminfo", "Percpu", PAGE_KB), "movable": ("vmstat", "nr_zspages", 1)}
#: it is counted a moment before the dump: so many pages more are no contradiction
SLACK = 256


def _programs(dump):
    return RUNS | {*GRIP, *kind_of(dump.case).programs, *(["chance"] if CHANCE.fullmatch(dump.case) else [])}


def _process(dump, row):
    """A process, or the process of a page table; its pid, where the guest wrote its processes down."""
    if row["kind"] == "page-table" and row["name"] == "whose is not known":
        return True
    if row["kind"] == "page-table" and row["name"].startswith("cgroup "):
        return row["name"].removeprefix("cgroup ") in _groups(dump)
    if row["name"] == "KSM":
        return "KSM" in dump.truth["meminfo"] or bool(CHANCE.fullmatch(dump.case))
    return row["name"] in _programs(dump) and _thread(dump, row)


def _groups(dump):
    """{path: pages of the kernel's} of the control groups that the guest has, but for the root."""
    made = dump.truth.get("made")
    return made.get("charged", {}) if isinstance(made, dict) else {}


def _thread(dump, row):
    """A thread, by pid and name. Workers come and go, and so do the host's commands; a busy guest forks."""
    known, pid = dump.truth.get("names", {}).get("processes"), re.match(r"pid (\d+)", row["detail"])
    if not pid:
        return False
    if known is None or row["name"].startswith("kworker/"):
        return True
    if row["name"] in PASSING and known.get(pid[1], row["name"]) == row["name"]:
        return True
    # task_struct.comm has 15 characters; /proc has all of a kernel thread's since v5.17
    return known.get(pid[1], "")[:COMM] == row["name"] or (pid[1] not in known and bool(kind_of(dump.case).last))


def _region(dump, row):
    """A line of the guest's iomem, to the byte; what is in no line is a hole."""
    if row["name"] == "hole":
        return not row["detail"].startswith("iomem 0x")
    name = "System RAM" if row["name"] == "boot allocation" else row["name"]
    start, last = (int(number, 16) for number in re.fullmatch(r"iomem 0x(\w+)-0x(\w+)", row["detail"]).groups())
    lines = re.findall(r"^\s*(\w+)-(\w+) : (.*)$", dump.truth["iomem"], re.M)
    return (start, last, name) in {(int(first, 16), int(end, 16), words) for first, end, words in lines}


def _swiotlb(dump, row):
    """The range that the kernel said of it when it booted."""
    console = (dump.path.parent / "console.log").read_text(errors="replace")
    found = re.search(r"software IO TLB: mapped \[mem (0x\w+)-(0x\w+)\]", console)
    return bool(found) and row["detail"] == f"bounce buffers {int(found[1], 16):#x}-{int(found[2], 16) - 1:#x}"


def _slab(dump, row):
    """A line of slabinfo."""
    known = dump.truth.get("names", {}).get("slabs")
    return known is None or row["name"] in known


def _vmalloc(dump, row):
    """A caller of vmallocinfo."""
    known = dump.truth.get("names", {}).get("callers")
    return known is None or row["name"] in known


def _hugetlb(dump, row):
    """Huge pages that are free."""
    return row["name"] == "pool of huge pages" and int(re.search(r"HugePages_Total: *(\d+)", dump.truth["meminfo"])[1]) > 0


#: {kind: is such a row true?}
TRUE = {
    "process": _process, "page-table": _process, "stack": _thread, "region": _region, "swiotlb": _swiotlb, "slab": _slab,
    "vmalloc": _vmalloc, "hugetlb": _hugetlb,
    "file": lambda dump, row: FILES.fullmatch(row["name"]) or (dump.case == "held" and HELD.fullmatch(row["name"])),
    "cgroup": lambda dump, row: row["name"] in _groups(dump),
    "page-pool": lambda dump, row: dump.case == "held" and row["name"] == "holdmod",
    "percpu": lambda dump, row: row["name"] == "per-CPU memory",
    # a poisoned page of a balloon is none any more to its driver, but has the balloon's operations
    "movable": lambda dump, row: row["name"] in (
        ("zram0", "zsmalloc", "balloon_mops") if dump.case == "poisoned-parts" else ("zram0", "zsmalloc")),
    "memmap": lambda dump, row: row["name"].removeprefix("struct pages of ") in dump.truth["blocks"],
    "kmalloc": lambda dump, row: row["name"] == "kmalloc, large",
    **{kind: lambda dump, row: False for kind in NONE_HAS},
}


def _counted(dump, rows):
    """Kinds of which more pages are named than the guest's kernel has; one that is busy has others when it is dumped."""
    if kind_of(dump.case).halt:
        return
    for kind, (where, line, unit) in COUNTED.items():
        found = re.search(rf"^{line}:? +(\d+)", dump.truth[where], re.M)
        pages = sum(row["pages"] for row in rows if row["kind"] == kind and row["evidence"])
        if found and pages > int(found[1]) // unit + SLACK:
            yield f"named wrong: {pages} pages are {kind}, and the guest's {line} is {found[1]}"
    for group, charged in _groups(dump).items():
        pages = sum(row["pages"] for row in rows if (row["kind"], row["name"]) in (("cgroup", group), ("page-table", f"cgroup {group}")))
        if abs(pages - charged) > COUNTED_NEAR:
            yield f"named wrong: {pages} pages are charged to {group}, and the guest counts {charged}"


def wrong(dump, rows):
    """Names that cannot be, one line each; none, one hopes."""
    false = [row for row in rows if row["evidence"] and not TRUE[row["kind"]](dump, row)]
    return [f"named wrong: {row['block']} {row['kind']} {row['name']} ({row['detail']}), {row['pages']} pages"
            for row in false] + list(_counted(dump, rows))


def share(rows):
    """(pages that have a name, all pages), of those that do not move out of the way by themselves."""
    stay = [row for row in rows if row["outcome"] != "migrate"]
    return sum(row["pages"] for row in stay if row["evidence"]), sum(row["pages"] for row in stay)


# -- in the guest -----------------------------------------------------------------


def names(guest):
    """What the guest calls its processes, caches and callers of vmalloc()."""
    processes = guest.run("""for folder in /proc/[0-9]*; do
        read -r name <$folder/comm && echo "${folder#/proc/} $name"; done 2>/dev/null""", check=False).output
    slabs = guest.run("cat /proc/slabinfo").output.splitlines()[2:]
    return {"processes": dict(line.split(" ", 1) for line in processes.splitlines()),
            "slabs": [line.split()[0] for line in slabs],
            "callers": sorted(set(re.findall(r" (\w[\w.]*)\+0x\w+/", guest.run("cat /proc/vmallocinfo").output)))}
