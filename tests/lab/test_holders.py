# SPDX-License-Identifier: GPL-2.0-or-later
"""Holders that offblock names, against stock crash's kmem and list, and against what the lab put into the guest."""

import json
import os
import re
import shutil
import types

import pytest

from lab import crashes, dumps, holders, initramfs, kernels
from lab.session import Session

STRUCT_PAGE = 64
PAGE_BYTES = 4096
#: the list itself: ps of crash 8.0.2 finds but one task of this 6.1
TASKS = "list -o task_struct.tasks -s task_struct.pid,comm -h init_task"
#: what the guest's file system holds (lab/initramfs.py), and what is made in it
FILES = re.compile(r"/(init|bin/\w+|lib/modules/[\w.-]+|tmp/\w+|dev/\w+|etc/\w+)$")
#: each so many of the caches is looked up by kmem, too
EACH = 8
#: of all pages in the way, at the least
IDENTIFIED = 0.9
#: of a guest with 1 GiB at the start and 1 GiB of virtio-mem behind 4 GiB
BLOCKS = (*range(8), *range(32, 40))


@pytest.fixture(scope="module", params=kernels.selected())
def named(request, tmp_path_factory):
    """(dump, document of all blocks, holders of the block with boot memory, address of the memmap, holders of all)

    The list has a row for what is little in a block, a block alone has none."""
    dump = dumps.get(request.param, "both", "kdump-zlib")
    extension = crashes.get(dump.kernel.series.crash).extension
    alone = {f"memory{number}": f"offblock -j memory{number}" for number in BLOCKS}
    out = Session(dump, {"extend": f"extend {extension}", "all": "offblock -w -j", "base": "p/x vmemmap_base", **alone},
                  tmp_path_factory.mktemp(f"holders-{request.param}")).out
    base = int(re.search(r"0x[0-9a-f]+", out["base"]).group(), 16)
    document, rows = json.loads(out["all"]), {name: json.loads(out[name])["holders"] for name in alone}
    assert {block["name"] for block in document["blocks"]} == set(alone)
    return dump, document, rows["memory0"], base, [row for alike in rows.values() for row in alike]


@pytest.fixture(scope="module")
def stock(named, tmp_path_factory):
    """What stock crash says of the first page of each slab cache, and of all tasks."""
    dump, _, rows, base, _ = named
    slabs = {row["name"]: base + row["first_pfn"] * STRUCT_PAGE for row in rows if row["kind"] == "slab"}
    commands = {f"name-{number}": f"p ((struct slab *)0x{kva:x})->slab_cache->name"
                for number, kva in enumerate(slabs.values())}
    commands |= {f"kmem-{number}": f"kmem {kva:x}" for number, kva in list(enumerate(slabs.values()))[::EACH]}
    out = Session(dump, {**commands, "tasks": TASKS}, tmp_path_factory.mktemp("stock-holders")).out
    tasks = {int(pid): comm for pid, comm in re.findall(r'pid = (\d+),?\s+comm = "([^"\\\\]*)', out["tasks"])}
    return slabs, out, tasks


def test_slab_caches(stock):
    """The first page of each cache is in a slab of that cache, says gdb, and of each eighth kmem, which takes long."""
    slabs, out, _ = stock
    assert len(slabs) > EACH
    wrong = {}
    for number, name in enumerate(slabs):
        if f' "{name}"' not in out[f"name-{number}"]:
            wrong[name] = out[f"name-{number}"]
        rows = re.findall(r"^CACHE .*\n(.*)", out.get(f"kmem-{number}", ""), re.M)
        if f"kmem-{number}" in out and (not rows or rows[0].split()[-1] != name):
            wrong[name] = out[f"kmem-{number}"]
    assert not wrong


def test_threads(named, stock):
    """Stacks and processes are those of the list of tasks."""
    tasks = stock[2]
    rows = [row for row in (*named[1]["holders"], *named[2]) if row["kind"] in ("stack", "process")]
    assert {row["kind"] for row in rows} == {"stack", "process"}
    for row in rows:
        pid = int(re.match(r"pid (\d+)", row["detail"]).group(1))
        assert tasks.get(pid) == row["name"], row


def test_files(named):
    """Page cache is of files that the lab put there, and of each as many pages as the file has."""
    rows = [row for row in named[4] if row["kind"] == "file"]
    assert [row["name"] for row in rows if not FILES.match(row["name"])] == []
    programs = {"/bin/busybox": shutil.which("busybox"),
                **{f"/bin/{path.name}": path for path in initramfs.programs() if path.name == "kpf"}}
    for name, path in programs.items():
        pages = sum(row["pages"] for row in rows if row["name"] == name)
        assert pages == -(-os.path.getsize(path) // PAGE_BYTES), name


def test_bounce_buffers(named):
    """The software I/O TLB is what the guest's console said of it when it booted, page for page."""
    dump, known = named[0], named[4]
    console = (dump.path.parent / "console.log").read_text(errors="replace")
    start, end = (int(pa, 16) for pa in re.search(r"software IO TLB: mapped \[mem (\w+)-(\w+)\]", console).groups())
    rows = sorted((row for row in known if row["kind"] == "swiotlb"), key=lambda row: row["first_pfn"])
    assert {row["detail"] for row in rows} == {f"bounce buffers {start:#x}-{end - 1:#x}"}
    # a row for each memory block that it is in; where it lies is another place at each boot
    pages = [pfn for row in rows for pfn in range(row["first_pfn"], row["first_pfn"] + row["pages"])]
    assert pages == list(range(start // PAGE_BYTES, end // PAGE_BYTES))


def test_share(named):
    """Nine of ten pages that are in the way have a name, and no way to one is broken."""
    message = named[1]["status"]["message"]
    known, pages = map(int, re.search(r"holders of (\d+) of (\d+) pages", message).groups())
    assert "is broken" not in message
    assert known >= IDENTIFIED * pages, message


@pytest.mark.parametrize("name, pid, true", [
    ("init", 1, True), ("sh", 9, True), ("sh", 99, True), ("say", 99, True), ("kpf", 99, True), ("kworker/0:1", 9, True),
    ("init", 9, False), ("init", 99, False), ("say", 1, False), ("hold", 99, False), ("sieve ", 99, False)])
def test_threads_that_are_true(name, pid, true):
    """What the host ran last may end after the guest wrote down its processes; no other name may be new."""
    dump = types.SimpleNamespace(case="balloon", truth={"meminfo": "", "vmstat": "",
                                                        "names": {"processes": {"1": "init", "9": "sh"}}})
    row = {"block": "memory0", "kind": "stack", "name": name, "detail": f"pid {pid}", "pages": 4, "evidence": "task_struct"}
    assert (holders.wrong(dump, [row]) == []) is true
