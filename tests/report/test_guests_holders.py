# SPDX-License-Identifier: GPL-2.0-or-later
"""What the campaign says of holders that are missing, or named wrong (tests/lab/lab/holders.py); boots nothing."""
import pathlib
import sys
import types

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lab"))
from lab import holders     # noqa: E402  pylint: disable=wrong-import-position
from lab.kinds import CAUGHT, KINDS     # noqa: E402  pylint: disable=wrong-import-position


def row(kind, name, detail, pages=1000, **more):
    """A row of offblock's document."""
    return {"block": "memory1", "outcome": "blocked", "kind": kind, "name": name, "detail": detail, "pages": pages,
            "objects": None, "evidence": more.pop("evidence", "anon_vma, address_space, slab_cache, iomem_resource, "
                                                  "stack_vm_area, pcpu_chunk_lists"), **more}


#: what every guest has
ALL = [row("slab", "dentry", "objects of 192 bytes", objects=20000), row("file", "/bin/busybox", "rootfs"),
       row("process", "init", "pid 1"), row("region", "Kernel code", "iomem 0x1000-0x1fff"), row("stack", "kthreadd", "pid 2"),
       row("percpu", "per-CPU memory", "chunk at 0x1000")]


@pytest.fixture(name="dump")
def fixture_dump(tmp_path):
    """A guest of the kind `pinned`, as far as names are held against it."""
    (tmp_path / "console.log").write_text("software IO TLB: mapped [mem 0x0000000000010000-0x0000000000020000] (0MB)")
    names = {"processes": {"1": "init", "2": "kthreadd", "77": "hold", "11": "rcu_tasks_kthread"}, "slabs": ["dentry"], "callers": ["load_module"]}
    truth = {"iomem": "00001000-00001fff : Kernel code\n00003000-00003fff : System RAM\n", "blocks": {"memory1": {}},
             "meminfo": "Slab: 8000 kB\nKernelStack: 4000 kB\nPercpu: 8000 kB\nHugePages_Total:  0\n",
             "vmstat": "nr_zspages 0\n", "names": names}
    return types.SimpleNamespace(case="pinned", truth=truth, path=tmp_path / "dump.kdump",
                                 kernel=types.SimpleNamespace(series=types.SimpleNamespace(name="6.1")))


def test_kinds_exist():
    """Nothing is expected of a guest that there is not."""
    assert set(holders.EXPECTED) <= {*KINDS, *CAUGHT}


def test_missing(dump):
    """Each holder that is missing, or has too few pages or objects, or another detail, has a line."""
    held = row("process", "hold", "pid 77", 600)
    assert holders.missing(dump, [*ALL, held]) == []
    assert len(holders.missing(dump, [])) == 1 + len(holders.COMMON)
    for some in (ALL, [*ALL, {**held, "pages": 599}], [*ALL, {**held, "name": "holder"}], [*ALL, {**held, "kind": "file"}],
                 [*ALL, {**held, "detail": "somebody"}], [*ALL, {**held, "evidence": "a guess"}]):
        lines = holders.missing(dump, some)
        assert len(lines) == 1 and lines[0].startswith("not named: process hold"), lines
    assert "objects" in holders.missing(dump, [{**ALL[0], "objects": 3}, *ALL[1:], held])[0]
    two = [{**held, "pages": 300}, {**held, "pages": 300, "block": "memory2"}]
    assert holders.missing(dump, [*ALL, *two]) == []


def test_of_other_kernels(dump):
    """A kernel that cannot tell is not asked."""
    dump.case, dump.kernel.series.name = "swapping", "5.10"
    rows = [*ALL, row("process", "hold", "pid 77", 300000), row("movable", "zsmalloc", "zram or zswap", evidence="zspage.pool")]
    assert holders.missing(dump, rows) == []
    dump.kernel.series.name = "6.1"
    assert len(holders.missing(dump, rows)) == 1


RIGHT = [*ALL, row("process", "hold", "pid 77, one of 2 that may map it"), row("page-table", "whose is not known", None),
         row("page-table", "init", "pid 1"), row("region", "boot allocation", "iomem 0x3000-0x3fff"),
         row("region", "hole", "no memory in iomem"), row("swiotlb", "software I/O TLB", "bounce buffers 0x10000-0x1ffff"),
         row("vmalloc", "load_module", "caller of vmalloc()"), row("memmap", "struct pages of memory1", None),
         row("file", "memfd:grip", "hugetlbfs"), row("stack", "kworker/0:1", "pid 99", 1), row("stack", "rcu_tasks_kthre", "pid 11", 4),
         row("kernel", "not identified", None, evidence=None)]
WRONG = [row("process", "hold", "pid 78"), row("process", "bash", "pid 77"), row("process", "hold", "somebody"),
         row("page-table", "cgroup /a", None), row("page-table", "hold", "pid 1"), row("stack", "kthreadd", "pid 3", 9),
         row("region", "Kernel code", "iomem 0x1000-0x2fff"), row("region", "Kernel data", "iomem 0x1000-0x1fff"),
         row("region", "boot allocation", "iomem 0x1000-0x1fff"), row("swiotlb", "software I/O TLB", "bounce buffers 0x1-0x2"),
         row("slab", "dentry2", "objects of 1 bytes"), row("vmalloc", "vmalloc", "caller of vmalloc()"),
         row("memmap", "struct pages of memory2", None), row("file", "/usr/bin/bash", "ext4"), row("percpu", "memory", ""),
         row("hugetlb", "pool of huge pages", "free"), row("movable", "balloon", "", 9), row("cgroup", "/a", ""),
         row("page-pool", "eth0", ""), row("free-page-hint", "virtio_balloon", ""), row("allocation", "pipe_write", ""),
         row("slab", "dentry", "objects of 192 bytes", 5000), row("movable", "zram0", "pool of zsmalloc", 300)]


def test_right(dump):
    """No line for what may be; nor where an older guest wrote nothing down."""
    assert holders.wrong(dump, RIGHT) == []
    del dump.truth["names"]
    assert holders.wrong(dump, RIGHT) == []


def test_busy(dump):
    """What was counted before a busy guest was dumped bounds nothing."""
    dump.case, more = "under-load", row("slab", "dentry", "objects of 192 bytes", 50000)
    assert holders.wrong(dump, [*ALL, more]) == []
    dump.case = "pinned"
    assert len(holders.wrong(dump, [*ALL, more])) == 1


@pytest.mark.parametrize("false", WRONG, ids=lambda false: f"{false['kind']}: {false['name']}, {false['detail']}")
def test_wrong(dump, false):
    """One line for each that cannot be."""
    lines = holders.wrong(dump, [*RIGHT, false])
    assert len(lines) == 1 and lines[0].startswith("named wrong: "), lines


def test_share():
    """Pages that move by themselves are not in the way."""
    rows = [row("slab", "dentry", "", 9), row("kernel", "not identified", None, 1, evidence=None),
            row("file", "/init", "rootfs", 50, outcome="migrate")]
    assert holders.share(rows) == (9, 10)
